"""A simulator of its own over real HTTP, and a driver whose messages are right, to break one thing at a time."""

import copy
import itertools
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulator.clock import Clock, parse_instant
from simulator.store import Store
from simulator.world import World

ROOT = Path(__file__).parents[2]
START = "2026-10-20T08:00:00Z"  # a Tuesday, 10:00 in Paris
API = "/atp/v1/tiersPrestations"
TOKEN = "/api/oauth/v1/token"
TOKEN_FORM = {
    "grant_type": "client_credentials",
    "scope": "homeplus.tiersprestations",
    "client_id": "simulator-client",
    "client_secret": "simulator-secret",
}
DROP = object()
# What Odoo has not, and the simulator must do without. Nothing can import a module that is None here.
ABSENT = ("flask", "jsonschema", "referencing", "yaml")
WITHOUT = """
import runpy, sys
sys.modules.update(dict.fromkeys({absent!r}))
runpy.run_path("avance_immediate/simulator", run_name="__main__")
"""
# The two ways to start it: as anybody does, where these modules may be, and where they are not.
WAYS = {
    "as it is": ["avance_immediate/simulator"],
    "without": ["-c", WITHOUT.format(absent=ABSENT)],
}

PERSON = {
    "civilite": "2",
    "nomNaissance": "Durand",
    "prenoms": "Marie Claire",
    "dateNaissance": "1980-03-29T00:00:00.000Z",
    "lieuNaissance": {
        "codePaysNaissance": "99100",
        "departementNaissance": "069",
        "communeNaissance": {"codeCommune": "123", "libelleCommune": "Lyon"},
    },
    "numeroTelephonePortable": "0605040302",
    "adresseMail": "marie.durand@exemple.fr",
    "adressePostale": {
        "numeroVoie": "8",
        "lettreVoie": "B",
        "codeTypeVoie": "R",
        "libelleVoie": "du Soleil",
        "libelleCommune": "LYON 01",
        "codeCommune": "69381",
        "codePostal": "69001",
        "codePays": "99100",
    },
    "coordonneeBancaire": {
        "bic": "BNPAFRPPXXX",
        "iban": "FR7630006000011234567890189",
        "titulaire": "Mme Marie Durand",
    },
}
LINE = {
    "codeNature": "100",
    "quantite": 2,
    "unite": "HEURE",
    "mntUnitaireTTC": 30,
    "mntPrestationTTC": 60,
    "mntPrestationHT": 50,
    "mntPrestationTVA": 10,
    "complement2": "SAP123456789",
}
REQUEST = {
    "idTiersFacturation": "Mon entreprise",
    "dateNaissanceClient": "1980-03-29T00:00:00Z",
    "dateFacture": "2026-10-21T00:00:00Z",
    "dateDebutEmploi": "2026-10-20T09:00:00Z",
    "dateFinEmploi": "2026-10-20T11:00:00Z",
    "mntFactureTTC": 60,
    "mntFactureHT": 50,
    "inputPrestations": [LINE],
}


def changed(message, changes):
    """Return a copy of `message` with dotted paths set, or removed where the value is DROP."""
    message = copy.deepcopy(message)
    for path, value in changes.items():
        *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
        holder = message
        for part in parents:
            holder = holder[part]
        if value is DROP:
            del holder[last]
        else:
            holder[last] = value
    return message


class Process:
    """A running `python3 avance_immediate/simulator`, started in one of the `WAYS`."""

    def __init__(self, way, state, *arguments):
        command = [sys.executable, *WAYS[way], "--port", "0", "--state", str(state), *arguments]
        self._log = Path(f"{state}.log").open("a+")
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self._log, text=True)
        announced = self._process.stdout.readline()
        assert announced.startswith("simulator listening on http://127.0.0.1:"), self.log()
        self.url = announced.split()[-1]

    def log(self):
        self._log.seek(0)
        return self._log.read()

    def stop(self, kill=False):
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(10)
        self._process.stdout.close()


class Driver:
    """Calls a simulator as a provider does, and steers it."""

    def __init__(self, url, client_id="simulator-client", client_secret="simulator-secret"):
        self.url = url
        self._form = TOKEN_FORM | {"client_id": client_id, "client_secret": client_secret}
        self._token = None
        self._numbers = itertools.count(1)

    # --- steering
    def steer(self, path, order=None, expect=200):
        answer = requests.post(f"{self.url}/_simulator/{path}", json=order or {}, timeout=10)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def look(self, path):
        answer = requests.get(f"{self.url}/_simulator/{path}", timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advance(self, hours):
        return self.steer("clock/advance", {"hours": hours})["now"]

    def step(self, request_id, action, expect=200, **details):
        return self.steer(f"requests/{request_id}/step", {"action": action, **details}, expect)

    def step_person(self, person_id, action, expect=200, **details):
        return self.steer(f"persons/{person_id}/step", {"action": action, **details}, expect)

    def other(self, client_id="other-client"):
        """Return the driver of a second provider."""
        self.steer("providers", {"client_id": client_id, "client_secret": "other-secret", "name": "Autre"})
        return Driver(self.url, client_id, "other-secret")

    # --- the API
    def token_call(self, **changes):
        form = {key: value for key, value in (self._form | changes).items() if value is not DROP}
        return requests.post(self.url + TOKEN, data=form, timeout=10)

    @property
    def token(self):
        if self._token is None:
            self._token = self.token_call().json()["access_token"]
        return self._token

    def call(self, method, path, **options):
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        return requests.request(method, self.url + API + path, headers=headers, timeout=10, **options)

    def person(self, **changes):
        return changed(PERSON, changes)

    def register_call(self, **changes):
        return self.call("POST", "/particulier", json=self.person(**changes))

    def register(self, **changes):
        answer = self.register_call(**changes)
        assert answer.status_code == 200, answer.text
        return answer.json()["idClient"]

    def client(self, **changes):
        """Register and activate a person, then let a day pass; return `idClient`."""
        person_id = self.register(**changes)
        self.step_person(person_id, "activate")
        self.advance(24)
        return person_id

    def status_call(self, **query):
        return self.call("GET", "/particulier", params=query)

    def status(self, **query):
        answer = self.status_call(**query)
        assert answer.status_code == 200, answer.text
        return answer.json()["statut"]

    def request(self, person_id, **changes):
        number = f"FAC/2026/{next(self._numbers):05}"
        return changed(REQUEST | {"idClient": person_id, "numFactureTiers": number}, changes)

    def send_call(self, *payload):
        return self.call("POST", "/demandePaiement", json=list(payload))

    def send(self, *payload):
        answer = self.send_call(*payload)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send_accepted(self, person_id, **changes):
        """Send one request that must be accepted; return its `idDemandePaiement`."""
        (item,) = self.send(self.request(person_id, **changes))
        assert item["errors"] == [] and item["statut"] == "10", item
        return item["idDemandePaiement"]

    def search_call(self, **criteria):
        return self.call("POST", "/demandePaiement/rechercher", json=criteria)

    def found(self, request_id):
        answer = self.search_call(idDemandePaiements=[request_id])
        assert answer.status_code == 200, answer.text
        (info,) = answer.json()["infoDemandePaiements"]
        return info

    def code(self, request_id):
        return self.found(request_id)["statut"]["code"]


def codes(answer):
    """The error codes of a 400, or of one refused item."""
    if isinstance(answer, requests.Response):
        assert answer.status_code == 400, answer.text
        answer = {"errors": answer.json()}
    assert answer["errors"], answer
    return {problem["code"] for problem in answer["errors"]}


@pytest.fixture(scope="session", params=WAYS)
def way(request):
    """Each test that asks for a process runs with both."""
    return request.param


@pytest.fixture(scope="session")
def process(way, tmp_path_factory):
    running = Process(way, tmp_path_factory.mktemp("simulator") / "state.sqlite", "--clock", START)
    yield running
    running.stop()
    log = running.log()
    for personal in ("FR7630006000011234567890189", "exemple.fr", "1980-03-29", "0605040302", "Durand"):
        assert personal not in log


@pytest.fixture
def simulator(process):
    """An empty simulator whose clock stands at START; the test fails when it breaks its own contract."""
    driver = Driver(process.url)
    driver.steer("reset")
    yield driver
    assert driver.look("state")["contract_breaches"] == []


@pytest.fixture
def start(way, tmp_path):
    """Start simulators of one's own: `start("--token-life", "1")` returns the process and its driver."""
    running = []

    def run(*arguments):
        running.append(Process(way, tmp_path / "own.sqlite", *arguments))
        return running[-1], Driver(running[-1].url)

    yield run
    for one in running:
        one.stop()


@pytest.fixture
def tools():
    """What tests share beside the driver; a conftest cannot be imported."""

    class Tools:
        drop = DROP
        person = PERSON
        line = LINE
        root = ROOT
        api = API
        absent = ABSENT

        @staticmethod
        def world(**settings):
            """A world in memory whose clock stands at START, for an application called inside the test."""
            store = Store(":memory:")
            return World(store, Clock(store, parse_instant(START)), **settings)

    Tools.codes = staticmethod(codes)
    Tools.changed = staticmethod(changed)
    return Tools
