from odoo import api, models
from odoo.exceptions import UserError


class CreditControlPrinter(models.TransientModel):
    _inherit = "credit.control.printer"

    @api.model
    def _get_lines(self, lines, predicate):
        # EXTENDS account_credit_control: no empty letter
        lines = super()._get_lines(lines, predicate)
        collected = lines.move_line_id.move_id.filtered("urssaf_is_collected")
        if lines and collected == lines.move_line_id.move_id:
            raise UserError(collected._urssaf_collected_message())
        return lines
