import re

from odoo import api, fields, models
from odoo.fields import Domain

NAME_AND_CODE = re.compile(r"(.+) \((\w+)\)")


class UrssafNature(models.Model):
    """A nature of service à la personne, as the API codes it (docs/api.md §6)."""

    _name = "urssaf.nature"
    _description = "Nature of service à la personne"
    _order = "code_number, code"
    _rec_names_search = ["name", "code"]

    code = fields.Char(required=True, help="Code of the nature in Urssaf's list.")
    name = fields.Char(required=True)
    eligible = fields.Boolean(
        string="Eligible to the advance",
        default=True,
        help="Services of a nature that is not eligible cannot be sent as a payment request.",
    )
    active = fields.Boolean(default=True)
    code_number = fields.Integer(compute="_compute_code_number", store=True, export_string_translation=False)

    _code_unique = models.Constraint("UNIQUE(code)", "A nature of service with this code exists already.")

    @api.depends("code")
    def _compute_code_number(self):
        for nature in self:
            nature.code_number = int(nature.code) if (nature.code or "").isdigit() else 0

    @api.depends("name", "code")
    def _compute_display_name(self):
        for nature in self:
            nature.display_name = f"{nature.name} ({nature.code})"

    @api.model
    def _search_display_name(self, operator, value):
        # EXTENDS base: exports write the name with the code, and imports look for both together
        domain = Domain(super()._search_display_name(operator, value))
        if operator in Domain.NEGATIVE_OPERATORS:
            return domain
        texts = [value] if isinstance(value, str) else value or ()
        for match in filter(None, (NAME_AND_CODE.fullmatch(str(text)) for text in texts)):
            domain |= Domain("name", "=", match[1]) & Domain("code", "=", match[2])
        return domain
