"""The Odoo 19 tree: the user's own (`ODOO_HOME`), or the one of Debian's package, unpacked in the cache.

Odoo is not on PyPI. Debian's `sid` has it whole, for every architecture; it is unpacked, never installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from functools import cache
from pathlib import Path

from . import paths
from .console import SetupError, run_logged, step, warn
from .locks import exclusive

#: The package that this project was tested with.
VERSION = "19.0.0+dfsg-1"
SHA256 = "9d2f598b0555db17e291d48ed24df184c70823c053c4c5ed53c467ca7f629bbf"

PACKAGE = "odoo-19"
#: Odoo's tree holds relative links into these packages; without them every page answers 500.
COMPANIONS = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    # Odoo's icons are those of Font Awesome 4; sid has a later one with other files.
    "fonts-font-awesome/trixie",
    "fonts-ocr-b",
    "fonts-glyphicons-halflings",
)
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SUITES = ("sid", "trixie")
STAMP = ".complete.json"
#: Debian leaves this file out (blur of video calls); the page that asks for it then logs an error, and Odoo's browser
#: tests take any error of the console for a failure.
PLACEHOLDER = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@cache
def ensure() -> Path:
    """Find the Odoo tree, or download and unpack it.

    :return: the folder to put on `sys.path`, which holds the package `odoo`.
    :raise SetupError: `ODOO_HOME` holds no Odoo 19, or the package cannot be had.
    """
    if home := os.environ.get("ODOO_HOME"):
        return _user_tree(Path(home).expanduser().resolve())
    if not (folder := _complete_tree()):
        with exclusive("Odoo tree"):
            folder = _complete_tree() or _download()
    return _python_path(folder)


def is_there() -> bool:
    """Whether `ensure` finds a tree without downloading one."""
    return bool(os.environ.get("ODOO_HOME")) or any(paths.cache_folder("odoo").glob(f"*/{STAMP}"))


def expected() -> Path:
    """Return the folder that `ensure` will give, as far as can be told before it has downloaded anything."""
    return ensure() if is_there() else _python_path(paths.cache_folder("odoo") / VERSION)


def version(tree: Path) -> str:
    """What tells this tree from another one: the package's version, or for a user's tree a hash of its release file."""
    if os.environ.get("ODOO_HOME"):
        return "own-" + hashlib.sha256((tree / "odoo" / "release.py").read_bytes() + bytes(tree)).hexdigest()[:12]
    return json.loads((tree.parents[3] / STAMP).read_text())["version"]


def _python_path(folder: Path) -> Path:
    return folder / "usr" / "lib" / "python3" / "dist-packages"


def _user_tree(home: Path) -> Path:
    for candidate in (home, _python_path(home), home.parent):
        release = candidate / "odoo" / "release.py"
        if release.is_file():
            if not re.search(r"version_info\s*=\s*\(\s*19\s*,\s*0\s*,", release.read_text(encoding="utf-8")):
                raise SetupError(f"ODOO_HOME={home} is not Odoo 19.0.")
            return candidate
    raise SetupError(f"ODOO_HOME={home} holds no Odoo: there is no odoo/release.py in it.")


def _complete_tree() -> Path | None:
    """The tested tree if the cache has it, else any whole one, with a warning."""
    root = paths.cache_folder("odoo")
    if (root / VERSION / STAMP).is_file():
        return root / VERSION
    others = sorted(stamp.parent for stamp in root.glob(f"*/{STAMP}"))
    if not others:
        return None
    warn(f"using Odoo {others[-1].name}; this project was tested with {VERSION}.")
    return others[-1]


def _download() -> Path:
    root = paths.cache_folder("odoo")
    for leftover in root.glob(".building-*"):
        shutil.rmtree(leftover)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=root))
    packages, tree = building / "packages", building / "tree"
    packages.mkdir()
    tree.mkdir()
    apt = _private_apt(building)
    with step("downloading Odoo 19 (125 MB)"):
        try:
            run_logged(["apt-get", *apt, "update"], "odoo-apt-update")
            run_logged(["apt-get", *apt, "download", PACKAGE, *COMPANIONS], "odoo-download", cwd=packages)
        except SetupError as error:
            raise SetupError(
                f"Odoo 19 could not be downloaded. Set ODOO_HOME to an Odoo 19 tree of yours, or try again.\n{error}"
            ) from None
    stamp = _check(next(packages.glob(f"{PACKAGE}_*.deb")))
    with step("unpacking Odoo 19 (1.2 GB)"):
        for package in sorted(packages.glob("*.deb")):
            run_logged(["dpkg-deb", "--extract", package, tree], "odoo-unpack")
        _complete(_python_path(tree))
    (tree / STAMP).write_text(json.dumps(stamp))
    target = root / stamp["version"]
    tree.rename(target)
    shutil.rmtree(building)
    return target


def _private_apt(folder: Path) -> list[str]:
    """Options that let apt read sid without touching the machine's own sources, lists or cache."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True)
    mirror = _mirror()
    sources = folder / "sources.list"
    sources.write_text("".join(f"deb [signed-by={KEYRING}] {mirror} {suite} main\n" for suite in SUITES))
    options = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        # _apt, the user to which apt run by root steps down, cannot enter a private cache folder.
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    return [part for name, value in options.items() for part in ("-o", f"{name}={value}")]


def _mirror(apt: Path = Path("/etc/apt")) -> str:
    """The Debian mirror that this machine uses already, for it may be the only one that it can reach.

    :raise SetupError: it uses none
    """
    patterns = ("sources.list", "sources.list.d/*.list", "sources.list.d/*.sources")
    for file in (file for pattern in patterns for file in sorted(apt.glob(pattern))):
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            match = re.match(r"\s*(?:deb\s+(?:\[[^]]*\]\s*)?|URIs:\s*)(https?://\S+?/debian)/?(?:\s|$)", line)
            if match:
                return match[1]
    raise SetupError(
        "no Debian mirror is named in /etc/apt: add one, or set ODOO_HOME to an Odoo 19 tree that you have already"
    )


def _check(package: Path) -> dict[str, str]:
    """Compare the package with the tested one; apt has verified its signature already."""
    found = re.sub(r"%3a", ":", package.name.split("_")[1])
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != VERSION:
        warn(f"Debian now has Odoo {found}; this project was tested with {VERSION}.")
    elif digest != SHA256:
        raise SetupError(f"{package.name} is not the package that was tested: its SHA-256 is {digest}, not {SHA256}.")
    return {"version": found, "sha256": digest}


def _complete(tree: Path) -> None:
    placeholder = tree / PLACEHOLDER
    if not placeholder.exists():
        placeholder.parent.mkdir(parents=True, exist_ok=True)
        placeholder.write_text("/* left out by Debian */\n")
    broken = [link for link in (tree / "odoo/addons/web/static").rglob("*") if link.is_symlink() and not link.exists()]
    if broken:
        raise SetupError(f"Odoo's tree is not whole, {len(broken)} links lead nowhere, the first is {broken[0]}.")
