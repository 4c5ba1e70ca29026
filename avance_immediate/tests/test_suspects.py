import io
import json
from datetime import timedelta

from requests import Response

from odoo.tests import tagged

from .common import UrssafCommon

SEARCH = "/demandePaiement/rechercher"


@tagged("post_install", "-at_install")
class TestSuspects(UrssafCommon):
    """A search that fails for a lot is repeated; by halves where the lot is to blame: docs/money.md, rule 4."""

    _spoilt = ()

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if r.url.endswith(SEARCH):
            ids = json.loads(r.body.getvalue()).get("idDemandePaiements", ())
            cls._asked.append(len(ids))
            if set(cls._spoilt) & set(ids) or cls._spoilt == "all":
                answer = Response()
                answer.status_code, answer.url, answer.request = 400, r.url, r
                answer.raw = io.BytesIO(json.dumps([{"code": cls._code, "message": "", "description": ""}]).encode())
                return answer
        return super()._request_handler(s, r, **kw)

    def setUp(self):
        super().setUp()
        type(self)._asked = []
        self.spoil(())
        self.addCleanup(self.spoil, ())

    def spoil(self, ids, code="ERREUR_TECHNIQUE"):
        """Answer with ``code`` to each search for one of these references, or for ``"all"``."""
        type(self)._spoilt, type(self)._code = ids, code

    def sent(self, count):
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(count)))
        moves._urssaf_queue(trigger=False)
        self.run_cron("send")
        requests = moves.urssaf_request_id
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        type(self)._asked = []
        return requests

    def live(self, hours, minutes=60):
        for _run in range(hours * 60 // minutes):
            self.wait(minutes=minutes)
            self.run_cron("refresh")

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

    def test_outage_halves_nothing_and_is_told_once(self):
        requests = self.sent(20)
        self.spoil("all")
        self.live(20)
        self.assertEqual(set(requests.mapped("lot_size")), {10})
        self.live(10)
        self.assertEqual(len(self.activities(requests)), 1)
        self.spoil(())
        self.live(3)
        self.assertFalse(self.activities(requests))
