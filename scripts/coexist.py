"""Odoo's own tests of what the addon extends, in a database without the addon and in one with it.

What fails with the addon only is told, and makes the command fail; what fails without it as well is listed. A run that
was interrupted goes on where it stopped. What has run without the addon counts until Odoo or the modules change, what
has run with it until the addon does: `--again` forgets both.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from . import databases, odoo_tree, paths, runtime
from .coexist_share import STOPPING, Share, deal
from .console import SetupError, say

#: The modules whose tests run, with those that are installed for their sake: tours want the Sales application.
TESTED = (
    "account",
    "account_payment",
    "portal",
    "product",
    "sale",
    "phone_validation",
    "account_debit_note",
    "account_edi",
    "account_edi_proxy_client",
    "account_edi_ubl_cii",
    "l10n_fr_account",
)
BESIDE = ("sale_management", "payment_custom")
#: What fits into `make test`: what the addon extends most, with no failure of Odoo's own.
SHORT = (
    "account/tests/test_account_move_entry.py::TestAccountMove",
    "account/tests/test_account_move_reconcile.py::TestAccountMoveReconcile",
    "account/tests/test_account_move_send.py::TestAccountMoveSend",
    "account/tests/test_account_payment.py::TestAccountPayment",
    "account/tests/test_account_payment_register.py::TestAccountPaymentRegister",
    "account/tests/test_portal_invoice.py::TestPortalInvoice",
)
SHORT_MODULES = ("account", "account_payment", "portal")
SIDES = {"without": False, "with": True}
#: Bytes of test files that one process runs: about two minutes.
SHARE_BYTES = 160_000
#: Tests whose queries differ by fewer are not worth a word.
MORE_QUERIES = 5
KNOWN = Path(__file__).with_name("coexist_known.csv")


def main() -> int:
    """Run both sides, compare, and say what is new."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-m", dest="modules", action="append", choices=TESTED, help="only this module's (repeatable)")
    parser.add_argument("-k", dest="pattern", default="", help="only test files whose path matches this expression")
    parser.add_argument("-j", dest="jobs", type=int, default=min(2, os.cpu_count() or 1), help="processes at a time")
    parser.add_argument("--again", action="store_true", help="forget what has run before")
    parser.add_argument("--report", action="store_true", help="only tell what former runs found")
    options = parser.parse_args()
    runtime.ensure()
    start = time.monotonic()
    files = [file for file in _files(options.modules or TESTED) if re.search(options.pattern, str(file))]
    sides = {side: _Side(side) for side in SIDES}
    if options.again:
        for side in sides.values():
            shutil.rmtree(side.folder, ignore_errors=True)
    shares = {side: entry.shares(files) for side, entry in sides.items()}
    if not options.report:
        with runtime.stop_on_signals():
            # What fails with the addon is known first; an interrupted run has then looked at all that it may break.
            _run(shares["with"], options.jobs)
            failing = {share.journal.name for share in shares["with"] if _failed(share)}
            _run(sorted(shares["without"], key=lambda share: share.journal.name not in failing), options.jobs)
            shares = _once_more(sides, shares, options.jobs)
    return _report(shares, time.monotonic() - start)


def short() -> tuple[list[str], list[str]]:
    """Run the short form anew, with the addon only.

    :return: the names of the tests that passed, and of those that failed or never came; what Odoo skips is neither
    :raise SetupError: the database cannot be made
    """
    share = _Side("with", SHORT_MODULES).share("short", (f"{_addons()}/{name}" for name in SHORT))
    share.journal.unlink(missing_ok=True)
    share.run()
    outcomes = share.outcomes()
    passed = [name for name, entry in outcomes.items() if entry["outcome"] == "passed"]
    unseen = [part for part in SHORT if not any(name.startswith(f"{part}::") for name in outcomes)]
    failed = [name for name, entry in outcomes.items() if entry["outcome"] == "failed"]
    return passed, [*failed, *unseen, *([] if share.is_complete else ["not finished"])]


class _Side:
    """A database, with the addon or without, and the folder of what came of the tests in it."""

    def __init__(self, name: str, modules: tuple[str, ...] = (*TESTED, *BESIDE)):
        self.name = name
        self.template = databases.bare_template(*modules, with_addon=SIDES[name])
        self.folder = paths.cache_folder("coexist") / self.template

    def shares(self, files: Iterable[Path]) -> list[Share]:
        found = []
        for module, group in _by_module(files).items():
            found += [self.share(module, part) for part in deal(group, SHARE_BYTES)]
        return found

    def share(self, module: str, targets: Iterable[str | Path]) -> Share:
        targets = tuple(map(str, targets))
        key = hashlib.sha256(repr(targets).encode()).hexdigest()[:8]
        return Share(f"{module} {self.name}", self.template, targets, self.folder / f"{module}-{key}.jsonl")


def _addons() -> Path:
    """The folder of Odoo's addons: as in Debian's package, or as in a Git tree."""
    tree = odoo_tree.ensure()
    folders = (tree / "odoo" / "addons", tree / "addons")
    if found := next((folder for folder in folders if (folder / "account").is_dir()), None):
        return found
    raise SetupError(f"The addon account is in neither {folders[0]} nor {folders[1]}.")


def _files(modules: Iterable[str]) -> list[Path]:
    """The test files that Odoo's own runner loads: those that their package imports."""
    found = []
    for module in modules:
        folder = _addons() / module / "tests"
        package = folder / "__init__.py"
        imported = package.read_text(encoding="utf-8") if package.is_file() else ""
        found += [folder / f"{name}.py" for name in sorted(set(re.findall(r"\btest_\w+", imported)))]
    return found


def _by_module(files: Iterable[Path]) -> dict[str, list[Path]]:
    groups: dict[str, list[Path]] = {}
    for file in files:
        groups.setdefault(file.parent.parent.name, []).append(file)
    return groups


def _run(shares: list[Share], jobs: int) -> None:
    waiting = [share for share in shares if not share.is_complete]
    if not waiting:
        return
    say(f"{len(waiting)} of {len(shares)} shares to run, {jobs} at a time; interrupted, the command goes on from there")
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for number, text in enumerate(pool.map(_timed, waiting), 1):
                say(f"- {number}/{len(waiting)} {text}")
        except BaseException:
            STOPPING.set()
            raise


def _failed(share: Share) -> bool:
    return any(entry["outcome"] == "failed" for entry in share.outcomes().values())


def _timed(share: Share) -> str:
    start = time.monotonic()
    share.run()
    counts = Counter(entry["outcome"] for entry in share.outcomes().values())
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    unfinished = "" if share.is_complete else ", not finished"
    first, seconds = Path(share.targets[0]).stem, time.monotonic() - start
    return f"{share.name} ({first}…): {told or 'no test'}{unfinished}, {seconds:.0f} s"


def _once_more(sides: Mapping[str, _Side], shares: dict[str, list[Share]], jobs: int) -> dict[str, list[Share]]:
    """Run what newly fails once more, on both sides: a slow machine fails tests as well."""
    new = _compare(shares).new
    if not new:
        return shares
    say(f"{len(new)} tests fail with the addon only: once more")
    groups: dict[str, list[str]] = {}
    for name in new:
        groups.setdefault(name.partition("/")[0], []).append(f"{_addons()}/{name}")
    again = {side: [entry.share(f"{m}-again", t) for m, t in groups.items()] for side, entry in sides.items()}
    _run([share for pair in zip(*again.values(), strict=True) for share in pair], jobs)
    return {side: [*shares[side], *again[side]] for side in sides}


class _Comparison:
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


def _compare(shares: Mapping[str, list[Share]]) -> _Comparison:
    return _Comparison(*(_outcomes(shares[side]) for side in SIDES))


def _outcomes(shares: Iterable[Share]) -> dict[str, dict]:
    outcomes: dict[str, dict] = {}
    for share in shares:
        outcomes |= share.outcomes()
    return outcomes


def _report(shares: Mapping[str, list[Share]], seconds: float) -> int:
    found = _compare(shares)
    known = dict(csv.reader(KNOWN.open(encoding="utf-8", newline="")))
    say(f"\nMeasured by `make coexist` on {date.today()}, {os.cpu_count()} cores, in {seconds / 60:.0f} min:\n")
    say(_table(found))
    _list("Fails with the addon only", found.new, lambda name: found.with_addon[name]["message"])
    _list("Fails without the addon as well", found.both, lambda name: _why(known, name))
    _list("Fails without the addon only", found.cured, lambda name: found.without[name]["message"])
    _list("Has run on one side only", found.one_sided, lambda name: "")
    _list("Skipped", found.skipped, lambda name: found.with_addon[name]["message"])
    _list("More queries with the addon", _dearer(found), lambda name: _queries(found, name))
    unfinished = [share.name for side in shares.values() for share in side if not share.is_complete]
    _list("Not finished", unfinished, lambda name: "")
    return 1 if found.new or found.one_sided or unfinished or not found.with_addon else 0


def _why(known: Mapping[str, str], name: str) -> str:
    return next((why for part, why in known.items() if part in name), "not known before")


def _dearer(found: _Comparison) -> list[str]:
    both = found.without.keys() & found.with_addon.keys()
    more = {name: found.with_addon[name]["queries"] - found.without[name]["queries"] for name in both}
    passed = {name for name in both if found.with_addon[name]["outcome"] == found.without[name]["outcome"] == "passed"}
    return sorted((name for name in passed if more[name] >= MORE_QUERIES), key=lambda name: -more[name])


def _queries(found: _Comparison, name: str) -> str:
    return f"{found.without[name]['queries']} → {found.with_addon[name]['queries']}"


def _list(title: str, names: list[str], told) -> None:
    if names:
        say(f"{title}: {len(names)}")
        for name in names:
            say(f"- {name}" + "".join(f"\n    {line}" for line in told(name).splitlines()))
        say("")


def _table(found: _Comparison) -> str:
    rows = [
        ("Tests of", "run", "passed", "fail without too", "newly fail", "skipped", "min without", "min with", "queries")
    ]
    modules = sorted({name.partition("/")[0] for name in found.with_addon})
    for module in [*modules, ""]:
        rows.append(_row(found, module))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (size + 2) for size in widths) + "|")
    return "\n".join(lines) + "\n"


def _row(found: _Comparison, module: str) -> tuple[str, ...]:
    names = {name for name in found.with_addon if name.startswith(f"{module}/" if module else "")}
    counts = [len(names.intersection(group)) for group in (found.both, found.new, found.skipped)]
    times = [
        sum(side[name]["seconds"] for name in names & side.keys()) / 60 for side in (found.without, found.with_addon)
    ]
    sums = [sum(side[name]["queries"] for name in names & side.keys()) for side in (found.without, found.with_addon)]
    more = f"{(sums[1] / sums[0] - 1) * 100:+.1f} %" if sums[0] else "-"
    figures = [len(names), len(names) - sum(counts), *counts]
    return (module or "all", *map(str, figures), *(f"{minutes:.1f}" for minutes in times), more)
