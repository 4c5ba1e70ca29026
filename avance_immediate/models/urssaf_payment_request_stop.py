from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rights import MANAGER
from ..urssaf.tiers_prestation import codes
from .urssaf_payment_request import AWAITING_PAYOUTS


class UrssafPaymentRequest(models.Model):
    """Waiting no longer for what may never come, so that the invoice can be collected otherwise: docs/money.md §8."""

    _inherit = "urssaf.payment.request"

    can_stop_waiting = fields.Boolean(
        compute="_compute_can_stop_waiting", compute_sudo=True, export_string_translation=False
    )

    @api.depends(
        "state",
        "urssaf_status",
        "is_not_shown",
        "is_other_environment",
        "payout_ids.state",
        "move_id.payment_state",
    )
    def _compute_can_stop_waiting(self):
        for request in self:
            request.can_stop_waiting = request._is_stuck()

    def _is_stuck(self):
        """Tell whether this request may collect for ever, although Urssaf is likely to do nothing more."""
        self.ensure_one()
        if any(payout.state in AWAITING_PAYOUTS for payout in self.payout_ids):
            return False
        if self.state == "paid":
            return self.move_id.payment_state in ("not_paid", "partial")
        return self.state == "sent" and (
            self._is_unusual()
            or self.is_not_shown
            # A test that was left behind. What is in production goes on there, whatever the company uses now.
            or (self.environment != "production" and self.is_other_environment)
        )

    def _is_unusual(self):
        return bool(self.urssaf_status) and not codes.request_status(self.urssaf_status).is_usual

    def action_stop_waiting(self):
        """Close a request that is stuck: a manager has checked that Urssaf neither debits nor pays any more.

        What Urssaf says of it later is followed all the same.

        :raise UserError: it is on its usual way, or somebody is at work on it
        """
        self.ensure_one()
        self._check_user(MANAGER)
        request = self.sudo()._try_lock("sent", "paid")
        if not request.can_stop_waiting:
            raise UserError(
                self.env._(
                    "The payment request %(number)s is on its usual way at Urssaf, or somebody is at work on it.",
                    number=self.number,
                )
            )
        # At once: "to settle" without a payout is "at Urssaf" again when Urssaf is asked next.
        request._set_state("to_settle")
        request._set_state("closed")
        request._clear_problems()
        body = self.env._(
            "%(user)s no longer waits for Urssaf: the invoice can be collected otherwise.", user=self.env.user.name
        )
        request._log(body)
        request.move_id._urssaf_log(body)
