from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rights import MANAGER
from .res_partner import CIVIL_STATUS
from .urssaf_payment_request import LIVE_STATES
from .urssaf_registration import GIVEN_FIELDS, OPEN_STATES

ERASABLE_STATES = (*OPEN_STATES, "waiting", "active", "blocked")
KEPT_WITH_THE_RECORD = {"partner_id", "company_id", "environment"}


class UrssafRegistration(models.Model):
    """Erasing personal data when the relation ends (GDPR, art. 17). What the law makes one keep, stays.

    Erased: contact, address and bank details as sent, civil status unless another registration needs it, the birth
    date in the messages that were sent. Kept: the invoices and payments (ten years, Code de commerce L123-22), the
    payment requests with their amounts and Urssaf's references, the proof of consent.
    """

    _inherit = "urssaf.registration"

    erased_at = fields.Datetime(string="Erased on", readonly=True, copy=False)

    def action_erase(self):
        """Erase the personal data of these clients, and report what was erased in the chatter of each."""
        self._check_user(MANAGER)
        for registration in self.sudo():
            registration._refuse_while_needed()
            registration.consent_ids._erase()
            erased = registration._erase_given() + registration._erase_civil_status() + registration._erase_messages()
            registration._set_state("erased", erased_at=fields.Datetime.now(), next_try_at=False)
            registration._clear_problems()
            registration._log(
                self.env._(
                    "Personal data erased by %(user)s: %(erased)s. Kept, as the law asks: invoices, payments, payment "
                    "requests with Urssaf's references, the consent.",
                    user=self.env.user.name,
                    erased=", ".join(erased) or self.env._("nothing was left"),
                )
            )

    def _refuse_while_needed(self):
        """Refuse to erase what an ongoing payment request still needs."""
        live = self.env["urssaf.payment.request"].search(
            [("registration_id", "=", self.id), ("state", "in", [state for state in LIVE_STATES if state != "paid"])]
        )
        if live or self.state not in ERASABLE_STATES:
            raise UserError(
                self.env._(
                    "%(client)s: something is still under way at Urssaf (%(numbers)s). Erase the data when it is over.",
                    client=self.partner_id.name,
                    numbers=", ".join(live.mapped("number")) or self.env._("the registration itself"),
                )
            )

    def _erase_given(self):
        names = [name for name in sorted(GIVEN_FIELDS - KEPT_WITH_THE_RECORD) if self[name]]
        self.write(dict.fromkeys(names, False))
        return self._labels(self, names)

    def _erase_civil_status(self):
        """Erase the civil status, unless another company still bills this client."""
        partner = self.partner_id
        others = (partner.urssaf_registration_ids - self).filtered(lambda other: other.state != "erased")
        if others:
            return []
        names = [name for name in sorted(CIVIL_STATUS) if partner[name]]
        partner.with_context(urssaf_skip_readiness=True).write(dict.fromkeys(names, False))
        return self._labels(partner, names)

    def _erase_messages(self):
        """Take the birth date out of the messages that were sent; their amounts stay."""
        requests = self.env["urssaf.payment.request"].search([("registration_id", "=", self.id)])
        for request in requests.filtered("payload"):
            payload = dict(request.payload)
            payload.pop("dateNaissanceClient", None)
            request.payload = payload
        return [self.env._("the birth date in %(count)s messages", count=len(requests))] if requests else []

    @api.model
    def _labels(self, record, names):
        return [record._fields[name]._description_string(self.env) for name in names]
