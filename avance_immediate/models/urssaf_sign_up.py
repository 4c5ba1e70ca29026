from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import parameters

PARAMETER = "auth_signup.invitation_scope"
FREE = "b2c"


class ResCompany(models.Model):
    """Registering by itself who asks on the portal, and letting anybody sign up there, exclude each other.

    Together they would let a stranger ask the tax administration about anybody.
    """

    _inherit = "res.company"

    urssaf_portal_limit = fields.Integer(
        string="Registrations by themselves a day",
        groups="base.group_user",
        default=parameters.PORTAL_LIMIT.default,
        help="Beyond this number in 24 hours, who asks on the portal waits for your confirmation.",
    )

    @api.constrains("urssaf_portal_limit")
    def _check_urssaf_portal_limit(self):
        for company in self:
            label = company._fields["urssaf_portal_limit"]._description_string(self.env)
            parameters.PORTAL_LIMIT.check(self.env, company.urssaf_portal_limit, label)

    def _urssaf_is_sign_up_free(self):
        """Tell whether anybody may sign up on the portal of this company: by the setting, or by one of its websites."""
        self.ensure_one()
        if self.env["ir.config_parameter"].sudo().get_param(PARAMETER) == FREE:
            return True
        if "website" not in self.env:
            return False
        domain = [("auth_signup_uninvited", "=", FREE), ("company_id", "in", [self.id, False])]
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
        for company in self.sudo():
            if company.urssaf_portal_auto_register and company._urssaf_is_sign_up_free():
                raise ValidationError(
                    self.env._(
                        "%(company)s: anybody could sign up and have people registered with Urssaf by themselves. "
                        "Either choose “On invitation” for customer accounts (Settings, Permissions), or switch off "
                        "“Register who asks on the portal” (Invoicing, Settings).",
                        company=company.name,
                    )
                )


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.constrains("key", "value")
    def _check_urssaf_sign_up(self):
        if self.filtered(lambda parameter: parameter.key == PARAMETER and parameter.value == FREE):
            by_themselves = [("urssaf_portal_auto_register", "=", True)]
            self.env["res.company"].sudo().search(by_themselves)._urssaf_refuse_free_sign_up()
