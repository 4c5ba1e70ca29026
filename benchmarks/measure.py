"""What the measures have in common: an Odoo environment without a server, a stopwatch, and the answer to the caller."""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def arguments() -> argparse.Namespace:
    """Read the arguments that `scripts.bench` gives to each measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True, help="configuration file of Odoo")
    parser.add_argument("--db", required=True)
    parser.add_argument("--simulator", help="address of the simulator")
    parser.add_argument("--count", type=int, required=True, help="records in each round")
    parser.add_argument("--rounds", type=int, required=True)
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="payouts: so many more in one run, each once")
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


def timed(env, work: Callable[[], object], count: int) -> dict[str, float | None]:
    """Do some work, from an empty cache to its commit.

    :return: for each of `count` records: milliseconds (`ms`); those of the processor, in this process (`cpu_python`)
        and in its backend at the database (`cpu_database`, None where that is not on this machine); and SQL queries, on
        whatever cursor (`queries`)
    """
    from odoo import sql_db

    env.flush_all()
    env.cr.commit()
    env.invalidate_all()
    backend = Backend(env.cr)
    before, queries = backend.cpu_seconds(), sql_db.sql_counter
    cpu, start = time.process_time(), time.perf_counter()
    work()
    env.flush_all()
    env.cr.commit()
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    after, queries = backend.cpu_seconds(), sql_db.sql_counter - queries
    return {
        "ms": seconds * 1000 / count,
        "cpu_python": cpu * 1000 / count,
        "cpu_database": None if before is None or after is None else (after - before) * 1000 / count,
        "queries": queries / count,
    }


class Backend:
    """The process of the PostgreSQL server that serves a cursor."""

    def __init__(self, cr):
        connection = cr._cnx
        host = connection.info.host
        is_here = host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
        self._proc = Path("/proc") / str(connection.get_backend_pid()) if is_here else None

    def cpu_seconds(self) -> float | None:
        """Return the seconds of processor that it has used, None where it is not a process of this machine."""
        if self._proc is None:
            return None
        try:
            # A server in a container has numbers of its own, which here are somebody else's.
            if "postgres" not in (self._proc / "comm").read_text():
                return None
            fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        # man 5 proc: utime is the 14th field, stime the 15th; the first of these is the third.
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def forget_peak() -> None:
    """Give back what memory is free, and begin anew to look for its peak, where the system can (Linux)."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def peak_mb() -> float:
    """Return the most megabytes that this process held since `forget_peak`; or ever, where the system cannot tell."""
    with suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def answer(figures: dict) -> None:
    """Give the figures to `scripts.bench`."""
    json.dump(figures, sys.stdout)


def new_invoices(env, count: int, *, vat_on_receipts: bool = True, days_ago: int = 3):
    """Create and post invoices that Urssaf would take, of the sample provider's clients by turns.

    :param days_ago: when the service was done and invoiced
    :param vat_on_receipts: the VAT is due when the client pays, as usual for services: Odoo then makes one more entry
        for each payment, whoever records it
    """
    from odoo import Command, fields

    registrations = env["urssaf.registration"].search([("state", "=", "active")])
    product = env["product.product"].search([("urssaf_nature_id.code", "=", "60")], limit=1)
    day = fields.Date.subtract(fields.Date.today(), days=days_ago)
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
