from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .bank import LABEL, BankCommon


@tagged("post_install", "-at_install")
class TestBank(BankCommon):
    """A line of the bank finds its transfer, by itself only where nothing else may be meant."""

    # === BY ITSELF === #

    def test_payout_then_bank(self):
        """The whole way: Urssaf pays, the payout is recorded, the bank shows it, the scheduled action matches."""
        _move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True)
        request._refresh_batch()
        self.run_cron("payout")
        transfer = request.payout_ids.transfer_id
        line = self.bank_line(60, transfer.date)
        self.assertFalse(line.is_reconciled)
        self.run_cron("bank")
        self.assertMatched(line, transfer._outstanding_lines())
        self.assertEqual(line.urssaf_matched_by, "itself")
        self.run_cron("bank")
        self.assertEqual(len(line.line_ids), 2, "once")

    def test_copy_matches_nothing_by_itself(self):
        """The database that it is a copy of matches the same line."""
        opened = self.open_line(60)
        line = self.bank_line(60)
        credentials = self.env["urssaf.credentials"].search([("company_id", "=", self.company.id)])
        with patch.object(type(credentials), "_elsewhere", lambda asked: asked | credentials):
            self.run_cron("bank")
        self.assertFalse(line.is_reconciled)
        self.run_cron("bank")
        self.assertMatched(line, opened)

    def test_creation_wakes_the_action(self):
        cron = self.env.ref("avance_immediate.ir_cron_urssaf_bank")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.bank_line(60, label="VIR DURAND")
        self.assertEqual(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]), triggers)
        self.bank_line(60)
        self.assertGreater(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]), triggers)

    def test_part_is_the_same_in_the_list_and_for_the_button(self):
        """What another line of the bank completes is the likeliest, however many lines are looked at together."""
        whole, _nearer = self.open_line(100, "2026-06-15"), self.open_line(90, "2026-06-17")
        first, second = self.bank_line(70), self.bank_line(30)
        self.assertEqual((first + second).mapped("urssaf_proposal_ids"), whole)
        self.env.invalidate_all()
        self.assertEqual(first.urssaf_proposal_ids, whole)
        self.as_accountant(first).action_urssaf_match()
        self.assertMatched(first, whole, rest=30)

    def test_account_of_former_settings(self):
        """What is in transit on the account of before is matched still."""
        _move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True)
        request._refresh_batch()
        self.run_cron("payout")
        transfer = request.payout_ids.transfer_id
        self.company.urssaf_outstanding_account_id = self.outstanding_account.copy({"code": "511601"})
        line = self.bank_line(60, transfer.date)
        self.assertEqual(line.urssaf_proposal_ids, transfer._outstanding_lines())
        self.run_cron("bank")
        self.assertMatched(line, transfer._outstanding_lines())
        self.assertEqual(self.as_accountant(line).search([("urssaf_is_matched", "=", True)]), self.as_accountant(line))
        self.as_accountant(line).action_urssaf_undo()
        self.assertFalse(line.is_reconciled or line.urssaf_is_matched)

    def test_matched_leaves_nothing_to_match(self):
        self.open_line(60)
        line = self.bank_line(60)
        self.run_cron("bank")
        self.assertEqual(line.urssaf_open_amount, 0)

    def test_two_equal_transfers_a_day_apart(self):
        transfers = self.open_line(60, "2026-06-16") + self.open_line(60, "2026-06-17")
        first, second = self.bank_line(60, "2026-06-16"), self.bank_line(60, "2026-06-17")
        self.run_cron("bank")
        self.assertUntouched(first)
        self.assertUntouched(second)
        self.assertEqual(first.urssaf_proposal_ids, transfers[0], "the nearest")
        self.assertEqual(second.urssaf_proposal_ids, transfers[1])
        self.assertEqual((first + second).mapped("urssaf_proposal_count"), [2, 2])
        self.as_accountant(second).action_urssaf_match()
        self.assertMatched(second, transfers[1])
        self.assertUntouched(first)

    def test_one_of_two_equal_transfers(self):
        self.open_line(60, "2026-06-16")
        self.open_line(60, "2026-06-17")
        line = self.bank_line(60)
        self.run_cron("bank")
        self.assertUntouched(line)
        self.assertEqual(line.urssaf_proposal_count, 2)

    def test_another_firm_of_the_same_amount(self):
        transfer = self.open_line(60)
        line = self.bank_line(60, label="VIR DURAND")
        self.run_cron("bank")
        self.assertUntouched(line)
        self.assertEqual(line.urssaf_proposal_ids, transfer, "a person may know better")
        other = self.bank_line(40, label="VIR DURAND")
        self.assertFalse(other.urssaf_proposal_ids, "no part of a transfer")
        self.open_line(40)
        sums = self.bank_line(100, label="VIR MARTIN")
        self.assertFalse(sums.urssaf_proposal_ids, "nor a sum of several")

    def test_partner_is_urssaf(self):
        partner = self.env["res.partner"].create({"name": "Caisse nationale", "is_company": True})
        self.company.urssaf_partner_id = partner
        transfer = self.open_line(60)
        line = self.bank_line(60, label="VIR RECU", partner_id=partner.id)
        self.run_cron("bank")
        self.assertMatched(line, transfer)

    def test_neither_a_cent_more_nor_less(self):
        transfer = self.open_line(60)
        more, less = self.bank_line(60.01), self.bank_line(59.99)
        self.run_cron("bank")
        self.assertUntouched(more)
        self.assertUntouched(less)
        self.assertFalse(more.urssaf_proposal_ids)
        self.assertEqual(less.urssaf_proposal, "part")
        self.assertAlmostEqual(less.urssaf_difference, -0.01)
        self.assertAlmostEqual(transfer.amount_residual, 60)

    # === WHAT A PERSON ACCEPTS === #

    def test_two_dates_in_one_line(self):
        transfers = self.open_line(60, "2026-06-16") + self.open_line(25.5, "2026-06-17")
        line = self.bank_line(85.5)
        self.run_cron("bank")
        self.assertUntouched(line)
        self.assertEqual((line.urssaf_proposal, line.urssaf_proposal_ids), ("dates", transfers))
        self.as_accountant(line).action_urssaf_match()
        self.assertMatched(line, transfers)
        self.assertEqual(line.urssaf_matched_by, "person")

    def test_transfer_split_over_two_lines(self):
        transfer = self.open_line(60)
        first, second = self.bank_line(40), self.bank_line(20)
        self.run_cron("bank")
        self.assertUntouched(first)
        self.assertEqual((first.urssaf_proposal, first.urssaf_proposal_ids), ("part", transfer))
        self.as_accountant(first).action_urssaf_match()
        self.assertMatched(first, transfer, rest=20)
        self.env.invalidate_all()
        self.assertEqual((second.urssaf_proposal, second.urssaf_proposal_ids), ("line", transfer))
        self.as_accountant(second).action_urssaf_match()
        self.assertMatched(second, transfer)

    def test_transfer_less_a_recovery(self):
        transfer, recovery = self.open_line(60), self.open_line(-12.5, "2026-06-10")
        line = self.bank_line(47.5)
        self.run_cron("bank")
        self.assertUntouched(line)
        self.assertEqual((line.urssaf_proposal, line.urssaf_proposal_ids), ("less", transfer + recovery))
        self.as_accountant(line).action_urssaf_match()
        self.assertMatched(line, transfer + recovery)

    def test_debit_of_urssaf(self):
        recovery = self.open_line(-60)
        debit = self.bank_line(-60, label="PRLV URSSAF")
        contributions = self.bank_line(-812, label="PRLV URSSAF COTISATIONS")
        self.run_cron("bank")
        self.assertMatched(debit, recovery)
        self.assertUntouched(contributions)
        self.assertFalse(contributions.urssaf_to_match, "the same Urssaf debits contributions")

    def test_list(self):
        unexpected = self.bank_line(99)
        transfer = self.bank_line(60)
        other, same = self.bank_line(33, label="VIR DURAND"), self.bank_line(60, label="VIR DURAND")
        self.open_line(60)
        lines = self.as_accountant(self.env["account.bank.statement.line"])
        found = lines.search([("urssaf_to_match", "=", True)])
        self.assertEqual(set(found.ids), {unexpected.id, transfer.id, same.id})
        self.assertEqual(
            lines.search([("urssaf_to_match", "=", False)]) & (other + found), other.with_user(self.accountant)
        )
        self.assertEqual(found.filtered("urssaf_to_match"), found)

    # === UNDOING === #

    def test_undone_and_matched_again(self):
        transfer = self.open_line(60)
        line = self.bank_line(60)
        self.run_cron("bank")
        self.assertMatched(line, transfer)
        self.as_accountant(line).action_undo_reconciliation()
        self.assertUntouched(line)
        self.assertAlmostEqual(transfer.amount_residual, 60)
        self.run_cron("bank")
        self.assertUntouched(line)
        self.env.invalidate_all()
        self.assertEqual(line.urssaf_proposal_ids, transfer, "still proposed")
        self.as_accountant(line).action_urssaf_match()
        self.assertMatched(line, transfer)
        self.as_accountant(line).action_urssaf_undo()
        self.assertUntouched(line)

    def test_unmatched_from_the_other_side(self):
        """Odoo's own un-matching leaves the bank's entry on the account: it is matched again as it stands."""
        transfer = self.open_line(60)
        line = self.bank_line(60)
        self.run_cron("bank")
        transfer.remove_move_reconcile()
        self.assertTrue(line.is_reconciled, "says Odoo")
        self.assertAlmostEqual(transfer.amount_residual, 60)
        self.env.invalidate_all()
        self.assertTrue(line.urssaf_to_match)
        self.assertEqual(line.urssaf_proposal_ids, transfer)
        self.as_accountant(line).action_urssaf_match()
        self.assertMatched(line, transfer)
        self.assertEqual(len(line.line_ids), 2)

    def test_undoing_something_else(self):
        line = self.bank_line(60, label="VIR URSSAF")
        with self.assertRaisesRegex(UserError, "not matched with a transfer"):
            self.as_accountant(line).action_urssaf_undo()

    # === NOTHING HALF DONE === #

    def test_locked_period(self):
        transfer = self.open_line(60, "2026-06-17")
        line = self.bank_line(60, "2026-05-31", label="VIR DURAND")
        line.payment_ref = LABEL
        self.open_line(10, "2026-06-01")
        other = self.bank_line(10, "2026-06-02")
        self.lock(date(2026, 5, 31))
        self.run_cron("bank")
        self.assertUntouched(line)
        self.assertTrue(other.is_reconciled, "one that is locked does not stop the others")
        window = self.window(line, transfer)
        with self.assertRaisesRegex(UserError, "31/05/2026"), self.cr.savepoint():
            window.action_match()
        self.assertUntouched(line)
        self.assertAlmostEqual(transfer.amount_residual, 60)
        self.lock(None)
        window.action_match()
        self.assertMatched(line, transfer)

    def lock(self, day):
        """Lock the fiscal year. Odoo itself refuses to, as long as a line of the bank is not reconciled."""
        self.env.cr.execute("UPDATE res_company SET fiscalyear_lock_date = %s WHERE id = %s", [day, self.company.id])
        self.env.registry.clear_cache()
        self.env.invalidate_all()

    def test_transfer_in_a_locked_period(self):
        """The day of the bank's entry counts: matching changes nothing in the transfer's month."""
        transfer = self.open_line(60, "2026-05-31")
        line = self.bank_line(60, "2026-06-02")
        self.company.fiscalyear_lock_date = date(2026, 5, 31)
        self.run_cron("bank")
        self.assertMatched(line, transfer)

    def test_second_at_work(self):
        transfer = self.open_line(60)
        line = self.bank_line(60)
        self.as_accountant(line).action_urssaf_match()
        with self.assertRaisesRegex(UserError, "no longer open"):
            line._urssaf_match(transfer)
        second = self.bank_line(60)
        with self.assertRaisesRegex(UserError, "no longer open"):
            second._urssaf_match(transfer)
        with self.assertRaisesRegex(UserError, "matched already"):
            line._urssaf_match(self.open_line(60))
        self.patch(type(transfer), "try_lock_for_update", lambda lines, **_options: lines.browse())
        with self.assertRaisesRegex(UserError, "Somebody else"):
            second._urssaf_match(self.open_line(60))
        self.assertUntouched(second)

    def test_other_account(self):
        line = self.bank_line(60)
        receivable = self.create_service_invoice().line_ids.filtered(lambda each: each.amount_residual > 0)
        with self.assertRaisesRegex(UserError, "no longer open"):
            line._urssaf_match(receivable[:1])

    # === THE WINDOW === #

    def window(self, line, chosen, user=None, **values):
        action = line.with_user(user or self.accountant).action_urssaf_choose()
        window = self.env[action["res_model"]].with_user(user or self.accountant).browse(action["res_id"])
        window.write({"line_ids": [fields.Command.set(chosen.ids)], **values})
        return window

    def test_window(self):
        first, second, third = self.open_line(60), self.open_line(60), self.open_line(15)
        line = self.bank_line(75)
        window = self.window(line, second)
        self.assertEqual(window.candidate_ids.ids, (first + second + third).ids)
        self.assertEqual((window.shown, window.total, window.difference), (75, 60, 15))
        with self.assertRaisesRegex(UserError, "Nothing is written off"), self.cr.savepoint():
            window.action_match()
        window.line_ids += third
        self.assertFalse(window.difference)
        window.action_match()
        self.assertMatched(line, second + third)
        self.assertAlmostEqual(first.amount_residual, 60)

    def test_window_more_than_urssaf(self):
        """Other money came on the same line of the bank: the rest of it stays in suspense."""
        transfer = self.open_line(60)
        line = self.bank_line(100)
        self.window(line, transfer, is_part=True).action_match()
        self.assertFalse(line.is_reconciled)
        self.assertTrue(transfer.reconciled)
        suspense = line.line_ids.filtered(lambda each: each.account_id == self.journal.suspense_account_id)
        self.assertAlmostEqual(suspense.balance, -40)
        self.env.invalidate_all()
        rest = self.open_line(40)
        self.assertEqual((line.urssaf_open_amount, line.urssaf_proposal_ids), (40, rest))
        self.as_accountant(line).action_urssaf_match()
        self.assertTrue(line.is_reconciled)
        self.assertTrue(rest.reconciled)

    def test_window_part_of_nothing(self):
        transfer, recovery, small = self.open_line(60), self.open_line(-10), self.open_line(15)
        line = self.bank_line(40)
        for chosen in (transfer + recovery, recovery, transfer + small + self.open_line(30)):
            with self.assertRaisesRegex(UserError, "part"), self.cr.savepoint():
                self.window(line, chosen, is_part=True).action_match()
        self.assertUntouched(line)

    def test_window_is_of_whoever_opened_it(self):
        window = self.window(self.bank_line(60), self.open_line(60))
        other = new_test_user(self.env, "other_accountant", "account.group_account_basic", company_id=self.company.id)
        for call in (lambda: window.with_user(other).action_match(), lambda: window.with_user(other).read(["total"])):
            with self.assertRaises(AccessError):
                call()
        with self.assertRaises(AccessError):
            window.with_user(self.accountant).statement_line_id = self.bank_line(10)

    # === WHO === #

    def test_least_privileged(self):
        transfer = self.open_line(60)
        line = self.bank_line(60)
        for method in ("action_urssaf_match", "action_urssaf_choose", "action_urssaf_undo"):
            with self.assertRaises(AccessError):
                getattr(line.with_user(self.user), method)()
        self.assertEqual(line.with_user(self.user).urssaf_proposal_ids.ids, transfer.ids, "whoever reads it sees it")
        line.with_user(self.manager).action_urssaf_match()
        self.assertMatched(line, transfer)
        line.with_user(self.manager).action_urssaf_undo()
        self.assertUntouched(line)
        self.window(line, transfer, user=self.manager).action_match()
        self.assertMatched(line, transfer)

    def test_unrelated_colleague(self):
        """Whoever imports statements is not hindered, and pays nothing for labels that do not name Urssaf."""
        other = self.env["res.company"].create({"name": "Autre", "country_id": self.env.ref("base.fr").id})
        self.env["account.chart.template"].try_loading("fr", company=other, install_demo=False)
        colleague = new_test_user(
            self.env,
            "importer",
            "account.group_account_basic",
            company_id=other.id,
            company_ids=[fields.Command.set(other.ids)],
        )
        journal = self.env["account.journal"].search([("company_id", "=", other.id), ("type", "=", "bank")], limit=1)
        self.open_line(60)
        for label in ("VIR DURAND", LABEL, False):
            line = self.bank_line(60, label=label, journal=journal, user=colleague)
            line = line.with_user(colleague).with_context(allowed_company_ids=other.ids)
            line.action_undo_reconciliation()
            self.assertFalse(line.urssaf_proposal_ids)
        lines = self.env["account.bank.statement.line"].with_user(colleague).with_context(allowed_company_ids=other.ids)
        self.assertFalse(lines.search([("urssaf_to_match", "=", True)]))
        unnamed = self.bank_line(60, label="VIR DURAND", journal=journal, user=colleague)
        unnamed.mapped("partner_name")
        with self.assertQueryCount(0):
            unnamed._urssaf_wake()
        self.env.ref("avance_immediate.ir_cron_urssaf_bank").unlink()
        self.bank_line(60, journal=journal, user=colleague)
