from odoo.modules.module import load_script
from odoo.tools import SQL
from odoo.tools.misc import file_path

TABLE = "urssaf_payment_request"
MODEL, OLD, NEW = "urssaf.payment.request", "amount_expected", "expected_payout_amount"
#: Filled by `post-expected.py`, some at a time: Odoo would compute a new column for the whole table at once.
COLUMNS = {"validated_at": "timestamp", "expected_debit_date": "date", "expected_payout_date": "date"}


def migrate(cr, _version):
    """Make the columns of what is expected of Urssaf, and give the amount, which was kept already, its new name."""
    for column, kind in COLUMNS.items():
        name = SQL.identifier(column)
        cr.execute(SQL("ALTER TABLE %s ADD COLUMN IF NOT EXISTS %s %s", SQL.identifier(TABLE), name, SQL(kind)))
    names = load_script(file_path("avance_immediate/migrations/19.0.1.4.0/pre-names.py"), "rename_fields")
    names.rename_field(cr, MODEL, OLD, NEW)
    for table, ours, columns in names.SAVED:
        if names.table_exists(cr, table):
            names.rename_saved(cr, table, SQL(ours), columns, OLD, NEW)
