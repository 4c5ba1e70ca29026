from odoo import fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists

UNITS = [("HEURE", "Hours"), ("FORFAIT", "Lump sum")]
USUAL_UNIT = "HEURE"


class ProductTemplate(models.Model):
    _inherit = "product.template"

    urssaf_nature_id = fields.Many2one(
        "urssaf.nature",
        string="Nature of service",
        index="btree_not_null",
        help="Nature of the service à la personne, in Urssaf's list. Without it the product cannot be billed with the "
        "avance immédiate.",
    )
    urssaf_unit = fields.Selection(
        UNITS,
        string="Counted in",
        default=USUAL_UNIT,
        help="How Urssaf counts this service: in hours, or as a lump sum.",
    )

    def _auto_init(self):
        # PostgreSQL gives a default to the rows that are there without writing any; later rows get theirs from the ORM.
        if not column_exists(self.env.cr, "product_template", "urssaf_unit"):
            self.env.cr.execute(
                SQL("ALTER TABLE product_template ADD COLUMN urssaf_unit varchar DEFAULT %s", USUAL_UNIT)
            )
            self.env.cr.execute("ALTER TABLE product_template ALTER COLUMN urssaf_unit DROP DEFAULT")
        return super()._auto_init()

    def write(self, vals):
        # EXTENDS product: invoices that wait for the nature of this product get it
        result = super().write(vals)
        if vals.get("urssaf_nature_id"):
            self._urssaf_complete_lines()
        return result

    def _urssaf_complete_lines(self):
        """Give their nature to the lines of invoices that wait for it; what was chosen or sent stays as it is."""
        lines = (
            self.env["account.move.line"]
            .sudo()
            .search(
                [
                    ("product_id.product_tmpl_id", "in", self.ids),
                    ("urssaf_nature_id", "=", False),
                    ("display_type", "=", "product"),
                    ("move_id.move_type", "=", "out_invoice"),
                    ("move_id.state", "!=", "cancel"),
                    ("move_id.payment_state", "in", ("not_paid", "partial")),
                ]
            )
        )
        for template, waiting in lines.grouped(lambda line: line.product_id.product_tmpl_id).items():
            waiting.filtered(lambda line: not line.move_id.urssaf_is_live).urssaf_nature_id = template.urssaf_nature_id
