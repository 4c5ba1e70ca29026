import logging
from datetime import timedelta

from odoo import api, fields, models

from .. import wording
from ..urssaf import codes, errors
from ..urssaf.messages import PaymentRequest

_logger = logging.getLogger(__name__)

BATCH_SIZE = 10  # docs/api.md §2.3
PATIENCE_HOURS = 3  # an unreachable server is nobody's business until then
DUPLICATE = "ERR_FACTURE_DOUBLON"


class UrssafPaymentRequest(models.Model):
    """Sending. What an answer means for a write, and why nothing goes twice: docs/money.md."""

    _inherit = "urssaf.payment.request"

    # === SCHEDULED ACTION === #

    @api.model
    def _cron_send(self):
        """Send what is queued, after having found out what became of what was left in between."""
        self._recover_interrupted()
        self._look_up_due()
        self._run_in_batches(
            self._search_to_send(), BATCH_SIZE, lambda requests: requests._send_batch(), key=lambda r: r._batch_key()
        )

    @api.model
    def _search_to_send(self):
        requests = self.search(
            [
                ("state", "=", "queued"),
                ("needs_person", "=", False),
                "|",
                ("next_try_at", "=", False),
                ("next_try_at", "<=", fields.Datetime.now()),
            ],
            order="queued_at, id",
        )
        # What was confirmed for one environment waits while its company uses another.
        return requests.filtered(lambda request: not request.is_other_environment)

    def _batch_key(self):
        """Requests that may go in one call: of one company; those that Urssaf refused in a lot go one by one."""
        return self.company_id, self.environment, self.id if self.send_alone else None

    # === ONE CALL === #

    def _send_now(self):
        """Send these queued requests at once, from a button. The transaction is committed on the way."""
        self._commit()
        for _key, requests in self.grouped(lambda request: request._batch_key()).items():
            for start in range(0, len(requests), BATCH_SIZE):
                requests[start : start + BATCH_SIZE]._send_batch()

    def _send_batch(self):
        """Send at most ten queued requests of one company in one call, and keep what the answer says of each.

        The lock is taken first, then the state is read: whoever comes second finds nothing to do. "Sending" is
        committed before the call, and the lock is held through it, so that a request found "sending" and not
        locked belongs to a process that died: ``_recover_interrupted``.
        """
        requests = self._claim_with_invoice(self.move_id, "queued").filtered(lambda request: request._is_due())
        if not requests:
            return
        with requests._client() as client:
            moves = requests.move_id
            for request in requests:
                request._set_state("sending", send_count=request.send_count + 1, sent_at=fields.Datetime.now())
            requests._commit()
            requests = requests._claim_with_invoice(moves, "sending")
            if requests:
                requests._call_send(client)
                requests._commit()

    def _claim_with_invoice(self, moves, state):
        """Lock the invoices, then the requests, in a fresh transaction; return those in ``state``."""
        locked = moves.try_lock_for_update(allow_referencing=True)
        return self.filtered(lambda request: request.move_id in locked)._claim(state)

    def _call_send(self, client):
        messages = [PaymentRequest.from_wire(request.sudo().payload) for request in self]
        try:
            submissions = client.send(messages)
        except errors.UrssafError as error:
            self._send_failed(error)
        except Exception:
            # Whatever went wrong, the message may have left.
            _logger.exception("Sending the payment requests %s ended unexpectedly", self.ids)
            self._send_failed(errors.OutcomeUnknown("send"))
        else:
            for request, submission in zip(self, submissions, strict=True):
                request._send_answered(submission)

    # === WHAT THE ANSWER MEANS === #

    def _send_answered(self, submission):
        """Keep what Urssaf answered about this request (a ``Submission``)."""
        self.ensure_one()
        problems = wording.from_errors(submission.errors)
        if submission.taken and not submission.errors:
            self._taken_in(submission.id_request, submission.status)
        elif submission.rejected and not _must_look_up(submission.errors):
            self._rejected(problems)
        else:
            # Taken in with errors, used already, or not spoken of: Urssaf is asked what it holds.
            self._outcome_unknown(problems, is_duplicate=_is_duplicate(submission.errors))

    def _send_failed(self, error):
        """Keep that the call failed: nothing left, nothing was taken in, or nobody knows."""
        problems = wording.from_failure(error)
        if isinstance(error, errors.Refused):
            self._refused_as_a_whole(error, problems)
        elif isinstance(error, (errors.NotSent, errors.NotTaken)):
            for request in self:
                # It never left, or was turned away: that is not a sending.
                request._set_state("queued", problems=problems, send_count=request.send_count - 1)
            self._postpone(error)
            self._tell_that_sending_fails(error, problems)
        else:
            for request in self:
                request._outcome_unknown(problems, next_try_at=self._lookup_at(error))

    def _tell_that_sending_fails(self, error, problems):
        """What concerns every request gets one activity, at once if an administrator must act, else in the end."""
        must_act = isinstance(error, (errors.WrongCredentials, errors.Unauthorised, errors.Forbidden))
        oldest = min(self.mapped("queued_at"))
        if must_act or fields.Datetime.now() - oldest > timedelta(hours=PATIENCE_HOURS):
            self[:1]._raise_problems(problems)

    def _refused_as_a_whole(self, error, problems):
        """A 400 tells nothing of each request in a lot: each goes alone, and gets an answer of its own."""
        if len(self) > 1:
            self._set_state("queued", send_alone=True, next_try_at=False)
            self._trigger("send")
        elif _must_look_up(error.errors):
            self._outcome_unknown(problems, is_duplicate=_is_duplicate(error.errors))
        else:
            self._rejected(problems)

    def _taken_in(self, id_request, status):
        self._set_state("sent", id_request=id_request, is_duplicate=False, absent_since=False)
        self._clear_problems()
        if status:
            self._record_status(status, False)
        self._log(self.env._("Taken in by Urssaf."))
        self.move_id._urssaf_log(self.env._("Sent to Urssaf for payment: the client has 48 hours to accept."))

    def _rejected(self, problems):
        self._set_state("rejected", next_try_at=False)
        self._raise_problems(problems)
        self._log(self.env._("Urssaf did not take it in."), problems)
        self.move_id._urssaf_log(self.env._("Urssaf did not take the payment request in."), problems)

    def _outcome_unknown(self, problems, *, next_try_at=None, is_duplicate=False):
        self._set_state(
            "uncertain",
            problems=problems,
            is_duplicate=is_duplicate,
            absent_since=False,
            next_try_at=next_try_at or fields.Datetime.now(),
        )
        self._log(self.env._("No certain answer: Urssaf is asked by the invoice number before anything is sent."))
        self._trigger("send", at=self.next_try_at)


def _must_look_up(remote_errors):
    """Tell whether Urssaf may hold a request in spite of these errors: used already, or a fault on its side."""
    return any(codes.error_code(error.code).remedy == codes.LOOK_UP for error in remote_errors)


def _is_duplicate(remote_errors):
    return any(error.code == DUPLICATE for error in remote_errors)
