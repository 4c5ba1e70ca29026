from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _urssaf_stop_follow_up(self):
        # EXTENDS avance_immediate: what was prepared is not sent. The next run prepares it again, if it is still due.
        result = super()._urssaf_stop_follow_up()
        self.sudo().credit_control_line_ids._urssaf_ignore()
        return result
