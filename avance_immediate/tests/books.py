"""What the tests of the books share: taxes of the French chart, payouts announced, entries to compare."""

from odoo import Command


class BooksMixin:
    """For ``UrssafCommon``: VAT due on receipts or on invoices, and payouts of one transfer."""

    #: By when VAT is due, the tax of the French chart (prices include it).
    TAXES = {"receipts": "tva_intermediaire_encaissement_ttc", "invoices": "tva_intermediaire_ttc"}

    def use_tax(self, due_on):
        """Have services taxed as where VAT is due on ``receipts`` or on ``invoices``."""
        tax = self.env["account.chart.template"].with_company(self.company).ref(self.TAXES[due_on])
        tax.active = True
        self.service.taxes_id = [Command.set(tax.ids)]
        if due_on == "receipts":
            self.company.tax_exigibility = True
        return tax

    def announce(self, request, **options):
        """Urssaf pays; the status is read, the money not recorded yet."""
        self.simulator.step(request, "pay", force=True, **options)
        request._commit()
        request._refresh_batch()
        return request.payout_ids

    def announced(self, count, hours=2.0, **options):
        """Return ``count`` invoices whose payouts Urssaf announced."""
        moves = self.env["account.move"].union(
            *(self.create_service_invoice(hours=hours + index) for index in range(count))
        )
        requests = self.send(moves)
        self.run_cron("send")
        for request in requests:
            self.announce(request, **options)
        return moves

    def entries(self, move):
        """Return what the books say of an invoice and what paid it: as values that do not name records of their own."""
        due = move.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        partials = due.matched_credit_ids
        cash_basis = self.env["account.move"].search([("tax_cash_basis_rec_id", "in", partials.ids)])
        return {
            "invoice": (move.payment_state, move.amount_residual, due.mapped("reconciled")),
            "matched": [(p.amount, p.debit_amount_currency, p.max_date, bool(p.full_reconcile_id)) for p in partials],
            "client's line": self.lines(partials.credit_move_id),
            "cash basis": [
                (entry.state, entry.date, entry.journal_id, entry.ref == move.name, self.lines(entry.line_ids))
                for entry in cash_basis
            ],
            "origin": [entry.tax_cash_basis_origin_move_id == move for entry in cash_basis],
            "kept": [bool(partial.draft_caba_move_vals) for partial in partials],
        }

    def lines(self, lines):
        return sorted(
            (
                line.account_id.code,
                line.partner_id.id,
                line.balance,
                line.amount_currency,
                line.amount_residual,
                line.reconciled,
                tuple(line.tax_tag_ids.mapped("name")),
                tuple(line.tax_ids.mapped("name")),
                line.tax_repartition_line_id.id,
                line.tax_base_amount,
            )
            for line in lines
        )
