from odoo import api, fields, models

from ..urssaf.intake.towns import birth_in
from .urssaf_commune_address import Gazetteer


class UrssafRegistration(models.Model):
    """The birth place, chosen by the name of the commune.

    Department, code and name at birth, on the partner, are what is sent (docs/api.md §2.1). The commune is a way to
    fill them in, and is read back from them.
    """

    _inherit = "urssaf.registration"

    birth_commune_id = fields.Many2one(
        "urssaf.commune",
        string="Born in",
        compute="_compute_birth_commune_id",
        readonly=False,
        help="The commune of today, by name or postal code. Its codes on the day of birth are found from it.",
    )
    birth_part_id = fields.Many2one(
        "urssaf.commune", string="Namely in", compute="_compute_birth_part_id", readonly=False
    )
    birth_choice_ids = fields.Many2many(
        "urssaf.commune", compute="_compute_birth_choice_ids", export_string_translation=False
    )
    birth_question = fields.Char(compute="_compute_birth_choice_ids", export_string_translation=False)
    birth_codes_shown = fields.Boolean(
        string="Codes sent to Urssaf", compute="_compute_birth_codes_shown", readonly=False
    )

    @api.depends(
        "partner_id.urssaf_birth_department",
        "partner_id.urssaf_birth_commune_code",
        "partner_id.urssaf_birth_commune_name",
    )
    def _compute_birth_commune_id(self):
        communes = self.env["urssaf.commune"]
        for registration in self:
            partner = registration.partner_id
            codes = (partner.urssaf_birth_department, partner.urssaf_birth_commune_code)
            commune = communes._from_birth_codes(*codes)
            if not any(codes) and (name := partner.urssaf_birth_commune_name):
                named = communes.search([("name", "=", name), ("kind", "=", "commune")], limit=2)
                commune = named if len(named) == 1 else communes
            registration.birth_commune_id = commune

    @api.depends("birth_commune_id")
    def _compute_birth_part_id(self):
        self.birth_part_id = False

    @api.depends("birth_commune_id", "birth_date")
    @api.depends_context("lang")
    def _compute_birth_choice_ids(self):
        communes = self.env["urssaf.commune"]
        for registration in self:
            commune = registration.birth_commune_id
            choices, question = commune._birth_choices(registration.birth_date) if commune else ([], "")
            parts = communes
            for choice in choices if question else ():
                parts |= communes._from_birth_codes(choice["department"], choice["commune_code"])
            registration.birth_choice_ids = parts - commune
            registration.birth_question = question

    @api.depends("partner_id.urssaf_birth_commune_code", "partner_id.urssaf_birth_department")
    def _compute_birth_codes_shown(self):
        """Codes that lead to no commune are shown: nobody could see or mend them otherwise."""
        for registration in self:
            partner = registration.partner_id
            typed = partner.urssaf_birth_department or partner.urssaf_birth_commune_code
            registration.birth_codes_shown = bool(typed and not registration.birth_commune_id)

    @api.onchange("birth_part_id")
    def _onchange_birth_part_id(self):
        if part := self.birth_part_id:
            self.birth_commune_id = part
            self._fill_birth_codes()

    @api.onchange("birth_commune_id")
    def _onchange_birth_commune_id(self):
        """Ask again where another commune is chosen than the one of the codes, such as Paris after Paris 18e."""
        former = self.env["urssaf.commune"]._from_birth_codes(self.birth_department, self.birth_commune_code)
        if self.birth_commune_id and former and former != self.birth_commune_id:
            self.birth_department = self.birth_commune_code = False
        self._fill_birth_codes()

    @api.onchange("birth_date")
    def _onchange_birth_date(self):
        self._fill_birth_codes()

    @api.onchange("birth_department", "birth_commune_code")
    def _onchange_birth_codes(self):
        """Write the codes with all their characters: 69 is 069, 2a is 02A. 97 and 98 lack their third figure."""
        department = (self.birth_department or "").strip().upper()
        if department and department not in ("97", "98"):
            self.birth_department = department.zfill(3)
        if code := (self.birth_commune_code or "").strip():
            self.birth_commune_code = code.zfill(3)

    def _fill_birth_codes(self):
        """Fill in the codes at birth; where the rules do not decide, they stay empty for the user to choose.

        Codes that are one of the choices are kept: somebody chose them. Without a commune, what was typed stays.
        """
        if not self.birth_commune_id:
            return
        typed = f"{self.birth_department or ''}{self.birth_commune_code or ''}"
        reading = birth_in(Gazetteer(self.env), self.birth_commune_id, self.birth_date or None, typed)
        if reading.question and reading.commune_code:
            return
        for name, value in reading.codes().items():
            self[name] = value or False
        # What is left to type where no part can be chosen: a commune with another code at that time.
        if reading.question and self.birth_date and not self.birth_choice_ids:
            self.birth_codes_shown = True
