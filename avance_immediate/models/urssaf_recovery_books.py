import logging
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import clean_context, format_date

from .. import paris, redaction, wording
from .account_move_dates import UNDOING
from .urssaf_payout_books import AtWork
from .urssaf_payout_undo import UNDONE

_logger = logging.getLogger(__name__)

RETRY_MINUTES = 10  # where somebody else is at work on the invoice


class UrssafRecovery(models.Model):
    """The entry of what Urssaf takes back: the invoice is open again for it, and what stays paid stays matched.

    The entry follows the locks of the bank's journal, the VAT given back those of the tax report. Neither is ever
    dated the payout, whose return may be filed: docs/money.md.
    """

    _inherit = "urssaf.recovery"

    # === BY ITSELF === #

    @api.model
    def _cron_book(self):
        """Book what the table of the administrator lets book by itself: always the whole of a payout."""
        self._run_due(
            [("state", "=", "to_decide"), ("is_by_itself", "=", True)],
            lambda recovery: recovery._book_by_itself(),
            by=["holder_id"],
        )

    def _book_by_itself(self):
        payout = self.payout_id
        if not self.is_by_itself or self.state != "to_decide":
            return
        if payout._problems() or not payout._is_in_books():
            self.is_by_itself = False  # a person undid something of it
            return
        self._book(payout._left_to_take(), self.date)

    def _step_failed(self, error):
        # EXTENDS urssaf.batch.mixin: from now on it is a person's, unless a person is at work on it just now
        if isinstance(error, AtWork):
            self._trigger("recovery", at=fields.Datetime.now() + timedelta(minutes=RETRY_MINUTES))
            return
        _logger.error("Recovery %s is not booked", self.ids, exc_info=redaction.redact_traceback(error))
        for recovery in self.exists():
            params = {"number": recovery.request_id.number, "reason": recovery.request_id._reason(error)}
            recovery.write({"is_by_itself": False, "problem": wording.note("recovery_not_booked", **params)})
            recovery.request_id._sync_problems(is_news=True)

    # === BOOKING === #

    def _book(self, amount, date):
        """Take ``amount`` of the payout back, in one transaction: entry, matching, VAT and mark together.

        :param amount: in the currency of the payout
        :param date: a ``date``: the first open day from there on is taken
        :raise UserError: with why it cannot be
        """
        self._refuse_elsewhere()
        self = self.with_context(clean_context(self.env.context))  # defaults of a call are for forms
        self._lock("to_decide")
        payout = self.payout_id
        self._refuse_impossible(amount, date)
        payment = payout.payment_id
        company = payment.company_id
        day = company._urssaf_first_open_day(max(date, payment.date), payment.journal_id)
        broken, kept = self._to_free(amount)
        move = self.env["account.move"].with_company(company).create(self._entry_values(amount, day))
        move._post(soft=False)
        values = {"amount": amount, "date": date, "move_id": move.id, "kept": kept, "problem": False}
        self.write({"state": "booked", "decided_by_id": not self.is_by_itself and self.env.user.id, **values})
        self._free(broken, day)
        self._tell_booked(day)
        self.request_id._after_decision()

    def _refuse_impossible(self, amount, date):
        """Refuse an amount, a date or a payout of which nothing can be taken back.

        :raise UserError: with why
        """
        payout, currency = self.payout_id, self.currency_id
        payment = payout.payment_id
        if payment.state in UNDONE or not payout.line_id:
            raise UserError(self.env._("The payment of this payout is not posted: record the payout again first."))
        if problem := payment.company_id._urssaf_currency_problem(payment.journal_id):
            raise UserError(problem)
        left = payout._left_to_take()
        if currency.compare_amounts(amount, 0) <= 0 or currency.compare_amounts(amount, currency.round(amount)):
            raise UserError(self.env._("Enter an amount above zero, in cents."))
        if currency.compare_amounts(amount, left) > 0:
            raise UserError(
                self.env._(
                    "Urssaf cannot take back more than it paid: %(left)s is left of this payout.",
                    left=wording.money(self.env, left, currency),
                )
            )
        if date < payout._paid_on() or date > paris.today():
            raise UserError(
                self.env._(
                    "Urssaf paid on %(date)s: what it takes back is dated from then until today.",
                    date=format_date(self.env, payout._paid_on()),
                )
            )

    def _entry_values(self, amount, day):
        payout = self.payout_id
        payment, line = payout.payment_id, payout.line_id
        name = self.env._("Urssaf, taken back: %(number)s", number=self.request_id.number)
        base = {"name": name, "currency_id": self.currency_id.id, "analytic_distribution": False}
        debit = {"account_id": line.account_id.id, "partner_id": line.partner_id.id, "date_maturity": day}
        credit = {"account_id": payment.outstanding_account_id.id, "partner_id": payment.partner_id.id}
        return {
            "move_type": "entry",
            "journal_id": payment.journal_id.id,
            "company_id": payment.company_id.id,
            "date": day,
            "ref": name,
            "currency_id": self.currency_id.id,
            "line_ids": [
                Command.create({**base, **debit, "balance": amount, "amount_currency": amount}),
                Command.create({**base, **credit, "balance": -amount, "amount_currency": -amount}),
            ],
        }

    def _to_free(self, amount):
        """Return what to take apart so that ``amount`` of the payout's line pays nothing, and what to keep of it.

        :return: the matchings (``account.partial.reconcile``), the last first, and what they were, as ``kept``
        :raise UserError: somebody matched the payout with other invoices
        """
        payout, currency = self.payout_id, self.currency_id
        broken = self.env["account.partial.reconcile"]
        missing = amount - abs(payout.line_id.amount_residual)
        for partial in payout.line_id.matched_debit_ids.sorted("id", reverse=True):
            if currency.compare_amounts(missing, 0) > 0 and partial.debit_move_id.move_id == payout.move_id:
                broken += partial
                missing -= partial.amount
        if currency.compare_amounts(missing, 0) > 0:
            raise UserError(
                self.env._(
                    "Less than that of the payout is matched with the invoice %(number)s: undo what it was matched "
                    "with by hand first.",
                    number=self.request_id.number,
                )
            )
        kept = [
            {"line": partial.debit_move_id.id, "amount": partial.amount, "date": str(partial.max_date)}
            for partial in broken
        ]
        return broken, kept

    def _free(self, broken, day):
        """Match the entry with the payout's line instead of the invoice, and what stays paid with the invoice again.

        :param broken: matchings of the payout with the invoice
        :param day: date of the entry. VAT follows it, and not the payout
        """
        due = broken.debit_move_id
        _dated(broken, day).with_context(urssaf_undoing=UNDOING).unlink()
        self._match()
        line = self.payout_id.line_id
        if due and not line.reconciled:
            _dated(line + due, day).reconcile()

    def _match(self):
        """Match the entries that are booked with the lines of their payouts, where they are not."""
        for recovery in self.filtered(lambda recovery: recovery.state == "booked"):
            line = recovery._debit_line()
            if not line.reconciled and not recovery.payout_id.line_id.reconciled:
                (line + recovery.payout_id.line_id).reconcile()

    def _tell_booked(self, day):
        amount = wording.money(self.env, self.amount, self.currency_id)
        body = self.env._(
            "%(amount)s that Urssaf takes back are booked on %(date)s: the invoice is open again for them.",
            amount=amount,
            date=format_date(self.env, day),
        )
        if self.move_id.company_id == self.company_id:
            body += f" {self.move_id.display_name}"
        self.request_id._log(body)
        self.request_id.move_id._urssaf_log(body)

    # === UNDOING === #

    def _undo(self):
        """Take the entry back by another one, and let the payout pay the invoice again, from today on.

        As far as the invoice is still open: what the client has paid meanwhile stays to their credit.

        :raise UserError: the bank shows it
        """
        self = self.with_context(clean_context(self.env.context))  # defaults of a call are for forms
        self._lock("booked")
        move, payout = self.move_id, self.payout_id
        if self.currency_id.compare_amounts(self.to_be_debited, self.amount):
            raise UserError(
                self.env._("The bank shows this debit of Urssaf: take it away from its line of the bank first.")
            )
        today = paris.today()
        day = move.company_id._urssaf_first_open_day(max(today, move.date), move.journal_id)
        ours = self.with_context(urssaf_undoing=UNDOING)
        ours._debit_line().matched_credit_ids.unlink()
        values = {"date": day, "ref": self.env._("Undone: %(ref)s", ref=move.ref)}
        reversal = ours.move_id._reverse_moves([values], cancel=True)
        self._match_reversal(reversal)
        self.write({"state": "undone", "reversal_id": reversal.id})
        self._match_again(day)
        body = self.env._("What was booked as taken back by Urssaf is undone by %(user)s.", user=self.env.user.name)
        self.request_id._log(body)
        self.request_id.move_id._urssaf_log(body)
        payout.request_id._after_undoing()

    def _match_reversal(self, reversal):
        """Leave nothing open of an entry and of the one that undoes it, on either account."""
        for line in self.move_id.line_ids:
            opposite = reversal.line_ids.filtered(lambda other, account=line.account_id: other.account_id == account)
            if not line.reconciled and line.account_id.reconcile:
                (line + opposite).reconcile()

    def _match_again(self, day):
        """Match the payout's line again with what it paid before; ``day`` is the date of the VAT."""
        payout = self.payout_id
        before = self.env["account.move.line"].browse([kept["line"] for kept in self.kept or []]).exists()
        due = (before & payout._receivable_lines()) or payout._receivable_lines()
        if due and not payout.line_id.reconciled:
            _dated(payout.line_id + due, day).reconcile()


def _dated(records, day):
    """Return ``records`` in a context in which VAT moves on ``day``, or the first day then open for the tax report."""
    return records.with_context(urssaf_first_open_day=True, urssaf_not_before=day)
