from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.web.controllers.utils import clean_action

from .. import wording
from ..urssaf.tiers_prestation import codes
from .urssaf_payment_request import AWAITING_PAYOUTS, COLLECTING_STATES

RECEIVABLE_TYPES = ("asset_receivable", "liability_payable")  # the lines that Odoo's follow-up looks at


class AccountMove(models.Model):
    """What Urssaf collects, nobody else debits or duns.

    Odoo's follow-up is turned off (``no_followup``) for as long as Urssaf collects. Payment orders and dunning of other
    addons ask ``urssaf_is_collected``, refuse with ``_urssaf_refuse_if_collected``, and say by
    ``_urssaf_other_debits`` what they hold already: small addons of ours do that for those of OCA.
    """

    _inherit = "account.move"

    urssaf_is_collected = fields.Boolean(
        string="Collected by Urssaf",
        compute="_compute_urssaf_is_collected",
        search="_search_urssaf_is_collected",
        compute_sudo=True,
        help="Urssaf debits the client, or is about to: no other debit, no reminder.",
    )

    @api.depends("urssaf_request_ids.state", "urssaf_request_ids.urssaf_status", "urssaf_request_ids.payout_ids.state")
    def _compute_urssaf_is_collected(self):
        for move in self:
            move.urssaf_is_collected = any(request._is_collecting() for request in move.urssaf_request_ids)

    def _search_urssaf_is_collected(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Whoever runs a payment order or the dunning need not see payment requests.
        requests = self.env["urssaf.payment.request"].sudo()
        return Domain("id", "in", requests._search(requests._collecting_domain()).subselect("move_id"))

    # === OTHER WAYS TO COLLECT === #

    def _urssaf_other_debits(self):
        """Return why these invoices are about to be debited in another way, as problems.

        Here those that the client pays online. Extended by the addons for payment orders. Urssaf is sent nothing of
        such an invoice.
        """
        return [
            wording.note("online_payment", reference=transaction.reference)
            for transaction in self.sudo().transaction_ids
            if transaction._urssaf_is_under_way()
        ]

    def _urssaf_not_collected(self):
        """Return those of these invoices that may be debited otherwise, or none where these are none.

        :raise UserError: Urssaf collects all of them
        """
        others = self.filtered(lambda move: not move.urssaf_is_collected)
        if self and not others:
            self._urssaf_refuse_if_collected()
        return others

    def _urssaf_refuse_if_collected(self):
        """Refuse to debit or dun these invoices while Urssaf does, or while somebody is handing them to Urssaf.

        Locks those that could be sent: whoever comes second sees what the first has done. The sending looks again, in a
        transaction of its own, before anything leaves.

        :raise UserError: names the invoices
        """
        sales = self.sudo().filtered(lambda move: move.move_type == "out_invoice" and move.urssaf_is_concerned)
        if sales.try_lock_for_update(allow_referencing=True) != sales:
            raise UserError(self._urssaf_at_work_message())
        sales.invalidate_recordset(["urssaf_is_collected"])
        if collected := sales.filtered("urssaf_is_collected"):
            raise UserError(collected._urssaf_collected_message())

    def _urssaf_at_work_message(self):
        return self.env._("Somebody else is at work on these invoices at this moment. Try again in a minute.")

    def _urssaf_collected_message(self):
        """Return why these invoices are left out of payment orders and reminders, as text."""
        return self.env._(
            "%(invoices)s: Urssaf debits the client and pays you the whole. Leave it out: the client would pay twice. "
            "It can be collected otherwise once the payment request is refused, cancelled, closed, or taken back.",
            invoices=", ".join(self.mapped("name")),
        )

    def _urssaf_left_out_notification(self, action):
        """Return an action that says which invoices were left out, these if any, then goes on with ``action``."""
        if not self:
            return action
        message = self._urssaf_collected_message()
        next_action = clean_action(action, self.env)
        params = {"type": "warning", "sticky": True, "message": message, "next": next_action}
        return {"type": "ir.actions.client", "tag": "display_notification", "params": params}

    # === ODOO'S OWN FOLLOW-UP === #

    def _urssaf_sync_follow_up(self):
        """Turn the follow-up off where Urssaf now collects, and make it what it was where Urssaf no longer does."""
        for move in self.sudo():
            holder = move._urssaf_follow_up_holder()
            if move.urssaf_is_collected and not holder:
                move._urssaf_stop_follow_up()
            elif holder and not move.urssaf_is_collected:
                move._urssaf_resume_follow_up(holder)

    def _urssaf_follow_up_holder(self):
        """Return the payment request that keeps what the follow-up of this invoice was, or none."""
        return self.sudo().urssaf_request_ids.filtered("no_followup_before")[:1]

    def _urssaf_stop_follow_up(self):
        """Turn the follow-up of this invoice off, and keep what it was, line by line."""
        lines = self.line_ids.filtered(lambda line: line.account_type in RECEIVABLE_TYPES)
        before = {str(line.id): line.no_followup for line in lines}
        lines._urssaf_set_follow_up(True)
        collecting = self.urssaf_request_ids.filtered(lambda request: request._is_collecting())
        collecting[:1].no_followup_before = before

    def _urssaf_resume_follow_up(self, holder):
        """Give back to each line what it had. A line made meanwhile takes after those that were there.

        :param holder: the payment request that kept it
        """
        before = holder.no_followup_before
        holder.no_followup_before = False
        lines = self.line_ids.filtered(lambda line: line.account_type in RECEIVABLE_TYPES)
        usual = all(before.values())
        for value, group in lines.grouped(lambda line: before.get(str(line.id), usual)).items():
            group._urssaf_set_follow_up(value)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _compute_no_followup(self):
        # EXTENDS account: a line made again while Urssaf collects
        result = super()._compute_no_followup()
        for line in self:
            if line.move_id.state == "posted" and line._urssaf_is_collected():
                line.no_followup = line.no_followup or bool(line.move_id._urssaf_follow_up_holder())
        return result

    def _inverse_no_followup(self):
        # EXTENDS account, which makes all the lines of an invoice alike: those of former versions need not be
        if self.env.context.get("urssaf_line_by_line"):
            return None
        return super()._inverse_no_followup()

    def _urssaf_set_follow_up(self, value):
        self.with_context(urssaf_line_by_line=True).no_followup = value

    def _urssaf_is_collected(self):
        return self.account_type in RECEIVABLE_TYPES and self.move_id.urssaf_is_collected

    def copy_data(self, default=None):
        # EXTENDS account: a copy is not collected by Urssaf
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            if vals.get("no_followup") and line._urssaf_is_collected():
                before = line.move_id._urssaf_follow_up_holder().no_followup_before or {}
                vals["no_followup"] = before.get(str(line.id), False)
        return vals_list

    def _urssaf_keep_follow_up(self, vals):
        """Keep what somebody decides about the follow-up of a line for when Urssaf collects no more."""
        if "no_followup" in vals:
            self.filtered(lambda line: line._urssaf_is_collected())._urssaf_change_follow_up(vals["no_followup"])

    def _urssaf_change_follow_up(self, value):
        """Refuse to dun what Urssaf collects; keep that it is not to be dunned afterwards either.

        :raise UserError: names the invoices
        """
        if self and not value:
            raise UserError(self.move_id._urssaf_collected_message())
        for move, lines in self.grouped("move_id").items():
            if holder := move._urssaf_follow_up_holder():
                holder.no_followup_before = {**holder.no_followup_before, **{str(line.id): True for line in lines}}


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    def _urssaf_is_under_way(self):
        """Tell whether the client has paid online what is not in the books yet.

        A direct debit stays pending for days, a card may be authorized and captured later, and what is done awaits the
        scheduled action that makes the payment. As Odoo does, a transfer that was only announced does not count.
        """
        self.ensure_one()
        if self.provider_code in ("none", "custom"):
            return False
        return self.state in ("pending", "authorized") or (self.state == "done" and not self.is_post_processed)


class UrssafPaymentRequest(models.Model):
    """While a request collects an invoice, it keeps what the follow-up of each line was before."""

    _inherit = "urssaf.payment.request"

    no_followup_before = fields.Json(
        string="Follow-up before",
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="By line of the invoice, whether it was left out of the follow-up before Urssaf collected.",
    )

    def _is_collecting(self):
        """Tell whether the client's share goes through Urssaf, or may still: docs/money.md."""
        self.ensure_one()
        return (
            self.state in COLLECTING_STATES
            or (self.state == "to_settle" and codes.request_status(self.urssaf_status).money != codes.NOT_COLLECTED)
            # Announced, and booked by itself or by a person: whatever Urssaf says after it.
            or any(payout.state in AWAITING_PAYOUTS for payout in self.payout_ids)
        )

    @api.model
    def _collecting_domain(self):
        """Return the domain of the requests of which ``_is_collecting`` is true."""
        turned = [code for code, status in codes.REQUEST_STATUSES.items() if status.money == codes.NOT_COLLECTED]
        kept = Domain("state", "=", "to_settle") & Domain("urssaf_status", "not in", turned)
        awaited = Domain("payout_ids.state", "in", AWAITING_PAYOUTS)
        return Domain("state", "in", COLLECTING_STATES) | kept | awaited


class UrssafPayout(models.Model):
    """As long as a payout awaits, its request collects."""

    _inherit = "urssaf.payout"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.request_id.move_id._urssaf_sync_follow_up()
        return result
