"""Odoo's environments elsewhere: ours beside the pins of each, on each Python, and the wheel in two bare ones.

For each set of `tests/matrix` and each of its Pythons that this machine has: a virtual environment with the pins, then
`requirements.txt` over it as the README says. Nothing that was there may change, `pip check` must be content, Odoo and
the addon must import, and the tests that need no Odoo must pass. `--short` only asks pip what it would bring, and
compares that with the pins.
"""

from __future__ import annotations

import argparse
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

from . import bare, environments, odoo_tree, paths, pin_sets, pythons, runtime, tables
from . import test as suites
from .console import SetupError, say, warn
from .pin_sets import PinSet

#: The tests that need no Odoo: those of the client and of the simulator, which it is tried against.
TESTS = ("tests/urssaf", "tests/simulator")
#: What they need beside the addon; the versions are those of `requirements-dev.txt`.
TEST_TOOLS = ("hypothesis", "jsonschema", "openapi-spec-validator", "pytest", "tzdata")
#: What the client works with: installing the tools must leave it alone.
CLIENT = (
    *("Authlib", "certifi", "cffi", "charset-normalizer", "chardet", "cryptography", "idna", "joserfc"),
    *("phonenumbers", "psutil", "pyOpenSSL", "python-dateutil", "python-stdnum", "requests", "schwifty", "urllib3"),
)
SHOWN = ("cryptography", "pyOpenSSL", "urllib3", "requests", "Authlib")
#: Everything that the addon imports, and what dies first where OpenSSL's bindings do not fit.
IMPORTS = """
import OpenSSL.SSL
import odoo.http, odoo.service.server, odoo.tools.mail, odoo.tools.pdf
from odoo.tools import config
config.parse_config(["--addons-path", {addons!r}])
import odoo.addons.avance_immediate.sealing
"""


@dataclass
class Cell:
    """One set of pins on one Python.

    :ivar versions: what was installed in the end, by canonical name.
    :ivar problems: what is wrong; empty when all is well.
    :ivar missing: why it could not be tried.
    """

    pins: PinSet
    python: str
    versions: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    passed: int = 0
    missing: str = ""

    @property
    def name(self) -> str:
        return f"{self.pins.name}-py{self.python}"

    @property
    def result(self) -> str:
        """What the table says."""
        if self.missing:
            return f"not tried: {self.missing}"
        return "; ".join(self.problems) or (f"{self.passed} passed" if self.passed else "fits")


def main() -> int:
    """Try every cell, then the bare environments; print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="only compare what pip would bring with the pins; seconds")
    parser.add_argument("--only", action="append", help="only this set of pins, or the step `bare` (may be repeated)")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1), help="cells at a time (%(default)s)")
    options = parser.parse_args()
    cells = [
        Cell(pins, python)
        for pins in pin_sets.read()
        for python in pins.pythons
        if not options.only or pins.name in options.only
    ]
    if options.short:
        for cell in cells:
            _short(cell)
    else:
        runtime.ensure()
        with runtime.stop_on_signals(), ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(_try, cells))
    if cells:
        say("\n" + _table(cells) + "\n")
    wrong = [f"{cell.name}: {problem}" for cell in cells for problem in cell.problems]
    if not options.short and (not options.only or "bare" in options.only):
        wrong += bare.run_all()
    for problem in wrong:
        say(f"WRONG  {problem}")
    absent = sorted({cell.missing for cell in cells if cell.missing})
    for reason in absent:
        warn(reason)
    say("the matrix is clean" if not wrong else f"the matrix is not clean: {len(wrong)} problems")
    return bool(wrong)


def _table(cells: list[Cell]) -> str:
    rows = []
    for cell in cells:
        versions = (cell.versions.get(canonicalize_name(name), "") for name in SHOWN)
        rows.append((cell.pins.title, cell.python, *versions, cell.result))
    differences = {
        f"{key.capitalize()}: {line}."
        for cell in cells
        for key in ("left out", "instead")
        for line in cell.pins.keys.get(key, ())
    }
    return "\n".join([tables.markdown(("pins", "Python", *SHOWN, "result"), rows), "", *sorted(differences)])


def _short(cell: Cell) -> None:
    """Compare what pip would bring with the pins, without installing anything."""
    interpreter = pythons.find(cell.python)
    if interpreter is None:
        cell.missing = f"no Python {cell.python} on this machine"
        return
    pins, ours = cell.pins.pins(cell.python), cell.pins.ours()
    try:
        found = environments.would_install(interpreter, tuple(map(str, ours)))
    except SetupError as error:
        cell.problems.append(f"pip: {error}")
        return
    cell.versions = {name: version for name, (version, _needs) in found.items()} | pins
    needs = {name: needs for name, (_version, needs) in found.items()}
    cell.problems += pin_sets.conflicts(pins, ours, needs, cell.python)


def _try(cell: Cell) -> None:
    interpreter = pythons.find(cell.python)
    if interpreter is None:
        cell.missing = f"no Python {cell.python} on this machine"
        return
    say(f"- {cell.name} …")
    folder = paths.cache_folder("matrix") / cell.name
    try:
        _fill(cell, environments.Environment.make(folder, interpreter, odoo_tree.ensure()))
    except SetupError as error:
        said = str(error).splitlines()
        cell.problems.append(next((line for line in reversed(said) if "rror:" in line or "ERROR" in line), said[0]))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    say(f"  {cell.name}: {cell.result}")


def _fill(cell: Cell, environment: environments.Environment) -> None:
    name = f"matrix-{cell.name}"
    environment.install_pins(f"{name}-pins", cell.pins.file)
    before = environment.versions()
    environment.pip(f"{name}-ours", "install", "--no-compile", *map(str, cell.pins.ours()))
    cell.versions = environment.versions()
    for package, version in before.items():
        if (now := cell.versions.get(package)) != version:
            cell.problems.append(f"{package} {version} was replaced by {now}")
    environment.pip(f"{name}-check", "check")
    environment.run(f"{name}-imports", "-c", IMPORTS.format(addons=f"{paths.CHECKOUT},{environment.addons}"))
    tools = [str(line) for line in _pinned_tools()]
    environment.pip(f"{name}-tools", "install", "--no-compile", *tools, "-c", _client_only(cell, environment))
    _run_tests(cell, environment)


def _pinned_tools() -> list[str]:
    lines = pin_sets.requirements(paths.CHECKOUT / "requirements-dev.txt")
    return [line for line in lines if line.name in TEST_TOOLS]


def _client_only(cell: Cell, environment: environments.Environment) -> Path:
    names = {canonicalize_name(name) for name in CLIENT}
    file = environment.folder / "client.txt"
    file.write_text("".join(f"{name}=={version}\n" for name, version in cell.versions.items() if name in names))
    return file


def _run_tests(cell: Cell, environment: environments.Environment) -> None:
    report = paths.cache_folder("reports") / f"matrix-{cell.name}.xml"
    report.unlink(missing_ok=True)
    options = ["-q", "-p", "no:cacheprovider", f"--junit-xml={report}", "-o", "junit_family=xunit1"]
    try:
        environment.run(f"matrix-{cell.name}-tests", "-m", "pytest", *options, *TESTS)
    except SetupError:
        cell.problems.append(f"tests failed: {paths.log_file(f'matrix-{cell.name}-tests')}")
    outcome = suites.count(report)
    cell.passed = outcome.passed
    if outcome.failed or not outcome.passed:
        cell.problems.append(f"{outcome.failed} of the tests failed, {outcome.passed} passed")
