"""Installing the addon where there are many invoices: what is written of the past, against the ORM's own way.

Run in a database of its own that has no addon yet; `--count` is its number of invoices, of three journal items each.
`--by-orm` takes away what creates the columns by SQL: Odoo then fills them as it does by itself.
"""

from __future__ import annotations

import argparse
import time
from contextlib import closing

import psycopg2
from psycopg2 import sql

from benchmarks.measure import answer, peak_mb

ADDON = "avance_immediate"
#: Where the addon adds columns that the ORM would fill.
TABLES = ("account_move", "account_move_line", "product_template")
#: Lines of services; one more journal item is the receivable.
LINES = 2
#: Rows copied at once.
SHARE = 10_000


def main() -> None:
    """Fill the database, install the addon, update it, and tell what each wrote."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True, help="configuration file of Odoo")
    parser.add_argument("--db", required=True)
    parser.add_argument("--count", type=int, required=True, help="invoices in the database")
    parser.add_argument("--by-orm", action="store_true", help="leave the columns to the ORM")
    options = parser.parse_args()
    configure(options)
    fill(options)
    if options.by_orm:
        leave_to_orm()
    figures = {"installing": measure(options, install_modules=[ADDON]), "rows": rows(options)}
    if not options.by_orm:
        figures["updating"] = measure(options, upgrade_modules=[ADDON])
    answer({**figures, "peak_mb": peak_mb()})


def configure(options: argparse.Namespace) -> None:
    """Have Odoo know its configuration."""
    from odoo.tools import config

    config.parse_config(["-c", options.config, "--log-level=error"], setup_logging=True)


def fill(options: argparse.Namespace) -> None:
    """Have many posted invoices: copies of one, through SQL, since it is not what is measured."""
    from odoo import SUPERUSER_ID, Command, api, fields
    from odoo.modules.registry import Registry

    with Registry(options.db).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        product = env["product.product"].create({"name": "Ménage", "type": "service", "lst_price": 30})
        line = {"product_id": product.id, "quantity": 2, "tax_ids": [Command.clear()]}
        values = {
            "move_type": "out_invoice",
            "partner_id": env["res.partner"].create({"name": "Client"}).id,
            "invoice_date": fields.Date.today(),
            "invoice_line_ids": [Command.create(line)] * LINES,
        }
        move = env["account.move"].create(values)
        move.action_post()
        env.flush_all()
        for start in range(1, options.count, SHARE):
            copy(cr, move.id, start, min(start + SHARE, options.count))
        cr.commit()
    with closing(connect(options)) as connection:
        connection.autocommit = True
        connection.cursor().execute("VACUUM ANALYZE")
    Registry.delete(options.db)


def copy(cr, move_id: int, start: int, stop: int) -> None:
    """Insert copies of an invoice and of its lines, numbered from `start` to before `stop`."""
    cr.execute(
        """
        CREATE TEMP TABLE copies ON COMMIT DROP AS
        SELECT number, nextval('account_move_id_seq') AS id FROM generate_series(%s, %s) AS number
        """,
        (start, stop - 1),
    )
    cr.execute(
        """
        INSERT INTO account_move
        SELECT (jsonb_populate_record(model, jsonb_build_object(
            'id', copies.id, 'name', 'BENCH/' || copies.number, 'sequence_prefix', 'BENCH/',
            'sequence_number', copies.number, 'access_token', NULL, 'payment_reference', 'BENCH/' || copies.number
        ))).*
        FROM account_move model, copies WHERE model.id = %s
        """,
        (move_id,),
    )
    cr.execute(
        """
        INSERT INTO account_move_line
        SELECT (jsonb_populate_record(model, jsonb_build_object(
            'id', nextval('account_move_line_id_seq'), 'move_id', copies.id, 'move_name', 'BENCH/' || copies.number
        ))).*
        FROM account_move_line model, copies WHERE model.move_id = %s
        """,
        (move_id,),
    )
    cr.execute("DROP TABLE copies")


def leave_to_orm() -> None:
    """Take away the methods that create the columns, before Odoo builds its models of these classes."""
    from odoo.addons.avance_immediate.models import account_move, account_move_line, product_template

    for model in (account_move.AccountMove, account_move_line.AccountMoveLine, product_template.ProductTemplate):
        del model._auto_init


def measure(options: argparse.Namespace, **modules: list[str]) -> dict:
    """Load the registry with modules to install or to update; return seconds, SQL queries and rows written."""
    from odoo import sql_db
    from odoo.modules.registry import Registry

    before, queries, start = written(options), sql_db.sql_counter, time.perf_counter()
    Registry.new(options.db, update_module=True, **modules)
    seconds, queries = time.perf_counter() - start, sql_db.sql_counter - queries
    after = written(options)
    return {
        "s": seconds,
        "queries": queries,
        "written": {table: after[table] - before[table] for table in TABLES},
    }


def written(options: argparse.Namespace) -> dict[str, int]:
    """Return how many rows of each table were ever updated, as PostgreSQL counts them once Odoo has left."""
    from odoo import sql_db

    sql_db.close_db(options.db)
    with closing(connect(options)) as connection, connection.cursor() as cr:
        others = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()"
        while cr.execute(others) or cr.rowcount:
            connection.rollback()
            time.sleep(0.05)
        connection.rollback()
        cr.execute("SELECT relname, n_tup_upd FROM pg_stat_user_tables WHERE relname = ANY(%s)", (list(TABLES),))
        return dict(cr.fetchall())


def rows(options: argparse.Namespace) -> dict[str, int]:
    """Return how many rows each table has."""
    with closing(connect(options)) as connection, connection.cursor() as cr:
        counts = {}
        for table in TABLES:
            cr.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            [counts[table]] = cr.fetchone()
        return counts


def connect(options: argparse.Namespace):
    """Return a connection of our own to the database."""
    from odoo.tools import config

    settings = {"host": config["db_host"], "port": config["db_port"], "user": config["db_user"]}
    settings = {name: value for name, value in settings.items() if value}
    return psycopg2.connect(dbname=options.db, **settings)


if __name__ == "__main__":
    main()
