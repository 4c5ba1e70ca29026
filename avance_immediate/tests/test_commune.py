from datetime import date
from io import BytesIO
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL
from odoo.tools.convert import convert_file

from ..models import urssaf_birth_country, urssaf_commune

HEADER = "code,name,kind,parent,zips,population\n"


@tagged("post_install", "-at_install")
class TestCommune(TransactionCase):
    """The communes to choose from, and their codes at birth: docs/data.md."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "form filler", "avance_immediate.group_urssaf_user")
        cls.communes = cls.env["urssaf.commune"].with_user(cls.user)

    def found(self, text, limit=3, **kwargs):
        return [label for _id, label in self.communes.name_search(text, limit=limit, **kwargs)]

    def commune(self, code, kind="commune"):
        return self.communes.search([("code", "=", code), ("kind", "=", kind)])

    def load(self, lines):
        content = (HEADER + lines).encode()
        with patch.object(urssaf_commune, "file_open", lambda path, mode: BytesIO(content)):
            self.env["urssaf.commune"]._load()

    # === Loading === #

    def test_all_of_france_is_loaded(self):
        kinds = dict(self.communes._read_group([], ["kind"], ["__count"]))
        self.assertEqual((kinds["commune"], kinds["arrondissement"]), (34969, 45))
        self.assertEqual((kinds["delegated"], kinds["associated"]), (2031, 471))
        lyon = self.commune("69123")
        self.assertEqual((lyon.name, lyon.label, lyon.department), ("Lyon", "Lyon (69)", "69"))
        self.assertEqual(lyon.zips.split()[0], "69001")
        self.assertEqual(self.commune("97411").department, "974")

    def test_what_an_update_brings(self):
        lyon, nantes = self.commune("69123"), self.commune("44109")
        self.load(
            "69123,Lyon-sur-Rhône,commune,,69001 69002,2000000\n"
            "99001,Neuville-l'Essai,commune,,99999,10\n"
            "99002,Essai-le-Vieux,delegated,99001,,0\n"
            "99001,Neuville-l'Essai,delegated,99001,,0\n"
        )
        self.assertEqual(lyon.label, "Lyon-sur-Rhône (69)")
        self.assertEqual(self.found("lyon rhone"), ["Lyon-sur-Rhône (69)"])
        self.assertFalse(nantes.active)
        self.assertEqual(self.found("nantes"), [])
        self.assertEqual(self.found("essai vieux"), ["Essai-le-Vieux (Neuville-l'Essai, 99)"])
        # The seat of a commune that has its name and its code is one choice, not two.
        self.assertEqual(self.found("neuville essai"), ["Neuville-l'Essai (99999)"])
        self.assertEqual(self.communes.search_count([]), 3)
        # What comes back is the record that it was.
        self.load("44109,Nantes,commune,,44000,300000\n")
        self.assertTrue(nantes.active)
        self.assertEqual(self.found("nantes"), ["Nantes (44000)"])

    def test_the_same_file_writes_nothing(self):
        self.load("69123,Lyon,commune,,69001,1\n")
        rows = "SELECT id, ctid, xmax FROM urssaf_commune ORDER BY id"
        before = self.env.execute_query(SQL(rows))
        self.load("69123,Lyon,commune,,69001,1\n")
        self.assertEqual(self.env.execute_query(SQL(rows)), before)
        self.load("69123,Lyon,commune,,69001,2\n")
        self.assertEqual(self.commune("69123").population, 2)

    def test_an_update_fixes_the_table(self):
        """Whatever was loaded before: what counts is what the table holds."""
        for name, damage in {
            "empty": "DELETE FROM urssaf_commune",
            "half": "DELETE FROM urssaf_commune WHERE department > '50'",
            "changed": "UPDATE urssaf_commune SET name = 'Lugdunum', active = false WHERE code = '69123'",
        }.items():
            with self.subTest(name):
                self.env.cr.execute(damage)
                self.env.invalidate_all()
                convert_file(self.env, "avance_immediate", "data/urssaf_commune_data.xml", {}, mode="update")
                self.assertEqual(self.communes.search_count([]), 37516)
                self.assertEqual(self.commune("69123").name, "Lyon")

    def test_nobody_writes_them(self):
        manager = new_test_user(self.env, "form manager", "avance_immediate.group_urssaf_manager")
        for user in (self.user, manager):
            lyon = self.commune("69123").with_user(user)
            with self.assertRaises(AccessError):
                lyon.name = "Lugdunum"
            with self.assertRaises(AccessError):
                lyon.unlink()
            with self.assertRaises(AccessError):
                self.communes.with_user(user).create({"code": "00001", "name": "Nowhere", "kind": "commune"})

    # === Searching === #

    def test_exact_names_come_first_then_beginnings_then_parts(self):
        self.assertEqual(self.found("evry", 2), ["Évry (89140)", "Évry-Courcouronnes (91)"])
        self.assertEqual(self.found("Saint-Denis", 2), ["Saint-Denis (974)", "Saint-Denis (93)"])
        rochelles = self.found("la rochelle", 8)
        self.assertEqual(rochelles[0], "La Rochelle (17000)")
        self.assertEqual(rochelles[-1], "La Rochelle-Normande (Sartilly-Baie-Bocage, 50)")
        self.assertEqual(self.found("lyon", 1), ["Lyon (69)"])

    def test_accents_case_hyphens_articles_and_saints_do_not_matter(self):
        for text in ("Saint-Étienne", "SAINT ETIENNE", "st etienne", "saint-éti", "St. Étienne"):
            self.assertEqual(self.found(text, 1), ["Saint-Étienne (42)"], text)
        for text in ("L'Haÿ-les-Roses", "hay les roses", "L HAY LES ROSES", "l’haÿ ros"):
            self.assertEqual(self.found(text, 1), ["L'Haÿ-les-Roses (94240)"], text)
        self.assertIn("Saint-Étienne (42)", self.found("sai"))
        self.assertEqual(self.found("stras", 1), ["Strasbourg (67)"])
        self.assertNotIn("Strasbourg (67)", self.found("saint", 40))

    def test_arrondissements(self):
        for text in ("Paris 15", "paris 15e", "Paris 15ème arrondissement", "75015"):
            self.assertEqual(self.found(text, 1), ["Paris 15e Arrondissement (75015)"], text)
        for text in ("Lyon 3e", "lyon 03", "69003", "Lyon 69003"):
            self.assertEqual(self.found(text, 1), ["Lyon 3e Arrondissement (69003)"], text)
        self.assertEqual(self.found("paris 1er", 1), ["Paris 1er Arrondissement (75001)"])
        self.assertEqual(self.found("75116"), ["Paris 16e Arrondissement (75)", "Paris (75)"])

    def test_postal_and_insee_codes(self):
        self.assertEqual(self.found("94240"), ["L'Haÿ-les-Roses (94240)"])
        self.assertEqual(self.found("94038"), ["L'Haÿ-les-Roses (94240)"])
        self.assertEqual(self.found("2a004"), ["Ajaccio (2A)"])
        self.assertEqual(self.found("saint denis 93", 1), ["Saint-Denis (93)"])
        self.assertEqual(self.found("69388"), ["Lyon 8e Arrondissement (69008)"])

    def test_every_word_counts_and_a_domain_too(self):
        self.assertEqual(self.found("fontenay bois"), ["Fontenay-sous-Bois (94120)"])
        self.assertEqual(self.found("fontenay zzz"), [])
        self.assertEqual(self.found("saint denis", 1, domain=[("department", "=", "30")]), ["Saint-Denis (30500)"])
        self.assertEqual(len(self.found("s", 8)), 8)

    def test_what_is_typed_is_never_read_as_a_query(self):
        for text in ("lyon:*", "lyon'", "lyon | paris &", "!lyon", "(lyon", "lyon\\", "<-> lyon"):
            self.assertIsInstance(self.found(text), list, text)
        self.assertEqual(self.found("lyon')", 1), ["Lyon (69)"])

    def test_an_import_finds_the_exact_name(self):
        lyon = self.commune("69123")
        self.assertEqual(self.communes.name_search("Lyon", operator="="), [(lyon.id, "Lyon (69)")])
        self.assertEqual(self.communes.name_search("Lyon (69)", operator="="), [(lyon.id, "Lyon (69)")])
        self.assertNotIn(lyon, self.communes.search([("display_name", "not ilike", "lyon")]))

    # === Codes at birth === #

    def test_a_decided_birth_place(self):
        nanterre = self.commune("92050")
        before = {"department": "075", "commune_code": "050", "commune_name": "Nanterre"}
        self.assertEqual(nanterre._birth_choices(date(1960, 1, 1)), ([before], ""))
        after = {"department": "092", "commune_code": "050", "commune_name": "Nanterre"}
        self.assertEqual(nanterre._birth_choices(date(1970, 1, 1)), ([after], ""))
        part = self.commune("69388", "arrondissement")._birth_choices(date(1950, 1, 1))
        seventh = {"department": "069", "commune_code": "387", "commune_name": "Lyon 7e Arrondissement"}
        self.assertEqual(part, ([seventh], ""))

    def test_where_it_is_not_decided_the_user_is_asked(self):
        choices, question = self.commune("91692")._birth_choices(date(1960, 1, 1))
        self.assertEqual([choice["commune_name"] for choice in choices], ["Bures-sur-Yvette", "Orsay"])
        self.assertIn("Les Ulis was made of several communes", question)
        self.assertIn("social security number", question)
        choices, question = self.commune("75056")._birth_choices(date(1960, 1, 1))
        self.assertEqual((len(choices), choices[14]["commune_code"], choices[-1]["commune_name"]), (21, "115", "Paris"))
        self.assertIn("arrondissement of Paris", question)
        self.assertIn("another code", self.commune("97611")._birth_choices(date(1960, 1, 1))[1])
        self.assertIn("birth date", self.commune("92050")._birth_choices(False)[1])

    def test_the_administrator_chooses_how_overseas_codes_are_cut(self):
        saint_denis = self.commune("97411")
        self.assertEqual(saint_denis._birth_choices(date(1980, 1, 1))[0][0]["commune_code"], "011")
        self.env["ir.config_parameter"].set_param(urssaf_commune.OVERSEAS, "cut")
        self.assertEqual(saint_denis._birth_choices(date(1980, 1, 1))[0][0]["commune_code"], "411")

    def test_codes_lead_back_to_the_commune(self):
        for department, code, label in (
            ("069", "123", "Lyon (69)"),
            ("075", "050", "Nanterre (92000)"),
            ("020", "033", "Bastia (2B)"),
            ("974", "011", "Saint-Denis (974)"),
            ("974", "411", "Saint-Denis (974)"),
            ("001", "015", "Arboys en Bugey (01300)"),
        ):
            self.assertEqual(self.communes._from_birth_codes(department, code).label, label)
        for department, code in (("069", "999"), ("69", "123"), ("", ""), (False, False)):
            self.assertFalse(self.communes._from_birth_codes(department, code))


@tagged("post_install", "-at_install")
class TestBirthCountry(TransactionCase):
    """Every country can be chosen as that of a birth, even those that are gone: docs/data.md."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        user = new_test_user(cls.env, "form filler", "avance_immediate.group_urssaf_user")
        cls.countries = cls.env["urssaf.birth.country"].with_user(user)

    def test_every_country_of_odoo_has_a_code(self):
        missing = self.env["res.country"].search([("id", "not in", self.countries.search([]).country_id.ids)])
        self.assertFalse(missing.mapped("name"))
        for country in self.countries.search([]):
            self.assertRegex(country.code, r"^99[1-6][0-9]{2}$")

    def test_codes_of_the_documentation(self):
        for xml_id, code in (("de", "99109"), ("it", "99127"), ("uk", "99132"), ("dz", "99352"), ("aq", "99699")):
            self.assertEqual(self.countries._of(self.env.ref(f"base.{xml_id}")).code, code)
        self.assertFalse(self.countries._of(self.env["res.country"]))

    def test_the_territories_are_france(self):
        codes = {"FR", *urssaf_birth_country.FRENCH_TERRITORIES}
        self.assertEqual(
            set(self.countries.search([("code", "=", "99100")]).country_id.mapped("code")),
            codes,
        )
        self.assertTrue(self.countries._of(self.env.ref("base.gp")).in_france)
        self.assertFalse(self.countries._of(self.env.ref("base.be")).in_france)

    def test_countries_that_are_gone(self):
        for name, code in (("Soviet", "99123"), ("Czechoslo", "99115"), ("East Ger", "99141"), ("Yugo", "99121")):
            [(country_id, label)] = self.countries.name_search(name)
            self.assertEqual(self.countries.browse(country_id).code, code)
            self.assertIn("(until ", label)

    def test_names_are_found_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search([("name", "in", ("base", "avance_immediate"))])._update_translations(
            ["fr_FR"]
        )
        french = self.countries.with_context(lang="fr_FR")
        labels = {label for name in ("Allem", "Tchécoslo") for _id, label in french.name_search(name)}
        self.assertEqual(
            labels,
            {
                "Allemagne",
                "Allemagne de l'Est (jusqu'en 1990)",
                "Allemagne de l'Ouest (jusqu'en 1990)",
                "Tchécoslovaquie (jusqu'en 1992)",
            },
        )

    def french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["base", "avance_immediate"], ["fr_FR"])
        return self.countries.with_context(lang="fr_FR")

    def labels(self, countries, text, **options):
        return [label for _id, label in countries.name_search(text, **options)]

    def test_the_order_of_the_list(self):
        labels = self.labels(self.countries, "", limit=None)
        number = len(urssaf_birth_country.FRENCH_TERRITORIES)
        self.assertEqual(labels[0], "France")
        self.assertIn("Réunion", labels[1 : number + 1])
        self.assertNotIn("Algeria", labels[: number + 1])
        self.assertLess(labels.index("Zimbabwe"), labels.index("Soviet Union (until 1991)"))
        self.assertEqual(len(self.labels(self.countries, "", limit=8)), 8)

    def test_found_as_people_type_it(self):
        french = self.french()
        for text, first in (
            ("Alg", ["Algérie", "Algérie, départements français (jusqu'en 1962)"]),
            ("Réunion", ["La Réunion"]),
            ("la reunion", ["La Réunion"]),
            ("Fra", ["France"]),
            ("etats unis", ["États-Unis"]),
            ("Ni", ["Nicaragua", "Niger"]),
            ("pt", ["Portugal"]),
            ("Germany", ["Allemagne"]),
            ("Oman", ["Oman"]),
            ("urss", ["Union soviétique, URSS (jusqu'en 1991)"]),
        ):
            with self.subTest(text=text):
                self.assertEqual(self.labels(french, text)[: len(first)], first)
        for text in ("omanie", "??", "Atlantide", "Alg Portugal"):
            with self.subTest(text=text):
                self.assertEqual(self.labels(french, text), [])
        self.assertEqual(self.labels(french, "Alg", limit=1), ["Algérie"])
        self.assertEqual(len(self.labels(french, "Alg", domain=[("until", "!=", False)])), 1)

    def test_found_by_a_filter(self):
        algeria, portugal = (self.countries._of(self.env.ref(f"base.{code}")) for code in ("dz", "pt"))
        both = [("id", "in", (algeria + portugal).ids)]
        for operator, value, found in (
            ("ilike", "alg", algeria),
            ("not ilike", "alg", portugal),
            ("=", "Portugal", portugal),
            ("!=", "Portugal", algeria),
            ("in", ["Portugal", "Algeria"], algeria + portugal),
        ):
            with self.subTest(operator=operator, value=value):
                self.assertEqual(self.countries.search([("display_name", operator, value), *both]), found)

    def test_the_list_that_search_more_opens_has_names(self):
        for kind in ("list", "search"):
            self.assertIn('name="display_name"', self.countries.get_view(view_type=kind)["arch"])

    def test_of_a_whole_name_one_is_meant(self):
        """As an import looks for it."""
        french = self.french()
        for text, code in (
            ("Algérie", "DZ"),
            ("algeria", "DZ"),
            ("DZ", "DZ"),
            ("Réunion", "RE"),
            ("Congo (RDC)", "CD"),
            ("Russie", "RU"),
            ("Viet Nam", "VN"),
        ):
            with self.subTest(text=text):
                [(country_id, _label)] = french.name_search(text, operator="=")
                self.assertEqual(french.browse(country_id).country_id.code, code)
        for text in ("Yougoslavie", "yugoslavia", "Yougoslavie (jusqu'en 2003)"):
            with self.subTest(text=text):
                self.assertEqual(self.labels(french, text, operator="="), ["Yougoslavie (jusqu'en 2003)"])
        # Of two possible ones neither is taken, nor one of which the name is a part of another's.
        for text in ("Corée", "Congo", "Alg", "République du Congo", "ZZ", "-"):
            with self.subTest(text=text):
                self.assertEqual(self.labels(french, text, operator="="), [])

    def test_an_update_adds_what_is_new_and_corrects_codes(self):
        number = self.countries.search_count([])
        self.env["urssaf.birth.country"]._load()
        self.assertEqual(self.countries.search_count([]), number)
        new = self.env["res.country"].create({"name": "Newland", "code": "QZ", "fr_cog": 99599})
        without_code = self.env["res.country"].create({"name": "Codeless", "code": "QY"})
        self.env.ref("base.de").fr_cog = 99198
        self.env["urssaf.birth.country"]._load()
        self.assertEqual(self.countries._of(new).code, "99599")
        self.assertFalse(self.countries._of(without_code))
        self.assertEqual(self.countries._of(self.env.ref("base.de")).code, "99198")

    def test_nobody_writes_them(self):
        with self.assertRaises(AccessError):
            self.countries._of(self.env.ref("base.de")).code = "99198"
