from odoo import fields, models
from odoo.tools.misc import format_date, format_datetime

from .. import wording
from ..catalogue import REQUEST_STATES, UNKNOWN_REQUEST_STATUS, request_status
from ..catalogue.portal_pages import ACCOUNT
from ..urssaf.rules import schedule
from ..urssaf.tiers_prestation import codes


class AccountMove(models.Model):
    """What the client reads of the invoice's payment request, on the portal."""

    _inherit = "account.move"

    def _urssaf_portal_step(self, is_client):
        """Return where this invoice stands at Urssaf, said to the client.

        :param is_client: who reads it may read the invoice by themselves, and does not just have a link to it
        :return: ``{"level", "title", "text", "lines", "link"}``, or nothing where it was not sent. Hours are of
            Europe/Paris. When Urssaf told the client is not known, only that it was after one check and before
            another. The deadline counts from the first of them, so that it is never later than the true one, and no
            hour is said once it is over; it has surely passed when it has from the second.
        """
        self.ensure_one()
        request = self.sudo().urssaf_request_id
        if not request:
            return {}
        earliest, latest = (
            since and since + schedule.SILENCE for since in (request.former_status_at, request.urssaf_status_date)
        )
        now = fields.Datetime.now()
        delay = "late" if latest and latest <= now else "early" if earliest and earliest > now else ""
        told = _told(request, delay, is_client)
        if not told:
            return {}
        params = {"deadline": self._urssaf_portal_moment(earliest)}
        return {
            "level": told.level,
            "title": wording.say(self.env, told.title) % params,
            "text": wording.say(self.env, told.text),
            "lines": self._urssaf_portal_lines(request),
            "link": request.state == "sent" and ACCOUNT,
        }

    def _urssaf_portal_lines(self, request):
        """Return the facts about a payment request that the client may want: when it was sent, and paid."""
        lines = []
        if request.sent_at and request.state in ("sent", "paid"):
            day = format_date(
                self.env, fields.Datetime.context_timestamp(self.with_context(tz="Europe/Paris"), request.sent_at)
            )
            lines.append(self.env._("Sent to Urssaf on %(day)s", day=day))
        if request.state == "paid" and request.transfer_date:
            lines.append(self.env._("Paid by Urssaf on %(day)s", day=format_date(self.env, request.transfer_date)))
        return lines

    def _urssaf_portal_moment(self, moment):
        if not moment:
            return ""
        return format_datetime(self.env, moment, tz="Europe/Paris", dt_format="EEEE d MMMM, HH:mm")


def _told(request, delay, is_client):
    """Return what the client reads of ``request`` (``Told``), or nothing where it never left.

    :param delay: of the hours to answer: ``early`` where they have surely not passed, ``late`` where they surely have,
        else empty
    :param is_client: whether it is the client who reads it; what their bank did is nobody else's business
    """
    if request.state != "sent":
        return REQUEST_STATES[request._state_of_words()].client
    unknown = UNKNOWN_REQUEST_STATUS.client
    if codes.request_status(request.urssaf_status).money == codes.UNPAID and not is_client:
        return unknown
    words = request_status(request.urssaf_status or "10")
    in_time = {"early": words.client_early, "late": words.client_late}
    return in_time.get(delay) or words.client or unknown
