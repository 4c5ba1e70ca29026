import re
from datetime import datetime
from decimal import Decimal

from odoo import fields, models

from .. import wording
from ..urssaf import rules
from ..urssaf.tiers_prestation.messages import PaymentRequest, Service
from .urssaf_payment_request import FREE_STATES
from .urssaf_registration import PARIS

LABEL_LENGTH = 50  # the shortest that is known to pass: docs/api.md §2.3


class AccountMove(models.Model):
    """Whether an invoice can be sent to Urssaf, and why not; the message that it becomes."""

    _inherit = "account.move"

    def _urssaf_problems(self):
        """Return everything that stands between this invoice and Urssaf, as problems; an empty list if it can go."""
        self.ensure_one()
        move = self.sudo()
        problems = move._urssaf_own_problems()
        over = [problem for problem in problems if problem["code"] in ("sent_already", "paid_already")]
        if over and move.move_type == "out_invoice":
            return over[:1]  # there is nothing to correct: whatever else could be said does not matter
        if move.move_type == "out_invoice":
            problems += move._urssaf_line_problems()
            message = move._urssaf_message()
            since = move.urssaf_registration_id._active_since_in_france()
            today = datetime.now(PARIS).date()
            problems += wording.from_rules(rules.check_payment_request(message, today=today, active_since=since))
        return [problem for problem in problems if problem["code"] not in _implied(problems)]

    def _urssaf_own_problems(self):
        """Return what Odoo alone knows: the document, the client's registration, the company."""
        same_number = self._urssaf_same_number()
        checks = [
            ("not_an_invoice", self.move_type != "out_invoice"),
            ("not_posted", self.state != "posted"),
            ("sent_already", self.urssaf_is_live),
            ("number_used", same_number and same_number.company_id == self.company_id),
            ("number_used_elsewhere", same_number and same_number.company_id != self.company_id),
            ("former_holder", self._urssaf_is_known_elsewhere()),
            ("not_in_euros", self.currency_id.name != "EUR"),
            ("company_not_in_euros", self.company_id.currency_id.name != "EUR"),
            ("paid_already", self.state == "posted" and self.payment_state not in ("not_paid", "partial")),
            ("partly_credited", bool(self._urssaf_credits().filtered(lambda line: not line._urssaf_is_payment()))),
            ("client_not_registered", not self.urssaf_registration_id.id_client),
            ("client_not_active", self.urssaf_registration_id.id_client and self.urssaf_registration_state != "active"),
        ]
        params = {
            "client": self.commercial_partner_id.name or "",
            "number": self.name or "",
            "company": self.company_id.name,
            "currency": self.company_id.currency_id.name,
        }
        problems = [wording.note(code, **params) for code, holds in checks if holds]
        return problems + self._urssaf_other_debits()

    def _urssaf_same_number(self):
        """Return the payment requests that made the number of this invoice known to Urssaf, of branches too."""
        holder = self.company_id.urssaf_holder_id
        return self.env["urssaf.payment.request"].search(
            [
                ("holder_id", "=", holder.id),
                ("environment", "=", holder.urssaf_environment),
                ("number", "=", self.name),
                "|",
                ("state", "in", ("refused", "cancelled", "closed")),
                ("move_id", "!=", self.id),
            ],
            limit=1,
        )

    def _urssaf_is_known_elsewhere(self):
        """Tell whether Urssaf may know this invoice from credentials that its company no longer uses."""
        request = self.urssaf_request_id
        ended = request.state in ("refused", "cancelled", "closed") and request.number == self.name
        left = request.state in FREE_STATES and request._has_left()
        return bool(request.holder_id != self.company_id.urssaf_holder_id and (ended or left))

    def _urssaf_lines(self):
        """Return the lines that are services: neither sections nor notes."""
        return self.invoice_line_ids.filtered(lambda line: line.display_type == "product")

    def _urssaf_line_problems(self):
        """Return what is wrong with lines that the message cannot carry."""
        problems = []
        for index, line in enumerate(self._urssaf_lines(), start=1):
            if line.price_total < 0:
                problems.append(wording.note("line_discount", line=str(index), name=_short(line.name)))
        if self.line_ids.filtered(lambda line: line.display_type == "rounding"):
            problems.append(wording.note("cash_rounding"))
        return problems

    def _urssaf_target(self, problem):
        """Return the record where ``problem`` is corrected: the client, a product, or this invoice."""
        if problem["code"] in ("client_not_registered", "client_not_active") or problem.get("field") == "idClient":
            registration = self.sudo().urssaf_registration_id.sudo(False)
            # A branch asks for its holder's registration on the contact, before it reads it.
            return registration._filtered_access("read") or self.commercial_partner_id
        if problem.get("field") == "dateNaissanceClient":
            return self.commercial_partner_id
        if problem["code"] in ("number_used", "sent_already"):
            return self.urssaf_request_id or self
        path = re.match(r"inputPrestations\[(\d+)\]\.(codeNature|unite)", problem.get("field") or "")
        if path:
            return self._urssaf_lines()[int(path[1])].product_id.product_tmpl_id or self
        return self

    # === THE MESSAGE === #

    def _urssaf_message(self):
        """Return this invoice as Urssaf is sent it (a ``PaymentRequest``); what is missing stays empty."""
        self.ensure_one()
        registration = self.urssaf_registration_id
        holder = self.company_id.sudo().urssaf_holder_id
        start, end = self.urssaf_service_start or None, self.urssaf_service_end or None
        if start and end:
            start, end = rules.service_period(start, end, registration._active_since_in_france())
        deposit, deposit_date = self._urssaf_deposit()
        return PaymentRequest(
            billing_id=holder.urssaf_sap_number or holder.name or self.company_id.name,
            id_client=registration.id_client or "",
            birth_date=self.commercial_partner_id.urssaf_birth_date or None,
            number=self.name or "",
            invoice_date=self.invoice_date or None,
            start=start,
            end=end,
            amount_incl=self._urssaf_decimal(self.amount_total),
            amount_excl=self._urssaf_decimal(self.amount_untaxed),
            deposit=deposit,
            deposit_date=deposit_date,
            services=tuple(self._urssaf_services()),
        )

    def _urssaf_services(self):
        """Return the lines as Urssaf is sent them. Their amounts add up to the totals of the invoice.

        Odoo rounds the taxes of the whole invoice: its total and the sum of its lines may differ by some cents, which
        go to lines that bear VAT.
        """
        lines = self._urssaf_lines()
        quantities = [Decimal(str(round(line._urssaf_quantity(), 4))).normalize() for line in lines]
        totals = [self._urssaf_decimal(line.price_total) for line in lines]
        untaxed = [self._urssaf_decimal(line.price_subtotal) for line in lines]
        bears_tax = [total > amount for total, amount in zip(totals, untaxed, strict=True)]
        totals = rules.share_cents(
            self._urssaf_decimal(self.amount_total),
            totals,
            lambda index, amount: bears_tax[index] and rules.price(quantities[index], amount) is not None,
        )
        untaxed = rules.share_cents(
            self._urssaf_decimal(self.amount_untaxed),
            untaxed,
            lambda index, amount: bears_tax[index] and 0 <= amount <= totals[index],
        )
        return [self._urssaf_service(*values) for values in zip(lines, quantities, totals, untaxed, strict=True)]

    def _urssaf_service(self, line, quantity, total, untaxed):
        price = rules.price(quantity, total)
        if price is None and quantity:
            price = self._urssaf_decimal(line.price_total / float(quantity))
        return Service(
            nature_code=line.urssaf_nature_id.code or "",
            quantity=quantity,
            unit=line.urssaf_unit or "",
            unit_price=price,
            amount_incl=total,
            amount_excl=untaxed,
            amount_vat=total - untaxed,
            label=_short(line.name),
            worker=(self.urssaf_worker or self.company_id.sudo().urssaf_holder_id.urssaf_sap_number or "")
            .replace(" ", "")
            .upper(),
        )

    def _urssaf_deposit(self):
        """Return what the client has paid before, and when, to be deducted by Urssaf (docs/api.md §2.3)."""
        paid = self.currency_id.round(self.amount_total - self.amount_residual)
        if self.state != "posted" or self.currency_id.compare_amounts(paid, 0) <= 0:
            return None, None
        dates = [date for date in self._urssaf_credits().mapped("date") if date]
        return self._urssaf_decimal(paid), max(dates, default=fields.Date.context_today(self))

    def _urssaf_credits(self):
        """Return the entries that this invoice is already matched with: payments, credit notes, others."""
        due = self.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        return due.matched_credit_ids.credit_move_id

    def _urssaf_decimal(self, amount):
        """Turn an amount of Odoo into a decimal of as many digits as the currency has."""
        return Decimal(str(self.currency_id.round(amount))).quantize(
            Decimal(1).scaleb(-self.currency_id.decimal_places)
        )


def _short(name):
    return (name or "").strip().split("\n")[0][:LABEL_LENGTH].strip()


def _implied(problems):
    """Return the codes that say again, in the API's terms, what another problem says better."""
    found = {problem["code"] for problem in problems}
    implied = set()
    if "not_an_invoice" in found:
        implied |= {"paid_already"}
    if {"client_not_registered", "client_not_active"} & found:
        implied |= {"client_id_missing", "period_before_activation", "invoice_before_activation"}
    if "line_discount" in found:
        implied |= {"line_negative"}
    if "not_posted" in found:
        implied |= {"number_missing", "invoice_date_missing", "client_not_registered"} - {"client_not_registered"}
    return implied
