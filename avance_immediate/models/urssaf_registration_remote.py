import logging
from datetime import timedelta

import psycopg2

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_date

from .. import redaction, wording
from ..urssaf.http import errors
from ..urssaf.http.folding import fold
from ..urssaf.http.forms import is_id
from ..urssaf.tiers_prestation import codes

_logger = logging.getLogger(__name__)

UNKNOWN_PERSON = "ERR_RECHERCHE_PARTICULIER"
LINK_DAYS = 7  # the activation link lives so long: docs/api.md §2.1
REMIND_DAYS = 3  # without activation, somebody asks the client
LAST_DAY = 6  # before the link expires
CLAIM_STATES = ("to_complete", "to_register")


class UrssafRegistration(models.Model):
    """What happens at Urssaf: registering a client, following them, taking over who is known there already.

    docs/api.md §2.1, §2.2 and §3.
    """

    _inherit = "urssaf.registration"

    attempt_ids = fields.One2many("urssaf.registration.attempt", "registration_id", string="Attempts", readonly=True)

    # === REGISTERING === #
    # Each attempt is kept: docs/api.md §2.1.

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

    def _register_client(self, *, automatic=False):
        """Register this client, once. The transaction is committed on the way.

        As for payment requests: locked first, written before it leaves, and the lock held through the call.

        :param automatic: nobody has pressed a button: the attempt counts against the limits of those
        """
        self.ensure_one()
        if self.state == "to_complete":
            self._refuse_incomplete()
        self._commit()
        registration = self._try_lock("to_register", "refused", "ended")
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
                Command.create({"date": fields.Datetime.now(), "outcome": "under_way", "is_automatic": automatic})
            ]
            registration._commit()
            registration = registration._try_lock("sending")
            if registration:
                registration._call_register(client, person)
                registration._commit()
                registration._mail_client()

    def _call_register(self, client, person):
        try:
            id_client = client.register(person)
        except errors.Refused as error:
            self._register_refused(error)
        except (errors.NotSent, errors.NotAccepted) as error:
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

    # === FOLLOWING === #
    # Following a client at Urssaf: activation, blocking, departure. docs/api.md §2.2 and §3.

    activation_deadline = fields.Date(
        compute="_compute_activation_deadline",
        store=True,
        help="The activation link of Urssaf's e-mail expires that day.",
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
        self._recover_interrupted()
        self._run_due(
            self._due_domain("uncertain", *self._lifecycle.follow_up),
            lambda registration: registration._is_due() and registration._refresh(),
            # What may be the one that Urssaf cannot answer about goes last.
            order="failed_at NULLS FIRST, next_try_at, id",
        )

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
        registration = self._try_lock("uncertain", *self._lifecycle.follow_up, "ended")
        if not registration:
            return
        before, asked_at, is_quiet = registration.state, fields.Datetime.now(), False
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
                is_quiet = not registration._apply_status(status)
        registration._commit()
        if is_quiet:
            # The call was noted by another transaction: this one has to be younger.
            self.env["urssaf.exchange"]._mark_quiet("status", registration, asked_at)
            registration._commit()
        if registration.state == "blocked" and before == "active":
            registration._mail_client()

    def _apply_status(self, status):
        """Bring the registration to what Urssaf says (a ``PersonStatus``).

        :return: whether there was any news
        """
        self.last_check_at = fields.Datetime.now()
        is_found = not self.id_client
        if is_found and not self._adopt(status):
            return True
        state = self._state_for(status)
        values = {"urssaf_status": status.code, "absent_since": False}
        if status.active and status.active_since:
            values["active_since"] = self._from_wall_clock(status.active_since)
        is_news = state != self.state or status.code != self.urssaf_status
        self._set_state(state, **values)
        if is_news:
            self._log(self.env._("Status at Urssaf: %(status)s", status=self.urssaf_status_label))
        self._sync_problems()
        return is_news or is_found

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
            return [wording.note("link_expires", date=deadline)]
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
        self._refuse_elsewhere()
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
            redaction.redact_traceback(error)
            _logger.exception("The e-mail about the registration %s could not be written", self.id)

    def action_start_over(self):
        """Register again by hand: after a lost answer that the user has cleared up with the client, or an erasure."""
        self._check_may_act()
        registrations = self.sudo()._try_lock("uncertain", "erased")
        for registration in registrations:
            state = "to_register" if registration.state == "uncertain" else "to_complete"
            registration._set_state(state, next_try_at=False)
        registrations._clear_problems()

    def _ask_person(self, code):
        self.next_try_at = False
        self._raise_problems([wording.note(code)])

    # === TAKING OVER === #
    # Taking over a client whom the provider registered with another software: docs/api.md §2.2.
    #
    # The reference is only *claimed* until Urssaf gave the same names for it; nobody writes ``id_client`` by hand.

    claimed_id_client = fields.Char(
        string="Urssaf's reference in another software",
        copy=False,
        help="Urssaf's idClient of somebody whom you registered with another software. It is verified at Urssaf before "
        "it is used.",
    )
    claimed_at = fields.Datetime(string="Taken over on", readonly=True, copy=False)

    def action_verify_claim(self):
        """Ask Urssaf whether the claimed references are those of these clients, and take them over where they are.

        Nothing is registered, and each registration is committed on its own.

        :raise UserError: none of them has a reference to verify
        """
        self._check_may_act()
        claiming = self.sudo().filtered(lambda r: r._claimed_reference() and r.state in CLAIM_STATES)
        if not claiming:
            raise UserError(self.env._("Enter the reference that Urssaf gave for this client, then verify it."))
        for registration in claiming:
            registration._commit()
            if not registration._verify_claim():
                break

    def _claimed_reference(self):
        return (self.claimed_id_client or "").strip()

    def _verify_claim(self):
        """Verify one claim.

        :return: false where Urssaf cannot be asked now, about others neither
        """
        registration = self._try_lock(*CLAIM_STATES)
        if not registration:
            return True
        if not (registration.birth_name and registration.first_names and registration.birth_date):
            registration._raise_problems([wording.note("claim_incomplete")])
            return True
        reference = registration._claimed_reference()
        if not is_id(reference):
            registration._raise_problems([wording.note("claim_not_an_id")])
            return True
        with registration._client() as client:
            try:
                status = client.person_status(id_client=reference)
            except errors.UrssafError as error:
                unknown = isinstance(error, errors.Refused) and UNKNOWN_PERSON in error.codes
                problems = [wording.note("claim_unknown", id_client=reference)]
                registration._raise_problems(problems if unknown else wording.from_failure(error))
                answered = isinstance(error, errors.Refused)
            else:
                registration._take_over(status)
                answered = True
        registration._commit()
        return answered

    def _take_over(self, status):
        """Make Urssaf's client ours, if it is the same person (``status``, a ``PersonStatus``)."""
        others = self.search(
            [
                ("id_client", "=", status.id_client),
                ("holder_id", "=", self.holder_id.id),
                ("environment", "=", self.environment),
            ]
        )
        if others or not self._is_person(status):
            code = "claim_taken" if others else "claim_other_person"
            self._raise_problems([wording.note(code, id_client=self._claimed_reference())])
            return
        self._clear_problems()
        self._set_state("waiting", id_client=status.id_client, claimed_at=fields.Datetime.now())
        self._log(self.env._("Registered with another software; Urssaf confirmed the reference and the names."))
        self._apply_status(status)


def _same_name(one, other):
    """Compare two names as the tax administration would: without case, accents or punctuation."""
    return fold(one) == fold(other) != ""
