from datetime import date

import psycopg2

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import CIVIL_STATUS, UrssafCommon

# What is typed, and the one thing that Urssaf would then refuse.
PERSON_RULES = [
    ({"urssaf_title": False}, "title_invalid"),
    ({"urssaf_birth_name": False}, "birth_name_missing"),
    ({"urssaf_birth_name": "D" * 81}, "birth_name_too_long"),
    ({"urssaf_birth_name": "Durand;"}, "birth_name_invalid"),
    ({"urssaf_birth_name": "Durand 2"}, "name_digits"),
    ({"urssaf_usage_name": "D" * 81}, "usage_name_too_long"),
    ({"urssaf_usage_name": "Dupont (Mme)"}, "usage_name_invalid"),
    ({"urssaf_first_names": False}, "first_names_missing"),
    ({"urssaf_first_names": "J" * 81}, "first_names_too_long"),
    ({"urssaf_first_names": "Jeanne, Marie"}, "first_names_invalid"),
    ({"urssaf_birth_date": False}, "birth_date_missing"),
    ({"urssaf_birth_date": date(2026, 6, 18)}, "birth_date_future"),
    ({"urssaf_birth_country_id": False}, "birth_country_missing"),
    (
        dict.fromkeys(
            ("urssaf_birth_department", "urssaf_birth_commune_code", "urssaf_birth_commune_name"),
            False,
        ),
        "birth_place_missing",
    ),
    ({"urssaf_birth_department": False}, "birth_department_missing"),
    ({"urssaf_birth_department": "69"}, "birth_department_invalid"),
    ({"urssaf_birth_commune_code": False}, "birth_commune_missing"),
    ({"urssaf_birth_commune_code": "12"}, "birth_commune_invalid"),
    ({"urssaf_birth_commune_name": False}, "birth_commune_name_missing"),
    ({"urssaf_birth_commune_name": "Lyon; Rhône"}, "birth_commune_name_invalid"),
]
CONTACT_RULES = [
    ({"email": False}, "email_missing"),
    ({"email": "jeanne"}, "email_invalid"),
    ({"email": "jeanne+urssaf@example.com"}, "email_plus"),
    ({"mobile": False}, "mobile_missing"),
    ({"mobile": "04 78 00 00 00"}, "mobile_invalid"),
    ({"mobile": "+32 470 12 34 56"}, "mobile_invalid"),
    ({"iban": False}, "iban_missing"),
    ({"iban": "FR76 3000 6000 0112 3456 7890 188"}, "iban_invalid"),
    ({"iban": "BE68 5390 0754 7034"}, "iban_not_french"),
    ({"bic": False}, "bic_missing"),
    ({"bic": "AGRI"}, "bic_invalid"),
    ({"bic": "GEBABEBB"}, "bic_not_french"),
    ({"bank_holder": False}, "holder_missing"),
    ({"bank_holder": "D" * 101}, "holder_too_long"),
    ({"address_number": "0"}, "address_number_invalid"),
    ({"address_number": "8b"}, "address_number_invalid"),
    ({"address_number": False, "address_letter": "B"}, "address_letter_without_number"),
    ({"address_street_type": False}, "address_street_type_missing"),
    ({"address_street_name": False}, "address_street_name_missing"),
    ({"address_street_type": False, "address_street_name": False}, "address_incomplete"),
    ({"address_city": False}, "address_city_missing"),
    ({"address_city": False, "address_city_code": False}, "address_city_missing"),
    ({"address_city_code": False}, "address_city_code_missing"),
    ({"address_city_code": "6938"}, "address_city_code_invalid"),
    ({"address_zip": False}, "address_zip_invalid"),
    ({"address_zip": "6900"}, "address_zip_invalid"),
]


@tagged("post_install", "-at_install")
class TestRegistrationForm(UrssafCommon):
    """What registration needs: said at once, whole, while the form is filled."""

    def setUp(self):
        super().setUp()
        self.partner = self.create_client(name="Paul Martin", urssaf_birth_name="Martin", email="paul@example.com")
        self.to_register = self.prepare(self.partner)

    def problems(self, registration):
        return [problem["code"] for problem in registration._problems_before()]

    def test_complete(self):
        self.assertEqual(self.problems(self.to_register), [])
        self.assertEqual(self.to_register.state, "to_register")
        self.assertFalse(self.to_register.missing_html)

    def test_each_rule(self):
        rules = [(self.partner, *rule) for rule in PERSON_RULES] + [(self.to_register, *rule) for rule in CONTACT_RULES]
        for record, values, code in rules:
            with self.subTest(code=code, values=values):
                before = {name: record._fields[name].convert_to_write(record[name], record) for name in values}
                record.with_user(self.user).write(values)
                self.assertEqual(self.problems(self.to_register), [code])
                self.assertEqual(self.to_register.state, "to_complete")
                self.assertTrue(self.to_register.with_user(self.user).missing_html)
                with self.assertRaises(UserError):
                    self.to_register.with_user(self.user).action_register()
                record.with_user(self.user).write(before)
                self.assertEqual(self.to_register.state, "to_register")

    def test_everything_at_once(self):
        self.partner.with_user(self.user).write(dict.fromkeys(CIVIL_STATUS, False))
        self.to_register.with_user(self.user).write({"iban": False, "mobile": False, "address_city_code": False})
        missing = self.problems(self.to_register)
        self.assertEqual(len(missing), 8)
        self.assertEqual(self.to_register.with_user(self.user).missing_html.count("<li>"), 8)

    def test_filled_step_by_step(self):
        partner = self.env["res.partner"].with_user(self.user).create({"name": "Anne Petit"})
        registration = self.env["urssaf.registration"].with_user(self.user)._prepare(partner, self.company)
        self.assertEqual(registration.state, "to_complete")
        partner.write(CIVIL_STATUS)
        self.assertEqual(registration.state, "to_complete")
        registration.write(
            {
                "email": "anne@example.com",
                "mobile": "0607080910",
                "iban": self.to_register.iban,
                "bic": self.to_register.bic,
                "bank_holder": "Mme Anne Petit",
                "address_complement": "Bâtiment C",
                "address_zip": "69001",
                "address_city": "LYON 01",
                "address_city_code": "69381",
            }
        )
        self.assertEqual(registration.state, "to_register")

    def test_born_abroad(self):
        belgium = self.birth_country("be")
        self.partner.with_user(self.user).write({"urssaf_birth_country_id": belgium.id})
        self.assertEqual(self.problems(self.to_register), [])
        birth_place = self.to_register._person().to_wire()["lieuNaissance"]
        self.assertEqual(birth_place, {"codePaysNaissance": "99131"})

    def test_mobile_and_iban_as_people_write_them(self):
        for mobile in ("0605040302", "06.05.04.03.02", "+33 6 05 04 03 02", "0033605040302"):
            with self.subTest(mobile=mobile):
                self.to_register.with_user(self.user).write({"mobile": mobile, "iban": "fr76 30006000011234567890189"})
                self.assertEqual(self.problems(self.to_register), [])
                wire = self.to_register._person().to_wire()
                self.assertEqual(wire["numeroTelephonePortable"], "0605040302")
                self.assertEqual(wire["coordonneeBancaire"]["iban"], "FR7630006000011234567890189")

    def test_known_values_are_taken_from_the_client(self):
        partner = self.create_client(
            name="Anne Petit",
            email="Anne <anne@example.com>",
            phone="06 07 08 09 10",
            street="12 bis rue de la République",
            street2="Bâtiment C",
            zip="69002",
            city="Lyon",
        )
        action = partner.with_user(self.user).action_urssaf_open_registration()
        registration = self.env["urssaf.registration"].browse(action["res_id"])
        self.assertRecordValues(
            registration,
            [
                {
                    "email": "anne@example.com",
                    "mobile": "06 07 08 09 10",
                    "bank_holder": "Mme Anne Petit",
                    "address_number": "12",
                    "address_letter": "B",
                    "address_street_type": "R",
                    "address_street_name": "de la République",
                    "address_complement": "Bâtiment C",
                    "address_zip": "69002",
                    "address_city": "Lyon",
                }
            ],
        )
        again = partner.with_user(self.user).action_urssaf_open_registration()
        self.assertEqual(again["res_id"], registration.id, "there is one for each client")

    def test_another_client_is_chosen_in_a_new_form(self):
        """Nothing of the one chosen by mistake is registered for the other; what was typed stays."""
        anne = self.create_client(name="Anne Petit", email="anne@example.com", phone="0607080910", street="1 rue A")
        paul = self.create_client(
            name="Paul Grand", email=False, street="2 place du Parc", zip="33000", city="Bordeaux"
        )
        with Form(self.env["urssaf.registration"].with_user(self.user)) as form:
            form.partner_id = anne
            self.assertEqual(form.email, "anne@example.com")
            form.address_complement = "Bâtiment C"
            form.partner_id = paul
        self.assertRecordValues(
            form.record,
            [
                {
                    "partner_id": paul.id,
                    "email": False,
                    "mobile": False,
                    "bank_holder": "Mme Paul Grand",
                    "address_street_type": "PL",
                    "address_street_name": "du Parc",
                    "address_city_code": "33063",
                    "address_complement": "Bâtiment C",
                }
            ],
        )

    def test_a_client_without_a_name(self):
        partner = self.create_client(name=False, type="invoice", urssaf_title="1")
        self.assertFalse(self.env["urssaf.registration"]._known_values(partner)["bank_holder"])

    def test_only_one(self):
        """Refused before the database does, whose message in the log quotes the whole row, account and all."""
        registrations = self.env["urssaf.registration"].with_user(self.user)
        values = {"partner_id": self.partner.id, "iban": "FR7630006000011234567890189"}
        with self.assertNoLogs("odoo.sql_db"), self.assertRaisesRegex(ValidationError, "already"):
            registrations.create(values)
        self.company.urssaf_environment = False
        with self.assertNoLogs("odoo.sql_db"), self.assertRaisesRegex(UserError, "environment"):
            registrations.create({**values, "partner_id": self.create_client(name="Anne Petit").id})

    def test_only_people(self):
        company = self.env["res.partner"].create({"name": "SARL Martin", "is_company": True})
        employee = self.env["res.partner"].create({"name": "Paul", "parent_id": company.id})
        contact = self.env["res.partner"].create({"name": "Chez Anne", "parent_id": self.partner.id})
        for partner in (company, employee, contact):
            with self.subTest(partner=partner.name), self.assertRaises(ValidationError), self.cr.savepoint():
                self.env["urssaf.registration"].with_user(self.user)._prepare(partner, self.company)
        self.assertFalse(employee.urssaf_is_used or contact.urssaf_is_used)
        self.assertTrue(self.partner.urssaf_is_used)

    def test_client_entered_as_a_company(self):
        """The button is there once the client is said to be a person, before anything is saved."""
        partners = self.env["res.partner"].with_user(self.user).with_context(default_is_company=True)
        with Form(partners, "base.view_partner_form") as form:
            form.name = "Anne Petit"
            self.assertTrue(form._get_modifier("urssaf_title", "invisible"))
            form.company_type = "person"
            self.assertFalse(form._get_modifier("urssaf_title", "invisible"))

    def test_contact_of_a_client_opens_the_registration_of_the_client(self):
        contact = self.env["res.partner"].create({"name": "Chez Anne", "parent_id": self.partner.id})
        action = contact.with_user(self.user).action_urssaf_open_registration()
        self.assertEqual(action["res_id"], self.to_register.id)

    def test_company_that_does_not_use_it(self):
        self.company.urssaf_environment = False
        self.assertFalse(self.partner.urssaf_is_used)
        with self.assertRaises(UserError):
            self.partner.with_user(self.user).action_urssaf_open_registration()

    def test_new_client_in_the_form(self):
        form = Form(self.env["res.partner"].with_user(self.user))
        form.name = "Anne Petit"
        partner = form.save()
        self.assertFalse(partner.urssaf_registration_state)

    def test_deleting(self):
        self.to_register.unlink()
        with self.assertRaises(UserError):
            self.registration.unlink()
        with self.assertRaises(psycopg2.IntegrityError), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.client.unlink()
            self.env.flush_all()

    def test_closed_once_registered(self):
        for values in ({"iban": "FR76 1027 8060 4100 0207 1210 142"}, {"email": "autre@example.com"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.registration.with_user(self.user).write(values)
        self.to_register.with_user(self.user).write({"email": "autre@example.com"})
        self.assertEqual(self.to_register.email, "autre@example.com")

    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Autre", "country_id": self.env.ref("base.fr").id})
        other.urssaf_environment = "simulator"
        user = new_test_user(
            self.env,
            "urssaf_user_2",
            "avance_immediate.group_urssaf_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        client = self.client.with_user(user).with_context(allowed_company_ids=other.ids)
        self.assertFalse(client.urssaf_registration_state)
        self.assertEqual(self.client.with_user(self.user).urssaf_registration_state, "active")
        action = client.action_urssaf_open_registration()
        registration = client.env["urssaf.registration"].browse(action["res_id"])
        self.assertEqual((registration.company_id, registration.state), (other, "to_complete"))
        self.assertFalse(registration.iban, "what one provider was given is not given to another")
        client.invalidate_recordset()
        self.assertEqual(client.urssaf_registration_state, "to_complete")

    def test_search_by_state(self):
        search = self.env["res.partner"].with_user(self.user).search
        both = self.client | self.partner
        self.assertEqual(search([("urssaf_registration_state", "=", "active"), ("id", "in", both.ids)]), self.client)
        self.assertEqual(search([("urssaf_registration_state", "!=", "active"), ("id", "in", both.ids)]), self.partner)
        third = self.create_client(name="Anne Petit")
        self.assertEqual(search([("urssaf_registration_state", "=", False), ("id", "in", (both | third).ids)]), third)
        self.assertEqual(
            search([("urssaf_registration_state", "in", [False, "active"]), ("id", "in", (both | third).ids)]),
            self.client | third,
        )
