from odoo import fields, models

from ..urssaf.http import errors
from ..urssaf.http.wire import day_from_wire, object_from_wire
from ..urssaf.rules import place


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
            result = client.search(numbers=unsure.mapped("number"))
            held = unsure.filtered(lambda request: request._found_in(result))
            if held and held != unsure:
                # Of the others this answer said nothing in so many words.
                result_of_rest = client.search(numbers=(unsure - held).mapped("number"))
            else:
                result_of_rest = result
        except errors.UrssafError as error:
            unsure._postpone(error)
            unsure._tell_that_calls_fail(error, "send")
            return self - unsure
        for request in held:
            request._held_already(result)
        absent = (unsure - held).filtered(lambda request: request._is_told_absent(result_of_rest))
        return self - unsure + absent

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

    def _is_told_absent(self, result):
        """Tell whether Urssaf has said twice, some minutes apart, that it does not know this number."""
        if not result.nothing_found:
            self.next_try_at = self._retry_at()
            self._tell_that_calls_fail(errors.OutcomeUnknown("search"), "send")
            return False
        if not self._is_surely_absent():
            return False
        self.write({"absent_since": False, "last_check_at": fields.Datetime.now()})
        return True


def _days(message):
    """Return the days by which a message, as sent, is told from that of another invoice."""
    sent = object_from_wire(message)
    return {name: day_from_wire(sent.get(name)) for name in ("dateFacture", "dateDebutEmploi", "dateFinEmploi")}
