import contextlib
import logging
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import paris, redaction, wording
from .urssaf_batch_mixin import Share
from .urssaf_payout_entry import MAX_LINES

_logger = logging.getLogger(__name__)

BATCH_SIZE = MAX_LINES  # a transfer is not torn


class AtWork(UserError):
    """Somebody else holds what is to be changed: later it goes."""


class _TakenBack(Exception):
    """Ends a trial, to undo it."""


class UrssafPayout(models.Model):
    """When payouts come into the books, and in whose: a transfer as a whole, by the scheduled action or a button."""

    _inherit = "urssaf.payout"

    # === SCHEDULED ACTION === #

    @api.model
    def _cron_record(self):
        """Record the payouts whose date has come: each transfer as a whole, once nothing more is awaited for it."""
        transfers = self._read_group(self._due_domain(), ["holder_id", "environment", "date:day"], ["__count"])
        shares = [
            Share(count, lambda transfer=transfer: self._batches_of(*transfer))
            for *transfer, count in transfers
            if self._is_whole(*transfer)
        ]
        self._run_by_turns(shares, lambda batch: batch._record_or_tell())

    @api.model
    def _batches_of(self, holder, environment, date):
        """Return the due payouts of one transfer, by payment."""
        theirs = [("holder_id", "=", holder.id), ("environment", "=", environment), ("date", "=", date)]
        due = self.search([*theirs, *self._due_domain()], order="id")
        groups = due.grouped(lambda payout: payout._transfer_key()).values()
        return [batch for group in groups for batch in group._in_batches(BATCH_SIZE)]

    @api.model
    def _due_domain(self):
        return [
            ("state", "=", "to_record"),
            ("date", "<=", paris.today()),
            "|",
            ("next_try_at", "=", False),
            ("next_try_at", "<=", fields.Datetime.now()),
        ]

    def _transfer_key(self):
        """What the payouts of one payment have in common: credentials, environment, day, books."""
        self.ensure_one()
        return (self.holder_id, self.environment, self.date, *self._booking())

    def _whole_transfers(self):
        """Return those of these payouts for whose transfer nothing more is awaited, or has been for too long."""
        transfers = self.grouped(lambda payout: (payout.holder_id, payout.environment, payout.date))
        return self.browse().union(*(payouts for transfer, payouts in transfers.items() if self._is_whole(*transfer)))

    @api.model
    def _is_whole(self, holder, environment, date):
        """Tell whether nothing more is awaited for the transfer of ``date``, or has been for too long."""
        requests = self.env["urssaf.payment.request"]
        return paris.today() >= requests._group_deadline(date) or not requests._awaited_for(holder, environment, date)

    def _record_due(self):
        """Record, from a button, those of these payouts whose date has come and whose transfer is whole. Commits."""
        self._refuse_elsewhere()
        due = self.filtered_domain(self._due_domain())._whole_transfers()
        for _key, payouts in due.grouped(lambda payout: payout._transfer_key()).items():
            payouts._record_or_tell()
            payouts.request_id._commit()

    @api.model
    def _trigger_recording(self):
        """Have the payouts recorded soon, if any is due: once for a whole run that has read what Urssaf says."""
        if self.search_count(self._due_domain(), limit=1):
            self._trigger("payout")

    # === RECORDING === #

    def _record_or_tell(self):
        """Record these payouts of one transfer together; those that cannot be are left out, each with its reason."""
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
            culprits = {self: error} if len(self) == 1 else self._culprits()
            for payout, reason in culprits.items():
                payout._recording_failed(reason)
            if others := self.browse().union(*(payout for payout in self if payout not in culprits)):
                others._record_or_tell()

    def _culprits(self):
        """Return, for each of these payouts that cannot be recorded, its error: by trying halves, and taking all back.

        One among 500 takes 18 attempts.
        """
        try:
            with contextlib.suppress(_TakenBack), self.env.cr.savepoint():
                self._record()
                raise _TakenBack
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            if len(self) == 1:
                return {self: error}
            middle = len(self) // 2
            found = self[:middle]._culprits() | self[middle:]._culprits()
            # Halves that go where the whole does not: the first is left out, for this time.
            return found or {self[:1]: error}
        return {}

    def _record(self):
        """Put these payouts of one transfer into the books: payment, matching and mark together.

        Locks first: the invoices, the requests, the payouts. Whoever comes second finds nothing to record.
        """
        payouts = self._lock_to_record()._keep_bookable()
        if not payouts:
            return
        if error := payouts._missing_setup():
            raise error
        for booking, together in payouts.grouped(lambda payout: payout._booking()).items():
            together._assign_transfer()
            together._enter(*booking)

    def _lock_to_record(self):
        """Lock these payouts with their requests and invoices; return those that are to be recorded."""
        moves = self.request_id.move_id.try_lock_for_update(allow_referencing=True)
        requests = self.request_id.filtered(lambda request: request.move_id in moves)
        requests = requests.try_lock_for_update(allow_referencing=True)
        payouts = self.filtered(lambda payout: payout.request_id in requests)
        payouts = payouts.try_lock_for_update(allow_referencing=True)
        payouts.invalidate_recordset(["state", "payment_id", "line_id"])
        return payouts.filtered(lambda payout: payout.state == "to_record")

    def _lock_with_invoice(self):
        """Lock all of these payouts with their requests and invoices, in the order of whoever records them.

        :raise AtWork: somebody else is at work on one of them
        """
        for records in (self.request_id.move_id, self.request_id, self):
            if records.try_lock_for_update(allow_referencing=True) != records:
                raise AtWork(self.request_id.move_id._urssaf_at_work_message())
        self.invalidate_recordset()

    def _keep_bookable(self):
        """Return the payouts that may be booked; put the others aside, each with its reason.

        A person confirms what they were shown (``doubts``), and nothing else: what comes after asks anew.
        """
        bookable = self.browse()
        for payout in self:
            if code := payout._why_never(payout.amount):
                fault = payout._why_never_said(code, payout.amount)
                payout._write_with_problem(
                    fault, state="to_confirm", fault_code=code, fault=fault, confirmed_by_id=False
                )
                payout.request_id._sync_problems()
            elif payout.environment != "production" and not payout.holder_id.urssaf_book_test_payouts:
                payout.state = "not_booked"
            elif payout._has_unseen_doubts():
                payout._ask()
            else:
                bookable += payout
        return bookable

    def _has_unseen_doubts(self):
        """Tell whether there is a doubt that nobody was shown. What Urssaf announces anew is shown anew."""
        shown = {doubt["code"] for doubt in self.doubts or []}
        return any(doubt["code"] not in shown for doubt in self._doubts())

    def _ask(self):
        """Have a person look at all that is in doubt of this payout, those of before first."""
        former = self.doubts or []
        codes = {doubt["code"] for doubt in former}
        doubts = former + [doubt for doubt in self._doubts() if doubt["code"] not in codes]
        problem = self.undone and self.problem
        self._write_with_problem(problem, doubts=doubts, state="to_confirm", confirmed_by_id=False)
        self.request_id._sync_problems()

    def _doubts(self):
        """Return all reasons why a person must look before this payout is booked (problems), in a fixed order."""
        request, move, currency = self.request_id, self.request_id.move_id, self.currency_id
        params = {"number": request.number, "amount": wording.money(self.env, self.amount, currency)}
        doubts = list(filter(None, [request._doubt_about_date(self.date)]))
        if currency.compare_amounts(self.amount, request._amount_asked()):
            expected = wording.money(self.env, request._amount_asked(), currency)
            doubts.append(wording.note("payout_other_amount", expected=expected, **params))
        if move.state != "posted" or move.currency_id != currency or move.commercial_partner_id != request.partner_id:
            doubts.append(wording.note("payout_invoice_changed", **params))
        elif currency.compare_amounts(self.amount, move.amount_residual) > 0:
            doubts.append(wording.note("payout_already_paid", **params))
        return doubts

    def _booking(self):
        """Return in whose books, in which journal and on which outstanding account these payouts are recorded.

        Of one company: in the nearest journal upward, which may be the branch's own. Odoo matches entries of branches
        of one company with each other.
        """
        journal, account = self[:1].company_id._urssaf_payout_journal()
        return journal.company_id or self[:1].holder_id, journal, account

    def _missing_setup(self):
        """Return the error to show where payouts cannot go where the companies have them go, or None."""
        books = self.filtered(lambda payout: payout.environment == "production")
        if not (books or self.holder_id.filtered("urssaf_book_test_payouts")):
            return None
        problems = (company._urssaf_payout_problem() for company in self.company_id)
        problem = next(filter(None, problems), None)
        return UserError(problem) if problem else None

    @api.model
    def _retry_waiting(self, companies):
        """Try again soon what failed to be recorded in ``companies``: somebody changed their settings."""
        theirs = ["|", ("company_id", "in", companies.ids), ("holder_id", "in", companies.ids)]
        waiting = self.search([*theirs, ("state", "=", "to_record")])
        if waiting:
            waiting.next_try_at = False
            self._trigger("payout")

    def _recording_failed(self, error):
        """Keep the payout, tell the person in charge, try again tomorrow or when they say so."""
        _logger.error("Payout %s is not recorded", self.ids, exc_info=redaction.redact_traceback(error))
        number = self.request_id.number
        problem = wording.note("payout_not_recorded", number=number, reason=self.request_id._reason(error))
        tomorrow = fields.Datetime.now() + timedelta(days=1)
        doubts = self.doubts or ()  # that a person has confirmed
        if self._booking()[0] == self.company_id:
            self._write_with_problem(problem, doubts=doubts, next_try_at=tomorrow)
        else:
            above = wording.note("payout_not_recorded_above", number=number)
            self._write_with_problem(above, doubts=doubts, in_books=problem, next_try_at=tomorrow)
        self.request_id._sync_problems()

    def _step_failed(self, error):
        # EXTENDS urssaf.batch.mixin
        for payout in self:
            payout._recording_failed(error)
