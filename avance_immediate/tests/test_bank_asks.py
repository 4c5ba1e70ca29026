from datetime import datetime

from odoo.tests import tagged

from ..models import urssaf_payment_request_bank
from .bank import BankCommon

CONTRIBUTIONS = "PRLV URSSAF IDF COTISATIONS"


@tagged("post_install", "-at_install")
class TestBankAsks(BankCommon):
    """Where the bank shows what Urssaf has not told yet, Urssaf is asked at once, and once."""

    def setUp(self):
        super().setUp()
        moves = self.create_service_invoice() + self.create_service_invoice(hours=3)
        self.requests = self.send(moves)
        self.run_cron("send")
        for request in self.requests:
            self.simulator.step(request, "pay", force=True)
        self.requests.with_user(self.user).action_refresh()
        self.run_cron("payout")
        self.sixty, self.ninety = self.requests
        self.assertEqual(self.requests.payout_ids.mapped("state"), ["recorded"] * 2)
        self.transfer = self.requests.payout_ids.transfer_id
        self.wait(days=30)
        self.bank_line(150, self.transfer.date)
        self.run_cron("bank")
        self.assertEqual(self.transfer.state, "banked")
        self.run_cron("refresh")
        self.assertFalse(self.due())

    def due(self):
        return self.requests.filtered(lambda request: request.next_try_at <= datetime.now())

    def debit(self, amount, **values):
        line = self.bank_line(-amount, "2026-07-16", CONTRIBUTIONS, **values)
        self.run_cron("bank")
        return line

    def test_debit_of_a_payout(self):
        self.simulator.step(self.ninety, "cancel", force=True)
        self.debit(90)
        self.assertEqual(self.due(), self.ninety)
        self.run_cron("refresh")
        self.assertEqual(self.ninety.urssaf_status, "110")

    def test_debit_of_the_client_share(self):
        self.debit(45)
        self.assertEqual(self.due(), self.ninety)

    def test_debit_of_several_or_of_contributions(self):
        """Any payout may be in it; the latest are asked about, so many at most."""
        self.debit(120)
        self.assertEqual(self.due(), self.requests)
        self.run_cron("refresh")
        self.patch(urssaf_payment_request_bank, "MOST_FOR_A_LINE", 1)
        self.debit(130)
        self.assertEqual(len(self.due()), 1)

    def test_too_small_for_any(self):
        self.debit(20)
        self.assertFalse(self.due())

    def test_once(self):
        self.debit(90)
        self.run_cron("refresh")
        self.assertFalse(self.due())
        calls = len(self.simulator.calls("search"))
        for _hour in range(3):
            self.wait(hours=1)
            self.run_cron("bank")
            self.run_cron("refresh")
        self.assertEqual(len(self.simulator.calls("search")), calls)

    def test_debit_of_somebody_else(self):
        self.bank_line(-90, "2026-07-16", "PRLV EDF")
        self.run_cron("bank")
        self.assertFalse(self.due())

    def test_old_debit(self):
        self.bank_line(-90, "2026-05-01", CONTRIBUTIONS)
        self.run_cron("bank")
        self.assertFalse(self.due())

    def test_debit_that_is_expected(self):
        """What Urssaf takes back is in the books already: it is proposed for the debit, and nothing is to be learnt."""
        self.open_line(-90, "2026-07-15")
        self.debit(90, user=self.accountant)
        self.assertFalse(self.due())

    def test_transfer_that_differs(self):
        """The bank shows a part of a transfer: what became of the rest is asked, once as long as it differs."""
        moves = self.create_service_invoice() + self.create_service_invoice(hours=3)
        requests = self.requests = self.send(moves)
        self.run_cron("send")
        for request in requests:
            self.simulator.step(request, "pay", force=True)
        requests.with_user(self.user).action_refresh()
        self.run_cron("payout")
        transfer = requests.payout_ids.transfer_id
        line = self.bank_line(60, transfer.date)
        self.run_cron("bank")
        self.assertFalse(self.due(), "not matched: only proposed")
        line._urssaf_match(transfer._outstanding_lines(), is_part=True)
        self.assertEqual(transfer.state, "differs")
        self.run_cron("bank")
        self.assertEqual(self.due(), requests)
        self.run_cron("refresh")
        self.run_cron("bank")
        self.assertFalse(self.due(), "once")
        rest = self.bank_line(90, transfer.date)
        rest._urssaf_match(transfer._outstanding_lines().filtered(lambda each: not each.reconciled))
        self.run_cron("bank")
        self.assertEqual(transfer.state, "banked")
        self.assertFalse(transfer.sudo().asked_at, "told again, should it differ again")

    def test_who_is_at_fault_is_left(self):
        """A request that spoils its calls, or that has ended, is not asked about for this."""
        self.sixty.lot_failing_since = datetime.now()
        self.debit(120)
        self.assertEqual(self.due(), self.ninety)
