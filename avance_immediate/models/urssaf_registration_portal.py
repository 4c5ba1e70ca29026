from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from .. import wording
from ..catalogue import PORTAL_REQUESTS, REGISTRATION_STATES, client_status, concerned, refusal_for_client
from ..catalogue.portal_pages import ACCOUNT, ACTIVATION_STEPS
from .urssaf_registration import OPEN_STATES

ASKABLE_STATES = (*OPEN_STATES, "erased")  # the client may fill in the form


class UrssafRegistration(models.Model):
    """The client asks to be registered, on the portal: consent, the provider told, or registered by itself.

    What is typed there is read and checked by ``controllers.portal_registration_form``.
    """

    _inherit = "urssaf.registration"

    portal_requested_at = fields.Datetime(string="Asked for on the portal on", readonly=True, copy=False)

    # === WHO ASKS === #

    @api.model
    def _portal_partner(self):
        """Return the client whom the user of the environment is: a person by itself, or nobody."""
        partner = self.env.user.sudo().partner_id
        is_person = not partner.is_company and partner.commercial_partner_id == partner
        return partner if is_person and not self.env.user._is_public() else partner.browse()

    @api.model
    def _portal_company(self, website_company=None):
        """Return the company by which the user may register: the first of theirs that uses the avance immédiate.

        A branch may use it with the credentials of a company above it, with which its clients are registered.

        :param website_company: that of the website, where there is one
        """
        partner = self._portal_partner()
        user = self.env.user.sudo()
        companies = partner.company_id or (website_company or user.company_id) | user.company_id
        return (companies if partner else companies.browse()).filtered("urssaf_holder_id")[:1]

    def _locks_civil_status(self):
        """Tell whether a provider has given the civil status to Urssaf: it must stay what Urssaf knows."""
        return any(
            registration.state not in ASKABLE_STATES and not registration.is_other_environment for registration in self
        )

    def _is_askable(self):
        """Tell whether the client may fill in the form: no registration yet, or nothing under way."""
        return not self.state or self.state in ASKABLE_STATES

    def _is_asked(self):
        """Tell whether the client has asked, and the provider has not registered them yet."""
        return self.state == "to_register" and self.consent_by_client

    def _portal_words(self):
        """Return what the client reads of this registration (``Told``); nothing where they have not asked for one."""
        if self._is_asked():
            return PORTAL_REQUESTS["changed" if self.consent_changes else "asked"]
        of_the_status = client_status(self.urssaf_status).client if self.state == "blocked" else None
        return of_the_status or (self.state and REGISTRATION_STATES[self.state].client)

    def _portal_step(self):
        """Return where the registration stands, said to the client: level, title, text, and what goes with them.

        :return: nothing where the client has not asked for anything yet
        """
        told = self._portal_words()
        if not told:
            return {}
        params = {"company": self.company_id.name, "email": self.email, "changes": self.consent_changes}
        params["deadline"] = self.activation_deadline and format_date(self.env, self.activation_deadline)
        return {
            "state": self.state,
            "level": told.level,
            "title": wording.say(self.env, told.title),
            "text": wording.say(self.env, told.text) % params,
            **self._portal_refusals(),
            "is_form_open": self.state in ("refused", "ended") or (self._is_asked() and bool(self.consent_changes)),
            "since": self._portal_since(),
            "steps": [
                (wording.say(self.env, words) % params, link and wording.say(self.env, link), url)
                for words, link, url in (ACTIVATION_STEPS if self.state == "waiting" else ())
            ],
            "link": self.state in ("active", "blocked") and ACCOUNT,
        }

    def _portal_refusals(self):
        """Return why Urssaf refused the registration, said to the client, and the parts of the form concerned."""
        codes = self._codes_of_refusal()
        refusals = []
        for title, text, causes in map(refusal_for_client, codes):
            said = [tuple(wording.say(self.env, words) for words in pair) for pair in causes]
            refusals.append(
                {"title": wording.say(self.env, title), "text": wording.say(self.env, text), "causes": said}
            )
        return {"refusals": refusals, "concerned": {section for code in codes for section in concerned(code)}}

    def _portal_since(self):
        since = self.state == "active" and self._active_since_in_france()
        return since and self.env._("Active since %(day)s.", day=format_date(self.env, since))

    # === ASKING === #

    def _keep_from_portal(self, partner, company, civil_status, given):
        """Keep what a client typed, all of it right, and ask for the registration: a new one where this is none.

        :param civil_status: values of the partner, kept where no provider has given it to Urssaf
        :param given: values of the registration
        """
        for record in (self, partner):
            self._take_turns(record)
        if not partner.urssaf_registration_ids._locks_civil_status():
            partner.with_context(urssaf_skip_readiness=True).write(civil_status)
        registration = self or self._create_from_portal(partner, company)
        if registration.state == "erased":
            registration._set_state("to_complete")
        registration._serve(company)
        registration.write(given)
        registration._ask_from_portal()

    @api.model
    def _take_turns(self, record):
        """Wait for whoever writes a record; Odoo starts the request anew where it was written since it began.

        Meeting is usual here, and no error for the log.
        """
        table = SQL.identifier(record._table)
        self.env.cr.execute(
            SQL("UPDATE %s SET write_date = write_date WHERE id IN %s", table, tuple(record.ids or [0])),
            log_exceptions=False,
        )

    @api.model
    def _create_from_portal(self, partner, company):
        """Create the registration, empty; where somebody else has just created it, have Odoo start the request anew."""
        # The client follows their own registration here, not in the provider's chatter.
        registrations = self.with_context(mail_create_nosubscribe=True)
        try:
            return registrations.create({"partner_id": partner.id, "company_id": company.id})
        except UniqueViolation as error:
            raise ConcurrencyError("This client's registration was created at the same time.") from error

    def _ask_from_portal(self):
        """Note that the client asks to be registered, with consent; tell the provider, or let it go by itself.

        The user of the environment is the client. Called once all that Urssaf needs is there.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        by_itself = self.holder_id.urssaf_portal_auto_register
        self._set_state(
            "to_register",
            portal_requested_at=now,
            # The date is the mark of those that the scheduled action may register.
            next_try_at=now if by_itself else False,
        )
        self._record_consent("client", self._consent_text(self.partner_id, self.holder_id))
        told = self.with_context(lang=self._working_lang())
        told._log(told.env._("The client asked for it on the portal, and consented."))
        if by_itself:
            self._clear_problems()
            self._trigger("registration")
        else:
            told._raise_problems([wording.note("portal_asked")])
