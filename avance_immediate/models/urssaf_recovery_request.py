from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import wording
from ..rights import MANAGER, check_user
from ..urssaf.tiers_prestation import codes
from .urssaf_payment_request import AWAITING_PAYOUTS


class UrssafPayout(models.Model):
    """Only what is recorded can be taken back, and at most its amount in all, whatever codes follow one another."""

    _inherit = "urssaf.payout"

    recovery_ids = fields.One2many("urssaf.recovery", "payout_id", string="Taken back", readonly=True)
    recovered_amount = fields.Monetary(
        string="Amount taken back",
        compute="_compute_recovered_amount",
        store=True,
        help="What Urssaf took back, as it is booked.",
    )
    to_be_debited = fields.Monetary(string="Still to be debited", compute="_compute_to_be_debited", compute_sudo=True)
    can_be_taken_back = fields.Boolean(compute="_compute_can_be_taken_back", export_string_translation=False)

    _taken_back_at_most = models.Constraint(
        "CHECK(recovered_amount = 0 OR (recovered_amount > 0 AND recovered_amount <= amount))",
        "Urssaf cannot take back more than it paid.",
    )
    _taken_back_if_recorded = models.Constraint(
        "CHECK(state = 'recorded' OR recovered_amount = 0)",
        "What Urssaf took back of this payout is in the books: undo that first (Avance immédiate › Taken back).",
    )

    @api.depends("recovery_ids.state", "recovery_ids.amount")
    def _compute_recovered_amount(self):
        for payout in self:
            booked = payout.recovery_ids.filtered(lambda recovery: recovery.state == "booked")
            payout.recovered_amount = sum(booked.mapped("amount"))

    @api.depends("recovery_ids.to_be_debited")
    def _compute_to_be_debited(self):
        for payout in self:
            payout.to_be_debited = sum(payout.recovery_ids.mapped("to_be_debited"))

    @api.depends("state", "recovered_amount", "amount")
    def _compute_can_be_taken_back(self):
        for payout in self:
            payout.can_be_taken_back = payout.state == "recorded" and payout._left_to_take() > 0

    def _left_to_take(self):
        """Return how much of this payout Urssaf can still take back."""
        return self.currency_id.round(self.amount - self.recovered_amount) if self.state == "recorded" else 0

    def _share_left_to_take(self):
        """Return how much of the client's share Urssaf can still take back: what it took back already was of it."""
        return max(0, min(self.request_id._client_share() - self.recovered_amount, self._left_to_take()))

    def action_take_back(self):
        """Open the window in which a manager says what Urssaf takes back, with or without news of it."""
        self._check_manager()
        self._refuse_to_take_back_elsewhere()
        return self.env["urssaf.recovery.window"]._open(self.sudo())

    def _refuse_to_take_back_elsewhere(self):
        """Refuse to decide an entry in the books of a company that the user does not work in.

        :raise UserError: with who can
        """
        company = self.sudo().payment_id.company_id
        if company and company not in self.env.companies:
            raise UserError(
                self.env._(
                    "This payout is in the books of %(company)s: what Urssaf takes back of it is booked by somebody "
                    "who works there.",
                    company=company.name,
                )
            )

    def _refuse_if_taken_back(self):
        """Refuse to take payouts out of the books of which Urssaf took something back.

        :raise UserError: names their requests
        """
        if taken := self.filtered("recovered_amount"):
            raise UserError(
                self.env._(
                    "%(requests)s: what Urssaf took back of this is in the books. Undo that first (Avance "
                    "immédiate › Taken back).",
                    requests=", ".join(taken.request_id.mapped("number")),
                )
            )


class UrssafPaymentRequest(models.Model):
    """What Urssaf says after it has paid, and what a person decides of it."""

    _inherit = "urssaf.payment.request"

    recovery_ids = fields.One2many("urssaf.recovery", "request_id", string="Taken back", readonly=True)
    recovered_amount = fields.Monetary(string="Amount taken back", compute="_compute_recovered_amount")
    to_be_debited = fields.Monetary(string="Still to be debited", compute="_compute_recovered_amount")
    must_decide = fields.Boolean(compute="_compute_recovered_amount", export_string_translation=False)

    @api.depends("recovery_ids.state", "payout_ids.recovered_amount", "payout_ids.to_be_debited")
    def _compute_recovered_amount(self):
        for request in self:
            request.recovered_amount = sum(request.payout_ids.mapped("recovered_amount"))
            request.to_be_debited = sum(request.payout_ids.mapped("to_be_debited"))
            request.must_decide = bool(request._recoveries("to_decide"))

    def _recoveries(self, *states):
        return self.recovery_ids.filtered(lambda recovery: recovery.state in states)

    def _client_share(self):
        """Return what Urssaf was asked to debit from the client, in euros: half of the invoice, less the deposit.

        Urssaf debits more where the household has no credit left: this is for a person to confirm.
        """
        self.ensure_one()
        return max(0, self.currency_id.round(self.amount / 2) - self.deposit)

    def action_take_back(self):
        """Open the window in which a manager says what Urssaf takes back."""
        self.ensure_one()
        check_user(self.env, MANAGER)
        self.check_access("read")
        asked = self._recoveries("to_decide").payout_id
        payout = asked or self.payout_ids.filtered("can_be_taken_back").sorted("sequence")[-1:]
        if not payout:
            raise UserError(self.env._("Nothing is left that Urssaf could take back: no payout is in the books."))
        return payout[:1].action_take_back()

    def action_open_recoveries(self):
        """Open what Urssaf took back of this request."""
        self.check_access("read")
        return self.recovery_ids._get_records_action(name=self.env._("Taken back"))

    def _ask_what_is_taken_back(self):
        """Ask, once for each news, what Urssaf takes back by its present status, where its payout is in the books."""
        rules = self.env["urssaf.recovery.rule"]
        for code, requests in self.grouped("urssaf_status").items():
            rule = rules._for_code(code)
            for request in requests if rule.asks else ():
                payout = request.payout_ids.filtered("can_be_taken_back").sorted("sequence")[-1:]
                status = request.status_ids.sorted("id")[-1:]
                if payout and status.code == code:
                    self.env["urssaf.recovery"]._ask(payout, status, rule)

    # === WHERE IT STANDS === #

    def _is_settled(self):
        """Tell whether nothing is left to decide about what Urssaf says now, since somebody has decided before."""
        self.ensure_one()
        if self.state not in ("to_settle", "closed") or not self._recoveries("booked", "dismissed"):
            return False
        rule = self.env["urssaf.recovery.rule"]._for_code(self.urssaf_status)
        is_all_gone = not any(payout.can_be_taken_back for payout in self.payout_ids)
        says_no_more = rule.alert == "closes" or (rule.alert == "decided" and is_all_gone)
        return says_no_more and not self._has_open_questions()

    def _has_open_questions(self):
        awaits = any(payout.state in AWAITING_PAYOUTS or payout._problems() for payout in self.payout_ids)
        return awaits or bool(self._recoveries("to_decide"))

    def _after_decision(self):
        """A person has decided about a recovery: close the request where nothing else is open about it."""
        rules = {code: self.env["urssaf.recovery.rule"]._for_code(code) for code in set(self.mapped("urssaf_status"))}
        for request in self:
            rule = rules[request.urssaf_status]
            is_paid = codes.is_paid(request.urssaf_status)
            is_over = is_paid or (rule and rule.alert != "stays")
            if request.state == "paid" and request._recoveries("booked"):
                request._set_state("to_settle")
            is_decided = request.recovery_ids and not request._has_open_questions()
            if is_over and is_decided and request.state == "to_settle":
                request._set_state("closed")
            request.move_id._urssaf_sync_follow_up()
            request._sync_problems()

    def _open_again(self):
        """Somebody undid in the books what was decided: a closed request tells nobody."""
        self.filtered(lambda request: request.state == "closed" and request.recovery_ids)._set_state("to_settle")

    def _after_undoing(self):
        """What was booked is undone: ask again where Urssaf's present status asks, else it is paid as before."""
        for request in self:
            request._ask_what_is_taken_back()
            if codes.is_paid(request.urssaf_status) and request.state == "closed" and not request._recoveries("booked"):
                request._set_state("paid")
            elif request.state == "closed":
                request._set_state("to_settle")
            request._sync_problems()

    def _settling_problems(self, params):
        """Return what a person must know of a request that is to settle.

        :param params: number and status
        """
        asked = self._recoveries("to_decide")
        if failed := [recovery.problem for recovery in asked if recovery.problem]:
            return failed
        if asked:
            return [wording.note("recovery_to_decide", **params)]
        if self.recovered_amount:
            amount = wording.money(self.env, self.recovered_amount, self.currency_id)
            return [wording.note("recovery_more", amount=amount, **params)]
        return [wording.note("to_settle", **params)]

    def _refuse_while_recoveries_await(self):
        """Refuse to close requests of which it is not decided what Urssaf takes back.

        :raise UserError: names them
        """
        if asked := self._recoveries("to_decide"):
            raise UserError(
                self.env._(
                    "%(requests)s: say first what Urssaf takes back, or that it takes nothing back.",
                    requests=", ".join(asked.request_id.mapped("number")),
                )
            )


class UrssafTransfer(models.Model):
    _inherit = "urssaf.transfer"

    recovered_amount = fields.Monetary(string="Amount taken back", compute="_compute_recovered_amount")
    to_be_debited = fields.Monetary(string="Still to be debited", compute="_compute_recovered_amount")

    @api.depends("payout_ids.recovered_amount", "payout_ids.to_be_debited")
    def _compute_recovered_amount(self):
        for transfer in self:
            transfer.recovered_amount = sum(transfer.payout_ids.mapped("recovered_amount"))
            transfer.to_be_debited = sum(transfer.payout_ids.mapped("to_be_debited"))
