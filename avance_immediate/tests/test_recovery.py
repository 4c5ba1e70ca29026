from datetime import date, datetime
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.module import load_script
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from .branch import BranchCommon
from .recovery import RecoveryCommon

BOOKS = "odoo.addons.avance_immediate.models.urssaf_recovery_books"


@tagged("post_install", "-at_install")
class TestRecovery(RecoveryCommon):
    """What Urssaf takes back: asked of a person, booked once, at most what it had paid, undone in one click."""

    def automatic(self, code):
        self.env.ref(f"avance_immediate.urssaf_recovery_rule_{code}").is_automatic = True

    # === HOW MUCH === #

    def test_whole(self):
        move, request, payout = self.paid_invoice()
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "cancel")
        recovery = request.recovery_ids
        self.assertEqual((request.state, recovery.state, recovery.amount), ("to_settle", "to_decide", 60))
        self.assertEqual(self.problem_codes(request), ["recovery_to_decide"])
        self.assertEqual(len(self.activities(request)), 1)
        self.assertMoney(payout, taken=0, due=0)
        self.assertEqual(self.take_back(request), recovery)
        self.assertEqual((request.state, recovery.state, move.payment_state), ("closed", "booked", "not_paid"))
        self.assertMoney(payout, taken=60, due=60)
        self.assertFalse(request.problems or self.activities(request))
        self.check_entry(recovery, payout)
        self.check_shown(move, request)

    def check_entry(self, recovery, payout):
        """The client owes again, and the bank is to show a debit: in the journal of the payment, dated as learnt."""
        debit, credit = recovery._debit_line(), recovery._credit_line()
        entry = recovery.move_id
        self.assertEqual((entry.date, entry.journal_id), (date(2026, 9, 15), payout.payment_id.journal_id))
        self.assertEqual(
            (debit.account_id, debit.partner_id, debit.debit), (payout.line_id.account_id, self.client, 60)
        )
        self.assertEqual(
            (credit.account_id, credit.partner_id), (self.outstanding_account, payout.payment_id.partner_id)
        )
        self.assertEqual(debit.matched_credit_ids.credit_move_id, payout.line_id)
        self.assertEqual(credit.amount_residual, -60)

    def check_shown(self, move, request):
        """Open with its reminders, and said to the client; what is to be debited is seen until the bank shows it."""
        due = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertFalse(move.urssaf_is_collected or due.no_followup)
        self.assertEqual(move._urssaf_portal_step(is_client=True)["title"], "Taken back by Urssaf")
        records = (request, request.payout_ids, request.payout_ids.transfer_id)
        for shown in records:
            self.assertEqual((shown.recovered_amount, shown.to_be_debited), (60, 60))
        statement = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company.urssaf_journal_id.id,
                "date": "2026-09-17",
                "payment_ref": "PRLV URSSAF",
                "amount": -60,
                "counterpart_account_id": self.outstanding_account.id,
            }
        )
        bank = statement.move_id.line_ids.filtered(lambda line: line.account_id == self.outstanding_account)
        (bank + request.recovery_ids._credit_line()).reconcile()
        self.env.invalidate_all()
        for shown in records:
            self.assertEqual((shown.recovered_amount, shown.to_be_debited), (60, 0))
        with self.assertRaisesRegex(UserError, "The bank shows"), self.cr.savepoint():
            request.recovery_ids.with_user(self.manager).action_undo()

    def test_share_of_the_client(self):
        move, request, payout = self.paid_invoice(hours=2.5)
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "recover")
        self.assertEqual(request.recovery_ids.amount, 37.5)
        self.take_back(request)
        self.assertMoney(payout, taken=37.5, due=37.5)
        self.assertEqual((request.state, move.payment_state), ("closed", "partial"))
        # The client pays their share: nothing is left.
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        register.create({})._create_payments()
        self.assertEqual(move.amount_residual, 0)

    def test_share_less_the_deposit(self):
        move = self.create_service_invoice(price=50)
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        register.create({"amount": 40})._create_payments()
        request = self.send(move)
        self.step(request, "pay", amount=60)
        self.step(request, "recover")
        self.assertEqual(request.recovery_ids.amount, 10, "half of 100, of which 40 were paid before")
        self.take_back(request)
        self.assertMoney(request.payout_ids, taken=10, due=10)

    def test_typed_and_by_what_the_bank_shows(self):
        _move, request, payout = self.paid_invoice()
        bank = {"journal_id": self.company.urssaf_journal_id.id, "date": "2026-09-14"}
        lines = self.env["account.bank.statement.line"].create(
            [
                {**bank, "payment_ref": "PRLV SEPA URSSAF 12", "amount": -22.1},
                {**bank, "payment_ref": "URSSAF VIREMENT", "amount": 22.1},
                {**bank, "payment_ref": "LOYER", "amount": -22.1},
            ]
        )
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "cancel_after_recovery")
        window = self.window(request)
        self.assertEqual((window.debit_ids, window.choice, window.amount), (lines[0], "share", 30))
        with Form(window) as form:
            form.choice = "debit"
            self.assertEqual(form.amount, 22.1)
        window.action_book()
        self.assertMoney(payout, taken=22.1, due=22.1)
        self.take_back(payout, choice="other", amount=7.9)
        self.assertMoney(payout, taken=30, due=30)
        self.assertEqual(payout.recovery_ids.sorted("id").mapped("code"), ["112", False])

    def test_refused(self):
        _move, request, payout = self.paid_invoice()
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "recover")
        for values, words in (
            ({"amount": 60.01}, "more than it paid"),
            ({"amount": 0}, "above zero"),
            ({"amount": -1}, "above zero"),
            ({"amount": 10, "date": "2026-07-09"}, "Urssaf paid on"),
            ({"amount": 10, "date": "2026-09-16"}, "until today"),
        ):
            with self.subTest(values), self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                self.take_back(request, choice="other", **values)
        with self.assertRaises(AccessError):
            self.window(request, user=self.user)
        with self.assertRaises(AccessError):
            self.window(request).write({"payout_id": payout.id})
        with self.assertRaisesRegex(UserError, "say first what Urssaf takes back"):
            request.with_user(self.manager).action_close()
        self.take_back(request, choice="other", amount=50)
        with self.assertRaisesRegex(UserError, "more than it paid"), self.cr.savepoint():
            self.take_back(payout, choice="other", amount=10.01)
        self.assertMoney(payout, taken=50, due=50)

    def test_database_refuses(self):
        _move, request, payout = self.paid_invoice()
        self.step(request, "recover")
        recovery = self.take_back(request)
        values = {"payout_id": payout.id, "date": "2026-09-15"}
        for wrong in (
            {"amount": 60, "state": "booked", "move_id": payout.payment_id.move_id.id},  # 90 of 60
            {"amount": 10, "state": "booked"},  # without an entry
            {"amount": 10, "state": "booked", "move_id": recovery.move_id.id},
            {"status_id": recovery.status_id.id},
            {"amount": -1},
        ):
            refused = self.assertRaises(IntegrityError)
            with self.subTest(wrong), mute_logger("odoo.sql_db"), refused, self.cr.savepoint():
                self.env["urssaf.recovery"].create({**values, **wrong})
                self.env.flush_all()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            self.env["urssaf.recovery"].create([values, values])
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            payout.write({"state": "to_confirm", "payment_id": False})
            self.env.flush_all()

    # === WHATEVER FOLLOWS === #

    def test_one_matter_in_three_news(self):
        """120, 260, 270 speak of the same money, whenever it is decided."""
        for decided_after in ("120", "260", "270"):
            with self.subTest(decided_after):
                _move, request, payout = self.paid_invoice()
                for code, action in (("120", "recover"), ("260", "provider_unpaid"), ("270", "provider_settled")):
                    self.step(request, action)
                    self.assertEqual(len(request.recovery_ids), 1)
                    self.assertEqual(request.recovery_ids.code, "120")
                    if code == decided_after:
                        self.take_back(request)
                self.assertMoney(payout, taken=30, due=30)
                self.assertEqual(request.state, "closed", "270 closes the alert")
                self.assertFalse(self.activities(request))

    def test_unpaid_by_the_provider_alerts_until_settled(self):
        _move, request, payout = self.paid_invoice()
        self.step(request, "recover")
        self.take_back(request)
        self.step(request, "provider_unpaid")
        self.assertEqual((request.state, self.problem_codes(request)), ("to_settle", ["recovery_more"]))
        self.step(request, "provider_settled")
        self.assertEqual((request.state, self.problem_codes(request)), ("closed", []))
        self.assertMoney(payout, taken=30, due=30)

    def test_alone_they_book_nothing(self):
        """60 is only told; 260 and 270 ask, and propose no amount."""
        for action, asked in (("refuse_debit", 0), ("provider_unpaid", 1), ("provider_settled", 1)):
            with self.subTest(action):
                _move, request, payout = self.paid_invoice()
                self.step(request, action)
                self.assertEqual((request.state, len(request.recovery_ids)), ("to_settle", asked))
                self.assertFalse(request.recovery_ids.amount)
                self.run_cron("recovery")
                self.assertMoney(payout, taken=0, due=0)
                self.assertEqual(len(self.activities(request)), 1)

    def test_nothing_is_taken_back(self):
        _move, request, payout = self.paid_invoice()
        self.step(request, "recover")
        with self.assertRaises(AccessError):
            request.recovery_ids.with_user(self.user).action_dismiss()
        self.window(request).action_dismiss()
        self.assertEqual((request.recovery_ids.state, request.state), ("dismissed", "closed"))
        self.assertMoney(payout, taken=0, due=0)
        self.assertFalse(self.activities(request))
        # Urssaf says more of it: it is asked again.
        self.step(request, "provider_unpaid")
        self.assertEqual(request.recovery_ids.mapped("state"), ["to_decide", "dismissed"])

    def test_without_a_payout_nothing_changes(self):
        for action in ("cancel", "cancel_after_unpaid", "cancel_specific"):
            with self.subTest(action):
                move, request = self.sent_invoice()
                self.step(request, action)
                self.assertEqual((request.state, request.recovery_ids.ids), ("cancelled", []))
                self.assertEqual(move.amount_residual, 60)
                with self.assertRaisesRegex(UserError, "Nothing is left"):
                    self.window(request)
                self.unblock()

    def test_turned_before_the_payout_is_booked(self):
        """What Urssaf said before is asked as soon as there is something to take back."""
        move, request = self.sent_invoice()
        self.step(request, "pay", date="2026-06-25T00:00:00Z")
        self.step(request, "recover")
        self.assertFalse(request.recovery_ids)
        self.wait(days=10)
        self.run_cron("payout")
        self.assertEqual((request.payout_ids.state, move.payment_state), ("recorded", "paid"))
        self.assertEqual((request.recovery_ids.state, request.recovery_ids.amount), ("to_decide", 30))
        self.assertEqual(request.recovery_ids.date, date(2026, 6, 25), "not before the payout")
        self.take_back(request)
        self.assertMoney(request.payout_ids, taken=30, due=30)

    def test_migrated(self):
        """What the former version had left to settle is asked about; twice is once."""
        _move, request, payout = self.paid_invoice()
        self.step(request, "recover")
        request.recovery_ids.unlink()
        for _twice in range(2):
            for name in ("pre", "post"):
                path = file_path(f"avance_immediate/migrations/19.0.1.5.0/{name}-recovery.py")
                load_script(path, f"{name}_recovery").migrate(self.cr, "19.0.1.4.0")
            self.env.invalidate_all()
            self.assertEqual((request.recovery_ids.amount, payout.recovered_amount), (30, 0))
        self.assertEqual(self.problem_codes(request), ["recovery_to_decide"])

    def test_same_news_twice(self):
        _move, request, payout = self.paid_invoice()
        self.step(request, "recover")
        self.take_back(request)
        for _again in range(2):
            request.with_user(self.user).action_refresh()
            request._ask_what_is_taken_back()
        self.assertEqual(len(request.recovery_ids), 1)
        self.assertMoney(payout, taken=30, due=30)

    def test_pressed_twice(self):
        _move, request, payout = self.paid_invoice()
        self.step(request, "recover")
        first, second = self.window(request), self.window(request)
        first.action_book()
        for window in (first, second):
            with self.assertRaisesRegex(UserError, "decided this meanwhile"), self.cr.savepoint():
                window.action_book()
        by_hand = self.window(payout, choice="other", amount=5)
        by_hand.action_book()
        with self.assertRaisesRegex(UserError, "decided this meanwhile"), self.cr.savepoint():
            by_hand.action_book()
        self.assertMoney(payout, taken=35, due=35)

    def test_payment_is_gone_meanwhile(self):
        """Refused in words: what was asked may still be shown to somebody."""
        _move, request, payout = self.paid_invoice()
        self.step(request, "recover")
        recovery = request.recovery_ids
        payout._leave_payment()  # as where its entry is deleted
        self.assertEqual((payout.state, recovery.state), ("to_confirm", "to_decide"))
        with self.assertRaisesRegex(UserError, "not posted"):
            recovery._book(30, self.TAKEN_BACK.date())

    def test_more_than_the_share_later(self):
        """Cancelled after its share was taken back: the rest is asked, and no more."""
        _move, request, payout = self.paid_invoice()
        self.step(request, "recover")
        self.take_back(request)
        self.step(request, "cancel")
        asked = request.recovery_ids.filtered(lambda recovery: recovery.state == "to_decide")
        self.assertEqual((asked.code, asked.amount, request.state), ("110", 30, "to_settle"))
        self.take_back(request)
        self.assertMoney(payout, taken=60, due=60)
        self.step(request, "cancel_specific")
        self.assertEqual((request.state, len(request.recovery_ids)), ("closed", 2), "nothing is left to take back")

    def test_taken_back_then_paid_again(self):
        move, request, first = self.paid_invoice()
        self.step(request, "recover")
        self.take_back(request, choice="whole")
        self.step(request, "pay")
        second = request.payout_ids - first
        self.assertEqual((second.state, self.problem_codes(request)), ("to_confirm", ["paid_again"]))
        second.with_user(self.manager).action_record()
        self.assertEqual((second.state, move.payment_state), ("recorded", "paid"))
        self.assertMoney(first, taken=60, due=0)
        self.assertMoney(second, taken=0, due=0)
        self.step(request, "cancel")
        self.assertEqual(request.recovery_ids.sorted("id")[-1:].payout_id, second)
        self.take_back(request)
        self.assertMoney(second, taken=60, due=60)

    # === BY ITSELF === #

    def test_by_itself(self):
        move, request, payout = self.paid_invoice()
        self.automatic("110")
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "cancel")
        self.assertEqual((request.recovery_ids.state, payout.recovered_amount), ("to_decide", 0), "status first")
        self.run_cron("recovery")
        self.assertMoney(payout, taken=60, due=60)
        self.assertEqual((request.state, move.payment_state), ("closed", "not_paid"))
        self.assertEqual(request.recovery_ids.move_id.date, date(2026, 9, 15))
        self.assertFalse(self.activities(request) or request.recovery_ids.decided_by_id)
        self.run_cron("recovery")
        self.assertMoney(payout, taken=60, due=60)
        # Undone by a person: not done again behind their back.
        request.recovery_ids.with_user(self.manager).action_undo()
        self.run_cron("recovery")
        self.assertMoney(payout, taken=0, due=0)

    def test_day_is_that_of_paris(self):
        """News of half past midnight in Paris, which is yesterday for the server, are booked all the same."""
        _move, request, payout = self.paid_invoice()
        self.automatic("110")
        self.travel_to(datetime(2026, 9, 14, 22, 30))
        self.step(request, "cancel")
        self.run_cron("recovery")
        self.assertMoney(payout, taken=60, due=60)
        self.assertEqual(request.recovery_ids.move_id.date, date(2026, 9, 15))

    def test_by_itself_in_which_books(self):
        """Off unless chosen, company by company, and only where the whole is taken back."""
        rules = self.env["urssaf.recovery.rule"].search([])
        self.assertEqual(len(rules), 8)
        self.assertFalse(any(rules.mapped("is_automatic")))
        for rule in rules:
            if rule.code in ("110", "111", "113"):
                rule.is_automatic = True
                rule.proposal = "share"
                self.assertFalse(rule.is_automatic)
                rule.proposal = "whole"
                continue
            with self.subTest(rule.code), self.assertRaisesRegex(ValidationError, "whole"), self.cr.savepoint():
                rule.proposal = "whole"
                rule.is_automatic = True
        other = self.env["res.company"].create({"name": "Ailleurs"})
        self.assertFalse(any(rules.with_company(other).mapped("is_automatic")))
        administrator = self.env.ref("base.user_admin")
        self.assertTrue(rules[1].with_user(administrator).has_access("write"))
        self.assertFalse(rules[1].with_user(self.manager).has_access("write"))

    def test_failed_between_leaves_nothing_half(self):
        """The news stands, the books are untouched, and a person is told why."""
        move, request, payout = self.paid_invoice()
        self.automatic("110")
        self.step(request, "cancel")
        entries = self.env["account.move"].search_count([])
        recoveries = type(self.env["urssaf.recovery"])
        for step in ("_free", "_match", "_tell_booked"):

            def die(*args):
                raise UserError("Dead")  # pylint: disable=translation-required  # of the test

            request.recovery_ids.is_by_itself = True
            with self.subTest(step), patch.object(recoveries, step, die), mute_logger(BOOKS), self.cr.savepoint():
                self.run_cron("recovery")
            self.assertEqual((request.urssaf_status, request.state), ("110", "to_settle"))
            self.assertEqual(self.env["account.move"].search_count([]), entries)
            self.assertMoney(payout, taken=0, due=0)
            self.assertEqual(self.problem_codes(request), ["recovery_not_booked"])
            self.assertFalse(request.recovery_ids.is_by_itself, "a person's from now on")
        self.take_back(request)
        self.assertMoney(payout, taken=60, due=60)
        self.assertFalse(self.activities(request))
        self.assertEqual(move.payment_state, "not_paid")

    # === UNDONE === #

    def test_undone(self):
        move, request, payout = self.paid_invoice()
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "recover")
        recovery = self.take_back(request)
        self.wait(days=20)
        with self.assertRaises(AccessError):
            recovery.with_user(self.user).action_undo()
        recovery.with_user(self.manager).action_undo()
        self.assertMoney(payout, taken=0, due=0)
        self.assertEqual((recovery.state, move.payment_state), ("undone", "paid"))
        self.assertEqual(recovery.reversal_id.date, date(2026, 10, 5))
        lines = (recovery.move_id + recovery.reversal_id).line_ids
        self.assertEqual(lines.mapped("reconciled"), [True] * 4)
        self.assertEqual(recovery.to_be_debited, 0)
        # It was 30: it is asked again, and may be another amount.
        self.assertEqual(request.state, "to_settle")
        self.take_back(request, choice="whole")
        self.assertMoney(payout, taken=60, due=60)
        self.assertEqual(recovery.state, "undone")
        with self.assertRaisesRegex(UserError, "decided this meanwhile"):
            recovery.with_user(self.manager).action_undo()

    def test_undone_after_the_client_paid(self):
        """The client has paid meanwhile: what Urssaf gave stays to their credit."""
        move, request, payout = self.paid_invoice()
        self.step(request, "cancel")
        recovery = self.take_back(request)
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        register.create({"amount": 40})._create_payments()
        recovery.with_user(self.manager).action_undo()
        self.assertEqual((move.amount_residual, payout.line_id.amount_residual), (0, -40))

    def test_by_hand_without_news(self):
        """Urssaf has said nothing yet, and the bank shows it: booked by hand, then undone."""
        move, request, payout = self.paid_invoice()
        with self.assertRaisesRegex(UserError, "just close"):
            self.window(payout).action_dismiss()
        self.assertFalse(payout.recovery_ids, "to look is not to ask")
        recovery = self.take_back(payout, choice="share")
        self.assertEqual((request.state, move.amount_residual), ("closed", 30))
        self.assertFalse(move.urssaf_is_collected)
        recovery.with_user(self.manager).action_undo()
        self.assertEqual((request.state, move.payment_state), ("paid", "paid"))
        self.assertTrue(move.urssaf_is_collected)

    def test_by_hand_in_odoo(self):
        """Its entry is undone from the recovery alone; what was matched by hand is matched again from the payout."""
        _move, request, payout = self.paid_invoice()
        self.step(request, "recover")
        recovery = self.take_back(request)
        for undo in ("button_draft", "_reverse_moves"):
            with self.subTest(undo), self.assertRaisesRegex(UserError, "Undo it there"), self.cr.savepoint():
                getattr(recovery.move_id, undo)()
        payout.line_id.remove_move_reconcile()
        self.assertEqual(self.problem_codes(request), ["payout_unmatched"])
        payout.with_user(self.manager).action_record()
        self.assertMoney(payout, taken=30, due=30)
        payment = payout.payment_id
        payment.action_draft()
        with self.assertRaisesRegex(UserError, "Undo that first"), self.cr.savepoint():
            payment.with_context(urssaf_cancel_confirmed=True).action_cancel()
        payment.action_post()
        self.assertMoney(payout, taken=30, due=30)
        self.assertEqual((request.state, self.problem_codes(request)), ("closed", []))

    def test_instalments(self):
        """Only as much as is needed of the payout's matchings is taken apart, the last first."""
        term = self.env["account.payment.term"].create(
            {
                "name": "En deux fois",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": days}) for days in (10, 20)
                ],
            }
        )
        move, request, payout = self.paid_invoice(invoice_payment_term_id=term.id)
        first = payout.line_id.matched_debit_ids.sorted("id")[0]
        self.step(request, "recover")
        recovery = self.take_back(request, choice="other", amount=10)
        self.assertMoney(payout, taken=10, due=10)
        self.assertTrue(first.exists(), "what need not be touched stays as it was matched")
        due = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self.assertEqual(sorted(due.mapped("amount_residual")), [0, 10])
        recovery.with_user(self.manager).action_undo()
        self.assertMoney(payout, taken=0, due=0)


@tagged("post_install", "-at_install")
class TestRecoveryOfBranch(BranchCommon, RecoveryCommon):
    def test_in_the_books_of_the_company_above(self):
        move = self.branch_invoice()
        request = self.send_from_branch(move)
        self.simulator.step(request, "pay", force=True)
        self.as_agent(request).action_refresh()
        payout = request.payout_ids
        self.simulator.step(request, "recover", force=True)
        self.as_agent(request).action_refresh()
        recovery = request.recovery_ids
        self.assertEqual((recovery.company_id, recovery.holder_id), (self.branch, self.company))
        with self.assertRaisesRegex(UserError, "in the books of"):
            self.as_agent(payout, self.chief).action_take_back()
        self.manager.company_ids |= self.branch
        self.take_back(payout)
        self.assertMoney(payout, taken=30, due=30)
        self.assertEqual(recovery.move_id.company_id, self.company)
        shown = self.as_agent(recovery, self.chief)
        self.assertEqual((shown.amount, shown.visible_move_ids.ids), (30, []))
        with self.assertRaises(AccessError):
            shown.read(["move_id"])
        with self.assertRaisesRegex(UserError, "in the books of"):
            shown.action_undo()
        for message in (*request.message_ids, *move.message_ids):
            self.assertNotIn(recovery.move_id.name, message.body or "")
