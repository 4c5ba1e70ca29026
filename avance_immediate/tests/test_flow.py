from odoo.tests import tagged

from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestFlow(UrssafCommon):
    """The main job: an invoice is sent, followed, and paid by Urssaf, without anybody looking."""

    def test_registration_is_active(self):
        self.assertEqual(self.registration.state, "active")
        self.assertTrue(self.registration.id_client)
        self.assertTrue(self.registration.active_since)

    def test_invoice_is_sent_followed_and_paid(self):
        move, request = self.sent_invoice()
        self.assertEqual(request.urssaf_status, "10")
        self.assertEqual(move.urssaf_state, "sent")
        self.assertTrue(move.urssaf_no_payment)
        self.wait(hours=9)
        self.run_cron("refresh")
        self.assertEqual(request.urssaf_status, "20")
        for _day in range(12):
            self.wait(days=1)
            self.run_cron("refresh")
            self.run_cron("payout")
        self.assertEqual(request.state, "paid")
        payout = request.payout_ids
        self.assertEqual(payout.state, "recorded")
        self.assertEqual(payout.payment_id.amount, 60)
        self.assertEqual(payout.payment_id.date, request.transfer_date)
        self.assertEqual(move.payment_state, "paid")
        liquidity, counterpart, _writeoff = payout.payment_id._seek_for_lines()
        self.assertEqual(liquidity.account_id, self.outstanding_account)
        self.assertTrue(counterpart.reconciled)
        self.assertEqual(request.status_ids.mapped("code"), ["70", "50", "30", "20", "10"])
        self.assertFalse(self.activities(request))
