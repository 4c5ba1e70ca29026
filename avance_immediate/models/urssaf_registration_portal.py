from odoo import fields, models
from odoo.tools.misc import format_date

from .. import wording
from ..catalogue import PORTAL_REQUESTS, REGISTRATION_STATES, client_status, concerned, refusal_for_client
from ..catalogue.portal_pages import ACCOUNT, ACTIVATION_STEPS
from .urssaf_registration import OPEN_STATES

ASKABLE_STATES = (*OPEN_STATES, "erased")  # the client may fill in the form


class UrssafRegistration(models.Model):
    """The client asks to be registered, on the portal: consent, the provider told, or registered by itself.

    What is typed there is read and checked by ``urssaf.portal.form``.
    """

    _inherit = "urssaf.registration"

    portal_requested_at = fields.Datetime(string="Asked for on the portal on", readonly=True, copy=False)

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
