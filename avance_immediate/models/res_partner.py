from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import rights
from ..rights import USER, check_user
from ..urssaf.intake.fields import BY_NAME, OF_PERSON
from .urssaf_registration import STATES

CIVIL_STATUS = {f"urssaf_{name}" for name in OF_PERSON}


class ResPartner(models.Model):
    """A client: what is true of the person everywhere. What one provider was given is in ``urssaf.registration``."""

    _inherit = "res.partner"

    # === Civil status: what the tax administration knows of the person (docs/api.md §2.1); a copy is another one === #
    urssaf_title = fields.Selection([("1", "Mr"), ("2", "Mrs")], string="Title", groups=USER, copy=False)
    urssaf_birth_name = fields.Char(string="Birth name", groups=USER, copy=False)
    urssaf_usage_name = fields.Char(
        string="Name in use",
        groups=USER,
        copy=False,
        help="Only where it is not the birth name, for instance after a marriage.",
    )
    urssaf_first_names = fields.Char(
        string="First names", groups=USER, copy=False, help="As on the tax notice, separated by one space."
    )
    urssaf_birth_date = fields.Date(string="Birth date", groups=USER, copy=False)
    urssaf_birth_country_id = fields.Many2one(
        "urssaf.birth.country", string="Country of birth", groups=USER, copy=False
    )
    urssaf_birth_in_france = fields.Boolean(
        related="urssaf_birth_country_id.in_france", groups=USER, export_string_translation=False
    )
    urssaf_birth_department = fields.Char(
        string="Department of birth",
        size=BY_NAME["birth_department"].limit,
        groups=USER,
        copy=False,
        help="Three characters, as it was on the day of birth: 069 for Rhône, 02B for Haute-Corse, 974 for La Réunion.",
    )
    urssaf_birth_commune_code = fields.Char(
        string="INSEE code of the commune of birth",
        size=BY_NAME["birth_commune_code"].limit,
        groups=USER,
        copy=False,
        help="The last three digits of the INSEE code: 123 for Lyon (69123).",
    )
    urssaf_birth_commune_name = fields.Char(string="Commune of birth", groups=USER, copy=False)

    # === Projection of the registration, for the company in use === #
    urssaf_registration_ids = fields.One2many("urssaf.registration", "partner_id", groups=USER)
    urssaf_registration_id = fields.Many2one(
        "urssaf.registration",
        string="Registration with Urssaf",
        compute="_compute_urssaf_registration_id",
        compute_sudo=True,
        groups=USER,
    )
    urssaf_registration_state = fields.Selection(
        STATES,
        string="Avance immédiate",
        compute="_compute_urssaf_registration_id",
        search="_search_urssaf_registration_state",
        compute_sudo=True,
    )
    urssaf_registration_date = fields.Datetime(
        string="Registration in this state since", compute="_compute_urssaf_next_step", groups=USER
    )
    urssaf_next_step = fields.Char(
        string="Next step of the registration", compute="_compute_urssaf_next_step", groups=USER
    )
    urssaf_is_used = fields.Boolean(compute="_compute_urssaf_is_used", export_string_translation=False)

    @api.depends_context("company")
    @api.depends("commercial_partner_id", "urssaf_registration_ids.state", "urssaf_registration_ids.environment")
    def _compute_urssaf_registration_id(self):
        """Find the registration of each client with the holder of the company in use, in its environment."""
        registrations = self.env["urssaf.registration"].sudo()._for(self.commercial_partner_id, self.env.company)
        by_partner = {registration.partner_id: registration for registration in registrations}
        for partner in self:
            registration = by_partner.get(partner.sudo().commercial_partner_id._origin)
            partner.urssaf_registration_id = registration and registration.id
            partner.urssaf_registration_state = registration and registration.state

    @api.depends_context("company", "lang")
    @api.depends("commercial_partner_id", "urssaf_registration_ids.state", "urssaf_registration_ids.environment")
    def _compute_urssaf_next_step(self):
        for partner in self:
            # A branch sees the state of a client of its holder, and the rest once it asks for it.
            registration = partner.urssaf_registration_id._filtered_access("read")
            partner.urssaf_registration_date = registration.state_date
            partner.urssaf_next_step = registration.next_step

    def _search_urssaf_registration_state(self, operator, value):
        """Return the domain of clients by the state of their registration with the company in use.

        :param value: states; False among them stands for clients without a registration
        """
        if operator not in ("in", "not in"):
            return NotImplemented
        holder = self.env.company.sudo().urssaf_holder_id
        own = Domain("holder_id", "=", holder.id) & Domain("environment", "=", holder.urssaf_environment)
        of_states = own & Domain("state", "in", [state for state in value if state])
        registrations = self.env["urssaf.registration"].sudo()
        # By the clients, and not through our field on them, which is for the users of Urssaf alone.
        found = Domain("commercial_partner_id", "in", registrations._search(of_states).subselect("partner_id"))
        if False in value:
            found |= Domain("commercial_partner_id", "not in", registrations._search(own).subselect("partner_id"))
        return found if operator == "in" else ~found

    @api.depends_context("company")
    @api.depends("parent_id")
    def _compute_urssaf_is_used(self):
        used = bool(self.env.company.sudo().urssaf_holder_id)
        for partner in self:
            partner.urssaf_is_used = used and not partner.parent_id

    @api.constrains("company_id")
    def _check_urssaf_company(self):
        """A client does not move to a company that could not have registered them."""
        registrations = self.sudo().urssaf_registration_ids
        registrations.filtered(lambda registration: registration.state != "erased")._check_partner_company()

    @api.model
    def default_get(self, fields):
        # EXTENDS base: what is true of one person is nobody's default value
        values = super().default_get(fields)
        rights.keep_own_defaults(self, values, CIVIL_STATUS | {"urssaf_registration_ids"})
        return values

    def write(self, vals):
        # EXTENDS base: what changes of the person is told to the registrations that rest on it
        vals = self._urssaf_unkept(vals)
        registrations = self.sudo().urssaf_registration_ids if CIVIL_STATUS & vals.keys() else None
        before = registrations._changed_since_consent() if registrations else {}
        result = super().write(vals)
        if before:
            registrations._log_changes_since_consent(before)
        if (CIVIL_STATUS & vals.keys() or {"is_company", "parent_id"} & vals.keys()) and not self.env.context.get(
            "urssaf_skip_readiness"
        ):
            self.sudo().urssaf_registration_ids._update_readiness()
        return result

    def action_urssaf_open_registration(self):
        """Open the registration of this client with the company in use; prepare it where there is none.

        A branch asks for the one that its holder has: from then on it serves the branch as well.
        """
        self.ensure_one()
        check_user(self.env)
        self.check_access("read")
        company = self.env.company
        if not company.sudo().urssaf_holder_id:
            raise UserError(
                self.env._(
                    "%(company)s does not use the avance immédiate yet. An administrator chooses the environment in "
                    "the settings of the invoicing.",
                    company=company.name,
                )
            )
        partner = self.commercial_partner_id
        registration = self.env["urssaf.registration"].sudo()._for(partner, company).with_env(self.env)
        if registration:
            registration._ask(company)
        else:
            registration = registration._prepare(partner, company)
        return registration._get_records_action(name=self.env._("Registration with Urssaf"))

    def action_urssaf_refresh(self):
        """Ask Urssaf where the registration of this client stands."""
        self.ensure_one()
        self.check_access("read")
        return self.urssaf_registration_id.action_refresh()


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def default_get(self, fields):
        # EXTENDS base: a user is a contact, with default values of its own
        return rights.with_own_defaults(self, fields, super().default_get(fields))
