"""Payment requests as they come in: docs/api.md §2.3, §7, codes of §5, readings of §9."""

import re

import pytest

DROP = object()
L = "inputPrestations.0"
DEPOSIT = {"mntAcompte": 30, "dateVersementAcompte": "2026-10-20T00:00:00Z"}
# The client is active since 2026-10-20T08:00:00Z, and it is 2026-10-21T08:00:00Z.
REFUSALS = [
    ("ERR_PARTICULIER_INCONNU", {"idClient": "af0be430-908a-11eb-a8b3-0242ac130003"}),
    ("ERR_PARTICULIER_INCONNU", {"dateNaissanceClient": "1980-03-30T00:00:00Z"}),
    ("ERR_LIEN_PARTICULIER_PRESTATAIRE", {"dateDebutEmploi": "2026-10-20T07:59:59Z"}),
    ("ERR_LIEN_PARTICULIER_PRESTATAIRE", {"dateFacture": "2026-10-19T23:59:59Z"}),
    ("ERR_PRESTATAIRE_FACTURATION_INCONNU", {"idTiersFacturation": "INCONNU"}),
    ("ERR_DATE_FUTUR", {"dateFinEmploi": "2026-10-21T08:00:01Z"}),
    ("ERR_DATE_FUTUR", {f"{L}.dateDebutEmploi": "2026-10-20T09:00:00Z", f"{L}.dateFinEmploi": "2026-10-22T00:00:00Z"}),
    ("ERR_DATE_PAIEMENT_AVANT_EXP", DEPOSIT | {"dateVersementAcompte": "2021-12-31T00:00:00Z"}),
    ("ERR_DATE_FIN_AVANT_DATE_DEB", {"dateFinEmploi": "2026-10-20T08:59:59Z"}),
    (
        "ERR_DATE_FIN_AVANT_DATE_DEB",
        {f"{L}.dateDebutEmploi": "2026-10-20T10:00:00Z", f"{L}.dateFinEmploi": "2026-10-20T09:00:00Z"},
    ),
    ("ERR_MONTANT_ACOMPTE", DEPOSIT | {"mntAcompte": 30.01}),
    ("ERR_TOTAL_PRESTATIONS", {"mntFactureTTC": 60.01}),
    ("ERR_MNT_PREST_TTC", {f"{L}.quantite": 2.01}),
    ("ERR_MNT_PREST_HT_TVA", {f"{L}.mntPrestationTVA": 10.01}),
    ("ERR_MNT_PREST_HT_TVA", {f"{L}.mntPrestationHT": 49.99}),
    ("ERR_FORMAT_VALEUR", {"mntFactureHT": 50.001}),
    ("ERR_FORMAT_VALEUR", {f"{L}.mntUnitaireTTC": 30.0001}),
    ("ERR_FORMAT_VALEUR", {f"{L}.quantite": 2.0001}),
    ("ERR_VALEUR_NEGATIVE", {"mntFactureHT": -50}),
    ("ERR_VALEUR_NEGATIVE", {"mntAcompte": -0.01}),
    ("ERR_CODE_NATURE", {f"{L}.codeNature": "ENF"}),
    ("ERR_CODE_NATURE", {f"{L}.codeNature": 270}),
    ("ERR_CODE_NATURE", {f"{L}.codeNature": "105"}),
    ("ERR_CODE_ACTIVITE", {f"{L}.codeActivite": "01"}),
    ("ERR_CODE_ACTIVITE_NATURE", {f"{L}.codeActivite": "30A001"}),
    ("ERR_FORMAT_NUMINTERVENANT", {f"{L}.complement2": "SAP12345678"}),
    ("ERR_FORMAT_NUMINTERVENANT", {f"{L}.complement2": "SIR1234567890123"}),
    ("ERR_FORMAT_NUMINTERVENANT", {f"{L}.complement2": "Mme Martin"}),
    ("ERR_NUMINTERVENANT_MANQUANT", {f"{L}.complement2": DROP}),
    ("ERR_NUMINTERVENANT_MANQUANT", {f"{L}.complement2": ""}),
    ("ERR_NUMINTERVENANT_BLOQUE", {f"{L}.complement2": "SAP000000000"}),
    ("ERREUR_VALIDATION", {"mntAcompte": 30}),
]
# These depend on the provider, the client's state or what was sent before; each has its test below.
BY_CIRCUMSTANCE = {
    "ERR_PRESTATAIRE_EMETTEUR_INCONNU",
    "ERR_ACOMPTE_BLOQUE",
    "ERREUR_GARANTIE_FINANCIERE_NON_CONFORME",
    "ERR_PERIODE_EMPLOI_MOIS_NON_UNIQUE",
    "ERR_NBRE_PREST_MAX",
    "ERR_FACTURE_DOUBLON",
    "ERR_CMPT_BLOQUE",
    "ERR_MANDAT_ECHU",
}
MALFORMED = [
    ({"dateFacture": "2026-10-21T00:00:00+00:00"}, "[0].dateFacture"),
    ({"dateFacture": "2026-10-21T00:00:00"}, "[0].dateFacture"),
    ({"dateFacture": "2026-10-21"}, "[0].dateFacture"),
    ({"dateDebutEmploi": "2026-10-32T00:00:00Z"}, "[0].dateDebutEmploi"),
    ({"dateFinEmploi": DROP}, "[0].dateFinEmploi"),
    ({"dateVersementAcompte": None}, "[0].dateVersementAcompte"),
    ({"dateNaissanceClient": 1980}, "[0].dateNaissanceClient"),
    ({"mntFactureTTC": "60"}, "[0].mntFactureTTC"),
    ({"mntFactureTTC": True}, "[0].mntFactureTTC"),
    ({"mntFactureTTC": 1e30}, "[0].mntFactureTTC"),
    ({"mntFactureHT": DROP}, "[0].mntFactureHT"),
    ({"numFactureTiers": ""}, "[0].numFactureTiers"),
    ({"idTiersFacturation": DROP}, "[0].idTiersFacturation"),
    ({"idClient": None}, "[0].idClient"),
    ({"inputPrestations": []}, "[0].inputPrestations"),
    ({"inputPrestations": DROP}, "[0].inputPrestations"),
    ({"numFacture": "1"}, "[0].numFacture"),
    ({f"{L}.unite": "JOUR"}, "[0].inputPrestations[0].unite"),
    ({f"{L}.unite": DROP}, "[0].inputPrestations[0].unite"),
    ({f"{L}.codeNature": 100.5}, "[0].inputPrestations[0].codeNature"),
    ({f"{L}.codeNature": None}, "[0].inputPrestations[0].codeNature"),
    ({f"{L}.quantite": "2"}, "[0].inputPrestations[0].quantite"),
    ({f"{L}.quantite": DROP}, "[0].inputPrestations[0].quantite"),
    ({f"{L}.mntPrestationTVA": None}, "[0].inputPrestations[0].mntPrestationTVA"),
    ({f"{L}.complement1": 5}, "[0].inputPrestations[0].complement1"),
    ({f"{L}.dateDebutEmploi": "2026-10-20"}, "[0].inputPrestations[0].dateDebutEmploi"),
]


def with_drop(tools, changes):
    return {path: tools.drop if value is DROP else value for path, value in changes.items()}


def test_every_code_of_a_payment_request_can_be_had(tools):
    text = (tools.root / "docs" / "api.md").read_text(encoding="utf-8")
    table = text.split("**Payment request**", 1)[1].split("\n**", 1)[0]
    documented = set(re.findall(r"^\| `(ERR\w+)`", table, re.MULTILINE))
    assert len(documented) == 26
    assert {code for code, _ in REFUSALS} | BY_CIRCUMSTANCE == documented | {"ERREUR_VALIDATION"}


@pytest.mark.parametrize(("code", "changes"), REFUSALS)
def test_refused_inside_a_200(simulator, tools, code, changes):
    request = simulator.request(simulator.client(), **with_drop(tools, changes))
    (item,) = simulator.send(request)
    assert code in tools.codes(item)
    assert tools.codes(item) - {code} <= {"ERR_MNT_PREST_HT_TVA", "ERR_MNT_PREST_TTC", "ERR_TOTAL_PRESTATIONS"}
    assert item.keys() == {"idClient", "numFactureTiers", "errors"}
    assert (item["idClient"], item["numFactureTiers"]) == (request["idClient"], request["numFactureTiers"])
    assert simulator.look("requests") == []


@pytest.mark.parametrize(("changes", "field"), MALFORMED)
def test_malformed_refuses_the_whole_call(simulator, tools, changes, field):
    person_id = simulator.client()
    bad = simulator.request(person_id, **with_drop(tools, changes))
    answer = simulator.send_call(bad, simulator.request(person_id))
    assert tools.codes(answer) == {"ERREUR_VALIDATION"}
    assert [problem["message"] for problem in answer.json()] == [f"Erreur de validation : inputDemandePaiements{field}"]
    assert simulator.look("requests") == []


@pytest.mark.parametrize("payload", [[], {}, "text", 5])
def test_not_an_array_of_requests(simulator, tools, payload):
    assert tools.codes(simulator.call("POST", "/demandePaiement", json=payload)) == {"ERREUR_VALIDATION"}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dateDebutEmploi": "2026-10-20T08:00:00Z", "dateFinEmploi": "2026-10-21T08:00:00Z"},
        {"dateDebutEmploi": "2026-10-20T09:00:00.250Z"},
        {"dateFacture": "2026-10-20T00:00:00Z"},
        DEPOSIT,
        {"mntAcompte": 0},
        {f"{L}.codeNature": 100},
        {f"{L}.codeActivite": "100A001"},
        {f"{L}.complement2": "SIR12345678901234", f"{L}.complement1": "Cours de piano"},
        {f"{L}.unite": "FORFAIT"},
        {f"{L}.quantite": 1.75, f"{L}.mntUnitaireTTC": 34.286},
        {f"{L}.dateDebutEmploi": "2026-10-20T09:00:00Z", f"{L}.dateFinEmploi": "2026-10-20T11:00:00Z"},
        {"mntFactureHT": 49.99},
    ],
)
def test_accepted(simulator, changes):
    request = simulator.request(simulator.client(), **changes)
    (item,) = simulator.send(request)
    assert item.pop("idDemandePaiement")
    assert item == {
        "idClient": request["idClient"],
        "numFactureTiers": request["numFactureTiers"],
        "statut": "10",
        "errors": [],
    }


def test_rounding_is_half_up_on_decimals(simulator, tools):
    # 2.5 × 0.05 = 0.125: half up gives 0.13, a binary float or half even 0.12.
    amounts = {f"{L}.quantite": 2.5, f"{L}.mntUnitaireTTC": 0.05, f"{L}.mntPrestationTVA": 0}
    person_id = simulator.client()

    def priced(cents):
        total = {
            name: cents for name in ("mntFactureTTC", "mntFactureHT", f"{L}.mntPrestationTTC", f"{L}.mntPrestationHT")
        }
        return simulator.request(person_id, **amounts, **total)

    up, down = simulator.send(priced(0.13), priced(0.12))
    assert up["errors"] == []
    assert tools.codes(down) == {"ERR_MNT_PREST_TTC"}


def test_sums_are_decimal(simulator, tools):
    # In binary floats 0.1 + 0.2 is not 0.3.
    line = tools.line | {
        "quantite": 1,
        "mntUnitaireTTC": 0.1,
        "mntPrestationTTC": 0.1,
        "mntPrestationHT": 0.1,
        "mntPrestationTVA": 0,
    }
    double = line | {"quantite": 2, "mntPrestationTTC": 0.2, "mntPrestationHT": 0.2}
    simulator.send_accepted(simulator.client(), inputPrestations=[line, double], mntFactureTTC=0.3, mntFactureHT=0.3)


def test_third_decimal_of_a_unit_price_is_refused_on_option(simulator, tools):
    person_id = simulator.client()
    price = {f"{L}.quantite": 1.75, f"{L}.mntUnitaireTTC": 34.286}
    simulator.steer("options", {"strict_decimals": True})
    (item,) = simulator.send(simulator.request(person_id, **price))
    assert tools.codes(item) == {"ERR_FORMAT_VALEUR"}
    simulator.steer("options", {"strict_decimals": False})
    simulator.send_accepted(person_id, **price)


def test_period_over_two_months(simulator, tools):
    person_id = simulator.client()
    simulator.steer("clock", {"now": "2026-11-10T08:00:00Z"})
    october = {"dateDebutEmploi": "2026-10-31T09:00:00Z", "dateFacture": "2026-11-01T00:00:00Z"}
    within, over = simulator.send(
        simulator.request(person_id, **october, dateFinEmploi="2026-10-31T23:59:59Z"),
        simulator.request(person_id, **october, dateFinEmploi="2026-11-01T00:00:00Z"),
    )
    assert within["errors"] == []
    assert tools.codes(over) == {"ERR_PERIODE_EMPLOI_MOIS_NON_UNIQUE"}


def test_all_errors_of_an_item_at_once(simulator, tools):
    changes = {f"{L}.codeNature": "1", f"{L}.complement2": "x", "dateFinEmploi": "2026-10-20T08:30:00Z"}
    (item,) = simulator.send(simulator.request(simulator.client(), **changes))
    assert tools.codes(item) == {"ERR_CODE_NATURE", "ERR_FORMAT_NUMINTERVENANT", "ERR_DATE_FIN_AVANT_DATE_DEB"}
    where = {problem["code"]: problem["description"] for problem in item["errors"]}
    assert where["ERR_CODE_NATURE"] == "inputDemandePaiements[0].inputPrestations[0].codeNature"


def test_each_item_on_its_own(simulator, tools):
    person_id = simulator.client()
    items = simulator.send(
        simulator.request(person_id),
        simulator.request(person_id, mntFactureTTC=61),
        simulator.request(person_id),
    )
    assert [bool(item["errors"]) for item in items] == [False, True, False]
    assert len(simulator.look("requests")) == 2


def test_ten_at_most(simulator, tools):
    person_id = simulator.client()
    eleven = [simulator.request(person_id) for _ in range(11)]
    assert tools.codes(simulator.send_call(*eleven)) == {"ERR_NBRE_PREST_MAX"}
    assert simulator.look("requests") == []
    assert all(not item["errors"] for item in simulator.send(*eleven[:10]))


def test_numbers_serve_once(simulator, tools):
    person_id = simulator.client()
    request = simulator.request(person_id)
    first, second = simulator.send(request, request)
    assert first["errors"] == [] and tools.codes(second) == {"ERR_FACTURE_DOUBLON"}
    (third,) = simulator.send(request)
    assert tools.codes(third) == {"ERR_FACTURE_DOUBLON"}
    # Still used after the client refused.
    simulator.advance(1)
    simulator.step(first["idDemandePaiement"], "refuse")
    (fourth,) = simulator.send(request)
    assert tools.codes(fourth) == {"ERR_FACTURE_DOUBLON"}


def test_number_of_a_refused_item_stays_free(simulator, tools):
    person_id = simulator.client()
    (refused,) = simulator.send(simulator.request(person_id, numFactureTiers="F1", mntFactureTTC=61))
    assert tools.codes(refused) == {"ERR_TOTAL_PRESTATIONS"}
    simulator.send_accepted(person_id, numFactureTiers="F1")


def test_numbers_are_the_providers_own(simulator):
    person_id = simulator.client()
    simulator.send_accepted(person_id, numFactureTiers="F1")
    other = simulator.other()
    other.register()
    other.step_person(person_id, "activate", client_id="other-client")
    simulator.advance(24)
    dates = {"dateDebutEmploi": "2026-10-21T09:00:00Z", "dateFinEmploi": "2026-10-21T10:00:00Z"}
    other.send_accepted(person_id, numFactureTiers="F1", **dates)


def test_client_of_another_provider(simulator, tools):
    person_id = simulator.client()
    (item,) = simulator.other().send(simulator.request(person_id))
    assert tools.codes(item) == {"ERR_PARTICULIER_INCONNU"}


def test_client_not_active_or_link_broken(simulator, tools):
    person_id = simulator.register()
    simulator.advance(24)
    (item,) = simulator.send(simulator.request(person_id))
    assert tools.codes(item) == {"ERR_LIEN_PARTICULIER_PRESTATAIRE"}
    simulator.step_person(person_id, "activate")
    simulator.step_person(person_id, "break_link")
    (item,) = simulator.send(simulator.request(person_id))
    assert tools.codes(item) == {"ERR_LIEN_PARTICULIER_PRESTATAIRE"}


@pytest.mark.parametrize(
    ("action", "back", "code"),
    [("block", "unblock", "ERR_CMPT_BLOQUE"), ("expire_mandate", "renew_mandate", "ERR_MANDAT_ECHU")],
)
def test_client_blocked_or_mandate_expired(simulator, tools, action, back, code):
    person_id = simulator.client()
    simulator.step_person(person_id, action)
    (item,) = simulator.send(simulator.request(person_id))
    assert tools.codes(item) == {code}
    simulator.step_person(person_id, back)
    simulator.send_accepted(person_id)


@pytest.mark.parametrize(
    ("flag", "changes", "code"),
    [
        ("known", {}, "ERR_PRESTATAIRE_EMETTEUR_INCONNU"),
        ("deposits", DEPOSIT, "ERR_ACOMPTE_BLOQUE"),
        ("guarantee", DEPOSIT, "ERREUR_GARANTIE_FINANCIERE_NON_CONFORME"),
    ],
)
def test_provider_without_a_right(simulator, tools, flag, changes, code):
    person_id = simulator.client()
    credentials = {"client_id": "simulator-client", "client_secret": "simulator-secret"}
    simulator.steer("providers", credentials | {flag: False})
    (item,) = simulator.send(simulator.request(person_id, **changes))
    assert tools.codes(item) == {code}
    simulator.steer("providers", credentials)
    simulator.send_accepted(person_id, **changes)


def test_refusal_ordered_in_advance(simulator, tools):
    person_id = simulator.client()
    simulator.steer("requests/next", {"codes": ["ERR_INCONNU_2027"]})
    first, second = simulator.send(simulator.request(person_id), simulator.request(person_id))
    assert tools.codes(first) == {"ERR_INCONNU_2027"}
    assert second["errors"] == []


def test_unknown_fields_are_dropped_on_option(simulator, tools):
    simulator.steer("options", {"unknown_fields": "ignore"})
    request = simulator.request(simulator.client())
    (item,) = simulator.send(tools.changed(request, {"remarque": "merci", f"{L}.remarque": {"texte": "merci"}}))
    assert simulator.found(item["idDemandePaiement"])["demandePaiement"] == request
