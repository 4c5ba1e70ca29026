from odoo import api, models


class CreditControlCommunication(models.Model):
    _inherit = "credit.control.communication"

    @api.model
    def _generate_comm_from_credit_lines(self, lines):
        # EXTENDS account_credit_control: the one way to every letter and e-mail
        return super()._generate_comm_from_credit_lines(lines._urssaf_keep_due())
