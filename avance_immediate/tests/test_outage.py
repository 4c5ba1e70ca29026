import io
from datetime import datetime, timedelta
from unittest.mock import patch
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
        self.last(requests, 76, 60)
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
        self.assertTrue(self.outage_activities())
        other = self.env["res.company"].create({"name": "Autre"})
        self.env["urssaf.queue"].create(
            {"holder_id": other.id, "environment": "simulator", "operation": "send", "passed_at": datetime.now()}
        )
        self.live(11, 60)
        self.assertFalse(bad.needs_person)
        self.live(6, 60)
        self.assertTrue(bad.needs_person)
        self.assertEqual(len(self.activities(bad)), 1)
        self.assertEqual(self.problem_codes(bad), ["fails_alone"])
        sent = len(self._sendings)
        self.live(24 * 9, 240)
        self.assertEqual(len(self._sendings), sent, "not sent again by itself")
        self.assertFalse(self.outage_activities(), "nothing else waits")

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

    # === TOLD AND SHOWN === #

    def stop(self, requests):
        """Let the sending have stopped for these requests."""
        now = datetime.now()
        values = {"failing_since": now - timedelta(days=4), "failed_at": now, "failures": 50, "stopped_at": now}
        self.make_queue(**values)
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("is_sending_stopped")), {True})

    def make_queue(self, **values):
        queue = {"holder_id": self.company.id, "environment": "simulator", "operation": "send"}
        return self.env["urssaf.queue"].create({**queue, **values})

    def test_told_only_where_somebody_is_told(self):
        """Somebody works on the company's contact at the moment when the outage is to be told."""
        requests = self.queue(2)
        Partner = type(self.company.partner_id)
        with patch.object(Partner, "try_lock_for_update", lambda partners, **options: partners.browse()):
            self.stop(requests)
            self.assertFalse(self.outage_activities())
        self.live(1, 30)
        self.assertEqual(len(self.outage_activities()), 1)

    def test_stopped_is_told_each_day(self):
        requests = self.queue(2)
        self.stop(requests)
        self.outage_activities().with_user(self.manager).action_done()
        self.live(12, 120)
        self.assertFalse(self.outage_activities())
        self.live(14, 120)
        self.assertEqual(len(self.outage_activities()), 1)
        # Told to nobody, since there was nobody: to somebody, when there is.
        self.outage_activities().user_id = self.env.ref("base.user_root")
        self.live(26, 120)
        self.assertEqual(len(self.outage_activities()), 1)
        self.assertTrue(self.outage_activities().user_id.active)
        self.assertFalse(self._sendings)

    def test_stopped_is_shown(self):
        requests = self.queue(1)
        self.stop(requests)
        another = self.create_service_invoice()
        window = self.env["urssaf.send"].with_user(self.user).create({"move_ids": another.ids})
        request = requests.with_user(self.user)
        shown = [
            window.stopped_html,
            request.stopped_html,
            request.move_id._get_alerts()["urssaf_stopped"]["message"],
        ]
        for text in shown:
            self.assertIn("Restart the sending", text)
            self.assertIn(self.manager.name, text)
        self.assertTrue(window.ready_count, "it may be queued all the same")
        requests.with_user(self.manager).action_restart_sending()
        self.env.invalidate_all()
        self.assertFalse(request.stopped_html or request.move_id._get_alerts().get("urssaf_stopped"))

    def test_look_ups_that_fail_are_told_while_the_outage_is_not(self):
        """Others pass: nobody is told of an outage, so the request tells itself."""
        request = self.queue(1)
        self.fail_where(lambda body: True)
        self.run_cron("send")
        self.simulator.fault("search", "500", times=1000)
        for _run in range(14):
            self.wait(hours=2)
            self.env["urssaf.queue"]._of(request).passed_at = datetime.now()
            self.run_cron("send")
        self.simulator.call("DELETE", "faults")
        self.assertFalse(self.outage_activities())
        self.assertEqual(len(self.activities(request)), 1)

    def test_nothing_can_be_looked_up_either(self):
        """Nothing is sent again, then: the look-ups that fail show how long the outage lasts."""
        requests = self.queue(10)
        self.fail_where(lambda body: True)
        self.run_cron("send")
        self.simulator.fault("search", "500", times=1000)
        self.live(1, 20)
        self.assertFalse(self.outage_activities())
        self.live(2, 20)
        self.assertEqual(len(self.outage_activities()), 1)
        self.live(30, 60)
        self.assertEqual(len(self.outage_activities()), 1)
        self.assertFalse(self.activities(requests))
        self.assertEqual(len(self._sendings), 1)
        queue = self.env["urssaf.queue"]._of(requests)
        self.assertEqual((queue.failures, queue.stopped_at), (1, False), "one sending stops nothing")
        self.simulator.call("DELETE", "faults")
        self.fail_where(lambda body: False)
        self.live(4)
        self.assert_arrived_once(requests)

    def test_look_ups_that_fail_are_told_once(self):
        """Without an outage of the sending: a process died, and nothing can be looked up."""
        requests = self.queue(3)
        requests._on_its_way()
        self.simulator.fault("search", "500", times=1000)
        self.live(30, 60)
        self.assertEqual(len(self.activities(requests)), 1)
        self.simulator.call("DELETE", "faults")
        self.live(2)
        self.assertFalse(self.activities(requests))
        self.assertEqual(set(requests.mapped("state")), {"sent"})

    # === WHAT IS NO OUTAGE === #

    def test_server_that_was_off_for_days(self):
        requests = self.queue(3)
        self.fail_where(lambda body: True)
        self.run_cron("send")
        self.fail_where(lambda body: False)
        self.wait(hours=73)
        self.run_cron("send")
        self.assertFalse(self.outage_activities())
        self.live(1)
        self.assert_arrived_once(requests)

    def test_other_environment_waits_for_nothing(self):
        requests = self.queue(1)
        self.stop(requests)
        self.company.sudo().urssaf_environment = "sandbox"
        self.wait(days=2)
        self.run_cron("send")
        self.assertFalse(self.outage_activities() | self.activities(requests))
        queue = self.env["urssaf.queue"]._of(requests)
        self.assertTrue(queue.stopped_at and queue.failing_since, "another environment restarts nothing")
        self.company.sudo().urssaf_environment = "simulator"
        self.run_cron("send")
        self.assertEqual(len(self.outage_activities()), 1, "told anew")
        self.assertFalse(self._sendings)

    def test_clock_that_was_put_back(self):
        now = datetime.now()
        ahead = now + timedelta(days=30)
        self.make_queue(failing_since=ahead, failed_at=ahead, next_at=ahead + timedelta(hours=1), failures=2)
        requests = self.queue(2)
        self.run_cron("send")
        self.live(1, 30)
        self.assert_arrived_once(requests)

    def test_few_sendings_and_a_short_outage(self):
        self.company.urssaf_max_sends = 3
        requests = self.queue(3)
        self.fail_where(lambda body: True)
        self.live(3, 20)
        self.fail_where(lambda body: False)
        self.live(7, 20)
        self.assert_arrived_once(requests)
