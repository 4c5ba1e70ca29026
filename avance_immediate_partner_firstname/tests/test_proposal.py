from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestProposal(TransactionCase):
    """What partner_firstname knows is proposed, and nothing that was entered is replaced."""

    def prepare(self, **values):
        """Prepare the registration of a contact; return the contact."""
        company = self.env.company
        company.urssaf_environment = "simulator"
        partner = self.env["res.partner"].create(values)
        self.env["urssaf.registration"]._prepare(partner, company)
        return partner

    def test_proposed(self):
        partner = self.prepare(lastname="Martin", firstname="Paul Henri")
        self.assertEqual((partner.urssaf_birth_name, partner.urssaf_first_names), ("Martin", "Paul Henri"))

    def test_what_was_entered_stays(self):
        partner = self.prepare(lastname="Durand", firstname="Anne", urssaf_birth_name="Petit")
        self.assertEqual((partner.urssaf_birth_name, partner.urssaf_first_names), ("Petit", "Anne"))
