from odoo import models


class ResCompany(models.Model):
    """What the lines of the bank are compared with: of a company and of all its branches, as Odoo matches them."""

    _inherit = "res.company"

    def _urssaf_bank_accounts(self):
        """Return the outstanding accounts of payouts of this company and its branches."""
        return self._urssaf_below().urssaf_outstanding_account_id

    def _urssaf_bank_partners(self):
        """Return the contacts that are Urssaf in the books of this company and its branches."""
        return self._urssaf_below().urssaf_partner_id.commercial_partner_id

    def _urssaf_below(self):
        return self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
