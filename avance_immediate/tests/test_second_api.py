from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..urssaf.http.api import Api
from ..urssaf.http.gateway import Gateway
from ..urssaf.tiers_prestation.api import TIERS_PRESTATION
from .common import UrssafCommon


class RollClient(Gateway):
    # The stand-in of Urssaf gives tokens for one scope alone.
    api = Api(name="roll", path="/roll/v2", scope=TIERS_PRESTATION.scope)


@tagged("post_install", "-at_install")
class TestSecondApi(UrssafCommon):
    """Another API of Urssaf, as an addon would bring it: with credentials and a token of its own."""

    def setUp(self):
        super().setUp()
        field = self.env["urssaf.credentials"]._fields["api_name"]
        self.patch(field, "_selection", {**dict(field.selection), RollClient.api.name: "Roll"})

    def values(self, **changes):
        values = {
            "company_id": self.company.id,
            "environment": self.credentials.environment,
            "client_id": "simulator-client",
            "client_secret": "simulator-secret",
            "address": self.simulator.url,
        }
        return values | changes

    def test_token_of_its_own(self):
        with self.assertRaises(UserError):
            self.company._urssaf_client(client_class=RollClient)
        other = self.env["urssaf.credentials"].create(self.values(api_name="roll"))
        former = self.credentials.access_token
        with self.company._urssaf_client(client_class=RollClient) as client:
            token = client.check_token().access_token
        self.env.invalidate_all()  # the token was stored through another cursor
        self.assertEqual((other.access_token, self.credentials.access_token), (token, former))
        self.assertNotEqual(token, former)
        self.assertEqual(self.env["urssaf.exchange"].search([], limit=1).operation, "token")
        with self.company._urssaf_client() as client:
            client.search(numbers=["none"])
        self.assertEqual(self.credentials.access_token, former, "this one's calls go on with theirs")

    def test_one_set_for_each_api(self):
        self.assertEqual(self.credentials.api_name, "tiers_prestation")
        self.env["urssaf.credentials"].create(self.values(api_name="roll"))
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.env["urssaf.credentials"].create(self.values())

    def test_credentials_that_change_their_api_lose_what_they_hold(self):
        self.credentials.api_name = "roll"
        self.assertFalse(self.credentials.client_id or self.credentials.has_secret or self.credentials.access_token)
