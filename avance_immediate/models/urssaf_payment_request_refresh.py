from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import wording
from ..urssaf import errors
from .urssaf_payment_request import FOLLOW_UP, PAID

SEARCH_SIZE = 10  # docs/api.md §2.4
PATIENCE_HOURS = 24  # without an answer about a status
STALLED_DAYS = 15  # from one status to the next takes a week at most
REFUSED_DEBIT = "60"


class UrssafPaymentRequest(models.Model):
    """Following a request at Urssaf, also after "paid": docs/api.md §4."""

    _inherit = "urssaf.payment.request"

    @api.model
    def _cron_refresh(self):
        """Ask Urssaf about the requests whose time has come, ten a call."""
        requests = self.search(
            [
                ("state", "in", list(FOLLOW_UP)),
                ("id_request", "!=", False),
                ("next_try_at", "<=", fields.Datetime.now()),
            ],
            order="next_try_at, id",
        )
        self._run_in_batches(
            requests, SEARCH_SIZE, lambda batch: batch._refresh_batch(), key=lambda r: (r.company_id, r.environment)
        )

    def action_refresh(self):
        """Ask Urssaf now about these requests, and record the payouts that it announces."""
        self._check_user()
        requests = self.sudo().filtered("id_request")
        requests._commit()
        for _key, group in requests.grouped(lambda r: (r.company_id, r.environment)).items():
            for start in range(0, len(group), SEARCH_SIZE):
                group[start : start + SEARCH_SIZE]._refresh_batch()
        requests.payout_ids._record_due()

    def _refresh_batch(self):
        """Read the status of at most ten requests of one company and environment; commit what they say."""
        requests = self._claim(*FOLLOW_UP)
        if not requests:
            return
        with requests._client() as client:
            try:
                result = client.search(ids=requests.mapped("id_request"))
            except errors.UrssafError as error:
                # Nothing learnt. A status can wait; what is announced is not lost.
                requests._postpone(error)
                requests._tell_that_reading_fails(error)
            else:
                found = {info.id_request: info for info in result.found}
                for request in requests:
                    request._refreshed_alone(found.get(request.id_request))
        requests._commit()

    def _refreshed_alone(self, info):
        """Apply one answer; what goes wrong with it stays with it."""
        try:
            with self.env.cr.savepoint():
                self._refreshed(info)
        except (UserError, ValueError) as error:
            self.next_try_at = self._retry_at()
            self._step_failed(error)

    def _refreshed(self, info):
        if not info:
            self._schedule()
            self._raise_problems([wording.note("not_shown", number=self.number)])
        elif info.number != self.number:
            self._schedule()
            self._raise_problems([wording.note("other_number", number=self.number)])
        else:
            self._apply_info(info)

    # === WHAT URSSAF SAYS === #

    def _apply_info(self, info):
        """Bring the request to what Urssaf says (a ``RequestInfo``). Money is recorded later, apart.

        :return: whether the status, or the transfer, changed
        """
        self.ensure_one()
        self.last_check_at = fields.Datetime.now()
        is_new_status = bool(info.status_code) and info.status_code != self.urssaf_status
        has_amount = info.transfer_amount is not None
        state = self._state_for(info.status_code or self.urssaf_status, has_amount=has_amount)
        self.write(self._info_values(info))
        if is_new_status:
            self._record_status(info.status_code, info.status_label)
            self._log_status()
        doubt = None
        if info.status_code == PAID and has_amount:
            doubt = self._note_payout(info, is_another=is_new_status and self.payout_ids)
            if doubt in ("paid_again", "payout_changed"):
                state = "to_settle"
        is_news = is_new_status or doubt or state != self.state or (self._is_stalled() and not self.problems)
        self._set_state(state)
        if is_news:
            self._tell_what_it_means(doubt)
        return bool(is_news)

    def _info_values(self, info):
        values = {}
        if info.refusal_code:
            values["refusal_code"] = info.refusal_code
        if info.refusal_comment:
            values["refusal_comment"] = info.refusal_comment
        if info.transfer_date:
            values["transfer_date"] = info.transfer_date
        if info.transfer_amount is not None:
            values["transfer_amount"] = float(info.transfer_amount)
        return values

    def _note_payout(self, info, *, is_another):
        """Write down the payout that Urssaf announces, once; return what a person must look at (a note), or None.

        :param is_another: the status had left "paid" and comes back to it
        """
        amount = float(info.transfer_amount)
        known = self.payout_ids.sorted("sequence")[-1:]
        if known and not is_another:
            return known._changed_to(amount, info.transfer_date)
        doubt = "paid_again" if known else None if info.transfer_date else "payout_without_date"
        values = {
            "sequence": known.sequence + 1,
            "date": info.transfer_date,
            "amount": amount,
            "state": "to_confirm" if doubt else "to_record",
        }
        self.payout_ids = [Command.create(values)]
        self._trigger("payout")
        return doubt

    def _tell_what_it_means(self, doubt=None):
        """Alert the person in charge where somebody must act; close the activity where nothing is left to do."""
        problems = [wording.note(doubt, number=self.number)] if doubt else self._status_problems()
        if problems:
            self._raise_problems(problems)
            self.move_id._urssaf_log(self.env._("News from Urssaf about the payment request."), problems)
        elif not self.payout_ids.filtered(lambda payout: payout.state == "to_confirm"):
            self._clear_problems()

    def _tell_that_reading_fails(self, error):
        """A status that could not be read for a day is somebody's business."""
        since = min(request.last_check_at or request.sent_at for request in self)
        if fields.Datetime.now() - since > timedelta(hours=PATIENCE_HOURS):
            self[:1]._raise_problems(wording.from_failure(error))

    def _status_problems(self):
        status = wording.request_status(self.env, self.urssaf_status)
        params = {"status": status, "number": self.number}
        if self.state == "to_settle":
            return [wording.note("to_settle", **params)]
        if self.state == "refused":
            reason = self.refusal_reason or status
            return [wording.note("refused", reason=reason, comment=self.refusal_comment or "-", **params)]
        if self.state == "cancelled":
            return [wording.note("cancelled", **params)]
        if self.urssaf_status == REFUSED_DEBIT:
            return [wording.note("debit_refused", **params)]
        if self.state == "sent" and not wording.is_usual_status(self.urssaf_status):
            return [wording.note("unusual_status", **params)]
        if self._is_stalled():
            return [wording.note("stalled", days=str(STALLED_DAYS), **params)]
        return []

    def _is_stalled(self):
        """Tell whether Urssaf has said the same for much longer than it takes: docs/api.md §4."""
        since = self.urssaf_status_date or self.sent_at
        return self.state == "sent" and fields.Datetime.now() - since > timedelta(days=STALLED_DAYS)

    def _log_status(self):
        label = wording.request_status(self.env, self.urssaf_status)
        self._log(self.env._("Status at Urssaf: %(status)s", status=label))
