import io
from datetime import datetime
from urllib.parse import urlsplit

from requests import Response

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.urssaf_queue import ACTIVITY
from .common import UrssafCommon

SEND = "/demandePaiement"


@tagged("post_install", "-at_install")
class TestOutage(UrssafCommon):
    """After a bad hour everything has arrived once, and nobody has pressed a button: docs/money.md, rule 4."""

    _down = staticmethod(lambda body: False)

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if r.method == "POST" and urlsplit(r.url).path.endswith(SEND):
            body = r.body.getvalue().decode()
            cls._sendings.append(body)
            if cls._down(body):
                answer = Response()
                answer.status_code, answer.url, answer.request, answer.raw = 500, r.url, r, io.BytesIO()
                return answer
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        type(self)._sendings = []
        self.addCleanup(self.fail_where, lambda body: False)

    def fail_where(self, condition):
        """Answer 500 to what is sent and meets ``condition``, a function of the body; look-ups work."""
        type(self)._down = staticmethod(condition)

    def queue(self, count):
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(count)))
        moves._urssaf_queue(trigger=False)
        return moves.urssaf_request_id

    def live(self, hours, minutes=10):
        """Let the scheduled action run, as often as it would."""
        for _run in range(hours * 60 // minutes):
            self.wait(minutes=minutes)
            self.run_cron("send")

    def outage_activities(self):
        return self.company._urssaf_activities(ACTIVITY)

    def assert_arrived_once(self, requests):
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        held = [held["numFactureTiers"] for held in self.simulator.requests()]
        self.assertCountEqual(held, requests.mapped("number"))
        self.assertFalse(self.activities(requests))
        self.assertFalse(self.outage_activities())

    def last(self, requests, hours, minutes):
        """Let an outage of so many hours pass over these requests."""
        self.fail_where(lambda body: True)
        self.live(hours, minutes)
        self.assertFalse(any(requests.mapped("needs_person")))
        self.assertFalse(self.activities(requests), "one is told, and not for each invoice")
        self.assertEqual(len(self.outage_activities()), 1)
        self.fail_where(lambda body: False)

    def test_fifty_minutes(self):
        requests = self.queue(12)
        self.fail_where(lambda body: True)
        self.run_cron("send")
        self.assertEqual(len(self._sendings), 1, "the second lot waits")
        self.live(1)
        self.assertFalse(self.activities(requests) | self.outage_activities())
        self.assertLess(len(self._sendings), 6)
        self.fail_where(lambda body: False)
        self.live(2)
        self.assert_arrived_once(requests)

    def test_a_day(self):
        requests = self.queue(30)
        self.last(requests, 24, 20)
        self.live(2)
        self.assert_arrived_once(requests)
        self.assertLess(len(self._sendings), 80)

    def test_sixty_hours_and_one_invoice(self):
        requests = self.queue(1)
        self.last(requests, 60, 30)
        self.live(5, 30)
        self.assert_arrived_once(requests)
        self.assertLessEqual(requests.send_count, 30)

    def test_three_days_stop_everything(self):
        requests = self.queue(3)
        self.last(requests, 73, 60)
        told = self.outage_activities().note
        self.assertIn("Reprendre l’envoi", told)
        self.assertEqual(requests.mapped("is_sending_stopped"), [True] * 3)
        sent = len(self._sendings)
        self.live(5, 60)
        self.assertEqual(len(self._sendings), sent, "nothing goes before somebody says so")
        with self.assertRaises(AccessError):
            requests[0].with_user(self.user).action_restart_sending()
        requests[0].with_user(self.manager).action_restart_sending()
        self.live(1)
        self.assert_arrived_once(requests)

    def test_one_that_spoils_each_call(self):
        requests = self.queue(30)
        bad = requests[4]
        self.fail_where(lambda body: f'"{bad.number}"' in body)
        self.run_cron("send")
        self.live(4)
        self.assertEqual(set((requests - bad).mapped("state")), {"sent"})
        self.assertTrue(bad.needs_person)
        self.assertEqual(self.problem_codes(bad), ["fails_alone"])
        self.assertEqual(self.activities(requests), self.activities(bad))
        self.assertEqual(len(self.activities(bad)), 1)
        self.assertFalse(self.outage_activities())
        self.assertLessEqual(bad.send_count, 5)
        sent = len(self._sendings)
        self.live(12, 60)
        self.assertEqual(len(self._sendings), sent)

    def test_one_that_spoils_each_call_alone(self):
        """For ten days, while another company's calls pass: it is a person's after a day."""
        bad = self.queue(1)
        self.fail_where(lambda body: True)
        self.live(12, 30)
        self.assertFalse(bad.needs_person)
        other = self.env["res.company"].create({"name": "Autre"})
        self.env["urssaf.queue"].create(
            {"holder_id": other.id, "environment": "simulator", "operation": "send", "passed_at": datetime.now()}
        )
        self.live(11, 60)
        self.assertFalse(bad.needs_person)
        self.live(6, 60)
        self.assertTrue(bad.needs_person)
        self.assertEqual(len(self.activities(bad)), 1)
        self.live(24 * 3, 120)
        self.assertFalse(self.outage_activities())
        self.assertLessEqual(bad.send_count, 30)

    def test_decided_for_many_at_once(self):
        requests = self.queue(3)
        self.fail_where(lambda body: True)
        self.live(20, 20)
        self.assertFalse(any(requests.mapped("needs_person")))
        self.company.urssaf_max_sends = 3
        self.live(6, 20)
        self.assertEqual(set(requests.mapped("needs_person")), {True})
        requests.with_user(self.user).action_look_up()
        self.assertEqual(set(requests.mapped("needs_person")), {True})
        requests.with_user(self.manager).action_give_up()
        self.assertEqual(set(requests.mapped("state")), {"rejected"})

    def test_a_request_that_others_of_its_call_outlive(self):
        """One item of an answer has no outcome, the others have: nothing waits for it."""
        requests = self.queue(3)
        self.simulator.call("POST", "requests/next", codes=["ERREUR_TECHNIQUE"])
        self.run_cron("send")
        bad = requests.filtered(lambda request: request.state == "uncertain")
        self.assertEqual((len(bad), bad.blamed_count), (1, 1))
        requests |= self.queue(1)
        self.run_cron("send")
        self.assertEqual(set((requests - bad).mapped("state")), {"sent"})
        self.live(1)
        self.assert_arrived_once(requests)
