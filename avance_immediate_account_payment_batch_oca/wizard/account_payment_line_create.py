from odoo import fields, models
from odoo.fields import Domain


class AccountPaymentLineCreate(models.TransientModel):
    """What Urssaf collects is not proposed, and the window says so."""

    _inherit = "account.payment.line.create"

    urssaf_left_out = fields.Text(compute="_compute_eligible_move_line_ids", export_string_translation=False)

    def _prepare_move_line_domain(self):
        # EXTENDS account_payment_batch_oca
        wanted = bool(self.env.context.get("urssaf_collected"))
        return super()._prepare_move_line_domain() & Domain("move_id.urssaf_is_collected", "=", wanted)

    def _compute_eligible_move_line_ids(self):
        # EXTENDS account_payment_batch_oca
        result = super()._compute_eligible_move_line_ids()
        for wizard in self:
            domain = wizard.with_context(urssaf_collected=True)._prepare_move_line_domain()
            left_out = self.env["account.move.line"].search(domain).move_id
            wizard.urssaf_left_out = left_out._urssaf_collected_message() if left_out else False
        return result
