"""Measure speed against Odoo's own way, and what a call to Urssaf costs. Nothing passes or fails on time."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import date, datetime, timedelta, timezone

from harness import provider
from harness.rpc import Odoo, Steering

from . import paths, runtime, tables
from .console import SetupError, say, step, tail

CLIENTS = 20
#: The simulator's clock begins so many days ago, and stays behind the present whatever the measures advance it by.
DAYS_BACK = 40


#: Ways of installing, and what tells the measure.
INSTALLING: dict[str, list[str]] = {"columns by SQL": [], "columns by the ORM": ["--by-orm"]}


def main() -> int:
    """Prepare a provider, run each measure in a process of its own, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="invoices in each round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each measure (default: %(default)s)")
    parser.add_argument(
        "--past",
        type=int,
        default=100_000,
        help="invoices that are there when the addon is installed (default: %(default)s)",
    )
    options = parser.parse_args()
    runtime.ensure()
    with runtime.stop_on_signals(), ExitStack() as stack:
        db = stack.enter_context(runtime.temporary_database("bench"))
        simulator = _prepare(db, stack)
        with step(f"payouts, {options.rounds} rounds of four times {options.count} invoices"):
            payouts = _measure("payouts", db, options)
        with step(f"sending and refreshing, {options.rounds} rounds of twice {options.count} requests"):
            exchanges = _measure("exchanges", db, options, simulator)
        with step("typing the name of a commune"):
            communes = _measure("communes", db, options)
        with step(f"installing where there are {options.past} invoices, twice"):
            installing = {way: _installing(way, options) for way in INSTALLING}
        with step("loading the client"):
            loading = _loading(options.rounds * 2 + 1)
    _report(options, payouts, exchanges, loading)
    _report_communes(communes)
    _report_installing(installing)
    return 0


def _prepare(db: str, stack: ExitStack) -> str:
    """Make the provider and its active clients; return the simulator's address."""
    clock = datetime.now(timezone.utc) - timedelta(days=DAYS_BACK)
    state = paths.cache_folder("demo") / f"{db}.sqlite"
    stack.callback(lambda: [file.unlink() for file in state.parent.glob(f"{state.name}*")])
    simulator = stack.enter_context(runtime.start_simulator(state, f"{clock:%Y-%m-%dT%H:%M:%SZ}"))
    with step(f"a provider with {CLIENTS} active clients"), runtime.start_odoo(db) as odoo:
        admin = Odoo(odoo.url, db, *provider.ADMIN)
        provider.set_up(admin, simulator.url)
        user = Odoo(odoo.url, db, *provider.USER)
        provider.create_products(admin)
        steering = Steering(simulator.url)
        registrations = []
        for number in range(1, CLIENTS + 1):
            client = provider.plain_client(number)
            partner = provider.create_client(user, client, number)
            registrations.append(provider.prepare_registration(user, partner, client, number))
            provider.register(user, registrations[-1])
        for row in user.read("urssaf.registration", registrations, ["id_client"]):
            steering.person_step(row["id_client"], "activate")
        user.call("urssaf.registration", "action_refresh", registrations)
        steering.move_to(clock + timedelta(days=DAYS_BACK - 2))
    return simulator.url


def _measure(name: str, db: str, options: argparse.Namespace, simulator: str = "") -> dict:
    """Run one measure in a process of its own; return its figures."""
    return _run(name, db, "--count", str(options.count), "--rounds", str(options.rounds), "--simulator", simulator)


def _installing(way: str, options: argparse.Namespace) -> dict:
    """Install the addon in a database of its own; return the figures."""
    with runtime.temporary_database("bench_install", with_addon=False) as db:
        return _run("installing", db, "--count", str(options.past), *INSTALLING[way])


def _run(name: str, db: str, *arguments: str) -> dict:
    """Run a module of `benchmarks` on a database.

    :raise SetupError: it failed; the message shows the end of its log.
    """
    log = paths.log_file(f"bench-{name}")
    command = [sys.executable, "-m", f"benchmarks.{name}", "--config", str(runtime.odoo_conf(db)), "--db", db]
    command += arguments
    with log.open("wb") as errors:
        result = subprocess.run(command, cwd=paths.CHECKOUT, stdout=subprocess.PIPE, stderr=errors, check=False)
    if result.returncode:
        raise SetupError(f"The measure {name} failed; log: {log}\n{tail(log)}")
    return json.loads(result.stdout)


def _loading(rounds: int) -> dict[str, float]:
    """Return the median milliseconds that a new Python needs for nothing, for `requests`, and for the client."""
    programs = {"nothing": "pass", "requests": "import requests", "client": "import urssaf.tiers_prestation.client"}
    environment = {**os.environ, "PYTHONPATH": str(paths.CHECKOUT / paths.ADDON)}
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], env=environment, check=True)
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) * 1000 for name, values in seconds.items()}


def _median(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {key: statistics.median(figures[key] for figures in rounds) for key in rounds[0]}


def _report(options: argparse.Namespace, payouts: dict, exchanges: dict, loading: dict) -> None:
    count, rounds = options.count, options.rounds
    say(f"\nMeasured by `make bench` on {date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}:")
    say(f"{rounds} rounds of {count} invoices, medians for one invoice.\n")
    for vat in ("receipts", "invoices"):
        ways = {name: _median(figures) for name, figures in payouts.items() if str(name).endswith(vat)}
        ours, odoo = (next(way for name, way in ways.items() if name.startswith(start)) for start in ("sched", "Odoo"))
        rows = [(f"Payouts recorded, VAT due on {vat}", "ms", "SQL queries")]
        rows += [(name.split(",")[0], _round(way["ms"]), _round(way["queries"])) for name, way in ways.items()]
        queries = f"{odoo['queries'] / ours['queries']:.1f} × fewer"
        _table(*rows, ("ratio", f"{odoo['ms'] / ours['ms']:.1f} × faster", queries))
    rows = [("Against the simulator", "ms", "SQL queries", "HTTP calls")]
    for name in sorted(key for key in exchanges if key != "peak_mb"):
        way = _median(exchanges[name])
        rows.append((name, _round(way["ms"]), _round(way["queries"]), f"{way['calls']:.2f}"))
    _table(*rows)
    rows = [("Peak memory of the process", "MB")]
    rows += [("payouts, both ways", _round(payouts["peak_mb"])), ("exchanges", _round(exchanges["peak_mb"]))]
    _table(*rows)
    _table(("A new Python that loads", "ms"), *((name, _round(value)) for name, value in loading.items()))


def _report_communes(figures: dict) -> None:
    extensions = " and ".join(figures["extensions"]) or "neither pg_trgm nor unaccent"
    say(f"{figures['records']} communes and as many partners, on a server with {extensions};")
    say(f"{figures['searches']} beginnings of names, as a user types them; slower than Odoo's: {figures['slower']}.")
    say(f"Loading all communes anew: {figures['loading_ms'] / 1000:.1f} s.\n")
    rows = [("Search by name, ms", "median", "19 of 20 below", "longest")]
    for title, name in (("communes", "communes"), ("Odoo's partners", "partners")):
        rows.append((title, *(_round(figures[name][key]) for key in ("median", "p95", "max"))))
    _table(*rows)


def _report_installing(figures: dict) -> None:
    ours, orm = figures.values()
    past = ", ".join(f"{count} rows of {table}" for table, count in ours["rows"].items())
    say(f"Installed where there are {past}; then updated.\n")
    names = list(ours["rows"])
    rows = [("Installing where there is much", "s", "SQL queries", *(f"rows written in {name}" for name in names))]
    for way, figure in {
        **{way: values["installing"] for way, values in figures.items()},
        "updating (-u)": ours["updating"],
    }.items():
        rows.append((way, _round(figure["s"]), figure["queries"], *(figure["written"][name] for name in names)))
    ratio = orm["installing"]["s"] / ours["installing"]["s"]
    _table(*rows, ("ratio", f"{ratio:.1f} × faster", "", *("" for _name in names)))


def _round(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _table(*rows: tuple[object, ...]) -> None:
    say(tables.markdown(rows[0], rows[1:], figures=True) + "\n")
