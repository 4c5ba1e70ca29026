"""Credentials that change hands, and money that goes into the books of another company."""

import io

import openpyxl

from odoo.exceptions import UserError, ValidationError
from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from .. import export
from .branch import BranchCommon, BranchRpcCommon

PAYOUTS = "odoo.addons.avance_immediate.models.urssaf_payout_books"


class ChangeCommon(BranchCommon):
    def own_client(self, id_client):
        """Give the branch credentials of its own, and the registration of the same client with them."""
        self.own_credentials(self.branch)
        registration = self.asked_by_branch(self.client)
        registration._set_state("to_register")
        registration._set_state("waiting", id_client=id_client)
        registration._set_state("active", active_since="2026-05-01 00:00:00")
        return registration

    def codes(self, move):
        return [problem["code"] for problem in move._urssaf_problems()]


@tagged("post_install", "-at_install")
class TestFormerHolder(ChangeCommon):
    def test_withdrawn_after_it_was_sent(self):
        """What Urssaf may know from the former credentials is not sent with others, whatever became of it since."""
        move = self.branch_invoice()
        self.simulator.fault("send", "cut_before")
        request = self.send_from_branch(move)
        self.assertEqual((request.state, request.send_count), ("uncertain", 1))
        for _look in range(2):  # absent twice: queued again
            self.wait(minutes=11)
            request._look_up()
        self.assertEqual(request.state, "queued")
        self.as_agent(request).action_withdraw()
        self.own_client("a" * 36)
        self.assertEqual((request.state, self.codes(move)), ("draft", ["former_holder"]))
        with self.assertRaises(UserError):
            self.as_agent(move)._urssaf_queue(trigger=False)
        self.assertTrue(request.exists())

    def test_ended_under_the_same_number(self):
        move = self.branch_invoice()
        request = self.send_from_branch(move)
        self.simulator.step(request, "refuse", force=True, code="CONTEST_AUTRE")
        self.as_agent(request).action_refresh()
        self.assertEqual(self.codes(move), ["number_used"])
        self.own_client("a" * 36)
        self.assertEqual(self.codes(move), ["former_holder"])


@tagged("post_install", "-at_install")
class TestSharedAccount(ChangeCommon):
    """Two companies with credentials of one account of Urssaf's: the indexes by holder do not see it."""

    def setUp(self):
        super().setUp()
        self.env["account.journal"].create(
            {"name": "Ventes de l'agence", "code": "VAG", "type": "sale", "company_id": self.branch.id}
        )

    def same_number(self):
        """Return the company's sent request, and the branch's invoice of that number, client and amount."""
        move, request = self.sent_invoice()
        self.own_client(self.registration.id_client)
        journal = self.env["account.journal"].search([("code", "=", "VAG"), ("company_id", "=", self.branch.id)])
        mine = self.branch_invoice(post=False, journal_id=journal.id)
        mine.name = move.name
        mine.action_post()
        self.assertEqual(mine.name, move.name)
        return request, mine

    def test_request_of_the_other_is_not_adopted(self):
        request, mine = self.same_number()
        self.assertEqual(self.codes(mine), [])
        sent = self.send_from_branch(mine)
        self.assertEqual(sent.state, "uncertain")
        self.wait(minutes=2)
        sent._look_up()
        self.assertEqual((sent.state, sent.id_request), ("uncertain", False))
        self.assertEqual(self.problem_codes(sent), ["request_of_another"])
        with self.assertRaises(UserError):
            self.as_agent(sent, self.chief).action_adopt()
        self.assertFalse(sent.id_request)
        self.assertEqual(request.state, "sent")

    def test_one_client_id_one_company(self):
        credentials = self.env["urssaf.credentials"]
        values = {"environment": "production", "client_id": "un", "client_secret": "secret"}
        credentials.create({**values, "company_id": self.company.id})
        with self.assertRaises(ValidationError):
            credentials.create({**values, "company_id": self.branch.id})
        own = credentials.create({**values, "client_id": "deux", "company_id": self.branch.id})
        with self.assertRaises(ValidationError):
            own.client_id = "un"


@tagged("post_install", "-at_install")
class TestOtherBooks(BranchRpcCommon):
    """A payout of a branch's invoice that is booked by the company above."""

    def announced(self):
        """Return a payout of the branch that waits for a person."""
        request = self.send_from_branch(self.branch_invoice())
        self.simulator.step(request, "pay", force=True)
        with mute_logger(PAYOUTS):
            self.as_agent(request).action_refresh()
        return request.payout_ids

    def test_decided_where_it_is_booked(self):
        self.company.urssaf_outstanding_account_id = False
        payout = self.announced()
        self.assertEqual(payout.state, "to_record")
        self.company.urssaf_outstanding_account_id = self.outstanding_account
        payout.write(
            {"state": "to_confirm", "problem": {"kind": "note", "code": "paid_again", "params": {"number": "1"}}}
        )
        with self.assertRaisesRegex(UserError, self.company.name):
            self.as_agent(payout, self.chief).action_record()
        self.assertEqual(payout.state, "to_confirm")
        self.authenticate(self.manager.login, self.manager.login)
        names = list(self.call("urssaf.payout", "fields_get", [], ["type"]))
        [shown] = self.call("urssaf.payout", "read", payout.ids, names)
        self.assertIn(payout.request_id.number, shown["display_name"])
        specification = {name: {"fields": {"display_name": {}}} for name in ("request_id", "move_id", "partner_id")}
        self.call("urssaf.payout", "web_search_read", [], specification | {"amount": {}, "state": {}})
        self.call("urssaf.payout", "action_record", payout.ids)
        self.env.invalidate_all()
        self.assertEqual((payout.state, payout.confirmed_by_id), ("recorded", self.manager))
        self.assertEqual(payout.payment_id.company_id, self.company)

    def test_reason_is_for_those_who_work_there(self):
        """Why the books refuse a payout names accounts and journals: the branch reads that they do, and no more."""
        self.company.urssaf_outstanding_account_id = False
        payout = self.announced()
        with mute_logger(PAYOUTS):
            payout._recording_failed(UserError("Compte secret"))
        self.assertEqual(payout.problem["code"], "payout_not_recorded_above")
        self.assertNotIn("Compte secret", self.as_agent(payout, self.chief).problem_html)
        self.assertNotIn("Compte secret", f"{payout.request_id.problems}")
        self.assertIn("Compte secret", payout.with_user(self.manager).problem_html)
        payout.with_user(self.manager).action_dismiss()
        self.assertFalse(payout.problem_html or payout.books_problem, "nothing is the matter any more")

    def test_journal_of_the_company_above(self):
        """A branch that chose its company's journal has its payouts in that company's books."""
        self.branch.urssaf_journal_id = self.company.urssaf_journal_id
        payout = self.announced()
        self.assertEqual(payout.state, "recorded", payout.problem)
        self.assertEqual(payout.payment_id.company_id, self.company)

    def test_token_is_the_holders(self):
        self.credentials.access_token = False
        self.announced()
        tokens = self.env["urssaf.exchange"].search([("operation", "=", "token")])
        self.assertTrue(tokens)
        self.assertEqual(tokens.company_id, self.company)

    def test_exported_by_either_side(self):
        """Who has one of the two companies exports what they read, and one name that is not theirs stops nothing."""
        client = self.branch_client(name="Marthe Blanc")
        self.asked_by_branch(client)
        payout = self.announced()
        above = self.user_of(self.company, "siege_responsable", "avance_immediate.group_urssaf_manager")
        for user in (self.chief, above):
            book = openpyxl.load_workbook(io.BytesIO(export.workbook(self.as_agent(self.env["res.company"], user).env)))
            cells = [str(cell.value) for sheet in book.worksheets for row in sheet.rows for cell in row]
            self.assertIn(payout.request_id.number, cells)
            titles, row = book.worksheets[-1].values
            said = dict(zip(titles, row, strict=True))
            self.assertEqual((said["Company"], said["Credentials of"]), (self.branch.name, self.company.name))
            self.assertEqual("Marthe Blanc" in cells, user == self.chief)

    def test_rule_of_a_former_version(self):
        rule = self.env.ref("avance_immediate.urssaf_payout_company_rule")
        now, rule.domain_force = rule.domain_force, "[('company_id', 'in', company_ids)]"
        path = file_path("avance_immediate/migrations/19.0.1.3.0/post-holder.py")
        for _again in range(2):
            load_script(path, "migration_post").migrate(self.cr, "19.0.1.2.0")
        self.assertEqual(rule.domain_force, now)
        self.assertIn("holder_id", now)


@tagged("post_install", "-at_install")
class TestContactMoves(BranchCommon):
    def test_to_another_tree(self):
        other = self.env["res.company"].create({"name": "Autre", "urssaf_environment": "simulator"})
        with self.assertRaises(ValidationError):
            self.client.company_id = other
        self.client.company_id = self.branch

    def test_archived_company_above(self):
        """A contact of a company above the holder stays its client when that company is archived."""
        self.own_credentials(self.branch)
        partner = self.create_client(name="Paul Durand", email="paul@example.com", company_id=self.company.id)
        registration = self.asked_by_branch(partner)
        self.assertEqual(registration.holder_id, self.branch)
        self.cr.execute("UPDATE res_company SET active = FALSE WHERE id = %s", [self.company.id])
        self.env.invalidate_all()
        registration._check_partner_company()
