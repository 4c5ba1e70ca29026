"""A small life that a bank shows: what the tests of the accountant's page and of the nightly check work with."""

from odoo.tests import new_test_user

from .recovery import RecoveryCommon


class MonthCommon(RecoveryCommon):
    """``self.accountant`` may read the books, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "comptable", "account.group_account_readonly", company_id=cls.company.id
        )

    def announce(self, *requests, **options):
        """Urssaf pays; the status is read, the money not recorded yet. Return the payouts."""
        union = self.env["urssaf.payment.request"].union(*requests)
        for request in union:
            self.simulator.step(request, "pay", force=True, **options)
            request._refresh_batch()
        return union.payout_ids

    def record(self, *requests, **options):
        """Urssaf pays, and the payouts are recorded together. Return their payment."""
        payouts = self.announce(*requests, **options)
        self.run_cron("payout")
        self.assertEqual(set(payouts.mapped("state")), {"recorded"})
        return payouts.payment_id

    def bank_line(self, amount, date):
        """Return the line of a bank statement on the outstanding account."""
        statement_line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company.urssaf_journal_id.id,
                "date": date,
                "amount": amount,
                "payment_ref": "VIR URSSAF",
            }
        )
        line = statement_line._seek_for_lines()[1]
        line.account_id = self.outstanding_account
        return line

    def show_on_bank(self, payment, date, amount=None):
        """The bank shows a payment, and somebody matches it. Return the bank's own journal item."""
        bank = self.bank_line(amount or payment.amount, date)
        (bank + payment._seek_for_lines()[0]).reconcile()
        return bank
