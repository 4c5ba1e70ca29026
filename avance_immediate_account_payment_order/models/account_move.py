from odoo import models


class AccountMove(models.Model):
    """An invoice is debited once: by an order, or by Urssaf."""

    _inherit = "account.move"

    def _urssaf_other_debits(self):
        # EXTENDS avance_immediate
        orders = self.sudo().line_ids.payment_line_ids.filtered(lambda line: line._urssaf_is_under_way()).order_id
        return super()._urssaf_other_debits() + [self._urssaf_in_order(order) for order in orders]

    def create_account_payment_line(self):
        """Leave out what Urssaf collects, and say so; refuse where nothing is left.

        :raise UserError: Urssaf collects all of them
        """
        # EXTENDS account_payment_order
        collected = self.filtered("urssaf_is_collected")
        if not collected:
            return super().create_account_payment_line()
        others = self - collected
        if not others:
            collected._urssaf_refuse_if_collected()
        action = super(AccountMove, others).create_account_payment_line()
        return collected._urssaf_left_out_notification(action)
