from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import wording
from ..models.urssaf_credentials import ENVIRONMENTS
from ..rights import check_user


class UrssafSend(models.TransientModel):
    """Shows which invoices will go to Urssaf, which cannot and why, and queues the first."""

    _name = "urssaf.send"
    _inherit = "urssaf.window"
    _description = "Send invoices to Urssaf"

    move_ids = fields.Many2many("account.move")
    line_ids = fields.One2many(
        "urssaf.send.line", "wizard_id", compute="_compute_line_ids", compute_sudo=True, store=True, readonly=True
    )
    ready_count = fields.Integer(compute="_compute_summary")
    stuck_count = fields.Integer(compute="_compute_summary")
    currency_id = fields.Many2one("res.currency", compute="_compute_summary")
    ready_amount = fields.Monetary(compute="_compute_summary")
    environment = fields.Selection(ENVIRONMENTS, compute="_compute_summary")
    stopped_html = fields.Html(compute="_compute_summary", export_string_translation=False)

    @api.depends("move_ids")
    def _compute_line_ids(self):
        for wizard in self:
            # Also of a window that is not saved yet: what is shown here is read with more rights.
            wizard.move_ids._origin.sudo(False).check_access("read")
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
        """Count what goes and what stays; the amount is the total of what goes, taxes included."""
        for wizard in self:
            ready = wizard.line_ids.filtered("is_ready")
            wizard.ready_count = len(ready)
            wizard.stuck_count = len(wizard.line_ids) - len(ready)
            wizard.currency_id = wizard.move_ids.currency_id[:1]
            wizard.ready_amount = sum(ready.mapped("amount_total"))
            holder = wizard.move_ids.company_id[:1].sudo().urssaf_holder_id
            wizard.environment = holder.urssaf_environment
            stopped = self.env["urssaf.queue"]._stopped_problems(holder, holder.urssaf_environment)
            wizard.stopped_html = wording.as_html(self.env, stopped)

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: remembers what is shown, since that is what is confirmed
        wizards = super().create(vals_list)
        wizards.move_ids.check_access("read")
        for wizard in wizards:
            wizard._remember(wizard._messages(wizard.line_ids.filtered("is_ready").move_id))
        return wizards

    def write(self, vals):
        # EXTENDS base: the invoices are those that were shown
        if "move_ids" in vals:
            self.check_access("write")
            self._refuse_changed()
        return super().write(vals)

    @api.model
    def _messages(self, moves):
        """Return what each of these invoices is sent as."""
        return {str(move.id): move.sudo()._urssaf_message().to_wire() for move in moves}

    def _ready_moves(self):
        """Return the invoices that can go, as they were shown."""
        self.move_ids.check_access("read")
        ready = self.move_ids.filtered(lambda move: move.urssaf_can_send and not move._urssaf_problems())
        changed = self._changed_since_shown(self._messages(ready))
        if changed and len(changed) == len(ready):
            self._refuse_changed()
        return ready.filtered(lambda move: str(move.id) not in changed)

    def action_send(self):
        """Queue what can go. One invoice alone is sent at once, and the answer is there when the window closes.

        What was changed since the window was opened is left aside, like what cannot go.
        """
        self.ensure_one()
        check_user(self.env)
        ready = self._ready_moves()
        if not ready:
            raise UserError(self.env._("None of these invoices can go to Urssaf as it is."))
        ready.company_id._urssaf_refuse_elsewhere()
        alone = len(self.move_ids) == 1
        requests = ready._urssaf_queue(trigger=not alone)
        if not requests:
            raise UserError(self.env._("Somebody else is sending these invoices at this moment: look at them again."))
        if alone:
            requests._send_now()
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        message = self.env._("%(queued)s queued, sent within minutes.", queued=len(requests))
        if left := len(self.move_ids) - len(requests):
            message += " " + self.env._("%(left)s left aside.", left=left)
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
    """One invoice in the window: ready, or what keeps it from going. Made by the window alone."""

    _name = "urssaf.send.line"
    _inherit = "urssaf.guarded.mixin"
    _description = "Invoice to send to Urssaf"
    _order = "is_ready, id"

    wizard_id = fields.Many2one("urssaf.send", required=True, readonly=True, ondelete="cascade", index=True)
    move_id = fields.Many2one("account.move", string="Invoice", readonly=True)
    partner_id = fields.Many2one(related="move_id.commercial_partner_id", related_sudo=False, string="Client")
    currency_id = fields.Many2one(related="move_id.currency_id", related_sudo=False)
    amount_total = fields.Monetary(related="move_id.amount_total", related_sudo=False)
    is_ready = fields.Boolean(string="Ready", readonly=True)
    problem_html = fields.Html(string="What to correct", readonly=True)
    target_model = fields.Char(readonly=True)
    target_id = fields.Many2oneReference(model_field="target_model", readonly=True)

    def action_open_target(self):
        """Open the thing to correct."""
        self.ensure_one()
        return self.env[self.target_model].browse(self.target_id)._get_records_action()
