


FOLDER = "avance_immediate/migrations/19.0.1.5.0"
