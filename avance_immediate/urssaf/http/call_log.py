"""One HTTP call as it may be told: to whoever keeps a log of calls, and in the log of the server."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from .answer import UNREADABLE, Answer
from .api import Api
from .errors import CODES_MAX, TOKEN, UrssafError
from .masking import Masking
from .personal import NOBODY, Personal

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """One HTTP call, without a secret or a personal datum.

    :param operation: name of the API's operation, or ``token``
    :param path: path of the address, with its query masked
    :param http_status: ``None`` when no answer came
    :param request_body: masked JSON, ``None`` when there was none
    :param response_body: masked JSON; of another kind of answer its type, its length and its beginning, as JSON
    :param outcome: ``ok``, or the name of the class of the error raised
    :param codes: Urssaf's error codes in the answer, those of refused items included, ``CODES_MAX`` at most
    :param cause: names of the exceptions underneath, when no answer came
    """

    operation: str
    method: str
    path: str
    http_status: int | None
    duration_ms: int
    correlation_id: str | None
    request_body: str | None = field(repr=False)
    response_body: str | None = field(repr=False)
    outcome: str
    codes: tuple[str, ...] = ()
    cause: str = ""


Observer = Callable[[Call], None]


def describe(
    api: Api,
    operation: str,
    method: str,
    path: str,
    payload,
    answer: Answer | None,
    failure: UrssafError | None,
    duration_ms: int,
    hide: Personal = NOBODY,
) -> Call:
    """Describe one call, masked.

    :param path: masked already
    :param hide: values to hide beside those of the message and of the answer themselves
    """
    masking = api.masking
    hide |= masking.personal_values(payload)
    response_body = None
    if answer is not None:
        readable = answer.payload is not UNREADABLE
        hide |= masking.personal_values(answer.payload)
        response_body = (
            masking.as_json(operation, answer.payload, hide)
            if readable
            else masking.page(answer.content_type, answer.text, hide)
        )
    return Call(
        operation=operation,
        method=method,
        path=path,
        http_status=answer and answer.http_status,
        duration_ms=duration_ms,
        correlation_id=answer and answer.correlation_id,
        request_body=None if payload is None else masking.as_json(operation, payload, hide),
        response_body=response_body,
        outcome="ok" if failure is None else type(failure).__name__,
        codes=answer.codes[:CODES_MAX] if answer and operation != TOKEN else (),
        cause=failure.cause if failure else "",
    )


def report(call: Call, observer: Observer | None) -> None:
    """Log the call, and hand it to the observer.

    What the observer raises is logged and goes no further: after a write, losing Urssaf's answer would be worse than
    losing its entry in the log.
    """
    _logger.info(
        "%s %s: HTTP %s, %s%s, %d ms, correlation id %s",
        call.method,
        call.path,
        call.http_status,
        call.outcome,
        f" ({', '.join(call.codes)})" if call.codes else "",
        call.duration_ms,
        call.correlation_id,
    )
    if observer is None:
        return
    try:
        observer(call)
    except Exception as error:  # noqa: BLE001
        _logger.error("the call could not be logged: %s", type(error).__name__)


_calling: ContextVar[Masking | None] = ContextVar("calling", default=None)


@contextmanager
def quiet_transport(api: Api) -> Iterator[None]:
    """Keep what urllib3 logs of a call free of what was asked and answered, as long as the call lasts."""
    mark = _calling.set(api.masking)
    try:
        yield
    finally:
        _calling.reset(mark)


class _HideContent(logging.Filter):
    """Hide what urllib3 would log of our calls: what tells somebody in a query, and what exceptions quote of headers
    that it cannot read. What others do with urllib3 is logged as before."""

    def filter(self, record: logging.LogRecord) -> bool:
        masking = _calling.get()
        if masking is not None:
            record.exc_info = record.exc_text = None
            if isinstance(record.args, tuple):
                record.args = tuple(self._shown(masking, arg) for arg in record.args)
        return True

    @staticmethod
    def _shown(masking: Masking, arg):
        if isinstance(arg, str):
            return masking.query(arg)
        return arg if isinstance(arg, (int, float, type(None))) else type(arg).__name__


for _name in ("connectionpool", "connection", "response", "poolmanager", "util.retry", "util.connection"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_HideContent())
