"""Answers that drip or never end: given up in time and in memory, and believed no more than one that breaks off."""

import gzip
import socket
import threading
import time
import tracemalloc

import pytest

from urssaf.http import errors
from urssaf.http.endpoint import Endpoint

SECONDS, SIZE = 0.2, 200_000
PERSONAL = b'{"nomNaissance": "Durand"} '
STATUS = {"idClient": "af0be430", "statut": {"code": "MANDAT_ECHU", "etat": "KO"}}
FLOODS = {
    "flood": PERSONAL * 2000,
    "flood_chunk": b"",
    "flood_trailer": b"",
    # A thousand times longer once it is unpacked.
    "flood_packed": gzip.compress(PERSONAL * 2_000_000),
}


@pytest.fixture
def hasty(make_client):
    """A client that soon has enough; each packet comes early enough for it."""
    return make_client(answer_limits=(SECONDS, SIZE), timeout=(0.5, 5))


@pytest.fixture
def patient(make_client):
    """A client that takes its time, and no more than so many bytes."""
    return make_client(answer_limits=(30, SIZE), timeout=(0.5, 30))


@pytest.fixture(params=["register", "send"])
def write(request, person, request_of):
    """One of the two writes: its operation's name, and the call."""
    if request.param == "register":
        return "register", lambda client: client.register(person)
    return "send", lambda client: client.send([request_of("A")])


@pytest.mark.parametrize("act", ["drip", "drip_headers"])
def test_a_write_whose_answer_drips_is_unknown(server, hasty, write, act, exchanges):
    operation, call = write
    server.expect(operation, act=act)
    start = time.monotonic()
    with pytest.raises(errors.OutcomeUnknown) as caught:
        call(hasty)
    assert SECONDS <= time.monotonic() - start < 3
    assert caught.value.http_status is None and "Time" in caught.value.cause
    assert (exchanges[0].outcome, exchanges[0].response_body) == ("OutcomeUnknown", None)
    assert server.left.wait(2), "the connection is given up too"
    assert server.operations == [operation]


@pytest.mark.parametrize("act", FLOODS)
def test_a_write_whose_answer_has_no_end_is_unknown(server, patient, write, act):
    operation, call = write
    server.expect(operation, body=FLOODS[act], act=act)
    tracemalloc.start()
    try:
        with pytest.raises(errors.OutcomeUnknown) as caught:
            call(patient)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # As much again while it is read, and a megabyte that a packed kilobyte may make.
    assert peak < 2 * SIZE + 3_000_000
    # Of a line without end, versions of urllib3 have had enough before.
    assert "AnswerTooLong" in caught.value.cause or act == "flood_chunk"
    assert "Durand" not in f"{caught.value!r} {caught.value} {caught.value.__context__!r} {caught.value.__cause__!r}"
    assert server.left.wait(2)
    assert server.operations == [operation]


def test_an_answer_packed_in_another_way_is_unknown(server, patient, write):
    """Packed twice, it could be a million times longer."""
    operation, call = write
    body = gzip.compress(gzip.compress(b'{"idClient": "af0be430"}'))
    server.expect(operation, body=body, headers={"Content-Encoding": "gzip, gzip"})
    with pytest.raises(errors.OutcomeUnknown) as caught:
        call(patient)
    assert "AnswerEncoded" in caught.value.cause


@pytest.mark.parametrize("act", ["drip", "drip_headers", *FLOODS])
def test_a_read_is_tried_again(server, make_client, naps, act):
    client = make_client(answer_limits=(1, SIZE), timeout=(0.5, 5))
    server.expect("status", body=FLOODS.get(act, b""), act=act)
    server.expect("status", json_body=STATUS)
    assert client.person_status("af0be430").code == "MANDAT_ECHU"
    assert len(naps) == 1


@pytest.mark.parametrize("act", ["drip", "flood"])
def test_no_token_means_not_sent(server, make_client, person, act):
    server.expect("token", body=PERSONAL, act=act)
    with pytest.raises(errors.NotSent):
        make_client(answer_limits=(SECONDS, SIZE), timeout=(0.5, 5), signed_in=False).register(person)


def test_the_longest_answer_is_read(server, make_client, person):
    """Exactly as long as it may be, once it is unpacked; one byte more is too long."""
    body = b'{"idClient": "af0be430"}'
    client = make_client(answer_limits=(5, 1000))
    server.expect("register", body=gzip.compress(body.ljust(1000)), headers={"Content-Encoding": "gzip"})
    assert client.register(person) == "af0be430"
    server.expect("register", body=gzip.compress(body.ljust(1001)), headers={"Content-Encoding": "gzip"})
    with pytest.raises(errors.OutcomeUnknown):
        client.register(person)


def test_every_byte_off_the_wire_counts(make_client, person):
    """Headers included: an answer of exactly as many bytes is read, one byte more is too long."""
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{"idClient": "af0be430"}'
    for size in (len(answer), len(answer) - 1):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            serving = threading.Thread(target=answer_once, args=(listening, answer))
            serving.start()
            client = make_client(
                endpoint=Endpoint.at(f"http://127.0.0.1:{listening.getsockname()[1]}"), answer_limits=(5, size)
            )
            if size == len(answer):
                assert client.register(person) == "af0be430"
            else:
                with pytest.raises(errors.OutcomeUnknown):
                    client.register(person)
            serving.join(5)


def answer_once(listening, answer):
    """Take one request in to its end, and give these bytes, no other."""
    connection, _address = listening.accept()
    with connection, connection.makefile("rb") as received:
        length = 0
        while line := received.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        received.read(length)
        connection.sendall(answer)
