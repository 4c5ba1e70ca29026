from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import sql_db
from odoo.tests import tagged
from odoo.tools import SQL

from ..models import urssaf_batch_mixin
from ..models.urssaf_disagreement import NEXT_KIND
from ..models.urssaf_disagreement_kinds import KINDS
from .common import UrssafCommon

SHARE = 20


class RoundsCommon(UrssafCommon):
    """However much is due, a run takes a share of it; the scheduler calls again."""

    def setUp(self):
        super().setUp()
        self.patch(urssaf_batch_mixin, "SHARE", SHARE)
        self.other = self.env["res.company"].sudo().create({"name": "Une autre société"})

    def run_once(self, name):
        """Run an action once, as the scheduler does again and again; return what it reports as done and remaining."""
        cron = self.env.ref(f"avance_immediate.ir_cron_urssaf_{name}")
        self.env.invalidate_all(flush=True)
        with self.registry.cursor() as cr:  # its own, on which it may commit
            job, progress = cron.with_env(cron.env(cr=cr)).with_context(cron_id=cron.id)._add_progress()
            job._callback(cron.name, cron.ir_actions_server_id.id)
            reported = progress.done, progress.remaining
        self.env.invalidate_all()
        return reported

    def multiply(self, record, count, **values):
        """Copy the row of a record so many times, as it stands or with ``values``; return the copies.

        :param values: SQL by column
        """
        self.env.flush_all()
        columns = [name for name, field in record._fields.items() if field.store and field.column_type and name != "id"]
        chosen = [SQL(values[name]) if name in values else SQL.identifier(name) for name in columns]
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO %(table)s (%(columns)s) SELECT %(values)s FROM %(table)s, generate_series(1, %(count)s) n"
                " WHERE id = %(id)s RETURNING id",
                table=SQL.identifier(record._table),
                columns=SQL(", ").join(map(SQL.identifier, columns)),
                values=SQL(", ").join(chosen),
                count=count,
                id=record.id,
            )
        )
        self.env.invalidate_all()
        return record.browse(row[0] for row in rows)


@tagged("post_install", "-at_install")
class TestRounds(RoundsCommon):
    """Requests that were refused are asked about, and several may be about one invoice: here they stand for all."""

    def setUp(self):
        super().setUp()
        _move, self.request = self.sent_invoice()
        self.request._set_state("refused")
        self.asked = []
        rounds = self

        def refresh(lot):
            """Ask nothing of Urssaf, and plan the next question."""
            rounds.assertLessEqual(len(lot), 10)
            rounds.assertEqual(len(lot.holder_id), 1)
            rounds.asked.append((len(lot), lot.holder_id.id))
            lot.next_try_at = datetime.now() + timedelta(days=7)

        self.patch(type(self.request), "_refresh_batch", refresh)

    def due(self, count, company=None):
        """Return so many requests that are due, of a company."""
        company = company or self.company
        return self.multiply(
            self.request,
            count,
            number=f"'{company.id}/' || n",
            id_request=f"'{company.id}-' || n",
            company_id=str(company.id),
            holder_id=str(company.id),
            next_try_at="'2026-06-16'",
        )

    def run_refresh(self):
        self.asked.clear()
        return self.run_once("refresh")

    def test_a_run_takes_a_share(self):
        due = self.due(70)
        self.assertEqual(self.run_refresh(), (SHARE, 50))
        self.assertEqual([size for size, _company in self.asked], [10, 10])
        self.assertEqual(self.run_refresh(), (SHARE, 30))
        self.assertEqual(self.run_refresh(), (SHARE, 10))
        self.assertEqual(self.run_refresh(), (10, 0))
        self.assertEqual(self.run_refresh(), (0, 0))
        self.assertFalse(due.filtered(lambda request: request.next_try_at < datetime.now()))

    def test_the_scheduler_comes_back_until_all_is_done(self):
        due = self.due(70)
        self.run_cron("refresh")
        self.assertFalse(due.filtered(lambda request: request.next_try_at < datetime.now()))
        self.assertEqual(sum(size for size, _company in self.asked), 70, "none of them twice")

    def test_two_companies_advance_in_each_run(self):
        self.due(70)
        theirs = self.due(15, self.other)
        self.assertEqual(self.run_refresh(), (SHARE + 15, 50))
        self.assertEqual({company for _size, company in self.asked[:2]}, {self.company.id, self.other.id}, "by turns")
        self.assertFalse(theirs.filtered(lambda request: request.next_try_at < datetime.now()))

    def test_a_run_that_has_no_time_left_does_one_lot(self):
        """Odoo calls so, ten times at least, once its ten seconds are over: each company has its turn at times."""
        self.due(70)
        self.due(70, self.other)
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", self.without_time()):
            companies = [(self.run_refresh(), self.asked[0][1])[1] for _run in range(12)]
        self.assertEqual(len(set(companies)), 2)

    def without_time(self):
        original = type(self.env["ir.cron"])._commit_progress

        def commit_progress(cron, *args, **kwargs):
            original(cron, *args, **kwargs)
            return 0

        return commit_progress

    def test_questions_to_the_database_do_not_grow(self):
        counts = []
        for count in (60, 60, 600):
            due = self.due(count)
            self.env.invalidate_all()
            before = sql_db.sql_counter
            self.run_refresh()
            counts.append(sql_db.sql_counter - before)
            self.env.cr.execute("DELETE FROM urssaf_payment_request WHERE id = ANY(%s)", [due.ids])
            self.env.invalidate_all()
        self.assertEqual(*counts[1:])  # the first fills caches

    def test_what_must_wait_is_no_rest(self):
        """A queue that waits after an outage, or a company that uses another environment: nothing comes back for it."""
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(3)))
        moves._urssaf_queue(trigger=False)
        self.patch(urssaf_batch_mixin, "SHARE", 2)
        self.company.urssaf_environment = "sandbox"
        self.assertEqual(self.run_once("send"), (0, 0))
        self.company.urssaf_environment = "simulator"
        self.assertEqual(self.run_once("send"), (2, 1))

    def test_check_goes_on_where_its_time_was_up(self):
        looked = []
        model = type(self.env["urssaf.disagreement"])
        self.patch(model, "_look_for", lambda _check, code, companies=None: looked.append(code))
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", self.without_time()):
            for _run in range(len(KINDS)):
                self.run_once("check")
        self.assertEqual(looked, list(KINDS))
        self.assertFalse(self.env["ir.config_parameter"].sudo().get_param(NEXT_KIND))
        self.run_once("check")
        self.assertEqual(looked, list(KINDS) * 2)


@tagged("post_install", "-at_install")
class TestQuietCalls(UrssafCommon):
    """What was read without news is marked, and kept for fewer days."""

    def calls(self, operation):
        return self.env["urssaf.exchange"].search([("operation", "=", operation)], order="id")

    def test_payment_requests(self):
        _move, first = self.sent_invoice()
        _move, second = self.sent_invoice()
        before = self.calls("search")
        (first + second).with_user(self.user).action_refresh()
        self.simulator.step(second, "notify", force=True)
        self.wait(minutes=1)
        (first + second).with_user(self.user).action_refresh()
        self.wait(minutes=1)
        self.simulator.fault("search", "500", times=3)
        (first + second).with_user(self.user).action_refresh()
        self.simulator.call("DELETE", "faults")
        calls = self.calls("search") - before
        quiet = calls.mapped("is_quiet")
        self.assertEqual(quiet[:2], [True, False])
        self.assertFalse(any(quiet[2:]), "what failed is kept")
        self.assertFalse(self.calls("send").filtered("is_quiet"))

    def test_registrations(self):
        self.assertFalse(self.calls("status").filtered("is_quiet"), "activated")
        self.wait(minutes=1)
        self.registration.with_user(self.user).action_refresh()
        self.assertEqual(self.calls("status").mapped("is_quiet")[-1:], [True])
        self.simulator.person_step(self.registration, "block")
        self.wait(minutes=1)
        self.registration.with_user(self.user).action_refresh()
        self.assertEqual(self.calls("status").mapped("is_quiet")[-2:], [True, False])
