"""A shard of Odoo's own tests, run in a database of its own, whatever its tests do: hang, or take the process along."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import databases, odoo_config, paths, pytest_journal

#: A test that says nothing for so long hangs: the slowest ones take minutes on a busy machine.
TEST_SECONDS = 900
#: Loading Odoo, and the set-up of the first class.
START_SECONDS = 600
SHARD_SECONDS = 3600
POLL_SECONDS = 1
#: What a process may be started anew for: after so many tests that took it along, something else is wrong.
RESTARTS = 8
#: Set when the command is told to end: the shards under way stop, the others do not start.
STOPPING = threading.Event()


@dataclass(frozen=True)
class Shard:
    """Tests that are run together.

    :ivar name: for people, and for the names of files.
    :ivar template: the database that the tests run in a copy of.
    :ivar targets: what pytest is told to run, inside the folder of Odoo's addons: files, or tests.
    :ivar journal: where the outcomes go; what stands in it is not run again.
    """

    name: str
    template: str
    targets: tuple[str, ...]
    journal: Path

    @property
    def is_complete(self) -> bool:
        """Whether every test of the shard has an outcome."""
        return any(entry.get("complete") for entry in pytest_journal.read(self.journal))

    def outcomes(self) -> dict[str, dict]:
        """What came of each test, by its name."""
        return {entry["test"]: entry for entry in pytest_journal.read(self.journal) if "outcome" in entry}

    def run(self) -> None:
        """Run what has no outcome yet, starting anew after each test that ends the process or has to be ended."""
        if self.is_complete or STOPPING.is_set():
            return
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        end = time.monotonic() + SHARD_SECONDS
        with databases.copied(self.template, f"coexist_{self.journal.stem.replace('-', '_')}") as db:
            for _start in range(RESTARTS + 1):
                why = self._process(db, end)
                if self.is_complete or STOPPING.is_set() or not self._blame(why) or time.monotonic() > end:
                    return

    def _process(self, db: str, end: float) -> str:
        """Run pytest until it ends or no longer moves; return how it ended."""
        log = paths.log_file(f"coexist-{self.journal.parent.name}-{self.journal.stem}")
        config = odoo_config.write(db, logfile=log.with_suffix(".odoo.log"), http_enable=True)
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-o",
            "addopts=",
            "-o",
            "pythonpath=",
            "-p",
            "no:cacheprovider",
        ]
        command += ["-p", "scripts.pytest_journal", "--import-mode=importlib", "--no-header", "--tb=short"]
        command += ["--odoo-http", "--odoo-log-level=info", f"--odoo-config={config}", *self.targets]
        environment = {**os.environ, "PYTHONPATH": str(paths.CHECKOUT), pytest_journal.VARIABLE: str(self.journal)}
        with log.open("ab") as output:
            process = subprocess.Popen(
                command,
                cwd=paths.CHECKOUT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            try:
                return self._watch(process, end)
            finally:
                # The browser that a test left behind belongs to the group.
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _watch(self, process: subprocess.Popen, end: float) -> str:
        self.journal.touch()
        size, moved, limit = self.journal.stat().st_size, time.monotonic(), START_SECONDS
        while process.poll() is None and not STOPPING.is_set():
            time.sleep(POLL_SECONDS)
            now = time.monotonic()
            if (grown := self.journal.stat().st_size) != size:
                size, moved, limit = grown, now, TEST_SECONDS
            if now - moved > limit or now > end:
                return f"nothing happened for {now - moved:.0f} s"
        return f"the process ended with code {process.returncode}"

    def _blame(self, why: str) -> bool:
        """Give an outcome to the test that was under way; return whether there was one."""
        entries = pytest_journal.read(self.journal)
        if not entries or "started" not in entries[-1]:
            return False
        started = entries[-1]
        pytest_journal.write(
            self.journal,
            test=started["test"],
            outcome="failed",
            seconds=round(time.time() - started["started"], 2),
            queries=0,
            message=why,
        )
        return True


def deal(files: Sequence[Path], size: int) -> list[list[Path]]:
    """Split files into runs of neighbours of about `size` bytes."""
    shards: list[list[Path]] = []
    left = 0
    for file in files:
        if left <= 0:
            shards.append([])
            left = size
        shards[-1].append(file)
        left -= file.stat().st_size
    return shards
