from datetime import date, datetime, timedelta

from odoo import api, models
from odoo.exceptions import UserError

#: In the context, as ``urssaf_undoing``: the code undoes what it booked. No RPC call can put it there.
UNDOING = object()


class ResCompany(models.Model):
    _inherit = "res.company"

    def _urssaf_first_open_day(self, date, journal, has_tax=False):
        """Return the first day, from ``date`` on, on which an entry of ``journal`` may be posted.

        Odoo would silently take today, or the last day of an open month or year: docs/money.md, "Locked periods".

        :param has_tax: the entry is in the tax report
        :return: a ``date``
        """
        self.ensure_one()
        while locks := self._get_violated_lock_dates(date, has_tax, journal):
            date = locks[-1][0] + timedelta(days=1)
        return date


class AccountMove(models.Model):
    """Entries that follow the money of Urssaf go to the first open day, and to no later one."""

    _inherit = "account.move"

    def _get_accounting_date(self, invoice_date, has_tax, lock_dates=None):
        # EXTENDS account, for the cash-basis entries of our payouts and recoveries alone
        if not self.env.context.get("urssaf_first_open_day"):
            return super()._get_accounting_date(invoice_date, has_tax, lock_dates=lock_dates)
        earliest = max(invoice_date, self._urssaf_not_before() or invoice_date)
        return self.company_id._urssaf_first_open_day(earliest, self.journal_id, has_tax)

    @api.model
    def _urssaf_not_before(self):
        """Return the day that the code has put in the context, or None: calls bring texts, or moments."""
        day = self.env.context.get("urssaf_not_before")
        return day if isinstance(day, date) and not isinstance(day, datetime) else None

    @api.model
    def _urssaf_date_given_back(self, vals_list):
        """Date the cash-basis entries of our payouts: Odoo would take today where the month of the matching is closed.

        What stays paid after a recovery is dated the recovery, and not the payout. Posting goes on from there to the
        first open day.

        :param vals_list: of ``create``
        :return: these, or new ones
        """
        if not self.env.context.get("urssaf_first_open_day"):
            return vals_list
        ids = [vals["tax_cash_basis_rec_id"] for vals in vals_list if vals.get("tax_cash_basis_rec_id")]
        partials = self.env["account.partial.reconcile"].browse(ids)
        day = self._urssaf_not_before()
        days = dict.fromkeys(ids, day) if day else partials._urssaf_days_of_vat()
        return [
            {**vals, "date": days[vals["tax_cash_basis_rec_id"]]} if vals.get("tax_cash_basis_rec_id") else vals
            for vals in vals_list
        ]

    # === THE ENTRIES OF RECOVERIES === #

    def _urssaf_refuse_if_recovery(self):
        """Refuse to undo by hand what a recovery booked: its matching and its VAT would not follow.

        :raise UserError: with where it is undone
        """
        entries = self.filtered(lambda move: move.move_type == "entry" and move.journal_id.type in ("bank", "cash"))
        entries = entries.filtered(lambda move: not (move.origin_payment_id or move.statement_line_id))
        if not entries or self.env.context.get("urssaf_undoing") is UNDOING:
            return
        booked = [("move_id", "in", entries.ids), ("state", "=", "booked")]
        if recoveries := self.env["urssaf.recovery"].sudo().search(booked):
            raise UserError(
                self.env._(
                    "This entry books what Urssaf took back for %(requests)s. Undo it there (Avance immédiate › Taken "
                    "back): the invoice is then paid again, and its VAT follows.",
                    requests=", ".join(recoveries.request_id.mapped("number")),
                )
            )

    def _reverse_moves(self, default_values_list=None, cancel=False):
        # EXTENDS account: what a recovery booked is undone from there
        self._urssaf_refuse_if_recovery()
        return super()._reverse_moves(default_values_list, cancel=cancel)
