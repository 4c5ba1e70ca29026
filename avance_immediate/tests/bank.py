"""Transfers in the books and lines of the bank: what the tests of matching share."""

from odoo import fields
from odoo.tests import new_test_user

from .common import UrssafCommon

LABEL = "VIR URSSAF IDF AICI"


class BankCommon(UrssafCommon):
    """``self.accountant`` may write lines of the bank, and has none of Urssaf's rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company.urssaf_journal_id
        cls.accountant = new_test_user(
            cls.env, "bank_accountant", "account.group_account_basic", company_id=cls.company.id
        )

    def open_line(self, amount, date="2026-06-17", partner=None, journal=None, account=None):
        """Return an open line of the outstanding account, as a payment makes it, or, below zero, a recovery."""
        account = account or self.outstanding_account
        journal = journal or self.journal
        if amount < 0:
            other = self.company_data["default_account_receivable"]
            lines = [(account, 0, -amount), (other, -amount, 0)]
            move = self.env["account.move"].create(
                {
                    "date": date,
                    "journal_id": self.company_data["default_journal_misc"].id,
                    "line_ids": [
                        fields.Command.create({"account_id": each.id, "debit": debit, "credit": credit})
                        for each, debit, credit in lines
                    ],
                }
            )
            move.action_post()
            return move.line_ids[0]
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or self.client).id,
                "amount": amount,
                "date": date,
                "journal_id": journal.id,
                "company_id": journal.company_id.id,
                "payment_method_line_id": journal.inbound_payment_method_line_ids[:1].id,
            }
        )
        payment.outstanding_account_id = account
        payment.action_post()
        return payment._seek_for_lines()[0]

    def bank_line(self, amount, date="2026-06-18", label=LABEL, journal=None, user=None, **values):
        """Return a line of the bank, typed by an accountant."""
        user, journal = user or self.accountant, journal or self.journal
        lines = self.env["account.bank.statement.line"].with_user(user)
        lines = lines.with_context(allowed_company_ids=user.company_ids.ids)
        values = {"journal_id": journal.id, "payment_ref": label, **values}
        return lines.create({"date": date, "amount": amount, **values}).with_env(self.env)

    def as_accountant(self, records):
        return records.with_user(self.accountant)

    def assertMatched(self, line, open_lines, rest=0):
        """The line of the bank is wholly matched with these lines, of which ``rest`` stays open."""
        suspense = line.journal_id.suspense_account_id
        self.assertTrue(line.is_reconciled)
        self.assertNotIn(suspense, line.line_ids.account_id)
        self.assertAlmostEqual(sum(line.line_ids.mapped("balance")), 0)
        self.assertAlmostEqual(sum(open_lines.mapped("amount_residual")), rest)
        ours = line.line_ids.filtered(lambda each: each.account_id in open_lines.account_id)
        self.assertTrue(all(ours.mapped("reconciled")))
        self.assertTrue(ours.matched_debit_ids.debit_move_id + ours.matched_credit_ids.credit_move_id)

    def assertUntouched(self, line):
        """The line of the bank is as it was imported."""
        self.assertFalse(line.is_reconciled)
        self.assertEqual(len(line.line_ids), 2)
        self.assertIn(line.journal_id.suspense_account_id, line.line_ids.account_id)
