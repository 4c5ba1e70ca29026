from markupsafe import Markup

from odoo import models


class CreditControlRun(models.Model):
    _inherit = "credit.control.run"

    def _generate_credit_lines(self):
        # EXTENDS account_credit_control: the report says what was left out
        generated = super()._generate_credit_lines()
        if left_out := self._urssaf_left_out():
            self.report = (self.report or Markup()) + Markup("<p>%s</p>") % left_out._urssaf_collected_message()
        return generated

    def run_channel_action(self):
        # EXTENDS account_credit_control: the others are reminded all the same
        waiting = self.line_ids.filtered(lambda line: line.state == "to_be_sent")
        left_out = (waiting - waiting._urssaf_keep_due()).move_line_id.move_id
        action = super().run_channel_action() or {"type": "ir.actions.act_window_close"}
        return left_out._urssaf_left_out_notification(action)

    def _urssaf_left_out(self):
        """Return the overdue invoices that Urssaf collects."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "in", self.policy_ids.account_ids.ids),
                ("date_maturity", "<=", self.date),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company_id.id),
                ("move_id.urssaf_is_collected", "=", True),
            ]
        )
        return lines.move_id
