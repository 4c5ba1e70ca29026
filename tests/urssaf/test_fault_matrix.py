"""Each operation of the client with each fault, over HTTP: what is then known is what the table of faults says."""

import re
import subprocess
import sys
import time
from dataclasses import asdict, replace
from datetime import date

import pytest

from harness import faults
from harness.fault_proxy import FaultProxy
from harness.rpc import Steering
from urssaf.http import errors
from urssaf.tiers_prestation.client import Credentials, Endpoint, UrssafClient

CLIENT_ID = "simulator-client"
#: What the client has for a call, retries of reads included: three times the seconds of an answer, and a token.
MOST_SECONDS = 5
#: Each with the operation of HTTP that fails.
OPERATIONS = {
    "token": faults.TOKEN,
    "register": faults.REGISTER,
    "status": faults.STATUS,
    "send one": faults.SEND,
    "send ten": faults.SEND,
    "look up": faults.SEARCH,
    "refresh one": faults.SEARCH,
    "refresh ten": faults.SEARCH,
}
CASES = [(name, fault.name) for name, operation in OPERATIONS.items() for fault in faults.of_operation(operation)]
#: Where one alone is asked about, there is nobody else; and what Urssaf holds is looked for by its number.
ALONE = {
    ("send one", "one missing"): faults.UNKNOWN,
    ("look up", "one missing"): faults.NOTHING_FOUND,
    ("look up", "id missing"): faults.NOTHING_SHOWN,
    ("refresh one", "one missing"): faults.NOTHING_FOUND,
    ("send one", "id twice"): faults.WORKS,
    ("look up", "id twice"): faults.WORKS,
    ("refresh one", "id twice"): faults.WORKS,
}
CLASSES = (
    (errors.WrongCredentials, faults.REFUSED),
    (errors.NotSent, faults.NOT_SENT),
    (errors.Refused, faults.REFUSED),
    (errors.NotAccepted, faults.NOT_HANDLED),
    (errors.OutcomeUnknown, faults.UNKNOWN),
)
PERSONAL = re.compile(
    r"Durand|Eric-Antoine|1980-03-29|FR76|3000600001|0605040302|@contact|simulator-secret", re.IGNORECASE
)


class Provider:
    """A provider whose client is active, whose ten requests Urssaf holds, one of them paid; all by way of the proxy."""

    def __init__(self, address, steering, person, request_of):
        self.steering = steering
        self.proxy = FaultProxy(address)
        self._person, self._request_of = person, request_of
        self._made = 0
        self.calls = []
        with self.client() as client:
            self.id_client = client.register(person)
            steering.person_step(self.id_client, "activate")
            steering.call("POST", "clock/advance", hours=48)
            self.held = [self.request() for _index in range(10)]
            self.ids = [taken.id_request for taken in client.send(self.held)]
            steering.step(self.held[0].number, "pay", force=True)
            self.numbers = [request.number for request in self.held]
            self.truth = {info.id_request: info for info in client.search(ids=self.ids).found}
            self.status = client.person_status(self.id_client)

    def client(self):
        """Give a client that waits less than people do, and never between two attempts."""
        return UrssafClient(
            Endpoint.at(self.proxy.url),
            Credentials(CLIENT_ID, "simulator-secret"),
            timeout=(1, 0.4),
            answer_limits=(0.8, 4 * 1024**2),
            sleep=lambda seconds: None,
            observer=self.calls.append,
        )

    def request(self):
        self._made += 1
        line = replace(self._request_of().services[0], start=None, end=None)
        return replace(
            self._request_of(f"F/{self._made}"),
            id_client=self.id_client,
            invoice_date=date(2026, 11, 4),
            start=date(2026, 11, 3),
            end=date(2026, 11, 4),
            services=(line,),
        )

    def another_person(self):
        self._made += 1
        letters = "".join("abcdefghij"[int(digit)] for digit in str(self._made))
        mobile = f"06{self._made:08}"
        return replace(self._person, birth_name=f"Durand{letters}", email=f"{letters}@contact.fr", mobile=mobile)

    # ---- Operations: each does one thing, and says what is then known

    def do(self, name, client):
        kind, _space, count = name.partition(" ")
        if name == "token":
            client.check_token()
            return faults.WORKS
        if name == "register":
            return self._register(client)
        if name == "status":
            return faults.WORKS if client.person_status(self.id_client) == self.status else faults.BELIEVED
        number = 10 if count == "ten" else 1
        if kind == "send":
            return self._send(client, [self.request() for _index in range(number)])
        asked = {"numbers": self.numbers[:1]} if name == "look up" else {"ids": self.ids[:number]}
        return self._known(client.search(**asked), number)

    def _register(self, client):
        person = self.another_person()
        id_client = client.register(person)
        known = {entry["nomNaissance"]: entry["idClient"] for entry in self.steering.persons()}
        return faults.WORKS if known.get(person.birth_name) == id_client else faults.BELIEVED

    def _send(self, client, requests):
        submissions = client.send(requests)
        held = {entry["numFactureTiers"]: entry["idDemandePaiement"] for entry in self.steering.requests()}
        assert not any(submission.rejected for submission in submissions), "Urssaf holds what counts as rejected"
        taken = [submission for submission in submissions if submission.taken]
        if any(held[submission.number] != submission.id_request for submission in taken):
            return faults.BELIEVED
        if len(taken) == len(submissions):
            return faults.WORKS
        return faults.PARTLY if taken else faults.UNKNOWN

    def _known(self, result, number):
        if result.nothing_found:
            return faults.NOTHING_FOUND
        if not result.found:
            return faults.NOTHING_SHOWN
        found = {infos[0].id_request: infos for infos in result.by_id.values()}
        if any(len(infos) > 1 or infos[0].news != self._news(infos[0]) for infos in found.values()):
            return faults.BELIEVED
        return faults.WORKS if len(found) == number else faults.PARTLY

    def _news(self, info):
        truth = self.truth.get(info.id_request)
        return truth and truth.news


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """Make the provider; its people are those of the other tests."""
    state = tmp_path_factory.mktemp("simulator") / "state.sqlite"
    command = [sys.executable, "avance_immediate/simulator", "--port", "0", "--state", str(state)]
    made = []

    def make(person, request_of):
        if not made:
            made.append(Provider(address, Steering(address), person, request_of))
        return made[0]

    with subprocess.Popen([*command, "--clock", "2026-11-02T08:00:00Z"], stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().split()[-1]
        yield make
        process.terminate()
    for each in made:
        each.proxy.close()


def expected(name, fault):
    return ALONE.get((name, fault.name), fault.means[OPERATIONS[name]])


@pytest.mark.parametrize(("name", "fault_name"), CASES, ids=[" - ".join(case) for case in CASES])
def test_what_is_known(provider, person, request_of, name, fault_name):
    urssaf = provider(person, request_of)
    fault = faults.FAULTS[fault_name]
    with urssaf.client() as client:
        if name != "token":
            client.check_token()
        urssaf.calls.clear()
        before = urssaf.proxy.spoilt[fault_name]
        urssaf.proxy.spoil(fault, OPERATIONS[name])
        started = time.monotonic()
        try:
            known = urssaf.do(name, client)
        except errors.UrssafError as error:
            known = next(known for kind, known in CLASSES if isinstance(error, kind))
            assert not PERSONAL.search(f"{error} {error!r}")
        finally:
            urssaf.proxy.heal()
        assert time.monotonic() - started < MOST_SECONDS
    assert known == expected(name, fault)
    assert urssaf.proxy.spoilt[fault_name] > before
    assert not urssaf.proxy.sent_twice
    assert urssaf.calls and not PERSONAL.search(str([asdict(call) for call in urssaf.calls]))


@pytest.mark.parametrize("name", OPERATIONS)
def test_without_a_fault(provider, person, request_of, name):
    urssaf = provider(person, request_of)
    with urssaf.client() as client:
        assert urssaf.do(name, client) == faults.WORKS
