import json
import os
from contextlib import contextmanager
from unittest.mock import patch

import psycopg2
from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import serialize_exception
from odoo.modules.module import load_script
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, config, mute_logger
from odoo.tools.misc import file_path
from odoo.tools.sql import column_exists

from odoo.addons.avance_immediate import sealing
from odoo.addons.avance_immediate.models.urssaf_credentials import DatabaseTokenStore

from .test_settings import SECRET, SettingsCommon

MIGRATION = "avance_immediate/migrations/19.0.1.2.0/pre-secret.py"
HIDDEN = ("client_secret", "access_token", "token_expires_at")


class SecretCommon(SettingsCommon):
    def setUp(self):
        super().setUp()
        self.startPatcher(patch.dict(os.environ))
        os.environ.pop(sealing.VARIABLE, None)

    def rpc(self, model, method, *args, **kwargs):
        """Call a method as the web client does, as the administrator."""
        return call_kw(self.env[model].with_user(self.admin), method, args, kwargs)

    def stored(self, column, credentials=None):
        """Return what the database holds."""
        self.env.flush_all()
        query = SQL(
            "SELECT %s FROM urssaf_credentials WHERE id = %s",
            SQL.identifier(column),
            (credentials or self.credentials).id,
        )
        return self.env.execute_query(query)[0][0]

    def tables_with(self, value):
        """Return the names of the tables of the whole database that hold ``value`` in any column."""
        self.env.flush_all()
        tables = self.env.execute_query(SQL("SELECT tablename FROM pg_tables WHERE schemaname = current_schema"))
        found = []
        for (table,) in tables:
            query = SQL("SELECT 1 FROM %s row WHERE row::text LIKE %s LIMIT 1", SQL.identifier(table), f"%{value}%")
            if self.env.execute_query(query):
                found.append(table)
        return found


@tagged("post_install", "-at_install")
class TestNobodyReads(SecretCommon):
    """Secret and token go in and never come out, over any door, for an administrator neither."""

    def test_read(self):
        credentials = self.credentials.with_user(self.admin)
        self.assertTrue(credentials.has_secret)
        for name in HIDDEN:
            doors = {
                "read": lambda name=name: self.rpc("urssaf.credentials", "read", credentials.ids, [name]),
                "web_read": lambda name=name: self.rpc(
                    "urssaf.credentials", "web_read", credentials.ids, specification={name: {}}
                ),
                "search": lambda name=name: self.rpc("urssaf.credentials", "search", [(name, "!=", False)]),
                "search_read": lambda name=name: self.rpc("urssaf.credentials", "search_read", [], [name]),
                "order": lambda name=name: self.rpc("urssaf.credentials", "search", [], order=name),
                "group": lambda name=name: self.rpc(
                    "urssaf.credentials", "formatted_read_group", [], [name], ["__count"]
                ),
                "aggregate": lambda name=name: self.rpc(
                    "urssaf.credentials", "formatted_read_group", [], [], [f"{name}:max"]
                ),
                "export": lambda name=name: self.rpc("urssaf.credentials", "export_data", credentials.ids, [name]),
                "mapped": lambda name=name: credentials.mapped(name),
                "path": lambda name=name: self.rpc(
                    "urssaf.credentials", "search", [("company_id.name", "!=", False), (name, "like", "s")]
                ),
            }
            for door, open_it in doors.items():
                with self.subTest(field=name, door=door), self.assertRaises(AccessError), self.cr.savepoint():
                    open_it()
        self.assertFalse(set(HIDDEN) & self.rpc("urssaf.credentials", "fields_get").keys())
        self.assertFalse(set(HIDDEN) & self.rpc("urssaf.credentials", "read", credentials.ids)[0].keys())

    def test_not_written_directly(self):
        for values in ({"environment": "production"}, {"address": "https://example.com"}, {"client_secret": SECRET}):
            with self.subTest(values=values), self.assertRaises(AccessError), self.cr.savepoint():
                self.rpc("urssaf.credentials", "write", self.credentials.ids, values)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.rpc("urssaf.credentials", "create", {"company_id": self.company.id, "environment": "sandbox"})

    def test_moved(self):
        """What was given for one environment or company does not go along to another."""
        other = self.env["res.company"].create({"name": "Autre"})
        for values in ({"environment": "production"}, {"company_id": other.id}):
            with self.subTest(values=values):
                self.credentials.write({"client_id": "x", "client_secret": SECRET})
                self.credentials.write({"access_token": "t", "token_expires_at": 1})
                self.credentials.write(values)
                for name in ("client_id", *HIDDEN):
                    self.assertFalse(self.credentials[name], name)

    def test_stays(self):
        self.credentials.write({"environment": "simulator", "company_id": self.company.id})
        self.assertTrue(self.credentials.client_secret and self.credentials.access_token)

    def test_no_default_value(self):
        for model, name in (("res.config.settings", "urssaf_client_secret"), ("urssaf.credentials", "client_secret")):
            with self.subTest(model=model), self.assertRaises(ValidationError), self.cr.savepoint():
                self.rpc("ir.default", "set", model, name, SECRET)
        self.assertNotIn("ir_default", self.tables_with(SECRET))


@tagged("post_install", "-at_install")
class TestTyped(SecretCommon):
    """A secret between the moment when it is typed and the one when the settings are saved."""

    def store(self, **values):
        """Do what the web client does before it presses any button of the page: store what is on the screen."""
        specification = {"urssaf_client_secret": {}, "urssaf_has_secret": {}}
        [shown] = self.rpc("res.config.settings", "web_save", [], values, specification)
        self.env.invalidate_all()
        self.assertFalse(shown["urssaf_client_secret"])
        return shown["id"]

    def press_save(self, settings_id):
        self.rpc("res.config.settings", "execute", [settings_id])
        self.env.invalidate_all()

    def test_saved(self):
        settings = self.store(urssaf_client_secret=f"  {SECRET} ")
        self.assertFalse(column_exists(self.cr, "res_config_settings", "urssaf_client_secret"))
        self.assertEqual(self.tables_with(SECRET), ["urssaf_secret_draft"])
        self.press_save(settings)
        self.assertEqual(self.credentials.client_secret, SECRET)
        self.assertEqual(self.tables_with(SECRET), ["urssaf_credentials"])

    def test_another_button_first(self):
        settings = self.store(urssaf_client_secret=SECRET)
        self.rpc("res.config.settings", "action_urssaf_test_connection", [settings])
        self.assertEqual(self.credentials.client_secret, "simulator-secret", "nothing was saved")
        self.press_save(settings)
        self.assertEqual(self.credentials.client_secret, SECRET)

    def test_discarded(self):
        self.store(urssaf_client_secret=SECRET)
        self.press_save(self.store(urssaf_client_id="another"))
        self.assertRecordValues(self.credentials, [{"client_id": "another", "client_secret": "simulator-secret"}])
        self.wait(hours=2)
        self.press_save(self.store())
        self.assertEqual(self.tables_with(SECRET), [], "nobody saved it in time")

    def test_retyped(self):
        settings = self.store(urssaf_client_secret="premier-secret")
        self.rpc("res.config.settings", "web_save", [settings], {"urssaf_client_secret": SECRET}, {})
        self.press_save(settings)
        self.assertEqual(self.credentials.client_secret, SECRET)
        settings = self.store(urssaf_client_secret="premier-secret")
        self.rpc("res.config.settings", "web_save", [settings], {"urssaf_client_secret": False}, {})
        self.press_save(settings)
        self.assertEqual(self.credentials.client_secret, SECRET, "deleted before it was saved")

    def test_environment_chosen_after_it_was_typed(self):
        settings = self.store(urssaf_client_secret=SECRET)
        self.rpc("res.config.settings", "web_save", [settings], {"urssaf_environment": "sandbox"}, {})
        self.press_save(settings)
        self.assertFalse(self.credentials_of("sandbox").client_secret)
        self.assertEqual(self.credentials.client_secret, "simulator-secret")
        self.assertEqual(self.tables_with(SECRET), [])

    def test_environment_chosen_before(self):
        self.press_save(self.store(urssaf_environment="sandbox", urssaf_client_id="x", urssaf_client_secret=SECRET))
        self.assertEqual(self.credentials_of("sandbox").client_secret, SECRET)
        self.assertEqual(self.credentials.client_secret, "simulator-secret")

    def test_production_not_confirmed(self):
        settings = self.store(urssaf_environment="production", urssaf_client_id="x", urssaf_client_secret=SECRET)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.press_save(settings)
        self.env.invalidate_all()
        self.assertFalse(self.credentials_of("production").client_secret)

    def test_two_administrators(self):
        first = self.store(urssaf_client_secret="premier-secret")
        second = self.store(urssaf_client_secret=SECRET)
        self.press_save(first)
        self.assertEqual(self.credentials.client_secret, "premier-secret")
        self.press_save(second)
        self.assertEqual(self.credentials.client_secret, SECRET)

    def test_nobody_reads_the_draft(self):
        self.store(urssaf_client_secret=SECRET)
        for method, args in (
            ("search", [[]]),
            ("search_read", [[]]),
            ("read", [self.env["urssaf.secret.draft"].search([]).ids]),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError), self.cr.savepoint():
                self.rpc("urssaf.secret.draft", method, *args)

    def test_mask_is_no_secret(self):
        for mask in ("***", "********", "•••", "●●●●", "   ", "\t", "-", "••••f9a", "...."):
            with self.subTest(mask=mask):
                self.press_save(self.store(urssaf_client_secret=mask))
                self.credentials.client_secret = mask
                self.assertEqual(self.credentials.client_secret, "simulator-secret")

    def test_update_takes_it_out(self):
        """A database of a version that stored it."""
        self.env["res.config.settings"].with_user(self.admin).create({})
        self.env.flush_all()
        field = self.env["ir.model.fields"]._get("res.config.settings", "urssaf_client_secret")
        self.cr.execute("ALTER TABLE res_config_settings ADD COLUMN urssaf_client_secret varchar")
        self.cr.execute("UPDATE res_config_settings SET urssaf_client_secret = %s", [SECRET])
        self.cr.execute("INSERT INTO ir_default (field_id, json_value) VALUES (%s, %s)", [field.id, json.dumps(SECRET)])
        for _run in range(2):
            load_script(file_path(MIGRATION), "migration_secret").migrate(self.cr, "19.0.1.1.0")
        self.assertFalse(column_exists(self.cr, "res_config_settings", "urssaf_client_secret"))
        self.assertEqual(self.tables_with(SECRET), [])


class KeysCommon(SecretCommon):
    @contextmanager
    def keys(self, *keys):
        with patch.dict(os.environ, {sealing.VARIABLE: ", ".join(key.decode() for key in keys)}):
            yield

    def start(self):
        """Do what each start of the server does."""
        self.env.flush_all()
        self.env["urssaf.credentials"]._register_hook()

    @property
    def key_activities(self):
        return self.company._urssaf_key_activities()

    def assertSealedWith(self, key, column, value):
        stored = self.stored(column)
        self.assertNotIn(value, stored)
        self.assertEqual(Fernet(key).decrypt(stored.removeprefix(sealing.PREFIX).encode()).decode(), value)


@tagged("post_install", "-at_install")
class TestSealed(KeysCommon):
    """Secret and token at rest, where the server has keys."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.second = Fernet.generate_key(), Fernet.generate_key()

    def test_written(self):
        with self.keys(self.first):
            self.save(urssaf_client_secret=SECRET)
            self.assertSealedWith(self.first, "client_secret", SECRET)
            self.assertEqual(self.tables_with(SECRET), [])
            self.save(urssaf_client_secret="simulator-secret")
            with self.company._urssaf_client() as client:
                client.search(numbers=["X"])
            self.env.invalidate_all()
            self.assertTrue(self.stored("access_token").startswith(sealing.PREFIX))
            tokens = len(self.simulator.calls("token"))
            with self.company._urssaf_client() as client:
                client.search(numbers=["X"])
            self.assertEqual(len(self.simulator.calls("token")), tokens, "the sealed token serves")

    def test_typed_and_not_saved(self):
        with self.keys(self.first):
            self.settings(urssaf_client_secret=SECRET)
            self.assertEqual(self.tables_with(SECRET), [])

    def test_in_the_configuration_file(self):
        with patch.dict(config.options, {sealing.OPTION: self.first.decode()}):
            self.save(urssaf_client_secret=SECRET)
            self.assertSealedWith(self.first, "client_secret", SECRET)

    def test_start_seals_what_is_in_clear(self):
        token = self.credentials.access_token
        self.start()
        self.assertEqual(self.stored("client_secret"), "simulator-secret", "there is no key")
        with self.keys(self.first):
            self.start()
            self.assertSealedWith(self.first, "client_secret", "simulator-secret")
            self.assertSealedWith(self.first, "access_token", token)
            sealed = self.stored("client_secret")
            self.start()
            self.assertEqual(self.stored("client_secret"), sealed, "done already")
            self.assertEqual(self.company._urssaf_client()._credentials.client_secret, "simulator-secret")

    def test_key_replaced(self):
        with self.keys(self.first):
            self.start()
        with self.keys(self.second, self.first):
            self.company._urssaf_client()
            self.start()
            self.assertSealedWith(self.second, "client_secret", "simulator-secret")
        with self.keys(self.second):
            self.company._urssaf_client()

    def test_start_never_fails(self):
        """A worker that finds the row taken, or the database read-only, goes on; so does one with another key."""
        with self.keys(self.first):
            self.start()
        with self.keys(self.second), self.assertLogs("odoo.addons.avance_immediate", "WARNING"):
            self.start()
        with (
            self.keys(self.first),
            patch.object(type(self.credentials), "_seal_rows", side_effect=psycopg2.errors.ReadOnlySqlTransaction),
        ):
            self.start()

    def test_malformed_key(self):
        malformed = ("trop-courte", Fernet.generate_key().decode()[:-4], "é" * 44)
        for key in malformed:
            with self.subTest(key=key), self.keys(self.first, key.encode()):
                with self.assertLogs("odoo.addons.avance_immediate", "ERROR") as logs:
                    self.start()
                with self.assertRaises(UserError) as caught:
                    self.company._urssaf_client()
                with self.assertRaises(UserError), self.cr.savepoint():
                    self.save(urssaf_client_secret=SECRET)
                self.env.invalidate_all()
                self.assertNotIn(key, str(logs.output) + str(caught.exception))
                self.assertIsNone(caught.exception.__cause__)
                self.assertEqual(self.stored("client_secret"), "simulator-secret")
                self.assertIn("base64", self.settings().urssaf_key_problem)


@tagged("post_install", "-at_install")
class TestKeyLost(KeysCommon):
    """Without the key nothing is sent, nothing loops, one person is told once; typing the secret again fixes it."""

    def setUp(self):
        super().setUp()
        self.key = Fernet.generate_key()
        self.sent = self.sent_invoice()[1]
        with self.keys(self.key):
            self.start()
            self.env.invalidate_all()
        self.moves = self.create_service_invoice()
        for _index in range(11):  # two calls' worth
            self.moves |= self.create_service_invoice()
        self.moves.with_user(self.user)._urssaf_queue()
        self.requests = self.moves.urssaf_request_id
        self.assertEqual(set(self.requests.mapped("state")), {"queued"})

    def run_crons(self):
        for name in ("send", "refresh", "registration"):
            self.run_cron(name)

    def assertWaits(self, code):
        calls = len(self.simulator.calls("token")) + len(self.simulator.calls("send"))
        for _run in range(3):
            self.wait(hours=1)
            self.run_crons()
        self.assertEqual(set(self.requests.mapped("state")), {"queued"})
        self.assertEqual(set(self.requests.mapped("send_count")), {0})
        self.assertEqual(len(self.simulator.calls("token")) + len(self.simulator.calls("send")), calls)
        self.assertEqual(len(self.key_activities), 1)
        self.assertEqual(self.key_activities.user_id, self.user)
        self.assertFalse(self.activities(self.requests | self.sent), "one activity, not one a record")
        self.assertEqual(self.problem_codes(self.requests[0]), [code])
        self.assertIn("key", self.settings().urssaf_key_problem)
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            self.settings().action_urssaf_test_connection()
        self.assertIn("key", str(caught.exception))
        # Of an error with another name the web client says "Oops!".
        self.assertEqual(serialize_exception(caught.exception)["name"], "odoo.exceptions.UserError")

    def assertFixed(self):
        self.assertFalse(self.key_activities)
        for minutes in (60, 11):  # queued long ago: looked up twice before it goes
            self.wait(minutes=minutes)
            self.run_crons()
        self.assertEqual(set(self.requests.mapped("state")), {"sent"})
        self.assertFalse(any(self.requests.mapped("problems")))
        self.assertFalse(self.key_activities)
        self.assertFalse(self.settings().urssaf_key_problem)

    def test_missing_and_secret_typed_again(self):
        self.assertWaits("key_missing")
        self.save(urssaf_client_secret="simulator-secret")
        self.assertFixed()

    def test_wrong_and_secret_typed_again(self):
        with self.keys(Fernet.generate_key()):
            self.assertWaits("key_wrong")
            self.save(urssaf_client_secret="simulator-secret")
            self.assertTrue(self.stored("client_secret").startswith(sealing.PREFIX))
            self.assertFixed()

    def test_key_given_again(self):
        self.assertWaits("key_missing")
        with self.keys(self.key):
            self.wait(hours=1)
            self.run_crons()
            self.assertFixed()

    def test_one_environment_fixed_of_two(self):
        """What works in one environment does not close, again and again, what is told of another."""
        other = self.env["urssaf.credentials"].create({"company_id": self.company.id, "environment": "sandbox"})
        with self.keys(self.key):
            other.client_secret = SECRET
        with self.keys(Fernet.generate_key()):
            self.run_crons()
            activity = self.key_activities
            self.save(urssaf_client_secret="simulator-secret")
            self.run_crons()
            self.assertEqual(set(self.requests.mapped("state")), {"sent"})
            self.assertEqual(self.key_activities, activity)
            other.client_secret = SECRET
            self.assertFalse(self.key_activities)

    def test_token_that_no_key_opens_is_renewed(self):
        with self.keys(self.key):
            other = Fernet(Fernet.generate_key()).encrypt(b"t").decode()
            self.cr.execute(
                "UPDATE urssaf_credentials SET access_token = %s WHERE id = %s",
                [sealing.PREFIX + other, self.credentials.id],
            )
            self.run_cron("send")
            self.assertEqual(set(self.requests.mapped("state")), {"sent"})

    def test_button(self):
        with self.assertRaises(UserError), mute_logger("odoo.sql_db"):
            self.env["urssaf.send"].with_user(self.user).create({"move_ids": [(6, 0, self.moves.ids)]}).action_send()


@tagged("post_install", "-at_install")
class TestRotated(SecretCommon):
    """A token belongs to the credentials that it was obtained with, in every worker, without a restart."""

    def test_another_worker_uses_the_new_one(self):
        store = DatabaseTokenStore(self.credentials)
        self.assertTrue(store.load())
        self.save(urssaf_client_secret=SECRET)
        with self.company._urssaf_client() as client:
            self.assertEqual(client._credentials.client_secret, SECRET)

    def test_old_credentials_keep_no_token(self):
        """A call that began with the former secret ends after the new one was typed."""
        with self.company._urssaf_client() as client:
            self.save(urssaf_client_secret=SECRET)
            client.search(numbers=["X"])
        self.env.invalidate_all()
        self.assertFalse(self.credentials.access_token, "it was obtained with the former secret")
        store = DatabaseTokenStore(self.credentials)
        self.credentials.write({"access_token": "nouveau", "token_expires_at": 9e9})
        self.env.flush_all()
        self.assertEqual(store.load().access_token, "nouveau")
        self.credentials.write({"client_secret": "simulator-secret"})
        self.credentials.write({"access_token": "autre", "token_expires_at": 9e9})
        self.env.flush_all()
        self.assertIsNone(store.load(), "a token of others")


@tagged("post_install", "-at_install")
class TestCompanyFields(SecretCommon):
    """The company's settings: read by colleagues, written by administrators, and some by the settings alone."""

    @property
    def names(self):
        return [name for name in self.company._fields if name.startswith("urssaf_")]

    def test_read(self):
        portal = new_test_user(self.env, "portail", "base.group_portal", company_id=self.company.id)
        public = self.env.ref("base.public_user")
        colleague = new_test_user(self.env, "collegue", "base.group_user", company_id=self.company.id)
        for user in (portal, public):
            company = self.company.with_user(user)
            for name in self.names:
                with self.subTest(user=user.login, field=name):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        company.read([name])
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        company.search([(name, "!=", False)])
        self.assertEqual(self.company.with_user(colleague).urssaf_environment, "simulator")

    def test_access_rights_administrator_writes_none(self):
        erp_manager = new_test_user(self.env, "droits", "base.group_erp_manager", company_id=self.company.id)
        company = self.company.with_user(erp_manager)
        values = {name: company.sudo()[name] for name in self.names}
        values.update(urssaf_environment="production", urssaf_book_test_payouts=False)
        for name, value in values.items():
            value = self.company._fields[name].convert_to_write(value, company)
            with self.subTest(field=name):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    company.write({name: value})
                with self.assertRaises(AccessError), self.cr.savepoint():
                    company.create({"name": "Nouvelle", name: value})
                with self.assertRaises(AccessError), self.cr.savepoint():
                    company.write({"child_ids": [(0, 0, {"name": "Agence", name: value})]})
        company.write({"sequence": 5})

    def test_administrator_goes_through_the_settings(self):
        for values in ({"urssaf_environment": "production"}, {"urssaf_book_test_payouts": True}):
            with self.subTest(values=values), self.assertRaises(AccessError) as caught, self.cr.savepoint():
                self.rpc("res.company", "write", self.company.ids, values)
            self.assertIn("settings", str(caught.exception))
        self.rpc("res.company", "write", self.company.ids, {"urssaf_send_by_default": True})
        self.save(urssaf_book_test_payouts=False)
        self.assertFalse(self.company.urssaf_book_test_payouts)
        self.assertTrue(self.company.urssaf_send_by_default)

    def test_stored_settings_are_not_saved_ones(self):
        self.company.urssaf_book_test_payouts = False
        settings = self.settings(urssaf_book_test_payouts=True)
        settings.action_urssaf_test_connection()
        self.assertFalse(self.company.urssaf_book_test_payouts)

    def test_default_values_switch_nothing_on(self):
        defaults = self.env["ir.default"]
        defaults.set("res.company", "urssaf_environment", "production")
        defaults.set("res.company", "urssaf_book_test_payouts", True)
        defaults.set("res.company", "urssaf_portal_auto_register", True)
        defaults.set("res.config.settings", "urssaf_environment", "production")
        defaults.set("res.config.settings", "urssaf_confirm_production", True)
        defaults.set("res.config.settings", "urssaf_portal_auto_register", True, user_id=self.admin.id)
        company = self.env["res.company"].with_user(self.admin).create({"name": "Nouvelle"}).sudo()
        self.assertFalse(company.urssaf_environment or company.urssaf_book_test_payouts)
        self.assertFalse(company.urssaf_portal_auto_register)
        self.assertEqual(company.urssaf_absence_minutes, 10)
        self.save()
        self.assertEqual(self.company.urssaf_environment, "simulator")
        self.assertFalse(self.company.urssaf_portal_auto_register)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.save(urssaf_environment="production")
        settings = self.env["res.config.settings"].with_user(self.admin)
        shown = settings.with_context(default_urssaf_confirm_production=True).default_get(["urssaf_confirm_production"])
        self.assertFalse(shown.get("urssaf_confirm_production"))
