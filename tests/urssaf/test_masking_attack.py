"""Whatever an answer looks like: what tells a person, or our secret, comes out of no account, error or log line."""

import json
import logging
import time
import unicodedata
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from urssaf.http import errors
from urssaf.http.answer import Answer
from urssaf.http.call_log import describe, report
from urssaf.http.personal import NOBODY, Personal
from urssaf.http.tokens import read_token
from urssaf.tiers_prestation import readers
from urssaf.tiers_prestation.api import TIERS_PRESTATION

mask, mask_text = TIERS_PRESTATION.masking.mask, TIERS_PRESTATION.masking.text

SECRET, CLIENT_ID = "Zq7/wK+secrét", "client-of-zorglub"
BASIC = "Y2xpZW50LW9mLXpvcmdsdWI6WnE3L3dLK3NlY3LDqXQ="
CREDENTIALS = (SECRET, CLIENT_ID, BASIC)
TOLD = ("Brûlé-Żółkiewski", "Cœurdoux", "Ève Noëlle", "1980-03-29", "eve.bruleur@contact.fr", "0605040302")
IBAN = "FR7630006000011234567890189"
HIDE = Personal.of([*TOLD, IBAN]) | Personal.of_secrets(pair=(CLIENT_ID, SECRET))
#: What the client's comment says is nobody's to know, and nobody told the client of the API.
COMMENT = "Hospitalisée depuis chimiothérapie"

#: How somebody may write each of them, and what must then not be found (letters and figures alone, without accents).
SPELLINGS = {
    "Brûlé-Żółkiewski": "brulezolkiewski",
    "BRULE ZOLKIEWSKI": "brulezolkiewski",
    "Z\u0307o\u0301łkiewski": "zolkiewski",
    "CŒURDOUX": "coeurdoux",
    "Coeurdoux": "coeurdoux",
    "NOELLE": "noelle",
    "Noe\u0308lle": "noelle",
    "ＮＯＥＬＬＥ": "noelle",
    "29/03/80": "290380",
    "1980-03-29": "19800329",
    "29.03.1980": "29031980",
    "29 mars 1980": "29mars",
    "29-MARS-1980": "29mars",
    "19800329": "19800329",
    "Eve.Bruleur@Contact.fr": "bruleur",
    "eve%2Ebruleur%40contact%2Efr": "bruleur",
    "06 05 04 03 02": "0605040302",
    "+33605040302": "605040302",
    IBAN: IBAN.lower(),
    "FR76 3000 6000 0112 3456 7890 189": IBAN.lower(),
    "30006.00001.12345678901.89": IBAN[4:].lower(),
    SECRET: "zq7wksecret",
    CLIENT_ID: "clientofzorglub",
    BASIC: "y2xpzw50lw9mlxpvcmdsdwi6wne3l3dlk3nly3ldqxq",
    COMMENT: "chimiotherapie",
}
FRAMES = ("{}", "Compte de {} refusé", "ERR_{}", "x{}x", "{}\n2026-01-01 INFO forged", "'{}'", "<b>{}</b>", "INV/{}/1")

planted = st.builds(str.format, st.sampled_from(FRAMES), st.sampled_from(sorted(SPELLINGS)))
leaves = planted | st.sampled_from([19800329, 605040302, "ERR_CONTACT", "70", None, "", "INV/2026/00012"])
names = st.sampled_from(sorted(TIERS_PRESTATION.properties.keys)) | planted | st.just("nouveauChamp")
bodies = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=12
)
operations = st.sampled_from(["register", "status", "send", "search", "token"])
READERS = {
    "register": readers.read_registration,
    "status": lambda answer: readers.read_person_status(answer, None),
    "send": lambda answer: readers.read_submissions(answer, ["INV/2026/00012"]),
    "search": readers.read_search,
    "token": read_token,
}


def folded(text):
    plain = unicodedata.normalize("NFKD", text.replace("\\n", " ")).casefold().replace("œ", "oe").replace("ł", "l")
    return "".join(char for char in plain if char.isalnum())


def said_of(caplog, operation, status, body, headers, hide):
    """Give everything that a call with this answer leaves behind."""
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    response = SimpleNamespace(status_code=status, headers=headers)
    answer = Answer.of(TIERS_PRESTATION, operation, response, body, 0.0, hide)
    failure = None
    try:
        READERS[operation](answer)
    except errors.UrssafError as error:
        failure = error
    call = describe(TIERS_PRESTATION, operation, "POST", "/x", None, answer, failure, 1, hide)
    report(call, None)
    return [*caplog.messages, str(vars(call)), f"{failure} {failure!r}", repr(answer)]


def assert_hidden(texts, spellings=SPELLINGS):
    whole = folded("\n".join(texts))
    found = {needle for needle in spellings.values() if needle in whole}
    assert not found, texts
    assert not any("\n" in line for line in texts[:1]), "a line of the log is one line"


ATTACK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@settings(ATTACK, max_examples=300)
@given(
    operation=operations, status=st.sampled_from([200, 400, 500]), body=bodies, header=planted, as_page=st.booleans()
)
def test_nothing_planted_comes_out(caplog, operation, status, body, header, as_page):
    text = f"<html><body>{body}</body></html>" if as_page else json.dumps(body)
    headers = {"x-correlationid": header, "Content-Type": header}
    assert_hidden(said_of(caplog, operation, status, text.encode("utf-8", "replace"), headers, HIDE))


#: Of people whom nobody knows of: an answer about somebody else. What could be a code or a number is told by its form.
PLAIN = {key: value for key, value in SPELLINGS.items() if key not in (*CREDENTIALS, "29-MARS-1980")}
strangers = st.builds(
    str.format, st.sampled_from(("{}", "Compte de {} refusé", "'{}'")), st.sampled_from(sorted(PLAIN))
)
strange_bodies = st.recursive(
    strangers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=12,
)


@settings(ATTACK, max_examples=200)
@given(operation=operations, status=st.sampled_from([200, 400]), body=strange_bodies, header=strangers)
def test_nothing_of_a_stranger_comes_out(caplog, operation, status, body, header):
    headers = {"x-correlationid": header, "Content-Type": header}
    said = said_of(caplog, operation, status, json.dumps(body).encode(), headers, NOBODY)
    assert_hidden(said, {key: value for key, value in PLAIN.items() if value != "290380"})


# --- what must stay readable


def test_the_facts_of_a_report_stay_readable():
    """What Urssaf asks its providers to show: numbers, ids, amounts, days of service, codes, statuses."""
    answer = {
        "errors": [],
        "infoDemandePaiements": [
            {
                "idDemandePaiement": "9b2f6f1c-5c1e-4b0c-8f67-3d5b9a1e7c42",
                "demandePaiement": {
                    "idTiersFacturation": "SAP732829320",
                    "idClient": "AF0BE430-908A-11EB-A8B3-0242AC130003",
                    "numFactureTiers": "FAC-2026-00012",
                    "dateFacture": "2026-10-31T00:00:00Z",
                    "dateDebutEmploi": "2026-10-01T09:30:00.000Z",
                    "mntFactureTTC": 1234567.89,
                    "mntAcompte": 0,
                    "inputPrestations": [
                        {
                            "codeNature": 60,
                            "codeActivite": "100A001",
                            "unite": "HEURE",
                            "quantite": 1.75,
                            "complement1": "Ménage - repassage",
                            "complement2": "SIR73282932000074",
                        }
                    ],
                },
                "statut": {"code": "50", "libelle": "Prélevée"},
                "infoRejet": {"code": "NEW_REASON"},
                "infoVirement": {"mntVirement": 100.1, "dateVirement": "2026-11-02T00:00:00Z"},
            }
        ],
    }
    assert mask("search", answer, HIDE) == answer


@pytest.mark.parametrize("number", ["1", "A", "20260012", "INV/2026/00012", "FA26-0003", "2026-10-001", "F.26.1#2"])
def test_numbers_of_invoices_stay_readable(number):
    assert mask("send", {"numFactureTiers": number}) == {"numFactureTiers": number}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Le prénom comporte 81 caractères, 80 au maximum", "Le prénom comporte 81 caractères, *** au maximum"),
        ("ERREUR_VALIDATION : inputDemandePaiements[0].dateFacture", "ERREUR_VALIDATION : ***[0].dateFacture"),
        ("Deposit at most 50 % of mntFactureTTC", "*** at *** 50 % of mntFactureTTC"),
        ("Appelez le 06 05 04 03 02 ou le 29 mars 1980", "Appelez le *** ou le ***"),
        ("En attente d'échanges", "En attente d'échanges"),
    ],
)
def test_a_message_keeps_its_usual_words(text, kept):
    assert mask_text(text) == kept


# --- what decides stays what decides


SENTENCE = "Compte de DURAND\nERROR forged"


def test_a_code_that_is_none_still_refuses(server, client, person, caplog, exchanges):
    caplog.set_level(logging.DEBUG)
    server.expect("register", 400, json_body=[{"code": SENTENCE, "message": SENTENCE}, {"code": "ERR_CONTACT"}])
    with pytest.raises(errors.Refused) as caught:
        client.register(person)
    assert caught.value.codes == exchanges[0].codes == ("???", "ERR_CONTACT")
    assert "DURAND" not in f"{caught.value} {caught.value!r} {caplog.text} {exchanges}" and "forged" not in caplog.text


@pytest.mark.parametrize(
    ("item", "state"),
    [
        ({"errors": [{"code": SENTENCE}]}, "rejected"),
        ({"statut": "ERR: " + SENTENCE}, "rejected"),
        ({"statut": SENTENCE, "errors": [{"code": "ERR_CONTACT"}]}, "rejected"),
        ({"statut": "12345", "errors": [{"code": "ERR_CONTACT"}]}, "unknown"),
        ({"statut": "10", "idDemandePaiement": "d-1", "errors": [{"code": SENTENCE}]}, "taken"),
        # An id that cannot be kept is not the absence of one: Urssaf may have taken the request in.
        ({"idDemandePaiement": "d\0-1", "errors": [{"code": "ERR_CONTACT"}]}, "unknown"),
        ({"idDemandePaiement": {"id": "d-1"}, "errors": [{"code": "ERR_CONTACT"}]}, "unknown"),
        ({"idDemandePaiement": "d" * 101}, "unknown"),
    ],
)
def test_what_an_item_says_with_what_is_no_code_or_id(server, client, request_of, item, state):
    server.expect("send", json_body=[{"numFactureTiers": "A", **item}])
    (submission,) = client.send([request_of("A")])
    assert {name for name in ("taken", "rejected", "unknown") if getattr(submission, name)} == {state}
    assert SENTENCE not in repr(submission)


@pytest.mark.parametrize("id_client", ["af0b\0e430", "\0", "af0 be430", "af0\nbe430", "é" * 8, "\ud800", "a" * 101])
def test_a_registration_whose_id_cannot_be_kept_is_unknown(server, client, person, id_client):
    server.expect("register", json_body={"idClient": id_client})
    with pytest.raises(errors.OutcomeUnknown):
        client.register(person)


def test_a_status_of_an_id_that_cannot_be_kept_teaches_nothing(server, make_client):
    body = {"idClient": "af0b\0e430", "statut": {"code": "MANDAT_ECHU", "etat": "KO"}}
    server.expect("status", json_body=body)
    with pytest.raises(errors.OutcomeUnknown):
        make_client(read_retries=0).person_status("af0be430")


# --- who is meant, and what others log


def test_the_caller_says_whose_values_a_search_answers_with(server, make_client, exchanges):
    info = {
        "idDemandePaiement": "d-1",
        "demandePaiement": {"numFactureTiers": "NOELLE-1"},
        "statut": {"code": "ERR_BRULE"},
    }
    server.expect("search", json_body={"infoDemandePaiements": [info]})
    make_client(hide=["Brûlé", "Ève-Noëlle"]).search(ids=["d-1"])
    assert not {"NOELLE", "BRULE"} & set(exchanges[0].response_body.replace('"', "-").replace("_", "-").split("-"))


def test_a_status_hides_what_it_says_itself(server, client, exchanges):
    answer = {
        "idClient": "af0be430",
        "nomNaissance": "Brûlé",
        "statut": {"code": "DOSSIER_BRULE", "description": "Client BRULE", "etat": "KO"},
    }
    server.expect("status", json_body=answer)
    client.person_status("af0be430")
    assert "brul" not in exchanges[0].response_body.lower() and '"B***"' in exchanges[0].response_body


def test_a_header_that_cannot_be_read_is_not_quoted(server, client, person, caplog):
    """urllib3 warns of it, with all that it could not read."""
    caplog.set_level(logging.DEBUG)
    server.expect("register", json_body={"idClient": "x"}, headers={"X-Name : Durand": "jeanne.durand@contact.fr"})
    assert client.register(person) == "x"
    traces = [record.exc_text or "" for record in caplog.records]
    assert "durand" not in "\n".join([caplog.text, *traces]).lower()
    assert "Failed to parse headers" in caplog.text


# --- bounded in time


HUGE = {
    "one text": [{"message": "« é" * 1_000_000}],
    "many texts": [{"message": "«" * 800}] * 5000,
    "many quotes": [{"libelle": "a'" * 400}] * 5000,
    "many names": [{"nomNaissance": f"Nom{index} " * 4, "code": f"ERR_A{index}"} for index in range(60_000)],
    "many codes": [{"errors": [{"code": "ERR_QUITE_NEW_ONE"}] * 20}] * 5000,
    "empty lists": [[]] * 1_000_000,
    "masks": [{"message": "* " * 400}] * 5000,
    "digits": [{"description": "1" * 800}] * 5000,
}


@pytest.mark.parametrize("shape", HUGE)
def test_a_huge_answer_is_masked_in_bounded_time_and_size(caplog, shape):
    body = json.dumps(HUGE[shape]).encode()
    started = time.process_time()
    texts = said_of(caplog, "send", 200, body, {}, HIDE)
    assert time.process_time() - started < 15
    assert sum(map(len, texts)) < 10_000_000
