"""What the tests of the client's portal share."""

from lxml import html

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .common import UrssafCommon

PAGE = "/my/avance-immediate"
IBAN = "FR76 3000 6000 0112 3456 7890 189"
OTHER_IBAN = "FR14 2004 1010 0505 0001 3M02 606"
FORM = {
    "title": "2",
    "birth_name": "Durand",
    "usage_name": "Martin",
    "first_names": "Claire Anne",
    "birth_date": "1985-05-02",
    "birth_commune": "Villeurbanne",
    "birth_code": "69266",
    "mobile": "06 11 22 33 44",
    "email": "claire.martin@example.com",
    "street": "12 bis rue de la Paix",
    "zip": "69100",
    "city": "Villeurbanne",
    "city_code": "69266",
    "iban": IBAN,
    "bic": "AGRIFRPP",
    "consent": "1",
}


class PortalCommon(UrssafCommon, HttpCase):
    """A client with a user of the portal, who is not registered yet."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("en_US")
        self.env["ir.default"].set("res.partner", "lang", "en_US")  # that of the pages
        self.claire = self.env["res.partner"].create({"name": "Claire Martin", "email": "claire.martin@example.com"})
        self.portal_user = self.create_portal_user("claire", self.claire)
        self.authenticate("claire", "claire")

    def create_portal_user(self, login, partner, **values):
        values = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)], **values}
        values = {"name": partner.name, "email": partner.email, "lang": "en_US", **values}
        return new_test_user(self.env, login, "base.group_portal", partner_id=partner.id, **values)

    def register_by_themselves(self):
        """Have who asks on the portal registered without a confirmation: nobody else may sign up then."""
        self.env["ir.config_parameter"].set_param("auth_signup.invitation_scope", "b2b")
        self.company.urssaf_portal_auto_register = True

    def registration_of(self, partner):
        return self.env["urssaf.registration"].search([("partner_id", "=", partner.id)])

    def page(self, url=PAGE):
        self.env.flush_all()
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200, url)
        return html.fromstring(answer.text)

    def post(self, url=PAGE, **values):
        """Send the form as the browser does; a value of None is left out."""
        self.env.flush_all()
        data = {"birth_country": str(self.birth_country("fr").id), **FORM, **values, "csrf_token": self.csrf()}
        answer = self.url_open(url, data={name: value for name, value in data.items() if value is not None})
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        return html.fromstring(answer.text)

    def csrf(self):
        token = self.page("/my/account").xpath("//input[@name='csrf_token']/@value")
        return token[0]

    def ask(self, **values):
        """Ask for the registration with everything right, and return it."""
        page = self.post(**values)
        self.assertFalse(self.errors(page))
        return self.registration_of(self.claire)

    def errors(self, page):
        """Return the fields with a problem, and what is said about each."""
        found = {}
        for said in page.find_class("invalid-feedback"):
            named = said.getparent().xpath(".//input/@name | .//select/@name")
            found[named[0]] = said.text_content().strip()
        return found

    def value(self, page, name):
        return page.xpath(f"//input[@name='{name}']/@value")

    def state(self, page):
        return page.xpath("//*[@name='urssaf_state']/@data-state")

    def text(self, page):
        return " ".join(page.text_content().split())
