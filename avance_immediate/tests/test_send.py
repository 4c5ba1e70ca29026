from odoo.tests import tagged

from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestSend(UrssafCommon):
    """Money moves once, whatever the answer to a sending is."""

    def test_lost_answer_is_looked_up_and_adopted(self):
        move = self.create_service_invoice()
        self.sandbox.fault("send", "cut_after")
        request = self.send(move)
        self.assertEqual(request.state, "uncertain")
        self.wait(minutes=2)
        self.run_cron("send")
        self.assertEqual(request.state, "sent")
        self.assertEqual(len(self.sandbox.requests()), 1)
        self.assertEqual(len(self.sandbox.calls("send")), 1)

    def test_lost_request_is_sent_again_after_two_absences(self):
        move = self.create_service_invoice()
        self.sandbox.fault("send", "cut_before")
        request = self.send(move)
        self.assertEqual(request.state, "uncertain")
        self.wait(minutes=2)
        self.run_cron("send")
        self.assertEqual(request.state, "uncertain", "one answer proves nothing")
        self.wait(minutes=11)
        self.run_cron("send")
        self.assertEqual(request.state, "sent")
        self.assertEqual(len(self.sandbox.requests()), 1)
        self.assertEqual(request.send_count, 2)
