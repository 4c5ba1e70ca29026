from odoo import api, fields, models
from odoo.exceptions import UserError


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
    has_consent = fields.Boolean(string="The client gave this consent")

    @api.depends("registration_id")
    def _compute_consent_text(self):
        for wizard in self:
            wizard.consent_text = self.env._(
                "%(client)s asks %(company)s to register them for the avance immédiate of Urssaf, and agrees that "
                "%(company)s gives Urssaf their civil status, contact and bank details for it. The service is free; "
                "it may be left at any time in the Urssaf account. People who receive APA or PCH cannot use it.",
                client=wizard.partner_id.name,
                company=wizard.registration_id.company_id.name,
            )

    def action_register(self):
        """Record the consent and register the client; show the registration with what Urssaf answered."""
        self.ensure_one()
        self.registration_id._check_user()
        if not self.has_consent:
            raise UserError(self.env._("Tick the consent: nothing is sent to Urssaf without it."))
        registration = self.registration_id.sudo()
        registration.write(
            {
                "consent_date": fields.Datetime.now(),
                "consent_user_id": self.env.user.id,
                "consent_text": self.consent_text,
            }
        )
        registration._register_client()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
