from datetime import date

from odoo.modules.module import load_script
from odoo.tests import tagged
from odoo.tools import SQL
from odoo.tools.misc import file_path

from .books import BooksMixin
from .branch import BranchCommon

FOLDER = "avance_immediate/migrations/19.0.1.5.0"
DAY = date(2026, 6, 16)


@tagged("post_install", "-at_install")
class TestTransfersMigration(BooksMixin, BranchCommon):
    """Payouts of a version with one payment each, in whatever state, are in a transfer after the update."""

    def migrate(self):
        self.env.flush_all()
        for step in ("pre", "post"):
            script = load_script(file_path(f"{FOLDER}/{step}-transfers.py"), f"migration_transfers_{step}")
            script.migrate(self.cr, "19.0.1.4.0")
        self.env.invalidate_all()

    def payout(self, company=None, state="recorded", day=DAY):
        """Return a payout in ``state``, made without Urssaf; with a payment of its own where it is recorded."""
        company = company or self.company
        move = self.create_service_invoice() if company == self.company else self.branch_invoice()
        request = self.env["urssaf.payment.request"].create(
            {
                "company_id": company.id,
                "environment": "simulator",
                "partner_id": self.client.id,
                "move_id": move.id,
                "currency_id": move.currency_id.id,
                "number": move.name,
                "amount": move.amount_total,
                "state": "paid",
                "urssaf_status": "70",
            }
        )
        payout = self.env["urssaf.payout"].create({"request_id": request.id, "amount": 60, "date": day})
        if state == "recorded":
            payout._record()
        else:
            payout.state = state
        return payout

    def become_old(self):
        """Take away what the former version did not have."""
        self.env.flush_all()
        self.cr.execute("UPDATE urssaf_payout SET line_id = NULL, transfer_id = NULL, undone = NULL")
        self.cr.execute("UPDATE account_payment SET urssaf_transfer_id = NULL")
        self.cr.execute("DELETE FROM urssaf_transfer")
        self.cr.execute(
            "CREATE UNIQUE INDEX urssaf_payout_payment_unique ON urssaf_payout (payment_id) WHERE state = 'recorded'"
        )
        self.env.invalidate_all()

    def rows(self):
        """Return all that the update writes, as the database has it."""
        self.env.flush_all()
        queries = (
            "SELECT id, state, payment_id, line_id, transfer_id, undone FROM urssaf_payout ORDER BY id",
            "SELECT id, holder_id, company_id, environment, date, account_id FROM urssaf_transfer ORDER BY id",
            "SELECT id, state, move_id, urssaf_transfer_id FROM account_payment ORDER BY id",
            "SELECT id, parent_state, balance, amount_residual, reconciled FROM account_move_line ORDER BY id",
        )
        return [self.env.execute_query(SQL(query)) for query in queries]

    def test_every_state(self):
        self.patch(type(self.company), "_urssaf_pays_one_by_one", lambda company: True)
        good, other, late = self.payout(), self.payout(), self.payout(day=date(2026, 6, 15))
        branch = self.payout(self.branch)
        lines = {payout: payout.line_id for payout in (good, other, late, branch)}
        lost, draft, cancelled, unmatched = (self.payout() for _count in range(4))
        undated = self.payout()
        undated.date = False  # a person had confirmed it
        awaiting = self.payout(state="to_record")
        doubted, doubted_undated = self.payout(state="to_confirm"), self.payout(state="to_confirm", day=False)
        outside, aside = self.payout(state="not_booked"), self.payout(state="dismissed")
        self.become_old()
        # As the former version let it be done: nothing of it is heard.
        (lost + draft).payment_id.action_draft()
        lost.payment_id.action_cancel()
        cancelled.payment_id.action_cancel()
        unmatched.payment_id.move_id.line_ids.remove_move_reconcile()
        self.migrate()
        found = good.transfer_id
        self.assertEqual((found.date, found.holder_id, found.account_id), (DAY, self.company, self.outstanding_account))
        self.assertEqual((other + branch + draft + cancelled + unmatched + awaiting + doubted).transfer_id, found)
        self.assertEqual(late.transfer_id.date, date(2026, 6, 15))
        self.assertEqual(undated.transfer_id.date, undated.payment_id.date)
        self.assertFalse((doubted_undated + outside + aside).transfer_id)
        for payout, line in lines.items():
            self.assertEqual(payout.line_id, line)
            self.assertEqual(payout.payment_id.urssaf_transfer_id, payout.transfer_id)
            self.assertFalse(payout.undone)
        undone = lost + draft + cancelled + unmatched
        told = ["payment_deleted", "payment_undone", "payment_undone", "payout_unmatched"]
        self.assertEqual(undone.mapped("undone"), told)
        self.assertFalse(lost.line_id)
        before = self.rows()
        self.migrate()
        self.assertEqual(self.rows(), before, "run twice")
        kept = (draft + cancelled + unmatched).payment_id
        for payout in undone:
            payout.with_user(self.manager).action_record()
            self.assertEqual((payout.state, payout.undone, payout.move_id.payment_state), ("recorded", False, "paid"))
        self.assertEqual((draft + cancelled + unmatched).payment_id, kept)
        self.assertEqual(lost.transfer_id, found)
