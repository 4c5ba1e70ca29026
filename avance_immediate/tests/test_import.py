from datetime import date

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import UrssafCommon

HEADERS = ("client_name", "email", "mobile", "address_text", "address_zip", "address_city")
PAUL = ["Paul Martin", "paul@example.com", "0611223344", "12 bis, rue du Général-de-Gaulle", "69003", "Lyon"]


@tagged("post_install", "-at_install")
class TestImport(UrssafCommon):
    """Clients from a spreadsheet: registrations are prepared, and nothing is sent."""

    def setUp(self):
        super().setUp()
        self.calls = self.simulator.call("GET", "calls")
        self.known = self.env["urssaf.registration"].search([])
        self.addCleanup(self.check_nothing_sent)

    def check_nothing_sent(self):
        self.assertEqual(self.simulator.call("GET", "calls"), self.calls)

    def load(self, rows, headers=HEADERS):
        """Import rows as the user; return the registrations, or the messages where a row was refused."""
        registrations = self.env["urssaf.registration"].with_user(self.user).with_context(import_file=True)
        result = registrations.load(list(headers), rows)
        if not result["ids"]:
            return [message["message"] for message in result["messages"]]
        return self.env["urssaf.registration"].browse(result["ids"])

    def import_template(self, lang):
        self.user.lang = lang
        records = self.env["urssaf.registration"].with_user(self.user).with_context(lang=lang)
        [template] = records.get_import_templates()
        with file_open(template["template"].removeprefix("/"), "rb") as file:
            content = file.read()
        wizard = (
            self.env["base_import.import"]
            .with_user(self.user)
            .with_context(lang=lang)
            .create(
                {
                    "res_model": "urssaf.registration",
                    "file": content,
                    "file_name": template["template"],
                    "file_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                }
            )
        )
        options = {"has_headers": True, "headers": True, "quoting": '"', "separator": ","}
        preview = wizard.parse_preview(options)
        self.assertNotIn("error", preview)
        # Each heading is the label of one field, with no guessing.
        matches = [preview["matches"][index] for index in range(len(preview["headers"]))]
        columns = [path[0] for path in matches]
        result = wizard.execute_import(columns, preview["headers"], {**preview["options"], **options})
        self.assertFalse(result["messages"])
        return columns, self.env["urssaf.registration"].browse(result["ids"])

    def test_template(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["base", "avance_immediate"], ["fr_FR"])
        for lang in ("fr_FR", "en_US"):
            with self.subTest(lang=lang):
                columns, registrations = self.import_template(lang)
                self.assertEqual(columns[:5], ["client_name", "email", "mobile", "title", "birth_name"])
                self.assertIn("claimed_id_client", columns)
                louise, samuel, marie = registrations
                self.assertFalse(louise.problems)
                self.assertRecordValues(
                    louise,
                    [
                        {
                            "state": "to_register",
                            "birth_date": date(1980, 3, 29),
                            "birth_department": "069",
                            "address_number": "12",
                            "address_letter": "B",
                            "address_city_code": "69383",
                            "consent_date": False,
                        }
                    ],
                )
                self.assertEqual(samuel.birth_country_id, self.birth_country("pt"))
                self.assertEqual(samuel.address_city_code, "75116")
                self.assertEqual((samuel.state, marie.state), ("to_complete", "to_complete"))
                self.assertEqual(marie.claimed_id_client, "4f0c1c2e-7d0e-4f0b-9a57-2d3b6c8e1a90")
                self.assertEqual(marie.birth_country_id, self.birth_country("fr"))
                self.assertEqual(marie.partner_id.name, "Marie Petit")
                partners = registrations.partner_id
                registrations.unlink()
                partners.unlink()

    def test_client_created(self):
        paul = self.load([PAUL])
        self.assertEqual((paul.state, paul.company_id, paul.environment), ("to_complete", self.company, "simulator"))
        self.assertRecordValues(
            paul.partner_id,
            [
                {
                    "name": "Paul Martin",
                    "email": "paul@example.com",
                    "phone": "0611223344",
                    "street": "12 bis Rue du Général-de-Gaulle",
                    "zip": "69003",
                    "city": "Lyon",
                }
            ],
        )
        self.assertEqual((paul.address_street_type, paul.address_street_name), ("R", "du Général-de-Gaulle"))
        self.assertEqual(paul.address_city_code, "69383")

    def test_client_found(self):
        paul = self.env["res.partner"].create(
            {"name": "Paul MARTÍN", "email": "Paul@Example.com", "phone": "0600000000"}
        )
        homonym = self.env["res.partner"].create({"name": "Paul Martin", "email": "other@example.com"})
        registration = self.load([[*PAUL[:2], ""]], HEADERS[:3])
        self.assertEqual(registration.partner_id, paul)
        self.assertEqual(registration.mobile, "0600000000", "what Odoo knows, where the cell is empty")
        self.assertFalse(homonym.urssaf_registration_ids)

    def test_empty_cells_erase_nothing(self):
        paul = self.env["res.partner"].create(
            {"name": "Paul Martin", "email": "paul@example.com", "urssaf_birth_name": "Martin"}
        )
        self.load(
            [["Paul Martin", "paul@example.com", "", "Paul"]], ["client_name", "email", "birth_name", "first_names"]
        )
        self.assertEqual((paul.urssaf_birth_name, paul.urssaf_first_names), ("Martin", "Paul"))

    def test_two_people_of_one_name(self):
        self.env["res.partner"].create([{"name": "Paul Martin"}, {"name": "Paul Martin"}])
        [message] = self.load([["Paul Martin"]], ["client_name"])
        self.assertIn("Paul Martin", message)

    def test_name_of_the_civil_status(self):
        paul = self.load([["Martin", "Paul Henri"]], ["birth_name", "first_names"])
        self.assertEqual(paul.partner_id.name, "Paul Martin")

    def test_row_without_a_client(self):
        self.assertEqual(len(self.load([["0611223344"]], ["mobile"])), 1)
        self.assertEqual(self.env["urssaf.registration"].search([]), self.known)

    def test_registered_already(self):
        [message] = self.load([["Jeanne Durand", "jeanne.durand@example.com"]], HEADERS[:2])
        self.assertIn("already", message)
        self.assertEqual(self.registration.state, "active")

    def test_zero_lost_in_front(self):
        headers = ["client_name", "birth_department", "birth_commune_code", "address_zip", "address_city"]
        paul = self.load([["Paul Martin", "1", "53", "1000", "Bourg-en-Bresse"]], headers)
        self.assertEqual((paul.birth_department, paul.birth_commune_code), ("001", "053"))
        self.assertEqual((paul.address_zip, paul.address_city_code), ("01000", "01053"))

    def test_birth_place_by_name(self):
        headers = ["client_name", "birth_date", "birth_department", "birth_commune_name"]
        nanterre = self.load([["Paul Martin", "1960-01-01", "", "nanterre"]], headers)
        self.assertEqual((nanterre.birth_department, nanterre.birth_commune_code), ("075", "050"))
        doubtful = self.load([["Luc Martin", "1960-01-01", "", "Saint-Denis"]], headers)
        self.assertEqual((doubtful.birth_commune_name, doubtful.birth_commune_code), ("Saint-Denis", False))

    def test_country_of_birth(self):
        headers = ["client_name", "birth_date", "birth_country_id", "birth_commune_name"]
        for text, code in (
            ("Portugal", "99139"),
            ("PT", "99139"),
            ("Yugoslavia", "99121"),
            ("Soviet Union (until 1991)", "99123"),
            ("Réunion", "99100"),
        ):
            with self.subTest(text=text):
                registration = self.load([[f"Paul {text}", "1970-01-01", text, "Cilaos"]], headers)
                place = registration._person().birth_place
                self.assertEqual(place.country_code, code)
                self.assertEqual(place.commune_code, "024" if code == "99100" else "")
        [message] = self.load([["Luc Martin", "1970-01-01", "Atlantis", ""]], headers)
        self.assertIn("Atlantis", message)

    def test_address_that_does_not_fit(self):
        text = "12 rue " + " ".join(f"Interminable{number}" for number in range(12))
        paul = self.load([["Paul Martin", text]], ["client_name", "address_text"])
        self.assertEqual(self.problem_codes(paul), ["address_cut"])
        self.assertEqual(len(self.activities(paul)), 1)

    def test_what_urssaf_says_is_not_imported(self):
        for field, value in (("state", "Active"), ("id_client", "1"), ("consent_date", "2026-06-01 08:00:00")):
            with self.subTest(field=field):
                try:
                    refused = isinstance(self.load([["Paul Martin", value]], ["client_name", field]), list)
                except AccessError:
                    refused = True
                self.assertTrue(refused)
        self.assertEqual(self.env["urssaf.registration"].search([]), self.known)

    def test_updated_by_its_id(self):
        paul = self.load([PAUL])
        self.load([[str(paul.id), "8 place Bellecour", "69002", "Lyon"]], [".id", *HEADERS[3:]])
        self.assertEqual((paul.address_number, paul.address_street_type), ("8", "PL"))
        self.assertEqual(paul.address_city_code, "69382")
        self.load([[str(paul.id), "33000", "Bordeau"]], [".id", *HEADERS[4:]])
        self.assertFalse(paul.address_city_code, "that of the former town is not sent with the new one")
        refused = self.load([[str(self.registration.id), "8 place Bellecour"]], [".id", "address_text"])
        self.assertEqual(len(refused), 1, "Urssaf keeps what it was given")

    def test_no_mass_registration(self):
        two = self.load([PAUL, ["Luc Martin", *PAUL[1:]]])
        with self.assertRaises(ValueError):
            two.with_user(self.user).action_register()
        with self.assertRaises(ValueError):
            two._register_client()
        bound = self.env["ir.actions.actions"].get_bindings("urssaf.registration")
        self.assertFalse(bound.get("action"), "no action on many registrations at once")
