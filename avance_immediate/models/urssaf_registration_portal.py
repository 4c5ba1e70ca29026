from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from .. import parameters, wording
from ..catalogue import PORTAL_REQUESTS, REGISTRATION_STATES, client_status, concerned, refusal_for_client
from ..catalogue.portal_pages import ACCOUNT, ACTIVATION_STEPS
from .urssaf_consent import AGREED_FIELDS
from .urssaf_registration import OPEN_STATES

ASKABLE_STATES = (*OPEN_STATES, "erased")  # the client may fill in the form
#: Urssaf has what the client agreed to, or is about to: a change is told, and blocks nothing.
GIVEN_STATES = ("sending", "uncertain", "waiting", "active", "blocked")
#: Each attempt is a question to the tax administration about an identity that somebody typed.
ATTEMPTS_MAX = 3  # of one client
WINDOW = timedelta(hours=24)


class UrssafRegistration(models.Model):
    """The client's own part: the consent, and asking to be registered on the portal."""

    _inherit = "urssaf.registration"

    # === THE PORTAL === #
    # The client asks to be registered, on the portal: consent, the provider told, or registered automatically.
    #
    # What is typed there is read and checked by ``controllers.portal_registration_form``.

    portal_requested_at = fields.Datetime(string="Asked for on the portal on", readonly=True, copy=False)
    auto_register = fields.Boolean(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="Asked for on the portal, and nobody has to press a button: the scheduled action registers the client.",
    )

    # === THE PORTAL: WHO ASKS === #

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

    # === THE PORTAL: ASKING === #

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
        """Note that the client asks to be registered, with consent; tell the provider, or go on automatically.

        The user of the environment is the client. Called once all that Urssaf needs is there.
        """
        self.ensure_one()
        now = fields.Datetime.now()
        automatic = bool(self.holder_id.urssaf_portal_auto_register)
        self._set_state(
            "to_register",
            portal_requested_at=now,
            auto_register=automatic,
            next_try_at=now if automatic else False,
        )
        self._record_consent("client", self._consent_text(self.partner_id, self.holder_id))
        told = self.with_context(lang=self._working_lang())
        told._log(told.env._("The client asked for it on the portal, and consented."))
        if automatic:
            self._clear_problems()
            self._trigger("registration")
        else:
            told._raise_problems([wording.note("portal_asked")])

    # === CONSENT === #
    # The client's consent: asked before each registration, for the values that are sent.

    consent_ids = fields.One2many("urssaf.consent", "registration_id", string="Consents", readonly=True)
    consent_id = fields.Many2one(
        "urssaf.consent",
        string="Last consent",
        compute="_compute_consent_id",
        store=True,
        export_string_translation=False,
    )
    # With the user's own rights, since windows show them: a related field is else read of anybody's registration.
    consent_date = fields.Datetime(related="consent_id.date", related_sudo=False, string="Consent given on")
    consent_user_id = fields.Many2one(related="consent_id.user_id", related_sudo=False, string="Consent recorded by")
    consent_text = fields.Text(related="consent_id.text", related_sudo=False)
    consent_by_client = fields.Boolean(
        compute="_compute_consent_by_client", help="The client gave the consent on the portal: it is not asked again."
    )
    consent_changes = fields.Char(
        string="Changed since the consent",
        compute="_compute_consent_changes",
        help="What is no longer as it was when the client agreed: the fields, never their values.",
    )

    @api.depends("consent_ids")
    def _compute_consent_id(self):
        for registration in self:
            registration.consent_id = registration.sudo().consent_ids.sorted("id")[-1:]

    @api.depends("consent_id.is_over", "consent_id.origin")
    def _compute_consent_by_client(self):
        for registration in self:
            registration.consent_by_client = registration._consent_in_force().origin == "client"

    @api.depends("consent_id", *AGREED_FIELDS)
    @api.depends_context("lang")
    def _compute_consent_changes(self):
        for registration in self:
            names = registration._fields_changed_since_consent()
            registration.consent_changes = ", ".join(registration._labels(registration, names)) or False

    def _consent_in_force(self):
        """Return the client's last consent; none once the client has left, or was erased, since."""
        self.ensure_one()
        return self.consent_id.filtered(lambda consent: not consent.is_over)

    def _fields_changed_since_consent(self):
        consent = self._consent_in_force()
        return consent._changed_fields() if consent else []

    def _record_consent(self, origin, text):
        """Keep that the client agrees, now, to the values of this registration.

        :param origin: ``client`` or ``employee``; the user of the environment is who recorded it
        :param text: what the client read, or was told
        """
        self.ensure_one()
        values = {"registration_id": self.id, "origin": origin, "text": text}
        return self.env["urssaf.consent"].sudo().create(values)

    def _refuse_without_consent(self):
        """Refuse to register a client who did not agree, or agreed to other values.

        :raise UserError: with what to do
        """
        self.ensure_one()
        if not self._consent_in_force():
            raise UserError(self.env._("The client's consent is missing: nothing is sent without it."))
        if self.consent_changes:
            raise UserError(wording.as_text(self.env, [self._consent_problem()]))

    @api.model
    def _labels(self, record, names):
        """Return what fields are called, in the language of the user."""
        return [record._fields[name]._description_string(self.env) for name in names]

    def _consent_problem(self):
        return wording.note("consent_changed", fields=self.consent_changes)

    # === CONSENT: LATER CHANGES === #

    def _changed_since_consent(self):
        """Return, for those of these registrations that Urssaf has, what differs from the consent: to compare later."""
        given = self.filtered(lambda registration: registration.state in GIVEN_STATES)
        return {registration: set(registration._fields_changed_since_consent()) for registration in given}

    @api.model
    def _log_changes_since_consent(self, before):
        """Write a line about what has come to differ from the consent since ``before``, without a value.

        :param before: from ``_changed_since_consent``
        """
        for registration, known in before.items():
            names = [name for name in registration._fields_changed_since_consent() if name not in known]
            if names:
                labels = ", ".join(registration._labels(registration, names))
                registration._log(self.env._("Changed since the client's consent: %(fields)s.", fields=labels))

    # === CONSENT: WORDS === #

    @api.model
    def _consent_text(self, partner, company):
        """Return what the client agrees to, in the language of the context. ``TEXT_VERSION`` follows these words."""
        return self.env._(
            "%(client)s asks %(company)s to register them for the avance immédiate of Urssaf, and agrees that "
            "%(company)s gives Urssaf their civil status, contact and bank details for it. The service is free; "
            "it may be left at any time in the Urssaf account. People who receive APA or PCH cannot use it.",
            client=partner.name,
            company=company.sudo().name,  # the holder, which a branch's users do not read
        )

    # === AUTOMATIC === #
    # Registering, without anybody pressing a button, who asked for it on the portal: where the company wants it.
    #
    # Whoever can sign up could otherwise ask about as many people as they like: bounds for each client and company, and
    # never where anybody may sign up. Beyond them a person decides.

    @api.model
    def _register_who_asked(self):
        """Register those who asked on the portal, where the company wants it."""
        self._run_due(
            [
                ("state", "=", "to_register"),
                ("auto_register", "=", True),
                ("next_try_at", "<=", fields.Datetime.now()),
                ("holder_id.urssaf_portal_auto_register", "=", True),
            ],
            lambda registration: registration._register_from_portal(),
            batches=lambda asked: list(asked.filtered(lambda registration: not registration.is_other_environment)),
            order="next_try_at, id",
        )

    def _register_from_portal(self):
        if not self._try_lock("to_register"):
            return  # somebody is at it
        if problem := self._must_be_confirmed():
            self.write({"auto_register": False, "next_try_at": False})
            self._raise_problems([problem])
            return
        self._register_client(automatic=True)
        if self.state == "to_register":  # it did not leave: later
            self.next_try_at = self._retry_at()
            self._commit()

    def _must_be_confirmed(self):
        """Return why this client is not registered without a person who looks (a problem), or None."""
        self.ensure_one()
        if self.consent_changes:
            return self._consent_problem()
        if self.holder_id._urssaf_is_sign_up_free():
            return wording.note("portal_sign_up_free")
        # What never reached Urssaf, or was turned away at its door, asked nothing about anybody.
        automatic = [
            ("is_automatic", "=", True),
            ("outcome", "!=", "not_sent"),
            ("date", ">", fields.Datetime.now() - WINDOW),
        ]
        attempts = self.env["urssaf.registration.attempt"]
        # Of the client, with whichever company: one that has several asks the same administration.
        own = attempts.search_count([*automatic, ("registration_id.partner_id", "=", self.partner_id.id)])
        if own >= ATTEMPTS_MAX:
            return wording.note("portal_too_often", count=str(own))
        everybody = attempts.search_count([*automatic, ("registration_id.holder_id", "=", self.holder_id.id)])
        if everybody >= parameters.PORTAL_LIMIT.of_company(self.holder_id):
            return wording.note("portal_too_many")
        return None
