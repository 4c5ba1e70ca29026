"""All that reads the code without running it: the hooks of `.pre-commit-config.yaml` and Odoo's own lint."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from . import docstrings, lint_imports, lint_models, odoo_tree, paths, runtime
from .console import SetupError, say

#: Hooks of `.pre-commit-config.yaml` whose packages are npm's.
NEED_NPM = ("prettier", "eslint")
#: What OCA's template has and no package registry: see `.github/workflows/lint.yml`.
AT_A_FORGE = ("oca-update-pre-commit-excluded-addons", "oca-gen-addon-readme")
#: What no tool of others checks; each says what it finds, and tells whether that is nothing.
OWN_CHECKS: dict[str, Callable[[], bool]] = {
    "imports of the simulator": lint_imports.main,
    "docstrings": docstrings.check,
    "one place for each thing of a model": lint_models.main,
}
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
    addons = [addon.name for addon in paths.addons()]
    checkers = odoo_tree.ensure() / "odoo" / "addons" / "test_lint" / "tests"
    results = {"pre-commit": _hooks()}
    for name, check in OWN_CHECKS.items():
        say(f"\n== {name}")
        results[name] = check()
    results["Odoo's pylint checks"] = _odoo_pylint(checkers, addons)
    if not options.fast:
        results["Odoo's test_lint"] = _test_lint(checkers)
    say("")
    for name, clean in results.items():
        say(f"{name}: {'clean' if clean else 'NOT clean'}")
    failed = sum(not clean for clean in results.values())
    say("lint is clean" if not failed else f"lint is not clean: {failed} of {len(results)} checks failed")
    return bool(failed)


def _hooks() -> bool:
    """Run the hooks of `.pre-commit-config.yaml` over every file, new ones included; some fix what they find."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"]
    listed = subprocess.run(git, cwd=paths.CHECKOUT, capture_output=True, text=True, check=False)
    if listed.returncode:
        say(f"error: pre-commit asks Git which files there are, and Git says: {listed.stderr.strip()}")
        return False
    files = [name for name in listed.stdout.split("\0") if name and (paths.CHECKOUT / name).is_file()]
    skipped = () if shutil.which("npm") else NEED_NPM
    clean = _run(
        "pre-commit",
        [sys.executable, "-m", "pre_commit", "run", "--show-diff-on-failure", "--files", *files],
        {"PRE_COMMIT_HOME": str(paths.cache_folder("pre-commit")), "SKIP": ",".join(skipped)},
    )
    say(f"not run here, as they exist at a forge only: {', '.join(AT_A_FORGE)} (the workflow runs them)")
    if skipped:
        say(f"NOT run, as there is no npm: {', '.join(skipped)}")
    return clean


def _odoo_pylint(checkers: Path, addons: list[str]) -> bool:
    return _run(
        "Odoo's pylint checks",
        [
            *(sys.executable, "-m", "pylint", "--rcfile=/dev/null", "--score=n", "--disable=all"),
            f"--load-plugins={','.join(ODOO_PLUGINS)}",
            f"--enable={','.join(ODOO_PYLINT)}",
            KNOWS_OCA,
            *addons,
        ],
        {"PYTHONPATH": f"{checkers}{os.pathsep}{checkers.parents[3]}"},
    )


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
