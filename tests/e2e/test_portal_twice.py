"""A client who sends the form of the portal twice at once: one registration, and no page of an error."""

import requests
from lxml import html

from scripts import paths
from tests.e2e.world import together

PAGE = "/my/avance-immediate"
IBAN = "FR76 3000 6000 0112 3456 7890 189"
TYPED = {
    **{"title": "2", "birth_name": "Durand", "first_names": "Claire Anne", "birth_date": "1955-05-02"},
    **{"birth_commune": "Villeurbanne", "mobile": "06 39 98 00 41", "street": "12 bis rue de la Paix"},
    **{"zip": "69100", "city": "Villeurbanne", "iban": IBAN, "bic": "AGRIFRPP", "consent": "1"},
    "email": "claire.martin@example.com",
}


class Client:
    """A client of the provider in a browser, who has a user of the portal."""

    def __init__(self, world):
        self._url = world.user.url
        self._session = requests.Session()
        self.partner = world.admin.create("res.partner", {"name": "Claire Martin", "email": TYPED["email"]})
        groups = [(6, 0, [world.admin.ref("base.group_portal")])]
        values = {"login": "claire", "password": "claire", "partner_id": self.partner, "group_ids": groups}
        world.admin.create("res.users", values, no_reset_password=True)
        token = self.page("/web/login").xpath("//input[@name='csrf_token']/@value")[0]
        self.post("/web/login", {"login": "claire", "password": "claire", "csrf_token": token})

    def page(self, path: str):
        """Return a page, as a tree."""
        return html.fromstring(self._session.get(self._url + path, timeout=60).text)

    def post(self, path: str, values: dict):
        """Send a form; return the page that follows, as a tree."""
        answer = self._session.post(self._url + path, values, timeout=60)
        answer.raise_for_status()
        return html.fromstring(answer.text)


def test_form_sent_twice_at_once(world):
    """The first time it creates the registration, the second it corrects it."""
    client = Client(world)
    log = paths.log_file("e2e-odoo-1")
    start = log.stat().st_size
    page = client.page(PAGE)
    values = {**TYPED, "csrf_token": page.xpath("//input[@name='csrf_token']/@value")[0]}
    values["birth_country"] = page.xpath("//select[@name='birth_country']/option[@selected]/@value")[0]

    for mobile in ("06 39 98 00 41", "06 39 98 00 42"):
        values["mobile"] = mobile
        for answer in together(*[lambda: client.post(PAGE, values)] * 3):
            assert not isinstance(answer, Exception), answer
            assert answer.xpath("//*[@name='urssaf_state']/@data-state") == ["to_register"]

    [registration] = world.user.search("urssaf.registration", [("partner_id", "=", client.partner)])
    about = [("res_model", "=", "urssaf.registration"), ("res_id", "=", registration)]
    assert len(world.user.search("mail.activity", about)) == 1
    logged = log.read_bytes()[start:].decode()
    assert "try again" in logged, "the requests did not meet"
    assert IBAN.replace(" ", "") not in logged, "a statement that failed is logged with its values"
