from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import wording

UNDONE = ("draft", "canceled", "rejected")  # states of a payment that is no longer in the books


class UrssafPayout(models.Model):
    """What a person undoes in the books, and how it comes back: the same payment, the same line, never a second one."""

    _inherit = "urssaf.payout"

    is_undone = fields.Boolean(compute="_compute_is_undone", compute_sudo=True, export_string_translation=False)

    @api.depends("state", "payment_id.state", "line_id.reconciled", "move_id.payment_state")
    def _compute_is_undone(self):
        for payout in self:
            payout.is_undone = payout.state == "recorded" and not payout._is_in_books()

    def _is_in_books(self):
        """Tell whether the payment of this payout stands and its line is matched as far as its invoice is open."""
        self.ensure_one()
        if self.state != "recorded" or self.payment_id.state in UNDONE or not self.line_id:
            return False
        return self.line_id.reconciled or not self._receivable_lines()

    def _record_again(self):
        """Bring a recorded payout back that a person had undone: post its payment, match its line.

        :raise UserError: nothing was undone
        """
        if self._is_in_books():
            raise UserError(self.env._("This payout is recorded already."))
        if not self.line_id:
            self._leave_payment()
            self._record()
            return
        payment = self.payment_id
        if payment.state in UNDONE:
            if payment.state != "draft":
                payment.action_draft()
            payment.action_post()  # which matches all its payouts
        else:
            self._back_in_books()

    def _back_in_books(self):
        """Match these payouts, whose payment stands, with their invoices again, and forget that they were undone."""
        self._match()
        for payout in self:
            payout._say(False)
            payout.request_id._after_decision()

    def _leave_payment(self):
        """The entry of these payouts was deleted: they are to be recorded anew, as soon as a person says so."""
        self._refuse_if_taken_back()
        for payout in self:
            number = payout.request_id.number
            payout._say(
                wording.note("payment_deleted", number=number), state="to_confirm", payment_id=False, line_id=False
            )
        for request in self.request_id:
            request._sync_problems(is_news=True)

    def _unmatched(self):
        """The lines of these payouts were taken away from their invoices: say so where the payment stands."""
        self.exists().filtered(lambda payout: payout.payment_id.state not in UNDONE)._undone("payout_unmatched")

    def _undone(self, code):
        """A person took the payment of these payouts, or the matching, out of the books: say so.

        :param code: of the note
        """
        for payout in self.filtered(lambda payout: payout.state == "recorded"):
            payout._say(wording.note(code, number=payout.request_id.number))
            payout.request_id._open_again()
            payout.request_id._sync_problems(is_news=True)
