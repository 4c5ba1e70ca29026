"""The barrier judges what is connected to, at each HTTP request, however the address was written."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

import pytest
from requests import Request

from urssaf.http.endpoint import host_of, is_urssaf
from urssaf.http.errors import NotSent
from urssaf.tiers_prestation.client import Credentials, Endpoint, UrssafClient

OK = {"infoDemandePaiements": [{"idDemandePaiement": "d"}]}

# How the address of Urssaf can be written so that `requests` goes there all the same …
DECODED = [
    "https://api%2eurssaf.fr",
    "https://api.urssaf%2Efr",
    "https://%61pi.urssaf.fr",
    "https://%61%70%69%2e%75%72%73%73%61%66%2e%66%72",
    "https://API.URSSAF.FR",
    "https://api.urssaf.fr.",
    "https://api.urssaf.fr:443",
]
# … or a version of it, or of what it builds on, may.
DISGUISES = [
    *DECODED,
    "https://api\u3002urssaf.fr",
    "https://api\uff0eurssaf\uff61fr",
    "https://\uff41\uff50\uff49.\uff55rssaf.fr",
    "https://api.ur\u017fsaf.fr",
    "https://api.urs\u00adsaf.fr",
    "https://api.urssaf.f\u24e1",
    "https://nobody@api.urssaf.fr",
    "https://127.0.0.1@api.urssaf.fr",
    "https://api.urssaf.fr\\@127.0.0.1",
    "https://api.urssaf.fr#@127.0.0.1",
    "https://api.urssaf.fr?@127.0.0.1",
]


class Refused(Exception):
    pass


class RefusedByTheSystem(PermissionError):
    """Of a class that the client otherwise takes for a failure of the network."""


def endpoint_of(root_url):
    """An endpoint whose address nobody has checked, as one that came into the database beside the settings."""
    endpoint = object.__new__(Endpoint)
    object.__setattr__(endpoint, "root_url", root_url)
    return endpoint


@pytest.fixture
def sockets(monkeypatch):
    """The names that would be resolved: none is."""
    asked = []

    def refuse(host, *args, **options):
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "no name is resolved here")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return asked


class Barrier:
    """Lets through what is not Urssaf's; remembers what it was asked."""

    def __init__(self, error=Refused):
        self.asked, self.error = [], error

    def __call__(self, host):
        self.asked.append(host)
        if is_urssaf(host):
            raise self.error("not there")


def client_of(root_url, barrier, **options):
    options = {"sleep": lambda seconds: None, "timeout": (0.5, 2)} | options
    return UrssafClient(endpoint_of(root_url), Credentials("id", "secret"), barrier=barrier, **options)


@pytest.mark.parametrize("root_url", DISGUISES)
def test_a_disguised_address_reaches_nothing(root_url, sockets):
    """The address itself, with what the client does not check: either the barrier sees Urssaf, or nothing can leave."""
    barrier = Barrier()
    expected = Refused if root_url in DECODED else (Refused, NotSent)
    with client_of(root_url, barrier) as client, pytest.raises(expected):
        client.check_token()
    assert sockets == [], "a connection was begun"
    assert set(barrier.asked) <= {"api.urssaf.fr"}


@pytest.mark.parametrize("root_url", DECODED)
def test_prepared_addresses_are_judged_as_they_are_connected_to(root_url):
    """The premise: these lead to Urssaf once prepared."""
    assert host_of(Request("GET", root_url).prepare().url) == "api.urssaf.fr"


@pytest.mark.parametrize("error", [Refused, RefusedByTheSystem, ValueError])
def test_what_the_barrier_raises_goes_through(make_client, server, person, exchanges, error):
    def barrier(host):
        raise error(host)

    for signed_in in (False, True):
        with pytest.raises(error) as caught:
            make_client(signed_in=signed_in, barrier=barrier).register(person)
        assert type(caught.value) is error and caught.value.args == ("127.0.0.1",)
        assert caught.value.__cause__ is None
    assert not server.received and not exchanges


def test_every_request_is_judged(make_client, server, naps):
    """The token, the call, the second token after a 401, the call again, and each retry of a read."""
    asked = []
    server.expect_token()
    server.expect("search", 401)
    server.expect_token()
    server.expect("search", 503)
    server.expect("search", json_body=OK)
    make_client(signed_in=False, barrier=asked.append).search(ids=["d"])
    assert asked == ["127.0.0.1"] * 5 and len(server.received) == 5


def test_a_barrier_that_closes_midway_stops_the_rest(make_client, server):
    def barrier(host):
        if server.received:
            raise Refused

    server.expect_token()
    client = make_client(signed_in=False, barrier=barrier)
    with pytest.raises(Refused):
        client.search(ids=["d"])
    assert server.operations == ["token"]


def test_a_connection_kept_open_is_judged_again(make_client, server):
    """No new connection is needed for the second call: the barrier is asked all the same."""
    closed = []

    def barrier(host):
        if closed:
            raise Refused

    server.expect("search", json_body=OK)
    client = make_client(barrier=barrier)
    client.search(ids=["d"])
    closed.append(True)
    with pytest.raises(Refused):
        client.search(ids=["d"])


@pytest.fixture
def proxy(monkeypatch):
    """A proxy of the environment that remembers what it is asked, and refuses it."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def do_CONNECT(self):
            asked.append(self.path)
            self.send_error(403)

    listener = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{listener.server_port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    yield asked
    listener.shutdown()
    listener.server_close()


def test_behind_a_proxy_the_target_counts(proxy):
    barrier = Barrier()
    with client_of("https://api%2eurssaf.fr", barrier) as client, pytest.raises(Refused):
        client.check_token()
    assert (barrier.asked, proxy) == (["api.urssaf.fr"], [])
    # The proxy is this machine, which is no reason to let anything through; and it is what would have been used.
    with client_of("https://simulator.example.org", barrier) as client, pytest.raises(NotSent):
        client.check_token()
    assert barrier.asked[1:] == ["simulator.example.org"] and proxy == ["simulator.example.org:443"]


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 on this machine")
def test_this_machine_over_ipv6(monkeypatch):
    """`[::1]` end to end: accepted in the clear, no proxy on the way, judged as this machine."""
    received, asked = [], []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args):
            pass

        def do_POST(self):
            received.append(self.headers["Host"])
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"access_token": "t", "token_type": "Bearer", "expires_in": 3600}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6

    try:
        listener = Server(("::1", 0), Handler)
    except OSError:
        pytest.skip("this machine has no ::1")
    threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    port = listener.server_port
    with UrssafClient(Endpoint.at(f"http://[::1]:{port}"), Credentials("id", "s"), barrier=asked.append) as client:
        assert client.check_token().access_token == "t"
    listener.shutdown()
    listener.server_close()
    assert (asked, received) == (["::1"], [f"[::1]:{port}"])
