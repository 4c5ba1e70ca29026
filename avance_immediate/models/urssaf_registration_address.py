from odoo import api, fields, models

from ..urssaf.intake.address import split_address
from ..urssaf.intake.birthplace import ARRONDISSEMENTS


class UrssafRegistration(models.Model):
    """The address as Urssaf wants it: read from the client's, with the town chosen by its name (docs/api.md §2.1).

    Street, postal code, name and INSEE code of the town are what is sent. The commune is a way to fill in the town,
    and is read back from its code.
    """

    _inherit = "urssaf.registration"

    address_commune_id = fields.Many2one(
        "urssaf.commune",
        string="Commune",
        compute="_compute_address_commune_id",
        readonly=False,
        domain=[("code", "not in", list(ARRONDISSEMENTS))],
        help="By name or postal code. Its INSEE code is found from it.",
    )

    @api.depends("address_city_code")
    def _compute_address_commune_id(self):
        codes = [code.upper() for code in self.mapped("address_city_code") if code]
        communes = self.env["urssaf.commune"].search(
            [("code", "in", codes), ("kind", "in", ("commune", "arrondissement"))]
        )
        by_code = {commune.code: commune.id for commune in communes}
        for registration in self:
            registration.address_commune_id = by_code.get((registration.address_city_code or "").upper())

    @api.onchange("address_commune_id")
    def _onchange_address_commune_id(self):
        """Fill in the town of the commune; what is typed already and agrees with it stays."""
        commune = self.address_commune_id._whole()
        if not commune or commune.code == self.address_city_code:
            return
        self.address_commune_id = commune
        self.address_city_code = commune.code
        if not commune._is_named(self.address_city):
            self.address_city = commune.name
        zips = commune._zip_list()
        if zips and self.address_zip not in zips:
            self.address_zip = zips[0] if len(zips) == 1 else False

    @api.onchange("address_zip", "address_city")
    def _onchange_address_town(self):
        """Find the code of a town that is typed; that of another town goes, or it would be sent with this one."""
        town = self.env["urssaf.commune"]._of_address(self.address_zip, self.address_city)
        kept = self.address_commune_id
        if town:
            self.address_city_code = town.code
        elif kept and self.address_zip not in kept._zip_list() and not kept._is_named(self.address_city):
            self.address_city_code = False

    @api.model
    def _split_address(self, partner):
        """Read the address of a client into Urssaf's fields.

        :return: ``urssaf.intake.address.SplitAddress``, with what fits in none of them and what a person should look at
        """
        return split_address(*(partner[name] or "" for name in ("street", "street2", "zip", "city")))

    @api.model
    def _address_values(self, partner):
        """Return the address of a client as values of a registration; ``_advise_on_address`` says what to look at."""
        reading = self._split_address(partner)
        return {
            **{f"address_{name}": value for name, value in reading.values().items()},
            "address_city_code": self.env["urssaf.commune"]._of_address(reading.zip, reading.city).code,
        }
