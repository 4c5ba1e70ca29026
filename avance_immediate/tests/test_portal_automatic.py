from datetime import datetime

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .portal import PortalCommon

UNKNOWN = "ERR_DGFIP_R2P_INCONNU"


@tagged("post_install", "-at_install")
class TestAutomatic(PortalCommon):
    """Whoever can sign up cannot ask the tax administration about as many people as they like."""

    def setUp(self):
        super().setUp()
        self.register_by_themselves()

    def tries(self, client="Claire", times=1):
        """Ask ``times`` times, each with another identity, which Urssaf does not know."""
        for number in range(times):
            self.simulator.call("POST", "registrations/next", codes=[UNKNOWN])
            registration = self.ask(first_names=f"{client}{'abcdefghijklm'[number]}")
            self.run_cron("registration")
        return registration

    def registered(self):
        return len(self.simulator.calls("register")) - 1  # that of the other client

    def test_identities_in_a_row(self):
        registration = self.tries(times=3)
        self.assertEqual((registration.state, self.registered()), ("refused", 3))
        for number in range(9):
            self.ask(first_names=f"Autre{'abcdefghijklm'[number]}")
            self.run_cron("registration")
        self.assertEqual((registration.state, self.registered()), ("to_register", 3))
        self.assertEqual(self.problem_codes(registration), ["portal_too_often"])
        self.assertEqual(len(self.activities(registration)), 1)
        self.assertEqual(registration.attempt_ids.mapped("is_automatic"), [True] * 3)

    def test_the_next_day(self):
        self.tries(times=3)
        self.wait(hours=25)
        registration = self.tries()
        self.assertEqual((registration.state, self.registered()), ("refused", 4))

    def test_with_several_companies(self):
        """The tries of a client count together, whichever company they were made with."""
        other = self.env["res.company"].create({"name": "Autre", "country_id": self.env.ref("base.fr").id})
        attempts = [
            Command.create({"date": datetime.now(), "outcome": "refused", "is_automatic": True}) for _ in range(3)
        ]
        values = {"partner_id": self.claire.id, "company_id": other.id, "environment": "simulator"}
        with_other = self.env["urssaf.registration"].create({**values, "attempt_ids": attempts})
        registration = self.ask() - with_other
        self.run_cron("registration")
        self.assertEqual((registration.state, self.registered()), ("to_register", 0))
        self.assertEqual(self.problem_codes(registration), ["portal_too_often"])

    def test_a_person_goes_on(self):
        registration = self.tries(times=3)
        self.ask(first_names="Claire")
        self.run_cron("registration")
        self.consent_and_register(registration)
        self.assertEqual((registration.state, self.registered()), ("waiting", 4))
        self.assertFalse(registration.attempt_ids[0].is_automatic)

    def test_those_of_a_person_do_not_count(self):
        registration = self.ask()
        for _time in range(3):
            self.simulator.call("POST", "registrations/next", codes=[UNKNOWN])
            self.consent_and_register(registration)
        self.assertEqual(registration.state, "refused")
        self.ask(first_names="Claire")
        self.run_cron("registration")
        self.assertEqual(registration.state, "waiting")

    def test_what_was_turned_away_does_not_count(self):
        """An outage of an hour: Urssaf was asked nothing about anybody, and it goes by itself afterwards."""
        self.company.urssaf_portal_limit = 2
        for _time in range(4):
            self.simulator.fault("register", "429", retry_after=60)
        registration = self.ask()
        for _time in range(5):
            self.run_cron("registration")
            self.wait(minutes=16)
        self.assertEqual(registration.state, "waiting", registration.problems)
        self.assertEqual(registration.attempt_ids.mapped("outcome"), ["accepted", *["not_sent"] * 4])

    def test_whole_company(self):
        self.company.urssaf_portal_limit = 2
        self.tries(times=2)
        paul = self.env["res.partner"].create({"name": "Paul Petit", "email": "paul.petit@example.com"})
        self.create_portal_user("paul", paul)
        self.authenticate("paul", "paul")
        self.post(email="paul.petit@example.com", mobile="06 11 22 33 45")
        registration = self.registration_of(paul)
        self.run_cron("registration")
        self.assertEqual((registration.state, self.registered()), ("to_register", 2))
        self.assertEqual(self.problem_codes(registration), ["portal_too_many"])

    def test_a_date_says_nothing_of_it(self):
        """Who was asked for while a person confirmed each is confirmed, whatever is set since."""
        self.company.urssaf_portal_auto_register = False
        registration = self.ask()
        self.assertFalse(registration.auto_register)
        registration.next_try_at = datetime.now()
        self.company.urssaf_portal_auto_register = True
        self.run_cron("registration")
        self.assertEqual((registration.state, self.registered()), ("to_register", 0))

    def test_once(self):
        registration = self.ask()
        self.assertTrue(registration.auto_register)
        self.run_cron("registration")
        self.assertRecordValues(registration, [{"state": "waiting", "auto_register": False}])

    def test_attempt_is_written_before_it_leaves(self):
        """A process that dies during the call has used up one of the three."""
        registration = self.ask()
        self.patch(type(registration), "_call_register", lambda *_args: None)
        self.run_cron("registration")
        self.assertRecordValues(registration.attempt_ids, [{"outcome": "unknown", "is_automatic": True}])


@tagged("post_install", "-at_install")
class TestFreeSignUp(PortalCommon):
    """Automatic registration and the free sign-up exclude each other, whichever is set last."""

    def sign_up(self, scope):
        self.env["ir.config_parameter"].sudo().set_param("auth_signup.invitation_scope", scope)

    def test_sign_up_last(self):
        self.register_by_themselves()
        with self.assertRaisesRegex(ValidationError, "anybody could sign up"), self.cr.savepoint():
            self.sign_up("b2c")
        settings = self.env["res.config.settings"].create({"auth_signup_uninvited": "b2c"})
        with self.assertRaisesRegex(ValidationError, "anybody could sign up"), self.cr.savepoint():
            settings.execute()

    def test_registering_last(self):
        self.sign_up("b2c")
        with self.assertRaisesRegex(ValidationError, "anybody could sign up"), self.cr.savepoint():
            self.company.urssaf_portal_auto_register = True
        with self.assertRaisesRegex(ValidationError, "anybody could sign up"), self.cr.savepoint():
            self.env["res.company"].create({"name": "Autre", "urssaf_portal_auto_register": True})
        self.sign_up("b2b")
        self.company.urssaf_portal_auto_register = True
        self.assertTrue(self.company.urssaf_portal_auto_register)

    def test_both_stand_already(self):
        """From before, or beside the settings: it pauses, and says so."""
        self.register_by_themselves()
        registration = self.ask()
        self.cr.execute("UPDATE ir_config_parameter SET value = 'b2c' WHERE key = 'auth_signup.invitation_scope'")
        self.env.registry.clear_cache("stable")
        self.env.invalidate_all()
        self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(self.problem_codes(registration), ["portal_sign_up_free"])
        self.assertFalse(registration.next_try_at and registration.next_try_at <= datetime.now())
        self.assertFalse(self.simulator.calls("register")[1:])
