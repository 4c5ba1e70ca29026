from datetime import date, datetime

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import format_date

from .books import BooksMixin
from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestPayoutBooks(BooksMixin, UrssafCommon):
    """What a transfer becomes in the books: docs/money.md §6."""

    def pay_by_hand(self, move, day):
        """Register the payment as a person does in Odoo's window."""
        window = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        window.create({"payment_date": day, "journal_id": self.company.urssaf_journal_id.id})._create_payments()

    def check_same_books(self, due_on):
        self.use_tax(due_on)
        moves = self.announced(3, date="2026-06-17T00:00:00Z")
        by_hand = self.env["account.move"].union(*(self.create_service_invoice(hours=2.0 + n) for n in range(3)))
        for move in by_hand:
            self.pay_by_hand(move, date(2026, 6, 17))
        self.run_cron("payout")
        self.assertEqual(len(moves.urssaf_request_ids.payment_ids), 1)
        for ours, theirs in zip(moves, by_hand, strict=True):
            self.assertEqual(self.entries(ours), self.entries(theirs))
        return moves

    def test_as_odoo_would_with_vat_on_receipts(self):
        moves = self.check_same_books("receipts")
        [entry] = self.entries(moves[0])["cash basis"]
        self.assertEqual(entry[:2], ("posted", date(2026, 6, 17)))

    def test_as_odoo_would_with_vat_on_invoices(self):
        moves = self.check_same_books("invoices")
        self.assertFalse(self.entries(moves[0])["cash basis"])

    def test_one_line_at_the_bank(self):
        moves = self.announced(3, date="2026-06-17T00:00:00Z")
        self.run_cron("payout")
        payouts = moves.urssaf_request_ids.payout_ids
        payment, transfer = payouts.payment_id, payouts.transfer_id
        bank = payment.move_id.line_ids - payouts.line_id
        self.assertEqual((len(bank), bank.account_id, bank.balance), (1, self.outstanding_account, 60 + 90 + 120))
        self.assertEqual((transfer.date, transfer.amount, transfer.payment_ids), (date(2026, 6, 17), 270, payment))
        self.assertEqual(len(set(payouts.line_id.mapped("matching_number"))), 3)
        for move, payout in zip(moves, payouts.sorted("id"), strict=True):
            [shown] = move.invoice_payments_widget["content"]
            self.assertEqual((shown["amount"], shown["account_payment_id"]), (payout.amount, payment.id))

    def test_late_comer_is_another_payment_of_the_same_transfer(self):
        moves = self.announced(2, date="2026-06-17T00:00:00Z")
        self.run_cron("payout")
        late = self.announced(1, hours=7, date="2026-06-17T00:00:00Z")
        self.run_cron("payout")
        payouts = (moves + late).urssaf_request_ids.payout_ids
        self.assertEqual((len(payouts.transfer_id), len(payouts.payment_id)), (1, 2))
        self.assertEqual(payouts.transfer_id.amount, 60 + 90 + 210)

    def test_one_payment_a_payout(self):
        self.patch(type(self.company), "_urssaf_pays_one_by_one", lambda company: True)
        moves = self.announced(2, date="2026-06-17T00:00:00Z")
        self.run_cron("payout")
        payouts = moves.urssaf_request_ids.payout_ids
        self.assertEqual((len(payouts.transfer_id), len(payouts.payment_id)), (1, 2))
        self.assertEqual(payouts.payment_id.partner_id, self.client)

    def test_other_clients_on_a_receipt(self):
        moves = self.announced(2, date="2026-06-17T00:00:00Z")
        other = self.create_client(name="Marc Petit", email="marc@example.com")
        self.run_cron("payout")
        payment = moves.urssaf_request_ids.payment_ids
        self.assertTrue(payment._get_payment_receipt_report_values()["display_invoices"], "of one client")
        moves.urssaf_request_ids.payout_ids[0].line_id.sudo().partner_id = other
        moves[0].sudo().with_context(skip_invoice_sync=True, skip_readonly_check=True).commercial_partner_id = other
        self.assertFalse(payment._get_payment_receipt_report_values()["display_invoices"])

    def test_draft_keeps_its_lines(self):
        moves = self.announced(2, date="2026-06-17T00:00:00Z")
        self.run_cron("payout")
        payment = moves.urssaf_request_ids.payment_ids
        payment.action_draft()
        payment.date = date(2026, 6, 16)
        self.assertEqual(payment.move_id.date, date(2026, 6, 16))
        with self.assertRaisesRegex(UserError, "only its date"):
            payment.amount = 10
        self.assertEqual(len(payment.move_id.line_ids), 3)


@tagged("post_install", "-at_install")
class TestWholeTransfers(BooksMixin, UrssafCommon):
    """A transfer is booked as a whole, and waits no longer than the next working day: docs/money.md §6."""

    def setUp(self):
        super().setUp()
        moves = self.create_service_invoice() + self.create_service_invoice(hours=3)
        self.first, self.second = self.send(moves)
        self.run_cron("send")
        for request in (self.first, self.second):
            self.simulator.step(request, "validate", force=True)
        (self.first + self.second).with_user(self.user).action_refresh()
        # Validated on a Wednesday: paid on the Tuesday after.
        self.assertEqual((self.first + self.second).mapped("urssaf_status"), ["30", "30"])
        self.travel_to(datetime(2026, 6, 23, 9))
        self.payout = self.announce(self.first, date="2026-06-23T00:00:00Z")

    def test_waits_for_what_is_awaited(self):
        self.run_cron("payout")
        self.assertEqual(self.payout.state, "to_record")
        self.simulator.step(self.second, "pay", force=True, date="2026-06-23T00:00:00Z")
        self.second.next_try_at = datetime(2026, 6, 23, 9)
        self.run_cron("refresh")
        self.run_cron("payout")
        payouts = self.payout + self.second.payout_ids
        self.assertEqual(payouts.mapped("state"), ["recorded"] * 2)
        self.assertEqual(len(payouts.payment_id), 1)

    def test_asked_and_not_in_it(self):
        self.second.with_user(self.user).action_refresh()
        self.run_cron("payout")
        self.assertEqual(self.payout.state, "recorded")

    def test_until_the_next_working_day(self):
        self.travel_to(datetime(2026, 6, 23, 21, 59))  # one minute before midnight in Paris
        self.run_cron("payout")
        self.assertEqual(self.payout.state, "to_record")
        self.travel_to(datetime(2026, 6, 23, 22, 1))
        self.run_cron("payout")
        self.assertEqual(self.payout.state, "recorded")

    def test_asking_one_by_hand_books_nothing_alone(self):
        self.first.with_user(self.user).action_refresh()
        self.assertEqual(self.payout.state, "to_record")
        self.payout.with_user(self.manager).action_record()
        self.assertEqual(self.payout.state, "recorded")
        self.assertEqual(self.second.payout_ids.state, False)


@tagged("post_install", "-at_install")
class TestLockedPeriods(BooksMixin, UrssafCommon):
    """Where the day of a transfer is locked, the entry goes to the first open day: docs/money.md, Locked periods."""

    def setUp(self):
        super().setUp()
        self.use_tax("receipts")
        self.moves = self.announced(1, date="2026-06-17T00:00:00Z")
        self.payout = self.moves.urssaf_request_ids.payout_ids
        self.travel_to(self.frozen().replace(year=2026, month=8, day=20))

    def recorded(self, **locks):
        """Lock, record; return the dates of payment, entry and cash-basis entry."""
        self.company.write(locks)
        self.run_cron("payout")
        self.assertEqual(self.payout.state, "recorded", self.payout.problem)
        payment = self.payout.payment_id
        [entry] = self.entries(self.moves)["cash basis"]
        self.assertEqual(self.payout.transfer_id.date, date(2026, 6, 17))
        return payment.date, payment.move_id.date, entry[1]

    def test_nothing_locked(self):
        self.assertEqual(self.recorded(), (date(2026, 6, 17),) * 3)

    def test_fiscal_year(self):
        self.assertEqual(self.recorded(fiscalyear_lock_date="2026-06-30"), (date(2026, 7, 1),) * 3)
        day = format_date(self.env, date(2026, 7, 1), lang_code=self.user.lang)
        self.assertTrue(self.payout.request_id.message_ids.filtered(lambda message: day in message.body))

    def test_hard(self):
        self.assertEqual(self.recorded(hard_lock_date="2026-06-30"), (date(2026, 7, 1),) * 3)

    def test_tax(self):
        june = date(2026, 6, 17)
        self.assertEqual(self.recorded(tax_lock_date="2026-06-30"), (june, june, date(2026, 7, 1)))

    def test_sales(self):
        self.assertEqual(self.recorded(sale_lock_date="2026-06-30"), (date(2026, 6, 17),) * 3)

    def test_tax_and_fiscal_year(self):
        locks = {"fiscalyear_lock_date": "2026-06-30", "tax_lock_date": "2026-07-31"}
        self.assertEqual(self.recorded(**locks), (date(2026, 7, 1), date(2026, 7, 1), date(2026, 8, 1)))
