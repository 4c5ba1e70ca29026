from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.res_partner import CIVIL_STATUS
from ..models.urssaf_registration import GIVEN_FIELDS
from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestErase(UrssafCommon):
    """Personal data go when the relation ends; what the law makes one keep stays."""

    def paid_invoice(self):
        move, request = self.sent_invoice()
        self.sandbox.step(request, "pay", force=True)
        request.with_user(self.user).action_refresh()
        self.assertEqual(move.payment_state, "paid")
        return move, request

    def test_everything_personal_goes_and_the_books_stay(self):
        move, request = self.paid_invoice()
        consent = self.registration.consent_date
        self.registration.with_user(self.manager).action_erase()
        self.assertEqual(self.registration.state, "erased")
        for name in GIVEN_FIELDS - {"partner_id", "company_id", "environment"}:
            self.assertFalse(self.registration[name], name)
        for name in CIVIL_STATUS:
            self.assertFalse(self.client[name], name)
        self.assertNotIn("1980-03-29", str(request.payload))
        self.assertEqual((request.amount, request.state), (60, "paid"))
        self.assertTrue(request.id_request)
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(self.registration.consent_date, consent)
        report = self.registration.message_ids[0].body
        self.assertIn("IBAN", report)
        self.assertNotIn("1234", report)

    def test_not_while_something_is_under_way(self):
        _move, request = self.sent_invoice()
        with self.assertRaisesRegex(UserError, request.number):
            self.registration.with_user(self.manager).action_erase()
        self.assertTrue(self.registration.iban)

    def test_not_by_a_simple_user(self):
        with self.assertRaises(AccessError):
            self.registration.with_user(self.user).action_erase()

    def test_civil_status_stays_for_another_company(self):
        company = self.env["res.company"].create({"name": "Autre société", "urssaf_environment": "sandbox"})
        self.env["urssaf.registration"].create(
            {"partner_id": self.client.id, "company_id": company.id, "environment": "sandbox"}
        )
        self.registration.with_user(self.manager).action_erase()
        self.assertEqual(self.client.urssaf_birth_name, "Durand")
        self.assertFalse(self.registration.iban)

    def test_client_who_comes_back(self):
        self.registration.with_user(self.manager).action_erase()
        self.registration.with_user(self.user).action_start_over()
        self.assertEqual(self.registration.state, "to_complete")
