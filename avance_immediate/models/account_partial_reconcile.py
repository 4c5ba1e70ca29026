from odoo import api, models
from odoo.fields import Domain

from .account_move_dates import UNDOING


class AccountPartialReconcile(models.Model):
    """A payout that a person takes away from its invoice is told; one that is matched again is so no more."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: what was undone may be back
        partials = super().create(vals_list)
        partials._urssaf_payouts(is_new=True)._heard()
        return partials

    def unlink(self):
        # EXTENDS account: what is matched no more is told
        payouts, deposits = self._urssaf_payouts(), self._urssaf_requests_with_deposit()
        result = super().unlink()
        payouts._heard()
        deposits._deposits_changed()
        return result

    def _urssaf_payouts(self, is_new=False):
        """Return the payouts to look at again where these matchings are made, or go.

        :param is_new: of what is matched now, only what was undone before is news
        """
        payouts = self.env["urssaf.payout"].sudo()
        if self.env.context.get("urssaf_undoing") is UNDOING:  # by the code, which says so itself
            return payouts
        lines = (self.debit_move_id + self.credit_move_id).sudo()
        paid = lines.filtered(lambda line: line.payment_id.urssaf_transfer_id)
        invoices = lines.move_id.filtered("urssaf_request_id")
        if not paid and not invoices:
            return payouts
        domain = payouts._undone_about(invoices, paid)
        return payouts.search(domain if is_new else domain | Domain("line_id", "in", paid.ids))
