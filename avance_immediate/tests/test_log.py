"""What clients gave to Urssaf stays out of the log and out of the answers of RPC, whatever the database refuses."""

import logging
import traceback
from contextlib import contextmanager
from datetime import date

import psycopg2
from psycopg2 import errors

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.avance_immediate import redaction
from odoo.addons.avance_immediate.models.res_partner import CIVIL_STATUS

from .common import UrssafCommon

IBAN = "FR7630006000011234567890189"
BIRTH_NAME = "Quinquampoix"
EMAIL = "quinquampoix@example.com"
TYPED_DATE = "31/12/1955"
COMMENT = "Il est à l'hôpital \\ depuis 1955-12-31"
PLANTED = (IBAN, BIRTH_NAME, EMAIL, "hôpital", "12/1955", "1955-12", "31337")


class Records(logging.Handler):
    """All records of all loggers, at any level, as a handler of the administrator's would write them."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))

    @property
    def text(self):
        return "\n".join(self.lines)


class LogCommon(UrssafCommon):
    @contextmanager
    def everything_logged(self):
        """Record what every logger says at debug level, statements included."""
        records, root = Records(), logging.getLogger()
        levels = {name: logging.getLogger(name).level for name in ("", "odoo", "odoo.sql_db", "werkzeug")}
        handlers, root.handlers = root.handlers, [records]
        try:
            for name in levels:
                logging.getLogger(name).setLevel(logging.DEBUG)
            yield records
        finally:
            root.handlers = handlers
            for name, level in levels.items():
                logging.getLogger(name).setLevel(level)

    def assertClean(self, text, planted=PLANTED):
        for value in planted:
            self.assertFalse(value in text, f"{value} in:\n{text[-8000:]}")

    def given(self, **values):
        return {"iban": IBAN, "bic": "AGRIFRPP", "email": EMAIL, "bank_holder": BIRTH_NAME, **values}

    def refuse(self, function, error):
        """Have the database refuse something; return the error, and all that was logged of it."""
        self.env.flush_all()
        with self.everything_logged() as records:
            try:
                with self.env.cr.savepoint():
                    function()
                    self.env.flush_all()
            except error as caught:
                logging.getLogger("a.colleague").exception("it failed")
                text = "".join(traceback.format_exception(caught))
                self.assertClean(text + repr(caught) + f"{getattr(caught, 'pgerror', '')}")
                self.assertClean(records.text)
                self.assertIn("bad query", records.text)
                self.assertIn("urssaf_" if "urssaf_" in str(caught) else "", records.text)
                return caught, records.text
        self.fail("nothing was refused")


@tagged("post_install", "-at_install")
class TestDatabaseErrors(LogCommon):
    """Errors of the database, as the server's own code meets them."""

    def test_not_null(self):
        error, logged = self.refuse(
            lambda: self.env["urssaf.registration"].create(self.given(company_id=self.company.id)),
            errors.NotNullViolation,
        )
        self.assertEqual((error.diag.table_name, error.diag.column_name), ("urssaf_registration", "partner_id"))
        self.assertEqual(error.pgcode, "23502")
        self.assertIn('null value in column "partner_id"', logged)
        self.assertIn('INSERT INTO "urssaf_registration"', logged)

    def test_unique(self):
        other = self.create_client(name="Une autre")
        self.registration.id_client = "31337"
        registration = self.prepare(other)
        error, logged = self.refuse(lambda: registration.write({"id_client": "31337"}), errors.UniqueViolation)
        self.assertEqual(error.diag.constraint_name, "urssaf_registration_id_client_unique")
        self.assertIn('UPDATE "urssaf_registration"', logged)
        self.assertIn('"urssaf_registration_id_client_unique"', logged)

    def test_check(self):
        move, request = self.sent_invoice()
        values = {"request_id": request.id, "company_id": self.company.id, "sequence": 31337, "state": "recorded"}
        values["problem"] = {"kind": "note", "code": BIRTH_NAME, "params": {"comment": COMMENT}}
        _error, logged = self.refuse(lambda: self.env["urssaf.payout"].create(values), errors.CheckViolation)
        self.assertIn("urssaf_payout_recorded_has_payment", logged)

    def test_row_of_the_journal(self):
        values = {"company_id": self.company.id, "environment": "simulator", "request_body": COMMENT, "subject": EMAIL}
        self.refuse(lambda: self.env["urssaf.exchange"].create(values), errors.NotNullViolation)

    def test_attempt(self):
        problems = [{"kind": "error", "code": BIRTH_NAME, "params": {"comment": COMMENT}}]
        values = {"registration_id": self.registration.id, "outcome": "refused", "problems": problems}
        self.refuse(lambda: self.env["urssaf.registration.attempt"].create(values), errors.NotNullViolation)

    def test_foreign_key_of_a_contact(self):
        values = {"urssaf_birth_name": BIRTH_NAME, "urssaf_birth_country_id": 31337}
        error, logged = self.refuse(lambda: self.client.write(values), errors.ForeignKeyViolation)
        self.assertEqual(error.diag.table_name, "res_partner")
        self.assertIn("urssaf_birth_country_id", logged)

    def test_row_of_a_contact_that_a_colleague_writes(self):
        """The statement has none of our columns, and PostgreSQL quotes the row with all of them."""
        self.client.urssaf_birth_name = BIRTH_NAME
        error, logged = self.refuse(lambda: self.client.write({"name": False}), errors.CheckViolation)
        self.assertEqual(error.diag.constraint_name, "res_partner_check_name")
        self.assertIn('"name" = "__tmp"."name"', logged)

    def test_window(self):
        values = {"problem_html": f"<p>{BIRTH_NAME}</p>", "target_model": EMAIL}
        self.refuse(lambda: self.env["urssaf.send.line"].create(values), errors.NotNullViolation)

    def test_bad_data(self):
        for function in (
            lambda: self.client.write({"urssaf_birth_name": f"{BIRTH_NAME}\x00"}),
            lambda: self.client.write({"urssaf_birth_name": f"{BIRTH_NAME}\ud800"}),
        ):
            error, _logged = self.refuse(function, ValueError)
            self.assertClean(repr(vars(error)) + repr(getattr(error, "object", "")))

    def test_statements_of_others(self):
        """What another addon asks of our tables by itself: typed in the wrong place, passed in every way."""
        cr = self.env.cr
        typed = "SELECT id FROM urssaf_registration WHERE id = %s"
        for query in (
            lambda: cr.execute(typed, [IBAN]),
            lambda: cr.execute(SQL(typed, IBAN)),
            lambda: cr.execute(typed.encode(), [IBAN]),
            lambda: cr.execute_values("UPDATE urssaf_registration SET id = v.id FROM (VALUES %s) AS v(id)", [[IBAN]]),
        ):
            error, _logged = self.refuse(query, psycopg2.Error)
            self.assertIn(error.pgcode, ("22P02", "42804"))

    def test_whatever_the_level_of_the_log(self):
        """Where the errors of SQL are not logged, they are cleaned all the same."""
        logger = logging.getLogger("odoo.sql_db")
        self.addCleanup(logger.setLevel, logger.level)
        logger.setLevel(logging.CRITICAL)
        self.client.urssaf_birth_name = BIRTH_NAME
        self.env.flush_all()
        for function in (
            lambda: self.env["urssaf.registration"].create(self.given(company_id=self.company.id)),
            lambda: self.client.write({"name": False}),
        ):
            with self.assertRaises(psycopg2.IntegrityError) as caught, self.env.cr.savepoint():
                function()
                self.env.flush_all()
            self.assertClean("".join(traceback.format_exception(caught.exception)))

    def test_words_of_a_refusal(self):
        """What Odoo makes of an error for people names the columns, and not what is in them."""
        error, _logged = self.refuse(
            lambda: self.env.cr.execute(
                "CREATE UNIQUE INDEX urssaf_odd ON res_partner (urssaf_birth_name);"
                "UPDATE res_partner SET urssaf_birth_name = %s",
                [BIRTH_NAME],
            ),
            errors.UniqueViolation,
        )
        message = self.env["res.partner"]._sql_error_to_message(error)
        self.assertClean(message)

    def test_colleagues_are_not_hindered(self):
        """The statements and errors of others are logged as ever."""
        bank = self.env["res.bank"].create({"name": "Une banque"})
        with self.everything_logged() as records, self.assertRaises(errors.NotNullViolation):
            with self.env.cr.savepoint():
                bank.name = False
                bank.bic = "AGRIFRPP"
                self.env.flush_all()
        self.assertIn("'AGRIFRPP'", records.text)
        self.assertIn("Failing row contains", records.text)
        self.env.flush_all()
        with self.everything_logged() as records, self.assertRaises(psycopg2.DataError):
            with self.env.cr.savepoint():
                self.env.cr.execute("SELECT id FROM res_partner WHERE id = %s", ["un client"])
        self.assertEqual(records.text.count("un client"), 4, records.text)

    def test_tables_that_have_our_columns(self):
        carriers = {
            model._table
            for model in self.env.registry.values()
            if not model._abstract and not model._table.startswith("urssaf_")
            for field in model._fields.values()
            if field.name.startswith("urssaf_") and field.store and field.column_type
        }
        self.assertEqual(carriers, redaction.CARRIERS)

    def test_our_names_begin_alike(self):
        for model in self.env.registry.values():
            if model._original_module == "avance_immediate" and not model._abstract:
                self.assertTrue(model._table.startswith("urssaf_"), model._name)
        self.assertTrue(all(name.startswith("urssaf_") for name in CIVIL_STATUS))

    def test_whole_registration_at_debug_level(self):
        """What nothing refused is not logged either, not even where every statement is."""
        with self.everything_logged() as records:
            client = self.create_client(name="Une autre", email=False, urssaf_birth_name=BIRTH_NAME)
            client.with_user(self.user).urssaf_birth_date = date(1955, 12, 31)
            registration = self.register(client, iban=IBAN, bank_holder=f"Mme {BIRTH_NAME}", email=EMAIL)
            self.assertEqual(registration.state, "waiting", registration.problems)
            self.activate(registration).with_user(self.user).read()
            self.sent_invoice()
        self.assertGreater(records.text.count('INSERT INTO "urssaf_'), 3)
        self.assertClean(records.text, (IBAN, BIRTH_NAME, EMAIL, "1955-12-31"))

    def test_no_more_statements(self):
        partner, registration = self.client, self.registration
        self.env.flush_all()
        with self.assertQueryCount(1):
            partner._write_multi([{"urssaf_birth_name": "Martin"}])
        with self.assertQueryCount(1):
            registration._write_multi([{"bank_holder": "Martin"}])

    def test_step_that_fails(self):
        """The log of a step of a scheduled action says where it failed, and quotes nothing."""
        client = self.client

        def fail(registration):
            client.with_env(registration.env).write({"urssaf_birth_date": TYPED_DATE})

        self.patch(type(self.registration), "_refresh", fail)
        self.registration.next_try_at = fields.Datetime.now()
        self.env.flush_all()
        with self.everything_logged() as records:
            self.run_cron("registration")
        self.assertIn("the step failed", records.text)
        self.assertIn("ValueError: the values are not shown", records.text)
        self.assertClean(records.text)

    def test_scheduled_action_that_fails(self):
        registration = self.registration

        def fail(model):
            registration.with_env(model.env).write({"address_letter": BIRTH_NAME})

        self.patch(type(registration), "_cron_refresh", fail)
        self.env.flush_all()
        cron = self.env.ref("avance_immediate.ir_cron_urssaf_registration")
        with self.everything_logged() as records:
            answer = cron.method_direct_trigger()
        self.assertIn("failed", records.text)
        self.assertClean(records.text)
        self.assertIn("ValueError", str(answer))
        self.assertClean(str(answer))

    def test_reading_what_one_may_not(self):
        """Odoo logs what people are told: the name of a client is none of the log's business."""
        registration = self.registration
        self.client.name = BIRTH_NAME
        with self.everything_logged() as records:
            try:
                registration.with_user(self.env.ref("base.public_user")).read(["iban"])
            except AccessError as error:
                logging.getLogger("odoo.http").warning(error)
        self.assertIn("AccessError: shown to the user alone", records.text)


@tagged("post_install", "-at_install")
class TestStatements(UrssafCommon):
    """The mask itself."""

    def test_hide(self):
        for query, hidden in (
            (
                "SELECT 'a''b', E'c\\'d', x.y1 FROM \"it's\" WHERE z = 12.5",
                'SELECT ***, ***, x.y1 FROM "it\'s" WHERE z = ***',
            ),
            ("UPDATE t SET a='\\x4546'::bytea, d='1955-01-01'::date", "UPDATE t SET a=***::bytea, d=***::date"),
            ("SELECT 1 -- don't\nFROM t /* it's */ WHERE a = 'x'", "SELECT *** \nFROM t  WHERE a = ***"),
            ("SELECT $$it's$$, $a$x$a$, NULL, true", "SELECT ***, ***, NULL, true"),
            ("SELECT 'cut", "SELECT ***"),
            ("VALUES (1, 'x', -2.50), (3e4, 'y\nz', NULL)", "VALUES (***, ***, -***), (***, ***, NULL)"),
        ):
            self.assertEqual(redaction.hide(query), hidden)

    def test_what_cannot_be_read(self):
        """A record that is not what it should be is not shown, and the work goes on."""

        class Odd:
            def __str__(self):
                raise ValueError(IBAN)

        record = logging.LogRecord("odoo.service.model", logging.DEBUG, "", 1, "call %s.%s(%s)", (1, 2, Odd()), None)
        for log_filter in logging.getLogger("odoo.service.model").filters:
            self.assertTrue(log_filter.filter(record))
        self.assertEqual(record.getMessage(), "the values are not shown (ValueError)")


@tagged("post_install", "-at_install")
class TestAnswers(LogCommon, HttpCase):
    """The same from a browser's console and from a program: what is answered, and what is logged of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.password = "urssaf_user"  # noqa: S105

    def setUp(self):
        super().setUp()
        self.authenticate("urssaf_user", "urssaf_user")

    def browser(self, model, method, *args):
        params = {"model": model, "method": method, "args": list(args), "kwargs": {}}
        return self.url_open(f"/web/dataset/call_kw/{model}/{method}", json={"params": params})

    def program(self, model, method, *args):
        args = [self.env.cr.dbname, self.user.id, "urssaf_user", model, method, list(args)]
        params = {"service": "object", "method": "execute_kw", "args": args}
        return self.url_open("/jsonrpc", json={"params": params})

    def refused(self, model, method, *args, planted=PLANTED):
        """Ask for something at every door; return the errors that were answered."""
        self.env.flush_all()
        answered = []
        for door in (self.browser, self.program):
            with self.subTest(model=model, method=method, door=door.__name__), self.everything_logged() as records:
                answer = door(model, method, *args)
                error = answer.json()["error"]
                answered.append(error["data"])
                self.assertClean(answer.content.decode("unicode_escape") + answer.text, planted)
                self.assertClean(records.text, planted)
                self.assertIn("odoo.service.model DEBUG call", records.text)
        self.env.invalidate_all()
        return answered

    def test_no_client(self):
        for error in self.refused("urssaf.registration", "create", [self.given(partner_id=False)]):
            self.assertEqual(error["name"], "odoo.exceptions.ValidationError")
            self.assertEqual(error["message"], "Choose the client first.")

    def test_unique(self):
        for error in self.refused("urssaf.registration", "create", [self.given(partner_id=self.client.id)]):
            self.assertIn("has a registration with this company already", error["message"])

    def test_foreign_key(self):
        values = {"urssaf_birth_country_id": 31337, "urssaf_birth_name": BIRTH_NAME}
        for error in self.refused("res.partner", "write", self.client.ids, values):
            self.assertEqual(error["name"], "odoo.exceptions.ValidationError")

    def test_check(self):
        self.client.urssaf_birth_name = BIRTH_NAME
        for error in self.refused("res.partner", "write", self.client.ids, {"name": False}):
            self.assertEqual(error["name"], "odoo.exceptions.ValidationError")

    def test_window(self):
        self.refused("urssaf.register", "create", [{"registration_id": 31337, "has_consent": True}])
        self.refused("urssaf.register", "create", [{"has_consent": True}])

    def test_bad_data(self):
        registration = self.prepare(self.create_client(name="Une autre"))
        for model, keys, values in (
            ("urssaf.registration", registration.ids, self.given(bank_holder=f"{BIRTH_NAME}\x00")),
            ("urssaf.registration", registration.ids, self.given(bank_holder=f"{BIRTH_NAME}\ud800")),
            ("urssaf.registration", registration.ids, self.given(address_letter=BIRTH_NAME)),
            ("urssaf.registration", registration.ids, self.given(birth_date=TYPED_DATE)),
            ("res.partner", self.client.ids, {"urssaf_birth_date": TYPED_DATE, "urssaf_birth_name": BIRTH_NAME}),
            ("res.partner", self.client.ids, {"urssaf_title": BIRTH_NAME}),
            ("res.partner", self.client.ids, {"urssaf_birth_country_id": 31337 << 40}),
        ):
            self.refused(model, "write", keys, values)

    def test_typed_in_the_wrong_place(self):
        for term in (("id", "=", IBAN), ("birth_date", "=", TYPED_DATE), ("partner_id.urssaf_birth_date", "<", IBAN)):
            self.refused("urssaf.registration", "search", [term])

    def test_colleagues_are_not_hindered(self):
        answer = self.browser("res.partner", "write", self.client.ids, {"name": "x", "user_id": 1 << 40})
        self.assertIn("integer out of range", answer.text)
