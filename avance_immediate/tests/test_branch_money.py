"""Invoices of branches: sent with the credentials of the company above, paid into its books or into the branch's."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .branch import BranchCommon
from .common import SAP_NUMBER


@tagged("post_install", "-at_install")
class TestBranchMoney(BranchCommon):
    def pay(self, request):
        self.simulator.step(request, "pay", force=True)
        self.as_agent(request).action_refresh()
        return request.payout_ids

    def widget(self, move, user):
        """Return what the invoice shows of its payments, as read in a request of its own."""
        self.env.flush_all()
        self.env.invalidate_all()
        return self.as_agent(move, user).invoice_payments_widget["content"]

    def test_sent_and_paid(self):
        move = self.branch_invoice()
        self.assertEqual(move.urssaf_worker, SAP_NUMBER)
        request = self.send_from_branch(move)
        self.assertEqual(request.state, "sent", request.problems)
        self.assertEqual((request.company_id, request.holder_id), (self.branch, self.company))
        self.assertEqual(request.payload["idTiersFacturation"], SAP_NUMBER)
        call = self.env["urssaf.exchange"].search([("operation", "=", "send")], limit=1)
        self.assertEqual((call.company_id, call.holder_id), (self.branch, self.company))
        payout = self.pay(request)
        self.assertEqual((request.state, payout.state), ("paid", "recorded"), payout.problem)
        self.assertEqual((payout.company_id, payout.holder_id), (self.branch, self.company))
        payment = payout.payment_id
        self.assertEqual((payment.company_id, payment.move_id.company_id), (self.company, self.company))
        self.assertEqual(payment.outstanding_account_id, self.outstanding_account)
        self.assertEqual((move.amount_residual, move.company_id), (0, self.branch))
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.check_shown(move, payout)

    def check_shown(self, move, payout):
        """The branch sees amount and day of the payout, and nothing else of the payment."""
        payment = payout.payment_id
        [line] = self.widget(move, self.agent)
        self.assertEqual((line["amount"], line["date"]), (60, payment.date))
        for hidden in (payment.name, payment.journal_id.name, self.company.name, payment.memo):
            self.assertNotIn(hidden, map(str, line.values()))
        self.assertFalse(line["account_payment_id"] or line["move_id"])
        [line] = self.widget(move, self.company_user())
        self.assertEqual(line["account_payment_id"], payment.id)
        request, shown = self.as_agent(payout.request_id), self.as_agent(payout)
        self.assertFalse(shown.visible_payment_id or request.payment_ids)
        with self.assertRaises(UserError):
            shown.read(["payment_id"])
        for message in (*payout.request_id.message_ids, *move.message_ids):
            self.assertNotIn(payment.name, message.body or "")
        with self.assertRaises(UserError):
            self.as_agent(payment).read(["amount"])

    def company_user(self):
        """Return somebody who works in both."""
        user = self.user_of(self.company, "les_deux")
        user.company_ids |= self.branch
        return user

    def test_contact_of_the_branch(self):
        """The books of the company above do not name a contact that is the branch's alone."""
        client = self.branch_client(name="Léa Durand", email="lea@example.com", urssaf_first_names="Léa")
        registration = self.asked_by_branch(client, bank_holder="Mme Léa Durand")
        window = self.as_agent(self.env["urssaf.register"]).create(
            {"registration_id": registration.id, "has_consent": True}
        )
        window.action_register()
        self.simulator.person_step(registration, "activate")
        self.as_agent(registration).action_refresh()
        self.wait(days=1)
        day = {name: "2026-06-17" for name in ("invoice_date", "urssaf_service_start", "urssaf_service_end")}
        move = self.branch_invoice(client, **day)
        request = self.send_from_branch(move)
        self.assertEqual(request.state, "sent", request.problems)
        payout = self.pay(request)
        self.assertEqual(payout.state, "recorded", payout.problem)
        self.assertEqual(payout.payment_id.company_id, self.company)
        self.assertFalse(payout.line_id.partner_id)
        self.assertEqual(move.amount_residual, 0)

    def test_journal_of_its_own(self):
        journal = self.env["account.journal"].create(
            {"name": "Banque de l'agence", "code": "BQA", "type": "bank", "company_id": self.branch.id}
        )
        self.branch.urssaf_journal_id = journal
        move = self.branch_invoice()
        payout = self.pay(self.send_from_branch(move))
        self.assertEqual(payout.state, "recorded", payout.problem)
        self.assertEqual((payout.payment_id.company_id, payout.payment_id.journal_id), (self.branch, journal))
        [line] = self.widget(move, self.agent)
        self.assertEqual(line["account_payment_id"], payout.payment_id.id)
        self.assertEqual(self.as_agent(payout).visible_payment_id, payout.payment_id)
        self.assertEqual(move.amount_residual, 0)

    def test_recorded_by_the_scheduled_action(self):
        moves = self.branch_invoice() | self.create_service_invoice()
        requests = moves._urssaf_queue(trigger=False).with_env(self.env)
        self.run_cron("send")
        for request in requests:
            self.simulator.step(request, "pay", force=True)
        self.wait(days=2)
        self.run_cron("refresh")
        self.run_cron("payout")
        self.assertEqual(requests.payout_ids.mapped("state"), ["recorded"] * 2)
        self.assertEqual(requests.payout_ids.payment_id.company_id, self.company)
        self.assertEqual(moves.mapped("amount_residual"), [0, 0])

    def test_refused(self):
        move = self.branch_invoice()
        request = self.send_from_branch(move)
        self.simulator.step(request, "refuse", force=True, code="CONTEST_AUTRE")
        self.as_agent(request).action_refresh()
        self.assertEqual((request.state, move.urssaf_state), ("refused", "refused"))
        self.assertEqual(move.with_user(self.agent).amount_residual, 60)

    def test_one_call_for_all(self):
        """Invoices of the company and of its branch go in one call, which is the company's to read."""
        moves = self.branch_invoice() | self.create_service_invoice()
        moves._urssaf_queue(trigger=False)
        self.run_cron("send")
        self.assertEqual(set(moves.mapped("urssaf_state")), {"sent"})
        self.assertEqual(len(self.simulator.calls("send")), 1)
        call = self.env["urssaf.exchange"].search([("operation", "=", "send")])
        self.assertEqual((call.company_id, call.holder_id), (self.company, self.company))

    def test_postponed_together(self):
        moves = self.branch_invoice() | self.create_service_invoice()
        first, second = (move._urssaf_queue(trigger=False).with_env(self.env) for move in moves)
        self.simulator.fault("send", "429")
        first._send_now()
        self.assertEqual((first.state, second.state), ("queued", "queued"))
        self.assertTrue(first.next_try_at)
        self.assertEqual(second.next_try_at, first.next_try_at)

    def test_lost_answer(self):
        """It is looked up with the credentials it went with, found, and not sent again."""
        move = self.branch_invoice()
        self.simulator.fault("send", "cut_after")
        request = self.send_from_branch(move)
        self.assertEqual((request.state, request.id_request), ("uncertain", False))
        self.wait(minutes=2)
        self.run_cron("send")
        self.assertEqual(request.state, "sent", request.problems)
        [kept] = self.simulator.requests()
        self.assertEqual(request.id_request, kept["idDemandePaiement"])
        self.assertEqual(len(self.simulator.calls("send")), 1)
        call = self.env["urssaf.exchange"].search([("operation", "=", "search")], limit=1)
        self.assertEqual((call.company_id, call.holder_id), (self.branch, self.company))

    def test_same_number(self):
        """A number that the company used is refused to its branch before anything leaves, and the other way round."""
        journal = self.env["account.journal"].create(
            {"name": "Ventes de l'agence", "code": "VAG", "type": "sale", "company_id": self.branch.id}
        )
        own, mine = self.create_service_invoice(post=False), self.branch_invoice(post=False, journal_id=journal.id)
        for first, second, send in ((own, mine, self.send), (mine, own, self.send_from_branch)):
            number = f"FACT/2026/{first.id:05}"
            with self.subTest(first=first.company_id.name), self.cr.savepoint() as savepoint:
                (own | mine).name = number
                (own | mine).action_post()
                self.assertEqual(own.name, mine.name)
                self.assertEqual(send(first).state, "sent")
                [problem] = second._urssaf_problems()
                self.assertEqual(problem["code"], "number_used_elsewhere")
                calls = len(self.simulator.calls("send"))
                with self.assertRaises(UserError):
                    (self.send_from_branch if second == mine else self.send)(second)
                self.assertEqual(len(self.simulator.calls("send")), calls)
                savepoint.rollback()
            self.env.invalidate_all()
