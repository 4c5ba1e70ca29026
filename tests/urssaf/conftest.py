"""What the tests of the API's client share: a scripted server, a client of it, and well-formed messages."""

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import settings

from urssaf.http.tokens import MemoryTokenStore, Token
from urssaf.tiers_prestation.client import Credentials, Endpoint, UrssafClient
from urssaf.tiers_prestation.messages import Address, BankAccount, BirthPlace, PaymentRequest, Person, Service

# The same cases at each run, whatever the load of the machine.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

API = "/atp/v1/tiersPrestations"
PATHS = {
    "token": ("POST", "/api/oauth/v1/token"),
    "register": ("POST", f"{API}/particulier"),
    "status": ("GET", f"{API}/particulier"),
    "send": ("POST", f"{API}/demandePaiement"),
    "search": ("POST", f"{API}/demandePaiement/rechercher"),
}
SECRET = "s3cret-of-the-tests"
TOKEN_ANSWER = {"access_token": "token-of-the-tests", "token_type": "Bearer", "expires_in": 3600, "scope": "any"}

# How an answer without end begins, what is repeated (the body, if empty), and the seconds in between. It does end, for
# a client that would go on reading: after some seconds, or megabytes.
ENDLESS = {
    "drip": (b"\r\n", b" ", 0.02),
    "drip_headers": (b"X-Slow: ", b"a", 0.02),
    "flood": (b"\r\n", b"", 0),
    "flood_chunk": (b"Transfer-Encoding: chunked\r\n\r\n", b"0" * 60_000, 0),
    "flood_trailer": (b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"a: b\r\n" * 10_000, 0),
    "flood_packed": (b"Content-Encoding: gzip\r\n\r\n", b"", 0),
}
ENDLESS_PIECES = 200


@dataclass
class Step:
    """One request that the server expects, and what it does with it."""

    operation: str
    status: int = 200
    body: bytes = b""
    headers: dict = field(default_factory=dict)
    act: str = "answer"


@dataclass
class Received:
    """One request that the server got."""

    operation: str
    query: dict
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def form(self):
        return {key: values[0] for key, values in parse_qs(self.body.decode()).items()}


class ScriptedServer:
    """A server that plays a script, and remembers what came that was not in it."""

    def __init__(self):
        self.script: list[Step] = []
        self.received: list[Received] = []
        self.unexpected: list[str] = []
        self.released = threading.Event()
        self.left = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.root_url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def expect(self, operation, status=200, body=b"", *, json_body=None, headers=None, act="answer"):
        """Expect one more request.

        ``act``: ``answer``, ``cut`` (no answer), ``hang``, ``truncate``, or one of ``ENDLESS``, with
        which ``left`` is set once the client has gone.
        """
        headers = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body).encode()
            headers.setdefault("Content-Type", "application/json")
        self.script.append(Step(operation, status, body, headers, act))

    def expect_token(self, **changes):
        self.expect("token", json_body=TOKEN_ANSWER | changes)

    @property
    def operations(self) -> list[str]:
        return [request.operation for request in self.received]

    def close(self):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self):
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args):
                pass

            def do_POST(self):
                self._play("POST")

            def do_GET(self):
                self._play("GET")

            def _play(self, method):
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                operation = next((name for name, key in PATHS.items() if key == (method, parts.path)), self.path)
                with scripted._lock:
                    scripted.received.append(Received(operation, parse_qs(parts.query), dict(self.headers), body))
                    step = scripted.script.pop(0) if scripted.script else None
                    if step is None or step.operation != operation:
                        scripted.unexpected.append(operation)
                        step = Step(operation, 599)
                if step.act == "hang":
                    scripted.released.wait(5)
                if step.act in ("hang", "cut"):
                    self.close_connection = True
                    return
                if step.act in ENDLESS:
                    self.close_connection = True
                    with suppress(OSError):
                        self._go_on(step)
                    scripted.left.set()
                    return
                self.send_response(step.status)
                for name, value in step.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(step.body) + 50 * (step.act == "truncate")))
                self.end_headers()
                self.wfile.write(step.body)

            def _go_on(self, step):
                start, piece, pause = ENDLESS[step.act]
                self.wfile.write(b"HTTP/1.1 200 OK\r\n" + start)
                for _ in range(ENDLESS_PIECES):
                    self.wfile.write(piece or step.body)
                    if scripted.released.wait(pause):
                        return

        return Handler


@pytest.fixture
def server():
    """A scripted server; the test fails on a request that was not expected, and on one that did not come."""
    scripted = ScriptedServer()
    yield scripted
    scripted.close()
    assert not scripted.unexpected, f"not expected: {scripted.unexpected}"
    assert not scripted.script, f"did not come: {[step.operation for step in scripted.script]}"


@pytest.fixture
def exchanges():
    """The accounts that the client gives of its calls."""
    return []


@pytest.fixture
def naps():
    """The seconds that the client would have slept."""
    return []


@pytest.fixture
def make_client(server, exchanges, naps):
    """Make a client of the scripted server, which never really sleeps."""
    clients = []

    def make(*, method="body", secret=SECRET, signed_in=True, endpoint=None, **options):
        if signed_in and "token_store" not in options:
            store = MemoryTokenStore()
            store.renew(lambda: Token("token-at-hand", 4e9), None)
            options["token_store"] = store
        options = {"observer": exchanges.append, "sleep": naps.append, "timeout": (0.5, 2)} | options
        client = UrssafClient(
            endpoint or Endpoint.at(server.root_url), Credentials("client-of-the-tests", secret, method), **options
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(make_client):
    """A client that has its token already."""
    return make_client()


@pytest.fixture
def person():
    return Person(
        title="2",
        birth_name="Durand",
        usage_name="Martin",
        first_names="Eric-Antoine Derc'hen Jean alain",
        birth_date=date(1980, 3, 29),
        birth_place=BirthPlace("99100", "069", "123", "Lyon"),
        mobile="0605040302",
        email="jeanne.durand@contact.fr",
        address=Address(
            number="8",
            letter="B",
            street_type="R",
            street_name="du Soleil",
            complement="Batiment A",
            locality="Le Beyssat",
            city="LYON 01",
            city_code="69381",
            zip="69001",
        ),
        bank=BankAccount("BNPAFRPPXXX", "FR7630006000011234567890189", "Mme Jeanne Martin"),
    )


@pytest.fixture
def service():
    return Service(
        nature_code="60",
        quantity=Decimal("1.75"),
        unit="HEURE",
        unit_price=Decimal("20.00"),
        amount_incl=Decimal("35.00"),
        amount_excl=Decimal("31.82"),
        amount_vat=Decimal("3.18"),
        start=date(2026, 10, 1),
        end=date(2026, 10, 30),
        label="Ménage",
        worker="SAP732829320",
    )


@pytest.fixture
def request_of(service):
    """Make a well-formed payment request with this number."""

    def make(number="INV/2026/00012"):
        return PaymentRequest(
            billing_id="provider",
            id_client="af0be430-908a-11eb-a8b3-0242ac130003",
            birth_date=date(1980, 3, 29),
            number=number,
            invoice_date=date(2026, 10, 31),
            start=date(2026, 10, 1),
            end=date(2026, 10, 30),
            amount_incl=Decimal("35.00"),
            amount_excl=Decimal("31.82"),
            services=(service,),
        )

    return make
