"""How a request leaves, how its answer is received, within bounds, and whether one that got none may have arrived."""

import io
import time
from collections.abc import Callable
from http.client import HTTPResponse

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .endpoint import host_of, is_loopback
from .errors import TOKEN, NotSent, OutcomeUnknown, UrssafError

# Urssaf documents no bound (docs/api.md §8), and its answers have some ten kilobytes. The seconds, for a token and then
# the call, stay below the 120 that Odoo gives to a request of the web.
ANSWER_SECONDS = 45
ANSWER_BYTES = 4 * 1024**2

_PIECE = 1024  # bytes off the wire at a time: gzip makes a thousand times more of them at most
_ENCODINGS = ("", "identity", "gzip", "x-gzip", "deflate")  # one alone: what is packed twice has no such bound


class AnswerTooSlow(TimeoutError):
    """The answer was not complete in time, however often a little of it came."""


class AnswerTooLong(OSError):
    """The answer has more bytes than any that Urssaf has reason to give."""


class AnswerEncoded(OSError):
    """The answer is packed in a way that was not asked for."""


class Barred(Exception):
    """The barrier let nothing leave; ``refusal`` is what it raised, whatever its class."""

    def __init__(self, refusal: Exception):
        super().__init__(type(refusal).__name__)
        self.refusal = refusal


class Adapter(HTTPAdapter):
    """Lets out what the barrier allows, and receives answers that are bounded as a whole.

    The time-out of `requests` is for each packet.

    :param seconds: for the whole answer, from the moment the request has left
    :param size: bytes off the wire, headers included
    :param barrier: called with the host of each request, as `host_of` returns it; what it raises comes as ``Barred``
    """

    def __init__(self, seconds: float, size: int, barrier: Callable[[str], None] | None = None):
        super().__init__()
        self._bounds = seconds, size
        self._barrier = barrier
        self._bound(self.poolmanager)

    def send(self, request: PreparedRequest, *args, **options) -> Response:
        """Send a request whose host the barrier allows: that of the prepared address, which is what is connected to.

        What was typed may differ: preparing decodes it. Behind a proxy it is the host that the proxy is asked for.

        :raise ValueError: the host cannot be told for sure; nothing has left
        """
        host = host_of(request.url)
        if self._barrier is not None:
            try:
                self._barrier(host)
            except Exception as refusal:
                raise Barred(refusal) from refusal
        if is_loopback(host):
            # What is sent to this machine in the clear must not go round by a proxy of the environment.
            options["proxies"] = None
        return super().send(request, *args, **options)

    def proxy_manager_for(self, proxy, **options):
        is_new = proxy not in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **options)
        if is_new:
            self._bound(manager)
        return manager

    def _bound(self, manager) -> None:
        pools = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {scheme: self._bounded(pool) for scheme, pool in pools.items()}

    def _bounded(self, pool: type) -> type:
        def receive(sock, *args, **options) -> HTTPResponse:
            return HTTPResponse(_Bounded(sock, *self._bounds), *args, **options)

        connection = type("Connection", (pool.ConnectionCls,), {"response_class": staticmethod(receive)})
        return type("Pool", (pool,), {"ConnectionCls": connection})


class _Bounded(io.RawIOBase):
    """A socket, to whom reads one answer from it: everything passes here, the headers too."""

    def __init__(self, sock, seconds: float, size: int):
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._patience = sock.gettimeout()
        self._end = time.monotonic() + seconds
        self._left = size

    def makefile(self, *_mode) -> io.BufferedReader:
        """Give what `http.client` asks a socket for."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise AnswerTooSlow
        self._sock.settimeout(seconds if self._patience is None else min(seconds, self._patience))
        try:
            count = self._raw.readinto(buffer)
        finally:
            self._sock.settimeout(self._patience)
        self._left -= count
        if self._left < 0:
            raise AnswerTooLong
        return count

    def close(self) -> None:
        self._raw.close()
        return super().close()


def read_body(response: Response, size: int) -> bytes:
    """Read the body of an answer of which only the headers were read, unpacked.

    :param size: bytes that it may have
    :raise OSError: it could not be read, in time or at all, or has more
    """
    if response.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise AnswerEncoded
    body = bytearray()
    for piece in response.iter_content(_PIECE):
        body += piece
        if len(body) > size:
            raise AnswerTooLong
    return bytes(body)


class Body(io.BytesIO):
    """A request's body that knows whether any of it was handed to the connection.

    As long as none of it was, the server cannot have handled the request: that is how "not sent" is told from "outcome
    unknown", whatever went wrong on the way (proxy, TLS, name, refusal).
    """

    has_left = False

    def read(self, *size) -> bytes:
        self.has_left = True
        return super().read(*size)


def failure_of(operation: str, error: Exception, body: Body | None) -> UrssafError:
    """Say what a call that got no answer leaves us with."""
    chain = _chain(error)
    if operation == TOKEN:
        sent = False
    elif body is not None:
        sent = body.has_left
    else:
        sent = not any(isinstance(link, (ConnectTimeoutError, NewConnectionError)) for link in chain)
    kind = OutcomeUnknown if sent else NotSent
    return kind(operation, cause=" < ".join(dict.fromkeys(type(link).__name__ for link in chain)))


def _chain(error: BaseException) -> list[BaseException]:
    """List an exception with those underneath: what `requests` and urllib3 wrap, and how, differs by version."""
    links: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue:
        link = queue.pop(0)
        if isinstance(link, BaseException) and link not in links:
            links.append(link)
            queue += [*link.args[:2], getattr(link, "reason", None), link.__cause__, link.__context__]
    return links
