"""What an answer means: the result of the operation, or the error that says what we then know (docs/api.md §2, §8)."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timezone
from email.utils import parsedate_to_datetime
from itertools import chain, islice
from typing import Any

from ..http.errors import (
    Forbidden,
    NotSent,
    OutcomeUnknown,
    Refused,
    RemoteError,
    TryLater,
    Unauthorised,
    WrongCredentials,
    shown_code,
)
from ..http.forms import is_media_type, looks_like_reference
from ..http.personal import MASK, NOBODY, Personal
from ..http.wire import id_from_wire, text_from_wire
from .messages import PersonStatus, RequestInfo, SearchResult, Submission

NOTHING_FOUND = "ERR_RECHERCHE_VIDE"
RETRY_AFTER_MAX = 24 * 3600  # seconds: no server means more, and more overflows the dates of those who add it
UNREADABLE = object()
ERRORS_MAX = 1000  # that are read in one array: a registration has some thirty fields, a call ten requests

_TOKEN = re.compile(r"[!-~]{1,8192}")  # what a header can carry


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, its body read. ``payload`` is ``UNREADABLE`` when the body is empty or no JSON.

    ``hide`` are values that no unknown code may hold. ``content_type`` and ``correlation_id`` are fit for a log.
    """

    operation: str
    http_status: int
    payload: Any = field(repr=False)
    text: str = field(repr=False)
    content_type: str
    correlation_id: str | None
    retry_after: float | None
    hide: Personal = NOBODY

    @classmethod
    def of(cls, operation: str, response, body: bytes, now: float, hide: Personal = NOBODY) -> "Answer":
        """Read a ``requests`` response with this body, received at ``now`` (epoch seconds)."""
        headers = response.headers
        text = body.decode("utf-8-sig", errors="replace")
        try:
            payload = json.loads(text)
        except (ValueError, RecursionError):
            payload = UNREADABLE
        return cls(
            operation=operation,
            http_status=response.status_code,
            payload=payload,
            text=text,
            content_type=_content_type(headers.get("Content-Type") or ""),
            correlation_id=_reference(headers.get("x-correlationid") or headers.get("x-correlation-id") or "", hide),
            retry_after=_retry_after(headers.get("Retry-After"), now),
            hide=hide,
        )

    @property
    def succeeded(self) -> bool:
        return 200 <= self.http_status < 300

    @property
    def errors(self) -> tuple[RemoteError, ...]:
        """Urssaf's errors about the call as a whole, in whichever shape they come."""
        return remote_errors(self.payload, self.hide)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every error code in the answer, those of refused items included, each once."""
        items = self.payload if isinstance(self.payload, list) else []
        listed = (error for item in items if isinstance(item, dict) for error in _listed(item, self.hide))
        errors = islice(chain(self.errors, listed), ERRORS_MAX)
        return tuple(dict.fromkeys(error.code for error in errors if error.code))

    def error(self, kind, errors: Iterable[RemoteError] | None = None):
        """Make an error of this class from the answer."""
        return kind(
            self.operation,
            http_status=self.http_status,
            errors=self.errors if errors is None else errors,
            correlation_id=self.correlation_id,
            retry_after=self.retry_after,
        )


def _content_type(header: str) -> str:
    media_type = header.partition(";")[0].strip().lower()
    return media_type if not media_type or is_media_type(media_type) else MASK


def _reference(header: str, hide: Personal) -> str | None:
    reference = header.strip()
    return reference if looks_like_reference(reference) and not hide.is_in(reference) else None


def _retry_after(value: str | None, now: float) -> float | None:
    value = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(min(int(value), RETRY_AFTER_MAX))
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return min(max(moment.timestamp() - now, 0.0), RETRY_AFTER_MAX)


# ---------------------------------------------------------------------------------------------------------------------
# Errors, in every shape that was seen
# ---------------------------------------------------------------------------------------------------------------------


def remote_errors(payload, hide: Personal = NOBODY) -> tuple[RemoteError, ...]:
    """Read Urssaf's errors from an array of ``Erreur``, a single one, or an object that lists them (docs/api.md §2)."""
    if isinstance(payload, dict):
        return _listed(payload, hide) or _errors([payload] if "idDemandePaiement" not in payload else [], hide)
    return _errors(payload, hide) if isinstance(payload, list) else ()


def _listed(item: dict, hide: Personal) -> tuple[RemoteError, ...]:
    """Errors under ``errors``, or ``Errors`` (docs/api.md §8): an array, or a single one."""
    found: tuple[RemoteError, ...] = ()
    for key in ("errors", "Errors"):
        value = item.get(key)
        found += _errors(value if isinstance(value, list) else [value], hide)
    return found


def _errors(items: Iterable, hide: Personal) -> tuple[RemoteError, ...]:
    read = (RemoteError.from_wire(item, hide) for item in islice(items, ERRORS_MAX) if isinstance(item, dict))
    return tuple(error for error in read if error.code or error.message)


# ---------------------------------------------------------------------------------------------------------------------
# One reader for each operation
# ---------------------------------------------------------------------------------------------------------------------


def read_token(answer: Answer) -> dict:
    """Give the token server's answer, which holds an ``access_token`` (docs/api.md §1).

    :raise WrongCredentials: it refuses us
    :raise NotSent: it gives no token for another reason
    """
    payload = answer.payload
    if answer.succeeded and isinstance(payload, dict) and "error" not in payload:
        token = payload.get("access_token")
        if isinstance(token, str) and _TOKEN.fullmatch(token):
            return payload
    refused = 400 <= answer.http_status < 500 and answer.http_status not in (408, 429)
    raise answer.error(WrongCredentials if refused else NotSent, errors=())


def read_registration(answer: Answer) -> str:
    """Give Urssaf's id of the person (docs/api.md §2.1).

    :raise OutcomeUnknown: there is none, or none that can be kept and sent again
    """
    payload = _payload(answer)
    id_client = payload.get("idClient") if isinstance(payload, dict) else None
    if not isinstance(id_client, str) or not id_from_wire(id_client):
        raise answer.error(OutcomeUnknown)
    return id_from_wire(id_client)


def read_person_status(answer: Answer, id_client: str | None) -> PersonStatus:
    """Give the status of the person asked for (docs/api.md §2.2); an array of one is one."""
    payload = _payload_of_read(answer)
    if isinstance(payload, list) and len(payload) == 1:
        payload = payload[0]
    status = PersonStatus.from_wire(payload) if isinstance(payload, dict) else None
    if status is None or not status.id_client or not status.code or not _same(status.id_client, id_client):
        raise answer.error(OutcomeUnknown)
    return status


def _same(id_client: str, asked: str | None) -> bool:
    return not asked or id_client.lower() == asked.strip().lower()


def read_submissions(answer: Answer, numbers: Sequence[str]) -> list[Submission]:
    """Give what became of each number, in the order asked; matched by number, never by order (docs/api.md §2.3).

    :raise OutcomeUnknown: the answer speaks of none of them
    """
    payload = _payload(answer)
    items = payload if isinstance(payload, list) else [payload]
    by_number: dict[str, list[Submission | None]] = {}
    for item in items:
        if isinstance(item, dict):
            number = text_from_wire(item.get("numFactureTiers"))
            if number in numbers:
                by_number.setdefault(number, []).append(_submission(number, item, answer.hide))
    if not by_number:
        raise answer.error(OutcomeUnknown)
    return [_merged(number, by_number.get(number, [])) for number in numbers]


def _submission(number: str, item: dict, hide: Personal) -> Submission | None:
    """Read one item; ``None`` where it settles nothing: what stands for its id or its status is none."""
    id_request = id_from_wire(item.get("idDemandePaiement"))
    if not id_request and not _is_absent(item.get("idDemandePaiement")):
        return None
    status = text_from_wire(item.get("statut"))
    errors = _listed(item, hide)
    if status.startswith("ERR") and not errors:
        errors = (RemoteError(shown_code(status, hide)),)
    code = shown_code(status, hide)
    if not id_request and status.isdigit() and not code.isdigit():
        return None  # those of requests that were taken in are numbers, though none is that long
    return Submission(
        number=number,
        id_client=id_from_wire(item.get("idClient")) or None,
        id_request=id_request or None,
        status=code or None,
        errors=errors,
    )


def _is_absent(value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _merged(number: str, items: Sequence[Submission | None]) -> Submission:
    """Make one answer of those about one number; two ids settle nothing, and neither does an item that is not read."""
    read = [item for item in items if item]
    ids = {item.id_request for item in read if item.id_request}
    if not read or len(read) < len(items) or len(ids) > 1:
        return Submission(number)
    first = next((item for item in read if item.id_request), read[0])
    errors = tuple(dict.fromkeys(error for item in read for error in item.errors))
    status = first.status or next((item.status for item in read if item.status), None)
    return Submission(number, first.id_client, first.id_request, status, errors)


def read_search(answer: Answer) -> SearchResult:
    """Give what was found (docs/api.md §2.4); "nothing found" is an answer, as HTTP 400 or 200."""
    try:
        payload = _payload_of_read(answer)
    except Refused as refusal:
        if set(refusal.codes) != {NOTHING_FOUND}:
            raise
        return SearchResult(errors=refusal.errors, nothing_found=True)
    infos = payload.get("infoDemandePaiements") if isinstance(payload, dict) else None
    if not isinstance(infos, list):
        raise answer.error(OutcomeUnknown)
    errors = _listed(payload, answer.hide)
    # One whose id cannot be kept is left in: whoever looks for a number must see that it is held twice.
    held = (info for info in infos if isinstance(info, dict) and not _is_absent(info.get("idDemandePaiement")))
    nothing_found = not infos and all(error.code == NOTHING_FOUND for error in errors)
    return SearchResult(tuple(map(RequestInfo.from_wire, held)), errors, nothing_found)


def _payload(answer: Answer):
    """Give the JSON of a success, or raise what the answer means for a write."""
    if answer.succeeded and answer.payload is not UNREADABLE:
        return answer.payload
    if answer.http_status == 400 and any(error.code for error in answer.errors):
        raise answer.error(Refused)
    kind = {401: Unauthorised, 403: Forbidden, 429: TryLater}.get(answer.http_status, OutcomeUnknown)
    raise answer.error(kind)


def _payload_of_read(answer: Answer):
    """The same for a read, where errors alone in a 200 are a refusal as well: nothing can have been taken in."""
    payload = _payload(answer)
    alone = isinstance(payload, list) or (
        isinstance(payload, dict) and all(payload.get(key) is None for key in ("idClient", "infoDemandePaiements"))
    )
    if alone and any(error.code for error in answer.errors):
        raise answer.error(Refused)
    return payload
