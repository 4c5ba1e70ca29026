from odoo import api, models
from odoo.fields import Domain

from .account_move_dates import UNDOING


class AccountPartialReconcile(models.Model):
    """A payout or a deposit that a person takes away from its invoice is told; matched again, it is so no more."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: what was undone may be back
        partials = super().create(vals_list)
        partials._urssaf_payouts(is_new=True)._heard()
        partials._urssaf_requests_with_deposit()._deposits_changed()
        return partials

    def unlink(self):
        # EXTENDS account: what is matched no more is told
        payouts, deposits = self._urssaf_payouts(), self._urssaf_requests_with_deposit()
        result = super().unlink()
        payouts._heard()
        deposits._deposits_changed()
        return result

    def _urssaf_days_of_vat(self):
        """Return, by id, the day of the VAT of these matchings of payouts: theirs, or that of the last recovery."""
        days = {partial.id: partial.max_date for partial in self}
        booked = [("payout_id.line_id", "in", self.credit_move_id.ids), ("state", "=", "booked")]
        for recovery in self.env["urssaf.recovery"].sudo().search(booked) if self else ():
            for partial in self & recovery.payout_id.line_id.matched_debit_ids:
                days[partial.id] = max(days[partial.id], recovery.move_id.date)
        return days

    def _urssaf_payouts(self, is_new=False):
        """Return the payouts to look at again where these matchings are made, or go.

        :param is_new: of what is matched now, only what was undone before is news
        """
        payouts = self.env["urssaf.payout"].sudo()
        if self.env.context.get("urssaf_undoing") is UNDOING:  # by the code, which says so itself
            return payouts
        lines = (self.debit_move_id + self.credit_move_id).sudo()
        paid = lines.filtered(lambda line: line.payment_id.urssaf_transfer_id)
        invoices = lines.move_id.filtered("urssaf_request_id")
        if not paid and not invoices:
            return payouts
        domain = payouts._undone_about(invoices, paid)
        return payouts.search(domain if is_new else domain | Domain("line_id", "in", paid.ids))
