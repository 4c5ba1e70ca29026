import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import redaction, wording

_logger = logging.getLogger(__name__)

BATCH_SIZE = 50


class UrssafPayout(models.Model):
    """How a payout comes into the books: as one payment, matched with its invoice.

    By the scheduled action or a button; in the journal of the branch or of the company whose credentials it uses.
    """

    _inherit = "urssaf.payout"

    # === SCHEDULED ACTION === #

    @api.model
    def _cron_record(self):
        """Record the payouts whose date has come, as payments matched with their invoices."""
        payouts = self.search(self._due_domain(), order="date, id")
        self._run_in_batches(
            payouts, BATCH_SIZE, lambda batch: batch._record_or_one_by_one(), key=lambda p: p._batch_key()
        )

    def _batch_key(self):
        """Payouts that may be recorded together: of one company, with the same credentials."""
        return self.company_id, self.holder_id

    @api.model
    def _due_domain(self):
        return [
            ("state", "=", "to_record"),
            ("date", "<=", fields.Date.context_today(self)),
            "|",
            ("next_try_at", "=", False),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _record_due(self):
        """Record, from a button, those of these payouts whose date has come. Commits."""
        due = self.filtered_domain(self._due_domain())
        for _key, payouts in due.grouped(lambda payout: payout._batch_key()).items():
            payouts._record_or_one_by_one()
            payouts.request_id._commit()

    # === RECORDING === #

    def _record_or_one_by_one(self):
        """Record these payouts of one company and holder: together, which is fast, or one by one where that fails."""
        if error := self._missing_setup():
            # It concerns them all: one activity tells.
            self.next_try_at = fields.Datetime.now() + timedelta(days=1)
            self[:1]._recording_failed(error)
            return
        try:
            with self.env.cr.savepoint():
                self._record()
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            if len(self) == 1:
                self._recording_failed(error)
            else:
                for payout in self:
                    payout._record_or_one_by_one()

    def _record(self):
        """Create, post and match one payment for each of these payouts, all of one company and holder.

        Locks first: the invoices, the requests, the payouts. Whoever comes second finds nothing to record.
        """
        requests = self.request_id
        moves = requests.move_id.try_lock_for_update(allow_referencing=True)
        requests = requests.filtered(lambda request: request.move_id in moves).try_lock_for_update(
            allow_referencing=True
        )
        payouts = self.filtered(lambda payout: payout.request_id in requests).try_lock_for_update(
            allow_referencing=True
        )
        payouts.invalidate_recordset(["state", "payment_id"])
        payouts = payouts.filtered(lambda payout: payout.state == "to_record")._keep_bookable()
        if not payouts:
            return
        company, _journal, outstanding_account = payouts._booking()
        payments = self.env["account.payment"].with_company(company).create(payouts._payment_values())
        # Computed from the payment method, unless written before the entry is made.
        payments.outstanding_account_id = outstanding_account
        payments.action_post()
        plan = []
        for payout, payment in zip(payouts, payments, strict=True):
            payout._say(False, state="recorded", payment_id=payment.id, next_try_at=False)
            if due := payout._receivable_lines():
                plan.append(due + payment._seek_for_lines()[1])
        self.env["account.move.line"]._reconcile_plan(plan)
        for payout in payouts:
            payout._tell_recorded()

    def _keep_bookable(self):
        """Return the payouts that may be booked without asking; put the others aside, each with its reason."""
        bookable = self.browse()
        for payout in self:
            if code := payout._why_never(payout.amount):
                fault = payout._why_never_said(code, payout.amount)
                payout._say(fault, state="to_confirm", fault_code=code, fault=fault, confirmed_by_id=False)
                payout.request_id._sync_problems()
            elif payout.environment != "production" and not payout.holder_id.urssaf_book_test_payouts:
                payout.state = "not_booked"
            elif problem := None if payout.confirmed_by_id else payout._doubt():
                payout._say(problem, state="to_confirm")
                payout.request_id._sync_problems()
            else:
                bookable += payout
        return bookable

    def _doubt(self):
        """Return why a person must look before this payout is booked (a problem), or None."""
        request, move, currency = self.request_id, self.request_id.move_id, self.currency_id
        params = {"number": request.number, "amount": wording.money(self.env, self.amount, currency)}
        if doubt := request._doubt_about_date(self.date):
            return doubt
        if currency.compare_amounts(self.amount, request._amount_asked()):
            expected = wording.money(self.env, request._amount_asked(), currency)
            return wording.note("payout_other_amount", expected=expected, **params)
        if move.state != "posted" or move.currency_id != currency or move.commercial_partner_id != request.partner_id:
            return wording.note("payout_invoice_changed", **params)
        if currency.compare_amounts(self.amount, move.amount_residual) > 0:
            return wording.note("payout_already_paid", **params)
        return None

    def _booking(self):
        """Return in whose books, in which journal and on which outstanding account these payouts are recorded.

        A branch books what it receives in a journal of its own, where it has chosen one; else the company books it
        whose credentials it uses. Odoo matches entries of branches of one company with each other.
        """
        chosen_by = self.company_id if self.company_id.urssaf_journal_id else self.holder_id
        journal = chosen_by.urssaf_journal_id
        account = chosen_by.urssaf_outstanding_account_id or self.holder_id.urssaf_outstanding_account_id
        return journal.company_id or chosen_by, journal, account

    def _missing_setup(self):
        """Return the error to show where the company has not chosen where payouts go, or None."""
        _company, journal, outstanding_account = self._booking()
        books = self.filtered(lambda payout: payout.environment == "production")
        ready = journal.inbound_payment_method_line_ids and outstanding_account
        if ready or not (books or self.holder_id.urssaf_book_test_payouts):
            return None
        return UserError(
            self.env._(
                "The journal or the outstanding account of the payouts is missing. An administrator chooses them in "
                "the settings of the invoicing, section Avance immédiate."
            )
        )

    @api.model
    def _retry_waiting(self, companies):
        """Try again soon what failed to be recorded in ``companies``: somebody changed their settings."""
        theirs = ["|", ("company_id", "in", companies.ids), ("holder_id", "in", companies.ids)]
        waiting = self.search([*theirs, ("state", "=", "to_record")])
        if waiting:
            waiting.next_try_at = False
            self._trigger("payout")

    def _payment_values(self):
        if error := self._missing_setup():
            raise error
        company, journal, _outstanding_account = self._booking()
        return [
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": payout._partner_in_books_of(company).id,
                "amount": payout.amount,
                "currency_id": payout.currency_id.id,
                "date": payout.date or fields.Date.context_today(self),
                "memo": self.env._("Urssaf, avance immédiate: %(number)s", number=payout.request_id.number),
                "journal_id": journal.id,
                "company_id": company.id,
                "payment_method_line_id": journal.inbound_payment_method_line_ids[:1].id,
                "destination_account_id": (
                    payout._receivable_lines()[:1].account_id or payout.partner_id.property_account_receivable_id
                ).id,
                "invoice_ids": payout.move_id.ids,
            }
            for payout in self
        ]

    def _partner_in_books_of(self, company):
        """Return the client, unless it is a contact of a branch alone: the books of another company do not name it."""
        owner = self.partner_id.company_id
        upward = company.with_context(active_test=False).parent_ids
        return self.partner_id if not owner or owner in upward else self.partner_id.browse()

    def _receivable_lines(self):
        return self.request_id.move_id.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        )

    def _tell_recorded(self):
        amount = wording.money(self.env, self.amount, self.currency_id)
        request, payment = self.request_id, self.payment_id
        if payment.company_id == request.company_id:
            body = self.env._("Payout of %(amount)s recorded: %(payment)s", amount=amount, payment=payment.display_name)
        else:
            body = self.env._("Payout of %(amount)s recorded by the company above.", amount=amount)
        request._log(body)
        request._sync_problems()

    def _recording_failed(self, error):
        """Keep the payout, tell the person in charge, try again tomorrow or when they say so."""
        _logger.error("Payout %s is not recorded", self.ids, exc_info=redaction.redact_traceback(error))
        number = self.request_id.number
        problem = wording.note("payout_not_recorded", number=number, reason=wording.reason(error))
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        if self._booking()[0] == self.company_id:
            self._say(problem, next_try_at=tomorrow)
        else:
            above = wording.note("payout_not_recorded_above", number=number)
            self._say(above, in_books=problem, next_try_at=tomorrow)
        self.request_id._sync_problems()

    def _step_failed(self, error):
        # EXTENDS urssaf.batch.mixin
        for payout in self:
            payout._recording_failed(error)
