from odoo import api, models


class Website(models.Model):
    """Letting anybody sign up, and registering by itself who asks on the portal, exclude each other."""

    _inherit = "website"

    @api.constrains("auth_signup_uninvited", "company_id")
    def _check_urssaf_sign_up(self):
        self.company_id._urssaf_refuse_free_sign_up()
