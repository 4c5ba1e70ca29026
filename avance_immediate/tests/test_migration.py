import json
import re
from datetime import datetime
from unittest.mock import patch

from odoo.modules.module import load_script
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools.misc import file_path

from .. import wording
from ..catalogue.notes import NOTES
from ..fingerprint import fingerprints
from ..models.urssaf_registration import STATES
from .common import UrssafCommon

FOLDER = "avance_immediate/migrations/19.0.1.1.0"
FOLDER_OF_WORDS = "avance_immediate/migrations/19.0.1.2.0"


@tagged("post_install", "-at_install")
class TestBirthCountryMigration(TransactionCase):
    """Clients kept with a country of Odoo are born in the same one after the update, not in that of the same id."""

    def migrate(self, step):
        load_script(file_path(f"{FOLDER}/{step}-migration.py"), f"migration_{step}").migrate(self.cr, "19.0.1.0.0")

    def become_old(self, partner, country):
        """Bring the column to what it was: ids of ``res.country``."""
        self.env.flush_all()
        self.cr.execute("ALTER TABLE res_partner DROP CONSTRAINT res_partner_urssaf_birth_country_id_fkey")
        self.cr.execute("UPDATE res_partner SET urssaf_birth_country_id = NULL")
        self.cr.execute(
            "UPDATE res_partner SET urssaf_birth_country_id = %s WHERE id = %s", [country.id or None, partner.id]
        )
        self.cr.execute(
            """
            ALTER TABLE res_partner ADD CONSTRAINT res_partner_urssaf_birth_country_id_fkey
            FOREIGN KEY (urssaf_birth_country_id) REFERENCES res_country (id) ON DELETE SET NULL
            """
        )

    def updated(self, partner):
        self.migrate("pre")
        # As the update of the addon does between the two.
        self.cr.execute("ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS urssaf_birth_country_id integer")
        self.migrate("post")
        self.env.invalidate_all()
        return partner.urssaf_birth_country_id

    def test_kept(self):
        for code in ("fr", "pt", "re"):
            with self.subTest(code=code):
                country = self.env.ref(f"base.{code}")
                partner = self.env["res.partner"].create({"name": "Client"})
                with self.cr.savepoint() as savepoint:
                    self.become_old(partner, country)
                    self.assertEqual(self.updated(partner).country_id, country)
                    savepoint.rollback()

    def test_done_already(self):
        portugal = self.env["urssaf.birth.country"]._of(self.env.ref("base.pt"))
        partner = self.env["res.partner"].create({"name": "Client", "urssaf_birth_country_id": portugal.id})
        self.env.flush_all()
        self.assertEqual(self.updated(partner), portugal)


@tagged("post_install", "-at_install")
class TestClientWordsMigration(UrssafCommon):
    """The client's comment, which former versions quoted wherever a refusal was told, leaves all but its own field."""

    COMMENTS = ("Une heure de trop", "C'est “faux” » & <b>déjà payé</b>\nMerci", "x")
    FORMER = {
        "en": "The client refused the payment request. %(reason)s Comment: “%(comment)s”",
        "fr": "Le client a refusé la demande de paiement. %(reason)s Commentaire : « %(comment)s »",
        "fr, narrow": "Le client a refusé la demande de paiement. %(reason)s Commentaire\N{NO-BREAK SPACE}: "
        "«\N{NO-BREAK SPACE}%(comment)s\N{NO-BREAK SPACE}»",
        "of another language": "Der Kunde hat abgelehnt. %(reason)s Kommentar: „%(comment)s“",
    }
    AFTERWARDS = (None, "not shown", "cancel", "recover", "pay")

    def migrate(self, name="client_words"):
        load_script(file_path(f"{FOLDER_OF_WORDS}/post-{name}.py"), f"migration_{name}").migrate(self.cr, "19.0.1.1.0")
        self.env.invalidate_all()

    def refused(self, sentence, comment, afterwards):
        """Return an invoice and its request, refused and told of by the former version, and what came of it."""
        if self.simulator.persons()[0]["blocked"]:
            self.simulator.person_step(self.registration, "unblock")
        move, request = self.sent_invoice()
        model = type(request)
        original = model._status_problems

        def former(record):
            problems = original(record)
            for problem in problems:
                if problem["code"] == "refused":
                    problem["params"]["comment"] = record.refusal_comment or "-"
            return problems

        with patch.object(model, "_status_problems", former), patch.dict(NOTES, refused=(sentence, "Agree.")):
            self.step(request, "refuse", code="CONTEST_AUTRE", comment=comment)
            self.activities(request).user_id = self.manager
            move.message_post(body=f"On the phone: “{comment}”", message_type="comment")
            if afterwards == "not shown":
                request._refreshed(())
            elif afterwards:
                self.step(request, afterwards)
        self.env.flush_all()
        return move, request

    def step(self, request, action, **options):
        self.simulator.step(request, action, force=True, **options)
        request.with_user(self.user).action_refresh()

    def kept(self, move, request):
        """Return the texts kept about them, but what a person typed."""
        found = [("problems", request.id, wording.as_text(self.env, request.problems) + str(request.problems))]
        for record in (move, request):
            on_it = [("res_model", "=", record._name), ("res_id", "=", record.id)]
            for activity in self.env["mail.activity"].with_context(active_test=False).search(on_it):
                found += [("summary", activity.id, activity.summary), ("note", activity.id, str(activity.note))]
            messages = [("model", "=", record._name), ("res_id", "=", record.id), ("message_type", "!=", "comment")]
            for message in self.env["mail.message"].search(messages):
                found += [("subject", message.id, message.subject or ""), ("body", message.id, str(message.body))]
                found += [("mail", mail.id, mail.body_html or "") for mail in message.sudo().mail_ids]
        return found

    def check(self, name, comment, afterwards):
        move, request = self.refused(self.FORMER[name], comment, afterwards)
        mark = re.compile(r"'comment'|Comment: |Commentaire|[„“«\"]x[“”»\"]|Une heure de trop|déjà payé")
        before = self.kept(move, request)
        places = {place for place, _id, text in before if mark.search(text)}
        expected = {"subject", "body"}
        if afterwards not in ("cancel", "recover"):  # where the activity is another one
            expected |= {"summary", "note"}
        self.assertLessEqual(expected, places, "the former state is what it was")
        for _again in range(2):
            self.migrate()
            after = self.kept(move, request)
            if afterwards in (None, "not shown"):
                self.assertIn("'refused'", str(request.problems))
            self.assertFalse([(place, text) for place, _id, text in after if mark.search(text)])
            for (place, _id, old), (_place, _same, new) in zip(before, after, strict=True):
                if not mark.search(old):
                    self.assertEqual(new, old, place)
            self.assertIn("Contested for another reason.", str(after), "the reason stays")
            self.assertEqual(request.refusal_comment, comment)
            typed = move.message_ids.filtered(lambda message: message.message_type == "comment")
            self.assertIn("On the phone: “", typed.body)
            self.assertIn(comment[:5], typed.body, "what a person typed is theirs")

    def test_every_state(self):
        for afterwards in self.AFTERWARDS:
            with self.subTest(afterwards=afterwards):
                self.check("en", self.COMMENTS[1], afterwards)

    def test_every_language(self):
        for name in self.FORMER:
            for comment in self.COMMENTS:
                with self.subTest(name=name, comment=comment):
                    self.check(name, comment, None)

    def test_comment_that_was_overwritten_since(self):
        _move, request = self.refused(self.FORMER["en"], "Une heure de trop", None)
        request.refusal_comment = "Autre chose"
        self.env.flush_all()
        self.migrate()
        self.assertNotIn("Une heure", str(self.kept(_move, request)))

    def test_second_payouts(self):
        _move, request = self.sent_invoice()
        payout = self.env["urssaf.payout"].create(
            {"request_id": request.id, "state": "to_confirm", "problem": wording.note("paid_again", number="1")}
        )
        self.env.flush_all()
        for _again in range(2):
            self.migrate("payouts")
            self.assertTrue(payout.is_another)


@tagged("post_install", "-at_install")
class TestConsentMigration(UrssafCommon):
    """Consents were three columns of the registration: they become records, in every state, and nothing is lost."""

    GIVEN_ON = datetime(2026, 3, 1, 9, 30)

    def setUp(self):
        super().setUp()
        self.recorder = new_test_user(self.env, "client", "base.group_portal", partner_id=self.client.id)

    def migrate(self):
        for name in ("consents", "refusal_codes", "exchanges"):
            script = load_script(file_path(f"{FOLDER_OF_WORDS}/post-{name}.py"), f"migration_{name}")
            script.migrate(self.cr, "19.0.1.1.0")
        self.env.invalidate_all()

    def become_old(self, state, *, by_client=False, given=True):
        """Bring the registration to what the former version kept."""
        self.env.flush_all()
        self.cr.execute("DELETE FROM urssaf_consent")
        self.cr.execute(
            """
            ALTER TABLE urssaf_registration
                ADD COLUMN IF NOT EXISTS consent_date timestamp,
                ADD COLUMN IF NOT EXISTS consent_user_id integer,
                ADD COLUMN IF NOT EXISTS consent_text text
            """
        )
        self.cr.execute(
            """
            UPDATE urssaf_registration SET state = %s, consent_id = NULL,
                refusal_codes = NULL, portal_requested_at = %s,
                consent_date = %s, consent_user_id = %s, consent_text = 'Jeanne Durand accepte.', problems = %s
            WHERE id = %s
            """,
            [
                state,
                self.GIVEN_ON if by_client else None,
                self.GIVEN_ON if given else None,
                (self.recorder if by_client else self.user).id if given else None,
                json.dumps([{"kind": "error", "code": "ERR_CONTACT", "params": {}}]) if state == "refused" else None,
                self.registration.id,
            ],
        )
        self.env.invalidate_all()

    def test_every_state(self):
        for state, _label in STATES:
            for by_client in (False, True):
                with self.subTest(state=state, by_client=by_client):
                    self.become_old(state, by_client=by_client)
                    self.migrate()
                    self.migrate()
                    over = state in ("ended", "erased")
                    [consent] = self.registration.consent_ids
                    self.assertRecordValues(
                        consent,
                        [
                            {
                                "date": self.GIVEN_ON,
                                "user_id": (self.recorder if by_client else self.user).id,
                                "origin": "client" if by_client else "employee",
                                "text": False if state == "erased" else "Jeanne Durand accepte.",
                                "text_version": False,
                                "is_bound": False,
                                "is_over": over,
                            }
                        ],
                    )
                    self.assertEqual(self.registration.consent_id, consent)
                    self.assertEqual(self.registration.consent_by_client, by_client and not over)
                    self.assertFalse(self.registration.consent_changes, "these are not asked again")
                    codes = ["ERR_CONTACT"] if state == "refused" else False
                    self.assertEqual(self.registration.refusal_codes, codes)

    def test_without_consent(self):
        self.become_old("to_complete", given=False)
        self.migrate()
        self.assertFalse(self.registration.consent_ids or self.registration.consent_id)

    def test_columns_are_gone(self):
        self.become_old("active")
        self.migrate()
        self.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = 'urssaf_registration' AND column_name LIKE 'consent%'"
        )
        self.assertEqual(self.cr.fetchall(), [("consent_id",)])

    def test_goes_on_living(self):
        """The invoice of a client from before is sent, and a change since is no matter."""
        self.become_old("active")
        self.migrate()
        self.client.with_user(self.user).urssaf_birth_name = "Durand-Petit"
        move, _request = self.sent_invoice()
        self.assertEqual(move.urssaf_state, "sent")

    def test_answers_are_forgotten(self):
        exchanges = self.env["urssaf.exchange"].search([("response_body", "!=", False)])
        self.assertTrue(exchanges)
        self.become_old("active")
        self.migrate()
        self.assertFalse(any(exchanges.mapped("response_body")))
        self.assertTrue(all(exchanges.mapped("path")), "the calls themselves are kept")


@tagged("post_install", "-at_install")
class TestPayoutMigration(UrssafCommon):
    """What decided about payouts and requests was read in what is said of them: now it stands in fields."""

    def migrate(self):
        self.env.flush_all()
        script = load_script(file_path("avance_immediate/migrations/19.0.1.4.0/post-payout.py"), "migration_payout")
        script.migrate(self.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def payout(self, request, **values):
        sequence = len(request.payout_ids) + 1
        return self.env["urssaf.payout"].create({"request_id": request.id, "sequence": sequence, **values})

    def test_every_payout(self):
        _move, request = self.sent_invoice()
        fault = wording.note("payout_too_much", number="1", amount="1000 €")
        above = wording.note("payout_not_recorded_above", number="1")
        in_full = wording.note("payout_not_recorded", number="1", reason="Compte secret")
        faulty = self.payout(request, state="to_confirm", problem=fault, fault=fault)
        fine = self.payout(request, fault=False)
        waiting = self.payout(request, problem=above, books_problem=in_full)
        done = self.payout(request, state="dismissed", problem=False, books_problem=in_full)
        changed = self.payout(request, state="dismissed", problem=wording.note("x"), books_problem=in_full)
        for _again in range(2):
            self.migrate()
            self.assertEqual(faulty.fault_code, "payout_too_much")
            self.assertTrue(faulty.is_unbookable)
            self.assertFalse(fine.fault_code or waiting.fault_code or fine.is_unbookable)
            self.assertEqual(waiting.books_problem, in_full)
            self.assertFalse(done.books_problem or changed.books_problem)

    def test_every_request(self):
        requests = [self.sent_invoice()[1] for _each in range(3)]
        shown, not_shown, unsaid = requests
        shown.problems = [wording.note("stalled", number="1")]
        not_shown.problems = [wording.note("stalled", number="1"), wording.note("not_shown", number="1")]
        unsaid.problems = False
        for _again in range(2):
            self.migrate()
            self.assertEqual([request.is_not_shown for request in requests], [False, True, False])
            self.assertTrue(not_shown.can_stop_waiting)


@tagged("post_install", "-at_install")
class TestRegistrationMigration(UrssafCommon):
    """What a date said is a field of its own, and names of a consent stay those that the client agreed to."""

    def migrate(self):
        self.env.flush_all()
        path = "avance_immediate/migrations/19.0.1.4.0/post-registration.py"
        load_script(file_path(path), "post_registration").migrate(self.cr, "19.0.1.3.0")
        self.env.invalidate_all()

    def test_who_is_registered_automatically(self):
        moment = datetime(2026, 10, 1)
        cases = {
            "asked": ("to_register", moment, moment, True),
            "incomplete since": ("to_complete", moment, moment, True),
            "to be confirmed": ("to_register", moment, None, False),
            "by hand": ("to_register", None, moment, False),
            "registered since": ("waiting", moment, moment, False),
        }
        for _twice in range(2):
            for name, (state, requested, next_try, expected) in cases.items():
                with self.subTest(name=name):
                    self.cr.execute(
                        "UPDATE urssaf_registration SET state = %s, portal_requested_at = %s, next_try_at = %s, "
                        "auto_register = NULL WHERE id = %s",
                        [state, requested, next_try, self.registration.id],
                    )
                    self.migrate()
                    self.assertEqual(self.registration.auto_register, expected)
        self.registration.next_try_at = moment
        self.registration.portal_requested_at = moment
        self.registration._set_state("waiting")
        self.migrate()
        self.assertFalse(self.registration.auto_register, "what is said already stays")

    def test_names_of_consents(self):
        registration = self.prepare(
            self.create_client(
                name="Œuvre Lebœuf", email="lebœuf@example.com", urssaf_birth_name="Lebœuf", urssaf_usage_name="Søren"
            )
        )
        consent = registration._record_consent("employee", "…")
        script = load_script(
            file_path("avance_immediate/migrations/19.0.1.4.0/post-registration.py"), "post_registration"
        )
        names = ("birth_name", "usage_name")
        former = {name: script.plain_until_now(registration[name]) for name in names}
        former["usage_name"] = "andersen"  # changed since the consent
        kept = {**consent.fingerprints, **fingerprints(former, consent.salt)}
        consent.flush_recordset()
        self.cr.execute("UPDATE urssaf_consent SET fingerprints = %s WHERE id = %s", [json.dumps(kept), consent.id])
        consent.invalidate_recordset()
        self.assertEqual(consent._changed_fields(), [*names])
        for _twice in range(2):
            self.migrate()
            self.assertEqual(consent._changed_fields(), ["usage_name"])
