from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestProposal(TransactionCase):
    """What partner_contact_gender knows is proposed, and nothing that was entered is replaced."""

    def prepare(self, **values):
        """Prepare the registration of a contact; return the contact."""
        company = self.env.company
        company.urssaf_environment = "simulator"
        partner = self.env["res.partner"].create(values)
        self.env["urssaf.registration"]._prepare(partner, company)
        return partner

    def test_proposed(self):
        for gender, title in (("male", "1"), ("female", "2"), ("other", False), (False, False)):
            with self.subTest(gender=gender):
                partner = self.prepare(name="Camille Martin", gender=gender)
                self.assertEqual(partner.urssaf_title, title)

    def test_what_was_entered_stays(self):
        partner = self.prepare(name="Camille Martin", gender="male", urssaf_title="2")
        self.assertEqual(partner.urssaf_title, "2")
