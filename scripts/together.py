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

from . import paths, runtime
from .console import run_logged, say, step
from .test import cases, odoo_arguments, run_pytest

PACKAGES = Path(__file__).with_suffix(".txt")
#: Plain Python packages that these addons need.
LIBRARIES = ("openupgradelib==3.13.7", "Unidecode==1.4.0")
#: Tests that fail without our addon doing anything wrong, and why.
KNOWN = {
    "TestAccountant.test_client_and_product": "subscription_oca shows subscriptions on every contact, also to "
    "accountants, who may not read them without a right of the sales",
}
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
    with runtime.stop_on_signals(), _beside(), odoo_arguments("together", *_addons()) as command:
        outcome = run_pytest("together", [*command, *files, *extra], partial=bool(extra))
    return _report(outcome.failed)


def _pins() -> list[tuple[str, str]]:
    lines = PACKAGES.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("==")) for line in lines if line and not line.startswith("#")]


def _addons() -> list[str]:
    return [name for name, _version in _pins()]


@contextmanager
def _beside() -> Iterator[None]:
    """Have OCA's addons on Python's path and Odoo's, of this process and those that it starts."""
    wanted = [f"odoo-addon-{name.replace('_', '-')}=={version}" for name, version in _pins()]
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
    passed, wrong, known = Counter(), Counter(), {}
    for (path, name), is_passed in cases("together").items():
        file, test = path.split(".")[-2], f"{path.split('.')[-1]}.{name}"
        if not is_passed and test in KNOWN:
            known[test] = KNOWN[test]
        else:
            (passed if is_passed else wrong)[file] += 1
    say("\n| Tests | passed | failed |\n|---|--:|--:|")
    for file in sorted({*passed, *wrong}):
        say(f"| `{file}` | {passed[file]} | {wrong[file]} |")
    for test, reason in known.items():
        say(f"known to fail: {test}: {reason}")
    failed -= len(known)
    say(f"\nBeside {len(_pins())} addons of OCA: {passed.total()} passed, {failed} failed, {len(known)} known to fail")
    return 1 if failed or not passed else 0
