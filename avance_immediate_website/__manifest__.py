{
    "name": "Avance immédiate: website",
    "summary": "Keeps the free sign-up of a website and registering by itself apart",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations",
    "author": "avance_immediate contributors",
    "license": "AGPL-3",
    "depends": ["avance_immediate", "website"],
    "auto_install": True,
}
