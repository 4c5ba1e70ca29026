from datetime import date, datetime

from odoo.tests import Form, tagged

from .recovery import RecoveryCommon


@tagged("post_install", "-at_install")
class TestPayoutUnseen(RecoveryCommon):
    """Money that came between two questions, or on a day that cannot be: on the bank, so a person is told."""

    def assertAsks(self, request, code, *said, more=()):
        """A manager is asked, nothing is booked, and being told again changes nothing."""
        payouts = request.payout_ids
        awaits = payouts.filtered(lambda payout: payout.state == "to_confirm")
        for _again in range(2):
            self.run_cron("payout")
            request.with_user(self.user).action_refresh()
            self.assertEqual((request.payout_ids, awaits.state), (payouts, "to_confirm"))
            self.assertFalse(awaits.payment_id)
            self.assertEqual(self.problem_codes(request), [code, *more])
            self.assertEqual(len(self.activities(request)), 1)
        problem = str(Form(awaits.with_user(self.manager)).problem_html)
        for words in said:
            self.assertIn(words, problem)
        return awaits

    def pay_unseen(self, request, action, **options):
        """Urssaf pays and says something else before it is asked."""
        self.travel_to(self.PAID)
        self.simulator.step(request, "pay", force=True)
        self.travel_to(self.TAKEN_BACK)
        self.step(request, action, **options)

    def record(self, payout):
        payout.with_user(self.manager).action_record()
        self.env.invalidate_all()

    # === PAID AND TAKEN BACK BETWEEN TWO QUESTIONS === #

    def test_turned_before_it_was_seen(self):
        """A person records what came, then says what was taken back, as if "paid" had been seen."""
        pairs = [self.sent_invoice() for _index in range(3)]
        self.travel_to(self.PAID)
        for _move, request in pairs:
            self.simulator.step(request, "pay", force=True)
        self.travel_to(self.TAKEN_BACK)
        for (move, request), (action, code, status, left) in zip(
            pairs,
            (
                ("cancel", "110", "Cancelled", 60),
                ("cancel_after_recovery", "112", "after recovery", 30),
                ("recover", "120", "Recovered", 30),
            ),
            strict=True,
        ):
            with self.subTest(code):
                self.step(request, action)
                self.assertEqual((request.urssaf_status, request.state), (code, "to_settle"))
                payout = self.assertAsks(request, "payout_unseen", "60,00", "10/07/2026", status)
                self.assertFalse(request.recovery_ids, "nothing is taken back of what is not in the books")
                self.assertCollected(move._urssaf_refuse_if_collected)
                self.record(payout)
                self.assertEqual((payout.payment_id.date, move.payment_state), (date(2026, 7, 10), "paid"))
                self.assertEqual(self.problem_codes(request), ["recovery_to_decide"])
                self.assertEqual(request.recovery_ids.code, code)
                self.take_back(request)
                self.assertMoney(payout, taken=left, due=left)
                self.assertEqual(request.state, "closed")

    def test_turned_without_a_transfer_stays_as_it_was(self):
        for options in ({}, {"status": "110"}):
            _move, request = self.sent_invoice()
            self.simulator.step(request, "plan_transfer", force=True)
            self.step(request, "set_status" if options else "cancel", **options)
            self.assertEqual((request.state, request.payout_ids.ids), ("cancelled", []))

    def test_what_did_not_come_is_set_aside(self):
        move, request = self.sent_invoice()
        self.pay_unseen(request, "cancel")
        payout = self.assertAsks(request, "payout_unseen")
        payout.with_user(self.manager).action_dismiss()
        self.step(request, "cancel")
        self.assertEqual((request.payout_ids, payout.state), (payout, "dismissed"))
        request.with_user(self.manager).action_close()
        self.assertFalse(move.urssaf_is_collected or self.activities(request))

    def test_first_seen_after_a_refused_debit(self):
        """60 with a transfer, then 70 with the same: one payout, and no doubt is left."""
        move, request = self.sent_invoice()
        self.travel_to(self.PAID)
        self.simulator.step(request, "pay", force=True)
        self.step(request, "refuse_debit")
        payout = self.assertAsks(request, "payout_unseen")
        self.step(request, "set_status", status="70")
        self.run_cron("payout")
        self.assertEqual((request.payout_ids, payout.state), (payout, "recorded"))
        self.assertEqual((request.state, move.payment_state), ("paid", "paid"))
        self.assertFalse(request.problems or self.activities(request))

    # === ANOTHER DAY === #

    def pay_twice(self):
        """Urssaf pays, takes back and pays again, and is not asked in between."""
        move, request, payout = self.paid_invoice()
        self.travel_to(datetime(2026, 7, 20, 8))
        self.simulator.step(request, "cancel", force=True)
        self.step(request, "pay")
        return move, request, payout

    def test_second_transfer_of_the_same_amount(self):
        move, request, payout = self.pay_twice()
        said = ("60,00", "10/07/2026", "20/07/2026")
        second = self.assertAsks(request, "payout_of_another_day", *said, more=["payout_already_paid"])
        self.assertEqual((payout.payment_id.amount, payout.date), (60, date(2026, 7, 10)))
        self.record(second)
        self.assertEqual((second.payment_id.date, second.payment_id.amount), (date(2026, 7, 20), 60))
        self.assertEqual(second.line_id.amount_residual, -60, "to the client's credit: the invoice is paid")
        self.assertEqual(request.state, "to_settle")

    def test_date_that_was_corrected(self):
        move, request, payout = self.pay_twice()
        second = self.assertAsks(request, "payout_of_another_day", more=["payout_already_paid"])
        second.with_user(self.manager).action_dismiss()
        request.with_user(self.user).action_refresh()
        self.assertEqual((request.state, request.payout_ids), ("paid", payout + second))
        self.assertFalse(request.problems or self.activities(request))
        self.assertEqual((move.payment_state, payout.payment_id.amount), ("paid", 60))
        # Said of the first day again, which is known.
        info = self.company._urssaf_client().search(ids=[request.id_request]).found[0]
        object.__setattr__(info, "transfer_date", payout.date)
        request._apply_info(info)
        self.assertEqual((request.state, request.payout_ids), ("paid", payout + second))

    def test_paid_again_and_taken_back_again(self):
        """Between two questions, after a payout that is in the books: both questions are asked."""
        _move, request, payout = self.pay_twice()
        self.travel_to(self.TAKEN_BACK)
        second = request.payout_ids - payout
        self.assertEqual(second.state, "to_confirm")
        _move, request, payout = self.paid_invoice()
        self.travel_to(datetime(2026, 9, 20, 8))
        self.simulator.step(request, "cancel", force=True)
        self.simulator.step(request, "pay", force=True)
        self.step(request, "cancel")
        self.assertEqual(len(request.recovery_ids), 1)
        self.assertAsks(request, "payout_unseen", "20/09/2026", more=["payout_already_paid"])

    # === A DAY THAT CANNOT BE === #

    def announce_on(self, day):
        """Urssaf announces the payout for a day that cannot be, and a manager records it."""
        _move, request = self.sent_invoice()
        self.step(request, "pay", date=f"{day}T00:00:00Z")
        payout = request.payout_ids
        self.assertEqual(payout.state, "to_confirm")
        form = Form(payout.with_user(self.manager))
        self.assertEqual((form.date, form.booking_date), (day, "2026-06-17"), "side by side")
        self.record(payout)
        return payout

    def test_booked_on_the_day_on_which_it_is_confirmed(self):
        """The payment is of today, the transfer keeps Urssaf's date, the note says so; the bank finds it."""
        for day, said in (("1990-01-01", "01/01/1990"), ("2099-01-01", "01/01/2099")):
            with self.subTest(day):
                payout = self.announce_on(day)
                payment = payout.payment_id
                self.assertEqual((payment.date, payment.move_id.date), (date(2026, 6, 17), date(2026, 6, 17)))
                self.assertEqual((payout.date, payout.transfer_id.date), (date.fromisoformat(day),) * 2)
                self.assertEqual(payout.booking_date, date(2026, 6, 17))
                told = payout.request_id.message_ids.mapped("body")
                self.assertTrue(any(said in body and "17/06/2026" in body for body in told), told)
                debit = payment.move_id.line_ids.filtered(lambda line: line.account_id == self.outstanding_account)
                [found] = self.env["account.bank.statement.line"]._urssaf_opens(debit)
                self.assertEqual(found.day, date(2026, 6, 17))
                self.step(payout.request_id, "cancel")
                self.take_back(payout)
                self.assertMoney(payout, taken=60, due=60)

    def test_locked_day_of_a_believed_date(self):
        """Says so, and not that the date cannot be."""
        _move, request = self.sent_invoice()
        self.travel_to(self.PAID)
        self.company.fiscalyear_lock_date = "2026-07-31"
        self.simulator.step(request, "pay", force=True)
        request._commit()
        request._refresh_batch()
        payout = request.payout_ids
        self.assertEqual((payout.date, payout.booking_date), (date(2026, 7, 10), date(2026, 8, 1)))
        self.run_cron("payout")
        self.assertEqual((payout.payment_id.date, payout.booking_date), (date(2026, 8, 1), date(2026, 8, 1)))
        told = request.message_ids.mapped("body")
        self.assertTrue(any("01/08/2026" in body and "10/07/2026" not in body for body in told), told)
