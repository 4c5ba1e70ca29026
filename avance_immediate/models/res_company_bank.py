from odoo import models


class ResCompany(models.Model):
    """What the lines of the bank are compared with: of a company and of all its branches, as Odoo matches them."""

    _inherit = "res.company"

    def _urssaf_bank_accounts(self):
        """Return the outstanding accounts of payouts of this company and its branches, of former settings too."""
        companies = self._urssaf_below()
        transfers = self.env["urssaf.transfer"].sudo()
        of_transfers = transfers._read_group([("holder_id", "in", companies.ids)], ["account_id"])
        return companies.urssaf_outstanding_account_id.union(*(account for (account,) in of_transfers))

    def _urssaf_bank_partners(self):
        """Return the contacts that are Urssaf in the books of this company and its branches."""
        return self._urssaf_below().urssaf_partner_id.commercial_partner_id

    def _urssaf_below(self):
        return self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
