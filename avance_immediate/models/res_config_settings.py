from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import parameters, rights, wording
from ..urssaf.http import errors
from .res_company import ADMINISTRATOR
from .urssaf_credentials import ENVIRONMENTS

#: Numbers: (setting, whether each company has its own).
NUMBERS = {
    "urssaf_absence_minutes": (parameters.ABSENCE_MINUTES, True),
    "urssaf_max_sends": (parameters.MAX_SENDS, True),
    "urssaf_portal_limit": (parameters.PORTAL_LIMIT, True),
    "urssaf_exchange_days": (parameters.EXCHANGE_DAYS, False),
    "urssaf_quiet_days": (parameters.QUIET_DAYS, False),
    "urssaf_attempt_days": (parameters.ATTEMPT_DAYS, False),
    "urssaf_erase_years": (parameters.ERASE_YEARS, False),
}


class ResConfigSettings(models.TransientModel):
    """The settings of the avance immédiate, per company.

    The secret is written here, never read back, and never in the table of these settings: between the moment when
    the form is stored and the one when it is saved it is an ``urssaf.secret.draft``.
    """

    _inherit = "res.config.settings"

    # Not related: a related field is written when the settings are created, before anything is confirmed.
    urssaf_environment = fields.Selection(
        ENVIRONMENTS,
        string="Urssaf environment",
        help="Where clients and payment requests are sent. Empty: this company does not use the avance immédiate.",
    )
    urssaf_upper_holder_id = fields.Many2one(
        "res.company",
        string="Urssaf credentials of the company above",
        compute="_compute_urssaf_upper_holder_id",
        compute_sudo=True,
        help="Whose environment, credentials and SAP number this branch uses, as long as it has none of its own.",
    )
    urssaf_is_branch = fields.Boolean(
        compute="_compute_urssaf_upper_holder_id", compute_sudo=True, export_string_translation=False
    )
    urssaf_sap_number = fields.Char(related="company_id.urssaf_sap_number", readonly=False)
    urssaf_journal_id = fields.Many2one(related="company_id.urssaf_journal_id", readonly=False)
    urssaf_outstanding_account_id = fields.Many2one(related="company_id.urssaf_outstanding_account_id", readonly=False)
    urssaf_partner_id = fields.Many2one(related="company_id.urssaf_partner_id", readonly=False)
    urssaf_payment_mode = fields.Selection(related="company_id.urssaf_payment_mode", readonly=False)
    urssaf_reports_payments = fields.Boolean(compute="_compute_urssaf_payout_problem", export_string_translation=False)
    urssaf_payout_problem = fields.Char(
        string="Payouts cannot be recorded",
        compute="_compute_urssaf_payout_problem",
    )
    urssaf_user_id = fields.Many2one(related="company_id.urssaf_user_id", readonly=False)
    urssaf_send_by_default = fields.Boolean(related="company_id.urssaf_send_by_default", readonly=False)
    urssaf_mail_clients = fields.Boolean(related="company_id.urssaf_mail_clients", readonly=False)
    urssaf_portal_auto_register = fields.Boolean(related="company_id.urssaf_portal_auto_register", readonly=False)
    # Not related either: written when the settings are saved, not when a button stores them.
    urssaf_book_test_payouts = fields.Boolean(
        string="Record payouts outside production",
        help="Payouts outside production are not money. Record them all the same, for a demonstration.",
    )
    urssaf_absence_minutes = fields.Integer(
        string="Delay before an absence is certain (minutes)",
        help="After an answer was lost, a payment request that Urssaf does not know is looked up again after "
        "this delay, before it is sent again.",
    )
    urssaf_max_sends = fields.Integer(
        string="Sendings of one number",
        help="How often one payment request is sent at most while Urssaf gives no answer. Each time, it was looked up "
        "first, and is not there.",
    )
    urssaf_portal_limit = fields.Integer(
        string="Automatic registrations per day",
        help="Beyond this number in 24 hours, clients who ask on the portal wait for your confirmation.",
    )
    urssaf_is_sign_up_free = fields.Boolean(compute="_compute_urssaf_is_sign_up_free", export_string_translation=False)
    urssaf_exchange_days = fields.Integer(string="Keep the exchanges (days)")
    urssaf_quiet_days = fields.Integer(
        string="Keep the exchanges without news (days)",
        help="Most questions are answered by what was known already. What brought news, and what failed, is kept "
        "longer.",
    )
    urssaf_attempt_days = fields.Integer(
        string="Keep the attempts to register (days)",
        help="Each attempt to register a client, and Urssaf's reasons. The last one stays where Urssaf refused.",
    )
    urssaf_erase_years = fields.Integer(
        string="Propose to erase clients (years)",
        help="Years without any dealings, after which clients come up in the list of those to erase. Nothing is erased "
        "by itself.",
    )
    urssaf_client_id = fields.Char(string="Client ID")
    urssaf_client_secret = fields.Char(
        string="Client secret",
        help="Written only: what is stored is never shown.",
        compute="_compute_urssaf_client_secret",
        inverse="_inverse_urssaf_client_secret",
        readonly=False,
        exportable=False,
    )
    urssaf_has_secret = fields.Boolean(compute="_compute_urssaf_has_secret")
    urssaf_key_problem = fields.Html(string="Keys of the server", compute="_compute_urssaf_has_secret")
    urssaf_auth_method = fields.Selection(
        [("body", "In the body of the request"), ("basic", "HTTP Basic")], string="Credentials are sent", default="body"
    )
    urssaf_address = fields.Char(string="Address of the simulator")
    urssaf_confirm_production = fields.Boolean(
        string="Yes, use production: clients will receive e-mails and be debited",
    )
    urssaf_leaves_for_production = fields.Boolean(compute="_compute_urssaf_leaves_for_production")
    urssaf_is_offered = fields.Boolean(compute="_compute_urssaf_is_offered", export_string_translation=False)
    urssaf_limits = fields.Char(compute="_compute_urssaf_is_offered", export_string_translation=False)

    def _compute_urssaf_client_secret(self):
        self.urssaf_client_secret = False

    def _inverse_urssaf_client_secret(self):
        for settings in self:
            self.env["urssaf.secret.draft"]._keep(settings, settings.urssaf_client_secret)
        self.invalidate_recordset(["urssaf_client_secret"])

    @api.depends("urssaf_environment", "company_id")
    @api.depends_context("lang")
    def _compute_urssaf_has_secret(self):
        for settings in self:
            credentials = settings._urssaf_credentials()
            settings.urssaf_has_secret = credentials.has_secret
            settings.urssaf_key_problem = wording.as_html(self.env, credentials._key_problem(), brief=True)

    @api.depends("company_id", "urssaf_environment")
    def _compute_urssaf_upper_holder_id(self):
        for settings in self:
            settings.urssaf_upper_holder_id = settings.company_id.parent_id.urssaf_holder_id
            # As shown, not as saved: what is chosen here takes the place of what is used from above.
            settings.urssaf_is_branch = settings.urssaf_upper_holder_id and not settings.urssaf_environment

    @api.depends("company_id", "urssaf_journal_id", "urssaf_outstanding_account_id")
    @api.depends_context("lang")
    def _compute_urssaf_payout_problem(self):
        for settings in self:
            company = settings.company_id
            settings.urssaf_payout_problem = company._urssaf_payout_problem()
            settings.urssaf_reports_payments = company._urssaf_reports_payments()

    @api.depends("company_id")
    def _compute_urssaf_is_sign_up_free(self):
        for settings in self:
            settings.urssaf_is_sign_up_free = settings.company_id._urssaf_is_sign_up_free()

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_urssaf_is_offered(self):
        """Say what this company cannot do, and why."""
        for settings in self:
            company = settings.company_id
            settings.urssaf_is_offered = company._urssaf_is_offered()
            settings.urssaf_limits = False
            if not settings.urssaf_is_offered:
                settings.urssaf_limits = self.env._(
                    "The avance immédiate is for providers in France and its overseas departments. %(company)s pays "
                    "its taxes elsewhere (%(country)s): while only this company is selected, contacts, products and "
                    "invoices show nothing of it.",
                    company=company.name,
                    country=company._urssaf_country().name or self.env._("no country"),
                )
            elif company.currency_id.name != "EUR":
                settings.urssaf_limits = self.env._(
                    "%(company)s keeps its books in %(currency)s. Urssaf accepts invoices in euros only, and pays in "
                    "euros, which could not be recorded there: no invoice of this company is sent to Urssaf.",
                    company=company.name,
                    currency=company.currency_id.name,
                )

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

    @api.constrains(*NUMBERS)
    def _check_urssaf_numbers(self):
        for name, (number, _per_company) in NUMBERS.items():
            number.check_field(self, name)

    @api.model
    def default_get(self, fields):
        # EXTENDS base: what holds now, whatever default values somebody chose
        values = rights.with_own_defaults(self, fields, super().default_get(fields))
        # Odoo answers whoever asks for default values: the client ID is for those who may open the settings.
        current = self._urssaf_values() if self.has_access("create") else {}
        return values | {name: current[name] for name in fields if name in current}

    @api.model
    def _urssaf_values(self):
        company = self.env.company
        credentials = self.env["urssaf.credentials"]._for(company, company.urssaf_environment)
        return {
            "urssaf_environment": company.urssaf_environment,
            "urssaf_book_test_payouts": company.urssaf_book_test_payouts,
            "urssaf_client_id": credentials.client_id,
            "urssaf_auth_method": credentials.auth_method or "body",
            "urssaf_address": credentials.address,
            **{
                name: number.of_company(company) if per_company else number.of_database(self.env)
                for name, (number, per_company) in NUMBERS.items()
            },
        }

    def set_values(self):
        # EXTENDS base
        if self.urssaf_leaves_for_production and not self.urssaf_confirm_production:
            raise UserError(
                self.env._("You chose Urssaf's production: confirm it by ticking the box beside the environment.")
            )
        result = super().set_values()
        self._urssaf_store_numbers()
        company = self.company_id.sudo()  # nobody writes these two but here
        for name in ("urssaf_environment", "urssaf_book_test_payouts"):
            if self[name] != company[name]:
                company[name] = self[name]
        secret = self.env["urssaf.secret.draft"]._take(self)
        if self.urssaf_environment:
            self._urssaf_store_credentials(secret)
        return result

    def _urssaf_store_numbers(self):
        """Store each number where it belongs: with the company, or as a parameter of the database."""
        parameter = self.env["ir.config_parameter"].sudo()
        for name, (number, per_company) in NUMBERS.items():
            if not per_company:
                parameter.set_param(number.name, self[name])
            elif self[name] != self.company_id[name]:
                self.company_id[name] = self[name]

    def _urssaf_credentials(self):
        company = self.company_id._origin or self.env.company
        return self.env["urssaf.credentials"]._for(company, self.urssaf_environment)

    def _urssaf_store_credentials(self, secret):
        """Store what changed of the credentials for the chosen environment, made if need be.

        :param secret: a new client secret, or a false value to keep the one that is there
        """
        values = {
            "client_id": (self.urssaf_client_id or "").strip(),
            "auth_method": self.urssaf_auth_method or "body",
            "address": (self.urssaf_address or "").strip() if self.urssaf_environment == "simulator" else False,
        }
        credentials = self._urssaf_credentials()
        if not credentials:
            credentials = credentials.create({"company_id": self.company_id.id, "environment": self.urssaf_environment})
        changed = {name: value for name, value in values.items() if (credentials[name] or "") != (value or "")}
        if secret:
            changed["client_secret"] = secret
        if changed:
            credentials.write(changed)

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

    def action_urssaf_set_up_payouts(self):
        """Make what the company lacks to record payouts, and show it.

        :raise AccessError: not an administrator of the settings
        :raise UserError: the company is elsewhere, or has not one bank journal
        """
        self.ensure_one()
        # What is made is the accounting's, whose rights an administrator need not have.
        rights.check_user(self.env, ADMINISTRATOR)
        company = self.company_id
        company.check_access("write")
        if not company._urssaf_is_offered():
            raise UserError(self.urssaf_limits)
        company._urssaf_set_up_payouts()
        return {"type": "ir.actions.client", "tag": "reload"}  # as Odoo does when settings are saved
