from odoo import fields, models


class UrssafPaymentRequest(models.Model):
    """What stays of a payment request whose client was erased: amounts, dates, codes and Urssaf's references.

    Urssaf is still asked about it, for a payout may be taken back years later: what it then says of the client is not
    kept again.
    """

    _inherit = "urssaf.payment.request"

    client_erased_at = fields.Datetime(string="Client's data erased on", readonly=True, copy=False)

    def _erase_client(self):
        """Erase what is personal in these requests; return those that had any of it."""
        personal = self.filtered(
            lambda request: (
                request.refusal_comment
                or any(request.status_ids.mapped("label"))
                or "dateNaissanceClient" in (request.payload or {})
            )
        )
        for request in personal.filtered("payload"):
            payload = dict(request.payload)
            payload.pop("dateNaissanceClient", None)
            request.payload = payload
        personal.refusal_comment = False
        personal.status_ids.label = False
        self.filtered(lambda request: not request.client_erased_at).client_erased_at = fields.Datetime.now()
        return personal

    def _is_forgotten(self):
        # EXTENDS urssaf.remote.mixin
        return any(request.client_erased_at for request in self)
