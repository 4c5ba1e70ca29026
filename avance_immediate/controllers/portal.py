from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.account.controllers import portal
from odoo.addons.account_payment.controllers import payment


class PaymentPortal(payment.PaymentPortal):
    """No online payment of an invoice that Urssaf is to pay: the button is gone, and the routes refuse."""

    def _process_transaction(self, partner_id, currency_id, invoice_ids, payment_reference, **kwargs):
        # EXTENDS account_payment
        moves = request.env["account.move"].sudo().browse(invoice_ids)
        if any(move.urssaf_no_payment for move in moves):
            raise ValidationError(request.env._("Urssaf debits your share of this invoice: do not pay it here."))
        return super()._process_transaction(partner_id, currency_id, invoice_ids, payment_reference, **kwargs)


class PortalAccount(portal.PortalAccount):
    def _get_overdue_invoices_domain(self, partner_id=None):
        # EXTENDS account: what Urssaf is to pay is not overdue
        domain = super()._get_overdue_invoices_domain(partner_id)
        return Domain(domain) & ~request.env["account.move"]._urssaf_awaiting_domain()
