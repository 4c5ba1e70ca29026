from functools import partial

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError, ValidationError

from .. import parameters, rights, wording
from ..urssaf.http.endpoint import is_loopback, is_urssaf
from ..urssaf.tiers_prestation.client import Credentials, Endpoint, UrssafClient
from .urssaf_credentials import ENVIRONMENTS, DatabaseTokenStore

# Urssaf's own environments: elsewhere than at these addresses, its name is not reached.
URSSAF_ENDPOINTS = {"production": Endpoint.production(), "sandbox": Endpoint.sandbox()}
ADMINISTRATOR = "base.group_system"
#: Where the tax credit that Urssaf advances is: France and its overseas departments, each a country of its own in Odoo
#: (docs/data.md). The collectivities (PF, NC, WF, PM, BL, MF) and Monaco levy their own income tax, or none.
COUNTRIES = {"FR", "GP", "MQ", "GF", "RE", "YT"}
#: Written by the settings alone, which ask for a confirmation or warn.
SET_IN_SETTINGS = {"urssaf_environment", "urssaf_book_test_payouts"}
KEY_ACTIVITY = "avance_immediate.mail_activity_type_urssaf"
#: What payouts are recorded with (res_company_payouts.py).
CHOSEN_FOR_PAYOUTS = {"urssaf_journal_id", "urssaf_outstanding_account_id", "urssaf_partner_id"}


class ResCompany(models.Model):
    """The settings of the avance immédiate of a company: colleagues read them, administrators write them."""

    _inherit = "res.company"

    urssaf_environment = fields.Selection(
        ENVIRONMENTS,
        string="Urssaf environment",
        groups="base.group_user",
        copy=False,
        help="Where clients and payment requests are sent. Empty: this company does not use the avance immédiate.",
    )
    urssaf_holder_id = fields.Many2one(
        "res.company",
        string="Urssaf credentials of",
        compute="_compute_urssaf_holder_id",
        compute_sudo=True,
        recursive=True,
        groups="base.group_user",
        help="The nearest company upward, itself included, that has an Urssaf environment: its environment, "
        "credentials and SAP number are used. Empty: the avance immédiate is not used.",
    )
    urssaf_sap_number = fields.Char(
        string="SAP number",
        groups="base.group_user",
        copy=False,
        help="Number of the declaration as a provider of services à la personne: SAP and nine digits.",
    )
    urssaf_user_id = fields.Many2one(
        "res.users",
        string="Person in charge of Urssaf",
        groups="base.group_user",
        copy=False,
        help="Gets an activity when a client, a payment request or a payout needs somebody.",
    )
    urssaf_send_by_default = fields.Boolean(
        string="Propose Urssaf when sending invoices",
        groups="base.group_user",
        copy=False,
        help="Tick the sending to Urssaf by default in the Send window, for the invoices that can go.",
    )
    urssaf_mail_clients = fields.Boolean(
        string="Write to clients who have something to do",
        groups="base.group_user",
        copy=False,
        help="Send the ready e-mail by itself to each client who has to activate the Urssaf account, whose account is "
        "blocked, or whose direct debit mandate has expired: what happens, what to do.",
    )
    urssaf_portal_auto_register = fields.Boolean(
        string="Register who asks on the portal",
        groups="base.group_user",
        copy=False,
        help="Register at once, without a confirmation of yours, the clients who ask for it on the portal and consent. "
        "Only where you have invited these clients yourself: not with the free sign-up.",
    )
    urssaf_book_test_payouts = fields.Boolean(
        string="Record payouts outside production",
        groups="base.group_user",
        copy=False,
        help="Payouts outside production are not money. Record them all the same, for a demonstration.",
    )
    urssaf_absence_minutes = fields.Integer(
        string="Delay before an absence is certain (minutes)",
        groups="base.group_user",
        copy=False,
        default=parameters.ABSENCE_MINUTES.default,
        help="After an answer was lost, a payment request that Urssaf does not know is looked up again after "
        "this delay, before it is sent again.",
    )

    urssaf_max_sends = fields.Integer(
        string="Sendings of one number",
        groups="base.group_user",
        copy=False,
        default=parameters.MAX_SENDS.default,
        help="How often one payment request is sent at most while Urssaf gives no answer. Each time, it was looked up "
        "first, and is not there.",
    )

    @api.depends("urssaf_environment", "parent_id.urssaf_holder_id")
    def _compute_urssaf_holder_id(self):
        for company in self:
            company.urssaf_holder_id = company if company.urssaf_environment else company.parent_id.urssaf_holder_id

    def _urssaf_sharing(self):
        """Return the companies that use the environment and credentials of these ones: themselves, and branches."""
        below = self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
        return below.filtered(lambda company: company in self or company.urssaf_holder_id in self)

    def _urssaf_is_offered(self):
        """Tell whether one of these companies may use the avance immédiate, or uses it."""
        companies = self.sudo()
        return any(
            company.urssaf_environment or company._urssaf_country().code in COUNTRIES
            for company in companies | companies.parent_ids
        )

    def _urssaf_country(self):
        """Return the country whose taxes this company pays."""
        self.ensure_one()
        return self.account_fiscal_country_id or self.country_id

    @api.constrains("urssaf_sap_number")
    def _check_urssaf_sap_number(self):
        for company in self:
            number = company.urssaf_sap_number
            if number and not (len(number) == 12 and number.startswith("SAP") and number[3:].isdigit()):
                raise ValidationError(
                    self.env._("The SAP number of %(company)s is SAP and nine digits.", company=company.name)
                )

    @api.constrains("urssaf_absence_minutes")
    def _check_urssaf_absence_minutes(self):
        parameters.ABSENCE_MINUTES.check_field(self, "urssaf_absence_minutes")

    @api.constrains("urssaf_max_sends")
    def _check_urssaf_max_sends(self):
        parameters.MAX_SENDS.check_field(self, "urssaf_max_sends")

    # === WHO WRITES WHAT === #

    @api.model
    def default_get(self, fields):
        # EXTENDS base: neither a default value of somebody's nor the context switches anything on
        return rights.with_own_defaults(self, fields, super().default_get(fields))

    @api.model
    def _has_field_access(self, field, operation):
        # EXTENDS base
        allowed = super()._has_field_access(field, operation)
        if not allowed or operation == "read" or self.env.su or not field.name.startswith("urssaf_"):
            return allowed
        return field.name not in SET_IN_SETTINGS and self.env.user.has_group(ADMINISTRATOR)

    @api.model
    def _check_field_access(self, field, operation):
        # EXTENDS base
        if operation == "write" and field.name.startswith("urssaf_") and not self._has_field_access(field, operation):
            raise AccessError(
                self.env._(
                    "“%(field)s” is set in the settings of the invoicing, section Avance immédiate, by an "
                    "administrator.",
                    field=field._description_string(self.env),
                )
            )
        return super()._check_field_access(field, operation)

    def write(self, vals):
        # EXTENDS base: what payouts go through must serve; those that waited for it are booked
        chosen = CHOSEN_FOR_PAYOUTS & vals.keys()
        # The settings write all of theirs, whatever the administrator came for: only what is new is judged.
        changed = [(company, name) for company in self.sudo() for name in chosen if company[name].id != vals[name]]
        result = super().write(vals)
        for company, name in changed:
            company._urssaf_refuse_unfit(name)
        if {"urssaf_journal_id", "urssaf_outstanding_account_id"} & chosen:
            below = self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
            self.env["urssaf.payout"].sudo()._retry_waiting(below)
        return result

    def _urssaf_client(self, environment=None, *, records=None, client_class=UrssafClient, **options):
        """Return the client of an API of this company, to be used as a context manager.

        With credentials of its own and no others: records that go with those of another company ask that one
        (``urssaf.held.mixin``).

        :param environment: by default the environment that the company uses
        :param records: what the calls are for, noted in the exchanges; whose values are hidden in what Urssaf answers
        :param client_class: the ``Gateway`` of the API
        :raise UserError: no environment or no credentials
        :raise UnusableKey: the keys of this server do not open the secret
        :raise OtherDatabase: the credentials belong to another database
        """
        self.ensure_one()
        environment = environment or self.urssaf_environment
        stored = self.env["urssaf.credentials"]
        credentials = stored._for(self, environment, client_class.api.name) if environment else stored
        if not credentials.client_id or not credentials.client_secret:
            raise UserError(
                self.env._(
                    "%(company)s has no Urssaf credentials. An administrator enters them in the settings of the "
                    "invoicing, section Avance immédiate.",
                    company=self.name,
                )
            )
        credentials._refuse_elsewhere()
        secret = credentials._open_secret()
        self._urssaf_key_serves()
        endpoint = self._urssaf_endpoint(credentials)
        barrier = partial(self._urssaf_barrier, environment)
        # Asked now as well, before anything is noted as on its way.
        barrier(endpoint.host)
        return client_class(
            endpoint,
            Credentials(credentials.client_id, secret, credentials.auth_method),
            token_store=DatabaseTokenStore(credentials),
            observer=self.env["urssaf.exchange"]._observer(self, environment, records),
            barrier=barrier,
            hide=records._personal_values() if records else (),
            **options,
        )

    def _urssaf_refuse_elsewhere(self):
        """Refuse what would only wait, where the credentials in use belong to another database.

        :raise OtherDatabase: this is a copy, or was moved
        """
        for holder in self.sudo().urssaf_holder_id:
            self.env["urssaf.credentials"]._for(holder, holder.urssaf_environment)._refuse_elsewhere()

    def _urssaf_place_problems(self):
        """Return as problems that the credentials in use belong to another database."""
        stored = self.env["urssaf.credentials"]
        used = stored.union(*(stored._for(each, each.urssaf_environment) for each in self.sudo().urssaf_holder_id))
        return [elsewhere.with_env(self.env)._place_problem()] if (elsewhere := used._elsewhere()) else []

    def _urssaf_endpoint(self, credentials):
        if credentials.environment in URSSAF_ENDPOINTS:
            return URSSAF_ENDPOINTS[credentials.environment]
        try:
            return Endpoint.at(credentials.address or "")
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The address of the simulator is missing or wrong: it starts with https://, or http://127.0.0.1, "
                    "its host has letters without accents, digits, dots and hyphens or is an IP address, and it is not "
                    "Urssaf's."
                )
            ) from error

    def _urssaf_barrier(self, environment, host):
        """Last barrier before anything leaves, asked before each HTTP request.

        Tests reach this machine alone; demonstration and neutralised databases reach none of Urssaf's hosts; and each
        environment reaches its own.

        :param environment: the environment in whose name the call is made
        :param host: what is about to be connected to, as ``endpoint.host_of`` returns it
        :raise UserError: it is not to be reached; nothing has left
        """
        if is_loopback(host):
            return
        is_test = bool(modules.module.current_test)
        if is_test or (is_urssaf(host) and self._urssaf_is_mock_database()):
            raise UserError(self.env._("A test, a demonstration or a copy of a database does not reach Urssaf."))
        own = URSSAF_ENDPOINTS.get(environment)
        if (own or is_urssaf(host)) and (not own or host != own.host):
            raise UserError(
                self.env._("Nothing was sent: %(host)s is not the address of the Urssaf environment in use.", host=host)
            )

    def _urssaf_is_mock_database(self):
        neutralized = self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized")
        module = self.env["ir.module.module"].sudo().search([("name", "=", "avance_immediate")], limit=1)
        return bool(neutralized) or module.demo

    # === KEYS === #

    def _urssaf_key_fails(self, problem):
        """Tell the person in charge once, whatever the number of calls that wait, that no key opens the secret.

        The activity stands on the company's contact: the credentials are for nobody's eyes, and no client or invoice
        is concerned more than another. Called in a fresh transaction; who comes second leaves it to the first.

        :param problem: as ``wording`` builds them
        """
        self._urssaf_tell_once(problem, KEY_ACTIVITY)

    def _urssaf_tell_once(self, problem, activity_type):
        """Keep one activity of a type on the company's contact, which says ``problem``; see ``_urssaf_key_fails``.

        :return: whether each of these companies has it: who finds the contact locked has told nobody
        """
        is_told = True
        for company in self.sudo():
            partner = company.partner_id.try_lock_for_update(allow_referencing=True)
            user = company._urssaf_key_responsible()
            partner = partner.with_context(lang=user.lang, mail_activity_quick_update=True)
            values = {
                "summary": wording.first_title(partner.env, [problem]),
                "note": wording.as_html(partner.env, [problem], brief=True),
            }
            activity = company._urssaf_activities(activity_type)[:1]
            if activity and not activity.user_id.active:
                values["user_id"] = user.id  # nobody was there to be told, or is any more
            elif activity and activity.summary == values["summary"]:
                continue
            if not partner:
                is_told = False
            elif activity:
                activity.write(values)
            else:
                partner.activity_schedule(activity_type, **{"user_id": user.id, **values})
        return is_told

    def _urssaf_key_serves(self):
        """Close the activity that told otherwise, once every secret of the company can be opened."""
        for company in self.sudo():
            if not (activities := company._urssaf_key_activities()):
                continue
            stored = self.env["urssaf.credentials"].sudo().search([("company_id", "=", company.id)])
            if not any(credentials._key_problem() for credentials in stored):
                activities.action_feedback(feedback=self.env._("Solved."))

    def _urssaf_key_responsible(self):
        users = self.urssaf_user_id | self._urssaf_managers()
        return users.filtered(lambda user: user.active and not user.share)[:1] or self.env.ref("base.user_root")

    def _urssaf_managers(self):
        """Return the managers of the avance immédiate who work in one of these companies."""
        managers = self.env.ref(rights.MANAGER).sudo().all_user_ids
        return managers.filtered(lambda user: user.active and not user.share and user.sudo().company_ids & self)

    def _urssaf_key_activities(self):
        return self._urssaf_activities(KEY_ACTIVITY)

    def _urssaf_activities(self, activity_type):
        """Return the open activities of a type (an XML id) on the contacts of these companies."""
        # Unlike ref(), asks nothing of the database: this is read before each call.
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(activity_type)
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "res.partner"),
                ("res_id", "in", self.partner_id.ids),
                ("activity_type_id", "=", type_id),
            ]
        )
