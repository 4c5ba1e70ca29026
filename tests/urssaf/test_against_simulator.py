"""The four operations over HTTP, against the stand-in of Urssaf's API: an independent reading of the same contract."""

import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime

import pytest
import requests

from urssaf.http import errors
from urssaf.rules import check_payment_request, check_person
from urssaf.tiers_prestation.client import Credentials, Endpoint, UrssafClient


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    """Give the address of a simulator whose clock stands at 2 November 2026."""
    state = tmp_path_factory.mktemp("simulator") / "state.sqlite"
    command = [sys.executable, "avance_immediate/simulator", "--port", "0", "--state", str(state)]
    with subprocess.Popen([*command, "--clock", "2026-11-02T08:00:00Z"], stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().split()[-1]
        process.terminate()


@pytest.fixture
def client(simulator):
    requests.post(f"{simulator}/_simulator/reset", timeout=5).raise_for_status()
    requests.post(f"{simulator}/_simulator/clock", json={"now": "2026-11-02T08:00:00Z"}, timeout=5).raise_for_status()
    with UrssafClient(Endpoint.at(simulator), Credentials("simulator-client", "simulator-secret")) as client:
        yield client


@pytest.fixture
def steer(simulator):
    def post(path, **body):
        requests.post(f"{simulator}/_simulator/{path}", json=body, timeout=5).raise_for_status()

    return post


@pytest.fixture
def active_client(client, steer, person):
    """Urssaf's id of a person who has activated their account."""
    id_client = client.register(person)
    steer(f"persons/{id_client}/step", action="activate")
    return id_client


@pytest.fixture
def due(active_client, request_of, steer):
    """Make a payment request for services done after the activation, two days later."""
    steer("clock/advance", hours=48)

    def make(number):
        line = replace(request_of().services[0], start=None, end=None)
        return replace(
            request_of(number),
            id_client=active_client,
            invoice_date=date(2026, 11, 4),
            start=date(2026, 11, 3),
            end=date(2026, 11, 4),
            services=(line,),
        )

    return make


def test_registration_and_activation(client, steer, person):
    assert check_person(person, today=date(2026, 11, 2)) == []
    id_client = client.register(person)
    waiting = client.person_status(id_client)
    assert (waiting.code, waiting.active, waiting.birth_name) == ("APPAREILLAGE_EC", False, "Durand")
    steer(f"persons/{id_client}/step", action="activate")
    by_email = client.person_status(email=person.email)
    assert by_email.active and by_email.id_client == id_client
    assert by_email.active_since == datetime(2026, 11, 2, 9)  # 8 h UTC on the wall clock of Paris


def test_unknown_person(client):
    with pytest.raises(errors.Refused) as caught:
        client.person_status("00000000-0000-0000-0000-000000000000")
    assert caught.value.codes == ("ERR_RECHERCHE_PARTICULIER",)


def test_payment_request_from_sending_to_payout(client, steer, due):
    request = due("A-1")
    since = client.person_status(request.id_client).active_since
    assert check_payment_request(request, today=date(2026, 11, 4), active_since=since) == []
    taken, rejected = client.send([request, replace(due("A-2"), amount_incl=request.amount_incl + 1)])
    assert taken.taken and taken.status == "10"
    assert rejected.rejected and rejected.errors[0].code == "ERR_TOTAL_PRESTATIONS"
    (info,) = client.search(numbers=["A-1"]).found
    assert (info.id_request, info.id_client, info.amount) == (taken.id_request, request.id_client, request.amount_incl)
    steer(f"requests/{taken.id_request}/step", action="pay", amount=35, date="2026-11-10", force=True)
    (paid,) = client.search(ids=[taken.id_request]).found
    assert (paid.status_code, paid.transfer_amount) == ("70", request.amount_incl)
    assert paid.transfer_date == date(2026, 11, 10)


def test_duplicate_is_rejected(client, due):
    assert client.send([due("A-1")])[0].taken
    (again,) = client.send([due("A-1")])
    assert again.rejected and again.errors[0].code == "ERR_FACTURE_DOUBLON"


def test_nothing_found(client):
    assert client.search(numbers=["never sent"]).nothing_found


def test_cut_after_the_request_was_handled(client, steer, due):
    """The outcome is unknown, and the look-up by number finds what was accepted."""
    steer("faults", operation="send", fault="cut_after")
    with pytest.raises(errors.OutcomeUnknown):
        client.send([due("A-1")])
    assert [info.number for info in client.search(numbers=["A-1"]).found] == ["A-1"]


def test_expired_token_is_renewed(client, steer):
    assert client.search(numbers=["x"]).nothing_found
    steer("faults", operation="search", fault="401")
    assert client.search(numbers=["x"]).nothing_found


def test_wrong_credentials(simulator):
    with UrssafClient(Endpoint.at(simulator), Credentials("simulator-client", "wrong", "basic")) as client:
        with pytest.raises(errors.WrongCredentials):
            client.check_token()
