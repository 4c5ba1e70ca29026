from odoo import api, fields, models
from odoo.fields import Domain

from ..urssaf.lists import FRANCE

#: Of France, and with a country code of their own: who was born there was born in France, in a commune.
FRENCH_TERRITORIES = frozenset({"BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"})
#: Other countries of Odoo that `l10n_fr_cog` leaves without a code: Antarctica, Åland (of Finland), the outlying
#: islands of the United States, Northern Ireland (docs/data.md).
LEFT_OUT = {"AQ": "99699", "AX": "99105", "UM": "99505", "XI": "99132"}


class UrssafBirthCountry(models.Model):
    """A country where somebody may have been born: those of Odoo, and some that are gone (docs/api.md §2.1, §6).

    Countries that are gone have a model of their own, since ``res.country`` would offer them in every postal address.
    Several records have the same code; nobody writes them.
    """

    _name = "urssaf.birth.country"
    _description = "Country of birth"
    _order = "until desc, former_name, country_id, id"

    country_id = fields.Many2one("res.country", readonly=True, ondelete="cascade", index="btree_not_null")
    former_name = fields.Char(translate=True, readonly=True, help="The name of a country that is gone.")
    until = fields.Date(readonly=True, help="The day on which the country ended.")
    code = fields.Char(required=True, readonly=True, help="INSEE's code of the country: 99100 for France.")
    in_france = fields.Boolean(compute="_compute_in_france")

    _country_unique = models.Constraint("UNIQUE(country_id)", "This country is in the list already.")
    _one_name = models.Constraint(
        "CHECK((country_id IS NULL) = (former_name IS NOT NULL))",
        "A country is one of Odoo's, or has a name of its own.",
    )

    @api.depends("code")
    def _compute_in_france(self):
        for country in self:
            country.in_france = country.code == FRANCE

    @api.depends("country_id.name", "former_name", "until")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for country in self:
            country.display_name = country.country_id.name
            if country.former_name:
                country.display_name = self.env._(
                    "%(country)s (until %(year)s)", country=country.former_name, year=country.until.year
                )

    @api.model
    def _search_display_name(self, operator, value):
        combine = Domain.AND if operator in Domain.NEGATIVE_OPERATORS else Domain.OR
        return combine([Domain("country_id.name", operator, value), Domain("former_name", operator, value)])

    @api.model
    def _load(self):
        """Have a record for each country of Odoo that has a code, at each update of the addon."""
        existing = {record.country_id: record for record in self.search([("country_id", "!=", False)])}
        missing = []
        for country in self.env["res.country"].search([("code", "!=", False)]):
            code = self._code_of(country)
            record = existing.get(country)
            if code and record and record.code != code:
                record.code = code
            elif code and not record:
                missing.append({"country_id": country.id, "code": code})
        self.create(missing)

    @api.model
    def _code_of(self, country):
        """Return INSEE's code of a country of Odoo; empty where it has none."""
        if country.code == "FR" or country.code in FRENCH_TERRITORIES:
            return FRANCE
        return str(country.fr_cog or LEFT_OUT.get(country.code, ""))

    @api.model
    def _of(self, country):
        """Return the record of a country of Odoo; empty where it has no code."""
        return self.search([("country_id", "=", country.id)]) if country else self.browse()
