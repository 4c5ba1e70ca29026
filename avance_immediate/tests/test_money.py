from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.urssaf_queue import ACTIVITY as OUTAGE
from ..urssaf.tiers_prestation.client import UrssafClient
from ..urssaf.tiers_prestation.messages import SearchResult
from .common import UrssafCommon

MODELS = "odoo.addons.avance_immediate.models."


@tagged("post_install", "-at_install")
class TestMoney(UrssafCommon):
    """Ways in which money could be lost, moved twice, or change in silence: each is closed."""

    def refresh(self, request):
        request.with_user(self.user).action_refresh()

    def step(self, request, action, **options):
        self.simulator.step(request, action, force=True, **options)
        self.refresh(request)

    def announce(self, request, **options):
        """Urssaf pays; the status is read, the money not recorded yet."""
        self.simulator.step(request, "pay", force=True, **options)
        request._commit()
        request._refresh_batch()
        return request.payout_ids

    def pay_by_hand(self, move, **values):
        register = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        register.create(values)._create_payments()

    def credit(self, move, price=None):
        reversal = self.env["account.move.reversal"].with_context(active_model="account.move", active_ids=move.ids)
        reversal.create({"journal_id": move.journal_id.id, "date": date(2026, 6, 17)}).refund_moves()
        note = self.env["account.move"].search([("reversed_entry_id", "=", move.id)])
        if price:
            note.invoice_line_ids.price_unit = price
        note.action_post()
        due = (note.line_ids + move.line_ids).filtered(lambda line: line.account_type == "asset_receivable")
        due.filtered(lambda line: not line.reconciled).reconcile()

    # === WHAT WAS QUEUED IS NO LONGER DUE === #

    def test_paid_or_credited_while_queued_is_not_sent(self):
        moves = self.create_service_invoice() + self.create_service_invoice() + self.create_service_invoice()
        requests = self.send(moves)
        self.pay_by_hand(moves[0])
        self.pay_by_hand(moves[1], amount=5)
        self.credit(moves[2])
        self.run_cron("send")
        self.assertFalse(self.simulator.requests())
        for request in requests:
            self.assertEqual(request.state, "rejected")
            self.assertEqual(self.problem_codes(request), ["changed_since"])
            self.assertEqual(len(self.activities(request)), 1)

    def test_credit_note_is_no_deposit(self):
        move = self.create_service_invoice(price=50)
        self.credit(move, price=20)
        self.assertEqual([problem["code"] for problem in move._urssaf_problems()], ["partly_credited"])

    def test_request_of_another_environment_is_not_reused_as_it_was(self):
        self.simulator.call("POST", "requests/next", codes=["ERR_CODE_NATURE"])
        move = self.create_service_invoice()
        request = self.send(move)
        self.assertEqual(request.state, "rejected")
        self.company.urssaf_environment = "sandbox"
        registration = self.env["urssaf.registration"].create(
            {"partner_id": self.client.id, "company_id": self.company.id, "environment": "sandbox"}
        )
        registration.write({"id_client": "bbbbbbbb-908a-11eb-a8b3-0242ac130003", "active_since": "2026-01-01"})
        registration._set_state("to_register")
        registration._set_state("sending")
        registration._set_state("waiting")
        registration._set_state("active")
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "credentials"):
            self.send(move)
        self.assertEqual(move.urssaf_request_id.environment, "sandbox")
        self.assertEqual(move.urssaf_request_id.registration_id, registration)
        self.assertFalse(self.simulator.requests())

    def test_number_of_another_request_stops_only_its_invoice(self):
        self.simulator.call("POST", "requests/next", codes=["ERR_CODE_NATURE"])
        first = self.create_service_invoice()
        self.send(first)
        number = first.name
        first.button_draft()
        first.name = "FAC/2026/0998"
        first.action_post()
        second = self.create_service_invoice(name=number)
        third = self.create_service_invoice()
        self.assertEqual([problem["code"] for problem in second._urssaf_problems()], ["number_used"])
        self.send(second + third)
        self.assertEqual((second.urssaf_state, third.urssaf_state), (False, "queued"))

    # === WHAT URSSAF SAYS IS NEVER DROPPED === #

    def test_every_status_after_every_other_is_kept(self):
        codes = ("10", "30", "40", "60", "70", "85", "110", "112", "120", "260", "270")
        _move, request = self.sent_invoice()
        info = self.company._urssaf_client().search(ids=[request.id_request]).found[0]
        for before in codes:
            for after in codes:
                with self.subTest(f"{before} then {after}"), self.env.cr.savepoint() as savepoint:
                    for code in (before, after):
                        object.__setattr__(info, "status_code", code)
                        object.__setattr__(info, "transfer_amount", Decimal(60) if code == "70" else None)
                        request._apply_info(info)
                    self.assertEqual(request.urssaf_status, after)
                    self.assertEqual(bool(request.payout_ids), "70" in (before, after))
                    if before == "70" != after:
                        self.assertEqual(request.state, "to_settle")
                    savepoint.rollback()
                    self.env.invalidate_all()

    def test_paid_after_a_recovery_is_confirmed_by_a_person(self):
        for action in ("provider_unpaid", "recover"):
            with self.subTest(action):
                if self.simulator.persons()[0]["blocked"]:
                    self.simulator.person_step(self.registration, "unblock")
                move, request = self.sent_invoice()
                self.step(request, action)
                self.assertEqual(request.state, "to_settle")
                self.step(request, "pay")
                self.assertEqual(request.payout_ids.state, "to_confirm")
                self.assertEqual(self.problem_codes(request), ["paid_again"])
                request.payout_ids.with_user(self.manager).action_record()
                self.assertEqual(move.payment_state, "paid")
                request.with_user(self.manager).action_close()
                self.refresh(request)
                self.assertEqual(request.state, "closed")
                self.assertFalse(self.activities(request))

    def test_closed_stays_closed_until_there_is_news(self):
        _move, request = self.sent_invoice()
        self.step(request, "pay")
        self.step(request, "refuse_debit")
        request.with_user(self.manager).action_close()
        self.wait(days=8)
        self.run_cron("refresh")
        self.assertEqual(request.state, "closed")
        self.assertFalse(self.activities(request))

    def test_answer_without_a_status_is_told(self):
        _move, request = self.sent_invoice()
        info = self.company._urssaf_client().search(ids=[request.id_request]).found[0]
        object.__setattr__(info, "status_code", "")
        request._apply_info(info)
        self.assertEqual(self.problem_codes(request), ["unreadable"])
        self.refresh(request)
        self.assertFalse(self.activities(request))

    # === PAYOUTS === #

    def test_client_is_not_asked_to_pay_what_urssaf_has_paid(self):
        self.env["ir.config_parameter"].set_param("account_payment.enable_portal_payment", "True")
        move, request = self.sent_invoice()
        self.assertFalse(move._has_to_be_paid())
        journal = self.company.urssaf_journal_id
        self.company.urssaf_journal_id = False
        self.announce(request)
        self.run_cron("payout")
        self.assertEqual((request.state, move.payment_state), ("paid", "not_paid"))
        self.assertFalse(move._has_to_be_paid())
        self.assertIn(move, self.env["account.move"].search(self.env["account.move"]._urssaf_awaiting_domain()))
        self.company.urssaf_journal_id = journal
        self.run_cron("payout")
        self.assertEqual(move.payment_state, "paid")
        self.assertFalse(move.urssaf_no_payment)

    def test_date_that_an_answer_leaves_out_is_not_forgotten(self):
        move, request = self.sent_invoice()
        payout = self.announce(request, date="2026-06-20T00:00:00Z")
        info = self.company._urssaf_client().search(ids=[request.id_request]).found[0]
        object.__setattr__(info, "transfer_date", None)
        request._apply_info(info)
        self.assertEqual(payout.date, date(2026, 6, 20))
        self.wait(days=4)
        self.run_cron("refresh")
        self.run_cron("payout")
        self.assertEqual(move.payment_state, "paid")

    def test_confirmation_is_for_one_amount(self):
        _move, request = self.sent_invoice()
        payout = self.announce(request, amount=59.99)
        self.run_cron("payout")
        # Confirmed, and not recorded yet: somebody held the invoice.
        payout.write({"state": "to_record", "confirmed_by_id": self.manager.id})
        self.announce(request, amount=5)
        self.run_cron("payout")
        self.assertEqual((payout.state, payout.amount), ("to_confirm", 5))
        self.assertFalse(payout.confirmed_by_id)

    def test_set_aside_then_announced_otherwise(self):
        move, request = self.sent_invoice()
        payout = self.announce(request, amount=30)
        self.run_cron("payout")
        payout.with_user(self.manager).action_dismiss()
        self.assertFalse(self.activities(request))
        self.announce(request, amount=60)
        self.assertEqual(self.problem_codes(request), ["payout_changed"])
        payout.with_user(self.manager).action_record()
        self.assertEqual((payout.amount, move.payment_state), (60, "paid"))

    def test_change_after_recording_is_told_once(self):
        move, request = self.sent_invoice()
        self.announce(request)
        self.run_cron("payout")
        self.announce(request, amount=30)
        lines = len(move.message_ids)
        for _again in range(3):
            self.wait(days=2)
            self.run_cron("refresh")
        self.assertEqual(len(move.message_ids), lines)
        self.assertEqual(self.problem_codes(request), ["payout_changed"])

    def test_payment_undone_by_hand_is_told_and_recorded_again(self):
        move, request = self.sent_invoice()
        payout = self.announce(request)
        self.run_cron("payout")
        payment = payout.payment_id
        payment.action_draft()
        self.assertEqual(self.problem_codes(request), ["payment_undone"])
        action = payment.with_context(urssaf_ask=True).action_cancel()
        window = self.env["urssaf.payment.cancel"].browse(action["res_id"])
        self.assertEqual(window.payout_ids, payout)
        window.action_confirm()
        self.assertEqual(self.problem_codes(request), ["payment_deleted"])
        self.assertEqual(len(self.activities(request)), 1)
        payout.with_user(self.manager).action_record()
        self.assertNotEqual(payout.payment_id, payment)
        self.assertEqual(move.payment_state, "paid")
        self.assertFalse(self.activities(request))
        with self.assertRaises(UserError):
            payout.with_user(self.manager).action_record()

    def test_payment_unmatched_by_hand_is_told(self):
        move, request = self.sent_invoice()
        payout = self.announce(request)
        self.run_cron("payout")
        payout.payment_id.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(move.payment_state, "not_paid")
        self.wait(days=2)
        self.run_cron("refresh")
        self.assertEqual(self.problem_codes(request), ["payout_unmatched"])

    def test_one_bad_payout_never_stops_the_others(self):
        _bad_move, _request = self.sent_invoice()
        bad = self.announce(_request)
        move, request = self.sent_invoice()
        self.announce(request)
        model = type(bad)
        original = model._doubts

        def fail_on_one(payout):
            if payout == bad:
                raise KeyError("a fault of ours")
            return original(payout)

        self.patch(model, "_doubts", fail_on_one)
        with mute_logger(f"{MODELS}urssaf_payout_books"):
            self.run_cron("payout")
        self.assertEqual((bad.state, move.payment_state), ("to_record", "paid"))
        self.assertEqual(self.problem_codes(bad.request_id), ["payout_not_recorded"])

    # === NOTHING FAILS IN SILENCE === #

    def test_look_up_that_never_succeeds_is_told(self):
        for failure in ("403", "500", "nothing of use"):
            with self.subTest(failure):
                self.simulator.fault("send", "cut_after")
                request = self.send(self.create_service_invoice())
                if failure.isdigit():
                    self.simulator.fault("search", failure, times=200)
                for _try in range(6):
                    self.wait(hours=6)
                    if failure.isdigit():
                        self.run_cron("send")
                    else:
                        with patch.object(UrssafClient, "search", lambda client, **criteria: SearchResult()):
                            self.run_cron("send")
                self.assertEqual(request.state, "uncertain")
                # About the request, or about the outage that its sending began.
                told = self.activities(request) | self.company._urssaf_activities(OUTAGE)
                self.assertEqual(len(told), 1)
                self.simulator.call("DELETE", "faults")
                self.wait(hours=1)
                self.run_cron("send")
                self.assertEqual(request.state, "sent")
                self.assertFalse(self.activities(request) | self.company._urssaf_activities(OUTAGE))

    @mute_logger(f"{MODELS}urssaf_remote_mixin")
    def test_passing_trouble_does_not_hide_what_is_to_settle(self):
        pairs = [self.sent_invoice() for _index in range(3)]
        requests = self.env["urssaf.payment.request"].union(*(request for _move, request in pairs))
        for request in requests:
            self.announce(request)
        self.run_cron("payout")
        self.step(requests[0], "recover")
        self.credentials.client_secret = False
        self.wait(days=2)
        self.run_cron("refresh")
        self.assertIn("recovery_to_decide", self.problem_codes(requests[0]))
        self.credentials.client_secret = "simulator-secret"
        self.wait(days=2)
        self.run_cron("refresh")
        self.assertEqual(self.problem_codes(requests[0]), ["recovery_to_decide"])
        self.assertFalse(self.activities(requests[1] + requests[2]))

    @mute_logger(f"{MODELS}urssaf_remote_mixin")
    def test_nobody_to_tell_undoes_nothing(self):
        move = self.create_service_invoice()
        self.simulator.call("POST", "requests/next", codes=["ERR_CODE_NATURE"])
        self.patch(type(self.env["urssaf.payment.request"]), "_tell_responsible", lambda *args: 1 / 0)
        self.send(move)
        self.assertEqual(move.urssaf_state, "rejected")

    def test_sent_by_somebody_of_several_companies(self):
        other = self.env["res.company"].create({"name": "Autre société"})
        self.manager.company_ids += other
        move = self.create_service_invoice()
        self.simulator.call("POST", "requests/next", codes=["ERR_CODE_NATURE"])
        window = (
            self.env["urssaf.send"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=[self.company.id, other.id])
        )
        window.create({"move_ids": [Command.set(move.ids)]}).action_send()
        self.assertEqual(move.urssaf_state, "rejected")
        self.assertEqual(self.activities(move.urssaf_request_id).user_id, self.user)

    def test_one_reference_that_urssaf_refuses_never_stops_the_others(self):
        _bad_move, bad = self.sent_invoice()
        _move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True)
        original = UrssafClient.search

        def refuse_with_bad(client, ids=(), **criteria):
            if bad.id_request in ids:
                self.simulator.fault("search", "refuse_all", code="ERREUR_VALIDATION")
            return original(client, ids=ids, **criteria)

        self.wait(hours=9)
        with patch.object(UrssafClient, "search", refuse_with_bad):
            self.run_cron("refresh")
        self.assertEqual(request.state, "paid")
        self.assertEqual(self.problem_codes(bad), ["not_shown"])

    def test_wait_that_urssaf_asked_for_holds_for_all(self):
        for _index in range(12):
            self.sent_invoice()
        self.wait(hours=9)
        before = len(self.simulator.calls("search"))
        self.simulator.fault("search", "429", retry_after=1200)
        self.run_cron("refresh")
        self.assertEqual(len(self.simulator.calls("search")) - before, 1)

    def test_consent_on_record_is_not_written_over(self):
        before = self.registration.consent_date
        with self.assertRaises(UserError):
            self.consent_and_register(self.registration)
        self.assertEqual(self.registration.consent_date, before)

    def test_adopting_says_what_is_wrong(self):
        self.simulator.fault("send", "cut_before")
        request = self.send(self.create_service_invoice())
        with self.assertRaises(UserError):
            request.with_user(self.manager).action_adopt()
        self.assertEqual(request.state, "uncertain")
