{
    "name": "Avance immédiate: reminders",
    "summary": "Reminds no client of what Urssaf debits",
    "version": "19.0.1.1.0",
    "category": "Accounting/Localizations",
    "author": "avance_immediate contributors",
    "license": "AGPL-3",
    "website": "https://www.particulier.urssaf.fr",
    "maintainers": [],
    "development_status": "Beta",
    "depends": ["avance_immediate", "account_credit_control"],
    "auto_install": True,
}
