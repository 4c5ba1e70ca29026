"""Servers that run beside a command: started, waited for, and stopped whatever happens."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import odoo_config, paths, postgres
from .console import SetupError, tail

ODOO_START_SECONDS = 180
SIMULATOR_START_SECONDS = 30
STOP_SECONDS = 20
POLL_SECONDS = 0.1


@dataclass
class Server:
    """A running server.

    :ivar url: its address, without a slash at the end.
    :ivar port: its port on 127.0.0.1.
    :ivar log: the file that it writes to.
    :ivar process: the process, head of its own group.
    """

    url: str
    port: int
    log: Path
    process: subprocess.Popen

    def kill(self) -> None:
        """End it at once, as a crash would: nothing is committed or closed any more."""
        _signal(self.process, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end; insist after a while. Nothing happens when it has ended already."""
        if self.process.poll() is None:
            _signal(self.process, signal.SIGTERM)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into `SystemExit`, so that servers started inside are stopped when we are told to end."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    former = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def odoo(
    db: str, port: int | None = None, log: Path | None = None, python: Path | None = None, **options: object
) -> Iterator[Server]:
    """Run an Odoo server on one database.

    :param db: the database, which exists.
    :param port: port on 127.0.0.1; chosen by the system when left out.
    :param log: the file to log to, by default one of the cache named after the database; it is replaced.
    :param python: the interpreter of another environment that has Odoo; ours when left out.
    :param options: options of the configuration file (`odoo_config.write`), for instance `max_cron_threads=1`
        (no scheduled action runs otherwise) or `workers=2`.
    :return: the server, once it answers.
    :raise SetupError: it ends or stays mute; the message shows the end of its log.
    """
    port = port or free_port()
    log = log or paths.log_file(f"odoo-{db}")
    if options.get("workers"):
        # A server with workers listens on a second port as well; two such servers must not want the same one.
        options.setdefault("gevent_port", free_port())
    config = odoo_config.write(db, port, **options)
    command = [str(python or sys.executable), "-m", "odoo", "-c", str(config)]
    with log.open("wb") as output, _running(command, output, output) as process:
        server = Server(f"http://127.0.0.1:{port}", port, log, process)
        _wait(server, "Odoo", ODOO_START_SECONDS, lambda: _answers(f"{server.url}/web/health"))
        yield server


@contextmanager
def simulator(
    state: Path, clock: str | None = None, port: int = 0, log: Path | None = None, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run Urssaf's stand-in.

    :param state: its SQLite file, made if need be.
    :param clock: the moment (ISO 8601, UTC) at which its clock stands still; the real time when left out.
    :param port: port on 127.0.0.1; 0 lets the system choose.
    :param log: the file to log to, by default one of the cache; it is replaced.
    :param env: environment variables to add.
    :return: the server, once it listens.
    :raise SetupError: it ends or stays mute; the message shows the end of its log.
    """
    log = log or paths.log_file(f"simulator-{os.getpid()}")
    command = [sys.executable, f"{paths.ADDON}/simulator", "--port", str(port), "--state", str(state)]
    if clock:
        command += ["--clock", clock]
    with log.open("wb") as output, _running(command, output, output, env) as process:
        server = Server("", 0, log, process)

        def listening() -> bool:
            match = re.search(r"listening on (http://\S+?:(\d+))\s", log.read_text(encoding="utf-8", errors="replace"))
            if match:
                server.url, server.port = match[1], int(match[2])
            return bool(match)

        _wait(server, "The simulator", SIMULATOR_START_SECONDS, listening)
        yield server


@contextmanager
def _running(command: list[str], stdout, stderr, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen]:
    postgres.ensure()
    process = subprocess.Popen(
        command,
        cwd=paths.CHECKOUT,
        env={**os.environ, "PYTHONUNBUFFERED": "1", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        Server("", 0, Path(), process).stop()


def _signal(process: subprocess.Popen, number: int) -> None:
    # Odoo's workers, and a browser that it may have started, belong to the group.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # nosec B310 # of our own server
            return response.status == 200
    except urllib.error.HTTPError:
        raise
    except OSError:
        return False


def _wait(server: Server, name: str, seconds: float, ready) -> None:
    limit = time.monotonic() + seconds
    while not ready():
        if (code := server.process.poll()) is not None:
            raise SetupError(f"{name} ended at once, with code {code}; log: {server.log}\n{tail(server.log)}")
        if time.monotonic() > limit:
            raise SetupError(f"{name} is not ready after {seconds} s; log: {server.log}\n{tail(server.log)}")
        time.sleep(POLL_SECONDS)
