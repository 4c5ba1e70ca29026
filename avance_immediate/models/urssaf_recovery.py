from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import paris, wording
from ..rights import MANAGER, check_user
from .urssaf_payout_books import AtWork


class UrssafRecovery(models.Model):
    """What Urssaf takes back of a recorded payout: asked of a person, booked once, undone in one click.

    What Urssaf says comes first, with the question; the entry follows in a transaction of its own: docs/money.md.
    """

    _name = "urssaf.recovery"
    _description = "What Urssaf takes back"
    _inherit = ["urssaf.guarded.mixin", "urssaf.held.mixin", "urssaf.batch.mixin"]
    _order = "date desc, id desc"

    payout_id = fields.Many2one("urssaf.payout", required=True, readonly=True, index=True, ondelete="restrict")
    request_id = fields.Many2one(related="payout_id.request_id", store=True, index=True, precompute=True)
    company_id = fields.Many2one(related="payout_id.company_id", store=True, index=True, precompute=True)
    environment = fields.Selection(related="payout_id.environment", store=True)
    transfer_id = fields.Many2one(related="payout_id.transfer_id")
    partner_id = fields.Many2one(related="payout_id.partner_id", store=True, index=True)
    invoice_id = fields.Many2one(related="request_id.move_id", string="Invoice")
    currency_id = fields.Many2one(related="payout_id.currency_id")
    state = fields.Selection(
        [
            ("to_decide", "To decide"),
            ("booked", "Booked"),
            ("dismissed", "Nothing taken back"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="to_decide",
        index=True,
    )
    # By hand, without news of Urssaf, where there is none.
    status_id = fields.Many2one(
        "urssaf.payment.request.status", string="News", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    code = fields.Char(string="Code at Urssaf", readonly=True)
    meaning = fields.Char(string="Status at Urssaf", compute="_compute_meaning")
    proposal = fields.Selection(
        lambda self: self.env["urssaf.recovery.rule"]._fields["proposal"]._description_selection(self.env),
        string="Proposed",
        readonly=True,
        default="nothing",
    )
    is_by_itself = fields.Boolean(readonly=True, export_string_translation=False)
    date = fields.Date(required=True, readonly=True, help="When it was learnt, or as somebody chose.")
    amount = fields.Monetary(readonly=True, help="Booked; before that, proposed.")
    decided_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    problem = fields.Json(readonly=True)
    problem_html = fields.Html(string="To handle", compute="_compute_problem_html")
    # In the books of the company of the payment, which a branch may not see.
    move_id = fields.Many2one(
        "account.move",
        string="Journal entry",
        readonly=True,
        ondelete="restrict",
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )
    reversal_id = fields.Many2one(
        "account.move",
        string="Undone by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )
    visible_move_ids = fields.Many2many(
        "account.move", string="Journal entries", compute="_compute_visible_move_ids", compute_sudo=True
    )
    #: What the payout was matched with: Odoo deletes the matching. A list of line of the invoice, amount, date.
    kept = fields.Json(readonly=True, groups=fields.NO_ACCESS, export_string_translation=False)
    to_be_debited = fields.Monetary(
        string="Still to be debited",
        compute="_compute_to_be_debited",
        compute_sudo=True,
        help="Booked, and not matched with a line of the bank yet.",
    )

    _one_question = models.UniqueIndex(
        "(payout_id) WHERE state = 'to_decide'", "What Urssaf takes back of this payout is to be decided already."
    )
    _news_once = models.UniqueIndex(
        "(payout_id, status_id) WHERE status_id IS NOT NULL AND state != 'undone'",
        "This news of Urssaf has led to a decision already.",
    )
    _move_unique = models.UniqueIndex(
        "(move_id) WHERE move_id IS NOT NULL", "This journal entry takes back another payout already."
    )
    _booked_has_entry = models.Constraint(
        "CHECK(state NOT IN ('booked', 'undone') OR (move_id IS NOT NULL AND amount > 0))",
        "What is booked has its journal entry, and an amount above zero.",
    )
    _not_negative = models.Constraint("CHECK(amount >= 0)", "Urssaf takes back an amount above zero.")

    @api.model
    def _holder_for(self, vals):
        # EXTENDS urssaf.held.mixin
        return self.env["urssaf.payout"].browse(vals["payout_id"]).holder_id

    @api.depends("request_id.number")
    def _compute_display_name(self):
        for recovery in self:
            # Sudo: who books it does not read the request, which is the branch's.
            number = recovery.sudo().request_id.number
            recovery.display_name = self.env._("%(number)s taken back", number=number)

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_meaning(self):
        for recovery in self:
            recovery.meaning = wording.request_status(self.env, recovery.code)

    @api.depends("problem")
    @api.depends_context("lang")
    def _compute_problem_html(self):
        for recovery in self:
            recovery.problem_html = wording.as_html(self.env, [recovery.problem] if recovery.problem else [])

    @api.depends("move_id", "reversal_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_visible_move_ids(self):
        for recovery in self:
            moves = recovery.move_id + recovery.reversal_id
            recovery.visible_move_ids = moves.filtered(lambda move: move.company_id in self.env.companies)

    @api.depends("state", "move_id.line_ids.amount_residual")
    def _compute_to_be_debited(self):
        for recovery in self:
            is_booked = recovery.state == "booked"
            recovery.to_be_debited = -sum(recovery._credit_line().mapped("amount_residual")) if is_booked else 0

    def _debit_line(self):
        """Return the line of the entry on the client's account."""
        return self.move_id.line_ids.filtered(lambda line: line.balance > 0)

    def _credit_line(self):
        """Return the line of the entry on the outstanding account, which the bank will show."""
        return self.move_id.line_ids.filtered(lambda line: line.balance < 0)

    # === ASKING === #

    @api.model
    def _ask(self, payout, status, rule):
        """Ask a person what Urssaf takes back of ``payout``, once for each news; 120, 260 and 270 are one matter.

        :param status: the news (``urssaf.payment.request.status``)
        :param rule: the row of its code
        """
        amount = rule._proposed(payout)
        learnt = paris.day_of(status.date)
        news = {"status_id": status.id, "code": status.code, "proposal": rule.proposal, "amount": amount}
        known = payout.recovery_ids
        asked = known.filtered(lambda recovery: recovery.state == "to_decide")
        if asked:
            if amount and asked.status_id != status:
                asked.write({**news, "date": max(learnt, asked.date), "is_by_itself": False})
            return
        if any(recovery.status_id == status and recovery.state != "undone" for recovery in known):
            return
        if not amount and payout.recovered_amount:
            return
        known.flush_recordset()  # an index asks for it: one of them may be undone just now
        # What a person has decided about, or undone, is not booked behind their back.
        by_itself = not known and rule._is_automatic_in(payout.payment_id.company_id)
        date = max(learnt, payout._paid_on())  # said before the payout was in the books
        self.create({"payout_id": payout.id, "date": date, "is_by_itself": by_itself, **news})
        if by_itself:
            self._trigger("recovery")

    # === ACTIONS === #

    def _check_manager(self):
        self.ensure_one()
        check_user(self.env, MANAGER)
        self.check_access("read")
        self.sudo().payout_id.with_user(self.env.user)._refuse_to_take_back_elsewhere()

    def action_decide(self):
        """Open the window in which a manager says what Urssaf takes back."""
        self._check_manager()
        return self.env["urssaf.recovery.window"]._open(self.sudo().payout_id)

    def action_dismiss(self):
        """Say that nothing is taken back: a manager has checked with Urssaf and on the bank account."""
        self._check_manager()
        recovery = self.sudo()
        recovery._lock("to_decide")
        recovery.write({"state": "dismissed", "problem": False, "decided_by_id": self.env.user.id})
        recovery.request_id._log(
            self.env._("Nothing is taken back by Urssaf, %(user)s has checked.", user=self.env.user.name)
        )
        recovery.request_id._after_decision()

    def action_undo(self):
        """Undo what was booked: an entry takes it back, and the payout pays the invoice again."""
        self._check_manager()
        self.sudo()._undo()

    def action_open_moves(self):
        """Open the journal entries."""
        self.check_access("read")
        return self.visible_move_ids._get_records_action(name=self.env._("Journal entries"))

    def _lock(self, state):
        """Lock the invoice, the request, the payout and this; whoever comes second finds it decided.

        :param state: that it must be in
        :raise AtWork: somebody else is at work on it
        :raise UserError: it is in another state
        """
        self.ensure_one()
        self.payout_id._lock_with_invoice()
        if not self.try_lock_for_update(allow_referencing=True):
            raise AtWork(self.invoice_id._urssaf_at_work_message())
        self.invalidate_recordset()
        if self.state != state:
            raise UserError(self.env._("Somebody has decided this meanwhile: look again."))
