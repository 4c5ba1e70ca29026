import logging

from odoo import api, fields, models
from odoo.fields import Domain

from ..urssaf.rules import bank

_logger = logging.getLogger(__name__)

MOST_PENDING = 500  # lines of the bank looked at in one go, the latest
#: How labels name Urssaf, for a search; ``bank.names_urssaf`` then tells for good.
WRITTEN = ("urssaf", "u.r.s.s.a.f", "u r s s a f")


class AccountBankStatementLine(models.Model):
    """A line of the bank that looks like a transfer of Urssaf's, and what it may be.

    Found among the open lines of the outstanding accounts, whatever made them (docs/money.md, "The bank"). The
    reconciliation models of Odoo only write off, and nothing applies them in Community.
    """

    _inherit = "account.bank.statement.line"

    urssaf_matched_by = fields.Selection(
        [("itself", "Itself"), ("person", "A person"), ("undone", "Undone by a person")],
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        export_string_translation=False,
    )
    urssaf_to_match = fields.Boolean(
        string="To match with Urssaf's transfers", compute="_compute_urssaf_to_match", search="_search_urssaf_to_match"
    )
    urssaf_is_matched = fields.Boolean(
        string="Matched with Urssaf's transfers",
        compute="_compute_urssaf_is_matched",
        search="_search_urssaf_is_matched",
    )
    urssaf_open_amount = fields.Monetary(string="Not matched", compute="_compute_urssaf_proposal")
    urssaf_proposal_ids = fields.Many2many(
        "account.move.line", string="Proposed for it", compute="_compute_urssaf_proposal"
    )
    urssaf_proposal = fields.Selection(
        [
            ("line", "One transfer"),
            ("transfer", "All payments of a transfer"),
            ("dates", "Transfers of several dates"),
            ("less", "Transfers less what is taken back"),
            ("some", "Several entries"),
            ("part", "A part of a transfer"),
        ],
        string="Proposal",
        compute="_compute_urssaf_proposal",
    )
    urssaf_proposal_count = fields.Integer(string="Possibilities", compute="_compute_urssaf_proposal")
    urssaf_proposal_amount = fields.Monetary(string="Proposed amount", compute="_compute_urssaf_proposal")
    urssaf_difference = fields.Monetary(
        string="Difference",
        compute="_compute_urssaf_proposal",
        help="What the bank shows, less what is proposed for it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: what Urssaf may have sent is matched soon
        lines = super().create(vals_list)
        lines._urssaf_wake()
        return lines

    def _urssaf_wake(self):
        """Have the scheduled action look at these new lines, outside of whatever imports them.

        No line costs a query whose label does not name Urssaf.
        """
        named = self.filtered(lambda line: bank.names_urssaf(line.payment_ref, line.partner_name))
        cron = named and self.env.ref("avance_immediate.ir_cron_urssaf_bank", raise_if_not_found=False)
        if cron and named.company_id.sudo().root_id._urssaf_bank_accounts():
            cron.sudo()._trigger()

    # === WHAT IS LOOKED AT === #

    def _urssaf_named(self):
        """Return those of these lines whose label or partner is Urssaf."""
        named = self.filtered(lambda line: bank.names_urssaf(line.payment_ref, line.partner_name))
        others = (self - named).filtered("partner_id")
        for root, lines in others.grouped(lambda line: line.company_id.sudo().root_id).items():
            partners = root._urssaf_bank_partners()
            named += lines.filtered(lambda line, known=partners: line.sudo().partner_id.commercial_partner_id in known)
        return named

    @api.model
    def _urssaf_pending(self, root):
        """Return the lines of the bank to look at in the companies under ``root``, the latest first.

        Those that name Urssaf; those of the amount of an open line or transfer, which a person may know; and those that
        stand on an outstanding account and are no longer matched.
        """
        accounts = root._urssaf_bank_accounts()
        if not accounts:
            return self.browse()
        named = Domain("partner_id.commercial_partner_id", "in", root._urssaf_bank_partners().ids)
        for text in WRITTEN:
            named |= Domain("payment_ref", "ilike", text) | Domain("partner_name", "ilike", text)
        open_lines = self._urssaf_open_lines(root, accounts)
        wanted = named | Domain("amount", "in", sorted(_amounts(self._urssaf_opens(open_lines))))
        wanted &= Domain("is_reconciled", "=", False) & Domain("state", "=", "posted")
        loose = self._urssaf_open_lines(root, accounts, is_bank=True).statement_line_id
        domain = Domain("company_id", "child_of", root.id) & (wanted | Domain("id", "in", loose.ids))
        return self.search(domain, order="internal_index desc", limit=MOST_PENDING)

    @api.model
    def _urssaf_open_lines(self, root, accounts, is_bank=False):
        """Return the open lines of the outstanding accounts of the companies under ``root`` that the user may see.

        :param is_bank: instead, those of the entries of the bank: un-matched, or put there by hand
        """
        domain = [
            ("account_id", "in", accounts.ids),
            ("company_id", "child_of", root.id),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", False),
            ("amount_residual", "!=", 0),
            ("currency_id", "=", root.currency_id.id),
            ("statement_line_id", "!=" if is_bank else "=", False),
        ]
        return self.env["account.move.line"].search(domain, order="date, id")

    @api.model
    def _urssaf_opens(self, open_lines):
        """Return open lines as the plain rules take them: on the day of their transfer, wherever a lock moved them.

        But where the date of the transfer cannot be, which a person has confirmed.
        """
        opens = []
        for line in open_lines:
            payment = line.sudo().payment_id  # of whoever reads the line, maybe not the payment
            transfer = payment.urssaf_transfer_id
            day = transfer.date or line.date
            if day != line.date:
                day = min((payout._paid_on() for payout in payment._urssaf_payouts()), default=day)
            opens.append(bank.Open(line.id, _cents(line.amount_residual), day, transfer.id or None))
        return opens

    # === WHAT IT MAY BE === #

    def _urssaf_lines_of_bank(self, accounts):
        """Return the suspense line of this line of the bank, and those on these accounts that are not matched."""
        self.ensure_one()
        _liquidity, suspense, others = self._seek_for_lines()
        return suspense, others.filtered(lambda line: line.account_id in accounts and not line.reconciled)

    def _urssaf_amount_to_match(self, accounts):
        """Return what is not matched of this line: positive for money that came, in the currency of the company."""
        suspense, loose = self._urssaf_lines_of_bank(accounts)
        return -sum(suspense.mapped("balance")) - sum(loose.mapped("amount_residual"))

    def _urssaf_shown(self, accounts):
        """Return these lines as the plain rules take them; those in another currency are left to people."""
        return [
            bank.Shown(line.id, _cents(line._urssaf_amount_to_match(accounts)), line.date)
            for line in self
            if not line.foreign_currency_id and line.currency_id == line.company_id.sudo().currency_id
        ]

    @api.depends("amount", "date", "is_reconciled", "partner_id", "partner_name", "payment_ref")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_urssaf_proposal(self):
        named = self._urssaf_named()
        for root, lines in self.grouped(lambda line: line.company_id.sudo().root_id).items():
            accounts = root._urssaf_bank_accounts()
            opens = self._urssaf_opens(self._urssaf_open_lines(root, accounts)) if accounts else []
            shown = {each.id: each for each in lines._origin._urssaf_shown(accounts)} if opens else {}
            # All that stand at the bank, whichever are looked at together: a list and a button propose the same.
            waiting = self._urssaf_pending(root)._urssaf_named() if opens and lines & named else self.browse()
            others = waiting._urssaf_shown(accounts)
            for line in lines:
                line._urssaf_propose(shown.get(line._origin.id), opens, others if line in named else None)

    def _urssaf_propose(self, shown, opens, others):
        """Fill in what this line may be: the likeliest, and how many there are.

        :param others: the lines of the bank that name Urssaf, or none where this one does not
        """
        found = bank.exact(shown, opens) if shown else []
        if others is None:
            # Whoever pays as much as several transfers together is somebody else.
            found = [proposal for proposal in found if proposal.kind in bank.SURE_KINDS]
        best = found[0] if found else bank.part(shown, opens, others) if shown and others else None
        lines = self.env["account.move.line"].browse(sorted(best.ids) if best else [])
        self.urssaf_open_amount = shown.cents / 100 if shown else 0 if self.is_reconciled else self.amount
        self.urssaf_proposal_ids = lines
        self.urssaf_proposal = best.kind if best else False
        self.urssaf_proposal_count = len(found)
        self.urssaf_proposal_amount = sum(lines.mapped("amount_residual"))
        self.urssaf_difference = self.urssaf_open_amount - self.urssaf_proposal_amount

    @api.depends("is_reconciled", "urssaf_proposal")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_urssaf_to_match(self):
        pending = self._urssaf_all_to_match()
        for line in self:
            line.urssaf_to_match = line._origin in pending

    def _search_urssaf_to_match(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("id", "in", self._urssaf_all_to_match().ids)]

    @api.depends("line_ids.account_id", "is_reconciled")
    def _compute_urssaf_is_matched(self):
        for root, lines in self.grouped(lambda line: line.company_id.sudo().root_id).items():
            accounts = root._urssaf_bank_accounts()
            for line in lines:
                line.urssaf_is_matched = line.is_reconciled and bool(line.line_ids.account_id & accounts)

    def _search_urssaf_is_matched(self, operator, value):
        if operator != "in":
            return NotImplemented
        accounts = self.env.companies.sudo().root_id._urssaf_bank_accounts()
        theirs = Domain("move_id.line_ids", "any", [("account_id", "in", accounts.ids)])
        return theirs & Domain("is_reconciled", "=", True)

    @api.model
    def _urssaf_all_to_match(self):
        """Return the lines of the bank that a person may have to match.

        Money that names Urssaf and is expected by nobody is among them; a debit of Urssaf only where it may be what is
        taken back: the same Urssaf debits contributions.
        """
        lines = self.browse()
        for root in self.env.companies.sudo().root_id:
            pending = self._urssaf_pending(root)
            named = pending._urssaf_named()
            lines += pending.filtered(
                lambda line, named=named: line.urssaf_proposal or (line.urssaf_open_amount > 0 and line in named)
            )
        return lines

    def _urssaf_unexplained(self):
        """Return those of these lines that name Urssaf, and for which nothing in the books is proposed."""
        return self._urssaf_named().filtered(lambda line: not line.urssaf_proposal)

    @api.model
    def _urssaf_certain(self, root):
        """Return the pairs of a line of the bank and open lines that may be matched without a person."""
        pending = self._urssaf_pending(root)
        if len(pending) == MOST_PENDING:
            _logger.warning("Bank: %s lines wait in company %s, too many to match any unasked", MOST_PENDING, root.id)
            return []  # what is not looked at might be the other candidate
        named = pending._urssaf_named()
        accounts = root._urssaf_bank_accounts()
        open_lines = self._urssaf_open_lines(root, accounts)
        certain = bank.certain(named._urssaf_shown(accounts), self._urssaf_opens(open_lines))
        pairs = []
        for line in named.sorted("internal_index").filtered(lambda line: line.id in certain):
            theirs = open_lines.browse(sorted(certain[line.id].ids))
            if line.sudo().urssaf_matched_by != "undone" and line._urssaf_is_of_its_journal(theirs):
                pairs.append((line, theirs))
        return pairs

    def _urssaf_is_of_its_journal(self, open_lines):
        """Tell whether these lines were made for the bank that shows this one; where journals differ, people decide."""
        return all(
            line.company_id == self.company_id
            and (line.journal_id == self.journal_id or line.journal_id.type not in ("bank", "cash", "credit"))
            for line in open_lines
        )


def _cents(amount):
    return round(amount * 100)


def _amounts(opens):
    """Return what a line of the bank shows that is one of these open lines, or one transfer, in euros."""
    transfers = {}
    for line in (each for each in opens if each.transfer):
        transfers[line.transfer] = transfers.get(line.transfer, 0) + line.cents
    return {cents / 100 for cents in (*transfers.values(), *(line.cents for line in opens))}
