from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.avance_immediate.urssaf.tiers_prestation.client import UrssafClient

from .common import UrssafCommon
from .portal import PAGE, PortalCommon

OTHER_IBAN = "FR14 2004 1010 0505 0001 3M02 606"


@tagged("post_install", "-at_install")
class TestConsent(UrssafCommon):
    """A consent says who, when, how and to which values, and is never changed."""

    def setUp(self):
        super().setUp()
        self.consent = self.registration.consent_ids

    def test_recorded_by_the_employee(self):
        self.assertRecordValues(
            self.consent, [{"user_id": self.user.id, "origin": "employee", "is_bound": True, "is_over": False}]
        )
        self.assertTrue(self.consent.text and self.consent.text_version)
        self.assertEqual(self.registration.consent_user_id, self.user)

    def test_never_changed(self):
        for user in (self.user, self.manager):
            for operation in ("write", "unlink", "create"):
                argument = [{"date": datetime.now()}] if operation == "write" else []
                argument = [[{"registration_id": self.registration.id}]] if operation == "create" else argument
                with self.subTest(user=user.login, operation=operation), self.assertRaises(UserError):
                    getattr(self.consent.with_user(user), operation)(*argument)
        for values in (
            {"date": datetime.now()},
            {"user_id": self.manager.id},
            {"origin": "client"},
            {"text": "oui"},
            {"fingerprints": {"email": "x"}},
            {"is_over": False},
            {"salt": False, "date": False},
        ):
            with self.subTest(values=[*values]), self.assertRaisesRegex(UserError, "never changed"):
                self.consent.write(values)
        with self.assertRaisesRegex(UserError, "is kept"):
            self.consent.unlink()

    def test_values_cannot_be_guessed_from_it(self):
        for name in ("salt", "fingerprints"):
            for user in (self.user, self.manager, self.env.ref("base.user_admin")):
                with self.subTest(name=name, user=user.login), self.assertRaises(AccessError):
                    self.consent.with_user(user).read([name])
        kept = {name: self.consent[name] for name in ("salt", "fingerprints")}
        other = self.registration._record_consent("employee", "")
        self.assertNotEqual(other.salt, kept["salt"], "each has its own")
        self.assertFalse(set(other.fingerprints.values()) & set(kept["fingerprints"].values()))
        self.assertNotIn("durand", str(kept["fingerprints"]))

    def test_what_is_the_same_is_no_change(self):
        self.registration.write(
            {"email": " Jeanne.DURAND@example.com", "iban": "fr7630006000011234567890189", "bic": "agrifrpp"}
        )
        self.client.write({"urssaf_birth_name": "DURAND", "urssaf_first_names": "jeanne"})
        self.assertFalse(self.registration.consent_changes)

    def test_each_value(self):
        changes = {
            "email": "autre@example.com",
            "iban": OTHER_IBAN,
            "bic": "PSSTFRPPPAR",
            "bank_holder": "M. Voleur",
            "birth_name": "Voleur",
            "usage_name": "Petit",
            "first_names": "Jeanne Anne",
        }
        for name, value in changes.items():
            with self.subTest(field=name), self.cr.savepoint() as savepoint:
                self.registration.write({name: value})
                self.assertEqual(self.registration._fields_changed_since_consent(), [name])
                self.assertTrue(self.registration.consent_changes)
                self.assertNotIn(value, self.registration.consent_changes, "the field, never its value")
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_registered_client_changes(self):
        """No invoice is held up: a line without values, and a warning."""
        self.client.with_user(self.user).urssaf_birth_name = "Voleur"
        [message] = self.registration.message_ids[:1]
        self.assertIn("Birth name", message.body)
        self.assertNotIn("Voleur", message.body)
        self.assertEqual(self.registration.with_user(self.user).consent_changes, "Birth name")
        self.client.with_user(self.user).urssaf_first_names = "Anne"
        self.assertIn("First names", self.registration.message_ids[0].body)
        self.assertNotIn("Birth name", self.registration.message_ids[0].body, "told once")
        move, request = self.sent_invoice()
        self.assertEqual((move.urssaf_state, request.state), ("sent", "sent"))

    def test_who_came_before_the_fingerprints(self):
        """Is shown as such, and not asked again."""
        self.cr.execute("UPDATE urssaf_consent SET salt = NULL, fingerprints = NULL, text_version = NULL")
        self.env.invalidate_all()
        self.client.urssaf_birth_name = "Voleur"
        self.assertFalse(self.registration.consent_changes)
        self.assertFalse(self.consent.is_bound)

    def test_left(self):
        """Who has left consents anew, whoever recorded it."""
        self.simulator.person_step(self.registration, "break_link")
        self.registration.with_user(self.user).action_refresh()
        self.assertEqual((self.registration.state, self.consent.is_over), ("ended", True))
        with self.assertRaisesRegex(UserError, "consent is missing"), self.cr.savepoint():
            self.registration._register_client()
        self.consent_and_register(self.registration)
        self.assertEqual(len(self.registration.consent_ids), 2)

    def test_changed_while_it_leaves(self):
        """Between the check of the consent and the call a colleague renames the contact: what was checked goes."""
        paul = self.create_client(name="Paul Martin", email="paul@example.com", urssaf_birth_name="Martin")
        registration = self.prepare(paul)
        commit, register, sent = type(registration)._commit, UrssafClient.register, []

        def commit_then_change(records):
            commit(records)
            if records.state == "sending":
                paul.with_user(self.user).urssaf_birth_name = "Voleur"

        def note(client, person):
            sent.append(person.birth_name)
            return register(client, person)

        self.patch(type(registration), "_commit", commit_then_change)
        self.patch(UrssafClient, "register", note)
        self.consent_and_register(registration)
        self.assertEqual((sent, registration.state), (["Martin"], "waiting"))
        self.assertEqual(registration.consent_changes, "Birth name")


@tagged("post_install", "-at_install")
class TestConsentOnThePortal(PortalCommon):
    """What the client agreed to on the portal is what is sent, or somebody agrees again."""

    def window(self, registration):
        action = registration.with_user(self.user).action_register()
        return self.env["urssaf.register"].with_user(self.user).browse(action["res_id"])

    def test_values_replaced_by_an_employee(self):
        """The e-mail address, the account, the names: the window no longer says that the client agreed."""
        registration = self.ask()
        self.assertEqual((registration.consent_ids.origin, registration.consent_by_client), ("client", True))
        registration.with_user(self.user).write(
            {"email": "voleur@example.com", "iban": OTHER_IBAN, "bic": "PSSTFRPPPAR", "birth_name": "Voleur"}
        )
        window = self.window(registration)
        self.assertFalse(window.consent_by_client or window.has_consent)
        self.assertEqual(window.consent_changes, "Birth name, Email, IBAN, BIC")
        with self.assertRaisesRegex(UserError, "Tick the consent"), self.cr.savepoint():
            window.action_register()
        self.assertFalse(self.simulator.calls("register")[1:])
        window.has_consent = True
        window.action_register()
        self.assertEqual(registration.state, "waiting")
        self.assertRecordValues(
            registration.consent_ids,
            [{"user_id": self.user.id, "origin": "employee"}, {"user_id": self.portal_user.id, "origin": "client"}],
        )

    def test_not_around_the_window(self):
        registration = self.ask()
        registration.with_user(self.user).email = "voleur@example.com"
        with self.assertRaisesRegex(UserError, "agreed to other values"), self.cr.savepoint():
            registration._register_client()
        self.assertFalse(self.simulator.calls("register")[1:])

    def test_scheduled_action(self):
        self.register_by_themselves()
        registration = self.ask()
        registration.with_user(self.user).iban = OTHER_IBAN
        self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(self.problem_codes(registration), ["consent_changed"])
        self.assertFalse(self.simulator.calls("register")[1:])
        self.wait(days=1)
        self.run_cron("registration")
        self.assertFalse(self.simulator.calls("register")[1:], "a person decides")

    def test_client_agrees_again(self):
        registration = self.ask()
        registration.with_user(self.user).email = "claire.durand@example.com"
        page = self.page()
        self.assertIn("Look at your details again", self.text(page))
        self.assertIn("Email", self.text(page))
        self.assertEqual(self.value(page, "email"), ["claire.durand@example.com"], "the form is open")
        self.ask(email="claire.durand@example.com", iban="", bic="")
        self.assertFalse(registration.consent_changes)
        window = self.window(registration)
        self.assertTrue(window.has_consent)
        window.action_register()
        self.assertEqual(registration.state, "waiting")
        self.assertEqual(registration.consent_user_id, self.portal_user)
        self.assertEqual(len(registration.consent_ids), 2)

    def test_what_is_not_agreed_to(self):
        """The day of birth or the address can be corrected without a word: no debit or message goes elsewhere."""
        registration = self.ask()
        registration.with_user(self.user).write({"birth_date": date(1985, 5, 3), "address_number": "13"})
        self.assertTrue(self.window(registration).has_consent)
        self.assertEqual(self.state(self.page(PAGE)), ["to_register"])
