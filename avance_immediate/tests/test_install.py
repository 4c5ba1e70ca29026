from odoo.tests import tagged
from odoo.tools import SQL

from .common import UrssafCommon

#: Columns of ours that the ORM would fill, row by row or by an UPDATE, on tables that are large already.
FILLED = {
    "account.move": {"urssaf_worker", "urssaf_request_id", "urssaf_state"},
    "account.move.line": {"urssaf_nature_id", "urssaf_unit"},
    "product.template": {"urssaf_unit"},
}
#: These have a default too, on as many rows as there are companies.
FEW = {"res.company"}


@tagged("post_install", "-at_install")
class TestUpdate(UrssafCommon):
    """Updating, as often as one likes, leaves no warning in the log."""

    def test_labels(self):
        ours = [name for name in self.env if name.startswith("urssaf.")]
        with self.assertNoLogs("odoo.addons.base.models.ir_model", "WARNING"):
            self.env["ir.model.fields"]._reflect_fields(ours)


@tagged("post_install", "-at_install")
class TestInstallOnMuch(UrssafCommon):
    """Installing writes nothing of the past, however much there is; invoices from before are sent all the same."""

    def install_again(self):
        """Make the columns as installing does, on the rows that are there."""
        self.env.flush_all()
        self.env.invalidate_all()
        for name, columns in FILLED.items():
            for column in columns:
                self.cr.execute(
                    SQL("ALTER TABLE %s DROP COLUMN %s", *map(SQL.identifier, (self.env[name]._table, column)))
                )
        self.registry.init_models(self.cr, list(FILLED), {"module": "avance_immediate"})
        self.env.flush_all()
        self.env.invalidate_all()

    def places(self, name):
        """Return where each row lies: writing a row moves it."""
        self.cr.execute(SQL("SELECT id, ctid FROM %s ORDER BY id", SQL.identifier(self.env[name]._table)))
        return self.cr.fetchall()

    def test_every_column_is_listed(self):
        found = {}
        for name, model in self.env.items():
            if model._auto and not model._transient and not name.startswith("urssaf.") and name not in FEW:
                found[name] = {
                    field.name
                    for field in model._fields.values()
                    if field.name.startswith("urssaf_") and field.store and field.column_type
                    if field.compute or field.default
                }
        self.assertEqual({name: columns for name, columns in found.items() if columns}, FILLED)

    def test_nothing_is_written(self):
        self.create_service_invoice()
        self.env.flush_all()
        before = {name: self.places(name) for name in FILLED}
        self.install_again()
        for name in FILLED:
            self.assertEqual(self.places(name), before[name], name)

    def test_invoice_from_before_is_sent(self):
        self.service.urssaf_nature_id = False
        move = self.create_service_invoice()
        self.install_again()
        self.assertFalse(move.urssaf_worker or move.urssaf_state or move.invoice_line_ids.urssaf_unit)
        self.assertEqual(self.service.urssaf_unit, "HEURE")
        self.service.urssaf_nature_id = self.env.ref("avance_immediate.urssaf_nature_60")
        request = self.send(move)
        self.assertEqual((request.state, move.urssaf_state), ("sent", "sent"), request.problems)

    def test_nature_chosen_on_the_line(self):
        self.service.urssaf_nature_id = False
        move = self.create_service_invoice()
        self.install_again()
        line = move.invoice_line_ids.with_user(self.user)
        line.urssaf_nature_id = self.env.ref("avance_immediate.urssaf_nature_60")
        self.assertEqual(line.urssaf_unit, "HEURE")
        line.write({"urssaf_nature_id": self.env.ref("avance_immediate.urssaf_nature_80").id, "urssaf_unit": "FORFAIT"})
        self.assertEqual(line.urssaf_unit, "FORFAIT")
