def migrate(cr, _version):
    """Forget the mark that said which communes were loaded: it said so of a table that was emptied, too."""
    cr.execute("DELETE FROM ir_config_parameter WHERE key = 'avance_immediate.communes_loaded'")
