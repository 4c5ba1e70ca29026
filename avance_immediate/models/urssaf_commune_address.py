from odoo import api, models

from ..urssaf.http.folding import fold
from ..urssaf.intake.commune_names import search_key

OFFERED_MAX = 8
ZIP_COMMUNES_MAX = 60  # the postal code of the most communes has 46
NAMED_MAX = 50  # of one name, or of a part of it


class Gazetteer:
    """The communes of the database, for what people type (``urssaf.intake.towns.Gazetteer``)."""

    def __init__(self, env):
        self._communes = env["urssaf.commune"]

    def named(self, text):
        return self._communes._named(text, NAMED_MAX)

    def coded(self, code):
        return self._communes.search([("code", "=", code)], order="kind")

    def codes_at_birth(self, commune, born):
        return commune._birth_choices(born)


class UrssafCommune(models.Model):
    """The town of an address (docs/api.md §2.1): an arrondissement of Paris, Lyon or Marseille, else a commune."""

    _inherit = "urssaf.commune"

    @api.model
    def _of_address(self, zip_code, city):
        """Return the town of a postal code and a name, as an address has them; empty where it is not certain."""
        key = search_key(city or "")
        if not zip_code or not key:
            return self.browse()
        here = self.search([("display_name", "ilike", zip_code)])
        here = here.filtered(lambda commune: zip_code in commune._zip_list())
        city_key = key.split()[0]
        found = here.filtered(lambda town: town.kind == "arrondissement" and town.search_key.startswith(f"{city_key} "))
        found = found or here.filtered(lambda town: town.search_key == key)
        if not found:
            former = self.search([("search_key", "=", key), ("kind", "in", ("delegated", "associated"))])
            found = here.filtered(lambda town: town.code in former.mapped("parent_code"))
        return found if len(found) == 1 else self.browse()

    def _whole(self):
        """Return the commune of today that a delegated or associated one is a part of; else the same."""
        if self.kind not in ("delegated", "associated"):
            return self
        return self.search([("code", "=", self.parent_code), ("kind", "=", "commune")])

    def _is_named(self, city):
        """Tell whether this is how an address may name this town: ``Lyon`` for its third arrondissement."""
        key = search_key(city or "")
        if self.kind != "arrondissement" or not key:
            return bool(key) and key == self.search_key
        town, *numbers = key.split()
        own_town, own_number = self.search_key.split()
        return town == own_town and all(number.lstrip("0") == own_number for number in numbers)

    def _zip_list(self):
        """Return the postal codes of this commune; parts of a commune have none."""
        return (self.zips or "").split()

    @api.model
    def _named(self, text, limit):
        """Return the communes that a person would be offered for a name or a postal code, in that order."""
        return self.browse([commune_id for commune_id, _label in self.name_search(text, limit=limit)])

    @api.model
    def _offered(self, text, zip_code=""):
        """Return the communes of that name, those of the postal code first of all, as the client's page shows them.

        :param text: a name or a postal code; empty for all communes of ``zip_code``
        :return: a list of ``{"code", "name", "label", "zips"}``
        """
        communes = self.browse()
        if zip_code:
            communes = self._named(zip_code, ZIP_COMMUNES_MAX)
            communes = communes.filtered(
                lambda commune: zip_code in commune._zip_list() and fold(text) in fold(commune.name)
            )
        if text and not communes:
            communes = self._named(text, OFFERED_MAX)
        return [
            {"code": commune.code, "name": commune.name, "label": commune.label, "zips": commune._zip_list()}
            for commune in communes
        ]

    @api.model
    def _zips_of(self, code):
        """Return the postal codes of the town of an INSEE code; none where it is not known."""
        towns = self.search([("code", "=", code), ("zips", "!=", False)], limit=1) if code else self.browse()
        return towns._zip_list()
