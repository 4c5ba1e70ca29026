"""Between a program and the simulator: passes calls on, spoils those that it is told to, knows what really happened."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from .faults import OPERATIONS, REGISTER, SEARCH, SEND, STATUS, TOKEN, Answer, Fault

#: The ends of the paths, the longer first, with the method.
_PATHS = (
    ("POST", "/token", TOKEN),
    ("POST", "/demandePaiement/rechercher", SEARCH),
    ("POST", "/demandePaiement", SEND),
    ("POST", "/particulier", REGISTER),
    ("GET", "/particulier", STATUS),
)
_HEADERS = ("Authorization", "Content-Type", "Accept")
_UPSTREAM_SECONDS = 30
#: Longer than any client of the tests waits.
SECONDS_OF_SILENCE = 4
_DRIP = 0.05


class FaultProxy:
    """Stands where the simulator is believed to be; for as many callers as there are.

    ``delivery`` of a fault: ``whole``; ``drop`` (the connection is closed, without an answer), ``reset``, ``hang``
    (then closed), ``drip`` (byte by byte, and never to the end), ``short`` (closed before the end that was announced),
    ``more`` (bytes after it).

    :ivar url: what the program is told to call.
    :ivar spoilt: how many were spoilt, by name of the fault.
    :ivar sent_twice: numbers of payment requests that the server had accepted, and that came once more.
    """

    def __init__(self, upstream: str):
        self.upstream = upstream
        self.spoilt: Counter[str] = Counter()
        self.sent_twice: list[str] = []
        self._accepted: set[str] = set()
        self._faults: dict[str, Fault] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def spoil(self, fault: Fault, *operations: str) -> None:
        """Let a fault happen to these operations (all, if none is named) that it can happen to, until `heal`."""
        with self._lock:
            for operation in operations or OPERATIONS:
                if operation in fault.means:
                    self._faults[operation] = fault

    def heal(self) -> None:
        """Let no fault happen any more."""
        with self._lock:
            self._faults.clear()

    @property
    def is_spoiling(self) -> bool:
        """Whether a fault may happen."""
        return bool(self._faults)

    def _next(self, operation: str) -> Fault | None:
        with self._lock:
            fault = self._faults.get(operation)
            if fault is not None:
                self.spoilt[fault.name] += 1
            return fault

    def pass_on(self, operation: str, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Call the server itself; keep what it accepted, and what came in spite of that."""
        numbers = _numbers(body) if operation == SEND else set()
        with self._lock:
            self.sent_twice += sorted(numbers & self._accepted)
        connection = HTTPConnection(urlsplit(self.upstream).netloc, timeout=_UPSTREAM_SECONDS)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            kept = {name: value for name, value in response.getheaders() if name in ("Content-Type", "Retry-After")}
            answer = Answer(response.status, kept, response.read())
        finally:
            connection.close()
        if operation == SEND and answer.status == 200:
            with self._lock:
                self._accepted |= {
                    item["numFactureTiers"] for item in json.loads(answer.body) if item.get("idDemandePaiement")
                }
        return answer

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[Answer, str]:
        """Give the answer to a call, and how it is delivered."""
        ends = urlsplit(path).path
        operation = next((name for verb, end, name in _PATHS if verb == method and ends.endswith(end)), "")
        fault = self._next(operation)
        if fault is None:
            return self.pass_on(operation, method, path, headers, body), "whole"
        right = self.pass_on(operation, method, path, headers, body) if fault.reaches else Answer()
        return fault.answer(right), fault.delivery


def _numbers(body: bytes) -> set[str]:
    try:
        return {str(item.get("numFactureTiers")) for item in json.loads(body)}
    except (ValueError, TypeError, AttributeError):
        return set()


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def do_GET(self):
            self._serve(b"")

        def do_POST(self):
            self._serve(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def _serve(self, body: bytes) -> None:
            self.close_connection = True
            headers = {name: self.headers[name] for name in _HEADERS if name in self.headers}
            answer, delivery = proxy.answer(self.command, self.path, headers, body)
            with suppress(OSError):
                _deliver(self, answer, delivery)

    return Handler


def _deliver(handler: BaseHTTPRequestHandler, answer: Answer, delivery: str) -> None:
    """Give an answer to who waits for it, as a fault has it."""
    if delivery == "hang":
        time.sleep(SECONDS_OF_SILENCE)
    if delivery == "reset":
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
    if delivery in ("hang", "drop", "reset"):
        return
    handler.send_response(answer.status)
    for name, value in answer.headers.items():
        handler.send_header(name, value)
    if answer.status != 204:
        handler.send_header("Content-Length", str(len(answer.body) + 50 * (delivery in ("short", "drip"))))
    handler.end_headers()
    if delivery == "drip":
        for number in range(int(SECONDS_OF_SILENCE / _DRIP)):
            handler.wfile.write(answer.body[number : number + 1] or b" ")
            handler.wfile.flush()
            time.sleep(_DRIP)
        return
    handler.wfile.write(answer.body + b"}" * 50 * (delivery == "more"))
