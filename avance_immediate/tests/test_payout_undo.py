import logging
from datetime import date
from decimal import Decimal

from odoo import sql_db
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .books import BooksMixin
from .common import UrssafCommon

TRANSFER = date(2026, 6, 16)
MANY = 200
#: SQL queries for each payout of a transfer, by what is done with the whole of it.
QUERIES = {"draft": 2, "post": 1, "unmatch": 8.5, "match": 1, "back": 14, "cancel": 7, "record": 1.5}

_logger = logging.getLogger(__name__)


class UndoCommon(BooksMixin, UrssafCommon):
    """Payouts in the books, undone by an accountant who has no right about Urssaf."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(cls.env, "comptable", "account.group_account_manager", company_id=cls.company.id)

    def recorded(self, count):
        """Return ``count`` payouts of one transfer, in the books. Made without Urssaf, which has no part in it."""
        moves = self.env["account.move"].union(
            *(self.create_service_invoice(hours=2.0 + index, post=False) for index in range(count))
        )
        moves.action_post()
        common = {"company_id": self.company.id, "environment": "simulator", "partner_id": self.client.id}
        requests = self.env["urssaf.payment.request"].create(
            [
                {
                    **common,
                    "move_id": move.id,
                    "registration_id": self.registration.id,
                    "currency_id": move.currency_id.id,
                    "number": move.name,
                    "amount": move.amount_total,
                    "state": "paid",
                    "urssaf_status": "70",
                }
                for move in moves
            ]
        )
        payouts = self.env["urssaf.payout"].create(
            [{"request_id": request.id, "date": TRANSFER, "amount": request.amount} for request in requests]
        )
        self.analyze()
        payouts._record()
        self.assertEqual(set(payouts.mapped("state")), {"recorded"})
        self.assertEqual(len(payouts.payment_id), 1)
        return payouts

    def analyze(self):
        """By the statistics these tables are as empty as in the template: Odoo's joins would take minutes."""
        self.env.flush_all()
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile, account_payment")

    def as_accountant(self, records):
        return records.with_user(self.accountant).with_context(allowed_company_ids=self.company.ids)

    def payments(self):
        return self.env["account.payment"].search([("journal_id", "=", self.company.urssaf_journal_id.id)])

    def unmatch(self, payout):
        """Press the cross beside the payment, on the invoice."""
        [partial] = payout.line_id.matched_debit_ids
        self.as_accountant(payout.move_id).js_remove_outstanding_partial(partial.id)

    def cancel(self, payment):
        """Cancel a payment as its form does, through the window; return the payouts that it names."""
        action = self.as_accountant(payment).with_context(urssaf_ask=True).action_cancel()
        window = self.as_accountant(self.env[action["res_model"]]).browse(action["res_id"])
        named = window.payout_ids
        window.action_confirm()
        self.env.invalidate_all()
        return named

    def told(self, payouts):
        """Return how often somebody was told about these payouts: lines on the invoices, and open activities."""
        lines = payouts.move_id.message_ids.filtered(lambda message: "Undone in the books" in message.body)
        return len(lines), len(self.activities(payouts.request_id))

    def assertUndone(self, payouts, code):
        self.assertEqual(set(payouts.mapped("undone")), {code})
        for payout in payouts:
            self.assertEqual(payout.problem["code"], code)
            self.assertIn(code, self.problem_codes(payout.request_id))

    def assertInBooks(self, payouts, payment):
        """They are recorded with ``payment``, alone, each matched with its invoice, and nobody is told of anything."""
        self.assertEqual(set(payouts.mapped("state")), {"recorded"})
        self.assertEqual(payouts.payment_id, payment)
        self.assertEqual(payment.move_id.state, "posted")
        self.assertIn(payment.state, ("in_process", "paid"))
        self.assertEqual(payouts.line_id, payment.move_id.line_ids - payment._seek_for_lines()[0])
        self.assertEqual(set(payouts.move_id.mapped("payment_state")), {"paid"})
        for payout in payouts:
            self.assertEqual(payout.line_id.matched_debit_ids.debit_move_id.move_id, payout.move_id)
            self.assertFalse(payout.undone or payout.problem or self.problem_codes(payout.request_id))
        self.assertFalse(self.activities(payouts.request_id))
        posted = self.payments().filtered(lambda other: other.move_id.state == "posted")
        self.assertEqual(sum(posted.mapped("amount")), sum(payouts.mapped("amount")), "no cent twice")


@tagged("post_install", "-at_install")
class TestPaymentUndone(UndoCommon):
    """A payment that is taken out of the books is told, and comes back itself: never another one beside it."""

    def test_draft_then_posted_by_hand(self):
        for count in (1, 3):
            with self.subTest(count), self.env.cr.savepoint() as savepoint:
                payouts = self.recorded(count)
                payment = payouts.payment_id
                self.as_accountant(payment).action_draft()
                self.assertUndone(payouts, "payment_undone")
                self.assertEqual(self.told(payouts), (count, 1), "one activity for all of them")
                self.as_accountant(payment).action_post()
                self.assertInBooks(payouts, payment)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_draft_then_recorded(self):
        self.use_tax("receipts")
        payouts = self.recorded(3)
        before = [self.entries(move) for move in payouts.move_id]
        payment = payouts.payment_id
        self.as_accountant(payment).action_draft()
        with self.assertRaises(AccessError):
            payouts[1].with_user(self.user).action_record()
        payouts[1].with_user(self.manager).action_record()
        self.assertInBooks(payouts, payment)
        self.assertEqual([self.entries(move) for move in payouts.move_id], before)
        with self.assertRaisesRegex(UserError, "recorded already"):
            payouts[0].with_user(self.manager).action_record()

    def test_draft_then_cancelled_then_posted(self):
        """Its entry is deleted: posted again, it would be one line of Urssaf's. Refused, also through RPC."""
        for count in (1, 3):
            with self.subTest(count), self.env.cr.savepoint() as savepoint:
                payouts = self.recorded(count)
                payment, transfer = payouts.payment_id, payouts.transfer_id
                self.as_accountant(payment).action_draft()
                self.assertEqual(self.cancel(payment), payouts, "all are named")
                self.assertEqual(set(payouts.mapped("state")), {"to_confirm"})
                self.assertUndone(payouts, "payment_deleted")
                self.assertEqual(self.told(payouts)[1], 1)
                self.assertEqual(set(payouts.move_id.mapped("payment_state")), {"not_paid"})
                self.as_accountant(payment).action_draft()
                for post in (
                    lambda payment: payment.action_post(),
                    lambda payment: payment.action_validate(),
                    lambda payment: payment.write({"state": "in_process"}),
                ):
                    with self.assertRaisesRegex(UserError, "entry .* was deleted"), self.cr.savepoint():
                        post(self.as_accountant(payment))
                self.run_cron("payout")
                self.assertFalse(payouts.payment_id, "a person decides")
                transfer.with_user(self.manager).action_record()
                self.assertEqual(payouts.transfer_id, transfer)
                self.assertInBooks(payouts, payouts.payment_id)
                self.assertNotEqual(payouts.payment_id, payment)
                self.as_accountant(payment).unlink()  # nothing hangs on it any more
                savepoint.rollback()
                self.env.invalidate_all()

    def queries(self, action, *args):
        """Return how many SQL queries an action takes for each of ``MANY`` payouts, up to its commit."""
        self.analyze()
        self.env.invalidate_all()
        before = sql_db.sql_counter
        action(*args)
        self.env.cr.flush()
        return (sql_db.sql_counter - before) / MANY

    def test_many(self):
        """A whole transfer: told in one activity, back at once, and no step asks the database more than it must."""
        payouts = self.recorded(MANY)
        payment, transfer = payouts.payment_id, payouts.transfer_id.with_user(self.manager)
        asked = {"draft": self.queries(self.as_accountant(payment).action_draft)}
        self.assertUndone(payouts, "payment_undone")
        self.assertEqual(self.told(payouts), (MANY, 1))
        asked["post"] = self.queries(payouts[7].with_user(self.manager).action_record)
        self.assertInBooks(payouts, payment)
        self.unmatch(payouts[3])
        self.assertEqual(payouts.filtered("undone"), payouts[3])
        payouts[3].with_user(self.manager).action_record()
        self.assertInBooks(payouts, payment)
        asked["unmatch"] = self.queries(self.as_accountant(payouts.line_id).remove_move_reconcile)
        self.assertUndone(payouts, "payout_unmatched")
        asked["match"] = self.queries(transfer.action_record)
        self.assertInBooks(payouts, payment)
        self.cancel(payment)  # while posted: Odoo keeps the entry
        self.assertUndone(payouts, "payment_undone")
        asked["back"] = self.queries(transfer.action_record)
        self.assertInBooks(payouts, payment)
        self.as_accountant(payment).action_draft()
        asked["cancel"] = self.queries(self.cancel, payment)
        self.assertUndone(payouts, "payment_deleted")
        self.assertEqual(self.told(payouts)[1], 1)
        self.as_accountant(payment).action_draft()
        with self.assertRaisesRegex(UserError, "entry .* was deleted"), self.cr.savepoint():
            self.as_accountant(payment).action_post()
        asked["record"] = self.queries(transfer.action_record)
        self.assertInBooks(payouts, payouts.payment_id)
        _logger.info("Queries for each of %s payouts: %s", MANY, asked)
        for step, most in QUERIES.items():
            self.assertLessEqual(asked[step], most, step)

    def test_cancelled_while_posted(self):
        """Odoo keeps the entry then, cancelled: the same payment comes back."""
        payouts = self.recorded(2)
        payment = payouts.payment_id
        self.assertEqual(self.cancel(payment), payouts)
        self.assertEqual((payment.state, payment.move_id.state), ("canceled", "cancel"))
        self.assertUndone(payouts, "payment_undone")
        self.assertEqual(self.told(payouts), (2, 1))
        self.assertEqual(set(payouts.move_id.mapped("payment_state")), {"not_paid"})
        payouts[0].with_user(self.manager).action_record()
        self.assertInBooks(payouts, payment)

    def test_cancelled_while_posted_then_posted_by_hand(self):
        payouts = self.recorded(2)
        payment = payouts.payment_id
        self.cancel(payment)
        self.as_accountant(payment).action_draft()
        self.as_accountant(payment).action_post()
        self.assertInBooks(payouts, payment)

    def test_rejected(self):
        payouts = self.recorded(1)
        payment = payouts.payment_id
        self.as_accountant(payment).mark_as_sent()
        self.as_accountant(payment).action_reject()
        self.assertUndone(payouts, "payment_undone")
        payouts.with_user(self.manager).action_record()
        self.assertInBooks(payouts, payment)

    def test_deleted(self):
        payouts = self.recorded(2)
        payment = payouts.payment_id
        with self.assertRaisesRegex(UserError, payouts[1].request_id.number), self.cr.savepoint():
            self.as_accountant(payment).unlink()
        self.as_accountant(payment).action_draft()
        with self.assertRaisesRegex(UserError, "Cancel it first"), self.cr.savepoint():
            self.as_accountant(payment).unlink()
        self.assertUndone(payouts, "payment_undone")

    def test_locked_meanwhile(self):
        """The same payment is dated the first open day, and not the one that Odoo would choose."""
        payouts = self.recorded(1)
        payment = payouts.payment_id
        self.as_accountant(payment).action_draft()
        self.travel_to(self.frozen().replace(year=2026, month=8, day=20))
        self.company.fiscalyear_lock_date = "2026-06-30"
        payouts.with_user(self.manager).action_record()
        self.assertInBooks(payouts, payment)
        self.assertEqual((payment.date, payment.move_id.date), (date(2026, 7, 1), date(2026, 7, 1)))
        self.assertEqual(payouts.transfer_id.date, TRANSFER)

    def test_draft_keeps_its_lines(self):
        payouts = self.recorded(2)
        payment = payouts.payment_id
        self.as_accountant(payment).action_draft()
        self.as_accountant(payment).date = date(2026, 6, 15)
        self.assertEqual(payment.move_id.date, date(2026, 6, 15))
        for name, value in {"amount": 10, "partner_id": self.client.id, "payment_type": "outbound"}.items():
            with self.subTest(name), self.assertRaisesRegex(UserError, "only its date"), self.cr.savepoint():
                self.as_accountant(payment).write({name: value})
                self.env.flush_all()
        for state in ("draft", "cancel"):
            line = self.as_accountant(payouts[0].line_id)
            with self.subTest(state), self.assertRaisesRegex(UserError, "stays as it is"), self.cr.savepoint():
                (line + payment.move_id.line_ids[0]).unlink()
            with self.subTest(state), self.assertRaisesRegex(UserError, "stays as it is"), self.cr.savepoint():
                line.credit = 10
            self.as_accountant(payment.move_id).state = "cancel"
        with self.assertRaisesRegex(UserError, "only its date"), self.cr.savepoint():
            self.as_accountant(payment).amount = 10


@tagged("post_install", "-at_install")
class TestEntryUndone(UndoCommon):
    """The same from the form of the entry, where Odoo tells the payment nothing."""

    def test_draft_and_posted(self):
        payouts = self.recorded(2)
        payment = payouts.payment_id
        entry = self.as_accountant(payment.move_id)
        entry.button_draft()
        self.assertUndone(payouts, "payment_undone")
        self.assertEqual(self.told(payouts), (2, 1))
        entry.action_post()
        self.assertInBooks(payouts, payment)

    def test_draft_and_recorded(self):
        payouts = self.recorded(2)
        payment = payouts.payment_id
        self.as_accountant(payment.move_id).button_draft()
        payouts[0].with_user(self.manager).action_record()
        self.assertInBooks(payouts, payment)

    def test_payment_draft_and_entry_posted(self):
        payouts = self.recorded(1)
        payment = payouts.payment_id
        self.as_accountant(payment).action_draft()
        self.as_accountant(payment.move_id).action_post()
        self.assertInBooks(payouts, payment)

    def test_cancelled(self):
        payouts = self.recorded(2)
        payment = payouts.payment_id
        self.as_accountant(payment.move_id).button_cancel()
        self.assertUndone(payouts, "payment_undone")
        self.assertEqual(self.told(payouts), (2, 1))
        payouts[0].with_user(self.manager).action_record()
        self.assertInBooks(payouts, payment)

    def test_deleted(self):
        """Odoo would leave a payment "in process" without an entry, and with it the invoices paid."""
        payouts = self.recorded(2)
        payment = payouts.payment_id
        self.as_accountant(payment.move_id).button_draft()
        self.as_accountant(payment.move_id).unlink()
        self.assertUndone(payouts, "payment_deleted")
        self.assertEqual(payment.state, "canceled")
        self.assertEqual(set(payouts.move_id.mapped("payment_state")), {"not_paid"})
        with self.assertRaisesRegex(UserError, "entry .* was deleted"), self.cr.savepoint():
            self.as_accountant(payment).action_draft()
            self.as_accountant(payment).action_post()
        payouts[0].with_user(self.manager).action_record()
        payouts[1].with_user(self.manager).action_record()
        self.assertEqual(set(payouts.move_id.mapped("payment_state")), {"paid"})
        self.assertEqual(sum(payouts.payment_id.mapped("amount")), sum(payouts.mapped("amount")))

    def test_reversed(self):
        """The only way where entries are hashed. Matched with its reversal, the line is not back in the books."""
        self.company.urssaf_journal_id.restrict_mode_hash_table = True
        payouts = self.recorded(2)
        payment = payouts.payment_id
        with self.assertRaises(UserError), self.cr.savepoint():
            self.as_accountant(payment).action_draft()
        reversal = self.as_accountant(payment.move_id)._reverse_moves([{"date": date(2026, 6, 17)}], cancel=True)
        self.assertTrue(payouts[0].line_id.reconciled)
        self.assertUndone(payouts, "payment_reversed")
        payouts.transfer_id.with_user(self.manager).action_record()
        self.assertEqual(set(payouts.move_id.mapped("payment_state")), {"paid"})
        self.assertEqual(len(payouts.payment_id), 1)
        self.assertNotEqual(payouts.payment_id, payment)
        self.assertFalse(payouts.filtered("undone"))
        self.assertEqual(reversal.state, "posted")


@tagged("post_install", "-at_install")
class TestPayoutUnmatched(UndoCommon):
    """A payout taken away from its invoice is told, and the same line is matched again."""

    def test_record_matches_the_same_line(self):
        self.use_tax("receipts")
        payouts = self.recorded(3)
        payment, payout, line = payouts.payment_id, payouts[1], payouts[1].line_id
        before = self.entries(payout.move_id)
        self.unmatch(payout)
        self.assertEqual(payout.move_id.payment_state, "not_paid")
        self.assertEqual(set((payouts - payout).move_id.mapped("payment_state")), {"paid"})
        self.assertEqual(line.amount_residual, -payout.amount, "to the client's credit")
        self.assertEqual(payment._seek_for_lines()[0].amount_residual, payment.amount, "the bank has still to show it")
        self.assertUndone(payout, "payout_unmatched")
        self.assertEqual(self.told(payouts), (1, 1))
        self.run_cron("payout")
        self.assertEqual(payout.move_id.payment_state, "not_paid", "a person decides")
        payout.with_user(self.manager).action_record()
        self.assertEqual(payout.line_id, line)
        self.assertInBooks(payouts, payment)
        self.assertEqual(self.entries(payout.move_id), before)

    def test_matched_again_by_hand(self):
        payouts = self.recorded(2)
        self.unmatch(payouts[0])
        self.as_accountant(payouts[0].move_id).js_assign_outstanding_line(payouts[0].line_id.id)
        self.assertInBooks(payouts, payouts.payment_id)

    def test_all_at_once(self):
        payouts = self.recorded(3)
        self.as_accountant(payouts.line_id).remove_move_reconcile()
        self.assertUndone(payouts, "payout_unmatched")
        self.assertEqual(self.told(payouts), (3, 1))
        payouts.transfer_id.with_user(self.manager).action_record()
        self.assertInBooks(payouts, payouts.payment_id)

    def test_line_that_was_changed_is_not_matched(self):
        [payout] = self.recorded(1)
        self.unmatch(payout)
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move_line SET amount_currency = -1 WHERE id = %s", [payout.line_id.id])
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "was changed"):
            payout.with_user(self.manager).action_record()

    def test_closed_request(self):
        """A request that a manager has closed tells of nothing, but of this."""
        [payout] = self.recorded(1)
        payout.request_id.state = "closed"
        self.unmatch(payout)
        self.assertUndone(payout, "payout_unmatched")
        self.assertEqual(self.told(payout), (1, 1))
        self.assertEqual(payout.request_id.state, "closed")
        payout.with_user(self.manager).action_record()
        self.assertInBooks(payout, payout.payment_id)
        self.as_accountant(payout.payment_id).action_draft()
        self.cancel(payout.payment_id)
        self.assertEqual(payout.request_id.state, "to_settle", "a payout awaits")

    def test_credited(self):
        """The invoice is reversed: the money is the client's credit, and there is nothing to match it with."""
        [payout] = self.recorded(1)
        reversal = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=payout.move_id.ids
        )
        reversal.create({"journal_id": payout.move_id.journal_id.id, "date": date(2026, 6, 17)}).modify_moves()
        self.assertUndone(payout, "payout_freed")
        self.assertEqual(len(self.activities(payout.request_id)), 1)
        with self.assertRaisesRegex(UserError, "nothing left to be paid"):
            payout.with_user(self.manager).action_record()
        other = self.create_service_invoice()
        self.as_accountant(other).js_assign_outstanding_line(payout.line_id.id)
        self.assertEqual(other.payment_state, "paid")
        self.assertFalse(payout.undone or payout.problem or self.activities(payout.request_id))

    def test_invoice_reset_to_draft(self):
        """Odoo keeps the matching of an invoice that comes back as it was, and drops that of one that changed."""
        self.use_tax("receipts")
        [payout] = self.recorded(1)
        payout.request_id.state = "closed"
        move = self.as_accountant(payout.move_id)
        move.button_draft()
        move.action_post()
        self.assertInBooks(payout, payout.payment_id)
        move.button_draft()
        self.as_accountant(payout.line_id).remove_move_reconcile()
        self.assertUndone(payout, "payout_freed")
        move.action_post()
        self.assertUndone(payout, "payout_unmatched")
        payout.with_user(self.manager).action_record()
        self.assertInBooks(payout, payout.payment_id)

    def test_what_the_note_had_hidden(self):
        [payout] = self.recorded(1)
        payout.write({"announced_amount": 30})
        self.unmatch(payout)
        payout.with_user(self.manager).action_record()
        self.assertEqual(payout.problem["code"], "payout_changed")

    def test_news_book_nothing_by_themselves(self):
        """What lost its payment awaits a person, whatever Urssaf says of it now."""
        [payout] = self.recorded(1)
        self.as_accountant(payout.payment_id).action_draft()
        self.cancel(payout.payment_id)
        payout._announced(Decimal(30), TRANSFER)
        self.run_cron("payout")
        self.assertEqual((payout.state, payout.undone), ("to_confirm", "payment_deleted"))
        self.assertIn("payment_deleted", [doubt["code"] for doubt in payout.doubts])
        payout.with_user(self.manager).action_dismiss()
        self.assertFalse(payout.undone)


@tagged("post_install", "-at_install")
class TestUndoDoors(UndoCommon):
    """The window, what nobody writes by hand, what others are shown, and what costs nothing."""

    def test_window_is_for_who_may_cancel(self):
        payouts = self.recorded(2)
        reader = new_test_user(self.env, "lecteur", "account.group_account_readonly", company_id=self.company.id)
        other = self.env["res.company"].create({"name": "Autre"})
        foreigner = new_test_user(self.env, "ailleurs", "account.group_account_invoice", company_id=other.id)
        for user in (reader, foreigner):
            with (
                self.subTest(user.login),
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_rule"),
            ):
                payouts.payment_id.with_user(user).with_context(
                    allowed_company_ids=user.company_ids.ids
                ).action_cancel()
        payment = self.as_accountant(payouts.payment_id)
        with self.assertRaisesRegex(UserError, payouts[0].request_id.number):
            payment.action_cancel()
        arch = payment.get_view(self.env.ref("account.view_account_payment_form").id)["arch"]
        self.assertIn("{'urssaf_ask': True}", arch)
        action = payment.with_context(urssaf_ask=True).action_cancel()
        self.assertEqual(payouts.payment_id.state, "paid", "nothing happens before it is confirmed")
        window = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual((window.payout_ids, window.amount), (payouts, sum(payouts.mapped("amount"))))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            window.with_user(self.manager).action_confirm()

    def test_transfer_of_a_payment_is_not_written_by_hand(self):
        payouts = self.recorded(1)
        values = {"amount": 5, "partner_id": self.client.id}
        payments = self.as_accountant(self.env["account.payment"])
        payment = payments.create(values)
        with self.assertRaises(AccessError):
            payment.urssaf_transfer_id = payouts.transfer_id
        with self.assertRaises(AccessError):
            payments.create({**values, "urssaf_transfer_id": payouts.transfer_id.id})
        given = payments.with_context(default_urssaf_transfer_id=payouts.transfer_id.id).create(values)
        self.assertFalse(given.urssaf_transfer_id)
        self.assertFalse(payouts.payment_id.copy().urssaf_transfer_id)

    def test_receipt_names_no_other_client(self):
        payouts = self.recorded(2)
        numbers = [number.encode() for number in payouts.move_id.mapped("name")]
        payment = payouts.payment_id
        receipt = self.env["ir.actions.report"].with_user(self.accountant)
        content, _kind = receipt._render_qweb_html("account.report_payment_receipt", payment.ids)
        self.assertTrue(all(number in content for number in numbers), "of one client")
        other = self.create_client(name="Marc Petit", email="marc@example.com")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE account_move SET commercial_partner_id = %s WHERE id = %s", [other.id, payouts[0].move_id.id]
        )
        self.env.invalidate_all()
        content, _kind = receipt._render_qweb_html("account.report_payment_receipt", payment.ids)
        self.assertFalse([number for number in numbers if number in content])
        composer = self.env.ref("account.mail_template_data_payment_receipt")
        body = composer._render_field("body_html", payment.ids)[payment.id]
        self.assertFalse([number for number in numbers if number.decode() in body])
        self.assertEqual(payment._mail_get_partners()[payment.id], payment.partner_id, "Urssaf's")

    def test_merging_urssaf(self):
        payouts = self.recorded(2)
        payment = payouts.payment_id
        spare = self.env["res.partner"].create({"name": "URSSAF", "is_company": True})
        merge = self.env["base.partner.merge.automatic.wizard"]
        merge._merge((spare + payment.partner_id).ids, spare)
        self.env.invalidate_all()
        self.assertEqual(payment.partner_id, spare)
        self.assertInBooks(payouts, payment)

    def test_others_cost_nothing(self):
        """What has nothing to do with Urssaf does not ask for payouts."""
        move = self.create_service_invoice()
        register = self.as_accountant(self.env["account.payment.register"])
        self.patch(type(self.env["urssaf.payout"]), "search", lambda *args, **kwargs: 1 / 0)
        payment = register.with_context(active_model="account.move", active_ids=move.ids).create({})._create_payments()
        payment.move_id.line_ids.remove_move_reconcile()
        payment.action_draft()
        payment.action_post()
        payment.action_draft()
        payment.action_cancel()
        payment.unlink()
        self.assertEqual(move.payment_state, "not_paid")
