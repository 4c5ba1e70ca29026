from odoo import api, fields, models
from odoo.fields import Domain

from ..urssaf.http.folding import fold_words
from ..urssaf.tiers_prestation.lists import FRANCE

#: Of France, and with a country code of their own: who was born there was born in France, in a commune. The beginning
#: of the INSEE codes of the communes there.
FRENCH_TERRITORIES = {
    **{"GP": "971", "MQ": "972", "GF": "973", "RE": "974", "PM": "975", "YT": "976", "BL": "977", "MF": "978"},
    **{"TF": "984", "WF": "986", "PF": "987", "NC": "988"},
}
#: Other countries of Odoo that `l10n_fr_cog` leaves without a code: Antarctica, Åland (of Finland), the outlying
#: islands of the United States, Northern Ireland (docs/data.md).
LEFT_OUT = {"AQ": "99699", "AX": "99105", "UM": "99505", "XI": "99132"}
#: Before a name or not: ``La Réunion``.
ARTICLES = frozenset({"l", "la", "le", "les", "the"})


class UrssafBirthCountry(models.Model):
    """A country where somebody may have been born: those of Odoo, and some that are gone (docs/api.md §2.1, §6).

    Countries that are gone have a model of their own, since ``res.country`` would offer them in every postal address.
    Several records have the same code; nobody writes them.
    """

    _name = "urssaf.birth.country"
    _description = "Country of birth"
    _order = "sequence, until desc, country_id, former_name, id"

    country_id = fields.Many2one("res.country", readonly=True, ondelete="cascade", index="btree_not_null")
    former_name = fields.Char(translate=True, readonly=True, help="The name of a country that is gone.")
    until = fields.Date(readonly=True, help="The day on which the country ended.")
    code = fields.Char(required=True, readonly=True, help="INSEE's code of the country: 99100 for France.")
    in_france = fields.Boolean(compute="_compute_in_france")
    sequence = fields.Integer(compute="_compute_sequence", store=True, help="France, the overseas, then the others.")

    _country_unique = models.Constraint("UNIQUE(country_id)", "This country is in the list already.")
    _one_name = models.Constraint(
        "CHECK((country_id IS NULL) = (former_name IS NOT NULL))",
        "A country is one of Odoo's, or has a name of its own.",
    )

    @api.depends("code")
    def _compute_in_france(self):
        for country in self:
            country.in_france = country.code == FRANCE

    @api.depends("code", "country_id.code")
    def _compute_sequence(self):
        for country in self:
            country.sequence = (1 if country.country_id.code == "FR" else 2) if country.in_france else 3

    @api.depends("country_id.name", "former_name", "until")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for country in self:
            country.display_name = country.country_id.name
            if country.former_name:
                country.display_name = self.env._(
                    "%(country)s (until %(year)s)", country=country.former_name, year=country.until.year
                )

    def _department(self):
        """Return the department of all communes of an overseas territory; empty of France, and of other countries."""
        return FRENCH_TERRITORIES.get(self.country_id.code, "")

    # === SEARCHING BY NAME === #

    @api.model
    def _search_display_name(self, operator, value):
        # EXTENDS base: also by ISO code, and by the names that people use
        if operator in ("ilike", "like"):
            return Domain("id", "in", self._named(value or "").ids)
        if operator == "in":
            named = [self._named_exactly(name) for name in value if isinstance(name, str)]
            return Domain("id", "in", self.union(*named).ids)
        return NotImplemented

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Find countries: first that of an ISO code, then those whose name begins so, then the rest."""
        if not name or operator not in ("ilike", "="):
            return super().name_search(name, domain, operator, limit)
        found = self._named(name) if operator == "ilike" else self._named_exactly(name)
        allowed = self.search(Domain("id", "in", found.ids) & Domain(domain or Domain.TRUE))
        return [(country.id, country.display_name) for country in (found & allowed)[:limit].sudo()]

    @api.model
    def _named(self, text):
        """Return the countries that have words beginning as those typed, in any language in use or English."""
        typed = _words(text)
        if not typed:
            return self.browse() if text.strip() else self._all()
        first = self._of_iso_code(text)
        ranks = {}
        for country, names in self._names().items():
            matching = [name for name in names if all(any(word.startswith(t) for word in name) for t in typed)]
            if matching and country != first:
                ranks[country] = not any("".join(name).startswith("".join(typed)) for name in matching)
        return first.union(*sorted(ranks, key=ranks.get))

    @api.model
    def _named_exactly(self, text):
        """Return the country of this name or ISO code, as in a spreadsheet: ``Portugal``, ``PT``, ``Yougoslavie``.

        A word that stands in the name of one country only is enough: ``URSS``.
        """
        typed = _words(text)
        if not typed or (found := self._of_iso_code(text)):
            return found if typed else self.browse()
        countries = self._names()
        exact = [country for country, names in countries.items() if "".join(typed) in map("".join, names)]
        partly = [country for country, names in countries.items() if any(typed[0] in name for name in names)]
        if not exact and len(typed) == len(partly) == 1:
            return partly[0]
        return self.union(*exact)

    @api.model
    def _of_iso_code(self, text):
        code = text.strip().upper()
        return self.sudo().search([("country_id.code", "=", code)]) if len(code) == 2 else self.browse()

    @api.model
    def _names(self):
        """Return the names of each country, as words that can be compared; those of a country that is gone with and
        without its end."""
        names = {country: [] for country in self._all()}
        # English is that of the sources, even where it is not in use.
        for lang in {"en_US", *dict(self.env["res.lang"].get_installed())}:
            for country in self._all().with_context(lang=lang):
                known = {country.display_name, country.former_name or country.country_id.name}
                names[country] += [_words(name) for name in known]
        return names

    @api.model
    def _all(self):
        return self.sudo().search([])  # pylint: disable=no-search-all  # less than 300, and all are wanted

    # === LOADING === #

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

    @api.model
    def _france(self):
        """Return France itself, without the overseas."""
        return self._of(self.env.ref("base.fr"))


def _words(text):
    """Return the words of a name without case, accents and articles."""
    words = fold_words(text)
    return [word for word in words if word not in ARTICLES] or words
