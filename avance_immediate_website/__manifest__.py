{
    "name": "Avance immédiate: website",
    "summary": "Keeps free sign-up on a website and automatic registration with Urssaf apart",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations",
    "author": "avance_immediate contributors",
    "license": "AGPL-3",
    "website": "https://www.particulier.urssaf.fr",
    "maintainers": [],
    "development_status": "Beta",
    "depends": ["avance_immediate", "website"],
    "auto_install": True,
}
