from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from .product_template import UNITS


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    urssaf_nature_id = fields.Many2one(
        "urssaf.nature",
        string="Nature of service",
        compute="_compute_urssaf_nature_id",
        store=True,
        readonly=False,
        index="btree_not_null",
    )
    urssaf_unit = fields.Selection(
        UNITS, string="Counted in", compute="_compute_urssaf_unit", store=True, readonly=False
    )

    def _auto_init(self):
        # Empty columns are right for the past: no product has a nature yet, and the unit comes with the nature. Left to
        # the ORM, both would be computed for every journal item.
        for name, kind in (("urssaf_nature_id", "int4"), ("urssaf_unit", "varchar")):
            if not column_exists(self.env.cr, "account_move_line", name):
                create_column(self.env.cr, "account_move_line", name, kind)
        return super()._auto_init()

    # Two methods: where one of two fields of one method is given at creation, the other stays empty.
    @api.depends("product_id")
    def _compute_urssaf_nature_id(self):
        for line in self:
            line.urssaf_nature_id = line.product_id.urssaf_nature_id if line.product_id else line.urssaf_nature_id

    @api.depends("product_id")
    def _compute_urssaf_unit(self):
        for line in self:
            line.urssaf_unit = line.product_id.urssaf_unit if line.product_id else line.urssaf_unit

    def write(self, vals):
        # EXTENDS account: what was sent stays, also line by line; a unit comes with the nature
        self._urssaf_keep_follow_up(vals)
        self._urssaf_refuse_to_change_sent(vals)
        self._urssaf_keep_amounts(vals)
        result = super().write(vals)
        self._urssaf_complete_unit(vals)
        return result

    def _urssaf_complete_unit(self, vals):
        """Give the unit of the product where only the nature was written."""
        if vals.get("urssaf_nature_id") and "urssaf_unit" not in vals:
            # Lines from before the addon was installed have no unit either.
            waiting = self.filtered(lambda line: not line.urssaf_unit)
            for unit, lines in waiting.grouped(lambda line: line.product_id.urssaf_unit).items():
                lines.urssaf_unit = unit

    def _urssaf_quantity(self):
        """Return the quantity that Urssaf is told: days or minutes become hours where hours are counted."""
        self.ensure_one()
        # Unlike ref(), asks nothing of the database: this is read for each line, several times.
        hour_id = self.env["ir.model.data"]._xmlid_to_res_id("uom.product_uom_hour", raise_if_not_found=False)
        hour = self.env["uom.uom"].browse(hour_id)
        unit = self.product_uom_id
        if self.urssaf_unit == "HEURE" and hour and unit and unit._has_common_reference(hour):
            return unit._compute_quantity(self.quantity, hour, round=False)
        return self.quantity

    def _urssaf_is_payment(self):
        """Tell whether this entry is money that the client paid, which Urssaf then deducts as a deposit."""
        return bool(self.move_id.origin_payment_id or self.payment_id or self.statement_line_id)
