"""The token: asked once, shared, renewed early, one renewal at a time, dropped once on a 401."""

import base64
import threading

import pytest

from urssaf.http import errors
from urssaf.http.tokens import MemoryTokenStore, Token

NOW = 1_800_000_000.0
OK = {"infoDemandePaiements": [{"idDemandePaiement": "d"}]}


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def new_client(make_client, clock):
    """Make a client that has no token yet, on a clock that stands still."""

    def make(**options):
        return make_client(signed_in=False, clock=clock, **options)

    return make


def test_token_is_asked_once(server, new_client, exchanges):
    server.expect_token()
    server.expect("search", json_body=OK)
    server.expect("search", json_body=OK)
    client = new_client()
    client.search(ids=["d"])
    client.search(ids=["d"])
    assert server.received[1].headers["Authorization"] == "Bearer token-of-the-tests"
    assert [exchange.operation for exchange in exchanges] == ["token", "search", "search"]


@pytest.mark.parametrize("secret", ["s3cret", "p@ss &=+%é/word"])
def test_credentials_in_the_body(server, new_client, secret):
    server.expect_token()
    new_client(secret=secret).check_token()
    (request,) = server.received
    assert request.form == {
        "grant_type": "client_credentials",
        "scope": "homeplus.tiersprestations",
        "client_id": "client-of-the-tests",
        "client_secret": secret,
    }
    assert "Authorization" not in request.headers
    assert request.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


def test_credentials_as_basic(server, new_client):
    server.expect_token()
    new_client(method="basic").check_token()
    (request,) = server.received
    assert (
        base64.b64decode(request.headers["Authorization"].removeprefix("Basic "))
        == b"client-of-the-tests:s3cret-of-the-tests"
    )
    assert request.form == {"grant_type": "client_credentials", "scope": "homeplus.tiersprestations"}


def test_token_is_renewed_in_its_last_minute(server, new_client, clock):
    server.expect_token()
    server.expect("search", json_body=OK)
    client = new_client()
    client.search(ids=["d"])
    clock.now = NOW + 3600 - 61
    server.expect("search", json_body=OK)
    client.search(ids=["d"])
    clock.now = NOW + 3600 - 60
    server.expect_token(access_token="second")
    server.expect("search", json_body=OK)
    client.search(ids=["d"])
    assert server.received[-1].headers["Authorization"] == "Bearer second"


@pytest.mark.parametrize(
    ("expires_in", "life"), [(3600, 3600), ("3600", 3600), (None, 300), ("soon", 300), (-5, 0), (1e30, 86400)]
)
def test_life_of_a_token(server, new_client, expires_in, life):
    server.expect_token(expires_in=expires_in)
    assert new_client().check_token().expires_at == NOW + life


def test_401_renews_exactly_once(server, make_client, request_of):
    """Even a write goes again: a 401 was not handled."""
    server.expect("send", 401)
    server.expect_token()
    server.expect("send", json_body=[{"numFactureTiers": "A", "idDemandePaiement": "d"}])
    assert make_client().send([request_of("A")])[0].taken
    assert server.received[0].json == server.received[2].json
    assert server.received[2].headers["Authorization"] == "Bearer token-of-the-tests"


@pytest.mark.parametrize("operation", ["send", "search"])
def test_second_401_is_unauthorised(server, make_client, request_of, exchanges, naps, operation):
    server.expect(operation, 401)
    server.expect_token()
    server.expect(operation, 401)
    client = make_client()
    with pytest.raises(errors.Unauthorised):
        client.send([request_of("A")]) if operation == "send" else client.search(ids=["d"])
    assert [exchange.outcome for exchange in exchanges] == ["Unauthorised", "ok", "Unauthorised"] and not naps


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_refused_credentials(server, new_client, person, status):
    server.expect("token", status, json_body={"error": "invalid_client", "error_description": "unknown"})
    with pytest.raises(errors.WrongCredentials) as caught:
        new_client().register(person)
    assert isinstance(caught.value, errors.NotSent) and caught.value.http_status == status


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 503, "headers": {"Retry-After": "20"}},
        {"status": 408},
        {"status": 429},
        {"status": 302, "headers": {"Location": "https://example.invalid"}},
        {"act": "cut"},
        {"act": "truncate", "body": b"{"},
        {"body": b""},
        {"body": b"<html>"},
        {"body": b"[]"},
        {"json_body": {"token_type": "Bearer"}},
        {"json_body": {"access_token": ""}},
        {"json_body": {"access_token": None}},
        {"json_body": {"access_token": "x", "error": "invalid_scope"}},
    ],
)
def test_no_token_means_nothing_sent(server, new_client, person, answer):
    server.expect("token", **answer)
    with pytest.raises(errors.NotSent) as caught:
        new_client().register(person)
    assert type(caught.value) is errors.NotSent
    assert caught.value.retry_after == (20 if "headers" in answer and answer["status"] == 503 else None)


def test_token_that_no_header_can_carry_sends_nothing(server, new_client, person):
    server.expect_token(access_token="two\nlines")
    with pytest.raises(errors.NotSent):
        new_client().register(person)


def test_secret_that_no_header_can_carry_sends_nothing(new_client, monkeypatch):
    def refuse(*args, **kwargs):
        "s€cret".encode("latin-1")

    monkeypatch.setattr("requests.Session.request", refuse)
    with pytest.raises(errors.NotSent) as caught:
        new_client(method="basic", secret="s€cret").check_token()
    assert "s€cret" not in f"{caught.value!r}{caught.value.__context__!r}"


def test_token_server_down_after_a_401_is_not_sent(server, make_client, request_of):
    server.expect("send", 401)
    server.expect("token", 503)
    with pytest.raises(errors.NotSent):
        make_client().send([request_of("A")])


def test_a_read_waits_for_the_token_server(server, new_client, naps):
    server.expect("token", 503)
    server.expect_token()
    server.expect("search", json_body=OK)
    assert new_client().search(ids=["d"]).found and len(naps) == 1


def test_check_token_asks_even_with_a_fresh_one_at_hand(server, make_client):
    """It proves the credentials as they are now, not those that the stored token was made with."""
    store = MemoryTokenStore()
    store.renew(lambda: Token("old", 4e9), None)
    server.expect_token()
    assert make_client(token_store=store).check_token().access_token == "token-of-the-tests"
    assert store.load().access_token == "token-of-the-tests"


def test_token_is_shared_between_clients(server, new_client, clock):
    store = MemoryTokenStore(clock)
    server.expect_token()
    for _ in range(2):
        server.expect("search", json_body=OK)
        new_client(token_store=store).search(ids=["d"])


def test_one_renewal_at_a_time():
    """Eight threads want a token; the first fetches, the others wait and get the same."""
    store = MemoryTokenStore()
    fetches, barrier, got = [], threading.Barrier(8), []

    def fetch():
        fetches.append(1)
        return Token("fetched", 4e9)

    def work():
        barrier.wait(5)
        got.append(store.renew(fetch, stale=None))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(got) == 8 and len(set(got)) == 1 and len(fetches) == 1


def test_renewal_of_a_token_that_another_worker_has_renewed_fetches_nothing():
    store = MemoryTokenStore(lambda: NOW)
    old, new = Token("old", NOW + 3600), Token("new", NOW + 3600)
    store.renew(lambda: new, old)

    def fetch():
        raise AssertionError("not needed")

    assert store.renew(fetch, stale=old) == new
    assert store.renew(lambda: Token("newer", NOW + 3600), stale=new).access_token == "newer"


def test_a_failed_renewal_leaves_the_store_usable():
    store = MemoryTokenStore()

    def fail():
        raise errors.NotSent("token")

    with pytest.raises(errors.NotSent):
        store.renew(fail, None)
    assert store.renew(lambda: Token("x", 4e9), None).access_token == "x"


def test_representations_hide_the_secrets(new_client):
    from urssaf.tiers_prestation.client import Credentials

    shown = f"{Token('t0ken', 1)!r} {Credentials('id', 's3cret')!r} {new_client(secret='s3cret')!r}"
    assert "t0ken" not in shown and "s3cret" not in shown
