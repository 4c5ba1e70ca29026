from odoo import fields, models
from odoo.tools.misc import format_date

from .. import wording
from ..texts import concerned
from ..texts import portal as texts
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

    def _portal_key(self):
        """Return by what the step of this registration is found among the texts of the portal."""
        if self._is_asked():
            return "changed" if self.consent_changes else "asked"
        if self.state == "blocked" and self.urssaf_status in texts.PORTAL_STATES:
            return self.urssaf_status
        return self.state

    def _portal_step(self):
        """Return where the registration stands, said to the client: level, title, text, and what goes with them.

        :return: nothing where the client has not asked for anything yet
        """
        key = self._portal_key()
        if key not in texts.PORTAL_STATES:
            return {}
        title, text = texts.PORTAL_STATES[key]
        params = {"company": self.company_id.name, "email": self.email, "changes": self.consent_changes}
        params["deadline"] = self.activation_deadline and format_date(self.env, self.activation_deadline)
        return {
            "state": self.state,
            "level": texts.LEVELS.get(key, texts.INFO),
            "title": wording.say(self.env, title),
            "text": wording.say(self.env, text) % params,
            **self._portal_refusals(),
            "is_form_open": key in ("refused", "ended", "changed"),
            "since": self._portal_since(),
            "steps": [
                (wording.say(self.env, words) % params, link and wording.say(self.env, link), url)
                for words, link, url in (texts.ACTIVATION_STEPS if self.state == "waiting" else ())
            ],
            "link": self.state in ("active", "blocked") and texts.ACCOUNT,
        }

    def _portal_refusals(self):
        """Return why Urssaf refused the registration, said to the client, and the parts of the form concerned."""
        codes = self._codes_of_refusal()
        refusals = []
        for title, text, causes in map(texts.portal_refusal, codes):
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
