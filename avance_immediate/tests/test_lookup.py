from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import UrssafCommon


@tagged("post_install", "-at_install")
class TestLookup(UrssafCommon):
    """A request whose outcome is unknown is looked up by its number before anything else: docs/money.md."""

    def lose_answer(self, fault="cut_after", **values):
        self.simulator.fault("send", fault)
        move = self.create_service_invoice(**values)
        request = self.send(move)
        self.assertEqual(request.state, "uncertain")
        return move, request

    def look_up(self, **delay):
        self.wait(**(delay or {"minutes": 11}))
        self.run_cron("send")

    def test_accepted_is_adopted(self):
        _move, request = self.lose_answer()
        self.look_up(minutes=2)
        self.assertEqual(request.state, "sent")
        self.assertEqual(request.id_request, self.simulator.requests()[0]["idDemandePaiement"])
        self.assertEqual(request.status_ids.mapped("code"), ["10"])
        self.assertEqual(len(self.simulator.calls("send")), 1)

    def test_absent_once_proves_nothing(self):
        _move, request = self.lose_answer("cut_before")
        self.look_up(minutes=2)
        self.assertEqual(request.state, "uncertain")
        self.assertTrue(request.absent_since)
        self.look_up(minutes=9)
        self.assertEqual(request.state, "uncertain", "ten minutes have not passed")
        self.look_up(minutes=2)
        self.assertEqual(request.state, "sent")
        self.assertEqual(len(self.simulator.requests()), 1)

    def test_answers_that_prove_nothing_are_not_absences(self):
        _move, request = self.lose_answer("cut_before")
        for fault in ("empty_400", "empty_200", "html", "500", "truncated"):
            with self.subTest(fault):
                self.simulator.fault("search", fault, times=3)
                self.look_up(minutes=20)
                self.assertEqual(request.state, "uncertain")
                self.assertFalse(request.absent_since)
                self.simulator.call("DELETE", "faults")

    def test_sent_as_often_as_the_settings_allow(self):
        _move, request = self.lose_answer("cut_before")
        for _again in range(3 - 1):
            self.look_up()
            self.simulator.fault("send", "cut_before")
            self.look_up()
            self.assertEqual(request.state, "uncertain")
        self.company.urssaf_max_sends = 3
        for _look in range(3):
            self.look_up()
        self.assertEqual(request.state, "uncertain")
        self.assertTrue(request.needs_person)
        self.assertEqual(request.send_count, 3)
        self.assertEqual(self.problem_codes(request), ["sent_too_often"])
        self.assertEqual(len(self.activities(request)), 1)
        self.assertEqual(len(self.simulator.calls("send")), 3)

    def occupy(self, number, amount):
        """Make Urssaf hold a request of ours under ``number`` that this database knows nothing of."""
        move = self.create_service_invoice(price=amount, name=number)
        request = self.send(move)
        self.assertEqual(request.state, "sent")
        # Another database sent it: forget it here.
        request.status_ids.unlink()
        self.env.cr.execute(
            "UPDATE urssaf_payment_request SET state = 'draft', number = NULL, sent_at = NULL, send_count = 0"
            " WHERE id = %s",
            request.ids,
        )
        self.env.invalidate_all()
        request.unlink()
        move.button_draft()
        move.name = False
        move.button_cancel()

    def test_duplicate_of_another_amount_asks_a_person(self):
        self.occupy("FAC/2026/0777", 50)
        move = self.create_service_invoice(name="FAC/2026/0777")
        request = self.send(move)
        self.assertEqual(request.state, "uncertain")
        self.assertTrue(request.is_duplicate)
        self.look_up(minutes=2)
        self.assertEqual(request.state, "uncertain")
        self.assertEqual(self.problem_codes(request), ["number_of_another"])
        self.look_up(hours=5)
        self.assertEqual(len(self.simulator.calls("send")), 2, "nothing goes again by itself")
        with self.assertRaises(AccessError):
            request.with_user(self.user).action_adopt()
        request.with_user(self.manager).action_adopt()
        self.assertEqual(request.state, "sent")
        self.assertFalse(self.activities(request))

    def test_duplicate_of_ours_is_adopted(self):
        self.occupy("FAC/2026/0777", 30)
        request = self.send(self.create_service_invoice(name="FAC/2026/0777"))
        self.look_up(minutes=2)
        self.assertEqual(request.state, "sent")
        self.assertEqual(len(self.simulator.requests()), 1)

    def test_duplicate_that_is_not_shown_is_never_sent_again(self):
        self.simulator.call("POST", "requests/next", codes=["ERR_FACTURE_DOUBLON"])
        request = self.send(self.create_service_invoice())
        for _look in range(3):
            self.look_up()
        self.assertEqual(self.problem_codes(request), ["used_but_not_shown"])
        self.assertEqual(len(self.simulator.calls("send")), 1)

    def test_manager_gives_up_and_the_invoice_is_free(self):
        self.simulator.call("POST", "requests/next", codes=["ERR_FACTURE_DOUBLON"])
        move = self.create_service_invoice()
        request = self.send(move)
        for _look in range(3):
            self.look_up()
        with self.assertRaises(AccessError):
            request.with_user(self.user).action_give_up()
        request.with_user(self.manager).action_give_up()
        self.assertEqual(request.state, "rejected")
        self.assertFalse(move.urssaf_is_live)

    def test_button_looks_up_at_once(self):
        _move, request = self.lose_answer()
        request.with_user(self.user).action_look_up()
        self.assertEqual(request.state, "sent")

    def test_interrupted_sending_is_looked_up(self):
        moves = self.create_service_invoice() + self.create_service_invoice()
        requests = self.send(moves)
        # A process died after it committed "sending": nothing holds the lock.
        requests._set_state("sending", send_count=1)
        self.run_cron("send")
        self.assertEqual(set(requests.mapped("state")), {"uncertain"})
        self.assertEqual(self.problem_codes(requests[0]), ["interrupted"])
        self.assertFalse(self.simulator.calls("send"))
        for _look in range(2):
            self.look_up()
        self.assertEqual(set(requests.mapped("state")), {"sent"})
        self.assertEqual(len(self.simulator.requests()), 2)
