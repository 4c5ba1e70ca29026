"""The form of a registration that a company and its branches share: what each is shown, and may type."""

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .branch import BranchCommon

GIVEN = ("birth_name", "birth_date", "email", "iban", "address_city", "claimed_id_client")


@tagged("post_install", "-at_install")
class TestBranchForm(BranchCommon):
    def form(self, registration, user):
        """Open the form as ``user`` does, with nothing in the cache that somebody else may read."""
        self.env.flush_all()
        self.env.invalidate_all()
        return Form(self.as_agent(registration, user))

    def assertReadonly(self, form, is_readonly, names=GIVEN):
        for name in names:
            with self.subTest(name):
                self.assertEqual(bool(form._get_modifier(name, "readonly")), is_readonly)

    def test_merely_served(self):
        """Whoever reads cannot type what would be refused; the company, and the branch that asked, can."""
        prepared = self.prepare(self.create_client(name="Paul", email="paul@example.com"))
        prepared.served_company_ids = self.branch
        form = self.form(prepared, self.agent)
        self.assertReadonly(form, True)
        self.assertEqual((form.email, form.birth_name), (prepared.email, prepared.birth_name))
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.as_agent(prepared).write({"email": "x@example.com"})
        with self.form(prepared, self.user) as form:
            self.assertReadonly(form, False)
            form.email = "paul.durand@example.com"
        self.assertEqual(prepared.email, "paul.durand@example.com")
        with self.form(self.asked_by_branch(self.create_client(name="Luc")), self.agent) as form:
            self.assertReadonly(form, False)
            form.email = "luc@example.com"
        self.assertReadonly(Form(self.as_agent(self.env["urssaf.registration"])), False)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_contact_of_the_branch(self):
        """The company above opens the registration that it keeps, without what the branch's contact holds."""
        client = self.branch_client(name="Léa Blanc", email="lea@example.com", urssaf_birth_name="Blanc")
        registration = self.asked_by_branch(client)
        form = self.form(registration, self.user)
        self.assertReadonly(form, True)
        self.assertTrue(form.is_client_hidden)
        self.assertEqual(form.iban, registration.iban)
        names = ("birth_name", "first_names", "birth_date", "birth_country_id", "birth_commune_id", "advice")
        self.assertFalse([name for name in names if form[name]])
        mine = self.as_agent(registration | self.registration, self.user)
        rows = mine.web_read({"birth_name": {}, "birth_choice_ids": {}, "email": {}})
        self.assertEqual([row["id"] for row in rows], mine.ids)
        self.assertEqual([row["birth_name"] for row in rows], [False, "Durand"])
        # Asked for by itself it is refused, and so is registering the client.
        self.env.invalidate_all()
        for act in (lambda records: records.read(["birth_name"]), lambda records: records.action_register()):
            with self.assertRaises(AccessError), self.cr.savepoint():
                act(self.as_agent(registration, self.user))
        form = self.form(registration, self.agent)
        self.assertReadonly(form, False)
        self.assertEqual((form.birth_name, form.is_client_hidden), ("Blanc", False))
