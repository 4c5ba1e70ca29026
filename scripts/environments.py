"""Virtual environments to try things in: a Python, an Odoo tree that its pip sees, and nothing of ours."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from packaging.utils import canonicalize_name

from . import paths
from .console import run_logged

#: Variables by which one environment would look into another.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_REQUIRE_VIRTUALENV", "__PYVENV_LAUNCHER__")
#: With what the old sources among the pins can still be built: `pkg_resources` is no more after.
BUILD_TOOLS = "setuptools<81\n"
METADATA = "Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n"


@dataclass(frozen=True)
class Environment:
    """A virtual environment.

    :ivar folder: where it is.
    """

    folder: Path

    @classmethod
    def make(cls, folder: Path, interpreter: Path, tree: Path) -> Environment:
        """Make an environment anew, with an Odoo tree on its path that pip takes for an installed Odoo.

        :raise SetupError: it cannot be made
        """
        shutil.rmtree(folder, ignore_errors=True)
        run_logged([interpreter, "-m", "venv", folder], f"venv-{folder.name}", env=clean())
        environment = cls(folder)
        (environment.packages / "odoo-tree.pth").write_text(f"{tree}\n")
        # As an installed Odoo is: OCA's addons require it by name. What it requires is what the pins are; a tree of
        # another distribution may ask for other names.
        info = environment.packages / "odoo-19.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(METADATA)
        (info / "INSTALLER").write_text("by hand\n")
        return environment

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        return next(self.folder.glob("lib/python3*/site-packages"))

    @property
    def addons(self) -> Path:
        """Where pip puts addons."""
        return self.packages / "odoo" / "addons"

    def install_pins(self, log: str, pins: Path) -> None:
        """Install a set of pins, those built from old sources with tools of their time.

        :raise SetupError: pip failed
        """
        tools = self.folder / "build-tools.txt"
        tools.write_text(BUILD_TOOLS)
        self.pip(log, "install", "--no-compile", "-r", pins, PIP_CONSTRAINT=str(tools))

    def pip(self, log: str, command: str, *arguments: str | Path, **variables: str) -> Path:
        """Run pip, with more environment variables; return its log.

        :raise SetupError: it failed
        """
        options = ["--no-input", "--disable-pip-version-check"]
        if command == "install":
            options += ["--progress-bar=off", "--no-warn-script-location"]
        return self.run(log, "-m", "pip", command, *arguments, *options, **variables)

    def run(self, log: str, *arguments: str | Path, **variables: str) -> Path:
        """Run its Python in the checkout, with more environment variables; return the log.

        :raise SetupError: it failed
        """
        return run_logged([self.python, *arguments], log, env={**clean(), **variables}, cwd=paths.CHECKOUT)

    def versions(self) -> dict[str, str]:
        """Return what is installed in it, by canonical name."""
        listed = json.loads(self.pip(f"list-{self.folder.name}", "list", "--format=json").read_text().splitlines()[-1])
        return {canonicalize_name(row["name"]): row["version"] for row in listed}


def clean() -> dict[str, str]:
    """Return this process's environment variables without those of its own virtual environment."""
    return {name: value for name, value in os.environ.items() if name not in FOREIGN}


@cache
def would_install(interpreter: Path, wanted: tuple[str, ...]) -> dict[str, tuple[str, list[str]]]:
    """Ask our pip what it would bring to another Python of these requirements themselves.

    The other one's own may be too old to tell (`--report` is of pip 22.2), or not there.

    :return: version and `Requires-Dist` by canonical name
    :raise SetupError: pip cannot find one
    """
    report = paths.cache_folder("reports") / f"matrix-short-{interpreter.name}.json"
    options = ["--dry-run", "--ignore-installed", "--no-deps", "--quiet", "--report", report]
    pip = [sys.executable, "-m", "pip", "--python", interpreter, "--disable-pip-version-check"]
    run_logged([*pip, "install", *options, *wanted], report.stem, env=clean())
    found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {
        canonicalize_name(entry["metadata"]["name"]): (
            entry["metadata"]["version"],
            entry["metadata"].get("requires_dist", []),
        )
        for entry in found
    }
