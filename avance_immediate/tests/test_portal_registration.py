import json
import re
from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..controllers import portal_registration_form
from .common import NOW
from .portal import FORM, OTHER_IBAN, PAGE, PortalCommon


@tagged("post_install", "-at_install")
class TestPortalRegistration(PortalCommon):
    def test_question(self):
        page = self.page()
        self.assertIn("APA", self.text(page))
        self.assertTrue(page.xpath("//form//input[@name='iban']"))
        self.assertFalse(self.state(page))
        self.assertFalse(self.registration_of(self.claire), "looking at it creates nothing")

    def test_home(self):
        self.assertTrue(self.page("/my").xpath(f"//a[@href='{PAGE}']"))

    def test_asked(self):
        registration = self.ask()
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(registration.company_id, self.company)
        self.assertEqual(registration.environment, "simulator")
        self.assertEqual(registration.portal_requested_at, datetime.now())
        self.assertTrue(Form(registration.with_user(self.user)).portal_requested_at, "the provider sees it")
        self.assertEqual(registration.consent_user_id, self.portal_user)
        self.assertEqual(registration.consent_date, datetime.now())
        self.assertIn("Claire Martin", registration.consent_text)
        self.assertRecordValues(
            registration,
            [
                {
                    "email": "claire.martin@example.com",
                    "iban": "FR7630006000011234567890189",
                    "bic": "AGRIFRPP",
                    "bank_holder": "Mme Martin Claire",
                    "address_number": "12",
                    "address_letter": "B",
                    "address_street_type": "R",
                    "address_street_name": "de la Paix",
                    "address_zip": "69100",
                    "address_city_code": "69266",
                }
            ],
        )
        self.assertRecordValues(
            self.claire,
            [
                {
                    "urssaf_title": "2",
                    "urssaf_birth_name": "Durand",
                    "urssaf_usage_name": "Martin",
                    "urssaf_first_names": "Claire Anne",
                    "urssaf_birth_date": date(1985, 5, 2),
                    "urssaf_birth_department": "069",
                    "urssaf_birth_commune_code": "266",
                    "urssaf_birth_commune_name": "Villeurbanne",
                }
            ],
        )
        self.assertFalse(registration.message_partner_ids & self.claire, "the provider's chatter is not the client's")
        self.assertFalse(self.simulator.calls("register")[1:], "nothing is sent by the page")

    def test_provider_is_told_and_confirms(self):
        registration = self.ask()
        activity = self.activities(registration)
        self.assertEqual(activity.user_id, self.user)
        wizard = self.env["urssaf.register"].with_user(self.user).create({"registration_id": registration.id})
        self.assertTrue(wizard.has_consent)
        self.assertEqual(wizard.consent_text, registration.consent_text)
        wizard.action_register()
        self.assertEqual(registration.state, "waiting")
        self.assertEqual(registration.consent_user_id, self.portal_user, "the client's consent stays")
        self.assertFalse(self.activities(registration))
        self.assertEqual(self.state(self.page()), ["waiting"])

    def test_automatic(self):
        self.register_by_themselves()
        registration = self.ask()
        self.assertFalse(self.activities(registration), "nobody has to confirm")
        self.run_cron("registration")
        self.assertEqual(registration.state, "waiting")
        self.assertEqual(len(self.simulator.persons()), 2)

    def test_not_automatic(self):
        registration = self.ask()
        self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")

    def test_automatic_tries_again_later(self):
        self.register_by_themselves()
        registration = self.ask()
        self.simulator.fault("register", "429", retry_after=60)
        self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")
        self.assertGreater(registration.next_try_at, datetime.now())
        self.wait(minutes=30)
        self.run_cron("registration")
        self.assertEqual(registration.state, "waiting")

    def test_never_again_automatically_after_a_lost_answer(self):
        self.register_by_themselves()
        registration = self.ask()
        self.simulator.fault("register", "cut_before")
        self.run_cron("registration")
        for _time in range(4):
            self.wait(minutes=20)
            self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(len(self.simulator.calls("register")), 2, "the first client's, and the one that was lost")

    # === WHAT IS NOT RIGHT === #

    def test_all_problems_at_once(self):
        empty = dict.fromkeys(FORM)
        page = self.post(**empty)
        missing = {"birth_name", "first_names", "birth_date", "birth_commune", "mobile", "email", "street", "zip"}
        self.assertLessEqual({*missing, "title", "city", "iban", "bic", "holder", "consent"}, {*self.errors(page)})
        self.assertFalse(self.registration_of(self.claire))

    def test_nothing_typed_is_lost(self):
        page = self.post(mobile="01 23 45 67 89", usage_name="Martin <3", birth_date="2/5/85", iban="FR76 1234")
        self.assertEqual({*self.errors(page)}, {"mobile", "usage_name", "birth_date", "iban"})
        typed = {**FORM, "mobile": "01 23 45 67 89", "usage_name": "Martin <3", "iban": "FR76 1234"}
        for name in set(FORM) - {"title", "birth_date", "consent"}:
            self.assertEqual(self.value(page, name), [typed[name]], name)
        self.assertTrue(page.xpath("//input[@name='title'][@value='2'][@checked]"))
        self.assertTrue(page.xpath("//input[@name='consent'][@checked]"))
        self.assertFalse(self.registration_of(self.claire), "what is not right is not kept")
        self.assertFalse(self.claire.urssaf_birth_name)

    def test_each_rule(self):
        """Each at its field, and nothing is kept."""
        for field, value, told in [
            ("title", "3", "title"),
            ("birth_name", "Durand2", "birth_name"),
            ("first_names", "Anne, Claire", "first_names"),
            ("birth_date", "2031-01-01", "birth_date"),
            ("birth_date", "31/02/1955", "birth_date"),
            ("birth_date", "2 mai", "birth_date"),
            ("birth_country", "0", "birth_country"),
            ("birth_country", "abc", "birth_country"),
            ("birth_country", "99999999999999999999", "birth_country"),
            ("birth_country", "-1", "birth_country"),
            ("birth_country", "²", "birth_country"),
            ("birth_country", "", "birth_country"),
            ("birth_country", "France", "birth_country"),
            ("birth_commune", "x" * 51, "birth_commune"),
            ("birth_code", "6926", "birth_commune"),
            ("birth_code", "69123", "birth_commune"),
            ("email", "claire+urssaf@example.com", "email"),
            ("street", " ".join(["rue"] + ["anticonstitutionnellement"] * 6), "street"),
            ("zip", "691000", "zip"),
            ("city", "x" * 51, "city"),
            ("city_code", "691", "city"),
            ("iban", "DE89 3704 0044 0532 0130 00", "iban"),
            ("bic", "DEUTDEFF", "bic"),
            ("holder", "x" * 101, "holder"),
            ("consent", None, "consent"),
        ]:
            with self.subTest(field=field, value=value):
                self.assertIn(told, self.errors(self.post(**{field: value})))
        self.assertFalse(self.registration_of(self.claire))

    def test_commune_without_its_code(self):
        """Without JavaScript: the only one of that name is taken, of several the list is asked for."""
        registration = self.ask(birth_code="", city_code="")
        self.assertEqual(self.claire.urssaf_birth_commune_code, "266")
        self.assertEqual(registration.address_city_code, "69266")
        self.assertIn("birth_commune", self.errors(self.post(birth_commune="Saint-Denis", birth_code="")))

    def test_commune_as_people_write_it(self):
        for name, code in [("ST ETIENNE DU ROUVRAY", "575"), ("Paris 15", "115"), ("Villeurbanne (69100)", "266")]:
            self.ask(birth_commune=name, birth_code="")
            self.assertEqual(self.claire.urssaf_birth_commune_code, code, name)

    def test_communes_to_choose_from(self):
        """Of several of one name: they stand there, to be clicked on, or with their codes without JavaScript."""
        page = self.post(birth_commune="Saint-Denis", birth_code="", city="Vill", city_code="", zip="69100")
        for name, expected in [("birth_commune", {"93066", "97411"}), ("city", {"69266"})]:
            [listed] = page.xpath(f"//*[@id='urssaf_list_{name}']/@data-found")
            self.assertLessEqual(expected, {commune["code"] for commune in json.loads(listed)})
            said = " ".join(page.xpath(f"//*[@id='urssaf_list_{name}']/../noscript")[0].itertext())
            for code in expected:
                self.assertIn(code, said)
        self.assertFalse(self.page().xpath("//noscript/ul | //@data-found"), "where nothing is wrong")
        self.ask(birth_commune="Saint-Denis", birth_code="97411")
        self.assertEqual(self.claire.urssaf_birth_department, "974")

    def test_commune_not_in_the_list(self):
        self.ask(birth_commune="Nulle-Part", birth_code="69999")
        self.assertEqual(self.claire.urssaf_birth_department, "069")
        self.assertEqual(self.claire.urssaf_birth_commune_code, "999")

    def test_arrondissement_of_birth(self):
        """Of Paris the arrondissement is asked for, and the answer is taken."""
        page = self.post(birth_commune="Paris", birth_code="75056")
        self.assertEqual({*self.errors(page)}, {"birth_choice"})
        choices = page.xpath("//select[@name='birth_choice']/option/@value")
        self.assertIn("075115", choices)
        self.assertIn(
            "birth_choice", self.errors(self.post(birth_commune="Paris", birth_code="75056", birth_choice="1"))
        )
        self.ask(birth_commune="Paris", birth_code="75056", birth_choice="075115")
        self.assertEqual(self.claire.urssaf_birth_commune_code, "115")

    def test_department_at_birth(self):
        """Before 1968 Boulogne-Billancourt was in the Seine."""
        self.ask(birth_commune="Boulogne-Billancourt", birth_code="92012", birth_date="1960-01-01")
        self.assertEqual(self.claire.urssaf_birth_department, "075")

    def test_born_abroad(self):
        belgium = self.birth_country("be")
        self.ask(birth_country=str(belgium.id))
        self.assertEqual(self.claire.urssaf_birth_country_id, belgium)
        self.assertFalse(self.claire.urssaf_birth_commune_code)

    def test_born_overseas(self):
        """In France: the commune is asked."""
        reunion = str(self.birth_country("re").id)
        self.assertIn("birth_commune", self.errors(self.post(birth_country=reunion, birth_commune="", birth_code="")))
        for code in ("", "69266"):
            page = self.post(birth_country=reunion, birth_code=code)
            self.assertIn("Réunion", self.errors(page)["birth_commune"])
        registration = self.ask(birth_country=reunion, birth_commune="Saint-Denis", birth_code="")
        place = registration._person().birth_place
        self.assertEqual((place.country_code, place.department, place.commune_code), ("99100", "974", "011"))

    def test_born_in_a_country_that_is_gone(self):
        yugoslavia = self.env.ref("avance_immediate.urssaf_birth_country_yugoslavia")
        registration = self.ask(birth_country=str(yugoslavia.id))
        self.assertEqual(registration._person().birth_place.to_wire(), {"codePaysNaissance": "99121"})
        [chosen] = self.page(f"{PAGE}?edit=1").xpath("//select[@name='birth_country']/option[@selected]")
        self.assertEqual(chosen.text_content(), "Yugoslavia (until 2003)")

    def test_countries(self):
        options = self.page().xpath("//select[@name='birth_country']/option")
        names = [option.text_content() for option in options]
        self.assertEqual(names[:3], ["France", "French Guiana", "French Polynesia"])
        self.assertEqual(names[13:17], ["Afghanistan", "Åland Islands", "Albania", "Algeria"])
        self.assertEqual(names[17], "Algeria, French departments (until 1962)")
        self.assertEqual([option.get("data-france") for option in options[:14]], ["1"] * 13 + [None])
        self.assertEqual(options[0].get("selected"), "selected")

    def test_day_as_people_type_it(self):
        for typed in ("02/05/1955", "2.5.1955", "02 05 1955", "02051955", "2-5-1955", "1955-05-02"):
            self.ask(birth_date=typed)
            self.assertEqual(self.claire.urssaf_birth_date, date(1955, 5, 2), typed)
            self.claire.urssaf_birth_date = False
        self.ask(birth_date="02051955")
        self.assertEqual(self.value(self.page(f"{PAGE}?edit=1"), "birth_date"), ["02/05/1955"])

    def test_day_half_typed(self):
        """A calendar of the browser would forget it."""
        page = self.post(birth_date="02/05/")
        self.assertEqual(self.value(page, "birth_date"), ["02/05/"])
        self.assertEqual(page.xpath("//input[@name='birth_date']/@type"), ["text"])

    def test_problems_are_read_aloud(self):
        """Each field with a problem says so, and refers to the words about it."""
        page = self.post(**dict.fromkeys(FORM), birth_country="0")
        told = {said.get("id") for said in page.find_class("invalid-feedback")}
        self.assertLessEqual({"urssaf_error_title", "urssaf_error_birth_country", "urssaf_error_consent"}, told)
        for said in told:
            [field] = page.xpath(f"//*[contains(concat(@aria-describedby, ' '), '{said} ')]")
            self.assertEqual(field.get("aria-invalid"), "true", said)

    # === TWO AT ONCE === #

    def test_created_by_somebody_else_meanwhile(self):
        """The provider opens the registration while the client sends the form: begun anew, and nothing is logged."""
        existing = self.env["urssaf.registration"].create({"partner_id": self.claire.id, "company_id": self.company.id})
        of = type(existing)._for
        stale = [True]

        def former(model, partners, company):
            return of(model, partners, company).browse() if stale and stale.pop() else of(model, partners, company)

        with (
            patch.object(type(existing), "_for", former),
            patch("odoo.service.model.time.sleep"),
            self.assertLogs("odoo.sql_db", level="ERROR") as logs,
        ):
            self.assertEqual(self.ask(), existing)
        self.assertFalse(stale)
        self.assertEqual(existing.state, "to_register")
        for secret in ("30006000011234567890189", "0611223344", "claire.martin"):
            self.assertNotIn(secret, "\n".join(logs.output))

    # === AND THEN === #

    def test_corrected_while_it_waits(self):
        self.ask()
        page = self.page(f"{PAGE}?edit=1")
        self.assertEqual(self.value(page, "birth_name"), ["Durand"])
        self.assertEqual(self.value(page, "street"), ["12 bis Rue de la Paix"])
        registration = self.ask(iban="", bic="", birth_code="", city_code="", mobile="0711223344")
        self.assertEqual(registration.mobile, "0711223344")
        self.assertEqual(registration.iban, "FR7630006000011234567890189", "an account that is not typed again stays")
        self.assertEqual(registration.address_city_code, "69266")
        self.assertEqual(len(self.activities(registration)), 1)

    def test_iban_is_shown_masked(self):
        self.ask()
        for url in (PAGE, f"{PAGE}?edit=1"):
            self.env.flush_all()
            answer = self.url_open(url)
            self.assertIn("•••• 189", answer.text)
            self.assertNotIn("300060000112345", re.sub(r"\s", "", answer.text))
            self.assertEqual(answer.headers["Cache-Control"], "no-store")

    def test_another_account_needs_its_bic(self):
        self.ask()
        with patch.object(portal_registration_form, "bic_of", lambda _iban: ""):
            self.assertEqual({*self.errors(self.post(iban=OTHER_IBAN, bic=""))}, {"bic"})

    def test_bic_of_the_bank(self):
        with patch.object(portal_registration_form, "bic_of", {OTHER_IBAN.replace(" ", ""): "PSSTFRPPPAR"}.get):
            self.assertEqual(self.ask(iban=OTHER_IBAN, bic="").bic, "PSSTFRPPPAR")
            self.assertIn("iban", self.errors(self.post(iban="FR14", bic="")))

    def test_refused_and_corrected(self):
        registration = self.ask()
        self.simulator.call("POST", "registrations/next", codes=["ERR_DGFIP_R2P_INCONNU"])
        self.env["urssaf.register"].with_user(self.user).create({"registration_id": registration.id}).action_register()
        self.assertEqual(registration.state, "refused")
        page = self.page()
        self.assertEqual(self.state(page), ["refused"])
        self.assertIn("tax notice", self.text(page))
        self.assertTrue(page.xpath("//form//input[@name='iban']"), "the form is open again")
        self.ask(first_names="Claire")
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(self.claire.urssaf_first_names, "Claire")
        self.assertEqual(self.problem_codes(registration), ["portal_asked"])

    def test_waiting_then_active(self):
        registration = self.ask()
        self.env["urssaf.register"].with_user(self.user).create({"registration_id": registration.id}).action_register()
        page = self.page(f"{PAGE}?edit=1")
        self.assertFalse(page.xpath("//form//input[@name='iban']"), "Urssaf keeps what it was given")
        self.assertTrue(page.xpath("//a[contains(@href, 'lien-activation-compte')]"))
        self.assertIn("Intervenants", self.text(page))
        self.activate(registration)
        self.assertEqual(self.state(self.page()), ["active"])
        for action, told in [("block", "debit"), ("unblock", "nothing to pay us"), ("expire_mandate", "mandate")]:
            self.simulator.person_step(registration, action)
            registration.with_user(self.user).action_refresh()
            self.assertIn(told, self.text(self.page()), action)

    def test_nothing_changes_once_registered(self):
        registration = self.ask()
        self.env["urssaf.register"].with_user(self.user).create({"registration_id": registration.id}).action_register()
        self.post(birth_name="Dupont", iban=OTHER_IBAN)
        self.assertEqual(self.claire.urssaf_birth_name, "Durand")
        self.assertEqual(registration.iban, "FR7630006000011234567890189")
        self.assertEqual(registration.state, "waiting")

    def test_consents_anew_after_leaving(self):
        registration = self.ask()
        self.env["urssaf.register"].with_user(self.user).create({"registration_id": registration.id}).action_register()
        self.activate(registration)
        self.simulator.person_step(registration, "break_link")
        registration.with_user(self.user).action_refresh()
        self.assertEqual(registration.state, "ended")
        self.assertFalse(registration.consent_by_client)
        self.wait(days=1)
        self.ask()
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(registration.consent_date, datetime.now())
        self.assertTrue(registration.consent_by_client)

    def test_comes_back_after_an_erasure(self):
        registration = self.ask()
        registration.with_user(self.manager).action_erase()
        self.assertEqual(registration.state, "erased")
        page = self.page()
        self.assertFalse(self.state(page))
        self.assertEqual(self.value(page, "birth_name"), [""])
        self.ask()
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(self.claire.urssaf_birth_name, "Durand")

    def test_no_credentials(self):
        """What fails here is told to the person in charge, and tried again."""
        self.register_by_themselves()
        registration = self.ask()
        self.credentials.client_secret = False
        with mute_logger("odoo.addons.avance_immediate.models.urssaf_remote_mixin"):
            self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(self.problem_codes(registration), ["step_failed"])
        self.assertGreater(registration.next_try_at, datetime.now())


@tagged("post_install", "-at_install")
class TestPortalTour(PortalCommon):
    """The client's path in a browser, in French, on a telephone."""

    browser_size = "390x844"
    touch_enabled = True

    def test_ask(self):
        french = self.env["res.lang"]._activate_lang("fr_FR")
        self.env.flush_all()
        # A browser waits for seconds to pass.
        with freeze_time(NOW, tick=True):
            self.start_tour(f"/{french.url_code}/my", "avance_immediate_portal", login="claire")
        self.env.invalidate_all()
        registration = self.registration_of(self.claire)
        self.assertEqual((registration.state, registration.consent_user_id), ("to_register", self.portal_user))
        self.assertIn("demande", registration.consent_text, "the text is kept in the language that was read")
        self.assertEqual(self.claire.urssaf_birth_department, "042")
        self.assertEqual(registration.address_city_code, "69266")
