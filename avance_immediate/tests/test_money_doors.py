"""What a call from outside may put in a context, in a window or in a label, and what it must not reach."""

import io
from unittest.mock import patch

from openpyxl import load_workbook
from xlsxwriter.worksheet import Worksheet

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .bank import BankCommon
from .branch import BranchCommon
from .recovery import RecoveryCommon
from .test_month import PageCommon


@tagged("post_install", "-at_install")
class TestForgedRecovery(RecoveryCommon):
    """Entries of recoveries, and matchings of payouts, against a colleague who may post and sets the context."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.biller = new_test_user(cls.env, "facturation", "account.group_account_invoice", company_id=cls.company.id)

    def booked(self):
        _move, request, _payout = self.paid_invoice()
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "cancel")
        return self.take_back(request)

    def assertKept(self, recovery):
        entry = recovery.move_id.with_user(self.biller)
        forged = entry.with_context(urssaf_undoing=True)
        for attack in (
            entry.button_draft,
            lambda: entry.write({"state": "draft"}),
            lambda: entry.write({"state": "cancel"}),
            forged.button_draft,
            forged._reverse_moves,
        ):
            with self.assertRaisesRegex(UserError, "Urssaf took back"), self.cr.savepoint():
                attack()
        self.assertEqual((entry.state, recovery.state), ("posted", "booked"))

    def test_entry_is_kept(self):
        recovery = self.booked()
        self.assertKept(recovery)
        recovery.with_user(self.manager).action_undo()
        self.assertEqual(recovery.state, "undone")

    def test_entry_in_a_cash_journal(self):
        recovery = self.booked()
        recovery.move_id.journal_id.flush_recordset()
        self.cr.execute("UPDATE account_journal SET type = 'cash' WHERE id = %s", [recovery.move_id.journal_id.id])
        self.env.invalidate_all()
        self.assertKept(recovery)

    def test_matching_undone_is_told(self):
        """Of whoever says that it is the code which undoes it, too."""
        _move, request, payout = self.paid_invoice()
        payout.line_id.with_user(self.biller).with_context(urssaf_undoing=True).remove_move_reconcile()
        self.assertEqual(payout.undone, "payout_unmatched")
        self.assertEqual(self.problem_codes(request), ["payout_unmatched"])

    def test_date_of_vat_from_outside(self):
        moves = self.env["account.move"].with_context(urssaf_not_before="2030-01-01")
        vals = {"tax_cash_basis_rec_id": 1, "date": "2026-06-16"}
        self.assertEqual(moves._urssaf_date_given_back([vals]), [vals])
        move = self.create_service_invoice(post=False)
        move.with_user(self.biller).with_context(urssaf_not_before="2030-01-01").action_post()
        self.assertEqual(move.state, "posted")


@tagged("post_install", "-at_install")
class TestForgedCall(RecoveryCommon):
    """What a call deletes or asks, of a colleague who may write entries."""

    DELETE = {"force_delete": True, "dynamic_unlink": True}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "comptable_complet", "account.group_account_manager", company_id=cls.company.id
        )

    def test_deleted_past_the_guards(self):
        """Odoo deletes what is posted for whoever says so in the context: not what records Urssaf's money."""
        _move, request, payout = self.paid_invoice()
        self.assertNotDeleted(payout.payment_id.move_id, "Urssaf paid for")
        self.travel_to(self.TAKEN_BACK)
        self.step(request, "cancel")
        recovery = self.take_back(request, choice="whole")
        self.assertNotDeleted(recovery.move_id, "Urssaf took back")
        self.assertEqual((payout.undone, recovery.state), (False, "booked"))

    def assertNotDeleted(self, entry, words):
        forged = entry.with_user(self.accountant).with_context(**self.DELETE)
        for attack in (forged.line_ids.unlink, forged.unlink):
            with self.subTest(words), self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                attack()

    def test_one_item_of_a_draft(self):
        _move, _request, payout = self.paid_invoice()
        payout.payment_id.with_user(self.accountant).action_draft()
        item = payout.line_id.with_user(self.accountant).with_context(**self.DELETE)
        with self.assertRaisesRegex(UserError, "stays as it is"), self.cr.savepoint():
            item.unlink()
        self.assertEqual(payout.undone, "payment_undone")

    def test_warning_about_a_contact(self):
        """Of a payment that is only typed, it would tell whether Urssaf knows any contact that one thinks of."""
        self.company.tax_exigibility = True
        payments = self.env["account.payment"].with_user(self.accountant)
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.client.id,
            "amount": 20,
            "journal_id": self.company.urssaf_journal_id.id,
        }
        payment = payments.create(values)
        payment.action_post()
        self.assertTrue(payment.urssaf_vat_warning)
        typed = payments.new({**values, "state": "in_process", "move_id": payment.move_id.id})
        self.assertFalse(typed.urssaf_vat_warning)
        self.assertTrue(payments.new(origin=payment).urssaf_vat_warning, "of the one that is open in a form")

    def test_name_of_the_client_in_an_error(self):
        """An error of Odoo's may name the contact; a note of ours, which is kept, does not."""
        _move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True)
        request._refresh_batch()
        error = UserError("Compte 411 : Mme JEANNE DURAND (jeanne.durand@example.com) est d'une autre société")
        with patch.object(type(self.env["account.payment"]), "action_post", side_effect=error):
            with mute_logger("odoo.addons.avance_immediate.models.urssaf_payout_books"):
                self.run_cron("payout")
        [problem] = request.problems
        self.assertIn("Compte 411", problem["params"]["reason"])
        self.assertNotRegex(f"{request.problems} {request.payout_ids.problem}", "(?i)durand|jeanne")


@tagged("post_install", "-at_install")
class TestClientOfABranch(BankCommon, BranchCommon):
    def test_not_named_by_the_bank_above(self):
        """The bank's line of the company above does not name a contact that belongs to a branch alone."""
        journal = self.env["account.journal"].create(
            {"name": "Banque de l'agence", "code": "BQA", "type": "bank", "company_id": self.branch.id}
        )
        theirs = self.env["res.partner"].create({"name": "Client de l'agence", "company_id": self.branch.id})
        open_line = self.open_line(60, partner=theirs, journal=journal)
        self.assertEqual((open_line.partner_id, open_line.company_id), (theirs, self.branch))
        line = self.bank_line(60)
        self.as_accountant(line).sudo()._urssaf_match(open_line)
        self.assertMatched(line, open_line)
        self.assertNotIn(theirs, line.line_ids.partner_id)


@tagged("post_install", "-at_install")
class TestForgedWindow(PageCommon, BranchCommon):
    """A manager of a branch reaches nothing of the company above by a window, nor does an accountant by an export."""

    SPEC = {
        "payout_amount": {},
        "payout_date": {},
        "recovered_amount": {},
        "whole": {},
        "share": {},
        "partner_id": {"fields": {"display_name": {}}},
        "move_id": {"fields": {"display_name": {}}},
    }

    def window_of_branch(self):
        payout = self.announce(self.send_from_branch(self.branch_invoice()))
        windows = self.as_agent(self.env["urssaf.recovery.window"], self.chief)
        return windows.browse(windows._open(payout)["res_id"])

    def test_typing_another_payout(self):
        window = self.window_of_branch()
        own = window.payout_id.id
        self.assertEqual(window.onchange({"choice": "whole"}, ["choice"], {"payout_amount": {}}), {"value": {}})
        _move, request = self.sent_invoice()
        payout = self.announce(request)
        self.env.invalidate_all()
        for name in self.SPEC:
            with self.assertRaises(AccessError, msg=name):
                window.onchange({"payout_id": payout.id}, ["payout_id"], {name: self.SPEC[name]})
        self.env.invalidate_all()
        self.assertEqual(window.payout_id.id, own)

    def test_line_of_another_bank(self):
        window = self.window_of_branch()
        line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.company.urssaf_journal_id.id, "date": "2026-06-17", "amount": -4321}
        )
        window.write({"choice": "debit", "debit_id": line.id})
        self.assertEqual(window.amount, 0)
        own = self.env["account.bank.statement.line"].create(
            [
                {"journal_id": line.journal_id.id, "date": "2026-06-17", "amount": -amount, "payment_ref": "URSSAF"}
                for amount in (10, 20)
            ]
        )
        payout = self.announce(self.sent_invoice()[1])
        self.run_cron("payout")
        with Form(self.window(payout, debit_id=own[0].id, choice="debit")) as form:
            self.assertEqual(form.amount, 10)
            form.debit_id = own[1]
            self.assertEqual(form.amount, 20)

    def test_export_of_the_bank_above(self):
        """The bank of the company above shows the payment of a branch: its people see that, and not the bank's line."""
        journal = self.env["account.journal"].create(
            {"name": "Banque de l'agence", "code": "BQA", "type": "bank", "company_id": self.branch.id}
        )
        self.branch.urssaf_journal_id = journal
        payment = self.record(self.send_from_branch(self.branch_invoice()))
        self.show_on_bank(payment, "2026-06-17")
        month = self.page(self.agent, date="2026-06-30")
        self.assertEqual(self.figures(month)["on_bank"], (1, 60))
        book = load_workbook(io.BytesIO(month._workbook()), read_only=True)
        cells = {cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row}
        self.assertIn(payment.name, cells)
        self.assertNotIn("VIR URSSAF", cells)

    def test_formula_in_a_label(self):
        """XlsxWriter 3.0 and 3.1, which Odoo 19 asks for, write what stands in ``{=…}`` as a formula, always."""

        def write(sheet, row, col, *args):
            if str(args[0]).startswith("{="):
                return sheet.write_formula(row, col, *args)
            return former(sheet, row, col, *args)

        former = Worksheet.write
        label = '{=HYPERLINK("https://example.com")}'
        line = self.show_on_bank(self.record(self.sent_invoice()[1]), "2026-06-17")
        line.name = label
        with patch.object(Worksheet, "write", write):
            content = self.page(date="2026-06-30")._workbook()
        book = load_workbook(io.BytesIO(content))
        found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
        self.assertTrue(found)
        self.assertEqual({cell.data_type for cell in found}, {"s"})

    def test_days_out_of_the_calendar(self):
        months = self.env["urssaf.month"].with_user(self.accountant)
        for day in ("9999-12-31", "0001-01-01"):
            self.assertTrue(months._from_url({"date": day, "date_from": day})._workbook(), day)


@tagged("post_install", "-at_install")
class TestForgedBank(BankCommon):
    def test_line_in_another_currency(self):
        """The window takes any line of the bank: one in dollars is not matched with euros."""
        dollar = self.env.ref("base.USD")
        dollar.active = True
        rate = {"currency_id": dollar.id, "company_id": self.company.id, "name": "2026-01-01", "rate": 2}
        self.env["res.currency.rate"].create(rate)
        journal = self.env["account.journal"].create(
            {"name": "Dollars", "code": "USD1", "type": "bank", "currency_id": dollar.id, "company_id": self.company.id}
        )
        line = self.bank_line(60, journal=journal)
        lines = self.open_line(30)
        action = self.as_accountant(line).action_urssaf_choose()
        window = self.as_accountant(self.env[action["res_model"]].browse(action["res_id"]))
        window.line_ids = [Command.set(lines.ids)]
        with self.assertRaisesRegex(UserError, "currency"), self.cr.savepoint():
            window.action_match()
        self.assertUntouched(line)
