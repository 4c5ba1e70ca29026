"""The side doors, as a hostile colleague or a careless administrator uses them."""

from datetime import datetime

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.avance_immediate.urssaf.tiers_prestation.client import UrssafClient

from .common import CONTACT, UrssafCommon
from .test_access import AccessCommon

#: For a field of each type, a value that must never come out of a default.
FORGED = {
    "boolean": True,
    "char": "forged",
    "date": "2020-01-01",
    "datetime": "2020-01-01 00:00:00",
    "float": 1.5,
    "integer": 7,
    "json": [{"kind": "note", "code": "forged", "params": {}}],
    "monetary": 1.5,
    "text": "forged",
}
#: Models whose every field is the system's, and what the code alone gives when it creates one.
SYSTEM_MODELS = (
    "urssaf.consent",
    "urssaf.credentials",
    "urssaf.exchange",
    "urssaf.payment.request",
    "urssaf.payment.request.status",
    "urssaf.payout",
    "urssaf.registration.attempt",
)
#: Of these alone an ``ir.default`` may be kept: a secret has none.
OF_ADMINISTRATORS = {"urssaf.credentials": {"address", "auth_method", "client_id"}}


@tagged("post_install", "-at_install")
class TestForgedDefaults(AccessCommon):
    """No value of the system comes from ``ir.default``, the context, a copy, an import or the command of a list."""

    def forged(self, name, field):
        if field.type == "selection":
            values = field.get_values(self.env)
            own = field.default(self.env[field.model_name]) if field.default else None
            return next(value for value in reversed(values) if value != own)
        if field.type == "many2one":
            # Not the company of these tests, which is found without any default.
            others = [("id", "!=", self.company.id)] if field.comodel_name == "res.company" else []
            return self.env[field.comodel_name].sudo().search(others, limit=1).id
        return FORGED.get(field.type)

    def poison(self, model, user=None, names=None):
        """Keep a default value for each of these fields: ``user``'s own, or everybody's; return them."""
        kept = {}
        for name in sorted(names or OF_ADMINISTRATORS.get(model) or self.env[model]._system_fields()):
            field = self.env[model]._fields[name]
            value = self.forged(name, field) if field.store and not field.related else None
            if value is None:
                continue
            defaults = self.env["ir.default"]
            if user:
                defaults.with_user(user).set(model, name, value, user_id=True)
            else:
                defaults.set(model, name, value)
            kept[name] = value
        self.assertTrue(kept, f"{model}: nothing to forge")
        return kept

    def assertNotForged(self, record, kept, given=()):
        record.invalidate_recordset()
        for name, value in kept.items():
            field = record._fields[name]
            if name in given:
                continue
            with self.subTest(model=record._name, field=name):
                own = field.convert_to_write(field.default(record.browse()), record) if field.default else None
                found = field.convert_to_write(record.sudo()[name], record)
                if found == value:
                    self.assertEqual(found, own, "the default that was kept has come in")

    def test_registration(self):
        """The system's fields of a registration: created directly, and from the client's page."""
        for user in (self.user, None):
            kept = self.poison("urssaf.registration", user)
            self.assertLessEqual({"state", "id_client", "active_since", "sent_at", "consent_id"}, kept.keys())
            for door in ("create", "button"):
                partner = self.create_client(name="Paul Martin", email="paul@example.com").with_user(self.user)
                if door == "create":
                    registration = (
                        self.env["urssaf.registration"].with_user(self.user).create({"partner_id": partner.id})
                    )
                else:
                    partner.action_urssaf_open_registration()
                    registration = self.env["urssaf.registration"].search([("partner_id", "=", partner.id)])
                self.assertNotForged(registration, kept)
                self.assertEqual(registration.state, "to_complete")
                self.assertFalse(registration.id_client or registration.active_since or registration.consent_date)

    def test_what_is_given_has_no_default_either(self):
        """An administrator's "set default" on an account number would have one account debited for all clients."""
        self.env["ir.default"].set("urssaf.registration", "iban", "FR1420041010050500013M02606")
        self.env["ir.default"].set("res.partner", "urssaf_birth_date", "1970-01-01")
        partner = self.env["res.partner"].with_user(self.user).create({"name": "Paul Martin"})
        registration = self.env["urssaf.registration"].with_user(self.user).create({"partner_id": partner.id})
        self.assertFalse(registration.iban or partner.urssaf_birth_date)

    def test_registration_by_a_command(self):
        partner = self.create_client(name="Paul Martin", email="paul@example.com").with_user(self.user)
        for values in (
            {"state": "active"},
            {"id_client": "x"},
            {"consent_ids": [Command.create({"origin": "client"})]},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError), self.cr.savepoint():
                partner.write({"urssaf_registration_ids": [Command.create(values)]})
        self.poison("urssaf.registration", self.user)
        partner.write({"urssaf_registration_ids": [Command.create({"email": "paul@example.com"})]})
        self.assertEqual(partner.urssaf_registration_ids.state, "to_complete")
        self.assertFalse(partner.urssaf_registration_ids.id_client)

    def test_payment_request_of_the_button(self):
        kept = self.poison("urssaf.payment.request", self.user)
        self.assertLessEqual({"state", "id_request", "urssaf_status", "transfer_amount"}, kept.keys())
        move = self.create_service_invoice()
        requests = move.with_user(self.user)._urssaf_queue(trigger=False)
        given = {"move_id", "partner_id", "registration_id", "number", "currency_id", "amount", "service_start"}
        given |= {"service_end", "payload", "queued_at", "company_id", "environment", "state", "expected_payout_amount"}
        self.assertNotForged(requests, kept, given)
        self.assertEqual((requests.state, requests.number, requests.send_count), ("queued", move.name, 0))

    def test_payout_and_history_of_the_button(self):
        move, request = self.sent_invoice()
        kept = {model: self.poison(model, self.user) for model in ("urssaf.payout", "urssaf.payment.request.status")}
        self.simulator.step(request, "pay", force=True, amount=60, date="2026-06-17")
        request.with_user(self.user).action_refresh()
        given = {"request_id", "sequence", "date", "amount", "announced_amount", "state", "payment_id"}
        given |= {"company_id", "environment", "partner_id"}
        self.assertNotForged(request.payout_ids, kept["urssaf.payout"], given)
        self.assertFalse(request.payout_ids.confirmed_by_id)
        self.assertEqual(move.amount_residual, 0)
        status = request.status_ids[:1]
        self.assertNotForged(status, kept["urssaf.payment.request.status"], {"request_id", "code", "date", "label"})

    def test_consent_and_attempt_of_the_button(self):
        paul = self.create_client(name="Paul Martin", email="paul@example.com", urssaf_birth_name="Martin")
        registration = self.prepare(paul, mobile="0605040399")
        models = ("urssaf.consent", "urssaf.registration.attempt", "urssaf.exchange", "urssaf.credentials")
        kept = {model: self.poison(model, self.user) for model in models}
        self.consent_and_register(registration)
        consent, attempt = registration.consent_ids, registration.attempt_ids
        given = {"registration_id", "date", "user_id", "origin", "text", "text_version", "salt", "fingerprints"}
        self.assertNotForged(consent, kept["urssaf.consent"], given)
        self.assertEqual((consent.user_id, consent.origin), (self.user, "employee"))
        self.assertNotForged(attempt, kept["urssaf.registration.attempt"], {"registration_id", "date", "outcome"})
        self.assertFalse(attempt.is_automatic)
        self.assertEqual(attempt.outcome, "accepted")

    def test_every_model_directly(self):
        """Also as the superuser in the name of the user, as the code creates."""
        for model in SYSTEM_MODELS:
            kept = self.poison(model, self.user)
            names = list(self.env[model]._fields)
            records = self.env[model].with_user(self.user).sudo()
            context = {f"default_{name}": value for name, value in kept.items()}
            for defaults in (records.default_get(names), records.with_context(**context).default_get(names)):
                for name, value in kept.items():
                    with self.subTest(model=model, field=name):
                        field = records._fields[name]
                        if field.default:
                            own = field.convert_to_write(
                                field.convert_to_cache(field.default(records), records), records
                            )
                            self.assertEqual(defaults.get(name), own)
                        else:
                            self.assertNotIn(name, defaults, value)

    def test_consent_of_the_window(self):
        self.env["ir.default"].set("urssaf.register", "has_consent", True)
        registration = self.prepare(self.create_client(name="Paul Martin", email="paul@example.com"))
        action = registration.with_user(self.user).action_register()
        window = self.env["urssaf.register"].with_user(self.user).browse(action["res_id"])
        self.assertFalse(window.has_consent)

    def test_projection_on_the_invoice(self):
        move, request = self.sent_invoice()
        self.env["ir.default"].with_user(self.user).set("account.move", "urssaf_state", "paid", user_id=True)
        self.env["ir.default"].with_user(self.user).set("account.move", "urssaf_request_id", request.id, user_id=True)
        forged = self.create_service_invoice()
        self.assertFalse(forged.urssaf_state or forged.urssaf_request_id)
        self.assertTrue(move.urssaf_state)

    def test_registrations_of_a_new_contact(self):
        """A default value for the list of registrations: the superuser creates contacts in somebody's name, too."""
        forged = [[0, 0, {"state": "active", "id_client": "forged", "environment": "simulator"}]]
        contacts = self.env["res.partner"].with_user(self.user)
        self.env["ir.default"].with_user(self.user).set("res.partner", "urssaf_registration_ids", forged, user_id=True)
        for records in (
            contacts,
            contacts.sudo(),
            contacts.sudo().with_context(default_urssaf_registration_ids=forged),
        ):
            self.assertFalse(records.create({"name": "Paul Martin"}).sudo().urssaf_registration_ids)

    def test_contact_of_a_new_user(self):
        self.env["ir.default"].set("res.users", "urssaf_birth_name", "Forged")
        self.env["ir.default"].set("res.users", "urssaf_registration_ids", [[0, 0, {"state": "active"}]])
        partner = new_test_user(self.env, "nouveau", "base.group_user").partner_id
        self.assertFalse(partner.urssaf_birth_name or partner.urssaf_registration_ids)

    def test_copy(self):
        partner = self.create_client(name="Paul Martin", email="paul@example.com")
        copy = self.registration.with_user(self.user).copy({"partner_id": partner.id})
        self.assertFalse([name for name in (*CONTACT, "email") if copy[name]])
        self.assertEqual(
            (copy.state, copy.consent_ids, copy.attempt_ids),
            ("to_complete", copy.consent_ids[:0], copy.attempt_ids[:0]),
        )
        self.assertFalse(copy.id_client or copy.active_since or copy.sent_at)


@tagged("post_install", "-at_install")
class TestOtherCompanys(UrssafCommon):
    """A client of another company alone is not made one's own, and no window reads it."""

    def setUp(self):
        super().setUp()
        self.other = self.env["res.company"].create({"name": "Autre", "country_id": self.env.ref("base.fr").id})
        self.other.urssaf_environment = "simulator"
        self.theirs = self.create_client(name="Anne Petit", email="anne@example.com")
        self.theirs.company_id = self.other
        self.their_registration = self.env["urssaf.registration"].create(
            {"partner_id": self.theirs.id, "company_id": self.other.id, "environment": "simulator", **CONTACT}
        )
        self.both = new_test_user(
            self.env,
            "deux",
            "avance_immediate.group_urssaf_user",
            company_id=self.company.id,
            company_ids=[Command.set((self.company + self.other).ids)],
        )

    def test_registration_of_their_client(self):
        registrations = self.env["urssaf.registration"].with_user(self.user)
        with self.assertRaises(AccessError), self.cr.savepoint():
            registrations.create({"partner_id": self.theirs.id})
        own = registrations.create({"partner_id": self.create_client(name="Paul", email="p@example.com").id})
        with self.assertRaises(AccessError), self.cr.savepoint():
            own.partner_id = self.theirs.id
        result = registrations.load(["partner_id/.id"], [[str(self.theirs.id)]])
        self.assertFalse(result["ids"])
        self.assertFalse(
            self.env["urssaf.registration"].search([("partner_id", "=", self.theirs.id)]) - self.their_registration
        )

    def test_by_a_user_of_both(self):
        """Who may see both does not mix them."""
        registrations = (
            self.env["urssaf.registration"]
            .with_user(self.both)
            .with_context(allowed_company_ids=[self.company.id, self.other.id])
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            registrations.create({"partner_id": self.theirs.id, "company_id": self.company.id})

    def test_superuser_does_not_mix_them_either(self):
        with self.assertRaises(UserError), self.cr.savepoint():
            self.env["urssaf.registration"].create({"partner_id": self.theirs.id, "company_id": self.company.id})

    def test_civil_status_is_read_with_ones_own_rights(self):
        """A contact that went to another company keeps its registration here; its civil status goes with it."""
        registration = self.registration.with_user(self.user)
        self.assertEqual(registration.birth_name, "Durand")
        self.cr.execute("UPDATE res_partner SET company_id = %s WHERE id = %s", [self.other.id, self.client.id])
        self.env.invalidate_all()
        for name in ("birth_name", "birth_date", "first_names"):
            with self.subTest(field=name), self.assertRaises(AccessError):
                registration.read([name])

    def test_windows(self):
        move = self.create_service_invoice()
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env["urssaf.register"].with_user(user).create({"registration_id": self.their_registration.id})
        their_move = move.copy()
        self.cr.execute("UPDATE account_move SET company_id = %s WHERE id = %s", [self.other.id, their_move.id])
        self.env.invalidate_all()
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["urssaf.send"].with_user(self.user).create({"move_ids": [Command.set(their_move.ids)]})
        window = self.env["urssaf.send"].with_user(self.user).create({"move_ids": [Command.set(move.ids)]})
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["urssaf.send.line"].with_user(self.user).create({"wizard_id": window.id, "move_id": their_move.id})
        with self.assertRaises(UserError), self.cr.savepoint():
            window.move_ids = [Command.link(their_move.id)]

    def test_windows_that_are_not_saved(self):
        """``onchange`` shows a window about any record whose id is guessed."""
        self.their_registration._record_consent("client", "Anne Petit asks Autre.")
        windows = self.env["urssaf.register"].with_user(self.user)
        shown = ("consent_text", "consent_date", "consent_changes", "consent_by_client", "has_consent", "email")
        for name in shown:
            self.env.invalidate_all()
            with self.subTest(field=name), self.assertRaises(AccessError), self.cr.savepoint():
                windows.onchange(
                    {"registration_id": self.their_registration.id},
                    ["registration_id"],
                    {"registration_id": {}, name: {}},
                )
        move = self.create_service_invoice(post=False)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE account_move SET company_id = %s, partner_id = %s, commercial_partner_id = %s WHERE id = %s",
            [self.other.id, self.theirs.id, self.theirs.id, move.id],
        )
        line = {"problem_html": {}, "amount_total": {}, "partner_id": {"fields": {"display_name": {}}}}
        for spec in ({"line_ids": {"fields": line}}, {"stuck_count": {}}, {"ready_amount": {}}):
            self.env.invalidate_all()
            with self.subTest(spec=[*spec]), self.assertRaises(AccessError), self.cr.savepoint():
                self.env["urssaf.send"].with_user(self.user).onchange(
                    {"move_ids": [Command.set(move.ids)]}, ["move_ids"], {"move_ids": {}, **spec}
                )

    def test_a_window_that_is_not_saved_of_ones_own(self):
        [value] = (
            self.env["urssaf.register"]
            .with_user(self.user)
            .onchange({"registration_id": self.registration.id}, ["registration_id"], {"consent_date": {}})
            .values()
        )
        self.assertEqual(value, {"consent_date": self.registration.consent_date})


@tagged("post_install", "-at_install")
class TestWindowsOfOthers(UrssafCommon):
    """A window is whoever's opened it, and confirms what it showed."""

    def setUp(self):
        super().setUp()
        self.paul = self.prepare(self.create_client(name="Paul Martin", email="paul@example.com"))
        self.anne = self.prepare(self.create_client(name="Anne Petit", email="anne@example.com"))
        action = self.paul.with_user(self.manager).action_register()
        self.window = self.env["urssaf.register"].with_user(self.manager).browse(action["res_id"])

    def test_read_and_written_by_another(self):
        move = self.create_service_invoice()
        sending = self.env["urssaf.send"].with_user(self.manager).create({"move_ids": [Command.set(move.ids)]})
        for record in (self.window, sending, sending.line_ids):
            theirs = record.with_user(self.user)
            with self.subTest(model=record._name):
                self.assertFalse(theirs.search([("id", "in", record.ids)]))
                with self.assertRaises(AccessError):
                    theirs.read()
                with self.assertRaises(AccessError):
                    theirs.write({})
                with self.assertRaises(AccessError):
                    theirs.unlink()
        for values in ({"registration_id": self.anne.id}, {"has_consent": True}):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.window.with_user(self.user).write(values)
        with self.assertRaises(AccessError):
            self.window.with_user(self.user).action_register()
        with self.assertRaises(AccessError):
            sending.with_user(self.user).action_send()

    def test_another_client(self):
        """Nor by whoever opened it: another client than the one shown."""
        with self.assertRaisesRegex(UserError, "changed after"), self.cr.savepoint():
            self.window.write({"registration_id": self.anne.id})
        self.assertEqual(self.window.registration_id, self.paul)

    def test_client_changed_meanwhile(self):
        self.window.has_consent = True
        self.paul.with_user(self.user).email = "voleur@example.com"
        with self.assertRaisesRegex(UserError, "look again"), self.cr.savepoint():
            self.window.action_register()
        self.assertFalse(self.paul.consent_ids)
        self.assertEqual(self.paul.state, "to_register")
        again = self.env["urssaf.register"].with_user(self.manager).create({"registration_id": self.paul.id})
        self.assertEqual(again.email, "voleur@example.com")
        again.has_consent = True
        again.action_register()
        self.assertEqual(self.paul.consent_user_id, self.manager)

    def test_invoice_changed_meanwhile(self):
        moves = self.create_service_invoice() + self.create_service_invoice()
        window = self.env["urssaf.send"].with_user(self.manager).create({"move_ids": [Command.set(moves.ids)]})
        moves[0].with_user(self.user).urssaf_worker = "SIR73282932000074"
        window.action_send()
        self.assertEqual(moves.mapped("urssaf_state"), [False, "queued"])
        window = self.env["urssaf.send"].with_user(self.manager).create({"move_ids": [Command.set(moves[0].ids)]})
        moves[0].with_user(self.user).urssaf_worker = "SAP732829320"
        with self.assertRaisesRegex(UserError, "look again"):
            window.action_send()
        self.assertFalse(moves[0].urssaf_state)


@tagged("post_install", "-at_install")
class TestCharacters(UrssafCommon):
    """What no database keeps is refused in words, and what is no reference never leaves."""

    def test_what_cannot_be_kept(self):
        registration = self.prepare(self.create_client(name="Paul Martin", email="paul@example.com"))
        for value in ("4f0c\0", "\ud800"):
            for name in ("claimed_id_client", "email", "iban", "bank_holder", "address_street_name"):
                with self.subTest(field=name), self.assertRaisesRegex(UserError, "cannot be read") as caught:
                    registration.with_user(self.user).write({name: value})
                self.assertNotIn("4f0c", str(caught.exception))

    def test_reference_of_no_form(self):
        registration = self.prepare(self.create_client(name="Paul Martin", email="paul@example.com"))
        calls = len(self.simulator.calls("status"))
        for reference in ("a\nb", "Paul Martin", "é" * 8, "x" * 101):
            registration.with_user(self.user).claimed_id_client = reference
            registration.with_user(self.user).action_verify_claim()
            self.assertEqual(self.problem_codes(registration), ["claim_not_an_id"])
        self.assertEqual(len(self.simulator.calls("status")), calls, "nothing is asked")


@tagged("post_install", "-at_install")
class TestAnswerThatCannotBeKept(UrssafCommon):
    """An answer that the database refuses leaves nothing half done: Urssaf is asked what it holds."""

    def test_registration(self):
        paul = self.prepare(self.create_client(name="Paul Martin", email="paul@example.com"))
        taken = self.registration.id_client
        # Of another client here: the unique index refuses it, whoever answers it.
        self.patch(UrssafClient, "register", lambda _client, _person: taken)
        with mute_logger("odoo.sql_db", "odoo.addons.avance_immediate.models.urssaf_registration_remote"):
            self.consent_and_register(paul)
        self.assertEqual((paul.state, paul.id_client), ("uncertain", False))
        self.assertEqual(paul.attempt_ids.outcome, "unknown")
        self.assertEqual(paul.next_try_at, datetime.now())

    def test_import_row_keeps_the_refusal(self):
        """What an import has to say of an address does not replace why Urssaf refused."""
        self.simulator.call("POST", "registrations/next", codes=["ERR_DGFIP_R2P_INCONNU"])
        paul = self.register(self.create_client(name="Paul Martin", email="paul@example.com"))
        self.assertEqual((paul.state, paul.refusal_codes), ("refused", ["ERR_DGFIP_R2P_INCONNU"]))
        street = "12 rue " + " ".join(f"Interminable{number}" for number in range(12))
        result = (
            self.env["urssaf.registration"]
            .with_user(self.user)
            .load([".id", "address_text", "address_zip", "address_city"], [[str(paul.id), street, "69001", "Lyon"]])
        )
        self.assertFalse([message for message in result["messages"] if message["type"] == "error"])
        self.assertEqual(self.problem_codes(paul), ["ERR_DGFIP_R2P_INCONNU", "address_cut"])
        refusals = [item for section in paul._advise().values() for item in section if item["kind"] == "refusal"]
        self.assertTrue(refusals)
