from odoo import api, models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    @api.depends("line_ids")
    def _compute_actionable_errors(self):
        # EXTENDS account: a client who pays us as well has paid twice
        result = super()._compute_actionable_errors()
        for wizard in self:
            moves = wizard.line_ids.move_id.filtered(lambda move: move.urssaf_no_payment or move.urssaf_is_collected)
            if moves:
                wizard.actionable_errors = {
                    **(wizard.actionable_errors or {}),
                    "urssaf_no_payment": {
                        "level": "warning",
                        "message": self.env._(
                            "%(invoices)s: Urssaf debits the client and pays you the whole. Record a payment here only "
                            "if the client has paid you all the same; they will then have paid twice.",
                            invoices=", ".join(moves.mapped("name")),
                        ),
                        "action_text": self.env._("Open the invoices"),
                        "action": moves._get_records_action(name=self.env._("At Urssaf")),
                    },
                }
        return result

    def _create_payments(self):
        # EXTENDS account: what the client has paid may be recorded, but not charged to their card or account
        if self.payment_token_id:
            self.line_ids.move_id._urssaf_refuse_if_collected()
        return super()._create_payments()
