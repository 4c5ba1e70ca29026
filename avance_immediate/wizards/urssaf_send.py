from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import wording
from ..models.urssaf_credentials import ENVIRONMENTS
from ..rights import check_user


class UrssafSend(models.TransientModel):
    """Shows which invoices will go to Urssaf, which cannot and why, and queues the first."""

    _name = "urssaf.send"
    _description = "Send invoices to Urssaf"

    move_ids = fields.Many2many("account.move", readonly=True)
    line_ids = fields.One2many("urssaf.send.line", "wizard_id", compute="_compute_line_ids", store=True, readonly=True)
    ready_count = fields.Integer(compute="_compute_summary")
    stuck_count = fields.Integer(compute="_compute_summary")
    currency_id = fields.Many2one("res.currency", compute="_compute_summary")
    ready_amount = fields.Monetary(compute="_compute_summary")
    environment = fields.Selection(ENVIRONMENTS, compute="_compute_summary")

    @api.depends("move_ids")
    def _compute_line_ids(self):
        for wizard in self:
            lines = []
            checked = [(move, move._urssaf_problems()) for move in wizard.move_ids]
            for move, problems in sorted(checked, key=lambda pair: not pair[1]):
                target = move._urssaf_target(problems[0]) if problems else move
                lines.append(
                    Command.create(
                        {
                            "move_id": move.id,
                            "is_ready": not problems,
                            "problem_html": wording.as_html(self.env, problems),
                            "target_model": target._name,
                            "target_id": target.id,
                        }
                    )
                )
            wizard.line_ids = [Command.clear(), *lines]

    @api.depends("line_ids")
    def _compute_summary(self):
        for wizard in self:
            ready = wizard.line_ids.filtered("is_ready")
            wizard.ready_count = len(ready)
            wizard.stuck_count = len(wizard.line_ids) - len(ready)
            wizard.currency_id = wizard.move_ids.currency_id[:1]
            wizard.ready_amount = sum(ready.mapped("amount_total"))
            wizard.environment = wizard.move_ids.company_id[:1].sudo().urssaf_environment

    def action_send(self):
        """Queue what can go. One invoice alone is sent at once, and the answer is there when the window closes."""
        self.ensure_one()
        check_user(self.env)
        ready = self.move_ids.filtered(lambda move: move.urssaf_can_send and not move._urssaf_problems())
        if not ready:
            raise UserError(self.env._("None of these invoices can go to Urssaf as it is."))
        alone = len(self.move_ids) == 1
        requests = ready._urssaf_queue(trigger=not alone)
        if not requests:
            raise UserError(self.env._("Somebody else is sending these invoices at this moment: look at them again."))
        if alone:
            requests._send_now()
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        message = self.env._(
            "%(queued)s queued, sent within minutes; %(left)s left aside.",
            queued=len(requests),
            left=len(self.move_ids) - len(requests),
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Sending to Urssaf"),
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }


class UrssafSendLine(models.TransientModel):
    """One invoice in the window: ready, or what keeps it from going."""

    _name = "urssaf.send.line"
    _description = "Invoice to send to Urssaf"
    _order = "is_ready, id"

    wizard_id = fields.Many2one("urssaf.send", required=True, ondelete="cascade", index=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", string="Client")
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount_total = fields.Monetary(related="move_id.amount_total")
    is_ready = fields.Boolean(string="Ready", readonly=True)
    problem_html = fields.Html(string="What to mend", readonly=True)
    target_model = fields.Char(readonly=True)
    target_id = fields.Many2oneReference(model_field="target_model", readonly=True)

    def action_open_target(self):
        """Open the thing to mend."""
        self.ensure_one()
        return self.env[self.target_model].browse(self.target_id)._get_records_action()
