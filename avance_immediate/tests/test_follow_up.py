from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.modules.module import load_script
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_path

from ..models.urssaf_payment_request import STATES
from .common import COLLECTED, NOW, UrssafCommon

# Urssaf does not collect, or takes back: docs/api.md §4.
TURNED = ("40", "110", "111", "112", "113", "120", "260", "270")


class FollowUpCommon(UrssafCommon):
    def due(self, move):
        return move.line_ids.filtered(lambda line: line.account_type == "asset_receivable").sorted("id")

    def assertFollowUp(self, move, *left_out):
        """The invoice's receivable lines are left out of the follow-up, or not, one by one."""
        self.env.flush_all()
        self.assertEqual(tuple(self.due(move).mapped("no_followup")), left_out)

    def three_instalments(self):
        """Return an invoice due at three dates, whose lines a former version of Odoo had kept apart."""
        term = self.env["account.payment.term"].create(
            {
                "name": "En trois fois",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": share, "nb_days": days})
                    for share, days in ((30, 10), (30, 20), (40, 30))
                ],
            }
        )
        move = self.create_service_invoice(invoice_payment_term_id=term.id)
        self.env.flush_all()
        self.cr.execute("UPDATE account_move_line SET no_followup = TRUE WHERE id = %s", [self.due(move)[1].id])
        self.env.invalidate_all()
        self.assertFollowUp(move, False, True, False)
        return move

    def refuse(self, request):
        self.simulator.step(request, "refuse", code="CONTEST_AUTRE", force=True)
        request.with_user(self.user).action_refresh()
        self.assertEqual(request.state, "refused")

    def step(self, request, action, **options):
        self.simulator.step(request, action, force=True, **options)
        request.with_user(self.user).action_refresh()


@tagged("post_install", "-at_install")
class TestFollowUp(FollowUpCommon):
    """An invoice that Urssaf collects is left out of the follow-up; then it is as the user had left it."""

    def test_queued_and_withdrawn(self):
        moves = self.create_service_invoice() + self.create_service_invoice()
        moves[1].with_user(self.user).no_followup = True
        self.send(moves)
        for move in moves:
            self.assertEqual(move.urssaf_state, "queued")
            self.assertFollowUp(move, True)
        moves.with_user(self.user).action_urssaf_withdraw()
        self.assertFollowUp(moves[0], False)
        self.assertFollowUp(moves[1], True)

    def test_each_line_has_its_own_again(self):
        move = self.three_instalments()
        request = self.send(move)
        self.assertFollowUp(move, True, True, True)
        self.refuse(request)
        self.assertFollowUp(move, False, True, False)

    def test_found_by_who_sees_no_request(self):
        """A dunning run, or an order of payments, is made by people without a right of the invoicing as well."""
        move = self.create_service_invoice()
        self.send(move)
        treasurer = new_test_user(self.env, "treasurer", "base.group_user")
        self.env["ir.model.access"].create(
            {
                "name": "invoices for the treasury",
                "model_id": self.env["ir.model"]._get_id("account.move"),
                "group_id": self.env.ref("base.group_user").id,
                "perm_read": True,
            }
        )
        moves = self.env["account.move"].with_user(treasurer)
        self.assertEqual(moves.search([("id", "=", move.id), ("urssaf_is_collected", "=", True)]).ids, move.ids)

    def test_not_accepted_and_tried_again(self):
        move = self.three_instalments()
        for _again in range(2):
            self.simulator.call("POST", "requests/next", codes=["ERR_CODE_NATURE"])
            self.assertEqual(self.send(move).state, "rejected")
            self.assertFollowUp(move, False, True, False)
        self.assertEqual(self.send(move).state, "sent")
        self.assertFollowUp(move, True, True, True)

    def test_uncertain_sent_again_and_given_up(self):
        move = self.three_instalments()
        self.simulator.fault("send", "cut_before")
        request = self.send(move)
        self.assertEqual(request.state, "uncertain")
        self.assertFollowUp(move, True, True, True)
        request._set_state("queued")
        request._set_state("sending")
        request._set_state("uncertain")
        request._ask_person("number_of_another")
        request.with_user(self.manager).action_give_up()
        self.assertFollowUp(move, False, True, False)

    def test_until_what(self):
        """Of each state, and each status of a request to settle."""
        move = self.three_instalments()
        request = self.send(move)
        statuses = [False, "60", "70", "999", *TURNED]
        for state, _label in STATES:
            for status in statuses if state == "to_settle" else [False]:
                with self.subTest(state=state, status=status), self.cr.savepoint() as savepoint:
                    request.write({"state": state, "urssaf_status": status})
                    request._set_state(state)
                    collected = state in ("queued", "sending", "uncertain", "sent", "paid", "to_settle")
                    collected = collected and status not in TURNED
                    self.assertEqual(move.urssaf_is_collected, collected)
                    self.assertFollowUp(move, *((True, True, True) if collected else (False, True, False)))
                    domain = [("id", "=", move.id), ("urssaf_is_collected", "=", True)]
                    self.assertEqual(bool(self.env["account.move"].search(domain)), collected)
                    domain = [("move_id", "=", move.id), ("move_id.urssaf_is_collected", "=", False)]
                    self.assertEqual(not self.env["account.move.line"].search(domain), collected)
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_paid_recovered_and_paid_again(self):
        move = self.three_instalments()
        request = self.send(move)
        self.step(request, "pay")
        self.assertEqual(move.payment_state, "paid")
        self.assertFollowUp(move, True, True, True)
        self.step(request, "recover")
        self.assertEqual(request.state, "to_settle")
        self.assertFollowUp(move, False, True, False)
        self.step(request, "pay")
        self.assertFollowUp(move, True, True, True)
        second = request.payout_ids.filtered("is_another")
        self.assertEqual(second.state, "to_confirm")
        with self.assertRaisesRegex(UserError, "a payout awaits"), self.cr.savepoint():
            request.with_user(self.manager).action_close()
        self.assertFollowUp(move, True, True, True)
        second.with_user(self.manager).action_dismiss()
        request.recovery_ids.with_user(self.manager).action_dismiss()
        self.assertEqual(request.state, "closed")
        self.assertFollowUp(move, False, True, False)

    def payout_to_come(self):
        """Return an invoice whose payout is announced for a later day, and its request, turned meanwhile."""
        move = self.three_instalments()
        request = self.send(move)
        self.step(request, "pay", date="2026-06-25T00:00:00Z")
        self.assertEqual(request.payout_ids.state, "to_record")
        self.step(request, "recover")
        self.assertEqual(request.state, "to_settle")
        return move, request

    def assertCollected(self, move, collected):
        self.assertFollowUp(move, *((True, True, True) if collected else (False, True, False)))
        self.assertEqual(move.urssaf_is_collected, collected)
        domain = [("id", "=", move.id), ("urssaf_is_collected", "=", True)]
        self.assertEqual(bool(self.env["account.move"].search(domain)), collected)

    def test_turned_before_its_payout_is_booked(self):
        move, request = self.payout_to_come()
        self.assertCollected(move, True)
        with self.assertRaisesRegex(UserError, "a payout awaits"), self.cr.savepoint():
            request.with_user(self.manager).action_close()
        self.wait(days=10)
        self.run_cron("payout")
        self.assertEqual((request.payout_ids.state, move.payment_state), ("recorded", "paid"))
        self.assertCollected(move, False)

    def test_turned_and_its_payout_set_aside(self):
        move, request = self.payout_to_come()
        request.payout_ids.with_user(self.manager).action_dismiss()
        self.assertCollected(move, False)

    def test_draft_and_sent_again(self):
        move = self.create_service_invoice()
        self.simulator.call("POST", "requests/next", codes=["ERR_CODE_NATURE"])
        self.send(move)
        move.with_user(self.user).button_draft()
        term = self.env.ref("account.account_payment_term_30days")
        move.with_user(self.user).invoice_payment_term_id = term
        move.with_user(self.user).action_post()
        move.with_user(self.user).no_followup = True
        request = self.send(move)
        self.assertFollowUp(move, True)
        self.refuse(request)
        self.assertFollowUp(move, True)

    def test_changed_meanwhile(self):
        move = self.three_instalments()
        request = self.send(move)
        with self.assertRaisesRegex(UserError, COLLECTED), self.cr.savepoint():
            move.with_user(self.user).no_followup = False
        with self.assertRaisesRegex(UserError, COLLECTED), self.cr.savepoint():
            self.due(move)[0].with_user(self.user).no_followup = False
        self.assertFollowUp(move, True, True, True)
        self.due(move)[0].with_user(self.user).no_followup = True
        self.refuse(request)
        self.assertEqual(self.due(move)[0].no_followup, True, "what was asked for meanwhile")
        move.with_user(self.user).no_followup = False
        self.assertFollowUp(move, False, False, False)

    def test_line_made_again(self):
        move = self.create_service_invoice()
        request = self.send(move)
        line = self.due(move)
        # As an addon or a repair may do it, which asks nothing of our checks.
        self.env["account.move.line"].flush_model()
        self.cr.execute("UPDATE account_move_line SET no_followup = FALSE WHERE id = %s", [line.id])
        line.invalidate_recordset()
        self.env.add_to_compute(line._fields["no_followup"], line)
        self.assertFollowUp(move, True)
        request.no_followup_before = {"0": True}
        self.refuse(request)
        self.assertFollowUp(move, True)

    def test_copies_are_as_before(self):
        """A duplicate and a credit note have what they would have had before the invoice was sent."""
        moves = self.create_service_invoice() + self.create_service_invoice()
        moves[1].with_user(self.user).no_followup = True
        self.send(moves)
        for move, left_out in zip(moves, (False, True), strict=True):
            self.assertFollowUp(move, True)
            self.assertEqual(self.due(move).copy_data()[0]["no_followup"], left_out)
            self.assertFalse(move.with_user(self.user).copy().no_followup, "which Odoo does not copy")
            self.assertFalse(move.with_user(self.user)._reverse_moves().no_followup)

    def test_paid_meanwhile(self):
        move = self.create_service_invoice()
        request = self.send(move + self.create_service_invoice())[0]
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        register.create({})._create_payments()
        self.assertFollowUp(move, True)
        self.run_cron("send")
        self.assertEqual(request.state, "rejected")
        self.assertFollowUp(move, False)

    def test_paid_meanwhile_without_an_entry(self):
        """With an accounting application, a payment may have no entry: the residual does not move."""
        self.patch(type(self.env["account.move"]), "_get_invoice_in_payment_state", lambda model: "in_payment")
        move = self.create_service_invoice()
        request = self.send(move + self.create_service_invoice())[0]
        method = self.company_data["default_journal_bank"].inbound_payment_method_line_ids[:1]
        method.payment_account_id = False
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        payment = register.create({"payment_method_line_id": method.id})._create_payments()
        self.assertFalse(payment.move_id)
        self.assertTrue(move.amount_residual)
        self.run_cron("send")
        self.assertEqual((request.state, self.problem_codes(request)), ("rejected", ["changed_since"]))
        self.assertEqual(len(self.simulator.requests()), 1)


@tagged("post_install", "-at_install")
class TestStopWaiting(FollowUpCommon):
    """What may be awaited for ever is freed by a manager."""

    def assertOpens(self, move, request):
        """A manager, and nobody else, stops waiting; the invoice is free, and stays so as long as there is no news."""
        self.assertTrue(move.urssaf_is_collected)
        self.assertTrue(request.with_user(self.manager).can_stop_waiting)
        with self.assertRaises(AccessError), self.cr.savepoint():
            request.with_user(self.user).action_stop_waiting()
        request.with_user(self.manager).action_stop_waiting()
        for _again in range(2):
            self.assertEqual((request.state, move.urssaf_is_collected), ("closed", False))
            self.assertFollowUp(move, False)
            self.assertFalse(request.problems or self.activities(request))
            self.assertIn("still open", request.with_user(self.user).next_step)
            request.with_user(self.user).action_refresh()
        for record in (request, move):
            self.assertTrue(any(self.manager.name in body for body in record.message_ids.mapped("body")))

    def assertStays(self, request):
        self.assertFalse(request.can_stop_waiting)
        with self.assertRaisesRegex(UserError, "on its usual way"), self.cr.savepoint():
            request.with_user(self.manager).action_stop_waiting()

    def test_on_its_usual_way(self):
        _move, request = self.sent_invoice()
        self.assertStays(request)
        self.step(request, "debit")
        self.assertStays(request)
        self.step(request, "pay", date="2026-06-25T00:00:00Z")
        self.assertStays(request)
        self.wait(days=10)
        self.run_cron("payout")
        self.assertStays(request)

    def test_unusual_status(self):
        for code in ("80", "90", "100", "999"):
            with self.subTest(code):
                move, request = self.sent_invoice()
                self.step(request, "set_status", status=code)
                self.assertEqual(request.state, "sent")
                self.assertOpens(move, request)

    def test_not_shown_any_more(self):
        move, request = self.sent_invoice()
        self.simulator.reset(NOW)
        request.with_user(self.user).action_refresh()
        self.assertEqual(self.problem_codes(request), ["not_shown"])
        self.simulator.fault("search", "500", times=3)
        self.wait(days=2)
        request.with_user(self.user).action_refresh()
        self.assertNotIn("not_shown", self.problem_codes(request), "what is said is another thing now")
        self.assertOpens(move, request)

    def test_shown_again(self):
        _move, request = self.sent_invoice()
        with patch.object(type(request), "_read_statuses", lambda requests, client: {}):
            request.with_user(self.user).action_refresh()
        self.assertTrue(request.can_stop_waiting)
        request.with_user(self.user).action_refresh()
        self.assertStays(request)

    def test_left_behind_in_a_test(self):
        move, request = self.sent_invoice()
        self.company.urssaf_environment = "production"
        self.assertOpens(move, request)

    def test_what_is_in_production_goes_on(self):
        _move, request = self.sent_invoice()
        request.environment = "production"
        self.assertTrue(request.is_other_environment)
        self.assertStays(request)

    def test_paid_less(self):
        move, request = self.sent_invoice()
        self.step(request, "pay", amount=40)
        self.assertStays(request)
        request.payout_ids.with_user(self.manager).action_record()
        self.assertEqual((request.state, move.payment_state), ("paid", "partial"))
        self.assertOpens(move, request)

    def test_money_that_did_not_come(self):
        move, request = self.sent_invoice()
        self.step(request, "pay", date="2026-06-25T00:00:00Z")
        request.payout_ids.with_user(self.manager).action_dismiss()
        self.assertEqual((request.state, move.payment_state), ("paid", "not_paid"))
        self.assertOpens(move, request)

    def test_news_after_all(self):
        move, request = self.sent_invoice()
        self.step(request, "set_status", status="90")
        self.assertOpens(move, request)
        self.step(request, "pay")
        self.assertEqual((request.state, request.payout_ids.state), ("to_settle", "to_confirm"))
        self.assertFollowUp(move, True)
        self.assertEqual(self.problem_codes(request), ["paid_again"])


@tagged("post_install", "-at_install")
class TestFollowUpMigration(FollowUpCommon):
    """Requests that lived when the addon was updated."""

    def migrate(self):
        self.env.flush_all()
        script = file_path("avance_immediate/migrations/19.0.1.3.0/post-followup.py")
        load_script(script, "migration_followup").migrate(self.cr, "19.0.1.2.0")
        self.env.invalidate_all()

    def test_live_requests(self):
        live, over, other = self.three_instalments(), self.three_instalments(), self.three_instalments()
        request, refused = self.send(live), self.send(over)
        self.refuse(refused)
        self.env.flush_all()
        self.cr.execute("UPDATE urssaf_payment_request SET no_followup_before = NULL")
        self.cr.execute(
            "UPDATE account_move_line SET no_followup = id = %s WHERE move_id = %s", [self.due(live)[1].id, live.id]
        )
        self.env.invalidate_all()
        self.assertFollowUp(live, False, True, False)
        for _again in range(2):
            self.migrate()
            self.assertFollowUp(live, True, True, True)
            for move in (over, other):
                self.assertFollowUp(move, False, True, False)
        self.step(request, "cancel")
        self.assertFollowUp(live, False, True, False)

    def test_which_live(self):
        """Those that collect by what the models say today."""
        move, request = self.sent_invoice()
        payout = self.env["urssaf.payout"].create({"request_id": request.id, "amount": 60, "state": "dismissed"})
        tries = [(state, None, "dismissed") for state, _label in STATES]
        tries += [("to_settle", status, "dismissed") for status in (*TURNED, "90")]
        tries += [("closed", None, "to_confirm"), ("closed", None, "to_record"), ("closed", None, "not_booked")]
        found = set()
        for state, status, paid in tries:
            with self.subTest(state=state, status=status, paid=paid):
                self.cr.execute(
                    """
                    UPDATE urssaf_payment_request SET state = %s, urssaf_status = %s, no_followup_before = NULL;
                    UPDATE urssaf_payout SET state = %s;
                    UPDATE account_move_line SET no_followup = FALSE
                    """,
                    [state, status, paid],
                )
                self.env.invalidate_all()
                is_collecting = request._is_collecting()
                found.add(is_collecting)
                self.migrate()
                self.assertEqual(bool(request.no_followup_before), is_collecting)
                self.assertFollowUp(move, is_collecting)
        self.assertEqual((found, payout.state), ({True, False}, "not_booked"))

    def test_nothing_lives(self):
        move = self.create_service_invoice()
        self.migrate()
        self.assertFollowUp(move, False)
