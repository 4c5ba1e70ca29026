"""A program: Odoo's processes on one database, at any moment of time, and dying where they are told.

It serves calls as Odoo's own RPC does. Where somebody is to die, or several are to work at once, it forks: such a
process costs some milliseconds, has connections of its own, serves one call, and ends. The program reads orders as JSON
from its input, one a line, and answers each by a line:

    {"now": "2026-10-20T08:00:00", "calls": [{"uid", "model", "method", "args", "kwargs", "fate"}, …]}
    [{"result" | "error" | "died", "commits", "queries"}, …]

Calls of one order run at the same time. A fate is ``{"kind", "at", "after"}``:

* ``kill``: SIGKILL at the commit number ``at``, before it, or right after where ``after`` is true;
* ``cut``: PostgreSQL ends the connection (``pg_terminate_backend``) at the statement number ``at``;
* ``full``: PostgreSQL refuses that statement as it does with a full disk (SQLSTATE 53100).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import traceback
from contextlib import closing
from datetime import datetime

import psycopg2
from freezegun import freeze_time

import odoo
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import execute_cr

CLIENT = "odoo.addons.avance_immediate.urssaf.tiers_prestation.client"
#: Its own seconds are real ones, whatever the time is.
TRANSPORT = "odoo.addons.avance_immediate.urssaf.http.transport"
NO_SPACE = "DO $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$"


class Fate:
    """What happens to this process: it counts its commits and its statements, and meets its end at one of them."""

    def __init__(self, kind: str = "", at: int = 0, after: bool = False):
        self.kind, self.at, self.after = kind, at, after
        self.commits = self.queries = 0
        self._execute, self._commit = sql_db.Cursor.execute, sql_db.Cursor.commit

    def __enter__(self) -> Fate:
        """Take hold of all cursors of this process."""
        fate = self

        def execute(cursor, query, *args, **kwargs):
            fate.queries += 1
            if fate.queries == fate.at and fate.kind in ("cut", "full"):
                fate._strike(cursor)
            return fate._execute(cursor, query, *args, **kwargs)

        def commit(cursor):
            fate.commits += 1
            is_last = fate.kind == "kill" and fate.commits == fate.at
            if is_last and not fate.after:
                os.kill(os.getpid(), signal.SIGKILL)
            fate._commit(cursor)
            if is_last:
                os.kill(os.getpid(), signal.SIGKILL)

        sql_db.Cursor.execute, sql_db.Cursor.commit = execute, commit
        return self

    def __exit__(self, *exc_info) -> None:
        sql_db.Cursor.execute, sql_db.Cursor.commit = self._execute, self._commit

    def _strike(self, cursor) -> None:
        if self.kind == "full":
            self._execute(cursor, NO_SPACE)
            return
        with closing(psycopg2.connect(dbname=cursor.dbname)) as other, other.cursor() as hand:
            hand.execute("SELECT pg_terminate_backend(%s, 1000)", [cursor.connection.get_backend_pid()])


def main() -> None:
    """Serve orders until the input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config", required=True)
    parser.add_argument("--db", required=True)
    options = parser.parse_args()
    odoo.tools.config.parse_config(["-c", options.config, "-d", options.db], setup_logging=True)
    registry = Registry(options.db)
    with registry.cursor() as cursor:  # what is the same for all
        api.Environment(cursor, SUPERUSER_ID, {})["res.users"].browse(SUPERUSER_ID).has_group("base.group_user")
    # Nobody waits in vain: a client asks again at once, and gives up sooner.
    client = sys.modules[CLIENT].UrssafClient
    client.__init__.__kwdefaults__.update(sleep=lambda seconds: None, timeout=(2, 1), answer_limits=(2, 4 * 1024**2))
    with freeze_time(datetime(2026, 1, 1), ignore=[TRANSPORT]) as frozen:
        print(json.dumps("ready"), flush=True)
        for line in sys.stdin:
            order = json.loads(line)
            frozen.move_to(datetime.fromisoformat(order["now"]))
            print(json.dumps(_serve(options.db, order["calls"]), default=str), flush=True)


def _serve(db: str, calls: list[dict]) -> list[dict]:
    """Make one call that has nothing to fear here, with all that this process remembers; others each in its own."""
    if len(calls) == 1 and not calls[0].get("fate"):
        return [_live(db, calls[0])]
    sql_db.close_all()
    processes = [_born(db, call) for call in calls]
    answers = []
    for pid, pipe in processes:
        with os.fdopen(pipe, encoding="utf-8") as lines:
            text = lines.read()
        _pid, status = os.waitpid(pid, 0)
        is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        answers.append({"died": True} if is_killed else json.loads(text))
    return answers


def _born(db: str, call: dict) -> tuple[int, int]:
    """Fork; return the child's number, and where its answer can be read."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    try:
        os.close(reading)
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            json.dump(_live(db, call), pipe, default=str)
    finally:
        os._exit(0)


def _live(db: str, call: dict) -> dict:
    """Make one call, as Odoo's RPC does; return what JSON-RPC would."""
    fate = Fate(**(call.get("fate") or {}))
    answer = {}
    try:
        registry = Registry(db).check_signaling()
        with fate, registry.cursor() as cursor:
            details = call["args"], call["kwargs"]
            answer["result"] = execute_cr(cursor, call["uid"], call["model"], call["method"], *details)
    except Exception as error:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        debug = "".join(traceback.format_exception(error))
        answer["error"] = {"message": str(error), "data": {"name": kind, "message": str(error), "debug": debug}}
    return {**answer, "commits": fate.commits, "queries": fate.queries}


if __name__ == "__main__":
    main()
