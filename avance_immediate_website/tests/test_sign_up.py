from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestSignUp(TransactionCase):
    """Whichever is set last is refused: the free sign-up of a website, or automatic registration."""

    def setUp(self):
        super().setUp()
        self.company = self.env["res.company"].create({"name": "Prestataire"})
        self.website = self.env["website"].create({"name": "Site", "company_id": self.company.id})
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2b")
        self.env["website"].search([]).auth_signup_uninvited = "b2b"

    def assertRefused(self):
        return self.assertRaisesRegex(ValidationError, "anybody could sign up")

    def test_website_last(self):
        self.company.urssaf_portal_auto_register = True
        with self.assertRefused(), self.cr.savepoint():
            self.website.auth_signup_uninvited = "b2c"
        with self.assertRefused(), self.cr.savepoint():
            self.env["website"].create(
                {"name": "Autre site", "company_id": self.company.id, "auth_signup_uninvited": "b2c"}
            )

    def test_registering_last(self):
        self.website.auth_signup_uninvited = "b2c"
        with self.assertRefused(), self.cr.savepoint():
            self.company.urssaf_portal_auto_register = True

    def test_website_of_another_company(self):
        self.company.urssaf_portal_auto_register = True
        other = self.env["website"].create(
            {"name": "Ailleurs", "company_id": self.env.company.id, "auth_signup_uninvited": "b2c"}
        )
        self.assertEqual(other.auth_signup_uninvited, "b2c")
        with self.assertRefused(), self.cr.savepoint():
            other.company_id = self.company
