from datetime import date

from odoo.tests import Form, tagged

from .common import UrssafCommon

# What is typed; the suggestion beside it; and what the form holds once it is taken over.
REPAIRS = [
    ("civil_status", {"birth_name": "Mme Martin"}, "name_title", {"birth_name": "Martin"}),
    ("civil_status", {"birth_name": "Martin 2"}, "name_digits", {"birth_name": "Martin"}),
    ("civil_status", {"first_names": "Anne, Marie"}, "name_separators", {"first_names": "Anne Marie"}),
    ("civil_status", {"first_names": "Anne  Marie"}, "name_spaces", {"first_names": "Anne Marie"}),
    ("civil_status", {"usage_name": "Martin"}, "usage_name_same", {"usage_name": ""}),
    ("birth", {"birth_date": date(2052, 3, 29)}, "birth_date_century", {"birth_date": "1952-03-29"}),
    ("contact", {"email": "anne.martin@gmial.com"}, "email_domain", {"email": "anne.martin@gmail.com"}),
    ("contact", {"email": "<anne@orange.fr>"}, "email_format", {"email": "anne@orange.fr"}),
    ("contact", {"mobile": "+33 (0)6 O5 04 03 02"}, "mobile_format", {"mobile": "0605040302"}),
    (
        "bank",
        {"iban": "AGRIFRPP", "bic": "FR7630006000011234567890189"},
        "bank_swapped",
        {"iban": "FR7630006000011234567890189", "bic": "AGRIFRPP"},
    ),
    ("bank", {"bank_holder": False}, "holder_from_name", {"bank_holder": "Mme Martin Anne"}),
]
# Odd, and nothing to propose: only the client can say.
QUESTIONS = [
    ("civil_status", {"first_names": "Anne et Paul"}, "name_couple"),
    ("birth", {"birth_date": date(2015, 3, 29)}, "birth_date_minor"),
    ("bank", {"bank_holder": "M Dupont Paul"}, "holder_other"),
]
# Not refused, and worth a try once the tax administration did not recognise the person.
OPTIONS = [
    ({"birth_name": "Hélène"}, "name_accents", {"birth_name": "Helene"}),
    ({"usage_name": "Petit"}, "names_swapped", {"birth_name": "Petit", "usage_name": "Martin"}),
]


@tagged("post_install", "-at_install")
class TestRegistrationAdvice(UrssafCommon):
    """Beside the fields: what can be corrected with one click, what is odd, what Urssaf refused."""

    def setUp(self):
        super().setUp()
        self.partner = self.create_client(
            name="Anne Martin", email="anne@orange.fr", urssaf_birth_name="Martin", urssaf_first_names="Anne"
        )
        self.registration = self.prepare(self.partner, bank_holder="Mme Martin Anne").with_user(self.user)

    def items(self, record, section):
        return {item["code"]: item for item in (record.advice or {}).get(section, [])}

    def test_nothing_to_say(self):
        self.assertFalse(self.registration.advice)

    def test_each_repair(self):
        for section, typed, code, fixed in REPAIRS:
            with self.subTest(code=code), Form(self.registration) as form:
                before = {name: form[name] for name in {**typed, **fixed}}
                for name, value in typed.items():
                    form[name] = value
                item = self.items(form, section)[code]
                self.assertEqual(len(item["changes"]), len(item["values"]))
                for name, value in item["values"].items():
                    form[name] = value
                self.assertEqual({name: form[name] for name in fixed}, fixed)
                self.assertNotIn(code, self.items(form, section))
                for name, value in before.items():
                    form[name] = value

    def test_each_question(self):
        for section, typed, code in QUESTIONS:
            with self.subTest(code=code), Form(self.registration) as form:
                before = {name: form[name] for name in typed}
                for name, value in typed.items():
                    form[name] = value
                item = self.items(form, section)[code]
                self.assertEqual((item["kind"], item["values"]), ("question", {}))
                for name, value in before.items():
                    form[name] = value

    def test_what_is_worth_a_try_waits_for_a_refusal(self):
        for typed, code, fixed in OPTIONS:
            self.registration.write(typed)
            self.assertNotIn(code, self.items(self.registration, "civil_status"))
            self.simulator.call("POST", "registrations/next", codes=["ERR_DGFIP_R2P_INCONNU"])
            self.consent_and_register(self.registration)
            self.assertEqual(self.registration.state, "refused")
            item = self.items(self.registration, "civil_status")[code]
            self.assertEqual(item["values"], fixed)
            self.registration.write({**fixed, "birth_name": "Martin", "usage_name": False})
            self.registration.sudo()._set_state("to_register")

    def test_taken_over_it_is_not_saved_yet(self):
        form = Form(self.registration)
        form.birth_name = "Mme Martin"
        form.birth_name = self.items(form, "civil_status")["name_title"]["values"]["birth_name"]
        self.assertEqual(self.registration.birth_name, "Martin")
        self.registration.invalidate_recordset()
        self.assertEqual(self.partner.urssaf_birth_name, "Martin")

    def test_what_is_missing_follows_what_is_typed(self):
        self.registration.write({"birth_name": False})
        with Form(self.registration) as form:
            self.assertIn("birth name", form.missing_html)
            form.birth_name = "Martin"
            self.assertFalse(form.missing_html)
            form.iban = False
            self.assertIn("IBAN", form.missing_html)
            form.iban = "FR76 3000 6000 0112 3456 7890 189"

    def test_a_new_form_is_not_full_of_reproaches(self):
        form = Form(self.env["urssaf.registration"].with_user(self.user))
        self.assertFalse(form.missing_html)

    def test_nothing_once_registered(self):
        self.consent_and_register(self.registration)
        self.assertEqual(self.registration.state, "waiting")
        self.assertFalse(self.registration.advice)
        self.partner.with_user(self.user).write({"urssaf_birth_name": "Mme Martin"})
        self.assertFalse(self.registration.advice)

    def test_the_bic_comes_with_the_iban(self):
        self.registration.write({"iban": False, "bic": False})
        with Form(self.registration) as form:
            form.iban = "FR76 3000 6000 0112 3456 7890 189"
            self.assertEqual(form.bic, "AGRIFRPPXXX")
        with Form(self.registration) as form:
            form.bic = "BNPAFRPP"
            form.iban = "FR7630006000011234567890189"
            self.assertEqual(form.bic, "BNPAFRPP", "what was typed stays")
            self.assertIn("bic_other_bank", self.items(form, "bank"))

    def test_the_last_question_before_registering(self):
        wizard = self.env["urssaf.register"].with_user(self.user).create({"registration_id": self.registration.id})
        self.assertFalse(wizard.question_html)
        self.registration.write({"bank_holder": "M Dupont Paul"})
        wizard = self.env["urssaf.register"].with_user(self.user).create({"registration_id": self.registration.id})
        self.assertIn("another name", wizard.question_html)
        wizard.has_consent = True
        wizard.action_register()
        self.assertEqual(self.registration.state, "waiting", "a question, not an obstacle")
