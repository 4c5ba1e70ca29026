import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .. import parameters, paris, races, redaction, rights, wording
from ..catalogue.disagreements import DISAGREEMENTS
from .urssaf_credentials import ENVIRONMENTS
from .urssaf_disagreement_kinds import KINDS, PAYMENT, REQUEST

_logger = logging.getLogger(__name__)

BATCH_SIZE = 50  # told between two commits
KEPT_DAYS = 365  # after it was solved
NEXT_KIND = "avance_immediate.check_next"  # where the check goes on, whose time was up
ACTIVITY = "avance_immediate.mail_activity_type_urssaf_check"
#: Read by the queries of the kinds, without the ORM's knowing.
READ = (
    *("urssaf.payment.request", "urssaf.payout", "urssaf.recovery", "urssaf.transfer", "account.payment"),
    *("account.move", "account.move.line", "account.partial.reconcile", "res.company", "account.account"),
    *("account.bank.statement.line", "res.partner"),
)


class UrssafDisagreement(models.Model):
    """Something between Urssaf, the books and the bank that does not agree: found each night, gone when it is gone.

    One record, and one activity on the record concerned, however often it is found. Whoever marks the activity as done
    is not told again; the record stays until the matter is solved.
    """

    _name = "urssaf.disagreement"
    _inherit = ["urssaf.guarded.mixin", "urssaf.batch.mixin"]
    _description = "Disagreement of the books with Urssaf"
    _order = "found_at desc, id desc"

    kind = fields.Selection("_selection_kind", required=True, readonly=True, index=True)
    res_model = fields.Char(string="Kind of record", required=True, readonly=True)
    res_id = fields.Many2oneReference(string="Record concerned", model_field="res_model", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    environment = fields.Selection(
        ENVIRONMENTS, readonly=True, help="Empty where it is a matter of the account, whatever paid into it."
    )
    number = fields.Char(readonly=True, help="Of the payment request, the payment or the entry.")
    amount = fields.Monetary(readonly=True)
    other_amount = fields.Monetary(readonly=True, help="What it should be.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    found_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    solved_at = fields.Datetime(readonly=True, index=True)
    is_told = fields.Boolean(readonly=True, help="Somebody had an activity about it.")
    activity_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )
    matter = fields.Char(string="What is the matter", compute="_compute_words")
    repair = fields.Char(string="What to do", compute="_compute_words")

    _once = models.Constraint("UNIQUE(kind, res_model, res_id)", "This disagreement is known already.")

    @api.model
    def _selection_kind(self):
        return [(code, wording.say(self.env, DISAGREEMENTS[code].name)) for code in KINDS]

    @api.depends("kind", "number", "amount", "other_amount")
    @api.depends_context("lang")
    def _compute_words(self):
        for disagreement in self:
            problem = disagreement._problem()
            disagreement.matter, disagreement.repair = wording.describe(self.env, problem)

    @api.depends("number")
    def _compute_display_name(self):
        for disagreement in self:
            disagreement.display_name = disagreement.number or disagreement.kind

    def _problem(self):
        """Return this disagreement as ``wording`` takes it, with its amounts in the language of the reader."""
        params = {
            "number": self.number or "",
            "amount": wording.money(self.env, self.amount, self.currency_id),
            "other": wording.money(self.env, self.other_amount, self.currency_id),
        }
        return {"kind": "disagreement", "code": self.kind, "params": params}

    def action_open(self):
        """Open the record that is concerned."""
        self.ensure_one()
        self.check_access("read")
        return self.env[self.res_model].browse(self.res_id)._get_records_action()

    # === LOOKING === #

    @api.model
    def _cron_check(self):
        """Find, each night, what does not agree; tell about what is new, and close what is gone."""
        cron = self.env["ir.cron"]
        codes = self._kinds_left()
        cron._commit_progress(remaining=len(codes))
        for place, code in enumerate(codes, 1):
            try:
                with races.expected():
                    self._look_for(code)
            except psycopg2.extensions.TransactionRollbackError:
                # Somebody else works on these records: the next night sees what they became.
                self.env.cr.rollback()
                self.env.invalidate_all()
            except Exception as error:
                self.env.cr.rollback()
                self.env.invalidate_all()
                _logger.exception("Check %s failed", code, exc_info=redaction.redact_traceback(error))
            if not cron._commit_progress(1) and place < len(codes):
                self.env["ir.config_parameter"].set_param(NEXT_KIND, codes[place])
                return
        for domain, step in ((self._untold(), self._tell_batch), (self._done_with(), self._close_batch)):
            self._run_in_batches(self.search(domain), BATCH_SIZE, step, key=lambda found: found.company_id)

    @api.model
    def _kinds_left(self):
        """Return the kinds to look for: all, or those for which the scheduler's time was up when it last called."""
        stored = self.env["ir.config_parameter"]
        following = stored.get_param(NEXT_KIND)
        codes = list(KINDS)
        if not following:
            return codes
        stored.set_param(NEXT_KIND, False)
        return codes[codes.index(following) :] if following in codes else codes

    @api.model
    def _check_now(self, companies):
        """Look at once, for somebody who waits, in ``companies`` alone, and tell as the scheduled action does.

        :raise UserError: the scheduled action is at it
        """
        check = self.sudo()
        if not self.env.ref("avance_immediate.ir_cron_urssaf_check").sudo().try_lock_for_update(allow_referencing=True):
            raise UserError(self.env._("Somebody is checking the books at this moment: look again in a minute."))
        for code in KINDS:
            check._look_for(code, companies)
        ours = Domain("company_id", "in", companies.ids)
        check._tell_batch(check.search(check._untold() & ours))
        check._close_batch(check.search(check._done_with() & ours))

    @api.model
    def _look_for(self, code, companies=None):
        """Bring what is kept of a kind to what is found now.

        :param companies: those to look at; all where none are given
        """
        for model in READ:
            self.env[model].flush_model()
        query = KINDS[code].query(paris.today())
        where = SQL("company = ANY(%s)", companies.ids) if companies is not None else SQL("TRUE")
        # A request of two payouts is found twice.
        once = "SELECT {0}, sum(amount) AS amount, sum(other) AS other FROM (%s) AS found WHERE %s GROUP BY {0}"
        rows = self.env.execute_query_dict(SQL(once.format("record, company, environment, number"), query, where))
        found = {row["record"]: self._values_of(row) for row in rows}
        if found and (true_of := KINDS[code].true_of):
            true = true_of(self.env[KINDS[code].model].browse(found))
            found = {record: values for record, values in found.items() if record in true.ids}
        domain = Domain("kind", "=", code)
        if companies is not None:
            domain &= Domain("company_id", "in", companies.ids)
        now = fields.Datetime.now()
        for known in self.search(domain):
            values = found.pop(known.res_id, None)
            if values is None:
                if not known.solved_at:
                    known.solved_at = now
            elif known.solved_at:
                known.write({**values, "found_at": now, "solved_at": False, "is_told": False})
            elif changed := {name: value for name, value in values.items() if known._differs(name, value)}:
                known.write(changed)
                known._say_again()
        own = {"kind": code, "res_model": KINDS[code].model}
        self.create([{**own, "res_id": record, **values} for record, values in found.items()])

    @api.model
    def _values_of(self, row):
        return {
            "company_id": row["company"],
            "environment": row["environment"] or False,
            "number": row["number"] or False,
            "amount": float(row["amount"] or 0),
            "other_amount": float(row["other"] or 0),
        }

    def _differs(self, name, value):
        field = self._fields[name]
        if field.type == "monetary":
            return bool(self.currency_id.compare_amounts(self[name], value))
        return field.convert_to_write(self[name], self) != value

    # === TELLING === #

    @api.model
    def _untold(self):
        return Domain("solved_at", "=", False) & Domain("is_told", "=", False)

    @api.model
    def _done_with(self):
        """Those that are solved, and about which somebody has an activity still."""
        return Domain("solved_at", "!=", False) & Domain("activity_id.active", "=", True)

    def _tell_batch(self, batch):
        """Give whoever is in charge one activity about each of ``batch``, unless the request tells the same already."""
        for found in batch - batch._told_by_requests():
            try:
                with self.env.cr.savepoint():
                    found._tell()
            except psycopg2.OperationalError:
                raise
            except Exception as error:
                redaction.redact_traceback(error)
                _logger.exception("Disagreement %s: nobody could be told", found.id)

    def _tell(self):
        user = self._responsible()
        record = self._record().with_context(mail_activity_quick_update=True)
        activity = record.activity_schedule(ACTIVITY, user_id=user.id, **self._words_for(user))
        self.write({"activity_id": activity.id, "is_told": True})

    def _say_again(self):
        """Let the open activity say the amounts of today."""
        activity = self.activity_id
        if activity.active:
            activity.write(self._words_for(activity.user_id))

    def _words_for(self, user):
        problems = [self.with_context(lang=user.lang)._problem()]
        env = self.with_context(lang=user.lang).env
        return {
            "summary": wording.first_title(env, problems),
            "note": wording.as_html(env, problems, brief=True),
        }

    def _close_batch(self, batch):
        """Close the activities about what is solved."""
        batch.activity_id.filtered("active").action_feedback(feedback=self.env._("Solved."))

    def _record(self):
        return self.env[self.res_model].browse(self.res_id)

    def _responsible(self):
        """Return the user who gets the activity: the first in charge who may read the record."""
        record = self._record()
        if self.res_model == REQUEST:
            return record._responsible()
        return rights.first_reader(
            record, self.company_id.urssaf_user_id | self.company_id.urssaf_holder_id.urssaf_user_id
        )

    def _told_by_requests(self):
        """Return those of which an open activity on a payment request tells already."""
        requests = {found: found._requests() for found in self}
        everything = self.env[REQUEST].union(*requests.values())
        busy = everything.filtered(lambda request: request.problems and request._open_activities())
        codes = {request: {problem["code"] for problem in request.problems} for request in busy}
        return self.filtered(
            lambda found: any(
                KINDS[found.kind].told_by is None or KINDS[found.kind].told_by & codes[request]
                for request in requests[found] & busy
            )
        )

    def _requests(self):
        """Return the payment requests that this is about."""
        if self.res_model == PAYMENT:
            return self._record()._urssaf_payouts().request_id
        return self._record() if self.res_model == REQUEST else self.env[REQUEST]

    def _step_failed(self, error):
        # EXTENDS urssaf.batch.mixin: it is found again tomorrow
        _logger.error("Disagreements %s: not told", self.ids, exc_info=redaction.redact_traceback(error))

    @api.autovacuum
    def _gc_solved(self):
        """Delete what was solved long ago, a part at a time.

        :return: how many were deleted, and whether there are more
        """
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search([("solved_at", "<", limit)], order="solved_at", limit=parameters.VACUUM_LIMIT)
        old.unlink()
        return len(old), len(old) == parameters.VACUUM_LIMIT
