from odoo import api, models

#: Of a payment in the books of another company, its client's branch is shown amount and day, and nothing else.
HIDDEN_OF_PAYOUT = {
    "name": "",
    "journal_name": "",
    "company_name": False,
    "payment_method_name": False,
    "ref": "",
    "account_payment_id": False,
    "move_id": False,
}


class AccountMove(models.Model):
    """Invoices of branches: whose client is registered, and whose payouts may be booked, by a company above them."""

    _inherit = "account.move"

    def _post(self, soft=True):
        # EXTENDS account: a branch reads the registrations of the clients whom it invoices
        posted = super()._post(soft)
        for company, moves in (
            posted.filtered(lambda move: move.move_type == "out_invoice").grouped("company_id").items()
        ):
            if company.sudo().urssaf_holder_id - company:
                registrations = self.env["urssaf.registration"].sudo()
                registrations._for(moves.commercial_partner_id, company)._serve(company)
        return posted

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_reconciled_payment_ids(self):
        # EXTENDS account, which fails where the payment is in books that the user does not read: no form, no list
        ours = self.browse() if self.env.su else self.filtered("urssaf_request_id")
        result = super(AccountMove, self - ours)._compute_reconciled_payment_ids()
        super(AccountMove, ours.sudo())._compute_reconciled_payment_ids()
        for move in ours:
            payments = move.sudo().reconciled_payment_ids
            move.reconciled_payment_ids = payments.filtered(
                lambda payment: payment.company_id in self.env.companies
            ).with_env(self.env)
        return result

    @api.depends_context("allowed_company_ids")
    def _compute_payments_widget_reconciled_info(self):
        # EXTENDS account, which tells everything of a payment in the books of whatever company
        result = super()._compute_payments_widget_reconciled_info()
        shown = [move for move in self if move.urssaf_request_id and move.invoice_payments_widget]
        payouts = self.env["urssaf.payout"].sudo()
        for move in shown:
            widget = move.invoice_payments_widget
            known = [line["account_payment_id"] for line in widget["content"] if line["account_payment_id"]]
            elsewhere = payouts.search([("payment_id", "in", known)]).payment_id.filtered(
                lambda payment: payment.company_id not in self.env.companies
            )
            content = [
                {**line, **(HIDDEN_OF_PAYOUT if line["account_payment_id"] in elsewhere.ids else {})}
                for line in widget["content"]
            ]
            move.invoice_payments_widget = {**widget, "content": content}
        return result
