import logging
from datetime import datetime, timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from .. import races, redaction, wording
from ..urssaf.rules import outage
from .urssaf_credentials import ENVIRONMENTS

_logger = logging.getLogger(__name__)

SEND, SEARCH = "send", "search"
REQUEST = "urssaf.payment.request"
ACTIVITY = "avance_immediate.mail_activity_type_urssaf_outage"
TOLD_AGAIN = timedelta(days=1)
PASSED_MINUTES = 10  # how exactly it is kept when calls last passed: each lot would write it otherwise


class UrssafQueue(models.Model):
    """How calls of one operation go with the credentials of one company, in one environment: docs/money.md, rule 4.

    It delays what is asked of Urssaf, and says nothing of whether a request may go again: losing a line of it loses
    time. So it is written in a transaction of its own, after what Urssaf answered was committed, and whoever finds it
    locked leaves it to the other.
    """

    _name = "urssaf.queue"
    _inherit = "urssaf.batch.mixin"
    _description = "Calls to Urssaf that wait"
    _rec_name = "operation"

    holder_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    operation = fields.Selection([(SEND, "Sending"), (SEARCH, "Following")], required=True, readonly=True)
    failing_since = fields.Datetime(readonly=True)
    failed_at = fields.Datetime(readonly=True, export_string_translation=False)
    failures = fields.Integer(readonly=True)
    suspect_id = fields.Integer(readonly=True, help="The one payment request that all of them were about.")
    next_at = fields.Datetime(readonly=True)
    passed_at = fields.Datetime(readonly=True, help="When a call passed last, to some minutes.")
    stopped_at = fields.Datetime(readonly=True)
    told = fields.Char(readonly=True, help="What somebody was told of since it fails.")
    told_at = fields.Datetime(readonly=True, export_string_translation=False)

    _once = models.Constraint("UNIQUE(holder_id, environment, operation)", "This queue exists already.")

    @api.model
    def _of(self, records, operation=SEND):
        """Return the queue of an operation about these records, of one holder and environment; empty: nothing known."""
        return self.sudo().search_fetch(
            [
                ("holder_id", "=", records.holder_id.id),
                ("environment", "=", records[:1].environment),
                ("operation", "=", operation),
            ],
            limit=1,
        )

    @api.model
    def _made_of(self, records, operation):
        """Return the queue as ``_of``, made where there is none yet."""
        queue = self._of(records, operation)
        if not queue:
            # By SQL, since the ORM's way would end in an error where another process makes it.
            self.env.cr.execute(
                SQL(
                    """INSERT INTO urssaf_queue (holder_id, environment, operation, failures, suspect_id)
                       VALUES (%s, %s, %s, 0, 0) ON CONFLICT DO NOTHING""",
                    records.holder_id.id,
                    records[:1].environment,
                    operation,
                )
            )
            queue = self._of(records, operation)
        return queue

    def _calls(self):
        calls = outage.Calls(
            failing_since=self.failing_since or None,
            failures=self.failures,
            suspect=self.suspect_id,
            next_at=self.next_at or None,
            failed_at=self.failed_at or None,
        )
        return calls.at(fields.Datetime.now())

    def _elsewhere(self):
        # OVERRIDE urssaf.batch.mixin: of credentials of another database
        return self.env["urssaf.credentials"]._held_elsewhere(self)

    def _keep(self, calls, **values):
        self.write(
            {
                "failing_since": calls.failing_since,
                "failures": calls.failures,
                "suspect_id": calls.suspect,
                "next_at": calls.next_at,
                "failed_at": calls.failed_at,
                **values,
            }
        )

    # === WHAT MAY GO === #

    @api.model
    def _let_through(self, requests):
        """Return those of these queued requests that may be sent now: all, none, or one alone, to try.

        The one is another than those that failed last, where there is another.
        """
        allowed = requests.browse()
        for group in requests.grouped(lambda r: (r.holder_id, r.environment)).values():
            queue = self._of(group)
            if queue.stopped_at or not queue._calls().may_go(fields.Datetime.now()):
                continue
            if queue.failing_since:
                group = group.sorted(lambda r: (r._last_tried_at(), r.queued_at or r.create_date, r.id))[:1]
            allowed |= group
        return allowed

    # === HOW A CALL WENT === #

    @api.model
    def _note(self, operation, records, passed, retry_after=None):
        """Note that a call about ``records`` passed or failed, and commit; called after the commit of its answer.

        :param passed: ``None``: it failed, and was no call of this operation, or one that delays no other
        :param retry_after: seconds to wait, where Urssaf said so
        """
        if passed and self._of(records, operation)._is_known_to_pass():
            return
        try:
            with races.expected():
                locked = self._made_of(records, operation).try_lock_for_update(allow_referencing=True)
                locked.invalidate_recordset()
                if passed:
                    locked._passed(records)
                elif passed is None and locked:
                    locked._keep(locked._calls().unanswered(fields.Datetime.now()))
                elif locked:
                    locked._failed(records, retry_after)
                self._commit()
        except psycopg2.extensions.TransactionRollbackError:
            # Another process has just noted how its own call went.
            self.env.cr.rollback()
            self.env.invalidate_all()

    def _failed(self, records, retry_after):
        calls = self._calls().failed(records.ids, fields.Datetime.now(), retry_after)
        self._keep(calls)
        if self.operation == SEND:
            self._trigger("send", at=calls.next_at)

    def _passed(self, records):
        """Open these queues, and blame who alone failed before."""
        now = fields.Datetime.now()
        for queue in self:
            if queue.failing_since or queue.told:
                culprit = queue._calls().culprit(records.ids)
                self.env[REQUEST].browse(culprit or []).exists()._blame()
                queue._open()
            queue.passed_at = now

    def _is_known_to_pass(self):
        """Tell whether it is noted that calls pass, and was a moment ago, after the last failure: nothing changes."""
        passed_at = self.passed_at or datetime.min
        if self.failing_since or self.told or (self.failed_at and self.failed_at >= passed_at):
            return False
        return timedelta() <= fields.Datetime.now() - passed_at < timedelta(minutes=PASSED_MINUTES)

    def _open(self):
        """Begin anew: what waits goes at once."""
        self._keep(outage.Calls(), stopped_at=False, told=False, told_at=False)
        if sending := self.filtered(lambda queue: queue.operation == SEND):
            sending._activities().action_feedback(feedback=self.env._("Solved."))
            for queue in sending:
                # Their sendings were spread over an outage, which is over.
                spread = queue._waiting().filtered(lambda r: r.state == "queued" and r.first_unknown_at)
                spread.try_lock_for_update(allow_referencing=True).next_try_at = False
            self._trigger("send")

    @api.model
    def _last_passed(self, environment, operation=SEND):
        """Return when calls of an operation last passed, of any company."""
        domain = [("environment", "=", environment), ("operation", "=", operation), ("passed_at", "!=", False)]
        return self.sudo().search(domain, order="passed_at DESC", limit=1).passed_at or None

    # === OUTAGES === #

    @api.model
    def _watch(self):
        """Tell of each outage, and stop what has failed for days; called from the scheduled action."""
        failing = self.sudo().search([("failing_since", "!=", False), ("operation", "=", SEND)])
        # Companies have one activity: that of a queue no longer used is closed before another's is made.
        failing = failing.sorted(lambda queue: queue._is_used())
        self._run_in_batches(failing, 1, lambda queue: queue._watch_one())

    def _watch_one(self):
        queue = self.try_lock_for_update(allow_referencing=True)
        queue.invalidate_recordset()
        calls, now = queue._calls(), fields.Datetime.now()
        if not queue:
            return  # a call is being noted
        if not queue._is_used():
            queue._leave()
        elif not queue._waiting():
            queue._open()
        elif queue.stopped_at or calls.must_stop():
            queue.stopped_at = queue.stopped_at or now
            queue._tell("sending_stopped")
        elif calls.must_be_told(others_pass=queue._others_pass()):
            queue._tell("sending_fails")

    def _working_company(self):
        # OVERRIDE urssaf.batch.mixin: the only one there is
        return self.sudo().holder_id[:1]

    def _is_used(self):
        """Tell whether the company uses the environment of this queue."""
        return self.environment == self.holder_id.urssaf_environment

    def _leave(self):
        """Nobody needs to know while the company uses another environment: what stopped stays so until it is back."""
        if self.told:
            self._activities().action_feedback(feedback=self.env._("Solved."))
            self.write({"told": False, "told_at": False})

    def _working_lang(self):
        # OVERRIDE urssaf.batch.mixin: of whoever is told
        return self.holder_id._urssaf_key_responsible().lang or self.env.lang

    def _step_failed(self, error):
        # OVERRIDE urssaf.batch.mixin: the next run looks again
        _logger.error("Queues %s: nobody was told", self.ids, exc_info=redaction.redact_traceback(error))

    def _waiting(self):
        """Return the payment requests that wait for this queue."""
        return self.env[REQUEST].search(
            [
                ("holder_id", "=", self.holder_id.id),
                ("environment", "=", self.environment),
                ("state", "in", ("queued", "sending", "uncertain")),
                ("needs_person", "=", False),
            ]
        )

    def _others_pass(self):
        """Tell whether calls have passed since the suspect failed first."""
        suspect = self.env[REQUEST].browse(self.suspect_id or []).exists()
        passed_at = self._last_passed(self.environment)
        return bool(suspect.first_unknown_at and passed_at and passed_at > suspect.first_unknown_at)

    def _tell(self, code):
        """Tell the person in charge, once for the whole queue; that nothing is sent any more, each day anew.

        Without an activity, nobody was told: the next run tells.
        """
        now = fields.Datetime.now()
        is_lately = self.told_at and timedelta() <= now - self.told_at < TOLD_AGAIN
        if self.told == code and (is_lately or code != "sending_stopped"):
            return
        problem = wording.note(code, since=self._failing_since_text(), count=str(len(self._waiting())))
        if self.holder_id._urssaf_tell_once(problem, ACTIVITY):
            self.write({"told": code, "told_at": now})

    def _failing_since_text(self):
        return format_datetime(self.env, self.failing_since, tz="Europe/Paris", dt_format="short")

    @api.model
    def _stopped_problems(self, holder, environment):
        """Return as problems, for whoever reads, that nothing is sent with these credentials, and who can change it."""
        stopped = [
            ("holder_id", "=", holder.id),
            ("environment", "=", environment),
            ("operation", "=", SEND),
            ("stopped_at", "!=", False),
        ]
        queue = self.sudo().search(stopped, limit=1)
        if not queue:
            return []
        names = holder._urssaf_managers().mapped("name")
        who = ", ".join(names) or self.env._("a user whom an administrator makes a manager of the avance immédiate")
        return [wording.note("sending_is_stopped", since=queue._failing_since_text(), who=who)]

    def _activities(self):
        return self.holder_id._urssaf_activities(ACTIVITY)
