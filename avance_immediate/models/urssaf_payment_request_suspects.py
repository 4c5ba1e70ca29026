from odoo import fields, models

from ..urssaf.http import errors
from ..urssaf.rules import outage
from .urssaf_queue import SEARCH

LOT_SIZE = 10  # docs/api.md §2.4
UNSETTLED = (errors.Refused, errors.OutcomeUnknown)


class UrssafPaymentRequest(models.Model):
    """Finding by halves which request spoils the search for a lot: docs/money.md, rule 4."""

    _inherit = "urssaf.payment.request"

    lot_size = fields.Integer(
        default=LOT_SIZE, readonly=True, copy=False, aggregator=None, help="With how many Urssaf is asked about it."
    )
    lot_failures = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        aggregator=None,
        help="How often the search for its lot has failed in a row.",
    )
    lot_failing_since = fields.Datetime(readonly=True, copy=False)

    def _lots(self):
        """Return these requests, of one holder and environment, by lots: each with those of its size."""
        groups = self.grouped("lot_size").items()
        return [lot for size, requests in groups for lot in requests._in_batches(size or LOT_SIZE)]

    def _lot_passed(self):
        """The search for this lot has passed: none of them spoils it."""
        if failing := self.filtered("lot_failing_since").try_lock_for_update(allow_referencing=True):
            failing.write({"lot_size": LOT_SIZE, "lot_failures": 0, "lot_failing_since": False})
            self._commit()
        self.env["urssaf.queue"]._note(SEARCH, self, True)

    def _lot_failed(self, error):
        """The search for this lot has failed: it is repeated, later by halves; somebody is told after a day."""
        self._postpone(error)
        if not isinstance(error, UNSETTLED):
            self._tell_that_calls_fail(error, "refresh")
            return
        passed_at = self.env["urssaf.queue"]._of(self, SEARCH).passed_at or None
        now = fields.Datetime.now()
        since = min(request.lot_failing_since or now for request in self)
        # Neighbours are asked about with it, in the same moment, and then not for half a day.
        others_pass = bool(passed_at and passed_at >= since)
        failures = max(self.mapped("lot_failures")) + 1
        if len(self) > 1 and outage.must_halve(
            failures, since, now, others_pass=others_pass, is_first=self._is_first_to_halve()
        ):
            self.write({"lot_size": (len(self) + 1) // 2, "lot_failures": 0, "lot_failing_since": now})
            return
        self.write({"lot_failures": failures, "lot_failing_since": since})
        if others_pass and len(self) == 1:
            self._tell_that_calls_fail(error, "refresh")
        elif not others_pass:
            self._tell_that_none_pass(error)

    def _is_first_to_halve(self):
        """Tell whether no other request is asked about in smaller lots."""
        followed = [("id_request", "!=", False), ("lot_size", "<", len(self)), ("lot_failing_since", "!=", False)]
        return not self.search_count([*self._of_same_queue(), *followed], limit=1)

    def _tell_that_none_pass(self, error):
        """Tell once, on one of all the requests that are followed, that Urssaf answers about none of them."""
        queue = self.env["urssaf.queue"]._made_of(self, SEARCH)
        if not queue.told and self._tell_that_calls_fail(error, "refresh"):
            queue.told = "following_fails"
