from decimal import Decimal

from odoo import Command, sql_db
from odoo.tests import tagged

from .common import NOW, UrssafCommon

#: SQL queries that recording payouts may take: once, and for each of those with one payment a transfer or a payout.
#: Fewer than docs/benchmarks.md wants (400 and 4; 32), so that what grows is seen in a transfer smaller than the usual.
ONCE = 350
EACH = {"transfer": 4, "payout": 10}
COUNT = 60


@tagged("post_install", "-at_install")
class TestPayoutQueries(UrssafCommon):
    """What recording payouts asks of the database, which depends on no machine: a gain that is lost is seen here."""

    def announce(self, count, *, on_receipts):
        """Return invoices whose payouts Urssaf has announced for today, of a few clients, as the scheduled action finds
        them."""
        tax = self.env.ref(f"account.{self.company.id}_tva_intermediaire{'_encaissement' if on_receipts else ''}_ttc")
        tax.active = True  # before the service has it: an inactive one is not read
        self.service.taxes_id = [Command.set(tax.ids)]
        clients = [self.client, *(self.registered_client(number) for number in range(4))]
        moves = self.env["account.move"].union(
            *(self.create_service_invoice(clients[number % len(clients)], post=False) for number in range(count))
        )
        moves.with_user(self.user).action_post()
        requests = moves._urssaf_queue(trigger=False)
        requests._set_state("sending", sent_at=NOW)
        requests._set_state("sent")
        requests._set_state("paid", urssaf_status="70", last_check_at=NOW)
        for request in requests:
            request._note_payout(Decimal(str(request.amount)), NOW.date(), False)
        return moves

    def registered_client(self, number):
        """Return a client whom Urssaf would know, without asking the simulator."""
        client = self.create_client(name=f"Client {number}", email=f"client{number}@example.com")
        registration = self.registration.sudo().copy({"partner_id": client.id})
        registration.write({"state": "active", "id_client": f"client-{number}"})
        return client

    def check(self, mode, *, on_receipts):
        """Count the SQL queries of recording payouts, from an empty cache to the commit."""
        self.company.urssaf_payment_mode = mode
        moves = self.announce(COUNT, on_receipts=on_receipts)
        self.env.cr.flush()  # as at the commit
        # By the statistics, these tables are as empty as in the template: Odoo's joins would take minutes.
        self.env.cr.execute("ANALYZE account_move, account_move_line, account_payment")
        self.env.invalidate_all()
        before = sql_db.sql_counter
        self.run_cron("payout")
        self.env.cr.flush()
        asked = sql_db.sql_counter - before
        self.assertEqual(set(moves.mapped("payment_state")), {"paid"})
        self.assertEqual(len(moves.matched_payment_ids), 1 if mode == "transfer" else COUNT)
        cash_basis = self.env["account.move"].search([("tax_cash_basis_origin_move_id", "in", moves.ids)])
        self.assertEqual(len(cash_basis), COUNT if on_receipts else 0)
        self.assertLessEqual(asked, ONCE + EACH[mode] * COUNT)

    def test_one_payment_a_transfer_vat_on_receipts(self):
        self.check("transfer", on_receipts=True)

    def test_one_payment_a_transfer_vat_on_invoices(self):
        self.check("transfer", on_receipts=False)

    def test_one_payment_a_payout(self):
        self.check("payout", on_receipts=True)
