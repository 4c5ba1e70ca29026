"""All tests: the client, the simulator and these scripts, the addons inside Odoo, and whole servers together.

The last line printed is `N passed, N failed`. A skipped test counts as failed, and so does a suite without a test.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from . import coexist, databases, paths, runtime
from .console import SetupError, say, step

SUITES = ("plain", "odoo", "oca", "e2e", "coexist")
#: Suites that run, one after another, while another one does, which leaves them a core: the plain tests while templates
#: are made, and those that only need the addon beside servers that mostly wait.
BESIDE = {"odoo": ("plain",), "e2e": ("oca", "coexist")}
#: Those of our addons that install themselves where another addon, mostly of OCA, is.
OCA_ADDONS = tuple(sorted(file.parent for file in paths.CHECKOUT.glob(f"{paths.ADDON}_*/__manifest__.py")))
#: Addons of OCA that exclude another one which ours are tested with.
OCA_APART = {"account_payment_batch_oca"}
#: Addons of OCA that the tests of ours use, and ours do without.
OCA_USED = {
    "avance_immediate_account_reconcile_oca": {"account_statement_import_camt", "account_statement_import_fr_cfonb"}
}
#: The addon's own tests that run beside OCA's addons each time; all of them: `python3 -m scripts together`.
OCA_BESIDE = (f"{paths.ADDON}/tests/test_flow.py", f"{paths.ADDON}/tests/test_hashed.py")
FOLDERS = {
    "plain": ("tests/urssaf", "tests/simulator", "tests/scripts"),
    "odoo": (f"{paths.ADDON}/tests",),
    "oca": tuple(f"{addon.name}/tests" for addon in OCA_ADDONS),
    "e2e": ("tests/e2e",),
    "coexist": (),
}
TITLES = {
    "plain": "the client, the simulator and the scripts",
    "odoo": "the addon inside Odoo, with a browser",
    "oca": "the addons for those of OCA, and the website",
    "e2e": "whole servers together",
    "coexist": "Odoo's own tests beside the addon, a part (the whole: make coexist)",
}
#: Makes the company that the tests of the addon work in.
READY = f"""
from odoo.addons.{paths.ADDON}.tests.common import make_company_ready
make_company_ready(env)
"""
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
        outcomes = _run(options.only or SUITES, extra, partial)
    say("")
    for name, outcome in outcomes.items():
        say(f"{TITLES[name]}: {outcome.passed} passed, {outcome.failed} failed")
        for note in outcome.notes:
            say(f"  {note}")
    passed = sum(outcome.passed for outcome in outcomes.values())
    failed = sum(outcome.failed for outcome in outcomes.values())
    say(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def _run(names: Sequence[str], extra: list[str], partial: bool) -> dict[str, Outcome]:
    """Run suites, some at the same time; return how they went, in the order of their names."""
    outcomes = {}
    companions = {name for suite in names for name in BESIDE.get(suite, ())}
    with ThreadPoolExecutor(1) as pool:
        for name in (name for name in names if name not in companions):
            beside = [other for other in BESIDE.get(name, ()) if other in names]
            others = {other: pool.submit(_suite, other, extra, partial, quiet=True) for other in beside}
            outcomes[name] = _suite(name, extra, partial)
            outcomes |= {other: run.result() for other, run in others.items()}
    return {name: outcomes[name] for name in names}


def _suite(name: str, extra: list[str], partial: bool, quiet: bool = False) -> Outcome:
    say(f"\n== {TITLES[name]}{', its output at the end' if quiet else ''}")
    folders = [folder for folder in FOLDERS[name] if any((paths.CHECKOUT / folder).rglob("test_*.py"))]
    if absent := set(FOLDERS[name]) - set(folders):
        say(f"no test in {', '.join(sorted(absent))}")
        if not partial:
            return Outcome(failed=1, notes=("a suite without a test counts as failed",))
        if not folders:
            return Outcome()
    try:
        if name == "coexist":
            passed, failed = coexist.short()
            return Outcome(passed=len(passed), failed=len(failed), notes=tuple(failed))
        if name == "odoo":
            return _odoo_suite(folders, extra, partial)
        if name == "oca":
            return _oca_suite(folders, extra, partial, quiet)
        return run_pytest(name, [*folders, *extra], partial, quiet)
    except SetupError as error:
        say(f"error: {error}")
        return Outcome(failed=1, notes=("the suite could not run, see above",))


def _odoo_suite(folders: list[str], extra: list[str], partial: bool) -> Outcome:
    """Run the addon's tests: the whole suite in two processes, each with a copy of the database (pytest-odoo)."""
    spread = [] if extra else ["-n", "2", "--dist", "loadscope"]
    with odoo_arguments("odoo", ready=bool(spread)) as command:
        outcome = run_pytest("odoo", [*command, *spread, *folders, *extra], partial)
    if not partial and not _browser_tests("odoo"):
        outcome.failed += 1
        outcome.notes += ("no browser test has run, which counts as failed",)
    if outcome.failed:
        outcome.notes += (f"Odoo's log: {_odoo_log('odoo')}",)
    return outcome


def _oca_suite(folders: list[str], extra: list[str], partial: bool, quiet: bool) -> Outcome:
    """Run the tests of the addons for those of OCA and the website, which are installed here only; ours follow them.

    In two databases at a time: some of OCA's addons exclude each other.
    """
    apart = tuple(addon for addon in OCA_ADDONS if _wanted(addon) & OCA_APART)
    groups = {"oca": tuple(addon for addon in OCA_ADDONS if addon not in apart), "oca-2": apart}
    with contextlib.ExitStack() as stack:
        runs = {}
        for name, addons in groups.items():
            command = stack.enter_context(odoo_arguments(name, *sorted(set().union(*map(_wanted, addons)))))
            theirs = [folder for folder in folders if Path(folder).parts[0] in {addon.name for addon in addons}]
            beside = OCA_BESIDE if name == "oca" else ()
            runs[name] = [*command, *theirs, *beside, *extra] if theirs else None
        with ThreadPoolExecutor(len(groups)) as pool:
            futures = [
                pool.submit(run_pytest, name, arguments, partial, quiet=quiet or name != "oca")
                for name, arguments in runs.items()
                if arguments
            ]
        outcome = _sum(future.result() for future in futures)
    for name, addons in groups.items():
        if not partial and (unseen := _unseen(name, addons)):
            outcome.failed += len(unseen)
            outcome.notes += (f"no test of {', '.join(unseen)} has run, which counts as failed",)
    if outcome.failed:
        outcome.notes += tuple(f"Odoo's log: {_odoo_log(name)}" for name in groups)
    return outcome


def _wanted(addon: Path) -> set[str]:
    """The addons that one of ours waits for, and those that its tests use."""
    waits_for = set(ast.literal_eval((addon / "__manifest__.py").read_text(encoding="utf-8"))["depends"]) - {
        paths.ADDON
    }
    return waits_for | OCA_USED.get(addon.name, set())


def _sum(outcomes: Iterable[Outcome]) -> Outcome:
    total = Outcome()
    for outcome in outcomes:
        total.passed += outcome.passed
        total.failed += outcome.failed
        total.notes += outcome.notes
    return total


def _odoo_log(name: str) -> Path:
    return paths.log_file(f"test-{name}")


@contextlib.contextmanager
def odoo_arguments(name: str, *modules: str, ready: bool = False) -> Iterator[list[str]]:
    """pytest's arguments for a database that lives as long as the context, with more `modules` than our addon.

    :param ready: load the chart of accounts once, in the database, and not for each class: worth it for many.
    """
    log = _odoo_log(name)
    log.unlink(missing_ok=True)
    with runtime.temporary_database(f"test_{name.replace('-', '_')}") as db:
        if modules:
            runtime.install(db, *modules)
        if ready:
            with step("loading a chart of accounts for the tests"):
                databases.shell(db, READY)
        config = runtime.odoo_conf(db, logfile=log, http_enable=True)
        yield [
            *("-o", "addopts=", "-o", "pythonpath=", "-p", "scripts.pytest_browser"),
            *("--odoo-http", "--odoo-log-level=info", f"--odoo-config={config}"),
        ]


def _report(name: str) -> Path:
    return paths.cache_folder("reports") / f"{name}.xml"


def run_pytest(name: str, arguments: list[str], partial: bool, quiet: bool = False) -> Outcome:
    """Run pytest, its output on the terminal (at the end of it, if quiet), and count from its report."""
    report = _report(name)
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-rfEs", f"--junit-xml={report}", "-o", "junit_family=xunit1"]
    python_path = (str(paths.CHECKOUT), os.environ.get("PYTHONPATH"))
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, python_path))}
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
        say(f"\n== {name}\n{run.stdout}")
    outcome = count(report)
    unexplained = code == 1 and not outcome.failed
    if unexplained or (code not in COMPLETE and not (partial and code == NOTHING_SELECTED)):
        outcome.failed += 1
        outcome.notes += (f"pytest ended with code {code}, which counts as failed",)
    return outcome


def count(report: Path) -> Outcome:
    """Return what a report of pytest says; nothing has passed where there is none."""
    tags = _tags(report)
    skipped = sum("skipped" in found for found in tags.values())
    passed = sum(map(_is_passed, tags.values()))
    notes = (f"{skipped} skipped, which count as failed",) if skipped else ()
    return Outcome(passed=passed, failed=len(tags) - passed, notes=notes)


def cases(name: str) -> dict[tuple[str, str], bool]:
    """Whether each test that the report of a run names has passed, by its class, with its path, and its name."""
    return {case: _is_passed(found) for case, found in _tags(_report(name)).items()}


def _tags(report: Path) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    if report.is_file():
        for case in ElementTree.parse(report).getroot().iter("testcase"):
            key = case.get("classname") or "", case.get("name") or ""
            found.setdefault(key, set()).update(part.tag for part in case)
    return found


def _is_passed(tags: set[str]) -> bool:
    return not tags & {"skipped", "failure", "error"}


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
