{
    "name": "Avance immédiate: payment orders",
    "summary": "Leaves out of payment orders what Urssaf debits",
    "version": "19.0.1.1.0",
    "category": "Accounting/Localizations",
    "author": "avance_immediate contributors",
    "license": "AGPL-3",
    "website": "https://www.particulier.urssaf.fr",
    "maintainers": [],
    "development_status": "Beta",
    "depends": ["avance_immediate", "account_payment_order"],
    "data": ["wizard/account_payment_line_create_views.xml"],
    "auto_install": True,
}
