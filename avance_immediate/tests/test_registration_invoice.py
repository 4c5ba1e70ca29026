from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestRegistrationInvoice(UrssafCommon):
    """From the invoice of a person who is not registered, the registration is one click away."""

    def setUp(self):
        super().setUp()
        self.partner = self.create_client(name="Paul Martin", urssaf_birth_name="Martin", email="paul@example.com")
        self.move = self.create_service_invoice(client=self.partner, post=False)

    def test_the_registration_is_prepared(self):
        self.assertTrue(self.move.urssaf_can_register)
        action = self.move.with_user(self.user).action_urssaf_register_client()
        registration = self.env["urssaf.registration"].browse(action["res_id"])
        self.assertEqual(action["res_model"], "urssaf.registration")
        self.assertEqual(registration.partner_id, self.partner)
        self.assertEqual(registration.company_id, self.move.company_id)
        self.assertFalse(self.move.urssaf_can_register)
        again = self.move.with_user(self.user).action_urssaf_register_client()
        self.assertEqual(again["res_id"], registration.id)

    def test_a_company_is_not_registered(self):
        self.partner.is_company = True
        self.assertFalse(self.move.urssaf_can_register)

    def test_not_without_urssaf(self):
        self.company.urssaf_environment = False
        self.move.invalidate_recordset()
        self.assertFalse(self.move.urssaf_can_register)

    def test_not_without_the_right(self):
        accountant = new_test_user(
            self.env,
            "accountant_only",
            groups="account.group_account_invoice",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.move.with_user(accountant).action_urssaf_register_client()
