from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import parameters

#: Odoo's parameter that says who may sign up; each website has a setting of its own beside it.
INVITATION_SCOPE = "auth_signup.invitation_scope"
FREE = "b2c"


class ResCompany(models.Model):
    """Registering automatically the clients who ask on the portal, and free sign-up, exclude each other.

    Together they would let a stranger ask the tax administration about anybody.
    """

    _inherit = "res.company"

    urssaf_portal_limit = fields.Integer(
        string="Automatic registrations per day",
        groups="base.group_user",
        copy=False,
        default=parameters.PORTAL_LIMIT.default,
        help="Beyond this number in 24 hours, clients who ask on the portal wait for your confirmation.",
    )

    @api.constrains("urssaf_portal_limit")
    def _check_urssaf_portal_limit(self):
        parameters.PORTAL_LIMIT.check_field(self, "urssaf_portal_limit")

    def _urssaf_is_sign_up_free(self):
        """Tell whether anybody may sign up on the portal of this company: by the setting, or by one of its websites."""
        self.ensure_one()
        if self.env["ir.config_parameter"].sudo().get_param(INVITATION_SCOPE) == FREE:
            return True
        # Asked here as well as refused by avance_immediate_website, which a database from before it may not have.
        if "website" not in self.env:
            return False
        companies = self._urssaf_sharing()  # a branch's clients are registered here as well
        domain = [("auth_signup_uninvited", "=", FREE), ("company_id", "in", [*companies.ids, False])]
        return bool(self.env["website"].sudo().search_count(domain, limit=1))

    @api.constrains("urssaf_portal_auto_register")
    def _check_urssaf_sign_up(self):
        self._urssaf_refuse_free_sign_up()

    def _urssaf_refuse_free_sign_up(self):
        """Refuse what would let a stranger register people.

        Not while modules are installed: an online shop opens the sign-up then, and what goes by itself pauses.

        :raise ValidationError: with the two ways out
        """
        if not self.pool.ready:
            return
        for company in self.sudo() | self.sudo().urssaf_holder_id:
            if company.urssaf_portal_auto_register and company._urssaf_is_sign_up_free():
                raise ValidationError(
                    self.env._(
                        "%(company)s: anybody could sign up and have people registered with Urssaf automatically. "
                        "Either choose “On invitation” for customer accounts (Settings, Permissions), or switch off "
                        "“Register who asks on the portal” (Invoicing, Settings).",
                        company=company.name,
                    )
                )
