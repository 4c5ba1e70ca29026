"""The programs and fonts of the operating system: found wherever they are, named as the system does."""

from __future__ import annotations

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import odoo_tree
from .console import SetupError, run_logged, step
from .locks import exclusive

OS_RELEASE = Path("/etc/os-release")
#: What a distribution calls itself in `/etc/os-release`, and its package manager.
MANAGERS = {
    "debian": "apt",
    "fedora": "dnf",
    "rhel": "dnf",
    "arch": "pacman",
    "suse": "zypper",
    "alpine": "apk",
    "nixos": "nix",
}
#: The command that a person types, by package manager; the first word is looked for where the system is unknown.
COMMANDS = {
    "apt": "apt-get install",
    "dnf": "dnf install",
    "pacman": "pacman -S",
    "zypper": "zypper install",
    "apk": "apk add",
    "brew": "brew install",
    "nix": "nix-shell -p",
}
#: Where fonts are on the systems that we know of, beside those that fontconfig tells.
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/run/current-system/sw/share/X11/fonts",
    "/opt/homebrew/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "~/.nix-profile/share/fonts",
    "~/Library/Fonts",
)
#: The names, and their order, under which Odoo looks for a browser, on the path and on macOS.
BROWSERS = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
MAC_BROWSERS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
WKHTMLTOPDF = "wkhtmltopdf, of https://wkhtmltopdf.org/downloads.html"
#: Ubuntu has Chromium as a snap only, which reads no profile outside its own folders.
CHROME = (
    "Google Chrome, of https://dl.google.com/linux/direct/google-chrome-stable_current_amd64.deb "
    "(apt-get install ./google-chrome-stable_current_amd64.deb)"
)


@dataclass(frozen=True)
class Need:
    """Something that the system must have.

    :ivar what: its name, where no package of the system is known that holds it; a person reads it.
    :ivar present: is it there?
    :ivar packages: names of its package, by package manager.
    :ivar instead: what a person has to install on a distribution whose package manager lacks it, by distribution.
    """

    what: str
    present: Callable[[], bool]
    packages: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)

    def package(self, manager: str | None) -> str | None:
        """Return the name of its package on this system, if there is one."""
        return None if self._instead() else self.packages.get(manager)

    def by_hand(self) -> str:
        """Say what a person has to install where there is no package."""
        return self._instead() or self.what

    def _instead(self) -> str | None:
        return next((self.instead[name] for name in _distributions() if name in self.instead), None)


def browser() -> str | None:
    """Return the path of the browser that Odoo's tests would take."""
    if sys.platform == "darwin":
        return next((path for path in MAC_BROWSERS if Path(path).exists()), None)
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def has_font(families: tuple[str, ...]) -> bool:
    """Whether one of these families is there: fontconfig knows, else a file of that name lies in a folder of fonts."""
    if program := shutil.which("fc-list"):
        listed = subprocess.run([program, ":", "family"], capture_output=True, text=True, check=False).stdout
        found = {name.strip() for line in listed.splitlines() for name in line.split(",")}
        if found.intersection(families):
            return True
    stems = tuple(family.replace(" ", "").lower() for family in families)
    return any(file.stem.lower().removesuffix("-regular") in stems for file in _font_files())


def _font_files() -> Iterator[Path]:
    data = (f"{folder}/fonts" for folder in os.environ.get("XDG_DATA_DIRS", "").split(os.pathsep) if folder)
    for folder in (*FONT_FOLDERS, *data):
        # Not `rglob`, which up to Python 3.12 does not follow the links of which Nix makes its folders.
        for parent, _folders, files in os.walk(Path(folder).expanduser(), followlinks=True):
            yield from (Path(parent, name) for name in files if name.lower().endswith((".ttf", ".otf", ".ttc")))


BROWSER = Need(
    "Chromium, or Google Chrome",
    lambda: browser() is not None,
    dict.fromkeys(("apt", "dnf", "pacman", "zypper", "apk", "nix"), "chromium") | {"brew": "--cask google-chrome"},
    {"ubuntu": CHROME},
)
NEEDS = (
    BROWSER,
    # Most systems have dropped it; the project's own packages remain.
    Need(
        WKHTMLTOPDF,
        lambda: shutil.which("wkhtmltopdf") is not None,
        {"apt": "wkhtmltopdf", "nix": "wkhtmltopdf"},
    ),
    # Without a font of its own Chromium draws boxes and wkhtmltopdf empty pages.
    Need(
        "the font DejaVu Sans",
        lambda: has_font(("DejaVu Sans", "Verdana", "Noto Sans")),
        {
            "apt": "fonts-dejavu-core",
            "dnf": "dejavu-sans-fonts",
            "pacman": "ttf-dejavu",
            "zypper": "dejavu-fonts",
            "apk": "font-dejavu",
            "brew": "--cask font-dejavu",
            "nix": "dejavu_fonts",
        },
    ),
    Need(
        "the font Liberation Sans",
        lambda: has_font(("Liberation Sans", "Arial", "Helvetica", "Arimo")),
        {
            "apt": "fonts-liberation",
            "dnf": "liberation-sans-fonts",
            "pacman": "ttf-liberation",
            "zypper": "liberation-fonts",
            "apk": "font-liberation",
            "brew": "--cask font-liberation",
            "nix": "liberation_ttf",
        },
    ),
    Need(
        "a Python with the module venv",
        lambda: importlib.util.find_spec("ensurepip") is not None,
        {"apt": "python3-venv", "dnf": "python3", "zypper": "python3-pip", "brew": "python"},
    ),
)
#: What downloading and unpacking Odoo needs on top.
NEEDS_FOR_ODOO = (
    Need("debian-archive-keyring", odoo_tree.KEYRING.is_file, {"apt": "debian-archive-keyring"}),
    Need("dpkg-deb", lambda: shutil.which("dpkg-deb") is not None, {"apt": "dpkg"}),
)


def manager() -> str | None:
    """Return the package manager of this system, a key of `COMMANDS`; None where we know of none."""
    if sys.platform == "darwin":
        return "brew"
    known = (MANAGERS[name] for name in _distributions() if name in MANAGERS)
    return next(known, None) or next(
        (name for name, command in COMMANDS.items() if shutil.which(command.split()[0])), None
    )


def _distributions() -> list[str]:
    """The names of this distribution and of those that it is like, as `/etc/os-release` has them."""
    lines = OS_RELEASE.read_text(encoding="utf-8").splitlines() if OS_RELEASE.is_file() else []
    release = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return [name for key in ("ID", "ID_LIKE") for name in " ".join(shlex.split(release.get(key, ""))).split()]


def missing() -> list[Need]:
    """What this machine lacks; tools to unpack Odoo only where one is to be downloaded."""
    needs = (*NEEDS, *NEEDS_FOR_ODOO) if _can_download() and not odoo_tree.is_there() else NEEDS
    return [need for need in needs if not need.present()]


def ensure() -> None:
    """Install what is missing with apt, as root or through sudo; elsewhere, say what to install.

    :raise SetupError: Python is too old or too new, or something is missing and cannot be installed; the message says
        what to do.
    """
    if not (3, 10) <= sys.version_info[:2] <= (3, 13):
        raise SetupError(f"Odoo 19 runs on Python 3.10 to 3.13; this is {sys.version.split()[0]} ({sys.executable}).")
    _check_odoo()
    if not missing():
        return
    with exclusive("system packages"):
        needs = missing()
        if needs:
            _install(needs)


def by_hand(needs: list[Need], name: str | None) -> str:
    """Say what a person has to install, and with which command.

    :param name: the package manager
    """
    packages = [package for need in needs if (package := need.package(name))]
    others = [need.by_hand() for need in needs if not need.package(name)]
    lines = []
    if packages:
        lines.append(f"Please install: {COMMANDS[name]} {' '.join(packages)}")
    if others:
        lines.append(f"Please install: {'; '.join(others)}")
    return "\n".join(lines)


def _can_download() -> bool:
    return shutil.which("apt-get") is not None


def _check_odoo() -> None:
    if not _can_download() and not odoo_tree.is_there():
        raise SetupError(
            "Odoo 19 is downloaded from Debian by apt-get, which this system has not. Have an Odoo 19 tree, by "
            "`git clone --depth 1 --branch 19.0 https://github.com/odoo/odoo`, and set ODOO_HOME to its folder."
            + "".join(f"\n{line}" for line in by_hand(missing(), manager()).splitlines())
        )


def _install(needs: list[Need]) -> None:
    name = manager()
    if name != "apt" or not shutil.which("apt-get"):
        raise SetupError(f"Some of what is needed is missing on this system.\n{by_hand(needs, name)}")
    prefix = _privileged()
    if prefix is None:
        raise SetupError(f"Installing system packages needs root or sudo.\n{by_hand(needs, name)}")
    if packages := [package for need in needs if (package := need.package("apt"))]:
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with step(f"installing system packages: {' '.join(packages)}"):
            run_logged([*prefix, "apt-get", "update"], "apt-update", env=environment)
            install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
            run_logged([*prefix, *install], "apt-install", env=environment)
    if unpackaged := [need for need in needs if not need.package("apt")]:
        raise SetupError(f"Some of what is needed is no package of this system.\n{by_hand(unpackaged, 'apt')}")
    if left := missing():
        raise SetupError(f"apt installed the packages, yet not found: {'; '.join(need.what for need in left)}")


def _privileged() -> list[str] | None:
    """What to put before a command that must run as root; None when there is no way."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    # Without a terminal nobody can type a password: fail at once rather than wait.
    return ["sudo"] if sys.stdin.isatty() else ["sudo", "--non-interactive"]
