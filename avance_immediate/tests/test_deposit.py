from datetime import date

from odoo.tests import new_test_user, tagged

from .books import BooksMixin
from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestDeposit(BooksMixin, UrssafCommon):
    """What the client pays before Urssaf does: docs/money.md, "Deposits"."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(cls.env, "comptable", "account.group_account_user", company_id=cls.company.id)

    def pay(self, amount, *, kind="inbound", day=date(2026, 6, 16)):
        payment = (
            self.env["account.payment"]
            .with_user(self.accountant)
            .create(
                {
                    "payment_type": kind,
                    "partner_type": "customer",
                    "partner_id": self.client.id,
                    "amount": amount,
                    "date": day,
                    "journal_id": self.company.urssaf_journal_id.id,
                }
            )
        )
        payment.action_post()
        return payment

    def invoice_with_deposit(self):
        payment = self.pay(20)
        move = self.create_service_invoice()
        lines = (payment.move_id + move.with_user(self.accountant)).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        request = self.send(move)
        self.assertEqual((request.state, request.deposit, request.expected_payout_amount), ("sent", 20, 40))
        return payment, move, request

    # === VAT ON RECEIPTS === #

    def test_payment_without_an_invoice_warns(self):
        self.use_tax("receipts")
        payment = self.pay(20)
        self.assertTrue(payment.urssaf_vat_warning)
        move = self.create_service_invoice()
        lines = (payment.move_id + move.with_user(self.accountant)).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertFalse(payment.urssaf_vat_warning, "matched")

    def test_nothing_to_warn_of(self):
        self.company.tax_exigibility = False
        self.assertFalse(self.pay(20).urssaf_vat_warning, "VAT on invoices")
        self.company.tax_exigibility = True
        self.assertFalse(self.pay(20, kind="outbound").urssaf_vat_warning, "paid to the client")
        other = self.pay(20)
        other.sudo().partner_id = self.env["res.partner"].create({"name": "Boulangerie du Port"})
        self.assertFalse(other.urssaf_vat_warning, "not a client of Urssaf")

    # === PAID, THEN PAID OUT === #

    def test_deposit_then_payout_of_the_rest(self):
        self.use_tax("receipts")
        _payment, move, request = self.invoice_with_deposit()
        payout = self.announce(request, date="2026-06-17T00:00:00Z")
        self.run_cron("payout")
        self.assertEqual((payout.state, payout.amount), ("recorded", 40), payout.problem)
        self.assertEqual((move.payment_state, move.amount_residual), ("paid", 0))
        self.assertFalse(request.problems)
        self.assertEqual(len(self.entries(move)["cash basis"]), 2, "VAT of the deposit, VAT of the payout")

    # === GIVEN BACK === #

    def assert_asks(self, request, *figures):
        self.assertEqual(self.problem_codes(request), ["deposit_gone"])
        self.assertEqual(len(self.activities(request)), 1)
        for figure in figures:
            self.assertIn(figure, str(request.problems))

    def test_unmatched_while_the_request_lives(self):
        payment, move, request = self.invoice_with_deposit()
        lines = payment.move_id.line_ids
        lines.remove_move_reconcile()
        self.assert_asks(request, "20", "40", "60")
        due = move.with_user(self.accountant).line_ids
        (lines + due).filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertFalse(request.problems)
        self.assertFalse(self.activities(request))

    def test_paid_back_after_the_payout(self):
        _payment, _move, request = self.invoice_with_deposit()
        self.announce(request, date="2026-06-17T00:00:00Z")
        self.run_cron("payout")
        self.pay(20, kind="outbound", day=date(2026, 6, 18))
        self.assert_asks(request)

    def test_paid_to_somebody_else(self):
        _payment, _move, request = self.invoice_with_deposit()
        other = self.env["res.partner"].create({"name": "Boulangerie du Port"})
        self.env["account.payment"].with_user(self.accountant).create(
            {"payment_type": "outbound", "partner_type": "customer", "partner_id": other.id, "amount": 20}
        ).action_post()
        self.assertFalse(request.problems)
