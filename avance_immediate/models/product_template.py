from odoo import fields, models

UNITS = [("HEURE", "Hours"), ("FORFAIT", "Lump sum")]


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
        default="HEURE",
        help="How Urssaf counts this service: in hours, or as a lump sum.",
    )
