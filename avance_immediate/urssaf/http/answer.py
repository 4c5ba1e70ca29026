"""What came back from a call, and the error that says what we then know (docs/api.md §2, §8)."""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timezone
from email.utils import parsedate_to_datetime
from itertools import chain, islice
from typing import Any

from .api import Api
from .errors import Forbidden, OutcomeUnknown, Refused, RemoteError, TryLater, Unauthorised
from .forms import is_media_type, looks_like_reference
from .personal import MASK, NOBODY, Personal

RETRY_AFTER_MAX = 24 * 3600  # seconds: no server means more, and more overflows the dates of those who add it
UNREADABLE = object()
ERRORS_MAX = 1000  # that are read in one array, of messages with some hundred values


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, its body read. ``payload`` is ``UNREADABLE`` when the body is empty or no JSON.

    ``api`` is the one that was called, or that the token is for. ``hide`` are values that no unknown code may hold.
    ``content_type`` and ``correlation_id`` are fit for a log.
    """

    api: Api
    operation: str
    http_status: int
    payload: Any = field(repr=False)
    text: str = field(repr=False)
    content_type: str
    correlation_id: str | None
    retry_after: float | None
    hide: Personal = NOBODY

    @classmethod
    def of(cls, api: Api, operation: str, response, body: bytes, now: float, hide: Personal = NOBODY) -> "Answer":
        """Read a ``requests`` response with this body, received at ``now`` (epoch seconds)."""
        headers = response.headers
        text = body.decode("utf-8-sig", errors="replace")
        try:
            payload = json.loads(text)
        except (ValueError, RecursionError):
            payload = UNREADABLE
        return cls(
            api=api,
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
        return remote_errors(self.payload, self.api, self.hide)

    @property
    def codes(self) -> tuple[str, ...]:
        """Every error code in the answer, those of refused items included, each once."""
        items = self.payload if isinstance(self.payload, list) else []
        listed = (error for item in items if isinstance(item, dict) for error in self.errors_of(item))
        errors = islice(chain(self.errors, listed), ERRORS_MAX)
        return tuple(dict.fromkeys(error.code for error in errors if error.code))

    def errors_of(self, item: dict) -> tuple[RemoteError, ...]:
        """Read the errors that an object of the answer lists."""
        return _listed(item, self.api, self.hide)

    def payload_of_write(self):
        """Give the JSON of a success, or raise what the answer means for a write."""
        if self.succeeded and self.payload is not UNREADABLE:
            return self.payload
        if self.http_status == 400 and any(error.code for error in self.errors):
            raise self.error(Refused)
        kind = {401: Unauthorised, 403: Forbidden, 429: TryLater}.get(self.http_status, OutcomeUnknown)
        raise self.error(kind)

    def payload_of_read(self, result_keys: Collection[str] = ()):
        """The same for a read, where errors alone in a 200 are a refusal as well: no write can have happened.

        :param result_keys: properties of which an object that is a result has one
        """
        payload = self.payload_of_write()
        alone = isinstance(payload, list) or (
            isinstance(payload, dict) and all(payload.get(key) is None for key in result_keys)
        )
        if alone and any(error.code for error in self.errors):
            raise self.error(Refused)
        return payload

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


def remote_errors(payload, api: Api, hide: Personal = NOBODY) -> tuple[RemoteError, ...]:
    """Read Urssaf's errors from an array of ``Erreur``, a single one, or an object that lists them (docs/api.md §2)."""
    if isinstance(payload, dict):
        return _listed(payload, api, hide) or _errors([] if api.item_keys & payload.keys() else [payload], api, hide)
    return _errors(payload, api, hide) if isinstance(payload, list) else ()


def _listed(item: dict, api: Api, hide: Personal) -> tuple[RemoteError, ...]:
    """Errors under ``errors``, or ``Errors`` (docs/api.md §8): an array, or a single one."""
    found: tuple[RemoteError, ...] = ()
    for key in ("errors", "Errors"):
        value = item.get(key)
        found += _errors(value if isinstance(value, list) else [value], api, hide)
    return found


def _errors(items: Iterable, api: Api, hide: Personal) -> tuple[RemoteError, ...]:
    objects = (item for item in islice(items, ERRORS_MAX) if isinstance(item, dict))
    read = (RemoteError.from_wire(item, api.vocabulary, hide) for item in objects)
    return tuple(error for error in read if error.code or error.message)
