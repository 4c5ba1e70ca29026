{
    "name": "Avance immédiate: first and last name of the contact",
    "summary": "Proposes what partner_firstname knows when a client is registered with Urssaf",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations",
    "author": "avance_immediate contributors",
    "license": "AGPL-3",
    "website": "https://www.particulier.urssaf.fr",
    "maintainers": [],
    "development_status": "Beta",
    "depends": ["avance_immediate", "partner_firstname"],
    "auto_install": True,
}
