"""No secret and no personal datum leaves in an exchange, an exception, a representation or a log."""

import json
import logging

import pytest

from urssaf.http import errors
from urssaf.tiers_prestation.api import TIERS_PRESTATION

MASKING = TIERS_PRESTATION.masking

IBAN = "FR7630006000011234567890189"
PERSONAL = (
    "Durand",
    "Martin",
    "Eric-Antoine",
    "alain",
    "1980-03-29",
    "29/03/1980",
    "1980",
    "Lyon",
    "0605040302",
    "jeanne",
    "contact.fr",
    "du Soleil",
    "Batiment",
    "Beyssat",
    "69001",
    "69381",
    "BNPAFRPP",
    IBAN,
    IBAN[:-2],
    "s3cret-of-the-tests",
    "token-of-the-tests",
    "token-at-hand",
)
ECHO = (
    "Le client DURAND Eric-Antoine, né le 29/03/1980 (1980-03-29), 'jeanne', jeanne.durand@contact.fr, 06 05 04 03 02, "
    "compte FR76 3000 6000 0112 3456 7890 189, habite rue du Soleil à Lyon"
)


def assert_clean(*texts):
    for text in texts:
        found = [value for value in PERSONAL if value.lower() in text.lower()]
        assert not found, (found, text)


@pytest.fixture
def everything_said(caplog, exchanges):
    """Give all that was logged and reported, whatever the level."""
    caplog.set_level(logging.DEBUG)

    def said():
        return [*caplog.messages, *map(repr, exchanges), *(str(vars(exchange)) for exchange in exchanges)]

    return said


def test_registration_leaves_no_trace(server, make_client, person, everything_said):
    """Urssaf repeats the person in its error, as a whole page and as JSON."""
    client = make_client(signed_in=False)
    server.expect_token()
    server.expect("register", 400, json_body=[{"code": "ERR_CONTACT", "message": ECHO, "description": ECHO}])
    with pytest.raises(errors.Refused) as refused:
        client.register(person)
    server.expect("register", 500, f"<html><h1>Error</h1><p>{ECHO}</p></html>".encode())
    with pytest.raises(errors.OutcomeUnknown) as unknown:
        client.register(person)
    server.expect("register", act="cut")
    with pytest.raises(errors.OutcomeUnknown) as cut:
        client.register(person)
    raised = [caught.value for caught in (refused, unknown, cut)]
    assert_clean(*everything_said(), *map(str, raised), *map(repr, raised), repr(person), repr(person.bank))
    assert not any(error.__cause__ or error.__context__ for error in raised)


def test_status_by_email_leaves_no_trace(server, make_client, everything_said, exchanges):
    """urllib3 logs the address that it calls, and quotes it in its exceptions."""
    client = make_client(signed_in=False, read_retries=0)
    server.expect_token()
    answer = {
        "idClient": "af0be430",
        "nomNaissance": "Durand",
        "prenoms": "Jeanne",
        "statut": {"code": "APPAREILLAGE_VALIDE", "description": "20/10/2026 10:05:00", "etat": "OK"},
    }
    server.expect("status", json_body=answer)
    client.person_status(email="jeanne.durand@contact.fr")
    server.expect("status", act="cut")
    with pytest.raises(errors.OutcomeUnknown) as caught:
        client.person_status(email="jeanne.durand@contact.fr")
    assert_clean(*everything_said(), str(caught.value), repr(caught.value))
    kept = json.loads(exchanges[1].response_body)
    assert (kept["nomNaissance"], kept["statut"]["description"]) == ("D***", "20/10/2026 10:05:00")
    assert exchanges[1].path == "/atp/v1/tiersPrestations/particulier?adresseMail=***"


def test_payment_request_leaves_no_birth_date(server, client, request_of, everything_said, exchanges):
    server.expect("send", json_body=[{"numFactureTiers": "INV/2026/00012", "errors": [{"code": "E", "message": ECHO}]}])
    client.send([request_of()])
    assert not any("1980" in text for text in everything_said())
    assert_clean(repr(request_of()))
    (sent,) = json.loads(exchanges[0].request_body)
    assert sent["numFactureTiers"] == "INV/2026/00012" and sent["mntFactureTTC"] == 35
    assert sent["dateDebutEmploi"] == "2026-10-01T00:00:00Z" and sent["dateNaissanceClient"] == "***"
    assert exchanges[0].codes == ("E",) and exchanges[0].outcome == "ok"


def test_wrong_credentials_leave_no_secret(server, make_client, everything_said, exchanges):
    server.expect("token", 401, json_body={"error": "invalid_client", "error_description": "bad 's3cret-of-the-tests'"})
    with pytest.raises(errors.WrongCredentials) as caught:
        make_client(signed_in=False).check_token()
    assert_clean(*everything_said(), repr(caught.value))
    assert exchanges[0].request_body is None
    assert json.loads(exchanges[0].response_body) == {"error": "invalid_client", "error_description": "bad '***'"}


def test_exchange_tells_the_facts(server, client, exchanges):
    answer = {"infoDemandePaiements": [{"idDemandePaiement": "d-1", "statut": {"code": "70", "libelle": "Payée"}}]}
    server.expect("search", json_body=answer, headers={"x-correlationid": "corr-7"})
    client.search(ids=["d-1"])
    (exchange,) = exchanges
    assert (exchange.operation, exchange.method, exchange.http_status) == ("search", "POST", 200)
    assert (exchange.correlation_id, exchange.outcome, exchange.cause) == ("corr-7", "ok", "")
    assert exchange.duration_ms >= 0
    assert json.loads(exchange.request_body) == {"idDemandePaiements": ["d-1"]}
    assert json.loads(exchange.response_body) == answer


def test_page_is_kept_as_words():
    page = "<html><script>var x = 1</script><h1>Site   en</h1> maintenance " + "a " * 500 + "</html>"
    kept = json.loads(MASKING.page("text/html", page))
    assert kept["text"].startswith("Site en maintenance a a") and len(kept["text"]) == 201
    assert (kept["contentType"], kept["length"]) == ("text/html", len(page))


def test_known_fields_are_kept_and_others_masked():
    data = {
        "code": "ERR_X",
        "numFactureTiers": "INV/1",
        "idClient": "c",
        "mntFactureTTC": 12.5,
        "mntFactureHT": "Durand",
        "dateFacture": "2026-10-31T00:00:00Z",
        "dateVirement": "Durand",
        "iban": IBAN,
        "bic": "BNPAFRPP",
        "titulaire": "Mme Jeanne Martin",
        "nouveauChamp": "Durand",
        "nouveauNombre": 19800329,
        "nouvelObjet": {"code": "ERR_KEPT", "autre": ["Durand", None, ""]},
        "jeanne.durand@contact.fr": 1,
        "access_token": "token-of-the-tests",
        "commentaire": "Montant faux, appelez le 0605040302",
    }
    assert MASKING.mask("search", data) == {
        "code": "ERR_X",
        "numFactureTiers": "INV/1",
        "idClient": "c",
        "mntFactureTTC": 12.5,
        "mntFactureHT": "***",
        "dateFacture": "2026-10-31T00:00:00Z",
        "dateVirement": "***",
        "iban": "***89",
        "bic": "***",
        "titulaire": "M***",
        "***": "***",
        "***2": "***",
        "***3": {"code": "ERR_KEPT", "***": ["***", None, ""]},
        "***4": "***",
        "access_token": "***",
        "commentaire": "***",
    }


def test_kept_field_with_a_personal_value_is_masked():
    hide = MASKING.personal_values({"nomNaissance": "Durand", "adresseMail": "jeanne@contact.fr"})
    assert MASKING.mask("register", {"code": "ERR_DURAND", "libelle": "jeanne@contact.fr"}, hide) == {
        "code": "***",
        "libelle": "***",
    }


def test_only_the_status_keeps_the_day_of_activation():
    data = {"statut": {"description": "Actif depuis le 20/10/2026 10:05:00, tél. 0605040302"}}
    assert MASKING.mask("status", data)["statut"]["description"] == "Actif depuis le 20/10/2026 10:05:00, tél. ***"
    assert "2026" not in MASKING.mask("search", data)["statut"]["description"]


def test_birth_date_is_hidden_where_the_day_of_activation_stands():
    hide = MASKING.personal_values({"dateNaissance": "1980-03-29T00:00:00Z"})
    masked = MASKING.mask("status", {"statut": {"description": "né le 29/03/1980"}}, hide)
    assert "1980" not in masked["statut"]["description"]


def test_path_keeps_ids():
    assert MASKING.path("https://x/y", {"idClient": "af0be430"}) == "/y?idClient=af0be430"
    assert MASKING.path("https://x/y?token=abc") == "/y?token=***"


def test_very_deep_answer_is_masked():
    deep = current = {}
    for _ in range(300):
        current["errors"] = {}
        current = current["errors"]
    current["x"] = "Durand"
    assert "Durand" not in json.dumps(MASKING.mask("search", deep))
