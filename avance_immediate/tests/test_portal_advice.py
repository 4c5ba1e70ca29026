import json

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from ..catalogue import SUGGESTIONS
from ..urssaf.intake import suggestions_contact
from .common import NOW
from .portal import FORM, IBAN, OTHER_IBAN, PAGE, PortalCommon

SHORTENED = "12 avenue du Maréchal de Lattre de Tassigny"


BANKS = {IBAN.replace(" ", ""): ["AGRIFRPPXXX"], OTHER_IBAN.replace(" ", ""): ["PSSTFRPPXXX"]}


class AdviceCommon(PortalCommon):
    def setUp(self):
        super().setUp()
        # The register of banks is that of a library that need not be there.
        self.patch(suggestions_contact, "bics_of", lambda iban: BANKS.get(iban, []))
        self.patch(suggestions_contact, "bic_of", lambda iban: BANKS.get(iban, [""])[0])

    def advice(self, page, field):
        """Return what stands beside a field, as elements."""
        return page.xpath(f"//*[@id='urssaf_advice_{field}']/div")

    def asked(self, page):
        """Return the questions of a page: {code: mark}."""
        return {mark.split(":")[0]: mark for mark in page.xpath("//input[@name='confirmed']/@value")}

    def changes(self, page, field):
        """Return what one click beside a field puts in; nothing without a proposal."""
        found = [json.loads(each) for each in page.xpath(f"//*[@id='urssaf_advice_{field}']/div/@data-changes")]
        return found[0] if found else {}

    def refuse(self, registration):
        self.simulator.call("POST", "registrations/next", codes=["ERR_DGFIP_R2P_INCONNU"])
        self.env["urssaf.register"].with_user(self.user).create({"registration_id": registration.id}).action_register()
        self.assertEqual(registration.state, "refused")


@tagged("post_install", "-at_install")
class TestPortalAdvice(AdviceCommon):
    """Beside what is wrong stands its repair; what is only odd is asked once."""

    # === REPAIRS === #

    def test_repairs(self):
        """Each beside its problem, to be taken over only: there is no yes to what Urssaf refuses."""
        for values, field, changes in [
            ({"mobile": "06 11 22 33 4O"}, "mobile", {"mobile": "0611223340"}),
            ({"mobile": "+33 (0)6 11 22 33 4O"}, "mobile", {"mobile": "0611223340"}),
            ({"email": "claire @exâmple.com"}, "email", {"email": "claire@example.com"}),
            ({"email": "claire+odoo@gmail.com"}, "email", {"email": "claire@gmail.com"}),
            ({"birth_name": "Durand2"}, "birth_name", {"birth_name": "Durand"}),
            ({"first_names": "Claire,Anne"}, "first_names", {"first_names": "Claire Anne"}),
            ({"usage_name": "Martin *"}, "usage_name", {"usage_name": "Martin"}),
            (
                {"birth_name": "Mme Durand", "title": None},
                "birth_name",
                {"birth_name": "Durand", "title": "2"},
            ),
            ({"birth_name": "M. Durand"}, "birth_name", {"birth_name": "Durand"}),
            ({"birth_name": "M. ou Mme Durand"}, "birth_name", {"birth_name": "Durand"}),
            ({"birth_date": "02/05/2031"}, "birth_date", {"birth_date": "02/05/1931"}),
            ({"birth_date": "02/05/1855"}, "birth_date", {"birth_date": "02/05/1955"}),
            ({"birth_date": "2.5.55"}, "birth_date", {"birth_date": "02/05/1955"}),
            ({"birth_date": "020508"}, "birth_date", {"birth_date": "02/05/2008"}),
            ({"iban": f"IBAN {IBAN}"}, "iban", {"iban": IBAN.replace(" ", "")}),
            ({"bic": "AGRI/FRPP"}, "bic", {"bic": "AGRIFRPP"}),
            ({"bic": "AGRI"}, "bic", {"bic": "AGRIFRPPXXX"}),
            (
                {"iban": "AGRIFRPP", "bic": IBAN},
                "iban",
                {"iban": IBAN.replace(" ", ""), "bic": "AGRIFRPP"},
            ),
            ({"holder": IBAN}, "holder", {"holder": "Mme Martin Claire"}),
        ]:
            with self.subTest(values=values):
                page = self.post(**values)
                self.assertIn(field, self.errors(page))
                self.assertEqual(self.changes(page, field), changes)
                self.assertFalse(self.advice(page, field)[0].xpath(".//input[@name='confirmed']"))
                for proposed in {*changes.values()} - {"1", "2"}:
                    said = self.text(self.advice(page, field)[0])
                    self.assertIn(IBAN if proposed in BANKS else proposed, said, "read without JavaScript too")
                for name in {*values} - {"title"}:
                    self.assertEqual(self.value(page, name), [values[name]], "what was typed is still there")
        self.assertFalse(self.registration_of(self.claire))

    def test_taken_over(self):
        """What is proposed passes."""
        page = self.post(mobile="06 11 22 33 4O", first_names="Claire,Anne")
        values = {**self.changes(page, "mobile"), **self.changes(page, "first_names")}
        self.assertEqual(self.ask(**values).mobile, "0611223340")
        self.assertEqual(self.claire.urssaf_first_names, "Claire Anne")

    def test_nothing_to_say(self):
        """A problem without a repair stays alone; what is right has nothing beside it."""
        page = self.post(first_names="Jean et Marie", email="x")
        self.assertEqual({*self.errors(page)}, {"first_names", "email"})
        self.assertFalse(page.find_class("o_urssaf_advice"))

    def test_no_repair_of_a_day(self):
        for typed in ("02/05/1755", "02/05/2115", "30/02/55", "30/02/1855", "00/00/00"):
            page = self.post(birth_date=typed)
            self.assertIn("birth_date", self.errors(page), typed)
            self.assertFalse(self.advice(page, "birth_date"), typed)

    def test_each_has_words_for_the_client(self):
        """Those of the provider speak of the client."""
        self.assertFalse([code for code, words in SUGGESTIONS.items() if not words.client])

    # === QUESTIONS === #

    def test_questions(self):
        """Nothing else is wrong: asked once, and a yes takes it as it is."""
        for values, field, code, changes in [
            ({"email": "claire@gmial.com"}, "email", "email_domain", {"email": "claire@gmail.com"}),
            ({"first_names": "Claire Martin"}, "first_names", "first_names_hold_name", {"first_names": "Claire"}),
            (
                {"birth_name": "Martin née Durand", "usage_name": ""},
                "birth_name",
                "name_married",
                {"birth_name": "Durand", "usage_name": "Martin"},
            ),
            ({"usage_name": "Durand"}, "usage_name", "usage_name_same", {"usage_name": ""}),
            ({"birth_date": "1915-05-02"}, "birth_date", "birth_date_century", {}),
            ({"birth_date": "2015-05-02"}, "birth_date", "birth_date_minor", {}),
            ({"holder": "Mme Petit Anne"}, "holder", "holder_other", {}),
            ({"bic": "PSSTFRPPPAR"}, "bic", "bic_other_bank", {"bic": "AGRIFRPPXXX"}),
            ({"street": SHORTENED}, "street", "address_written", {}),
            ({"zip": "69001"}, "zip", "zip_other_town", {"zip": "69100"}),
            ({"zip": "69603", "city_code": ""}, "zip", "zip_other_town", {"zip": "69100"}),
        ]:
            with self.subTest(code=code):
                page = self.post(**values)
                self.assertFalse(self.errors(page))
                self.assertTrue(page.xpath("//*[@name='urssaf_questions']"))
                self.assertEqual({*self.asked(page)}, {code})
                self.assertEqual(self.changes(page, field), changes)
                self.assertEqual(self.value(page, field), [values[field]])
                registrations = self.registration_of(self.claire)
                self.assertFalse(registrations, "not kept before the answer")
                self.assertFalse(self.errors(self.post(**values, confirmed=self.asked(page)[code])))
                registration = self.registration_of(self.claire)
                self.assertEqual(registration.state, "to_register")
                registration.unlink()

    def test_several_questions(self):
        values = {"email": "claire@gmial.com", "holder": "Mme Petit Anne"}
        marks = self.asked(self.post(**values))
        self.assertEqual({*marks}, {"email_domain", "holder_other"})
        page = self.post(**values, confirmed=marks["email_domain"])
        self.assertTrue(page.xpath(f"//input[@value='{marks['email_domain']}'][@checked]"), "it is not asked again")
        self.assertFalse(page.xpath(f"//input[@value='{marks['holder_other']}'][@checked]"))
        self.assertFalse(self.registration_of(self.claire))
        self.ask(**values, confirmed=[*marks.values()])

    def test_asked_with_the_problems(self):
        """All at once; the answer is kept while the problems are corrected."""
        page = self.post(email="claire@gmial.com", mobile="0123")
        mark = self.asked(page)["email_domain"]
        page = self.post(email="claire@gmial.com", mobile="0123", confirmed=mark)
        self.assertTrue(page.xpath("//input[@name='confirmed'][@checked]"))
        self.ask(email="claire@gmial.com", confirmed=mark)

    def test_asked_again_about_another_value(self):
        mark = self.asked(self.post(email="claire@gmial.com"))["email_domain"]
        self.assertIn("email_domain", self.asked(self.post(email="anne@gmial.com", confirmed=mark)))
        mark = self.asked(self.post(holder="Mme Petit Anne"))["holder_other"]
        page = self.post(holder="Mme Petit Anne", usage_name="Dupont", confirmed=mark)
        self.assertIn("holder_other", self.asked(page), "the name that it was compared with is another one")
        self.assertFalse(self.registration_of(self.claire))

    def test_country_that_was_gone(self):
        """Said to the client, and asked again of another country."""
        country_of = self.env["urssaf.birth.country"]._named_exactly
        values = {"birth_date": "2005-05-02", "birth_commune": None, "birth_code": None}
        marks = set()
        for country in country_of("Yougoslavie") + country_of("URSS"):
            page = self.post(**values, birth_country=str(country.id), confirmed=[*marks])
            self.assertEqual({*self.asked(page)}, {"birth_country_gone"})
            [said] = self.advice(page, "birth_date")
            self.assertIn("When you were born", self.text(said))
            self.assertNotIn("client", self.text(said))
            self.assertEqual(said.get("data-related"), "birth_country", "another one takes the question away")
            marks |= {*self.asked(page).values()}
        self.assertEqual(len(marks), 2)

    def test_answers_of_no_question(self):
        """A yes says nothing where nothing was asked, of another question, or to a problem."""
        for confirmed in ("email_domain", "email_domain:", "x" * 9999, "mobile_invalid:0", ["a:b"] * 999):
            page = self.post(email="claire@gmial.com", confirmed=confirmed)
            self.assertEqual({*self.asked(page)}, {"email_domain"})
            self.assertFalse(page.xpath("//input[@name='confirmed'][@checked]"))
        page = self.post(email="claire+x@gmail.com", confirmed=["email_plus", "email_plus:0"])
        self.assertIn("email", self.errors(page))
        self.assertFalse(self.registration_of(self.claire))
        self.ask(confirmed="nothing:at-all")

    # === ADDRESS === #

    def test_ordinary_addresses(self):
        for street, street2 in [
            ("12 bis rue de la Paix", ""),
            ("12 cours Gambetta", ""),
            ("Lieu-dit Le Bourg", ""),
            ("12-14 rue du Soleil", "Résidence des Tilleuls, bâtiment C"),
        ]:
            with self.subTest(street=street):
                self.ask(street=street, street2=street2)

    def test_address_as_it_is_written(self):
        page = self.post(street=SHORTENED, street2="Bâtiment C")
        [said] = self.advice(page, "street")
        for line in ("Bâtiment C", "12 Avenue du Mal de Lattre de Tassigny"):
            self.assertIn(line, self.text(said))
        registration = self.ask(street=SHORTENED, street2="Bâtiment C", confirmed=self.asked(page)["address_written"])
        self.assertEqual(registration.address_street_name, "du Mal de Lattre de Tassigny")

    def test_cedex(self):
        page = self.post(city="Lyon CEDEX 03", city_code="", zip="69421")
        self.assertIn("CEDEX", self.errors(page)["city"])
        page = self.post(city="Villeurbanne CEDEX", zip="69621")
        self.assertEqual({*self.asked(page)}, {"address_cedex"})
        self.assertEqual(self.changes(page, "zip"), {"zip": "69100"})
        registration = self.ask(city="Villeurbanne CEDEX")
        self.assertEqual(registration.address_city, "Villeurbanne", "with its own postal code it is a home")

    def test_postal_code_of_a_large_town(self):
        """Of several postal codes none is proposed."""
        page = self.post(city="Lyon", city_code="69123", zip="69100")
        self.assertEqual({*self.asked(page)}, {"zip_other_town"})
        self.assertFalse(self.changes(page, "zip"))
        registration = self.ask(city="Lyon", city_code="69123", zip="69003")
        self.assertEqual(registration.address_city_code, "69383", "of which the arrondissement is known")

    def test_a_part_of_a_commune_stands_for_the_whole(self):
        """Of an address Urssaf wants the commune of today, also where the former one was chosen in the list."""
        values = {"street": "2 rue de la Gare", "zip": "01350", "city": "Béon"}
        for code in ("", "01039"):
            registration = self.ask(**values, city_code=code)
            self.assertEqual(registration.address_city_code, "01138", code)
            registration.unlink()

    # === AFTER A REFUSAL === #

    def test_options_only_after_a_refusal(self):
        values = {"birth_name": "Lefèvre", "holder": "Martin Claire"}
        registration = self.ask(**values)
        self.assertFalse(self.page(f"{PAGE}?edit=1").find_class("o_urssaf_advice"))
        self.refuse(registration)
        page = self.page()
        self.assertEqual(self.changes(page, "holder"), {"holder": "Mme Martin Claire"})
        proposed = [json.loads(each.get("data-changes")) for each in self.advice(page, "birth_name")]
        self.assertEqual(
            proposed, [{"birth_name": "Lefevre"}, {"birth_name": "Martin", "usage_name": "Lefèvre"}], "each on its own"
        )
        self.assertFalse(self.asked(page))
        page = self.post(**values, mobile="0123")
        self.assertEqual(len(self.advice(page, "birth_name")), 2)
        self.ask(**values)
        self.assertEqual(registration.state, "to_register", "an option need not be answered")

    # === COMMUNES === #

    def communes(self, **params):
        self.env.flush_all()
        found = self.url_open(f"{PAGE}/communes", json={"params": params}).json()["result"]
        return [commune["name"] for commune in found]

    def test_communes_of_a_postal_code(self):
        self.assertEqual(self.communes(zip_code="69100"), ["Villeurbanne"])
        self.assertEqual(len(self.communes(zip_code="51300")), 46)
        self.assertEqual(self.communes(zip_code="51300", text="vitry-le-f"), ["Vitry-le-François"])
        self.assertIn("Lyon", self.communes(zip_code="51300", text="lyon"), "the town may be right and the code wrong")
        self.assertNotIn("Lyon", self.communes(zip_code="69123"), "an INSEE code is no postal code")
        for zip_code in ("6910", "69100'", 69100, None, ["69100"]):
            self.assertEqual(self.communes(zip_code=zip_code), [])


@tagged("post_install", "-at_install")
class TestPortalAdviceSecurity(AdviceCommon):
    def test_typed_html_is_text(self):
        """In what is proposed, in what is read, and in what a click takes along."""
        html = "x\"><img/src=x><b>'"
        page = self.post(email=f"{html}x@gmial.com", street=f"{SHORTENED} {html}", iban=f"{html}{IBAN}", bic="AGRI")
        [form] = page.find_class("o_urssaf_registration_form")
        self.assertFalse(form.xpath(".//img | .//form//b"))
        self.assertEqual(self.changes(page, "email"), {"email": f"{html}x@gmail.com"})
        for field in ("email", "street"):
            self.assertIn("<img/src=x>", self.text(self.advice(page, field)[0]))

    def test_kept_account_is_not_told(self):
        """With the account that is kept nothing is compared, and nothing of it is proposed."""
        self.ask()
        for bic in ("AGRI", "PSSTFRPPPAR"):
            self.env.flush_all()
            page = self.post(iban="", bic=bic, mobile="0123")
            self.assertIn("mobile", self.errors(page))
            self.assertFalse(self.advice(page, "bic") + self.advice(page, "iban"))
            self.assertNotIn("AGRIFRPP", self.text(page))
        self.refuse(self.registration_of(self.claire))
        self.assertFalse(self.advice(self.page(), "iban") + self.advice(self.page(), "bic"))
        page = self.post(iban=OTHER_IBAN, bic="AGRIFRPP")
        self.assertEqual({*self.asked(page)}, {"bic_other_bank"}, "of a new one both are known")

    def test_locked_civil_status(self):
        """Nothing is proposed of a civil status that Urssaf has, nor lost from the page after a mistake."""
        other = (
            self.env["res.company"].sudo().create({"name": "Un autre prestataire", "urssaf_environment": "simulator"})
        )
        self.client.write({"urssaf_first_names": "Jeanne Durand", "urssaf_usage_name": "Durand"})
        jeanne = self.create_portal_user(
            "jeanne", self.client, company_id=other.id, company_ids=[Command.set([other.id, self.company.id])]
        )
        self.authenticate(jeanne.login, jeanne.login)
        page = self.post(mobile="06 11 22 33 4O", birth_name="Mme Voleur", holder="")
        self.assertEqual({*self.errors(page)}, {"mobile"})
        self.assertEqual(self.changes(page, "mobile"), {"mobile": "0611223340"})
        for field in ("birth_name", "usage_name", "first_names"):
            self.assertFalse(self.advice(page, field), field)
        self.assertEqual(self.value(page, "birth_name"), ["Durand"])
        self.post(birth_name="Mme Voleur", holder="")
        self.assertEqual(self.client.urssaf_birth_name, "Durand")
        self.assertEqual((self.registration_of(self.client) - self.registration).company_id, other)


@tagged("post_install", "-at_install")
class TestPortalAdviceTour(AdviceCommon):
    """In French, on a telephone: a mistake, its correction with one click, a question, and off it goes."""

    browser_size = "390x844"
    touch_enabled = True

    def test_correct_and_answer(self):
        french = self.env["res.lang"]._activate_lang("fr_FR")
        self.env.flush_all()
        # A browser waits for seconds to pass.
        with freeze_time(NOW, tick=True):
            self.start_tour(f"/{french.url_code}{PAGE}", "avance_immediate_portal_advice", login="claire")
        self.env.invalidate_all()
        registration = self.registration_of(self.claire)
        self.assertRecordValues(
            registration,
            [
                {
                    "state": "to_register",
                    "mobile": "0611223340",
                    "email": "claire@gmial.com",
                    "address_zip": FORM["zip"],
                    "address_city": FORM["city"],
                    "address_city_code": FORM["city_code"],
                }
            ],
        )
        self.assertEqual((self.claire.urssaf_title, self.claire.urssaf_birth_name), ("2", "Durand"))
        self.assertEqual(self.claire.urssaf_first_names, "Claire")
