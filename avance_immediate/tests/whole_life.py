"""The life of two clients, with all that can happen to what they give, done as people do it, for who looks afterwards
where it stands: one whom an employee takes from a spreadsheet, one who asks on the portal."""

import json
from datetime import date, timedelta
from urllib.parse import urlsplit

from odoo.exceptions import UserError
from odoo.service.model import call_kw

from .common import NOW
from .portal import PortalCommon
from .test_import_upload import UploadCommon
from .test_secret import KeysCommon

SECRET = "zq7-Secret-de-Xylophage"
#: By kind, what is planted of each of the two clients. Odoo's own fields of the contacts have other values.
PLANTED = {
    "secret": [SECRET],
    "birth name": ["Quévy-Zwölfkamp", "Brzüchwitz"],
    "usage name": ["Hjälmvåg", "Wrzäskhölm"],
    "first names": ["Xénophôntine Mâh", "Yzôlde-Ÿrsule"],
    "birth date": [date(1937, 11, 29), date(1941, 10, 23)],
    "mobile": ["06 91 82 73 64", "07 48 59 61 72"],
    "e-mail": ["qvz-urssaf@example.com", "wrz-urssaf@example.com"],
    "former e-mail": ["qvz-autrefois@example.com"],
    "IBAN": ["FR83 3000 6000 01Z9 Y8X7 W6V5 U89", "FR57 3000 6000 01Q1 K2J3 H4G5 F17"],
    "account number": ["Z9Y8X7W6V5U", "Q1K2J3H4G5F"],
    "BIC": ["AGRIFRPPZQX", "AGRIFRPPWJK"],
    "holder": ["Mme Ktâlvørsen", "Mme Ptökwÿdrin"],
    "street": ["des Xanthörhizes", "des Zygöphyllums"],
    "comment": ["C'était « ma chimio-zyklothérapie »,\njamais votre ménage"],
    "words of Urssaf": ["Le dossier Wqyztrâk de l'assurée"],
}
SPREADSHEET = {
    "partner_id/.id": None,
    "email": PLANTED["former e-mail"][0],
    "mobile": PLANTED["mobile"][0],
    "title": "Mrs",
    "birth_name": PLANTED["birth name"][0],
    "usage_name": PLANTED["usage name"][0],
    "first_names": PLANTED["first names"][0],
    "birth_date": PLANTED["birth date"][0].isoformat(),
    "birth_country_id": "France",
    "birth_department": "069",
    "birth_commune_code": "123",
    "birth_commune_name": "Lyon",
    "iban": PLANTED["IBAN"][0],
    "bic": PLANTED["BIC"][0],
    "bank_holder": PLANTED["holder"][0],
    "address_text": f"8 rue {PLANTED['street'][0]}",
    "address_zip": "69003",
    "address_city": "Lyon",
}
ON_THE_PORTAL = {
    "birth_name": PLANTED["birth name"][1],
    "usage_name": PLANTED["usage name"][1],
    "first_names": PLANTED["first names"][1],
    "birth_date": PLANTED["birth date"][1].isoformat(),
    "mobile": PLANTED["mobile"][1],
    "email": PLANTED["e-mail"][1],
    "iban": PLANTED["IBAN"][1],
    "bic": PLANTED["BIC"][1],
    "holder": PLANTED["holder"][1],
    "street": f"12 rue {PLANTED['street'][1]}",
}
#: After they were activated.
JULY = {
    "invoice_date": date(2026, 7, 6),
    "urssaf_service_start": date(2026, 7, 1),
    "urssaf_service_end": date(2026, 7, 3),
}


class WholeLife(KeysCommon, UploadCommon, PortalCommon):
    """``self.zoe`` is imported, ``self.claire`` asks on the portal. ``self.tokens`` are those that Urssaf gave."""

    def setUp(self):
        type(self).tokens = []
        type(self).says_more = False
        super().setUp()
        self.company.urssaf_mail_clients = True
        self.simulator.call("POST", "providers", client_id="zq-provider", client_secret=SECRET)
        self.zoe = self.env["res.partner"].create({"name": "Zoé Ordinaire", "email": "zoe@example.com"})

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        answer = super()._request_handler(s, r, **kw)
        if urlsplit(r.url).path.startswith("/_") or not answer.content.startswith((b"{", b"[")):
            return answer
        payload = json.loads(answer.content)
        if "access_token" in payload:
            cls.tokens.append(payload["access_token"])
        elif cls.says_more:
            cls._say_more(payload)
            answer._content = json.dumps(payload).encode()
        return answer

    @classmethod
    def _say_more(cls, payload):
        """Have Urssaf quote the person in its free texts, as nothing forbids it to."""
        [words] = PLANTED["words of Urssaf"]
        person = " ".join(str(values[0]) for kind, values in PLANTED.items() if kind not in ("secret", "comment"))
        for value in payload.values() if isinstance(payload, dict) else payload:
            if isinstance(value, dict | list):
                cls._say_more(value)
        if isinstance(payload, dict):
            for key in payload.keys() & {"libelle", "message", "description"}:
                payload[key] = f"{payload[key]} {words} : {person}, {person.upper()}"

    def urssaf_says_more(self, says_more):
        type(self).says_more = says_more

    # === WHAT PEOPLE DO === #

    def live(self):
        """Do it all."""
        self.give_secret()
        self.zoe_registered = self.import_zoe()
        self.register_zoe()
        self.claire_registered = self.ask_on_the_portal()
        self.travel_to(NOW + timedelta(days=20))
        self.bill(self.zoe)
        self.bill(self.claire)
        self.change_after_consent()
        self.leave_windows_open()
        for name in ("registration", "send", "refresh", "payout"):
            self.run_cron(name)

    def give_secret(self):
        """Type the secret into the settings, press another button first, save; type it once more and walk away."""
        values = {"urssaf_client_id": "zq-provider", "urssaf_client_secret": SECRET}
        [shown] = self.rpc("res.config.settings", "web_save", [], values, {"urssaf_client_secret": {}})
        self.rpc("res.config.settings", "action_urssaf_test_connection", [shown["id"]])
        self.rpc("res.config.settings", "execute", [shown["id"]])
        self.rpc("res.config.settings", "web_save", [], {"urssaf_client_secret": SECRET}, {"urssaf_client_secret": {}})
        self.env.invalidate_all()
        self.assertTrue(self.credentials.has_secret)

    def import_zoe(self):
        """Test the import, then import; a copy of the file waits in another window, tested only."""
        columns = [*SPREADSHEET]
        row = [str(self.zoe.id), *list(SPREADSHEET.values())[1:]]
        for _window in range(2):
            window = self.upload([columns, row])
            result = self.run_import(window, columns, columns, dryrun=True)
            self.assertFalse(result["messages"])
        self.assertTrue(self.run_import(window, columns, columns)["ids"])
        registration = self.registration_of(self.zoe)
        registration.with_user(self.user).email = PLANTED["e-mail"][0]
        self.assertEqual(registration.state, "to_register", registration.missing_html)
        return registration

    def register_zoe(self):
        """Refused with many words, then accepted, then the answer is lost and looked up by the e-mail address."""
        registration = self.zoe_registered
        self.simulator.call("POST", "registrations/next", codes=["ERR_DGFIP_R2P_INCONNU", "ERR_CONTACT"])
        self.urssaf_says_more(True)
        self.press_register(registration)
        self.assertEqual(registration.state, "refused")
        self.urssaf_says_more(False)
        self.simulator.fault("register", "cut_after")
        self.press_register(registration)
        self.assertEqual(registration.state, "uncertain")
        self.urssaf_says_more(True)
        self.wait(minutes=15)
        self.run_cron("registration")
        self.assertEqual(registration.state, "waiting", registration.problems)
        self.urssaf_says_more(False)
        self.activate(registration)
        self.assertEqual(registration.state, "active")

    def press_register(self, registration):
        action = registration.with_user(self.user).action_register()
        window = self.env["urssaf.register"].with_user(self.user).browse(action["res_id"])
        window.has_consent = True
        window.action_register()

    def ask_on_the_portal(self):
        """Mistaken first, then right, asked about odd names, which are; the employee confirms."""
        self.assertTrue(self.errors(self.post(**{**ON_THE_PORTAL, "mobile": "06"})))
        page = self.post(**ON_THE_PORTAL)
        questions = page.xpath("//input[@name='confirmed']/@value")
        registration = self.ask(**ON_THE_PORTAL, confirmed=questions)
        self.press_register(registration)
        self.assertEqual(registration.state, "waiting", registration.problems)
        self.activate(registration)
        self.assertEqual(registration.state, "active")
        self.page()
        return registration

    def bill(self, client):
        """One invoice refused with a comment, one paid, one paid and recovered."""
        moves = self.env["account.move"].union(*(self.create_service_invoice(client, **JULY) for _index in range(3)))
        refused, paid, recovered = self.send(moves)
        self.run_cron("send")
        self.assertEqual(set(moves.mapped("urssaf_state")), {"sent"})
        self.urssaf_says_more(True)
        steps = [(paid, "pay", {}), (recovered, "pay", {}), (recovered, "recover", {})]
        steps.append((refused, "refuse", {"code": "CONTEST_AUTRE", "comment": PLANTED["comment"][0]}))
        for request, action, options in steps:
            self.simulator.step(request, action, force=True, **options)
            request.with_user(self.user).action_refresh()
        self.assertEqual((refused + paid + recovered).mapped("state"), ["refused", "paid", "to_settle"])
        self.assertEqual(refused.refusal_comment, PLANTED["comment"][0])
        self.urssaf_says_more(False)

    def change_after_consent(self):
        registration = self.zoe_registered.with_user(self.user)
        with self.assertRaises(UserError), self.cr.savepoint():
            self.merge_zoe()
        registration.read()

    def merge_zoe(self):
        other = self.env["res.partner"].create({"name": "Zoé Ordinaire", "email": "zoe@example.com"})
        model = self.env["base.partner.merge.automatic.wizard"].with_user(self.admin)
        window = model.with_context(active_model="res.partner", active_ids=(self.zoe + other).ids).create({})
        window.dst_partner_id = other
        call_kw(model, "action_merge", [window.ids], {})

    def leave_windows_open(self):
        """An e-mail to explain, an invoice to send, a registration to confirm: opened, and left open."""
        self.simulator.person_step(self.claire_registered, "block")
        self.wait(days=1)
        self.claire_registered.with_user(self.user).action_refresh()
        self.assertEqual(self.claire_registered.state, "blocked")
        action = self.claire_registered.with_user(self.user).action_explain_by_mail()
        self.env[action["res_model"]].with_user(self.user).with_context(**action["context"]).create({})
        moves = self.create_service_invoice(self.zoe, **JULY)
        self.env["urssaf.send"].with_user(self.user).create({"move_ids": [(6, 0, moves.ids)]})
