"""Faults ordered over `/_simulator/faults` (the simulator's README)."""

import time

import pytest
import requests


@pytest.fixture
def ready(simulator):
    """A simulator with an active client and a live token, and a request to send."""
    person_id = simulator.client()
    return simulator, simulator.request(person_id)


def taken(simulator):
    return len(simulator.look("requests"))


@pytest.mark.parametrize("fault", ["401", "403", "429", "503"])
def test_bare_refusals_are_not_handled(ready, fault):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": fault, "retry_after": 7})
    answer = simulator.send_call(request)
    assert (answer.status_code, answer.content) == (int(fault), b"")
    assert answer.headers.get("Retry-After") == ("7" if fault in ("429", "503") else None)
    assert taken(simulator) == 0
    assert simulator.send(request)[0]["errors"] == []


def test_500(ready, tools):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": "500"})
    answer = simulator.send_call(request)
    assert answer.status_code == 500 and answer.json()[0]["code"] == "ERREUR_TECHNIQUE"
    assert taken(simulator) == 0


def test_500_after_handling(ready):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": "500", "handled": True})
    assert simulator.send_call(request).status_code == 500
    assert taken(simulator) == 1


def test_refuse_all(ready, tools):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": "refuse_all", "code": "ERR_PRESTATAIRE_EMETTEUR_INCONNU"})
    assert tools.codes(simulator.send_call(request)) == {"ERR_PRESTATAIRE_EMETTEUR_INCONNU"}
    assert taken(simulator) == 0


@pytest.mark.parametrize(("settings", "status"), [({}, 502), ({"status": 200}, 200)])
def test_html(ready, settings, status):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": "html"} | settings)
    answer = simulator.send_call(request)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html") and "<h1>" in answer.text
    assert taken(simulator) == 0


@pytest.mark.parametrize(("fault", "status", "handled"), [("empty_400", 400, 0), ("empty_200", 200, 1)])
def test_empty(ready, fault, status, handled):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": fault})
    answer = simulator.send_call(request)
    assert (answer.status_code, answer.content) == (status, b"")
    assert taken(simulator) == handled


def test_truncated_is_handled_and_unreadable(ready):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": "truncated"})
    answer = simulator.send_call(request)
    assert answer.status_code == 200 and answer.content
    with pytest.raises(ValueError):
        answer.json()
    assert taken(simulator) == 1


@pytest.mark.parametrize(("fault", "handled"), [("cut_before", 0), ("cut_after", 1)])
def test_connection_cut(ready, fault, handled):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": fault})
    with pytest.raises(requests.ConnectionError):
        simulator.send_call(request)
    assert taken(simulator) == handled
    call = simulator.look("calls")[-1]
    assert (call["operation"], call["status"], call["fault"]) == ("send", None, fault)


def test_latency_answers_late_but_has_handled(ready):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": "latency", "seconds": 0.3})
    begun = time.monotonic()
    assert simulator.send(request)[0]["errors"] == []
    assert time.monotonic() - begun >= 0.3


def test_read_time_out_leaves_a_request_that_was_accepted(ready, tools):
    simulator, request = ready
    simulator.steer("faults", {"operation": "send", "fault": "latency", "seconds": 0.5})
    headers = {"Authorization": f"Bearer {simulator.token}"}
    with pytest.raises(requests.ReadTimeout):
        requests.post(simulator.url + tools.api + "/demandePaiement", json=[request], headers=headers, timeout=0.1)
    assert taken(simulator) == 1
    # Others are answered meanwhile.
    assert simulator.look("clock")["frozen"]


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("register", lambda simulator: simulator.register_call()),
        ("status", lambda simulator: simulator.status_call(idClient="x")),
        ("send", lambda simulator: simulator.send_call()),
        ("search", lambda simulator: simulator.search_call()),
        ("token", lambda simulator: simulator.token_call()),
    ],
)
def test_each_operation_has_its_own_queue(simulator, operation, call):
    assert simulator.token
    before = call(simulator).status_code
    assert before != 503
    simulator.steer("faults", {"operation": operation, "fault": "503"})
    for other, other_call in (("search", simulator.search_call), ("token", simulator.token_call)):
        if other != operation:
            assert other_call().status_code != 503
    assert call(simulator).status_code == 503
    assert call(simulator).status_code != 503


def test_faults_are_used_in_order_and_counted(simulator):
    assert simulator.token
    simulator.steer("faults", {"operation": "search", "fault": "503", "times": 2})
    simulator.steer("faults", {"operation": "*", "fault": "403"})
    simulator.steer("faults", {"operation": "search", "fault": "429"})
    assert [simulator.search_call().status_code for _ in range(5)] == [503, 503, 403, 429, 400]
    used = [(fault["operation"], fault["fault"], fault["times"], fault["used"]) for fault in simulator.look("faults")]
    assert used == [("search", "503", 2, 2), ("*", "403", 1, 1), ("search", "429", 1, 1)]


def test_faults_can_be_forgotten(simulator):
    assert simulator.token
    simulator.steer("faults", {"operation": "*", "fault": "503", "times": 9})
    assert requests.delete(f"{simulator.url}/_simulator/faults", timeout=10).json() == []
    assert simulator.look("faults") == []
    assert simulator.search_call().status_code == 400


@pytest.mark.parametrize(
    "order",
    [
        {"operation": "dance", "fault": "500"},
        {"operation": "send", "fault": "418"},
        {"operation": "send"},
        {"operation": "send", "fault": "500", "times": 0},
        {"operation": "send", "fault": "500", "times": "2"},
        {"operation": "send", "fault": "latency", "second": 1},
        {"operation": "send", "fault": "latency", "seconds": "1"},
        {"operation": "send", "fault": "latency", "seconds": -1},
        {"operation": "send", "fault": "html", "status": "200"},
    ],
)
def test_faults_asked_wrongly(simulator, order):
    assert simulator.steer("faults", order, expect=400)["error"]
    assert simulator.look("faults") == []
