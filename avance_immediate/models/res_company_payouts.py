from odoo import models


class ResCompany(models.Model):
    _inherit = "res.company"

    def _urssaf_pays_one_by_one(self):
        return False

    def _urssaf_partner(self):
        return self.env["res.partner"].search([("name", "=", "Urssaf")], limit=1) or self.env["res.partner"].create(
            {"name": "Urssaf", "is_company": True}
        )
