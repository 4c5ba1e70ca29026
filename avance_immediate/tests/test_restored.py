from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_settings import SettingsCommon


class RestoredCommon(SettingsCommon):
    """A database that forgets what happened since its backup; Urssaf does not."""

    def forget(self, requests, state="queued"):
        """Bring these requests to what a backup has of them, made before they were sent."""
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM urssaf_payout WHERE request_id = ANY(%s)", [requests.ids])
        self.env.cr.execute("DELETE FROM urssaf_payment_request_status WHERE request_id = ANY(%s)", [requests.ids])
        self.env.cr.execute(
            """
            UPDATE urssaf_payment_request SET state = %s, id_request = NULL, urssaf_status = NULL, sent_at = NULL,
            send_count = 0, last_check_at = NULL, next_try_at = NULL, absent_since = NULL, transfer_date = NULL,
            transfer_amount = NULL, validated_at = NULL WHERE id = ANY(%s)
            """,
            [state, requests.ids],
        )
        self.env.invalidate_all()

    def lose(self, request):
        """Forget an invoice and its request wholly: both are younger than the backup."""
        move = request.move_id
        self.forget(request, "draft")
        request.number = False
        request.unlink()
        move.button_draft()
        move.name = False
        move.button_cancel()

    def say_restored(self):
        self.settings().action_urssaf_restored()
        self.env.invalidate_all()

    def look_twice(self):
        """Let the scheduled action ask, and ask again."""
        self.run_cron("send")
        self.wait(minutes=11)
        self.run_cron("send")

    def sends(self):
        return len(self.simulator.calls("send"))


@tagged("post_install", "-at_install")
class TestRestored(RestoredCommon):
    """After a backup was restored, Urssaf is asked what it holds before a number is sent: docs/money.md, section 11."""

    def sent_many(self, count=3):
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(count)))
        requests = self.send(moves)
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        return requests

    def test_sent_meanwhile_nobody_told(self):
        """Queued in the backup, sent since, queued again by the restoration: adopted, an hour later or more."""
        requests = self.sent_many()
        references = requests.mapped("id_request")
        self.forget(requests)
        self.wait(minutes=61)
        self.run_cron("send")
        self.assertEqual(requests.mapped("state"), ["sent"] * 3)
        self.assertEqual(requests.mapped("id_request"), references)
        self.assertEqual(self.sends(), 1, "nothing was sent again")
        self.assertEqual(len(self.simulator.calls("search")), 1, "one question for the lot")
        self.assertFalse(self.activities(requests))

    def test_fresh_is_not_asked_about(self):
        self.sent_many()
        self.assertFalse(self.simulator.calls("search"))

    def test_said_to_be_restored(self):
        """At once, whatever the age of what is queued; also what is queued from then on."""
        requests = self.sent_many()
        self.forget(requests)
        self.say_restored()
        self.run_cron("send")
        self.assertEqual(requests.mapped("state"), ["sent"] * 3)
        self.assertEqual(self.sends(), 1)
        new = self.send(self.create_service_invoice())
        self.assertEqual(new.state, "queued", "not sent before it is looked up")
        self.wait(minutes=11)
        self.run_cron("send")
        self.assertEqual(new.state, "sent")
        self.assertEqual(self.sends(), 2)

    def test_some_are_held_and_some_are_not(self):
        requests = self.sent_many(2)
        self.forget(requests)
        self.say_restored()
        moves = self.create_service_invoice() + self.create_service_invoice()
        requests += self.send(moves)
        self.look_twice()
        self.assertEqual(requests.mapped("state"), ["sent"] * 4)
        self.assertEqual(len(self.simulator.requests()), 4)
        self.assertEqual(self.sends(), 2)

    def test_paid_meanwhile(self):
        _move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True)
        self.forget(request)
        self.say_restored()
        self.run_cron("send")
        self.assertEqual(request.state, "paid")
        self.assertEqual(len(request.payout_ids), 1)
        self.assertEqual(self.sends(), 1)

    def test_known_as_sent_then_paid(self):
        """The backup knows that it was sent, and not that it was paid: asked about as always."""
        _move, request = self.sent_invoice()
        reference = request.id_request
        self.simulator.step(request, "pay", force=True)
        self.say_restored()
        self.wait(days=1)
        self.run_cron("refresh")
        self.assertEqual((request.state, request.id_request), ("paid", reference))
        self.assertEqual(self.sends(), 1)

    def test_number_given_again_to_another(self):
        """The invoice of the number was lost; the number is that of another one now."""
        self.check_given_again("number_of_another", price=50)

    def test_number_given_again_for_other_days(self):
        """The same client and amount each month: the days tell one invoice from the next."""
        self.check_given_again("number_of_other_days", urssaf_service_end=date(2026, 6, 14))

    def check_given_again(self, code, **values):
        _move, request = self.sent_invoice()
        number = request.number
        self.lose(request)
        self.say_restored()
        move = self.create_service_invoice(name=number, **values)
        request = self.send(move)
        self.assertEqual(request.state, "uncertain")
        self.assertTrue(request.needs_person)
        self.assertEqual(self.problem_codes(request), [code])
        self.look_twice()
        request.with_user(self.user).action_look_up()
        self.assertEqual((self.problem_codes(request), self.sends()), ([code], 1), "looking again changes nothing")
        # The way on: another number, which is looked up as well.
        request.with_user(self.manager).action_give_up()
        self.assertEqual(request.state, "rejected")
        move.button_draft()
        move.name = f"{number}-2"
        move.action_post()
        request = self.send(move)
        self.assertEqual(request.state, "queued")
        self.wait(minutes=11)
        self.run_cron("send")
        self.assertEqual((request.state, request.number), ("sent", move.name))

    def test_same_invoice_made_again(self):
        """The invoice was lost and entered again, under the number that it had: it is the one that Urssaf holds."""
        _move, request = self.sent_invoice()
        number, reference = request.number, request.id_request
        self.lose(request)
        self.say_restored()
        request = self.send(self.create_service_invoice(name=number))
        self.assertEqual((request.state, request.id_request), ("sent", reference))
        self.assertEqual(self.sends(), 1)

    def test_urssaf_does_not_answer(self):
        requests = self.sent_many(2)
        self.forget(requests)
        self.say_restored()
        for fault in ("500", "empty_200", "html"):
            with self.subTest(fault):
                self.simulator.fault("search", fault, times=3)
                self.run_cron("send")
                self.assertEqual(requests.mapped("state"), ["queued"] * 2)
                self.assertFalse(any(requests.mapped("absent_since")))
                self.simulator.call("DELETE", "faults")
                self.wait(minutes=20)
        self.run_cron("send")
        self.assertEqual(requests.mapped("state"), ["sent"] * 2)
        self.assertEqual(self.sends(), 1)

    def test_who_may_say_it(self):
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.manager).create({})
        settings = self.settings()
        with self.assertRaises(AccessError):
            settings.with_user(self.manager).action_urssaf_restored()
        self.assertFalse(settings.urssaf_restored_at)
        self.say_restored()
        self.assertEqual(self.settings().urssaf_restored_at, fields.Datetime.now())

    def test_error_of_ours_stays_with_its_request(self):
        requests = self.sent_many()
        self.forget(requests)
        self.say_restored()
        new = self.send(self.create_service_invoice() + self.create_service_invoice())
        Request = type(requests)
        look, compare = Request._looked_up, Request._changes_since_queued

        def fail_on(record, method):
            return lambda request, *args: 1 / 0 if request.id == record.id else method(request, *args)

        with (
            patch.object(Request, "_looked_up", fail_on(requests[0], look)),
            patch.object(Request, "_changes_since_queued", fail_on(new[0], compare)),
            mute_logger("odoo.addons.avance_immediate.models.urssaf_remote_mixin"),
        ):
            self.look_twice()
        self.assertEqual(requests.mapped("state"), ["queued", "sent", "sent"])
        self.assertEqual(new.mapped("state"), ["queued", "sent"])
        self.assertEqual(self.problem_codes(requests[0]) + self.problem_codes(new[0]), ["step_failed"] * 2)
        self.wait(minutes=16)
        self.look_twice()
        self.assertEqual((requests[0].state, new[0].state), ("sent", "sent"))
        self.assertEqual(len(self.simulator.requests()), 5)

    def test_changed_meanwhile_is_looked_up_before_it_is_called_rejected(self):
        requests = self.sent_many(2)
        self.forget(requests)
        absent = self.send(self.create_service_invoice() + self.create_service_invoice())[0]
        self.say_restored()
        for request in (requests[0], absent):
            self.pay(request.move_id)
        self.run_cron("send")
        self.assertEqual(requests.mapped("state"), ["sent"] * 2, "Urssaf holds it, paid otherwise or not")
        self.assertEqual(absent.state, "queued", "once proves nothing")
        self.wait(minutes=11)
        self.run_cron("send")
        self.assertEqual((absent.state, absent.send_count), ("rejected", 0))
        self.assertEqual(self.problem_codes(absent), ["changed_since"])

    def pay(self, move):
        """Register a payment of the whole invoice."""
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        register.sudo().create({})._create_payments()

    def test_withdrawn_only_where_urssaf_does_not_hold_it(self):
        requests = self.sent_many(2)
        self.forget(requests)
        absent = self.send(self.create_service_invoice() + self.create_service_invoice())[:1]
        self.say_restored()
        self.simulator.fault("search", "500", times=3)
        with self.assertRaisesRegex(UserError, "does not say"), self.cr.savepoint():
            requests.with_user(self.user).action_withdraw()
        self.assertEqual(requests.mapped("state"), ["queued"] * 2)
        action = (requests + absent).with_user(self.user).action_withdraw()
        self.assertEqual((requests + absent).mapped("state"), ["sent", "sent", "draft"])
        self.assertIn(requests[0].number or "?", action["params"]["message"])
        self.assertNotIn("/", absent.number or "")

    def test_over(self):
        """An administrator says that what was lost has been entered again: numbers go as before."""
        self.say_restored()
        with self.assertRaises(AccessError):
            self.settings().with_user(self.manager).action_urssaf_restored_over()
        self.settings().action_urssaf_restored_over()
        self.env.invalidate_all()
        self.assertFalse(self.settings().urssaf_restored_at)
        self.assertEqual(self.send(self.create_service_invoice()).state, "sent")
        self.assertFalse(self.simulator.calls("search"))
