from datetime import date, datetime

from odoo import Command
from odoo.tests import tagged

from .recovery import RecoveryCommon

JULY, SEPTEMBER, OCTOBER = "2026-07", "2026-09", "2026-10"
WHOLE, HALF = [10, 100, 100], [5, 50, 50]  # VAT, and its base on two lines, of an invoice of 110 euros


@tagged("post_install", "-at_install")
class TestRecoveryVat(RecoveryCommon):
    """VAT given back is dated the recovery: the report of the payout's month, which may be filed, does not move."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.tax_exigibility = True
        chart = cls.env["account.chart.template"].with_company(cls.company)
        cls.on_receipts = chart.ref("tva_intermediaire_encaissement_ttc")
        cls.on_invoices = chart.ref("tva_intermediaire_ttc")

    def paid_invoices(self, count, tax=None, price=55):
        """Return the payouts of so many invoices of two hours that Urssaf paid in July, in one transfer."""
        line = {"product_id": self.service.id, "quantity": 2, "price_unit": price}
        line["tax_ids"] = [Command.set((tax or self.on_receipts).ids)]
        moves = self.env["account.move"]
        for _index in range(count):
            moves += self.create_service_invoice(invoice_line_ids=[Command.create(line)])
        requests = self.send(moves)
        self.run_cron("send")
        self.travel_to(self.PAID)
        for request in requests:
            self.simulator.step(request, "pay", force=True)
        requests.with_user(self.user).action_refresh()
        self.run_cron("payout")
        self.assertEqual(requests.payout_ids.mapped("state"), ["recorded"] * count)
        self.assertEqual(len(requests.payment_ids), 1)
        return requests.payout_ids

    def moved(self, before):
        """Return what the report of each month has more than ``before``, without the tags: VAT, then its base."""
        after, found = self.report(), {}
        for month in before.keys() | after.keys():
            old, new = before.get(month, {}), after.get(month, {})
            balances = [round(new.get(tag, 0) - old.get(tag, 0), 2) for tag in old.keys() | new.keys()]
            if moved := sorted(filter(None, balances), key=abs):
                found[month] = moved
        return found

    def test_on_receipts_whatever_is_locked(self):
        """July open, and locked in each way: only September moves, by the VAT of what was taken back."""
        start = self.report()
        payouts = self.paid_invoices(8)
        self.assertEqual(self.moved(start), {JULY: [-80, -800, -800]})
        self.travel_to(self.TAKEN_BACK)
        locks = (False, "tax_lock_date", "fiscalyear_lock_date", "hard_lock_date")  # the last cannot be taken back
        for index, lock in enumerate(locks):
            if lock:
                self.company[lock] = "2026-07-31"
            for payout, choice, given_back in zip(
                payouts[2 * index : 2 * index + 2], ("whole", "share"), (WHOLE, HALF), strict=True
            ):
                with self.subTest(lock=lock, choice=choice):
                    before = self.report()
                    recovery = self.take_back(payout, choice=choice)
                    self.assertEqual(self.moved(before), {SEPTEMBER: given_back})
                    self.assertEqual(recovery.move_id.date, date(2026, 9, 15))
                    self.assertMoney(payout, taken=recovery.amount, due=recovery.amount)
            if lock and lock != "hard_lock_date":
                self.company[lock] = False
        self.check_undone(payouts)

    def check_undone(self, payouts):
        """In October, with July locked: what was given back is due again, then."""
        before = self.report()
        self.travel_to(datetime(2026, 10, 5, 8, 0))
        for recovery in payouts.recovery_ids:
            recovery.with_user(self.manager).action_undo()
        self.assertEqual(self.moved(before), {OCTOBER: [-60, -600, -600]})
        for payout in payouts:
            self.assertMoney(payout, taken=0, due=0)

    def test_locked_month_of_the_recovery(self):
        """A tax lock moves the VAT alone, to the first day open for it; a fiscal lock moves the entry too."""
        payouts = self.paid_invoices(3)
        self.travel_to(self.TAKEN_BACK)
        requests = payouts.request_id
        for request in requests:
            self.simulator.step(request, "recover", force=True)
        requests.with_user(self.user).action_refresh()
        self.travel_to(datetime(2026, 10, 20, 8, 0))
        self.assertEqual(set(payouts.recovery_ids.mapped("date")), {date(2026, 9, 15)})
        for lock, day in (("tax_lock_date", date(2026, 9, 15)), ("fiscalyear_lock_date", date(2026, 10, 1))):
            with self.subTest(lock):
                self.company[lock] = "2026-09-30"
                before, payout = self.report(), payouts[0]
                payouts -= payout
                recovery = self.take_back(payout)
                self.assertEqual((recovery.move_id.date, recovery.date), (day, date(2026, 9, 15)))
                self.assertEqual(self.moved(before), {OCTOBER: HALF})
                entries = self.env["account.move"].search([("tax_cash_basis_origin_move_id", "=", payout.move_id.id)])
                self.assertEqual(sorted(entries.mapped("date"))[1:], [date(2026, 10, 1)] * 2)
                self.company[lock] = False

    def test_cents(self):
        """Half of 60.10: nothing is lost when the client pays the other half, nor when it is undone."""
        start = self.report()
        first, second = self.paid_invoices(2, price=30.05)
        paid = self.moved(start)
        self.travel_to(self.TAKEN_BACK)
        before = self.report()
        recovery = self.take_back(first, choice="share")
        self.take_back(second, choice="share")
        register = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=second.move_id.ids
        )
        register.create({"payment_date": "2026-09-20"})._create_payments()
        recovery.with_user(self.manager).action_undo()
        self.assertEqual(self.moved(before), {}, "all of it in September, to the cent")
        self.assertEqual(self.moved(start), paid)

    def test_on_invoices(self):
        """What was due with the invoice stays due."""
        first, second = self.paid_invoices(2, self.on_invoices)
        before = self.report()
        self.travel_to(self.TAKEN_BACK)
        recovery = self.take_back(first, choice="whole")
        self.take_back(second, choice="share")
        self.assertEqual(self.moved(before), {})
        self.assertMoney(first, taken=110, due=110)
        self.assertMoney(second, taken=55, due=55)
        recovery.with_user(self.manager).action_undo()
        self.assertEqual(self.moved(before), {})

    def test_hashed_journal(self):
        """Nothing goes back to draft: what is booked, and what undoes it, are entries."""
        self.company.urssaf_journal_id.restrict_mode_hash_table = True
        [payout] = self.paid_invoices(1)
        self.travel_to(self.TAKEN_BACK)
        before = self.report()
        recovery = self.take_back(payout, choice="share")
        self.assertTrue(recovery.move_id.inalterable_hash)
        recovery.with_user(self.manager).action_undo()
        self.assertTrue(recovery.reversal_id.inalterable_hash)
        self.assertMoney(payout, taken=0, due=0)
        self.assertEqual(self.moved(before), {})
