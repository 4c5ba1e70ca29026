"""What somebody of a branch does not reach through the registrations that the company above keeps for it."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .branch import BranchCommon, BranchRpcCommon
from .common import CONTACT

LOGGERS = ("odoo.http", "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


@tagged("post_install", "-at_install")
class TestBranchDoors(BranchRpcCommon):
    def setUp(self):
        super().setUp()
        self.paul = self.create_client(name="Paul Durand", email="paul@example.com")
        self.asked = self.asked_by_branch(self.paul)
        self.luc = self.create_client(name="Luc Durand", email="luc@example.com")
        self.authenticate(self.agent.login, self.agent.login)
        hushed = mute_logger(*LOGGERS)
        hushed.__enter__()
        self.addCleanup(hushed.__exit__, None, None, None)

    def test_no_list_of_other_records(self):
        """Neither written nor created: the records of a list would be reached with the rights of the system."""
        message = self.registration.message_ids[:1]
        names = [name for name, field in self.asked._fields.items() if field.type in ("one2many", "many2many")]
        self.assertLess({"message_ids", "activity_ids", "message_follower_ids", "served_company_ids"}, set(names))
        new = {"partner_id": self.luc.id, "company_id": self.branch.id}
        for name in names:
            for command in (Command.update(message.id, {"res_id": self.asked.id}), Command.delete(message.id)):
                with self.subTest(field=name, command=command[0]):
                    self.assertRefused("urssaf.registration", "write", self.asked.ids, {name: [command]})
            if name != "served_company_ids":  # whatever is given, it is the branch that asks
                with self.subTest(field=name):
                    self.assertRefused("urssaf.registration", "create", [{**new, name: [Command.delete(message.id)]}])
        self.env.invalidate_all()
        self.assertEqual(message.exists().res_id, self.registration.id)

    def test_defaults_are_checked_like_values(self):
        """What a link gives as default values is checked like what is typed, and nothing else is taken from it."""
        sibling = self.env["res.company"].create({"name": "Agence de Nice", "parent_id": self.company.id})
        theirs = self.env["res.partner"].create({"name": "Zoé", "company_id": sibling.id, "urssaf_birth_name": "Zoé"})
        message = self.registration.message_ids[:1]
        for given in (
            {"default_partner_id": theirs.id, "default_birth_name": "X", "default_birth_date": "1950-01-01"},
            {},
        ):
            with self.subTest(given=given):
                context = {"allowed_company_ids": self.branch.ids, **given}
                self.assertRefused("urssaf.registration", "create", [{"company_id": self.branch.id}], context=context)
        context = {
            "default_partner_id": self.luc.id,
            "default_birth_name": "Durand",
            "default_message_ids": [Command.update(message.id, {"res_id": self.asked.id})],
            "default_served_company_ids": [Command.link(sibling.id)],
        }
        [key] = self.call("urssaf.registration", "create", [{"company_id": self.branch.id}], context=context)
        self.env.invalidate_all()
        made = self.env["urssaf.registration"].browse(key)
        self.assertEqual((made.partner_id, made.birth_name, made.holder_id), (self.luc, "Durand", self.company))
        self.assertEqual(made.served_company_ids, self.branch)
        self.assertEqual(message.res_id, self.registration.id)
        self.assertEqual(theirs.urssaf_birth_name, "Zoé")
        self.assertFalse(theirs.urssaf_registration_ids)

    def test_served_reads_only(self):
        """A branch that did not ask first decides nothing about the client, and writes to nobody in its name."""
        prepared = self.prepare(self.luc, bank_holder="M Luc Durand")
        self.assertEqual(prepared.state, "to_register")
        for registration in (prepared, self.registration):
            registration.served_company_ids = self.branch
        uncertain = self.registration
        uncertain.write({"state": "uncertain"})
        for method in ("action_start_over", "action_explain_by_mail"):
            self.assertRefused("urssaf.registration", method, uncertain.ids)
        prepared.claimed_id_client = "a" * 36
        for method in ("action_verify_claim", "action_register"):
            self.assertRefused("urssaf.registration", method, prepared.ids)
        self.assertRefused("urssaf.register", "create", [{"registration_id": prepared.id, "has_consent": True}])
        self.assertRefused("urssaf.registration", "message_post", prepared.ids, body="Bonjour")
        self.assertRefused("urssaf.registration", "activity_schedule", prepared.ids)
        self.env.invalidate_all()
        self.assertEqual((uncertain.state, prepared.state), ("uncertain", "to_register"))
        self.assertFalse(prepared.consent_id)
        self.assertFalse(self.simulator.calls("register")[1:])
        self.call("urssaf.registration", "read", prepared.ids, ["state"])

    def test_asked_writes_to_the_client(self):
        self.call("urssaf.registration", "message_post", self.asked.ids, body="Bonjour")
        self.call("urssaf.registration", "activity_schedule", self.asked.ids, summary="Rappeler")
        self.assertIn("Bonjour", self.asked.message_ids[:1].body)
        self.assertEqual(self.asked.activity_ids.create_uid, self.agent)

    def test_no_longer_a_branch(self):
        """A branch with credentials of its own no longer completes what it asked of the company above."""
        self.own_credentials(self.branch)
        self.assertRefused("urssaf.registration", "write", self.asked.ids, {"email": "x@example.com"})
        self.assertRefused("urssaf.registration", "action_register", self.asked.ids)


@tagged("post_install", "-at_install")
class TestBranchServed(BranchCommon):
    def notes(self, registration):
        return " ".join(message.body or "" for message in registration.message_ids)

    def test_said_in_the_chatter(self):
        """Who lets a branch read a client of the company above is written there, for its people."""
        for _again in range(2):
            self.as_agent(self.client).action_urssaf_open_registration()
        self.assertEqual(self.notes(self.registration).count(self.agent.name), 1)
        self.assertIn(self.branch.name, self.notes(self.registration))
        other = self.env["res.company"].create({"name": "Agence de Nice", "parent_id": self.company.id})
        self.registration._serve(other)
        self.assertIn("Agence de Nice", self.notes(self.registration))

    def test_given_by_the_company(self):
        """Branches that are added or taken away by hand are followed like the state."""
        self.registration.with_context(tracking_disable=False).served_company_ids = self.branch
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertIn("served_company_ids", self.registration.message_ids.tracking_value_ids.field_id.mapped("name"))

    def test_nobody_has_begun(self):
        """What the company merely opened is the branch's to complete; what it typed is not."""
        luc, zoe = (self.create_client(name=name, email=f"{name}@example.com") for name in ("luc", "zoe"))
        empty = luc.with_user(self.user).action_urssaf_open_registration()["res_id"]
        empty = self.env["urssaf.registration"].browse(empty)
        typed = self.prepare(zoe)
        for registration in (empty, typed):
            self.as_agent(registration.partner_id).action_urssaf_open_registration()
        self.assertEqual((empty.asked_by_id, typed.asked_by_id), (self.branch, self.branch.browse()))
        self.as_agent(empty).write({**CONTACT, "bank_holder": "Mme Luc Durand"})
        self.as_agent(empty).action_register()
        with self.assertRaises(UserError):
            self.as_agent(typed).action_register()
