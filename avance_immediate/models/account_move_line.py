from odoo import api, fields, models

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
        UNITS, string="Counted in", compute="_compute_urssaf_nature_id", store=True, readonly=False
    )

    @api.depends("product_id")
    def _compute_urssaf_nature_id(self):
        for line in self:
            if line.product_id:
                line.urssaf_nature_id = line.product_id.urssaf_nature_id
                line.urssaf_unit = line.product_id.urssaf_unit
            else:
                line.urssaf_nature_id = line.urssaf_nature_id
                line.urssaf_unit = line.urssaf_unit
