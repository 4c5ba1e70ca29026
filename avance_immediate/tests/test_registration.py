from datetime import datetime, timedelta

from lxml import html

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.avance_immediate import catalogue, wording
from odoo.addons.avance_immediate.urssaf.tiers_prestation import codes

from .common import UrssafCommon

LINKED = "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE"


class RegistrationCommon(UrssafCommon):
    def setUp(self):
        super().setUp()
        self.partner = self.create_client(
            name="Paul Martin", urssaf_birth_name="Martin", urssaf_first_names="Paul", email="paul@example.com"
        )
        self.paul = self.prepare(self.partner, mobile="0611223344", email="paul@example.com")
        # The scheduled action has the clients of each test to ask about, and no other.
        self.registration.next_try_at = False

    def refresh(self, registration):
        registration.with_user(self.user).action_refresh()

    def known_names(self):
        return [person["nomNaissance"] for person in self.simulator.persons()]


@tagged("post_install", "-at_install")
class TestRegistering(RegistrationCommon):
    """Registering: with consent, once, and what each answer means."""

    def test_consent(self):
        wizard = self.env["urssaf.register"].with_user(self.user).create({"registration_id": self.paul.id})
        self.assertIn("Paul Martin", wizard.consent_text)
        self.assertIn(self.company.name, wizard.consent_text)
        with self.assertRaises(UserError):
            wizard.action_register()
        self.assertEqual(self.paul.state, "to_register")
        self.assertNotIn("Martin", self.known_names())
        wizard.has_consent = True
        wizard.action_register()
        self.assertEqual(self.paul.state, "waiting")
        self.assertRecordValues(
            self.paul,
            [
                {
                    "consent_date": datetime.now(),
                    "consent_user_id": self.user.id,
                    "consent_text": wizard.consent_text,
                    "sent_at": datetime.now(),
                }
            ],
        )

    def test_no_way_around_the_consent(self):
        with self.assertRaises(UserError):
            self.paul._register_client()
        self.assertNotIn("Martin", self.known_names())

    def test_button_opens_the_window(self):
        action = self.paul.with_user(self.user).action_register()
        self.assertEqual(action["res_model"], "urssaf.register")
        for state in ("sending", "uncertain", "waiting", "active", "blocked"):
            self.paul.state = state
            with self.subTest(state=state), self.assertRaises(UserError):
                self.paul.with_user(self.user).action_register()

    def test_incomplete_is_not_sent(self):
        self.paul.with_user(self.user).iban = False
        with self.assertRaises(UserError):
            self.consent_and_register(self.paul)
        self.assertEqual(self.paul.state, "to_complete")
        self.assertNotIn("Martin", self.known_names())

    def test_registered(self):
        self.consent_and_register(self.paul)
        person = next(person for person in self.simulator.persons() if person["nomNaissance"] == "Martin")
        self.assertEqual((self.paul.state, self.paul.id_client), ("waiting", person["idClient"]))
        self.assertEqual(person["prenoms"], "Paul")
        self.assertFalse(self.activities(self.paul))
        with self.assertRaises(UserError):
            self.consent_and_register(self.paul)
        self.assertEqual(len(self.simulator.calls("register")), 2, "one for each client of this test")

    def test_refused_by_each_code(self):
        refusals = [code for code in catalogue.REGISTRATION_ERRORS if not codes.may_be_held([code])]
        self.assertGreater(len(refusals), 20)
        for code in [*refusals, "ERR_NOUVEAU_CODE"]:
            with self.subTest(code=code):
                self.simulator.call("POST", "registrations/next", codes=[code])
                self.consent_and_register(self.paul)
                self.assertEqual(self.paul.state, "refused")
                self.assertEqual(self.problem_codes(self.paul), [code])
                words = wording.as_text(self.env, self.paul.problems)
                self.assertGreater(len(words), 30)
                unknown = catalogue.lookup("error", code)[0] is catalogue.UNKNOWN_ERROR.matter
                self.assertEqual(unknown, code == "ERR_NOUVEAU_CODE")
                self.assertEqual(len(self.activities(self.paul)), 1)
        self.assertNotIn("Martin", self.known_names())

    def test_refused_for_several_reasons(self):
        both = ["ERR_CONTACT", "ERR_COORDONNEES_BANCAIRES"]
        self.simulator.call("POST", "registrations/next", codes=both)
        self.consent_and_register(self.paul)
        self.assertEqual(self.problem_codes(self.paul), both)
        shown = html.fromstring(self.paul.with_user(self.user).problem_html)
        self.assertEqual(len(shown.xpath("descendant-or-self::ul/li")), 2)

    def test_refused_then_corrected(self):
        self.partner.with_user(self.user).urssaf_birth_name = "Martin-Inconnu"
        self.consent_and_register(self.paul)
        self.assertEqual((self.paul.state, self.problem_codes(self.paul)), ("refused", ["ERR_DGFIP_R2P_INCONNU"]))
        self.partner.with_user(self.user).urssaf_birth_name = "Martin"
        self.paul.with_user(self.user).email = "paul.martin@example.com"
        self.consent_and_register(self.paul)
        self.assertEqual(self.paul.state, "waiting")
        self.assertFalse(self.paul.problems)
        self.assertFalse(self.activities(self.paul), "the activity closes itself")

    def test_not_accepted(self):
        for fault in ("403", "429"):
            with self.subTest(fault=fault):
                self.simulator.fault("register", fault)
                self.consent_and_register(self.paul)
                self.assertEqual(self.paul.state, "to_register")
                self.assertEqual(len(self.paul.problems), 1)
                self.assertEqual(len(self.activities(self.paul)), 1)
        self.assertNotIn("Martin", self.known_names())
        self.consent_and_register(self.paul)
        self.assertEqual(self.paul.state, "waiting")
        self.assertFalse(self.activities(self.paul))

    def test_token_refused_once(self):
        self.simulator.fault("register", "401")
        self.consent_and_register(self.paul)
        self.assertEqual(self.paul.state, "waiting")

    def test_no_credentials(self):
        self.credentials.client_secret = False
        with self.assertRaises(UserError), self.cr.savepoint():
            self.consent_and_register(self.paul)
        self.env.invalidate_all()
        self.assertEqual(self.paul.state, "to_register")
        self.assertEqual(len(self.simulator.calls("register")), 1)


@tagged("post_install", "-at_install")
class TestLostAnswer(RegistrationCommon):
    """No answer: Urssaf is asked by e-mail, and nothing is sent again by itself."""

    def test_accepted(self):
        for fault in ("cut_after", "empty_200", "truncated"):
            with self.subTest(fault=fault):
                name = f"Martin-{fault.replace('_', '-').replace('200', '').strip('-')}"
                partner = self.create_client(
                    name=name, urssaf_birth_name=name, urssaf_first_names="Léa", email=f"{fault}@example.com"
                )
                registration = self.prepare(partner, email=f"{fault}@example.com", mobile="0677889900")
                self.simulator.fault("register", fault)
                self.consent_and_register(registration)
                self.assertEqual(registration.state, "uncertain")
                calls = len(self.simulator.calls("register"))
                self.run_cron("registration")
                self.assertEqual(registration.state, "waiting")
                held = [person["idClient"] for person in self.simulator.persons() if person["nomNaissance"] == name]
                self.assertEqual([registration.id_client], held)
                self.assertEqual(len(self.simulator.calls("register")), calls)
                self.assertFalse(registration.problems)

    def test_never_arrived(self):
        self.simulator.fault("register", "cut_before")
        self.consent_and_register(self.paul)
        self.run_cron("registration")
        self.assertEqual(self.paul.state, "uncertain", "one answer proves nothing")
        self.wait(minutes=9)
        self.run_cron("registration")
        self.assertEqual(self.paul.state, "uncertain", "too early to ask again")
        self.wait(minutes=2)
        self.run_cron("registration")
        self.assertEqual((self.paul.state, self.problem_codes(self.paul)), ("to_register", ["register_again"]))
        self.assertEqual(len(self.activities(self.paul)), 1)
        for _day in range(3):
            self.wait(days=1)
            self.run_cron("registration")
        self.assertEqual(self.paul.state, "to_register")
        self.assertEqual(len(self.simulator.calls("register")), 2, "never sent by itself")
        self.consent_and_register(self.paul)
        self.assertEqual(self.paul.state, "waiting")
        self.assertFalse(self.activities(self.paul))

    def test_shown_late(self):
        """Urssaf shows it at the second look only."""
        self.simulator.fault("register", "cut_after")
        self.consent_and_register(self.paul)
        self.simulator.fault("status", "refuse_all", code="ERR_RECHERCHE_PARTICULIER")
        self.run_cron("registration")
        self.assertTrue(self.paul.absent_since)
        self.wait(minutes=11)
        self.run_cron("registration")
        self.assertEqual(self.paul.state, "waiting")
        self.assertFalse(self.paul.absent_since)

    def test_no_answer_to_the_question_either(self):
        self.simulator.fault("register", "cut_after")
        self.consent_and_register(self.paul)
        for fault in ("503", "empty_400", "html"):
            with self.subTest(fault=fault):
                self.simulator.fault("status", fault, times=3)
                self.run_cron("registration")
                self.assertEqual(self.paul.state, "uncertain")
                self.assertFalse(self.paul.absent_since)
                self.wait(hours=1)
        self.run_cron("registration")
        self.assertEqual(self.paul.state, "waiting")

    def test_another_error_is_no_absence(self):
        self.simulator.fault("register", "cut_after")
        self.consent_and_register(self.paul)
        for _time in range(2):
            self.simulator.fault("status", "refuse_all", code="ERR_CONTACT")
            self.run_cron("registration")
            self.wait(hours=1)
        self.assertEqual(self.paul.state, "uncertain")
        self.assertFalse(self.paul.absent_since)

    def test_other_person_under_this_address(self):
        self.paul.with_user(self.user).email = self.registration.email
        self.simulator.fault("register", "cut_before")
        self.consent_and_register(self.paul)
        self.run_cron("registration")
        self.assertEqual((self.paul.state, self.problem_codes(self.paul)), ("uncertain", ["other_person"]))
        self.assertFalse(self.paul.id_client)
        self.assertEqual(len(self.activities(self.paul)), 1)
        self.wait(days=1)
        asked = len(self.simulator.calls("status"))
        self.run_cron("registration")
        self.assertEqual(len(self.simulator.calls("status")), asked, "a person looks first")

    def test_other_person_is_cleared_up_and_registered(self):
        self.test_other_person_under_this_address()
        self.paul.with_user(self.user).action_start_over()
        self.assertEqual(self.paul.state, "to_register")
        self.assertFalse(self.activities(self.paul))
        self.paul.with_user(self.user).email = "paul@example.com"
        self.consent_and_register(self.paul)
        self.assertEqual(self.paul.state, "waiting")

    def test_only_what_is_uncertain_starts_over(self):
        self.registration.with_user(self.user).action_start_over()
        self.assertEqual(self.registration.state, "active")

    def test_names_agree_without_accents(self):
        self.partner.with_user(self.user).write({"urssaf_birth_name": "d'Étain", "urssaf_first_names": "René Paul"})
        self.simulator.fault("register", "cut_after")
        self.consent_and_register(self.paul)
        self.partner.with_user(self.user).write({"urssaf_birth_name": "D ETAIN", "urssaf_first_names": "Rene"})
        self.run_cron("registration")
        self.assertEqual(self.paul.state, "waiting")

    def test_linked_already(self):
        """Registered with Urssaf by other means: it is found by e-mail."""
        self.consent_and_register(self.paul)
        id_client = self.paul.id_client
        self.env.cr.execute(
            "UPDATE urssaf_registration SET state = 'to_register', id_client = NULL WHERE id = %s", self.paul.ids
        )
        self.env.invalidate_all()
        self.consent_and_register(self.paul)
        self.assertEqual((self.paul.state, self.problem_codes(self.paul)), ("uncertain", [LINKED]))
        self.run_cron("registration")
        self.assertEqual((self.paul.state, self.paul.id_client), ("waiting", id_client))
        self.assertFalse(self.paul.problems)

    def test_technical_error_is_looked_up(self):
        self.simulator.call("POST", "registrations/next", codes=["ERREUR_TECHNIQUE"])
        self.consent_and_register(self.paul)
        self.assertEqual(self.paul.state, "uncertain")

    def test_worker_died(self):
        """What is found "being sent", and locked by nobody, belongs to a process that died."""
        self.consent_and_register(self.paul)
        id_client = self.paul.id_client
        self.env.cr.execute(
            "UPDATE urssaf_registration SET state = 'sending', id_client = NULL WHERE id = %s", self.paul.ids
        )
        self.env.invalidate_all()
        self.run_cron("registration")
        self.assertEqual((self.paul.state, self.paul.id_client), ("waiting", id_client))
        self.assertEqual(len(self.simulator.calls("register")), 2)


@tagged("post_install", "-at_install")
class TestFollowingClients(RegistrationCommon):
    """What Urssaf says of a client afterwards."""

    def step(self, action):
        self.simulator.person_step(self.registration, action)
        self.refresh(self.registration)

    def test_waiting_then_active_automatically(self):
        self.consent_and_register(self.paul)
        self.run_cron("registration")
        self.assertEqual(self.paul.state, "waiting")
        self.simulator.person_step(self.paul, "activate")
        self.run_cron("registration")
        self.assertEqual(self.paul.state, "waiting", "not asked again at once")
        self.wait(hours=5)
        self.run_cron("registration")
        self.assertEqual(self.paul.state, "active")
        self.assertEqual(self.paul.active_since, datetime.now() - timedelta(hours=5))

    def test_activation_is_the_time_in_france(self):
        summer, winter, change = (
            datetime(2026, 7, 1, 22, 30),
            datetime(2026, 12, 31, 23, 30),
            datetime(2027, 3, 28, 0, 59),
        )
        for name, moment in (("Été", summer), ("Hiver", winter), ("Printemps", change)):
            with self.subTest(moment=moment):
                self.travel_to(moment)
                email = f"client{moment:%m}@example.com"
                partner = self.create_client(name=name, urssaf_birth_name=name, email=email)
                registration = self.activate(self.register(partner, email=email, mobile=f"06{moment:%y%m%d}09"))
                self.assertEqual(registration.active_since, moment)

    def test_blocked_and_unblocked(self):
        self.step("block")
        self.assertEqual(self.registration.state, "blocked")
        self.assertEqual(self.problem_codes(self.registration), ["client_blocked"])
        self.assertEqual(len(self.activities(self.registration)), 1)
        self.refresh(self.registration)
        self.assertEqual(len(self.activities(self.registration)), 1)
        self.step("unblock")
        self.assertEqual(self.registration.state, "active")
        self.assertFalse(self.registration.problems or self.activities(self.registration))

    def test_mandate(self):
        self.step("expire_mandate")
        self.assertEqual((self.registration.state, self.registration.urssaf_status), ("blocked", "MANDAT_ECHU"))
        self.step("renew_mandate")
        self.assertEqual(self.registration.state, "active")

    def test_left_and_back(self):
        self.step("break_link")
        self.assertEqual(self.registration.state, "ended")
        self.assertEqual(self.problem_codes(self.registration), ["client_left"])
        self.step("restore_link")
        self.assertEqual(self.registration.state, "active")
        self.assertFalse(self.activities(self.registration))

    def test_left_and_registered_again(self):
        self.step("break_link")
        self.consent_and_register(self.registration)
        self.assertEqual(self.registration.state, "waiting")
        self.assertFalse(self.registration.active_since, "the new activation counts")

    def test_left_and_registered_again_without_an_answer(self):
        self.step("break_link")
        self.simulator.fault("register", "cut_before")
        self.consent_and_register(self.registration)
        self.assertEqual(self.registration.state, "uncertain")
        for _time in range(2):
            self.run_cron("registration")
            self.wait(minutes=11)
        self.assertEqual(self.problem_codes(self.registration), ["register_again"])
        self.assertEqual(self.registration.state, "to_register")

    def test_link_that_died(self):
        self.consent_and_register(self.paul)
        self.simulator.person_step(self.paul, "not_finalised")
        self.refresh(self.paul)
        self.assertEqual((self.paul.state, self.paul.urssaf_status), ("waiting", "APPAREILLAGE_NF"))
        self.simulator.person_step(self.paul, "resend_link")
        self.simulator.person_step(self.paul, "activate")
        self.refresh(self.paul)
        self.assertEqual(self.paul.state, "active")

    def test_unreachable(self):
        state, checked = self.registration.state, self.registration.last_check_at
        self.simulator.fault("status", "503", times=3)
        self.refresh(self.registration)
        self.assertEqual((self.registration.state, self.registration.last_check_at), (state, checked))
        self.assertGreater(self.registration.next_try_at, datetime.now())

    def test_one_bad_record_does_not_stop_the_others(self):
        self.consent_and_register(self.paul)
        self.simulator.person_step(self.paul, "activate")
        checked = self.registration.last_check_at
        self.registration.next_try_at = datetime.now() - timedelta(hours=1)
        self.paul.next_try_at = datetime.now()
        self.simulator.fault("status", "empty_200", times=3)
        self.run_cron("registration")
        self.assertEqual(self.registration.last_check_at, checked)
        self.assertEqual(self.paul.state, "active")
