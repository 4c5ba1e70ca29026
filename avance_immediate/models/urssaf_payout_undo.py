from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import clean_context

from .. import wording
from ..rights import MANAGER, check_user

UNDONE = ("draft", "canceled", "rejected")  # states of a payment that is no longer in the books


class UrssafPayout(models.Model):
    """What a person undoes in the books, and how it comes back: the same payment, the same line, never a second one.

    ``undone`` is kept, and not computed: whatever changes an entry of ours calls ``_heard``, which compares the books
    with what was told. So several steps of one click are told once, and what comes back is noticed by whatever way.
    """

    _inherit = "urssaf.payout"

    undone = fields.Selection(
        [
            ("payment_undone", "Payment not posted"),
            ("payout_unmatched", "Not matched with its invoice"),
            ("payout_freed", "To the client's credit"),
            ("payment_reversed", "Reversed by another entry"),
            ("payment_deleted", "To record again"),
        ],
        string="Undone in the books",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What somebody undid by hand of what had been recorded.",
    )

    # === WHAT THE BOOKS SAY === #

    def _is_in_books(self):
        """Tell whether the payment of this payout stands and its line is matched as far as its invoice is open."""
        return self.state == "recorded" and not self._undone_code()

    def _undone_code(self):
        """Return what of this recorded payout is undone in the books (a value of ``undone``), or False."""
        self.ensure_one()
        line = self.line_id
        if not line:
            return "payment_deleted"
        if line.parent_state != "posted" or self.payment_id.state in UNDONE:
            return "payment_undone"
        against = line.matched_debit_ids.debit_move_id.move_id
        reversals = self._reversals()
        if any(reversal.state == "posted" for reversal in reversals):
            return "payment_reversed"
        if line.reconciled and not reversals:
            return False
        if self._due_lines():
            return "payout_unmatched"
        # What is more than the invoice stays to the client's credit from the start; not the whole of it.
        return self.move_id not in against and "payout_freed"

    def _reversals(self):
        """Return the entries by which the payment was reversed, a draft too: Odoo keeps its matching."""
        matched = self.line_id.matched_debit_ids.debit_move_id.move_id
        return matched.filtered(lambda move: move.reversed_entry_id in self.line_id.move_id)

    def _due_lines(self):
        """Return what is still to be paid of the invoice, where that is posted."""
        return self._receivable_lines().filtered(lambda line: line.parent_state == "posted")

    # === HEARING === #

    def _heard(self):
        """Look at these payouts again, since somebody changed entries of theirs: tell once what is undone, or back."""
        recorded = self.exists().filtered(lambda payout: payout.state == "recorded")
        posted = recorded.filtered(
            lambda payout: payout.undone == "payment_undone" and payout._undone_code() == "payout_unmatched"
        )
        posted._match_if_possible()
        found = {payout: payout._undone_code() for payout in recorded}
        changed = recorded.filtered(lambda payout: (payout.undone or False) != found[payout])
        for code, payouts in changed.grouped(lambda payout: found[payout]).items():
            if code == "payment_deleted":
                payouts._leave_payment()
            elif code:
                payouts._say_undone(code)
            else:
                payouts._say_back()

    def _match_if_possible(self):
        """Match the lines of these payouts, whose payment was posted again. What cannot be matched is told."""
        if not self:
            return  # a savepoint would have Odoo tell at once of each invoice what it tracks
        try:
            with self.env.cr.savepoint():
                self._match()
        except UserError:
            for payout in self if len(self) > 1 else ():
                payout._match_if_possible()

    def _leave_payment(self):
        """The entry of these payouts was deleted: each awaits a decision of a person, and is not booked by itself."""
        payments = self.payment_id
        self._free_to_record()
        self._say_undone("payment_deleted")
        # Odoo takes a payment without an entry for one that pays its invoices.
        lost = payments.filtered(lambda payment: payment.state not in UNDONE) - payments._urssaf_payouts().payment_id
        lost.state = "canceled"

    def _free_to_record(self):
        """Take these payouts, whose entry was deleted or reversed, out of their payment: to be recorded anew.

        :raise UserError: what Urssaf takes back of one of them is booked
        """
        self._refuse_if_taken_back()
        for payout in self.filtered("line_id"):  # reversed
            payout.former_line_ids += payout.line_id
        self.write({"state": "to_confirm", "payment_id": False, "line_id": False, "confirmed_by_id": False})

    def _say_undone(self, code):
        """Say of these payouts that they are undone: on each, on its request and invoice; one activity for them all.

        :param code: a value of ``undone``, and of a note
        """
        for payout in self:
            problem = wording.note(code, number=payout.request_id.number)
            doubts = payout._doubts() if payout.state == "to_confirm" else ()
            payout._write_with_problem(problem, doubts=doubts, undone=code)
        requests, body = self.request_id, self.env._("Undone in the books by %(user)s.", user=self.env.user.name)
        if code == "payment_deleted":
            # A payout that awaits is decided before its request is closed.
            requests.filtered(lambda request: request.state == "closed")._set_state("to_settle")
        requests._open_again()
        for request in requests:
            request.problems = request._current_problems()
        if told := requests[:1]:
            others = [wording.note("payouts_alike", count=str(len(requests)))] if len(requests) > 1 else []
            told._raise_problems(told.problems + others)
        for move in requests.move_id:
            move._urssaf_log(body, move.urssaf_request_id.problems)

    def _say_back(self):
        """Say that these payouts, which were undone, are in the books as they were."""
        for payout in self:
            # What the other note had hidden.
            is_changed = payout._is_to_settle()
            payout._write_with_problem(
                is_changed and wording.note("payout_changed", number=payout.request_id.number), undone=False
            )
        self.request_id._after_decision()

    # === RECORDING AGAIN === #

    def _record_again(self):
        """Bring a recorded payout back that a person had undone: post its payment, match its line.

        :return: whether it is done: a payout whose entry was deleted or reversed is to be recorded anew
        :raise UserError: nothing was undone, or nothing is left to match it with
        """
        self = self.with_context(clean_context(self.env.context))  # defaults of a call are for forms
        self._heard()
        code = self.state == "recorded" and self._undone_code()
        if self.state == "recorded" and not code:
            raise UserError(self.env._("This payout is recorded already."))
        if code == "payout_freed":
            raise UserError(
                self.env._(
                    "The invoice %(number)s has nothing left to be paid: this money stays to the client's credit. "
                    "Match it with what they owe otherwise, or give it back.",
                    number=self.request_id.number,
                )
            )
        if code:
            self._bring_back()
        return self.state == "recorded"

    def _bring_back(self):
        """Bring these recorded payouts back, each the way it went, and all that went the same way together."""
        for code, payouts in self.grouped(lambda payout: payout._undone_code()).items():
            if code == "payment_undone":
                for payment in payouts.payment_id:
                    payment._urssaf_payouts()._lock_with_invoice()
                    payment._urssaf_post_again()
            elif code in ("payment_reversed", "payment_deleted"):
                payouts._lock_with_invoice()
                payouts._free_to_record()
            elif code == "payout_unmatched":
                payouts._lock_with_invoice()
                payouts._match_same_lines()

    def _match_same_lines(self):
        """Match the journal items of these payouts, which are locked and stand in the books, with their invoices."""
        for payout in self:
            payout._refuse_changed_line()
            drafts = payout._reversals().line_ids
            payout.line_id.matched_debit_ids.filtered(lambda partial, in_=drafts: partial.debit_move_id in in_).unlink()
        self._match()
        self._heard()
        self._tell_paid()

    def _refuse_changed_line(self):
        """Refuse to match a journal item that is no longer the one of this payout.

        :raise UserError: with what is different
        """
        if self.currency_id.compare_amounts(-self.line_id.amount_currency, self.amount):
            raise UserError(
                self.env._(
                    "The journal item of this payout was changed: it is no longer of %(amount)s. First correct the "
                    "entry of the payment.",
                    amount=wording.money(self.env, self.amount, self.currency_id),
                )
            )

    def _refuse_other_lines(self):
        """Refuse to change or delete a single journal item of the payments of these payouts.

        :raise UserError: names the payment requests, if any
        """
        if self:
            raise UserError(
                self.env._(
                    "This journal item records what Urssaf paid for %(requests)s, and stays as it is. Cancel the whole "
                    "payment instead: its payouts then await your decision.",
                    requests=", ".join(self.request_id.mapped("number")),
                )
            )

    @api.model
    def _undone_about(self, moves, lines):
        """Return the domain of the payouts that are undone, and that these invoices or journal items may bring back."""
        theirs = Domain("line_id", "in", lines.ids) | Domain("request_id.move_id", "in", moves.ids)
        return Domain("undone", "!=", False) & theirs


class UrssafTransfer(models.Model):
    """A transfer of which something was undone, or awaits since: one button records all of it."""

    _inherit = "urssaf.transfer"

    has_undone = fields.Boolean(compute="_compute_has_undone", export_string_translation=False)
    doubt_html = fields.Html(string="To handle", compute="_compute_doubt_html")
    shown_key = fields.Char(compute="_compute_doubt_html", export_string_translation=False)

    @api.depends("payout_ids.undone")
    def _compute_has_undone(self):
        for transfer in self:
            transfer.has_undone = any(payout.undone for payout in transfer.payout_ids)

    @api.depends("payout_ids.undone", "payout_ids.doubts", "payout_ids.shown_key")
    @api.depends_context("lang")
    def _compute_doubt_html(self):
        """Show what is in doubt of that which the button records, and keep what was shown."""
        for transfer in self:
            payouts = transfer.payout_ids.filtered("undone")
            doubts = wording.distinct(doubt for payout in payouts for doubt in payout.doubts or [])
            transfer.doubt_html = wording.as_html(self.env, doubts, brief=True)
            transfer.shown_key = payouts._shown()

    def action_record(self):
        """Record again what was undone of this transfer; what lost its entry becomes one payment anew.

        :return: nothing, or the action that shows new doubts about some of it, which is not recorded
        :raise UserError: not all of it can be recorded
        """
        self.ensure_one()
        check_user(self.env, MANAGER)
        self.check_access("read")
        clean = self.sudo().with_context(clean_context(self.env.context))  # defaults of a call are for forms
        payouts = clean.payout_ids.filtered("undone")
        payouts._refuse_elsewhere()
        for payout in payouts:
            payout._refuse_in_other_books()
        payouts._refuse_unread(self.env.context.get("urssaf_shown"))
        payouts._heard()
        payouts.filtered(lambda payout: payout.state == "recorded" and payout.undone)._bring_back()
        lost = payouts.filtered(lambda payout: payout.state == "to_confirm")
        lost.write({"state": "to_record", "confirmed_by_id": self.env.user.id})
        lost._record()
        if asked := lost.filtered(lambda payout: payout.state == "to_confirm"):
            return asked._show_doubts()
        if lost.filtered(lambda payout: payout.state != "recorded"):
            raise UserError(
                self.env._("Not recorded: somebody else works on this invoice, or something is to be confirmed first.")
            )
        return None
