from odoo import models


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def unlink(self):
        # EXTENDS account: a payout that a person takes away from its invoice is told
        payouts = self.env["urssaf.payout"].sudo()
        if not self.env.context.get("urssaf_undoing"):
            lines = (self.debit_move_id + self.credit_move_id).sudo()
            ours = lines.filtered(lambda line: line.payment_id.urssaf_transfer_id)
            payouts = payouts.search([("line_id", "in", ours.ids)]) if ours else payouts
        deposits = self._urssaf_requests_with_deposit()
        result = super().unlink()
        payouts._unmatched()
        deposits._deposits_changed()
        return result
