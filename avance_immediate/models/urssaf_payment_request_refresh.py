from datetime import timedelta
from decimal import Decimal

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from .. import wording
from ..urssaf.http import errors
from ..urssaf.rules import payout_fault
from ..urssaf.tiers_prestation import codes
from .urssaf_payment_request_expected import NOTHING_COMES
from .urssaf_payment_request_suspects import LOT_SIZE
from .urssaf_queue import SEARCH

STALLED_DAYS = 15  # from one status to the next takes a week at most


class UrssafPaymentRequest(models.Model):
    """Following a request at Urssaf, also after "paid": docs/api.md §4."""

    _inherit = "urssaf.payment.request"

    @api.model
    def _cron_refresh(self):
        """Ask Urssaf about the requests whose time has come, ten a call."""
        self._run_due(
            self._due_domain(*self._lifecycle.follow_up) & Domain("id_request", "!=", False),
            lambda lot: lot.filtered(lambda request: request._is_due())._refresh_batch(),
            batches=lambda requests: requests._lots(),
            # What may spoil a search goes last.
            order="lot_failures, next_try_at, id",
        )
        self.env["urssaf.payout"]._trigger_recording()

    def action_refresh(self):
        """Ask Urssaf now about these requests, and record the payouts that it announces."""
        self._check_user()
        requests = self.sudo().filtered("id_request")
        requests._commit()
        for _key, group in requests.grouped(lambda r: (r.holder_id, r.environment)).items():
            for start in range(0, len(group), LOT_SIZE):
                group[start : start + LOT_SIZE]._refresh_batch()
        requests.payout_ids._record_due()

    def _refresh_batch(self):
        """Read the status of at most ten requests of one holder and environment; commit what they say.

        Nothing is locked while Urssaf is asked. What it said is applied under the lock, unless somebody else has
        applied a later answer meanwhile.
        """
        if not self:
            return
        asked_at = fields.Datetime.now()
        with self._client() as client:
            try:
                found = self._read_statuses(client)
            except errors.UrssafError as error:
                # Nothing learnt. A status can wait; what is announced is not lost.
                self._commit()
                self._lot_failed(error)
                self._commit()
                # What passes from now on is noted to the moment.
                self.env["urssaf.queue"]._note(SEARCH, self, None)
                return
        moves = self.move_id
        self._commit()
        requests = self._try_lock_with_invoice(moves, *self._lifecycle.follow_up)
        requests = requests.filtered(lambda r: not r.last_check_at or r.last_check_at <= asked_at)
        has_news = requests._refreshed_together(
            {request: found.get(request.id_request.lower(), ()) for request in requests}
        )
        if requests == self and not has_news:
            self.env["urssaf.exchange"]._mark_quiet("search", self, asked_at)
        requests._commit()
        self._lot_passed()

    def _read_statuses(self, client):
        """Return what Urssaf says of these requests, as ``SearchResult.by_id``."""
        try:
            result = client.search(ids=self.mapped("id_request"))
        except errors.Refused as error:
            if len(self) == 1 or not _is_refused_for_good(error):
                raise
            # Urssaf will not answer about one of them: each is asked alone, and what is refused stays with it.
            return {key: infos for request in self for key, infos in request._read_alone(client).items()}
        return result.by_id

    def _read_alone(self, client):
        try:
            return self._read_statuses(client)
        except errors.Refused:
            return {}

    def _refreshed_together(self, answers):
        """Apply what was answered: at once, or one by one where one of them spoils that.

        :param answers: by request, as ``_refreshed`` takes them
        :return: whether there was anything new, or wrong
        """
        try:
            with self.env.cr.savepoint():
                return any([request._refreshed(infos) for request, infos in answers.items()])
        except psycopg2.OperationalError:
            raise
        except Exception:
            return any([request._refreshed_alone(infos) for request, infos in answers.items()])

    def _refreshed_alone(self, infos):
        """Apply one answer; what goes wrong with it stays with it.

        :return: whether there was anything new, or wrong
        """
        try:
            with self.env.cr.savepoint():
                return self._refreshed(infos)
        except psycopg2.OperationalError:
            raise
        except Exception as error:
            self.next_try_at = self._retry_at()
            self._step_failed(error)
            return True

    def _refreshed(self, infos):
        """Apply what an answer says of this request: a ``RequestInfo``, none, or several that contradict each other.

        :return: whether there was anything new, or wrong
        """
        if not infos:
            self.is_not_shown = True
            self._schedule()
            if self.state != "closed":  # a person has seen to it
                self._raise_problems(self._current_problems() + [wording.note("not_shown", number=self.number)])
        elif len(infos) > 1:
            self._learn_nothing("contradictory")
        elif infos[0].number != self.number:
            self._learn_nothing("other_number")
        else:
            announced = self.transfer_date, self.transfer_amount
            is_news = self._apply_info(infos[0])
            return is_news or bool(self.problems) or announced != (self.transfer_date, self.transfer_amount)
        return True

    def _learn_nothing(self, code):
        """Leave the request as it was: the answer about it is not to be believed, and a person is told why."""
        self.is_not_shown = False
        self._schedule()
        self._sync_problems(more=[wording.note(code, number=self.number)])

    # === WHAT URSSAF SAYS === #

    def _apply_info(self, info):
        """Bring the request to what Urssaf says (a ``RequestInfo``). Money is recorded later, apart.

        :return: whether there was any news
        """
        self.ensure_one()
        if info.is_garbled or not info.status_code:
            self._learn_nothing("garbled_code" if info.is_garbled else "unreadable")
            return False
        announced = self.transfer_date
        self.write(self._info_values(info))
        is_news = info.status_code != self.urssaf_status
        is_paid = codes.is_paid(info.status_code)
        is_first_paid = is_news and is_paid and not self._was_paid()
        had_left_paid = is_news and is_paid and self._has_payout_of_before()
        if is_news:
            self._record_status(info.status_code, info.status_label)
            label = wording.request_status(self.env, self.urssaf_status)
            self._log(self.env._("Status at Urssaf: %(status)s", status=label))
        self.last_check_at = fields.Datetime.now()
        self._log_moved_transfer(announced)
        if is_paid and (info.transfer_amount is not None or info.is_transfer_unreadable):
            is_news |= self._note_payout(info.transfer_amount, info.transfer_date, had_left_paid, is_first_paid)
        elif (info.transfer_amount or 0) > 0 and codes.may_follow_payment(info.status_code):
            is_news |= self._note_unseen_payout(info.transfer_amount, info.transfer_date)
        if is_news:
            self._ask_what_is_taken_back()
        self._set_state(self._state_after(is_news, is_first_paid))
        self._sync_problems(is_news)
        return is_news

    def _info_values(self, info):
        is_announced = info.transfer_amount is not None or info.is_transfer_unreadable
        values = {
            "refusal_code": info.refusal_code,
            "refusal_comment": info.refusal_comment,
            "transfer_date": info.transfer_date,
            "transfer_amount": wording.storable_amount(info.transfer_amount) if is_announced else None,
        }
        if self._is_forgotten():
            del values["refusal_comment"]
        values = {name: value for name, value in values.items() if value not in (None, "")}
        if info.status_code in NOTHING_COMES and not self.payout_ids:
            values.setdefault("transfer_date", False)  # what was planned does not come
        return {"is_not_shown": False, **values}

    def _log_moved_transfer(self, former):
        """Say in the chatter that Urssaf moved the transfer that it had announced for ``former``, or planned none."""
        if not former or former == self.transfer_date:
            return
        dates = {name: format_date(self.env, date) for name, date in (("former", former), ("date", self.transfer_date))}
        if self.transfer_date:
            self._log(self.env._("Transfer announced for %(date)s instead of %(former)s.", **dates))
        else:
            self._log(self.env._("The transfer announced for %(former)s does not come.", former=dates["former"]))

    def _state_after(self, is_news, is_first_paid=False):
        """Map Urssaf's status to our state (``tiers_prestation.codes``).

        Once a payout is known nothing but "paid", and a payout that is what it was, leaves the request as it is:
        everything else is to settle by a person, an unknown code too.

        :param is_first_paid: Urssaf says "paid", and had said another thing beside its transfer so far
        """
        self.ensure_one()
        if self.state == "closed" and not is_news:
            return "closed"
        if not self.payout_ids:
            return codes.request_status(self.urssaf_status).state
        unclear = self.payout_ids.filtered(lambda payout: payout._is_to_settle())
        is_clear = codes.is_paid(self.urssaf_status) and not unclear
        if is_clear and (self.state not in ("to_settle", "closed") or (is_first_paid and not self.recovery_ids)):
            return "paid"
        return "closed" if self._is_settled() else "to_settle"

    def _has_payout_of_before(self):
        """Tell whether "paid", which the status becomes now, is about another payout than the one that is known.

        A payout that was first seen beside another status is the one that "paid" is about, unless it was set aside.
        """
        known = self.payout_ids.sorted("sequence")[-1:]
        return bool(known) and (self._was_paid() or known.state == "dismissed")

    def _was_paid(self):
        """Tell whether the status has been "paid" before, or is."""
        return any(codes.is_paid(status.code) for status in self.status_ids)

    def _has_left_paid(self):
        """Tell whether we have seen the status leave "paid"."""
        is_paid = [codes.is_paid(status.code) for status in self.status_ids.sorted("id")]
        return True in is_paid and False in is_paid[is_paid.index(True) :]

    def _paid_as_before(self):
        """A second payout was set aside: the request is simply paid, if its status has never said anything else."""
        is_paid = codes.is_paid(self.urssaf_status) and not self._has_left_paid()
        is_to_settle = self.recovery_ids or self.payout_ids.filtered(lambda payout: payout._is_to_settle())
        if self.state == "to_settle" and is_paid and self.amount_paid_out and not is_to_settle:
            self._set_state("paid")

    def _note_payout(self, amount, date, had_left_paid, anew=False):
        """Write down the payout that Urssaf announces, once; return whether it is news.

        :param amount: ``Decimal`` in euros, ``None`` where it is no number
        :param had_left_paid: the status was another one in between
        :param anew: what is known of it was shown beside another status

        After the status had left "paid", or the request was to settle, it is another payout, which a person confirms;
        so it is where the one that is done with was of another day.
        """
        known = self._payout_of(date)
        is_another = had_left_paid or (not known and self.state in ("to_settle", "closed"))
        if known and not is_another and not known._is_of_another_day(date):
            return known._announced(amount, date, anew)
        self._add_payout(amount, date, is_another or bool(known))
        return True

    def _note_unseen_payout(self, amount, date):
        """Write down a payout that Urssaf shows beside a status that is not "paid"; return whether it is news.

        It was paid, and maybe taken back, between two questions. What the amount says by then is documented nowhere:
        a person compares it with the bank.

        :param amount: ``Decimal`` in euros, above zero
        """
        known = self._payout_of(date)
        if known and not known._is_of_another_day(date):
            return False
        self._add_payout(amount, date, bool(known))
        return True

    def _payout_of(self, date):
        """Return the payout of this day, else the last one, if any."""
        payouts = self.payout_ids.sorted("sequence")
        return (date and payouts.filtered(lambda payout: payout.date == date)[-1:]) or payouts[-1:]

    def _add_payout(self, amount, date, is_another):
        last = max(self.payout_ids.mapped("sequence"), default=0)
        payout = self.env["urssaf.payout"].create(
            {"request_id": self.id, "sequence": last + 1, "is_another": is_another}
        )
        payout._take_announced(amount, date)

    def _payout_fault(self, amount):
        """Return why nobody may book a payout of ``amount`` (``Decimal`` or ``None``) for this request, or False.

        :return: a ``fault_code`` of ``urssaf.payout``
        """
        return payout_fault(amount, Decimal(str(self.amount)), self.currency_id.decimal_places) or False

    def _fault_note(self, code, amount):
        """Return the problem that says ``code``, found by ``_payout_fault`` for ``amount``."""
        amount = {} if amount is None else {"amount": wording.announced(self.env, amount, self.currency_id)}
        return wording.note(code, number=self.number, **amount)

    # === WHAT A PERSON MUST KNOW === #

    def _current_problems(self):
        # EXTENDS urssaf.remote.mixin
        if self.state not in self._lifecycle.follow_up:
            return self.problems or []
        if self.state == "closed":  # a person has seen to it, but for what was undone since
            return [problem for payout in self.payout_ids if payout.undone for problem in payout._problems()]
        return self._deposit_problems() + (self._payout_problems() or self._status_problems())

    def _payout_problems(self):
        problems = [problem for payout in self.payout_ids for problem in payout._problems()]
        paid = self.payout_ids.filtered(lambda payout: payout.state == "recorded" and not payout.confirmed_by_id)
        open_again = self.move_id.payment_state in ("not_paid", "partial") and self.move_id.amount_residual
        if not problems and self.state == "paid" and paid and open_again:
            problems.append(wording.note("paid_but_open", number=self.number))
        return problems

    def _status_problems(self):
        status = codes.request_status(self.urssaf_status)
        label = wording.request_status(self.env, self.urssaf_status)
        params = {"status": label, "number": self.number}
        if self.state == "to_settle":
            return self._settling_problems(params)
        if self.state == "refused":
            return [wording.note("refused", reason=self.refusal_reason or label, **params)]
        if self.state == "cancelled":
            return [wording.note("cancelled", **params)]
        if status.money == codes.UNPAID:
            return [wording.note("debit_refused", **params)]
        if self.state == "sent" and self._is_unusual():
            return [wording.note("unusual_status", **params)]
        if self.state == "sent" and (doubt := self._doubt_about_plan()):
            return [doubt]
        if status.money == codes.PAID and self.is_payout_late:
            expected = format_date(self.env, self.expected_payout_date)
            return [wording.note("paid_without_amount", date=expected, **params)]
        if self._is_stalled():
            return [wording.note("stalled", days=str(STALLED_DAYS), **params)]
        return []

    def _sync_problems(self, is_news=False, more=()):
        # EXTENDS urssaf.remote.mixin: news that ask for somebody are told on the invoice too
        problems = super()._sync_problems(is_news, more)
        if is_news and problems:
            self.move_id._urssaf_log(self.env._("News from Urssaf about the payment request."), problems)
        return problems

    def _is_stalled(self):
        """Tell whether Urssaf has said the same for much longer than it takes: docs/api.md §4."""
        since = self.urssaf_status_date or self.sent_at
        return self.state == "sent" and fields.Datetime.now() - since > timedelta(days=STALLED_DAYS)


def _is_refused_for_good(error):
    """Tell whether a refusal of a search says what is wrong: no fault of Urssaf's, and no code that nobody knows."""
    return not codes.may_be_held(error.codes) and codes.ERRORS.issuperset(error.codes)
