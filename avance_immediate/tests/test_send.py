from odoo.exceptions import UserError
from odoo.tests import tagged

from ..urssaf.tiers_prestation.client import UrssafClient
from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestSend(UrssafCommon):
    """What each answer to a sending means: docs/money.md. Urssaf gets one request, whatever happens."""

    def queue(self, moves):
        """Queue several invoices, as from the list; nothing is sent yet."""
        requests = self.send(moves)
        self.assertEqual(set(requests.mapped("state")), {"queued"})
        return requests

    def assert_sent_once(self, request):
        self.assertEqual(request.state, "sent", request.problems)
        held = [held for held in self.simulator.requests() if held["numFactureTiers"] == request.number]
        self.assertEqual(len(held), 1)
        self.assertEqual(held[0]["idDemandePaiement"], request.id_request)
        self.assertFalse(self.activities(request))
        self.assertFalse(request.problems)

    # === ACCEPTED === #

    def test_several_go_in_lots_of_ten(self):
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(12)))
        requests = self.queue(moves)
        done, remaining = self.run_cron("send")
        self.assertEqual((done, remaining), (12, 0))
        self.assertEqual(len(self.simulator.calls("send")), 2)
        for request in requests:
            self.assert_sent_once(request)

    def test_message_and_values_to_hide_are_read_once(self):
        """They are made several times for each invoice sent, and for each client of a call."""
        move = self.create_service_invoice()

        def read():
            return move._urssaf_message(), self.registration._personal_values()

        read()
        with self.assertQueryCount(0):
            read()

    def test_number_and_message_are_written_before_the_call(self):
        move = self.create_service_invoice()
        self.patch(UrssafClient, "send", lambda client, messages: self.fail_after_reading(move))
        request = self.send(move)
        self.assertEqual(request.number, move.name)

    def fail_after_reading(self, move):
        self.env.invalidate_all()
        request = move.urssaf_request_id
        self.assertEqual((request.state, request.number), ("sending", move.name))
        self.assertEqual(request.payload["numFactureTiers"], move.name)
        raise RuntimeError("after the message may have left")

    def test_unexpected_error_of_ours_is_an_unknown_outcome(self):
        move = self.create_service_invoice()
        self.patch(UrssafClient, "send", lambda client, messages: 1 / 0)
        with self.assertLogs("odoo.addons.avance_immediate.models.urssaf_payment_request_send", "ERROR"):
            request = self.send(move)
        self.assertEqual(request.state, "uncertain")

    def test_pressing_twice_sends_once(self):
        move, request = self.sent_invoice()
        with self.assertRaises(UserError):
            self.send(move)
        self.assertEqual(move.urssaf_request_ids, request)
        self.assertEqual(len(self.simulator.calls("send")), 1)

    # === NOT SENT, NOT TAKEN === #

    def assert_waits_then_goes(self, request, **delay):
        self.assertEqual(request.state, "queued")
        self.assertEqual(request.send_count, 0, "it was not a sending")
        self.run_cron("send")
        self.assertEqual(request.state, "queued", "not before its time")
        self.wait(**delay)
        self.run_cron("send")
        self.assert_sent_once(request)

    def test_no_token(self):
        self.credentials.write({"access_token": False})
        self.simulator.fault("token", "503")
        request = self.send(self.create_service_invoice())
        self.assertEqual(self.problem_codes(request), ["NotSent"])
        self.assert_waits_then_goes(request, minutes=16)

    def test_unreachable_server(self):
        address = self.credentials.address
        self.credentials.write({"address": "http://127.0.0.1:9"})
        request = self.send(self.create_service_invoice())
        self.assertEqual(self.problem_codes(request), ["NotSent"])
        self.assertFalse(self.activities(request), "an outage is nobody's business at first")
        self.credentials.write({"address": address})
        self.assert_waits_then_goes(request, minutes=16)

    def test_too_many_calls(self):
        self.simulator.fault("send", "429", retry_after=1200)
        request = self.send(self.create_service_invoice())
        self.assertEqual(self.problem_codes(request), ["TryLater"])
        self.wait(minutes=16)
        self.assert_waits_then_goes(request, minutes=5)

    def test_too_many_calls_holds_back_the_other_lots(self):
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(12)))
        requests = self.queue(moves)
        self.simulator.fault("send", "429", retry_after=1200)
        self.run_cron("send")
        self.assertEqual(len(self.simulator.calls("send")), 1)
        self.wait(minutes=21)
        self.run_cron("send")
        for request in requests:
            self.assert_sent_once(request)

    def test_forbidden_tells_the_person_in_charge_once(self):
        moves = self.create_service_invoice() + self.create_service_invoice()
        requests = self.queue(moves)
        self.simulator.fault("send", "403")
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"queued"})
        self.assertEqual(len(self.activities(requests)), 1)
        self.assertEqual(self.activities(requests).user_id, self.user)
        self.wait(minutes=16)
        self.run_cron("send")
        for request in requests:
            self.assert_sent_once(request)

    def test_token_refused_once_is_renewed(self):
        self.simulator.fault("send", "401")
        self.assert_sent_once(self.send(self.create_service_invoice()))

    # === REJECTED === #

    def test_rejected_with_a_reason_then_corrected(self):
        self.simulator.call("POST", "requests/next", codes=["ERR_CODE_NATURE", "ERR_VALEUR_NEGATIVE"])
        move = self.create_service_invoice()
        request = self.send(move)
        self.assertEqual(request.state, "rejected")
        self.assertEqual(self.problem_codes(request), ["ERR_CODE_NATURE", "ERR_VALEUR_NEGATIVE"])
        self.assertEqual(len(self.activities(request)), 1)
        self.assertIn("urssaf_request", move.with_user(self.user)._get_alerts())
        move.button_draft()
        move.action_post()
        self.assertEqual(self.send(move), request, "the same number goes again, on the same record")
        self.assert_sent_once(request)

    def test_one_rejected_in_a_batch_leaves_the_others(self):
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(3)))
        requests = self.queue(moves)
        self.simulator.call("POST", "requests/next", codes=["ERR_CMPT_BLOQUE"])
        self.run_cron("send")
        self.assertEqual(sorted(requests.mapped("state")), ["rejected", "sent", "sent"])

    def test_batch_refused_as_a_whole_goes_one_by_one(self):
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(3)))
        requests = self.queue(moves)
        self.simulator.fault("send", "refuse_all", code="ERREUR_VALIDATION")
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"queued"})
        self.simulator.fault("send", "refuse_all", code="ERREUR_VALIDATION")
        self.run_cron("send")
        self.assertEqual(sorted(requests.mapped("state")), ["rejected", "sent", "sent"])
        self.assertEqual(len(self.simulator.calls("send")), 4)

    # === NOBODY KNOWS === #

    def test_every_answer_that_settles_nothing(self):
        for fault in ("cut_after", "500", "503", "html", "empty_400", "empty_200", "truncated"):
            with self.subTest(fault):
                self.simulator.fault("send", fault)
                request = self.send(self.create_service_invoice())
                self.assertEqual(request.state, "uncertain")
                self.assertFalse(self.activities(request), "nothing to do for a person yet")
                for _minutes in range(3):
                    self.wait(minutes=12)
                    self.run_cron("send")
                self.assert_sent_once(request)

    def test_technical_error_of_urssaf_is_looked_up(self):
        self.simulator.call("POST", "requests/next", codes=["ERREUR_TECHNIQUE"])
        request = self.send(self.create_service_invoice())
        self.assertEqual(request.state, "uncertain")

    # === THE QUEUE === #

    def test_withdrawn_before_it_goes(self):
        moves = self.create_service_invoice() + self.create_service_invoice()
        requests = self.queue(moves)
        moves[0].with_user(self.user).action_urssaf_withdraw()
        self.run_cron("send")
        self.assertEqual(requests.mapped("state"), ["draft", "sent"])
        self.assertEqual(len(self.simulator.requests()), 1)
        with self.assertRaises(UserError):
            moves[1].with_user(self.user).action_urssaf_withdraw()

    def test_another_environment_holds_the_queue(self):
        moves = self.create_service_invoice() + self.create_service_invoice()
        requests = self.queue(moves)
        self.company.urssaf_environment = "sandbox"
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"queued"})
        self.assertFalse(self.simulator.calls("send"))
