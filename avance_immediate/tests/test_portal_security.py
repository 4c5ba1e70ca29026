import logging
from datetime import date

from lxml import html

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal import FORM, PAGE, PortalCommon


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
                    "environment": "simulator",
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
        registrations = self.env["urssaf.registration"].with_user(self.portal_user).sudo()
        self.assertFalse(registrations._portal_company(self.company), "the website's company is not theirs")
        self.claire.company_id = False
        self.assertEqual(registrations._portal_company(self.company), self.company)

    def test_registered_with_another_company(self):
        """What one provider was given is not shown to the client of another, nor the civil status changed there."""
        other = self.other_company
        other.urssaf_environment = "simulator"
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
        data = {"birth_country": str(self.birth_country("fr").id), **FORM}
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
            ("urssaf.birth.country", "search_read", [[]]),
            ("urssaf.birth.country", "name_search", ["Alg"]),
            ("urssaf.registration", "_keep_from_portal", [[], self.client.id, self.company.id, {}, {}]),
            ("urssaf.registration", "_create_from_portal", [self.client.id, self.company.id]),
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
        self.assertEqual({*self.communes("69100")[0]}, {"code", "name", "label", "zips"})
        for text in ("", "x", "x" * 61, 5, None, ["Lyon"], {"a": 1}):
            self.assertEqual(self.communes(text), [], text)

    def test_communes_of_what_no_database_takes(self):
        for text in ("Lyon\x00", "\ud800Lyon", "L\x00yon", "\x00\x00", "69001\x00"):
            with self.subTest(text=text):
                self.assertIsInstance(self.communes(text), list)
        self.assertEqual(self.communes("Villeurb\x00")[0]["code"], "69266")

    def test_ids_that_no_database_takes(self):
        """Whatever the client's browser sends in the place of an id or a code."""
        odd = dict.fromkeys(("birth_country", "birth_code", "birth_choice", "city_code", "title", "consent"), "1\x00")
        self.post(**odd, confirmed=["x\x00"])
        self.assertFalse(self.registration_of(self.claire))

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
