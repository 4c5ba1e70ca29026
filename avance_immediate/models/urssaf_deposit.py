from odoo import api, fields, models

from .. import wording

#: States in which what the client has paid beforehand is, or was, deducted by Urssaf.
DEDUCTED_STATES = ("sending", "uncertain", "sent", "paid", "to_settle")


class UrssafPaymentRequest(models.Model):
    """What the client had paid before, which Urssaf deducts: docs/money.md, "Deposits"."""

    _inherit = "urssaf.payment.request"

    def _deposit_problems(self):
        """Return what a person must know of the deposit: it is matched no longer, or was given back."""
        self.ensure_one()
        if not self.deposit or self.state not in DEDUCTED_STATES:
            return []
        kept, given_back = self._deposit_kept(), self._deposit_given_back()
        if self.currency_id.compare_amounts(kept - given_back, self.deposit) >= 0:
            return []
        amounts = {
            "deposit": self.deposit,
            "kept": max(kept - given_back, 0),
            "expected": self._amount_asked(),
            "total": self.amount,
        }
        shown = {name: wording.money(self.env, amount, self.currency_id) for name, amount in amounts.items()}
        return [wording.note("deposit_gone", number=self.number, **shown)]

    def _deposit_kept(self):
        """Return what the invoice is matched with that is not Urssaf's money."""
        due = self.move_id.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        partials = due.matched_credit_ids.filtered(
            lambda partial: not partial.credit_move_id.payment_id.urssaf_transfer_id
        )
        return sum(partials.mapped("debit_amount_currency"))

    def _deposit_given_back(self):
        """Return what was paid to the client since the request was sent, and is matched with nothing."""
        paid_back = self.env["account.move.line"].search(
            [
                ("parent_state", "=", "posted"),
                ("account_type", "=", "asset_receivable"),
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("payment_id.payment_type", "=", "outbound"),
                ("amount_residual_currency", ">", 0),
                ("date", ">=", (self.sent_at or self.create_date).date()),
            ]
        )
        return sum(paid_back.mapped("amount_residual_currency"))

    @api.model
    def _with_deposit(self, field, records):
        """Return the requests whose ``field`` is among ``records``, and whose deposit Urssaf deducts, or did."""
        deducted = [("deposit", ">", 0), ("state", "in", DEDUCTED_STATES)]
        # An empty list costs no query.
        return self.sudo().search([(field, "in", records.ids), *deducted])

    def _deposits_changed(self):
        """Say what became of the deposit of these requests, where it is news."""
        for request in self:
            told = request.problems or []
            request._sync_problems(is_news=any(problem not in told for problem in request._deposit_problems()))


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _urssaf_requests_with_deposit(self):
        """Return the payment requests whose deposit these matches may be."""
        clients_money = self.sudo().filtered(lambda match: not match.credit_move_id.payment_id.urssaf_transfer_id)
        invoices = clients_money.debit_move_id.move_id.filtered("urssaf_request_id")
        return self.env["urssaf.payment.request"]._with_deposit("move_id", invoices)


class AccountPayment(models.Model):
    _inherit = "account.payment"

    urssaf_vat_warning = fields.Boolean(
        compute="_compute_urssaf_vat_warning", compute_sudo=True, export_string_translation=False
    )

    @api.depends("state", "payment_type", "partner_id", "company_id", "is_reconciled", "urssaf_transfer_id")
    def _compute_urssaf_vat_warning(self):
        """Warn of money that a client of Urssaf's paid before there is an invoice, where VAT is due on receipts.

        Odoo releases the VAT at the later of the two dates, the law at the receipt: docs/money.md, "Deposits".
        """
        self.urssaf_vat_warning = False
        # What is only typed into a form is not answered: it would tell of any contact whether Urssaf knows it.
        waiting = self._origin.filtered(
            lambda payment: (
                payment.state in ("in_process", "paid")
                and payment.payment_type == "inbound"
                and payment.partner_type == "customer"
                and payment.company_id.tax_exigibility
                and payment.company_id.urssaf_holder_id
                and payment.move_id
                and not payment.is_reconciled
                and not payment.urssaf_transfer_id
            )
        )
        warned = waiting.browse()
        for company, payments in waiting.grouped("company_id").items():
            registrations = self.env["urssaf.registration"]._for(payments.partner_id.commercial_partner_id, company)
            concerned = registrations.filtered("id_client").partner_id
            for payment in payments:
                warned += payment if payment.partner_id.commercial_partner_id in concerned else waiting.browse()
        self.filtered(lambda payment: payment._origin in warned).urssaf_vat_warning = True

    def _urssaf_tell_given_back(self):
        """Say on the payment requests of these clients that they were paid back, where a deposit was deducted."""
        paid_back = self.filtered(lambda each: (each.payment_type, each.partner_type) == ("outbound", "customer"))
        clients = paid_back.partner_id.commercial_partner_id
        self.env["urssaf.payment.request"]._with_deposit("partner_id", clients)._deposits_changed()
