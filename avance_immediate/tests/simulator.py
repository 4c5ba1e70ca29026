"""The simulator, as the tests use it: a process for each test class, steered over HTTP, emptied before each test."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

PROGRAM = Path(__file__).resolve().parents[1] / "simulator"
STARTED = re.compile(r"listening on (http://\S+)")


class Simulator:
    """The simulator, running, and its steering paths."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory()
        command = [sys.executable, PROGRAM, "--port", "0", "--clock", "2026-01-05T06:00:00Z"]
        command += ["--state", f"{self._folder.name}/state.sqlite"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        match = STARTED.search(line)
        if not match:
            raise RuntimeError(f"the simulator did not start: {line!r}")
        self.url = match[1]
        # A session of its own, that Odoo's tests do not watch.
        self._session = requests.Session()

    def stop(self):
        self._session.close()
        self._process.terminate()
        self._process.wait(timeout=10)
        self._process.stdout.close()
        self._folder.cleanup()

    def call(self, method, path, **json):
        answer = self._session.request(method, f"{self.url}/_simulator/{path}", json=json or None, timeout=10)
        if not answer.ok:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def reset(self, now):
        """Empty the simulator and set its clock to ``now`` (naive UTC)."""
        self.call("POST", "reset")
        self.call("POST", "clock", now=f"{now:%Y-%m-%dT%H:%M:%S}Z")

    def advance(self, hours):
        self.call("POST", "clock/advance", hours=hours)

    def fault(self, operation, fault, **options):
        """Force a fault at the next call of ``operation``."""
        self.call("POST", "faults", operation=operation, fault=fault, **options)

    def unused_faults(self):
        return [fault for fault in self.call("GET", "faults") if fault["used"] < fault["times"]]

    def requests(self):
        return self.call("GET", "requests")

    def persons(self):
        return self.call("GET", "persons")

    def calls(self, operation):
        return [call for call in self.call("GET", "calls") if call["operation"] == operation]

    def step(self, request, action, **options):
        """Make a payment request (a record, or its number) take a step."""
        number = request if isinstance(request, str) else request.id_request
        self.call("POST", f"requests/{number.replace('/', '%2F')}/step", action=action, **options)

    def person_step(self, registration, action):
        self.call("POST", f"persons/{registration.id_client}/step", action=action)
