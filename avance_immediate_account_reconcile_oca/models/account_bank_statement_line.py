from odoo import models


class AccountBankStatementLine(models.Model):
    """The reconciliation opens with what is proposed for a transfer of Urssaf's."""

    _inherit = "account.bank.statement.line"

    def _default_reconcile_data(self):
        # EXTENDS account_reconcile_oca: what neither a rule nor an invoice's number found
        data = super()._default_reconcile_data()
        if self.is_reconciled or data.get("counterparts") or not self.urssaf_proposal_ids:
            return data
        return self._urssaf_reconcile_data(data)

    def _urssaf_reconcile_data(self, data):
        """Return the data of the reconciliation with the lines that are proposed, each as its counterpart."""
        rows, number = [row for row in data["data"] if row["kind"] != "suspense"], data["reconcile_auxiliary_id"]
        # Of a part, what the bank shows of it; else each line whole, in whatever order.
        shown = self.urssaf_open_amount if self.urssaf_proposal == "part" else False
        for line in self.urssaf_proposal_ids:
            number, added = self._get_reconcile_line(
                line,
                "other",
                is_counterpart=True,
                max_amount=shown,
                reconcile_auxiliary_id=number,
                move=True,
            )
            rows += added
        return self._recompute_suspense_line(rows, number, self.manual_reference)
