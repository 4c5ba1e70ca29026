from odoo.tests import Form, tagged

from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestRegistrationAddress(UrssafCommon):
    """The client's address as Urssaf wants it: read, with the town by its name, and nothing lost on the way."""

    def setUp(self):
        super().setUp()
        self.partner = self.create_client(name="Paul Martin", urssaf_birth_name="Martin", email="paul@example.com")

    def open(self, **address):
        self.partner.with_user(self.user).write(address)
        action = self.partner.with_user(self.user).action_urssaf_open_registration()
        return self.env["urssaf.registration"].with_user(self.user).browse(action["res_id"])

    def commune(self, code, kind="commune"):
        return self.env["urssaf.commune"].search([("code", "=", code), ("kind", "=", kind)])

    def advice(self, registration):
        return [item["code"] for item in (registration.advice or {}).get("address", [])]

    # === TOWN === #

    def test_the_town_is_found_from_the_address(self):
        for zip_code, city, code in (
            ("69003", "Lyon", "69383"),
            ("75116", "PARIS", "75116"),
            ("93200", "St Denis", "93066"),
            ("01300", "Arbignieu", "01015"),
            ("33000", "bordeaux", "33063"),
        ):
            with self.subTest(zip=zip_code, city=city):
                self.assertEqual(self.env["urssaf.commune"]._of_address(zip_code, city).code, code)

    def test_a_town_that_is_not_certain_is_not_guessed(self):
        for zip_code, city in (("69003", "Paris"), ("33000", "Lyon"), ("", "Lyon"), ("69003", ""), ("99999", "Lyon")):
            with self.subTest(zip=zip_code, city=city):
                self.assertFalse(self.env["urssaf.commune"]._of_address(zip_code, city))

    def test_opened_from_the_client_the_town_is_there(self):
        registration = self.open(street="12 rue des Lilas", zip="69003", city="Lyon")
        self.assertEqual(registration.address_city_code, "69383")
        self.assertEqual(registration.address_commune_id, self.commune("69383", "arrondissement"))

    def test_choosing_the_town(self):
        registration = self.open(street="12 rue des Lilas")
        with Form(registration) as form:
            form.address_commune_id = self.commune("63113")
            self.assertEqual((form.address_city, form.address_city_code), ("Clermont-Ferrand", "63113"))
            self.assertFalse(form.address_zip, "there are several: nothing is guessed")
            form.address_commune_id = self.commune("01004")
            self.assertEqual(form.address_zip, "01500")
        self.assertEqual(registration.address_city, "Ambérieu-en-Bugey")

    def test_what_agrees_with_the_town_stays(self):
        registration = self.open(street="12 rue des Lilas", zip="69003", city="LYON")
        with Form(registration) as form:
            form.address_commune_id = self.commune("69386", "arrondissement")
            self.assertEqual((form.address_zip, form.address_city), ("69006", "LYON"))

    def test_a_part_of_a_commune_stands_for_the_whole(self):
        registration = self.open(street="12 rue des Lilas")
        with Form(registration) as form:
            form.address_commune_id = self.commune("01039", "delegated")
            self.assertEqual(form.address_commune_id, self.commune("01138"))
            self.assertEqual((form.address_zip, form.address_city), ("01350", "Culoz-Béon"))

    def test_cities_with_arrondissements_are_not_offered(self):
        domain = self.env["urssaf.registration"]._fields["address_commune_id"].domain
        found = self.env["urssaf.commune"].search([*domain, ("code", "in", ["75056", "69123", "13055", "69383"])])
        self.assertEqual(found, self.commune("69383", "arrondissement"))

    def test_a_town_that_is_typed(self):
        registration = self.open(street="12 rue des Lilas")
        with Form(registration) as form:
            form.address_zip = "33000"
            form.address_city = "Bordeaux"
            self.assertEqual(form.address_city_code, "33063")

    def test_another_town_that_is_typed(self):
        """The code of the former one is not sent with the new one."""
        registration = self.open(street="12 rue des Lilas", zip="69003", city="Lyon")
        with Form(registration) as form:
            form.address_zip = "69006"
            self.assertEqual(form.address_city_code, "69386")
            form.address_zip, form.address_city = "33000", "Bordeaux"
            self.assertEqual(form.address_city_code, "33063")
            form.address_city = "Caudéran"
            self.assertEqual(form.address_city_code, "33063", "the postal code is still that of the town")
            form.address_zip, form.address_city = "99999", "Ailleurs"
            self.assertFalse(form.address_city_code, "which town this is, is not known")
            self.assertIn("town of the address", form.missing_html)

    def test_a_town_without_a_postal_code(self):
        registration = self.open(street="12 rue des Lilas", zip="69003", city="Lyon")
        with Form(registration) as form:
            form.address_commune_id = self.commune("98413")
            self.assertEqual((form.address_city_code, form.address_zip), ("98413", "69003"))

    def test_the_postal_code_of_another_town_goes(self):
        registration = self.open(street="12 rue des Lilas", zip="69003", city="Lyon")
        with Form(registration) as form:
            form.address_commune_id = self.commune("63113")
            self.assertFalse(form.address_zip, "there are several: nothing is guessed")
            form.address_zip = "63100"
            form.address_commune_id = self.commune("69386", "arrondissement")
            form.address_commune_id = self.commune("63113")
            self.assertFalse(form.address_zip)
            form.address_zip = "63000"
        self.assertEqual(registration.address_city_code, "63113")

    def test_the_name_of_another_arrondissement_goes(self):
        registration = self.open(street="12 rue des Lilas", zip="75001", city="Paris 1er Arrondissement")
        fifteenth = self.commune("75115", "arrondissement")
        for city in ("Paris", "PARIS 15", "Paris 15e", "paris 15e arrondissement"):
            self.assertTrue(fifteenth._is_named(city), city)
        with Form(registration) as form:
            form.address_commune_id = fifteenth
            self.assertEqual((form.address_zip, form.address_city), ("75015", "Paris 15e Arrondissement"))
        self.assertTrue(self.commune("69381", "arrondissement")._is_named("LYON 01"))

    def test_a_code_in_small_letters_is_that_of_its_town(self):
        registration = self.open(street="12 rue des Lilas")
        registration.address_city_code = "2a004"
        self.assertEqual(registration.address_commune_id, self.commune("2A004"))

    def test_a_code_of_no_town_can_be_typed(self):
        registration = self.open(street="12 rue des Lilas")
        with Form(registration) as form:
            form.address_zip, form.address_city = "99999", "Ailleurs"
            form.address_city_code = "99999"
        self.assertFalse(registration.address_commune_id)
        self.assertEqual(registration.address_city_code, "99999")

    def test_the_postal_code_of_another_town_is_asked_about(self):
        registration = self.open(street="12 rue des Lilas", zip="69100", city="Villeurbanne")
        self.assertEqual(self.advice(registration), [])
        registration.write({"address_zip": "69500"})
        [item] = [item for item in registration.advice["address"] if item["kind"] == "question"]
        self.assertEqual((item["code"], item["values"]), ("address_zip_other_town", {"address_zip": "69100"}))
        registration.write(item["values"])
        self.assertEqual(self.advice(registration), [])

    # === READING === #

    def test_nothing_to_say_of_a_plain_address(self):
        self.assertEqual(self.advice(self.open(street="12 bis rue des Lilas", zip="69003", city="Lyon")), [])

    def test_what_the_reader_had_to_do_is_said(self):
        registration = self.open(street="12 rue des Lilas", zip="69003", city="Lyon cedex 03")
        self.assertEqual(self.advice(registration), ["address_cedex"])

    def test_what_has_no_room_is_shown(self):
        rest = "escalier D au fond de la deuxième cour à gauche"
        registration = self.open(
            street="12 rue des Lilas",
            street2=f"Résidence Les Grands Platanes de la Tête d'Or, bâtiment C, {rest}, chez Monsieur le gardien",
            zip="69003",
            city="Lyon",
        )
        items = {item["code"]: item for item in registration.advice["address"]}
        reading = registration._split_address(self.partner)
        self.assertTrue(reading.leftover)
        self.assertEqual(items["address_cut"]["part"], reading.leftover)
        sent = registration._person().address
        given = f"{sent.complement} {sent.locality} {reading.leftover}".casefold()
        for word in ("platanes", "esc d", "cour", "gauche", "gardien"):
            self.assertIn(word, given)

    def test_what_has_no_room_is_asked_until_the_street_is_corrected(self):
        """Also once the town was chosen, which the reader did not find: nothing is cut silently."""
        registration = self.open(
            street="12 rue des Lilas",
            street2="Résidence Les Grands Platanes de la Tête d'Or, bâtiment C, escalier D au fond de la deuxième cour "
            "à gauche, chez Monsieur le gardien",
            zip="33000",
            city="Bordeau",
        )
        for code in ("33063", "33056"):
            with Form(registration) as form:
                form.address_commune_id = self.commune(code)
            items = {item["code"]: item for item in registration.advice["address"]}
            self.assertTrue(items["address_cut"]["part"], code)
            self.assertEqual(len(registration._open_questions()), 2)
        self.assertNotIn("address_city_code", items["address_reread"]["values"], "the reader knows none")
        registration.write({"address_complement": "Résidence Les Platanes, bât C"})
        self.assertEqual(self.advice(registration), ["address_reread"])
        self.assertFalse(registration._open_questions())

    def test_a_cedex_is_asked_about_until_the_town_is_corrected(self):
        registration = self.open(street="12 rue des Lilas", zip="69399", city="Lyon cedex 03")
        registration.write({"address_street_name": "du Lilas"})
        self.assertEqual(self.advice(registration), ["address_reread", "address_cedex"])
        registration.write({"address_zip": "69003", "address_city_code": "69383"})
        self.assertEqual(self.advice(registration), ["address_reread"])

    def test_corrected_by_hand_it_can_be_read_again(self):
        registration = self.open(street="12 rue des Lilas", zip="69003", city="Lyon cedex 03")
        registration.write({"address_street_name": "du Lilas"})
        item = registration.advice["address"][0]
        self.assertEqual(item["code"], "address_reread")
        self.assertEqual(item["text"], "12 rue des Lilas, 69003 Lyon cedex 03")
        registration.write(item["values"])
        self.assertEqual(registration.address_street_name, "des Lilas")

    def test_the_client_has_moved(self):
        registration = self.open(street="12 rue des Lilas", zip="69003", city="Lyon")
        self.partner.with_user(self.user).write({"street": "3 place du Parc", "zip": "33000", "city": "Bordeaux"})
        [item] = registration.advice["address"]
        registration.write(item["values"])
        self.assertRecordValues(
            registration,
            [
                {
                    "address_number": "3",
                    "address_street_type": "PL",
                    "address_street_name": "du Parc",
                    "address_city_code": "33063",
                }
            ],
        )
        self.assertEqual(self.advice(registration), [])
