from datetime import date

from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import UrssafCommon

MARK = 'name="urssaf_no_payment"'
PAY = 'data-bs-target="#pay_with"'
PAY_IN_LIST = "#portal_pay"


@tagged("post_install", "-at_install")
class TestPortal(UrssafCommon, HttpCase):
    """On the portal nobody pays an invoice that Urssaf is to pay: the button is gone, and the routes refuse."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        self.portal_user = new_test_user(
            self.env, "jeanne", "base.group_portal", company_id=self.company.id, partner_id=self.client.id
        )
        self.sent, self.request = self.sent_invoice(invoice_date_due=date(2026, 6, 16))
        self.free = self.create_service_invoice(invoice_date_due=date(2026, 6, 16))
        self.env.flush_all()

    def page(self, url):
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200, url)
        return answer.text

    def pay(self, move, **values):
        """Start a payment as the portal's page does; return what it is refused with, or nothing."""
        params = {
            "provider_id": self.env["payment.provider"].search([("company_id", "=", self.company.id)], limit=1).id,
            "payment_method_id": self.env["payment.method"].search([], limit=1).id,
            "token_id": None,
            "amount": move.amount_residual,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/my/invoices",
            "access_token": move._portal_ensure_token(),
            **values,
        }
        self.env.flush_all()
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/invoice/transaction/{move.id}", json={"params": params}).json()
        return answer["error"]["data"]["message"] if "error" in answer else ""

    def assertRefused(self, message):
        self.assertIn("Urssaf", message)

    def assertNotRefused(self, message):
        self.assertNotIn("Urssaf", message)

    def test_page_by_access_token(self):
        page = self.page(self.sent.get_portal_url())
        self.assertIn(MARK, page)
        self.assertNotIn(PAY, page)
        page = self.page(self.free.get_portal_url())
        self.assertNotIn(MARK, page)
        self.assertIn(PAY, page)

    def test_page_of_the_client(self):
        self.authenticate("jeanne", "jeanne")
        page = self.page(f"/my/invoices/{self.sent.id}")
        self.assertIn(MARK, page)
        self.assertNotIn(PAY, page)
        self.assertIn(PAY, self.page(f"/my/invoices/{self.free.id}"))

    def test_link_that_asks_for_a_payment(self):
        page = self.page(self.sent.get_portal_url(query_string="&payment=True"))
        self.assertNotIn(PAY, page)
        self.assertRegex(page, r'class="alert alert-warning text-center" role="alert">[^<]*Urssaf')

    def test_list(self):
        self.authenticate("jeanne", "jeanne")
        page = self.page("/my/invoices")
        self.assertIn(self.sent.name, page)
        self.assertEqual(page.count(MARK), 1)
        self.assertEqual(page.count(PAY_IN_LIST), 1)
        self.assertIn(f"/my/invoices/{self.free.id}?", page[page.index(PAY_IN_LIST) - 200 : page.index(PAY_IN_LIST)])

    def test_transaction_by_access_token(self):
        self.assertRefused(self.pay(self.sent))
        self.assertNotRefused(self.pay(self.free))
        self.assertFalse(self.sent.transaction_ids)

    def test_transaction_of_the_client(self):
        self.authenticate("jeanne", "jeanne")
        self.assertRefused(self.pay(self.sent))
        self.assertNotRefused(self.pay(self.free))

    def test_transaction_of_a_part(self):
        self.assertRefused(self.pay(self.sent, amount=1))

    def test_transaction_once_urssaf_pays_no_more(self):
        self.request.state = "refused"
        self.assertNotRefused(self.pay(self.sent))

    def test_overdue(self):
        self.authenticate("jeanne", "jeanne")
        page = self.page("/my/invoices?filterby=overdue_invoices")
        self.assertIn(self.free.name, page)
        self.assertNotIn(self.sent.name, page)

    def test_overdue_transaction(self):
        """What is paid in one go leaves out what Urssaf is to pay."""
        self.authenticate("jeanne", "jeanne")
        self.free.button_cancel()
        self.env.flush_all()
        page = self.url_open("/my/invoices/overdue")
        self.assertTrue(page.url.endswith("/my/invoices"), "nothing is overdue")
        self.request.state = "cancelled"
        self.env.flush_all()
        page = self.url_open("/my/invoices/overdue")
        self.assertTrue(page.url.endswith("/my/invoices/overdue"))
