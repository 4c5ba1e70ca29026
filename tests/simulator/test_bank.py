"""The provider's bank account: what Urssaf pays and takes back, line by line (docs/api.md §9)."""

from decimal import Decimal
from xml.etree import ElementTree

import pytest
import requests

CAMT = {"c": "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"}


def paid(simulator, person_id, count=1, **details):
    """Have requests of 60 € paid by hand, all on one date; return their references."""
    found = [simulator.send_accepted(person_id) for _ in range(count)]
    for request_id in found:
        simulator.step(request_id, "pay", force=True, **details)
    return found


def amounts(simulator):
    return [line["amount"] for line in simulator.look("state")["bank"]]


def balance(simulator):
    (found,) = simulator.look("balances")
    assert found["client_id"] == "simulator-client"
    return found["paid"], found["taken_back"], found["on_bank"]


def test_one_line_a_date_and_provider(simulator):
    person_id = simulator.client()
    paid(simulator, person_id, 2)
    simulator.advance(48)
    paid(simulator, person_id, amount=59.99)
    first, second = simulator.look("bank")
    assert first == {
        "client_id": "simulator-client",
        "date": "2026-10-21",
        "amount": 120,
        "label": f"VIR SEPA URSSAF AVANCE IMMEDIATE {first['reference']}",
        "reference": first["reference"],
        "requests": [{"numFactureTiers": f"FAC/2026/0000{number}", "amount": 60} for number in (1, 2)],
    }
    assert (second["date"], second["amount"]) == ("2026-10-23", 59.99)
    assert first["reference"] != second["reference"]
    assert balance(simulator) == (179.99, 0, 179.99)


def test_what_was_shown_does_not_change(simulator):
    person_id = simulator.client()
    paid(simulator, person_id)
    shown = simulator.look("bank")
    paid(simulator, person_id)
    assert simulator.look("bank")[:1] == shown
    assert amounts(simulator) == [60, 60]
    # The page and the state are for people, and show nothing to a bank's customer.
    paid(simulator, person_id)
    simulator.look("state")
    paid(simulator, person_id)
    assert amounts(simulator) == [60, 60, 120]


def test_planned_or_future_transfers_are_not_on_the_bank(simulator):
    person_id = simulator.client()
    request_id = simulator.send_accepted(person_id)
    simulator.step(request_id, "plan_transfer", force=True, date="2026-10-23")
    assert simulator.look("bank") == []
    paid(simulator, person_id, date="2026-10-23")
    assert (simulator.look("bank"), simulator.look("balances")) == ([], [])
    simulator.steer("clock", {"now": "2026-10-23T06:00:00Z"})
    assert amounts(simulator) == [120]


def test_one_line_each(simulator):
    simulator.steer("options", {"transfers": "each"})
    paid(simulator, simulator.client(), 3)
    assert amounts(simulator) == [60, 60, 60]


def lines_at_random(simulator, seed):
    simulator.steer("reset")
    simulator._token = None
    simulator.steer("options", {"transfers": "random", "taken_back": "random", "seed": seed})
    person_id = simulator.client()
    for day in range(4):
        for request_id in paid(simulator, person_id, 5)[: day % 2 + 1]:
            simulator.step(request_id, "cancel")
        simulator.advance(24)
    simulator.advance(24 * 7)
    paid(simulator, person_id, 10)
    simulator.advance(24 * 7)
    lines = simulator.look("bank")
    assert balance(simulator) == (1800, 360, sum(line["amount"] for line in lines))
    return [(line["date"], line["amount"]) for line in lines]


def test_lines_at_random_are_the_same_again(simulator):
    found = {seed: lines_at_random(simulator, seed) for seed in (1, 2, 3)}
    assert found[1] == lines_at_random(simulator, 1) and found[1] != found[2] != found[3]
    one_of_all = [amount for lines in found.values() for _day, amount in lines]
    assert 60 in one_of_all and -60 in one_of_all and max(one_of_all) > 120
    # What waits to be deducted is not on the bank; nothing else lacks.
    assert all(1440 <= sum(amount for _day, amount in lines) <= 1800 for lines in found.values())


TAKEN = [
    (["cancel"], [-60]),
    (["cancel_specific"], [-60]),
    (["cancel_after_recovery"], [-60]),
    (["recover"], [-30]),
    (["provider_unpaid"], [-30]),
    (["refuse_debit", "cancel_after_unpaid"], [-60]),
    # News of the same money.
    (["recover", "provider_unpaid", "provider_settled"], [-30]),
    (["recover", "cancel_after_recovery"], [-60]),
]


@pytest.mark.parametrize(("actions", "taken"), TAKEN)
def test_what_is_taken_back(simulator, actions, taken):
    (request_id,) = paid(simulator, simulator.client())
    simulator.look("bank")
    for action in actions:
        simulator.step(request_id, action)
    assert amounts(simulator) == [60, *taken]
    assert balance(simulator) == (60, -sum(taken), 60 + sum(taken))
    (request,) = simulator.look("requests")
    assert (request["paid"], request["taken_back"]) == (60, -sum(taken))


def test_share_is_what_the_client_was_debited(simulator):
    deposit = {"mntAcompte": 12.35, "dateVersementAcompte": "2026-10-20T00:00:00Z"}
    request_id = simulator.send_accepted(simulator.client(), **deposit)
    simulator.step(request_id, "pay", force=True)
    simulator.step(request_id, "recover")
    assert amounts(simulator) == [47.65, -17.65]


def test_amount_and_date_of_what_is_taken_back(simulator):
    (request_id,) = paid(simulator, simulator.client())
    simulator.step(request_id, "recover", amount=60.01, expect=409)
    changed = simulator.step(request_id, "recover", amount=12.5, date="2026-10-22")
    assert (changed["statut"]["code"], changed["taken_back"]) == ("120", 12.5)
    assert amounts(simulator) == [60]
    simulator.advance(24)
    assert amounts(simulator) == [60, -12.5]
    simulator.step(request_id, "cancel_after_recovery", amount=0)
    simulator.step(request_id, "provider_unpaid", amount=47.51, expect=409)
    simulator.step(request_id, "provider_unpaid", amount=47.5)
    assert balance(simulator) == (60, 60, 0)


@pytest.mark.parametrize("action", ["cancel", "cancel_specific"])
def test_nothing_paid_nothing_taken_back(simulator, action):
    person_id = simulator.client()
    request_id = simulator.send_accepted(person_id)
    simulator.step(request_id, action, amount=1, expect=409)
    simulator.step(request_id, action)
    second = simulator.send_accepted(person_id)
    simulator.step(second, "plan_transfer", force=True, date="2026-10-23")
    simulator.step(second, action)
    simulator.advance(24 * 7)
    assert (simulator.look("bank"), simulator.look("balances")) == ([], [])


def test_paid_again_after_it_was_taken_back(simulator):
    (request_id,) = paid(simulator, simulator.client())
    simulator.step(request_id, "recover")
    simulator.step(request_id, "pay", force=True, amount=30)
    assert balance(simulator) == (90, 30, 60)


def test_deducted_from_the_next_transfer_that_is_greater(simulator):
    simulator.steer("options", {"taken_back": "deduct"})
    person_id = simulator.client()
    (request_id,) = paid(simulator, person_id)
    simulator.look("bank")
    simulator.step(request_id, "cancel")
    # It waits: the bank shows nothing of it.
    assert (amounts(simulator), balance(simulator)) == ([60], (60, 60, 60))
    simulator.advance(24)
    paid(simulator, person_id)
    assert amounts(simulator) == [60, 60]
    paid(simulator, person_id)
    assert amounts(simulator) == [60, 60]
    (_first, line) = simulator.look("bank")
    assert [part["amount"] for part in line["requests"]] == [-60, 60, 60]
    assert balance(simulator) == (180, 60, 120)


def paid_to_another(simulator, person_id):
    """Have 10 € paid to another provider, for the same client."""
    other = simulator.other()
    other.register()
    other.step_person(person_id, "activate", client_id="other-client")
    simulator.advance(1)
    late = {"dateDebutEmploi": "2026-10-21T08:30:00Z", "dateFinEmploi": "2026-10-21T08:40:00Z"}
    # By its reference: both providers have an invoice of this number.
    simulator.step(other.send_accepted(person_id, **late), "pay", force=True, amount=10)


def test_lines_of_each_provider(simulator):
    person_id = simulator.client()
    paid(simulator, person_id)
    paid_to_another(simulator, person_id)
    assert [(line["client_id"], line["amount"]) for line in simulator.look("bank")] == [
        ("simulator-client", 60),
        ("other-client", 10),
    ]
    assert [found["client_id"] for found in simulator.look("balances")] == ["simulator-client", "other-client"]


def test_file_of_the_bank(simulator):
    person_id = simulator.client()
    (request_id,) = paid(simulator, person_id, amount=59.99)
    simulator.step(request_id, "recover", amount=10)
    answer = requests.get(f"{simulator.url}/_simulator/bank.camt?iban=FR1420041010050500013M02606", timeout=10)
    assert answer.headers["Content-Type"].startswith("application/xml")
    root = ElementTree.fromstring(answer.text)
    assert root.findtext(".//c:Acct/c:Id/c:IBAN", None, CAMT) == "FR1420041010050500013M02606"
    entries = [
        [entry.findtext(path, None, CAMT) for path in ("c:Amt", "c:CdtDbtInd", "c:BookgDt/c:Dt", ".//c:Nm")]
        for entry in root.iterfind(".//c:Ntry", CAMT)
    ]
    assert entries == [["59.99", "CRDT", "2026-10-21", "URSSAF"], ["10.00", "DBIT", "2026-10-21", "URSSAF"]]
    labels = [line["label"] for line in simulator.look("bank")]
    assert [entry.text for entry in root.iterfind(".//c:Ustrd", CAMT)] == labels
    opening, closing = (Decimal(amount.text) for amount in root.iterfind(".//c:Bal/c:Amt", CAMT))
    assert (opening, closing) == (0, Decimal("49.99"))
    # It was shown: what follows on that day has a line of its own.
    paid(simulator, person_id)
    assert amounts(simulator) == [59.99, -10, 60]
    nobody = requests.get(f"{simulator.url}/_simulator/bank.camt?client_id=nobody", timeout=10)
    assert ElementTree.fromstring(nobody.text).find(".//c:Ntry", CAMT) is None
    refused = requests.get(f"{simulator.url}/_simulator/bank.camt?iban=%3Cb%3E", timeout=10)
    assert refused.status_code == 400 and refused.json()["error"]


def test_statement_of_one_provider(simulator):
    """It has that provider's lines alone, and what another's bank has not shown yet may still grow."""
    person_id = simulator.client()
    paid(simulator, person_id)
    paid_to_another(simulator, person_id)
    answer = requests.get(f"{simulator.url}/_simulator/bank.camt?client_id=other-client", timeout=10)
    found = ElementTree.fromstring(answer.text).findall(".//c:Ntry/c:Amt", CAMT)
    assert [amount.text for amount in found] == ["10.00"]
    paid(simulator, person_id)
    assert amounts(simulator) == [120, 10]


def test_page_shows_the_bank_and_its_switches(simulator):
    (request_id,) = paid(simulator, simulator.client())
    page = requests.get(simulator.url, timeout=10).text
    assert "VIR SEPA URSSAF" in page and "bank.camt?client_id=simulator-client" in page
    order = {"transfers": "each", "taken_back": "deduct"}
    assert "Impossible" not in requests.post(f"{simulator.url}/page/options", data=order, timeout=10).text
    assert simulator.look("options").items() >= order.items()
    url = f"{simulator.url}/page/requests/{request_id}"
    for wrong in ("60,01", "-1", "NaN", "dix"):
        answer = requests.post(url, data={"action": "recover", "amount": wrong}, timeout=10)
        assert "Impossible" in answer.text
    assert "120 Recouvrée" in requests.post(url, data={"action": "recover", "amount": "12,50"}, timeout=10).text
    assert balance(simulator) == (60, 12.5, 60)


@pytest.mark.parametrize(
    "order", [{"transfers": "none"}, {"taken_back": True}, {"seed": -1}, {"seed": True}, {"seed": 1.5}, {"seed": "1"}]
)
def test_switches_asked_wrongly(simulator, order):
    assert simulator.steer("options", order, expect=400)["error"]


def test_reset_empties_the_account(simulator):
    paid(simulator, simulator.client())
    simulator.steer("reset")
    assert (simulator.look("bank"), simulator.look("balances")) == ([], [])
