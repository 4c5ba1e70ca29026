from datetime import datetime

from freezegun import freeze_time

from odoo.tests import HttpCase, new_test_user, tagged

from .month import MonthCommon


@tagged("post_install", "-at_install")
class TestTourMoney(MonthCommon, HttpCase):
    """The bank, what is taken back and the month, in a browser, in French, by the least privileged who may."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")

    def tour(self, url, name, user):
        user.lang = "fr_FR"
        self.env.flush_all()
        # A browser waits for seconds to pass.
        with freeze_time(datetime.now(), tick=True):
            self.start_tour(url, name, login=user.login)
        self.env.invalidate_all()

    def test_bank(self):
        """By somebody who may write lines of the bank, and has none of Urssaf's rights."""
        _move, first = self.sent_invoice()
        _move, second = self.sent_invoice()
        self.wait(days=3)  # 20 June
        self.record(first, date="2026-06-19T00:00:00Z")
        self.record(second, date="2026-06-20T00:00:00Z")
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company.urssaf_journal_id.id,
                "date": "2026-06-20",
                "amount": 60,
                "payment_ref": "VIR URSSAF",
            }
        )
        accountant = new_test_user(self.env, "banque", "account.group_account_basic", company_id=self.company.id)
        self.tour("/odoo/urssaf-bank", "avance_immediate_bank", accountant)
        self.assertFalse(line.is_reconciled)
        self.assertEqual(line.sudo().urssaf_matched_by, "undone")
        self.assertEqual((first + second).payout_ids.transfer_id.mapped("state"), ["booked", "booked"])

    def test_recovery(self):
        _move, request, payout = self.paid_invoice()
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "recover")
        self.tour(f"/odoo/urssaf-payment-requests/{request.id}", "avance_immediate_recovery", self.manager)
        undone = request.recovery_ids.filtered(lambda recovery: recovery.state == "undone")
        self.assertEqual((undone.amount, undone.decided_by_id), (22.1, self.manager))
        self.assertMoney(payout, taken=0, due=0)

    def test_month(self):
        """By somebody who may only read the books."""
        _move, request = self.sent_invoice()
        self.record(request)
        request.payout_ids.announced_amount = 30
        self.tour("/odoo/urssaf-month", "avance_immediate_month", self.accountant)
