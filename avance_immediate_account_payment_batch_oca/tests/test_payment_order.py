from odoo.tests import tagged

from odoo.addons.avance_immediate.tests import payment_order


@tagged("post_install", "-at_install")
class TestPaymentOrder(payment_order.PaymentOrderCases):
    ADDON = "account_payment_batch_oca"
    WAY = "preferred_payment_method_line_id"

    @classmethod
    def create_way(cls):
        return cls.env["account.payment.method.line"].create(
            {
                "name": "Prélèvement",
                "company_id": cls.company.id,
                "payment_method_id": cls.env.ref("account.account_payment_method_manual_in").id,
                "journal_id": cls.journal.id,
                "selectable": True,
                "payment_order_ok": True,
                "no_debit_before_maturity": False,
            }
        )

    def order_values(self):
        return {"payment_method_line_id": self.way.id, "payment_type": "inbound", "date_prefered": "now"}
