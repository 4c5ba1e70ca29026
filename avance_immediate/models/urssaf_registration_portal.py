from odoo import api, fields, models
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
    consent_by_client = fields.Boolean(
        compute="_compute_consent_by_client", help="The client gave the consent on the portal: it is not asked again."
    )

    @api.depends("consent_date", "consent_user_id", "portal_requested_at", "state", "state_date")
    def _compute_consent_by_client(self):
        for registration in self:
            asked = registration.portal_requested_at
            registration.consent_by_client = bool(
                asked
                and registration.consent_user_id.sudo().partner_id == registration.partner_id
                # Who left, or was erased, consents anew.
                and registration.state not in ("ended", "erased")
            )

    def _is_askable(self):
        """Tell whether the client may fill in the form: no registration yet, or nothing under way."""
        return not self.state or self.state in ASKABLE_STATES

    def _is_asked(self):
        """Tell whether the client has asked, and the provider has not registered them yet."""
        return self.state == "to_register" and self.consent_by_client

    def _portal_step(self):
        """Return where the registration stands, said to the client: level, title, text, and what goes with them.

        :return: nothing where the client has not asked for anything yet
        """
        key = "asked" if self._is_asked() else self.state
        if self.state == "blocked" and self.urssaf_status in texts.PORTAL_STATES:
            key = self.urssaf_status
        if key not in texts.PORTAL_STATES:
            return {}
        title, text = texts.PORTAL_STATES[key]
        params = {"company": self.company_id.name, "email": self.email}
        params["deadline"] = self.activation_deadline and format_date(self.env, self.activation_deadline)
        return {
            "state": self.state,
            "level": texts.LEVELS.get(key, texts.INFO),
            "title": wording.say(self.env, title),
            "text": wording.say(self.env, text) % params,
            **self._portal_refusals(),
            "is_form_open": self.state in ("refused", "ended"),
            "since": self._portal_since(),
            "steps": [
                (wording.say(self.env, words) % params, link and wording.say(self.env, link), url)
                for words, link, url in (texts.ACTIVATION_STEPS if self.state == "waiting" else ())
            ],
            "link": self.state in ("active", "blocked") and texts.ACCOUNT,
        }

    def _portal_refusals(self):
        """Return why Urssaf refused the registration, said to the client, and the parts of the form concerned."""
        codes = [problem["code"] for problem in (self.problems or [] if self.state == "refused" else [])]
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

    @api.model
    def _consent_text(self, partner, company):
        """Return what the client agrees to, in the language of the context."""
        return self.env._(
            "%(client)s asks %(company)s to register them for the avance immédiate of Urssaf, and agrees that "
            "%(company)s gives Urssaf their civil status, contact and bank details for it. The service is free; "
            "it may be left at any time in the Urssaf account. People who receive APA or PCH cannot use it.",
            client=partner.name,
            company=company.name,
        )

    def _ask_from_portal(self):
        """Note that the client asks to be registered, with consent; tell the provider, or let it go by itself.

        The user of the environment is the client. Called once all that Urssaf needs is there.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        by_itself = self.company_id.urssaf_portal_auto_register
        self._set_state(
            "to_register",
            portal_requested_at=now,
            consent_date=now,
            consent_user_id=self.env.user.id,
            consent_text=self._consent_text(self.partner_id, self.company_id),
            # The date is the mark of those that the scheduled action may register.
            next_try_at=now if by_itself else False,
        )
        told = self.with_context(lang=self._working_lang())
        told._log(told.env._("The client asked for it on the portal, and consented."))
        if by_itself:
            self._clear_problems()
            self._trigger("registration")
        else:
            told._raise_problems([wording.note("portal_asked")])

    @api.model
    def _cron_refresh(self):
        # EXTENDS avance_immediate: registers those who asked on the portal, where the company lets it go by itself
        asked = self.search(
            [
                ("state", "=", "to_register"),
                ("portal_requested_at", "!=", False),
                ("next_try_at", "<=", fields.Datetime.now()),
                ("company_id.urssaf_portal_auto_register", "=", True),
            ],
            order="next_try_at, id",
        )
        asked = asked.filtered(lambda registration: not registration.is_other_environment)
        self._run_in_batches(asked, 1, lambda registration: registration._register_from_portal())
        return super()._cron_refresh()

    def _register_from_portal(self):
        if not self._claim("to_register"):
            return  # somebody is at it
        self._register_client()
        if self.state == "to_register":  # it did not leave: later
            self.next_try_at = self._retry_at()
            self._commit()
