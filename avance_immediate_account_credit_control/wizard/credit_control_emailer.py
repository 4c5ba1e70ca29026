from odoo import models


class CreditControlEmailer(models.TransientModel):
    _inherit = "credit.control.emailer"

    def email_lines(self):
        # EXTENDS account_credit_control: what was left out is said, even where nothing else was to be sent
        collected = self._filter_lines(self.line_ids).move_line_id.move_id.filtered("urssaf_is_collected")
        action = super().email_lines()
        return collected._urssaf_left_out_notification(action)
