import json
import re

from lxml import html

from odoo.tests import TransactionCase, tagged

from odoo.addons.avance_immediate import catalogue, wording
from odoo.addons.avance_immediate.catalogue import REGISTRATION_ERRORS, SECTIONS
from odoo.addons.avance_immediate.urssaf.tiers_prestation import codes

from .portal import PAGE, PortalCommon
from .test_registration import LINKED, RegistrationCommon

REFUSALS = [code for code in REGISTRATION_ERRORS if not codes.may_be_held([code])]
R2P = "ERR_DGFIP_R2P_INCONNU"

# A word of each cause, in the order of docs/api.md §5.
IN_ORDER = {
    R2P: ["nom d'usage", "prénoms", "lieu de naissance", "civilité", "adresse"],
    "ERR_DGFIP_IMPOTPART_INCONNU": ["jamais déposé", "anomalie", "quelqu'un d'autre"],
    "ERR_ECV_PARTICULIERS_EXISTENT": ["plusieurs comptes", "dossier fiscal"],
    "ERREUR_REFERENCE_PARTICULIER_EXISTANTE_TYPE": ["proche", "déjà un compte"],
    "ERR_CONTACT": ["déjà un compte", "mal saisi", "incomplète"],
    "ERR_CONTACT_ADRESSE_TYPE_VOIE": ["peu courant", "pas de voie"],
    "ERR_CONTACT_ADRESSE_TYPEVOIE": ["au début du nom", "lieu-dit"],
    "ERR_CONTACT_ADRESSE_LIBELLEVOIE": ["oublié", "pas de voie"],
    "ERR_CONTACT_ADRESSE_INFORMATION_SUPPLEMENTAIRE": ["Seul le numéro", "pas de voie"],
    "ERR_CONTACT_ADRESSE_COMMUNE": ["code Insee", "Marseille", "fusionné"],
    "ERR_COORDONNEES_BANCAIRES": ["mal recopié", "en France", "lettre"],
    "ERR_APPEL_BACB": ["mal recopié", "celui du client", "à ce moment-là"],
    "ERR_COMPTE_BLOQUE": ["administration fiscale", "prélèvement"],
    LINKED: ["tentative", "autre logiciel"],
    "ERR_LIEN_TIERS_PRESTATION_PARTICULIER": ["erreur", "déjà un compte"],
    "ERREUR_VALIDATION": ["nom", "signe plus", "autre champ"],
    "ERR_RECHERCHE_PARTICULIER": ["retiré", "jamais été inscrit"],
}
# Nothing on the form is the matter, or nobody knows what.
NOWHERE = {
    "ERR_ECV_PARTICULIERS_EXISTENT",
    "ERR_COMPTE_BLOQUE",
    LINKED,
    "ERR_LIEN_TIERS_PRESTATION_PARTICULIER",
    "ERREUR_VALIDATION",
    "ERR_RECHERCHE_PARTICULIER",
}
FIELDSETS = {"title": {"civil_status"}, "birth_date": {"birth"}, "email": {"contact", "address"}, "iban": {"bank"}}


def words(node):
    return " ".join(node.text_content().split())


@tagged("post_install", "-at_install")
class TestCauses(TransactionCase):
    """What is known of each refusal of a registration."""

    def test_every_code_of_a_registration(self):
        self.assertEqual({code for code in REGISTRATION_ERRORS if len(catalogue.causes(code)) > 1}, set(IN_ORDER))
        for code in REGISTRATION_ERRORS:
            with self.subTest(code=code):
                sections = catalogue.concerned(code)
                self.assertEqual(sections, tuple(section for section in SECTIONS if section in sections))
                self.assertEqual(not sections, code in NOWHERE)
                said = [str(text) for pair in catalogue.causes(code) for text in pair]
                said += [str(text) for text in catalogue.lookup("error", code)]
                titles = said[-2:-1] + said[:-2:2]
                self.assertEqual(len(titles), len(set(titles)), "a cause is no repetition")
                self.assertLessEqual(len(catalogue.causes(code)), 5)
                self.assertTrue(all(said))

    def test_nothing_is_said_of_what_is_not_known(self):
        for code in ("ERR_NOUVEAU_CODE", "ERR_FACTURE_DOUBLON", "", None):
            self.assertEqual((catalogue.causes(code), catalogue.concerned(code)), ((), ()), code)
        for problem in ({"kind": "error", "code": "ERR_NOUVEAU_CODE", "params": {}}, wording.note(R2P)):
            said = wording.explain(self.env, problem)
            self.assertEqual((said["causes"], said["sections"]), ([], []))
            self.assertTrue(said["title"] and said["repair"])
            self.assertNotIn("<ol", wording.as_html(self.env, [problem]))

    def test_explain_is_data(self):
        said = wording.explain(self.env, {"kind": "error", "code": R2P, "params": {}})
        self.assertEqual(said["sections"], ["civil_status", "birth"])
        self.assertEqual(len(said["causes"]), 5)
        self.assertEqual(json.loads(json.dumps(said))["causes"], [list(pair) for pair in said["causes"]])
        self.assertEqual({type(text) for pair in said["causes"] for text in pair}, {str})

    def test_one_cause_is_no_list(self):
        problem = {"kind": "error", "code": "ERR_CONTACT_ADRESSE_LETTRE_VOIE", "params": {}}
        shown = html.fromstring(wording.as_html(self.env, [problem]))
        self.assertFalse(shown.xpath("//ol"))
        cause = wording.explain(self.env, problem)["causes"][0]
        self.assertTrue(words(shown).endswith(" ".join(cause)))

    def test_brief(self):
        problem = {"kind": "error", "code": R2P, "params": {}}
        brief = html.fromstring(wording.as_html(self.env, [problem], brief=True))
        self.assertEqual(words(brief), wording.as_text(self.env, [problem]))

    def test_portal_follows(self):
        """The client reads as many causes at most, and none of a code that has none for the provider."""
        for code, error in REGISTRATION_ERRORS.items():
            self.assertLessEqual(len(error.client_causes), len(error.causes), code)


@tagged("post_install", "-at_install")
class TestCausesOfARefusal(RegistrationCommon):
    """What the provider reads of a refusal that Urssaf really gave."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("fr_FR")
        self.user.lang = "fr_FR"

    def refuse(self, *refused):
        self.simulator.call("POST", "registrations/next", codes=list(refused))
        self.consent_and_register(self.paul)
        return html.fromstring(self.paul.with_user(self.user).with_context(lang="fr_FR").problem_html)

    def test_each_code_in_order_in_french(self):
        personal = [self.partner.urssaf_birth_name, self.paul.email, self.paul.mobile, self.paul.iban, self.paul.bic]
        personal += ["Paul", "1980", "Soleil", "69001"]
        for code in REFUSALS:
            with self.subTest(code=code):
                shown = self.refuse(code)
                self.assertEqual(self.paul.state, "refused")
                causes = shown.xpath("descendant-or-self::ul/li/ol/li")
                self.assertEqual(len(causes), len(IN_ORDER.get(code, ())))
                for cause, word in zip(causes, IN_ORDER.get(code, ()), strict=True):
                    self.assertIn(word, words(cause.find("b")))
                    self.assertGreater(len(words(cause)), len(words(cause.find("b"))) + 10, "what to try")
                self.assertEqual("Causes probables" in words(shown), bool(causes))
                for value in personal:
                    self.assertNotIn(value, words(shown))

    def test_linked_already(self):
        causes = self.refuse(LINKED).xpath("descendant-or-self::ul/li/ol/li")
        self.assertEqual(self.paul.state, "uncertain")
        for cause, word in zip(causes, IN_ORDER[LINKED], strict=True):
            self.assertIn(word, words(cause))

    def test_several_codes_each_with_its_own(self):
        shown = self.refuse("ERR_CONTACT", "ERR_DATE_NAISSANCE_FUTUR", "ERR_COORDONNEES_BANCAIRES")
        self.assertEqual([len(item.xpath("./ol/li")) for item in shown.xpath("descendant-or-self::ul/li")], [3, 0, 3])

    def test_activity_and_chatter(self):
        self.refuse(R2P)
        note = html.fromstring(self.activities(self.paul).note)
        self.assertFalse(note.xpath("//ol"), "the form says the rest, beside the fields")
        self.assertIn("prénoms", words(note), "in the language of the person in charge")
        self.assertNotIn("<ol", self.paul.message_ids[0].body)

    def test_attempts_are_kept_briefly(self):
        for code in (R2P, "ERR_CONTACT"):
            self.refuse(code)
        kept = self.paul.attempt_ids.with_context(lang="fr_FR")
        self.assertEqual([attempt.problems[0]["code"] for attempt in kept], ["ERR_CONTACT", R2P])
        self.assertIn("avis d'impôt", words(html.fromstring(kept[1].problem_html)))
        self.assertFalse([attempt for attempt in kept if "<ol" in attempt.problem_html])


@tagged("post_install", "-at_install")
class TestPortalCauses(PortalCommon):
    """What the client reads of a refusal, and beside which fields."""

    def setUp(self):
        super().setUp()
        self.asked = self.ask()

    def refuse(self, *refused):
        self.simulator.call("POST", "registrations/next", codes=list(refused))
        values = {"registration_id": self.asked.id, "has_consent": True}
        self.env["urssaf.register"].with_user(self.user).create(values).action_register()
        self.assertEqual(self.asked.state, "refused")
        return self.page()

    def marked(self, page):
        """Return the names of the first fields of the fieldsets that are marked."""
        marked = page.xpath("//fieldset[contains(@class, 'o_urssaf_concerned')]")
        for fieldset in marked:
            self.assertIn("Urssaf's answer concerns these fields.", words(fieldset))
        self.assertEqual(len(marked), words(page).count("Urssaf's answer concerns"))
        return {name for name in FIELDSETS for fieldset in marked if fieldset.xpath(f".//input[@name='{name}']")}

    def test_each_code(self):
        for code in REFUSALS:
            with self.subTest(code=code):
                page = self.refuse(code)
                shown = [words(cause) for cause in page.xpath("//*[@name='urssaf_state']//ol/li")]
                self.assertEqual(
                    shown, [f"{cause} {repair}" for cause, repair in REGISTRATION_ERRORS[code].client_causes]
                )
                concerned = set(catalogue.concerned(code))
                self.assertEqual(self.marked(page), {name for name, parts in FIELDSETS.items() if parts & concerned})

    def test_unknown_code_marks_nothing(self):
        page = self.refuse("ERR_NOUVEAU_CODE")
        self.assertFalse(page.xpath("//*[@name='urssaf_state']//ol"))
        self.assertFalse(self.marked(page))

    def test_several_codes_mark_all_that_they_concern(self):
        page = self.refuse(R2P, "ERR_COORDONNEES_BANCAIRES")
        self.assertEqual(self.marked(page), {"title", "birth_date", "iban"})
        self.assertEqual(len(page.xpath("//*[@name='urssaf_state']//ol")), 2)

    def test_mark_goes_once_it_is_sent_again(self):
        self.refuse(R2P)
        self.ask()
        self.assertFalse(self.marked(self.page(f"{PAGE}?edit=1")))

    def test_mark_stays_beside_what_is_wrong(self):
        self.refuse(R2P)
        page = self.post(mobile="01")
        self.assertEqual({*self.errors(page)}, {"mobile"})
        self.assertEqual(self.marked(page), {"title", "birth_date"})

    def test_in_french_and_nothing_personal(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.portal_user.lang = "fr_FR"
        self.refuse(R2P)
        (refusal,) = self.asked.with_user(self.portal_user).sudo().with_context(lang="fr_FR")._portal_step()["refusals"]
        said = json.dumps(refusal["causes"], ensure_ascii=False)
        self.assertLess(said.index("nom d'usage"), said.index("prénoms"))
        for value in (r"Durand", r"Claire", r"1985", r"FR76", r"06 ?11", r"@"):
            self.assertFalse(re.search(value, said), value)
