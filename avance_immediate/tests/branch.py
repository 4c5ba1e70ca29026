"""A branch without an environment of its own, and somebody who works there alone: what the tests of branches share."""

from datetime import date

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .common import CIVIL_STATUS, CONTACT, UrssafCommon
from .rights_tries import Refused


class BranchCommon(UrssafCommon):
    """``self.branch`` is one of ``self.company``, whose credentials it uses; ``self.agent`` works there alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls.env["res.company"].create({"name": "Agence de Lyon", "parent_id": cls.company.id})
        cls.agent = cls.user_of(cls.branch, "agence_utilisateur")
        cls.chief = cls.user_of(cls.branch, "agence_responsable", "avance_immediate.group_urssaf_manager")

    @classmethod
    def user_of(cls, company, login, group="avance_immediate.group_urssaf_user"):
        own = {"company_id": company.id, "company_ids": [Command.set(company.ids)]}
        return new_test_user(cls.env, login, group, **own)

    def as_agent(self, records, user=None):
        """Return ``records`` as somebody of the branch has them."""
        user = user or self.agent
        return records.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def own_credentials(self, company):
        """Give a company an environment of its own, of the same simulator."""
        given = {"client_id": "simulator-client", "client_secret": "simulator-secret", "address": self.simulator.url}
        values = {"company_id": company.id, "environment": "simulator", **given}
        credentials = self.env["urssaf.credentials"].create(values)
        company.write({"urssaf_environment": "simulator", "urssaf_sap_number": "SAP824939458"})
        return credentials

    def asked_by_branch(self, partner, **values):
        """Return the registration that the branch asked for, complete."""
        action = self.as_agent(partner).action_urssaf_open_registration()
        registration = self.env["urssaf.registration"].browse(action["res_id"])
        self.as_agent(registration).write({**CONTACT, **values})
        return registration

    def branch_client(self, **values):
        """Return a client who is a contact of the branch alone."""
        country = {"urssaf_birth_country_id": self.birth_country("fr").id, "company_id": self.branch.id}
        contacts = self.as_agent(self.env["res.partner"])
        return contacts.create({**CIVIL_STATUS, **country, **values}).with_env(self.env)

    def branch_invoice(self, client=None, post=True, **values):
        """Return an invoice of the branch, of two hours at 30 euros."""
        values = {
            "move_type": "out_invoice",
            "partner_id": (client or self.client).id,
            "invoice_date": date(2026, 6, 16),
            "urssaf_service_start": date(2026, 6, 1),
            "urssaf_service_end": date(2026, 6, 15),
            "invoice_line_ids": [Command.create({"product_id": self.service.id, "quantity": 2, "price_unit": 30})],
            **values,
        }
        move = self.as_agent(self.env["account.move"]).create(values)
        if post:
            move.action_post()
        return move.with_env(self.env)

    def send_from_branch(self, moves):
        """Send invoices of the branch from the window; return their payment requests."""
        wizard = self.as_agent(self.env["urssaf.send"]).create({"move_ids": [Command.set(moves.ids)]})
        wizard.action_send()
        return moves.urssaf_request_id


class BranchRpcCommon(BranchCommon, HttpCase):
    """From outside, as the web client and any other software do."""

    def call(self, model, method, *args, **kwargs):
        path = f"/web/dataset/call_kw/{model}/{method}"
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        answer = self.opener.post(
            self.base_url() + path, json={"jsonrpc": "2.0", "method": "call", "params": params}, timeout=30
        ).json()
        if error := answer.get("error"):
            raise Refused(f"{error['data']['name']}: {error['data']['message']}")
        return answer.get("result")  # none where the method returns nothing

    def assertRefused(self, model, method, *args, **kwargs):
        with self.assertRaisesRegex(Refused, "AccessError|UserError|ValidationError", msg=f"{model} {method}"):
            self.call(model, method, *args, **kwargs)
