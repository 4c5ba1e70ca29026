import logging
from datetime import timedelta

import psycopg2

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.constants import GC_UNLINK_LIMIT

from .. import parameters, wording
from ..urssaf.http import errors
from ..urssaf.tiers_prestation import codes

_logger = logging.getLogger(__name__)

OUTCOMES = [
    ("under_way", "Under way"),
    ("accepted", "Taken by Urssaf"),
    ("refused", "Refused"),
    ("not_sent", "Not sent"),
    ("unknown", "No certain answer"),
]


class UrssafRegistration(models.Model):
    """Registering a client at Urssaf, and keeping each attempt: docs/api.md §2.1."""

    _inherit = "urssaf.registration"

    attempt_ids = fields.One2many("urssaf.registration.attempt", "registration_id", string="Attempts", readonly=True)

    # === REGISTERING === #

    def action_register(self):
        """Open the window where the client's consent is recorded, and from which the client is registered."""
        self.ensure_one()
        self._check_may_act()
        self._refuse_unless_open()
        self._refuse_incomplete()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register with Urssaf"),
            "res_model": "urssaf.register",
            "view_mode": "form",
            "target": "new",
            # Created here: what is confirmed is what it shows, not what the registration becomes meanwhile.
            "res_id": self.env["urssaf.register"].create({"registration_id": self.id}).id,
        }

    def _refuse_unless_open(self):
        if not self.is_open:
            raise UserError(self.env._("This client is registered already, or about to be."))

    def _refuse_incomplete(self):
        problems = self._problems_before()
        if problems:
            raise UserError(
                self.env._("Before %(client)s can be registered:", client=self.partner_id.name)
                + "\n\n"
                + wording.as_text(self.env, problems)
            )

    def _register_client(self, *, by_itself=False):
        """Register this client, once. The transaction is committed on the way.

        As for payment requests: locked first, written before it leaves, and the lock held through the call.

        :param by_itself: nobody has pressed a button: the attempt counts against the limits of those
        """
        self.ensure_one()
        if self.state == "to_complete":
            self._refuse_incomplete()
        self._commit()
        registration = self._claim("to_register", "refused", "ended")
        if not registration:
            raise UserError(self.env._("This client is registered already, or about to be."))
        registration._refuse_incomplete()
        registration._refuse_without_consent()
        # What was checked is what goes: the contact, which nobody locks, may change after the commit below.
        person = registration._person()
        with registration._client() as client:
            # Registered again: what Urssaf said of the first time no longer holds.
            afresh = dict.fromkeys(
                ("id_client", "active_since", "urssaf_status", "absent_since", "refusal_codes"), False
            )
            registration._set_state("sending", sent_at=fields.Datetime.now(), **afresh)
            registration.attempt_ids = [
                Command.create({"date": fields.Datetime.now(), "outcome": "under_way", "by_itself": by_itself})
            ]
            registration._commit()
            registration = registration._claim("sending")
            if registration:
                registration._call_register(client, person)
                registration._commit()
                registration._mail_client()

    def _call_register(self, client, person):
        try:
            id_client = client.register(person)
        except errors.Refused as error:
            self._register_refused(error)
        except (errors.NotSent, errors.NotTaken) as error:
            problems = wording.from_failure(error)
            self._set_state("to_register")
            self._keep_attempt("not_sent", problems)
            self._raise_problems(problems)
        except UserError:
            # The barrier, or the store of the token: nothing has left.
            self._set_state("to_register")
            self._keep_attempt("not_sent")
            self._commit()
            raise
        except Exception as error:
            # No answer, or one that nobody understands: the client may be registered.
            is_known = isinstance(error, errors.UrssafError)
            problems = wording.from_failure(error if is_known else errors.OutcomeUnknown("register"))
            self._outcome_unknown(problems)
        else:
            self._keep_answer(id_client)

    def _keep_answer(self, id_client):
        """Keep that Urssaf registered the client; where that fails, Urssaf is asked again what it holds."""
        try:
            with self.env.cr.savepoint():
                self._registered(id_client)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            _logger.error("The answer about the registration %s could not be kept: %s", self.id, type(error).__name__)
            self.invalidate_recordset()
            self._outcome_unknown([wording.note("interrupted")])

    def _register_refused(self, error):
        problems = wording.from_errors(error.errors)
        if codes.may_be_held(error.codes):
            # Linked already, or a fault of Urssaf's: it may know this client.
            self._outcome_unknown(problems)
        else:
            self._set_state("refused", refusal_codes=list(error.codes))
            self._keep_attempt("refused", problems)
            self._raise_problems(problems)
            self._log(self.env._("Urssaf refused the registration."), problems)

    def _registered(self, id_client):
        self._set_state("waiting", id_client=id_client)
        self._keep_attempt("accepted")
        self._clear_problems()
        self._log(
            self.env._("Registered with Urssaf. The client receives an e-mail and activates the account within 7 days.")
        )

    def _outcome_unknown(self, problems):
        self._set_state("uncertain", problems=problems, next_try_at=fields.Datetime.now())
        self._keep_attempt("unknown", problems)
        self._log(self.env._("No certain answer: Urssaf is asked whether it knows this client."))
        self._trigger("registration")

    def _keep_attempt(self, outcome, problems=None):
        """Say what became of the attempt that is under way."""
        values = {"date": fields.Datetime.now(), "outcome": outcome, "problems": problems or False}
        if attempt := self.attempt_ids.filtered(lambda attempt: attempt.outcome == "under_way")[:1]:
            attempt.write(values)
        else:  # of a former version, which wrote it down afterwards
            self.attempt_ids = [Command.create(values)]

    # === WHY URSSAF REFUSED === #

    def _codes_of_refusal(self):
        """Return the codes of Urssaf's last refusal; none where the registration is not refused."""
        self.ensure_one()
        return (self.refusal_codes or []) if self.state == "refused" else []

    def _add_problem(self, problem):
        """Tell of one more problem; what is known already, such as why Urssaf refused, stays."""
        for registration in self:
            known = [each for each in registration.problems or [] if each["code"] != problem["code"]]
            registration._raise_problems([*known, problem])


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
    by_itself = fields.Boolean(
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
            limit=GC_UNLINK_LIMIT,
        )
        too_old.unlink()
        return len(too_old), len(too_old) == GC_UNLINK_LIMIT
