from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import UrssafCommon

STUCK = {"urssaf_service_end": date(2026, 6, 30)}


@tagged("post_install", "-at_install")
class TestOdooSendWizard(UrssafCommon):
    """Odoo's own Send windows: Urssaf is one more way, ticked where the company chose it, and only queues."""

    def setUp(self):
        super().setUp()
        self.client.invoice_sending_method = "manual"

    def wizard(self, move, user=None, **values):
        return (
            self.env["account.move.send.wizard"]
            .with_user(user or self.user)
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"sending_methods": ["manual"], **values})
        )

    def batch(self, moves):
        return (
            self.env["account.move.send.batch.wizard"]
            .with_user(self.user)
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({})
        )

    def is_ticked(self, wizard):
        """Return whether Urssaf is ticked, or None where it is not offered."""
        return wizard.extra_edi_checkboxes.get("urssaf", {}).get("checked") if wizard.extra_edi_checkboxes else None

    def test_offered_unticked(self):
        self.assertIs(self.is_ticked(self.wizard(self.create_service_invoice())), False)

    def test_ticked_where_the_company_chose_it(self):
        self.company.urssaf_send_by_default = True
        wizard = self.wizard(self.create_service_invoice())
        self.assertIs(self.is_ticked(wizard), True)
        self.assertNotIn("urssaf_stuck", wizard.alerts or {})

    def test_not_ticked_when_something_is_missing(self):
        self.company.urssaf_send_by_default = True
        wizard = self.wizard(self.create_service_invoice(**STUCK))
        self.assertIs(self.is_ticked(wizard), False)
        self.assertIn("30/06/2026", wizard.alerts["urssaf_stuck"]["message"])

    def test_not_offered(self):
        accountant = new_test_user(self.env, "comptable", "account.group_account_invoice", company_id=self.company.id)
        move = self.create_service_invoice()
        self.assertIsNone(self.is_ticked(self.wizard(move, accountant)))
        sent, _request = self.sent_invoice()
        self.assertIsNone(self.is_ticked(self.wizard(sent)))
        stranger = self.create_client(name="Paul Martin", email="paul@example.com")
        self.assertIsNone(self.is_ticked(self.wizard(self.create_service_invoice(client=stranger))))

    def test_it_only_queues(self):
        move = self.create_service_invoice()
        self.wizard(move, extra_edis=["urssaf"]).action_send_and_print()
        self.assertEqual(move.urssaf_state, "queued")
        self.assertEqual(self.simulator.calls("send"), [])
        self.run_cron("send")
        self.assertEqual(move.urssaf_state, "sent")
        self.assertEqual(len(self.simulator.requests()), 1)

    def test_the_pdf_says_not_to_pay(self):
        with_urssaf, without = self.create_service_invoice(), self.create_service_invoice()
        self.wizard(with_urssaf, extra_edis=["urssaf"]).action_send_and_print()
        self.wizard(without).action_send_and_print()
        self.assertIn(b'name="urssaf_no_payment"', with_urssaf.invoice_pdf_report_id.raw)
        self.assertNotIn(b'name="urssaf_no_payment"', without.invoice_pdf_report_id.raw)

    def test_the_mail_says_not_to_pay(self):
        move = self.create_service_invoice()
        notice = "do not pay this invoice"
        self.assertNotIn(notice, self.env["account.move.send"]._get_default_mail_body(move, *self.mail(move)))
        self.company.urssaf_send_by_default = True
        sender = self.env["account.move.send"].with_user(self.user)
        self.assertIn(notice, sender._get_default_mail_body(move, *self.mail(move)), "it goes with this e-mail")
        self.company.urssaf_send_by_default = False
        self.send(move)
        self.assertIn(notice, sender._get_default_mail_body(move, *self.mail(move)), "it has gone before")

    def mail(self, move):
        return move._get_mail_template(), "en_US"

    def test_unticked_is_left_alone(self):
        self.company.urssaf_send_by_default = True
        move = self.create_service_invoice()
        self.wizard(move, extra_edis=[]).action_send_and_print()
        self.assertTrue(move.invoice_pdf_report_id)
        self.assertFalse(move.urssaf_request_ids)

    def test_ticked_by_hand_in_spite_of_a_problem(self):
        move = self.create_service_invoice(**STUCK)
        wizard = self.wizard(move, extra_edis=["urssaf"])
        self.assertEqual(wizard.alerts["urssaf_stuck"]["level"], "warning")
        before = move.message_ids
        wizard.action_send_and_print()
        self.assertTrue(move.invoice_pdf_report_id, "what else was asked is done")
        self.assertFalse(move.urssaf_request_ids)
        self.assertIn("30/06/2026", "".join((move.message_ids - before).mapped("body")))

    def test_batch_of_which_three_cannot_go(self):
        self.company.urssaf_send_by_default = True
        ready = self.env["account.move"].union(*(self.create_service_invoice() for _i in range(9)))
        stuck = self.env["account.move"].union(*(self.create_service_invoice(**STUCK) for _i in range(3)))
        wizard = self.batch(ready | stuck)
        self.assertEqual({alert["level"] for alert in wizard.alerts.values()} - {"info"}, {"warning"})
        alert = wizard.alerts["urssaf_stuck"]
        for move in ready | stuck:
            self.assertEqual(move.name in alert["message"], move in stuck)
        self.assertEqual(self.env["account.move"].search(alert["action"]["domain"]), stuck.sorted())
        self.assertEqual(wizard.summary_data["urssaf"]["count"], 9)
        wizard.action_send_and_print()
        self.assertFalse((ready | stuck).urssaf_request_ids, "all of it is done in the background")
        self.env.ref("account.ir_cron_account_move_send").method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(set(ready.mapped("urssaf_state")), {"queued"})
        self.assertFalse(stuck.urssaf_request_ids)
        self.assertTrue(all((ready | stuck).mapped("invoice_pdf_report_id")))
        self.run_cron("send")
        self.assertEqual(set(ready.mapped("urssaf_state")), {"sent"})
        self.assertEqual(len(self.simulator.calls("send")), 1, "nine go in one call")

    def test_batch_where_the_company_did_not_choose_it(self):
        moves = self.create_service_invoice() | self.create_service_invoice(**STUCK)
        wizard = self.batch(moves)
        self.assertNotIn("urssaf_stuck", wizard.alerts or {})
        wizard.action_send_and_print(force_synchronous=True)
        self.assertFalse(moves.urssaf_request_ids)


@tagged("post_install", "-at_install")
class TestSendWindow(UrssafCommon):
    """Our own window: what goes, what cannot and why, nothing half done."""

    def window(self, moves, user=None):
        return self.env["urssaf.send"].with_user(user or self.user).create({"move_ids": [Command.set(moves.ids)]})

    def test_opens_with_the_selection(self):
        moves = self.create_service_invoice() | self.create_service_invoice()
        action = moves.with_user(self.user).action_urssaf_send()
        window = self.env[action["res_model"]].with_user(self.user).browse(action["res_id"])
        self.assertEqual(window.move_ids, moves)

    def test_summary(self):
        ready = self.create_service_invoice() | self.create_service_invoice(hours=3)
        window = self.window(ready | self.create_service_invoice(**STUCK))
        self.assertEqual((window.ready_count, window.stuck_count), (2, 1))
        self.assertEqual((window.ready_amount, window.currency_id.name), (150, "EUR"))
        self.assertEqual(window.environment, "simulator")

    def test_stuck_lines_have_reasons_and_ways_out(self):
        self.client.urssaf_birth_date = False
        no_birth_date = self.create_service_invoice()
        bare = self.env["product.product"].create({"name": "Fournitures", "type": "service"})
        no_nature = self.create_service_invoice(
            invoice_line_ids=[Command.create({"product_id": bare.id, "quantity": 1, "price_unit": 10})]
        )
        stranger = self.create_client(name="Paul Martin", email="paul@example.com")
        not_registered = self.create_service_invoice(client=stranger)
        refund = self.create_service_invoice(move_type="out_refund", **STUCK)
        window = self.window(no_birth_date | no_nature | not_registered | refund)
        lines = {line.move_id: line for line in window.line_ids}
        self.assertEqual(len(lines), 4)
        self.client.urssaf_birth_date = date(1980, 3, 29)
        window = self.window(no_nature)
        for line, target in (
            (lines[no_birth_date], self.client),
            (window.line_ids, bare.product_tmpl_id),
            (lines[not_registered], stranger),
            (lines[refund], refund),
        ):
            self.assertFalse(line.is_ready)
            self.assertTrue(line.problem_html)
            action = line.action_open_target()
            self.assertEqual((action["res_model"], action["res_id"]), (target._name, target.id))
        self.assertIn("Paul Martin", lines[not_registered].problem_html)

    def test_the_others_go(self):
        ready = self.create_service_invoice() | self.create_service_invoice()
        stuck = self.create_service_invoice(**STUCK)
        action = self.window(ready | stuck).action_send()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(ready.mapped("urssaf_state"), ["queued", "queued"])
        self.assertFalse(stuck.urssaf_request_ids)
        self.assertEqual(self.simulator.calls("send"), [])
        self.run_cron("send")
        self.assertEqual(ready.mapped("urssaf_state"), ["sent", "sent"])

    def test_one_alone_goes_at_once(self):
        move = self.create_service_invoice()
        self.window(move).action_send()
        self.assertEqual(move.urssaf_state, "sent")
        self.run_cron("send")
        self.assertEqual(len(self.simulator.calls("send")), 1)

    def test_nothing_ready(self):
        stuck = self.create_service_invoice(**STUCK)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.window(stuck).action_send()
        self.assertFalse(stuck.urssaf_request_ids)

    def test_what_was_corrected_meanwhile_is_shown_first(self):
        """What is confirmed is what was shown: the next window shows it among those that go."""
        stuck = self.create_service_invoice(**STUCK)
        window = self.window(stuck)
        self.assertFalse(window.ready_count)
        stuck.urssaf_service_end = date(2026, 6, 15)
        with self.assertRaisesRegex(UserError, "look again"), self.cr.savepoint():
            window.action_send()
        self.window(stuck).action_send()
        self.assertEqual(stuck.urssaf_state, "sent")

    def test_what_was_broken_meanwhile_stays(self):
        moves = self.create_service_invoice() | self.create_service_invoice()
        window = self.window(moves)
        self.assertEqual(window.ready_count, 2)
        moves[0].with_user(self.user).button_draft()
        window.action_send()
        self.assertEqual(moves.mapped("urssaf_state"), [False, "queued"])

    def test_two_windows_make_one_request(self):
        moves = self.create_service_invoice() | self.create_service_invoice()
        first, second = self.window(moves), self.window(moves)
        first.action_send()
        with self.assertRaises(UserError), self.cr.savepoint():
            second.action_send()
        self.assertEqual(moves.mapped("urssaf_request_count"), [1, 1])
        self.run_cron("send")
        self.assertEqual(len(self.simulator.requests()), 2)

    def test_who_may_not(self):
        move = self.create_service_invoice()
        accountant = new_test_user(self.env, "comptable", "account.group_account_invoice", company_id=self.company.id)
        with self.assertRaises(UserError):
            move.with_user(accountant).action_urssaf_send()
        with self.assertRaises(AccessError):
            self.window(move, accountant)
        with self.assertRaises(UserError):
            self.window(move).with_user(accountant).action_send()
        self.assertFalse(move.urssaf_request_ids)


@tagged("post_install", "-at_install")
class TestWithdraw(UrssafCommon):
    """What is queued can be withdrawn, until it leaves."""

    def test_withdrawn_is_not_sent_and_can_go_later(self):
        moves = self.create_service_invoice() | self.create_service_invoice()
        requests = self.send(moves)
        moves[0].with_user(self.user).action_urssaf_withdraw()
        self.assertEqual(requests.mapped("state"), ["draft", "queued"])
        self.run_cron("send")
        self.assertEqual(len(self.simulator.requests()), 1)
        self.assertTrue(moves[0].urssaf_can_send)
        request = self.send(moves[0])
        self.assertEqual((request, request.state), (requests[0], "sent"), "the same request is used again")

    def test_changed_after_withdrawal(self):
        moves = self.create_service_invoice() | self.create_service_invoice()
        self.send(moves)
        move = moves[0].with_user(self.user)
        move.action_urssaf_withdraw()
        move.button_draft()
        move.invoice_line_ids.quantity = 4
        move.action_post()
        request = self.send(moves[0])
        self.assertEqual((request.state, request.amount), ("sent", 120))
        self.assertEqual(request.payload["mntFactureTTC"], 120)

    def test_all_or_nothing(self):
        sent, _request = self.sent_invoice()
        queued = self.create_service_invoice() | self.create_service_invoice()
        self.send(queued)
        with self.assertRaises(UserError), self.cr.savepoint():
            (sent | queued).with_user(self.user).action_urssaf_withdraw()
        self.assertEqual((sent | queued).mapped("urssaf_state"), ["sent", "queued", "queued"])

    def test_nothing_but_the_queue(self):
        move, request = self.sent_invoice()
        for state in ("sending", "uncertain", "sent", "paid", "rejected", "refused"):
            request.state = state
            with self.subTest(state=state), self.assertRaises(UserError), self.cr.savepoint():
                move.with_user(self.user).action_urssaf_withdraw()
