from decimal import Decimal

from odoo import Command, sql_db
from odoo.tests import tagged

from .common import NOW, UrssafCommon

#: SQL queries that recording a transfer may take: once, and for each of its payouts (docs/benchmarks.md).
ONCE = 400
EACH = 4
COUNT = 50


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

    def queries(self, count, **options):
        """Return how many SQL queries recording ``count`` payouts takes, from an empty cache to its commit."""
        moves = self.announce(count, **options)
        self.env.cr.flush()  # as at the commit
        self.env.invalidate_all()
        before = sql_db.sql_counter
        self.run_cron("payout")
        self.env.cr.flush()
        asked = sql_db.sql_counter - before
        self.assertEqual(set(moves.mapped("payment_state")), {"paid"})
        self.assertEqual(len(moves.matched_payment_ids), 1)
        cash_basis = self.env["account.move"].search([("tax_cash_basis_origin_move_id", "in", moves.ids)])
        self.assertEqual(len(cash_basis), count if options["on_receipts"] else 0)
        return asked

    def test_one_payment_a_transfer_vat_on_receipts(self):
        self.assertLessEqual(self.queries(COUNT, on_receipts=True), ONCE + EACH * COUNT)

    def test_one_payment_a_transfer_vat_on_invoices(self):
        self.assertLessEqual(self.queries(COUNT, on_receipts=False), ONCE + EACH * COUNT)
