from datetime import date, datetime
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from ..models import account_bank_statement_line
from .bank import BankCommon
from .books import BooksMixin
from .recovery import RecoveryCommon
from .test_payout_undo import UndoCommon


@tagged("post_install", "-at_install")
class TestVatOfWhatIsMatchedAgain(UndoCommon):
    def test_first_open_day_and_not_today(self):
        """Matched again once the payout's month is closed, its VAT goes to the first open day, and not to today."""
        self.use_tax("receipts")
        payout = self.recorded(1)
        self.travel_to(datetime(2026, 8, 20, 8, 0))
        self.company.fiscalyear_lock_date = "2026-06-30"
        self.unmatch(payout)
        payout.with_user(self.manager).action_record()
        [entry] = self.entries(payout.move_id)["cash basis"]
        self.assertEqual(entry[:2], ("posted", date(2026, 7, 1)))


@tagged("post_install", "-at_install")
class TestReversedPayment(UndoCommon):
    def test_reversed_then_recorded(self):
        """A payment that an entry reversed is nowhere: neither on the bank, nor a disagreement once it is made anew."""
        payout = self.recorded(1)
        former, transfer = payout.payment_id, payout.transfer_id
        self.assertEqual(transfer.state, "booked")
        self.as_accountant(former.move_id)._reverse_moves([{"date": date(2026, 6, 17)}], cancel=True)
        self.env.invalidate_all()
        self.assertEqual(transfer.state, "announced")
        transfer.with_user(self.manager).action_record()
        self.env.invalidate_all()
        self.assertEqual((transfer.state, transfer.residual), ("booked", payout.amount))
        self.run_cron("check")
        found = self.env["urssaf.disagreement"].search([("solved_at", "=", False)])
        self.assertFalse(found.mapped("kind"))


@tagged("post_install", "-at_install")
class TestFormerAccount(UndoCommon, BankCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "account.group_account_basic"
        cls.accountant = new_test_user(cls.env, "former_accountant", group, company_id=cls.company.id)

    def test_account_changed_with_open_transfers(self):
        """What stands on the account of former settings is still matched with the bank, and undone there."""
        payout = self.recorded(1)
        [open_line] = payout.transfer_id._outstanding_lines()
        self.company.urssaf_outstanding_account_id = self.outstanding_account.copy({"code": "511998"})
        line = self.bank_line(payout.amount)
        self.assertEqual(line.urssaf_proposal_ids, open_line)
        self.run_cron("bank")
        self.assertMatched(line, open_line)
        line.with_user(self.accountant).action_urssaf_undo()
        self.assertFalse(open_line.reconciled)

    def test_more_lines_than_are_looked_at(self):
        """Where not all lines are looked at, an older one may be the other candidate."""
        self.open_line(60)
        lines = self.bank_line(60, "2026-06-17") + self.bank_line(60, "2026-06-18")
        self.bank_line(60, "2026-06-19", label="VIR DUPONT")
        with patch.object(account_bank_statement_line, "MOST_PENDING", 2):
            self.run_cron("bank")
        self.assertFalse(any(lines.mapped("is_reconciled")))

    def test_taken_back_in_another_journal(self):
        """What Urssaf takes back is not matched by itself in another bank: contributions are debited there."""
        entry = self.env["account.move"].create(
            {
                "date": date(2026, 6, 16),
                "journal_id": self.journal.id,
                "line_ids": [
                    Command.create({"account_id": self.outstanding_account.id, "credit": 60}),
                    Command.create({"account_id": self.company_data["default_account_receivable"].id, "debit": 60}),
                ],
            }
        )
        entry.action_post()
        values = {"name": "Autre banque", "code": "BNQ9", "type": "bank", "company_id": self.company.id}
        line = self.bank_line(-60, label="PRLV URSSAF", journal=self.env["account.journal"].create(values))
        self.run_cron("bank")
        self.assertUntouched(line)
        self.assertEqual(line.urssaf_proposal_ids, entry.line_ids[0])


@tagged("post_install", "-at_install")
class TestDayOfRecovery(BooksMixin, RecoveryCommon):
    def test_by_itself_after_midnight(self):
        """Between midnight in Paris and midnight in UTC, what is learnt is of today."""
        _move, request, payout = self.paid_invoice()
        self.env.ref("avance_immediate.urssaf_recovery_rule_110").is_automatic = True
        self.travel_to(datetime(2026, 9, 14, 22, 30))
        self.step(request, "cancel")
        self.run_cron("recovery")
        self.assertMoney(payout, taken=60, due=60)
        self.assertEqual(request.recovery_ids.move_id.date, date(2026, 9, 15))

    def test_day_of_the_news_that_says_how_much(self):
        """Asked since July without an amount, cancelled in September: it is taken back in September."""
        _move, request, _payout = self.paid_invoice()
        self.step(request, "provider_unpaid")
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "cancel")
        [asked] = request.recovery_ids
        self.assertEqual((asked.code, asked.amount, asked.date), ("110", 60, date(2026, 9, 15)))

    def test_matched_again_after_a_recovery(self):
        """What stays paid keeps its month when somebody un-matches it and it is recorded again: July does not rise."""
        self.use_tax("receipts")
        move, _request, payout = self.paid_invoice()
        self.travel_to(self.TAKEN_BACK)
        self.take_back(payout, choice="share")
        before = self.report()
        partials = payout.line_id.matched_debit_ids
        partials.filtered(lambda partial: partial.debit_move_id.move_id == move).unlink()
        self.assertNotEqual(self.report(), before)
        payout.with_user(self.manager).action_record()
        self.assertMoney(payout, taken=30, due=30)
        self.assertEqual(self.report(), before)
