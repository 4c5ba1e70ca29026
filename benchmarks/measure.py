"""What the measures have in common: an Odoo environment without a server, a stopwatch, and the answer to the caller."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def arguments() -> argparse.Namespace:
    """Read the arguments that `scripts.bench` gives to each measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True, help="configuration file of Odoo")
    parser.add_argument("--db", required=True)
    parser.add_argument("--simulator", help="address of the simulator")
    parser.add_argument("--count", type=int, required=True, help="records in each round")
    parser.add_argument("--rounds", type=int, required=True)
    return parser.parse_args()


@contextmanager
def environment(options: argparse.Namespace) -> Iterator:
    """An environment of the superuser, with the rights and the company of the sample provider."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config(["-c", options.config, "--log-level=error"], setup_logging=True)
    with Registry(options.db).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {"lang": "fr_FR", "tz": "Europe/Paris"})


def timed(env, work: Callable[[], object], count: int) -> dict[str, float]:
    """Do some work, from an empty cache to its commit.

    :return: milliseconds and SQL queries, for each of `count` records
    """
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    env.cr.commit()
    seconds = time.perf_counter() - start
    return {"ms": seconds * 1000 / count, "queries": (env.cr.sql_log_count - queries) / count}


def peak_mb() -> float:
    """Return the most memory that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def answer(figures: dict) -> None:
    """Give the figures to `scripts.bench`."""
    json.dump(figures, sys.stdout)


def new_invoices(env, count: int, *, vat_on_receipts: bool = True):
    """Create and post invoices that Urssaf would take, of the sample provider's clients by turns.

    :param vat_on_receipts: the VAT is due when the client pays, as usual for services: Odoo then makes one more entry
        for each payment, whoever records it
    """
    from odoo import Command, fields

    registrations = env["urssaf.registration"].search([("state", "=", "active")])
    product = env["product.product"].search([("urssaf_nature_id.code", "=", "60")], limit=1)
    day = fields.Date.subtract(fields.Date.today(), days=3)
    tax = env.ref(f"account.{env.company.id}_tva_intermediaire{'_encaissement' if vat_on_receipts else ''}_ttc")
    tax.active = True
    line = {"product_id": product.id, "quantity": 2, "tax_ids": [Command.set(tax.ids)]}
    values = {
        "move_type": "out_invoice",
        "invoice_date": day,
        "urssaf_service_start": day,
        "urssaf_service_end": day,
        "invoice_line_ids": [Command.create(line)],
    }
    partners = registrations.partner_id
    moves = env["account.move"].create(
        [{**values, "partner_id": partners[index % len(partners)].id} for index in range(count)]
    )
    moves.action_post()
    return moves
