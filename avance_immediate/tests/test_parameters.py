import itertools
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.avance_immediate import parameters
from odoo.addons.avance_immediate.models.res_config_settings import NUMBERS

from .test_settings import SettingsCommon

LOGGER = "odoo.addons.avance_immediate.parameters"


@tagged("post_install", "-at_install")
class TestNumbers(SettingsCommon):
    """Numbers that an administrator sets."""

    def setUp(self):
        super().setUp()
        self.patch(parameters, "_told", set())
        self.parameter = self.env["ir.config_parameter"].sudo()

    def test_refused_when_set(self):
        for name in NUMBERS:
            label = self.env["res.config.settings"]._fields[name].string
            for value in (0, -1, 1_000_000):
                with self.subTest(name=name, value=value):
                    with self.assertRaises(ValidationError) as caught, self.cr.savepoint():
                        self.save(**{name: value})
                    self.assertIn(label, str(caught.exception))
                    self.assertIn("In doubt, enter", str(caught.exception))
        own = [name for name, (_number, per_company) in NUMBERS.items() if per_company]
        self.assertTrue(own)
        for name, value in itertools.product(own, (0, -5, 100_000)):
            with self.subTest(name=name, value=value):
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self.company.with_user(self.admin)[name] = value

    def test_set(self):
        self.save(urssaf_absence_minutes=20, urssaf_exchange_days=30, urssaf_attempt_days=60)
        self.assertEqual(parameters.ABSENCE_MINUTES.of_company(self.company), 20)
        self.assertEqual(parameters.EXCHANGE_DAYS.of_database(self.env), 30)
        self.assertEqual(parameters.ATTEMPT_DAYS.of_database(self.env), 60)

    def test_bad_one_counts_as_the_default_and_is_told_once(self):
        for value in ("0", "-3", "beaucoup", "1e3", "999999999999", ""):
            self.parameter.set_param("avance_immediate.exchange_days", value or " ")
            parameters._told.clear()
            with self.subTest(value=value), self.assertLogs(LOGGER, "WARNING") as logs:
                for _call in range(3):
                    self.assertEqual(parameters.EXCHANGE_DAYS.of_database(self.env), 90)
                self.assertEqual(len(logs.output), 1)
                self.assertEqual(self.settings().urssaf_exchange_days, 90)
                self.env["urssaf.exchange"]._gc_exchanges()
        with self.assertLogs(LOGGER, "WARNING") as logs:
            self.env.cr.execute("UPDATE res_company SET urssaf_absence_minutes = 0 WHERE id = %s", self.company.ids)
            self.env.invalidate_all()
            for _call in range(3):
                self.assertEqual(parameters.ABSENCE_MINUTES.of_company(self.company), 10)
        self.assertEqual(len(logs.output), 1)
        self.save(urssaf_send_by_default=True)
        self.assertEqual(self.company.urssaf_absence_minutes, 10, "saving the settings fixes it")
        self.assertEqual(self.parameter.get_param("avance_immediate.exchange_days"), "90")


@tagged("post_install", "-at_install")
class TestPurge(SettingsCommon):
    """What is purged goes on time, a part at a time, and Odoo is told what remains."""

    def test_calls(self):
        values = {"company_id": self.company.id, "environment": "simulator", "operation": "search"}
        dates = [datetime.now() - timedelta(days=days) for days in (95, 94, 93, 92, 91, 89)]
        calls = self.env["urssaf.exchange"].create([{**values, "date": date} for date in dates])
        with patch.object(parameters, "VACUUM_LIMIT", 3):
            self.assertEqual(self.env["urssaf.exchange"]._gc_exchanges(), (3, True))
            self.assertEqual(calls.exists(), calls[3:], "the oldest first")
            self.assertEqual(self.env["urssaf.exchange"]._gc_exchanges(), (2, False))
        self.assertEqual(calls.exists(), calls[5:])

    def test_calls_without_news_go_first(self):
        values = {"company_id": self.company.id, "environment": "simulator", "operation": "search"}
        calls = self.env["urssaf.exchange"].create(
            [
                {**values, "is_quiet": is_quiet, "date": datetime.now() - timedelta(days=days)}
                for is_quiet in (True, False)
                for days in (91, 8, 6)
            ]
        )
        self.env["urssaf.exchange"]._gc_exchanges()
        self.assertEqual(calls.exists(), calls[2] + calls[4] + calls[5])
        self.save(urssaf_quiet_days=5)
        self.env["urssaf.exchange"]._gc_exchanges()
        self.assertEqual(calls.exists(), calls[4] + calls[5])

    def test_zero_days_delete_nothing(self):
        self.env["ir.config_parameter"].set_param("avance_immediate.exchange_days", "0")
        before = self.env["urssaf.exchange"].search_count([])
        self.assertTrue(before)
        self.env["urssaf.exchange"]._gc_exchanges()
        self.assertEqual(self.env["urssaf.exchange"].search_count([]), before)

    def attempt(self, registration, days, outcome="refused"):
        date = datetime.now() - timedelta(days=days)
        return self.env["urssaf.registration.attempt"].create(
            {"registration_id": registration.id, "date": date, "outcome": outcome}
        )

    def test_attempts(self):
        attempts = self.env["urssaf.registration.attempt"]
        self.assertTrue(attempts._gc_attempts._autovacuum)
        refused = self.prepare(self.create_client(name="Paul", urssaf_first_names="Paul", email="p@example.com"))
        refused._set_state("sending")
        refused._set_state("refused")
        old = self.attempt(refused, 500)
        shown = self.attempt(refused, 400)
        active = self.attempt(self.registration, 400) | self.attempt(self.registration, 366)
        recent = self.attempt(self.registration, 364)
        with patch.object(parameters, "VACUUM_LIMIT", 2):
            self.assertEqual(attempts._gc_attempts(), (2, True))
            self.assertEqual(attempts._gc_attempts(), (1, False))
        self.assertFalse((old | active).exists())
        self.assertEqual((shown | recent).exists(), shown | recent, "why Urssaf refuses the client is still shown")
