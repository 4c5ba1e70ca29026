from datetime import datetime

from odoo import api, fields, models

from .. import parameters, wording
from ..rights import MANAGER
from ..urssaf.http import errors
from ..urssaf.rules import outage

MUST_ACT = (errors.WrongCredentials, errors.Unauthorised, errors.Forbidden)


class UrssafPaymentRequest(models.Model):
    """What becomes of requests whose sendings fail, and of those that wait for it: docs/money.md, rule 4."""

    _inherit = "urssaf.payment.request"

    first_unknown_at = fields.Datetime(readonly=True, copy=False, help="When an answer to its sending was first lost.")
    blamed_count = fields.Integer(
        readonly=True, copy=False, aggregator=None, help="How often its sending failed while others passed."
    )
    is_sending_stopped = fields.Boolean(
        compute="_compute_is_sending_stopped", compute_sudo=True, export_string_translation=False
    )
    stopped_html = fields.Html(
        compute="_compute_is_sending_stopped", compute_sudo=True, export_string_translation=False
    )

    @api.depends("state", "holder_id", "environment")
    @api.depends_context("lang")
    def _compute_is_sending_stopped(self):
        queues = self.env["urssaf.queue"]
        stopped = queues.search([("stopped_at", "!=", False)])
        told = {(q.holder_id, q.environment): queues._stopped_problems(q.holder_id, q.environment) for q in stopped}
        for request in self:
            waits = request.state in ("queued", "uncertain")
            problems = told.get((request.holder_id, request.environment)) if waits else None
            request.is_sending_stopped = bool(problems)
            request.stopped_html = wording.as_html(self.env, problems)

    def _queue(self):
        """Return the queue of the sendings of these requests, of one holder and environment."""
        return self.env["urssaf.queue"]._of(self)

    def _last_tried_at(self):
        """Return when Urssaf was last told of this request or asked about it in vain, or the beginning of time."""
        return max(self.sent_at or datetime.min, self.failed_at or datetime.min)

    def _blame(self):
        """Its sending failed while others pass. Somebody at work on it now makes it go once more, and no harm."""
        for request in self.try_lock_for_update(allow_referencing=True):
            request.blamed_count += 1

    def _attempts(self):
        """Return how this request fared that was sent without an answer, as the rules take it."""
        return outage.Attempts(
            sent=self.send_count,
            limit=parameters.MAX_SENDS.of_company(self.holder_id),
            since=self.first_unknown_at or self.sent_at,
            last_at=self.sent_at,
            blamed=self.blamed_count,
        )

    def _why_not_again(self):
        """Return the code of why a person decides about this request, which Urssaf does not hold, or ``None``."""
        queue = self._queue()
        return self._attempts().reason_to_stop(
            fields.Datetime.now(),
            is_alone=queue.suspect_id == self.id,
            others_passed_at=queue._last_passed(self.environment),
        )

    def _tell_that_calls_fail(self, error, doing):
        # EXTENDS urssaf.remote.mixin: an outage of the sending that was told is not told for each request that it left
        if doing == "look_up" and not isinstance(error, MUST_ACT) and self._queue().told:
            return self.browse()
        return super()._tell_that_calls_fail(error, doing)

    def action_restart_sending(self):
        """Send again what has waited since the sending stopped: a manager has looked at what Urssaf says of it."""
        self._check_user(MANAGER)
        for requests in self.sudo().grouped(lambda r: (r.holder_id, r.environment)).values():
            requests._queue()._open()
