from datetime import date, datetime

from odoo.fields import Domain
from odoo.tests import HttpCase, tagged

from .test_month import NOTHING, PageCommon, TestMonthExport
from .test_payout_undo import UndoCommon


@tagged("post_install", "-at_install")
class TestMonthUndone(PageCommon, HttpCase):
    """Invoices of 60 euros paid in June. What is undone in July leaves the page of June as it was printed, and the
    page agrees with the ledger on any day."""

    MONTHS = ("2026-06-30", "2026-07-31", "2026-08-31")

    def setUp(self):
        super().setUp()
        _move, self.request = self.sent_invoice()
        self.wait(days=3)  # 20 June
        self.payment = self.record(self.request, date="2026-06-20T00:00:00Z")
        self.payout = self.request.payout_ids

    def balance(self, day, *domain):
        """Return the balance of journal items at the end of a day, as the ledger has it."""
        items = self.env["account.move.line"].search(
            [("parent_state", "=", "posted"), ("date", "<=", day), ("company_id", "=", self.company.id), *domain]
        )
        return round(sum(items.mapped("balance")), 2)

    def checked(self, day):
        """Return the figures as at a day: they agree with the ledger and open exactly what they count."""
        figures = self.as_at(day)
        amounts = {key: amount for key, (_count, amount) in figures.items()}
        on_account = self.balance(day, ("account_id", "=", self.outstanding_account.id))
        self.assertEqual(amounts["balance"], on_account, day)
        self.assertEqual(amounts["in_transit"] - amounts["to_be_debited"], on_account, "the bank shows nothing here")
        of_clients = Domain("account_type", "=", "asset_receivable") & Domain("journal_id.type", "=", "bank")
        self.assertEqual(amounts["recorded"] - amounts["recovered"], -self.balance(day, *of_clients), day)
        self.check_opens(day)
        return figures

    def check_opens(self, day, since=False):
        month = self.page(date=day, date_from=since)
        for line in month.line_ids:
            action = line.action_open()
            records = self.env[action["res_model"]].with_user(self.accountant).search(action["domain"])
            amounts = month._figures().amounts(line.key)
            self.assertEqual(set(records.ids), set(amounts), line.key)
            self.assertEqual((len(amounts), sum(amounts.values())), (line.count, line.amount), line.key)

    def months(self, key):
        """Return a figure of June, July and August, each alone, and check that the months add up."""
        alone = [self.as_at(day, date_from=f"{day[:7]}-01")[key] for day in self.MONTHS]
        for day in self.MONTHS:
            self.check_opens(day, f"{day[:7]}-01")
        together = self.checked(self.MONTHS[-1])[key]
        self.assertEqual(sum(amount for _count, amount in alone), together[1], key)
        return alone

    def reverse(self, day):
        entries = self.payment.move_id.sudo()
        return entries._reverse_moves([{"date": date.fromisoformat(day)}], cancel=True)

    def test_recovery(self):
        """25 euros taken back in June, undone in July, and taken back after all in August."""
        self.travel_to(datetime(2026, 6, 29, 8))
        recovery = self.take_back(self.payout, choice="other", amount=25)
        printed = self.checked("2026-06-30")
        self.assertEqual([printed[key] for key in ("recovered", "to_be_debited")], [(1, 25), (1, 25)])
        self.travel_to(datetime(2026, 7, 10, 8))
        recovery.with_user(self.manager).action_undo()
        self.assertEqual(self.checked("2026-06-30"), printed)
        self.assertEqual(self.checked("2026-07-09"), printed)
        july = self.checked("2026-07-31")
        self.assertEqual([july[key] for key in ("recovered", "to_be_debited")], [NOTHING, NOTHING])
        self.assertEqual((july["in_transit"], july["balance"]), ((1, 60), (3, 60)))
        self.assertEqual(self.months("recovered"), [(1, 25), (1, -25), NOTHING])
        self.travel_to(datetime(2026, 8, 5, 8))
        self.take_back(self.payout, choice="other", amount=25)
        self.assertEqual(self.checked("2026-06-30"), printed)
        self.assertEqual(self.checked("2026-07-31"), july)
        self.assertEqual(self.months("recovered"), [(1, 25), (1, -25), (1, 25)])

    def test_undone_in_the_same_month(self):
        """It counts on the days between, and in no month."""
        self.travel_to(datetime(2026, 7, 10, 8))
        recovery = self.take_back(self.payout, choice="other", amount=25)
        self.wait(days=2)
        recovery.with_user(self.manager).action_undo()
        self.assertEqual(self.checked("2026-07-11")["recovered"], (1, 25))
        self.assertEqual(self.months("recovered"), [NOTHING, NOTHING, NOTHING])

    def test_payment_reversed(self):
        """By an entry in July, as where entries are hashed; recorded again in August, in July after the reversal."""
        printed = self.checked("2026-06-30")
        self.assertEqual((printed["recorded"], printed["balance"]), ((1, 60), (1, 60)))
        self.travel_to(datetime(2026, 7, 10, 8))
        self.reverse("2026-07-10")
        self.assertEqual(self.payout.undone, "payment_reversed")
        self.assertEqual(self.checked("2026-06-30"), printed)
        july = self.checked("2026-07-31")
        self.assertEqual([july[key] for key in ("recorded", "in_transit")], [NOTHING, NOTHING])
        self.assertEqual(july["paid"], (1, 60), "says Urssaf")
        self.assertEqual(self.months("recorded"), [(1, 60), (1, -60), NOTHING])
        self.travel_to(datetime(2026, 8, 5, 8))
        self.payout.with_user(self.manager).action_record()
        self.assertEqual(self.payout.payment_id.date, date(2026, 7, 10), "no day before: June had it twice")
        self.assertEqual(self.checked("2026-06-30"), printed)
        self.assertEqual(self.checked("2026-07-09"), printed)
        self.assertEqual(self.months("recorded"), [(1, 60), NOTHING, NOTHING])
        self.assertEqual(self.payout.transfer_id.date, date(2026, 6, 20))

    def test_reversed_twice(self):
        """Each month has what its entries say, and the payout is counted once in each."""
        printed = self.checked("2026-06-30")
        self.travel_to(datetime(2026, 7, 10, 8))
        self.reverse("2026-07-10")
        self.company.fiscalyear_lock_date = "2026-07-31"
        self.travel_to(datetime(2026, 8, 5, 8))
        self.payout.with_user(self.manager).action_record()
        self.assertEqual(self.months("recorded"), [(1, 60), (1, -60), (1, 60)])
        self.payment = self.payout.payment_id
        self.reverse("2026-08-06")
        self.assertEqual(self.checked("2026-06-30"), printed)
        self.assertEqual(self.months("recorded"), [(1, 60), (1, -60), NOTHING])

    def test_reversal_taken_away(self):
        """A reversal that is a draft again undoes nothing: the payout is in the books from June on, and matched again.

        Odoo leaves the lines of a draft matched.
        """
        printed = self.checked("2026-06-30")
        self.travel_to(datetime(2026, 7, 10, 8))
        self.reverse("2026-07-10").button_draft()
        self.assertEqual(self.checked("2026-07-31"), printed)
        self.assertEqual(self.payout.undone, "payout_unmatched")
        self.payout.with_user(self.manager).action_record()
        self.assertEqual((self.payout.payment_id, self.payout.undone), (self.payment, False), "no second one")
        self.assertEqual(self.request.move_id.payment_state, "paid")
        self.assertEqual(self.checked("2026-07-31"), printed)

    def test_payment_cancelled(self):
        """Its entry is deleted, in June as well: the page says what the ledger says, and what Urssaf said."""
        self.travel_to(datetime(2026, 7, 10, 8))
        self.payment.sudo().action_draft()
        for _state in ("draft", "cancelled"):
            june = self.checked("2026-06-30")
            names = ("paid", "recorded", "in_transit", "balance")
            self.assertEqual([june[key] for key in names], [(1, 60), NOTHING, NOTHING, NOTHING])
            self.payment.sudo().with_context(urssaf_cancel_confirmed=True).action_cancel()
        self.payout.with_user(self.manager).action_record()
        june = self.checked("2026-06-30")
        self.assertEqual([june[key] for key in names], [(1, 60), (1, 60), (1, 60), (1, 60)])

    def test_set_aside(self):
        """Announced in June, set aside in July by who looked at the bank."""
        _move, other = self.sent_invoice()
        payout = self.announce(other, amount=30)
        printed = self.checked("2026-06-30")
        self.assertEqual(printed["paid"], (2, 90))
        self.travel_to(datetime(2026, 7, 10, 8))
        payout.with_user(self.manager).action_dismiss()
        self.assertEqual(self.checked("2026-06-30"), printed)
        self.assertEqual(self.checked("2026-07-31")["paid"], (1, 60))
        self.assertEqual(self.months("paid"), [(2, 90), (1, -30), NOTHING])
        payout.with_user(self.manager).action_record()
        self.assertEqual(self.months("paid"), [(2, 90), NOTHING, NOTHING])

    def test_spreadsheet(self):
        """What was undone in July is there with what it counts for."""
        self.travel_to(datetime(2026, 6, 29, 8))
        recovery = self.take_back(self.payout, choice="other", amount=25)
        self.travel_to(datetime(2026, 7, 10, 8))
        recovery.with_user(self.manager).action_undo()
        self.reverse("2026-07-10")
        month = self.page(date="2026-07-31", date_from="2026-07-01")
        figures = self.figures(month)
        self.assertEqual([figures[key] for key in ("recovered", "recorded")], [(1, -25), (1, -60)])
        TestMonthExport.check_spreadsheet(self, month)


@tagged("post_install", "-at_install")
class TestMonthMany(PageCommon):
    """However many payouts there are: 10 000 ask the database as often as 10 do."""

    recorded, analyze = UndoCommon.recorded, UndoCommon.analyze

    def asked(self, action):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        action()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def test_queries(self):
        month = self.page()
        actions = {
            "page": lambda: self.figures(month),
            "opened": lambda: [line.action_open() for line in month.line_ids],
            "spreadsheet": month._workbook,
            "check": lambda: self.env["urssaf.disagreement"]._check_now(self.company),
        }
        counts = []
        for more in (10, 90):
            self.recorded(more)
            self.analyze()
            for action in actions.values():
                action()
            counts.append({name: self.asked(action) for name, action in actions.items()})
        self.assertEqual(self.figures(month)["recorded"][0], 100)
        self.assertEqual(self.env["urssaf.disagreement"].search_count([("solved_at", "=", False)]), 0)
        for name in actions:
            self.assertLessEqual(counts[1][name], counts[0][name], name)
