from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import rights

#: What may change of a payment of several payouts while it is a draft. Odoo would make one line of its lines.
KEPT_LINES = {"date"}


class AccountPayment(models.Model):
    """The payment of a transfer of Urssaf: one line an invoice, which Odoo takes for one."""

    _inherit = "account.payment"

    urssaf_transfer_id = fields.Many2one(
        "urssaf.transfer",
        string="Transfer of Urssaf",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _urssaf_payouts(self):
        """Return the payouts that these payments record."""
        ours = self.sudo().filtered("urssaf_transfer_id")
        payouts = self.env["urssaf.payout"].sudo()
        return payouts.search([("payment_id", "in", ours.ids)]) if ours else payouts

    # === WHOSE TRANSFER === #

    @api.model
    def default_get(self, fields):
        # EXTENDS account: a default value would give a transfer by hand too
        values = super().default_get(fields)
        rights.keep_own_defaults(self, values, {"urssaf_transfer_id"})
        return values

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: whose transfer a payment is, is not given by hand
        for vals in vals_list:
            self._urssaf_refuse_transfer(vals)
        return super().create(vals_list)

    @api.model
    def _urssaf_refuse_transfer(self, vals):
        if "urssaf_transfer_id" in vals and not self.env.su:
            raise AccessError(self.env._("The transfer of a payment comes from its payouts: nobody writes it by hand."))

    def _urssaf_make_entries(self, items):
        """Make the entries of these payments, which have none: all in one call, as Odoo would one by one.

        :param items: for each of them, the commands that make its journal items
        """
        moves = self.env["account.move"].create(
            [payment._generate_move_vals(line_ids=lines) for payment, lines in zip(self, items, strict=True)]
        )
        # What `_generate_journal_entry` writes, told once: after each write Odoo looks for what may depend on it.
        for payment, move in zip(self, moves, strict=True):
            self._fields["move_id"].write(payment, move.id)
        self._fields["state"].write(self, "in_process")
        self.modified(["move_id", "state"])

    # === UNDOING === #

    def write(self, vals):
        # EXTENDS account: payouts whose payment is undone by hand are told, and come back with it
        self._urssaf_refuse_transfer(vals)
        result = super().write(vals)
        if "state" in vals and "move_id" not in vals:  # with an entry just made it records nothing yet
            self._urssaf_payouts()._heard()
        if vals.get("state") in ("in_process", "paid"):
            self._urssaf_tell_given_back()
        return result

    def action_cancel(self):
        # EXTENDS account: all payouts of the payment go with it, which whoever cancels it is told first
        if not self.env.context.get("urssaf_cancel_confirmed") and (payouts := self._urssaf_payouts()):
            self.check_access("write")
            if self.env.context.get("urssaf_ask"):  # the button of the form
                return self.env["urssaf.payment.cancel"]._open(self)
            raise UserError(
                self.env._(
                    "This payment records the payouts of Urssaf for %(requests)s, which all go with it. Cancel it from "
                    "its form, which names them and asks.",
                    requests=", ".join(payouts.request_id.mapped("number")),
                )
            )
        return super().action_cancel()

    def unlink(self):
        # EXTENDS account, which deletes the entry before it asks whether the payment may go
        self._urssaf_refuse_recorded()
        return super().unlink()

    def _urssaf_refuse_recorded(self):
        if payouts := self._urssaf_payouts():
            raise UserError(
                self.env._(
                    "This payment records the payouts of Urssaf for %(requests)s. Cancel it first: they then await "
                    "your decision.",
                    requests=", ".join(payouts.request_id.mapped("number")),
                )
            )

    # === COMING BACK === #

    def _urssaf_post_again(self):
        """Post this payment again, which somebody had taken out of the books, on the first day that is open."""
        self.ensure_one()
        entry = self.move_id
        if entry.state == "posted":  # rejected
            self.state = "in_process"
            self.env.add_to_compute(self._fields["state"], self)
            return
        if entry.state == "cancel":
            entry.button_draft()
        if self.state != "draft":
            self.state = "draft"
        day = self.company_id._urssaf_first_open_day(self.date, self.journal_id)
        if self.date != day:
            self.date = day
        self.action_post()

    def _generate_journal_entry(self, write_off_line_vals=None, force_balance=None, line_ids=None):
        # EXTENDS account: the entry of a transfer is made once. Odoo would make another one, of a single line
        if not line_ids and self.sudo().filtered(lambda payment: payment.urssaf_transfer_id and not payment.move_id):
            raise UserError(
                self.env._(
                    "The journal entry of this payment of Urssaf was deleted. Odoo would make another one, of a single "
                    "line. Record the payouts again instead: Avance immédiate › Payouts, “Record the payment”."
                )
            )
        return super()._generate_journal_entry(write_off_line_vals, force_balance, line_ids)

    def _synchronize_to_moves(self, changed_fields):
        # EXTENDS account, which expects one line against the bank's
        ours = self.filtered(
            lambda payment: payment.sudo().urssaf_transfer_id and payment.move_id.state in ("draft", "cancel")
        )
        changed = set(self._get_trigger_fields_to_synchronize()) & set(changed_fields)
        if ours and changed:
            if changed - KEPT_LINES:
                raise UserError(
                    self.env._(
                        "This payment has a line for each invoice that Urssaf paid: only its date can be changed. "
                        "Cancel it and record the payouts again for anything else."
                    )
                )
            for payment in ours:
                payment.move_id.date = payment.date
        return super(AccountPayment, self - ours)._synchronize_to_moves(changed_fields)

    # === THE RECEIPT === #

    def _get_payment_receipt_report_values(self):
        # EXTENDS account: the invoices of one client are nobody else's business
        values = super()._get_payment_receipt_report_values()
        if self.sudo().urssaf_transfer_id and len(self.sudo().reconciled_invoice_ids.commercial_partner_id) > 1:
            values["display_invoices"] = False
        return values


class AccountMove(models.Model):
    """Entries of transfers that are undone, or come back, from their own form."""

    _inherit = "account.move"

    def _urssaf_entries_changed(self):
        """The state of these entries changed: hear it of those that record payouts, and of invoices that await one."""
        payments = self.sudo().origin_payment_id.filtered("urssaf_transfer_id")
        # Odoo leaves a payment as it is whose entry is posted from its own form.
        posted = payments.filtered(lambda payment: payment.move_id.state == "posted")
        posted.filtered(lambda payment: payment.state in ("draft", "canceled")).state = "in_process"
        # A reversal that is a draft again undoes nothing.
        payments |= self.sudo().reversed_entry_id.origin_payment_id.filtered("urssaf_transfer_id")
        payments._urssaf_payouts()._heard()
        if invoices := self.filtered("urssaf_request_id"):
            payouts = self.env["urssaf.payout"].sudo()
            payouts.search(payouts._undone_about(invoices, invoices.line_ids.browse()))._heard()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _urssaf_payouts(self):
        """Return the payouts that these journal items record."""
        ours = self.sudo().filtered(lambda line: line.payment_id.urssaf_transfer_id)
        payouts = self.env["urssaf.payout"].sudo()
        return payouts.search([("line_id", "in", ours.ids)]) if ours else payouts

    def unlink(self):
        # EXTENDS account: an entry of a transfer goes whole, which is told, or stays whole
        self.move_id._urssaf_refuse_if_recovery()
        payouts = self._urssaf_payouts()
        entries = payouts.line_id.move_id
        if entries.line_ids - self or any(entry.state == "posted" for entry in entries):
            payouts._refuse_other_lines()
        result = super().unlink()
        if payouts:
            payouts.invalidate_recordset(["line_id"])
            payouts._heard()
        return result

    def _urssaf_keep_amounts(self, vals):
        """Refuse another amount on what records a payout, while its entry is a draft."""
        if {"debit", "credit", "balance", "amount_currency", "currency_id"} & vals.keys():
            self._urssaf_payouts()._refuse_other_lines()
