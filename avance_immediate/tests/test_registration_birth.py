from datetime import date

from odoo.tests import Form, tagged

from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestRegistrationBirth(UrssafCommon):
    """The birth place, chosen by its name; the codes of the day of birth come by themselves."""

    def setUp(self):
        super().setUp()
        self.partner = self.create_client(
            name="Paul Martin",
            urssaf_birth_name="Martin",
            email="paul@example.com",
            urssaf_birth_date=date(1960, 5, 1),
            urssaf_birth_department=False,
            urssaf_birth_commune_code=False,
            urssaf_birth_commune_name=False,
        )
        self.registration = self.prepare(self.partner).with_user(self.user)

    def commune(self, code, kind="commune"):
        return self.env["urssaf.commune"].search([("code", "=", code), ("kind", "=", kind)])

    def choose(self, code, **values):
        with Form(self.registration) as form:
            for name, value in values.items():
                form[name] = value
            form.birth_commune_id = self.commune(code)

    def assertPlace(self, department, code, name):
        partner = self.partner
        found = (partner.urssaf_birth_department, partner.urssaf_birth_commune_code, partner.urssaf_birth_commune_name)
        self.assertEqual(found, (department, code, name))

    def test_the_codes_come_from_the_commune(self):
        self.choose("33063")
        self.assertPlace("033", "063", "Bordeaux")
        self.assertEqual(self.registration.birth_commune_id, self.commune("33063"))
        self.assertFalse(self.registration.birth_codes_shown)
        self.assertEqual(self.registration.state, "to_register")

    def test_they_are_those_of_the_birth_date(self):
        self.choose("92050")
        self.assertPlace("075", "050", "Nanterre")
        with Form(self.registration) as form:
            form.birth_date = date(1970, 5, 1)
        self.assertPlace("092", "050", "Nanterre")
        self.assertEqual(self.registration.birth_commune_id, self.commune("92050"))

    def test_without_a_date_nothing_is_decided(self):
        self.choose("92050", birth_date=False)
        self.assertPlace(False, False, "Nanterre")
        self.assertTrue(self.registration.birth_question)
        with Form(self.registration) as form:
            form.birth_date = date(1970, 5, 1)
        self.assertPlace("092", "050", "Nanterre")
        self.assertFalse(self.registration.birth_question)

    def test_the_arrondissement_is_asked(self):
        self.choose("75056")
        self.assertPlace(False, False, "Paris")
        self.assertEqual(self.registration.state, "to_complete")
        self.assertEqual(self.registration.birth_commune_id, self.commune("75056"), "what was chosen is not lost")
        self.assertEqual(len(self.registration.birth_choice_ids), 20)
        self.assertIn("Paris", self.registration.birth_question)
        with Form(self.registration) as form:
            form.birth_part_id = self.commune("75115", "arrondissement")
        self.assertPlace("075", "115", self.commune("75115", "arrondissement").name)
        self.assertFalse(self.registration.birth_question)
        self.assertEqual(self.registration.state, "to_register")

    def test_the_question_is_what_is_missing(self):
        """Nobody is told to type codes that the answer to the question fills in."""
        self.choose("75056")
        self.assertEqual([problem["code"] for problem in self.registration._problems_before()], ["birth_place_open"])
        self.choose("75056", birth_date=False)
        self.assertEqual([problem["code"] for problem in self.registration._problems_before()], ["birth_date_missing"])
        self.partner.urssaf_birth_commune_name = "Nowhere"
        codes = [problem["code"] for problem in self.registration._problems_before()]
        self.assertEqual(codes, ["birth_date_missing", "birth_place_missing"])

    def test_the_whole_town_after_a_part_asks_again(self):
        with Form(self.registration) as form:
            form.birth_commune_id = self.commune("75115", "arrondissement")
        self.assertPlace("075", "115", self.commune("75115", "arrondissement").name)
        self.choose("75056")
        self.assertPlace(False, False, "Paris")

    def test_typed_codes_are_completed(self):
        for typed, kept in (
            (("69", "9"), ("069", "009")),
            (("2a", "004"), ("02A", "004")),
            (("97", "411"), ("97", "411")),
        ):
            with self.subTest(typed=typed), Form(self.registration) as form:
                form.birth_codes_shown = True
                form.birth_department, form.birth_commune_code = typed
                self.assertEqual((form.birth_department, form.birth_commune_code), kept)

    def test_what_was_chosen_among_several_stays(self):
        self.partner.write({"urssaf_birth_department": "075", "urssaf_birth_commune_code": "056"})
        with Form(self.registration) as form:
            self.assertEqual(form.birth_commune_id, self.commune("75056"))
            form.birth_date = date(1961, 5, 1)
        self.assertEqual(self.partner.urssaf_birth_commune_code, "056")

    def place_on_the_wire(self):
        return self.registration._person().to_wire()["lieuNaissance"]

    def test_born_overseas(self):
        """In France, whatever the territory is called: the commune is asked."""
        with Form(self.registration) as form:
            form.birth_country_id = self.birth_country("re")
            self.assertTrue(form.birth_in_france)
            self.assertFalse(form._get_modifier("birth_commune_id", "invisible"))
            form.birth_commune_id = self.commune("97411")
        place = {"codeCommune": "011", "libelleCommune": "Saint-Denis"}
        self.assertEqual(
            self.place_on_the_wire(),
            {"codePaysNaissance": "99100", "departementNaissance": "974", "communeNaissance": place},
        )
        self.assertEqual(self.registration.state, "to_register")

    def test_born_in_a_country_that_is_gone(self):
        self.choose("33063")
        with Form(self.registration) as form:
            form.birth_country_id = self.env.ref("avance_immediate.urssaf_birth_country_czechoslovakia")
            self.assertFalse(form.birth_in_france)
            self.assertTrue(form._get_modifier("birth_commune_id", "invisible"))
        self.assertEqual(self.place_on_the_wire(), {"codePaysNaissance": "99115"})
        self.assertEqual(self.registration.state, "to_register")

    def test_born_after_the_country_ended(self):
        """Odd, but not refused: it is asked, while one types."""
        with Form(self.registration) as form:
            form.birth_country_id = self.env.ref("avance_immediate.urssaf_birth_country_czechoslovakia")
            form.birth_date = date(1992, 12, 31)
            self.assertNotIn("birth", form.advice or {})
            form.birth_date = date(1993, 1, 1)
            [question] = form.advice["birth"]
            self.assertEqual(question["kind"], "question")
            self.assertIn("country", question["title"])
        self.assertEqual(self.registration.state, "to_register")

    def test_codes_of_no_commune_are_typed(self):
        with Form(self.registration) as form:
            form.birth_codes_shown = True
            form.birth_department = "099"
            form.birth_commune_code = "999"
            form.birth_commune_name = "Ailleurs"
        self.assertPlace("099", "999", "Ailleurs")
        self.assertFalse(self.registration.birth_commune_id)
        self.assertTrue(self.registration.birth_codes_shown)
        with Form(self.registration) as form:
            form.birth_date = date(1961, 5, 1)
        self.assertPlace("099", "999", "Ailleurs")

    def test_two_codes_of_one_commune_are_shown(self):
        with Form(self.registration) as form:
            form.birth_commune_id = self.commune("97611")
            self.assertTrue(form.birth_question)
            self.assertFalse(form.birth_choice_ids)
            self.assertTrue(form.birth_codes_shown)
            form.birth_department = "985"
            form.birth_commune_code = "011"
        self.assertEqual(self.partner.urssaf_birth_department, "985")
        self.assertEqual(self.registration.birth_commune_id, self.commune("97611"))
