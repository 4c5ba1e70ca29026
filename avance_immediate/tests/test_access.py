from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..models.res_partner import CIVIL_STATUS
from .common import UrssafCommon

EXPORT = "base.group_allow_export"


class AccessCommon(UrssafCommon):
    """``self.accountant`` works with invoices and has nothing to do with Urssaf."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.user, cls.manager):
            user.group_ids += cls.env.ref(EXPORT)
        cls.accountant = new_test_user(
            cls.env, "comptable", f"account.group_account_invoice,{EXPORT}", company_id=cls.company.id
        )

    def paid_invoice(self):
        """Return an invoice that Urssaf paid, and its payment request."""
        move, request = self.sent_invoice()
        self.simulator.step(request, "pay", force=True, amount=60, date="2026-06-17")
        request.with_user(self.user).action_refresh()
        self.assertEqual((request.state, len(request.payout_ids)), ("paid", 1))
        return move, request


@tagged("post_install", "-at_install")
class TestWhatIsHidden(AccessCommon):
    """What ``rights.csv`` says of each record holds through the records that name it as well."""

    def test_copy_of_a_contact(self):
        """Whoever may duplicate a contact still may; the civil status does not go to the copy, another person."""
        may_create = "base.group_user,base.group_partner_manager"
        salesman = new_test_user(self.env, "vendeur", may_create, company_id=self.company.id)
        self.accountant.group_ids += self.env.ref("base.group_partner_manager")
        for user in (salesman, self.accountant, self.user):
            with self.subTest(user=user.login):
                copy = self.client.with_user(user).copy().with_env(self.env)
                self.assertEqual(copy.email, self.client.email)
                self.assertFalse([name for name in CIVIL_STATUS if copy[name]])

    def test_civil_status_through_other_records(self):
        move, request = self.paid_invoice()
        found = {record._name: record for record in (move, request, request.payout_ids)}
        for model, path in (
            ("account.move", "partner_id.urssaf_birth_date"),
            ("account.move", "urssaf_registration_id.iban"),
            ("account.move", "urssaf_request_id.registration_id.iban"),
            ("urssaf.payment.request", "partner_id.urssaf_birth_name"),
            ("urssaf.payment.request", "registration_id.iban"),
            ("urssaf.payout", "request_id.registration_id.birth_name"),
        ):
            records = self.env[model].with_user(self.accountant)
            with self.subTest(path=path):
                with self.assertRaises(AccessError):
                    records.search([(path, "!=", False)])
                with self.assertRaises(AccessError):
                    found[model].with_user(self.accountant).export_data([path.replace(".", "/")])
        self.assertEqual(request.with_user(self.accountant).number, request.number)


@tagged("post_install", "-at_install")
class TestAccountant(AccessCommon):
    """Who has nothing to do with Urssaf goes on working with invoices, everywhere."""

    def views(self, record, *kinds):
        """Open the views of these kinds as the accountant does; return what the list shows."""
        record = record.with_user(self.accountant)
        for kind in kinds:
            if kind == "form":
                Form(record)
            else:
                view = record.get_views([(False, kind)])["views"][kind]
                names = [name for name in view["arch"].split('field name="')[1:]]
                names = [name.split('"')[0] for name in names]
                names = [name for name in names if name in record.fields_get(names)]
                self.assertTrue(record.search_read([("id", "in", record.ids)], names))

    def test_invoices(self):
        sent, _request = self.sent_invoice()
        paid, _request = self.paid_invoice()
        for move in (sent, paid, self.create_service_invoice(), self.create_service_invoice(post=False)):
            with self.subTest(move=move.name):
                self.views(move, "form", "list")
                self.assertNotIn("urssaf", " ".join(move.with_user(self.accountant)._get_alerts()))

    def test_state_is_seen(self):
        move, request = self.sent_invoice()
        values = move.with_user(self.accountant).read(["urssaf_state", "urssaf_status_label", "urssaf_can_send"])[0]
        self.assertEqual(values["urssaf_state"], "sent")
        self.assertEqual(move.with_user(self.accountant).search([("urssaf_state", "=", "sent")]), move)
        self.views(request, "form", "list", "kanban")
        self.assertEqual(request.with_user(self.accountant).state, "sent")

    def test_client_and_product(self):
        self.views(self.client, "form", "list")
        self.views(self.service.product_tmpl_id, "form", "list")
        self.assertEqual(self.client.with_user(self.accountant).urssaf_registration_state, "active")

    def test_payout(self):
        _move, request = self.paid_invoice()
        self.views(request.payout_ids, "list")

    def test_billing_a_client_of_urssaf(self):
        move = (
            self.env["account.move"]
            .with_user(self.accountant)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.client.id,
                    "invoice_date": "2026-06-16",
                    "invoice_line_ids": [Command.create({"product_id": self.service.id, "quantity": 1})],
                }
            )
        )
        move.action_post()
        self.assertEqual(move.invoice_line_ids.urssaf_nature_id, self.service.urssaf_nature_id)
        move.button_draft()
        move.invoice_line_ids.quantity = 2
        move.action_post()
        action = move.action_register_payment()
        wizard = self.env[action["res_model"]].with_user(self.accountant).with_context(**action["context"]).create({})
        wizard._create_payments()
        self.assertIn(move.payment_state, ("in_payment", "paid"))

    def test_guard_and_warning_hold_for_them_too(self):
        move, _request = self.sent_invoice()
        with self.assertRaisesRegex(UserError, "Urssaf"):
            move.with_user(self.accountant).button_draft()
        action = move.with_user(self.accountant).action_register_payment()
        wizard = self.env[action["res_model"]].with_user(self.accountant).with_context(**action["context"]).create({})
        self.assertIn("urssaf_no_payment", wizard.actionable_errors)


@tagged("post_install", "-at_install")
class TestPublicMethods(AccessCommon):
    """What can be called from outside checks who calls."""

    def test_one_message(self):
        """Whatever may not be done is refused in the same words."""
        move, request = self.sent_invoice()
        window = self.env["urssaf.send"].with_user(self.user).create({"move_ids": [Command.set(move.ids)]})
        for user, call in (
            (self.accountant, move.with_user(self.accountant).action_urssaf_send),
            # As where a server action runs it: the rights on the window itself are another matter.
            (self.accountant, window.with_user(self.accountant).sudo().action_send),
            (self.accountant, request.with_user(self.accountant).action_refresh),
            (self.user, request.with_user(self.user).action_close),
        ):
            with self.subTest(method=call.__name__, user=user.login):
                with self.assertRaisesRegex(AccessError, "Your user has no right to do this"):
                    call()


@tagged("post_install", "-at_install")
class TestSystemFields(AccessCommon):
    """What Urssaf said, and the consent, are written by the system alone."""

    VALUES = {
        "state": "active",
        "id_client": "x",
        "urssaf_status": "x",
        "consent_text": "oui",
        "active_since": "2026-01-01",
    }

    def test_registration(self):
        system = self.registration._system_fields()
        self.assertLessEqual({"state", "id_client", "active_since", "consent_date", "consent_user_id"}, system)
        registration = self.registration.with_user(self.manager)
        for name in sorted(system):
            with self.subTest(field=name), self.assertRaises(AccessError), self.cr.savepoint():
                registration.write({name: self.VALUES.get(name, False)})

    def test_registration_at_creation(self):
        partner = self.create_client(name="Paul Martin", email="paul@example.com")
        registrations = self.env["urssaf.registration"].with_user(self.manager)
        for name, value in self.VALUES.items():
            with self.subTest(field=name), self.assertRaises(AccessError), self.cr.savepoint():
                registrations.create({"partner_id": partner.id, name: value})

    def test_registration_by_default_values(self):
        partner = self.create_client(name="Paul Martin", email="paul@example.com")
        defaults = {f"default_{name}": value for name, value in self.VALUES.items()}
        registration = (
            self.env["urssaf.registration"]
            .with_user(self.user)
            .with_context(**defaults)
            .create({"partner_id": partner.id})
        )
        self.assertRecordValues(
            registration.with_env(self.env),
            [{"state": "to_complete", "id_client": False, "consent_text": False, "active_since": False}],
        )

    def test_payment_request_and_payout(self):
        _move, request = self.paid_invoice()
        for record, values in (
            (request, {"state": "sent"}),
            (request, {"urssaf_status": "30"}),
            (request, {"payload": {}}),
            (request.payout_ids, {"amount": 1}),
            (request.status_ids[:1], {"code": "30"}),
        ):
            for user in (self.user, self.manager):
                with self.subTest(model=record._name, values=values), self.assertRaises(AccessError):
                    record.with_user(user).write(values)
        for model in ("urssaf.payment.request", "urssaf.payout", "urssaf.payment.request.status"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.manager).create({})
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.manager).search([], limit=1).unlink()

    def test_projection_on_the_invoice(self):
        """Else whoever may write the invoice would get around its guard."""
        move, request = self.sent_invoice()
        for values in (
            {"urssaf_state": False},
            {"urssaf_state": "refused"},
            {"urssaf_request_id": False},
            {"urssaf_request_ids": [Command.clear()]},
        ):
            with self.subTest(values=values), self.assertRaises(AccessError), self.cr.savepoint():
                move.with_user(self.user).write(values)
        self.assertEqual((move.urssaf_state, move.urssaf_request_id), ("sent", request))
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.create_service_invoice(urssaf_state="paid", post=False)


@tagged("post_install", "-at_install")
class TestWhatItWasMadeFor(AccessCommon):
    """A registration is made in the environment in use, and stays with its company, environment and client."""

    def setUp(self):
        super().setUp()
        self.partner = self.create_client(name="Paul Martin", email="paul@example.com")
        self.other = self.env["res.company"].create({"name": "Autre", "country_id": self.env.ref("base.fr").id})
        self.other.urssaf_environment = "sandbox"
        self.manager.company_ids += self.other
        companies = (self.company + self.other).ids
        self.registrations = (
            self.env["urssaf.registration"].with_user(self.manager).with_context(allowed_company_ids=companies)
        )

    def test_another_environment_at_creation(self):
        values = {"partner_id": self.partner.id, "environment": "production"}
        with self.assertRaisesRegex(UserError, "environment that the company uses"), self.cr.savepoint():
            self.registrations.create(values)
        self.assertFalse(self.env["urssaf.registration"].search([("partner_id", "=", self.partner.id)]))
        self.assertEqual(self.env["urssaf.registration"].create(values).environment, "production", "the superuser may")

    def test_environment_is_that_of_the_company(self):
        registrations = self.registrations.with_context(default_environment="production")
        for company, environment in ((self.company, "simulator"), (self.other, "sandbox")):
            registration = registrations.create({"partner_id": self.partner.id, "company_id": company.id})
            self.assertEqual(registration.environment, environment)

    def test_stays_with_company_and_environment(self):
        registration = self.registrations.create({"partner_id": self.partner.id})
        self.assertEqual((registration.company_id, registration.environment), (self.company, "simulator"))
        for values in ({"environment": "production"}, {"environment": "sandbox"}, {"company_id": self.other.id}):
            with self.subTest(values=values), self.assertRaisesRegex(UserError, "stays with"), self.cr.savepoint():
                registration.write({**values, "email": "p@example.com"})
        registration.write({"environment": "simulator", "company_id": self.company.id, "email": "p@example.com"})
        self.assertEqual(registration.email, "p@example.com", "what changes nothing is no matter")

    def test_stays_with_the_client(self):
        registration = self.registrations.create({"partner_id": self.partner.id})
        anne = self.create_client(name="Anne Petit", email="anne@example.com")
        registration.partner_id = anne
        self.assertEqual(registration.partner_id, anne, "nobody else knows of it yet")
        known = {"sent_at": "2026-06-01", "id_client": "a", "consent_date": "2026-06-01"}
        for name, value in known.items():
            registration.sudo().write({**dict.fromkeys(known, False), name: value})
            with self.subTest(field=name), self.assertRaisesRegex(UserError, "of Anne Petit"), self.cr.savepoint():
                registration.partner_id = self.partner
            registration.invalidate_recordset()
        registration.write({"partner_id": anne.id, "email": "p@example.com"})
        self.assertEqual(registration.email, "p@example.com")
