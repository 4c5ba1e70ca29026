from odoo import api, models

from .res_company_sign_up import FREE, INVITATION_SCOPE


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.constrains("key", "value")
    def _check_urssaf_sign_up(self):
        """Refuse free sign-up where a company registers automatically the clients who ask on the portal."""
        if self.filtered(lambda parameter: parameter.key == INVITATION_SCOPE and parameter.value == FREE):
            automatic = [("urssaf_portal_auto_register", "=", True)]
            self.env["res.company"].sudo().search(automatic)._urssaf_refuse_free_sign_up()
