from odoo import api, models

from .. import wording


class UrssafPaymentLineMixin(models.AbstractModel):
    """Line of a payment order of another addon: debits no invoice that Urssaf collects.

    OCA has two addons for payment orders, whose models have the same names and cannot be installed together. What
    their lines and orders have in common is here; the small addon of ours for each says that its models take it over.
    """

    _name = "urssaf.payment.line.mixin"
    _description = "Line of a payment order that leaves to Urssaf what it collects"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._urssaf_refuse_if_collected()
        return lines

    def write(self, vals):
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

    def _urssaf_debits(self):
        """Return the orders in which these lines debit the client, as problems of their invoice."""
        orders = self.filtered(lambda line: line._urssaf_is_under_way()).order_id
        return [wording.note("in_payment_order", order=order.display_name) for order in orders]


class UrssafPaymentOrderMixin(models.AbstractModel):
    """Payment order of another addon: one that comes back, or goes on its way, has nothing that Urssaf collects."""

    _name = "urssaf.payment.order.mixin"
    _description = "Payment order that leaves to Urssaf what it collects"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state", "cancel") != "cancel":
            self.payment_line_ids._urssaf_refuse_if_collected()
        return result
