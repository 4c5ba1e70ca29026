from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

STATES = [
    ("announced", "Announced"),
    ("booked", "In the books"),
    ("banked", "On the bank"),
    ("differs", "Differs"),
]
#: What the rule of the states reads.
READ = {
    "account.move": ("reversed_entry_id", "state"),
    "account.move.line": ("account_id", "amount_residual", "balance", "move_id", "parent_state"),
    "account.payment": ("move_id", "urssaf_transfer_id"),
    "urssaf.payout": ("state", "transfer_id"),
    "account.bank.statement.line": ("journal_id", "internal_index"),
}


class UrssafTransfer(models.Model):
    """Where a transfer stands: what of its lines on the outstanding account the bank has shown, and what not.

    Not from the state of its payments: Odoo calls these paid as soon as the invoices are.
    """

    _inherit = "urssaf.transfer"

    residual = fields.Monetary(
        string="Not on the bank", compute="_compute_bank", compute_sudo=True, help="What the bank has not shown yet."
    )
    state = fields.Selection(STATES, compute="_compute_bank", search="_search_state", compute_sudo=True)
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_bank",
        search="_search_is_late",
        compute_sudo=True,
        help="The bank shows lines of later days, and not all of this transfer.",
    )

    @api.depends("payment_ids.move_id.line_ids.amount_residual", "payout_ids.state")
    def _compute_bank(self):
        self._flush_bank()
        query = SQL("%s WHERE transfer.id = ANY(%s)", self._bank_query(), self.ids)
        found = {row[0]: row[1:] for row in self.env.execute_query(query)}
        for transfer in self:
            transfer.state, transfer.residual, transfer.is_late = found.get(
                transfer._origin.id, ("announced", 0, False)
            )

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_bank()
        wanted = [state for state in value if state]  # none is without one
        states = SQL("SELECT found.id FROM (%s) found WHERE found.state = ANY(%s)", self._bank_query(), wanted)
        return [("id", "in", states)]

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        self._flush_bank()
        return [("id", "in", SQL("SELECT found.id FROM (%s) found WHERE found.is_late", self._bank_query()))]

    def _flush_bank(self):
        for model, names in READ.items():
            self.env[model].flush_model(names)

    @api.model
    def _bank_query(self):
        """Return a query of each transfer's id, state, residual, and whether it is late.

        *On the bank* is what is recorded whole and shown whole; what the bank shows a part of, or shows whole while
        payouts of it are not recorded, *differs*. What an entry reversed does not count. *Late* is only where the
        bank's journal has lines of later days: without a bank feed, everything would be late.
        """
        return SQL(
            """
            SELECT transfer.id,
                   CASE WHEN books.lines IS NULL THEN 'announced'
                        WHEN books.is_whole THEN 'booked'
                        WHEN books.residual != 0 OR EXISTS (
                            SELECT FROM urssaf_payout payout
                            WHERE payout.transfer_id = transfer.id AND payout.state IN ('to_record', 'to_confirm')
                        ) THEN 'differs'
                        ELSE 'banked' END AS state,
                   COALESCE(books.residual, 0) AS residual,
                   COALESCE(books.is_late, FALSE) AS is_late
            FROM urssaf_transfer transfer
            LEFT JOIN LATERAL (
                SELECT COUNT(*) AS lines, SUM(line.amount_residual) AS residual,
                       BOOL_AND(line.amount_residual = line.balance) AS is_whole,
                       BOOL_OR(line.amount_residual != 0 AND EXISTS (
                           SELECT FROM account_bank_statement_line shown
                           WHERE shown.journal_id = line.journal_id
                             AND shown.internal_index >= to_char(transfer.date + 1, 'YYYYMMDD')
                       )) AS is_late
                FROM account_payment payment
                JOIN account_move_line line ON line.move_id = payment.move_id
                WHERE payment.urssaf_transfer_id = transfer.id
                  AND line.account_id = transfer.account_id
                  AND line.parent_state = 'posted'
                  AND NOT EXISTS (
                      SELECT FROM account_move reversal
                      WHERE reversal.reversed_entry_id = payment.move_id AND reversal.state = 'posted'
                  )
                HAVING COUNT(*) > 0
            ) books ON TRUE
            """
        )

    def _bank_lines(self):
        """Return the lines of the bank that these transfers are matched with."""
        lines = self._outstanding_lines()
        matched = lines.matched_credit_ids.credit_move_id + lines.matched_debit_ids.debit_move_id
        return matched.statement_line_id

    def action_open_bank_lines(self):
        """Open the lines of the bank that this transfer is matched with: each can be undone there."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("avance_immediate.action_urssaf_bank")
        name = self.env._("Lines of the bank")
        return {**action, "name": name, "domain": [("id", "in", self.sudo()._bank_lines().ids)], "context": {}}

    def action_match(self):
        """Match this transfer with the one line of the bank that it is proposed for, or show the lines there are.

        :raise UserError: no line of the bank shows it
        """
        self.ensure_one()
        self.check_access("read")
        self.env["account.bank.statement.line"]._urssaf_check_matcher()
        open_lines = self.sudo()._outstanding_lines().filtered(lambda line: not line.reconciled)
        lines = self.env["account.bank.statement.line"]._urssaf_all_to_match()
        shown = lines.filtered(lambda line: line.urssaf_proposal_ids & open_lines)
        if not shown:
            raise UserError(
                self.env._(
                    "No line of the bank looks like this transfer. Once the statement of %(date)s and of the days "
                    "after is imported or typed, it is matched by itself, or proposed.",
                    date=format_date(self.env, self.date),
                )
            )
        exact = shown.filtered(lambda line: line.urssaf_proposal_ids == open_lines and line.urssaf_proposal_count == 1)
        if len(shown) == len(exact) == 1:
            return exact.action_urssaf_match()
        action = self.env["ir.actions.act_window"]._for_xml_id("avance_immediate.action_urssaf_bank")
        return {**action, "domain": [("id", "in", shown.ids)], "context": {}}
