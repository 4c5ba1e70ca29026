from datetime import date, datetime, timedelta

from odoo import Command
from odoo.modules.module import load_script
from odoo.tests import Form, tagged
from odoo.tools import SQL
from odoo.tools.misc import file_path
from odoo.tools.sql import column_exists

from .common import UrssafCommon
from .forged import ForgedAnswers

SEARCH = "/demandePaiement/rechercher"
FOLDER = "avance_immediate/migrations/19.0.1.5.0"
DATES = ("expected_debit_date", "expected_payout_date")
COLUMNS = ("validated_at", *DATES)


class ExpectedCommon(ForgedAnswers, UrssafCommon):
    """A request of 60 euros, sent on Wednesday 17 June 2026 at 10:00 in Paris."""

    def setUp(self):
        super().setUp()
        self.move, self.request = self.sent_invoice()
        self.requests = self.env["urssaf.payment.request"]

    def refresh(self):
        self.request.with_user(self.user).action_refresh()

    def step(self, action, **options):
        self.simulator.step(self.request, action, force=True, **options)
        self.refresh()

    def change(self, change):
        """Have Urssaf answer about the request as ``change`` makes its list of infos."""
        self.forge(SEARCH, lambda payload, _headers: change(payload["infoDemandePaiements"]))
        self.refresh()

    def expected(self):
        return tuple(str(self.request[name] or "") for name in DATES) + (self.request.expected_payout_amount,)


@tagged("post_install", "-at_install")
class TestExpected(ExpectedCommon):
    """When and how much Urssaf is expected to pay."""

    def test_by_silence_then_by_what_is_learnt(self):
        self.assertEqual(self.expected(), ("2026-06-23", "2026-06-25", 60), "48 hours, then working days")
        self.assertFalse(self.request.validated_at)
        self.step("notify")
        self.assertEqual(self.expected(), ("2026-06-23", "2026-06-25", 60))
        self.wait(hours=15)  # 23:00 UTC is the next day in Paris
        self.step("validate")
        self.assertEqual(self.request.validated_at, datetime(2026, 6, 17, 23))
        self.assertEqual(self.expected(), ("2026-06-22", "2026-06-24", 60))
        self.wait(hours=3)
        self.step("debit")
        self.assertEqual(self.expected(), ("2026-06-22", "2026-06-24", 60), "it does not slide")
        self.step("plan_transfer", date="2026-06-26T00:00:00Z")
        self.assertEqual(self.expected(), ("2026-06-22", "2026-06-26", 60))
        self.step("pay", date="2026-06-26T00:00:00Z")
        self.assertEqual((self.request.state, *self.expected()), ("paid", "2026-06-22", "2026-06-26", 60))

    def test_validation_that_was_not_seen(self):
        for days, code, expected in (
            (5, "50", datetime(2026, 6, 19, 8)),  # when silence validates
            (1, "50", datetime(2026, 6, 18, 8)),  # learnt before
            (5, "20", False),
            (5, "60", datetime(2026, 6, 19, 8)),
        ):
            with self.subTest(days=days, code=code), self.cr.savepoint() as savepoint:
                now = datetime.now()
                self.frozen.move_to(datetime(2026, 6, 17 + days, 8))
                self.change(lambda infos, code=code: infos[0].update(statut={"code": code, "libelle": ""}))
                self.assertEqual(self.request.validated_at, expected)
                self.frozen.move_to(now)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_nothing_is_expected_of_what_does_not_come(self):
        for action in ("refuse", "refuse_debit", "cancel", "recover"):
            with self.subTest(action), self.cr.savepoint() as savepoint:
                self.assertTrue(all(self.expected()))
                self.step(action)
                self.assertEqual(self.expected(), ("", "", 0))
                self.assertFalse(self.request.is_payout_late)
                savepoint.rollback()
                self.env.invalidate_all()
        move = self.create_service_invoice()
        move._urssaf_queue(trigger=False)
        self.assertFalse(any(move.urssaf_request_id[name] for name in DATES), "not before it is sent")
        self.assertEqual(move.urssaf_request_id.expected_payout_amount, 60)

    def test_planned_transfer_that_does_not_come(self):
        self.step("plan_transfer", date="2026-06-26T00:00:00Z")
        self.step("refuse_debit")
        self.assertFalse(self.request.transfer_date)
        self.assertIn("does not come", self.request.message_ids.mapped("body")[0] + self.request.message_ids[1].body)
        self.step("debit")
        self.assertEqual(self.request.expected_payout_date, date(2026, 6, 23), "not what was planned before")

    def test_amount_of_the_message_and_not_of_the_invoice(self):
        self.assertEqual(self.request.payload["mntFactureTTC"], 60)
        self.request.write({"payload": {**self.request.payload, "mntFactureTTC": 100.1, "mntAcompte": 40}})
        self.assertEqual(self.request.expected_payout_amount, 60.1)
        self.request.payload = False
        self.assertEqual(self.request.expected_payout_amount, 60)

    def test_late(self):
        late = [("is_payout_late", "=", True)]
        for day, hour, expected in ((25, 12, False), (25, 21, False), (25, 22, True)):
            # 22:00 UTC is midnight in Paris.
            self.frozen.move_to(datetime(2026, 6, day, hour))
            self.env.invalidate_all()
            self.assertEqual(self.request.is_payout_late, expected)
            self.assertEqual(self.request in self.requests.search(late), expected)
            self.assertEqual(self.request in self.requests.search([("is_payout_late", "!=", True)]), not expected)
        with Form(self.request.with_user(self.user)) as form:
            self.assertTrue(form.is_payout_late)
        self.travel_to(datetime(2026, 6, 26, 8))
        self.step("plan_transfer", date="2026-06-29T00:00:00Z")
        self.assertFalse(self.request.is_payout_late)
        self.step("plan_transfer", date="2026-06-30T00:00:00Z")
        self.assertRegex(str(self.request.message_ids[0].body), "30/06/2026.*29/06/2026", "it moved, and says so")
        self.travel_to(datetime(2026, 7, 1, 5))
        self.change(lambda infos: infos[0]["infoVirement"].pop("mntVirement", None))
        self.assertTrue(self.request.is_payout_late)
        self.assertEqual(self.problem_codes(self.request), ["paid_without_amount"])
        self.forge_nothing()
        self.refresh()
        self.assertFalse(self.request.is_payout_late or self.activities(self.request))


@tagged("post_install", "-at_install")
class TestAwaited(ExpectedCommon):
    """Which requests the payouts of a day wait for."""

    def awaited(self, day, month=6):
        return self.requests._awaited_for(self.company, "simulator", date(2026, month, day))

    def keep(self, **values):
        self.request.write({"last_check_at": datetime(2026, 6, 17, 8), **values})
        self.env.flush_all()

    def status(self, code, moment):
        self.keep(urssaf_status=code, status_ids=[Command.clear(), Command.create({"code": "30", "date": moment})])

    def test_unannounced(self):
        days = [date(2026, 6, day) for day in range(17, 31)]
        for code in ("10", "20", "30", "50", "60", "70"):
            self.status(code, datetime(2026, 6, 18, 22, 30))  # Friday the 19th in Paris
            found = {day.day for day in days if self.awaited(day.day)}
            # Two to seven working days later, Saturday and Sunday among them.
            expected = set(range(23, 31)) if code in ("30", "50") else set()
            self.assertEqual(found, expected, code)
        self.status("50", datetime(2026, 6, 18, 22, 30))
        self.assertFalse(self.awaited(1, month=7), "eight")
        self.keep(state="closed")
        self.assertFalse(self.awaited(25))

    def test_announced(self):
        self.step("plan_transfer", date="2026-06-26T00:00:00Z")
        self.keep()
        self.assertTrue(self.awaited(26))
        self.assertFalse(self.awaited(25) or self.awaited(29), "for that day alone")
        self.assertFalse(self.requests._awaited_for(self.company, "production", date(2026, 6, 26)))
        self.step("pay", date="2026-06-26T00:00:00Z")
        self.assertTrue(self.awaited(26), "the amount may still change, or the request turn")
        self.keep(last_check_at=datetime(2026, 6, 25, 21, 59))
        self.assertTrue(self.awaited(26), "still the day before in Paris")
        self.keep(last_check_at=datetime(2026, 6, 25, 22))
        self.assertFalse(self.awaited(26))
        self.keep(last_check_at=False)
        self.assertTrue(self.awaited(26))
        self.request.payout_ids.state = "dismissed"
        self.assertFalse(self.awaited(26), "nothing comes any more")
        self.request.payout_ids.unlink()
        self.keep(urssaf_status="60")
        self.assertFalse(self.awaited(26))

    def test_one_search(self):
        self.step("plan_transfer", date="2026-06-26T00:00:00Z")
        self.keep()
        with self.assertQueryCount(1):
            self.awaited(26)

    def test_what_cannot_be_read_holds_to_the_next_working_day(self):
        self.step("plan_transfer", date="2026-06-26T00:00:00Z")
        self.travel_to(datetime(2026, 6, 26, 8))
        for change in (
            lambda infos: infos.append({**infos[0], "statut": {"code": "40"}}),
            lambda infos: infos[0].update(statut={"code": "7\x000"}),
            lambda infos: infos.clear(),
        ):
            self.change(change)
            self.assertTrue(self.awaited(26))
        self.simulator.fault("search", "500", times=3)
        self.forge_nothing()
        self.refresh()
        self.assertTrue(self.awaited(26))
        self.simulator.call("DELETE", "faults")
        self.assertEqual(self.requests._group_deadline(date(2026, 6, 26)), date(2026, 6, 29))
        self.refresh()
        self.assertFalse(self.awaited(26))

    def test_asked_on_the_morning(self):
        """What was seen to be paid is asked at noon of working days, later than the transfer is to be recorded."""
        morning = datetime(2026, 6, 26, 4)
        self.travel_to(datetime(2026, 6, 25, 12))
        self.step("pay", date="2026-06-26T00:00:00Z")
        self.assertEqual(self.request.next_try_at, morning)
        self.travel_to(morning)
        self.run_cron("refresh")
        self.assertFalse(self.awaited(26))
        self.assertEqual(self.request.next_try_at, datetime(2026, 6, 29, 10))

    def test_unannounced_is_asked_each_working_morning(self):
        self.status("50", datetime(2026, 6, 19, 8))
        for now, expected in (
            (datetime(2026, 6, 19, 9), datetime(2026, 6, 22, 4)),
            (datetime(2026, 6, 23, 3), datetime(2026, 6, 23, 4)),
            (datetime(2026, 6, 23, 4), datetime(2026, 6, 23, 16)),
            (datetime(2026, 6, 26, 16), datetime(2026, 6, 27, 4)),
            (datetime(2026, 6, 27, 4), datetime(2026, 6, 29, 4)),
            (datetime(2026, 6, 30, 3), datetime(2026, 6, 30, 4)),
        ):
            self.frozen.move_to(now)
            self.request._schedule()
            self.assertEqual(self.request.next_try_at, expected)
        # Sent so long ago that it would be asked but once a day.
        self.frozen.move_to(datetime(2026, 8, 3, 8))
        self.status("50", datetime(2026, 7, 31, 8))
        self.keep(state_date=datetime(2026, 6, 1), urssaf_status_date=datetime(2026, 6, 1))
        self.request._schedule()
        self.assertEqual(self.request.next_try_at, datetime(2026, 8, 4, 4))

    def test_a_life_is_followed_by_few_questions(self):
        """From the sending to the payout, each news within half a day of the moment when Urssaf knew it."""
        questions = 0
        while self.request.urssaf_status != "70":
            self.travel_to(self.request.next_try_at)
            self.run_cron("refresh")
            questions += 1
        self.assertLessEqual(questions, 14)
        self.assertEqual(self.request.status_ids.sorted("id").mapped("code"), ["10", "20", "30", "50", "70"])
        [life] = [each for each in self.simulator.requests() if each["numFactureTiers"] == self.request.number]
        known = {step["status"]: datetime.fromisoformat(step["at"]).replace(tzinfo=None) for step in life["history"]}
        for status in self.request.status_ids:
            self.assertLessEqual(status.date - known[status.code], timedelta(hours=12), status.code)

    def test_what_is_awaited_says_how_often(self):
        for state, code, expected in (
            ("sent", False, "answer"),
            ("sent", "20", "answer"),
            ("sent", "30", "money"),
            ("sent", "60", "money"),
            ("sent", "70", "money"),  # without an amount
            ("sent", "80", "unknown"),
            ("sent", "4711", "unknown"),
            ("paid", "70", "recovery"),
            ("to_settle", "112", "recovery"),
            ("closed", "112", "closed"),
            ("refused", "40", "nothing"),
        ):
            self.keep(state=state, urssaf_status=code)
            self.assertEqual(self.request._awaits(), expected, code)


@tagged("post_install", "-at_install")
class TestDoubt(ExpectedCommon):
    """What Urssaf says that cannot be, or says against itself."""

    def assertAsks(self, code, *dates, also=()):
        payout = self.request.payout_ids
        self.run_cron("payout")
        self.assertEqual((self.request.urssaf_status, payout.state), ("70", "to_confirm"))
        self.assertEqual(self.problem_codes(self.request), [code, *also])
        self.assertEqual(len(self.activities(self.request)), 1)
        for day in dates:
            self.assertIn(day, str(Form(payout.with_user(self.manager)).problem_html))
        self.assertFalse(payout.payment_id)
        return payout

    def announce(self, day):
        self.simulator.step(self.request, "pay", force=True)
        self.change(lambda infos: infos[0]["infoVirement"].update(dateVirement=f"{day}T00:00:00Z"))

    def test_transfer_before_the_sending(self):
        for day, said in (("1970-01-01", "01/01/1970"), ("2026-06-16", "16/06/2026"), ("0001-01-01", "0001")):
            with self.subTest(day), self.cr.savepoint() as savepoint:
                self.announce(day)
                self.assertAsks("payout_before_sending", said, "17/06/2026")
                savepoint.rollback()
                self.env.invalidate_all()
        self.announce("2026-06-17")
        self.run_cron("payout")
        self.assertEqual(self.request.payout_ids.state, "recorded", "the day of the sending")

    def test_transfer_far_ahead(self):
        self.announce("2099-01-01")
        self.assertAsks("payout_far_ahead", "01/01/2099", "17/06/2026")
        self.announce("2026-07-17")
        self.assertEqual(self.request.payout_ids.state, "to_record", "corrected: thirty days are believed")
        self.assertFalse(self.activities(self.request))
        self.announce("2026-07-18")
        payout = self.assertAsks("payout_far_ahead")
        payout.with_user(self.manager).action_record()
        self.assertEqual(self.move.payment_state, "paid", "a person has checked")

    def test_planned_for_a_date_that_cannot_be(self):
        self.step("plan_transfer", date="2026-06-26T00:00:00Z")
        for day in ("1970-01-01", "2099-01-01"):
            planned = {"dateVirement": f"{day}T00:00:00Z"}
            self.change(lambda infos, planned=planned: infos[0].update(infoVirement=planned))
            self.assertEqual(self.problem_codes(self.request), ["planned_date_odd"])
            self.assertEqual(len(self.activities(self.request)), 1)
        self.forge_nothing()
        self.refresh()
        self.assertFalse(self.activities(self.request))

    def test_date_kept_by_a_former_version(self):
        self.announce("2026-06-17")
        payout = self.request.payout_ids
        payout.write({"state": "to_record", "payment_id": False, "date": "1970-01-01"})
        self.request.payment_ids.unlink()
        self.assertAsks("payout_before_sending", also=["payout_already_paid"])

    def test_amount_that_cannot_be_read_beside_paid(self):
        for announced in ("60", 60, [{"mntVirement": 60, "dateVirement": "2026-06-17T00:00:00Z"}]):
            with self.subTest(announced=announced), self.cr.savepoint() as savepoint:
                self.simulator.step(self.request, "pay", force=True)
                self.change(lambda infos, announced=announced: infos[0].update(infoVirement=announced))
                self.assertAsks("payout_unreadable")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_one_reference_with_two_statuses(self):
        self.step("debit")
        for code in ("40", "70"):
            for place in (0, 1):
                self.change(lambda infos, at=place, code=code: infos.insert(at, {**infos[0], "statut": {"code": code}}))
                self.assertNothingLearnt("contradictory")
        upper = self.request.id_request.upper()
        self.change(lambda infos: infos.append({**infos[0], "idDemandePaiement": upper, "statut": {"code": "40"}}))
        self.assertNothingLearnt("contradictory")
        self.change(lambda infos: infos.append(infos[0]))
        self.assertFalse(self.activities(self.request), "twice the same is once")

    def test_one_reference_with_two_amounts(self):
        self.step("debit")
        self.simulator.step(self.request, "pay", force=True)
        self.change(lambda infos: infos.append({**infos[0], "infoVirement": {"mntVirement": 30}}))
        self.assertNothingLearnt("contradictory")
        self.assertFalse(self.request.payout_ids)

    def test_code_with_characters_that_nobody_sees(self):
        self.step("debit")
        for code in ("4\x000", "40\n", "\t40", "4\x7f0", "4\u200b0", "40\x01"):
            self.change(lambda infos, code=code: infos[0].update(statut={"code": code, "libelle": "Refusée"}))
            self.assertNothingLearnt("garbled_code")
        reason = {"code": "CONTEST_\x00AUTRE"}
        self.change(lambda infos: infos[0].update(statut={"code": "40"}, infoRejet=reason))
        self.assertNothingLearnt("garbled_code")
        self.assertFalse(self.request.refusal_code)
        self.change(lambda infos: infos[0].update(statut={"code": " 30 "}))
        self.assertEqual(self.request.urssaf_status, "30")

    def assertNothingLearnt(self, code):
        self.assertEqual((self.request.state, self.request.urssaf_status), ("sent", "50"))
        self.assertEqual(self.problem_codes(self.request), [code])
        self.assertEqual(len(self.activities(self.request)), 1)
        self.assertTrue(self.move.urssaf_is_live)


@tagged("post_install", "-at_install")
class TestExpectedMigration(ExpectedCommon):
    """Requests of every state have what is expected of them after the update, as if it had always been kept."""

    def migrate(self):
        for step in ("pre", "post"):
            load_script(file_path(f"{FOLDER}/{step}-expected.py"), f"{step}_expected").migrate(self.cr, "19.0.1.4.0")
        self.env.invalidate_all()

    def become_old(self):
        self.env.flush_all()
        self.env.invalidate_all()
        for column in COLUMNS:
            self.cr.execute(SQL("ALTER TABLE urssaf_payment_request DROP COLUMN %s", SQL.identifier(column)))
        self.cr.execute("ALTER TABLE urssaf_payment_request RENAME COLUMN expected_payout_amount TO amount_expected")
        self.cr.execute("UPDATE urssaf_payment_request SET amount_expected = amount - coalesce(deposit, 0)")
        self.cr.execute(
            "UPDATE ir_model_fields SET name = 'amount_expected' "
            "WHERE model = 'urssaf.payment.request' AND name = 'expected_payout_amount'"
        )

    def test_every_state(self):
        requests = self.env["urssaf.payment.request"]
        for action in ("notify", "validate", "debit", "refuse_debit", "refuse", "cancel", "recover", "pay", "settled"):
            if self.simulator.persons()[0]["blocked"]:
                self.simulator.person_step(self.registration, "unblock")
            self.move, self.request = self.sent_invoice()
            requests |= self.request
            self.step("pay" if action == "settled" else action)
        self.request._set_state("to_settle")
        move = self.create_service_invoice()
        requests |= move._urssaf_queue(trigger=False)
        kept = {request: [request[name] for name in (*COLUMNS, "expected_payout_amount")] for request in requests}
        self.assertGreater(len({str(values) for values in kept.values()}), 5)
        saved = self.env["ir.filters"].create(
            {"name": "Mine", "model_id": "urssaf.payment.request", "domain": "[('amount_expected', '>', 1)]"}
        )
        self.become_old()
        for _twice in range(2):
            self.migrate()
            for request, values in kept.items():
                said = [request[name] for name in (*COLUMNS, "expected_payout_amount")]
                self.assertEqual(said, values, (request.state, request.urssaf_status))
        self.assertIn("expected_payout_amount", saved.domain)
        self.assertFalse(column_exists(self.cr, "urssaf_payment_request", "amount_expected"))

    def test_dates_that_nobody_doubted(self):
        self.step("pay", date="2026-06-26T00:00:00Z")
        payout = self.request.payout_ids
        self.assertEqual(payout.state, "to_record")
        payout.date = date(2099, 1, 1)
        for _twice in range(2):
            self.migrate()
            self.assertEqual((payout.state, self.problem_codes(self.request)), ("to_confirm", ["payout_far_ahead"]))
            self.assertEqual(len(self.activities(self.request)), 1)
