from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.misc import file_path
from odoo.tools.sql import column_exists

from ..models.urssaf_credentials import ENVIRONMENTS
from .common import UrssafCommon

VALUES = {value for value, _label in ENVIRONMENTS}
#: Made by later versions, with the names of today from the start.
LATER = {"urssaf_disagreement", "urssaf_month", "urssaf_queue", "urssaf_recovery", "urssaf_transfer"}
DOMAINS = {
    "urssaf.registration": "[('environment', '=', 'test'), ('state', '=', 'active')]",
    "urssaf.payout": "['|', ('request_id.environment', 'in', ['sandbox', 'test']), ('company_id', '=', 'test')]",
    "account.move": "[('urssaf_request_ids', 'any', [('environment', '!=', 'sandbox')]), ('user_id', '=', uid)]",
    "res.company": "[('urssaf_environment', '=', 'production')]",
}
#: Said of the same records under the names of today.
RENAMED = {
    "urssaf.registration": "[('environment', '=', 'sandbox'), ('state', '=', 'active')]",
    "urssaf.payout": "['|', ('request_id.environment', 'in', ['simulator', 'sandbox']), ('company_id', '=', 'test')]",
    "account.move": "[('urssaf_request_ids', 'any', [('environment', '!=', 'simulator')]), ('user_id', '=', uid)]",
    "res.company": "[('urssaf_environment', '=', 'production')]",
}


@tagged("post_install", "-at_install")
class TestEnvironmentsMigration(UrssafCommon):
    """The stand-in, which was ``sandbox``, is the simulator; Urssaf's own, which was ``test``, is the sandbox."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        path = file_path("avance_immediate/migrations/19.0.1.4.0/pre-environments.py")
        cls.script = load_script(path, "migration_environments")

    def columns(self):
        """Return table and column of each stored field, of whatever name, that holds an environment."""
        return {
            (model._table, field.name)
            for model in (self.env[name] for name in self.registry)
            for field in model._fields.values()
            if field.type == "selection" and field.store and not model._abstract and model._table not in LATER
            if set(field.get_values(self.env)) == VALUES
        }

    def plant(self):
        """Have a record of each of the three environments in each table; the client's are of one company."""
        for environment in VALUES:
            self.env["res.company"].create({"name": environment, "urssaf_environment": environment})
            own = {"company_id": self.company.id, "environment": environment}
            self.env["urssaf.exchange"].create({**own, "operation": "search"})
            settings = self.env["res.config.settings"].create({"urssaf_environment": environment})
            self.env["urssaf.secret.draft"].create({**own, "settings_id": settings.id})
            _move, request = self.sent_invoice()
            self.env["urssaf.payout"].create({"request_id": request.id, "state": "to_record", "amount": 1})
            request.environment = environment
            if environment != self.registration.environment:
                self.env["urssaf.credentials"].create(own)
                self.env["urssaf.registration"].create({**own, "partner_id": self.client.id})
        self.env.flush_all()

    def stored(self):
        found = {}
        for table, column in self.columns():
            if table in LATER:
                continue
            query = SQL("SELECT id, %s FROM %s", SQL.identifier(column), SQL.identifier(table))
            found[table] = dict(self.env.execute_query(query))
        return found

    def become_old(self):
        """Bring the columns, and Odoo's list of their values, to what they were."""
        former = "CASE %s WHEN 'sandbox' THEN 'test' WHEN 'simulator' THEN 'sandbox' ELSE %s END"
        for table, column in self.columns():
            name = SQL.identifier(column)
            case = SQL(former, name, name)
            query = "ALTER TABLE %s ALTER COLUMN %s TYPE varchar USING %s"
            self.env.cr.execute(SQL(query, SQL.identifier(table), name, case))
        ids = list(self.script.environment_fields(self.cr).values())
        for new, old in (("sandbox", "test"), ("simulator", "sandbox")):
            query = "UPDATE ir_model_fields_selection SET value = %s WHERE value = %s AND field_id = ANY(%s)"
            self.cr.execute(query, [old, new, ids])

    def migrate(self):
        self.env.flush_all()
        self.script.migrate(self.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def test_every_column_is_known(self):
        known = self.script.environment_fields(self.cr)
        tables = {(model.replace(".", "_"), name) for model, name in known}
        self.assertLessEqual({"res_company", "urssaf_payout"}, {table for table, _column in self.columns()})
        self.assertEqual(
            {(table, name) for table, name in tables if table not in LATER and column_exists(self.cr, table, name)},
            self.columns(),
        )

    def test_each_value_in_each_table(self):
        self.plant()
        today = self.stored()
        for table, values in today.items():
            self.assertLessEqual(VALUES, set(values.values()), table)
        self.become_old()
        for table, values in self.stored().items():
            self.assertLessEqual({"sandbox", "test", "production"}, set(values.values()), table)
        for _again in range(2):
            self.migrate()
            self.assertEqual(self.stored(), today)

    def test_labels_are_made_anew(self):
        """Or else, in French, the sandbox of Urssaf would go on being called the simulator."""
        self.become_old()
        self.migrate()
        ids = list(self.script.environment_fields(self.cr).values())
        self.cr.execute("SELECT DISTINCT value FROM ir_model_fields_selection WHERE field_id = ANY(%s)", [ids])
        self.assertEqual(self.cr.fetchall(), [("production",)])

    def test_default(self):
        defaults = self.env["ir.default"]
        for model, name, value in (
            ("urssaf.registration", "environment", '"sandbox"'),
            ("urssaf.exchange", "environment", '"simulator"'),
            ("res.partner", "name", '"sandbox"'),
        ):
            field = self.env["ir.model.fields"]._get(model, name)
            defaults |= defaults.create({"field_id": field.id, "json_value": value})
        self.become_old()
        former = {"sandbox": '"test"', "simulator": '"sandbox"'}
        for default in defaults[:2]:
            value = former[default.json_value.strip('"')]
            self.cr.execute("UPDATE ir_default SET json_value = %s WHERE id = %s", [value, default.id])
        for _again in range(2):
            self.migrate()
            self.assertEqual(defaults.mapped("json_value"), ['"sandbox"', '"simulator"', '"sandbox"'])

    def test_saved_searches(self):
        self.become_old()
        filters = self.env["ir.filters"].create(
            [{"name": model, "model_id": model, "domain": domain} for model, domain in DOMAINS.items()]
        )
        unreadable = filters.copy({"domain": "[('environment', '=', 'test'"})[:1]
        for _again in range(2):
            self.migrate()
            self.assertEqual({found.model_id: found.domain for found in filters}, RENAMED)
            self.assertEqual(unreadable.domain, "[('environment', '=', 'test'")
