"""What the commands say: one line per step, with its time, and clear errors."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import paths

#: Lines of a failed command's log that are shown; the file holds the rest.
TAIL_LINES = 40


#: Held by the step that counts its seconds; another one at the same time does without.
_counting = threading.Lock()


class SetupError(Exception):
    """Something that a person has to solve; the message says what and how."""


def say(text: str) -> None:
    """Print one line at once, even into a pipe."""
    print(text, flush=True)


def warn(text: str) -> None:
    """Print a warning on the error stream."""
    print(f"warning: {text}", file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a long step, count its seconds while it runs (on a terminal), and end with how long it took."""
    start = time.monotonic()
    if not sys.stdout.isatty() or not _counting.acquire(blocking=False):
        begin = "\r" if sys.stdout.isatty() else ""
        say(f"{begin}- {text} …")
        yield
        say(f"{begin}  {text}: done in {time.monotonic() - start:.0f} s")
        return
    done = threading.Event()

    def tick() -> None:
        while not done.wait(1):
            print(f"\r- {text} … {time.monotonic() - start:.0f} s ", end="", flush=True)

    ticker = threading.Thread(target=tick, daemon=True)
    print(f"- {text} … ", end="", flush=True)
    ticker.start()
    outcome = "failed after"
    try:
        yield
        outcome = "done in"
    finally:
        done.set()
        ticker.join()
        _counting.release()
        say(f"\r- {text}: {outcome} {time.monotonic() - start:.0f} s   ")


def tail(log: Path, lines: int = TAIL_LINES) -> str:
    """The last lines of a log file, for an error message."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def run_logged(
    command: Sequence[str | Path],
    log_name: str,
    *,
    text: str = "",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Path:
    """Run a command with its output in a log file of the cache.

    :param command: program and arguments.
    :param log_name: name of the log, without extension; a former log of that name is replaced.
    :param text: what the command reads on its standard input.
    :param env: the whole environment of the command, the present one by default.
    :param cwd: the folder to run it in, the present one by default.
    :return: the log's path.
    :raise SetupError: the command failed; the message ends with the last lines of its log.
    """
    log = paths.log_file(log_name)
    with log.open("wb") as output:
        result = subprocess.run(
            [str(part) for part in command],
            input=text.encode(),
            stdout=output,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            check=False,
        )
    if result.returncode:
        raise SetupError(f"`{command[0]}` ended with code {result.returncode}; log: {log}\n{tail(log)}")
    return log
