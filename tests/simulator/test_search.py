"""Search of payment requests: docs/api.md §2.4, §9."""

import pytest


@pytest.fixture
def taken(simulator):
    """Twelve requests of one client, an invoice a day from 21 October; returns their ids by number F1 to F12."""
    person_id = simulator.client()
    simulator.steer("clock", {"now": "2026-10-31T12:00:00Z"})
    requests = [
        simulator.request(person_id, numFactureTiers=f"F{day}", dateFacture=f"2026-10-{20 + day}T00:00:00Z")
        for day in range(1, 12)
    ]
    requests.append(simulator.request(person_id, numFactureTiers="F12", dateFacture="2026-11-01T00:00:00Z"))
    items = simulator.send(*requests[:10]) + simulator.send(*requests[10:])
    return {item["numFactureTiers"]: item["idDemandePaiement"] for item in items}


def numbers(answer):
    assert answer.status_code == 200, answer.text
    return [info["demandePaiement"]["numFactureTiers"] for info in answer.json()["infoDemandePaiements"]]


def test_by_ids_and_by_numbers(simulator, taken):
    assert numbers(simulator.search_call(idDemandePaiements=[taken["F2"], taken["F1"]])) == ["F2", "F1"]
    assert numbers(simulator.search_call(numFactureTiers=["F3", "F3", "F1"])) == ["F3", "F1"]
    answer = simulator.search_call(numFactureTiers=["F3"]).json()
    assert answer["errors"] == []
    assert answer["infoDemandePaiements"][0].keys() == {"idDemandePaiement", "demandePaiement", "statut"}


def test_ids_before_numbers_before_period(simulator, taken):
    period = {"dateDebut": "2026-10-22T00:00:00Z", "dateFin": "2026-10-22T23:59:59Z"}
    assert numbers(simulator.search_call(idDemandePaiements=[taken["F1"]], numFactureTiers=["F3"], **period)) == ["F1"]
    assert numbers(simulator.search_call(numFactureTiers=["F3"], **period)) == ["F3"]
    assert numbers(simulator.search_call(idDemandePaiements=[], numFactureTiers=[], **period)) == ["F2"]


def test_by_period_bounds_included(simulator, taken):
    period = {"dateDebut": "2026-10-22T00:00:00Z", "dateFin": "2026-10-24T00:00:00Z"}
    assert numbers(simulator.search_call(**period)) == ["F2", "F3", "F4"]
    assert numbers(simulator.search_call(dateDebut="2026-10-31T00:00:00", dateFin=None)) == ["F11", "F12"]
    assert numbers(simulator.search_call(dateFin="2026-10-21T00:00:00.000Z")) == ["F1"]


def test_more_than_ten(simulator, taken, tools):
    period = {"dateDebut": "2026-10-21T00:00:00Z"}
    assert tools.codes(simulator.search_call(**period)) == {"ERR_NBRE_MAX_RESULTAT"}
    assert len(numbers(simulator.search_call(**period, dateFin="2026-10-30T00:00:00Z"))) == 10
    names = [f"F{day}" for day in range(1, 12)]
    assert tools.codes(simulator.search_call(numFactureTiers=names)) == {"ERR_NBRE_MAX_RESULTAT"}
    assert tools.codes(simulator.search_call(idDemandePaiements=list(taken.values())[:11])) == {"ERR_NBRE_MAX_RESULTAT"}
    assert len(numbers(simulator.search_call(numFactureTiers=names[:10]))) == 10


@pytest.mark.parametrize(
    "criteria", [{}, {"idDemandePaiements": []}, {"numFactureTiers": []}, {"dateDebut": None, "dateFin": None}]
)
def test_no_criterion(simulator, tools, criteria):
    assert tools.codes(simulator.search_call(**criteria)) == {"ERR_CRITERE_RECHERCHE_VIDE"}


@pytest.mark.parametrize(
    "criteria",
    [
        {"idDemandePaiements": ["unknown"]},
        {"numFactureTiers": ["unknown"]},
        {"dateDebut": "2020-01-01T00:00:00Z", "dateFin": "2020-12-31T00:00:00Z"},
    ],
)
def test_nothing_found(simulator, tools, taken, criteria):
    assert tools.codes(simulator.search_call(**criteria)) == {"ERR_RECHERCHE_VIDE"}
    simulator.steer("options", {"empty_search": "200"})
    answer = simulator.search_call(**criteria)
    assert (answer.status_code, answer.json()) == (200, {"errors": [], "infoDemandePaiements": []})


def test_partly_found(simulator, taken):
    answer = simulator.search_call(numFactureTiers=["F1", "unknown", "F2"]).json()
    assert len(answer["infoDemandePaiements"]) == 2
    assert [(problem["code"], problem["description"]) for problem in answer["errors"]] == [
        ("ERR_RECHERCHE_VIDE", "unknown")
    ]


def test_errors_with_a_capital_on_option(simulator, taken):
    simulator.steer("options", {"errors_key": "Errors"})
    answer = simulator.search_call(numFactureTiers=["F1", "unknown"]).json()
    assert answer.keys() == {"Errors", "infoDemandePaiements"} and len(answer["Errors"]) == 1


def test_requests_of_others_are_not_found(simulator, tools, taken):
    other = simulator.other()
    assert tools.codes(other.search_call(numFactureTiers=["F1"])) == {"ERR_RECHERCHE_VIDE"}
    assert tools.codes(other.search_call(idDemandePaiements=[taken["F1"]])) == {"ERR_RECHERCHE_VIDE"}
    assert tools.codes(other.search_call(dateDebut="2026-10-21T00:00:00Z")) == {"ERR_RECHERCHE_VIDE"}


@pytest.mark.parametrize(
    "criteria",
    [
        {"idDemandePaiements": "F1"},
        {"numFactureTiers": [1]},
        {"dateDebut": "2026-10-21T00:00:00+00:00"},
        {"dateFin": "2026-10-21"},
        {"numeroFacture": ["F1"]},
    ],
)
def test_malformed(simulator, tools, criteria):
    answer = simulator.search_call(**criteria)
    assert tools.codes(answer) == {"ERREUR_VALIDATION"}
    assert f"inputRechercheDemandePaiement.{next(iter(criteria))}" in answer.json()[0]["message"]


def test_demande_is_given_back_as_sent(simulator):
    request = simulator.request(
        simulator.client(),
        mntAcompte=12.34,
        dateVersementAcompte="2026-10-20T00:00:00.000Z",
        dateNaissanceClient="1980-03-29T00:00:00.000Z",
    )
    (item,) = simulator.send(request)
    assert simulator.found(item["idDemandePaiement"])["demandePaiement"] == request
