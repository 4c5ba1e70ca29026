from datetime import datetime

from odoo.fields import Command
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path
from odoo.tools.sql import column_exists, rename_column

from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestNamesMigration(UrssafCommon):
    """A field that is renamed keeps its values, what Odoo knows of it, and what people saved about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = file_path("avance_immediate/migrations/19.0.1.4.0/pre-names.py")
        cls.script = load_script(path, "migration_names")

    def migrate(self):
        self.env.flush_all()
        self.script.migrate(self.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def known(self, model, name):
        """Return what Odoo knows of a field: its record and its values, and their external ids."""
        self.env.flush_all()
        self.cr.execute(
            """
            SELECT field.id, value.id, field_data.name, value_data.name
            FROM ir_model_fields field
            LEFT JOIN ir_model_fields_selection value ON value.field_id = field.id
            LEFT JOIN ir_model_data field_data
                ON field_data.model = 'ir.model.fields' AND field_data.res_id = field.id
            LEFT JOIN ir_model_data value_data
                ON value_data.model = 'ir.model.fields.selection' AND value_data.res_id = value.id
            WHERE field.model = %s AND field.name = %s ORDER BY value.id
            """,
            [model, name],
        )
        return self.cr.fetchall()

    def go_back(self):
        """Have the fields as the former version called them."""
        self.env.flush_all()
        for model, old, new in self.script.FIELDS:
            table = model.replace(".", "_")
            if column_exists(self.cr, table, new):
                rename_column(self.cr, table, new, old)
            self.cr.execute("UPDATE ir_model_fields SET name = %s WHERE model = %s AND name = %s", [old, model, new])
            self.cr.execute(
                """
                UPDATE ir_model_data SET name = replace(name, %(new)s, %(old)s)
                WHERE module = 'avance_immediate'
                    AND (name = 'field_' || %(new)s OR starts_with(name, 'selection__' || %(new)s))
                """,
                {"old": f"{table}__{old}", "new": f"{table}__{new}"},
            )
        self.env.invalidate_all()

    def test_fields(self):
        attempt = {"date": datetime(2026, 10, 1), "outcome": "refused", "is_automatic": True}
        self.registration.write({"attempt_ids": [Command.create(attempt)]})
        known = {(model, new): self.known(model, new) for model, _old, new in self.script.FIELDS}
        self.assertTrue(all(rows and all(row[2] for row in rows) for rows in known.values()))
        self.go_back()
        for _twice in range(2):
            self.migrate()
            for (model, name), rows in known.items():
                with self.subTest(model=model, name=name):
                    self.assertEqual(self.known(model, name), rows)
        self.assertTrue(self.registration.attempt_ids[:1].is_automatic)
        self.assertEqual((self.client.urssaf_title, self.registration.title), ("2", "2"))

    def test_codes(self):
        former = [
            {"kind": "note", "code": "link_dies", "date": "2026-10-01"},
            {"kind": "rule", "code": "civility_invalid"},
        ]
        self.registration.write(
            {
                "problems": former,
                "attempt_ids": [
                    Command.create({"date": datetime(2026, 10, 1), "outcome": "not_sent", "problems": former[1:]})
                ],
            }
        )
        for _twice in range(2):
            self.migrate()
            self.assertEqual(self.problem_codes(self.registration), ["link_expires", "title_invalid"])
            self.assertEqual(self.registration.attempt_ids[:1].problems, [{"kind": "rule", "code": "title_invalid"}])

    def test_what_people_saved(self):
        filters = self.env["ir.filters"].create(
            [
                {"name": "Ours", "model_id": "urssaf.registration.attempt", "domain": "[('by_itself', '=', True)]"},
                {"name": "Not ours", "model_id": "res.partner", "domain": "[('by_itself', '=', True)]"},
                {"name": "Title", "model_id": "res.partner", "domain": "[('urssaf_civility', '=', '1')]"},
            ]
        )
        export = self.env["ir.exports"].create(
            {
                "name": "Attempts",
                "resource": "urssaf.registration",
                "export_fields": [Command.create({"name": "attempt_ids/by_itself"})],
            }
        )
        mapping = self.env["base_import.mapping"].create(
            {"res_model": "urssaf.registration.attempt", "column_name": "Automatic", "field_name": "by_itself"}
        )
        for _twice in range(2):
            self.migrate()
            self.assertEqual(
                filters.mapped("domain"),
                ["[('is_automatic', '=', True)]", "[('by_itself', '=', True)]", "[('urssaf_title', '=', '1')]"],
            )
            self.assertEqual(export.export_fields.name, "attempt_ids/is_automatic")
            self.assertEqual(mapping.field_name, "is_automatic")

    def test_views(self):
        """The copy that a website has of a page goes on reading what the page is given."""
        arch = '<t t-name="x"><input name="%(name)s" t-att-value="typed[\'%(name)s\']"/></t>'
        former, now = arch % {"name": "civility"}, arch % {"name": "title"}
        keys = ("avance_immediate.portal_registration_form_person", "elsewhere.page")
        views = self.env["ir.ui.view"].create([{"type": "qweb", "key": key, "arch": former} for key in keys])
        for _twice in range(2):
            self.migrate()
            self.assertEqual(views.mapped("arch"), [now, former])
