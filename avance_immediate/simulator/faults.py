"""Faults ordered over `/_simulator/faults`, consumed in order of arrival per operation (README, "Faults")."""

import json
import socket
import time
from decimal import Decimal

from werkzeug.wrappers import Response

from . import wire
from .codes import error
from .orders import text, whole

OPERATIONS = ("register", "status", "send", "search", "token", "*")
# What happens instead of handling the call (with "handled": true, after handling it) …
INSTEAD = ("401", "403", "429", "500", "503", "html", "empty_400", "cut_before", "refuse_all")
# … and what happens to the answer of a call that was handled.
AFTERWARDS = ("latency", "empty_200", "truncated", "cut_after")
_DEFAULTS = {"seconds": 0.5, "retry_after": 30, "code": "ERREUR_VALIDATION", "handled": False, "status": 502}
# What each setting may be: its types, and the bounds of a number.
_SETTINGS = {
    "seconds": ((int, Decimal), (0, 300)),
    "retry_after": ((int,), (0, 7 * 24 * 3600)),
    "code": ((str,), None),
    "handled": ((bool,), None),
    "status": ((int,), (200, 599)),
}
MOST_TIMES = 1000
MOST_WAITING = 100
USED_KEPT = 1000
_HTML = "<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Service indisponible</h1></body></html>"


def add_fault(store, order):
    """Queue a fault.

    :param dict order: ``operation``, ``fault``, ``times`` and settings of that fault
    :raise ValueError: unknown operation, fault or setting, a number that makes no sense, or too many wait already
    """
    operation, fault, times = order.get("operation", "*"), str(order.get("fault")), order.get("times", 1)
    settings = {key: order[key] for key in order if key not in ("operation", "fault", "times")}
    if operation not in OPERATIONS:
        raise ValueError(f"operation: one of {', '.join(OPERATIONS)}")
    if fault not in INSTEAD + AFTERWARDS:
        raise ValueError(f"fault: one of {', '.join(INSTEAD + AFTERWARDS)}")
    whole("times", times, 1, MOST_TIMES)
    text(order, "code")
    if unknown := set(settings) - set(_DEFAULTS):
        raise ValueError(f"unknown setting {', '.join(sorted(unknown))}; one of {', '.join(_DEFAULTS)}")
    for name, value in settings.items():
        kinds, bounds = _SETTINGS[name]
        if type(value) not in kinds or (bounds and not bounds[0] <= value <= bounds[1]):
            between = " from {} to {}".format(*bounds) if bounds else ""
            raise ValueError(f"{name}: like {_DEFAULTS[name]!r}{between}")
    with store.transaction() as db:
        waiting = db.execute("SELECT COUNT(*) FROM fault WHERE used < times").fetchone()[0]
        if waiting >= MOST_WAITING:
            raise ValueError(f"{MOST_WAITING} faults wait already: DELETE /_simulator/faults forgets them")
        cursor = db.execute(
            "INSERT INTO fault (operation, fault, times, settings) VALUES (?, ?, ?, ?)",
            (operation, fault, times, wire.dumps(settings)),
        )
        db.execute("DELETE FROM fault WHERE used >= times AND id <= ?", (cursor.lastrowid - USED_KEPT,))


def list_faults(store):
    """Return all faults ordered, with how often each was used."""
    rows = store.rows("SELECT * FROM fault ORDER BY id")
    return [
        {"operation": row["operation"], "fault": row["fault"], "times": row["times"], "used": row["used"]}
        | json.loads(row["settings"])
        for row in rows
    ]


def clear_faults(store):
    """Forget all faults, used or not."""
    with store.transaction() as db:
        db.execute("DELETE FROM fault")


def next_fault(store, operation):
    """Consume the oldest fault that waits for `operation`; return its settings with ``fault``, or None."""
    with store.transaction() as db:
        row = db.execute(
            "SELECT * FROM fault WHERE operation IN (?, '*') AND used < times ORDER BY id LIMIT 1", (operation,)
        ).fetchone()
        if row is None:
            return None
        db.execute("UPDATE fault SET used = used + 1 WHERE id = ?", (row["id"],))
    return _DEFAULTS | json.loads(row["settings"]) | {"fault": row["fault"]}


def with_fault(fault, handle):
    """Answer a call under a fault.

    :param fault: as `next_fault` returns it, or None
    :param handle: handles the call and returns its response
    :return: the response; None when the connection is to be `cut`
    """
    if fault is None:
        return handle()
    kind = fault["fault"]
    if kind == "cut_before":
        return None
    response = handle() if kind in AFTERWARDS or fault["handled"] else None
    if kind == "latency":
        time.sleep(fault["seconds"])
        return response
    if kind == "cut_after":
        return None
    if kind == "truncated":
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
        return response
    if kind == "empty_200":
        return Response(status=200)
    return _instead(kind, fault)


def _instead(kind, fault):
    """Return the answer that replaces the right one; 429 and 503 ask to wait ``retry_after`` seconds."""
    if kind == "html":
        return Response(_HTML, fault["status"], mimetype="text/html")
    if kind == "empty_400":
        return Response(status=400)
    if kind == "refuse_all":
        return Response(wire.dumps([error(fault["code"])]), 400, mimetype="application/json")
    if kind == "500":
        return Response(wire.dumps([error("ERREUR_TECHNIQUE")]), 500, mimetype="application/json")
    headers = {"Retry-After": str(fault["retry_after"])} if kind in ("429", "503") else {}
    return Response(status=int(kind), headers=headers)


def cut(request):
    """Close the connection under the server's hands: the caller gets no answer at all.

    :raise ConnectionAbortedError: there is no socket, as the application was called inside a program
    """
    connection = request.environ.get("werkzeug.socket")
    if connection is None:
        raise ConnectionAbortedError("the simulator was told to cut the connection")
    connection.shutdown(socket.SHUT_RDWR)
