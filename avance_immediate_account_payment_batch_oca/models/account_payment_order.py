from odoo import models


class AccountPaymentOrder(models.Model):
    _inherit = "account.payment.order"

    def write(self, vals):
        # EXTENDS account_payment_batch_oca: a cancelled order that comes back, or one that goes on its way
        result = super().write(vals)
        if vals.get("state", "cancel") != "cancel":
            self.payment_line_ids._urssaf_refuse_if_collected()
        return result
