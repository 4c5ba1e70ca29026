from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.tools.sql import column_exists, create_column

from .. import wording
from ..rights import USER, check_user
from .urssaf_payment_request import AWAITING_PAYOUTS, AWAITING_STATES, FREE_STATES, LIVE_STATES, STATES
from .urssaf_registration import STATES as REGISTRATION_STATES


class AccountMove(models.Model):
    """The invoice: what Urssaf needs to know of it, and a projection of its payment request.

    Whether it can be sent, and the message: ``account_move_check``. What may no longer change: ``account_move_guard``.
    """

    _inherit = "account.move"

    urssaf_service_start = fields.Date(string="First day of service", copy=False)
    urssaf_service_end = fields.Date(string="Last day of service", copy=False)
    urssaf_worker = fields.Char(
        string="Worker",
        compute="_compute_urssaf_worker",
        store=True,
        readonly=False,
        copy=True,
        help="SAP and nine digits, or SIR and the fourteen digits of a SIRET. By default the company's SAP number.",
    )
    urssaf_request_ids = fields.One2many(
        "urssaf.payment.request",
        "move_id",
        string="Payment requests",
        readonly=True,
        # Those who may read the requests: others who read invoices, clients on the portal say, read all of them.
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    urssaf_request_id = fields.Many2one(
        "urssaf.payment.request",
        string="Payment request",
        compute="_compute_urssaf_request_id",
        store=True,
        index="btree_not_null",
    )
    urssaf_state = fields.Selection(
        STATES, string="Avance immédiate", compute="_compute_urssaf_state", store=True, index="btree_not_null"
    )
    urssaf_status_label = fields.Char(related="urssaf_request_id.urssaf_status_label")
    urssaf_transfer_date = fields.Date(related="urssaf_request_id.transfer_date", string="Urssaf's transfer")
    urssaf_request_count = fields.Integer(compute="_compute_urssaf_request_count")
    urssaf_registration_id = fields.Many2one(
        "urssaf.registration",
        compute="_compute_urssaf_registration_id",
        compute_sudo=True,
        groups=USER,
    )
    urssaf_registration_state = fields.Selection(
        REGISTRATION_STATES,
        string="Client at Urssaf",
        compute="_compute_urssaf_registration_id",
        search="_search_urssaf_registration_state",
        compute_sudo=True,
    )
    urssaf_is_concerned = fields.Boolean(
        compute="_compute_urssaf_registration_id", compute_sudo=True, export_string_translation=False
    )
    urssaf_can_register = fields.Boolean(
        compute="_compute_urssaf_registration_id", compute_sudo=True, export_string_translation=False
    )
    urssaf_is_live = fields.Boolean(compute="_compute_urssaf_is_live", export_string_translation=False)
    urssaf_can_send = fields.Boolean(compute="_compute_urssaf_can_send", export_string_translation=False)
    urssaf_no_payment = fields.Boolean(
        string="Urssaf is to pay", compute="_compute_urssaf_is_live", export_string_translation=False
    )

    def _auto_init(self):
        # Empty columns are right for the past: nothing was sent yet, and an empty worker is the company's number. Left
        # to the ORM, they would be computed for every entry.
        for name, kind in (("urssaf_worker", "varchar"), ("urssaf_request_id", "int4"), ("urssaf_state", "varchar")):
            if not column_exists(self.env.cr, "account_move", name):
                create_column(self.env.cr, "account_move", name, kind)
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends("company_id")
    def _compute_urssaf_worker(self):
        for move in self:
            if not move.urssaf_worker and move.is_sale_document():
                move.urssaf_worker = move.company_id.sudo().urssaf_holder_id.urssaf_sap_number

    @api.depends("urssaf_request_ids")
    def _compute_urssaf_request_id(self):
        for move in self:
            move.urssaf_request_id = max(move.sudo().urssaf_request_ids, key=lambda r: r.id, default=False)

    @api.depends("urssaf_request_id.state")
    def _compute_urssaf_state(self):
        for move in self:
            move.urssaf_state = move.sudo().urssaf_request_id.state

    @api.depends("urssaf_request_ids")
    def _compute_urssaf_request_count(self):
        for move in self:
            move.urssaf_request_count = len(move.sudo().urssaf_request_ids)

    @api.depends(
        "commercial_partner_id.urssaf_registration_ids.state",
        "commercial_partner_id.urssaf_registration_ids.id_client",
        "commercial_partner_id.is_company",
        "company_id.urssaf_holder_id",
        "move_type",
        "urssaf_request_ids",
    )
    def _compute_urssaf_registration_id(self):
        """Find the registration that serves each invoice, by the holder of its company, or whether to make one."""
        registrations = self.env["urssaf.registration"]
        for company, moves in self.grouped("company_id").items():
            used = bool(company.urssaf_holder_id)
            found = registrations._for(moves.commercial_partner_id, company) if used else registrations
            by_partner = {registration.partner_id: registration for registration in found}
            for move in moves:
                registration = by_partner.get(move.commercial_partner_id, registrations)
                move.urssaf_registration_id = registration
                move.urssaf_registration_state = registration.state
                move.urssaf_is_concerned = bool(
                    move.move_type in ("out_invoice", "out_refund")
                    and (registration.id_client or move.urssaf_request_ids)
                )
                move.urssaf_can_register = bool(
                    used
                    and move.move_type == "out_invoice"
                    and move.commercial_partner_id
                    and not move.commercial_partner_id.is_company
                    and not registration
                )

    def _search_urssaf_registration_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        domain = self.env["res.partner"]._search_urssaf_registration_state(operator, value)
        return [("commercial_partner_id", "any", domain)]

    @api.depends("urssaf_state", "urssaf_request_id.payout_ids.state")
    def _compute_urssaf_is_live(self):
        for move in self:
            move.urssaf_is_live = move.urssaf_state in LIVE_STATES
            # Paid by Urssaf, and not in the books yet: the client is not to pay either.
            payouts = move.sudo().urssaf_request_id.payout_ids
            move.urssaf_no_payment = move.urssaf_state in AWAITING_STATES or any(
                payout.state in AWAITING_PAYOUTS for payout in payouts
            )

    @api.depends("state", "move_type", "payment_state", "urssaf_state", "urssaf_is_concerned")
    def _compute_urssaf_can_send(self):
        for move in self:
            move.urssaf_can_send = (
                move.urssaf_is_concerned
                and move.move_type == "out_invoice"
                and move.state == "posted"
                and move.payment_state in ("not_paid", "partial")
                and move._urssaf_is_free()
            )

    def _urssaf_is_free(self):
        """Tell whether this invoice may go, for Urssaf: never accepted, or under another number since."""
        request = self.sudo().urssaf_request_id
        ended = request.state in ("refused", "cancelled", "closed")
        return not request or request.state in FREE_STATES or (ended and request.number != self.name)

    # === ALERTS === #

    @api.depends(
        "urssaf_state",
        "urssaf_is_concerned",
        "urssaf_request_id.problems",
        "urssaf_service_start",
        "urssaf_service_end",
        "urssaf_worker",
        "invoice_line_ids.urssaf_nature_id",
        "invoice_line_ids.urssaf_unit",
    )
    def _compute_alerts(self):
        # EXTENDS account: more reasons to compute the alerts again
        return super()._compute_alerts()

    def _get_alerts(self):
        # EXTENDS account
        alerts = super()._get_alerts()
        if not self.urssaf_is_concerned or not self.env.user.has_group(USER):
            return alerts
        request = self.urssaf_request_id
        if request.problems and request.state != "draft":
            level = "danger" if request.state in ("rejected", "refused", "to_settle") else "warning"
            alerts["urssaf_request"] = {
                "level": level,
                "message": wording.as_text(self.env, request.problems),
                "action_text": self.env._("Open the payment request"),
                "action": request._get_records_action(),
            }
        if request.is_sending_stopped:
            stopped = self.env["urssaf.queue"]._stopped_problems(request.sudo().holder_id, request.environment)
            alerts["urssaf_stopped"] = {
                "level": "warning",
                "message": wording.as_text(self.env, stopped),
                "action_text": self.env._("Open the payment request"),
                "action": request._get_records_action(),
            }
        if request.state == "queued" and request.is_other_environment:
            alerts["urssaf_environment"] = self._urssaf_alert(wording.note("other_environment", number=request.number))
        if self.urssaf_can_send:
            for index, problem in enumerate(self._urssaf_problems()):
                alerts[f"urssaf_{index}_{problem['code']}"] = self._urssaf_alert(problem)
        return alerts

    def _urssaf_alert(self, problem):
        """Turn a problem into an alert of the invoice, with a button to the thing to correct."""
        alert = {"level": "warning", "message": wording.as_text(self.env, [problem])}
        target = self._urssaf_target(problem)
        if target and target != self:
            alert["action"] = target._get_records_action()
            alert["action_text"] = self.env._("Open %(name)s", name=target.display_name)
        return alert

    # === ACTIONS === #

    def action_urssaf_send(self):
        """Open the window that shows what will be sent to Urssaf, and what cannot go and why."""
        check_user(self.env)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to Urssaf"),
            "res_model": "urssaf.send",
            "view_mode": "form",
            "target": "new",
            # Created here: the buttons of its lines need a window that is saved.
            "res_id": self.env["urssaf.send"].create({"move_ids": [Command.set(self.ids)]}).id,
            "context": {"dialog_size": "extra-large"},
        }

    def action_urssaf_register_client(self):
        """Open the registration of this invoice's client with its company; prepare it where there is none."""
        self.ensure_one()
        return self.commercial_partner_id.with_company(self.company_id).action_urssaf_open_registration()

    def action_urssaf_withdraw(self):
        """Take the payment requests of these invoices out of the queue."""
        return self.urssaf_request_id.action_withdraw()

    def action_urssaf_open_requests(self):
        """Open the payment requests of this invoice."""
        return self.urssaf_request_ids._get_records_action(name=self.env._("Payment requests"))

    def action_urssaf_reissue(self):
        """Open Odoo's own window that reverses the invoice and makes another, under another number."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id("account.action_view_account_move_reversal")
        action["context"] = {"active_model": "account.move", "active_ids": self.ids, "active_id": self.id}
        return action

    # === QUEUEING === #

    def _urssaf_queue(self, *, trigger=True):
        """Queue a payment request for each of these invoices, all checked, with the message as it will be sent.

        Written before it leaves: the number and the message are kept here, the call comes in another transaction.

        :param trigger: run the scheduled action at once; without, the caller sends, or the next run does
        :return: the queued ``urssaf.payment.request`` records, of the invoices that nobody else is working on
        """
        requests = self.env["urssaf.payment.request"].sudo()
        locked = self.try_lock_for_update(allow_referencing=True)
        for move in locked.filtered("urssaf_can_send").sudo():
            values = move._urssaf_queued_values()
            request = move._urssaf_request_to_queue(values)
            request._set_state("queued", **values)
            request._clear_problems()
            requests |= request
        if requests and trigger:
            requests._trigger("send")
        return requests

    def _urssaf_queued_values(self):
        """Return what the payment request of this invoice holds once it is queued; nothing is left of a try before."""
        message = self._urssaf_message()
        return {
            "number": self.name,
            "environment": self.company_id.urssaf_holder_id.urssaf_environment,
            "partner_id": self.commercial_partner_id.id,
            "currency_id": self.currency_id.id,
            "registration_id": self.urssaf_registration_id.id,
            "service_start": self.urssaf_service_start,
            "service_end": self.urssaf_service_end,
            "amount": self.amount_total,
            "deposit": float(message.deposit or 0),
            "payload": message.to_wire(),
            "queued_at": fields.Datetime.now(),
            "next_try_at": False,
            "send_count": 0,
            "send_alone": False,
            "is_duplicate": False,
            "is_turned_away": False,
            "first_unknown_at": False,
            "blamed_count": 0,
            "failed_at": False,
            "absent_since": False,
            "client_erased_at": False,  # the client came back
        }

    def _urssaf_request_to_queue(self, values):
        """Return the payment request to queue with ``values``: the free one of this invoice, or a new one."""
        holder = self.company_id.urssaf_holder_id
        request = self.urssaf_request_id.filtered(lambda r: r.state in FREE_STATES)
        if request and request.holder_id != holder:
            request.unlink()  # withdrawn before it left, under credentials that are not used any more
            request = request.browse()
        if request:
            return request
        self.urssaf_registration_id._serve(self.company_id)
        identity = {name: values[name] for name in ("environment", "partner_id", "currency_id")}
        own = {"move_id": self.id, "company_id": self.company_id.id, "holder_id": holder.id}
        return request.create({**own, **identity})

    # === HELPERS === #

    def _urssaf_log(self, body, problems=None):
        """Write a line in the chatter of the invoice."""
        text = Markup("<p>%s</p>") % body + wording.as_html(self.env, problems)
        self.sudo()._message_log_batch(dict.fromkeys(self.ids, text))
