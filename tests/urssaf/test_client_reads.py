"""Reads: tried again where that may help, and never believed beyond what they say."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from urssaf.http import errors

STATUS = {
    "idClient": "af0be430",
    "nomNaissance": "Ledru",
    "nomUsage": "Rollin",
    "prenoms": "Pierre Alexandre",
    "statut": {"code": "APPAREILLAGE_EC", "description": "Transmission impossible", "etat": "KO"},
}
NOTHING = {"code": "ERR_RECHERCHE_VIDE", "message": "Aucun résultat", "description": ""}
INFO = {
    "idDemandePaiement": "d-1",
    "demandePaiement": {"numFactureTiers": "A", "idClient": "c", "mntFactureTTC": 120.10, "mntAcompte": 20},
    "statut": {"code": "70", "libelle": "Payée"},
    "infoVirement": {"mntVirement": 100.10, "dateVirement": "2026-10-28T00:00:00Z"},
}


def active(description):
    return STATUS | {"statut": {"code": "APPAREILLAGE_VALIDE", "description": description, "etat": "OK"}}


# --- retries


@pytest.mark.parametrize(
    "failure", [{"status": 500}, {"status": 503}, {"act": "cut"}, {"body": b""}, {"body": b"<html>"}, {"status": 400}]
)
def test_a_read_is_tried_again(server, client, naps, failure):
    server.expect("status", **failure)
    server.expect("status", **failure)
    server.expect("status", json_body=STATUS)
    assert client.person_status("af0be430").code == "APPAREILLAGE_EC"
    first, second = naps
    assert 0.25 <= first <= 0.5 <= second <= 1


def test_retries_come_to_an_end(server, client, naps):
    for _ in range(3):
        server.expect("search", 503)
    with pytest.raises(errors.OutcomeUnknown) as caught:
        client.search(ids=["d-1"])
    assert caught.value.http_status == 503 and len(naps) == 2


def test_retry_after_is_honoured(server, client, naps):
    server.expect("search", 429, headers={"Retry-After": "12"})
    server.expect("search", 503, headers={"Retry-After": "30"})
    server.expect("search", json_body={"infoDemandePaiements": [INFO]})
    assert len(client.search(ids=["d-1"]).found) == 1
    assert naps == [12, 30]


def test_a_long_retry_after_is_left_to_the_caller(server, client, naps):
    server.expect("search", 429, headers={"Retry-After": "31"})
    with pytest.raises(errors.TryLater) as caught:
        client.search(ids=["d-1"])
    assert caught.value.retry_after == 31 and not naps


@pytest.mark.parametrize(("status", "kind"), [(400, errors.Refused), (403, errors.Forbidden)])
def test_what_will_not_pass_is_not_tried_again(server, client, naps, status, kind):
    server.expect("status", status, json_body=[{"code": "ERR_RECHERCHE_PARTICULIER"}])
    with pytest.raises(kind) as caught:
        client.person_status("af0be430")
    assert caught.value.codes == ("ERR_RECHERCHE_PARTICULIER",) and not naps


def test_read_time_out_is_tried_again(server, make_client):
    server.expect("status", act="hang")
    server.expect("status", json_body=STATUS)
    assert make_client(timeout=(0.5, 0.2)).person_status("af0be430").etat == "KO"


# --- a person's status


def test_status_by_id(server, client):
    server.expect("status", json_body=STATUS)
    status = client.person_status("af0be430", "pierre@example.fr")
    assert server.received[0].query == {"idClient": ["af0be430"]}
    assert (status.birth_name, status.usage_name, status.first_names) == ("Ledru", "Rollin", "Pierre Alexandre")
    assert (status.id_client, status.active, status.active_since) == ("af0be430", False, None)


def test_status_by_email(server, client):
    server.expect("status", json_body=[STATUS])
    assert client.person_status(email="pierre+a@example.fr").id_client == "af0be430"
    assert server.received[0].query == {"adresseMail": ["pierre+a@example.fr"]}


def test_status_needs_a_criterion(client):
    with pytest.raises(ValueError):
        client.person_status()


@pytest.mark.parametrize(
    ("description", "moment"),
    [
        ("20/10/2026", datetime(2026, 10, 20)),
        ("20/10/2026 10:05", datetime(2026, 10, 20, 10, 5)),
        ("Transmission possible depuis le 20/10/2026 10:05:59", datetime(2026, 10, 20, 10, 5, 59)),
        ("31/02/2026", None),
        ("", None),
    ],
)
def test_activation_moment(server, client, description, moment):
    server.expect("status", json_body=active(description))
    status = client.person_status("af0be430")
    assert status.active and status.active_since == moment


def test_only_ok_is_active(server, client):
    for etat in ("INCONNU", "", "okay", "K O"):
        statut = {"code": "SOMETHING_NEW", "description": "20/10/2026", "etat": etat}
        server.expect("status", json_body=STATUS | {"statut": statut})
        status = client.person_status("af0be430")
        assert (status.active, status.active_since, status.code) == (False, None, "SOMETHING_NEW")


@pytest.mark.parametrize(
    "body",
    [
        STATUS | {"idClient": "another"},
        STATUS | {"idClient": None},
        {"idClient": "af0be430"},
        [STATUS, STATUS],
        [],
        "text",
        STATUS | {"statut": "APPAREILLAGE_VALIDE"},
    ],
)
def test_an_answer_about_something_else_teaches_nothing(server, make_client, body):
    server.expect("status", json_body=body)
    with pytest.raises(errors.OutcomeUnknown):
        make_client(read_retries=0).person_status("af0be430")


# --- search


def test_search_reads_what_urssaf_holds(server, client):
    server.expect("search", json_body={"errors": [], "infoDemandePaiements": [INFO]})
    result = client.search(numbers=["A"])
    (info,) = result.found
    assert server.received[0].json == {"numFactureTiers": ["A"]}
    assert (info.id_request, info.number, info.id_client) == ("d-1", "A", "c")
    assert (info.amount, info.deposit, info.transfer_amount) == (Decimal("120.1"), Decimal(20), Decimal("100.1"))
    assert (info.status_code, info.status_label, info.transfer_date) == ("70", "Payée", date(2026, 10, 28))
    assert not result.nothing_found and info.raw == INFO


def test_planned_transfer_has_no_amount(server, client):
    planned = INFO | {"infoVirement": {"mntVirement": None, "dateVirement": "2026-10-28T00:00:00Z"}}
    server.expect("search", json_body={"infoDemandePaiements": [planned]})
    (info,) = client.search(ids=["d-1"]).found
    assert info.transfer_amount is None and info.transfer_date == date(2026, 10, 28)


def test_refusal_and_unknown_status_are_kept(server, client):
    rejected = INFO | {
        "statut": {"code": 333, "libelle": "Nouvelle"},
        "infoRejet": {"code": "NEW_REASON", "commentaire": "pas d'accord"},
        "infoVirement": None,
    }
    server.expect("search", json_body={"Errors": None, "infoDemandePaiements": [rejected]})
    (info,) = client.search(ids=["d-1"]).found
    assert (info.status_code, info.refusal_code, info.refusal_comment) == ("333", "NEW_REASON", "pas d'accord")
    assert info.transfer_date is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, [NOTHING]),
        (200, [NOTHING]),
        (400, {"errors": [NOTHING]}),
        (200, {"infoDemandePaiements": []}),
        (200, {"errors": [NOTHING], "infoDemandePaiements": []}),
        (200, {"Errors": [NOTHING], "infoDemandePaiements": None}),
    ],
)
def test_nothing_found_when_urssaf_says_so(server, client, status, body):
    server.expect("search", status, json_body=body)
    result = client.search(numbers=["A"])
    assert result.nothing_found and not result.found


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"infoDemandePaiements": {}}', b'{"errors": []}'])
def test_an_empty_answer_is_not_nothing_found(server, make_client, body):
    server.expect("search", body=body)
    with pytest.raises(errors.OutcomeUnknown):
        make_client(read_retries=0).search(numbers=["A"])


def test_other_errors_are_not_nothing_found(server, client):
    server.expect("search", json_body={"errors": [{"code": "ERR_X"}], "infoDemandePaiements": []})
    result = client.search(numbers=["A"])
    assert not result.nothing_found and result.errors[0].code == "ERR_X"
    for codes in (["ERR_NBRE_MAX_RESULTAT"], ["ERR_RECHERCHE_VIDE", "ERR_NBRE_MAX_RESULTAT"]):
        server.expect("search", 400, json_body=[{"code": code} for code in codes])
        with pytest.raises(errors.Refused):
            client.search(period=(date(2026, 1, 1), date(2026, 12, 31)))


def test_partly_found(server, client):
    server.expect("search", json_body={"Errors": [NOTHING], "infoDemandePaiements": [INFO, None, {}]})
    result = client.search(numbers=["A", "B"])
    assert [info.number for info in result.found] == ["A"]
    assert result.errors[0].code == "ERR_RECHERCHE_VIDE" and not result.nothing_found


def test_more_than_ten_go_in_lots(server, client):
    server.expect("search", json_body={"infoDemandePaiements": [INFO]})
    server.expect("search", 400, json_body=[NOTHING])
    ids = [f"d-{index}" for index in range(12)]
    result = client.search(ids=[*ids, "d-0"])
    assert [request.json["idDemandePaiements"] for request in server.received] == [ids[:10], ids[10:]]
    assert len(result.found) == 1 and not result.nothing_found


def test_nothing_found_in_any_lot(server, client):
    for _ in range(2):
        server.expect("search", 400, json_body=[NOTHING])
    assert client.search(numbers=[str(index) for index in range(11)]).nothing_found


def test_search_by_period(server, client):
    server.expect("search", json_body={"infoDemandePaiements": [INFO]})
    client.search(period=(date(2026, 10, 1), date(2026, 10, 31)))
    assert server.received[0].json == {"dateDebut": "2026-10-01T00:00:00Z", "dateFin": "2026-10-31T00:00:00Z"}


def test_search_needs_one_criterion(client):
    for criteria in ({}, {"ids": ["a"], "numbers": ["b"]}, {"ids": ["a"], "period": (date.min, date.max)}):
        with pytest.raises(ValueError):
            client.search(**criteria)
