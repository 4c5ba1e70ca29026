import logging

import psycopg2

from odoo.exceptions import ValidationError
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools.misc import file_path

from .. import parameters, races
from .forged import ForgedAnswers
from .test_parameters import SettingsCommon

SEND, SEARCH, STATUS = "/demandePaiement", "/demandePaiement/rechercher", "/particulier"
LONG = "0123456789" * 300
RACE = "DO $$ BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END $$"


@tagged("post_install", "-at_install")
class TestBadAnswers(ForgedAnswers, SettingsCommon):
    """What odd answers and lost races leave on the screen and in the log."""

    def test_each_problem_once(self):
        self.simulator.fault("send", "cut_before")
        request = self.send(self.create_service_invoice())
        request._queue()._open()  # others are sent: only what asks fails
        self.simulator.fault("search", "503", times=9)
        for _day in range(3):
            self.wait(days=1, hours=1)
            self.run_cron("send")
        self.assertEqual(self.problem_codes(request), ["OutcomeUnknown"])
        self.assertEqual(self.activities(request).note.count("<li>"), 1)

    def test_each_problem_of_a_queue_once(self):
        self.simulator.fault("send", "403", times=2)
        request = self.send(self.create_service_invoice())
        self.wait(minutes=16)
        self.run_cron("send")
        self.assertEqual(self.problem_codes(request), ["Forbidden"])

    def test_same_error_twice_in_an_answer(self):
        self.simulator.call("POST", "requests/next", codes=["ERR_CODE_NATURE", "ERR_CODE_NATURE"])
        request = self.send(self.create_service_invoice())
        self.assertEqual(self.problem_codes(request), ["ERR_CODE_NATURE"])

    def test_no_status_is_not_an_unknown_one(self):
        self.forge(SEND, lambda payload, _headers: payload[0].pop("statut"))
        request = self.send(self.create_service_invoice())
        self.forge(SEARCH, lambda payload, _headers: payload["infoDemandePaiements"][0].pop("statut"))
        self.assertFalse(request.urssaf_status)
        request.with_user(self.user).action_refresh()
        self.assertEqual(self.problem_codes(request), ["unreadable"])

    def test_active_in_small_letters(self):
        def change(payload, _headers):
            (payload[0] if isinstance(payload, list) else payload)["statut"]["etat"] = "ok"

        self.forge(STATUS, change)
        self.registration.with_user(self.user).action_refresh()
        self.assertEqual(self.registration.state, "active")

    def test_reference_of_3000_characters(self):
        def change(payload, _headers):
            for item in payload if isinstance(payload, list) else payload.get("infoDemandePaiements", ()):
                item["idDemandePaiement"] = LONG

        self.forge(SEND, change)
        request = self.send(self.create_service_invoice())
        self.assertEqual(request.state, "uncertain")
        self.forge(SEARCH, change)
        self.wait(minutes=2)
        self.run_cron("send")
        self.assertEqual(self.problem_codes(request), ["reference_unusable"])
        self.wait(days=2)
        self.run_cron("send")
        self.assertEqual(len(self.simulator.calls("send")), 1, "it is held: it never goes again")
        self.forge_nothing()
        request.with_user(self.user).action_look_up()
        self.assertEqual(request.state, "sent")

    def test_turned_away_is_looked_up_before_it_goes_again(self):
        """401, 403 and 429 are believed to mean "not handled": that is checked where it costs one call a lot."""
        for fault, delay in (("403", 16), ("429", 25)):
            moves = self.create_service_invoice() + self.create_service_invoice()
            requests = self.send(moves)
            self.simulator.fault("send", fault, handled=True, retry_after=1200)
            self.run_cron("send")
            self.assertEqual(set(requests.mapped("state")), {"queued"})
            sent, asked = (len(self.simulator.calls(operation)) for operation in ("send", "search"))
            self.wait(minutes=delay)
            self.run_cron("send")
            self.run_cron("send")
            self.assertEqual(set(requests.mapped("state")), {"sent"})
            self.assertEqual(len(self.simulator.calls("send")), sent, "Urssaf had handled it")
            self.assertEqual(len(self.simulator.calls("search")), asked + 3, "one for the lot, then each")

    def test_turned_away_goes_again(self):
        requests = self.send(self.create_service_invoice() + self.create_service_invoice())
        self.simulator.fault("send", "403")
        self.run_cron("send")
        self.simulator.fault("search", "500", times=3)
        self.wait(minutes=16)
        self.run_cron("send")
        self.assertEqual(len(self.simulator.calls("send")), 1, "nothing goes while Urssaf cannot be asked")
        self.wait(minutes=16)
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        self.assertEqual(len(self.simulator.calls("send")), 3, "each alone: one of them may have spoilt the question")

    # === RACES === #

    def lose_race(self):
        """Let the step of the scheduled action meet another process."""
        request = self.env["urssaf.payment.request"]
        self.patch(type(request), "_send_batch", lambda requests: requests.env.cr.execute(RACE))
        self.send(self.create_service_invoice() + self.create_service_invoice())

    def test_lost_race_is_no_error(self):
        self.lose_race()
        with self.assertNoLogs("odoo.sql_db", "ERROR"), self.assertLogs("odoo.sql_db", logging.INFO) as logs:
            self.run_cron("send")
        self.assertIn("could not serialize access", logs.output[0])

    def test_other_errors_stay_errors(self):
        with (
            self.assertLogs("odoo.sql_db", "ERROR"),
            races.expected(),
            self.assertRaises(psycopg2.errors.DivisionByZero),
            self.cr.savepoint(),
        ):
            self.cr.execute("SELECT 1 / 0")

    # === THE DELAY BEFORE AN ABSENCE IS CERTAIN === #

    def test_delay_is_never_too_short(self):
        self.env.flush_all()
        script = load_script(
            file_path("avance_immediate/migrations/19.0.1.6.0/post-absence.py"), "migration_absence_delay"
        )
        for former, raised in ((-5, 10), (0, 10), (1, 5), (4, 5), (5, 5), (20, 20)):
            self.cr.execute(
                "UPDATE res_company SET urssaf_absence_minutes = %s WHERE id = %s", [former, self.company.id]
            )
            for _time in range(2):
                script.migrate(self.cr, "19.0.1.5.0")
            self.env.invalidate_all()
            self.assertEqual(self.company.urssaf_absence_minutes, raised, former)
            self.assertEqual(parameters.ABSENCE_MINUTES.of_company(self.company), raised)

    def test_delay_too_short_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "from 5 to 1440, not 4. In doubt, enter 10"), self.cr.savepoint():
            self.save(urssaf_absence_minutes=4)
        self.save(urssaf_absence_minutes=5)
