from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..catalogue.disagreements import DISAGREEMENTS
from ..models.urssaf_disagreement import ACTIVITY
from ..models.urssaf_disagreement_kinds import KINDS
from .month import MonthCommon


class CheckCommon(MonthCommon):
    def check(self):
        """The night passes. Return what does not agree."""
        self.run_cron("check")
        return self.open_ones()

    def open_ones(self, user=None):
        found = self.env["urssaf.disagreement"].search([("solved_at", "=", False)])
        return found.with_user(user) if user else found

    def statement_line(self, amount, label="VIR URSSAF", **values):
        """Return a line of the bank as it is imported."""
        values = {"journal_id": self.company.urssaf_journal_id.id, "amount": amount, "payment_ref": label, **values}
        return self.env["account.bank.statement.line"].create({"date": date.today(), **values})

    def activities_of(self, found):
        """Return the open activities of the check on the record that a disagreement is about."""
        activity_type = self.env.ref(ACTIVITY)
        record = self.env[found.res_model].browse(found.res_id)
        return record.activity_ids.filtered(lambda activity: activity.activity_type_id == activity_type)


@tagged("post_install", "-at_install")
class TestMonthKinds(CheckCommon):
    """Every kind of disagreement is found where it is, told once, and closed when it is gone."""

    def setUp(self):
        super().setUp()
        moves = [self.create_service_invoice() for _count in range(3)]
        requests = [self.send(move) for move in moves]
        self.paid, self.announced, self.sent = requests
        self.invoice, self.sent_move = moves[0], moves[2]
        self.payment = self.record(self.paid)
        self.bank = self.show_on_bank(self.payment, "2026-06-17")
        self.payout = self.paid.payout_ids
        self.line = self.payout.line_id
        self.debit = self.payment._seek_for_lines()[0]
        self.waiting = self.announce(self.announced)
        self.entry = self.foreign_entry()
        self.unexplained = self.statement_line(77).move_id
        answered = {"payout_id": self.payout.id, "date": "2026-06-17", "state": "dismissed"}
        self.question = self.env["urssaf.recovery"].create(answered)
        self.assertFalse(self.check(), "nothing for a healthy life")

    def foreign_entry(self):
        """Return the line of an entry that has nothing to do with Urssaf, on another account."""
        accounts = (self.company_data["default_account_assets"], self.company_data["default_account_expense"])
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-06-17",
                "line_ids": [
                    Command.create({"account_id": accounts[0].id, "debit": 10}),
                    Command.create({"account_id": accounts[1].id, "credit": 10}),
                ],
            }
        )
        entry.action_post()
        return entry.line_ids.filtered("debit")

    def breaks(self):
        """Return, for each kind, what is changed behind Odoo's back: records, and their columns."""
        long_ago = date(2026, 6, 1)
        due = self.sent_move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        matching = self.line.matched_debit_ids
        reopened = {"amount_residual": 60, "payment_state": "not_paid"}
        move = self.entry.move_id
        credit = move.line_ids - self.entry
        booked = {"state": "booked", "move_id": move.id, "amount": 60}
        on_account = {"account_id": self.outstanding_account.id, "amount_residual": -10, "date": long_ago}
        of_bank = {"journal_id": self.company.urssaf_journal_id.id}
        lost = {"line_id": None, "payment_id": None, "state": "to_confirm"}
        return {
            "paid_without_payout": [(self.sent, {"urssaf_status": "70"})],
            "payout_waiting": [(self.waiting, {"date": long_ago})],
            "request_late": [(self.sent, {"expected_payout_date": date(2026, 6, 16)})],
            "to_settle_long": [(self.paid, {"state": "to_settle", "state_date": datetime(2026, 6, 1)})],
            "announced_differs": [(self.payout, {"announced_amount": 30})],
            "paid_otherwise": [(self.sent_move, {"amount_residual": 10})],
            "credited_at_urssaf": [(self.sent_move, {"payment_state": "reversed"})],
            "recorded_but_open": [(self.invoice, reopened), (self.line, {"amount_residual": -60})],
            "matched_elsewhere": [(self.invoice, reopened), (matching, {"debit_move_id": due.id})],
            "payment_not_posted": [(self.payment, {"state": "draft"})],
            "payment_without_payouts": [(self.payout, lost)],
            "another_transfer": [(self.payout, {"transfer_id": None})],
            "line_lost": [(self.payout, {"line_id": None})],
            "amount_differs": [(self.line, {"balance": -50})],
            "line_without_payout": [(self.payout, {"line_id": self.debit.id})],
            "sum_differs": [(self.debit, {"balance": 50})],
            "foreign_entry": [(self.entry, {"account_id": self.outstanding_account.id, "amount_residual": 10})],
            "bank_line_open": [(self.bank, {"amount_residual": -5})],
            "partly_on_bank": [(self.debit, {"amount_residual": 5})],
            "not_on_bank": [(self.debit, {"amount_residual": 60, "date": long_ago})],
            "money_unexplained": [(self.unexplained, {"date": long_ago})],
            "recovery_to_decide": [(self.question, {"state": "to_decide"})],
            "recovery_differs": [(self.question, booked)],
            "recovery_not_on_bank": [(self.question, booked), (credit, on_account), (move, of_bank)],
        }

    def put(self, record, values):
        """Write columns by SQL; return what they held."""
        self.env.flush_all()
        self.env.cr.execute(f"SELECT {', '.join(values)} FROM {record._table} WHERE id = %s", [record.id])  # noqa: S608
        former = dict(zip(values, self.env.cr.fetchone(), strict=True))
        columns = ", ".join(f"{name} = %s" for name in values)
        self.env.cr.execute(f"UPDATE {record._table} SET {columns} WHERE id = %s", [*values.values(), record.id])  # noqa: S608
        self.env.invalidate_all()
        return former

    def test_each_kind(self):
        breaks = self.breaks()
        self.assertEqual(breaks.keys(), KINDS.keys())
        self.assertEqual(KINDS.keys(), DISAGREEMENTS.keys())
        for kind, changes in breaks.items():
            with self.subTest(kind=kind):
                formers = [(record, self.put(record, values)) for record, values in changes]
                found = self.check().filtered(lambda one, kind=kind: one.kind == kind)
                self.assertEqual(len(found), 1)
                self.assertEqual(found.res_model, KINDS[kind].model)
                self.assertEqual(found.company_id, self.company)
                self.assertNotIn("%(", found.matter + found.repair)
                self.check_told_once(found)
                for record, values in reversed(formers):
                    self.put(record, values)
                self.assertFalse(self.check(), "it is gone")
                self.assertTrue(found.solved_at)
                self.assertFalse(self.activities_of(found), "and so is its activity")

    def check_told_once(self, found):
        self.check()
        activity = self.activities_of(found).filtered(lambda one: one == found.activity_id)
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.user)
        self.assertEqual(activity.summary, found.with_context(lang=self.user.lang).matter)


@tagged("post_install", "-at_install")
class TestMonthCheck(CheckCommon):
    """What people do by hand, and who is told."""

    def paid_requests(self, count=2):
        requests = [self.sent_invoice()[1] for _count in range(count)]
        payment = self.record(*requests)
        self.assertFalse(self.check())
        return requests, payment

    def test_whole_life(self):
        """Nothing is said of a life in which all goes well, on no night of it."""
        requests, payment = self.paid_requests()
        _move, refused = self.sent_invoice()
        self.simulator.step(refused, "refuse", force=True, code="CONTEST_AUTRE")
        refused._refresh_batch()
        for _night in range(3):
            self.wait(days=1)
            self.assertFalse(self.check())
        self.show_on_bank(payment, date.today())
        self.wait(days=30)
        self.assertFalse(self.check())
        self.assertFalse(self.env["urssaf.disagreement"].search([]))
        self.assertFalse(any(self.activities(request) for request in requests))

    def test_by_hand(self):
        """A client who pays as well, and a credit note: each found, then gone."""
        move, request = self.sent_invoice()
        window = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        paid = window.create({"amount": 20})._create_payments()
        found = self.check()
        self.assertEqual(found.mapped("kind"), ["paid_otherwise"])
        self.assertEqual((found.res_id, found.amount, found.other_amount), (request.id, 40, 60))
        paid.action_draft()
        paid.action_cancel()
        self.assertFalse(self.check())
        move._reverse_moves([{"invoice_date": move.invoice_date}], cancel=True)
        self.assertEqual(self.check().mapped("kind"), ["credited_at_urssaf"])

    def test_nobody_in_charge(self):
        """Neither of the company nor above it: found all the same, and the check goes on."""
        requests, payment = self.paid_requests()
        self.company.urssaf_user_id = False
        payment.action_draft()
        self.assertEqual(self.check().mapped("res_id"), payment.ids)

    def test_found_twice(self):
        """A request of which two payouts differ is one matter, with the sums of both, on each night the same."""
        [request], _payment = self.paid_requests(1)
        row = f"SELECT {request.id} AS record, {self.company.id} AS company, 'simulator' AS environment, 'X' AS number"
        twice = SQL(f"{row}, 60.0 AS amount, 50.0 AS other UNION ALL {row}, 30.0, 20.0")
        kind = KINDS["announced_differs"]._replace(query=lambda today: twice)
        with patch.dict(KINDS, announced_differs=kind):
            for _night in range(2):
                found = self.check()
                self.assertEqual((found.amount, found.other_amount), (90, 70))

    def test_bank_by_hand(self):
        _requests, payment = self.paid_requests()
        bank = self.show_on_bank(payment, "2026-06-17", amount=100)
        found = self.check()
        self.assertEqual((found.kind, found.amount, found.other_amount), ("partly_on_bank", 20, 120))
        rest = self.bank_line(25, "2026-06-17")
        (rest + payment._seek_for_lines()[0]).reconcile()
        found = self.check()
        self.assertEqual((found.kind, found.amount, found.number), ("bank_line_open", -5, rest.move_id.name))
        self.assertEqual(bank.amount_residual, 0)

    def test_money_that_nothing_explains(self):
        """Money of Urssaf only, once it has waited; not contributions, nor what somebody else pays."""
        line = self.statement_line(77, "VIR U.R.S.S.A.F. AICI")
        for amount, label in ((-500, "PRLV URSSAF COTISATIONS"), (88, "VIR DURAND")):
            self.statement_line(amount, label)
        self.assertFalse(self.check())
        self.wait(days=11)
        found = self.check()
        self.assertEqual((found.kind, found.res_id, found.amount), ("money_unexplained", line.move_id.id, 77))
        self.assertEqual(len(self.activities_of(found)), 1)
        self.assertIn("77", self.activities_of(found).summary)
        # A refund of contributions: the accountant puts it where it belongs.
        line._seek_for_lines()[1].account_id = self.company_data["default_account_expense"]
        self.assertTrue(line.is_reconciled)
        self.assertFalse(self.check())
        self.assertTrue(found.solved_at)
        self.assertFalse(self.activities_of(found))

    def test_money_that_is_proposed_or_named_by_its_partner(self):
        """What may be a transfer is in the list of what is to match; who is Urssaf by the contact alone counts too."""
        requests, payment = self.paid_requests()
        line = self.statement_line(payment.amount, "VIR SEPA 4711", partner_id=payment.partner_id.id)
        self.assertEqual(line.urssaf_proposal, "line")
        self.wait(days=11)
        self.assertNotIn("money_unexplained", self.check().mapped("kind"))
        payment.action_draft()
        found = self.check().filtered(lambda one: one.kind == "money_unexplained")
        self.assertEqual(found.res_id, line.move_id.id)

    def test_told_by_its_request(self):
        """The request says already that its payout awaits: it is in the list, and has no second activity."""
        _move, request = self.sent_invoice()
        self.announce(request, amount=59)
        self.run_cron("payout")
        self.assertEqual(self.problem_codes(request), ["payout_other_amount"])
        self.wait(days=7)
        found = self.check()
        self.assertEqual(found.mapped("kind"), ["payout_waiting"])
        self.assertFalse(self.activities_of(found))
        self.activities(request).action_feedback()
        self.check()
        self.assertEqual(len(self.activities_of(found)), 1, "nobody has an activity any more")
        request.payout_ids.with_user(self.manager).action_record()
        self.check()
        self.assertTrue(found.solved_at)

    def test_done_is_not_told_again(self):
        """Whoever marks the activity as done has seen it; what comes back after it was gone is told again."""
        requests, _payment = self.paid_requests(1)
        payout = requests[0].payout_ids
        payout.announced_amount = 30
        found = self.check()
        self.activities_of(found).action_feedback()
        self.check()
        self.assertFalse(self.activities_of(found))
        self.assertFalse(found.solved_at)
        payout.announced_amount = 60
        self.check()
        self.assertTrue(found.solved_at)
        payout.announced_amount = 40
        self.assertEqual(self.check(), found)
        self.assertEqual(len(self.activities_of(found)), 1)
        payout.announced_amount = 50
        self.check()
        self.assertIn("50", self.activities_of(found).summary, "the amount of today")

    def test_queries(self):
        """Where nothing is wrong, the night asks as much of a large database as of a small one."""
        counts = []
        self.check()
        for count in (1, 4):
            for _request in range(count):
                self.sent_invoice()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.run_cron("check")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_on_demand(self):
        """An accountant looks at once, from the page, in the companies they work in, and works through the list."""
        requests, _payment = self.paid_requests(1)
        requests[0].payout_ids.announced_amount = 30
        month = self.env["urssaf.month"].with_user(self.accountant)
        month = month.browse(month._open()["res_id"])
        month.environment = "simulator"
        self.assertEqual(month.disagreement_count, 0)
        action = month.action_check()
        found = self.env["urssaf.disagreement"].with_user(self.accountant).search(action["domain"])
        month.invalidate_recordset()
        self.assertEqual((found.kind, month.disagreement_count), ("announced_differs", 1))
        self.assertEqual(found.action_open()["res_id"], requests[0].id)
        self.assertEqual(self.activities_of(found.sudo()).user_id, self.user)

    def test_another_company(self):
        """Neither is it shown to people of another company, nor looked for by them."""
        requests, _payment = self.paid_requests(1)
        requests[0].payout_ids.announced_amount = 30
        other = self.env["res.company"].create({"name": "Autre"})
        theirs = new_test_user(
            self.env,
            "comptable_autre",
            "account.group_account_readonly",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        month = self.env["urssaf.month"].with_user(theirs).with_context(allowed_company_ids=other.ids)
        month.browse(month._open()["res_id"]).action_check()
        self.assertFalse(self.open_ones())
        self.assertTrue(self.check())
        shown = self.env["urssaf.disagreement"].with_user(theirs).with_context(allowed_company_ids=other.ids)
        self.assertFalse(shown.search([]))

    def test_one_that_fails_stops_no_other(self):
        requests, _payment = self.paid_requests(1)
        requests[0].payout_ids.announced_amount = 30
        model = type(self.env["urssaf.disagreement"])
        look_for = model._look_for

        def fail_first(check, code, companies=None):
            if code == next(iter(KINDS)):
                raise ValueError
            return look_for(check, code, companies)

        self.patch(model, "_look_for", fail_first)
        # The tests have one transaction, which is not to be taken back.
        self.patch(type(self.env.cr), "rollback", lambda cursor: None)
        with self.assertLogs("odoo.addons.avance_immediate.models.urssaf_disagreement", "ERROR"):
            self.assertTrue(self.check())

    def test_old_ones_go(self):
        requests, _payment = self.paid_requests(1)
        requests[0].payout_ids.announced_amount = 30
        found = self.check()
        found.solved_at = datetime.now() - timedelta(days=364)
        self.env["urssaf.disagreement"]._gc_solved()
        self.assertTrue(found.exists())
        found.solved_at = datetime.now() - timedelta(days=366)
        self.env["urssaf.disagreement"]._gc_solved()
        self.assertFalse(found.exists())
