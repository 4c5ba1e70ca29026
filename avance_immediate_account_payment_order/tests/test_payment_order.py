from odoo.tests import tagged

from odoo.addons.avance_immediate.tests import payment_order


@tagged("post_install", "-at_install")
class TestPaymentOrder(payment_order.PaymentOrderCases):
    ADDON = "account_payment_order"
    WAY = "payment_mode_id"

    @classmethod
    def create_way(cls):
        return cls.env["account.payment.mode"].create(
            {
                "name": "Prélèvement",
                "company_id": cls.company.id,
                "payment_method_id": cls.env.ref("account.account_payment_method_manual_in").id,
                "bank_account_link": "fixed",
                "fixed_journal_id": cls.journal.id,
                "payment_order_ok": True,
            }
        )

    def order_values(self):
        return {"payment_mode_id": self.way.id, "payment_type": "inbound", "date_prefered": "now"}
