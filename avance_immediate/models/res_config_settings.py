from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import wording
from ..urssaf import errors
from .urssaf_credentials import ENVIRONMENTS
from .urssaf_exchange import RETENTION_DAYS, RETENTION_PARAMETER


class ResConfigSettings(models.TransientModel):
    """The settings of the avance immédiate, per company. The secret is written here and never read back."""

    _inherit = "res.config.settings"

    # Not related: a related field is written when the settings are created, before anything is confirmed.
    urssaf_environment = fields.Selection(
        ENVIRONMENTS,
        string="Urssaf environment",
        help="Where clients and payment requests are sent. Empty: this company does not use the avance immédiate.",
    )
    urssaf_sap_number = fields.Char(related="company_id.urssaf_sap_number", readonly=False)
    urssaf_journal_id = fields.Many2one(related="company_id.urssaf_journal_id", readonly=False)
    urssaf_outstanding_account_id = fields.Many2one(related="company_id.urssaf_outstanding_account_id", readonly=False)
    urssaf_user_id = fields.Many2one(related="company_id.urssaf_user_id", readonly=False)
    urssaf_send_by_default = fields.Boolean(related="company_id.urssaf_send_by_default", readonly=False)
    urssaf_mail_clients = fields.Boolean(related="company_id.urssaf_mail_clients", readonly=False)
    urssaf_portal_auto_register = fields.Boolean(related="company_id.urssaf_portal_auto_register", readonly=False)
    urssaf_book_test_payouts = fields.Boolean(related="company_id.urssaf_book_test_payouts", readonly=False)
    urssaf_absence_minutes = fields.Integer(related="company_id.urssaf_absence_minutes", readonly=False)
    urssaf_exchange_days = fields.Integer(
        string="Keep the exchanges (days)", config_parameter=RETENTION_PARAMETER, default=RETENTION_DAYS
    )
    urssaf_client_id = fields.Char(string="Client ID")
    urssaf_client_secret = fields.Char(string="Client secret", help="Written only: what is stored is never shown.")
    urssaf_has_secret = fields.Boolean(compute="_compute_urssaf_has_secret")
    urssaf_auth_method = fields.Selection(
        [("body", "In the body of the request"), ("basic", "HTTP Basic")], string="Credentials are sent", default="body"
    )
    urssaf_address = fields.Char(string="Address of the sandbox")
    urssaf_confirm_production = fields.Boolean(
        string="Yes, use production: clients will receive e-mails and be debited",
    )
    urssaf_leaves_for_production = fields.Boolean(compute="_compute_urssaf_leaves_for_production")

    @api.depends("urssaf_environment", "company_id")
    def _compute_urssaf_has_secret(self):
        for settings in self:
            settings.urssaf_has_secret = bool(settings._urssaf_credentials().client_secret)

    @api.depends("urssaf_environment", "company_id")
    def _compute_urssaf_leaves_for_production(self):
        for settings in self:
            in_use = settings.company_id._origin.urssaf_environment
            settings.urssaf_leaves_for_production = settings.urssaf_environment == "production" != in_use

    @api.onchange("urssaf_environment", "company_id")
    def _onchange_urssaf_environment(self):
        """Each environment has credentials of its own: show those of the one that is chosen."""
        credentials = self._urssaf_credentials()
        self.urssaf_client_id = credentials.client_id
        self.urssaf_client_secret = False
        self.urssaf_auth_method = credentials.auth_method or "body"
        self.urssaf_address = credentials.address
        self.urssaf_confirm_production = False

    @api.model
    def get_values(self):
        # EXTENDS base
        values = super().get_values()
        company = self.env.company
        credentials = self.env["urssaf.credentials"]._for(company, company.urssaf_environment)
        values.update(
            urssaf_environment=company.urssaf_environment,
            urssaf_client_id=credentials.client_id,
            urssaf_auth_method=credentials.auth_method or "body",
            urssaf_address=credentials.address,
        )
        return values

    def set_values(self):
        # EXTENDS base
        if self.urssaf_leaves_for_production and not self.urssaf_confirm_production:
            raise UserError(
                self.env._("You chose Urssaf's production: confirm it by ticking the box beside the environment.")
            )
        result = super().set_values()
        if self.urssaf_environment != self.company_id.urssaf_environment:
            self.company_id.urssaf_environment = self.urssaf_environment
        if self.urssaf_environment:
            self._urssaf_store_credentials()
        return result

    def _urssaf_credentials(self):
        company = self.company_id._origin or self.env.company
        return self.env["urssaf.credentials"]._for(company, self.urssaf_environment)

    def _urssaf_store_credentials(self):
        values = {
            "client_id": (self.urssaf_client_id or "").strip(),
            "auth_method": self.urssaf_auth_method or "body",
            "address": (self.urssaf_address or "").strip() if self.urssaf_environment == "sandbox" else False,
        }
        if self.urssaf_client_secret:
            values["client_secret"] = self.urssaf_client_secret.strip()
        credentials = self._urssaf_credentials()
        if not credentials:
            credentials = credentials.create({"company_id": self.company_id.id, "environment": self.urssaf_environment})
        changed = {name: value for name, value in values.items() if (credentials[name] or "") != (value or "")}
        if changed:
            credentials.write(changed)
        self.urssaf_client_secret = False  # it stands in one table only

    def action_urssaf_test_connection(self):
        """Ask Urssaf for a token, then for a payment request that does not exist; say in words what is wrong."""
        self.ensure_one()
        company = self.company_id
        try:
            with company._urssaf_client() as client:
                client.check_token()
                client.search(numbers=["TEST-CONNEXION"])
        except errors.UrssafError as error:
            raise UserError(wording.as_text(self.env, wording.from_failure(error))) from error
        message = self.env._("Urssaf answers, and accepts the credentials of %(company)s.", company=company.name)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "success", "title": self.env._("The connection works"), "message": message},
        }
