"""The contract: valid OpenAPI, as the official Swagger but for what is written down, and kept by the simulator.

`URSSAF_SWAGGER` names the official Swagger (version 1.29.1); without it, the facts drawn from it (`swagger_facts.json`:
names, types, required fields, lengths) stand in. docs/api.md §8 says why patterns and formats are not compared.
"""

import json
import os
from pathlib import Path

import pytest
from openapi_spec_validator import validate
from werkzeug.test import Client

from simulator.contract import CONTRACT, ContractBroken, check_answer, field_name, input_errors

FACTS_FILE = Path(__file__).with_name("swagger_facts.json")
BASE = "/atp/v1/tiersPrestations"
COMPARED = ("type", "minLength", "maxLength", "enum")

CHOSEN_LENGTH = "80 in the newer material (docs/api.md §2.1)"
LIST = "a closed list (docs/api.md §6)"
NOT_EMPTY = "an empty one identifies nothing"
ALWAYS = "the simulator always answers it"
# (definition, field, what differs): why the contract is not as the Swagger. Every entry must be a difference there is.
DIFFERENCES = {
    ("InputParticulierDTO", "nomNaissance", "maxLength"): CHOSEN_LENGTH,
    ("InputParticulierDTO", "nomUsage", "maxLength"): CHOSEN_LENGTH,
    ("InputParticulierDTO", "prenoms", "maxLength"): CHOSEN_LENGTH,
    ("InputParticulierDTO", "adresseMail", "maxLength"): "the longest address there is (RFC 5321)",
    ("InputAdresseDTO", "numeroVoie", "maxLength"): "4 in other material (docs/api.md §2.1)",
    ("InputAdresseDTO", "lettreVoie", "enum"): LIST,
    ("InputPrestation", "codeNature", "type"): "a number passes too (docs/api.md §2.3)",
    ("InputPrestation", "unite", "enum"): LIST,
    ("InputDemandePaiement", "idTiersFacturation", "minLength"): NOT_EMPTY,
    ("InputDemandePaiement", "idClient", "minLength"): NOT_EMPTY,
    ("InputDemandePaiement", "numFactureTiers", "minLength"): NOT_EMPTY,
    ("InputRechercheDemandePaiement", "numFactureTiers", "field"): "newer than that Swagger (docs/api.md §2.4)",
    ("InputRechercheDemandePaiement", "dateDebut", "type"): "null passes (docs/api.md §2.4)",
    ("InputRechercheDemandePaiement", "dateFin", "type"): "null passes (docs/api.md §2.4)",
    ("OutputRechercheDemandePaiement", "Errors", "field"): "the other spelling (docs/api.md §2.4)",
    ("OutputRechercheDemandePaiement", "infoDemandePaiements", "required"): ALWAYS,
    ("OutputDemandePaiement", "idDemandePaiement", "minLength"): NOT_EMPTY,
    ("OutputDemandePaiement", "idClient", "required"): ALWAYS,
    ("OutputDemandePaiement", "numFactureTiers", "required"): ALWAYS,
    ("OutputDemandePaiement", "errors", "required"): ALWAYS,
    ("Erreur", "code", "required"): ALWAYS,
    ("Erreur", "code", "minLength"): ALWAYS,
    ("Erreur", "message", "required"): ALWAYS,
    ("Erreur", "description", "required"): ALWAYS,
    ("InfoDemandePaiement", "idDemandePaiement", "required"): ALWAYS,
    ("InfoDemandePaiement", "demandePaiement", "required"): ALWAYS,
    ("InfoDemandePaiement", "statut", "required"): ALWAYS,
    ("InfoRejet", "code", "required"): ALWAYS,
    ("InfoVirement", "dateVirement", "required"): ALWAYS,
    ("Statut", "code", "required"): ALWAYS,
    ("Statut", "libelle", "required"): ALWAYS,
}


def definition_facts(definitions, resolve):
    """Names, types, required fields and lengths of object definitions; a reference to an object counts as its type."""
    facts = {}
    for name, definition in definitions.items():
        required = definition.get("required", [])
        facts[name] = {
            field: {key: schema[key] for key in COMPARED if key in schema} | {"required": field in required}
            for field, schema in ((field, resolve(raw)) for field, raw in definition.get("properties", {}).items())
        }
    return facts


def operation_facts(paths):
    """Declared answers of each operation, by path below the base."""
    return {
        f"{method.upper()} {path}": sorted(description["responses"])
        for path, item in paths.items()
        for method, description in item.items()
    }


def swagger_facts(swagger):
    def resolve(schema):
        return swagger["definitions"][schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema

    return {
        "operations": operation_facts(swagger["paths"]),
        "definitions": definition_facts(swagger["definitions"], resolve),
    }


def contract_facts():
    schemas = CONTRACT["components"]["schemas"]

    def resolve(schema):
        return schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema

    below = {path.removeprefix(BASE): item for path, item in CONTRACT["paths"].items() if path.startswith(BASE)}
    objects = {name: schema for name, schema in schemas.items() if "properties" in schema}
    return {"operations": operation_facts(below), "definitions": definition_facts(objects, resolve)}


@pytest.fixture
def official():
    """Facts of the official Swagger, from the file itself when it is there."""
    named = os.environ.get("URSSAF_SWAGGER")
    if named:
        return swagger_facts(json.loads(Path(named).read_text(encoding="utf-8")))
    return json.loads(FACTS_FILE.read_text(encoding="utf-8"))


def differences(official, ours):
    for name, fields in official.items():
        for field in fields.keys() | ours[name].keys():
            if field not in fields or field not in ours[name]:
                yield name, field, "field"
                continue
            there, here = fields[field], ours[name][field]
            for key in there.keys() | here.keys():
                if there.get(key) != here.get(key):
                    yield name, field, key


def test_contract_is_valid_openapi():
    assert CONTRACT["openapi"].startswith("3.1")
    validate(CONTRACT)


def test_contract_is_as_the_official_swagger_but_for_what_is_written_down(official):
    assert len(official["definitions"]) == 16
    assert set(differences(official["definitions"], contract_facts()["definitions"])) == set(DIFFERENCES)


def test_operations_are_those_of_the_swagger(official):
    ours = contract_facts()["operations"]
    for operation, statuses in official["operations"].items():
        # Beside the Swagger's, a POST of the wrong content type (docs/api.md §8).
        assert set(ours[operation]) == set(statuses) | {"415"}
    # Newer than that Swagger (docs/api.md §2).
    assert ours.keys() - official["operations"].keys() == {"GET /particulier"}


def test_committed_facts_are_those_of_the_swagger_when_it_is_there(official):
    assert official == json.loads(FACTS_FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("path", "change", "difference"),
    [
        (("Erreur", "code"), {"type": "integer"}, ("Erreur", "code", "type")),
        (("InputAdresseDTO", "codePostal"), {"maxLength": 6}, ("InputAdresseDTO", "codePostal", "maxLength")),
        (("InputAdresseDTO", "codePays"), {"required": False}, ("InputAdresseDTO", "codePays", "required")),
    ],
)
def test_comparison_sees_a_change(official, path, change, difference):
    definition, field = path
    official["definitions"][definition][field] |= change
    found = set(differences(official["definitions"], contract_facts()["definitions"])) ^ set(DIFFERENCES)
    assert found == {difference}


def test_comparison_sees_a_field_more(official):
    official["definitions"]["Statut"]["date"] = {"type": "string", "required": False}
    found = set(differences(official["definitions"], contract_facts()["definitions"])) - set(DIFFERENCES)
    assert found == {("Statut", "date", "field")}


ERREUR = {"code": "ERR_RECHERCHE_VIDE", "message": "Aucun résultat", "description": ""}


@pytest.mark.parametrize(
    ("operation", "status", "payload"),
    [
        ("register", 200, {"idClient": "not a uuid"}),
        ("register", 200, {}),
        ("register", 400, ERREUR),
        ("register", 400, []),
        ("register", 401, [ERREUR]),
        ("register", 418, None),
        ("status", 415, None),
        ("send", 200, []),
        ("send", 200, [{"idClient": "a", "numFactureTiers": "b", "errors": []}]),
        ("send", 200, [{"idClient": "a", "numFactureTiers": "b", "errors": [ERREUR], "idDemandePaiement": "c"}]),
        ("search", 200, {"errors": []}),
        ("search", 200, {"infoDemandePaiements": [{"idDemandePaiement": "a"}]}),
        ("token", 200, {"access_token": "x" * 20, "token_type": "Bearer", "expires_in": "3600", "scope": "x"}),
    ],
)
def test_answers_against_the_contract_are_seen(operation, status, payload):
    with pytest.raises(ContractBroken):
        check_answer(operation, status, payload)


def test_a_breach_is_a_500_told_loudly(tools, monkeypatch, caplog):
    from simulator import app as app_module

    monkeypatch.setattr(app_module, "register", lambda *call: (200, {"idClient": "secret value"}))
    client = Client(app_module.create_app(tools.world()))
    form = {"grant_type": "client_credentials", "scope": "homeplus.tiersprestations"}
    credentials = {"client_id": "simulator-client", "client_secret": "simulator-secret"}
    token = client.post(app_module.TOKEN, data=form | credentials).get_json()["access_token"]
    answer = client.post(f"{app_module.API}/particulier", json={}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 500 and answer.get_json()[0]["code"] == "ERREUR_TECHNIQUE"
    assert client.get("/_simulator/state").get_json()["contract_breaches"] == ["register 200: idClient fails format"]
    assert "broke its own contract" in caplog.text and "secret value" not in caplog.text


def test_an_accident_is_a_500_without_values_in_the_log(tools, monkeypatch, caplog):
    from simulator import app as app_module

    secret = " ".join(("secret", "value"))

    def fail(*call):
        raise RuntimeError(secret)

    monkeypatch.setattr(app_module.oauth, "issue", fail)
    client = Client(app_module.create_app(tools.world()))
    answer = client.post(app_module.TOKEN, data={})
    assert answer.status_code == 500
    assert "RuntimeError" in caplog.text and "secret value" not in caplog.text


def test_errors_name_nested_fields():
    request = {"inputPrestations": [{"unite": "JOUR"}]}
    errors = {(field_name("x", path), keyword) for path, keyword in input_errors("InputDemandePaiements", [request])}
    assert ("x[0].inputPrestations[0].unite", "enum") in errors
    assert ("x[0].inputPrestations[0].quantite", "required") in errors
    assert ("x[0].idClient", "required") in errors


def test_all_codes_are_documented(tools):
    from simulator.codes import ERRORS, IDENTITIES, NATURES, REFUSAL_REASONS, REQUEST_STATUSES, STREET_TYPES

    text = (tools.root / "docs" / "api.md").read_text(encoding="utf-8")
    assert len(ERRORS) == 56 and len(NATURES) == 27 and len(REFUSAL_REASONS) == 11 and len(REQUEST_STATUSES) == 18
    assert len(STREET_TYPES) == 43
    for code in [*ERRORS, *REFUSAL_REASONS]:
        assert f"`{code}`" in text, code
    for code, label in [*NATURES.items(), *REQUEST_STATUSES.items()]:
        assert f"| {code} | {label} |" in text, code
    for code in STREET_TYPES:
        assert f"`{code}` " in text, code
    readme = (tools.root / "avance_immediate" / "simulator" / "README.md").read_text(encoding="utf-8")
    for identity in IDENTITIES:
        assert f"`{identity['word']}`" in readme, identity["word"]
        assert identity.get("code", "ERREUR_TECHNIQUE") in ERRORS
