"""`python3 -m scripts.stop [--clean]`: stop the embedded PostgreSQL server; with `--clean`, delete the cache as well.

It runs on the machine's own Python, since it installs nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path

from . import paths
from .console import say

STOP_SECONDS = 60


def _running(pid: int) -> bool:
    try:
        return "postgres" in Path(f"/proc/{pid}/comm").read_text()
    except OSError:
        return False


def _stop(pid_file: Path) -> None:
    pid = int(pid_file.read_text().splitlines()[0])
    if not _running(pid):
        return
    # PostgreSQL's fast shutdown: it cuts the connections and closes its files properly.
    os.kill(pid, signal.SIGINT)
    limit = time.monotonic() + STOP_SECONDS
    while _running(pid):
        if time.monotonic() > limit:
            sys.exit(f"error: PostgreSQL (process {pid}) does not stop")
        time.sleep(0.1)
    say("PostgreSQL has stopped")


if __name__ == "__main__":
    for file in paths.cache().glob("postgresql-*/postmaster.pid"):
        _stop(file)
    if "--clean" in sys.argv[1:]:
        folder = paths.cache()
        shutil.rmtree(folder)
        say(f"{folder} is deleted")
