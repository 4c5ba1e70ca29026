from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import UrssafCommon


class PaymentOrderCases(UrssafCommon):
    """What must hold beside each of OCA's two addons for payment orders, whose models have the same names.

    The classes that take this over say how an invoice goes into an order there: ``way``, a value of the field ``WAY``
    of invoices, and ``order_values``.
    """

    #: The addon of OCA, and the field of an invoice that says how it is to be paid.
    ADDON = WAY = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.treasurer = new_test_user(
            cls.env,
            "treasurer",
            f"account.group_account_invoice,{cls.ADDON}.group_account_payment",
            company_id=cls.company.id,
        )
        cls.journal = cls.company_data["default_journal_bank"]
        cls.way = cls.create_way()

    def invoice(self):
        return self.create_service_invoice(**{self.WAY: self.way.id})

    def due(self, moves):
        return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

    def add(self, moves):
        """Press "Add to Debit Order"; return the action and the order."""
        action = moves.with_user(self.treasurer).create_account_payment_line()
        return action, self.due(moves).payment_line_ids.order_id

    def create_order(self, moves=()):
        order = self.env["account.payment.order"].with_user(self.treasurer).create(self.order_values())
        if moves:
            self.due(moves).with_user(self.treasurer).create_payment_line_from_move_line(order)
        return order

    def window(self, order):
        """The window that fills an order, with every line that its criteria let through."""
        model = self.env["account.payment.line.create"].with_user(self.treasurer)
        model = model.with_context(active_model="account.payment.order", active_id=order.id)
        return model.create({"date_type": "move", "target_move": "posted", "payment_mode": "any", "journal_ids": False})

    def codes(self, move):
        return [problem["code"] for problem in move._urssaf_problems()]

    # === INTO AN ORDER === #

    def test_button(self):
        collected, other = self.invoice(), self.invoice()
        self.send(collected)
        self.assertCollected(self.add, collected)
        action, order = self.add(collected + other)
        self.assertEqual(order.payment_line_ids.move_line_id, self.due(other))
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn(collected.name, action["params"]["message"])
        self.assertNotIn(other.name, action["params"]["message"])
        self.assertTrue(action["params"]["next"]["views"])

    def test_window(self):
        collected, other = self.invoice(), self.invoice()
        order = self.create_order()
        self.assertFalse(self.window(order).urssaf_left_out)
        self.send(collected)
        window = self.window(order)
        window.populate()
        self.assertEqual(window.move_line_ids, self.due(other))
        self.assertIn(collected.name, window.urssaf_left_out)
        self.assertNotIn(other.name, window.urssaf_left_out)
        window.create_payment_lines()
        self.assertEqual(order.payment_line_ids.move_line_id, self.due(other))
        window.move_line_ids = self.due(collected)
        self.assertCollected(window.create_payment_lines)

    def test_by_hand(self):
        """As RPC does it: a line made, moved to another invoice, or to another order."""
        collected, other = self.invoice(), self.invoice()
        order = self.create_order(other)
        self.send(collected)
        lines = self.env["account.payment.line"].with_user(self.treasurer)
        values = self.due(collected).with_user(self.treasurer)._prepare_payment_line_vals(order)
        self.assertCollected(lines.create, values)
        self.assertCollected(order.write, {"payment_line_ids": [Command.create(values)]})
        self.assertCollected(order.payment_line_ids.write, {"move_line_id": self.due(collected).id})

    def test_order_that_comes_back(self):
        """A cancelled order debits nobody; its invoice may go, and then the order may not come back with it."""
        move = self.invoice()
        order = self.create_order(move)
        order.action_cancel()
        request = self.send(move)
        self.assertEqual(request.state, "sent")
        self.assertCollected(order.cancel2draft)
        other = self.create_order()
        self.assertCollected(order.payment_line_ids.write, {"order_id": other.id})
        order.payment_line_ids.unlink()
        order.cancel2draft()
        self.assertEqual(order.state, "draft")

    def test_no_longer_collected(self):
        move = self.invoice()
        request = self.send(move)
        self.simulator.step(request, "refuse", force=True, code="CONTEST_AUTRE")
        request.with_user(self.user).action_refresh()
        _action, order = self.add(move)
        self.assertEqual(order.payment_line_ids.move_line_id, self.due(move))

    # === TO URSSAF === #

    def test_in_an_open_order(self):
        move = self.invoice()
        _action, order = self.add(move)
        order = order.with_user(self.treasurer)
        for step in (None, "draft2open", "open2generated"):
            if step:
                getattr(order, step)()
            with self.subTest(state=order.state):
                self.assertEqual(self.codes(move), ["in_payment_order"])
                self.assertIn(order.name, self.env["urssaf.send"].create({"move_ids": move}).line_ids.problem_html)
                with self.assertRaises(UserError), self.cr.savepoint():
                    self.send(move)
        order.action_cancel()
        self.assertFalse(self.codes(move))
        self.assertEqual(self.send(move).state, "sent")

    def test_at_the_bank(self):
        """With an accounting application, nothing on the invoice may say that the bank has the debit."""
        self.patch(type(self.env["account.move"]), "_get_invoice_in_payment_state", lambda model: "in_payment")
        self.journal.inbound_payment_method_line_ids.payment_account_id = False
        move = self.invoice()
        _action, order = self.add(move)
        order = order.with_user(self.treasurer)
        order.draft2open()
        order.open2generated()
        order.generated2uploaded()
        self.assertTrue(move.amount_residual)
        self.assertTrue({"in_payment_order", "paid_already"} & set(self.codes(move)))
        order.payment_ids.sudo().action_reject()
        self.assertFalse(self.codes(move), "the bank gave it back")

    def test_at_the_same_time(self):
        """Each begins before it can see the other: the sending looks again, and whoever is late is told."""
        moves = self.invoice() + self.invoice()
        requests = self.send(moves)
        with patch.object(type(self.env["account.payment.line"]), "_urssaf_refuse_if_collected", lambda lines: None):
            order = self.create_order(moves[0])
        self.run_cron("send")
        self.assertEqual(requests.mapped("state"), ["rejected", "sent"])
        self.assertEqual(self.problem_codes(requests[0]), ["in_payment_order"])
        self.assertEqual(len(self.simulator.requests()), 1)
        self.assertEqual(order.payment_line_ids.move_line_id, self.due(moves[0]))
        self.patch(type(moves), "try_lock_for_update", lambda records, **options: records.browse())
        with self.assertRaisesRegex(UserError, "at work on these invoices"), self.cr.savepoint():
            self.create_order(self.invoice())
