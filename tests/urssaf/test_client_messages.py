"""Messages: the exact names, numbers and dates that go over the wire (docs/api.md §2)."""

import json
from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urssaf.http.answer import Answer, remote_errors
from urssaf.http.call_log import describe
from urssaf.http.endpoint import host_of
from urssaf.http.wire import moment_from_wire, moment_to_wire, number_from_wire, number_to_wire
from urssaf.tiers_prestation.api import TIERS_PRESTATION
from urssaf.tiers_prestation.client import Credentials, Endpoint
from urssaf.tiers_prestation.messages import Address, BirthPlace, PaymentRequest, Person, PersonStatus, RequestInfo

PERSON = """
{
  "civilite": "2",
  "nomNaissance": "Durand",
  "nomUsage": "Martin",
  "prenoms": "Eric-Antoine Derc'hen Jean alain",
  "dateNaissance": "1980-03-29T00:00:00Z",
  "lieuNaissance": {
    "codePaysNaissance": "99100",
    "departementNaissance": "069",
    "communeNaissance": {"codeCommune": "123", "libelleCommune": "Lyon"}
  },
  "numeroTelephonePortable": "0605040302",
  "adresseMail": "jeanne.durand@contact.fr",
  "adressePostale": {
    "numeroVoie": "8",
    "lettreVoie": "B",
    "codeTypeVoie": "R",
    "libelleVoie": "du Soleil",
    "complement": "Batiment A",
    "lieuDit": "Le Beyssat",
    "libelleCommune": "LYON 01",
    "codeCommune": "69381",
    "codePostal": "69001",
    "codePays": "99100"
  },
  "coordonneeBancaire": {
    "bic": "BNPAFRPPXXX",
    "iban": "FR7630006000011234567890189",
    "titulaire": "Mme Jeanne Martin"
  }
}
"""
REQUEST = """
{
  "idTiersFacturation": "provider",
  "idClient": "af0be430-908a-11eb-a8b3-0242ac130003",
  "dateNaissanceClient": "1980-03-29T00:00:00Z",
  "numFactureTiers": "INV/2026/00012",
  "dateFacture": "2026-10-31T00:00:00Z",
  "dateDebutEmploi": "2026-10-01T09:05:00Z",
  "dateFinEmploi": "2026-10-30T00:00:00Z",
  "mntAcompte": 10.05,
  "dateVersementAcompte": "2026-10-02T00:00:00Z",
  "mntFactureTTC": 35,
  "mntFactureHT": 31.82,
  "inputPrestations": [
    {
      "codeActivite": "60A001",
      "codeNature": "60",
      "quantite": 1.75,
      "unite": "HEURE",
      "mntUnitaireTTC": 20,
      "mntPrestationTTC": 35,
      "mntPrestationHT": 31.82,
      "mntPrestationTVA": 3.18,
      "dateDebutEmploi": "2026-10-01T00:00:00Z",
      "dateFinEmploi": "2026-10-30T00:00:00Z",
      "complement1": "Ménage",
      "complement2": "SAP732829320"
    }
  ]
}
"""


def test_person_on_the_wire(person):
    assert person.to_wire() == json.loads(PERSON)
    assert Person.from_wire(json.loads(PERSON)) == person


def test_payment_request_on_the_wire(request_of, service):
    request = replace(
        request_of(),
        start=datetime(2026, 10, 1, 9, 5),
        deposit=Decimal("10.05"),
        deposit_date=date(2026, 10, 2),
        services=(replace(service, activity_code="60A001"),),
    )
    assert json.dumps(request.to_wire(), ensure_ascii=False) == json.dumps(json.loads(REQUEST), ensure_ascii=False)
    assert PaymentRequest.from_wire(json.loads(REQUEST)) == request


def test_empty_optional_values_are_dropped(person, request_of):
    bare = replace(
        person,
        usage_name="",
        birth_place=BirthPlace("99134"),
        address=Address(complement="Bat A", city="LYON", city_code="69381", zip="69001"),
    ).to_wire()
    assert "nomUsage" not in bare and bare["lieuNaissance"] == {"codePaysNaissance": "99134"}
    assert set(bare["adressePostale"]) == {"complement", "libelleCommune", "codeCommune", "codePostal", "codePays"}
    assert not {"mntAcompte", "dateVersementAcompte"} & set(request_of().to_wire())


def test_zero_is_not_dropped(request_of, service):
    request = replace(request_of(), deposit=Decimal(0), services=(replace(service, amount_vat=Decimal(0)),))
    assert request.to_wire()["mntAcompte"] == 0
    assert request.to_wire()["inputPrestations"][0]["mntPrestationTVA"] == 0


def test_bank_codes_go_without_spaces(person):
    bank = replace(person.bank, iban="fr76 3000 6000 0112 3456 7890 189", bic="bnpa fr pp xxx")
    assert bank.to_wire() == person.bank.to_wire()


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_numbers_are_exact(value):
    assert Decimal(json.dumps(number_to_wire(value))) == value
    assert number_from_wire(json.loads(json.dumps(number_to_wire(value)))) == value


def test_number_beyond_json_is_refused():
    with pytest.raises(ValueError):
        number_to_wire(Decimal("0.1234567890123456789"))


@pytest.mark.parametrize("value", [None, True, "abc", "", "NaN", float("inf"), [], {}])
def test_what_is_no_number_reads_as_none(value):
    assert number_from_wire(value) is None


@given(st.datetimes(min_value=datetime(1900, 1, 1)).map(lambda moment: moment.replace(microsecond=0)))
def test_moments_round_trip(moment):
    read = moment_from_wire(moment_to_wire(moment))
    assert read == (moment if moment.time() != datetime.min.time() else moment.date())


def test_moment_with_a_zone_is_refused():
    with pytest.raises(ValueError):
        moment_to_wire(datetime(2026, 10, 1, tzinfo=timezone.utc))


@pytest.mark.parametrize("value", [None, 20261001, "", "01/10/2026", "2026-13-01T00:00:00Z", "2026-10-01T25:00:00Z"])
def test_what_is_no_moment_reads_as_none(value):
    assert moment_from_wire(value) is None


def test_milliseconds_are_read():
    assert moment_from_wire("1980-03-29T00:00:00.000Z") == date(1980, 3, 29)


def test_status_round_trip():
    data = {
        "idClient": "c",
        "nomNaissance": "Ledru",
        "prenoms": "Pierre",
        "statut": {"code": "APPAREILLAGE_VALIDE", "description": "20/10/2026", "etat": "OK"},
    }
    assert PersonStatus.from_wire(data).to_wire() == data
    assert "Ledru" not in repr(PersonStatus.from_wire(data))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["\ud83d", "a\0b"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                "code errors Errors message statut infoVirement dateVirement mntVirement demandePaiement infoRejet "
                "lieuNaissance inputPrestations idClient numFactureTiers etat description".split()
            ),
            inner,
            max_size=5,
        )
    ),
)


@given(json_values)
def test_readers_survive_anything(data):
    """Whatever Urssaf answers, reading it raises nothing but our own errors."""
    remote_errors(data, TIERS_PRESTATION)
    if isinstance(data, dict):
        for kind in (Person, PersonStatus, PaymentRequest, RequestInfo):
            kind.from_wire(data)


@given(json_values, json_values)
def test_entry_in_the_log_survives_anything(sent, received):
    """An entry that fails would lose the answer to a write; what it keeps can go into a database."""
    answer = Answer(TIERS_PRESTATION, "send", 200, received, "", "", None, None)
    call = describe(TIERS_PRESTATION, "send", "POST", "/", sent, answer, None, 1)
    for text in (call.request_body or "", call.response_body):
        assert "\0" not in text
        text.encode()


def test_texts_can_be_stored():
    info = RequestInfo.from_wire({"infoRejet": {"code": "A\0", "commentaire": "non \ud83d merci\0"}})
    assert (info.refusal_code, info.refusal_comment) == ("A", "non ? merci")
    (error,) = remote_errors([{"code": 12, "message": "a\0b"}], TIERS_PRESTATION)
    assert (error.code, error.message) == ("12", "ab")


# --- where the API is


def test_endpoints_of_urssaf():
    assert Endpoint.sandbox().root_url + TIERS_PRESTATION.path == "https://api-edi.urssaf.fr/atp/v1/tiersPrestations"
    assert Endpoint.production().token_url == "https://api.urssaf.fr/api/oauth/v1/token"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/",
        " https://simulator.example.org/urssaf ",
        "http://localhost",
        "http://LocalHost:8470",
        "http://127.8.9.10",
        "http://[::1]:80",
        "http://[0:0:0:0:0:0:0:1]",
        "http://[::ffff:127.0.0.1]",
        "https://192.0.2.7:8443",
        "https://[2001:db8::7]",
        "https://xn--essai-dsa.example.org",
    ],
)
def test_endpoint_elsewhere(url):
    assert Endpoint.at(url).root_url == url.strip().rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "https://api.urssaf.fr",
        "https://API.URSSAF.FR.",
        "https://urssaf.fr/x",
        "http://simulator.example.org",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
        "https://",
        "",
        "127.0.0.1:8080",
        "https://user:pw@example.org",
        "https://@example.org",
        # Urssaf's host, as requests, urllib3, IDNA or the resolver would read it.
        "https://api%2eurssaf.fr",
        "https://api.urssaf%2Efr",
        "https://%61pi.urssaf.fr",
        "https://api%252eurssaf.fr",
        "https://api\u3002urssaf\uff0efr",
        "https://api.urssaf\uff61fr",
        "https://\uff41pi.urssaf.fr",
        "https://api.ur\u017fsaf.fr",
        "https://api.urssaf.f\u24e1",
        "https://api.urs\u00adsaf.fr",
        "https://api.urs\tsaf.fr",
        "https://api.urssaf.fr\\@127.0.0.1",
        "http://api.urssaf.fr@127.0.0.1",
        "http://127.0.0.1\\@api.urssaf.fr",
        "https://api.urssaf.fr:443",
        "https://api.urssaf.fr..",
        "https://api..urssaf.fr",
        "https://other.urssaf.fr.",
        # Other writings of an address, and of none.
        "http://2130706433",
        "http://0x7f.1",
        "http://0x7f000001",
        "http://0177.0.0.1",
        "http://127.1",
        "http://127.0.0.1.",
        "http://localhost.",
        "https://3.5.7",
        "https://300.1.1.1",
        "http://[::1%25lo]",
        "http://[::1",
        "http://[127.0.0.1]",
        "https://[v1.a]",
        "https://::1",
        "https://under_score.example.org",
        "https://é.example.org",
        "https://example.org:0",
        "https://example.org:65536",
        "https://example.org:x",
        "https://example.org?",
        "https://example.org#",
        "https://example.org/é",
        "https://.example.org",
        "https://example.org?x=1",
        "https://example.org#x",
    ],
)
def test_endpoint_that_is_refused(url):
    with pytest.raises(ValueError) as caught:
        Endpoint.at(url)
    assert "pw" not in str(caught.value)


def test_other_hosts_of_the_same_ending_are_not_urssaf():
    assert Endpoint.at("https://noturssaf.fr").host == "noturssaf.fr"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://API.Urssaf.FR.:443/x?y=z", "api.urssaf.fr"),
        ("http://[0:0::1]:8470/", "::1"),
        ("http://[::ffff:7f00:1]", "127.0.0.1"),
        ("http://127.0.0.1/", "127.0.0.1"),
    ],
)
def test_host_of_an_address(url, host):
    assert host_of(url) == host


@pytest.mark.parametrize(
    "url", ["https://api%2eurssaf.fr/", "https://x@api.urssaf.fr", "https://api.urssaf.fr\\@x", "https://0x7f.1", "x"]
)
def test_host_that_cannot_be_told(url):
    with pytest.raises(ValueError):
        host_of(url)


def test_unknown_method_of_credentials():
    with pytest.raises(ValueError):
        Credentials("id", "secret", "digest")
