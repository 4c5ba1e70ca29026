from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestProposal(TransactionCase):
    """What partner_contact_birthplace knows is proposed, and nothing that was entered is replaced."""

    def prepare(self, **values):
        """Prepare the registration of a contact; return the contact."""
        company = self.env.company
        company.urssaf_environment = "simulator"
        partner = self.env["res.partner"].create({"name": "Paul Martin", **values})
        self.env["urssaf.registration"]._prepare(partner, company)
        return partner

    def country(self, code):
        return self.env["urssaf.birth.country"]._of(self.env.ref(f"base.{code}"))

    def codes(self, partner):
        return partner.urssaf_birth_department, partner.urssaf_birth_commune_code, partner.urssaf_birth_commune_name

    def test_proposed(self):
        partner = self.prepare(birth_city="saint-denis", birth_zip="93200", urssaf_birth_date="1990-01-01")
        self.assertEqual(self.codes(partner), ("093", "066", "Saint-Denis"))
        self.assertEqual(partner.urssaf_birth_country_id, self.country("fr"))

    def test_codes_of_the_day_of_birth(self):
        partner = self.prepare(birth_city="Nanterre", birth_zip="92000", urssaf_birth_date="1960-01-01")
        self.assertEqual(self.codes(partner), ("075", "050", "Nanterre"))

    def test_doubtful(self):
        partner = self.prepare(birth_city="Saint-Denis", urssaf_birth_date="1990-01-01")
        self.assertEqual(self.codes(partner), (False, False, "Saint-Denis"))

    def test_abroad(self):
        partner = self.prepare(birth_city="Lisboa", birth_country_id=self.env.ref("base.pt").id)
        self.assertEqual(partner.urssaf_birth_country_id, self.country("pt"))
        self.assertEqual(self.codes(partner), (False, False, False))

    def test_overseas(self):
        partner = self.prepare(
            birth_city="Saint-Denis",
            birth_zip="97400",
            birth_country_id=self.env.ref("base.re").id,
            urssaf_birth_date="1990-01-01",
        )
        self.assertEqual(partner.urssaf_birth_country_id, self.country("re"))
        self.assertEqual(self.codes(partner), ("974", "011", "Saint-Denis"))

    def test_country_without_a_code(self):
        country = self.env["res.country"].create({"name": "Codeless", "code": "QY"})
        partner = self.prepare(birth_city="Lyon", birth_zip="69003", birth_country_id=country.id)
        self.assertFalse(partner.urssaf_birth_country_id)
        self.assertEqual(self.codes(partner), (False, False, False))

    def test_what_was_entered_stays(self):
        partner = self.prepare(birth_city="Lyon", birth_zip="69003", urssaf_birth_commune_name="Lille")
        self.assertEqual(self.codes(partner), (False, False, "Lille"))

    def test_another_country_was_entered(self):
        portugal = self.country("pt")
        partner = self.prepare(birth_city="Lyon", birth_zip="69003", urssaf_birth_country_id=portugal.id)
        self.assertEqual(partner.urssaf_birth_country_id, portugal)
        self.assertEqual(self.codes(partner), (False, False, False))
