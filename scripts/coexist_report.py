"""What `make coexist` found: the tests that fail with the addon only, and the rest of the comparison."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

from . import known, tables
from .coexist_shard import Shard
from .console import say

#: Tests whose queries differ by fewer are not worth a word.
MORE_QUERIES = 5
KNOWN = Path(__file__).with_name("coexist_known.csv")
TITLES = (
    "Tests of",
    "run",
    "passed",
    "fail without too",
    "newly fail",
    "skipped",
    *("min without", "min with"),
    "queries",
)


class Comparison:
    """What the two sides say of the same tests; where a test has run twice, the later run counts."""

    def __init__(self, without: dict[str, dict], with_addon: dict[str, dict]):
        self.without, self.with_addon = without, with_addon
        bad = {name for name, entry in with_addon.items() if entry["outcome"] == "failed"}
        bad_before = {name for name, entry in without.items() if entry["outcome"] == "failed"}
        self.new = sorted(bad - bad_before)
        self.both = sorted(bad & bad_before)
        self.cured = sorted(bad_before - bad)
        self.skipped = sorted(name for name, entry in with_addon.items() if entry["outcome"] == "skipped")
        self.one_sided = sorted(without.keys() ^ with_addon.keys())


def compare(shards: Mapping[str, Iterable[Shard]]) -> Comparison:
    """Compare what has run `without` the addon and `with` it."""
    return Comparison(outcomes(shards["without"]), outcomes(shards["with"]))


def outcomes(shards: Iterable[Shard]) -> dict[str, dict]:
    """What came of each test, by its name; of one that has run in two shards, in the later one."""
    found: dict[str, dict] = {}
    for shard in shards:
        found |= shard.outcomes()
    return found


def tell(shards: Mapping[str, list[Shard]], seconds: float) -> int:
    """Print it all, and how long it took; return 1 where a test fails with the addon only, or has not run."""
    found = compare(shards)
    reasons = known.read(KNOWN)
    say(f"\nMeasured by `make coexist` on {date.today()}, {os.cpu_count()} cores, in {seconds / 60:.0f} min:\n")
    say(_table(found))
    _list("Fails with the addon only", found.new, lambda name: found.with_addon[name]["message"])
    _list("Fails without the addon as well", found.both, lambda name: known.why(reasons, name) or "not known before")
    _list("Fails without the addon only", found.cured, lambda name: found.without[name]["message"])
    _list("Has run on one side only", found.one_sided, lambda name: "")
    _list("Skipped", found.skipped, lambda name: found.with_addon[name]["message"])
    _list("More queries with the addon", dearer(found), lambda name: _queries(found, name))
    unfinished = [shard.name for side in shards.values() for shard in side if not shard.is_complete]
    _list("Not finished", unfinished, lambda name: "")
    return 1 if found.new or found.one_sided or unfinished or not found.with_addon else 0


def dearer(found: Comparison) -> list[str]:
    """The tests that passed on both sides, with more queries with the addon, the dearest first."""
    both = found.without.keys() & found.with_addon.keys()
    more = {name: found.with_addon[name]["queries"] - found.without[name]["queries"] for name in both}
    passed = {name for name in both if found.with_addon[name]["outcome"] == found.without[name]["outcome"] == "passed"}
    return sorted((name for name in passed if more[name] >= MORE_QUERIES), key=lambda name: -more[name])


def _queries(found: Comparison, name: str) -> str:
    return f"{found.without[name]['queries']} → {found.with_addon[name]['queries']}"


def _list(title: str, names: list[str], told: Callable[[str], str]) -> None:
    if names:
        say(f"{title}: {len(names)}")
        for name in names:
            say(f"- {name}" + "".join(f"\n    {line}" for line in told(name).splitlines()))
        say("")


def _table(found: Comparison) -> str:
    modules = sorted({name.partition("/")[0] for name in found.with_addon})
    return tables.markdown(TITLES, [_row(found, module) for module in (*modules, "")], figures=True) + "\n"


def _row(found: Comparison, module: str) -> tuple[str, ...]:
    names = {name for name in found.with_addon if name.startswith(f"{module}/" if module else "")}
    counts = [len(names.intersection(group)) for group in (found.both, found.new, found.skipped)]
    times = [
        sum(side[name]["seconds"] for name in names & side.keys()) / 60 for side in (found.without, found.with_addon)
    ]
    sums = [sum(side[name]["queries"] for name in names & side.keys()) for side in (found.without, found.with_addon)]
    more = f"{(sums[1] / sums[0] - 1) * 100:+.1f} %" if sums[0] else "-"
    figures = [len(names), len(names) - sum(counts), *counts]
    return (module or "all", *map(str, figures), *(f"{minutes:.1f}" for minutes in times), more)
