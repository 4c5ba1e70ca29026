from markupsafe import Markup

from odoo import api, fields, models

from ..hooks import ADDON
from ..models.urssaf_payment_request import AWAITING_PAYOUTS, LIVE_STATES

#: Clients whom Urssaf knows, or may know by now.
REGISTERED = ("sending", "uncertain", "waiting", "active", "blocked")


class BaseModuleUninstall(models.TransientModel):
    """Odoo's window before an addon is uninstalled says what goes on at Urssaf all the same."""

    _inherit = "base.module.uninstall"

    urssaf_warning = fields.Html(compute="_compute_urssaf_warning", export_string_translation=False)

    @api.depends("module_ids")
    def _compute_urssaf_warning(self):
        for wizard in self:
            # Also where what goes is an addon that ours builds on: it goes too.
            concerned = ADDON in wizard._get_modules().mapped("name")
            lines = wizard._urssaf_left() if concerned else []
            wizard.urssaf_warning = lines and Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % line for line in lines
            )

    def _urssaf_left(self):
        """Return what would be lost here and goes on at Urssaf, in sentences; of all companies, since all lose it."""

        def count(model, **values):
            return self.env[model].sudo().search_count([(name, "in", value) for name, value in values.items()])

        requests = count("urssaf.payment.request", state=set(LIVE_STATES) - {"to_settle"})
        clients = count("urssaf.registration", state=REGISTERED)
        payouts = count("urssaf.payout", state=AWAITING_PAYOUTS)
        settle = count("urssaf.payment.request", state=["to_settle"])
        collected = self.env["account.move"].sudo().search_count([("urssaf_is_collected", "=", True)])
        sentences = [
            (requests, self.env._("Payment requests queued, at Urssaf, or paid and still followed: %s", requests)),
            (payouts, self.env._("Payouts that are not in the books yet: %s", payouts)),
            (settle, self.env._("Payment requests to settle: %s", settle)),
            (clients, self.env._("Clients registered with Urssaf: %s", clients)),
            (
                collected,
                self.env._(
                    "Invoices that Urssaf collects, and that stay out of the follow-up afterwards: %s. Where Urssaf "
                    "refuses or cancels one, take it back into the follow-up by hand.",
                    collected,
                ),
            ),
        ]
        return [sentence for number, sentence in sentences if number]
