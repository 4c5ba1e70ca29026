"""The steering paths that are not about one person, request or fault (the simulator's README), and the page."""

import pytest
import requests


def test_frozen_clock(simulator):
    assert simulator.look("clock") == {"now": "2026-10-20T08:00:00Z", "frozen": True}
    assert simulator.advance(1.5) == "2026-10-20T09:30:00Z"
    assert simulator.steer("clock", {"now": "2026-10-21T10:00:00+02:00"})["now"] == "2026-10-21T08:00:00Z"
    refused = simulator.steer("clock", {"now": "2026-10-21T07:59:59Z"}, expect=409)
    assert "2026-10-21T08:00:00Z" in refused["error"]
    assert simulator.steer("clock", {"now": "2026-10-01", "force": True})["now"] == "2026-10-01T00:00:00Z"


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("clock", {}),
        ("clock", {"now": "demain"}),
        ("clock", {"now": 5}),
        ("clock/advance", {}),
        ("clock/advance", {"hours": 0}),
        ("clock/advance", {"hours": -1}),
        ("clock/advance", {"hours": "une"}),
        ("clock/advance", {"hours": 1e300}),
        ("options", {"errors_key": "ERRORS"}),
        ("options", {"unknown": True}),
        ("options", {"strict_decimals": 1}),
        ("providers", {"client_id": "x"}),
        ("providers", {"client_id": "", "client_secret": "x"}),
        ("providers", {"client_id": "x", "client_secret": "y", "name": {"no": "text"}}),
        ("registrations/next", {}),
        ("registrations/next", {"codes": []}),
        ("requests/next", {"codes": "ERR_CODE_NATURE"}),
        ("requests/next", {"codes": [1]}),
    ],
)
def test_asked_wrongly(simulator, path, order):
    before = simulator.look("state")
    assert simulator.steer(path, order, expect=400)["error"]
    assert simulator.look("state") == before


@pytest.mark.parametrize("body", ["{", "[]", '"x"'])
def test_steering_wants_a_json_object(simulator, body):
    answer = requests.post(f"{simulator.url}/_simulator/clock/advance", data=body, timeout=10)
    assert answer.status_code == 400 and answer.json()["error"]


def test_real_clock(start):
    _process, driver = start()
    before = driver.look("clock")
    assert before["frozen"] is False
    after = driver.advance(48)
    assert before["now"][:4] <= after[:4] and before["now"] < after
    refused = driver.steer("clock", {"now": before["now"]}, expect=409)
    assert "does not go back" in refused["error"]
    assert driver.steer("clock", {"now": "2999-01-01T00:00:00Z"})["now"].startswith("2999-01-01T00:00:0")


def test_providers_show_no_secret(simulator):
    other = simulator.other()
    assert other.status_call(idClient="x").status_code == 400
    answer = requests.get(f"{simulator.url}/_simulator/providers", timeout=10)
    assert [provider["client_id"] for provider in answer.json()] == ["simulator-client", "other-client"]
    assert "other-secret" not in answer.text and "simulator-secret" not in answer.text
    # Posting it again changes it.
    simulator.steer("providers", {"client_id": "other-client", "client_secret": "new-secret"})
    assert other.token_call().status_code == 401


def test_state_masks_accounts_and_journal_holds_no_query(simulator):
    person_id = simulator.client()
    simulator.send_accepted(person_id)
    simulator.status(adresseMail="marie.durand@exemple.fr")
    answer = requests.get(f"{simulator.url}/_simulator/state", timeout=10)
    state = answer.json()
    assert state.keys() >= {"clock", "persons", "requests", "transfers", "calls", "providers", "options"}
    assert "30006000011234567890" not in answer.text
    assert state["persons"][0]["iban"] == "FR76 … 0189"
    call = state["calls"][-1]
    assert call == {
        "operation": "status",
        "method": "GET",
        "path": "/atp/v1/tiersPrestations/particulier",
        "status": 200,
        "fault": None,
        "at": "2026-10-21T08:00:00Z",
    }
    assert [call["operation"] for call in state["calls"]] == ["token", "register", "send", "status"]
    assert simulator.look("calls") == state["calls"]
    assert simulator.look("persons") == state["persons"]
    assert simulator.look("requests") == state["requests"]


def test_journal_is_bounded(simulator):
    from simulator.store import CALLS_KEPT, Store

    store = Store(":memory:")
    for number in range(CALLS_KEPT + 5):
        store.record_call("send", "POST", f"/{number}", 200, None, "2026-10-20T08:00:00Z")
    paths = [row["path"] for row in store.rows("SELECT path FROM call ORDER BY id")]
    assert (len(paths), paths[0]) == (CALLS_KEPT, "/5")
    store.close()


def test_reset_empties_everything(simulator):
    simulator.send_accepted(simulator.client())
    simulator.other()
    simulator.steer("options", {"errors_key": "Errors"})
    simulator.steer("faults", {"operation": "send", "fault": "500"})
    simulator.steer("requests/next", {"codes": ["ERR_CODE_NATURE"]})
    simulator.steer("reset")
    state = simulator.look("state")
    assert state["clock"]["now"] == "2026-10-20T08:00:00Z"
    assert [state[key] for key in ("persons", "requests", "transfers", "calls")] == [[], [], [], []]
    assert [provider["client_id"] for provider in state["providers"]] == ["simulator-client"]
    assert state["options"]["errors_key"] == "errors"
    assert simulator.look("faults") == []
    simulator._token = None
    simulator.send_accepted(simulator.client())


def test_options_of_the_command_line_survive_a_reset(start):
    _process, driver = start("--strict-decimals")
    driver.steer("options", {"strict_decimals": False})
    driver.steer("reset")
    assert driver.look("options")["strict_decimals"] is True


def test_page_shows_and_escapes(simulator):
    person_id = simulator.client(nomUsage="Martin")
    request_id = simulator.send_accepted(person_id, numFactureTiers="<b>F1</b>")
    simulator.steer("faults", {"operation": "send", "fault": "500"})
    page = requests.get(simulator.url, timeout=10)
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert "Marie Claire Durand" in page.text and "FR76 … 0189" in page.text
    assert "&lt;b&gt;F1&lt;/b&gt;" in page.text and "<b>F1</b>" not in page.text
    assert "30006000011234567890" not in page.text
    for text in ("60,00\u00a0€", "10 Intégrée", "APPAREILLAGE_VALIDE", "21/10/2026 10:00", "IMPAYEPUISPAYE"):
        assert text in page.text
    advanced = requests.post(f"{simulator.url}/page/advance", data={"hours": "24"}, timeout=10)
    assert advanced.status_code == 200 and "20 En attente de validation" in advanced.text
    assert simulator.look("clock")["now"] == "2026-10-22T08:00:00Z"
    refused = requests.post(f"{simulator.url}/page/requests/{request_id}", data={"action": "refuse"}, timeout=10)
    assert "40 Refusée" in refused.text
    again = requests.post(f"{simulator.url}/page/requests/{request_id}", data={"action": "refuse"}, timeout=10)
    assert "Impossible" in again.text
    person = {"action": "block", "client_id": "simulator-client"}
    blocked = requests.post(f"{simulator.url}/page/persons/{person_id}", data=person, timeout=10)
    assert "PARTICULIER_BLOQUE" in blocked.text
    for path in ("page/persons/unknown", "page/requests/unknown"):
        action = {"action": "block" if "persons" in path else "notify"}
        assert "Introuvable" in requests.post(f"{simulator.url}/{path}", data=action, timeout=10).text
    fault = {"operation": "search", "fault": "html"}
    assert "search : html, 0 sur 1" in requests.post(f"{simulator.url}/page/faults", data=fault, timeout=10).text
    assert "search : html" not in requests.post(f"{simulator.url}/page/faults/clear", timeout=10).text


def test_page_has_a_label_for_every_step():
    from simulator.life import REQUEST_STEPS
    from simulator.page import PERSON_LABELS, REQUEST_LABELS
    from simulator.persons import PERSON_STEPS

    assert PERSON_LABELS.keys() == PERSON_STEPS.keys()
    assert REQUEST_LABELS.keys() == REQUEST_STEPS.keys()


def test_page_of_an_empty_simulator(simulator):
    page = requests.get(simulator.url, timeout=10).text
    assert "Aucun client n'est encore inscrit." in page.replace("&#39;", "'")
