"""All tests: the client, the sandbox and these scripts, the addons inside Odoo, and whole servers together.

The last line printed is `N passed, N failed`. A skipped test counts as failed, and so does a suite without a test.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from . import paths, runtime
from .console import SetupError, say

SUITES = ("plain", "odoo", "oca", "e2e")
#: Those of our addons that install themselves where another addon, mostly of OCA, is.
OCA_ADDONS = tuple(sorted(file.parent for file in paths.CHECKOUT.glob(f"{paths.ADDON}_*/__manifest__.py")))
FOLDERS = {
    "plain": ("tests/urssaf", "tests/sandbox", "tests/scripts"),
    "odoo": (f"{paths.ADDON}/tests",),
    "oca": tuple(f"{addon.name}/tests" for addon in OCA_ADDONS),
    "e2e": ("tests/e2e",),
}
TITLES = {
    "plain": "the client, the sandbox and the scripts",
    "odoo": "the addon inside Odoo, with a browser",
    "oca": "the addons for those of OCA, and the website",
    "e2e": "whole servers together",
}
#: Written to the report by `scripts.pytest_browser`.
BROWSER_PROPERTY = "browser_tests"
#: pytest's codes for "all passed" and "some failed"; with any other one its report does not tell everything.
COMPLETE = (0, 1)
#: pytest's code for "no test selected", which is fine when somebody selects.
NOTHING_SELECTED = 5


@dataclass
class Outcome:
    """How a suite went."""

    passed: int = 0
    failed: int = 0
    #: What to say of it, one line each.
    notes: tuple[str, ...] = ()


def main() -> int:
    """Run the suites, say how each went, and end with the totals."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=SUITES, action="append", help="only this suite (may be repeated)")
    parser.add_argument("-k", dest="keyword", help="only tests whose name matches, as pytest's -k")
    parser.add_argument("pytest", nargs="*", help="further arguments for pytest, or files, after --")
    options = parser.parse_args()
    extra = [*(["-k", options.keyword] if options.keyword else []), *options.pytest]
    runtime.ensure()
    partial = bool(options.only or extra)
    with runtime.stop_on_signals():
        outcomes = {name: _suite(name, extra, partial) for name in options.only or SUITES}
    say("")
    for name, outcome in outcomes.items():
        say(f"{TITLES[name]}: {outcome.passed} passed, {outcome.failed} failed")
        for note in outcome.notes:
            say(f"  {note}")
    passed = sum(outcome.passed for outcome in outcomes.values())
    failed = sum(outcome.failed for outcome in outcomes.values())
    say(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _suite(name: str, extra: list[str], partial: bool) -> Outcome:
    say(f"\n== {TITLES[name]}")
    folders = [folder for folder in FOLDERS[name] if any((paths.CHECKOUT / folder).rglob("test_*.py"))]
    if absent := set(FOLDERS[name]) - set(folders):
        say(f"no test in {', '.join(sorted(absent))}")
        if not partial:
            return Outcome(failed=1, notes=("a suite without a test counts as failed",))
        if not folders:
            return Outcome()
    try:
        if name == "odoo":
            return _odoo_suite(folders, extra, partial)
        if name == "oca":
            return _oca_suite(folders, extra, partial)
        return _pytest(name, [*folders, *extra], partial)
    except SetupError as error:
        say(f"error: {error}")
        return Outcome(failed=1, notes=("the suite could not run, see above",))


def _odoo_suite(folders: list[str], extra: list[str], partial: bool) -> Outcome:
    """Run the addon's tests: the whole suite in two shares at a time, each on a database of its own."""
    shares = [folders] if extra else _shares(folders)
    names = ["odoo", *(f"odoo-{number}" for number in range(2, len(shares) + 1))]
    with contextlib.ExitStack() as stack:
        commands = [_odoo_arguments(stack, name) for name in names]
        with ThreadPoolExecutor(len(shares)) as pool:
            runs = [
                pool.submit(_pytest, name, [*command, *share, *extra], partial, quiet=name != "odoo")
                for name, command, share in zip(names, commands, shares, strict=True)
            ]
            outcomes = [run.result() for run in runs]
    outcome = Outcome(
        passed=sum(share.passed for share in outcomes),
        failed=sum(share.failed for share in outcomes),
        notes=tuple(note for share in outcomes for note in share.notes),
    )
    if not partial and not sum(map(_browser_tests, names)):
        outcome.failed += 1
        outcome.notes += ("no browser test has run, which counts as failed",)
    if outcome.failed:
        outcome.notes += tuple(f"Odoo's log: {_odoo_log(name)}" for name in names)
    return outcome


def _oca_suite(folders: list[str], extra: list[str], partial: bool) -> Outcome:
    """Run the tests of the addons for those of OCA and the website, which are installed here only; ours follow them."""
    manifests = (ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8")) for addon in OCA_ADDONS)
    wanted = {name for manifest in manifests for name in manifest["depends"]} - {paths.ADDON}
    with contextlib.ExitStack() as stack:
        command = _odoo_arguments(stack, "oca", *sorted(wanted))
        outcome = _pytest("oca", [*command, *folders, *extra], partial)
    if not partial and (unseen := _unseen("oca", OCA_ADDONS)):
        outcome.failed += len(unseen)
        outcome.notes += (f"no test of {', '.join(unseen)} has run, which counts as failed",)
    if outcome.failed:
        outcome.notes += (f"Odoo's log: {_odoo_log('oca')}",)
    return outcome


def _shares(folders: list[str], count: int = 2) -> list[list[str]]:
    """Deal the test files, the longest first, so that each share has about as much to do."""
    weights = _weights([file for folder in folders for file in (paths.CHECKOUT / folder).rglob("test_*.py")])
    shares: list[list[str]] = [[] for _number in range(count)]
    sums = [0.0] * count
    for file in sorted(weights, key=lambda file: -weights[file]):
        lightest = sums.index(min(sums))
        shares[lightest].append(str(file.relative_to(paths.CHECKOUT)))
        sums[lightest] += weights[file]
    return [share for share in shares if share]


def _weights(files: list[Path]) -> dict[Path, float]:
    """How long each file took when the suite ran last, in seconds; a file that did not run then is as its length."""
    seconds: Counter[str] = Counter()
    for report in map(_report, ("odoo", "odoo-2")):
        for case in ElementTree.parse(report).getroot().iter("testcase") if report.is_file() else ():
            seconds[(case.get("classname") or "").split(".")[-2:][0]] += float(case.get("time", 0))
    sizes = {file: file.stat().st_size for file in files}
    measured = sum(size for file, size in sizes.items() if seconds[file.stem])
    rate = sum(seconds[file.stem] for file in files) / measured if measured else 1
    return {file: seconds[file.stem] or size * rate for file, size in sizes.items()}


def _odoo_log(name: str) -> Path:
    return paths.log_file(f"test-{name}")


def _odoo_arguments(stack: contextlib.ExitStack, name: str, *modules: str) -> list[str]:
    """pytest's arguments for a database that lives as long as `stack`, with more `modules` than our addon."""
    log = _odoo_log(name)
    log.unlink(missing_ok=True)
    db = stack.enter_context(runtime.temporary_database(f"test_{name.replace('-', '_')}"))
    if modules:
        runtime.install(db, *modules)
    config = runtime.odoo_conf(db, logfile=log, http_enable=True)
    return [
        *("-o", "addopts=", "-o", "pythonpath=", "-p", "scripts.pytest_browser"),
        *("--odoo-http", "--odoo-log-level=info", f"--odoo-config={config}"),
    ]


def _report(name: str) -> Path:
    return paths.cache_folder("reports") / f"{name}.xml"


def _pytest(name: str, arguments: list[str], partial: bool, quiet: bool = False) -> Outcome:
    """Run pytest, its output on the terminal (at the end of it, if quiet), and count from its report."""
    report = _report(name)
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-rfEs", f"--junit-xml={report}", "-o", "junit_family=xunit1"]
    environment = {**os.environ, "PYTHONPATH": str(paths.CHECKOUT)}
    run = subprocess.run(
        [*command, *arguments],
        cwd=paths.CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    code = run.returncode
    if quiet:
        say(f"\n{run.stdout}")
    outcome = _count(report)
    unexplained = code == 1 and not outcome.failed
    if unexplained or (code not in COMPLETE and not (partial and code == NOTHING_SELECTED)):
        outcome.failed += 1
        outcome.notes += (f"pytest ended with code {code}, which counts as failed",)
    return outcome


def _count(report: Path) -> Outcome:
    if not report.is_file():
        return Outcome()
    cases: dict[tuple[str | None, str | None], set[str]] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        cases.setdefault((case.get("classname"), case.get("name")), set()).update(part.tag for part in case)
    skipped = sum("skipped" in tags for tags in cases.values())
    failed = sum(bool(tags & {"skipped", "failure", "error"}) for tags in cases.values())
    notes = (f"{skipped} skipped, which count as failed",) if skipped else ()
    return Outcome(passed=len(cases) - failed, failed=failed, notes=notes)


def _unseen(name: str, addons: Iterable[Path]) -> list[str]:
    """The names of those addons of which the report has no test."""
    report = _report(name)
    cases = ElementTree.parse(report).getroot().iter("testcase") if report.is_file() else ()
    seen = {(case.get("classname") or "").partition(".")[0] for case in cases}
    return [addon.name for addon in addons if addon.name not in seen]


def _browser_tests(name: str) -> int:
    """How many times a browser was started, as the report says."""
    report = _report(name)
    if not report.is_file():
        return 0
    properties = ElementTree.parse(report).getroot().iter("property")
    return sum(int(entry.get("value", 0)) for entry in properties if entry.get("name") == BROWSER_PROPERTY)
