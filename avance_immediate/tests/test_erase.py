from datetime import date
from io import BytesIO
from unittest.mock import patch
from zipfile import ZipFile

from odoo.exceptions import AccessError, UserError
from odoo.modules.module import load_script
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL
from odoo.tools.misc import file_path

from ..models.res_partner import CIVIL_STATUS
from ..models.urssaf_registration import GIVEN_FIELDS
from ..spreadsheet import may_hold
from .common import CONTACT, UrssafCommon

#: What is true of one person only in these tests, and on none of Odoo's own fields of the contact.
PLANTED = {
    "birth name": "Quillérouzen",
    "birth date": "1961-02-13",
    "first names": "Zoé-Aliénor",
    "e-mail": "zoe.urssaf@example.com",
    "e-mail of the trial": "zoe.essai@example.com",
    "mobile": "0611223344",
    "account": "FR1420041010050500013M02606",
    "account of the trial": "FR7610107001011234567890129",
    "street": "des Myosotis bleus",
    "comment": "trois semaines en oncologie",
    "label": "Refus motivé de la cliente",
    "note": "elle suit un traitement",
    "claim": "11000000099877",
}


class EraseCommon(UrssafCommon):
    def setUp(self):
        super().setUp()
        self.zoe = self.create_client(
            name="Zoé Martin",
            email="zoe@example.com",
            urssaf_birth_name=PLANTED["birth name"],
            urssaf_first_names=PLANTED["first names"],
            urssaf_birth_date=date(1961, 2, 13),
        )
        self.here = self.prepare(
            self.zoe,
            email=PLANTED["e-mail"],
            mobile=PLANTED["mobile"],
            iban=PLANTED["account"],
            address_street_name=PLANTED["street"],
        )

    def register_zoe(self):
        """Register her, refused first: attempts, calls and lines about it remain."""
        self.simulator.call("POST", "registrations/next", codes=["ERR_CONTACT"])
        self.consent_and_register(self.here)
        self.assertEqual(self.here.state, "refused")
        self.consent_and_register(self.here)
        self.activate(self.here)
        self.wait(days=4)

    def invoice(self, **values):
        return self.create_service_invoice(
            self.zoe,
            invoice_date=date(2026, 6, 20),
            urssaf_service_start=date(2026, 6, 18),
            urssaf_service_end=date(2026, 6, 19),
            **values,
        )

    def trial(self, state="active", **values):
        """Return another registration of hers with the company, of another environment."""
        trial = self.env["urssaf.registration"].create(
            {
                "partner_id": self.zoe.id,
                "company_id": self.company.id,
                "environment": "sandbox",
                **CONTACT,
                "email": PLANTED["e-mail of the trial"],
                "iban": PLANTED["account of the trial"],
                **values,
            }
        )
        for step in {"active": ("sending", "waiting", "active"), "uncertain": ("sending", "uncertain")}.get(state, ()):
            trial._set_state(step)
        return trial

    def other_company(self, **values):
        company = self.env["res.company"].create(
            {"name": "Autre société", "urssaf_environment": "simulator", "country_id": self.env.ref("base.fr").id}
        )
        return self.env["urssaf.registration"].create(
            {"partner_id": self.zoe.id, "company_id": company.id, "environment": "simulator", **values}
        )

    def paid_request(self):
        request = self.send(self.invoice())
        self.simulator.step(request, "pay", force=True)
        request.with_user(self.user).action_refresh()
        self.assertEqual(request.state, "paid")
        return request

    def refused_request(self):
        request = self.send(self.invoice())
        self.simulator.step(request, "refuse", force=True, code="CONTEST_ERR_FACT", comment=PLANTED["comment"])
        request.with_user(self.user).action_refresh()
        self.assertEqual(request.refusal_comment, PLANTED["comment"])
        request.status_ids[0].sudo().label = PLANTED["label"]
        return request

    def erase(self, registrations=None):
        return (registrations or self.here).with_user(self.manager).action_erase()

    def report(self, registration=None):
        subtype = self.env.ref("avance_immediate.mail_subtype_erasure")
        return (registration or self.here).message_ids.filtered(lambda m: m.subtype_id == subtype)[:1].body

    def places(self, values):
        """Return every column of the database that holds one of ``values``, as (what, table, column)."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT c.table_name, array_agg(c.column_name::text),
                   array_agg(c.column_name::text) FILTER (WHERE c.data_type = 'bytea')
            FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
            WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
              AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'date', 'bytea')
            GROUP BY c.table_name
            """
        )
        found = set()
        for table, columns, binary in self.env.cr.fetchall():
            for column in columns:
                name = SQL.identifier(column)
                text = SQL("encode(%s, 'escape')" if column in (binary or ()) else "%s::text", name)
                tests = [SQL("bool_or(%s ILIKE %s)", text, f"%{value}%") for value in values.values()]
                self.env.cr.execute(SQL("SELECT %s FROM %s", SQL(", ").join(tests), SQL.identifier(table)))
                hits = self.env.cr.fetchone()
                found |= {(what, table, column) for what, hit in zip(values, hits, strict=True) if hit}
        return found


@tagged("post_install", "-at_install")
class TestErase(EraseCommon):
    """Personal data go when the relation ends; what the law makes one keep stays."""

    def test_everything_personal_goes_and_the_books_stay(self):
        self.register_zoe()
        request = self.paid_request()
        consents = self.here.consent_ids
        dates = consents.mapped("date")
        self.assertTrue(any(self.here.attempt_ids.mapped("problems")))
        self.erase()
        self.assertEqual(self.here.state, "erased")
        for name in GIVEN_FIELDS - {"partner_id", "company_id", "environment"}:
            self.assertFalse(self.here[name], name)
        for name in CIVIL_STATUS:
            self.assertFalse(self.zoe[name], name)
        for name in ("id_client", "urssaf_status", "active_since", "refusal_codes", "problems"):
            self.assertFalse(self.here[name], name)
        self.assertEqual(len(self.here.attempt_ids), 2, "when it was tried, and how it ended")
        self.assertFalse(any(self.here.attempt_ids.mapped("problems")))
        self.assertNotIn("1961-02-13", str(request.payload))
        self.assertEqual((request.amount, request.state), (60, "paid"))
        self.assertEqual(request.payload["mntFactureTTC"], 60)
        self.assertTrue(request.id_request and request.payload["idClient"])
        self.assertEqual(request.move_id.payment_state, "paid")
        self.assertEqual(consents.mapped("date"), dates)
        for consent in consents:
            self.assertEqual((consent.text, consent.salt, consent.fingerprints), (False, False, False))
            self.assertTrue(consent.user_id and consent.origin and consent.text_version and consent.is_over)

    def plant(self):
        """Put her everywhere that Odoo and people put her."""
        self.company.urssaf_mail_clients = True
        self.register_zoe()
        self.paid_request()
        request = self.refused_request()
        trial = self.trial("to_register", claimed_id_client=PLANTED["claim"])
        for record in (trial, request):
            record.with_user(self.user).message_post(body=PLANTED["note"], message_type="comment")
            record.activity_schedule("mail.mail_activity_data_todo", note=PLANTED["note"], user_id=self.user.id)
        done = self.here.activity_schedule("mail.mail_activity_data_todo", note=PLANTED["note"], user_id=self.user.id)
        done.action_feedback(feedback=PLANTED["note"])
        mails = self.env.ref("avance_immediate.mail_template_activation").send_mail(self.here.id)
        self.assertTrue(mails)
        action = self.here.with_user(self.user).action_explain_by_mail()
        composer = self.env["mail.compose.message"].with_user(self.user).with_context(**action["context"])
        composer.create({"body": PLANTED["note"]})
        attachments = self.env["ir.attachment"].with_user(self.user)
        attachments.create(
            {
                "name": PLANTED["account"],
                "raw": PLANTED["account"].encode(),
                "res_model": "urssaf.registration",
                "res_id": self.here.id,
            }
        )
        self.env["urssaf.register"].with_user(self.user).create({"registration_id": trial.id})
        rows = f"Nom;IBAN\n{PLANTED['birth name']};{PLANTED['account']}\n".encode()
        self.env["base_import.import"].with_user(self.user).create(
            {"res_model": "urssaf.registration", "file": rows, "file_name": "c.csv", "file_type": "text/csv"}
        )
        return request, trial

    def test_no_column_holds_the_person(self):
        self.plant()
        before = self.places(PLANTED)
        self.assertEqual({what for what, _table, _column in before}, set(PLANTED), "each of them was planted")
        self.erase()
        self.assertEqual(self.places(PLANTED), set())

    def test_all_environments_of_the_company(self):
        trial = self.trial()
        self.erase()
        self.assertEqual((trial.state, self.here.state), ("erased", "erased"))
        self.assertFalse(trial.iban or trial.email)
        self.assertFalse(self.zoe.urssaf_birth_name)
        self.assertTrue(self.report(trial))

    def test_not_while_something_is_under_way(self):
        self.register_zoe()
        trial = self.trial("to_register")
        request = self.send(self.invoice())
        for registration in (self.here, trial):
            with self.assertRaises(UserError) as caught:
                self.erase(registration)
            refusal = str(caught.exception)
            self.assertIn(request.number, refusal)
            self.assertIn(str(self.here.id), refusal)
            self.assertNotIn("Zoé", refusal)
            self.assertTrue(self.here.iban and trial.iban and self.zoe.urssaf_birth_name)

    def test_not_while_a_registration_is_under_way(self):
        trial = self.trial("uncertain")
        with self.assertRaisesRegex(UserError, rf"{trial.id}.*the registration itself"):
            self.erase()
        self.assertTrue(self.here.iban)

    def test_all_or_none(self):
        self.register_zoe()
        self.send(self.invoice())
        with self.assertRaises(UserError):
            self.erase(self.registration | self.here)
        self.assertEqual(self.registration.state, "active")
        self.assertTrue(self.registration.iban and self.client.urssaf_birth_name)

    def test_not_by_a_simple_user(self):
        with self.assertRaises(AccessError):
            self.here.with_user(self.user).action_erase()
        self.assertTrue(self.here.iban)

    def test_not_by_another_company(self):
        theirs = self.other_company(iban=PLANTED["account"])
        stranger = new_test_user(
            self.env, "etranger", "avance_immediate.group_urssaf_manager", company_id=theirs.company_id.id
        )
        there = {"allowed_company_ids": theirs.company_id.ids}
        with self.assertRaises(AccessError):
            self.here.with_user(stranger).with_context(**there).action_erase()
        theirs.with_user(stranger).with_context(**there).action_erase()
        self.assertEqual(theirs.state, "erased")
        self.assertTrue(self.here.iban and self.zoe.urssaf_birth_name)

    def test_locked_by_somebody(self):
        """Registering, or queueing an invoice, holds a lock: what is erased meanwhile would come back."""
        self.register_zoe()
        request = self.paid_request()
        for record in (self.here, request):
            with (
                self.subTest(model=record._name),
                patch.object(type(record), "try_lock_for_update", lambda records, **options: records[:0]),
                self.assertRaisesRegex(UserError, "somebody is at work"),
            ):
                self.erase()
            self.assertTrue(self.here.iban)

    def test_client_who_comes_back(self):
        self.register_zoe()
        self.erase()
        self.here.with_user(self.user).action_start_over()
        self.assertEqual(self.here.state, "to_complete")
        self.zoe.with_user(self.user).write(
            {
                "urssaf_title": "2",
                "urssaf_birth_name": "Martin",
                "urssaf_first_names": "Zoé",
                "urssaf_birth_date": "1961-02-13",
                "urssaf_birth_country_id": self.birth_country("fr").id,
                "urssaf_birth_department": "069",
                "urssaf_birth_commune_code": "123",
                "urssaf_birth_commune_name": "Lyon",
            }
        )
        self.here.with_user(self.user).write({**CONTACT, "email": "zoe@example.com"})
        self.assertEqual(self.here.state, "to_register")
        wizard = self.env["urssaf.register"].with_user(self.user).create({"registration_id": self.here.id})
        self.assertFalse(wizard.has_consent)
        with self.assertRaisesRegex(UserError, "consent"):
            wizard.action_register()
        self.consent_and_register(self.here)
        self.assertEqual(self.here.state, "waiting")
        self.assertFalse(self.here.consent_id.is_over)

    def test_twice(self):
        self.erase()
        self.erase()
        self.assertEqual(self.here.state, "erased")
        subtype = self.env.ref("avance_immediate.mail_subtype_erasure")
        self.assertEqual(len(self.here.message_ids.filtered(lambda m: m.subtype_id == subtype)), 2)


@tagged("post_install", "-at_install")
class TestEraseOtherCompany(EraseCommon):
    """What another company was given is its own; the civil status is shared."""

    def test_civil_status_stays_for_another_company(self):
        theirs = self.other_company(iban=PLANTED["account"], email=PLANTED["e-mail"])
        self.erase()
        self.assertEqual(self.zoe.urssaf_birth_name, PLANTED["birth name"])
        self.assertFalse(self.here.iban)
        self.assertEqual((theirs.iban, theirs.state), (PLANTED["account"], "to_complete"))
        self.assertIn("Another company of this database", self.report())
        self.assertNotIn("Autre société", self.report())
        theirs.with_user(self.env.user).action_erase()
        self.assertFalse(self.zoe.urssaf_birth_name)

    def test_not_for_one_that_has_no_need_of_it(self):
        for state, environment in (("erased", "simulator"), ("ended", "simulator"), ("to_register", "sandbox")):
            with self.subTest(state=state, environment=environment), self.cr.savepoint() as savepoint:
                theirs = self.other_company(iban=PLANTED["account"])
                theirs.company_id.urssaf_environment = "simulator"
                theirs.write({"state": state, "environment": environment})
                self.erase()
                self.assertFalse(self.zoe.urssaf_birth_name)
                self.assertNotIn("Another company", self.report())
                savepoint.rollback()
                self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestEraseReport(EraseCommon):
    """The report says what was erased, what stays, where and why, and no value."""

    def test_report(self):
        self.register_zoe()
        self.paid_request()
        self.refused_request()
        action = self.erase()
        window = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        for report in (self.report(), window.report_html):
            for part in ("IBAN", "Birth date", "L123-22", "The contact", "Payment requests", "Consents", "Backups"):
                self.assertIn(part, report)
            for what, value in PLANTED.items():
                self.assertNotIn(value, report, what)
            self.assertNotIn("Zoé", report)
        self.assertEqual(window.partner_ids, self.zoe)
        self.assertIn(self.manager.name, self.report())
        colleague = new_test_user(
            self.env, "responsable2", "avance_immediate.group_urssaf_manager", company_id=self.company.id
        )
        with self.assertRaises(AccessError):
            window.with_user(colleague).read(["report_html"])

    def test_one_report_of_several(self):
        action = self.erase(self.here | self.registration)
        window = self.env[action["res_model"]].with_user(self.manager).browse(action["res_id"])
        self.assertEqual(window.partner_ids, self.zoe | self.client)
        self.assertIn("IBAN (2)", window.report_html)
        self.assertEqual(set((self.here | self.registration).mapped("state")), {"erased"})

    def test_another_contact_with_the_address(self):
        twin = self.env["res.partner"].create({"name": "Z. Martin", "email": PLANTED["e-mail"]})
        self.erase()
        self.assertIn(f"(ID {twin.id})", self.report())


@tagged("post_install", "-at_install")
class TestEraseCalls(EraseCommon):
    """The contents of every call about the person go; the calls about others stay as they are."""

    def test_calls_about_several(self):
        self.register_zoe()
        mine, theirs = self.invoice(), self.create_service_invoice()
        requests = self.send(mine | theirs)
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        for request in requests:
            self.simulator.step(request, "pay", force=True)
        requests.with_user(self.user).action_refresh()
        calls = self.env["urssaf.exchange"].search([("company_id", "=", self.company.id)])
        both = calls.filtered(lambda call: len(call._keys()) == 2)
        self.assertEqual(set(both.mapped("operation")), {"send", "search"})
        others = calls.filtered(
            lambda call: call.res_keys == f",{self.registration.id}," and call.res_model == "urssaf.registration"
        )
        self.assertTrue(others)
        quoting = others[0].sudo()
        quoting.response_body = f'{{"idClient": "{self.here.id_client}"}}'
        self.erase()
        self.assertEqual(both.exists(), both, "the line stays")
        self.assertFalse(any(call.request_body or call.response_body for call in both))
        self.assertFalse(quoting.response_body, "found by Urssaf's reference")
        self.assertTrue(all(call.request_body or call.response_body for call in others - quoting))

    def test_codes_of_calls_about_nobody_else(self):
        self.register_zoe()
        refused = self.env["urssaf.exchange"].search([("codes", "=", "ERR_CONTACT")])
        self.assertTrue(refused)
        self.erase()
        self.assertFalse(any(refused.mapped("codes")))

    def test_short_reference_typed_by_somebody(self):
        self.here.claimed_id_client = "1"
        others = self.env["urssaf.exchange"].search([("res_keys", "=", f",{self.registration.id},")])
        self.erase()
        self.assertTrue(all(call.request_body or call.response_body for call in others))

    def test_what_urssaf_says_later(self):
        """A request is followed for years: what Urssaf then says of the client is not kept again."""
        self.register_zoe()
        request = self.refused_request()
        self.erase()
        self.wait(days=8)
        self.run_cron("refresh")
        self.assertFalse(request.refusal_comment)
        calls = self.env["urssaf.exchange"].search([("res_keys", "like", f",{request.id},")])
        self.assertEqual(calls[0].operation, "search")
        self.assertFalse(any(call.request_body or call.response_body for call in calls))
        request._record_status("40", PLANTED["label"])
        self.assertFalse(request.status_ids[0].label)
        self.assertEqual(self.places({"comment": PLANTED["comment"]}), set())


@tagged("post_install", "-at_install")
class TestEraseUploads(EraseCommon):
    """A spreadsheet that waits to be imported goes, unless the person is certainly not in it."""

    def upload(self, content, model="urssaf.registration", user=None):
        return (
            self.env["base_import.import"]
            .with_user(user or self.user)
            .with_context(allowed_company_ids=(user or self.user).company_ids.ids)
            .create({"res_model": model, "file": content, "file_name": "clients", "file_type": "text/csv"})
        )

    def test_who_is_in_it(self):
        book = BytesIO()
        with ZipFile(book, "w") as packed:
            packed.writestr("xl/sharedStrings.xml", "<si><t>QUILLÉROUZEN</t></si>")
        gone = [
            self.upload(b"nom;\nQuillerouzen"),
            self.upload("nom;\nQuillérouzen".encode("latin-1"), "res.partner"),
            self.upload("nom;\nQuillérouzen".encode("utf-16")),
            self.upload(b"iban\nFR14 2004 1010 0505 0001 3M02 606"),
            self.upload(book.getvalue(), "res.partner"),
            self.upload(b"PK broken"),
            self.upload(b"\xd0\xcf\x11\xe0 an old one"),
        ]
        foreigner = new_test_user(
            self.env,
            "ailleurs",
            "avance_immediate.group_urssaf_user",
            company_id=self.other_company(iban="").company_id.id,
        )
        kept = [
            self.upload(b"nom;\nDupont", "res.partner"),
            self.upload(b"nom;\nQuillerouzen", "product.template"),
            self.upload(b"nom;\nQuillerouzen", user=foreigner),
        ]
        self.erase()
        self.assertFalse(any(upload.sudo().exists() for upload in gone))
        self.assertTrue(all(upload.sudo().exists() for upload in kept))

    def test_too_large_to_look_into(self):
        book = BytesIO()
        with ZipFile(book, "w", compression=8) as packed:
            packed.writestr("content.xml", " " * (65 * 1024 * 1024))
        self.assertTrue(may_hold(book.getvalue(), {"Dupont"}))
        self.assertFalse(may_hold(b"", {"Dupont", ""}))


@tagged("post_install", "-at_install")
class TestEraseMigration(EraseCommon):
    """What former versions left of somebody whom they erased goes with the update."""

    def test_leftovers(self):
        self.register_zoe()
        request = self.refused_request()
        trial = self.trial("to_register")
        reference = self.here.id_client
        self.here._set_state("erased")
        others = self.env["urssaf.exchange"].search([("res_keys", "=", f",{self.registration.id},")])
        for _time in range(2):
            path = file_path("avance_immediate/migrations/19.0.1.2.0/end-erase.py")
            load_script(path, "end_erase").migrate(self.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertFalse(request.refusal_comment or self.here.id_client or self.here.attempt_ids.filtered("problems"))
        self.assertFalse(any(request.status_ids.mapped("label")))
        calls = self.env["urssaf.exchange"].search([("res_keys", "=", f",{request.id},")])
        self.assertTrue(calls)
        self.assertFalse(any(call.request_body or call.response_body for call in calls))
        self.assertEqual(request.payload["idClient"], reference)
        self.assertEqual(trial.email, PLANTED["e-mail of the trial"], "nobody asked to erase this one")
        self.assertTrue(all(call.response_body for call in others))
