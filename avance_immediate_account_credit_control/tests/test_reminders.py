from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.avance_immediate.tests.common import UrssafCommon

COLLECTED = "Urssaf debits the client"


@tagged("post_install", "-at_install")
class TestReminders(UrssafCommon):
    """No client is reminded of an invoice that Urssaf debits."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "account.group_account_invoice,account_credit_control.group_account_credit_control_user"
        cls.reminder = new_test_user(cls.env, "reminder", groups, company_id=cls.company.id)
        cls.policy = cls.env["credit.control.policy"].create(
            {
                "name": "Relances",
                "account_ids": [Command.set(cls.company_data["default_account_receivable"].ids)],
                "level_ids": [
                    Command.create(
                        {
                            "name": "Premier rappel",
                            "level": 1,
                            "computation_mode": "net_days",
                            "delay_days": 0,
                            "channel": "letter",
                            "email_template_id": cls.env.ref(
                                "account_credit_control.email_template_credit_control_base"
                            ).id,
                            "custom_text": "Merci de payer.",
                            "custom_mail_text": "Merci de payer.",
                            "custom_text_after_details": "À bientôt",
                        }
                    )
                ],
            }
        )
        cls.company.credit_policy_id = cls.policy

    def run_reminders(self):
        run = self.env["credit.control.run"].with_user(self.reminder)
        run = run.create({"date": date(2026, 7, 31), "policy_ids": self.policy.ids})
        run.generate_credit_lines()
        return run

    def refuse(self, request):
        self.sandbox.step(request, "refuse", force=True, code="CONTEST_AUTRE")
        request.with_user(self.user).action_refresh()

    def assertCollected(self, action, *args):
        with self.assertRaisesRegex(UserError, COLLECTED), self.cr.savepoint():
            action(*args)

    def test_run(self):
        collected, other = self.create_service_invoice(), self.create_service_invoice()
        request = self.send(collected)
        run = self.run_reminders()
        self.assertEqual(run.line_ids.invoice_id, other)
        self.assertIn(collected.name, run.report)
        self.assertNotIn(other.name, run.report)
        self.refuse(request)
        run = self.run_reminders()
        self.assertIn(collected, run.line_ids.invoice_id)
        self.assertNotIn(COLLECTED, run.report)

    def test_run_of_the_client_and_of_the_invoice(self):
        """The policies of contacts and invoices find lines of their own."""
        collected = self.create_service_invoice()
        self.company.credit_policy_id = False
        self.client.credit_policy_id = collected.credit_policy_id = self.policy
        self.assertEqual(self.run_reminders().line_ids.invoice_id, collected)
        self.send(collected)
        self.assertFalse(self.run_reminders().line_ids)

    def test_prepared_before(self):
        """What a run has prepared is ignored when its invoice is sent; the next run prepares it again if it is due."""
        move = self.create_service_invoice()
        run = self.run_reminders()
        run.set_to_ready_lines()
        self.assertEqual(run.line_ids.state, "to_be_sent")
        request = self.send(move)
        self.assertEqual(run.line_ids.state, "ignored")
        self.assertIn(COLLECTED, run.line_ids.message_ids[0].body)
        self.refuse(request)
        self.assertEqual(self.run_reminders().line_ids.invoice_id, move)

    def test_sent_before(self):
        """What was sent is history."""
        move = self.create_service_invoice()
        line = self.run_reminders().line_ids
        line.state = "sent"
        self.send(move)
        self.assertEqual(line.state, "sent")

    def test_by_hand(self):
        move = self.create_service_invoice()
        line = self.run_reminders().line_ids
        values = line.copy_data()[0]
        self.send(move)
        self.assertCollected(self.env["credit.control.line"].with_user(self.reminder).create, values)
        changer = self.env["credit.control.policy.changer"].with_user(self.reminder)
        changer = changer.with_context(active_model="account.move", active_ids=move.ids).create(
            {"new_policy_id": self.policy.id, "new_policy_level_id": self.policy.level_ids.id}
        )
        self.assertEqual(changer.move_line_ids.move_id, move)
        self.assertCollected(changer.set_new_policy)

    def test_letters_and_mails(self):
        """Lines that were there all the same, from before this addon: they come to no letter and no e-mail."""
        collected, other = self.create_service_invoice(), self.create_service_invoice()
        run = self.run_reminders()
        run.set_to_ready_lines()
        line = run.line_ids.filtered(lambda line: line.invoice_id == collected)
        with patch.object(type(line), "_urssaf_ignore", lambda lines: None):
            self.send(collected)
        self.assertEqual(line.state, "to_be_sent")
        printer = self.env["credit.control.printer"].with_user(self.reminder)
        self.assertCollected(printer.create({"line_ids": line.ids}).print_lines)
        printer.create({"line_ids": run.line_ids.ids}).print_lines()
        self.assertEqual(line.state, "ignored")
        self.assertEqual(run.line_ids.communication_id.credit_control_line_ids.invoice_id, other)
        emailer = self.env["credit.control.emailer"].with_user(self.reminder)
        line.write({"state": "to_be_sent", "channel": "email"})
        emailer.create({"line_ids": line.ids}).email_lines()
        self.assertEqual(line.state, "ignored")
        self.assertFalse(line.communication_id)
