from datetime import date

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .bank import BankCommon
from .branch import BranchCommon


class TransferCommon(BankCommon):
    def pay(self, *requests, day="2026-06-17", **options):
        """Urssaf pays these requests on one day; the payouts are recorded. Return their transfer."""
        for request in requests:
            self.simulator.step(request, "pay", force=True, date=f"{day}T00:00:00Z", **options)
            request._commit()
            request._refresh_batch()
        payouts = self.env["urssaf.payment.request"].union(*requests).payout_ids
        payouts._record_due()
        return payouts.transfer_id

    def search_transfers(self, *domain):
        return self.env["urssaf.transfer"].with_user(self.user).search([*domain]).with_env(self.env)


@tagged("post_install", "-at_install")
class TestBankTransfer(TransferCommon):
    """Where a transfer stands comes from what the bank has shown of its lines."""

    def assertState(self, transfer, state, residual, is_late=False):
        transfer.invalidate_recordset()
        self.assertEqual((transfer.state, transfer.residual, transfer.is_late), (state, residual, is_late))
        self.assertEqual(self.search_transfers(("state", "=", state)) & transfer, transfer)
        self.assertFalse(self.search_transfers(("state", "!=", state)) & transfer)
        self.assertEqual(bool(self.search_transfers(("is_late", "=", True)) & transfer), is_late)

    def test_life(self):
        (_move, first), (_move, second) = self.sent_invoice(), self.sent_invoice()
        for request in (first, second):
            self.simulator.step(request, "pay", force=True, date="2026-06-17T00:00:00Z")
            request._commit()
            request._refresh_batch()
        transfer = (first + second).payout_ids.transfer_id
        self.assertState(transfer, "announced", 0)
        (first + second).payout_ids._record_due()
        self.assertEqual(transfer.amount, 120)
        self.assertState(transfer, "booked", 120)
        line = self.bank_line(120)
        self.assertState(transfer, "booked", 120, is_late=True)
        self.assertFalse(self.search_transfers(("state", "=", False)))
        self.run_cron("bank")
        self.assertMatched(line, transfer._outstanding_lines())
        self.assertState(transfer, "banked", 0)
        self.as_accountant(line).action_undo_reconciliation()
        self.assertState(transfer, "booked", 120, is_late=True)

    def test_late_only_with_a_bank_feed(self):
        """Neither without lines of the bank, nor with those of the day, nor of another journal."""
        _move, request = self.sent_invoice()
        transfer = self.pay(request)
        self.wait(days=40)
        self.assertState(transfer, "booked", 60)
        self.bank_line(5, "2026-06-17", label="VIR DURAND")
        other = self.journal.copy({"name": "Autre banque", "code": "AUT"})
        self.bank_line(5, "2026-07-20", label="VIR DURAND", journal=other)
        self.assertState(transfer, "booked", 60)
        self.bank_line(5, "2026-06-18", label="VIR DURAND")
        self.assertState(transfer, "booked", 60, is_late=True)

    def test_part_differs(self):
        _move, request = self.sent_invoice()
        transfer = self.pay(request)
        self.as_accountant(self.bank_line(45)).action_urssaf_match()
        self.assertState(transfer, "differs", 15, is_late=True)
        self.as_accountant(self.bank_line(15)).action_urssaf_match()
        self.assertState(transfer, "banked", 0)

    def test_shown_whole_before_all_is_recorded(self):
        _move, request = self.sent_invoice()
        transfer = self.pay(request)
        _move, late = self.sent_invoice()
        self.simulator.step(late, "pay", force=True, date="2026-06-17T00:00:00Z", amount=59)
        late._commit()
        late._refresh_batch()
        self.run_cron("payout")
        self.assertEqual(late.payout_ids.state, "to_confirm")
        self.bank_line(60)
        self.run_cron("bank")
        self.assertState(transfer, "differs", 0)

    def test_several_payments_of_one_transfer(self):
        """Late comers make a payment of their own: the bank shows one line."""
        (_move, first), (_move, second) = self.sent_invoice(), self.sent_invoice()
        transfer = self.pay(first)
        self.assertEqual(self.pay(second), transfer)
        self.assertEqual(len(transfer.payment_ids), 2)
        line = self.bank_line(120)
        self.run_cron("bank")
        self.assertMatched(line, transfer._outstanding_lines())

    def test_shown_before_it_is_recorded(self):
        """A line that was looked at in vain is looked at again, as its transfer comes into the books by and by."""
        (_move, first), (_move, second) = self.sent_invoice(), self.sent_invoice()
        line = self.bank_line(120)
        self.run_cron("bank")
        self.assertUntouched(line)
        transfer = self.pay(first)
        self.run_cron("bank")
        self.assertUntouched(line)
        self.pay(second)
        self.run_cron("bank")
        self.assertMatched(line, transfer._outstanding_lines())

    def test_day_of_urssaf_counts(self):
        """A lock has moved the payment: the bank shows it on Urssaf's day."""
        self.company.fiscalyear_lock_date = date(2026, 3, 31)
        _move, request = self.sent_invoice()
        transfer = self.pay(request, day="2026-06-17")
        self.env.cr.execute("UPDATE urssaf_transfer SET date = '2026-03-12' WHERE id = %s", transfer.ids)
        self.env.cr.execute("UPDATE urssaf_payout SET date = '2026-03-12' WHERE transfer_id = %s", transfer.ids)
        self.env.cr.execute("UPDATE urssaf_payment_request SET sent_at = '2026-03-10' WHERE id = %s", request.ids)
        self.env.invalidate_all()
        line = self.bank_line(60, "2026-04-01", label="VIR URSSAF")
        self.env.cr.execute("UPDATE account_move SET date = '2026-03-13' WHERE id = %s", line.move_id.ids)
        self.env.invalidate_all()
        self.assertEqual(line.urssaf_proposal_ids, transfer._outstanding_lines())

    # === THE BUTTON === #

    def test_button(self):
        _move, request = self.sent_invoice()
        transfer = self.pay(request)
        with self.assertRaisesRegex(UserError, "No line of the bank"):
            transfer.with_user(self.manager).action_match()
        line = self.bank_line(60, label="VIR DURAND")
        with self.assertRaises(AccessError):
            transfer.with_user(self.user).action_match()
        transfer.with_user(self.manager).action_match()
        self.assertMatched(line, transfer._outstanding_lines())

    def test_button_shows_several(self):
        _move, request = self.sent_invoice()
        transfer = self.pay(request)
        lines = self.bank_line(60) + self.bank_line(60, label="VIR DURAND")
        action = transfer.with_user(self.manager).action_match()
        self.assertEqual(set(action["domain"][0][2]), set(lines.ids))
        self.assertUntouched(lines[0])


@tagged("post_install", "-at_install")
class TestBankBranches(TransferCommon, BranchCommon):
    """A root and its branches: one line of the bank."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_branch = cls.env["res.company"].create({"name": "Agence de Nice", "parent_id": cls.company.id})
        cls.second_agent = cls.user_of(cls.second_branch, "agence_nice")
        everywhere = cls.company + cls.branch + cls.second_branch
        groups = "account.group_account_basic"
        cls.chief_accountant = new_test_user(
            cls.env,
            "everywhere",
            groups,
            company_id=cls.company.id,
            company_ids=[fields.Command.set(everywhere.ids)],
        )
        cls.everywhere = everywhere

    def everywhere_as(self, records):
        return records.with_user(self.chief_accountant).with_context(allowed_company_ids=self.everywhere.ids)

    def invoices(self):
        """Return the requests of the root and of its two branches."""
        _move, request = self.sent_invoice()
        for agent in (self.agent, self.second_agent):
            self.agent = agent
            request += self.send_from_branch(self.branch_invoice())
        return request

    def test_one_journal(self):
        transfer = self.pay(*self.invoices())
        self.assertEqual(transfer.amount, 180)
        line = self.bank_line(180)
        self.run_cron("bank")
        self.assertMatched(line, transfer._outstanding_lines())

    def test_journals_differ(self):
        """The branch has a bank of its own, and Urssaf paid all on the other: proposed, left to a person."""
        own = self.journal.copy({"name": "Banque de Lyon", "code": "BLY", "company_id": self.branch.id})
        self.branch.write({"urssaf_journal_id": own.id, "urssaf_outstanding_account_id": self.outstanding_account.id})
        transfer = self.pay(*self.invoices())
        open_lines = transfer._outstanding_lines()
        self.assertEqual(open_lines.company_id, self.company + self.branch)
        line = self.bank_line(180)
        self.run_cron("bank")
        self.assertUntouched(line)
        self.assertFalse(self.as_accountant(line).urssaf_proposal_ids & open_lines[1:], "not of what is not seen")
        line = self.everywhere_as(line)
        self.assertEqual(line.urssaf_proposal_ids, open_lines)
        line.action_urssaf_match()
        self.assertMatched(line.with_env(self.env), open_lines)
        self.assertEqual(transfer.state, "banked")
        line.action_urssaf_undo()
        self.assertUntouched(line.with_env(self.env))
        self.assertAlmostEqual(sum(open_lines.mapped("amount_residual")), 180)

    def test_branch_sees_no_bank_of_the_root(self):
        line = self.bank_line(60)
        with self.assertRaises(AccessError):
            self.as_agent(line, self.chief).action_urssaf_match()
        self.assertFalse(
            self.as_agent(self.env["account.bank.statement.line"]).search([("urssaf_to_match", "=", True)])
        )
