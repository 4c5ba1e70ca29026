"""Who has nothing to do with Urssaf works with contacts, products, invoices and companies as without the addon."""

from lxml import etree, html

from odoo import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools.safe_eval import datetime, safe_eval

from ..models.res_partner import CIVIL_STATUS
from . import rights
from .common import UrssafCommon

EXPORT = "base.group_allow_export"
OFFICE = "base.group_partner_manager,product.group_product_manager"
MOVES = {"account.move", "account.move.line"}
PRODUCTS = {"product.template": "rwc", "product.product": "rwc"}
#: The groups of each colleague, and what Odoo lets them do with records that Urssaf has to do with.
COLLEAGUES = {
    "salesperson": (f"base.group_user,{OFFICE}", {"res.partner": "rwc", **PRODUCTS, "res.company": "r"}),
    "accountant": (
        f"account.group_account_manager,{OFFICE}",
        {"res.partner": "rwc", **PRODUCTS, "account.move": "rwc", "account.move.line": "rw", "res.company": "r"},
    ),
    "administrator": (f"base.group_erp_manager,{OFFICE}", {"res.partner": "rwc", **PRODUCTS, "res.company": "rwc"}),
    "portal": (
        "base.group_portal",
        {"res.partner": "r", "account.move": "r", "account.move.line": "r", "res.company": "r"},
    ),
}
OPERATIONS = {"r": "read", "w": "write", "c": "create"}
#: Not written as they are read.
OTHER_FORM = {"one2many", "many2many", "properties", "properties_definition", "json", "binary"}
DATES = ("date", "datetime")
#: What Odoo refuses to write again once invoices are posted.
FIXED = {
    "account.move": {
        "date",
        "invoice_date",
        "partner_id",
        "invoice_payment_term_id",
        "currency_id",
        "fiscal_position_id",
        "invoice_cash_rounding_id",
    },
    "res.company": {"parent_id", "account_price_include"},
}


@tagged("post_install", "-at_install")
class TestFieldsOfOthers(UrssafCommon):
    def test_not_copied(self):
        """Whoever copies reads what is copied: a field for some must not be, on a model that is for others too."""
        count = 0
        for model in self.env.values():
            for name in [] if rights.is_ours(model) else rights.added_fields(model):
                if model._fields[name].groups:
                    count += 1
                    self.assertFalse(model._fields[name].copy, f"{model._name}.{name}: copy=False")
        self.assertGreater(count, 20)


@tagged("post_install", "-at_install")
class TestColleagues(UrssafCommon, HttpCase):
    """Each way to work with a record, as each colleague whom Odoo lets."""

    def setUp(self):
        super().setUp()
        draft, posted = self.create_service_invoice(post=False), self.create_service_invoice()
        sent, _request = self.sent_invoice()
        moves = draft + posted + sent
        self.records = {
            "res.partner": self.client,
            "product.template": self.service.product_tmpl_id,
            "product.product": self.service,
            "account.move": moves,
            "account.move.line": moves.line_ids,
            "res.company": self.company,
        }
        self.users = {}
        for kind, (groups, _work) in COLLEAGUES.items():
            who = {"partner_id": self.client.id} if kind == "portal" else {}
            own = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)], "lang": "en_US"}
            self.users[kind] = new_test_user(self.env, f"pour_{kind}", f"{groups},{EXPORT}", **own, **who)
        self.env.flush_all()

    def each(self, letter, check, models=None):
        """Call ``check`` with the records that each colleague may work with, in their name; undo what it does."""
        for kind, (_groups, work) in COLLEAGUES.items():
            for model, letters in work.items():
                if letter not in letters or (models and model not in models):
                    continue
                records = self.records[model].with_user(self.users[kind])
                records = records.with_context(allowed_company_ids=self.company.ids)._filtered_access("read")
                with self.subTest(kind=kind, model=model), self.cr.savepoint() as savepoint:
                    self.assertTrue(records.has_access(OPERATIONS[letter]), "else nothing is tried")
                    self.env.invalidate_all()
                    check(records)
                    self.env.flush_all()
                    savepoint.rollback()

    def is_plain(self, field):
        """Tell whether Odoo lets whoever reads the record read this field: others lead to records out of reach."""
        return field.store and field.column_type and field.type not in ("many2one", "properties")

    def within_reach(self, records, names):
        """Return the fields but for those to a model that a colleague may not read, which Odoo lets read only."""
        relations = records.fields_get(names, ["relation"])
        return [
            name
            for name in names
            if not (relation := relations[name].get("relation")) or records.env[relation].has_access("read")
        ]

    def test_reading(self):
        def check(records):
            described = records.fields_get(attributes=["exportable"])
            for name in set(rights.added_fields(records)) - described.keys():
                self.assertTrue(records._fields[name].groups, name)
            self.assertFalse(described.keys() & CIVIL_STATUS)
            names = [name for name in described if name.startswith("urssaf_") or self.is_plain(records._fields[name])]
            self.assertEqual(len(records.web_read({name: {} for name in names})), len(records))
            self.assertEqual(len(records.read(names)), len(records))
            if not records.env.user.share:  # who never exports
                exported = [name for name in self.within_reach(records, names) if described[name]["exportable"]]
                self.assertGreaterEqual(len(records.export_data(exported)["datas"]), len(records))

        self.each("r", check)

    def test_searching(self):
        """Search, sort and group by whatever a colleague sees of ours."""

        def check(records):
            ours = [name for name in records._fields if name.startswith("urssaf_")]
            described = records.fields_get(ours, ["type", "searchable", "groupable", "sortable"])
            own = [("id", "in", records.ids)]
            for name, description in described.items():
                if description["searchable"]:
                    records.search([*own, (name, "!=", False)])
                if description["sortable"]:
                    self.assertEqual(len(records.search(own, order=name)), len(records))
                if description["groupable"]:
                    group = f"{name}:month" if description["type"] in DATES else name
                    groups = records.formatted_read_group(own, [group], ["__count"])
                    self.assertEqual(sum(each["__count"] for each in groups), len(records))

        self.each("r", check)

    def test_views(self):
        """What the client asks for when a view opens, and the filters that it offers."""

        def check(records):
            if records.env.user.share:
                return  # opens none
            kinds = ("form", "list", "kanban", "search")
            views = records.get_views([(False, kind) for kind in kinds])["views"]
            for kind in kinds[:-1]:
                nodes = etree.fromstring(views[kind]["arch"]).iterfind(".//field")
                names = {node.get("name") for node in nodes} & records._fields.keys()
                self.assertEqual(len(records.web_read({name: {} for name in names})), len(records))
            names = {"uid": records.env.uid, "context_today": datetime.datetime.now, "datetime": datetime}
            for node in etree.fromstring(views["search"]["arch"]).iterfind(".//filter[@domain]"):
                if "urssaf" in node.get("domain"):
                    records.search(safe_eval(node.get("domain"), names))

        self.each("r", check)

    def test_writing_what_was_read(self):
        def check(records):
            described = records.fields_get(attributes=["type", "readonly"])
            written = [
                name
                for name, description in described.items()
                if not description["readonly"] and description["type"] not in OTHER_FORM
            ]
            written = self.within_reach(records, written)
            for record in records:
                fixed = () if "state" in record and record.state == "draft" else FIXED.get(record._name, ())
                names = [name for name in written if name not in fixed]
                values = {name: record._fields[name].convert_to_write(record[name], record) for name in names}
                self.assertTrue(record.web_save(values, {"id": {}}))

        self.each("w", check)

    def test_creating(self):
        """The default values, what the form computes, and the record itself."""

        def check(records):
            is_move = records._name == "account.move"
            model = records.browse().with_context(**({"default_move_type": "out_invoice"} if is_move else {}))
            self.assertTrue(model.default_get(list(model.fields_get(attributes=["type"]))))
            form = Form(model)
            if is_move:
                form.partner_id = self.client
                with form.invoice_line_ids.new() as line:
                    line.product_id = self.service
            else:
                form.name = "Nouveau"
            self.assertTrue(form.save())

        self.each("c", check, {"res.partner", "product.template", "account.move"})
        self.each("c", lambda companies: companies.create({"name": "Nouvelle"}), {"res.company"})

    def test_copying(self):
        def check(records):
            for record in records:
                copy = record.copy().with_env(self.env)
                self.assertFalse([name for name in CIVIL_STATUS & copy._fields.keys() if copy[name]])

        self.each("c", check, {"res.partner", *PRODUCTS, "account.move"})

    def test_importing(self):
        """What was exported for importing again: one record changed by it, and another one made."""

        def check(records):
            record = records[:1]
            described = record.fields_get(rights.added_fields(record), ["type", "readonly", "store"])
            ours = [
                name
                for name, description in described.items()
                if description["store"] and not description["readonly"] and description["type"] != "one2many"
            ]
            names = [".id", *(["ref"] if record._name == "account.move" else ["name"]), *ours]
            rows = record.with_context(import_compat=True).export_data(names)["datas"]
            rows = [["" if cell in (False, None) else str(cell) for cell in row] for row in rows]
            for columns, cells in ((names, rows), (names[1:], [row[1:] for row in rows])):
                answer = records.load(columns, cells)
                self.assertTrue(answer["ids"], answer["messages"])

        self.each("c", check, {"res.partner", "product.template", "account.move"})

    def test_chatter(self):
        """A change of what is tracked is told to whoever reads it."""

        def check(records):
            record = records[:1]
            record.message_post(body="Bonjour")
            record.write({"partner_id": self.partner_a.id} if "partner_id" in record else {"name": "Autre nom"})
            self.env.flush_all()
            self.cr.flush()  # what changed is told before the transaction ends
            told = record.message_ids.read(["body", "author_id"])
            self.assertTrue(told)

        self.each("w", check, {"res.partner", "product.template", "account.move"})

    def test_portal(self):
        """The client changes the address, and reads the invoices."""
        self.authenticate("pour_portal", "pour_portal")
        for move in self.records["account.move"][1:]:
            page = self.url_open(f"/my/invoices/{move.id}")
            self.assertEqual((page.status_code, page.url), (200, f"{self.base_url()}/my/invoices/{move.id}"))
            self.assertIn(move.name, html.fromstring(page.content).xpath("string(//main)"))
        page = html.fromstring(self.url_open("/my/account").content)
        form = page.xpath("//form[.//input[@name='city']]")[0]
        given = {"city": "Lyon", "street": "1 rue de la Paix", "zip": "69001", "phone": "0601020304"}
        given["country_id"] = self.env.ref("base.fr").id
        values = {name: value or "" for name, value in form.form_values()} | given
        answer = self.url_open("/my/address/submit", data=values).json()
        self.assertIn("redirectUrl", answer)
        self.assertEqual(self.client.city, "Lyon")

    def test_administrator_of_rights(self):
        """Users are duplicated, groups edited, whether they have to do with Urssaf or not."""
        admin, group = self.users["administrator"], self.env.ref(rights.USER)
        for kind in ("accountant", "portal"):
            user = self.users[kind].with_user(admin)
            copy = user.copy({"login": f"copie_{kind}"})
            self.assertEqual(copy.group_ids, user.group_ids)
            self.assertFalse([name for name in CIVIL_STATUS if copy.with_env(self.env)[name]])
        for user in (self.users["accountant"], self.user):
            form = Form(user.with_user(admin))
            form.name = "Autre nom"
            form.save()
            for command in (Command.unlink(group.id), Command.link(group.id)):
                user.with_user(admin).write({"group_ids": [command]})
            self.assertTrue(user.has_group(rights.USER))
        group.with_user(admin).write({"comment": "Qui s'occupe de l'Urssaf"})
