from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .urssaf_credentials import ENVIRONMENTS


class UrssafTransfer(models.Model):
    """What the bank shows as one line: all that Urssaf pays on a day to whoever has the same credentials.

    A transfer exists as soon as Urssaf announces a payout of its day. What is in the books are its payments: one, or
    more where payouts came late, were confirmed later, go into journals of their own or are too many for one entry.
    The transfer is their sum. Its date is that of Urssaf, wherever a locked period moves the entries.
    """

    _name = "urssaf.transfer"
    _description = "Bank transfer of Urssaf"
    _inherit = ["urssaf.guarded.mixin", "urssaf.held.mixin"]
    _order = "date desc, id desc"

    environment = fields.Selection(ENVIRONMENTS, required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, index=True, help="As Urssaf announced it.")
    account_id = fields.Many2one(
        "account.account",
        string="Outstanding account",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Where the money stands from the payment until the bank shows it.",
    )
    currency_id = fields.Many2one(related="holder_id.currency_id")
    payout_ids = fields.One2many("urssaf.payout", "transfer_id", string="Payouts", readonly=True)
    payment_ids = fields.One2many("account.payment", "urssaf_transfer_id", string="Payments", readonly=True)
    payout_count = fields.Integer(compute="_compute_amounts", string="Number of payouts")
    announced_amount = fields.Monetary(
        string="Announced", compute="_compute_amounts", help="Sum of its payouts, without those that were set aside."
    )
    amount = fields.Monetary(
        string="In the books", compute="_compute_amounts", help="Sum of its payouts that were recorded."
    )

    _once = models.Constraint(
        "UNIQUE(holder_id, environment, date, account_id)", "This transfer of Urssaf exists already."
    )

    @api.depends("payout_ids.amount", "payout_ids.state")
    def _compute_amounts(self):
        for transfer in self:
            payouts = transfer.payout_ids.filtered(lambda payout: payout.state not in ("dismissed", "not_booked"))
            transfer.payout_count = len(payouts)
            transfer.announced_amount = sum(payouts.mapped("amount"))
            transfer.amount = sum(payouts.filtered(lambda payout: payout.state == "recorded").mapped("amount"))

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for transfer in self:
            transfer.display_name = self.env._("Transfer of %(date)s", date=format_date(self.env, transfer.date))

    @api.model
    def _find_or_create(self, holder, environment, date, account):
        """Return the transfer of that day, made where there is none yet.

        :param holder: the company whose credentials were used
        :param date: of the transfer, as Urssaf announced it
        :param account: the outstanding account
        :raise psycopg2.errors.SerializationFailure: another transaction made it meanwhile: the next attempt finds it
        """
        key = Domain(
            [
                ("holder_id", "=", holder.id),
                ("environment", "=", environment),
                ("date", "=", date),
                ("account_id", "=", account.id),
            ]
        )
        transfer = self.sudo().search(key, limit=1)
        if not transfer:
            # By SQL, since the ORM's way would end in an error that is not tried again.
            self.env.cr.execute(
                SQL(
                    """INSERT INTO urssaf_transfer (holder_id, company_id, environment, date, account_id,
                                                    create_uid, create_date, write_uid, write_date)
                       VALUES (%(holder)s, %(holder)s, %(environment)s, %(date)s, %(account)s,
                               %(user)s, now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC')
                       ON CONFLICT DO NOTHING""",
                    holder=holder.id,
                    environment=environment,
                    date=date,
                    account=account.id,
                    user=self.env.uid,
                )
            )
            transfer = self.sudo().search(key, limit=1)
        return transfer

    def _forget_empty(self):
        """Delete those of these transfers that have neither payouts nor payments left: Urssaf named another day."""
        empty = self.sudo().exists().filtered(lambda transfer: not (transfer.payout_ids or transfer.payment_ids))
        empty.unlink()

    def _outstanding_lines(self):
        """Return the journal items of these transfers on their outstanding account."""
        lines = self.payment_ids.move_id.line_ids
        return lines.filtered(lambda line: line.account_id in self.account_id)

    # === ACTIONS === #

    def action_open_payments(self):
        """Open the payments of this transfer."""
        self.check_access("read")
        return self.payment_ids._get_records_action(name=self.env._("Payments"))
