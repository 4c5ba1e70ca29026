from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from .. import paris, wording
from ..urssaf.http.wire import number_from_wire
from ..urssaf.rules import schedule
from ..urssaf.rules.working_days import add_working_days
from ..urssaf.tiers_prestation import codes
from .urssaf_payment_request import AWAITING_PAYOUTS, AWAITING_STATES

AHEAD_DAYS_MAX = 30  # no transfer is announced so long before it comes

VALIDATED = codes.request_statuses(codes.AWAITED, is_validated=True)
NOTHING_COMES = codes.request_statuses(codes.UNPAID, codes.NOT_COLLECTED)
#: What a request that is no longer "sent" waits for.
AWAITS = {
    "paid": schedule.RECOVERY,
    "to_settle": schedule.RECOVERY,
    "closed": schedule.CLOSED,
    "refused": schedule.NOTHING,
    "cancelled": schedule.NOTHING,
}


class UrssafPaymentRequest(models.Model):
    """When and how much Urssaf is expected to pay, what is awaited on a day, and which dates are doubted.

    The days are those of Paris: docs/money.md §6.
    """

    _inherit = "urssaf.payment.request"

    validated_at = fields.Datetime(
        string="Validated on",
        compute="_compute_validated_at",
        store=True,
        help="When we learnt that the request is validated; at the latest 48 hours after it was sent, where its "
        "validation was not seen.",
    )
    expected_debit_date = fields.Date(compute="_compute_expected", store=True, help="Two working days from validation.")
    expected_payout_date = fields.Date(
        compute="_compute_expected",
        store=True,
        index="btree_not_null",
        help="Four working days from validation, then the day that Urssaf announces.",
    )
    expected_payout_amount = fields.Monetary(
        string="Expected payout",
        compute="_compute_expected",
        store=True,
        help="What the message asks of Urssaf: its total less the deposit.",
    )
    is_payout_late = fields.Boolean(
        string="Late",
        compute="_compute_is_payout_late",
        search="_search_is_payout_late",
        help="The day on which the payout was expected has passed, and Urssaf has announced none.",
    )

    # === COMPUTE METHODS === #

    @api.depends("status_ids.code", "status_ids.date", "sent_at")
    def _compute_validated_at(self):
        for request in self:
            # Without a present status there is none to read.
            statuses = request.status_ids if request.urssaf_status else self.env["urssaf.payment.request.status"]
            statuses = statuses.filtered(lambda status: codes.request_status(status.code).is_validated)
            seen = statuses.filtered(lambda status: status.code == "30").mapped("date")
            unseen = [*statuses.mapped("date"), request._validated_by_silence_at()]
            request.validated_at = min(seen or filter(None, unseen)) if statuses else False

    @api.depends("state", "urssaf_status", "validated_at", "sent_at", "transfer_date", "payload", "amount", "deposit")
    def _compute_expected(self):
        for request in self:
            is_expected = request._is_payout_expected()
            validated_at = request.validated_at or request._validated_by_silence_at()
            is_dated = is_expected and validated_at and request.state in ("sent", "paid")
            day = is_dated and paris.day_of(validated_at)
            request.expected_debit_date = day and add_working_days(day, schedule.DEBIT)
            request.expected_payout_date = day and (request.transfer_date or add_working_days(day, schedule.PAYOUT))
            request.expected_payout_amount = request._amount_asked() if is_expected else 0

    def _validated_by_silence_at(self):
        """Return when this request is validated where the client says nothing, or False before it was sent."""
        return self.sent_at and self.sent_at + schedule.SILENCE

    def _is_payout_expected(self):
        """Tell whether Urssaf is to pay this request, or has: not what it refused, turned, or failed to collect."""
        return self.state in (*AWAITING_STATES, "paid") and self.urssaf_status not in NOTHING_COMES

    def _amount_asked(self):
        """Return what the message asks of Urssaf, in the currency of the request: its total less the deposit.

        Not what the invoice says: a down payment may have lowered its total already. Without a message, what was to be
        asked.
        """
        self.ensure_one()
        payload = self.sudo().payload or {}
        total = number_from_wire(payload.get("mntFactureTTC"))
        if total is None:
            return self.amount - self.deposit
        return float(total - (number_from_wire(payload.get("mntAcompte")) or 0))

    @api.depends("state", "expected_payout_date", "payout_ids")
    def _compute_is_payout_late(self):
        today = paris.today()
        for request in self:
            date = request.expected_payout_date
            request.is_payout_late = request.state == "sent" and bool(date) and date < today and not request.payout_ids

    def _search_is_payout_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = (
            Domain("state", "=", "sent")
            & Domain("expected_payout_date", "<", paris.today())
            & Domain("payout_ids", "=", False)
        )
        return Domain.OR(late if wanted else ~late for wanted in value)

    # === WHAT IS AWAITED ON A DAY === #

    @api.model
    def _awaited_for(self, holder, environment, date):
        """Return the requests from which a payout of ``date`` may still come, not asked since that morning in Paris.

        Announced for that day, or validated two to seven working days before and not announced yet. While there are
        any, and until ``_group_deadline``, the payouts of that day wait for one another.

        :param holder: company whose credentials they use
        :param date: of the transfer, as the bank shows it
        """
        first, last = schedule.validations_for(date)
        awaiting = Domain("payout_ids.state", "in", AWAITING_PAYOUTS)
        announced = (
            Domain("transfer_date", "=", date)
            & Domain("state", "in", ("sent", "paid", "to_settle"))
            & (awaiting | (Domain("payout_ids", "=", False) & Domain("urssaf_status", "not in", NOTHING_COMES)))
        )
        unannounced = (
            Domain("transfer_date", "=", False)
            & Domain("state", "=", "sent")
            & Domain("urssaf_status", "in", VALIDATED)
            & Domain("validated_at", ">=", paris.moment_of(first))
            & Domain("validated_at", "<", paris.moment_of(last + timedelta(days=1)))
        )
        morning = paris.moment_of(date)
        not_asked = Domain("last_check_at", "=", False) | Domain("last_check_at", "<", morning)
        return self.search(
            Domain("holder_id", "=", holder.id)
            & Domain("environment", "=", environment)
            & not_asked
            & (announced | unannounced)
        )

    @api.model
    def _group_deadline(self, date):
        """Return the day on which the payouts of ``date`` no longer wait for one another: the next working day."""
        return add_working_days(date, 1)

    # === WHEN URSSAF IS ASKED === #

    def _next_question(self, now):
        # OVERRIDE urssaf.lifecycle.mixin: when something can have changed
        settled = self.payout_ids and not self.payout_ids.filtered(lambda payout: payout.state in AWAITING_PAYOUTS)
        is_awaited = self.state in ("sent", "paid", "to_settle") and not settled
        moment = schedule.next_question(
            self._awaits(),
            self._changed_at(),
            now,
            validated_at=self.validated_at or None,
            transfer_day=(is_awaited and self.transfer_date) or None,
        )
        return moment or False

    def _awaits(self):
        """Return what this request, which is followed, waits for: a key of ``schedule.PACES``."""
        if self.state != "sent":
            return AWAITS[self.state]
        status = codes.request_status(self.urssaf_status)
        if status.is_validated:
            return schedule.MONEY
        return schedule.ANSWER if status.is_usual or not self.urssaf_status else schedule.UNKNOWN

    # === DATES IN DOUBT === #

    def _doubt_about_date(self, date):
        """Return why a transfer of ``date`` asks a person (a problem), or None: both dates side by side.

        Before the request was sent nothing can have been paid; and Urssaf pays within days.
        """
        self.ensure_one()
        today = paris.today()
        sent = self.sent_at and paris.day_of(self.sent_at)
        params = {"number": self.number, "date": date and format_date(self.env, date)}
        if date and sent and date < sent:
            return wording.note("payout_before_sending", sent=format_date(self.env, sent), **params)
        if date and date > today + timedelta(days=AHEAD_DAYS_MAX):
            return wording.note("payout_far_ahead", today=format_date(self.env, today), **params)
        return None

    def _doubt_about_plan(self):
        """Return why the transfer that Urssaf plans for this request, without an amount yet, asks a person, or None."""
        if not self._doubt_about_date(self.transfer_date):
            return None
        # Today is not said: the same news would be others each day.
        planned, sent = (
            format_date(self.env, day) for day in (self.transfer_date, self.sent_at and paris.day_of(self.sent_at))
        )
        return wording.note("planned_date_odd", number=self.number, date=planned, sent=sent)
