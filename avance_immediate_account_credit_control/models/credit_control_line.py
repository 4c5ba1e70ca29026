from odoo import api, models

UNSENT = ("draft", "to_be_sent", "queued", "error", "email_error")


class CreditControlLine(models.Model):
    _inherit = "credit.control.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account_credit_control
        lines = super().create(vals_list)
        lines.move_line_id.move_id._urssaf_refuse_if_collected()
        return lines

    def write(self, vals):
        # EXTENDS account_credit_control
        result = super().write(vals)
        if "move_line_id" in vals:
            self.move_line_id.move_id._urssaf_refuse_if_collected()
        return result

    def _urssaf_keep_due(self):
        """Return the lines that may be sent; those of invoices that Urssaf collects are ignored."""
        collected = self.filtered(lambda line: line.move_line_id.move_id.urssaf_is_collected)
        collected._urssaf_ignore()
        return self - collected

    def _urssaf_ignore(self):
        """Do not send these lines, and say why in their chatter."""
        for line in self.filtered(lambda line: line.state in UNSENT):
            line.state = "ignored"
            line._message_log(body=line.move_line_id.move_id._urssaf_collected_message())
