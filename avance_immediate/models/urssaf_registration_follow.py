import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_date

from .. import discreet, wording
from ..urssaf.http import errors
from ..urssaf.http.folding import fold
from ..urssaf.tiers_prestation import codes

_logger = logging.getLogger(__name__)

UNKNOWN_PERSON = "ERR_RECHERCHE_PARTICULIER"
LINK_DAYS = 7  # the activation link lives so long: docs/api.md §2.1
REMIND_DAYS = 3  # without activation, somebody asks the client
LAST_DAY = 6  # before the link dies


class UrssafRegistration(models.Model):
    """Following a client at Urssaf: activation, blocking, departure. docs/api.md §2.2 and §3."""

    _inherit = "urssaf.registration"

    activation_deadline = fields.Date(
        compute="_compute_activation_deadline", store=True, help="The activation link of Urssaf's e-mail dies that day."
    )

    @api.depends("sent_at", "state")
    def _compute_activation_deadline(self):
        for registration in self:
            waits = registration.state == "waiting" and registration.sent_at
            registration.activation_deadline = registration.sent_at + timedelta(days=LINK_DAYS) if waits else False

    @api.model
    def _cron_refresh(self):
        """Register who asked for it, and ask Urssaf about the registrations whose time has come."""
        self._register_who_asked()
        interrupted = self.search([("state", "=", "sending")])
        self._run_in_batches(interrupted, 1, lambda registration: registration._recover())
        due = self.search(
            self._due_domain("uncertain", *self._lifecycle.follow_up),
            order="next_try_at, id",
        )
        self._run_in_batches(due, 1, lambda registration: registration._is_due() and registration._refresh())

    def _recover(self):
        for registration in self._claim("sending"):
            registration._outcome_unknown([wording.note("interrupted")])

    def action_refresh(self):
        """Ask Urssaf now where these registrations stand.

        :return: for several, an action that tells how many were asked about
        """
        self._check_user()
        asked = self.sudo().filtered(
            lambda r: r.state in ("uncertain", *self._lifecycle.follow_up) or (r.state == "ended" and r.id_client)
        )
        for registration in asked:
            registration._commit()
            registration._refresh()
        return self._tell_how_many_were_asked(len(asked)) if len(self) > 1 else None

    def _tell_how_many_were_asked(self, asked):
        message = self.env._(
            "Urssaf was asked about %(asked)s of %(count)s clients. There is nothing to ask about the others.",
            asked=asked,
            count=len(self),
        )
        if asked == len(self):
            message = self.env._("Urssaf was asked about %(asked)s clients.", asked=asked)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if asked else "info",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},  # the list is read again
            },
        }

    def _refresh(self):
        """Ask Urssaf about this client: by its id, or by e-mail when its answer to the registration was lost."""
        registration = self._claim("uncertain", *self._lifecycle.follow_up, "ended")
        if not registration:
            return
        before = registration.state
        with registration._client() as client:
            try:
                if registration.id_client:
                    status = client.person_status(id_client=registration.id_client)
                else:
                    status = client.person_status(email=registration.email)
            except errors.Refused as error:
                registration._unknown_at_urssaf(error)
            except errors.UrssafError as error:
                registration._postpone(error)
                registration._tell_that_calls_fail(error, "refresh")
            else:
                registration._apply_status(status)
        registration._commit()
        if registration.state == "blocked" and before == "active":
            registration._mail_client()

    def _apply_status(self, status):
        """Bring the registration to what Urssaf says (a ``PersonStatus``)."""
        self.last_check_at = fields.Datetime.now()
        if not self.id_client and not self._adopt(status):
            return
        state = self._state_for(status)
        values = {"urssaf_status": status.code, "absent_since": False}
        if status.active and status.active_since:
            values["active_since"] = self._from_wall_clock(status.active_since)
        is_news = state != self.state or status.code != self.urssaf_status
        self._set_state(state, **values)
        if is_news:
            self._log(self.env._("Status at Urssaf: %(status)s", status=self.urssaf_status_label))
        self._sync_problems()

    def _current_problems(self):
        # EXTENDS urssaf.remote.mixin
        if self.state not in self._lifecycle.follow_up:
            return self.problems or []
        if self.state == "blocked":
            return [wording.note("client_blocked", status=self.urssaf_status_label)]
        if self.state != "waiting" or not self.sent_at:
            return []
        waited = (fields.Datetime.now() - self.sent_at).days
        deadline = format_date(self.env, self.activation_deadline)
        if waited >= LINK_DAYS:
            return [wording.note("link_dead", date=deadline)]
        if waited >= LAST_DAY:
            return [wording.note("link_dies", date=deadline)]
        if waited >= REMIND_DAYS:
            return [wording.note("activation_late", days=str(waited), date=deadline)]
        return []

    def _state_for(self, status):
        """Map Urssaf's status to our state: only "OK" opens the sending (docs/api.md §3)."""
        if status.active:
            return "active"
        if codes.client_status(status.code).blocks or self.state in ("active", "blocked"):
            return "blocked"
        return "waiting"

    def _adopt(self, status):
        """Take the client whom Urssaf knows under this e-mail for ours, if the names agree."""
        if not self._is_person(status) or not status.id_client:
            self._ask_person("other_person")
            return False
        self._set_state("waiting", id_client=status.id_client)
        return True

    def _is_person(self, status):
        """Tell whether the names that Urssaf gives are those of this client."""
        return _same_name(status.birth_name, self.birth_name) and _same_name(
            status.first_names.split(" ")[0], (self.first_names or "").split(" ")[0]
        )

    def _unknown_at_urssaf(self, error):
        """Urssaf knows no such client, or the client has ended the relation."""
        self.last_check_at = fields.Datetime.now()
        if UNKNOWN_PERSON not in error.codes:
            self.next_try_at = self._retry_at(error)
        elif self.id_client:
            self._set_state("ended", next_try_at=False)
            self._raise_problems([wording.note("client_left")])
        elif self._is_surely_absent():
            # A registration is never sent again by itself.
            self._set_state("to_register", next_try_at=False)
            self._raise_problems([wording.note("register_again")])

    def _mail_template(self):
        """Return the ready e-mail that tells the client what to do now; nothing where there is nothing to do."""
        name = {"waiting": "mail_template_activation", "blocked": "mail_template_blocked"}.get(self.state)
        return name and self.env.ref(f"avance_immediate.{name}", raise_if_not_found=False)

    def _message_add_default_recipients(self):
        # EXTENDS mail: the client's contact is written to. For the address that Urssaf was given, Odoo's window would
        # make another contact of that name, which every employee reads and no erasure finds.
        recipients = super()._message_add_default_recipients()
        for registration in self.filtered("partner_id.email"):
            recipients[registration.id]["email_to_lst"] = []
        return recipients

    def action_explain_by_mail(self):
        """Open the ready e-mail that tells the client what to do."""
        self.ensure_one()
        self._check_may_act()
        template = self._mail_template()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Explain by e-mail"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template and template.id,
                "default_composition_mode": "comment",
                "default_email_layout_xmlid": "mail.mail_notification_light",
            },
        }

    def _mail_client(self):
        """Queue the ready e-mail, where the holder has it sent by itself. What fails of it undoes nothing."""
        template = self._mail_template()
        if not template or not self.holder_id.urssaf_mail_clients:
            return
        try:
            with self.env.cr.savepoint():
                template.send_mail(self.id, email_layout_xmlid="mail.mail_notification_light")
        except Exception as error:
            discreet.hush_traceback(error)
            _logger.exception("The e-mail about the registration %s could not be written", self.id)

    def action_start_over(self):
        """Register again by hand: after a lost answer that the user has cleared up with the client, or an erasure."""
        self._check_may_act()
        registrations = self.sudo()._claim("uncertain", "erased")
        for registration in registrations:
            state = "to_register" if registration.state == "uncertain" else "to_complete"
            registration._set_state(state, next_try_at=False)
        registrations._clear_problems()

    def _ask_person(self, code):
        self.next_try_at = False
        self._raise_problems([wording.note(code)])


def _same_name(one, other):
    """Compare two names as the tax administration would: without case, accents or punctuation."""
    return fold(one) == fold(other) != ""
