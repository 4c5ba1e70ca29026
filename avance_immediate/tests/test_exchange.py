import logging
from datetime import datetime, timedelta

from odoo.tests import TransactionCase, tagged

from odoo.addons.avance_immediate import catalogue, wording
from odoo.addons.avance_immediate.urssaf.http import errors
from odoo.addons.avance_immediate.urssaf.http.call_log import Call

from .common import UrssafCommon

SECRETS = {
    "secret": "simulator-secret",
    "IBAN": "FR7630006000011234567890189",
    "IBAN as typed": "FR76 3000 6000 0112 3456 7890 189",
    "birth date": "1980-03-29",
    "birth date as read": "29/03/1980",
    "e-mail": "jeanne.durand@example.com",
    "e-mail, quoted": "jeanne.durand%40example.com",
    "mobile": "0605040302",
    "mobile as typed": "06 05 04 03 02",
    "mobile abroad": "+33605040302",
}
NAMES = {"birth name": "durand", "first names": "jeanne", "street": "du soleil"}
# Odoo's own journal of SQL, which nobody turns on in production.
SQL_LOGGERS = ("odoo.sql_db",)


class ExchangeCommon(UrssafCommon):
    def exchanges(self, *operations):
        domain = [("operation", "in", operations)] if operations else []
        return self.env["urssaf.exchange"].search([("company_id", "=", self.company.id), *domain], order="id")

    def assertNothingPersonal(self, text, what):
        folded = text.casefold()
        for name, value in what.items():
            # Not assertNotIn: its message would show the text.
            self.assertFalse(value.casefold() in folded, f"the {name} is found")

    def full_flow(self):
        """Register, lose answers, send, be refused, be paid: everything that makes calls."""
        partner = self.create_client(urssaf_first_names="Jeanne Marie", email="jeanne.durand@example.com")
        registration = self.prepare(partner, mobile="+33 6 05 04 03 02", email="jeanne.durand@example.com")
        self.simulator.call("POST", "registrations/next", codes=["ERR_CONTACT", "ERREUR_VALIDATION"])
        self.consent_and_register(registration)
        self.simulator.fault("register", "cut_before")
        self.consent_and_register(registration)
        self.run_cron("registration")
        move = self.create_service_invoice()
        self.simulator.fault("send", "cut_after")
        request = self.send(move)
        self.wait(minutes=2)
        self.run_cron("send")
        self.assertEqual(request.state, "sent")
        self.simulator.fault("search", "html", status=502, times=3)
        request.with_user(self.user).action_refresh()
        self.simulator.step(request, "pay", force=True, amount=60, date="2026-06-17")
        self.wait(hours=1)
        request.with_user(self.user).action_refresh()
        self.assertEqual(request.state, "paid")
        refused = self.send(self.create_service_invoice())
        self.simulator.call("POST", "requests/next", codes=["ERR_CMPT_BLOQUE"])
        self.send(self.create_service_invoice())
        self.simulator.step(refused, "refuse", force=True, code="CONTEST_ERR_FACT", comment="Ce n'est pas moi")
        refused.with_user(self.user).action_refresh()
        self.assertEqual(refused.state, "refused")
        return request


@tagged("post_install", "-at_install")
class TestExchange(ExchangeCommon):
    """Every call leaves an account of itself, without a secret or a personal datum."""

    def test_every_call(self):
        before = self.exchanges()
        calls = len(self.simulator.call("GET", "calls"))
        _move, request = self.sent_invoice()
        request.with_user(self.user).action_refresh()
        made = self.simulator.call("GET", "calls")[calls:]
        kept = self.exchanges() - before
        self.assertEqual(kept.mapped("operation"), [call["operation"] for call in made])
        self.assertEqual(kept.mapped("operation")[-2:], ["send", "search"])
        send, search = kept[-2:]
        for exchange in (send, search):
            self.assertRecordValues(
                exchange,
                [
                    {
                        "company_id": self.company.id,
                        "environment": "simulator",
                        "method": "POST",
                        "http_status": 200,
                        "outcome": "ok",
                        "is_failure": False,
                        "codes": "",
                        "date": datetime.now(),
                    }
                ],
            )
            self.assertGreaterEqual(exchange.duration_ms, 0)
            self.assertTrue(exchange.correlation_id)
            self.assertIn(request.number, exchange.request_body + exchange.response_body)

    def test_reference_is_told_where_there_is_one(self):
        for name in catalogue.FAILURES:
            failure = getattr(errors, name)
            with self.subTest(failure=name):
                told = wording.as_text(self.env, wording.from_failure(failure("send", correlation_id="abc-7")))
                self.assertTrue(told.endswith(". Reference: abc-7."), told)
                told = wording.as_text(self.env, wording.from_failure(failure("send")))
                self.assertNotIn("Reference", told)
                # As it was kept where there was none.
                kept = {"kind": "failure", "code": name, "params": {"correlation_id": "-"}}
                self.assertEqual(wording.as_text(self.env, [kept]), told)

    def test_token(self):
        self.credentials.access_token = False
        self.send(self.create_service_invoice())
        exchange = self.exchanges("token")[-1]
        self.assertEqual((exchange.http_status, exchange.is_failure), (200, False))

    def test_failures(self):
        cases = (
            ("cut_after", {}, 0, "OutcomeUnknown", ""),
            ("503", {}, 503, "OutcomeUnknown", ""),
            ("refuse_all", {"code": "ERR_DATE_FUTUR"}, 400, "Refused", "ERR_DATE_FUTUR"),
            ("429", {"retry_after": 60}, 429, "TryLater", ""),
            ("html", {"status": 502}, 502, "OutcomeUnknown", ""),
        )
        for fault, options, status, outcome, codes in cases:
            with self.subTest(fault=fault):
                self.simulator.fault("send", fault, **options)
                self.send(self.create_service_invoice())
                exchange = self.exchanges("send")[-1]
                self.assertEqual((exchange.http_status, exchange.outcome), (status, outcome))
                self.assertEqual((exchange.is_failure, exchange.codes or ""), (True, codes))
                self.wait(days=1)

    def test_refused_item_in_a_good_answer(self):
        self.simulator.call("POST", "requests/next", codes=["ERR_CMPT_BLOQUE"])
        self.send(self.create_service_invoice())
        exchange = self.exchanges("send")[-1]
        self.assertEqual((exchange.http_status, exchange.codes), (200, "ERR_CMPT_BLOQUE"))

    def test_unexpected_answer_is_one_click_away(self):
        self.simulator.fault("send", "html", status=502)
        request = self.send(self.create_service_invoice())
        self.assertNotIn("<html", str(request.problems).lower() + str(request.message_ids.mapped("body")).lower())
        action = request.with_user(self.manager).action_open_exchanges()
        [exchange] = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
        self.assertIn('"contentType": "text/html', exchange.response_body)
        self.assertNotIn("<", exchange.response_body)

    def test_links(self):
        _move, first = self.sent_invoice()
        batch = self.create_service_invoice() | self.create_service_invoice()
        both = self.send(batch)
        self.run_cron("send")
        exchange = self.exchanges("send")[-1]
        action = exchange.with_user(self.manager).action_open_records()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), both.sorted())
        action = first.with_user(self.manager).action_open_exchanges()
        self.assertNotIn(exchange, self.env["urssaf.exchange"].search(action["domain"]))
        action = both[0].with_user(self.manager).action_open_exchanges()
        self.assertIn(exchange, self.env["urssaf.exchange"].search(action["domain"]))

    def test_ids_that_look_alike(self):
        values = {"company_id": self.company.id, "environment": "simulator", "operation": "send"}
        request = self.sent_invoice()[1]
        keys = f",1{request.id},{request.id}1,"
        other = self.env["urssaf.exchange"].create({**values, "res_model": request._name, "res_keys": keys})
        same_id = self.env["urssaf.exchange"].create(
            {**values, "res_model": self.registration._name, "res_keys": f",{request.id},"}
        )
        action = request.with_user(self.manager).action_open_exchanges()
        found = self.env["urssaf.exchange"].search(action["domain"])
        self.assertTrue(found)
        self.assertFalse(found & (other | same_id))

    def test_retention(self):
        values = {"company_id": self.company.id, "environment": "simulator", "operation": "send"}
        old, older, recent = self.env["urssaf.exchange"].create(
            [{**values, "date": datetime.now() - timedelta(days=days)} for days in (40, 100, 20)]
        )
        self.assertTrue(self.env["urssaf.exchange"]._gc_exchanges._autovacuum, "run every day by Odoo")
        self.env["urssaf.exchange"]._gc_exchanges()
        self.assertEqual((old | older | recent).exists(), old | recent, "ninety days by default")
        self.env["res.config.settings"].create({"urssaf_exchange_days": 30}).execute()
        self.env["urssaf.exchange"]._gc_exchanges()
        self.assertEqual((old | recent).exists(), recent)

    def test_kept_although_the_caller_fails(self):
        """The log must not be what loses Urssaf's answer."""
        self.env.cr.execute("ALTER TABLE urssaf_exchange RENAME COLUMN path TO path_gone")
        with self.assertLogs("odoo.addons.avance_immediate.urssaf.http.call_log", "ERROR") as logs:
            request = self.send(self.create_service_invoice())
        self.assertEqual(request.state, "sent")
        self.assertIn("could not be logged", logs.output[0])


@tagged("post_install", "-at_install")
class TestNothingPersonal(ExchangeCommon):
    """Neither in the exchanges, nor in the chatter, nor in the server's log."""

    def test_full_flow(self):
        for name in ("odoo", "odoo.addons.avance_immediate", "urllib3", "authlib", "requests_oauthlib"):
            logger = logging.getLogger(name)
            self.addCleanup(logger.setLevel, logger.level)
            logger.setLevel(logging.DEBUG)
        with self.assertLogs(level="DEBUG") as logs:
            token = self.credentials.access_token
            self.full_flow()
        self.env.flush_all()
        tokens = {"token": token, "other token": self.credentials.access_token}
        self.env.cr.execute(
            "SELECT row_to_json(e)::text FROM urssaf_exchange e WHERE company_id = %s", self.company.ids
        )
        exchanges = "\n".join(row for (row,) in self.env.cr.fetchall())
        self.assertGreater(len(self.exchanges()), 12)
        self.assertNothingPersonal(exchanges, {**SECRETS, **NAMES, **tokens})

        messages = self.env["mail.message"].search(
            [("model", "in", ("urssaf.registration", "urssaf.payment.request", "account.move"))]
        )
        self.assertGreater(len(messages), 5)
        chatter = "\n".join(f"{m.subject} {m.body} {m.tracking_value_ids.mapped('new_value_char')}" for m in messages)
        self.assertNothingPersonal(chatter, {**SECRETS, **tokens})
        activities = self.env["mail.activity"].search([("res_model", "like", "urssaf.%")])
        self.assertNothingPersonal(f"{activities.mapped('summary')} {activities.mapped('note')}", {**SECRETS, **tokens})

        records = [record for record in logs.records if not record.name.startswith(SQL_LOGGERS)]
        self.assertIn("odoo.addons.avance_immediate.urssaf.http.call_log", {record.name for record in records})
        log = "\n".join(f"{record.name} {record.getMessage()} {record.exc_text or ''}" for record in records)
        self.assertNothingPersonal(log, {**SECRETS, **tokens})

    def test_what_the_mask_is_measured_with(self):
        """The search above finds what it looks for."""
        for name, value in {**SECRETS, **NAMES}.items():
            with self.subTest(name=name), self.assertRaises(AssertionError):
                self.assertNothingPersonal(f"… {value.upper()} …", {name: value})

    def test_codes_that_name_the_client(self):
        """A request knows whose values Urssaf may quote, though neither the sending nor the search has them."""
        self.simulator.call("POST", "requests/next", codes=["ERR_DURAND"])
        refused = self.send(self.create_service_invoice())
        self.assertEqual((self.exchanges("send")[-1].codes, refused.state), ("???", "rejected"))
        self.wait(days=1)
        _move, request = self.sent_invoice()
        self.simulator.step(request, "refuse", force=True, code="CONTEST_DURAND", comment="Jeanne")
        with self.assertLogs("odoo.addons.avance_immediate", "DEBUG") as logs:
            request.with_user(self.user).action_refresh()
        exchanges = self.exchanges("send", "search")
        kept = f"{exchanges.mapped('response_body')} {exchanges.mapped('codes')} {logs.output} {refused.problems}"
        self.assertNothingPersonal(kept, {**SECRETS, **NAMES})
        self.assertNothingPersonal(f"{refused.message_ids.mapped('body')}", {**SECRETS, **NAMES})

    def test_comment_of_a_refusal(self):
        _move, request = self.sent_invoice()
        comment = "Appelez Jeanne au 06 05 04 03 02 ou jeanne.durand@example.com"
        self.simulator.step(request, "refuse", force=True, code="CONTEST_AUTRE", comment=comment)
        request.with_user(self.user).action_refresh()
        self.assertEqual(request.refusal_comment, comment, "the provider has to read it")
        response = self.exchanges("search")[-1].response_body
        self.assertNothingPersonal(response, SECRETS)
        self.assertIn('"commentaire": "***"', response)


@tagged("post_install", "-at_install")
class TestSurvival(TransactionCase):
    def test_survives_the_rollback_of_its_caller(self):
        """Written and committed apart: another transaction sees it, and ours has not ended."""
        company = self.env.ref("base.main_company")
        observe = self.env["urssaf.exchange"]._observer(company, "simulator")
        mark = "survival-of-an-exchange"
        observe(Call("search", "POST", "/x", 200, 1, mark, None, None, "ok"))
        with self.registry.cursor() as cr:
            try:
                cr.execute("SELECT count(*) FROM urssaf_exchange WHERE correlation_id = %s", [mark])
                self.assertEqual(cr.fetchone(), (1,))
            finally:
                cr.execute("DELETE FROM urssaf_exchange WHERE correlation_id = %s", [mark])
                cr.commit()  # pylint: disable=invalid-commit  # a cursor of its own, to undo what it wrote
