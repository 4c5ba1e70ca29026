"""The programs that must come from the operating system."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from .console import SetupError, run_logged, step
from .locks import exclusive


def _program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _file(pattern: str) -> Callable[[], bool]:
    return lambda: any(Path("/usr/share").glob(pattern))


#: Debian package -> is what we need of it there already?
PACKAGES: dict[str, Callable[[], bool]] = {
    # The names, and their order, under which Odoo looks for a browser.
    "chromium": _program("google-chrome", "chromium", "chromium-browser", "google-chrome-stable"),
    "wkhtmltopdf": _program("wkhtmltopdf"),
    # Without a font of its own Chromium draws boxes and wkhtmltopdf empty pages.
    "fonts-dejavu-core": _file("fonts/truetype/dejavu/DejaVuSans.ttf"),
    "fonts-liberation": _file("fonts/truetype/liberation*/LiberationSans-Regular.ttf"),
    "python3-venv": lambda: importlib.util.find_spec("ensurepip") is not None,
}
#: What unpacking Odoo needs on top; not asked for when `ODOO_HOME` is set.
PACKAGES_FOR_ODOO: dict[str, Callable[[], bool]] = {
    "debian-archive-keyring": _file("keyrings/debian-archive-keyring.gpg"),
    "dpkg": _program("dpkg-deb"),
}


def missing() -> list[str]:
    """The Debian packages that this machine lacks."""
    wanted = dict(PACKAGES)
    if not os.environ.get("ODOO_HOME"):
        wanted |= PACKAGES_FOR_ODOO
    return [package for package, present in wanted.items() if not present()]


def ensure() -> None:
    """Install the missing system packages with apt, as root or through sudo.

    :raise SetupError: Python is too old or too new, or the packages cannot be installed; the message says what to do.
    """
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise SetupError(f"Odoo 19 runs on Python 3.10 to 3.13; this is {sys.version.split()[0]} ({sys.executable}).")
    if not missing():
        return
    with exclusive("system packages"):
        packages = missing()
        if not packages:
            return
        by_hand = f"Please install by hand: {' '.join(packages)} (Debian names)."
        if not shutil.which("apt-get"):
            raise SetupError(f"This machine has no apt-get. {by_hand}")
        prefix = _privileged()
        if prefix is None:
            raise SetupError(f"Installing system packages needs root or sudo. {by_hand}")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with step(f"installing system packages: {' '.join(packages)}"):
            run_logged([*prefix, "apt-get", "update"], "apt-update", env=environment)
            install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
            run_logged([*prefix, *install], "apt-install", env=environment)
        if left := missing():
            raise SetupError(f"apt installed the packages, yet these are still not found: {' '.join(left)}")


def _privileged() -> list[str] | None:
    """What to put before a command that must run as root; None when there is no way."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    # Without a terminal nobody can type a password: fail at once rather than wait.
    return ["sudo"] if sys.stdin.isatty() else ["sudo", "--non-interactive"]
