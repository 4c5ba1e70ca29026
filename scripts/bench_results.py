"""What the measures of `make bench` say: each figure beside its reference, with its goal; a table, and a file."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterator
from typing import NamedTuple

from . import paths

FILE = paths.CHECKOUT / "benchmarks" / "results.json"
ODOO = "Odoo's register-payment window"
#: Ways of recording payouts: what each is called, and the greatest part of the window's CPU that it may take.
MODES = {"transfer": ("one payment a transfer", 0.25), "payout": ("one payment a payout", 0.4)}
#: SQL queries of a payout with a payment of its own.
QUERIES_OF_A_PAYMENT = 32
#: A payout among many may cost so many times what it costs in the usual number, and the process hold so much more.
LINEAR = 1.25
FLAT = 1.25
#: Questions about a request until it is paid, and in the three years after; calls for each of them.
QUESTIONS_UNTIL_PAID = 15
QUESTIONS_AFTER = 47
CALLS = 0.2
#: Requests that Urssaf takes in one call: docs/api.md §2.
IN_A_CALL = 10


class Result(NamedTuple):
    """One figure beside its reference.

    :ivar name: what is measured, with its unit
    :ivar goal: the greatest ratio of `ours` to `reference` that is good
    """

    name: str
    ours: float
    reference: float
    goal: float

    @property
    def ratio(self) -> float:
        return self.ours / self.reference if self.reference else math.inf

    @property
    def holds(self) -> bool:
        return self.ratio <= self.goal

    def as_json(self) -> dict:
        numbers = {name: round(getattr(self, name), 4) for name in ("ours", "reference", "ratio", "goal")}
        return {"name": self.name, **numbers, "holds": self.holds}

    def as_row(self) -> tuple[str, ...]:
        numbers = (shown(self.ours), shown(self.reference), f"{self.ratio:.3f}", f"{self.goal:.3f}")
        return (self.name, *numbers, "yes" if self.holds else "NO")


def shown(value: float) -> str:
    """Return a number as tables have it."""
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def median(rounds: list[dict[str, float | None]]) -> dict[str, float | None]:
    """Return the median of each figure over the rounds; None of one that was not measured."""
    return {
        key: None if any(figures[key] is None for figures in rounds) else statistics.median(f[key] for f in rounds)
        for key in rounds[0]
    }


def cpu(figures: dict[str, float | None]) -> float:
    """Return the milliseconds of processor: of Python and of the database, or of Python where that is all we know."""
    return figures["cpu_python"] + (figures["cpu_database"] or 0)


def cpu_name(figures: dict[str, float | None]) -> str:
    """Return what `cpu` is of."""
    return "CPU ms of Python alone" if figures["cpu_database"] is None else "CPU ms of Python and database"


def most_queries(count: int) -> float:
    """Return how many SQL queries a payout may take in a transfer of so many."""
    return (400 + 4 * count) / count


def of_payouts(figures: dict, count: int) -> Iterator[Result]:
    """Compare ways of recording payouts, in rounds of `count`, and in runs of more."""
    ways = {name: median(rounds) for name, rounds in figures["ways"].items()}
    for vat in ("receipts", "invoices"):
        odoo = ways[f"{ODOO}, {vat}"]
        for mode, (title, goal) in MODES.items():
            ours = ways[f"{mode}, {vat}"]
            name = f"{count} payouts, VAT on {vat}, {title}"
            limit = most_queries(count) if mode == "transfer" else QUERIES_OF_A_PAYMENT
            yield Result(f"{name}: {cpu_name(ours)}, each", cpu(ours), cpu(odoo), goal)
            queries = f"{name}: SQL queries each, {limit:g} at most"
            yield Result(queries, ours["queries"], odoo["queries"], limit / odoo["queries"])
    for key, ours in figures["sizes"].items():
        size, vat = key.split(", ")
        usual, odoo = ways[f"transfer, {vat}"], ways[f"{ODOO}, {vat}"]
        name, limit = f"{size} payouts in one run, VAT on {vat}", most_queries(int(size))
        queries = f"{name}: SQL queries each, {limit:g} at most"
        yield Result(queries, ours["queries"], odoo["queries"], limit / odoo["queries"])
        yield Result(f"{name}: {cpu_name(ours)}, each, as in {count}", cpu(ours), cpu(usual), LINEAR)
        yield Result(f"{name}: MB of memory, as in {count}", ours["peak_mb"], usual["peak_mb"], FLAT)


def of_exchanges(figures: dict, count: int) -> Iterator[Result]:
    """Compare calls of ten requests with calls of one."""
    for step, title in (("send", "requests sent"), ("refresh", "requests refreshed")):
        ours, alone = (median(figures[f"{step} {how}"]) for how in ("in batches", "one by one"))
        name = f"{count} {title}, ten a call"
        yield Result(f"{name}: HTTP calls each", ours["calls"], alone["calls"], math.ceil(count / IN_A_CALL) / count)
        yield Result(f"{name}: {cpu_name(ours)}, each", cpu(ours), cpu(alone), 1)
        yield Result(f"{name}: SQL queries each", ours["queries"], alone["queries"], 1)


def of_questions(figures: dict) -> Iterator[Result]:
    """Compare what is asked about each request with asking each hour about each that is open."""
    for monthly, found in figures.items():
        name = f"{monthly} requests a month, each"
        for when, title, most in (("until", "until paid", QUESTIONS_UNTIL_PAID), ("after", "after", QUESTIONS_AFTER)):
            hourly = found[f"hourly_{when}"]
            yield Result(f"{name}: questions {title}, {most} at most", found[when], hourly, most / hourly)
            yield Result(f"{name}: calls {title}", found[f"{when}_calls"], hourly, CALLS / hourly * most)


def of_communes(figures: dict) -> Iterator[Result]:
    """Compare the search of a commune with Odoo's of a partner."""
    ours, odoo = figures["communes"], figures["partners"]
    yield Result("search of a commune: median ms", ours["median"], odoo["median"], 1)
    yield Result("searches of a commune: slower than Odoo's, of all", figures["slower"], figures["searches"], 0)


def of_installing(figures: dict) -> Iterator[Result]:
    """Compare installing with what Odoo would do by itself."""
    ours, orm = (way["installing"] for way in figures.values())
    yield Result("installing where there is much: s", ours["s"], orm["s"], 1)
    yield Result("installing where there is much: SQL queries", ours["queries"], orm["queries"], 1)
    written = [sum(way["written"].values()) for way in (ours, orm)]
    yield Result("installing where there is much: rows written", *written, 0)


def write(results: list[Result]) -> None:
    """Keep the results where programs find them."""
    FILE.write_text(json.dumps([result.as_json() for result in results], indent=1) + "\n", encoding="utf-8")
