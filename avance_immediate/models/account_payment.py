from odoo import api, fields, models
from odoo.exceptions import UserError

from .urssaf_payout_undo import UNDONE

#: What may change of a payment of several payouts while it is a draft. Odoo would make one line of its lines.
KEPT_LINES = {"date"}


class AccountPayment(models.Model):
    """The payment of a transfer of Urssaf: one line an invoice, which Odoo takes for one."""

    _inherit = "account.payment"

    urssaf_transfer_id = fields.Many2one(
        "urssaf.transfer",
        string="Transfer of Urssaf",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _urssaf_payouts(self):
        """Return the payouts that these payments record."""
        ours = self.sudo().filtered("urssaf_transfer_id")
        payouts = self.env["urssaf.payout"].sudo()
        return payouts.search([("payment_id", "in", ours.ids)]) if ours else payouts

    def write(self, vals):
        # EXTENDS account: payouts whose payment is undone by hand are told, and come back with it
        result = super().write(vals)
        if vals.get("state") in UNDONE:
            self._urssaf_payouts()._undone("payment_undone")
        return result

    def action_post(self):
        # EXTENDS account: what had been undone is matched again; what lost its entry is not made anew
        lost = self.filtered(lambda payment: payment.sudo().urssaf_transfer_id and not payment.move_id)
        if lost:
            raise UserError(lost._urssaf_lost_message())
        back = self._urssaf_payouts().filtered(lambda payout: payout.payment_id.state in UNDONE)
        result = super().action_post()
        back._back_in_books()
        self._urssaf_tell_given_back()
        return result

    def action_cancel(self):
        # EXTENDS account: all payouts of the payment go with it, which whoever cancels it is told first
        payouts = self._urssaf_payouts()
        if payouts and not self.env.context.get("urssaf_cancel_confirmed"):
            return self.env["urssaf.payment.cancel"]._open(self)
        result = super().action_cancel()
        payouts.filtered(lambda payout: not payout.line_id)._leave_payment()
        return result

    @api.ondelete(at_uninstall=False)
    def _urssaf_unlink_recorded(self):
        if payouts := self._urssaf_payouts():
            raise UserError(
                self.env._(
                    "This payment records the payouts of Urssaf for %(requests)s. Cancel it first: they then await "
                    "your decision.",
                    requests=", ".join(payouts.request_id.mapped("number")),
                )
            )

    def _urssaf_lost_message(self):
        return self.env._(
            "The journal entry of this payment of Urssaf was deleted. Odoo would make another one, of a single line. "
            "Record the payouts again instead: Urssaf › Payouts, “Record the payment”."
        )

    def _synchronize_to_moves(self, changed_fields):
        # EXTENDS account, which expects one line against the bank's
        ours = self.filtered(lambda payment: payment.sudo().urssaf_transfer_id and payment.move_id.state == "draft")
        changed = set(self._get_trigger_fields_to_synchronize()) & set(changed_fields)
        if ours and changed:
            if changed - KEPT_LINES:
                raise UserError(
                    self.env._(
                        "This payment has a line for each invoice that Urssaf paid: only its date can be changed. "
                        "Cancel it and record the payouts again for anything else."
                    )
                )
            for payment in ours:
                payment.move_id.date = payment.date
        return super(AccountPayment, self - ours)._synchronize_to_moves(changed_fields)

    def _get_payment_receipt_report_values(self):
        # EXTENDS account: the invoices of one client are nobody else's business
        values = super()._get_payment_receipt_report_values()
        if self.sudo().urssaf_transfer_id and len(self.sudo().reconciled_invoice_ids.commercial_partner_id) > 1:
            values["display_invoices"] = False
        return values
