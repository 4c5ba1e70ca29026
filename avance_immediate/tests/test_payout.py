from datetime import date

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestPayout(UrssafCommon):
    """Urssaf's payouts become payments, each once, and none without being sure of it."""

    def announce(self, request, **options):
        """Urssaf pays; the status is read, the money not recorded yet."""
        self.simulator.step(request, "pay", force=True, **options)
        request._commit()
        request._refresh_batch()
        return request.payout_ids

    def paid_invoice(self, **options):
        move, request = self.sent_invoice()
        return move, request, self.announce(request, **options)

    # === ONCE === #

    def test_status_first_money_after(self):
        move, request, payout = self.paid_invoice()
        self.assertEqual((request.state, payout.state), ("paid", "to_record"))
        self.assertEqual(move.payment_state, "not_paid")
        self.run_cron("payout")
        self.assertEqual(payout.state, "recorded")
        self.assertEqual(move.payment_state, "paid")
        payment = payout.payment_id
        self.assertEqual((payment.payment_type, payment.amount, payment.date), ("inbound", 60, payout.date))
        self.assertEqual(payment.journal_id, self.company.urssaf_journal_id)
        self.assertEqual(payment.partner_id.name, "Urssaf")
        self.assertEqual(payout.line_id.partner_id, self.client)
        self.assertIn(request.number, payment.memo)

    def test_recorded_once_however_often_it_is_announced(self):
        _move, request, payout = self.paid_invoice()
        for _again in range(3):
            self.run_cron("payout")
            request._refresh_batch()
            request.with_user(self.user).action_refresh()
        self.assertEqual(request.payout_ids, payout)
        self.assertEqual(self.env["account.payment"].search_count([("invoice_ids", "=", _move.id)]), 1)

    def test_database_refuses_a_second_mark(self):
        _move, request, payout = self.paid_invoice()
        self.run_cron("payout")
        _move, other, second = self.paid_invoice()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            second.write({"state": "recorded", "payment_id": payout.payment_id.id, "line_id": payout.line_id.id})
            second.flush_recordset()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            request.payout_ids = [Command.create({"sequence": payout.sequence, "amount": 60})]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            second.state = "recorded"
            second.flush_recordset()

    def test_many_at_once(self):
        moves = self.env["account.move"].union(*(self.create_service_invoice() for _index in range(12)))
        requests = self.send(moves)
        self.run_cron("send")
        for request in requests:
            self.simulator.step(request, "pay", force=True)
        self.wait(hours=9)
        self.run_cron("refresh")
        done, remaining = self.run_cron("payout")
        self.assertEqual((done, remaining), (12, 0))
        self.assertEqual(set(moves.mapped("payment_state")), {"paid"})
        self.assertEqual(len(requests.payment_ids), 1)
        self.assertEqual(len(set(requests.payout_ids.line_id.mapped("matching_number"))), 12)

    def test_transfer_of_tomorrow_waits(self):
        move, _request, payout = self.paid_invoice(date="2026-06-20T00:00:00Z")
        self.run_cron("payout")
        self.assertEqual(payout.state, "to_record")
        self.wait(days=4)
        self.run_cron("payout")
        self.assertEqual(payout.state, "to_record", "not asked since that morning")
        self.run_cron("refresh")
        self.run_cron("payout")
        self.assertEqual(payout.payment_id.date, date(2026, 6, 20))
        self.assertEqual(move.payment_state, "paid")

    # === IN DOUBT === #

    def assert_asks(self, payout, code):
        self.run_cron("payout")
        self.assertEqual(payout.state, "to_confirm")
        self.assertFalse(payout.payment_id)
        self.assertEqual(self.problem_codes(payout.request_id), [code])
        self.assertEqual(len(self.activities(payout.request_id)), 1)

    def test_another_amount_asks(self):
        move, request, payout = self.paid_invoice(amount=59.99)
        self.assert_asks(payout, "payout_other_amount")
        with self.assertRaises(AccessError):
            payout.with_user(self.user).action_record()
        payout.with_user(self.manager).action_record()
        self.assertEqual(payout.state, "recorded")
        self.assertEqual(payout.confirmed_by_id, self.manager)
        self.assertEqual(move.payment_state, "partial")
        self.assertAlmostEqual(move.amount_residual, 0.01)
        self.assertFalse(self.activities(request))

    def test_client_who_paid_too_asks(self):
        move, _request = self.sent_invoice()
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {"amount": 10}
        )._create_payments()
        payout = self.announce(_request)
        self.assert_asks(payout, "payout_already_paid")
        payout.with_user(self.manager).action_record()
        self.assertEqual(move.payment_state, "paid")
        credit = payout.payment_id._seek_for_lines()[1]
        self.assertAlmostEqual(credit.amount_residual, -10, msg="what is too much stays to the client's credit")

    def test_payout_without_a_date_asks(self):
        _move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True)
        info = self.company._urssaf_client().search(ids=[request.id_request]).found[0]
        object.__setattr__(info, "transfer_date", None)
        request._apply_info(info)
        self.assertEqual(request.payout_ids.state, "to_confirm")
        self.assertEqual(self.problem_codes(request), ["payout_without_date"])
        request.payout_ids.with_user(self.manager).action_record()
        self.assertEqual(request.payout_ids.payment_id.date, date(2026, 6, 17))

    def test_second_payout_after_a_refused_debit_asks(self):
        move, request, payout = self.paid_invoice()
        self.run_cron("payout")
        self.simulator.step(request, "refuse_debit", force=True)
        request.with_user(self.user).action_refresh()
        self.announce(request)
        self.assertEqual(len(request.payout_ids), 2)
        second = request.payout_ids - payout
        self.assertEqual((second.state, second.sequence), ("to_confirm", 2))
        self.assertEqual(request.state, "to_settle")
        self.assertEqual(self.problem_codes(request), ["paid_again", "payout_already_paid"])
        self.run_cron("payout")
        self.assertFalse(second.payment_id, "a person confirms it")
        with self.assertRaises(AccessError):
            second.with_user(self.user).action_dismiss()
        second.with_user(self.manager).action_dismiss()
        self.assertEqual(second.state, "dismissed")
        self.assertEqual(move.payment_state, "paid")

    def test_payout_that_changes_after_it_was_recorded(self):
        _move, request, payout = self.paid_invoice()
        self.run_cron("payout")
        self.announce(request, amount=30)
        self.assertEqual(request.state, "to_settle")
        self.assertEqual(self.problem_codes(request), ["payout_changed"])
        self.assertEqual(payout.payment_id.amount, 60)

    def test_payout_that_changes_before_it_is_recorded(self):
        move, request, payout = self.paid_invoice(amount=30)
        self.announce(request, amount=60)
        self.run_cron("payout")
        self.assertEqual(payout.payment_id.amount, 60)
        self.assertEqual(move.payment_state, "paid")

    # === NOT RECORDED === #

    def test_missing_journal_loses_nothing(self):
        journal = self.company.urssaf_journal_id
        self.company.urssaf_journal_id = False
        first, request, payout = self.paid_invoice()
        second, other, _payout = self.paid_invoice()
        self.run_cron("payout")
        self.assertEqual(request.state, "paid", "the news is kept")
        self.assertEqual(payout.state, "to_record")
        self.assertEqual(len(self.activities(request + other)), 1, "one activity tells")
        self.company.urssaf_journal_id = journal
        self.run_cron("payout")
        self.assertEqual(set((first + second).mapped("payment_state")), {"paid"})
        self.assertFalse(self.activities(request + other))

    def test_what_fails_stops_only_its_payout(self):
        locked, request, payout = self.paid_invoice(date="2026-06-17T00:00:00Z")
        model = type(self.env["account.payment"])
        original = model.action_post

        def refuse_one(payments):
            if locked in payments.invoice_ids:
                raise UserError(self.env._("Locked"))
            return original(payments)

        self.patch(model, "action_post", refuse_one)
        free, other, _payout = self.paid_invoice()
        self.run_cron("payout")
        self.assertEqual((payout.state, locked.payment_state), ("to_record", "not_paid"))
        self.assertEqual(self.problem_codes(request), ["payout_not_recorded"])
        self.assertEqual(free.payment_state, "paid")
        self.assertFalse(self.env["account.payment"].search([("invoice_ids", "=", locked.id)]))
        self.patch(model, "action_post", original)
        self.wait(days=1, hours=1)
        self.run_cron("payout")
        self.assertEqual(locked.payment_state, "paid")
        self.assertFalse(self.activities(request))

    def test_simulator_money_stays_out_of_the_books(self):
        self.company.urssaf_book_test_payouts = False
        move, request, payout = self.paid_invoice()
        self.run_cron("payout")
        self.assertEqual((request.state, payout.state), ("paid", "not_booked"))
        self.assertEqual(move.payment_state, "not_paid")
        self.assertFalse(self.activities(request))

    def test_payout_that_changes_outside_the_books(self):
        """Nobody is told: no entry is wrong. Whoever records it after all records what Urssaf says now."""
        self.company.urssaf_book_test_payouts = False
        _move, request, payout = self.paid_invoice()
        self.run_cron("payout")
        self.announce(request, amount=30)
        self.assertEqual((request.state, payout.state), ("paid", "not_booked"))
        self.assertEqual((payout.amount, payout.announced_amount), (60, 30))
        self.assertFalse(payout.problem or self.problem_codes(request) or self.activities(request))
        self.run_cron("payout")
        self.assertFalse(payout.payment_id)
        self.company.urssaf_book_test_payouts = True
        payout.with_user(self.manager).action_record()
        self.assertEqual(self.problem_codes(request), ["payout_other_amount"], "nobody was shown it so far")
        payout.with_user(self.manager).action_record()
        self.assertEqual(payout.payment_id.amount, 30)

    def test_deposit_is_deducted(self):
        move = self.create_service_invoice(price=50)
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids).create(
            {"amount": 40}
        )._create_payments()
        request = self.send(move)
        self.assertEqual(request.state, "sent", request.problems)
        self.assertEqual((request.deposit, request.expected_payout_amount), (40, 60))
        self.announce(request, amount=60)
        self.run_cron("payout")
        self.assertEqual(move.payment_state, "paid")
