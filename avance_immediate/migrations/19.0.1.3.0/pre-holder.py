from odoo.tools import SQL
from odoo.tools.sql import column_exists

TABLES = ("urssaf_registration", "urssaf_payment_request", "urssaf_payout", "urssaf_exchange")
#: Unique by company so far: by holder from now on.
FORMER_CONSTRAINTS = {"urssaf_registration": "urssaf_registration_partner_company_environment_unique"}
FORMER_INDEXES = (
    "urssaf_registration_id_client_unique",
    "urssaf_payment_request_number_unique",
    "urssaf_payment_request_id_request_unique",
)


def migrate(cr, _version):
    """Write on each record whose credentials it went with: those of its company, before branches shared any.

    In SQL, and before the unique indexes on the holder are made. The column of the payouts' company comes with it.
    """
    for table in TABLES:
        name = SQL.identifier(table)
        if not column_exists(cr, table, "holder_id"):
            cr.execute(SQL("ALTER TABLE %s ADD COLUMN holder_id integer", name))
        cr.execute(SQL("UPDATE %s SET holder_id = company_id WHERE holder_id IS NULL", name))
    for table, constraint in FORMER_CONSTRAINTS.items():
        cr.execute(
            SQL("ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s", SQL.identifier(table), SQL.identifier(constraint))
        )
    drop_former_indexes(cr)


def drop_former_indexes(cr):
    """Drop the unique indexes that still go by the company; those by the holder stay, where this runs again."""
    cr.execute(
        "SELECT indexname FROM pg_indexes WHERE indexname = ANY(%s) AND indexdef LIKE '%%company_id%%'",
        [list(FORMER_INDEXES)],
    )
    for (name,) in cr.fetchall():
        cr.execute(SQL("DROP INDEX %s", SQL.identifier(name)))
