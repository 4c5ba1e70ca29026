from datetime import date
from html import unescape

from odoo.exceptions import UserError
from odoo.modules.module import load_script
from odoo.tests import Form, tagged
from odoo.tools.misc import file_path

from .. import wording
from .books import BooksMixin
from .common import UrssafCommon

MIGRATION = "avance_immediate/migrations/19.0.1.7.0/post-doubts.py"


@tagged("post_install", "-at_install")
class TestDoubts(BooksMixin, UrssafCommon):
    """A person who records a payout in doubt confirms what they were shown of it, and nothing else."""

    def setUp(self):
        super().setUp()
        self.move, self.request = self.sent_invoice()

    def pay_as_client(self, amount):
        window = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=self.move.ids
        )
        window.create({"amount": amount})._create_payments()

    def press(self, payout, shown=None):
        """Press the button as the page does that was opened when ``shown`` was its key, by default just now."""
        payout = payout.with_user(self.manager)
        result = payout.with_context(urssaf_shown=shown or payout.shown_key).action_record()
        self.env.invalidate_all()
        return result

    def assertAsked(self, payout, *codes):
        """A person is shown these doubts, all at once, and nothing is booked."""
        self.assertEqual((payout.state, payout.payment_id.ids, payout.confirmed_by_id.ids), ("to_confirm", [], []))
        self.assertEqual(self.problem_codes(self.request), list(codes))
        self.assertEqual(len(self.activities(self.request)), 1)
        shown = unescape(str(Form(payout.with_user(self.manager)).problem_html))
        for problem in self.request.problems:
            self.assertIn(wording.describe(self.env, problem)[0], shown)

    def test_all_at_once(self):
        """A second time, before the sending, of another amount: one page has it all, one confirmation is for all."""
        first = self.announce(self.request)
        self.run_cron("payout")
        self.simulator.step(self.request, "refuse_debit", force=True)
        self.request.with_user(self.user).action_refresh()
        second = self.announce(self.request, amount=50, date="2026-01-15T00:00:00Z") - first
        self.assertAsked(second, "paid_again", "payout_before_sending", "payout_other_amount", "payout_already_paid")
        self.run_cron("payout")
        self.assertFalse(second.payment_id)
        self.assertFalse(self.press(second))
        self.assertEqual((second.state, second.payment_id.amount), ("recorded", 50))
        self.assertFalse(second.doubts or second.problem)

    def test_what_came_after_it_was_shown(self):
        """The client pays after the manager was asked about the amount: that is another question."""
        payout = self.announce(self.request, amount=59.99)
        self.run_cron("payout")
        self.assertAsked(payout, "payout_other_amount")
        self.pay_as_client(10)
        action = self.press(payout)
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("59", action["params"]["message"])
        self.assertIn("less is still due", action["params"]["message"])
        self.assertAsked(payout, "payout_other_amount", "payout_already_paid")
        self.assertFalse(self.press(payout))
        self.assertEqual((payout.state, payout.confirmed_by_id), ("recorded", self.manager))

    def test_before_the_scheduled_action_looked(self):
        """Pressed at once, nobody was shown any doubt yet: they are shown, and stay when the page is left."""
        payout = self.announce(self.request, amount=59.99)
        self.assertEqual(payout.state, "to_record")
        self.assertTrue(self.press(payout))
        self.assertAsked(payout, "payout_other_amount")
        self.press(payout)
        self.assertEqual(payout.state, "recorded")

    def test_changed_between_page_and_click(self):
        """Urssaf announces another amount while the page is open: the click is about what the page said."""
        payout = self.announce(self.request, amount=59.99)
        self.run_cron("payout")
        page = payout.shown_key
        self.announce(self.request, amount=5)
        self.run_cron("payout")
        with self.assertRaisesRegex(UserError, "changed since it was shown"), self.cr.savepoint():
            self.press(payout, page)
        self.assertAsked(payout, "payout_other_amount")
        self.press(payout)
        self.assertEqual(payout.payment_id.amount, 5)

    def test_page_says_what_it_showed(self):
        """The buttons of the pages carry the key of what they show."""
        for model, view in (
            ("urssaf.payout", "view_urssaf_payout_form"),
            ("urssaf.payment.request", "view_urssaf_payment_request_form"),
            ("urssaf.transfer", "view_urssaf_transfer_form"),
        ):
            view_id = self.env.ref(f"avance_immediate.{view}").id
            arch = self.env[model].with_user(self.manager).get_view(view_id)["arch"]
            self.assertIn("{'urssaf_shown': shown_key}", arch, model)

    def test_doubt_of_before_once_it_is_undone(self):
        """What was confirmed before is shown again with what lost its entry, one payout or the whole transfer."""
        payout = self.announce(self.request, amount=59.99)
        self.run_cron("payout")
        self.press(payout)
        payment, transfer = payout.payment_id, payout.transfer_id
        payment.action_draft()
        payment.with_context(urssaf_cancel_confirmed=True).action_cancel()
        self.assertAsked(payout, "payment_deleted", "payout_other_amount")
        self.assertIn("59", str(Form(transfer.with_user(self.manager)).doubt_html))
        page = transfer.shown_key
        self.pay_as_client(10)
        by_manager = transfer.with_user(self.manager).with_context(urssaf_shown=page)
        self.assertIn("less is still due", by_manager.action_record()["params"]["message"])
        self.env.invalidate_all()
        self.assertAsked(payout, "payment_deleted", "payout_other_amount", "payout_already_paid")
        with self.assertRaisesRegex(UserError, "changed since it was shown"), self.cr.savepoint():
            by_manager.action_record()
        by_manager.with_context(urssaf_shown=transfer.shown_key).action_record()
        self.env.invalidate_all()
        self.assertEqual((payout.state, payout.undone), ("recorded", False))

    def test_one_doubt_of_a_former_version(self):
        payout = self.announce(self.request, amount=59.99)
        self.run_cron("payout")
        payout.write({"problem": payout.doubts[0], "doubts": False})
        self.env.flush_all()
        for _twice in range(2):
            load_script(file_path(MIGRATION), "migration_doubts").migrate(self.cr, "19.0.1.6.0")
            self.env.invalidate_all()
            self.assertFalse(payout.problem)
            self.assertAsked(payout, "payout_other_amount")
        self.press(payout)
        self.assertEqual(payout.payment_id.date, date(2026, 6, 17))
