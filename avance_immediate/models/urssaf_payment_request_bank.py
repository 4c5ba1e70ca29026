from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .. import paris
from .urssaf_payment_request import AWAITING_PAYOUTS

#: Requests that are asked about because of one line of the bank, or one transfer.
MOST_FOR_A_LINE = 50
MOST_FOR_A_TRANSFER = 500
RECENT_DAYS = 60  # what the bank showed before is no news any more
REFUND_DAYS = 425  # SEPA lets a client take back a debit for 13 months, where it was not authorised


class UrssafPaymentRequest(models.Model):
    """Asking Urssaf at once where the bank knows more than we do, whatever the schedule says: docs/money.md §6."""

    _inherit = "urssaf.payment.request"

    def _ask_at_once(self):
        """Have Urssaf asked soon about these requests; not those on which somebody is at work, or whose calls fail."""
        asked = self.filtered(
            lambda request: (
                request.state in self._lifecycle.follow_up and request.id_request and not request.lot_failing_since
            )
        ).try_lock_for_update(allow_referencing=True)
        if asked:
            asked.next_try_at = fields.Datetime.now()
            self._trigger("refresh")


class AccountBankStatementLine(models.Model):
    """A debit of Urssaf's that nothing explains: it may take back a payout."""

    _inherit = "account.bank.statement.line"

    urssaf_asked_at = fields.Datetime(
        readonly=True, copy=False, groups=fields.NO_ACCESS, export_string_translation=False
    )

    @api.model
    def _urssaf_ask_about_debits(self, root):
        """Have Urssaf asked, once a line, about the requests of which a debit at the bank may take something back."""
        since = paris.today() - timedelta(days=RECENT_DAYS)
        recent = self._urssaf_pending(root).filtered(lambda line: line.amount < 0 and line.date >= since)
        named = recent._urssaf_named().sudo().filtered(lambda line: not line.urssaf_asked_at)
        unexplained = named.filtered(lambda line: not line.urssaf_proposal)
        for line in unexplained.try_lock_for_update(allow_referencing=True):
            line.urssaf_asked_at = fields.Datetime.now()
            line._urssaf_may_take_back(root)._ask_at_once()

    def _urssaf_may_take_back(self, root):
        """Return the payment requests of which this line may take something back.

        Those of which it is the whole, or the client's share; where there is none, it may be about several together, or
        about contributions: the latest.
        """
        self.ensure_one()
        debit = self.currency_id.round(-self.amount)
        wholes = [debit, *(round(2 * debit + cents / 100, 2) for cents in (-1, 0, 1))]
        recorded = (
            Domain("state", "=", "recorded")
            & Domain("company_id", "child_of", root.id)
            & Domain("date", ">=", self.date - timedelta(days=REFUND_DAYS))
            & Domain("date", "<=", self.date)
        )
        payouts = self.env["urssaf.payout"].sudo()
        for amounts in (Domain("amount", "in", wholes), Domain("amount", "<=", wholes[-1])):
            if found := payouts.search(recorded & amounts, order="date desc, id desc", limit=MOST_FOR_A_LINE):
                return found.request_id
        return payouts.request_id


class UrssafTransfer(models.Model):
    """A transfer of which the bank shows another amount than the books have: one of its payouts may have changed."""

    _inherit = "urssaf.transfer"

    asked_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        export_string_translation=False,
        help="When Urssaf was asked about its requests, since it differs from the bank.",
    )

    @api.model
    def _ask_about_differing(self, root):
        """Have Urssaf asked about the requests of transfers that differ from the bank: once, as long as they do."""
        transfers = self.sudo().search(
            [
                ("holder_id", "child_of", root.id),
                ("date", ">=", paris.today() - timedelta(days=RECENT_DAYS)),
                "|",
                ("asked_at", "!=", False),
                ("state", "in", ["differs"]),
            ]
        )
        differing = transfers.filtered(lambda transfer: transfer.state == "differs")
        (transfers - differing).asked_at = False
        for transfer in differing.filtered(lambda transfer: not transfer.asked_at):
            transfer.asked_at = fields.Datetime.now()
            transfer._requests_to_ask()._ask_at_once()

    def _requests_to_ask(self):
        """Return the requests that may explain why this transfer differs, those in no books first."""
        payouts = self.payout_ids.sorted(lambda payout: payout.state not in AWAITING_PAYOUTS)
        awaited = self.env["urssaf.payment.request"]._awaited_for(self.holder_id, self.environment, self.date)
        return (awaited | payouts.request_id)[:MOST_FOR_A_TRANSFER]
