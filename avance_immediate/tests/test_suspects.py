import io
import json
from datetime import timedelta
from unittest.mock import patch

from requests import Response

from odoo.tests import tagged

from ..urssaf.http import errors
from ..urssaf.tiers_prestation.client import UrssafClient
from .common import UrssafCommon

SEARCH = "/demandePaiement/rechercher"


@tagged("post_install", "-at_install")
class TestSuspects(UrssafCommon):
    """A search that fails for a lot is repeated; by halves where the lot is to blame: docs/money.md, rule 4."""

    _spoilt = ()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if r.url.endswith(SEARCH):
            query = json.loads(r.body.getvalue())
            keys = query.get("idDemandePaiements", query.get("numFactureTiers", ()))
            cls._asked.append(len(keys))
            if set(cls._spoilt) & set(keys) or cls._spoilt == "all":
                answer = Response()
                answer.status_code, answer.url, answer.request = cls._status, r.url, r
                answer.raw = io.BytesIO(json.dumps([{"code": cls._code, "message": "", "description": ""}]).encode())
                return answer
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        type(self)._asked = []
        self.spoil(())
        self.addCleanup(self.spoil, ())

    def spoil(self, keys, code="ERREUR_TECHNIQUE", status=400):
        """Answer with ``code`` to each search for one of these references or numbers, or for ``"all"``."""
        type(self)._spoilt, type(self)._code, type(self)._status = keys, code, status

    def queued(self, count):
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(count)))
        return moves._urssaf_queue(trigger=False).with_env(self.env)

    def sent(self, count):
        requests = self.queued(count)
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        type(self)._asked = []
        return requests

    def live(self, hours, minutes=60, cron="refresh"):
        for _run in range(hours * 60 // minutes):
            self.wait(minutes=minutes)
            self.run_cron(cron)

    def test_first_hiccup(self):
        requests = self.sent(10)
        for code in ("ERREUR_TECHNIQUE", "ERR_NEW_ONE"):
            self.spoil("all", code)
            self.wait(hours=12)
            type(self)._asked = []
            self.run_cron("refresh")
            self.assertEqual(self._asked, [10], "one call, and no alarm")
            self.assertFalse(self.activities(requests))
            self.assertFalse(any(requests.mapped("is_not_shown")))
            self.spoil(())
            self.wait(minutes=16)
            self.run_cron("refresh")
            self.assertEqual(set(requests.mapped("lot_failures")), {0})

    def test_culprit_is_found_by_halves(self):
        requests = self.sent(20)
        bad = requests[3]
        self.spoil({bad.id_request})
        self.live(20)
        self.assertEqual(bad.lot_size, 1)
        self.assertFalse(self.activities(requests))
        fresh = self.frozen.time_to_freeze - timedelta(hours=3)
        self.assertFalse((requests - bad).filtered(lambda request: request.last_check_at < fresh))
        self.live(10)
        self.assertEqual(self.activities(requests), self.activities(bad))
        self.assertEqual(len(self.activities(bad)), 1)
        self.spoil(())
        self.live(1)
        self.assertFalse(self.activities(bad))
        self.assertEqual(set(requests.mapped("lot_size")), {10})

    def test_outage_of_days_is_told_once_and_halves_one_lot(self):
        requests = self.sent(20)
        self.spoil("all")
        self.live(20)
        self.assertEqual(set(requests.mapped("lot_size")), {10})
        self.live(30)
        self.assertEqual(requests.mapped("lot_size").count(10), 10, "one lot finds out for all")
        self.assertEqual(len(self.activities(requests)), 1)
        self.spoil(())
        self.live(3)
        self.assertFalse(self.activities(requests))

    def test_outage_that_begins_just_after_a_search_has_passed(self):
        requests = self.sent(20)
        self.wait(hours=12)
        self.run_cron("refresh")
        requests.next_try_at = self.frozen() + timedelta(minutes=5)
        self.spoil("all")
        self.wait(minutes=5)
        self.run_cron("refresh")
        self.live(20)
        self.assertEqual(set(requests.mapped("lot_failures")) & {0, 1}, set())
        self.assertEqual(set(requests.mapped("lot_size")), {10}, "no other has passed")
        self.live(30)
        self.assertEqual(requests.mapped("lot_size").count(10), 10, "one lot finds out for all")
        self.assertEqual(len(self.activities(requests)), 1)

    # === NUMBERS THAT ARE LOOKED UP BEFORE THEY GO === #

    def test_nothing_goes_beside_a_first_look_without_an_answer(self):
        old = self.queued(1)
        self.wait(minutes=61)
        new = self.queued(1)
        self.spoil("all", status=500)
        self.run_cron("send")
        self.assertEqual((old + new).mapped("state"), ["queued"] * 2)
        self.assertFalse(self.simulator.calls("send"))

    def check_number_that_spoils(self, requests, status):
        """The others go, new ones too; the one that spoils the question is told, and goes once it is answered."""
        bad, others = requests[0], requests[1:]
        self.spoil({bad.number}, status=status)
        self.live(2, 15, "send")
        self.assertEqual(set(others.mapped("state")), {"sent"})
        new = self.queued(1)
        self.live(3, 30, "send")
        self.assertEqual((bad.state, new.state), ("queued", "sent"))
        self.assertEqual(self.activities(requests), self.activities(bad))
        self.assertEqual(len(self.activities(bad)), 1)
        self.spoil(())
        self.live(1, 30, "send")
        self.assertEqual(bad.state, "sent")
        self.assertFalse(self.activities(bad))

    def test_number_that_spoils_the_first_look(self):
        for status in (500, 400):
            with self.subTest(status):
                requests = self.queued(4)
                self.wait(minutes=61)
                self.check_number_that_spoils(requests, status)

    def test_number_that_spoils_the_question_about_what_was_turned_away(self):
        for status in (500, 400):
            with self.subTest(status):
                requests = self.queued(4)
                requests.is_turned_away = True
                self.check_number_that_spoils(requests, status)

    def test_number_that_spoils_the_one_try_after_an_outage(self):
        requests = self.queued(4)
        requests.is_turned_away = True
        now = self.frozen()
        queue = {"holder_id": self.company.id, "environment": "simulator", "operation": "send"}
        self.env["urssaf.queue"].create({**queue, "failing_since": now, "failures": 1, "next_at": now})
        self.check_number_that_spoils(requests, 500)

    def test_outage_of_the_first_look_is_told_once(self):
        requests = self.queued(14)
        self.wait(minutes=61)
        self.spoil("all", status=500)
        self.live(4, 30, "send")
        self.assertEqual(len(self.activities(requests)), 1)
        self.spoil(())
        self.live(4, 15, "send")
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        self.assertFalse(self.activities(requests))

    def test_look_up_that_fails_stops_no_other(self):
        requests = self.queued(3)
        self.simulator.fault("send", "cut_after")
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"uncertain"})
        self.spoil({requests[1].number}, status=500)
        self.live(1, 20, "send")
        self.assertEqual(requests.mapped("state"), ["sent", "uncertain", "sent"])

    def test_client_who_cannot_be_looked_up_stops_no_other(self):
        registrations = self.env["urssaf.registration"]
        for name in ("un", "deux", "trois"):
            self.simulator.fault("register", "cut_after")
            email = f"{name}@example.com"
            partner = self.create_client(name=name, urssaf_birth_name=name, email=email)
            registrations += self.register(partner, email=email)
        self.assertEqual(set(registrations.mapped("state")), {"uncertain"})
        ask = UrssafClient.person_status

        def fail(client, **criterion):
            if criterion.get("email") == registrations[1].email:
                raise errors.OutcomeUnknown("status")
            return ask(client, **criterion)

        with patch.object(UrssafClient, "person_status", fail):
            self.live(1, 20, "registration")
        self.assertEqual(registrations.mapped("state"), ["waiting", "uncertain", "waiting"])
