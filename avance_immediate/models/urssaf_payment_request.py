from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import wording
from ..rights import MANAGER, USER
from ..urssaf.tiers_prestation.vocabulary import code_from_wire
from .urssaf_lifecycle_mixin import Lifecycle, Patience

STATES = [
    ("draft", "Draft"),
    ("queued", "Queued"),
    ("sending", "Being sent"),
    ("uncertain", "To look up"),
    ("sent", "At Urssaf"),
    ("paid", "Paid"),
    ("to_settle", "To settle"),
    ("closed", "Closed"),
    ("rejected", "Rejected by Urssaf"),
    ("refused", "Refused by the client"),
    ("cancelled", "Cancelled"),
]

LIVE_STATES = ("queued", "sending", "uncertain", "sent", "paid", "to_settle")
AWAITING_STATES = ("queued", "sending", "uncertain", "sent")  # Urssaf is to pay: the client must not
# The client's share goes through Urssaf: nobody else debits or duns. "To settle" is so too, unless Urssaf cancelled it.
COLLECTING_STATES = (*AWAITING_STATES, "paid")
AWAITING_PAYOUTS = ("to_record", "to_confirm")  # Urssaf has paid, the books do not know yet
LABEL_SIZE = 80  # of a status in Urssaf's words: the longest known has 28 characters
FREE_STATES = ("draft", "rejected")  # never accepted by Urssaf: the same number may go

SAID_STATES = {"sent", "paid", "to_settle", "refused", "cancelled"}  # by Urssaf

LIFECYCLE = Lifecycle(
    transitions={
        "draft": {"queued"},
        "queued": {"draft", "sending", "uncertain", "rejected"},
        "sending": {"queued", "sent", "uncertain", "rejected"},
        "uncertain": {"queued", "sent", "rejected"},
        "rejected": {"queued", "draft"},
        # Urssaf may come back on anything that it said, and nothing that it says is dropped.
        **dict.fromkeys(("closed", "sent", "paid", "refused", "cancelled"), SAID_STATES),
        "to_settle": {*SAID_STATES, "closed"},
    },
    # A recovery can come months after "paid": docs/api.md §4. When: urssaf/rules/schedule.py.
    follow_up=dict.fromkeys(("sent", "paid", "to_settle", "closed", "refused", "cancelled"), ()),
    look_up_cron="send",
    patience={
        "send": Patience(3, ["queued_at"]),
        "look_up": Patience(24, ["sent_at"]),
        "refresh": Patience(24, ["last_check_at", "sent_at"]),
    },
)


class UrssafPaymentRequest(models.Model):
    """One submission of an invoice to Urssaf: the record of truth of what was sent and what became of it.

    ::

        draft ► queued ► sending ─┬─► sent ──────────────► paid ──► to_settle ──► closed
                  ▲  ▲            │   (10…60, unknown)      (70)     (after 70: 40, 60, 110–113, 120, 260, 270)
                  │  │            │     ├─► refused (40)
                  │  └─ not sent ─┤     └─► cancelled (110, 111, 113)
                  └──── fixed ────┼─► rejected: never accepted, the same number may go again
                                  └─► uncertain ─► looked up ─► sent, or queued again, or a person

    ``state`` is ours and closed, and only ``_set_state`` changes it; ``urssaf_status`` is whatever code Urssaf
    says, and ``_state_after`` maps the second to the first. The statuses: ``tiers_prestation.codes``.

    The steps are in files of their own: sending, looking up, refreshing; payouts have a model of their own.
    """

    _name = "urssaf.payment.request"
    _inherit = "urssaf.remote.mixin"
    _description = "Urssaf payment request"
    _order = "id desc"
    _rec_name = "number"
    _check_company_auto = True
    _mail_post_access = "read"
    _lifecycle = LIFECYCLE

    # === The submission === #
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    partner_id = fields.Many2one("res.partner", string="Client", required=True, readonly=True, index=True)
    registration_id = fields.Many2one(
        "urssaf.registration", readonly=True, index="btree_not_null", ondelete="restrict", groups=USER
    )
    number = fields.Char(readonly=True, copy=False, help="Number of the invoice, as Urssaf knows it.")
    invoice_date = fields.Date(related="move_id.invoice_date", store=True)
    service_start = fields.Date(string="First day of service", readonly=True)
    service_end = fields.Date(string="Last day of service", readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="Amount of the invoice, taxes included.")
    deposit = fields.Monetary(readonly=True, help="What the client had paid before, deducted by Urssaf.")
    payload = fields.Json(string="As sent", readonly=True, copy=False, groups=MANAGER)
    payload_text = fields.Text(string="Message sent", compute="_compute_payload_text", groups=MANAGER)

    # === Where it stands === #
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="draft",
        index=True,
        tracking=True,
        copy=False,
        group_expand="_group_expand_state",
    )
    queued_at = fields.Datetime(readonly=True, copy=False)
    sent_at = fields.Datetime(readonly=True, copy=False)
    send_count = fields.Integer(string="Times sent", readonly=True, copy=False, aggregator=None)
    send_alone = fields.Boolean(
        readonly=True, copy=False, help="Urssaf refused the batch it was in as a whole, or gave no answer to it."
    )
    is_turned_away = fields.Boolean(
        readonly=True, copy=False, help="Urssaf did not let the last call in: the number is looked up before the next."
    )
    is_duplicate = fields.Boolean(readonly=True, copy=False, help="Urssaf answered that the number is used already.")
    needs_person = fields.Boolean(string="Awaits a decision", readonly=True, copy=False, index=True)

    # === What Urssaf says === #
    id_request = fields.Char(
        string="Urssaf's reference", readonly=True, copy=False, index="btree_not_null", groups=USER
    )
    urssaf_status = fields.Char(string="Code at Urssaf", readonly=True, copy=False)
    urssaf_status_label = fields.Char(string="Status at Urssaf", compute="_compute_urssaf_status_label")
    next_step = fields.Char(string="What comes next", compute="_compute_urssaf_status_label")
    urssaf_status_date = fields.Datetime(string="Status since", readonly=True, copy=False)
    is_not_shown = fields.Boolean(
        string="Not shown by Urssaf",
        readonly=True,
        copy=False,
        help="When Urssaf answered last, it did not show this request.",
    )
    former_status_at = fields.Datetime(
        string="Former status last seen on", readonly=True, copy=False, help="The status of today came later than this."
    )
    status_ids = fields.One2many("urssaf.payment.request.status", "request_id", string="History", readonly=True)
    refusal_code = fields.Char(readonly=True, copy=False)
    # The client's own words, of their health perhaps: here, and in no banner, activity, chatter or other field.
    refusal_comment = fields.Char(string="Client's comment", readonly=True, copy=False, groups=USER)
    refusal_reason = fields.Char(compute="_compute_refusal_reason")
    transfer_date = fields.Date(readonly=True, copy=False, index="btree_not_null")
    transfer_amount = fields.Monetary(readonly=True, copy=False)
    payout_ids = fields.One2many("urssaf.payout", "request_id", string="Payouts", readonly=True)
    payment_ids = fields.Many2many(
        "account.payment", string="Payments", compute="_compute_payment_ids", compute_sudo=True
    )
    amount_paid_out = fields.Monetary(string="Paid out", compute="_compute_amount_paid_out", store=True)
    invoice_payment_state = fields.Selection(related="move_id.payment_state", string="Invoice payment")

    _number_unique = models.UniqueIndex(
        "(holder_id, environment, number) WHERE number IS NOT NULL",
        "This invoice number has been used for another payment request.",
    )
    _id_request_unique = models.UniqueIndex(
        "(holder_id, environment, id_request) WHERE id_request IS NOT NULL",
        "Urssaf's reference belongs to another payment request.",
    )
    _one_live_per_move = models.UniqueIndex(
        "(move_id) WHERE state IN ('draft', 'queued', 'sending', 'uncertain', 'sent', 'paid', 'to_settle', 'rejected')",
        "This invoice has a payment request already.",
    )
    _next_try_idx = models.Index("(state, next_try_at)")

    # === COMPUTE METHODS === #

    @api.model
    def _group_expand_state(self, states, _domain):
        """Order the columns of the kanban as a request lives; without those that are empty."""
        return [state for state, _label in STATES if state in states]

    @api.depends("number", "move_id.name")
    def _compute_display_name(self):
        for request in self:
            request.display_name = request.number or request.move_id.name or self.env._("Draft")

    @api.depends("payload")
    def _compute_payload_text(self):
        for request in self:
            request.payload_text = wording.as_json(request.payload)

    @api.depends("state", "urssaf_status", "move_id.payment_state", "recovery_ids.state")
    @api.depends_context("lang")
    def _compute_urssaf_status_label(self):
        for request in self:
            request.urssaf_status_label = wording.request_status(self.env, request.urssaf_status)
            request.next_step = wording.request_step(self.env, request._state_of_words(), request.urssaf_status)

    def _state_of_words(self):
        """Return the state by which the texts go: a closed request may leave an invoice that is still to be paid."""
        self.ensure_one()
        is_open = self.sudo().move_id.payment_state in ("not_paid", "partial")
        if self.state == "closed" and is_open:
            return "taken back" if self.sudo()._recoveries("booked") else "closed open"
        return self.state

    @api.depends("refusal_code")
    @api.depends_context("lang")
    def _compute_refusal_reason(self):
        for request in self:
            request.refusal_reason = wording.refusal(self.env, request.refusal_code)

    @api.depends("payout_ids.payment_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_payment_ids(self):
        for request in self:
            request.payment_ids = request.payout_ids.visible_payment_id

    @api.depends("payout_ids.amount", "payout_ids.state")
    def _compute_amount_paid_out(self):
        for request in self:
            recorded = request.payout_ids.filtered(lambda payout: payout.state == "recorded")
            request.amount_paid_out = sum(recorded.mapped("amount"))

    # === CONSTRAINTS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(request.state != "draft" or request._has_left() for request in self):
            raise UserError(self.env._("A payment request that was sent is kept: it proves what was asked of Urssaf."))

    def _has_left(self):
        """Tell whether Urssaf may have been told of this request, whatever became of it since."""
        return self.state == "rejected" or bool(self.sent_at or self.send_count)

    # === STATE === #

    @api.model
    def _moved_values(self, state):
        # EXTENDS urssaf.lifecycle.mixin
        return {**super()._moved_values(state), "needs_person": False}

    def _set_state(self, state, **values):
        # EXTENDS urssaf.lifecycle.mixin: here a request begins or ceases to collect, but for its payouts
        result = super()._set_state(state, **values)
        self.move_id._urssaf_sync_follow_up()
        return result

    def _changed_at(self):
        # EXTENDS urssaf.lifecycle.mixin: Urssaf may change its status where our state stays
        return max(filter(None, (super()._changed_at(), self.urssaf_status_date)))

    def _hold_for_review(self):
        """Stop here and ask a person: the scheduled actions leave the request alone until then."""
        self.write({"needs_person": True, "next_try_at": False})

    # === ACTIONS === #

    def action_withdraw(self):
        """Take queued requests out of the queue. What Urssaf may hold already is asked about first.

        :return: where Urssaf holds one, an action that says so
        :raise UserError: one is on its way, or Urssaf does not say whether it holds it
        """
        self._check_user()
        requests = self.sudo()
        locked = requests._try_lock("queued")
        if locked != requests:
            raise UserError(self.env._("Only what is still queued can be withdrawn: the rest is on its way to Urssaf."))
        free = locked._free_to_withdraw()
        free._set_state("draft", number=False, payload=False, next_try_at=False)
        free._clear_problems()
        free.move_id._urssaf_log(self.env._("Withdrawn before it was sent to Urssaf."))
        if held := locked - free:
            message = self.env._("Not withdrawn, since Urssaf holds it already: %s", ", ".join(held.mapped("number")))
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "warning",
                    "message": message,
                    "sticky": True,
                    "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                },
            }
        return None

    def action_open_move(self):
        """Open the invoice."""
        return self.move_id._get_records_action()

    def action_open_payments(self):
        """Open the payments that the payouts were recorded with."""
        self.check_access("read")
        return self.payment_ids._get_records_action(name=self.env._("Payments"))

    def action_close(self):
        """Close what was to settle: a manager has done what the books needed.

        :raise UserError: a payout awaits, or what Urssaf takes back is not decided
        """
        self._check_user(MANAGER)
        requests = self.sudo().filtered(lambda request: request.state == "to_settle")
        requests._refuse_while_payouts_await()
        requests._refuse_while_recoveries_await()
        requests._set_state("closed")
        requests._clear_problems()
        for request in requests:
            request._log(self.env._("Settled by %(user)s.", user=self.env.user.name))

    # === HELPERS === #

    def _refuse_while_payouts_await(self):
        awaiting = self.payout_ids.filtered(lambda payout: payout.state in AWAITING_PAYOUTS)
        if awaiting:
            raise UserError(
                self.env._(
                    "%(requests)s: a payout awaits. Record it, or set it aside, before you close the payment request.",
                    requests=", ".join(awaiting.request_id.mapped("number")),
                )
            )

    def _exchange_subject(self):
        # EXTENDS urssaf.remote.mixin
        return ", ".join(self.mapped("number"))

    def _in_charge(self):
        # EXTENDS urssaf.remote.mixin
        companies = self.sudo()
        users = companies.company_id.urssaf_user_id | companies.holder_id.urssaf_user_id
        return users | self.move_id.invoice_user_id | self.create_uid

    def _personal_values(self):
        # EXTENDS urssaf.remote.mixin
        return super()._personal_values() | self.sudo().registration_id._personal_values()

    def _record_status(self, code, label):
        """Add a line to the history of these requests and make it their current status.

        Urssaf says no date of its own with it (docs/api.md §2.4): it changed between the last check and now.
        """
        now = fields.Datetime.now()
        code = code_from_wire(code)
        for former, requests in self.grouped(lambda request: request._former_status_at()).items():
            requests.write({"urssaf_status": code, "urssaf_status_date": now, "former_status_at": former})
        self.env["urssaf.payment.request.status"].create(
            [
                {
                    "request_id": request.id,
                    "code": code,
                    "label": label and not request._is_forgotten() and label[:LABEL_SIZE],
                    "date": now,
                }
                for request in self
            ]
        )

    def _former_status_at(self):
        """Return when its status was last seen to be another one than that which it takes now, or False."""
        former = self.urssaf_status and self.last_check_at  # a check before the first status has seen none
        # Sent several times: which of them Urssaf accepted is not known.
        return former or (self.send_count == 1 and self.sent_at)


class UrssafPaymentRequestStatus(models.Model):
    """A status that Urssaf gave to a payment request, and when we learnt it."""

    _name = "urssaf.payment.request.status"
    _inherit = "urssaf.guarded.mixin"
    _description = "Status of a payment request"
    _order = "id desc"
    _rec_name = "code"

    request_id = fields.Many2one("urssaf.payment.request", required=True, readonly=True, index=True, ondelete="cascade")
    code = fields.Char(required=True, readonly=True)
    label = fields.Char(string="Urssaf's label", readonly=True, groups=USER)  # free text, from outside
    meaning = fields.Char(compute="_compute_meaning")
    date = fields.Datetime(string="Learnt on", required=True, readonly=True)

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_meaning(self):
        for status in self:
            status.meaning = wording.request_status(self.env, status.code)
