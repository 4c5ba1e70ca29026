from odoo import sql_db
from odoo.tests import tagged

from .common import UrssafCommon

#: SQL queries that a run of the scheduled action takes: once, and for each request of full lots.
ONCE = 50
EACH = {"send": 5.2, "refresh": 2.3}
COUNT = 50


@tagged("post_install", "-at_install")
class TestLotQueries(UrssafCommon):
    """What sending and following ask of the database, which depends on no machine: a gain that is lost is seen here."""

    def queue(self):
        """Return queued requests in full lots."""
        moves = self.env["account.move"].union(*(self.create_service_invoice(post=False) for _index in range(COUNT)))
        moves.with_user(self.user).action_post()
        moves._urssaf_queue(trigger=False)
        # By the statistics, these tables are as empty as in the template: Odoo's joins would take minutes.
        self.env.cr.execute("ANALYZE account_move, account_move_line")
        return moves.urssaf_request_id

    def count(self, name):
        """Run a scheduled action; return how many SQL queries it took, from an empty cache to the commit."""
        self.env.cr.flush()
        self.env.invalidate_all()
        before = sql_db.sql_counter
        self.run_cron(name)
        self.env.cr.flush()
        return sql_db.sql_counter - before

    def test_send(self):
        requests = self.queue()
        self.assertLessEqual(self.count("send"), ONCE + EACH["send"] * COUNT)
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        self.assertEqual(len(self.simulator.requests()), COUNT)
        for request in requests:
            self.assertEqual(len(request.status_ids), 1)
            self.assertEqual(len(request.message_ids), 2, "queued, accepted: nothing of what is in between")

    def test_refresh_without_news(self):
        requests = self.queue()
        self.run_cron("send")
        self.wait(days=1)
        self.run_cron("refresh")
        self.wait(days=1)
        asked_at = set(requests.mapped("last_check_at"))
        self.assertLessEqual(self.count("refresh"), ONCE + EACH["refresh"] * COUNT)
        self.assertFalse(asked_at & set(requests.mapped("last_check_at")), "each was asked about")
