from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import wording
from ..urssaf import errors

ALREADY_LINKED = "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE"
UNKNOWN_PERSON = "ERR_RECHERCHE_PARTICULIER"
BLOCKING_STATUSES = ("PARTICULIER_BLOQUE", "MANDAT_ECHU")

# How often Urssaf is asked, in hours, by the days since the last change.
FOLLOW_UP = {
    "waiting": [(8, 4), (90, 24), (365, 7 * 24)],
    "active": [(3650, 7 * 24)],
    "blocked": [(365, 24)],
}


class UrssafRegistration(models.Model):
    """Registering, looking up and following a client at Urssaf: docs/api.md §2.1, §2.2 and §3."""

    _inherit = "urssaf.registration"

    # === REGISTERING === #

    def action_register(self):
        """Open the window where the client's consent is recorded, and from which the client is registered."""
        self.ensure_one()
        self._check_user()
        if self.state not in ("to_complete", "to_register", "refused", "ended"):
            raise UserError(self.env._("This client is registered already, or about to be."))
        self._refuse_incomplete()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Register with Urssaf"),
            "res_model": "urssaf.register",
            "view_mode": "form",
            "target": "new",
            "context": {"default_registration_id": self.id},
        }

    def _refuse_incomplete(self):
        problems = self._problems_before()
        if problems:
            raise UserError(
                self.env._("Before %(client)s can be registered:", client=self.partner_id.name)
                + "\n\n"
                + wording.as_text(self.env, problems)
            )

    def _register_client(self):
        """Register this client, once. The transaction is committed on the way.

        As for payment requests: locked first, written before it leaves, and the lock held through the call.
        """
        self.ensure_one()
        if self.state == "to_complete":
            self._refuse_incomplete()
        self._commit()
        registration = self._claim("to_register", "refused", "ended")
        if not registration:
            raise UserError(self.env._("This client is registered already, or about to be."))
        registration._refuse_incomplete()
        if not registration.consent_date:
            raise UserError(self.env._("The client's consent is missing: nothing is sent without it."))
        with registration._client() as client:
            registration._set_state("sending", sent_at=fields.Datetime.now(), absent_since=False)
            registration._commit()
            registration = registration._claim("sending")
            if registration:
                registration._call_register(client)
                registration._commit()

    def _call_register(self, client):
        try:
            id_client = client.register(self._person())
        except errors.Refused as error:
            self._register_refused(error)
        except (errors.NotSent, errors.NotTaken) as error:
            self._set_state("to_register")
            self._raise_problems(wording.from_failure(error))
        except Exception as error:
            # No answer, or one that nobody understands: the client may be registered.
            is_known = isinstance(error, errors.UrssafError)
            problems = wording.from_failure(error if is_known else errors.OutcomeUnknown("register"))
            self._outcome_unknown(problems)
        else:
            self._registered(id_client)

    def _register_refused(self, error):
        problems = wording.from_errors(error.errors)
        if ALREADY_LINKED in error.codes:
            self._outcome_unknown(problems)
        else:
            self._set_state("refused")
            self._raise_problems(problems)
            self._log(self.env._("Urssaf refused the registration."), problems)

    def _registered(self, id_client):
        self._set_state("waiting", id_client=id_client, next_try_at=self._next_question("waiting"))
        self._clear_problems()
        self._log(
            self.env._("Registered with Urssaf. The client receives an e-mail and activates the account within 7 days.")
        )

    def _outcome_unknown(self, problems):
        self._set_state("uncertain", problems=problems, next_try_at=fields.Datetime.now())
        self._log(self.env._("No certain answer: Urssaf is asked whether it knows this client."))
        self._trigger("registration")

    # === FOLLOWING === #

    @api.model
    def _cron_refresh(self):
        """Ask Urssaf about the registrations whose time has come."""
        interrupted = self.search([("state", "=", "sending")])
        self._run_in_batches(interrupted, 1, lambda registration: registration._recover())
        due = self.search(
            [("state", "in", ["uncertain", *FOLLOW_UP]), ("next_try_at", "<=", fields.Datetime.now())],
            order="next_try_at, id",
        )
        self._run_in_batches(due, 1, lambda registration: registration._refresh())

    def _recover(self):
        for registration in self._claim("sending"):
            registration._outcome_unknown([wording.note("interrupted")])

    def action_refresh(self):
        """Ask Urssaf now where these registrations stand."""
        self._check_user()
        for registration in self.sudo():
            registration._commit()
            registration._refresh()

    def _refresh(self):
        """Ask Urssaf about this client: by its id, or by e-mail when its answer to the registration was lost."""
        registration = self._claim("uncertain", *FOLLOW_UP, "ended")
        if not registration:
            return
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
            else:
                registration._apply_status(status)
        registration._commit()

    def _apply_status(self, status):
        """Bring the registration to what Urssaf says (a ``PersonStatus``)."""
        self.last_check_at = fields.Datetime.now()
        if not self.id_client and not self._adopt(status):
            return
        state = self._state_for(status)
        values = {"urssaf_status": status.code, "absent_since": False, "next_try_at": self._next_question(state)}
        if status.active and status.active_since:
            values["active_since"] = self._from_wall_clock(status.active_since)
        is_news = state != self.state or status.code != self.urssaf_status
        self._set_state(state, **values)
        if is_news:
            self._log(self.env._("Status at Urssaf: %(status)s", status=self.urssaf_status_label))
        if state == "blocked":
            self._raise_problems([wording.note("client_blocked", status=self.urssaf_status_label)])
        else:
            self._clear_problems()

    def _state_for(self, status):
        """Map Urssaf's status to our state: only "OK" opens the sending (docs/api.md §3)."""
        if status.active:
            return "active"
        if status.code in BLOCKING_STATUSES or self.state in ("active", "blocked"):
            return "blocked"
        return "waiting"

    def _adopt(self, status):
        """Take the client whom Urssaf knows under this e-mail for ours, if the names agree."""
        same = _same_name(status.birth_name, self.birth_name) and _same_name(
            status.first_names.split(" ")[0], (self.first_names or "").split(" ")[0]
        )
        if not same or not status.id_client:
            self.next_try_at = False
            self._raise_problems([wording.note("other_person")])
            return False
        self._set_state("waiting", id_client=status.id_client)
        return True

    def _unknown_at_urssaf(self, error):
        """Urssaf knows no such client, or the client has ended the relation."""
        self.last_check_at = now = fields.Datetime.now()
        delay = timedelta(minutes=self.company_id.urssaf_absence_minutes)
        if UNKNOWN_PERSON not in error.codes:
            self.next_try_at = self._retry_at(error)
        elif self.id_client:
            self._set_state("ended", next_try_at=False)
            self._raise_problems([wording.note("client_left")])
        elif not self.absent_since:
            self.write({"absent_since": now, "next_try_at": now + delay})
            self._trigger("registration", at=self.next_try_at)
        elif now - self.absent_since >= delay:
            # Certainly not there. A registration is never sent again by itself.
            self._set_state("to_register", next_try_at=False)
            self._raise_problems([wording.note("register_again")])

    def _next_question(self, state):
        """Return when to ask next about a registration in ``state``, by the time spent in it."""
        now = fields.Datetime.now()
        since = self.state_date if state == self.state else now
        hours = next((hours for days, hours in FOLLOW_UP.get(state, []) if now - since < timedelta(days=days)), None)
        return now + timedelta(hours=hours) if hours else False


def _same_name(one, other):
    """Compare two names as the tax administration would: without case, accents or punctuation."""
    return wording.plain(one) == wording.plain(other) != ""
