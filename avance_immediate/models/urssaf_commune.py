import csv
import io

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import file_open

from ..urssaf.intake import birthplace
from ..urssaf.intake.commune_names import Search, search_key

DATA = "avance_immediate/data/urssaf.commune.csv"
OVERSEAS = "avance_immediate.overseas_birth_codes"
COLUMNS = (
    *("code", "kind", "name", "label", "search_key", "search_text"),
    *("zips", "department", "parent_code", "population"),
)


class UrssafCommune(models.Model):
    """A commune of France, of today or a part of one: what a birth place or an address is chosen from.

    The records come from a file (docs/data.md), which each update of the addon loads; nobody writes them. A code may
    stand twice, for a commune and for the delegated one that has its name's place; together with the kind it is unique.
    """

    _name = "urssaf.commune"
    _description = "Commune of France"
    _order = "population desc, label, id"
    _rec_name = "label"
    _rec_names_search = ["label", "name", "code"]

    code = fields.Char(string="INSEE code", required=True, readonly=True, help="Five characters: 69123, 2A004, 97411.")
    name = fields.Char(required=True, readonly=True)
    label = fields.Char(required=True, readonly=True, help="The name, with what tells it from others of that name.")
    kind = fields.Selection(
        [
            ("commune", "Commune"),
            ("arrondissement", "Municipal arrondissement"),
            ("delegated", "Delegated commune"),
            ("associated", "Associated commune"),
        ],
        required=True,
        readonly=True,
    )
    zips = fields.Char(string="Postal codes", readonly=True, help="Separated by spaces; parts of a commune have none.")
    department = fields.Char(readonly=True, help="Today's: 69, 2A, 974.")
    parent_code = fields.Char(readonly=True, help="INSEE code of the commune that this one is a part of.")
    population = fields.Integer(readonly=True, aggregator=None)
    active = fields.Boolean(default=True, readonly=True)
    search_key = fields.Char(required=True, readonly=True, export_string_translation=False)
    search_text = fields.Char(required=True, readonly=True, export_string_translation=False)

    _code_kind_unique = models.Constraint("UNIQUE(code, kind)", "This commune is in the list already.")
    _search_index = models.Index("USING gin (to_tsvector('simple'::regconfig, search_text))")
    _order_index = models.Index("(population DESC, label, id)")
    _key_index = models.Index("(search_key text_pattern_ops)")

    # === LOADING === #

    @api.model
    def _load(self):
        """Bring the records in line with the file; what it has no longer is archived.

        Through SQL, since 37 590 records one by one would take minutes. The table itself is compared, and only rows
        that differ are written: a mark that says "loaded" would survive what it speaks of.
        """
        with file_open(DATA, "rb") as file:
            content = file.read()
        self.flush_model()
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        self.env.cr.execute(
            SQL("CREATE TEMP TABLE urssaf_commune_new ON COMMIT DROP AS SELECT %s FROM urssaf_commune LIMIT 0", columns)
        )
        self.env.cr.copy_from(_as_copy(_rows(content)), "urssaf_commune_new", columns=COLUMNS, null="")
        changed = self._take_new(columns) + self._archive_missing()
        self.env.cr.execute("DROP TABLE urssaf_commune_new")
        if changed:
            self.env.cr.execute("ANALYZE urssaf_commune")
            self.invalidate_model()

    @api.model
    def _take_new(self, columns):
        """Write the rows of the temporary table that differ; return how many did."""
        excluded = SQL(", ").join(SQL("excluded.%s", SQL.identifier(column)) for column in COLUMNS)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO urssaf_commune (%s, active, create_uid, create_date, write_uid, write_date)
                SELECT new.*, true, %s, now() AT TIME ZONE 'UTC', %s, now() AT TIME ZONE 'UTC'
                FROM (SELECT * FROM urssaf_commune_new EXCEPT SELECT %s FROM urssaf_commune WHERE active) new
                ON CONFLICT (code, kind) DO UPDATE SET (%s, active, write_date) = (%s, true, excluded.write_date)
                """,
                columns,
                self.env.uid,
                self.env.uid,
                columns,
                columns,
                excluded,
            )
        )
        return self.env.cr.rowcount

    @api.model
    def _archive_missing(self):
        """Archive what the temporary table has no longer; return how many rows."""
        self.env.cr.execute(
            """
            UPDATE urssaf_commune commune SET active = false
            WHERE active AND NOT EXISTS (
                SELECT FROM urssaf_commune_new new WHERE new.code = commune.code AND new.kind = commune.kind
            )
            """
        )
        return self.env.cr.rowcount

    # === SEARCHING BY NAME, POSTAL CODE OR INSEE CODE === #

    @api.model
    def _search_display_name(self, operator, value):
        search = Search.of(value) if operator in ("ilike", "like") and isinstance(value, str) else None
        if search is None:
            return super()._search_display_name(operator, value)
        return Domain.custom(
            to_sql=lambda model, alias, query: model._search_matches(
                model._field_to_sql(alias, "search_text", query), search
            )
        )

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """Find communes: first those of exactly that name, then those that begin so, then the rest, the largest first.

        Parts of communes have no population of their own, and so come after the communes.
        """
        search = Search.of(name) if operator in ("ilike", "like") else None
        if search is None:
            return super().name_search(name, domain, operator, limit)
        allowed = self._search(Domain(domain or Domain.TRUE))
        table = allowed.table
        found = []
        # One after the other: the first ones often give enough, and each follows an index.
        for condition in self._search_stages(table, search):
            query = SQL(
                "SELECT %s, %s FROM %s WHERE %s AND %s ORDER BY %s LIMIT %s",
                SQL.identifier(table, "id"),
                SQL.identifier(table, "label"),
                allowed.from_clause,
                allowed.where_clause or SQL("TRUE"),
                condition,
                self._order_to_sql(self._order, allowed, table),
                limit - len(found) if limit else None,
            )
            found += self.env.execute_query(query)
            if limit and len(found) >= limit:
                break
        return found

    @api.model
    def _search_stages(self, table, search):
        """Return conditions in SQL that part what is found, in the order in which it is shown."""
        key = SQL.identifier(table, "search_key")
        matches = self._search_matches(SQL.identifier(table, "search_text"), search)
        if search.by_zip:
            # Of a postal code of Paris, Lyon or Marseille the arrondissement is meant, not the city.
            arrondissement = SQL("%s = 'arrondissement'", SQL.identifier(table, "kind"))
            return [SQL("%s AND %s", arrondissement, matches), SQL("NOT %s AND %s", arrondissement, matches)]
        exact = SQL("%s = %s", key, search.key)
        begins = SQL("(%s)", SQL(" OR ").join(SQL("%s LIKE %s", key, pattern) for pattern in search.beginnings))
        return [
            exact,
            SQL("%s AND NOT %s", begins, exact),
            SQL("%s AND NOT %s AND NOT %s", matches, begins, exact),
        ]

    @api.model
    def _search_matches(self, search_text, search):
        return SQL("to_tsvector('simple'::regconfig, %s) @@ %s::tsquery", search_text, search.tsquery)

    # === CODES AT BIRTH === #

    def _birth_choices(self, birth_date):
        """Return what Urssaf may want of a birth here, as it was on that day (docs/api.md §2.1, §8).

        :param birth_date: a date; false where it is not known yet
        :return: a list of dictionaries with ``department`` (3 characters), ``commune_code`` (3 digits) and
            ``commune_name``, the likeliest first, and a question. One choice is a decision. Of several the user takes
            one, and the question, a text in the user's language, says which and how to find out.
        """
        self.ensure_one()
        overseas = self.env["ir.config_parameter"].sudo().get_param(OVERSEAS, birthplace.OVERSEAS_PADDED)
        answer = birthplace.at_birth(self.code, birth_date or None, overseas=overseas)
        places = {candidate.today for candidate in answer.candidates} - {self.code}
        # Of a commune and its part with the same code, the commune comes last and gives the name.
        communes = self.search([("code", "in", list(places))], order="kind DESC") if places else self.browse()
        names = {commune.code: commune.name for commune in communes} | {self.code: self.name}
        choices = [
            {
                "department": candidate.department,
                "commune_code": candidate.commune,
                "commune_name": names.get(candidate.today, self.name),
            }
            for candidate in answer.candidates
        ]
        return choices, "" if answer.decided else self._birth_question(answer.reason)

    def _birth_question(self, reason):
        question = {
            birthplace.ARRONDISSEMENT: self.env._("In which arrondissement of %(commune)s?", commune=self.name),
            birthplace.CREATED_LATER: self.env._(
                "%(commune)s was made of several communes, later. In which one?", commune=self.name
            ),
            birthplace.RENUMBERED: self.env._("%(commune)s had another code at that time.", commune=self.name),
            birthplace.NO_DATE: self.env._("The codes of %(commune)s depend on the birth date.", commune=self.name),
        }[reason]
        return self.env._(
            "%(question)s Characters 6 to 10 of the social security number tell the department and the commune.",
            question=question,
        )

    @api.model
    def _from_birth_codes(self, department, commune_code):
        """Return the commune of these codes, typed or kept from before; empty where none is known.

        They may be codes of the time: ``075`` and ``050`` are Nanterre, before 1968.
        """
        try:
            codes = birthplace.possible_today(birthplace.join(department or "", commune_code or ""))
        except ValueError:
            return self.browse()
        found = self.search([("code", "in", codes)], order="kind")
        return min(found, key=lambda commune: codes.index(commune.code), default=found)


def _rows(content):
    """Give the columns of the table, for each line of the file."""
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
    names = {line["code"]: line["name"] for line in lines if line["kind"] == "commune"}
    for line in lines:
        code, name, zips = line["code"], line["name"], line["zips"].split()
        department = code[:3] if code[:2] in ("97", "98") else code[:2]
        parent = names.get(line["parent"], "")
        if line["parent"] == code and parent == name:
            continue  # the seat of a commune that has its name and its code: nothing else to choose
        if line["kind"] in ("delegated", "associated"):
            where = f"{parent}, {department}"
        else:
            where = zips[0] if len(zips) == 1 else department
        key = search_key(name)
        yield (
            *(code, line["kind"], name, f"{name} ({where})", key, " ".join([key, code.lower(), *zips]), " ".join(zips)),
            *(department, line["parent"], line["population"]),
        )


def _as_copy(rows):
    """Write rows as PostgreSQL's COPY reads them; no value has a tabulation or a backslash."""
    return io.StringIO("".join("\t".join(row) + "\n" for row in rows))
