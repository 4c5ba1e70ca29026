{
    "name": "Avance immédiate: gender of the contact",
    "summary": "Proposes what partner_contact_gender knows when a client is registered with Urssaf",
    "version": "19.0.1.1.0",
    "category": "Accounting/Localizations",
    "author": "avance_immediate contributors",
    "license": "AGPL-3",
    "website": "https://www.particulier.urssaf.fr",
    "maintainers": [],
    "development_status": "Beta",
    "depends": ["avance_immediate", "partner_contact_gender"],
    "auto_install": True,
}
