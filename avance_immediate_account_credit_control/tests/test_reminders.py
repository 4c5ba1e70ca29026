from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.avance_immediate.tests.common import COLLECTED, UrssafCommon


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
        self.simulator.step(request, "refuse", force=True, code="CONTEST_AUTRE")
        request.with_user(self.user).action_refresh()

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

    def test_whoever_works_on_it(self):
        """An invoice that may go to Urssaf waits for whoever works on it; of others, none is locked."""
        partner = self.env["res.partner"].create({"name": "Cliente sans Urssaf"})
        plain, concerned = self.create_service_invoice(partner), self.create_service_invoice()
        self.assertEqual((plain + concerned).mapped("urssaf_is_concerned"), [False, True])
        lines = self.run_reminders().line_ids
        values = {line.invoice_id: line.copy_data()[0] for line in lines}
        locked = []

        def try_lock(records, **_options):
            locked.append(records)
            return records.browse()

        self.patch(type(plain), "try_lock_for_update", try_lock)
        model = self.env["credit.control.line"].with_user(self.reminder)
        self.assertEqual(model.create(values[plain]).invoice_id, plain)
        with self.assertRaisesRegex(UserError, "at work on these invoices"), self.cr.savepoint():
            model.create(values[concerned])
        self.assertFalse(any(plain in records for records in locked))

    def prepared(self, moves, channel):
        """Return a run and its lines of ``moves`` that a former version left ready, though Urssaf collects."""
        run = self.run_reminders()
        run.set_to_ready_lines()
        lines = run.line_ids.filtered(lambda line: line.invoice_id in moves)
        with patch.object(type(lines), "_urssaf_ignore", lambda lines: None):
            self.send(moves)
        lines.channel = channel
        return run, lines

    def assertLeftOut(self, action, move):
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(move.name, action["params"]["message"])

    def test_run_whose_letters_are_all_collected(self):
        """The e-mails of the others leave all the same, and no empty letter is printed."""
        collected, other = self.create_service_invoice(), self.create_service_invoice()
        run, line = self.prepared(collected, "letter")
        mail = run.line_ids - line
        mail.channel = "email"
        action = run.run_channel_action()
        self.assertLeftOut(action, collected)
        self.assertEqual(action["params"]["next"]["type"], "ir.actions.act_window_close")
        self.assertEqual((line.state, line.communication_id.id), ("ignored", False))
        self.assertEqual(mail.communication_id.credit_control_line_ids.invoice_id, other)
        self.assertIn(mail.state, ("queued", "sent"))

    def test_window_whose_mails_are_all_collected(self):
        collected = self.create_service_invoice()
        _run, line = self.prepared(collected, "email")
        emailer = self.env["credit.control.emailer"].with_user(self.reminder).create({"line_ids": line.ids})
        self.assertLeftOut(emailer.email_lines(), collected)
        self.assertEqual(line.state, "ignored")

    def test_in_the_queue(self):
        """With a queue of jobs, an e-mail leaves later: without what Urssaf collects since."""
        collected, other = self.create_service_invoice(), self.create_service_invoice()
        lines = self.run_reminders().line_ids
        lines.write({"state": "queued", "channel": "email"})
        communications = self.env["credit.control.communication"].with_user(self.reminder)
        communication = communications._generate_comm_from_credit_lines(lines)
        self.send(collected)
        line = lines.filtered(lambda line: line.invoice_id == collected)
        self.assertEqual(line.state, "ignored")
        communication._send_communications_by_email()
        self.assertEqual(communication.credit_control_line_ids.invoice_id, other)
        messages = len(communication.message_ids)
        self.send(other)
        communication._send_communications_by_email()
        self.assertEqual(len(communication.message_ids), messages)

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
