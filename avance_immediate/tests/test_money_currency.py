from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .books import BooksMixin
from .recovery import RecoveryCommon

PAYOUTS = "odoo.addons.avance_immediate.models.urssaf_payout_books"


@tagged("post_install", "-at_install")
class TestNotInEuros(BooksMixin, RecoveryCommon):
    """Urssaf pays euros: nothing is booked, nor sent, where the books are kept in another currency."""

    def keep_in_dollars(self, record):
        """Have a company or a journal use dollars, although there are entries already; return how to take it back."""
        former = record.currency_id.id or None
        for currency_id in (self.env.ref("base.USD").id, former):
            self.env.flush_all()
            query = f"UPDATE {record._table} SET currency_id = %s WHERE id = %s"  # noqa: S608
            self.env.cr.execute(query, [currency_id, record.id])
            self.env.invalidate_all()
            yield

    def assertNotRecorded(self, payout, words):
        self.wait(days=1)
        with mute_logger(PAYOUTS):
            self.run_cron("payout")
        self.assertEqual((payout.state, payout.payment_id.ids), ("to_record", []))
        [problem] = payout.request_id.problems
        self.assertEqual(problem["code"], "payout_not_recorded")
        self.assertRegex(problem["params"]["reason"], words)
        with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
            payout.with_user(self.manager).action_record()

    def test_payout(self):
        _move, request = self.sent_invoice()
        payout = self.announce(request)
        for record, words in (
            (self.company.urssaf_journal_id, "kept in USD|tenu en USD"),
            (self.company, "its books in USD|ses comptes en USD"),
        ):
            with self.subTest(words):
                dollars = self.keep_in_dollars(record)
                next(dollars)
                self.assertNotRecorded(payout, words)
                next(dollars)
        self.wait(days=1)
        self.run_cron("payout")
        self.assertEqual((payout.state, payout.payment_id.currency_id.name), ("recorded", "EUR"))

    def test_account(self):
        self.outstanding_account.currency_id = self.env.ref("base.USD")
        _move, request = self.sent_invoice()
        self.assertNotRecorded(self.announce(request), "in USD only|écritures en USD")

    def test_recovery(self):
        _move, request, payout = self.paid_invoice()
        self.step(request, "cancel")
        window = self.window(request, choice="whole")
        for record, words in (
            (self.company.urssaf_journal_id, "kept in USD|tenu en USD"),
            (self.company, "its books in USD|ses comptes en USD"),
        ):
            with self.subTest(words):
                dollars = self.keep_in_dollars(record)
                next(dollars)
                with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                    window.action_book()
                self.assertEqual((request.recovery_ids.state, request.recovery_ids.move_id.ids), ("to_decide", []))
                next(dollars)
        window.action_book()
        self.assertMoney(payout, taken=60, due=60)

    def test_invoice(self):
        move = self.create_service_invoice()
        dollars = self.keep_in_dollars(self.company)
        next(dollars)
        self.assertEqual([problem["code"] for problem in move._urssaf_problems()], ["company_not_in_euros"])
        with self.assertRaisesRegex(UserError, "None of these invoices"), self.cr.savepoint():
            self.send(move)
        self.assertFalse(move.urssaf_request_id)
        next(dollars)
        self.assertFalse(move._urssaf_problems())
