from odoo import models


class CreditControlPolicy(models.Model):
    _inherit = "credit.control.policy"

    def _move_lines_domain(self, credit_control_run):
        # EXTENDS account_credit_control
        return super()._move_lines_domain(credit_control_run) + [("move_id.urssaf_is_collected", "=", False)]
