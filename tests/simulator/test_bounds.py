"""Bounds: what nobody has reason to send gets a 400 that says so, and leaves everything as it was."""

import json
import subprocess
import sys

import pytest
import requests

DEEP = 100_000
NUMBERS = [
    "1e999999",
    "-1e999999",
    "1e-999999",
    "0e999999",
    "1e99999999999999999999",
    "9" * 5000,
    "-" + "9" * 5000,
    "1e41",
]


def bodies_out_of_bounds():
    nested = {
        "arrays": "[" * DEEP + "]" * DEEP,
        "open arrays": "[" * DEEP,
        "objects": '{"a":' * DEEP + "1" + "}" * DEEP,
        # Shallow enough to be decoded, deep enough to break whoever reads on.
        "some arrays": "[" * 900 + "]" * 900,
        "some objects": '{"idClient":' * 400 + "1" + "}" * 400,
        "in an unknown field": '{"x": ' + "[" * 900 + "]" * 900 + "}",
        "many values": "[" + ",".join(["{}"] * 200_000) + "]",
        "half a character": '{"idTiersFacturation": "\\ud83d"}',
        "half a key": '{"\\udc00": 1}',
        "not UTF-8": b'{"a": "\xff"}',
    }
    numbers = {number[:20]: f'{{"hours": {number}, "mntFactureTTC": {number}}}' for number in NUMBERS}
    in_order = {f"request of {number[:20]}": f'[{{"mntFactureTTC": {number}}}]' for number in NUMBERS}
    return nested | numbers | in_order


BODIES = bodies_out_of_bounds()
PATHS = ["/particulier", "/demandePaiement", "/demandePaiement/rechercher"]
STEERING = [
    "clock",
    "clock/advance",
    "faults",
    "providers",
    "options",
    "requests/next",
    "requests/x/step",
    "persons/x/step",
]


def encoded(name):
    body = BODIES[name]
    return body if isinstance(body, bytes) else body.encode()


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("fields", ["refuse", "ignore"])
def test_bodies_out_of_bounds_at_the_api(simulator, tools, name, path, fields):
    simulator.steer("options", {"unknown_fields": fields})
    answer = simulator.call("POST", path, data=encoded(name), headers={"Content-Type": "application/json"})
    assert tools.codes(answer) == {"ERREUR_VALIDATION"}
    assert len(answer.content) < 1000


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", STEERING)
def test_bodies_out_of_bounds_in_steering(simulator, name, path):
    before = simulator.look("state")
    answer = requests.post(f"{simulator.url}/_simulator/{path}", data=encoded(name), timeout=120)
    assert answer.status_code == 400 and answer.json()["error"]
    assert simulator.look("state") == before


def test_numbers_in_a_whole_request(simulator, tools):
    """With everything else right, so that each rule that counts is reached."""
    person_id = simulator.client()
    for number in [*NUMBERS, "1e40", "-1e40", "1e-40", "0e40", "9" * 40, "1e12"]:
        for path in ("mntFactureTTC", "inputPrestations.0.quantite", "inputPrestations.0.mntUnitaireTTC"):
            text = json.dumps([simulator.request(person_id, **{path: 424242})]).replace("424242", number)
            headers = {"Content-Type": "application/json"}
            answer = simulator.call("POST", "/demandePaiement", data=text.encode(), headers=headers)
            assert answer.status_code == 400 or answer.json()[0]["errors"], (number, path)
            assert answer.status_code in (200, 400), (number, path)
    assert simulator.look("requests") == []


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("clock", {"now": "9999-12-31T23:59:59Z"}),
        ("clock", {"now": "9999-12-31T23:59:59-12:00"}),
        ("clock", {"now": "3000-01-02"}),
        ("clock", {"now": "0001-01-01T00:00:00+12:00", "force": True}),
        ("clock", {"now": "0001-01-01", "force": True}),
        ("clock", {"now": "1899-12-31", "force": True}),
        ("clock", {"now": "10000-01-01"}),
        ("clock", {"now": None}),
        ("clock", {"now": ["2026-11-01"]}),
        ("clock", {"now": "2" * 100_000}),
        ("clock/advance", {"hours": "NaN"}),
        ("clock/advance", {"hours": "inf"}),
        ("clock/advance", {"hours": "1e400"}),
        ("clock/advance", {"hours": 10 * 366 * 24 + 1}),
        ("clock/advance", {"hours": True}),
        ("clock/advance", {"hours": [1]}),
        ("clock/advance", {"hours": {}}),
        ("clock/advance", {"hours": None}),
        ("providers", {"client_id": "x" * 201, "client_secret": "y"}),
        ("providers", {"client_id": "x", "client_secret": "y" * 201}),
        ("providers", {"client_id": "x", "client_secret": "y", "name": "n" * 201}),
        ("registrations/next", {"codes": ["A"] * 51}),
        ("registrations/next", {"codes": ["A" * 201]}),
        ("registrations/next", {"codes": {"A": 1}}),
        ("faults", {"fault": "503", "times": 1001}),
        ("faults", {"fault": "503", "times": True}),
        ("faults", {"fault": "503", "times": 1.5}),
        ("faults", {"fault": "503", "retry_after": 10**9}),
        ("faults", {"fault": "latency", "seconds": 301}),
        ("faults", {"fault": "latency", "seconds": 1e12}),
        ("faults", {"fault": "html", "status": 100}),
        ("faults", {"fault": "html", "status": 99999}),
        ("faults", {"fault": "refuse_all", "code": "A" * 201}),
        ("faults", {"fault": ["503"]}),
        ("faults", {"fault": "503", "operation": ["send"]}),
    ],
)
def test_orders_out_of_bounds(simulator, path, order):
    before = simulator.look("state")
    assert simulator.steer(path, order, expect=400)["error"]
    assert simulator.look("state") == before and simulator.look("faults") == []


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_are_no_json(simulator, constant):
    body = f'{{"hours": {constant}}}'
    answer = requests.post(f"{simulator.url}/_simulator/clock/advance", data=body, timeout=10)
    assert answer.status_code == 400 and answer.json()["error"]


@pytest.mark.parametrize("hours", ["nan", "inf", "-1", "1e9", "", "x", "9" * 5000])
def test_the_page_bounds_too(simulator, hours):
    answer = requests.post(f"{simulator.url}/page/advance", data={"hours": hours}, timeout=10)
    assert answer.status_code == 200 and "Impossible" in answer.text
    assert simulator.look("clock")["now"] == "2026-10-20T08:00:00Z"


@pytest.mark.parametrize(
    "details",
    [
        {"action": ["pay"]},
        {"action": {}},
        {"action": "pay", "amount": 1e13},
        {"action": "pay", "amount": [1]},
        {"action": "pay", "date": "0001-01-01"},
        {"action": "pay", "date": "9999-12-31"},
        {"action": "pay", "date": 5},
        {"action": "plan_transfer", "date": "9999-12-31T23:59:59-12:00"},
        {"action": "refuse", "comment": {"a": 1}},
        {"action": "refuse", "comment": "x" * 4001},
        {"action": "refuse", "code": ["CONTEST_AUTRE"]},
        {"action": "set_status", "status": "9" * 201},
        {"action": "set_status", "status": {}},
    ],
)
def test_steps_out_of_bounds(simulator, details):
    request_id = simulator.send_accepted(simulator.client())
    before = simulator.look("state")
    details = {"force": True} | details
    assert simulator.steer(f"requests/{request_id}/step", details, expect=400)["error"]
    assert simulator.look("state") == before
    simulator.advance(24 * 60)
    assert requests.get(simulator.url, timeout=10).status_code == 200


@pytest.mark.parametrize("order", [{"action": []}, {"action": "block", "client_id": {}}, {"action": "x" * 300}])
def test_steps_of_a_person_out_of_bounds(simulator, order):
    person_id = simulator.client()
    assert simulator.steer(f"persons/{person_id}/step", order, expect=400)["error"]


def test_the_last_day_of_the_clock(simulator):
    """The page is shown, requests live and die, and the clock stops there."""
    request_id = simulator.send_accepted(simulator.client())
    simulator.steer("clock", {"now": "2999-12-31T12:00:00Z"})
    assert simulator.advance(12) == "3000-01-01T00:00:00Z"
    assert simulator.code(request_id) == "70"
    simulator.step(request_id, "plan_transfer", date="3000-01-01", force=True)
    assert requests.get(simulator.url, timeout=10).status_code == 200
    assert simulator.steer("clock/advance", {"hours": 1}, expect=400)["error"]


def test_dates_before_the_year_1000_sort_as_they_should(simulator):
    """`strftime` writes the year 1 without its zeros."""
    person_id = simulator.client()
    answer = simulator.send(simulator.request(person_id, dateFacture="0001-01-01T00:00:00Z"))
    assert answer[0]["errors"]
    assert simulator.search_call(dateDebut="0001-01-01T00:00:00Z", dateFin="0999-01-01T00:00:00Z").status_code == 400


@pytest.mark.parametrize(
    ("path", "order", "most"),
    [
        ("faults", {"fault": "503", "times": 1000}, 100),
        ("registrations/next", {"codes": ["ERR_CONTACT"]}, 100),
        ("providers", {"client_secret": "s"}, 100),
    ],
)
def test_how_many_may_wait(simulator, path, order, most):
    made = 1 if path == "providers" else 0
    for number in range(most - made + 1):
        if path == "providers":
            order = order | {"client_id": f"provider-{number}"}
        answer = requests.post(f"{simulator.url}/_simulator/{path}", json=order, timeout=10)
        if answer.status_code != 200:
            break
    assert (number, answer.status_code) == (most - made, 400) and "already" in answer.json()["error"]
    if path == "providers":
        # One that is there may still be changed.
        simulator.steer(path, {"client_id": "provider-0", "client_secret": "new"})
    simulator.steer("reset")


def test_used_faults_do_not_pile_up():
    from simulator.faults import USED_KEPT, add_fault, list_faults, next_fault
    from simulator.store import Store

    store = Store(":memory:")
    for _ in range(USED_KEPT + 20):
        add_fault(store, {"fault": "503"})
        assert next_fault(store, "send")
    assert len(list_faults(store)) <= USED_KEPT + 1
    store.close()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--token-life", "0"],
        ["--token-life", "-1"],
        ["--token-life", "99999999"],
        ["--token-life", "9" * 5000],
        ["--port", "65536"],
        ["--port", "-1"],
        ["--clock", "9999-12-31T23:59:59-12:00"],
        ["--clock", "9999-12-31"],
        ["--host", "a b"],
    ],
)
def test_command_lines_out_of_bounds(tmp_path, tools, arguments):
    command = [sys.executable, "avance_immediate/simulator", "--state", str(tmp_path / "state.sqlite"), *arguments]
    done = subprocess.run(command, cwd=tools.root, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2 and "usage" in done.stderr and "Traceback" not in done.stderr


def test_nothing_of_it_leaves_a_trace(process, simulator):
    for name in BODIES:
        simulator.call("POST", "/demandePaiement", data=encoded(name), headers={"Content-Type": "application/json"})
        requests.post(f"{simulator.url}/_simulator/clock/advance", data=encoded(name), timeout=120)
    assert "Traceback" not in process.log() and "failed with" not in process.log()
