"""The Pythons of this machine: the one that runs, those on the path, and those that pyenv or uv installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

#: Those that Odoo 19 runs on (`odoo/release.py`).
VERSIONS = ("3.10", "3.11", "3.12", "3.13")
#: What an interpreter is asked: its version, and whether it can make a virtual environment.
PROBE = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
PROBE_SECONDS = 60


def find(version: str) -> Path | None:
    """Return an interpreter of a version such as `3.12` that can make virtual environments, if there is one."""
    return next((python for python in _candidates(version) if _answers(python) == version), None)


def _candidates(version: str) -> Iterator[Path]:
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        # Not that of a virtual environment: what is made of it would refer to this one.
        yield Path(sys.base_prefix) / "bin" / f"python{version}"
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or home / ".local" / "share" / "uv" / "python")
    for folder in (*sorted(pyenv.glob(f"{version}*")), *sorted(uv.glob(f"cpython-{version}.*"))):
        yield folder / "bin" / f"python{version}"


def _answers(python: Path) -> str | None:
    """Return the version that an interpreter says it has: pyenv puts commands on the path that do not run."""
    try:
        run = subprocess.run([python, "-c", PROBE], capture_output=True, text=True, check=False, timeout=PROBE_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return run.stdout.strip() if run.returncode == 0 else None
