from odoo import models

from .urssaf_payout import UNDONE


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def write(self, vals):
        # EXTENDS account: a payout whose payment is undone by hand is told, and can be recorded again
        result = super().write(vals)
        if vals.get("state") in UNDONE:
            payouts = self.env["urssaf.payout"].sudo().search([("payment_id", "in", self.ids)])
            payouts.filtered(lambda payout: not payout.problem)._undone()
        return result
