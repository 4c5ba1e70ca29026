from odoo import fields, models
from odoo.fields import Domain


class AccountPaymentLineCreate(models.TransientModel):
    """What Urssaf collects is not proposed, and the window says so."""

    _inherit = "account.payment.line.create"

    urssaf_left_out = fields.Text(compute="_compute_move_line_domain", export_string_translation=False)

    def _compute_move_line_domain(self):
        # EXTENDS account_payment_order
        result = super()._compute_move_line_domain()
        for wizard in self:
            domain = Domain(wizard.move_line_domain)
            collected = Domain("move_id.urssaf_is_collected", "=", True)
            left_out = self.env["account.move.line"].search(domain & collected).move_id
            wizard.move_line_domain = list(domain & ~collected)
            wizard.urssaf_left_out = left_out._urssaf_collected_message() if left_out else False
        return result
