import logging
import re
from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time
from lxml import html

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..models import urssaf_portal_form
from .common import NOW, UrssafCommon

PAGE = "/my/avance-immediate"
IBAN = "FR76 3000 6000 0112 3456 7890 189"
OTHER_IBAN = "FR14 2004 1010 0505 0001 3M02 606"
FORM = {
    "civility": "2",
    "birth_name": "Durand",
    "usage_name": "Martin",
    "first_names": "Claire Anne",
    "birth_date": "1985-05-02",
    "birth_commune": "Villeurbanne",
    "birth_code": "69266",
    "mobile": "06 11 22 33 44",
    "email": "claire.martin@example.com",
    "street": "12 bis rue de la Paix",
    "zip": "69100",
    "city": "Villeurbanne",
    "city_code": "69266",
    "iban": IBAN,
    "bic": "AGRIFRPP",
    "consent": "1",
}


class PortalCommon(UrssafCommon, HttpCase):
    """A client with a user of the portal, who is not registered yet."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("en_US")
        self.env["ir.default"].set("res.partner", "lang", "en_US")  # that of the pages
        self.claire = self.env["res.partner"].create({"name": "Claire Martin", "email": "claire.martin@example.com"})
        self.portal_user = self.create_portal_user("claire", self.claire)
        self.authenticate("claire", "claire")

    def create_portal_user(self, login, partner, **values):
        values = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)], **values}
        values = {"name": partner.name, "email": partner.email, "lang": "en_US", **values}
        return new_test_user(self.env, login, "base.group_portal", partner_id=partner.id, **values)

    def registration_of(self, partner):
        return self.env["urssaf.registration"].search([("partner_id", "=", partner.id)])

    def page(self, url=PAGE):
        self.env.flush_all()
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200, url)
        return html.fromstring(answer.text)

    def post(self, url=PAGE, **values):
        """Send the form as the browser does; a value of None is left out."""
        self.env.flush_all()
        data = {"birth_country": str(self.env.ref("base.fr").id), **FORM, **values, "csrf_token": self.csrf()}
        answer = self.url_open(url, data={name: value for name, value in data.items() if value is not None})
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        return html.fromstring(answer.text)

    def csrf(self):
        token = self.page("/my/account").xpath("//input[@name='csrf_token']/@value")
        return token[0]

    def ask(self, **values):
        """Ask for the registration with everything right, and return it."""
        page = self.post(**values)
        self.assertFalse(self.errors(page))
        return self.registration_of(self.claire)

    def errors(self, page):
        """Return the fields with a problem, and what is said about each."""
        found = {}
        for said in page.find_class("invalid-feedback"):
            named = said.getparent().xpath(".//input/@name | .//select/@name")
            found[named[0]] = said.text_content().strip()
        return found

    def value(self, page, name):
        return page.xpath(f"//input[@name='{name}']/@value")

    def state(self, page):
        return page.xpath("//*[@name='urssaf_state']/@data-state")

    def text(self, page):
        return " ".join(page.text_content().split())


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
        self.assertEqual(registration.environment, "sandbox")
        self.assertEqual(registration.portal_requested_at, datetime.now())
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
                    "urssaf_civility": "2",
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
        self.assertFalse(self.sandbox.calls("register")[1:], "nothing is sent by the page")

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

    def test_by_itself(self):
        self.company.urssaf_portal_auto_register = True
        registration = self.ask()
        self.assertFalse(self.activities(registration), "nobody has to confirm")
        self.run_cron("registration")
        self.assertEqual(registration.state, "waiting")
        self.assertEqual(len(self.sandbox.persons()), 2)

    def test_not_by_itself(self):
        registration = self.ask()
        self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")

    def test_by_itself_tries_again_later(self):
        self.company.urssaf_portal_auto_register = True
        registration = self.ask()
        self.sandbox.fault("register", "429", retry_after=60)
        self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")
        self.assertGreater(registration.next_try_at, datetime.now())
        self.wait(minutes=30)
        self.run_cron("registration")
        self.assertEqual(registration.state, "waiting")

    def test_never_again_by_itself_after_a_lost_answer(self):
        self.company.urssaf_portal_auto_register = True
        registration = self.ask()
        self.sandbox.fault("register", "cut_before")
        self.run_cron("registration")
        for _time in range(4):
            self.wait(minutes=20)
            self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(len(self.sandbox.calls("register")), 2, "the first client's, and the one that was lost")

    # === WHAT IS NOT RIGHT === #

    def test_all_problems_at_once(self):
        empty = dict.fromkeys(FORM)
        page = self.post(**empty)
        missing = {"birth_name", "first_names", "birth_date", "birth_commune", "mobile", "email", "street", "zip"}
        self.assertLessEqual({*missing, "civility", "city", "iban", "bic", "holder", "consent"}, {*self.errors(page)})
        self.assertFalse(self.registration_of(self.claire))

    def test_nothing_typed_is_lost(self):
        page = self.post(mobile="01 23 45 67 89", usage_name="Martin <3", birth_date="2/5/85", iban="FR76 1234")
        self.assertEqual({*self.errors(page)}, {"mobile", "usage_name", "birth_date", "iban"})
        typed = {**FORM, "mobile": "01 23 45 67 89", "usage_name": "Martin <3", "iban": "FR76 1234"}
        for name in set(FORM) - {"civility", "birth_date", "consent"}:
            self.assertEqual(self.value(page, name), [typed[name]], name)
        self.assertTrue(page.xpath("//input[@name='civility'][@value='2'][@checked]"))
        self.assertTrue(page.xpath("//input[@name='consent'][@checked]"))
        self.assertFalse(self.registration_of(self.claire), "what is not right is not kept")
        self.assertFalse(self.claire.urssaf_birth_name)

    def test_each_rule(self):
        """Each at its field, and nothing is kept."""
        for field, value, told in [
            ("civility", "3", "civility"),
            ("birth_name", "Durand2", "birth_name"),
            ("first_names", "Anne, Claire", "first_names"),
            ("birth_date", "2031-01-01", "birth_date"),
            ("birth_country", "0", "birth_country"),
            ("birth_country", "abc", "birth_country"),
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
        belgium = self.env.ref("base.be")
        self.ask(birth_country=str(belgium.id))
        self.assertEqual(self.claire.urssaf_birth_country_id, belgium)
        self.assertFalse(self.claire.urssaf_birth_commune_code)

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
        with patch.object(urssaf_portal_form, "bic_of", lambda _iban: ""):
            self.assertEqual({*self.errors(self.post(iban=OTHER_IBAN, bic=""))}, {"bic"})

    def test_bic_of_the_bank(self):
        with patch.object(urssaf_portal_form, "bic_of", {OTHER_IBAN.replace(" ", ""): "PSSTFRPPPAR"}.get):
            self.assertEqual(self.ask(iban=OTHER_IBAN, bic="").bic, "PSSTFRPPPAR")
            self.assertIn("iban", self.errors(self.post(iban="FR14", bic="")))

    def test_refused_and_mended(self):
        registration = self.ask()
        self.sandbox.call("POST", "registrations/next", codes=["ERR_DGFIP_R2P_INCONNU"])
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
            self.sandbox.person_step(registration, action)
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
        self.sandbox.person_step(registration, "break_link")
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
        self.company.urssaf_portal_auto_register = True
        registration = self.ask()
        self.credentials.client_secret = False
        with mute_logger("odoo.addons.avance_immediate.models.urssaf_remote_mixin"):
            self.run_cron("registration")
        self.assertEqual(registration.state, "to_register")
        self.assertEqual(self.problem_codes(registration), ["step_failed"])
        self.assertGreater(registration.next_try_at, datetime.now())


@tagged("post_install", "-at_install")
class TestPortalRegistrationSecurity(PortalCommon):
    """A client reaches their own registration only, whatever the request says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].sudo().create({"name": "Un autre prestataire"})

    def hidden(self):
        return {
            "partner_id": str(self.client.id),
            "commercial_partner_id": str(self.client.id),
            "registration_id": str(self.registration.id),
            "id": str(self.registration.id),
            "company_id": str(self.other_company.id),
            "environment": "production",
            "state": "active",
            "id_client": "12345678-908a-11eb-a8b3-0242ac130003",
            "consent_user_id": str(self.user.id),
            "urssaf_birth_name": "Autre",
            "urssaf_environment": "production",
        }

    def test_hidden_fields(self):
        before = self.registration.read() + self.client.read(["urssaf_birth_name", "email", "name"])
        registration = self.ask(**self.hidden())
        self.assertRecordValues(
            registration,
            [
                {
                    "partner_id": self.claire.id,
                    "company_id": self.company.id,
                    "environment": "sandbox",
                    "state": "to_register",
                    "id_client": False,
                    "consent_user_id": self.portal_user.id,
                    "birth_name": "Durand",
                }
            ],
        )
        self.assertEqual(self.registration.read() + self.client.read(["urssaf_birth_name", "email", "name"]), before)

    def test_hidden_parameters(self):
        query = "&".join(f"{name}={value}" for name, value in self.hidden().items())
        self.env.flush_all()
        answer = self.url_open(f"{PAGE}?{query}")
        for secret in ("Jeanne", "Durand", "06 05 04 03 02", "•••• 189"):
            self.assertNotIn(secret, answer.text)

    def test_ids_in_the_address(self):
        for url in (f"{PAGE}/{self.registration.id}", f"{PAGE}/{self.client.id}/edit"):
            with mute_logger("odoo.http"):
                self.assertEqual(self.url_open(url).status_code, 404)

    def test_another_client(self):
        """Two clients of one provider: each sees and writes their own."""
        self.ask()
        jeanne = self.create_portal_user("jeanne", self.client)
        self.authenticate(jeanne.login, jeanne.login)
        page = self.page()
        self.assertEqual(self.state(page), ["active"])
        self.assertNotIn("claire.martin", self.text(page))
        self.post(birth_name="Voleur")
        self.assertEqual(self.claire.urssaf_birth_name, "Durand")

    def test_contact_of_a_client(self):
        """A contact of the client is somebody else: the civil status is not theirs to see."""
        contact = self.env["res.partner"].create({"name": "Paul", "parent_id": self.client.id})
        self.create_portal_user("paul", contact)
        self.authenticate("paul", "paul")
        self.env.flush_all()
        self.assertTrue(self.url_open(PAGE).url.endswith("/my"))
        self.assertFalse(self.page("/my").xpath(f"//a[@href='{PAGE}']"))

    def test_company_is_no_client(self):
        self.claire.is_company = True
        self.env.flush_all()
        self.assertTrue(self.url_open(PAGE).url.endswith("/my"))
        self.assertFalse(self.page("/my").xpath(f"//a[@href='{PAGE}']"))
        self.post()
        self.assertFalse(self.registration_of(self.claire))

    def test_company_that_does_not_use_it(self):
        self.company.urssaf_environment = False
        self.env.flush_all()
        self.assertTrue(self.url_open(PAGE).url.endswith("/my"))
        self.assertFalse(self.page("/my").xpath(f"//a[@href='{PAGE}']"))
        self.post()
        self.assertFalse(self.registration_of(self.claire))
        self.assertEqual(self.communes("Lyon"), [])

    def test_client_of_another_company(self):
        """A partner of another company, which does not use the avance immédiate, has no page of this one."""
        self.portal_user.company_ids |= self.other_company
        self.portal_user.company_id = self.other_company
        self.claire.company_id = self.other_company
        form = self.env["urssaf.portal.form"].with_user(self.portal_user).sudo()
        self.assertFalse(form._company(self.company), "the website's company is not theirs")
        self.claire.company_id = False
        self.assertEqual(form._company(self.company), self.company)

    def test_registered_with_another_company(self):
        """What one provider was given is not shown to the client of another, nor the civil status changed there."""
        other = self.other_company
        other.urssaf_environment = "sandbox"
        jeanne = self.create_portal_user(
            "jeanne", self.client, company_id=other.id, company_ids=[Command.set([other.id, self.company.id])]
        )
        self.authenticate(jeanne.login, jeanne.login)
        page = self.page()
        self.assertFalse(self.state(page))
        self.assertTrue(page.xpath("//*[@name='urssaf_locked']"))
        self.assertNotIn("•••• 189", self.text(page))
        self.post(birth_name="Dupont", birth_date="1990-01-01", email="jeanne@example.com")
        self.assertEqual(self.client.urssaf_birth_name, "Durand")
        self.assertEqual(self.client.urssaf_birth_date, date(1980, 3, 29))
        registrations = self.registration_of(self.client)
        self.assertEqual(self.registration.email, "jeanne.durand@example.com")
        self.assertEqual((registrations - self.registration).company_id, other)

    def test_nobody_signed_in(self):
        self.authenticate(None, None)
        self.env.flush_all()
        self.assertIn("/web/login", self.url_open(PAGE).url)
        with mute_logger("odoo.http"):
            answer = self.url_open(f"{PAGE}/communes", json={"params": {"text": "Lyon"}}).json()
        self.assertIn("error", answer)

    def test_csrf(self):
        data = {"birth_country": str(self.env.ref("base.fr").id), **FORM}
        self.env.flush_all()
        with mute_logger("odoo.http"):
            self.assertEqual(self.url_open(PAGE, data=data).status_code, 400)
        self.assertFalse(self.registration_of(self.claire))

    def test_rpc(self):
        """The models answer nothing to a user of the portal."""
        for model, method, args in [
            ("urssaf.registration", "search_read", [[]]),
            ("urssaf.registration", "read", [self.registration.ids]),
            ("urssaf.registration", "write", [self.registration.ids, {"iban": "X"}]),
            ("urssaf.registration", "action_register", [self.registration.ids]),
            ("urssaf.registration", "_ask_from_portal", [self.registration.ids]),
            ("urssaf.portal.form", "_submit", [self.client.id, self.company.id, {}]),
            ("urssaf.portal.form", "_initial", [self.client.id, self.registration.id]),
            ("res.partner", "read", [self.claire.ids, ["urssaf_birth_name"]]),
            ("urssaf.register", "create", [{"registration_id": self.registration.id}]),
        ]:
            with self.subTest(model=model, method=method), mute_logger("odoo.http"):
                params = {"model": model, "method": method, "args": args, "kwargs": {}}
                answer = self.url_open(f"/web/dataset/call_kw/{model}/{method}", json={"params": params}).json()
                self.assertIn("error", answer)

    def communes(self, text):
        self.env.flush_all()
        return self.url_open(f"{PAGE}/communes", json={"params": {"text": text, "model": "res.partner"}}).json()[
            "result"
        ]

    def test_communes(self):
        self.assertEqual(self.communes("villeurb")[0]["code"], "69266")
        self.assertEqual({*self.communes("69100")[0]}, {"code", "name", "label"})
        for text in ("", "x", "x" * 61, 5, None, ["Lyon"], {"a": 1}):
            self.assertEqual(self.communes(text), [], text)

    def test_odd_requests(self):
        """Characters that no database takes, files in the place of texts, texts without an end."""
        page = self.post(birth_name="Du\x00rand\n", first_names="Claire\tAnne", street="x" * 100_000)
        self.assertEqual({*self.errors(page)}, {"street"})
        self.assertEqual(self.value(page, "birth_name"), ["Du rand"])
        data = {name: value for name, value in FORM.items() if name != "iban"}
        answer = self.url_open(PAGE, data={**data, "csrf_token": self.csrf()}, files={"iban": ("iban", b"FR76")})
        self.assertIn("iban", self.errors(html.fromstring(answer.text)))

    def test_nothing_personal_in_the_logs(self):
        with self.assertLogs("odoo", level=logging.INFO) as logs:
            self.post(mobile="0123456789")
            self.ask()
            logging.getLogger("odoo").info("There may be no other line.")
        for secret in ("30006000011234567890189", "1985-05-02", "0611223344", "0123456789", "claire.martin"):
            self.assertNotIn(secret, "\n".join(logs.output))


@tagged("post_install", "-at_install")
class TestPortalInvoice(PortalCommon):
    """On the page of an invoice the client reads where it stands at Urssaf."""

    def setUp(self):
        super().setUp()
        self.create_portal_user("jeanne", self.client)
        self.authenticate("jeanne", "jeanne")
        self.move, self.request = self.sent_invoice()

    def told(self, move=None):
        page = self.page(f"/my/invoices/{(move or self.move).id}")
        return " ".join(" ".join(element.text_content().split()) for element in page.xpath("//*[@name='urssaf_step']"))

    def step(self, action, **options):
        self.sandbox.step(self.request, action, **options)
        self.request.with_user(self.user).action_refresh()

    def test_ordinary_invoice(self):
        self.assertEqual(self.told(self.create_service_invoice()), "")

    def test_sent(self):
        self.assertIn("Sent to Urssaf", self.told())
        self.assertIn("06/17/2026", self.told())

    def test_queued(self):
        move = self.create_service_invoice()
        move._urssaf_queue(trigger=False)
        self.assertIn("About to be sent", self.told(move))

    def test_to_validate(self):
        """48 hours after we learnt of it, in the time of Paris: 8:00 UTC is 10:00 there in summer."""
        self.step("notify")
        self.assertIn("To validate before Friday 19 June, 10:00", self.told())
        self.wait(hours=47)
        self.assertIn("To validate", self.told())
        self.wait(hours=2)
        self.assertIn("The 48 hours to answer have passed", self.told())

    def test_on_its_way(self):
        for action, told in [("notify", "To validate"), ("validate", "Accepted"), ("debit", "Debited")]:
            self.step(action)
            self.assertIn(told, self.told())
        self.step("pay", amount=60.0, date="2026-06-20")
        self.assertIn("Paid by Urssaf on 06/20/2026", self.told())

    def test_refused(self):
        self.step("notify")
        self.step("refuse", code="CONTEST_AUTRE", comment="Ce n'est pas vrai")
        self.assertIn("You refused this invoice", self.told())

    def test_debit_refused(self):
        for action in ("notify", "validate", "debit", "refuse_debit"):
            self.step(action)
        self.assertIn("Debit refused", self.told())

    def test_unknown_status(self):
        self.step("set_status", status="42")
        self.assertIn("In progress at Urssaf", self.told())

    def test_not_of_somebody_else(self):
        self.authenticate("claire", "claire")
        self.env.flush_all()
        self.assertTrue(self.url_open(f"/my/invoices/{self.move.id}").url.endswith("/my"))


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
