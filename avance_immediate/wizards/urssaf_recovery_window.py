from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import paris
from ..rights import MANAGER, check_user

MOST_DEBITS = 200  # looked at, the latest


class UrssafRecoveryWindow(models.TransientModel):
    """Window in which a manager says what Urssaf takes back of a payout: the whole, a part, or nothing."""

    _name = "urssaf.recovery.window"
    _inherit = "urssaf.guarded.mixin"
    _description = "What Urssaf takes back of a payout"

    payout_id = fields.Many2one("urssaf.payout", required=True, readonly=True)
    # None where it is said by hand, without news of Urssaf.
    recovery_id = fields.Many2one("urssaf.recovery", readonly=True)
    # With the rights of whoever looks: a window is asked about a payout that is only typed, too.
    currency_id = fields.Many2one(related="payout_id.currency_id", related_sudo=False)
    move_id = fields.Many2one("account.move", string="Invoice", compute="_compute_proposals", compute_sudo=True)
    partner_id = fields.Many2one(related="payout_id.partner_id", related_sudo=False)
    payout_date = fields.Date(related="payout_id.date", related_sudo=False, string="Paid on")
    payout_amount = fields.Monetary(related="payout_id.amount", related_sudo=False, string="Urssaf paid")
    recovered_amount = fields.Monetary(related="payout_id.recovered_amount", related_sudo=False)
    meaning = fields.Char(related="recovery_id.meaning", related_sudo=False)
    whole = fields.Monetary(compute="_compute_proposals", compute_sudo=True)
    share = fields.Monetary(string="Client's share", compute="_compute_proposals", compute_sudo=True)
    debit_ids = fields.Many2many(
        "account.bank.statement.line",
        string="Debits of Urssaf on the bank",
        compute="_compute_debit_ids",
        compute_sudo=True,
    )
    debit_id = fields.Many2one("account.bank.statement.line", domain="[('id', 'in', debit_ids)]")
    choice = fields.Selection(
        [
            ("whole", "The whole"),
            ("share", "The client's share"),
            ("debit", "What the bank shows"),
            ("other", "Another amount"),
        ],
        string="Urssaf takes back",
        required=True,
        default="other",
    )
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False)
    date = fields.Date(required=True, default=lambda self: paris.today())

    @api.model
    def _open(self, payout):
        """Return the action that asks what Urssaf takes back of ``payout``, which is recorded."""
        asked = payout.recovery_ids.filtered(lambda recovery: recovery.state == "to_decide")
        proposed = asked.proposal if asked.amount else "nothing"
        values = {"payout_id": payout.id, "recovery_id": asked.id, "date": asked.date or paris.today()}
        window = self.sudo().create({**values, "choice": "other" if proposed == "nothing" else proposed})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Taken back by Urssaf"),
            "res_model": self._name,
            "res_id": window.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.depends("payout_id")
    def _compute_proposals(self):
        for window in self:
            window._check_payout()
            window.move_id = window.payout_id.move_id
            window.whole = window.payout_id._left_to_take()
            window.share = window.payout_id._share_left_to_take()

    @api.depends("payout_id")
    def _compute_debit_ids(self):
        for window in self:
            window._check_payout()
            window.debit_ids = window._debits()

    def _check_payout(self):
        """Refuse to work anything out of a payout that the user may not read."""
        self.payout_id.sudo(False).check_access("read")

    def _debits(self):
        """Return the lines of the payout's bank that look like debits of Urssaf, and that nothing explains yet."""
        payment = self.payout_id.payment_id
        if payment.company_id not in self.env.companies:
            return self.env["account.bank.statement.line"]
        domain = [("journal_id", "=", payment.journal_id.id), ("is_reconciled", "=", False), ("amount", "<", 0)]
        debits = self.env["account.bank.statement.line"].search(domain, limit=MOST_DEBITS)
        return debits._urssaf_named()

    @api.onchange("choice")
    def _onchange_choice(self):
        if self.choice == "debit" and not self.debit_id:
            self.debit_id = self.debit_ids[:1]

    @api.depends("choice", "debit_id")
    def _compute_amount(self):
        for window in self:
            debits = window.debit_ids._origin
            debit = window.debit_id._origin & debits or debits[:1]
            by_choice = {
                "whole": window.whole,
                "share": window.share,
                "debit": -debit.urssaf_open_amount,
            }
            window.amount = by_choice.get(window.choice, window.amount)

    # === ACTIONS === #

    def _checked(self):
        """Return this window with all rights, where a manager may decide about its payout."""
        self.ensure_one()
        check_user(self.env, MANAGER)
        self.check_access("write")
        self.payout_id.check_access("read")
        self.payout_id._refuse_to_take_back_elsewhere()
        return self.sudo()

    def action_book(self):
        """Book what is chosen: the invoice is open again for it."""
        window = self._checked()
        recovery = window._recovery()
        if not window.recovery_id:
            window.recovery_id = recovery  # pressed twice, it is booked once
        recovery._book(window.amount, window.date)
        return {"type": "ir.actions.act_window_close"}

    def action_dismiss(self):
        """Nothing is taken back."""
        window = self._checked()
        if not window.recovery_id:
            raise UserError(self.env._("Urssaf does not say that it takes anything back: just close the window."))
        window.recovery_id.with_user(self.env.user).action_dismiss()
        return {"type": "ir.actions.act_window_close"}

    def _recovery(self):
        """Return the question that this window decides; asked now where nobody has."""
        payout = self.payout_id
        payout._lock_with_invoice()
        asked = payout.recovery_ids.filtered(lambda recovery: recovery.state == "to_decide")
        if self.recovery_id or asked:
            return self.recovery_id or asked
        return asked.create({"payout_id": payout.id, "date": self.date})
