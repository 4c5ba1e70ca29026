from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .. import wording
from ..rights import MANAGER
from ..urssaf.http import errors
from .urssaf_payment_request_queue import MUST_ACT
from .urssaf_payment_request_suspects import UNSETTLED
from .urssaf_queue import SEND

LOOKUP_SECONDS = 60  # Urssaf may need a moment before it shows what it has just accepted


class UrssafPaymentRequest(models.Model):
    """Looking up by its number what became of a request, when no answer told: docs/money.md."""

    _inherit = "urssaf.payment.request"

    def _lock_interrupted(self):
        # OVERRIDE urssaf.remote.mixin: the invoice first, as for sending
        return self._try_lock_with_invoice(self.move_id, "sending")

    @api.model
    def _look_up_due(self):
        """Look up the uncertain requests whose time has come."""
        self._run_due(
            self._due_domain("uncertain") & Domain("needs_person", "=", False),
            lambda request: request._is_due() and request._look_up(),
            # What may be the one that Urssaf cannot answer about goes last.
            order="failed_at NULLS FIRST, next_try_at, id",
        )

    def _look_up(self):
        """Ask Urssaf for this request by its number, and draw the conclusion."""
        request = self._try_lock("uncertain")
        if not request:
            return
        with request._client() as client:
            failed = False
            try:
                result = client.search(numbers=[request.number])
            except errors.UrssafError as error:
                # Nothing learnt: the question stays open.
                failed = isinstance(error, errors.OutcomeUnknown)
                request._look_up_failed(error)
            else:
                request._looked_up(result)
            request._commit()
            if failed:
                # While nothing can be looked up, nothing is sent that would show how long an outage lasts.
                self.env["urssaf.queue"]._note(SEND, request, None)

    def _look_up_failed(self, error):
        """Urssaf did not say what became of this request. In an outage one of all that wait tells it."""
        others_pass = isinstance(error, UNSETTLED) and self._have_others_passed()
        self._postpone(error)
        if others_pass or isinstance(error, (errors.Refused, *MUST_ACT)) or not self._is_told_by_another(error):
            self._tell_that_calls_fail(error, "look_up")

    def _looked_up(self, result):
        found = [info for info in result.found if info.number == self.number]
        if len(found) == 1 and self._is_ours(found[0]) and not self._is_of_another(found[0]):
            self._accepted({self: found[0].id_request})
            self._apply_info(found[0])
            return
        self.last_check_at = fields.Datetime.now()
        if found:
            self._ask_person(self._why_not_ours(found))
        elif result.nothing_found:
            self._not_there()
        else:
            # An answer that speaks of something else is none.
            self.next_try_at = self._retry_at()
            self._tell_that_calls_fail(errors.OutcomeUnknown("search"), "look_up")

    def _why_not_ours(self, found):
        """Return the code of why what Urssaf holds under our number (``RequestInfo``) is not taken for this request."""
        if any(self._is_of_another(info) for info in found):
            return "request_of_another"
        if any(self._is_same(info) and not self._is_of_our_days(info) for info in found):
            return "number_of_other_days"
        if len(found) == 1 and self._is_same(found[0]):
            return "reference_unusable"
        return "number_of_another"

    def _is_ours(self, info):
        """Tell whether what Urssaf holds under our number is this request, with a reference that can be kept."""
        return bool(info.id_request) and self._is_same(info) and self._is_of_our_days(info)

    def _is_same(self, info):
        """Tell whether client and amount of what Urssaf holds are those of this request."""
        return info.id_client.lower() == self.sudo().payload["idClient"].lower() and not (
            self.currency_id.compare_amounts(wording.storable_amount(info.amount), self.amount)
        )

    def _is_of_another(self, info):
        """Tell whether what Urssaf holds is another request of this database: companies share an account of Urssaf's.

        The indexes, which go by the holder of the credentials, do not know.
        """
        same = [("id_request", "=", info.id_request), ("environment", "=", self.environment), ("id", "!=", self.id)]
        return bool(info.id_request and self.sudo().search_count(same, limit=1))

    def _not_there(self):
        """Urssaf does not know the number. Where that is certain, it goes again, or a person decides."""
        if not self._is_surely_absent():
            return
        if self.is_duplicate:
            self._ask_person("used_but_not_shown")
        elif code := self._why_not_again():
            self._ask_person(code)
        else:
            self._set_state("queued", absent_since=False, next_try_at=self._attempts().next_at())
            self._clear_problems()
            self._log(self.env._("Urssaf does not know this number: it will be sent again."))

    def _ask_person(self, code):
        self._hold_for_review()
        self._raise_problems([wording.note(code, number=self.number)])

    @api.model
    def _lookup_at(self, error=None):
        """Return when to look up after ``error``: Urssaf's delay if it gave one, else in a minute."""
        return fields.Datetime.now() + timedelta(seconds=getattr(error, "retry_after", None) or LOOKUP_SECONDS)

    # === WHAT A PERSON DECIDES === #

    def action_look_up(self):
        """Ask Urssaf now what it holds under the numbers of those of these requests whose outcome is unknown."""
        self._check_user()
        for request in self.sudo().filtered(lambda request: request.state == "uncertain"):
            request._commit()
            request.needs_person = False
            request._look_up()

    def action_adopt(self):
        """A manager has checked at Urssaf that the request found under our number is this one.

        :raise UserError: Urssaf does not answer, or does not hold exactly one request under this number
        """
        self.ensure_one()
        self._check_user(MANAGER)
        request = self.sudo()
        request._commit()
        request = request._try_lock("uncertain")
        if not request:
            return
        with request._client() as client:
            try:
                found = [
                    info for info in client.search(numbers=[request.number]).found if info.number == request.number
                ]
            except errors.UrssafError as error:
                raise UserError(wording.as_text(self.env, wording.from_failure(error))) from error
        if len(found) != 1 or not found[0].id_request:
            raise UserError(self.env._("Urssaf shows no single request under the number %s.", request.number))
        if request._is_of_another(found[0]):
            problem = wording.note("request_of_another", number=request.number)
            raise UserError(wording.as_text(self.env, [problem]))
        request._accepted({request: found[0].id_request})
        request._apply_info(found[0])
        self.env["urssaf.payout"]._trigger_recording()

    def action_give_up(self):
        """A manager has checked at Urssaf that these requests, which await a decision, were not accepted."""
        self._check_user(MANAGER)
        for request in self.sudo()._try_lock("uncertain").filtered("needs_person"):
            request._rejected([wording.note("given_up")])
