from datetime import date, datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from freezegun import freeze_time
from requests import Session

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..urssaf.tiers_prestation.client import UrssafClient
from .simulator import Simulator

NOW = datetime(2026, 6, 17, 8, 0)
SAP_NUMBER = "SAP732829320"
READY_COMPANY = "Books made ready for the tests"
CIVIL_STATUS = {
    "urssaf_title": "2",
    "urssaf_birth_name": "Durand",
    "urssaf_first_names": "Jeanne",
    "urssaf_birth_date": date(1980, 3, 29),
    "urssaf_birth_department": "069",
    "urssaf_birth_commune_code": "123",
    "urssaf_birth_commune_name": "Lyon",
}
CONTACT = {
    "mobile": "06 05 04 03 02",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "bic": "AGRIFRPP",
    "bank_holder": "Mme Jeanne Durand",
    "address_number": "8",
    "address_street_type": "R",
    "address_street_name": "du Soleil",
    "address_zip": "69001",
    "address_city": "LYON 01",
    "address_city_code": "69381",
}
#: How refusing to debit or dun what Urssaf collects begins.
COLLECTED = "Urssaf debits the client"

_send = Session.send


def make_company_ready(env):
    """Make the company that every class of tests then works in: loading a chart takes most of its set-up."""
    company = env["res.company"].create(
        {"name": READY_COMPANY, "country_id": env.ref("base.fr").id, "currency_id": env.ref("base.EUR").id}
    )
    env["account.chart.template"].try_loading("fr", company=company, install_demo=False)
    env.cr.commit()


class UrssafCommon(AccountTestInvoicingCommon):
    """A French provider with credentials of the simulator, a registered client, and time that stands still.

    The tests work as the least privileged user who may do the thing: ``self.user``, and ``self.manager`` for what
    needs one.
    """

    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()
        # A client that asks again waits in vain: time stands still.
        cls.startClassPatcher(patch.dict(UrssafClient.__init__.__kwdefaults__, sleep=lambda seconds: None))
        cls.simulator = Simulator()
        cls.addClassCleanup(cls.simulator.stop)
        cls.company = cls.company_data["company"]
        # The tests look as the superuser, and act as their users.
        cls.env = cls.env(user=SUPERUSER_ID, context={"allowed_company_ids": cls.company.ids})
        cls.company = cls.company.with_env(cls.env)
        cls.outstanding_account = cls.env["account.account"].create(
            {"name": "Urssaf à encaisser", "code": "511600", "account_type": "asset_current", "reconcile": True}
        )
        cls.company.write(
            {
                "urssaf_environment": "simulator",
                "urssaf_sap_number": SAP_NUMBER,
                "urssaf_journal_id": cls.company_data["default_journal_bank"].id,
                "urssaf_outstanding_account_id": cls.outstanding_account.id,
                "urssaf_book_test_payouts": True,
            }
        )
        cls.credentials = (
            cls.env["urssaf.credentials"]
            .sudo()
            .create(
                {
                    "company_id": cls.company.id,
                    "environment": "simulator",
                    "client_id": "simulator-client",
                    "client_secret": "simulator-secret",
                    "address": cls.simulator.url,
                }
            )
        )
        groups = "avance_immediate.group_urssaf_user"
        cls.user = new_test_user(cls.env, "urssaf_user", groups, company_id=cls.company.id)
        cls.manager = new_test_user(
            cls.env, "urssaf_manager", "avance_immediate.group_urssaf_manager", company_id=cls.company.id
        )
        cls.company.urssaf_user_id = cls.user
        cls.tax = cls.env["account.tax"].create(
            {"name": "TVA 10 % TTC", "amount": 10, "price_include_override": "tax_included"}
        )
        cls.service = cls.env["product.product"].create(
            {
                "name": "Ménage",
                "type": "service",
                "lst_price": 30,
                "taxes_id": [Command.set(cls.tax.ids)],
                "urssaf_nature_id": cls.env.ref("avance_immediate.urssaf_nature_60").id,
                "urssaf_unit": "HEURE",
            }
        )

    @classmethod
    def _create_company(cls, **values):
        ready = cls.env["res.company"].sudo().search([("name", "=", READY_COMPANY)])
        if not ready or values.keys() != {"name"} or (cls.country_code, cls.chart_template) != ("FR", False):
            return super()._create_company(**values)
        ready.write(values)
        cls.env.user.company_ids = [Command.link(ready.id)]
        return ready.sudo(False)

    def setUp(self):
        super().setUp()
        self.simulator.reset(NOW - timedelta(days=30))
        self.clock = freeze_time(NOW - timedelta(days=30))
        self.frozen = self.clock.start()
        self.addCleanup(self.clock.stop)
        if not self._registry_patched:  # HttpCase does it for the whole class
            mode = self.enter_registry_test_mode()
            mode.__enter__()
            self.addCleanup(mode.__exit__, None, None, None)
        self.client = self.create_client()
        self.registration = self.activate(self.register(self.client))
        self.travel_to(NOW)
        self.addCleanup(self.check_faults)

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        # Odoo's own handler compares the time-out with a number, and ours is a pair.
        if urlsplit(r.url).hostname == "127.0.0.1":
            return _send(s, r, **kw)
        return super()._request_handler(s, r, **kw)

    def check_faults(self):
        self.assertFalse(self.simulator.unused_faults(), "a fault was prepared and never met")

    # === TIME === #

    def travel_to(self, now):
        """Bring Odoo and the simulator to ``now`` (naive UTC)."""
        self.frozen.move_to(now)
        self.simulator.call("POST", "clock", now=f"{now:%Y-%m-%dT%H:%M:%S}Z")

    def wait(self, **delay):
        """Let time pass, in Odoo and at Urssaf: ``hours=``, ``days=``, …"""
        self.travel_to(datetime.now() + timedelta(**delay))

    # === CLIENTS === #

    def birth_country(self, code):
        """Return the country of birth that is the country of Odoo with this ISO code, in small letters."""
        return self.env["urssaf.birth.country"]._of(self.env.ref(f"base.{code}"))

    def create_client(self, **values):
        partner = (
            self.env["res.partner"]
            .with_user(self.user)
            .create(
                {
                    "name": "Jeanne Durand",
                    "email": "jeanne.durand@example.com",
                    "urssaf_birth_country_id": self.birth_country("fr").id,
                    **CIVIL_STATUS,
                    **values,
                }
            )
        )
        return partner.with_env(self.env)

    def prepare(self, partner, **values):
        registration = (
            self.env["urssaf.registration"].with_user(self.user)._prepare(partner.with_user(self.user), self.company)
        )
        registration.write({**CONTACT, **values})
        return registration.with_env(self.env)

    def register(self, partner, **values):
        registration = self.prepare(partner, **values)
        self.consent_and_register(registration)
        return registration

    def consent_and_register(self, registration):
        wizard = (
            self.env["urssaf.register"]
            .with_user(self.user)
            .create({"registration_id": registration.id, "has_consent": True})
        )
        wizard.action_register()

    def activate(self, registration):
        self.simulator.person_step(registration, "activate")
        registration.with_user(self.user).action_refresh()
        return registration

    # === INVOICES === #

    def create_service_invoice(self, client=None, hours=2.0, price=30.0, post=True, **values):
        move = (
            self.env["account.move"]
            .with_user(self.user)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": (client or self.client).id,
                    "invoice_date": date(2026, 6, 16),
                    "urssaf_service_start": date(2026, 6, 1),
                    "urssaf_service_end": date(2026, 6, 15),
                    "invoice_line_ids": [
                        Command.create({"product_id": self.service.id, "quantity": hours, "price_unit": price})
                    ],
                    **values,
                }
            )
        )
        if post:
            move.action_post()
        return move.with_env(self.env)

    def send(self, moves):
        """Send invoices as the user does, from the window; return their payment requests."""
        wizard = self.env["urssaf.send"].with_user(self.user).create({"move_ids": [Command.set(moves.ids)]})
        wizard.action_send()
        return moves.urssaf_request_id

    def sent_invoice(self, **values):
        """Return an invoice that Urssaf accepted, and its payment request."""
        move = self.create_service_invoice(**values)
        request = self.send(move)
        self.assertEqual(request.state, "sent", request.problems)
        return move, request

    def run_cron(self, name):
        """Run a scheduled action as the server does; return what it reported as done and remaining."""
        cron = self.env.ref(f"avance_immediate.ir_cron_urssaf_{name}")
        cron.method_direct_trigger()
        self.env.invalidate_all()
        progress = self.env["ir.cron.progress"].search([("cron_id", "=", cron.id)], order="id desc", limit=1)
        return progress.done, progress.remaining

    def activities(self, record):
        return record.sudo()._open_activities()

    def problem_codes(self, record):
        return [problem["code"] for problem in record.sudo().problems or []]

    def assertCollected(self, action, *args):
        """``action`` is refused because Urssaf collects the invoice."""
        with self.assertRaisesRegex(UserError, COLLECTED), self.cr.savepoint():
            action(*args)
