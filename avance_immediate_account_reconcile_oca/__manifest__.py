{
    "name": "Avance immédiate: bank reconciliation",
    "summary": "Proposes Urssaf's transfers in OCA's bank reconciliation",
    "version": "19.0.1.0.0",
    "category": "Accounting/Localizations",
    "author": "avance_immediate contributors",
    "license": "AGPL-3",
    "website": "https://www.particulier.urssaf.fr",
    "maintainers": [],
    "development_status": "Beta",
    "depends": ["avance_immediate", "account_reconcile_oca"],
    "auto_install": True,
}
