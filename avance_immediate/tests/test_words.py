from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .forged import ForgedAnswers
from .test_access import AccessCommon

SEARCH = "/demandePaiement/rechercher"
COMMENT = "J'étais à l'hôpital <b>pour ma hanche</b> & “pas” chez moi"
PART = "hanche"
SENTENCE = "Appelez Jeanne Durand au 06 05 04 03 02"


@tagged("post_install", "-at_install")
class TestClientsWords(AccessCommon):
    """What a client writes when they refuse stands in one field, and Urssaf users read it."""

    def setUp(self):
        super().setUp()
        self.move, self.request = self.sent_invoice()

    def step(self, action, **options):
        self.simulator.step(self.request, action, force=True, **options)
        self.request.with_user(self.user).action_refresh()

    def told(self):
        """Return all that is kept about the request and its invoice beside its own columns."""
        records = (self.request, self.move)
        activities = self.env["mail.activity"].with_context(active_test=False)
        texts = [str(self.request.problems), self.request.problem_html, str(self.request.payload)]
        texts += [str(self.move.with_user(self.user)._get_alerts())]
        for record in records:
            on_it = [("res_model", "=", record._name), ("res_id", "=", record.id)]
            for activity in activities.search(on_it):
                texts += [activity.summary, activity.note]
            for message in self.env["mail.message"].search([("model", "=", record._name), ("res_id", "=", record.id)]):
                texts += [message.subject, message.body, message.preview]
                texts += message.tracking_value_ids.mapped("new_value_char")
        return "\n".join(str(text) for text in texts)

    def test_one_place(self):
        self.step("refuse", code="CONTEST_AUTRE", comment=COMMENT)
        self.assertEqual(self.request.with_user(self.user).refusal_comment, COMMENT)
        told = self.told()
        self.assertNotIn(PART, told)
        self.assertIn("Contested for another reason.", told, "the reason is said")
        self.wait(days=30)
        self.run_cron("refresh")
        self.step("cancel", code="ANNUL_AUTRE", comment=COMMENT)
        self.assertNotIn(PART, self.told())
        self.step("pay")
        self.assertFalse(self.activities(self.request), "done, which leaves a line in the chatter")
        self.assertNotIn(PART, self.told())

    def test_no_column_but_its_own(self):
        self.step("refuse", code="CONTEST_AUTRE", comment=COMMENT)
        self.env.flush_all()
        for table in ("urssaf_payment_request", "account_move", "mail_message", "mail_activity", "mail_mail"):
            self.env.cr.execute(f"SELECT to_jsonb(t) FROM {table} t WHERE t::text LIKE %s", [f"%{PART}%"])  # noqa: S608
            found = {name for (row,) in self.env.cr.fetchall() for name, value in row.items() if PART in str(value)}
            self.assertEqual(found, {"refusal_comment"} if table == "urssaf_payment_request" else set(), table)

    def test_who_reads_it(self):
        self.step("refuse", code="CONTEST_AUTRE", comment=COMMENT)
        for groups in ("account.group_account_invoice", "account.group_account_readonly"):
            self.accountant.group_ids = self.env.ref(groups) + self.env.ref("base.group_allow_export")
            request = self.request.with_user(self.accountant)
            for name in ("refusal_comment", "id_request", "registration_id", "status_ids.label"):
                with self.subTest(groups=groups, field=name), self.assertRaises(AccessError):
                    request.search([(name, "!=", False)])
            for record, name in ((request, "refusal_comment"), (request.status_ids[:1], "label")):
                with self.subTest(groups=groups, field=name), self.assertRaises(AccessError):
                    record.read([name])
            self.assertEqual(request.refusal_reason, "Contested for another reason.")
            self.assertIn("Contested for another reason.", request.problem_html)
            self.assertNotIn("refusal_comment", request.get_views([(False, "form")])["views"]["form"]["arch"])
            self.assertNotIn("refusal_comment", Form(request)._values)
        self.assertIn("refusal_comment", Form(self.request.with_user(self.user))._values)


@tagged("post_install", "-at_install")
class TestCodes(ForgedAnswers, TestClientsWords):
    """What Urssaf gives for a code is shown to many: it has the form of one, or is said as unknown."""

    test_one_place = test_no_column_but_its_own = test_who_reads_it = None

    def test_refusal(self):
        self.step("refuse", code=SENTENCE, comment="x")
        self.assertEqual(self.request.refusal_code, "???")
        self.assertEqual(self.request.refusal_reason, "For a reason that we do not know.")
        self.assertNotIn("Jeanne Durand", self.told())
        self.step("refuse", code="NOUVEAU_MOTIF", comment="x")
        self.assertEqual(self.request.refusal_reason, "For a reason that we do not know. (NOUVEAU_MOTIF)")

    def test_status(self):
        self.step("set_status", status=SENTENCE)
        self.assertEqual((self.request.state, self.request.urssaf_status), ("sent", "???"))
        self.assertEqual(self.request.urssaf_status_label, "Status that we do not know")
        self.assertEqual(self.problem_codes(self.request), ["unusual_status"])
        self.assertNotIn("Jeanne Durand", self.told())
        self.step("pay")
        self.step("set_status", status=SENTENCE)
        self.assertEqual(self.request.state, "to_settle", "an unknown code after a payout is never dropped")

    def test_status_of_the_answer_to_a_sending(self):
        def change(payload, _headers):
            payload[0]["statut"] = SENTENCE

        self.forge("/demandePaiement", change)
        self.move, self.request = self.sent_invoice()
        self.assertEqual(self.request.status_ids.mapped("code"), ["???"])
        self.assertNotIn("Jeanne Durand", self.told())

    def test_label(self):
        def change(payload, _headers):
            payload["infoDemandePaiements"][0]["statut"]["libelle"] = SENTENCE * 100

        self.forge(SEARCH, change)
        self.step("validate")
        self.assertLess(len(self.request.status_ids[:1].label), 100)
        self.assertNotIn("Jeanne Durand", self.told())

    def test_error(self):
        def change(payload, headers):
            payload[0].update(
                idDemandePaiement=None, statut=None, errors=[{"code": SENTENCE, "message": "", "description": ""}]
            )
            headers["x-correlationid"] = SENTENCE

        self.forge("/demandePaiement", change)
        self.move = self.create_service_invoice()
        self.request = self.send(self.move)
        self.assertEqual(self.request.state, "rejected")
        self.assertNotIn("Jeanne Durand", self.told())

    def test_reference_of_a_call(self):
        def change(payload, headers):
            payload.clear()
            headers["x-correlationid"] = SENTENCE

        self.forge("/demandePaiement", change)
        self.move = self.create_service_invoice()
        self.request = self.send(self.move)
        self.assertEqual(self.request.state, "uncertain")
        self.assertNotIn("Jeanne Durand", self.told())

    def test_status_of_a_client(self):
        def change(payload, _headers):
            (payload[0] if isinstance(payload, list) else payload)["statut"].update(code=SENTENCE, etat="KO")

        self.forge("/particulier", change)
        self.registration.with_user(self.user).action_refresh()
        self.assertEqual((self.registration.state, self.registration.urssaf_status), ("blocked", "???"))
        self.assertEqual(self.registration.urssaf_status_label, "State that we do not know")
        told = f"{self.registration.problems} {self.registration.message_ids.mapped('body')}"
        self.assertNotIn("Jeanne Durand au", told)
