from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import wording


class UrssafRegister(models.TransientModel):
    """Registers one client with Urssaf, once the client's consent is recorded."""

    _name = "urssaf.register"
    _inherit = "urssaf.window"
    _description = "Register a client with Urssaf"

    registration_id = fields.Many2one("urssaf.registration", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="registration_id.partner_id", related_sudo=False)
    environment = fields.Selection(related="registration_id.environment", related_sudo=False)
    email = fields.Char(related="registration_id.email", related_sudo=False)
    mobile = fields.Char(related="registration_id.mobile", related_sudo=False)
    consent_text = fields.Text(string="The client agrees", compute="_compute_consent_text")
    consent_changes = fields.Char(related="registration_id.consent_changes", related_sudo=False)
    consent_by_client = fields.Boolean(compute="_compute_consent_by_client")
    consent_date = fields.Datetime(related="registration_id.consent_date", related_sudo=False)
    question_html = fields.Html(string="To check with the client", compute="_compute_question_html")
    has_consent = fields.Boolean(
        string="The client gave this consent",
        compute="_compute_has_consent",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.depends("registration_id")
    def _compute_consent_by_client(self):
        """The client's own consent is enough as long as it is for what will be sent."""
        for wizard in self:
            registration = wizard.registration_id
            wizard.consent_by_client = registration.consent_by_client and not registration.consent_changes

    @api.depends("registration_id")
    def _compute_consent_text(self):
        for wizard in self:
            registration = wizard.registration_id
            given = wizard.consent_by_client and registration.consent_text
            wizard.consent_text = given or registration._consent_text(wizard.partner_id, registration.holder_id)

    @api.depends("registration_id")
    @api.depends_context("lang")
    def _compute_question_html(self):
        for wizard in self:
            wizard.question_html = wording.as_list(wizard.registration_id._open_questions())

    @api.depends("consent_by_client")
    def _compute_has_consent(self):
        for wizard in self:
            wizard.has_consent = wizard.consent_by_client

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: remembers what is shown, since that is what the client agrees to
        wizards = super().create(vals_list)
        wizards.registration_id._check_may_act()
        for wizard in wizards:
            wizard._remember(wizard._message())
        return wizards

    def write(self, vals):
        # EXTENDS base: the client is the one that was shown
        if "registration_id" in vals:
            self.check_access("write")
            self._refuse_changed()
        return super().write(vals)

    def _message(self):
        """Return what is confirmed here: all that Urssaf is sent, and the words that the client agrees to."""
        registration = self.registration_id
        words = registration._consent_text(registration.partner_id, registration.holder_id)
        return {"client": [registration.partner_id.id, registration._person().to_wire(), words]}

    def action_register(self):
        """Record the consent and register the client; show the registration with what Urssaf answered.

        :raise UserError: the consent is not ticked, or something was changed since the window was opened
        """
        self.ensure_one()
        self.registration_id._check_may_act()
        if self._changed_since_shown(self._message()):
            self._refuse_changed()
        if not self.has_consent:
            raise UserError(self.env._("Tick the consent: nothing is sent to Urssaf without it."))
        registration = self.registration_id.sudo()
        registration._refuse_unless_open()
        if not self.consent_by_client:
            registration._record_consent("employee", self.consent_text)
        registration._register_client()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
