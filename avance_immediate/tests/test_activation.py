from datetime import timedelta

from odoo.tests import tagged

from .common import NOW, UrssafCommon


@tagged("post_install", "-at_install")
class TestActivation(UrssafCommon):
    """Nobody has to remember to look whether a client activated the account."""

    def setUp(self):
        super().setUp()
        self.person = self.create_client(
            name="Paul Martin", email="paul.martin@example.com", urssaf_birth_name="Martin"
        )
        self.waiting = self.register(self.person, mobile="0611121314")

    def follow(self, days):
        self.travel_to(NOW + timedelta(days=days, minutes=5))
        self.run_cron("registration")

    def test_reminded_on_day_3_before_day_7_and_after(self):
        self.assertEqual(self.waiting.state, "waiting")
        self.assertEqual(self.waiting.activation_deadline, (NOW + timedelta(days=7)).date())
        for day, codes in ((2, []), (3, ["activation_late"]), (6, ["link_expires"]), (7, ["link_dead"])):
            self.follow(day)
            self.assertEqual(self.problem_codes(self.waiting), codes, f"day {day}")
            self.assertEqual(len(self.activities(self.waiting)), len(codes), "one activity, brought up to date")

    def test_activation_closes_the_reminder(self):
        self.follow(4)
        self.assertTrue(self.activities(self.waiting))
        self.simulator.person_step(self.waiting, "activate")
        self.follow(5)
        self.assertEqual(self.waiting.state, "active")
        self.assertFalse(self.activities(self.waiting))
        self.assertFalse(self.waiting.activation_deadline)

    def test_refreshing_several_tells_how_many(self):
        self.simulator.person_step(self.waiting, "activate")
        other = self.prepare(self.create_client(name="Anne Petit", email="anne@example.com"), email="anne@example.com")
        action = (self.waiting + other).with_user(self.user).action_refresh()
        self.assertEqual(self.waiting.state, "active")
        self.assertIn("1 of 2", action["params"]["message"])
        action = (self.waiting + self.registration).with_user(self.user).action_refresh()
        self.assertIn("about 2 clients", action["params"]["message"])
        self.assertIsNone(self.waiting.with_user(self.user).action_refresh(), "the form shows it")

    def test_ready_mail(self):
        action = self.waiting.with_user(self.user).action_explain_by_mail()
        composer = self.env["mail.compose.message"].with_user(self.user).with_context(**action["context"]).create({})
        self.assertIn("lien-activation-compte", composer.body)
        self.assertIn("Intervenants", composer.body)

    def block(self, action):
        self.simulator.person_step(self.waiting, "activate")
        self.follow(1)
        self.simulator.person_step(self.waiting, action)
        self.follow(9)
        self.assertEqual(self.waiting.state, "blocked")

    def mails(self, registration):
        return self.env["mail.mail"].search([("model", "=", "urssaf.registration"), ("res_id", "=", registration.id)])

    def assert_ready_mail(self, word, other):
        context = self.waiting.with_user(self.user).action_explain_by_mail()["context"]
        composer = self.env["mail.compose.message"].with_user(self.user).with_context(**context).create({})
        self.assertIn(word, composer.subject)
        self.assertIn(word, composer.body)
        self.assertNotIn(other, f"{composer.subject} {composer.body}")
        self.assertFalse(self.mails(self.waiting), "not by itself, unless the company chose it")

    def test_ready_mail_of_a_blocked_account(self):
        self.block("block")
        self.assert_ready_mail("bloqué", "mandat")

    def test_ready_mail_of_an_expired_mandate(self):
        self.block("expire_mandate")
        self.assert_ready_mail("mandat", "bloqué")

    def test_a_blocked_client_is_told_once_where_the_company_chose_it(self):
        self.company.urssaf_mail_clients = True
        self.block("block")
        mail = self.mails(self.waiting)
        self.assertEqual(len(mail), 1)
        self.assertIn("bloqué", mail.subject)
        self.follow(12)
        self.assertEqual(self.mails(self.waiting), mail, "once")

    def test_automatic_mail_where_the_company_chose_it(self):
        sent = self.env["mail.mail"].search([("model", "=", "urssaf.registration")])
        self.assertFalse(sent, "not unless the company chose it")
        self.company.urssaf_mail_clients = True
        person = self.create_client(name="Anne Petit", email="anne.petit@example.com", urssaf_birth_name="Petit")
        registration = self.register(person, mobile="0611121315")
        mail = self.env["mail.mail"].search([("model", "=", "urssaf.registration"), ("res_id", "=", registration.id)])
        self.assertEqual(mail.recipient_ids.mapped("email"), ["anne.petit@example.com"])

    def test_attempts_are_kept(self):
        self.simulator.call("POST", "registrations/next", codes=["ERR_DGFIP_R2P_INCONNU"])
        person = self.create_client(name="Luc Roux", email="luc.roux@example.com", urssaf_birth_name="Roux")
        registration = self.register(person, mobile="0611121316")
        self.assertEqual(registration.state, "refused")
        self.consent_and_register(registration)
        self.assertEqual(registration.attempt_ids.mapped("outcome"), ["accepted", "refused"])
        self.assertIn("<li>", registration.attempt_ids[1].problem_html)

    def test_start_over_after_a_look_up_that_found_somebody_else(self):
        person = self.create_client(name="Zoé Blanc", email="paul.martin@example.com", urssaf_birth_name="Blanc")
        registration = self.prepare(person, mobile="0611121317")
        self.simulator.fault("register", "cut_before")
        self.consent_and_register(registration)
        self.assertEqual(registration.state, "uncertain")
        self.follow(0.01)
        self.assertEqual(self.problem_codes(registration), ["other_person"])
        registration.with_user(self.user).action_start_over()
        self.assertEqual(registration.state, "to_register")
        self.assertFalse(self.activities(registration))
