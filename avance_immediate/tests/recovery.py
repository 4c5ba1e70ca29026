"""Payouts that Urssaf takes back: what the tests of recoveries share."""

from collections import defaultdict
from datetime import datetime

from .common import UrssafCommon


class RecoveryCommon(UrssafCommon):
    """Invoices of 60 euros, VAT of 10 % included, that Urssaf pays in July and takes back in September."""

    PAID = datetime(2026, 7, 10, 8, 0)
    TAKEN_BACK = datetime(2026, 9, 15, 8, 0)

    def step(self, request, action, **options):
        """Let Urssaf say something of the request, and read it as the user does."""
        self.simulator.step(request, action, force=True, **options)
        request.with_user(self.user).action_refresh()
        self.env.invalidate_all()

    def paid_invoice(self, **values):
        """Return an invoice that Urssaf paid in July, its request and its payout, which is in the books."""
        self.unblock()
        move, request = self.sent_invoice(**values)
        if datetime.now() < self.PAID:
            self.travel_to(self.PAID)
        self.step(request, "pay")
        self.assertEqual((request.state, move.payment_state), ("paid", "paid"))
        return move, request, request.payout_ids

    def unblock(self):
        """Let Urssaf take requests for the client again, whose debit was refused."""
        if self.simulator.persons()[0]["blocked"]:
            self.simulator.person_step(self.registration, "unblock")

    def window(self, records, user=None, **values):
        """Return the window in which a manager says what is taken back, filled in."""
        action = records.with_user(user or self.manager).action_take_back()
        window = self.env[action["res_model"]].browse(action["res_id"]).with_user(user or self.manager)
        if values:
            window.write(values)
        return window

    def take_back(self, records, **values):
        """Book what is taken back, as a manager does; return the recovery."""
        window = self.window(records, **values)
        window.action_book()
        self.env.invalidate_all()
        return window.sudo().recovery_id

    def assertMoney(self, payout, *, taken, due):
        """So much of the payout is taken back, so much is due on its invoice; the rest of it pays the invoice."""
        self.env.flush_all()
        self.env.invalidate_all()
        line, move = payout.line_id, payout.move_id
        self.assertEqual((payout.recovered_amount, move.amount_residual), (taken, due))
        on_invoice = line.matched_debit_ids.filtered(lambda partial: partial.debit_move_id.move_id == move)
        self.assertEqual(sum(on_invoice.mapped("amount")), payout.amount - taken)
        self.assertTrue(line.reconciled)
        self.assertEqual(line.amount_residual, 0)

    # === THE TAX REPORT === #

    def report(self):
        """Return what the tax report has of each month: the balance of each tag, cents and signs as in the books."""
        self.env.flush_all()
        lines = self.env["account.move.line"].search(
            [("company_id", "child_of", self.company.id), ("tax_tag_ids", "!=", False), ("parent_state", "=", "posted")]
        )
        months = defaultdict(lambda: defaultdict(float))
        for line in lines:
            for tag in line.tax_tag_ids:
                months[line.date.strftime("%Y-%m")][tag.name] += line.balance
        return {
            month: {tag: round(balance, 2) for tag, balance in sorted(tags.items()) if round(balance, 2)}
            for month, tags in months.items()
        }
