from decimal import Decimal

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .. import wording
from ..urssaf.rules import payout_fault
from .common import UrssafCommon
from .forged import ForgedAnswers

SEARCH = "/demandePaiement/rechercher"


@tagged("post_install", "-at_install")
class TestPayoutFault(ForgedAnswers, UrssafCommon):
    """A payout that cannot be one is kept and shown, and nobody books it."""

    def setUp(self):
        super().setUp()
        self.move, self.request = self.sent_invoice()  # of 60 euros

    def announce(self, amount, **options):
        """Urssaf pays; its answer says ``amount``, whatever that is."""

        def change(payload, _headers):
            for info in payload["infoDemandePaiements"]:
                info["infoVirement"]["mntVirement"] = amount

        self.simulator.step(self.request, "pay", force=True, **options)
        self.forge(SEARCH, change)
        self.request.with_user(self.user).action_refresh()
        return self.request.payout_ids

    def assertNobodyBooks(self, payout, code):
        """By the scheduled action, by the button and over RPC, whatever its state was made."""
        self.assertEqual(self.request.urssaf_status, "70", "the news is kept")
        self.assertEqual((payout.state, self.problem_codes(self.request)), ("to_confirm", [code]))
        self.assertEqual(len(self.activities(self.request)), 1)
        self.assertTrue(Form(payout.with_user(self.manager)).problem_html)
        self.run_cron("payout")
        for state in ("to_confirm", "to_record"):
            payout.state = state
            with self.assertRaisesRegex(UserError, "nobody can book it"), self.cr.savepoint():
                payout.with_user(self.manager).action_record()
        self.run_cron("payout")
        self.assertEqual(payout.state, "to_confirm")
        self.assertFalse(payout.payment_id or payout.confirmed_by_id)
        self.assertEqual(self.move.payment_state, "not_paid")

    def test_nobody_books_it(self):
        cases = (
            (0, "payout_not_positive"),
            (-60, "payout_not_positive"),
            ("-1e999999999", "payout_not_positive"),
            (0.001, "payout_not_positive"),
            (120.01, "payout_too_much"),
            (1e308, "payout_too_much"),
            (10**30, "payout_too_much"),
            ("1e999999999", "payout_too_much"),
            (59.999, "payout_fraction"),
            ("sixty", "payout_unreadable"),
            (float("nan"), "payout_unreadable"),
            (float("inf"), "payout_unreadable"),
            ([60], "payout_unreadable"),
            (True, "payout_unreadable"),
        )
        for amount, code in cases:
            with self.subTest(amount=amount), self.cr.savepoint() as savepoint:
                self.assertNobodyBooks(self.announce(amount), code)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_set_aside(self):
        payout = self.announce(-60)
        self.assertTrue(self.move.urssaf_no_payment)
        payout.with_user(self.manager).action_dismiss()
        self.assertEqual((payout.state, self.request.state), ("dismissed", "paid"))
        self.assertFalse(self.activities(self.request) or self.move.urssaf_no_payment)
        with self.assertRaisesRegex(UserError, "nobody can book it"):
            payout.with_user(self.manager).action_record()

    def test_corrected_by_urssaf(self):
        for amount in (0, 1e308, "sixty"):
            with self.subTest(amount=amount), self.cr.savepoint() as savepoint:
                payout = self.announce(amount)
                self.assertEqual(self.announce(60), payout)
                self.run_cron("payout")
                self.assertEqual((payout.state, payout.amount, self.move.payment_state), ("recorded", 60, "paid"))
                self.assertFalse(self.activities(self.request))
                savepoint.rollback()
                self.env.invalidate_all()

    def test_judged_anew_whatever_it_was(self):
        payout = self.announce(60, date="2026-06-25T00:00:00Z")
        self.assertEqual(payout.state, "to_record")
        self.announce(-60, date="2026-06-25T00:00:00Z")
        self.wait(days=10)
        self.announce(-60)
        self.assertNobodyBooks(payout, "payout_not_positive")

    def test_second_payout_stays_one_when_it_is_corrected(self):
        first = self.announce(60)
        self.run_cron("payout")
        self.simulator.step(self.request, "refuse_debit", force=True)
        self.forge_nothing()
        self.request.with_user(self.user).action_refresh()
        second = self.announce(-60) - first
        self.assertEqual(self.problem_codes(self.request), ["payout_not_positive"])
        self.announce(60)
        self.run_cron("payout")
        self.assertEqual((second.state, self.request.state), ("to_confirm", "to_settle"))
        self.assertEqual(self.problem_codes(self.request), ["paid_again", "payout_already_paid"])

    def test_recorded_then_announced_otherwise(self):
        payout = self.announce(60)
        self.run_cron("payout")
        payment = payout.payment_id
        for amount in (-60, 59.9999, "sixty"):
            self.announce(amount)
            self.assertEqual(self.problem_codes(self.request), ["payout_changed"])
            self.assertEqual((self.request.state, payout.payment_id, payout.amount), ("to_settle", payment, 60))
        payment.action_draft()
        payment.with_context(urssaf_cancel_confirmed=True).action_cancel()
        with self.assertRaisesRegex(UserError, "nobody can book it"):
            payout.with_user(self.manager).action_record()

    def test_kept_by_a_former_version(self):
        """Nothing had judged it: it is judged before it is booked."""
        payout = self.announce(60, date="2026-06-25T00:00:00Z")
        payout.write({"amount": 0, "announced_amount": 0})
        self.wait(days=10)
        self.run_cron("payout")
        self.assertEqual((payout.state, payout.fault_code), ("to_confirm", "payout_not_positive"))
        self.assertFalse(payout.payment_id)

    def test_whatever_is_said_of_it(self):
        """What decides is why it cannot be booked, not the sentence about it."""
        payout = self.announce(-60)
        payout.write({"problem": wording.note("payout_without_date", number="1"), "fault": False})
        self.assertTrue(payout.is_unbookable)
        with self.assertRaisesRegex(UserError, "nobody can book it"):
            payout.with_user(self.manager).action_record()
        self.announce(-60)
        self.assertEqual(payout.problem["code"], "payout_without_date", "no news")

    def test_done_with_in_a_former_version(self):
        """What Urssaf says as before is no news: nobody is asked again about what they have settled."""
        payout = self.announce(-60)
        payout.with_user(self.manager).action_dismiss()
        payout.write({"fault": False, "fault_code": False})  # it was not judged
        self.request._set_state("to_settle")
        self.request.with_user(self.manager).action_close()
        self.announce(-60)
        self.assertEqual((payout.state, self.request.state), ("dismissed", "closed"))
        self.assertFalse(payout.problem or self.activities(self.request))
        self.announce(60)
        self.assertEqual((payout.state, self.request.state), ("dismissed", "to_settle"))
        self.assertEqual(self.problem_codes(self.request), ["payout_changed"])

    def test_database_refuses_it(self):
        payout = self.announce(60)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.cr.savepoint():
            payout.write({"state": "recorded", "amount": 0, "payment_id": self.env["account.payment"].create({}).id})
            payout.flush_recordset()

    def test_noise_of_binary_numbers_is_no_fraction(self):
        self.announce(59.99 + 0.01 + 2e-14)
        self.run_cron("payout")
        self.assertEqual(self.move.payment_state, "paid")

    def test_amount_of_another_magnitude_is_no_request_of_ours(self):
        def change(payload, _headers):
            payload["infoDemandePaiements"][0]["demandePaiement"]["mntFactureTTC"] = "1e999999999"

        self.simulator.fault("send", "cut_after")
        request = self.send(self.create_service_invoice())
        self.forge(SEARCH, change)
        self.wait(hours=1)
        self.run_cron("send")
        self.assertEqual((request.state, self.problem_codes(request)), ("uncertain", ["number_of_another"]))

    def test_number_held_twice_is_never_adopted(self):
        """Not even where the id of the other one is none that can be kept."""

        def change(payload, _headers):
            infos = payload["infoDemandePaiements"]
            infos.append({**infos[0], "idDemandePaiement": "é" * 10})

        self.simulator.fault("send", "cut_after")
        request = self.send(self.create_service_invoice())
        self.forge(SEARCH, change)
        self.wait(hours=1)
        self.run_cron("send")
        self.assertEqual((request.state, self.problem_codes(request)), ("uncertain", ["number_of_another"]))

    def test_rule(self):
        for amount, code in (
            ("0.01", None),
            ("60", None),
            ("120.00", None),
            ("120.001", "payout_too_much"),
            ("59.9999", "payout_fraction"),
            ("1e-999999999", "payout_not_positive"),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(payout_fault(Decimal(amount), Decimal(60)), code)
