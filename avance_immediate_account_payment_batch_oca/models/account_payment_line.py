from odoo import api, models


class AccountPaymentLine(models.Model):
    _inherit = "account.payment.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account_payment_batch_oca
        lines = super().create(vals_list)
        lines._urssaf_refuse_if_collected()
        return lines

    def write(self, vals):
        # EXTENDS account_payment_batch_oca
        result = super().write(vals)
        if {"move_line_id", "order_id"} & vals.keys():
            self._urssaf_refuse_if_collected()
        return result

    def _urssaf_refuse_if_collected(self):
        """Refuse lines of invoices that Urssaf collects, unless their order is cancelled: it debits nobody."""
        self.filtered(lambda line: line.state != "cancel").move_line_id.move_id._urssaf_refuse_if_collected()

    def _urssaf_is_under_way(self):
        """Tell whether this line debits the client, or may still, and no journal entry on the invoice says so."""
        if self.state == "uploaded":
            # At the bank. With an entry, the invoice shows it as paid, or as open again where the bank gave it back.
            return any(not payment.move_id and payment.state in ("in_process", "paid") for payment in self.payment_ids)
        return self.state in ("draft", "open", "generated")
