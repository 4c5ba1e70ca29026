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

from . import bench_results, paths, runtime, tables
from .bench_results import median, shown
from .console import SetupError, say, step, tail

CLIENTS = 20
#: The simulator's clock begins so many days ago, and stays behind the present whatever the measures advance it by.
DAYS_BACK = 40

#: The measures, in this order, and what is said of each.
TITLES = {
    "payouts": "payouts, {rounds} rounds of six times {count} invoices, then {sizes} in one run",
    "exchanges": "sending and refreshing, {rounds} rounds of twice {count} requests",
    "questions": "asking about the requests of a year",
    "communes": "typing the name of a commune",
    "installing": "installing where there are {past} invoices, twice",
    "loading": "loading the client",
}
#: Ways of installing, and what tells the measure.
INSTALLING: dict[str, list[str]] = {"columns by SQL": [], "columns by the ORM": ["--by-orm"]}


def main() -> int:
    """Prepare a provider, run each measure in a process of its own, print the tables and write the results."""
    options = _options()
    runtime.ensure()
    figures: dict[str, dict] = {}
    with runtime.stop_on_signals(), ExitStack() as stack:
        if set(options.only) & {"payouts", "exchanges", "communes"}:
            db = stack.enter_context(runtime.temporary_database("bench"))
            simulator = _prepare(db, stack)
        for name in options.only:
            with step(TITLES[name].format(**vars(options))):
                if name == "installing":
                    figures[name] = {way: _installing(way, options) for way in INSTALLING}
                elif name == "questions":
                    figures[name] = _output(name)
                elif name == "loading":
                    figures[name] = _loading(options.rounds * 2 + 1)
                else:
                    figures[name] = _measure(name, db, options, simulator)
    _report(options, figures)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="invoices in each round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each measure (default: %(default)s)")
    parser.add_argument(
        "--sizes", type=int, nargs="*", default=[1000], help="payouts in one run, once each (default: %(default)s)"
    )
    parser.add_argument(
        "--large", action="store_const", dest="sizes", const=[1000, 10_000], help="also 10 000 payouts in one run: long"
    )
    parser.add_argument(
        "--past",
        type=int,
        default=100_000,
        help="invoices that are there when the addon is installed (default: %(default)s)",
    )
    parser.add_argument(
        "--only",
        choices=TITLES,
        action="append",
        help="only this measure (may be repeated); the file of the results stays as it is",
    )
    options = parser.parse_args()
    options.is_whole = not options.only
    options.only = options.only or list(TITLES)
    return options


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
    arguments = ["--count", str(options.count), "--rounds", str(options.rounds), "--simulator", simulator]
    return _run(name, db, *arguments, "--sizes", *map(str, options.sizes))


def _installing(way: str, options: argparse.Namespace) -> dict:
    """Install the addon in a database of its own; return the figures."""
    with runtime.temporary_database("bench_install", with_addon=False) as db:
        return _run("installing", db, "--count", str(options.past), *INSTALLING[way])


def _run(name: str, db: str, *arguments: str) -> dict:
    """Run a module of `benchmarks` on a database; errors as `_output`."""
    return _output(name, "--config", str(runtime.odoo_conf(db)), "--db", db, *arguments)


def _output(name: str, *arguments: str) -> dict:
    """Run a module of `benchmarks`; return its figures.

    :raise SetupError: it failed; the message shows the end of its log.
    """
    log = paths.log_file(f"bench-{name}")
    command = [sys.executable, "-m", f"benchmarks.{name}", *arguments]
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


def _report(options: argparse.Namespace, figures: dict[str, dict]) -> None:
    """Print what was measured, and how it compares; write the results of all measures."""
    say(f"\nMeasured by `make bench` on {date.today()}, {os.cpu_count()} cores, Python {platform.python_version()}:")
    say(f"{options.rounds} rounds of {options.count} invoices, medians for one invoice.\n")
    results: list[bench_results.Result] = []
    if found := figures.get("payouts"):
        _report_payouts(found)
        results += bench_results.of_payouts(found, options.count)
    if found := figures.get("exchanges"):
        _report_exchanges(found)
        results += bench_results.of_exchanges(found, options.count)
    if found := figures.get("questions"):
        _report_questions(found)
        results += bench_results.of_questions(found)
    if found := figures.get("loading"):
        _table(("A new Python that loads", "ms"), *((name, shown(value)) for name, value in found.items()))
    if found := figures.get("communes"):
        _report_communes(found)
        results += bench_results.of_communes(found)
    if found := figures.get("installing"):
        _report_installing(found)
        results += bench_results.of_installing(found)
    _table(("Against the reference", "ours", "reference", "ratio", "goal", "holds"), *(r.as_row() for r in results))
    if options.is_whole:
        bench_results.write(results)
        say(f"Written to {bench_results.FILE.relative_to(paths.CHECKOUT)}.")


def _report_payouts(figures: dict) -> None:
    titles = ("ms", "CPU ms, Python", "CPU ms, database", "SQL queries", "peak MB")
    keys = ("ms", "cpu_python", "cpu_database", "queries", "peak_mb")
    for vat in ("receipts", "invoices"):
        ways = {name: median(rounds) for name, rounds in figures["ways"].items() if name.endswith(vat)}
        ways |= {f"transfer, {name}": found for name, found in figures["sizes"].items() if name.endswith(vat)}
        rows = []
        for name, found in ways.items():
            way, *size = name.split(", ")[:-1]
            title = bench_results.MODES[way][0] if way in bench_results.MODES else way
            cells = ("not measured" if found[key] is None else shown(found[key]) for key in keys)
            rows.append((", ".join([title, *(f"{number} in one run" for number in size)]), *cells))
        _table((f"A payout recorded, VAT due on {vat}", *titles), *rows)


def _report_exchanges(figures: dict) -> None:
    rows = [("Against the simulator", "ms", "SQL queries", "HTTP calls")]
    for name in sorted(key for key in figures if key != "peak_mb"):
        way = median(figures[name])
        rows.append((name, shown(way["ms"]), shown(way["queries"]), f"{way['calls']:.2f}"))
    _table(*rows)
    say(f"Peak memory of the exchanges: {shown(figures['peak_mb'])} MB.\n")


def _report_questions(figures: dict) -> None:
    titles = ("questions until paid", "calls until paid", "questions after", "calls after")
    rows = [("Each request of a provider who sends", *titles)]
    for monthly, found in figures.items():
        rows.append(
            (f"{monthly} a month", *(shown(found[key]) for key in ("until", "until_calls", "after", "after_calls")))
        )
        hourly = (shown(found[key]) for key in ("hourly_until", "hourly_after") for _each in range(2))
        rows.append((f"{monthly} a month, each asked each hour", *hourly))
    _table(*rows)


def _report_communes(figures: dict) -> None:
    extensions = " and ".join(figures["extensions"]) or "neither pg_trgm nor unaccent"
    say(f"{figures['records']} communes and as many partners, on a server with {extensions};")
    say(f"{figures['searches']} beginnings of names, as a user types them; slower than Odoo's: {figures['slower']}.")
    say(f"Loading all communes anew: {figures['loading_ms'] / 1000:.1f} s.\n")
    rows = [("Search by name, ms", "median", "19 of 20 below", "longest")]
    for title, name in (("communes", "communes"), ("Odoo's partners", "partners")):
        rows.append((title, *(shown(figures[name][key]) for key in ("median", "p95", "max"))))
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
        rows.append((way, shown(figure["s"]), figure["queries"], *(figure["written"][name] for name in names)))
    ratio = orm["installing"]["s"] / ours["installing"]["s"]
    _table(*rows, ("ratio", f"{ratio:.1f} × faster", "", *("" for _name in names)))


def _table(*rows: tuple[object, ...]) -> None:
    say(tables.markdown(rows[0], rows[1:], figures=True) + "\n")
