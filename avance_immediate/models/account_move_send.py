from markupsafe import Markup

from odoo import api, models

from .. import wording
from ..rights import USER

EDI = "urssaf"


class AccountMoveSend(models.AbstractModel):
    """Odoo's Send windows: Urssaf as one more way to send, ticked where the company chose it. It only queues."""

    _inherit = "account.move.send"

    @api.model
    def _is_urssaf_applicable(self, move):
        return move.urssaf_can_send and self.env.user.has_group(USER)

    @api.model
    def _is_urssaf_proposed(self, move):
        """Tell whether the company chose it; a branch does as the company whose credentials it uses."""
        return move.company_id.sudo().urssaf_holder_id.urssaf_send_by_default

    @api.model
    def _urssaf_obstacles(self, move):
        """Return what keeps this invoice from being queued, as problems; a copy of the database queues nothing."""
        return move._urssaf_problems() or move.company_id._urssaf_place_problems()

    def _get_all_extra_edis(self):
        # EXTENDS account
        edis = super()._get_all_extra_edis()
        edis[EDI] = {
            "label": self.env._("Urssaf (avance immédiate)"),
            "is_applicable": self._is_urssaf_applicable,
            "help": self.env._("Queue the invoice as a payment request: Urssaf debits the client and pays you."),
        }
        return edis

    @api.model
    def _get_default_extra_edis(self, move):
        # EXTENDS account: ticked only where the company chose it, and where nothing stands in the way
        edis = super()._get_default_extra_edis(move)
        if EDI in edis and (not self._is_urssaf_proposed(move) or self._urssaf_obstacles(move)):
            edis = edis - {EDI}
        return edis

    @api.model
    def _get_default_mail_body(self, move, mail_template, mail_lang):
        # EXTENDS account, whose e-mail asks for the payment: the client who pays us as well has paid twice
        body = super()._get_default_mail_body(move, mail_template, mail_lang)
        if not move.urssaf_no_payment and EDI not in self._get_default_extra_edis(move):
            return body
        notice = self.with_context(lang=mail_lang).env._(
            "Please do not pay this invoice to us: Urssaf writes to you, leaves you 48 hours to accept or refuse it, "
            "then debits your share."
        )
        return Markup("<p><b>%s</b></p>") % notice + body

    def _get_alerts(self, moves, moves_data):
        # EXTENDS account. Never "danger" in a batch: that would hold back the invoices that can go.
        alerts = super()._get_alerts(moves, moves_data)
        wanted = moves.filtered(
            lambda move: (
                EDI in moves_data[move]["extra_edis"]
                or (self._is_urssaf_proposed(move) and self._is_urssaf_applicable(move))
            )
        )
        stuck = wanted.filtered(lambda move: self._urssaf_obstacles(move))
        if stuck:
            alerts["urssaf_stuck"] = {
                "level": "warning",
                "message": self.env._(
                    "These invoices cannot go to Urssaf yet and will be left out: %(invoices)s",
                    invoices="".join(
                        f"\n{move.name}: {wording.as_text(self.env, self._urssaf_obstacles(move))}" for move in stuck
                    ),
                ),
                "action_text": self.env._("View the invoices"),
                "action": stuck._get_records_action(name=self.env._("Invoices to complete")),
            }
        stopped = [
            problem
            for holder in (wanted - stuck).company_id.sudo().urssaf_holder_id
            for problem in self.env["urssaf.queue"]._stopped_problems(holder, holder.urssaf_environment)
        ]
        if stopped:
            alerts["urssaf_stopped"] = {"level": "warning", "message": wording.as_text(self.env, stopped)}
        return alerts

    @api.model
    def _call_web_service_before_invoice_pdf_render(self, invoices_data):
        # EXTENDS account: queued before the PDF is made, so that the PDF says not to pay
        result = super()._call_web_service_before_invoice_pdf_render(invoices_data)
        chosen = self.env["account.move"].union(
            *(move for move, data in invoices_data.items() if EDI in data["extra_edis"])
        )
        ready = chosen.filtered(lambda move: move.urssaf_can_send and not self._urssaf_obstacles(move))
        queued = ready._urssaf_queue().move_id
        for move in chosen - queued:
            move._urssaf_log(self.env._("Not sent to Urssaf."), self._urssaf_obstacles(move))
        return result
