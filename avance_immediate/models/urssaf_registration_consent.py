from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import wording
from .urssaf_consent import AGREED_FIELDS

#: Urssaf has what the client agreed to, or is about to: a change is told, and blocks nothing.
GIVEN_STATES = ("sending", "uncertain", "waiting", "active", "blocked")


class UrssafRegistration(models.Model):
    """The client's consent: asked before each registration, for the values that are sent."""

    _inherit = "urssaf.registration"

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

    # === LATER CHANGES === #

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

    # === WORDS === #

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
