"""The addon's own tests in a database with the addons of OCA that a French provider is likely to have (`together.txt`).

They are installed in a folder of the cache, and the database is made anew: half an hour with all the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import known, paths, pin_sets, runtime, tables
from .console import run_logged, say, step
from .test import cases, odoo_arguments, run_pytest

PACKAGES = Path(__file__).with_suffix(".txt")
#: Plain Python packages that these addons need.
LIBRARIES = ("openupgradelib==3.13.7", "Unidecode==1.4.0")
KNOWN = Path(__file__).with_name("together_known.csv")
STAMP = ".complete"
TESTS = paths.CHECKOUT / paths.ADDON / "tests"


def main() -> int:
    """Install, run, and print a table; return 1 where a test failed that is not known to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-k", dest="keyword", help="only tests whose name matches, as pytest's -k")
    parser.add_argument("files", nargs="*", help="only these files of tests, such as test_money.py")
    options = parser.parse_args()
    runtime.ensure()
    files = [str(TESTS / name) for name in options.files] or [str(TESTS)]
    extra = ["-k", options.keyword] if options.keyword else []
    with runtime.stop_on_signals(), _beside(), odoo_arguments("together", *_addons(), ready=True) as command:
        outcome = run_pytest("together", [*command, *files, *extra], partial=bool(extra))
    return _report(outcome.failed)


def _addons() -> list[str]:
    return [line.name for line in pin_sets.requirements(PACKAGES)]


def packages() -> list[str]:
    """Return the packages of the addons that are not in our environment already, with their versions."""
    lines = [line for line in pin_sets.requirements(PACKAGES) if line.specifier]
    return [f"odoo-addon-{line.name.replace('_', '-')}{line.specifier}" for line in lines]


@contextmanager
def _beside() -> Iterator[None]:
    """Have OCA's addons on Python's path and Odoo's, of this process and those that it starts."""
    wanted = packages()
    key = hashlib.sha256(repr((wanted, LIBRARIES, sys.version)).encode()).hexdigest()[:12]
    folder = paths.cache_folder("together") / key
    if not (folder / STAMP).is_file():
        shutil.rmtree(folder, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--no-input", "--progress-bar=off", "--no-deps"]
        with step("installing the addons of OCA"):
            run_logged([*pip, "--target", folder, *wanted, *LIBRARIES], "pip-together")
        (folder / STAMP).touch()
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(folder), before)))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


def _report(failed: int) -> int:
    """Print the table, by file; what is known to fail stands apart, and why."""
    passed, wrong, expected, reasons = Counter(), Counter(), {}, known.read(KNOWN)
    for (path, name), is_passed in cases("together").items():
        module, _dot, group = path.rpartition(".")
        test = f"{module.replace('.', '/')}.py::{group}::{name}"
        if not is_passed and (reason := known.why(reasons, test)):
            expected[test] = reason
        else:
            # A file that cannot be loaded is a test without a class.
            (passed if is_passed else wrong)[(module or name).rpartition(".")[2]] += 1
    rows = [(f"`{file}`", passed[file], wrong[file]) for file in sorted({*passed, *wrong})]
    say("\n" + tables.markdown(("Tests", "passed", "failed"), rows, figures=True))
    for test, reason in expected.items():
        say(f"known to fail: {test}: {reason}")
    failed -= len(expected)
    counts = f"{passed.total()} passed, {failed} failed, {len(expected)} known to fail"
    say(f"\nBeside {len(_addons())} addons, of OCA but for one: {counts}")
    return 1 if failed or not passed else 0
