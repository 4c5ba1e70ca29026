from odoo import api, models


class CreditControlCommunication(models.Model):
    _inherit = "credit.control.communication"

    @api.model
    def _generate_comm_from_credit_lines(self, lines):
        # EXTENDS account_credit_control: the one way to every letter and e-mail
        return super()._generate_comm_from_credit_lines(lines._urssaf_keep_due())

    def _send_communications_by_email(self):
        # EXTENDS account_credit_control: a queue of jobs comes here later, when an invoice may have gone to Urssaf
        lines = self.credit_control_line_ids
        (lines - lines._urssaf_keep_due()).communication_id = False
        due = self.filtered("credit_control_line_ids")
        return super(CreditControlCommunication, due)._send_communications_by_email()
