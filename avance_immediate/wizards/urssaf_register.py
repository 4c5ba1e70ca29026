from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import wording


class UrssafRegister(models.TransientModel):
    """Registers one client with Urssaf, once the client's consent is recorded."""

    _name = "urssaf.register"
    _description = "Register a client with Urssaf"

    registration_id = fields.Many2one("urssaf.registration", required=True, readonly=True, ondelete="cascade")
    partner_id = fields.Many2one(related="registration_id.partner_id")
    environment = fields.Selection(related="registration_id.environment")
    email = fields.Char(related="registration_id.email")
    mobile = fields.Char(related="registration_id.mobile")
    consent_text = fields.Text(string="The client agrees", compute="_compute_consent_text")
    consent_by_client = fields.Boolean(related="registration_id.consent_by_client")
    consent_date = fields.Datetime(related="registration_id.consent_date")
    question_html = fields.Html(string="To check with the client", compute="_compute_question_html")
    has_consent = fields.Boolean(
        string="The client gave this consent", compute="_compute_has_consent", store=True, readonly=False
    )

    @api.depends("registration_id")
    def _compute_consent_text(self):
        for wizard in self:
            registration = wizard.registration_id
            given = registration.consent_by_client and registration.consent_text
            wizard.consent_text = given or registration._consent_text(wizard.partner_id, registration.company_id)

    @api.depends("registration_id")
    @api.depends_context("lang")
    def _compute_question_html(self):
        for wizard in self:
            wizard.question_html = wording.as_list(wizard.registration_id._open_questions())

    @api.depends("consent_by_client")
    def _compute_has_consent(self):
        for wizard in self:
            wizard.has_consent = wizard.consent_by_client

    def action_register(self):
        """Record the consent and register the client; show the registration with what Urssaf answered."""
        self.ensure_one()
        self.registration_id._check_user()
        if not self.has_consent:
            raise UserError(self.env._("Tick the consent: nothing is sent to Urssaf without it."))
        registration = self.registration_id.sudo()
        registration._refuse_unless_open()
        if not registration.consent_by_client:
            registration.write(
                {
                    "consent_date": fields.Datetime.now(),
                    "consent_user_id": self.env.user.id,
                    "consent_text": self.consent_text,
                }
            )
        registration._register_client()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
