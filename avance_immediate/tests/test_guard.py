from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.avance_immediate.models.urssaf_payment_request import (
    AWAITING_STATES,
    COLLECTING_STATES,
    FREE_STATES,
    LIVE_STATES,
    STATES,
)

from .common import UrssafCommon

REFUSAL = "Urssaf has the payment request"
FINAL_STATES = ("refused", "cancelled", "closed")


class GuardCommon(UrssafCommon):
    def invoice_in(self, state):
        """Return an invoice whose payment request is in ``state``."""
        move, request = self.sent_invoice()
        request.state = state
        self.assertEqual(move.urssaf_state, state)
        return move

    def assertRefused(self, action, *args, **kwargs):
        with self.assertRaisesRegex(UserError, REFUSAL), self.cr.savepoint():
            action(*args, **kwargs)


@tagged("post_install", "-at_install")
class TestGuard(GuardCommon):
    """While a payment request lives, the invoice stays as Urssaf was told."""

    def test_every_state_is_of_one_kind(self):
        self.assertEqual(sorted(LIVE_STATES + FREE_STATES + FINAL_STATES), sorted(state for state, _name in STATES))

    def test_live(self):
        move = self.invoice_in("sent")
        user_move = move.with_user(self.user)
        for state in LIVE_STATES:
            move.urssaf_request_id.state = state
            with self.subTest(state=state):
                self.assertFalse(user_move.show_reset_to_draft_button)
                self.assertRefused(user_move.button_draft)
                self.assertRefused(user_move.button_cancel)
                self.assertRefused(user_move.with_context(force_delete=True).unlink)
                self.assertRefused(user_move.write, {"state": "draft"})
                self.assertRefused(user_move.write, {"name": "FAC/2026/09999"})
                self.assertEqual(move.state, "posted")

    def test_not_live(self):
        for state in (*FREE_STATES, *FINAL_STATES):
            move = self.invoice_in(state)
            with self.subTest(state=state):
                self.assertTrue(move.with_user(self.user).show_reset_to_draft_button)
                move.with_user(self.user).button_draft()
                self.assertEqual(move.state, "draft")

    def test_invoice_without_request(self):
        move = self.create_service_invoice()
        self.assertTrue(move.with_user(self.user).show_reset_to_draft_button)
        move.with_user(self.user).button_draft()
        move.with_user(self.user).button_cancel()
        self.assertEqual(move.state, "cancel")

    def test_fields(self):
        move, _request = self.sent_invoice()
        other = self.create_client(name="Paul Martin", email="paul@example.com")
        for values in (
            {"name": "FAC/2026/09999"},
            {"partner_id": other.id},
            {"invoice_date": date(2026, 6, 15)},
            {"urssaf_service_start": date(2026, 6, 2)},
            {"urssaf_service_end": False},
            {"urssaf_worker": "SIR73282932000074"},
            {"currency_id": self.env.ref("base.USD").id},
        ):
            with self.subTest(field=next(iter(values))):
                self.assertRefused(move.with_user(self.user).write, values)

    def test_the_same_again_is_no_change(self):
        move, _request = self.sent_invoice()
        move.with_user(self.user).write(
            {
                "name": move.name,
                "urssaf_service_start": "2026-06-01",
                "urssaf_worker": move.urssaf_worker,
            }
        )

    def test_what_urssaf_does_not_know_may_change(self):
        move, _request = self.sent_invoice()
        move.with_user(self.user).write({"ref": "Juin", "invoice_date_due": date(2026, 7, 31)})
        self.assertEqual(move.ref, "Juin")

    def test_lines(self):
        move, _request = self.sent_invoice()
        line = move.invoice_line_ids.with_user(self.user)
        for values in (
            {"quantity": 3},
            {"price_unit": 31},
            {"discount": 5},
            {"name": "Repassage"},
            {"urssaf_unit": "FORFAIT"},
            {"urssaf_nature_id": self.env.ref("avance_immediate.urssaf_nature_40").id},
        ):
            with self.subTest(field=next(iter(values))):
                self.assertRefused(line.write, values)

    def test_lines_are_neither_added_nor_removed(self):
        move, _request = self.sent_invoice()
        line = Command.create({"product_id": self.service.id, "quantity": 1, "price_unit": 30})
        for command in (line, Command.delete(move.invoice_line_ids.id)):
            with self.assertRaises(UserError), self.cr.savepoint():
                move.with_user(self.user).write({"invoice_line_ids": [command]})
        self.assertEqual((len(move.invoice_line_ids), move.amount_total), (1, 60))

    def test_resequence(self):
        move, _request = self.sent_invoice()
        wizard = (
            self.env["account.resequence.wizard"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"ordering": "keep", "first_name": "FAC/2026/00500"})
        )
        self.assertRefused(wizard.resequence)

    def test_after_withdrawal(self):
        moves = self.create_service_invoice() | self.create_service_invoice()
        requests = self.send(moves)
        self.assertEqual(set(requests.mapped("state")), {"queued"})
        self.assertRefused(moves[0].with_user(self.user).button_draft)
        moves[0].with_user(self.user).action_urssaf_withdraw()
        moves[0].with_user(self.user).button_draft()
        self.assertEqual(moves[0].state, "draft")
        self.assertRefused(moves[1].with_user(self.user).button_draft)

    def test_one_live_invoice_holds_back_the_lot(self):
        live, _request = self.sent_invoice()
        free = self.create_service_invoice()
        self.assertRefused((live | free).with_user(self.user).button_draft)
        self.assertEqual(free.state, "posted")

    def test_copy_is_free(self):
        move, _request = self.sent_invoice()
        copy = move.with_user(self.user).copy()
        self.assertFalse(copy.urssaf_state or copy.urssaf_request_ids or copy.urssaf_service_start)

    def test_the_client_and_the_product_still_change(self):
        move, _request = self.sent_invoice()
        self.client.with_user(self.user).name = "Jeanne Dupont"
        self.service.name = "Grand ménage"
        self.assertEqual(move.invoice_line_ids.name, "Ménage")


@tagged("post_install", "-at_install")
class TestNobodyAsksTheClientToPay(GuardCommon):
    """While Urssaf is to pay, the client is not asked to."""

    def setUp(self):
        super().setUp()
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")

    def test_has_to_be_paid(self):
        move = self.invoice_in("sent")
        for state, _name in STATES:
            move.urssaf_request_id.state = state
            with self.subTest(state=state):
                waits = state in AWAITING_STATES
                self.assertEqual(move.urssaf_no_payment, waits)
                self.assertEqual(move._has_to_be_paid(), not waits)
                self.assertEqual("Urssaf" in move._get_online_payment_error(), waits)

    def test_register_payment_warns(self):
        move = self.invoice_in("sent")
        collecting = (*COLLECTING_STATES, "to_settle")  # with a status that does not end it
        for state, _name in STATES:
            move.urssaf_request_id.state = state
            with self.subTest(state=state):
                action = move.with_user(self.user).action_register_payment()
                wizard = self.env[action["res_model"]].with_user(self.user).with_context(**action["context"]).create({})
                self.assertEqual("urssaf_no_payment" in (wizard.actionable_errors or {}), state in collecting)

    def test_register_payment_charges_no_token(self):
        """What the client has paid is recorded; their card is not charged while Urssaf collects."""
        move, request = self.sent_invoice()
        provider = self.env["payment.provider"].create(
            {"name": "En ligne", "company_id": self.company.id, "state": "test"}
        )
        token = self.env["payment.token"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": self.env.ref("payment.payment_method_unknown").id,
                "partner_id": self.client.id,
                "provider_ref": "carte",
            }
        )

        def charge():
            action = move.with_user(self.user).action_register_payment()
            wizard = self.env[action["res_model"]].with_user(self.user).with_context(**action["context"])
            return wizard.create({"payment_token_id": token.id})._create_payments()

        with self.assertRaisesRegex(UserError, move.name), self.cr.savepoint():
            charge()
        self.assertFalse(move.transaction_ids)
        request._set_state("refused")
        self.assertEqual(charge().payment_transaction_id.token_id, token)

    def test_register_payment_names_the_invoice_and_still_works(self):
        move, _request = self.sent_invoice()
        free = self.create_service_invoice()
        action = (move | free).with_user(self.user).action_register_payment()
        form = Form(self.env[action["res_model"]].with_user(self.user).with_context(**action["context"]))
        wizard = form.save()
        warning = wizard.actionable_errors["urssaf_no_payment"]
        self.assertEqual(warning["level"], "warning")
        self.assertIn(move.name, warning["message"])
        self.assertNotIn(free.name, warning["message"])
        wizard._create_payments()
        self.assertIn(move.payment_state, ("in_payment", "paid"))

    def test_printed_invoice(self):
        move = self.create_service_invoice()
        mark, communication = 'name="urssaf_no_payment"', 'name="payment_communication"'
        self.assertNotIn(mark, self.printed(move))
        self.assertIn(communication, self.printed(move))
        request = self.send(move)
        self.assertIn(mark, self.printed(move))
        self.assertNotIn(communication, self.printed(move))
        request.state = "paid"
        self.assertNotIn(mark, self.printed(move))

    def printed(self, move):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html("account.report_invoice", move.ids)
        return html.decode()
