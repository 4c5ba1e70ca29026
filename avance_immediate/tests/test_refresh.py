from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .. import catalogue
from ..catalogue.entry import RequestStatus, Told
from ..models.urssaf_payment_request import LIFECYCLE, STATES
from ..urssaf.tiers_prestation import codes
from ..urssaf.tiers_prestation.client import UrssafClient
from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestRefresh(UrssafCommon):
    """What Urssaf's statuses make of a payment request, before and after it was paid: docs/api.md §4."""

    def setUp(self):
        super().setUp()
        self.move, self.request = self.sent_invoice()

    def refresh(self, request=None):
        (request or self.request).with_user(self.user).action_refresh()

    def step(self, action, **options):
        self.simulator.step(self.request, action, force=True, **options)
        self.refresh()

    def pay(self, **options):
        self.step("pay", **options)
        self.assertEqual(self.request.state, "paid")

    def another_invoice(self):
        if self.simulator.persons()[0]["blocked"]:  # by what happened to the last one
            self.simulator.person_step(self.registration, "unblock")
        self.move, self.request = self.sent_invoice()

    # === BEFORE IT IS PAID === #

    def test_usual_way(self):
        for action, status in (("notify", "20"), ("validate", "30"), ("debit", "50")):
            self.step(action)
            self.assertEqual((self.request.state, self.request.urssaf_status), ("sent", status))
            self.assertFalse(self.activities(self.request))
        self.assertEqual(self.request.status_ids.mapped("code"), ["50", "30", "20", "10"])

    def test_planned_transfer_books_nothing(self):
        self.step("plan_transfer")
        self.assertEqual(self.request.state, "sent")
        self.assertTrue(self.request.transfer_date)
        self.assertFalse(self.request.payout_ids)
        self.assertEqual(self.move.payment_state, "not_paid")

    def test_refused_by_the_client(self):
        self.step("refuse", code="REGUL_NB_QTE_FACT", comment="Une heure de trop")
        self.assertEqual(self.request.state, "refused")
        self.assertEqual(self.request.refusal_code, "REGUL_NB_QTE_FACT")
        self.assertEqual(self.request.refusal_comment, "Une heure de trop")
        self.assertEqual(self.problem_codes(self.request), ["refused"])
        self.assertEqual(len(self.activities(self.request)), 1)
        self.assertFalse(self.move.urssaf_is_live)

    def test_status_of_tomorrow_is_one_row_and_its_words(self):
        row = codes.RequestStatus("Annulée autrement", codes.NOT_COLLECTED, "cancelled")
        words = RequestStatus("Cancelled otherwise", "Nothing to do.", Told("Not read", "The state says it."))
        self.assertTrue(self.move.urssaf_is_collected)
        with patch.dict(codes.REQUEST_STATUSES, {"114": row}), patch.dict(catalogue.REQUEST_STATUSES, {"114": words}):
            self.step("set_status", status="114")
            self.assertEqual((self.request.state, self.move.urssaf_is_collected), ("cancelled", False))
            self.assertEqual(self.request.urssaf_status_label, "Cancelled otherwise")
            self.assertEqual(self.problem_codes(self.request), ["cancelled"])
            self.request._set_state("to_settle")
            self.assertFalse(self.move.urssaf_is_collected)
            self.assertFalse(self.env["account.move"].search([("urssaf_is_collected", "=", True)]) & self.move)

    def test_usual_status_of_tomorrow_is_one_row_and_its_words(self):
        row = codes.RequestStatus("Presque prélevée", is_usual=True)
        words = RequestStatus("Nearly debited", "The debit follows.", Told("Soon debited", "Nothing to do.", "warning"))
        with patch.dict(codes.REQUEST_STATUSES, {"45": row}), patch.dict(catalogue.REQUEST_STATUSES, {"45": words}):
            self.step("set_status", status="45")
            self.assertFalse(self.request.problems or self.request.can_stop_waiting)
            self.assertEqual(self.request.next_step, "The debit follows.")
            step = self.move._urssaf_portal_step(is_client=False)
            self.assertEqual((step["title"], step["text"], step["level"]), (*words.client,))

    def test_cancelled_before_payment(self):
        for action in ("cancel", "cancel_after_unpaid", "cancel_specific"):
            with self.subTest(action):
                self.another_invoice()
                self.step(action)
                self.assertEqual(self.request.state, "cancelled")
                self.assertEqual(len(self.activities(self.request)), 1)
                self.assertFalse(self.request.payout_ids)

    def test_refused_debit_then_paid(self):
        self.step("debit")
        self.step("refuse_debit")
        self.assertEqual((self.request.state, self.request.urssaf_status), ("sent", "60"))
        self.assertEqual(self.problem_codes(self.request), ["debit_refused"])
        self.assertEqual(len(self.activities(self.request)), 1)
        self.assertEqual(self.move.payment_state, "not_paid")
        self.pay()
        self.assertEqual(self.move.payment_state, "paid")
        self.assertFalse(self.activities(self.request), "solved: the activity closed by itself")

    def test_recovered_without_having_been_paid_is_for_a_person(self):
        for action in ("cancel_after_recovery", "recover", "provider_unpaid", "provider_settled"):
            with self.subTest(action):
                self.another_invoice()
                self.step(action)
                self.assertEqual(self.request.state, "to_settle")
                self.assertEqual(len(self.activities(self.request)), 1)
                self.assertFalse(self.request.payment_ids)

    def test_unknown_status_is_kept_and_told(self):
        self.step("set_status", status="85")
        self.assertEqual((self.request.state, self.request.urssaf_status), ("sent", "85"))
        self.assertEqual(self.problem_codes(self.request), ["unusual_status"])
        self.step("debit")
        self.assertFalse(self.activities(self.request))

    def test_request_that_does_not_move_is_told(self):
        self.step("refuse_debit")
        self.step("set_status", status="30")
        for days in (14, 2):
            self.assertFalse(self.activities(self.request))
            self.wait(days=days)
            # The simulator's own life would go on: keep it where it is.
            self.simulator.step(self.request, "set_status", status="30", force=True)
            self.refresh()
        self.assertEqual(self.problem_codes(self.request), ["stalled"])
        self.step("debit")
        self.assertFalse(self.activities(self.request))

    def test_urssaf_comes_back_on_a_refusal(self):
        self.step("refuse")
        self.pay()
        self.assertEqual(self.move.payment_state, "paid")

    # === AFTER IT WAS PAID === #

    def test_nothing_after_paid_passes_in_silence(self):
        actions = (
            "refuse",
            "refuse_debit",
            "cancel",
            "cancel_after_unpaid",
            "cancel_after_recovery",
            "cancel_specific",
            "recover",
            "provider_unpaid",
            "provider_settled",
        )
        for action in actions:
            with self.subTest(action):
                self.another_invoice()
                self.pay()
                payment = self.request.payment_ids
                self.step(action)
                self.assertEqual(self.request.state, "to_settle")
                told = "to_settle" if action in ("refuse", "refuse_debit") else "recovery_to_decide"
                self.assertEqual(self.problem_codes(self.request), [told])
                self.assertEqual(len(self.activities(self.request)), 1)
                alert = self.move.with_user(self.user)._get_alerts()["urssaf_request"]
                self.assertEqual(alert["level"], "danger")
                self.assertEqual(self.request.payment_ids, payment, "no payment more, none less")

    def test_unknown_status_after_paid_is_to_settle(self):
        self.pay()
        self.step("set_status", status="777")
        self.assertEqual(self.request.state, "to_settle")

    def test_manager_closes_and_news_opens_again(self):
        self.pay()
        self.step("recover")
        with self.assertRaises(AccessError):
            self.request.with_user(self.user).action_close()
        self.request.recovery_ids.with_user(self.manager).action_dismiss()
        self.assertEqual(self.request.state, "closed")
        self.assertFalse(self.activities(self.request))
        self.step("set_status", status="777")
        self.assertEqual(self.request.state, "to_settle")
        self.request.with_user(self.manager).action_close()
        self.assertEqual(self.request.state, "closed")
        self.step("provider_unpaid")
        self.assertEqual(self.request.state, "to_settle")

    # === THE SCHEDULE === #

    def test_recovery_is_seen_months_after(self):
        self.pay()
        for _week in range(60):
            self.wait(days=7)
            self.run_cron("refresh")
            if _week == 50:
                self.simulator.step(self.request, "recover", force=True)
        self.assertEqual(self.request.state, "to_settle")

    def test_rarely_asked_once_paid(self):
        self.pay()
        before = len(self.simulator.calls("search"))
        for _hour in range(24):
            self.wait(hours=1)
            self.run_cron("refresh")
        self.assertLessEqual(len(self.simulator.calls("search")) - before, 1)

    def test_every_state_at_urssaf_is_followed(self):
        follow_up = LIFECYCLE.follow_up
        self.assertEqual(set(follow_up), {"sent", "paid", "to_settle", "closed", "refused", "cancelled"})
        self.assertLessEqual(set(follow_up), set(dict(STATES)))

    # === FAILURES === #

    def test_nothing_learnt_changes_nothing(self):
        self.simulator.step(self.request, "pay", force=True)
        for fault in ("500", "html", "empty_200", "empty_400", "cut_after", "truncated"):
            with self.subTest(fault):
                self.simulator.fault("search", fault, times=3)
                self.wait(hours=12)
                self.run_cron("refresh")
                self.simulator.call("DELETE", "faults")
                self.assertEqual((self.request.state, self.request.urssaf_status), ("sent", "10"))
        self.wait(hours=3)
        self.run_cron("refresh")
        self.assertEqual(self.request.state, "paid")

    def test_an_answer_overtaken_by_a_later_one_is_left(self):
        """While Urssaf answers, somebody asks again and is answered first: the older answer takes nothing back."""
        search = UrssafClient.search

        def overtaken(client, **criteria):
            older = search(client, **criteria)
            self.patch(UrssafClient, "search", search)
            self.wait(minutes=1)
            self.pay()
            return older

        self.patch(UrssafClient, "search", overtaken)
        self.request._refresh_batch()
        self.assertEqual((self.request.state, self.request.urssaf_status), ("paid", "70"))
        self.assertFalse(self.activities(self.request))

    def test_a_day_without_answer_is_told(self):
        for hours in (9, 30):
            self.simulator.fault("search", "500", times=3)
            self.wait(hours=hours)
            self.run_cron("refresh")
            self.assertEqual(len(self.activities(self.request)), int(hours == 30))
            self.simulator.call("DELETE", "faults")
        self.wait(hours=3)
        self.run_cron("refresh")
        self.assertFalse(self.activities(self.request))

    def test_one_bad_record_never_stops_the_others(self):
        _move, other = self.sent_invoice()
        self.simulator.step(self.request, "pay", force=True)
        self.simulator.step(other, "pay", force=True)
        model = type(self.env["urssaf.payment.request"])
        original = model._apply_info

        def fail_on_one(request, info):
            if request == self.request:
                raise ValueError("a fault of ours")
            return original(request, info)

        self.patch(model, "_apply_info", fail_on_one)
        self.wait(hours=9)
        with self.assertLogs("odoo.addons.avance_immediate.models.urssaf_remote_mixin", "ERROR"):
            self.run_cron("refresh")
        self.assertEqual((self.request.state, other.state), ("sent", "paid"))
        self.assertEqual(self.problem_codes(self.request), ["step_failed"])
        self.assertGreater(self.request.next_try_at, fields.Datetime.now() + timedelta(minutes=1))

    def test_request_that_urssaf_does_not_show(self):
        self.env.cr.execute("UPDATE urssaf_payment_request SET id_request = 'another' WHERE id = %s", self.request.ids)
        self.env.invalidate_all()
        _move, other = self.sent_invoice()
        self.wait(hours=9)
        self.run_cron("refresh")
        self.assertEqual(self.problem_codes(self.request), ["not_shown"])
        self.assertEqual(other.urssaf_status, "20")
