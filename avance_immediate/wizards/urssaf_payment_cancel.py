from odoo import api, fields, models


class UrssafPaymentCancel(models.TransientModel):
    """Window before payments of Urssaf are cancelled: which payouts and invoices go with them."""

    _name = "urssaf.payment.cancel"
    _inherit = "urssaf.guarded.mixin"
    _description = "Cancel payments of Urssaf"

    payment_ids = fields.Many2many("account.payment", string="Payments", readonly=True)
    payout_ids = fields.Many2many("urssaf.payout", string="Payouts", compute="_compute_payout_ids", compute_sudo=True)
    amount = fields.Monetary(compute="_compute_payout_ids", compute_sudo=True)
    currency_id = fields.Many2one(related="payment_ids.currency_id")

    @api.model
    def _open(self, payments):
        """Return the action that asks whether to cancel ``payments``.

        :raise AccessError: the user could not: nothing is shown of them
        """
        payments.check_access("write")
        window = self.sudo().create({"payment_ids": payments.ids})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel the payment of Urssaf"),
            "res_model": self._name,
            "res_id": window.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.depends("payment_ids")
    def _compute_payout_ids(self):
        for window in self:
            window.payout_ids = window.payment_ids._urssaf_payouts()
            window.amount = sum(window.payout_ids.mapped("amount"))

    def action_confirm(self):
        """Cancel the payments; their payouts then await a decision."""
        self.ensure_one()
        self.check_access("read")
        self.payment_ids.with_context(urssaf_cancel_confirmed=True).action_cancel()
        return {"type": "ir.actions.act_window_close"}
