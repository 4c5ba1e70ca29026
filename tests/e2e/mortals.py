"""Odoo in processes that die where the tests say: `mortal`, as the tests order it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from harness.rpc import Odoo, OdooError
from scripts import paths, runtime


class Died(Exception):
    """The process was killed in the middle of the call."""


@dataclass(frozen=True)
class Fate:
    """What happens in the middle of a call: see `tests.e2e.mortal`."""

    kind: str
    at: int
    after: bool = False


class Mortals:
    """The program `mortal` on a database.

    :ivar now: the moment at which its processes live, naive UTC.
    :ivar fate: what happens to the next call, and to no other.
    :ivar struck: how many processes met their fate, by its kind.
    :ivar last: commits and statements of the last call that ended.
    """

    def __init__(self, db: str, now: datetime, log: str):
        self.now = now
        self.fate: Fate | None = None
        self.struck: Counter[str] = Counter()
        self.last = {"commits": 0, "queries": 0}
        self.log = paths.log_file(log)
        config = runtime.odoo_conf(db, logfile=self.log)
        command = [sys.executable, "-m", "tests.e2e.mortal", "--config", str(config), "--db", db]
        self.log.unlink(missing_ok=True)
        self._errors = paths.log_file(f"{log}-errors").open("wb")
        self._process = subprocess.Popen(
            command, cwd=paths.CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )
        self._answer()

    def close(self) -> None:
        """End the program."""
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
        self._errors.close()

    def session(self, login: str, admin: int = 1) -> MortalOdoo:
        """Return the session of a user, who needs no password here."""
        [[found]] = [self.do({"uid": admin, **_call("res.users", "search", [("login", "=", login)])})["result"]]
        context = self.do({"uid": found, **_call("res.users", "context_get")})["result"]
        [user] = self.do({"uid": found, **_call("res.users", "read", [found], ["company_id"])})["result"]
        return MortalOdoo(self, found, {**context, "allowed_company_ids": [user["company_id"][0]]})

    def do(self, *calls: dict) -> dict:
        """Make calls, at the same time where they are several; the fate is that of the first.

        :return: the answer to the first
        :raise Died: it met its fate by SIGKILL
        """
        fate, self.fate = self.fate, None
        first = {**calls[0], "fate": fate and asdict(fate)}
        order = {"now": self.now.isoformat(), "calls": [first, *calls[1:]]}
        self._process.stdin.write(json.dumps(order, default=str) + "\n")
        self._process.stdin.flush()
        answer, *_others = self._answer()
        if "died" in answer:
            self.struck["kill"] += 1
            raise Died
        if fate and fate.kind != "kill" and answer["queries"] >= fate.at:
            self.struck[fate.kind] += 1
        self.last = {name: answer[name] for name in ("commits", "queries")}
        return answer

    def _answer(self):
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the program ended; see {self.log} and {self._errors.name}")
        return json.loads(line)


class MortalOdoo(Odoo):
    """One user's session, as `harness.rpc.Odoo`; each call is a process."""

    def __init__(self, mortals: Mortals, uid: int, context: dict):
        self.uid = uid
        self._context = context
        self._mortals = mortals
        self._twice = False

    def _post(self, path: str, **params):
        call = {"uid": self.uid, **params}
        answer = self._mortals.do(call, call) if self._twice else self._mortals.do(call)
        if "error" in answer:
            raise OdooError(answer["error"])
        return answer["result"]

    @contextmanager
    def twice(self) -> Iterator[None]:
        """Make each call in two processes at the same time."""
        self._twice = True
        try:
            yield
        finally:
            self._twice = False


def _call(model: str, method: str, *args) -> dict:
    return {"model": model, "method": method, "args": list(args), "kwargs": {}}
