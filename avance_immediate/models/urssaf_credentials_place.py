import logging

import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from .. import fingerprint, redaction, wording
from ..urssaf.rules import place
from .res_company import ADMINISTRATOR

_logger = logging.getLogger(__name__)

ACTIVITY = "avance_immediate.mail_activity_type_urssaf_moved"
RESTORED_AT = "avance_immediate.restored_at"


class OtherDatabase(UserError):
    """The credentials belong to another database: this one is a copy of it, or was moved. Nothing is done.

    :param credentials: ``urssaf.credentials`` of which one at least is bound to another database
    """

    def __init__(self, credentials):
        super().__init__(wording.as_text(credentials.env, [credentials._place_problem()]))


# As for UnusableKey: under another name the web client would not show the text.
OtherDatabase.__module__, OtherDatabase.__name__ = UserError.__module__, UserError.__name__


class UrssafCredentials(models.Model):
    """To which database credentials belong: docs/money.md, section 11.

    What tells a database from others is kept as keyed fingerprints: a screen, a log or an export shows none of it but
    the name.
    """

    _inherit = "urssaf.credentials"

    place = fields.Json(
        readonly=True, groups=fields.NO_ACCESS, copy=False, exportable=False, export_string_translation=False
    )
    bound_name = fields.Char(string="Database", readonly=True, copy=False)
    bound_at = fields.Datetime(string="Used in it since", readonly=True, copy=False)
    # When the administrators were told of a copy or a move.
    told_at = fields.Datetime(readonly=True, copy=False, export_string_translation=False)

    # === WHERE WE ARE === #

    @api.model
    def _read_place(self):
        """Return what tells this database from others, as texts by part, without what cannot be read.

        Not ``web.base.url``: Odoo rewrites it when an administrator signs in by another address.
        """
        parts = {
            "uuid": self.env["ir.config_parameter"].sudo().get_param("database.uuid"),
            "name": self.env.cr.dbname,
            "cluster": self._read_cluster(),
        }
        return {part: value for part, value in parts.items() if value}

    @api.model
    def _read_cluster(self):
        """Return the identity of the PostgreSQL cluster, made by initdb, or None where it is not ours to read."""
        cr = self.env.cr
        try:
            with cr.savepoint(flush=False):
                cr.execute("SELECT system_identifier::text FROM pg_control_system()", log_exceptions=False)
                return cr.fetchone()[0]
        except (psycopg2.ProgrammingError, psycopg2.NotSupportedError, psycopg2.InternalError):
            return None

    # === BOUND TO ONE === #

    def _bind_new(self):
        """Bind those of these credentials that are in use and belong to no database yet."""
        self._unbound()._bind()

    def _unbound(self):
        return self.sudo().filtered(
            lambda c: place.is_bound(c.environment) and not c.place and (c.client_id or c.client_secret)
        )

    def _bind(self):
        parts = self._read_place() if self else {}
        for credentials in self.sudo():
            salt = fingerprint.new_salt()
            credentials.write(
                {
                    "place": {"salt": salt, "parts": fingerprint.fingerprints(parts, salt)},
                    "bound_name": self.env.cr.dbname,
                    "bound_at": fields.Datetime.now(),
                    "told_at": False,
                }
            )

    def _bind_apart(self):
        """Bind these credentials in a transaction of its own: a token is stored in another one during the calls."""
        with self.env.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["urssaf.credentials"].browse(self.ids)._bind_new()
        self.invalidate_recordset(["place", "bound_name", "bound_at"], flush=False)

    @api.model
    def _all_bound(self):
        domain = [("bound_at", "!=", False), ("environment", "in", list(place.BOUND_ENVIRONMENTS))]
        return self.sudo().search(domain, order="id")

    def _elsewhere(self):
        """Return those of these credentials that belong to another database than this one."""
        bound = self.sudo().filtered(lambda c: place.is_bound(c.environment) and c.place)
        if not bound:
            return bound
        parts = self._read_place()
        return bound.filtered(
            lambda c: place.has_moved(c.place["parts"], fingerprint.fingerprints(parts, c.place["salt"]))
        )

    @api.model
    def _held_elsewhere(self, records):
        """Return those of ``records``, with a holder and an environment, whose credentials belong elsewhere."""
        if not records:
            return records
        held = {(c.company_id.id, c.environment) for c in self._all_bound()._elsewhere()}
        return records.filtered(lambda r: (r.holder_id.id, r.environment) in held) if held else records.browse()

    def _refuse_elsewhere(self):
        """Refuse to work with credentials of another database; those that were never used are this one's from now on.

        :raise OtherDatabase: this is a copy, or was moved
        """
        if unbound := self._unbound():
            unbound._bind_apart()
        if elsewhere := self._elsewhere():
            raise OtherDatabase(elsewhere.with_env(self.env))

    def _place_problem(self):
        """Return the problem that the first of these credentials belong to another database."""
        credentials = self[:1].sudo()
        return wording.note(
            "other_database",
            former=credentials.bound_name or "?",
            date=format_date(self.env, credentials.bound_at),
            here=self.env.cr.dbname,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_at_home(self):
        # Without them nothing would tell a copy that it is one: its e-mails would leave.
        if elsewhere := self._elsewhere():
            raise OtherDatabase(elsewhere.with_env(self.env))

    # === TELLING === #

    @api.model
    def _watch_place(self):
        """Tell the administrators, once, that this is a copy or was moved; take it back where it came home.

        One who does not hear of it must not stop the scheduled action that asks.
        """
        try:
            with self.env.cr.savepoint():
                bound = self._all_bound()
                elsewhere = bound._elsewhere()
                if bound - elsewhere:
                    (bound - elsewhere)._at_home()
                if elsewhere.filtered(lambda c: not c.told_at):
                    elsewhere._tell_administrators()
        except psycopg2.extensions.TransactionRollbackError:
            _logger.info("Another process renews a token: the next run tells the administrators")
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            redaction.redact_traceback(error)
            _logger.exception("The administrators could not be told that this database is a copy, or was moved")

    def _tell_administrators(self):
        """Make one activity, and write to each administrator, whatever the number of companies."""
        if self.try_lock_for_update(allow_referencing=True) != self:
            return  # another process is at it
        _logger.warning("This database is a copy, or was moved: nothing is asked of Urssaf until somebody confirms it")
        self.told_at = fields.Datetime.now()
        administrators = self._administrators()
        user = administrators.filtered(lambda u: self.company_id & u.company_ids)[:1] or administrators[:1]
        user = user or self.env.ref("base.user_root")
        if not self._place_activities():
            partner = self.company_id[:1].partner_id.with_context(lang=user.lang, mail_activity_quick_update=True)
            problem = self.with_env(partner.env)._place_problem()
            partner.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=wording.first_title(partner.env, [problem]),
                note=wording.as_html(partner.env, [problem], brief=True),
            )
        for lang, recipients in administrators.filtered("email").grouped("lang").items():
            self.with_context(lang=lang)._mail_administrators(recipients.partner_id)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _mail_administrators(self, partners):
        problem = self._place_problem()
        self.env["mail.mail"].sudo().create(
            {
                "subject": wording.first_title(self.env, [problem]),
                "body_html": wording.as_html(self.env, [problem], brief=True),
                "recipient_ids": partners.ids,
                "auto_delete": True,
            }
        )

    @api.model
    def _administrators(self):
        return self.env.ref(ADMINISTRATOR).sudo().all_user_ids.filtered(lambda user: user.active and not user.share)

    @api.model
    def _place_activities(self):
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY)
        return self.env["mail.activity"].sudo().search([("activity_type_id", "=", type_id)])

    def _at_home(self):
        """Forget that these credentials were told to be elsewhere."""
        told = self.filtered("told_at")
        if told:
            told.told_at = False
            self._close_place_activities()

    @api.model
    def _close_place_activities(self):
        if not self._all_bound()._elsewhere():
            self._place_activities().action_feedback(feedback=self.env._("Solved."))

    # === WHAT AN ADMINISTRATOR SAYS === #

    @api.model
    def _confirm_place(self):
        """This database goes on, and no other: bind all credentials to it.

        It may be older than the one it comes from: what it numbers is looked up first.

        :raise UserError: somebody else is at it
        """
        elsewhere = self._all_bound()._elsewhere()
        if elsewhere.try_lock_for_update(allow_referencing=True) != elsewhere:
            raise UserError(self.env._("Somebody else is at work on this at this moment: try again."))
        elsewhere._bind()
        _logger.info("The credentials for Urssaf belong to this database from now on, says the user %s", self.env.uid)
        self._close_place_activities()
        self._was_restored()

    @api.model
    def _was_restored(self):
        """Note that Urssaf may know more than this database: every number is looked up before it is sent."""
        self.env["ir.config_parameter"].sudo().set_param(RESTORED_AT, fields.Datetime.to_string(fields.Datetime.now()))
        for name in ("send", "registration", "refresh", "payout"):
            self.env["urssaf.batch.mixin"]._trigger(name)  # what waited for it

    @api.model
    def _restoration_is_over(self):
        """Note that this database knows all that Urssaf knows of it: its numbers go as they always did."""
        self.env["ir.config_parameter"].sudo().set_param(RESTORED_AT, False)
        _logger.info("What was restored is caught up with, says the user %s", self.env.uid)

    @api.model
    def _restored_at(self):
        """Return when the database was last said to be restored, or None."""
        value = self.env["ir.config_parameter"].sudo().get_param(RESTORED_AT)
        try:
            return fields.Datetime.to_datetime(value) or None
        except ValueError:
            return self.env.cr.now()  # somebody wrote something else there: it was
