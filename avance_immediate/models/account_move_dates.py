from datetime import timedelta

from odoo import models


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
        earliest = max(invoice_date, self.env.context.get("urssaf_not_before") or invoice_date)
        return self.company_id._urssaf_first_open_day(earliest, self.journal_id, has_tax)
