"""Writes: what each answer, and each missing answer, lets us believe. None is ever sent twice blindly."""

import socket

import pytest
import requests

from urssaf.http import errors
from urssaf.tiers_prestation.client import Endpoint

ERREUR = {"code": "ERR_CONTACT", "message": "Contact", "description": "Le contact est invalide"}
TAKEN = {"idClient": "c", "idDemandePaiement": "d-1", "numFactureTiers": "A", "statut": "10", "errors": None}


def refused(number, *codes):
    return {"numFactureTiers": number, "errors": [{"code": code, "message": "", "description": ""} for code in codes]}


@pytest.fixture(params=["register", "send"])
def write(request, client, person, request_of):
    """One of the two writes: its operation's name, and the call."""
    if request.param == "register":
        return "register", lambda: client.register(person)
    return "send", lambda: client.send([request_of("A")])


# --- nothing was sent


def test_refused_connection_is_not_sent(make_client, person, exchanges):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = Endpoint.at(f"http://127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(errors.NotSent) as caught:
            make_client(endpoint=endpoint).register(person)
    assert caught.value.http_status is None
    assert "ConnectionRefusedError" in caught.value.cause
    assert exchanges[0].outcome == "NotSent"


def test_name_not_resolved_is_not_sent(make_client, request_of):
    client = make_client(endpoint=Endpoint.at("https://no-such-host.invalid"))
    with pytest.raises(errors.NotSent):
        client.send([request_of()])


def test_tls_failure_is_not_sent(server, make_client, request_of):
    """The server does not speak TLS: the handshake fails, so the request cannot have left."""
    client = make_client(endpoint=Endpoint.at(server.root_url.replace("http:", "https:")))
    with pytest.raises(errors.NotSent):
        client.send([request_of()])
    assert not server.received


def test_connect_time_out_is_not_sent(client, request_of, monkeypatch):
    def time_out(*args, **kwargs):
        raise TimeoutError("timed out")

    monkeypatch.setattr("urllib3.util.connection.create_connection", time_out)
    with pytest.raises(errors.NotSent) as caught:
        client.send([request_of()])
    assert "ConnectTimeout" in caught.value.cause


# --- not taken


@pytest.mark.parametrize(
    "body",
    [[ERREUR], ERREUR, {"errors": [ERREUR]}, {"Errors": [ERREUR]}, {"errors": ERREUR}],
    ids=["array", "object", "errors", "Errors", "errors object"],
)
def test_400_with_codes_is_refused_in_every_shape(server, write, body):
    operation, call = write
    server.expect(operation, 400, json_body=body, headers={"x-correlationid": "abc-1"})
    with pytest.raises(errors.Refused) as caught:
        call()
    assert caught.value.codes == ("ERR_CONTACT",)
    assert caught.value.errors[0].description == "Le contact est invalide"
    assert (caught.value.http_status, caught.value.correlation_id) == (400, "abc-1")


def test_unknown_codes_are_kept(server, write):
    operation, call = write
    server.expect(operation, 400, json_body=[{"code": "ERR_NEW_IN_2031"}, ERREUR])
    with pytest.raises(errors.Refused) as caught:
        call()
    assert caught.value.codes == ("ERR_NEW_IN_2031", "ERR_CONTACT")


def test_403_is_forbidden(server, write):
    operation, call = write
    server.expect(operation, 403)
    with pytest.raises(errors.Forbidden):
        call()


@pytest.mark.parametrize(("header", "seconds"), [("90", 90), ("Tue, 20 Oct 2026 08:00:30 GMT", 30), ("soon", None)])
def test_429_says_when_to_try_again(server, make_client, person, header, seconds):
    client = make_client(clock=lambda: 1792483200.0)  # 2026-10-20 08:00:00 UTC
    server.expect("register", 429, headers={"Retry-After": header})
    with pytest.raises(errors.TryLater) as caught:
        client.register(person)
    assert caught.value.retry_after == seconds


# --- unknown


@pytest.mark.parametrize("act", ["cut", "truncate"])
def test_cut_connection_is_unknown(server, write, act):
    operation, call = write
    server.expect(operation, body=b'[{"idClient": "c", "numFactureTiers"', act=act)
    with pytest.raises(errors.OutcomeUnknown):
        call()


def test_read_time_out_is_unknown(server, make_client, request_of):
    server.expect("send", act="hang")
    with pytest.raises(errors.OutcomeUnknown) as caught:
        make_client(timeout=(0.5, 0.2)).send([request_of()])
    assert "ReadTimeout" in caught.value.cause


def test_reset_while_sending_is_unknown(client, request_of, monkeypatch):
    """Once a byte of the body is in the connection's hands, nobody knows."""

    def reset(session, method, url, data=None, **options):
        data.read(10)
        raise requests.ConnectionError(ConnectionResetError())

    monkeypatch.setattr(requests.Session, "request", reset)
    with pytest.raises(errors.OutcomeUnknown):
        client.send([request_of()])


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b""),
        (500, b'[{"code": "ERREUR_TECHNIQUE"}]'),
        (503, b""),
        (302, b""),
        (404, b""),
        (400, b""),
        (400, b"[]"),
        (400, b"{}"),
        (400, b'[{"message": "no code"}]'),
        (400, b"<html><body>Bad request</body></html>"),
        (200, b""),
        (200, b"<html><body>Maintenance</body></html>"),
        (200, b"null"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"42"),
        (200, b"[null, 3]"),
        (200, b"[" * 100_000),
        (200, b"\xff\xfe\x00"),
        (200, b'{"idClient": null, "numFactureTiers": "another"}'),
        (200, b'[{"code": "ERR_CONTACT", "message": "in a 200"}]'),
    ],
)
def test_every_other_answer_is_unknown(server, write, status, body):
    operation, call = write
    server.expect(operation, status, body, headers={"Location": "http://127.0.0.1:1/", "Retry-After": "7"})
    with pytest.raises(errors.OutcomeUnknown) as caught:
        call()
    assert (caught.value.http_status, caught.value.retry_after) == (status, 7)
    assert server.operations == [operation]


def test_errors_beside_an_unknown_outcome_are_kept(server, client, request_of):
    server.expect("send", 500, json_body=[{"code": "ERREUR_TECHNIQUE"}])
    with pytest.raises(errors.OutcomeUnknown) as caught:
        client.send([request_of()])
    assert caught.value.codes == ("ERREUR_TECHNIQUE",)


# --- taken


def test_registration_gives_the_id(server, client, person):
    server.expect("register", json_body={"idClient": "af0be430"})
    assert client.register(person) == "af0be430"
    sent = server.received[0]
    assert sent.json == person.to_wire()
    assert sent.headers["Authorization"] == "Bearer token-at-hand"
    assert sent.headers["Content-Type"] == "application/json"


def test_answers_are_matched_by_number(server, client, request_of):
    """In another order, one missing, one refused, one of nobody's."""
    server.expect("send", json_body=[refused("C", "ERR_FACTURE_DOUBLON"), TAKEN, TAKEN | {"numFactureTiers": "Z"}])
    first, missing, last = client.send([request_of("A"), request_of("B"), request_of("C")])
    assert (first.number, first.id_request, first.status, first.taken) == ("A", "d-1", "10", True)
    assert (missing.number, missing.taken, missing.rejected, missing.unknown) == ("B", False, False, True)
    assert (last.number, last.rejected, last.unknown) == ("C", True, False)
    assert last.errors[0].code == "ERR_FACTURE_DOUBLON"
    assert [item["numFactureTiers"] for item in server.received[0].json] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("items", "state"),
    [
        ([TAKEN | {"errors": [ERREUR]}], "taken"),
        ([TAKEN | {"statut": 10}], "taken"),
        (TAKEN, "taken"),
        ([TAKEN, TAKEN], "taken"),
        ([TAKEN, refused("A", "ERR_FACTURE_DOUBLON")], "taken"),
        ([TAKEN, TAKEN | {"idDemandePaiement": "d-2"}], "unknown"),
        ([TAKEN | {"idDemandePaiement": None}], "unknown"),
        ([TAKEN | {"idDemandePaiement": "", "errors": [ERREUR]}], "unknown"),
        ([refused("A")], "unknown"),
        ([refused("A", "ERR_NEW_IN_2031")], "rejected"),
        ([{"numFactureTiers": "A", "Errors": [ERREUR]}], "rejected"),
        ([{"numFactureTiers": "A", "errors": ERREUR}], "rejected"),
        ([{"numFactureTiers": "A", "statut": "ERR_CONTACT"}], "rejected"),
        ([{"numFactureTiers": "A", "statut": "ERR_CONTACT", "errors": [ERREUR]}], "rejected"),
    ],
)
def test_what_an_item_says(server, client, request_of, items, state):
    server.expect("send", json_body=items)
    (submission,) = client.send([request_of("A")])
    states = {name for name in ("taken", "rejected", "unknown") if getattr(submission, name)}
    assert states == {state}
    assert (state != "rejected") or submission.errors


def test_too_many_none_or_the_same_twice_are_refused_at_once(client, request_of):
    for numbers in ([], ["A", "A"], [f"{index}" for index in range(11)]):
        with pytest.raises(ValueError):
            client.send([request_of(number) for number in numbers])


def test_another_2xx_is_a_success(server, client, person):
    server.expect("register", 201, json_body={"idClient": "x"})
    assert client.register(person) == "x"


def test_an_observer_that_fails_does_not_lose_the_answer(server, make_client, person, caplog):
    def observer(exchange):
        raise RuntimeError("jeanne.durand@contact.fr")

    server.expect("register", json_body={"idClient": "x"})
    assert make_client(observer=observer).register(person) == "x"
    assert "RuntimeError" in caplog.text and "jeanne" not in caplog.text


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(server, client, person, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.expect("register", json_body={"idClient": "x"})
    assert client.register(person) == "x"


def test_a_netrc_does_not_replace_the_token(server, client, person, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.expect("register", json_body={"idClient": "x"})
    client.register(person)
    assert server.received[0].headers["Authorization"] == "Bearer token-at-hand"
