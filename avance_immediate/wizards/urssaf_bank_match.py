from odoo import api, fields, models


class UrssafBankMatch(models.TransientModel):
    """A person picks the open lines that a line of the bank is."""

    _name = "urssaf.bank.match"
    _inherit = "urssaf.guarded.mixin"
    _description = "Match a line of the bank with Urssaf's transfers"

    statement_line_id = fields.Many2one(
        "account.bank.statement.line", string="Line of the bank", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(related="statement_line_id.date", related_sudo=False)
    label = fields.Char(related="statement_line_id.payment_ref", related_sudo=False)
    currency_id = fields.Many2one(related="statement_line_id.currency_id", related_sudo=False)
    shown = fields.Monetary(
        related="statement_line_id.urssaf_open_amount", related_sudo=False, string="Shown by the bank"
    )
    candidate_ids = fields.Many2many("account.move.line", compute="_compute_candidate_ids")
    line_ids = fields.Many2many("account.move.line", string="Open lines")
    total = fields.Monetary(compute="_compute_total")
    difference = fields.Monetary(compute="_compute_total", help="What the bank shows, less what is chosen.")
    is_part = fields.Boolean(
        string="It is a part", help="The bank shows a part of what was chosen, or more than that: the rest stays open."
    )

    @api.model
    def _open_for(self, statement_line, lines):
        """Return a window of the user's for a line of the bank, with lines chosen beforehand."""
        values = {"statement_line_id": statement_line.id, "line_ids": lines.ids}
        return self.sudo().create(values).sudo(False)

    @api.depends("statement_line_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_candidate_ids(self):
        for window in self:
            line = window.statement_line_id
            root = line.company_id.sudo().root_id
            window.candidate_ids = line._urssaf_open_lines(root, root._urssaf_bank_accounts())

    @api.depends("line_ids", "statement_line_id")
    def _compute_total(self):
        for window in self:
            window.total = sum(window.line_ids.mapped("amount_residual"))
            window.difference = window.shown - window.total

    def action_match(self):
        """Match the line of the bank with what was chosen.

        :raise UserError: the sums differ, and nobody said that it is a part
        """
        self.ensure_one()
        self.check_access("write")
        self.statement_line_id._urssaf_check_matcher()
        self.line_ids.check_access("read")
        self.statement_line_id._urssaf_match(self.line_ids, is_part=self.is_part and bool(self.difference))
        return {"type": "ir.actions.client", "tag": "soft_reload"}
