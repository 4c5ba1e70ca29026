import re

from odoo import api, models

from ..urssaf.folding import fold
from ..urssaf.intake.commune_names import search_key

ZIP_COMMUNES_MAX = 60  # the postal code of the most communes has 46


class UrssafPortalForm(models.AbstractModel):
    """How the client's words for a commune, of birth or of the address, become its code."""

    _inherit = "urssaf.portal.form"

    @api.model
    def _search_communes(self, text, zip_code=""):
        """Return the communes of that name, those of the postal code first of all, as the page shows them.

        :param text: a name or a postal code; empty for all communes of ``zip_code``
        :return: a list of ``{"code", "name", "label", "zips"}``
        """
        communes = self.env["urssaf.commune"]
        if zip_code:
            communes = self.env["urssaf.commune"]._named(zip_code, ZIP_COMMUNES_MAX)
            communes = communes.filtered(
                lambda commune: zip_code in commune._zip_list() and fold(text) in fold(commune.name)
            )
        if text and not communes:
            communes = self.env["urssaf.commune"]._named(text, 8)
        return [
            {"code": commune.code, "name": commune.name, "label": commune.label, "zips": commune._zip_list()}
            for commune in communes
        ]

    @api.model
    def _same(self, communes, name):
        """Return those of the communes that have this name."""
        key = search_key(name or "")
        return communes.filtered(lambda commune: key in (search_key(commune.name), search_key(commune.label)))

    @api.model
    def _commune(self, name, code, field, found, zip_code="", department=""):
        """Return the commune that was chosen, or is the only one of that name, and its INSEE code.

        :param zip_code: that of the address; where the name fits it, only there
        :param department: that of the overseas territory where it is, if one was chosen

        A code that the list has not is taken as typed, without a commune.
        """
        communes = self.env["urssaf.commune"]
        code = code.upper()
        if not code:
            same = self._same(self.env["urssaf.commune"]._named(name, 20), name) if name else communes
            if zip_code:
                # A postal code of elsewhere, or of a CEDEX, is asked about beside it, and the right one proposed.
                here = same.filtered(lambda commune: zip_code in commune._zip_list())
                is_certain = len(same) == 1 and len((same.zips or "").split()) == 1
                same = here or (same if is_certain else communes)
            if department:
                same = same.filtered(lambda commune: commune.department == department) or same
            return (same, same.code) if len(same) == 1 else (communes, "")
        if not re.fullmatch(r"(?:[0-9]{2}|2[AB])[0-9]{3}", code, re.ASCII):
            found.setdefault(field, ("commune_code_invalid", {}))
            return communes, ""
        known = communes.search([("code", "=", code)], order="kind")
        if known and not self._same(known, name):
            found.setdefault(field, ("commune_mismatch", {}))
        return self._same(known, name)[:1], code

    @api.model
    def _proposed_communes(self, typed, found):
        """Return the communes to choose from beside the fields where none was, ``{field: [...]}``."""
        texts = {"birth_commune": (typed["birth_commune"],), "city": (typed["city"], typed["zip"])}
        wanted = {field: text for field, text in texts.items() if field in found and text[0]}
        return {field: self._search_communes(*text) for field, text in wanted.items()}

    @api.model
    def _city_code(self, address, typed, found):
        """Return the INSEE code of the town of an address: the commune of today; of Paris, Lyon and Marseille that of
        the arrondissement."""
        commune, code = self._commune(address.city, typed["city_code"], "city", found, address.zip)
        code = commune._whole().code or code
        town = self.env["urssaf.commune"]._of_address(address.zip, address.city)
        return town.code if town and code in ("", town.parent_code) else code
