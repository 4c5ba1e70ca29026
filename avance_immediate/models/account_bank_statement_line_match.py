import random

import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import clean_context

from .. import races, rights


class AccountBankStatementLine(models.Model):
    """How a line of the bank is matched: as Odoo does it, its suspense line becomes one on the outstanding account."""

    _inherit = "account.bank.statement.line"

    # === BY ITSELF === #

    @api.model
    def _urssaf_cron_match(self):
        """Match what stands alone on each side; commit after each. What cannot be matched waits for a person.

        Where the bank shows what Urssaf has not told yet, Urssaf is asked.
        """
        cron = self.env["ir.cron"]
        holders = self.env["res.company"].search([("urssaf_outstanding_account_id", "!=", False)])
        # The one that this database is a copy of matches its own.
        elsewhere = self.env["urssaf.credentials"]._all_bound()._elsewhere().company_id.root_id
        roots = list(holders.root_id - elsewhere)
        cron._commit_progress(remaining=len(roots))
        random.shuffle(roots)  # none starves the others where the time is up
        for place, root in enumerate(roots):
            for line, open_lines in self._urssaf_certain(root):
                line._urssaf_match_by_itself(open_lines)
                if not cron._commit_progress(1, remaining=len(roots) - place):
                    return
            cron._commit_progress()
            self._urssaf_ask(root)
            if not cron._commit_progress(1):
                return

    def _urssaf_match_by_itself(self, open_lines):
        try:
            with races.expected():
                self._urssaf_match(open_lines, by="itself")
        except psycopg2.extensions.TransactionRollbackError:
            # Somebody else works on them: the next run sees what they became.
            self.env.cr.rollback()
            self.env.invalidate_all()
        except UserError:
            # A locked period, or somebody was first: nothing has changed, and the list has it for whoever looks.
            self.invalidate_recordset()

    @api.model
    def _urssaf_ask(self, root):
        """Have Urssaf asked where the bank of ``root`` shows what it has not told, in a transaction of its own."""
        try:
            with races.expected():
                self._urssaf_ask_about_debits(root)
                self.env["urssaf.transfer"]._ask_about_differing(root)
                self.env.flush_all()
        except psycopg2.extensions.TransactionRollbackError:
            # Somebody else has just worked on them: the next run sees what they became.
            self.env.cr.rollback()
            self.env.invalidate_all()

    # === MATCHING === #

    def _urssaf_match(self, open_lines, is_part=False, by="person"):
        """Match this line of the bank with open lines of the outstanding accounts: wholly, or nothing changes.

        :param is_part: let a part of the larger side stay open; else the sums agree to the cent
        :param by: who matches: ``person``, or ``itself``
        :raise UserError: somebody else is at work on them or was first, the sums differ, a period is locked
        """
        line = self.sudo().with_context(clean_context(self.env.context))
        line, open_lines = line._urssaf_lock_to_match(open_lines.with_env(line.env))
        accounts = line.company_id.root_id._urssaf_bank_accounts()
        balances = line._urssaf_balances(open_lines, accounts, is_part)
        _suspense, loose = line._urssaf_lines_of_bank(accounts)
        before = line.line_ids
        with self.env.cr.savepoint():
            commands = line._urssaf_commands(balances, open_lines, accounts)
            line.with_context(force_delete=True, skip_readonly_check=True).write(
                {"line_ids": commands, "urssaf_matched_by": by}
            )
            ours = (loose | (line.line_ids - before)).filtered(lambda each: each.account_id in open_lines.account_id)
            for lines in (open_lines | ours).grouped("account_id").values():
                lines.reconcile()
            if any(not each.reconciled for each in (ours if is_part else ours | open_lines)):
                raise UserError(self.env._("Odoo did not match these lines wholly: nothing was changed."))
        self.invalidate_recordset()
        if is_part:
            # What differs now is asked about.
            self.env.ref("avance_immediate.ir_cron_urssaf_bank").sudo()._trigger()

    def _urssaf_lock_to_match(self, open_lines):
        """Lock this line of the bank, its entry and these open lines: whoever comes second is told.

        :return: them, read anew
        """
        self.ensure_one()
        lines = open_lines | self.line_ids
        locked = self.try_lock_for_update(allow_referencing=True)
        if not locked or lines.try_lock_for_update(allow_referencing=True) != lines:
            raise UserError(self.env._("Somebody else is matching this at this moment. Try again in a minute."))
        self.invalidate_recordset()
        lines.invalidate_recordset()
        accounts = self.company_id.root_id._urssaf_bank_accounts()
        for line in open_lines:
            if line.reconciled or line.parent_state != "posted" or line.account_id not in accounts:
                raise UserError(
                    self.env._("%(entry)s is no longer open: look at the list again.", entry=line.move_id.display_name)
                )
        if not self._urssaf_shown(accounts):
            raise UserError(self.env._("Urssaf pays in euros: this line of the bank is in another currency."))
        if not open_lines or self.currency_id.is_zero(self._urssaf_amount_to_match(accounts)):
            raise UserError(
                self.env._("This line of the bank is matched already, or there is nothing to match it with.")
            )
        return self, open_lines

    def _urssaf_balances(self, open_lines, accounts, is_part):
        """Return what the bank's entry is to have on each outstanding account, besides what it has there already.

        :raise UserError: the sums differ, or what is called a part is none
        """
        currency, shown = self.currency_id, self._urssaf_amount_to_match(accounts)
        total = sum(open_lines.mapped("amount_residual"))
        _suspense, loose = self._urssaf_lines_of_bank(accounts)
        if loose.account_id - open_lines.account_id or (is_part and loose):
            raise UserError(self.env._("A part of this line of the bank is matched otherwise. Undo that first."))
        if is_part:
            self._urssaf_check_part(open_lines, shown, total)
            smaller = min(abs(shown), abs(total))
            return {open_lines.account_id: -smaller if shown > 0 else smaller}
        if currency.compare_amounts(shown, total):
            self._urssaf_refuse_difference(shown, total)
        return {
            account: currency.round(-sum(lines.mapped("amount_residual")))
            for account, lines in (open_lines | loose).grouped("account_id").items()
        }

    def _urssaf_refuse_difference(self, shown, total):
        currency = self.currency_id
        raise UserError(
            self.env._(
                "The bank shows %(shown)s, and what was chosen comes to %(total)s. Choose lines of the same sum, or "
                "say that it is a part: the rest stays open. Nothing is written off.",
                shown=currency.format(shown),
                total=currency.format(total),
            )
        )

    def _urssaf_check_part(self, open_lines, shown, total):
        """Refuse as a part what is none.

        :raise UserError: lines of both sides or of several accounts, or one of which nothing would be used
        """
        if shown * total <= 0 or any(line.amount_residual * total < 0 for line in open_lines):
            raise UserError(self.env._("A part goes with lines of one side: money that came, or what is taken back."))
        smallest = min(abs(line.amount_residual) for line in open_lines)
        if len(open_lines.account_id) > 1 or abs(total) - abs(shown) >= smallest:
            raise UserError(self.env._("Choose only the lines that this is a part of: some would not be used."))

    def _urssaf_commands(self, balances, open_lines, accounts):
        """Return the changes of the bank's entry: lines on the outstanding accounts, and what is left in suspense."""
        suspense, _loose = self._urssaf_lines_of_bank(accounts)
        partner = open_lines.partner_id if len(open_lines.partner_id) == 1 else self.partner_id
        partner = self.company_id._urssaf_nameable(partner)  # a branch's own client stays in its books
        rest = self.currency_id.round(sum(suspense.mapped("balance")) - sum(balances.values()))
        balances = [(account, balance, partner) for account, balance in balances.items()]
        if suspense:
            balances.append((suspense.account_id, rest, self.partner_id))
        created = [
            Command.create(
                {
                    "name": self.payment_ref,
                    "account_id": account.id,
                    "partner_id": partner.id,
                    "currency_id": self.currency_id.id,
                    "balance": balance,
                    "amount_currency": balance,
                }
            )
            for account, balance, partner in balances
            if balance
        ]
        return [Command.delete(line.id) for line in suspense] + created

    # === BUTTONS === #

    def _urssaf_check_matcher(self):
        """Let match whoever may write lines of the bank, and the managers, in their own companies.

        :raise AccessError: with who can give the right
        """
        self.check_access("read")
        if not self.has_access("write"):
            rights.check_user(self.env, rights.MANAGER)

    def action_urssaf_match(self):
        """Match this line of the bank with what is proposed for it."""
        self.ensure_one()
        self._urssaf_check_matcher()
        proposed = self.urssaf_proposal_ids
        if not proposed:
            raise UserError(self.env._("Nothing is proposed for this line of the bank: choose the lines."))
        self._urssaf_match(proposed, is_part=self.urssaf_proposal == "part")
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_urssaf_choose(self):
        """Open the window in which a person picks the lines."""
        self.ensure_one()
        self._urssaf_check_matcher()
        window = self.env["urssaf.bank.match"]._open_for(self, self.urssaf_proposal_ids)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Match with Urssaf's transfers"),
            "res_model": window._name,
            "res_id": window.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_urssaf_undo(self):
        """Undo the matching of this line of the bank, as Odoo does it."""
        self.ensure_one()
        self._urssaf_check_matcher()
        line = self.sudo()
        accounts = line.company_id.root_id._urssaf_bank_accounts()
        if not line.line_ids.filtered(lambda each: each.account_id in accounts):
            raise UserError(self.env._("This line of the bank is not matched with a transfer of Urssaf's."))
        line.action_undo_reconciliation()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_undo_reconciliation(self):
        # EXTENDS account: what a person undid is left to people
        result = super().action_undo_reconciliation()
        lines = self.sudo()
        if undone := lines.filtered("urssaf_matched_by") | lines._urssaf_named():
            undone.urssaf_matched_by = "undone"
        return result
