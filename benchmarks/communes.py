"""Typing the name of a commune, against Odoo's own search by name among as many partners of the same names.

On a server that has `pg_trgm` and `unaccent` they are used, as Odoo does when it makes a database: the figures say so.
"""

from __future__ import annotations

import argparse
import statistics
import time
from contextlib import closing

import psycopg2

from benchmarks.measure import answer, arguments, environment, peak_mb, timed

EXTENSIONS = {"pg_trgm", "unaccent"}
#: What the window of a Many2one asks for.
LIMIT = 8
#: Typed letter by letter, as the window searches at each.
TYPED = (
    *("Lyon", "Saint-Étienne", "saint denis", "L'Haÿ-les-Roses", "Boulogne-Billancourt", "Paris 15e", "Nanterre"),
    *("Villeneuve-d'Ascq", "châlons", "bellegarde sur valserine", "75015", "2A004", "Xertigny", "zzzz"),
)
#: Rows of that name are taken away at the end.
MARK = "bench-communes"


def main() -> None:
    """Measure both searches by turns, and what loading the communes takes."""
    options = arguments()
    use_extensions(options)
    with environment(options) as env:
        env.registry.check_indexes(env.cr, env.registry.models.keys())
        communes = env["urssaf.commune"].search_count([])
        make_partners(env)
        try:
            texts = [text[:length] for text in TYPED for length in range(1, len(text) + 1)]
            models = {"communes": "urssaf.commune", "partners": "res.partner"}
            milliseconds: dict[str, list[list[float]]] = {name: [] for name in models}
            for number in range(options.rounds):
                for name in sorted(models, reverse=number % 2 == 1):
                    milliseconds[name].append([search(env, models[name], text) for text in texts])
            loading = [load(env) for _ in range(options.rounds)]
        finally:
            forget_partners(env)
        answer(
            {
                "extensions": sorted(name for name in EXTENSIONS if has_extension(env.cr, name)),
                "records": communes,
                "searches": len(texts),
                **{name: distribution(rounds) for name, rounds in milliseconds.items()},
                "slower": sum(a > b for a, b in zip(*map(of_each, milliseconds.values()), strict=True)),
                "loading_ms": statistics.median(loading),
                "peak_mb": peak_mb(),
            }
        )


def use_extensions(options: argparse.Namespace) -> None:
    """Create the extensions that the server offers, before Odoo looks which there are."""
    from odoo.tools import config

    config.parse_config(["-c", options.config], setup_logging=False)
    settings = {"host": config["db_host"], "port": config["db_port"], "user": config["db_user"]}
    settings = {name: value for name, value in settings.items() if value}
    with closing(psycopg2.connect(dbname=options.db, **settings)) as connection, connection, connection.cursor() as cr:
        cr.execute("SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", (list(EXTENSIONS),))
        if {name for (name,) in cr.fetchall()} == EXTENSIONS:
            cr.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cr.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
            cr.execute("ALTER FUNCTION unaccent(text) IMMUTABLE")


def has_extension(cr, name: str) -> bool:
    """Whether the database has an extension."""
    cr.execute("SELECT 1 FROM pg_extension WHERE extname = %s", (name,))
    return bool(cr.fetchone())


def make_partners(env) -> None:
    """Have a partner for each commune, with its name: copies of one, through SQL, since it is not what is measured."""
    model = env["res.partner"].create({"name": MARK, "function": MARK})
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO res_partner
        SELECT (jsonb_populate_record(model, jsonb_build_object(
            'id', new.id, 'commercial_partner_id', new.id, 'name', new.name, 'complete_name', new.name
        ))).*
        FROM res_partner model, (SELECT nextval('res_partner_id_seq') AS id, name FROM urssaf_commune WHERE active) new
        WHERE model.id = %s
        """,
        (model.id,),
    )
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner")
    env.cr.commit()


def forget_partners(env) -> None:
    """Take the partners away."""
    env.cr.rollback()
    env.cr.execute("DELETE FROM res_partner WHERE function = %s", (MARK,))
    env.cr.commit()


def search(env, model: str, text: str) -> float:
    """Return the milliseconds of one search, from an empty cache."""
    env.invalidate_all()
    start = time.perf_counter()
    env[model].name_search(text, limit=LIMIT)
    return (time.perf_counter() - start) * 1000


def load(env) -> float:
    """Return the milliseconds of loading all communes over those that are there, as an update with a new file does."""
    env.cr.execute("UPDATE urssaf_commune SET label = label || '.'")
    return timed(env, env["urssaf.commune"]._load, 1)["ms"]


def of_each(rounds: list[list[float]]) -> list[float]:
    """Return the median time of each search, over the rounds."""
    return [statistics.median(values) for values in zip(*rounds, strict=True)]


def distribution(rounds: list[list[float]]) -> dict[str, float]:
    """Return the median, the 95th centile and the longest of all times."""
    values = [value for times in rounds for value in times]
    return {"median": statistics.median(values), "p95": statistics.quantiles(values, n=20)[-1], "max": max(values)}


if __name__ == "__main__":
    main()
