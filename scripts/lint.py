"""All that reads the code without running it: ruff, bandit, OCA's and Odoo's pylint checks, Odoo's `test_lint`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from . import lint_imports, lint_models, odoo_tree, paths, runtime
from .console import SetupError, say

#: Folders beside the addons whose code bandit reads.
PLAIN_FOLDERS = ("benchmarks", "scripts")
#: What Odoo's own pylint run enables (`test_lint/tests/test_pylint.py`).
ODOO_PYLINT = (
    "used-before-assignment",
    "undefined-variable",
    "eval-used",
    "unreachable",
    "function-redefined",
    "sql-injection",
    "missing-gettext",
    "gettext-variable",
    "gettext-placeholders",
    "gettext-repr",
    "raise-unlink-override",
)
OCA_OPTIONS = (
    "--enable=odoolint",
    # This is no addon of OCA; and here a file holds one subject, so that a model may have several: no two of them
    # define the same thing (`lint_models`).
    "--disable=manifest-required-author,consider-merging-classes-inherited",
    "--valid-odoo-versions=19.0",
)
ODOO_PLUGINS = (
    "_pylint_path_setup",
    "pylint.extensions.bad_builtin",
    "_odoo_checker_sql_injection",
    "_odoo_checker_gettext",
    "_odoo_checker_unlink_override",
)
#: Comments for OCA's checks mean nothing to Odoo's, which is no fault of the code.
KNOWS_OCA = "--disable=unknown-option-value"
#: The files of `test_lint` that say something of any addon. Not among them: the tests of the checkers themselves,
#: pylint (run above, on our addons alone) and ESLint (which wants Node).
TEST_LINT = (
    "docstring",
    "dunderinit",
    "i18n",
    "index",
    "jstranslate",
    "l10n",
    "manifests",
    "markers",
    "naming",
    "onchange_domains",
    "orm_import",
    "override_signatures",
    "pofile",
    "routes",
    "test_holes",
)


def main() -> int:
    """Run every check, even after one has failed, and say which failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fast", action="store_true", help="without Odoo's test_lint, which needs a database")
    options = parser.parse_args()
    addons = sorted(manifest.parent.name for manifest in paths.CHECKOUT.glob("*/__manifest__.py"))
    checkers = odoo_tree.ensure() / "odoo" / "addons" / "test_lint" / "tests"
    pylint = [sys.executable, "-m", "pylint", "--rcfile=/dev/null", "--score=n", "--disable=all"]
    results = {
        "ruff check": _run("ruff check", ["ruff", "check"]),
        "ruff format": _run("ruff format", ["ruff", "format", "--check"]),
        "imports of the simulator": _imports(),
        "bandit": _run("bandit", ["bandit", "-q", "-c", "pyproject.toml", "-r", *addons, *PLAIN_FOLDERS]),
        "pylint-odoo": _run("pylint-odoo", [*pylint, "--load-plugins=pylint_odoo", *OCA_OPTIONS, *addons]),
        "Odoo's pylint checks": _run(
            "Odoo's pylint checks",
            [
                *pylint,
                f"--load-plugins={','.join(ODOO_PLUGINS)}",
                f"--enable={','.join(ODOO_PYLINT)}",
                KNOWS_OCA,
                *addons,
            ],
            {"PYTHONPATH": f"{checkers}{os.pathsep}{checkers.parents[3]}"},
        ),
    }
    say("\n== one place for each thing of a model")
    results["one place for each thing of a model"] = lint_models.check([paths.CHECKOUT / addon for addon in addons])
    if not options.fast:
        results["Odoo's test_lint"] = _test_lint(checkers)
    say("")
    for name, clean in results.items():
        say(f"{name}: {'clean' if clean else 'NOT clean'}")
    failed = sum(not clean for clean in results.values())
    say("lint is clean" if not failed else f"lint is not clean: {failed} of {len(results)} checks failed")
    return bool(failed)


def _imports() -> bool:
    say("\n== imports of the simulator")
    return lint_imports.main()


def _run(title: str, command: list[str], environment: Mapping[str, str] | None = None) -> bool:
    say(f"\n== {title}")
    environment = {**os.environ, **(environment or {})}
    return subprocess.run(command, cwd=paths.CHECKOUT, env=environment, check=False).returncode == 0


def _test_lint(checkers: Path) -> bool:
    """Run `test_lint` by pytest: on its own runner it would read all of Odoo, and find fault with it."""
    runtime.ensure()
    files = [checkers / f"test_{name}.py" for name in TEST_LINT]
    try:
        with runtime.stop_on_signals(), runtime.temporary_database("lint") as db:
            config = runtime.odoo_conf(db, logfile=paths.log_file("test-lint"), http_enable=True)
            command = [
                *(sys.executable, "-m", "pytest", "-q", "--tb=short", "-p", "scripts.pytest_own_addons"),
                *("-o", "addopts=", "-o", "pythonpath=", "-p", "no:cacheprovider", "-W", "ignore"),
                *("--odoo-http", f"--odoo-config={config}", f"--rootdir={paths.CHECKOUT}"),
            ]
            return _run("Odoo's test_lint", [*command, *map(str, files)], {"PYTHONPATH": str(paths.CHECKOUT)})
    except SetupError as error:
        say(f"error: {error}")
        return False
