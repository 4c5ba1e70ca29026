from odoo import models


class AccountMove(models.Model):
    """An invoice is debited once: by an order, or by Urssaf."""

    _inherit = "account.move"

    def _urssaf_other_debits(self):
        # EXTENDS avance_immediate
        return super()._urssaf_other_debits() + self.sudo().line_ids.payment_line_ids._urssaf_debits()

    def create_account_payment_line(self):
        # EXTENDS account_payment_order: leave out what Urssaf collects, and say so
        others = self._urssaf_not_collected()
        action = super(AccountMove, others).create_account_payment_line()
        return (self - others)._urssaf_left_out_notification(action)
