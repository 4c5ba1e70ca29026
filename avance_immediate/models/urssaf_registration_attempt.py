from datetime import timedelta

from odoo import api, fields, models

from .. import parameters, wording

OUTCOMES = [
    ("under_way", "Under way"),
    ("accepted", "Accepted by Urssaf"),
    ("refused", "Refused"),
    ("not_sent", "Not sent"),
    ("unknown", "No certain answer"),
]


class UrssafRegistrationAttempt(models.Model):
    """One attempt to register a client, and what Urssaf made of it."""

    _name = "urssaf.registration.attempt"
    _inherit = "urssaf.guarded.mixin"
    _description = "Attempt to register a client"
    _order = "id desc"
    _rec_name = "outcome"

    registration_id = fields.Many2one(
        "urssaf.registration", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime(required=True, readonly=True)
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    is_automatic = fields.Boolean(
        string="Automatic", readonly=True, help="Asked for on the portal, and sent without anybody pressing a button."
    )
    problems = fields.Json(readonly=True)
    problem_html = fields.Html(string="Urssaf's reasons, and what to do", compute="_compute_problem_html")

    @api.depends("problems")
    @api.depends_context("lang")
    def _compute_problem_html(self):
        for attempt in self:
            attempt.problem_html = wording.as_html(self.env, attempt.problems, brief=True)

    @api.autovacuum
    def _gc_attempts(self):
        """Delete the attempts older than the number of days that the administrator chose, a part at a time.

        The last attempt of a registration that Urssaf refused stays: it is why the client must be asked something.

        :return: how many were deleted, and whether there are more
        """
        limit = fields.Datetime.now() - timedelta(days=parameters.ATTEMPT_DAYS.of_database(self.env))
        attempts = self.sudo()
        shown = attempts._read_group([("registration_id.state", "=", "refused")], ["registration_id"], ["id:max"])
        too_old = attempts.search(
            [("date", "<", limit), ("id", "not in", [last_id for _registration, last_id in shown])],
            order="date",
            limit=parameters.VACUUM_LIMIT,
        )
        too_old.unlink()
        return len(too_old), len(too_old) == parameters.VACUUM_LIMIT
