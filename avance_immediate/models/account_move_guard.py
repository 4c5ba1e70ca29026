from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .. import rights
from .urssaf_payment_request import AWAITING_PAYOUTS, AWAITING_STATES

SENT_FIELDS = {
    "name",
    "partner_id",
    "company_id",
    "currency_id",
    "invoice_date",
    "urssaf_service_start",
    "urssaf_service_end",
    "urssaf_worker",
}


PROJECTED_FIELDS = {"urssaf_state", "urssaf_request_id", "urssaf_request_ids"}

SENT_LINE_FIELDS = {
    "name",
    "product_id",
    "quantity",
    "price_unit",
    "discount",
    "tax_ids",
    "product_uom_id",
    "urssaf_nature_id",
    "urssaf_unit",
}


class AccountMove(models.Model):
    """While a payment request lives, the invoice stays as Urssaf was told, and nobody asks the client to pay."""

    _inherit = "account.move"

    def _urssaf_refuse_if_live(self):
        """Refuse to touch an invoice whose payment request lives; say which, and what to do."""
        live = self.filtered(lambda move: move.move_type == "out_invoice" and move.urssaf_is_live)
        if live:
            raise UserError(
                self.env._(
                    "%(invoices)s: Urssaf has the payment request, or is about to. What is still queued can be "
                    "withdrawn; otherwise have the request cancelled by Urssaf, then issue another invoice.",
                    invoices=", ".join(live.mapped("name")),
                )
            )

    @api.model
    def default_get(self, fields):
        # EXTENDS account: a default value would be such a projection too
        values = super().default_get(fields)
        rights.keep_own_defaults(self, values, PROJECTED_FIELDS)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: what the payment request says is not given by hand
        for vals in vals_list:
            self._urssaf_refuse_projection(vals)
        return super().create(self._urssaf_date_given_back(vals_list))

    @api.model
    def _urssaf_refuse_projection(self, vals):
        """What the invoice shows of its payment request comes from there: writing it would get around the guard."""
        if not self.env.su and PROJECTED_FIELDS & vals.keys():
            raise AccessError(
                self.env._("The state at Urssaf comes from the payment request: nobody writes it by hand.")
            )

    def write(self, vals):
        # EXTENDS account: what Urssaf was told stays as it is while the request lives
        self._urssaf_refuse_projection(vals)
        if SENT_FIELDS & vals.keys() or vals.get("state") in ("draft", "cancel"):
            self.filtered(lambda move: move._urssaf_would_change(vals))._urssaf_refuse_if_live()
        if vals.get("state") in ("draft", "cancel"):
            self._urssaf_refuse_if_recovery()
        result = super().write(vals)
        if "state" in vals:
            self._urssaf_entries_changed()
        return result

    def _urssaf_would_change(self, vals):
        """Tell whether ``vals`` change what Urssaf was told; writing again what is there changes nothing."""
        if vals.get("state") in ("draft", "cancel"):
            return True
        return any(
            self._fields[name].convert_to_cache(vals[name], self)
            != self._fields[name].convert_to_cache(self[name], self)
            for name in SENT_FIELDS & vals.keys()
        )

    def button_draft(self):
        # EXTENDS account: refused while the request lives
        self._urssaf_refuse_if_live()
        self._urssaf_refuse_if_recovery()
        return super().button_draft()

    def button_cancel(self):
        # EXTENDS account: refused while the request lives
        self._urssaf_refuse_if_live()
        return super().button_cancel()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_urssaf_live(self):
        self._urssaf_refuse_if_live()

    @api.depends("urssaf_is_live")
    def _compute_show_reset_to_draft_button(self):
        # EXTENDS account
        result = super()._compute_show_reset_to_draft_button()
        self.filtered("urssaf_is_live").show_reset_to_draft_button = False
        return result

    # === THE CLIENT IS NOT TO PAY === #

    @api.model
    def _urssaf_awaiting_domain(self):
        """Return the domain of the invoices that Urssaf is to pay; clients search by it on the portal."""
        # By the requests, and not through our field on the invoices, which is not for the clients.
        paying = self.env["urssaf.payment.request"].sudo()._search([("payout_ids.state", "in", AWAITING_PAYOUTS)])
        return Domain("urssaf_state", "in", AWAITING_STATES) | Domain("id", "in", paying.subselect("move_id"))

    def _has_to_be_paid(self):
        # EXTENDS account_payment: no payment button on the portal
        return super()._has_to_be_paid() and not self.urssaf_no_payment

    def _get_online_payment_error(self):
        # EXTENDS account_payment
        if self.urssaf_no_payment:
            return self.env._("Urssaf debits your share of this invoice: do not pay it here.")
        return super()._get_online_payment_error()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _urssaf_refuse_to_change_sent(self, vals):
        """Refuse to write what would differ from what Urssaf was told."""
        if SENT_LINE_FIELDS & vals.keys():
            lines = self.filtered(lambda line: line.display_type == "product" and line.move_id.urssaf_is_live)
            lines.filtered(lambda line: line._urssaf_would_change(vals)).move_id._urssaf_refuse_if_live()

    def _urssaf_would_change(self, vals):
        """Tell whether ``vals`` change what Urssaf was told; writing again what is there changes nothing."""
        return any(
            self._fields[name].convert_to_cache(vals[name], self)
            != self._fields[name].convert_to_cache(self[name], self)
            for name in SENT_LINE_FIELDS & vals.keys()
        )
