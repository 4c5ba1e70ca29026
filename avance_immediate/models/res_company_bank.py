from odoo import models


class ResCompany(models.Model):
    """What the lines of the bank are compared with: of a company and of all its branches, as Odoo matches them."""

    _inherit = "res.company"

    def _urssaf_bank_accounts(self):
        """Return the outstanding accounts of payouts of this company and its branches: chosen now, or before."""
        below = self._urssaf_below()
        return below.urssaf_outstanding_account_id | below._urssaf_transfer_accounts()

    def _urssaf_transfer_accounts(self, *domain):
        """Return the accounts of the transfers of these companies' credentials, those of former settings too.

        :param domain: conditions on the transfers
        """
        transfers = self.env["urssaf.transfer"].sudo()
        accounts = transfers._read_group([("holder_id", "in", self.ids), *domain], ["account_id"])
        return self.env["account.account"].sudo().union(*(account for (account,) in accounts))

    def _urssaf_bank_partners(self):
        """Return the contacts that are Urssaf in the books of this company and its branches."""
        return self._urssaf_below().urssaf_partner_id.commercial_partner_id

    def _urssaf_below(self):
        return self.sudo().with_context(active_test=False).search([("id", "child_of", self.ids)])
