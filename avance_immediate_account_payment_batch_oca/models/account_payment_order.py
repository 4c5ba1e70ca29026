from odoo import models


class AccountPaymentOrder(models.Model):
    _name = "account.payment.order"
    _inherit = ["account.payment.order", "urssaf.payment.order.mixin"]
