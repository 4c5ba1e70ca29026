"""The virtual environment, one per set of requirements, Python and Odoo tree."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from . import paths
from .console import SetupError, run_logged, step
from .locks import exclusive

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
#: Two stamps: the packages are there, and Odoo has started with them.
INSTALLED, COMPLETE = ".installed", ".complete"


def folder(tree: Path) -> Path:
    """Where the environment for this Odoo tree is, or will be."""
    parts = [(paths.CHECKOUT / name).read_bytes() for name in REQUIREMENTS]
    key = hashlib.sha256(b"\0".join([*parts, sys.version.encode(), bytes(tree)])).hexdigest()[:12]
    return paths.cache_folder("venv") / key


def prepare(tree: Path) -> None:
    """Install the packages of the environment for this Odoo tree, which need not be there yet.

    :raise SetupError: pip failed.
    """
    target = folder(tree)
    if not _has(target, INSTALLED):
        with exclusive("Python packages"):
            if not _has(target, INSTALLED):
                _make(target, tree)


def ensure(tree: Path) -> Path:
    """Make the environment if it is not there.

    :param tree: the folder that holds the package `odoo`; it is put on the environment's path.
    :return: the environment's folder.
    :raise SetupError: pip failed, or Odoo does not start with what it installed.
    """
    prepare(tree)
    target = folder(tree)
    if not _has(target, COMPLETE):
        _check(target)
    return target


def active(target: Path) -> bool:
    """Whether this very process runs in that environment."""
    return Path(sys.prefix).resolve() == target.resolve()


def python(target: Path) -> Path:
    """The interpreter of the environment."""
    return target / "bin" / "python"


def _make(target: Path, tree: Path) -> None:
    # An environment cannot be moved: it is made in place, and only the stamp makes it valid.
    shutil.rmtree(target, ignore_errors=True)
    with step("installing Python packages (about a minute)"):
        run_logged([sys.executable, "-m", "venv", target], "venv")
        (next(target.glob("lib/python3*/site-packages")) / "odoo-tree.pth").write_text(f"{tree}\n")
        pip = [python(target), "-m", "pip", "install", "--no-input", "--progress-bar=off", "--no-warn-script-location"]
        plain, addons = _split_requirements()
        lists = target / "plain.txt", target / "addons.txt"
        lists[0].write_text("\n".join(plain))
        lists[1].write_text("\n".join(addons))
        run_logged([*pip, "-r", lists[0]], "pip")
        # OCA's addons require a distribution named `odoo`, which PyPI does not have and a Git tree does not declare.
        run_logged([*pip, "--no-deps", "-r", lists[1]], "pip-addons")
    (target / INSTALLED).touch()


def _check(target: Path) -> None:
    try:
        run_logged([python(target), "-c", "import odoo.tools.config, psycopg2, pytest_odoo"], "venv-check")
    except SetupError as error:
        raise SetupError(f"The Python packages are installed, but Odoo does not start.\n{error}") from None
    (target / COMPLETE).touch()


def _has(target: Path, stamp: str) -> bool:
    # An environment that was made before there were two stamps has the last one alone.
    return (target / stamp).is_file() or (target / COMPLETE).is_file()


def _split_requirements() -> tuple[list[str], list[str]]:
    """The lines of the requirement files: ordinary packages, and Odoo addons."""
    lines = [
        line.strip()
        for name in REQUIREMENTS
        for line in (paths.CHECKOUT / name).read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.lstrip().startswith(("#", "-r"))
    ]
    addons = [line for line in lines if line.startswith("odoo-addon-")]
    return [line for line in lines if line not in addons], addons
