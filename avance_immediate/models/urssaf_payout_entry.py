from odoo import Command, models
from odoo.tools import clean_context, format_date

from .. import paris, wording

MAX_LINES = 1000  # of one payment: beyond, an entry is slow to open


class UrssafPayout(models.Model):
    """The entry of the payouts of one transfer in one journal: one payment, one line an invoice, each matched alone.

    Odoo's own hook (``line_ids`` at the creation of a payment) makes it: a debit of the sum on the outstanding account,
    which is what the bank will show, and a credit an invoice on the client's account.
    """

    _inherit = "urssaf.payout"

    def _enter(self, company, journal, account):
        """Create, post and match the payments of these payouts, which are locked and may be booked.

        :param company: in whose books
        :param account: the outstanding account
        """
        self = self.with_context(clean_context(self.env.context))  # defaults of a call are for forms
        size = 1 if company._urssaf_pays_one_by_one() else MAX_LINES
        ordered = self.sorted(lambda payout: (payout.date or paris.today(), payout.id))
        groups = []
        # What was reversed has a day of its own, which is not that of the rest.
        for _key, payouts in ordered.grouped(lambda payout: (payout.transfer_id, payout._reversed_on())).items():
            shares = [payouts[start : start + size] for start in range(0, len(payouts), size)]
            groups += [share.with_prefetch(self._ids) for share in shares]  # read together, alone as they may be
        values = [payouts._payment_values(company, journal, account) for payouts in groups]
        items = [vals.pop("line_ids") for vals in values]
        payments = self.env["account.payment"].with_company(company).create(values)
        payments._urssaf_make_entries(items)
        # Odoo computes it anew from the payment method once the entry is there.
        payments.outstanding_account_id = account
        payments.action_post()
        for payouts, payment in zip(groups, payments, strict=True):
            lines = payment.move_id.line_ids.sorted("id")[1:]  # the first one is the bank's
            for payout, line in zip(payouts, lines, strict=True):
                values = {"payment_id": payment.id, "line_id": line.id, "next_try_at": False, "undone": False}
                payout._write_with_problem(False, state="recorded", **values)
        self._match()
        self._tell_recorded()
        self._tell_paid()

    def _payment_values(self, company, journal, account):
        """Return the values of one payment for these payouts of one transfer."""
        date = self[:1].date or paris.today()
        day = company._urssaf_first_open_day(self._day_to_book(), journal)
        is_alone = company._urssaf_pays_one_by_one()
        partner = self._partner_in_books_of(company) if is_alone else company._urssaf_partner()
        total = sum(self.mapped("amount"))
        memo = self._memo(date)
        base = {"currency_id": self.currency_id.id, "date_maturity": day, "analytic_distribution": False}
        debit = {
            **base,
            "name": memo,
            "account_id": account.id,
            "partner_id": partner.id,
            "amount_currency": total,
            "balance": total,
        }
        items = [
            {
                **base,
                "name": self.env._("Urssaf, avance immédiate: %(number)s", number=payout.request_id.number),
                "account_id": payout._receivable_account().id,
                "partner_id": payout._partner_in_books_of(company).id,
                "amount_currency": -payout.amount,
                "balance": -payout.amount,
            }
            for payout in self
        ]
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "amount": total,
            "currency_id": self.currency_id.id,
            "date": day,
            "memo": memo,
            "journal_id": journal.id,
            "company_id": company.id,
            "payment_method_line_id": company._urssaf_payment_method_line(journal, account).id,
            "outstanding_account_id": account.id,
            "destination_account_id": items[0]["account_id"],
            "urssaf_transfer_id": self.transfer_id.id,
            "invoice_ids": [Command.set(self.move_id.ids)],
            "line_ids": [Command.create(values) for values in (debit, *items)],
        }

    def _memo(self, date):
        """Return the memo of a payment of these payouts; one that comes late says so."""
        if len(self) == 1:
            return self.env._("Urssaf, avance immédiate: %(number)s", number=self.request_id.number)
        day = format_date(self.env, date)
        if self.transfer_id.payment_ids:
            return self.env._(
                "Urssaf, avance immédiate: transfer of %(date)s, %(count)s more invoices", date=day, count=len(self)
            )
        return self.env._(
            "Urssaf, avance immédiate: transfer of %(date)s, %(count)s invoices", date=day, count=len(self)
        )

    def _receivable_account(self):
        return self._receivable_lines()[:1].account_id or self.partner_id.property_account_receivable_id

    def _partner_in_books_of(self, company):
        """Return the client, unless it is a contact of a branch alone: the books of another company do not name it."""
        return company._urssaf_nameable(self.partner_id)

    def _receivable_lines(self):
        return self.request_id.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )

    # === MATCHING === #

    def _match(self):
        """Match the line of each of these payouts with its own invoice, each under a number of its own.

        Odoo makes the cash-basis entry of each match by itself; here all of them at once, dated the payment or the
        first day that the tax report leaves open.
        """
        self.recovery_ids._match()
        plan = []
        for payout in self:
            if (due := payout._receivable_lines()) and not payout.line_id.reconciled:
                plan.append(due + payout.line_id)
        if not plan:
            return
        lines = self.line_id
        before = lines.matched_debit_ids
        self.move_id.line_ids.mapped("tax_ids")  # read for all at once: Odoo asks invoice by invoice
        self.env["account.move.line"].with_context(no_cash_basis=True)._reconcile_plan(plan)
        partials = (lines.matched_debit_ids - before).with_context(urssaf_first_open_day=True)
        if any(partials.company_id.mapped("tax_exigibility")):
            partials._create_tax_cash_basis_moves()
            partials._set_draft_caba_move_vals()

    def _tell_recorded(self):
        """Say on each request that its payout is in the books, where the payment may be named."""
        bodies = {}
        for payout in self:
            amount = wording.money(self.env, payout.amount, payout.currency_id)
            payment, request = payout.payment_id, payout.request_id
            if payment.company_id == request.company_id:
                body = self.env._(
                    "Payout of %(amount)s recorded: %(payment)s", amount=amount, payment=payment.display_name
                )
            else:
                body = self.env._("Payout of %(amount)s recorded by the company above.", amount=amount)
            if payment.date != (payout.date or payment.date):
                body += " " + payout._why_other_date(format_date(self.env, payment.date))
            bodies[request.id] = body
        self.request_id.sudo()._message_log_batch(bodies)
        # What Urssaf has said before the payout was in the books.
        self.request_id._ask_what_is_taken_back()
        for request in self.request_id:
            request._sync_problems()

    def _why_other_date(self, day):
        """Say why the entry of this payout is dated ``day`` (as it is read), and not as the transfer."""
        if self._reversed_on() == self.payment_id.date:
            return self.env._("Its former payment was reversed: the new entry is dated %(date)s.", date=day)
        if self._paid_on() == self.date:
            return self.env._("The period is locked: the entry is dated %(date)s.", date=day)
        return self.env._(
            "Urssaf dates the transfer %(announced)s, which cannot be: the entry is dated %(date)s.",
            announced=format_date(self.env, self.date),
            date=day,
        )

    def _tell_paid(self):
        """Say on the invoices that they are paid: at once on all those of which nobody follows that.

        Odoo would post "Invoice Paid" on each, eight queries an invoice. Its message stays where somebody follows it.
        """
        moves = self.move_id.filtered(lambda move: move.payment_state == "paid")
        subtype_id = self.env["ir.model.data"]._xmlid_to_res_id("account.mt_invoice_paid")
        followers = self.env["mail.followers"].sudo()
        followed = followers.search(
            [("res_model", "=", moves._name), ("res_id", "in", moves.ids), ("subtype_ids", "in", [subtype_id])]
        )
        moves = moves.filtered(lambda move: move.id not in set(followed.mapped("res_id")))
        tracked = self.env.cr.precommit.data.get(f"mail.tracking.{moves._name}", {})
        told = moves.filtered(lambda move: (tracked.get(move.id) or {}).pop("payment_state", "paid") != "paid")
        body = self.env._("Paid by Urssaf, avance immédiate.")
        told.sudo()._message_log_batch(dict.fromkeys(told.ids, body))
