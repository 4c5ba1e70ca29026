from datetime import date

from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestProposal(TransactionCase):
    """What partner_contact_birthdate knows is proposed, and nothing that was entered is replaced."""

    def prepare(self, **values):
        """Prepare the registration of a contact; return the contact."""
        company = self.env.company
        company.urssaf_environment = "simulator"
        partner = self.env["res.partner"].create(values)
        self.env["urssaf.registration"]._prepare(partner, company)
        return partner

    def test_proposed(self):
        partner = self.prepare(name="Paul Martin", birthdate_date="1960-05-04")
        self.assertEqual(partner.urssaf_birth_date, date(1960, 5, 4))

    def test_what_was_entered_stays(self):
        partner = self.prepare(name="Paul Martin", birthdate_date="1960-05-04", urssaf_birth_date="1961-05-04")
        self.assertEqual(partner.urssaf_birth_date, date(1961, 5, 4))
