"""Where things are: the checkout, and the cache that lives outside of it."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ADDON = "avance_immediate"


def addons(checkout: Path | None = None) -> list[Path]:
    """The folders of the addons, by name: of this checkout, if no other is given."""
    return sorted(manifest.parent for manifest in (checkout or CHECKOUT).glob("*/__manifest__.py"))


def cache() -> Path:
    """The project's cache folder, which survives the checkout (`XDG_CACHE_HOME` moves it)."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base).expanduser().resolve() / "avance_immediate"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def cache_folder(name: str) -> Path:
    """A folder of the cache, made if need be."""
    folder = cache() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def log_file(name: str) -> Path:
    """The path of a log of that name."""
    return cache_folder("logs") / f"{name}.log"
