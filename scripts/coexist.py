"""Odoo's own tests of what the addon extends, in a database without the addon and in one with it.

What fails with the addon only is told, and makes the command fail; what fails without it as well is listed. A run that
was interrupted goes on where it stopped. What has run without the addon counts until Odoo or the modules change, what
has run with it until the addon does: `--again` forgets both.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import coexist_report, databases, odoo_tree, paths, runtime
from .coexist_shard import STOPPING, Shard, deal
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
SHARD_BYTES = 160_000


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
    shards = {side: entry.shards(files) for side, entry in sides.items()}
    if not options.report:
        with runtime.stop_on_signals():
            # What fails with the addon is known first; an interrupted run has then looked at all that it may break.
            _run(shards["with"], options.jobs)
            failing = {shard.journal.name for shard in shards["with"] if _failed(shard)}
            _run(sorted(shards["without"], key=lambda shard: shard.journal.name not in failing), options.jobs)
            shards = _once_more(sides, shards, options.jobs)
    return coexist_report.tell(shards, time.monotonic() - start)


def short() -> tuple[list[str], list[str]]:
    """Run the short form anew, with the addon only.

    :return: the names of the tests that passed, and of those that failed or never came; what Odoo skips is neither
    :raise SetupError: the database cannot be made
    """
    shard = _Side("with", SHORT_MODULES).shard("short", (f"{_addons()}/{name}" for name in SHORT))
    shard.journal.unlink(missing_ok=True)
    shard.run()
    outcomes = shard.outcomes()
    passed = [name for name, entry in outcomes.items() if entry["outcome"] == "passed"]
    unseen = [part for part in SHORT if not any(name.startswith(f"{part}::") for name in outcomes)]
    failed = [name for name, entry in outcomes.items() if entry["outcome"] == "failed"]
    return passed, [*failed, *unseen, *([] if shard.is_complete else ["not finished"])]


class _Side:
    """A database, with the addon or without, and the folder of what came of the tests in it."""

    def __init__(self, name: str, modules: tuple[str, ...] = (*TESTED, *BESIDE)):
        self.name = name
        self.template = databases.bare_template(*modules, with_addon=SIDES[name])
        self.folder = paths.cache_folder("coexist") / self.template

    def shards(self, files: Iterable[Path]) -> list[Shard]:
        found = []
        for module, group in _by_module(files).items():
            found += [self.shard(module, part) for part in deal(group, SHARD_BYTES)]
        return found

    def shard(self, module: str, targets: Iterable[str | Path]) -> Shard:
        targets = tuple(map(str, targets))
        key = hashlib.sha256(repr(targets).encode()).hexdigest()[:8]
        return Shard(f"{module} {self.name}", self.template, targets, self.folder / f"{module}-{key}.jsonl")


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


def _run(shards: list[Shard], jobs: int) -> None:
    waiting = [shard for shard in shards if not shard.is_complete]
    if not waiting:
        return
    say(f"{len(waiting)} of {len(shards)} shards to run, {jobs} at a time; interrupted, the command goes on from there")
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for number, text in enumerate(pool.map(_timed, waiting), 1):
                say(f"- {number}/{len(waiting)} {text}")
        except BaseException:
            STOPPING.set()
            raise


def _failed(shard: Shard) -> bool:
    return any(entry["outcome"] == "failed" for entry in shard.outcomes().values())


def _timed(shard: Shard) -> str:
    start = time.monotonic()
    shard.run()
    counts = Counter(entry["outcome"] for entry in shard.outcomes().values())
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))
    unfinished = "" if shard.is_complete else ", not finished"
    first, seconds = Path(shard.targets[0]).stem, time.monotonic() - start
    return f"{shard.name} ({first}…): {told or 'no test'}{unfinished}, {seconds:.0f} s"


def _once_more(sides: Mapping[str, _Side], shards: dict[str, list[Shard]], jobs: int) -> dict[str, list[Shard]]:
    """Run what newly fails once more, on both sides: a slow machine fails tests as well."""
    new = coexist_report.compare(shards).new
    if not new:
        return shards
    say(f"{len(new)} tests fail with the addon only: once more")
    groups: dict[str, list[str]] = {}
    for name in new:
        groups.setdefault(name.partition("/")[0], []).append(f"{_addons()}/{name}")
    again = {side: [entry.shard(f"{m}-again", t) for m, t in groups.items()] for side, entry in sides.items()}
    _run([shard for pair in zip(*again.values(), strict=True) for shard in pair], jobs)
    return {side: [*shards[side], *again[side]] for side in sides}
