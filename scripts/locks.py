"""Only one set-up at a time works on one part of the cache."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from . import paths
from .console import say


@contextmanager
def exclusive(name: str) -> Iterator[None]:
    """Hold the lock of that name; wait, and say so, while another process has it. The system frees it at any exit."""
    with (paths.cache_folder("locks") / f"{name}.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"- waiting for another process that prepares the {name} …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
