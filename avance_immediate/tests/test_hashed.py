from odoo.tests import new_test_user, tagged

from .test_follow_up import FollowUpCommon


@tagged("post_install", "-at_install")
class TestHashedJournal(FollowUpCommon):
    """Entries that are locked by a hash, as French law asks of some: what is sent, followed and paid changes nothing.

    Of the lines, Odoo's hash has the account, the amounts, the client and the label; ours and ``no_followup`` are free.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_data["default_journal_sale"].restrict_mode_hash_table = True
        cls.company_data["default_journal_bank"].restrict_mode_hash_table = True
        cls.accountant = new_test_user(cls.env, "accountant", "account.group_account_user", company_id=cls.company.id)

    def hashed_invoice(self):
        move = self.three_instalments()
        self.assertTrue(move.inalterable_hash)
        return move

    def assertIntact(self):
        """Odoo's own check of the chain finds nothing."""
        results = self.company.with_user(self.accountant)._check_hash_integrity()["results"]
        name = self.company_data["default_journal_sale"].name
        statuses = [result["status"] for result in results if result["journal_name"].startswith(name)]
        self.assertEqual(statuses, ["verified"], results)

    def test_queue_send_follow_pay(self):
        moves = self.hashed_invoice() + self.hashed_invoice()
        hashes = moves.mapped("inalterable_hash")
        requests = self.send(moves)
        for move in moves:
            self.assertFollowUp(move, True, True, True)
        self.run_cron("send")
        self.assertEqual(requests.mapped("state"), ["sent", "sent"])
        self.step(requests[0], "pay")
        self.refuse(requests[1])
        self.run_cron("payout")
        self.assertEqual(moves.mapped("payment_state"), ["paid", "not_paid"])
        self.assertFollowUp(moves[1], False, True, False)
        self.assertEqual(moves.mapped("inalterable_hash"), hashes)
        self.assertIntact()

    def test_withdrawn_and_rejected(self):
        move = self.hashed_invoice()
        other = self.hashed_invoice()
        self.send(move + other)
        (move + other).with_user(self.user).action_urssaf_withdraw()
        self.assertFollowUp(move, False, True, False)
        self.simulator.call("POST", "requests/next", codes=["ERR_CODE_NATURE"])
        self.assertEqual(self.send(move).state, "rejected")
        self.assertFollowUp(move, False, True, False)
        self.assertIntact()
