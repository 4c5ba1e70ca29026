import logging
from datetime import timedelta

import psycopg2
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import races, redaction, wording
from ..rights import USER, check_user, first_reader
from ..urssaf.http import errors
from .urssaf_credentials import ENVIRONMENTS

_logger = logging.getLogger(__name__)

RETRY_MINUTES = 15  # when Urssaf cannot be reached or asks to wait without saying how long


class UrssafRemoteMixin(models.AbstractModel):
    """What a registration and a payment request share: they live at Urssaf, and calls about them can fail.

    *Problems* are kept as data (``problems``) and put into words for whoever reads them, in their language:
    the same list feeds the form, the banner of the invoice, the chatter and the activity.

    *Commits*: a step that Urssaf saw is committed at once, whatever happens next. Code that calls Urssaf
    therefore runs between commits, and takes its locks as the first statement of a fresh transaction.
    """

    _name = "urssaf.remote.mixin"
    _inherit = [
        "urssaf.guarded.mixin",
        "urssaf.held.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "urssaf.lifecycle.mixin",
    ]
    _description = "Record that lives at Urssaf"

    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True, index=True)
    problems = fields.Json(readonly=True, copy=False)
    failed_at = fields.Datetime(
        readonly=True, copy=False, export_string_translation=False, help="When a call about it failed last."
    )
    problem_html = fields.Html(string="To handle", compute="_compute_problem_html")
    is_other_environment = fields.Boolean(compute="_compute_is_other_environment")

    @api.depends("problems")
    @api.depends_context("lang")
    def _compute_problem_html(self):
        for record in self:
            record.problem_html = wording.as_html(self.env, record.problems)

    @api.depends("environment", "holder_id.urssaf_environment")
    def _compute_is_other_environment(self):
        for record in self:
            record.is_other_environment = record.environment != record.sudo().holder_id.urssaf_environment

    # === TRANSACTIONS === #

    def _try_lock(self, *states):
        """Lock those records that can be locked, until the transaction ends; return those in one of ``states``.

        Records that another process holds are left to it. Must be called in a fresh transaction.
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset()
        return locked.filtered(lambda record: record.state in states)

    # === PROBLEMS AND ACTIVITIES === #

    def _responsible(self):
        """Return the user who gets the activities about this record: the first in charge who may read it."""
        self.ensure_one()
        return first_reader(self, self._in_charge())

    def _in_charge(self):
        """Return the users who have to do with this record, the nearest first."""
        companies = self.sudo()
        return companies.company_id.urssaf_user_id | companies.holder_id.urssaf_user_id | self.create_uid

    def _raise_problems(self, problems):
        """Keep ``problems`` and make sure that the person in charge has one activity about them.

        Telling somebody never undoes what Urssaf said: an activity that cannot be made is logged, and no more.

        :param problems: list of dictionaries as ``wording`` builds them
        """
        problems = wording.distinct(problems)
        for record in self:
            record.problems = problems
            self.env.flush_all()  # what cannot be stored is no matter of telling
            try:
                with self.env.cr.savepoint():
                    record._tell_responsible(problems)
            except psycopg2.OperationalError:
                raise
            except Exception as error:
                redaction.redact_traceback(error)
                _logger.exception("%s %s: nobody could be told", record._name, record.id)

    def _tell_responsible(self, problems):
        user = self._responsible()
        record = self.sudo().with_context(lang=user.lang, mail_activity_quick_update=True)
        values = {
            "summary": wording.first_title(record.env, problems),
            "note": wording.as_html(record.env, problems, brief=True),  # the record itself says more
        }
        activity = record._open_activities()[:1]
        if activity:
            activity.write(values)
        else:
            record.activity_schedule("avance_immediate.mail_activity_type_urssaf", user_id=user.id, **values)

    def _current_problems(self):
        """Return what a person must know of this record as it stands, as problems."""
        return []

    def _sync_problems(self, is_news=False, more=()):
        """Make the banner and the activity say what is true now: raised, changed, or closed.

        :param is_news: tell again even where the problems are those that were told
        :param more: problems of this moment, beside those of the record as it stands
        :return: the problems
        """
        problems = wording.distinct([*self._current_problems(), *more])
        if not problems:
            self._clear_problems()
        elif is_news or problems != self.problems:
            self._raise_problems(problems)
        return problems

    def _tell_that_calls_fail(self, error, doing):
        """Tell the person in charge, once for all of these records, that Urssaf cannot be asked about them.

        :param doing: what failed, of ``Lifecycle.patience``: an outage is told after so long, wrong rights at once
        :return: the record that tells it, if any
        """
        patience = self._lifecycle.patience[doing]
        moments = [
            next((record[name] for name in patience.since if record[name]), record.create_date) for record in self
        ]
        must_act = isinstance(error, (errors.WrongCredentials, errors.Unauthorised, errors.Forbidden))
        if must_act or fields.Datetime.now() - min(moments) > timedelta(hours=patience.hours):
            # Who can correct the credentials reads the records of their own company.
            first = self.filtered(lambda record: must_act and record.company_id == record.holder_id)[:1] or self[:1]
            first._raise_problems(first._current_problems() + wording.from_failure(error))
            return first
        return self.browse()

    def _clear_problems(self):
        """Forget the problems: they are solved, and so is the activity about them."""
        self.filtered("problems").problems = False
        for record in self:
            activities = record._open_activities()
            if activities:
                activities.sudo().action_feedback(feedback=self.env._("Solved."))

    def _open_activities(self):
        # Not `env.ref`, which asks the database each time.
        type_id = self.env["ir.model.data"]._xmlid_to_res_id("avance_immediate.mail_activity_type_urssaf")
        return self.activity_ids.filtered(lambda activity: activity.activity_type_id.id == type_id)

    def _log(self, body, problems=None):
        """Write a line in the chatter, in the language of the person in charge."""
        text = Markup("<p>%s</p>") % body + wording.as_html(self.env, problems, brief=True)
        self.sudo()._message_log_batch(dict.fromkeys(self.ids, text))

    # === CALLS === #

    def _is_due(self):
        """Tell whether Urssaf may be asked about this record now."""
        return not self.next_try_at or self.next_try_at <= fields.Datetime.now()

    def _postpone(self, error):
        """Ask nothing more of Urssaf for a while, about these records and those waiting for the same call.

        After a time-out, an outage or "too many calls", the next call would fare no better.
        """
        next_try_at = self._retry_at(error)
        self.write({"next_try_at": next_try_at, "failed_at": fields.Datetime.now()})
        if isinstance(error, errors.Refused):
            return  # that is about these records alone
        waiting = self.search(
            [
                ("holder_id", "=", self.holder_id.id),
                ("environment", "=", self[:1].environment),
                ("state", "in", self.mapped("state")),
                ("id", "not in", self.ids),
                "|",
                ("next_try_at", "<", next_try_at),
                "&",
                ("state", "=", "queued"),
                ("next_try_at", "=", False),
            ]
        )
        try:
            with races.expected(), self.env.cr.savepoint():
                waiting.try_lock_for_update(allow_referencing=True).next_try_at = next_try_at
                waiting.flush_recordset(["next_try_at"])
        except psycopg2.extensions.TransactionRollbackError:
            _logger.info("%s: others are at work on what waits, which is asked about all the same", self._name)

    @api.model
    def _retry_at(self, error=None):
        """Return when to ask again after ``error`` (an ``UrssafError``): what Urssaf said, else a little later."""
        seconds = getattr(error, "retry_after", None) or RETRY_MINUTES * 60
        return fields.Datetime.now() + timedelta(seconds=seconds)

    def _is_forgotten(self):
        """Tell whether a client among these was erased: of a call about them, no content is kept."""
        return False

    def _lock_to_erase(self):
        """Lock these records, also against new ones that refer to them, until the transaction ends.

        :raise UserError: somebody is at work on one of them
        """
        if self.try_lock_for_update() != self:
            raise UserError(
                self.env._("Nothing was erased: somebody is at work on this client. Try again in a minute.")
            )
        self.invalidate_recordset()

    def _exchange_subject(self):
        """Return what the exchanges call these records: never a name."""
        return ", ".join(f"#{record.id}" for record in self)

    def _personal_values(self):
        """Return the texts that tell whom these records are about, to be hidden wherever Urssaf repeats them.

        :return: a set of names, days (``YYYY-MM-DD``), e-mail addresses, accounts, telephone numbers
        """
        return set()

    def _client(self, records=None):
        """Return the API's client of the holder and environment of these records (all the same)."""
        return self.holder_id._urssaf_client(self[:1].environment, records=records if records is not None else self)

    # === INTERRUPTED === #

    @api.model
    def _recover_interrupted(self):
        """What was being sent by a process that died: nobody knows what Urssaf holds, so it is looked up."""
        self._run_due(Domain("state", "=", "sending"), lambda record: record._recover())

    def _recover(self):
        for record in self._lock_interrupted():
            record._outcome_unknown([wording.note("interrupted")])

    def _lock_interrupted(self):
        """Lock those of these records that are being sent, and by nobody; return them."""
        return self._try_lock("sending")

    # === FAILURES === #

    def _step_failed(self, error):
        """Say of each record that a step on it failed for a reason of our own; try again later."""
        _logger.exception("%s %s: the step failed", self._name, self.ids, exc_info=redaction.redact_traceback(error))
        problem = wording.note("step_failed", reason=self._reason(error))
        for record in self.exists():
            record.next_try_at = record.next_try_at and self._retry_at()
            current = [known for known in record._current_problems() if known["code"] != "step_failed"]
            record._raise_problems(current + [problem])

    def _reason(self, error):
        """Return why something failed here, for a note: an error of Odoo's may name the contact, a note does not."""
        return wording.reason(error, hide=self.exists()._personal_values())

    def _step_waits(self, problem):
        # EXTENDS urssaf.batch.mixin: the record says it too, unless it has something else to say
        told = super()._step_waits(problem)
        silent = self.exists().try_lock_for_update(allow_referencing=True).filtered(lambda record: not record.problems)
        silent.problems = [problem]
        return told

    def _step_alone(self, step):
        """Run ``step``, a function of one record, on each of these; what fails of ours stays with its record.

        :return: those for which it returned something true
        """
        try:
            with self.env.cr.savepoint():
                return self.filtered(step)
        except psycopg2.OperationalError:
            raise
        except Exception:
            done = self.browse()  # one of them fails, and is found below
        for record in self:
            try:
                with self.env.cr.savepoint():
                    if step(record):
                        done += record
            except psycopg2.OperationalError:
                raise
            except Exception as error:
                record.write({"next_try_at": self._retry_at(), "failed_at": fields.Datetime.now()})
                record._step_failed(error)
        return done

    # === ACTIONS === #

    def _check_user(self, group=USER):
        """Refuse who has no right, to do this or to these records, before more rights than theirs are used."""
        check_user(self.env, group)
        self.check_access("read")

    def action_open_exchanges(self):
        """Open the exchanges with Urssaf about this record."""
        self.ensure_one()
        self.check_access("read")
        self.env["urssaf.exchange"].check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Exchanges with Urssaf"),
            "res_model": "urssaf.exchange",
            "view_mode": "list,form",
            "domain": [("res_model", "=", self._name), ("res_keys", "like", f",{self.id},")],
        }
