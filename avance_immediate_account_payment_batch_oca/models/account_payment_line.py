from odoo import models


class AccountPaymentLine(models.Model):
    _name = "account.payment.line"
    _inherit = ["account.payment.line", "urssaf.payment.line.mixin"]
