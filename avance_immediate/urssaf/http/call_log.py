"""The account of one HTTP call, for whoever keeps the exchanges, and what the server log says of it."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from ..tiers_prestation.readers import UNREADABLE, Answer
from .errors import CODES_MAX, UrssafError
from .masking import masked_json, masked_page, personal_values
from .personal import NOBODY, Personal

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exchange:
    """One HTTP call, without a secret or a personal datum.

    :param operation: ``register``, ``status``, ``send``, ``search`` or ``token``
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


Observer = Callable[[Exchange], None]


def account(
    operation: str,
    method: str,
    path: str,
    payload,
    answer: Answer | None,
    failure: UrssafError | None,
    duration_ms: int,
    hide: Personal = NOBODY,
) -> Exchange:
    """Make the account of one call, masked.

    :param hide: values to hide beside those of the message and of the answer themselves
    """
    hide |= personal_values(payload)
    response_body = None
    if answer is not None:
        readable = answer.payload is not UNREADABLE
        hide |= personal_values(answer.payload)
        response_body = (
            masked_json(operation, answer.payload, hide)
            if readable
            else masked_page(answer.content_type, answer.text, hide)
        )
    return Exchange(
        operation=operation,
        method=method,
        path=path,
        http_status=answer and answer.http_status,
        duration_ms=duration_ms,
        correlation_id=answer and answer.correlation_id,
        request_body=None if payload is None else masked_json(operation, payload, hide),
        response_body=response_body,
        outcome="ok" if failure is None else type(failure).__name__,
        codes=answer.codes[:CODES_MAX] if answer and operation != "token" else (),
        cause=failure.cause if failure else "",
    )


def report(exchange: Exchange, observer: Observer | None) -> None:
    """Log the call, and hand it to the observer.

    What the observer raises is logged and goes no further: after a write, losing Urssaf's answer would be worse than
    losing the account of it.
    """
    _logger.info(
        "%s %s: HTTP %s, %s%s, %d ms, correlation id %s",
        exchange.method,
        exchange.path,
        exchange.http_status,
        exchange.outcome,
        f" ({', '.join(exchange.codes)})" if exchange.codes else "",
        exchange.duration_ms,
        exchange.correlation_id,
    )
    if observer is None:
        return
    try:
        observer(exchange)
    except Exception as error:  # noqa: BLE001
        _logger.error("the exchange could not be kept: %s", type(error).__name__)


_calling: ContextVar[bool] = ContextVar("calling", default=False)


@contextmanager
def quiet_transport() -> Iterator[None]:
    """Keep what urllib3 logs of a call free of what was asked and answered, as long as the call lasts."""
    mark = _calling.set(True)
    try:
        yield
    finally:
        _calling.reset(mark)


class _HideContent(logging.Filter):
    """Hide what urllib3 would log of our calls: the e-mail address that Urssaf wants in the query, and what exceptions
    quote of headers that it cannot read. What others do with urllib3 is logged as before."""

    _EMAIL = re.compile(r"(adresseMail=)[^&\s'\"]+")

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(self._shown(arg) for arg in record.args)
        if _calling.get():
            record.exc_info = record.exc_text = None
        return True

    def _shown(self, arg):
        if isinstance(arg, str):
            return self._EMAIL.sub(r"\1***", arg)
        if _calling.get() and not isinstance(arg, (int, float, type(None))):
            return type(arg).__name__
        return arg


for _name in ("connectionpool", "connection", "response", "poolmanager", "util.retry", "util.connection"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_HideContent())
