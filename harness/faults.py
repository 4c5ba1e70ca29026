"""What can go wrong between a program and Urssaf, and what is then known: one table, for every test that breaks things.

A fault stands for an answer, or for the lack of one. It is put in the way by :mod:`harness.fault_proxy`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

#: What can be known after a call. The first three are about writes and tokens alone.
NOT_SENT = "not sent"  # no token was to be had: nothing has left
REFUSED = "refused"  # for certain, with a reason
NOT_HANDLED = "not handled"  # turned away before anybody looked at it
UNKNOWN = "unknown"  # the outcome of a write; of a read: nothing learnt
PARTLY = "partly"  # known of some of those asked about, unknown of the others
WORKS = "works"  # what Urssaf has said is understood in spite of the fault
BELIEVED = "believed"  # what was said is another thing, and no client can tell
NOTHING_SHOWN = "nothing shown"  # neither what was asked about, nor that it is not there
NOTHING_FOUND = "nothing found"  # so it was said, and it is a lie

#: The operations of the API over HTTP.
TOKEN, REGISTER, STATUS, SEND, SEARCH = OPERATIONS = ("token", "register", "status", "send", "search")

Change = Callable[[object], object]


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @classmethod
    def of(cls, payload: object, status: int = 200) -> Answer:
        return cls(status, {"Content-Type": "application/json"}, json.dumps(payload).encode())


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    :ivar name: unique, fit for the id of a test and for a table.
    :ivar family: what it belongs to, for a table.
    :ivar means: what is known after each operation of HTTP; it happens to no other one.
    :ivar reaches: whether the server gets the call, and handles it.
    :ivar answer: what is answered instead, of the right answer (an empty one where the call does not reach the server).
    :ivar delivery: how it is: see `fault_proxy`.
    :ivar lies: it denies what Urssaf holds, and nobody can tell.
    :ivar asks: a rule of docs/money.md may want a person to decide afterwards.
    """

    name: str
    family: str
    means: dict[str, str]
    reaches: bool = True
    answer: Callable[[Answer], Answer] = lambda answer: answer
    delivery: str = "whole"
    lies: bool = False
    asks: bool = False


def _means(token: str, write: str, read: str) -> dict[str, str]:
    return {TOKEN: token, REGISTER: write, SEND: write, STATUS: read, SEARCH: read}


# ---- Answers without a success


def _codes() -> Iterator[Fault]:
    """HTTP codes of a gateway, which has asked nobody behind it, but where it says so."""
    credentials = _means(REFUSED, UNKNOWN, UNKNOWN)
    outage = _means(NOT_SENT, UNKNOWN, UNKNOWN)
    away = _means(REFUSED, NOT_HANDLED, NOT_HANDLED)

    def fault(name: str, means: dict[str, str], status: int, reaches: bool = False, **headers: str) -> Fault:
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        return Fault(name, "HTTP codes", means, reaches, lambda answer: Answer(status, headers))

    for status in (401, 403):
        yield fault(str(status), away, status)
    for status in (404, 405, 413, 415):
        yield fault(str(status), credentials, status)
    yield fault("408", outage, 408)
    busy = _means(NOT_SENT, NOT_HANDLED, NOT_HANDLED)
    yield fault("429", busy, 429)
    yield fault("429 in 20 min", busy, 429, Retry_After="1200")
    yield fault("429 odd delay", busy, 429, Retry_After="soon")
    yield Fault(
        "429 dated", "HTTP codes", busy, False, lambda answer: Answer(429, {"Retry-After": _in_an_hour()}), "whole"
    )
    yield fault("503", outage, 503)
    yield fault("503 in 20 min", outage, 503, Retry_After="1200")
    yield fault("504", outage, 504)
    yield fault("504 handled", outage, 504, reaches=True)
    technical = [{"code": "ERREUR_TECHNIQUE", "message": "", "description": ""}]
    yield Fault("500", "HTTP codes", outage, False, lambda answer: Answer.of(technical, 500))
    yield Fault("500 handled", "HTTP codes", outage, True, lambda answer: Answer.of(technical, 500))
    unknown_code = [{"code": "ERR_NEVER_SEEN", "message": "", "description": ""}]
    refused = _means(REFUSED, REFUSED, REFUSED)
    yield Fault(
        "400 unknown code", "HTTP codes", refused, False, lambda answer: Answer.of(unknown_code, 400), asks=True
    )
    yield Fault("400 technical", "HTTP codes", refused, False, lambda answer: Answer.of(technical, 400))
    yield fault("302", outage, 302, Location="/elsewhere")
    yield fault("307", outage, 307, Location="/api/oauth/v1/token")


def _in_an_hour() -> str:
    return format_datetime(datetime.now(timezone.utc) + timedelta(hours=1), usegmt=True)


_PAGE = b"<!DOCTYPE html><html><body><h1>Service indisponible</h1></body></html>"


def _pages() -> Iterator[Fault]:
    """Answers without JSON."""
    outage = _means(NOT_SENT, UNKNOWN, UNKNOWN)

    def fault(name: str, answer: Answer, reaches: bool = True, means: dict[str, str] = outage) -> Fault:
        return Fault(name, "no JSON", means, reaches, lambda _right: answer)

    html = {"Content-Type": "text/html"}
    yield fault("HTML with 200", Answer(200, html, _PAGE))
    yield fault("HTML with 500", Answer(500, html, _PAGE), reaches=False)
    yield fault("empty 200", Answer(200))
    yield fault("empty 204", Answer(204))
    yield fault("empty 400", Answer(400), reaches=False, means=_means(REFUSED, UNKNOWN, UNKNOWN))
    yield fault("not JSON", Answer(200, {"Content-Type": "application/json"}, b"{'idClient': }"))
    yield fault("deep nesting", Answer(200, {"Content-Type": "application/json"}, b"[" * 200_000))


# ---- Connections


def _connections() -> Iterator[Fault]:
    outage = _means(NOT_SENT, UNKNOWN, UNKNOWN)

    def fault(name: str, delivery: str, reaches: bool, means: dict[str, str] = outage) -> Fault:
        return Fault(name, "connection", means, reaches, delivery=delivery)

    yield fault("dropped before", "drop", False)
    yield fault("dropped after", "drop", True)
    yield fault("reset before", "reset", False)
    yield fault("reset after", "reset", True)
    yield fault("no answer", "hang", True)
    yield fault("slow drip", "drip", True)
    yield fault("short body", "short", True)
    works = _means(WORKS, WORKS, WORKS)
    yield Fault("body too long", "connection", outage, True, lambda answer: _padded(answer, 5 * 1024**2))
    yield fault("more than announced", "more", True, works)
    yield Fault("truncated JSON", "connection", outage, True, _halved)


def _padded(answer: Answer, size: int) -> Answer:
    return Answer(answer.status, answer.headers, answer.body + b" " * size)


def _halved(answer: Answer) -> Answer:
    return Answer(answer.status, answer.headers, answer.body[: len(answer.body) // 2])


# ---- Answers of another form


def _forms() -> Iterator[Fault]:
    """JSON of another form than the contract's."""
    nothing = _means(NOT_SENT, UNKNOWN, UNKNOWN)
    for name, payload in (
        ("null", None),
        ("empty object", {}),
        ("empty list", []),
        ("a text", "OK"),
        ("a number", 42),
        ("list of nulls", [None, None]),
    ):
        yield Fault(name, "JSON of another form", nothing, True, lambda _right, payload=payload: Answer.of(payload))
    wrapped = _changed(lambda payload: {"data": payload})
    yield Fault("wrapped", "JSON of another form", nothing, True, wrapped)
    other_types = _changed(lambda payload: {key: [str(value)] for key, value in _object(payload).items()})
    means = {**nothing, SEARCH: NOTHING_SHOWN}
    yield Fault("wrong types", "JSON of another form", means, True, other_types)


def _items() -> Iterator[Fault]:
    """Answers about several: in another order, incomplete, doubled, about others."""

    def fault(name: str, send: str, search: str, change: Change, **values: bool) -> Fault:
        means = {SEND: send, SEARCH: search}
        return Fault(name, "items", means, True, _changed(_of_items(change)), **values)

    yield fault("reversed", WORKS, WORKS, lambda items: items[::-1])
    yield fault("one missing", PARTLY, PARTLY, lambda items: items[1:], lies=True, asks=True)
    yield fault("doubled", WORKS, WORKS, lambda items: [*items, *deepcopy(items)], asks=True)
    yield fault("about something else", UNKNOWN, BELIEVED, lambda items: [_of_another(item) for item in items])


def _of_another(item: object) -> dict:
    """Make of an item of an answer that of a request which nobody has asked about."""
    item = deepcopy(_object(item))
    if "numFactureTiers" in item:
        item["numFactureTiers"] = f"OTHER/{item['numFactureTiers']}"
    if isinstance(item.get("demandePaiement"), dict):
        item["demandePaiement"]["numFactureTiers"] = f"OTHER/{item['demandePaiement'].get('numFactureTiers')}"
        item["idDemandePaiement"] = f"other-{item.get('idDemandePaiement')}"
    return item


def _ids() -> Iterator[Fault]:
    """Ids of requests and clients that are none."""

    def fault(name: str, change: Change, search: str) -> Fault:
        means = {REGISTER: UNKNOWN, SEND: UNKNOWN, STATUS: UNKNOWN, SEARCH: search}
        change_ids = _of_values(("idClient", "idDemandePaiement"), change)
        return Fault(name, "ids", means, True, _changed(change_ids), asks=True)

    yield fault("id missing", lambda _value: _MISSING, NOTHING_SHOWN)
    yield fault("id null", lambda _value: None, NOTHING_SHOWN)
    yield fault("id an object", lambda value: {"value": value}, BELIEVED)
    yield fault("id of 3000 characters", lambda value: str(value) * 100, BELIEVED)
    twice = _changed(_of_items(_same_id))
    yield Fault("id twice", "ids", {SEND: BELIEVED, SEARCH: BELIEVED}, True, twice, asks=True)


def _same_id(items: list) -> list:
    first = _object(items[0]).get("idDemandePaiement") if items else None
    return [{**_object(item), "idDemandePaiement": first} for item in items]


def _statuses() -> Iterator[Fault]:
    def fault(name: str, change: Change, send: str = WORKS, status: str = BELIEVED) -> Fault:
        means = {SEND: send, STATUS: status, SEARCH: BELIEVED}
        return Fault(name, "statuses", means, True, _changed(_of_status(change)))

    yield fault("status missing", lambda _value: _MISSING, status=UNKNOWN)
    yield fault("status unknown", lambda _value: "987")
    yield fault("status an object", lambda value: {"code": value}, status=UNKNOWN)
    yield fault("status with hidden characters", lambda value: f"{value}\u200b")


def _amounts() -> Iterator[Fault]:
    """Amounts, of what was asked and of what is paid."""

    def fault(name: str, change: Change, search: str = BELIEVED) -> Fault:
        change_amounts = _of_values(("mntFactureTTC", "mntVirement"), change)
        return Fault(name, "amounts", {SEARCH: search}, True, _changed(change_amounts), asks=True)

    yield fault("amount as text", str, WORKS)
    yield fault("amount with comma", lambda value: f"{value:.2f}".replace(".", ","))
    yield fault("amount negative", lambda value: -value)
    yield fault("amount zero", lambda _value: 0)
    yield fault("amount huge", lambda _value: 10**15)
    yield fault("amount NaN", lambda _value: float("nan"))


def _dates() -> Iterator[Fault]:
    """Days of transfers, where one is announced."""

    def fault(name: str, value: object, search: str = BELIEVED) -> Fault:
        change = _of_values(("dateVirement",), lambda _value: value)
        return Fault(name, "dates", {SEARCH: search}, True, _changed(change), asks=True)

    yield fault("date odd", "le 31 février")
    yield fault("date far", "9999-12-31T00:00:00Z")
    yield fault("date past", "1970-01-01T00:00:00Z")
    change = _of_values(("dateVirement",), lambda value: str(value).removesuffix("Z"))
    yield Fault("date without zone", "dates", {SEARCH: WORKS}, True, _changed(change))


# ---- Changing JSON

_MISSING = object()


def _changed(change: Change) -> Callable[[Answer], Answer]:
    """Return what answers the right JSON, changed; an answer that is no success, or no JSON, stays."""

    def answer(right: Answer) -> Answer:
        if right.status >= 300:
            return right
        try:
            payload = json.loads(right.body)
        except ValueError:
            return right
        return Answer.of(change(payload), right.status)

    return answer


def _object(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _of_items(change: Callable[[list], list]) -> Change:
    """Change the list of requests in an answer, wherever it stands."""

    def of(payload: object) -> object:
        if isinstance(payload, list):
            return change(payload)
        infos = _object(payload).get("infoDemandePaiements")
        return {**_object(payload), "infoDemandePaiements": change(infos)} if isinstance(infos, list) else payload

    return of


def _of_values(names: tuple[str, ...], change: Change) -> Change:
    """Change the values of these names, at any depth."""

    def of(payload: object) -> object:
        if isinstance(payload, list):
            return [of(item) for item in payload]
        if not isinstance(payload, dict):
            return payload
        changed = {name: change(value) if name in names else of(value) for name, value in payload.items()}
        return {name: value for name, value in changed.items() if value is not _MISSING}

    return of


def _of_status(change: Change) -> Change:
    """Change the status of each request, or of a person: a text, or an object with a code."""

    def of(payload: object) -> object:
        if isinstance(payload, list):
            return [of(item) for item in payload]
        if not isinstance(payload, dict):
            return payload
        status = payload.get("statut")
        if isinstance(status, dict):
            payload = {**payload, "statut": _of_values(("code",), change)(status)}
        elif status is not None:
            payload = _of_values(("statut",), change)(payload)
        return {name: of(value) if name == "infoDemandePaiements" else value for name, value in payload.items()}

    return of


FAULTS: dict[str, Fault] = {
    fault.name: fault
    for family in (_codes, _pages, _connections, _forms, _items, _ids, _statuses, _amounts, _dates)
    for fault in family()
}
#: For who has little time: refused for certain, not handled for certain, handled or not and nobody knows, answered with
#: something else, and with what is not true.
SAMPLE = (
    "400 unknown code",
    "429 in 20 min",
    "500 handled",
    "reset before",
    "about something else",
    "amount negative",
)


def of_operation(operation: str) -> list[Fault]:
    """Return the faults that can happen to an operation of HTTP."""
    return [fault for fault in FAULTS.values() if operation in fault.means]
