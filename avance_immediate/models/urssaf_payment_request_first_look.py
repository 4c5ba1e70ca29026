from odoo import fields, models
from odoo.exceptions import UserError

from .. import wording
from ..urssaf.http import errors
from ..urssaf.http.wire import day_from_wire, object_from_wire
from ..urssaf.rules import place
from .urssaf_payment_request_suspects import UNSETTLED


class UrssafPaymentRequest(models.Model):
    """Which numbers are looked up before they are sent for the first time: docs/money.md, section 11.

    A database that was restored, or is an unknown copy, queues what Urssaf holds already.
    """

    _inherit = "urssaf.payment.request"

    def _keep_unknown_to_urssaf(self, client):
        """Return those of these queued requests, locked, that may be sent now: Urssaf does not know their number.

        One call for all whose number is to be looked up. What Urssaf does not know is asked about once more before it
        goes; what it knows is adopted, or asks a person.
        """
        unsure = self.filtered(lambda request: request._must_be_looked_up())
        if not unsure:
            return self
        try:
            result, held, absent = unsure._search_numbers(client)
        except errors.UrssafError as error:
            return self._without(unsure, error)
        held._step_alone(lambda request: request._held_already(result))
        (unsure - held - absent)._not_spoken_of()
        absent = absent._step_alone(lambda request: request._is_told_absent())
        return self - unsure + absent

    def _not_held(self, client):
        """Return those of these queued requests that Urssaf does not hold, as far as one call tells; the caller has
        locked them.

        Asked about are those that Urssaf had turned away: docs/money.md, rule 3. What it holds is looked up.
        """
        doubtful = self.filtered("is_turned_away")
        if not doubtful:
            return self
        try:
            _result, held, absent = doubtful._search_numbers(client)
        except errors.UrssafError as error:
            return self._without(doubtful, error)
        for request in held:
            request._outcome_unknown([])
        (doubtful - held - absent)._not_spoken_of()
        absent.is_turned_away = False
        return self - doubtful + absent

    def _without(self, asked, error):
        """Return those of these requests that may go although the question about ``asked``, of them, has failed."""
        asked._first_look_failed(error)
        # A refusal is about these alone; else the next call would fare no better.
        return self - asked if isinstance(error, errors.Refused) else self.browse()

    def _free_to_withdraw(self):
        """Return those of these queued requests, locked, that Urssaf does not hold; what it holds is looked up.

        :raise UserError: Urssaf does not say of one of them
        """
        unsure = self.filtered(lambda request: request._may_be_held())
        free = self - unsure
        for requests in unsure.grouped(lambda r: (r.holder_id, r.environment)).values():
            try:
                with requests._client() as client:
                    result, held, absent = requests._search_numbers(client)
            except errors.UrssafError:
                held = absent = self.browse()
            if (held | absent) != requests:
                numbers = ", ".join(requests.mapped("number"))
                raise UserError(
                    self.env._(
                        "Nothing was withdrawn: Urssaf may hold %s already, and does not say. Try again later.", numbers
                    )
                )
            for request in held:
                request._held_already(result)
            free += absent
        return free

    def _may_be_held(self):
        """Tell whether Urssaf may hold this queued number, although it never said so; of a test left behind, no."""
        if self.environment != "production" and self.is_other_environment:
            return False
        return self.is_turned_away or self._must_be_looked_up()

    def _search_numbers(self, client):
        """Ask Urssaf which of these numbers it holds.

        :return: its answer (``SearchResult``), the requests that it holds, and those of which it says in so many words
            that it holds none; about others it has said nothing
        :raise UrssafError: nothing was learnt
        """
        result = result_of_rest = client.search(numbers=self.mapped("number"))
        held = self.filtered(lambda request: request._found_in(result))
        rest = self - held
        if held and rest:
            # Of the others this answer said nothing in so many words.
            result_of_rest = client.search(numbers=rest.mapped("number"))
        return result, held, rest if result_of_rest.nothing_found else self.browse()

    def _not_spoken_of(self):
        """An answer that speaks of something else is none."""
        if self:
            self._first_look_failed(errors.OutcomeUnknown("search"))

    def _first_look_failed(self, error):
        """Urssaf was asked what it holds of these queued numbers, and did not say: one of them may spoil the question.

        Each goes alone from now on, after those that failed longer ago (``failed_at``). In an outage one of all that
        wait tells it.
        """
        may_be_theirs = isinstance(error, UNSETTLED)
        is_alone = len(self) == 1
        others_pass = may_be_theirs and self._have_others_passed()
        if may_be_theirs and not is_alone:
            self.send_alone = True
        self._postpone(error)
        if others_pass or isinstance(error, errors.Refused):
            if is_alone:
                self._tell_that_calls_fail(error, "send")
        elif not self._is_told_by_another(error):
            self._tell_that_calls_fail(error, "send")

    def _have_others_passed(self):
        """Tell whether Urssaf has answered about another request since it failed to about these."""
        since = min(request.failed_at or request.queued_at or request.create_date for request in self)
        others = [*self._of_same_queue(), ("last_check_at", ">", since)]
        return bool(self.search_count(others, limit=1))

    def _is_told_by_another(self, error):
        """Tell whether another request that waits tells already that such calls fail."""
        codes = {problem["code"] for problem in wording.from_failure(error)}
        waiting = [("state", "in", ("queued", "uncertain")), ("failed_at", "!=", False)]
        others = self.search([*self._of_same_queue(), *waiting])
        telling = others.filtered(lambda r: codes & {problem["code"] for problem in r.problems or []})
        return any(request._open_activities() for request in telling)

    def _of_same_queue(self):
        return [
            ("holder_id", "=", self.holder_id.id),
            ("environment", "=", self[:1].environment),
            ("id", "not in", self.ids),
        ]

    def _must_be_looked_up(self):
        self.ensure_one()
        restored_at = self.env["urssaf.credentials"]._restored_at()
        asked_at = self.last_check_at or None
        now = fields.Datetime.now()
        return place.must_be_looked_up(self.queued_at or self.create_date, asked_at, restored_at, now)

    def _found_in(self, result):
        return [info for info in result.found if info.number == self.number]

    def _held_already(self, result):
        """Urssaf holds this number, which we have never sent: ours from before, or another invoice's."""
        # When it left is not known: after it was queued, unless that was done anew.
        values = {"absent_since": False, "sent_at": self.sent_at or self.queued_at}
        self._set_state("uncertain", next_try_at=fields.Datetime.now(), **values)
        self._looked_up(result)

    def _is_of_our_days(self, info):
        """Tell whether what Urssaf holds is for the days of this request, where it may be another invoice's.

        A client's invoices have the same amount each month. What was sent from here under this number is this one.
        """
        return bool(self.send_count) or place.are_same_days(
            _days(self.sudo().payload), _days(info.raw.get("demandePaiement"))
        )

    def _is_told_absent(self):
        """Note that Urssaf does not know this number; tell whether it has said so twice, some minutes apart."""
        if not self._is_surely_absent():
            return False
        self.write({"absent_since": False, "last_check_at": fields.Datetime.now()})
        return True


def _days(message):
    """Return the days by which a message, as sent, is told from that of another invoice."""
    sent = object_from_wire(message)
    return {name: day_from_wire(sent.get(name)) for name in ("dateFacture", "dateDebutEmploi", "dateFinEmploi")}
