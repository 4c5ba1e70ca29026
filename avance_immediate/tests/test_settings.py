import socket
import sys
from unittest.mock import patch

from odoo import modules
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.avance_immediate import wording
from odoo.addons.avance_immediate.urssaf.http import endpoint
from odoo.addons.avance_immediate.urssaf.http.endpoint import is_loopback

from .common import UrssafCommon

SECRET = "tres-secret-3f9a"
CLOSED = "not there"
HOSTS = (
    "127.0.0.1",
    "::1",
    "localhost",
    "api.urssaf.fr",
    "api-edi.urssaf.fr",
    "other.urssaf.fr",
    "urssaf.fr",
    "noturssaf.fr",
    "example.com",
)


class SettingsCommon(UrssafCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "administrateur",
            "base.group_system,account.group_account_manager,avance_immediate.group_urssaf_manager",
            company_id=cls.company.id,
        )

    def settings(self, **values):
        return self.env["res.config.settings"].with_user(self.admin).create(values)

    def save(self, **values):
        settings = self.settings(**values)
        settings.execute()
        self.env.invalidate_all()
        return settings

    def credentials_of(self, environment):
        return self.env["urssaf.credentials"]._for(self.company, environment)


@tagged("post_install", "-at_install")
class TestSettings(SettingsCommon):
    """The settings, per company and environment; the secret goes in and never comes out."""

    def test_each_environment_has_its_own_credentials(self):
        self.save(urssaf_environment="sandbox", urssaf_client_id="id-test", urssaf_client_secret=SECRET)
        self.assertEqual(self.company.urssaf_environment, "sandbox")
        self.assertRecordValues(
            self.credentials_of("sandbox"), [{"client_id": "id-test", "client_secret": SECRET, "address": False}]
        )
        self.assertRecordValues(
            self.credentials,
            [{"client_id": "simulator-client", "client_secret": "simulator-secret", "address": self.simulator.url}],
        )

    def test_the_form_shows_those_of_the_environment_that_is_chosen(self):
        self.save(urssaf_environment="sandbox", urssaf_client_id="id-test", urssaf_client_secret=SECRET)
        with Form(self.env["res.config.settings"].with_user(self.admin)) as form:
            self.assertEqual((form.urssaf_client_id, form.urssaf_has_secret), ("id-test", True))
            form.urssaf_environment = "simulator"
            self.assertEqual((form.urssaf_client_id, form.urssaf_address), ("simulator-client", self.simulator.url))
            form.urssaf_environment = "production"
            self.assertFalse(form.urssaf_client_id or form.urssaf_has_secret)
            form.urssaf_environment = "sandbox"

    def test_secret_is_never_read_back(self):
        settings = self.save(urssaf_client_secret=SECRET)
        self.assertEqual(self.credentials.client_secret, SECRET)
        self.assertTrue(settings.urssaf_has_secret)
        self.assertFalse(settings.read(["urssaf_client_secret"])[0]["urssaf_client_secret"])
        names = list(settings.fields_get())
        self.assertNotIn(SECRET, str(settings.default_get(names)))
        self.assertNotIn(SECRET, str(self.settings().read()))
        self.env.flush_all()
        self.env.cr.execute("SELECT row_to_json(s)::text FROM res_config_settings s")
        self.assertNotIn(SECRET, str(self.env.cr.fetchall()), "it stands in one table only")

    def test_empty_secret_keeps_the_stored_one(self):
        self.save(urssaf_client_id="another-id", urssaf_client_secret="")
        self.assertRecordValues(self.credentials, [{"client_id": "another-id", "client_secret": "simulator-secret"}])

    def test_token_goes_with_its_credentials(self):
        self.assertTrue(self.credentials.access_token)
        self.save()
        self.assertTrue(self.credentials.access_token, "nothing changed")
        self.save(urssaf_client_secret=SECRET)
        self.assertFalse(self.credentials.access_token)

    def test_production_asks(self):
        with self.assertRaises(UserError), self.cr.savepoint():
            self.save(urssaf_environment="production", urssaf_client_id="id-prod", urssaf_client_secret=SECRET)
        self.env.invalidate_all()
        self.assertEqual(self.company.urssaf_environment, "simulator")
        self.assertFalse(self.credentials_of("production"))
        production = {"urssaf_environment": "production", "urssaf_client_id": "id-prod"}
        self.save(**production, urssaf_confirm_production=True)
        self.assertEqual(self.company.urssaf_environment, "production")
        # Once there, saving the settings of something else does not ask again.
        self.save(urssaf_send_by_default=True)
        self.assertTrue(self.company.urssaf_send_by_default)

    def test_production_asks_on_another_way_too(self):
        """The confirmation belongs to a change: it does not stay."""
        self.save(urssaf_environment="production", urssaf_confirm_production=True)
        self.save(urssaf_environment="simulator")
        with self.assertRaises(UserError), self.cr.savepoint():
            self.save(urssaf_environment="production")

    def test_company_that_stops(self):
        self.save(urssaf_environment=False)
        self.assertFalse(self.company.urssaf_environment)
        self.assertTrue(self.credentials.client_secret, "what was entered is kept for the day it is used again")
        move = self.create_service_invoice()
        self.assertFalse(move.urssaf_is_concerned or move.urssaf_can_send)

    def test_sap_number(self):
        for number in ("732829320", "SAP73282932", "SAP73282932A", "sap732829320"):
            with self.subTest(number=number), self.assertRaises(ValidationError), self.cr.savepoint():
                self.company.urssaf_sap_number = number
                self.env.flush_all()

    def test_only_administrators(self):
        with self.assertRaises(AccessError):
            self.env["res.config.settings"].with_user(self.manager).create({"urssaf_client_secret": SECRET})


@tagged("post_install", "-at_install")
class TestConnection(SettingsCommon):
    """The button says what is wrong, in words."""

    def assertSays(self, failure):
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            self.settings().action_urssaf_test_connection()
        env = self.env(user=self.admin)
        about, repair = wording.describe(env, {"kind": "failure", "code": failure, "params": {}})
        self.assertIn(about, str(caught.exception))
        return str(caught.exception)

    def test_default_values_tell_nobody_else(self):
        """Odoo answers ``default_get`` to every employee."""
        names = ["urssaf_client_id", "urssaf_address", "urssaf_environment"]
        for user in (self.user, self.manager):
            values = self.env["res.config.settings"].with_user(user).default_get(names)
            self.assertFalse(values.keys() & set(names))
        portal = new_test_user(self.env, "portail", "base.group_portal", company_id=self.company.id)
        for model, asked in (
            ("urssaf.registration", ["environment", "company_id"]),
            ("res.config.settings", names),
        ):
            self.assertFalse(self.env[model].with_user(portal).default_get(asked).keys() & set(asked))

    def test_works(self):
        action = self.settings().action_urssaf_test_connection()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn(self.company.name, action["params"]["message"])
        self.assertEqual(self.simulator.requests(), [], "it only reads")

    def test_works_with_basic(self):
        self.credentials.auth_method = "basic"
        self.assertEqual(self.settings().action_urssaf_test_connection()["params"]["type"], "success")

    def test_wrong_secret(self):
        self.credentials.client_secret = SECRET
        self.assertNotIn(SECRET, self.assertSays("WrongCredentials"))

    def test_stored_token_does_not_hide_a_wrong_secret(self):
        self.assertTrue(self.credentials.access_token)
        self.env.cr.execute("UPDATE urssaf_credentials SET client_secret = 'faux' WHERE id = %s", self.credentials.ids)
        self.env.invalidate_all()
        self.assertSays("WrongCredentials")

    def test_not_open(self):
        self.simulator.fault("search", "403")
        self.assertSays("Forbidden")

    def test_unreachable(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.credentials.address = f"http://127.0.0.1:{port}"
        with patch.object(type(self), "_request_handler", self._real_handler):
            self.assertSays("NotSent")

    @classmethod
    def _real_handler(cls, session, request, /, **options):
        from .common import _send

        return _send(session, request, **options)

    def test_no_credentials(self):
        self.credentials.client_secret = False
        with self.assertRaises(UserError):
            self.settings().action_urssaf_test_connection()

    def test_wrong_address(self):
        for address in (
            False,
            "127.0.0.1:8470",
            "http://example.com",
            "https://api.urssaf.fr",
            "https://x:y@example.com",
            "https://api%2eurssaf.fr",
            "https://api-edi%2Eurssaf.fr",
            "https://api\u3002urssaf.fr",
            "https://\uff41pi.urssaf.fr",
            "https://api.urssaf.fr.",
            "https://api.urssaf.fr\\@127.0.0.1",
            "http://2130706433",
            "http://0x7f.1",
            "http://[::1%25lo]",
        ):
            with self.subTest(address=address), self.assertRaises(UserError):
                self.credentials.address = address
                self.settings().action_urssaf_test_connection()

    def test_no_environment(self):
        self.company.urssaf_environment = False
        with self.assertRaises(UserError):
            self.settings().action_urssaf_test_connection()


@tagged("post_install", "-at_install")
class TestEnvironments(SettingsCommon):
    """What was done in one environment stays there."""

    def test_nothing_of_another_environment_is_used(self):
        move, request = self.sent_invoice()
        queued = self.create_service_invoice() | self.create_service_invoice()
        self.send(queued)
        self.save(urssaf_environment="sandbox", urssaf_client_id="id-test", urssaf_client_secret=SECRET)
        self.assertFalse(self.client.with_user(self.user).urssaf_registration_id, "to be registered anew there")
        new = self.create_service_invoice()
        self.assertFalse(new.urssaf_can_send)
        calls = len(self.simulator.calls("send"))
        self.run_cron("send")
        self.assertEqual(queued.mapped("urssaf_state"), ["queued", "queued"], "what was meant for the simulator waits")
        self.assertEqual(len(self.simulator.calls("send")), calls)
        # What was sent is followed where it was sent, with the credentials of there.
        self.simulator.step(request, "notify", force=True)
        self.wait(hours=9)
        self.run_cron("refresh")
        self.assertEqual((request.urssaf_status, request.environment), ("20", "simulator"))
        self.assertTrue(move.urssaf_no_payment)
        self.assertTrue(request.is_other_environment)
        self.company.urssaf_environment = "simulator"
        for _run in range(2):  # queued long ago: looked up twice before it goes
            self.run_cron("send")
            self.wait(minutes=11)
        self.assertEqual(queued.mapped("urssaf_state"), ["sent", "sent"])

    def test_registered_in_each(self):
        self.company.urssaf_environment = "sandbox"
        action = self.client.with_user(self.user).action_urssaf_open_registration()
        there = self.env["urssaf.registration"].browse(action["res_id"])
        self.assertNotEqual(there, self.registration)
        self.assertEqual((there.environment, there.id_client), ("sandbox", False))
        self.company.urssaf_environment = "simulator"
        self.client.invalidate_recordset()
        self.assertEqual(self.client.with_user(self.user).urssaf_registration_id, self.registration)


@tagged("post_install", "-at_install")
class TestBarrier(SettingsCommon):
    """What is not production does not reach it; a test reaches this machine only."""

    def test_tests_reach_nothing(self):
        for environment in ("sandbox", "production"):
            self.env["urssaf.credentials"].create(
                {"company_id": self.company.id, "environment": environment, "client_id": "x", "client_secret": "y"}
            )
            with self.subTest(environment=environment), self.assertRaises(UserError):
                self.company._urssaf_client(environment)
        self.credentials.address = "https://example.com"
        with self.assertRaises(UserError):
            self.company._urssaf_client("simulator")

    def test_every_call_asks_the_barrier(self):
        """The database is neutralised, in another session, while a client is at work."""
        opened = self.close_the_barrier()
        opened.append(True)
        with self.company._urssaf_client() as client:
            client.search(numbers=["X"])
            reached = len(self.simulator.call("GET", "calls"))
            opened.clear()
            for call in (lambda: client.search(numbers=["X"]), client.check_token):
                with self.assertRaisesRegex(UserError, CLOSED):
                    call()
        self.assertEqual(len(self.simulator.call("GET", "calls")), reached)

    def close_the_barrier(self):
        """Let the barrier refuse each request, not the making of a client; return a list that opens it, once filled."""
        opened = []

        def refuse(company, environment, host):
            if not opened and sys._getframe(1).f_code.co_name != "_urssaf_client":
                raise UserError(CLOSED)

        self.startPatcher(patch.object(type(self.company), "_urssaf_barrier", refuse))
        return opened

    def test_what_the_barrier_stops_has_not_left(self):
        partner = self.create_client()
        registration = self.prepare(partner)
        queued = self.send(self.create_service_invoice() | self.create_service_invoice())
        self.assertEqual(queued.mapped("state"), ["queued", "queued"])
        reached = len(self.simulator.call("GET", "calls"))
        self.close_the_barrier()
        with self.assertRaisesRegex(UserError, CLOSED):
            self.consent_and_register(registration)
        self.assertEqual(registration.state, "to_register")
        with self.assertRaisesRegex(UserError, CLOSED):
            queued.with_user(self.user).sudo()._send_now()
        self.assertEqual((queued.mapped("state"), queued.mapped("send_count")), (["queued", "queued"], [0, 0]))
        self.assertEqual(len(self.simulator.call("GET", "calls")), reached)

    def test_address_beside_the_settings(self):
        """An address that only decoding turns into Urssaf's, where nothing checks what is typed."""
        self.credentials.address = "https://api%2eurssaf.fr"
        self.module.demo = True
        asked = []
        with (
            patch.object(modules.module, "current_test", None),
            patch.object(socket, "getaddrinfo", lambda host, *args: asked.append(host)),
            patch.object(endpoint, "_check", lambda url: "x"),
            patch.object(endpoint, "host_of", lambda url: "x"),
            patch.object(type(self), "_request_handler", TestConnection._real_handler),
            self.company._urssaf_client() as client,
            self.assertRaisesRegex(UserError, "does not reach Urssaf"),
        ):
            client.check_token()
        self.assertEqual(asked, [])

    def assertReaches(self, environment, *expected):
        """Ask the barrier itself, as outside a test: no socket is opened."""
        reached = set()
        with patch.object(modules.module, "current_test", None):
            for host in HOSTS:
                try:
                    self.company._urssaf_barrier(environment, host)
                except UserError:
                    continue
                reached.add(host)
        self.assertEqual(reached, {"127.0.0.1", "::1", "localhost", *expected})

    def test_ordinary_database(self):
        """Each environment reaches its own address, a simulator none of Urssaf's."""
        self.module.demo = False
        self.assertReaches("production", "api.urssaf.fr")
        self.assertReaches("sandbox", "api-edi.urssaf.fr")
        self.assertReaches("simulator", "example.com", "noturssaf.fr")

    def test_demonstration(self):
        self.module.demo = True
        self.assert_only_simulators()

    def test_neutralised_copy(self):
        self.module.demo = False
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        self.assert_only_simulators()

    def test_sandbox_of_urssaf_is_barred_as_production_is(self):
        """With whatever credentials somebody types: no client is made, so that nothing is noted as on its way."""
        for environment in ("sandbox", "production"):
            self.env["urssaf.credentials"].create(
                {"company_id": self.company.id, "environment": environment, "client_id": "x", "client_secret": "y"}
            )
            self.company.urssaf_environment = environment
            for demo, neutralized in ((True, False), (False, "true"), (False, False)):
                self.module.demo = demo
                self.env["ir.config_parameter"].set_param("database.is_neutralized", neutralized)
                with self.subTest(environment, demo=demo, neutralized=neutralized), self.outside_tests():
                    if demo or neutralized:
                        with self.assertRaisesRegex(UserError, "does not reach Urssaf"):
                            self.company._urssaf_client()
                    else:
                        self.company._urssaf_client().close()

    def outside_tests(self):
        return patch.object(modules.module, "current_test", None)

    def assert_only_simulators(self):
        self.assertReaches("production")
        self.assertReaches("sandbox")
        self.assertReaches("simulator", "example.com", "noturssaf.fr")

    def test_this_machine_alone_in_tests(self):
        for host in HOSTS:
            with self.subTest(host=host):
                if is_loopback(host):
                    self.company._urssaf_barrier("simulator", host)
                else:
                    with self.assertRaises(UserError):
                        self.company._urssaf_barrier("simulator", host)

    @property
    def module(self):
        return self.env["ir.module.module"].search([("name", "=", "avance_immediate")])

    def neutralize(self):
        """Do what ``odoo neutralize`` does, with the addon's own part."""
        self.env.flush_all()
        [query] = get_neutralization_queries(["avance_immediate"])
        self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_neutralize(self):
        other = self.env["res.company"].create({"name": "Autre"})
        self.env["urssaf.credentials"].create(
            {
                "company_id": self.company.id,
                "environment": "production",
                "client_id": "x",
                "client_secret": SECRET,
                "access_token": "t",
                "token_expires_at": 1,
            }
        )
        self.settings(urssaf_client_secret=SECRET, urssaf_client_id="x")
        self.company.urssaf_environment = "production"
        self.neutralize()
        self.assertEqual((self.company.urssaf_environment, other.urssaf_environment), ("simulator", False))
        found = self.env["urssaf.credentials"].search([("company_id", "=", self.company.id)])
        self.assertEqual(len(found), 2)
        for name in ("client_id", "client_secret", "access_token", "token_expires_at"):
            self.assertFalse(any(found.mapped(name)), name)
        self.assertFalse(self.env["urssaf.secret.draft"].search([]))
        self.assertFalse(any(self.env["res.config.settings"].search([]).mapped("urssaf_client_id")))
        with self.assertRaises(UserError):
            self.company._urssaf_client("simulator")

    def test_neutralized_copy_speaks_for_nobody(self):
        """What somebody could do harm with goes, what the books are made of stays."""
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2b")
        self.company.write({"urssaf_mail_clients": True, "urssaf_portal_auto_register": True})
        move, request = self.sent_invoice()
        payout = self.env["urssaf.payout"].create(
            {"request_id": request.id, "sequence": 1, "amount": 60, "announced_amount": 60, "state": "to_record"}
        )
        calls = self.env["urssaf.exchange"].search([])
        self.assertTrue(any(calls.mapped("request_body")) and any(calls.mapped("response_body")))
        kept = (request.state, request.number, request.amount, self.registration.id_client, self.registration.state)
        self.neutralize()
        self.assertFalse(self.registration.iban or self.registration.bic or self.registration.bank_holder)
        self.assertEqual(calls.exists(), calls)
        self.assertFalse(any(calls.mapped("request_body")) or any(calls.mapped("response_body")))
        for name in ("urssaf_book_test_payouts", "urssaf_mail_clients", "urssaf_portal_auto_register"):
            self.assertFalse(self.company[name], name)
        self.assertEqual(
            kept,
            (request.state, request.number, request.amount, self.registration.id_client, self.registration.state),
        )
        self.assertEqual((payout.exists().amount, move.state), (60, "posted"))
