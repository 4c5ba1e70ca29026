import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import redaction, wording
from ..urssaf.http import errors
from ..urssaf.tiers_prestation import codes
from ..urssaf.tiers_prestation.messages import PaymentRequest
from .urssaf_queue import SEND

_logger = logging.getLogger(__name__)

BATCH_SIZE = 10  # docs/api.md §2.3
DUPLICATE = "ERR_FACTURE_DOUBLON"


class UrssafPaymentRequest(models.Model):
    """Sending. What an answer means for a write, and why nothing goes twice: docs/money.md."""

    _inherit = "urssaf.payment.request"

    # === SCHEDULED ACTION === #

    @api.model
    def _cron_send(self):
        """Send what is queued, after having found out what became of what was left in between."""
        self.env["urssaf.credentials"]._watch_place()
        self._recover_interrupted()
        self._look_up_due()
        self.env["urssaf.payout"]._trigger_recording()
        self.env["urssaf.queue"]._watch()
        is_due = Domain("next_try_at", "=", False) | Domain("next_try_at", "<=", fields.Datetime.now())
        self._run_due(
            Domain("state", "=", "queued") & Domain("needs_person", "=", False) & is_due,
            lambda requests: requests._send_batch(),
            batches=lambda requests: requests._batches_to_send(),
            # What may spoil a call goes last.
            order="send_alone, failed_at NULLS FIRST, queued_at, id",
        )

    def _batches_to_send(self):
        """Return those of these queued requests, of one holder and environment, that may go now, by calls."""
        # What was confirmed for one environment waits while its holder uses another.
        requests = self.filtered(lambda request: not request.is_other_environment)
        requests = self.env["urssaf.queue"]._let_through(requests)
        groups = requests.grouped(lambda request: request._batch_key()).values()
        return [batch for group in groups for batch in group._in_batches(BATCH_SIZE)]

    def _batch_key(self):
        """Requests that may go in one call: of one holder; those that may have spoilt a batch go one by one."""
        return self.holder_id, self.environment, self.id if self.send_alone else None

    # === ONE CALL === #

    def _send_now(self):
        """Send these queued requests at once, from a button. The transaction is committed on the way."""
        self._commit()
        for _key, requests in self.grouped(lambda request: request._batch_key()).items():
            for start in range(0, len(requests), BATCH_SIZE):
                requests[start : start + BATCH_SIZE]._send_batch()

    def _send_batch(self):
        """Send at most ten queued requests of one holder in one call, and keep what the answer says of each.

        The lock is taken first, then the state is read: whoever comes second finds nothing to do. "Sending" is
        committed before the call, and the lock is held through it, so that a request found "sending" and not
        locked belongs to a process that died: ``_recover_interrupted``.
        """
        moves = self.move_id
        requests = self._try_lock_with_invoice(moves, "queued").filtered(
            lambda request: request._is_due() and not request.is_other_environment
        )
        requests = self.env["urssaf.queue"]._let_through(requests)
        if not requests:
            return
        with requests._client() as client:
            requests = requests._keep_unknown_to_urssaf(client)
            requests = requests._not_held(client)._keep_unchanged()
            requests._on_its_way()
            requests._commit()
            requests = requests._try_lock_with_invoice(moves, "sending")._keep_unchanged()
            passed, retry_after = requests._call_send(client) if requests else (None, None)
            self._commit()
        if passed is not None:
            self.env["urssaf.queue"]._note(SEND, requests, passed, retry_after)

    def _on_its_way(self):
        """Note that these requests are about to be sent, whatever becomes of it. Their chatter says what became."""
        for count, requests in self.with_context(mail_notrack=True).grouped("send_count").items():
            requests._set_state("sending", send_count=count + 1, sent_at=fields.Datetime.now(), is_turned_away=False)

    def _try_lock_with_invoice(self, moves, *states):
        """Lock the invoices, then the requests, in a fresh transaction; return those in one of ``states``.

        :param moves: the invoices, read before: the lock is the first thing that a transaction does
        """
        locked = moves.try_lock_for_update(allow_referencing=True)
        requests = self if locked == moves else self.filtered(lambda request: request.move_id in locked)
        locked.invalidate_recordset()
        return requests._try_lock(*states)

    def _keep_unchanged(self):
        """Return the requests whose invoice is as it was queued; the others are not sent, and somebody is told.

        Hours may have passed: an invoice that was paid, credited or put into a payment order meanwhile must not be
        debited as well.
        """
        kept = self._step_alone(lambda request: request._is_unchanged())
        # What could not be compared has not left.
        (self - kept).filtered(lambda request: request.state == "sending")._back_in_queue()
        return kept

    def _is_unchanged(self):
        if self.state == "queued" and self._may_be_held():
            return True  # said to be rejected only once it is known that it never left
        problems = self._changes_since_queued()
        if problems:
            self._rejected(problems)
        return not problems

    def _changes_since_queued(self):
        """Return why this request is no longer to be sent as it was queued, as problems."""
        if not self._matches_invoice():
            return [wording.note("changed_since", number=self.number)]
        return self.move_id._urssaf_other_debits()

    def _matches_invoice(self):
        move, currency = self.move_id, self.currency_id
        return (
            move.state == "posted"
            # A payment without an entry of its own leaves the residual as it is.
            and move.payment_state in ("not_paid", "partial")
            and move.name == self.number
            and move.commercial_partner_id == self.partner_id
            and move.currency_id == currency
            and not currency.compare_amounts(move.amount_total, self.amount)
            and not currency.compare_amounts(move.amount_residual, self._amount_asked())
        )

    def _call_send(self, client):
        """Send, and keep what is answered.

        :return: whether Urssaf's service works (``None``: the call tells nothing of it), and how many seconds it asks
            to wait, or ``None``
        """
        messages = [PaymentRequest.from_wire(request.sudo().payload) for request in self]
        try:
            submissions = client.send(messages)
        except errors.UrssafError as error:
            self._send_failed(error)
            return _is_service_up(error), error.retry_after
        except UserError:
            # The barrier, or the store of the token: nothing has left.
            self._back_in_queue()
            self._commit()
            raise
        except Exception as error:
            # Whatever went wrong, the message may have left.
            redaction.redact_traceback(error)
            _logger.exception("Sending the payment requests %s ended unexpectedly", self.ids)
            self._send_failed(errors.OutcomeUnknown("send"))
            return False, None
        self._send_answered_together(dict(zip(self, submissions, strict=True)))
        failed = self.filtered(lambda request: request.state == "uncertain" and not request.is_duplicate)
        if failed != self:
            failed._blame()
        return failed != self, None

    def _send_answered_together(self, answers):
        """Keep what was answered: at once of those that were simply accepted, else one by one.

        :param answers: ``Submission`` by request
        """
        accepted = self.filtered(lambda request: answers[request].taken and not answers[request].errors)
        try:
            with self.env.cr.savepoint():
                accepted._accepted(
                    {request: answers[request].id_request for request in accepted},
                    {request: answers[request].status for request in accepted},
                )
        except psycopg2.OperationalError:
            raise
        except Exception:
            accepted = self.browse()  # one of them spoils it, and will be found
        for request in self - accepted:
            request._send_answered_alone(answers[request])

    def _send_answered_alone(self, submission):
        """Keep one answer; where that fails, the others keep theirs, and this one is looked up."""
        try:
            with self.env.cr.savepoint():
                self._send_answered(submission)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            redaction.redact_traceback(error)
            _logger.exception("The answer about the payment request %s could not be kept", self.id)
            self._outcome_unknown([wording.note("interrupted")])

    # === WHAT THE ANSWER MEANS === #

    def _send_answered(self, submission):
        """Keep what Urssaf answered about this request (a ``Submission``)."""
        self.ensure_one()
        problems = wording.from_errors(submission.errors)
        if submission.taken and not submission.errors:
            self._accepted({self: submission.id_request}, {self: submission.status})
        elif submission.rejected and not _must_look_up(submission.errors):
            self._rejected(problems)
        else:
            # Accepted with errors, used already, or not spoken of: Urssaf is asked what it holds.
            self._outcome_unknown(problems, is_duplicate=_is_duplicate(submission.errors))

    def _send_failed(self, error):
        """Keep that the call failed: nothing left, nothing was accepted, or nobody knows."""
        problems = wording.from_failure(error)
        if isinstance(error, errors.Refused):
            self._refused_as_a_whole(error, problems)
        elif isinstance(error, (errors.NotSent, errors.NotAccepted)):
            self._back_in_queue(problems=problems, is_turned_away=isinstance(error, errors.NotAccepted))
            self._postpone(error)
            self._tell_that_calls_fail(error, "send")
        else:
            for request in self:
                request._outcome_unknown(problems, next_try_at=self._lookup_at(error))

    def _back_in_queue(self, **values):
        """Queue these requests again: they never left, or were turned away, and that is not a sending."""
        for request in self:
            request._set_state("queued", send_count=request.send_count - 1, **values)

    def _refused_as_a_whole(self, error, problems):
        """A 400 tells nothing of each request in a batch: each goes alone, and gets an answer of its own."""
        if _must_look_up(error.errors):
            for request in self:
                request._outcome_unknown(problems, is_duplicate=len(self) == 1 and _is_duplicate(error.errors))
        elif len(self) > 1:
            self._back_in_queue(send_alone=True, next_try_at=False)
            self._trigger("send")
        else:
            self._rejected(problems)

    def _accepted(self, references, statuses=None):
        """Keep that Urssaf holds these requests.

        :param references: Urssaf's, by request
        :param statuses: code of the status by request, where Urssaf said one
        """
        quiet = self.with_context(mail_notrack=True)  # a line of its own says it
        for request in quiet:
            request.id_request = references[request]
        quiet._set_state("sent", is_duplicate=False, absent_since=False)
        self.filtered("problems")._clear_problems()
        for status, requests in self.grouped(lambda request: (statuses or {}).get(request)).items():
            if status:
                requests._record_status(status, False)
        self._log(self.env._("Accepted by Urssaf."))
        self.move_id._urssaf_log(self.env._("Sent to Urssaf for payment: the client has 48 hours to accept."))

    def _rejected(self, problems):
        self._set_state("rejected", next_try_at=False)
        self._raise_problems(problems)
        self._log(self.env._("Rejected by Urssaf."), problems)
        self.move_id._urssaf_log(self.env._("Urssaf rejected the payment request."), problems)

    def _outcome_unknown(self, problems, *, next_try_at=None, is_duplicate=False):
        self._set_state(
            "uncertain",
            problems=problems,
            is_duplicate=is_duplicate,
            absent_since=False,
            send_alone=True,
            first_unknown_at=self.first_unknown_at or fields.Datetime.now(),
            next_try_at=next_try_at or fields.Datetime.now(),
        )
        self._log(self.env._("No certain answer: Urssaf is asked by the invoice number before anything is sent."))
        self._trigger("send", at=self.next_try_at)


def _must_look_up(remote_errors):
    return codes.may_be_held(error.code for error in remote_errors)


def _is_service_up(error):
    """Tell whether a call that failed (``UrssafError``) shows that the service works; ``None``: neither."""
    if isinstance(error, errors.Refused):
        return not _must_look_up(error.errors) or _is_duplicate(error.errors)
    return None if isinstance(error, (errors.NotSent, errors.NotAccepted)) else False


def _is_duplicate(remote_errors):
    return any(error.code == DUPLICATE for error in remote_errors)
