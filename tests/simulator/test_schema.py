"""The reader of JSON Schema: the verdicts of `jsonschema`, over the contract; what it cannot read is refused."""

import copy
import json
import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from simulator.contract import CONTRACT, input_errors, reader, schemas
from simulator.formats import FORMATS
from simulator.schema import Failure, Reader, UnknownRule

URI = "urn:contract"
SCHEMAS = dict(schemas(CONTRACT))
DATES = ["2026-10-20T08:00:00Z", "2026-02-28T08:00:00.123Z", "0001-01-01T00:00:00Z"]
NAMES = ["Durand", "D", "de la Tour-d'Auvergne", "Éloïse", "Ñ"]
BY_FORMAT = {
    "uuid": st.uuids().map(str),
    "urssaf-instant": st.sampled_from(DATES),
    "urssaf-instant-or-naive": st.sampled_from([*DATES, "2026-10-20T08:00:00"]),
    "urssaf-name": st.sampled_from(NAMES),
    "urssaf-name-or-empty": st.sampled_from([*NAMES, ""]),
    "urssaf-first-names": st.sampled_from([*NAMES, "Marie Claire"]),
    "urssaf-mail": st.sampled_from(["marie@exemple.fr", "a.b+c@x-y.exemple.fr"]),
}
# Nearly right, or wrong in each format and bound of the contract.
TEXTS = [
    "",
    " ",
    "\n",
    "a",
    "é" * 300,
    "0" * 40,
    "2026-02-30T08:00:00Z",
    "2026-10-20T08:00:00+02:00",
    "D.",
    "a@b",
    "OK",
]
JUNK = st.one_of(
    st.sampled_from([None, True, False, 0, 1, -1, 1.0, 10**13, -(10**13), Decimal("1.0"), Decimal("1e13"), [], {}]),
    st.sampled_from(TEXTS),
    st.text(max_size=6),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
)


def full_pattern(validator, pattern, instance, schema):
    """`$` does not let a final line feed through as Python's does."""
    pattern = pattern.replace("$", r"\Z")
    yield from Draft202012Validator.VALIDATORS["pattern"](validator, pattern, instance, schema)


def checker():
    made = FormatChecker(formats=("uuid",))  # its own
    for name, check in FORMATS.items():
        if name != "uuid":
            made.checks(name)(lambda value, check=check: not isinstance(value, str) or check(value))
    return made


WHOLE = validators.extend(Draft202012Validator, {"pattern": full_pattern})
REGISTRY = Registry().with_resource(URI, DRAFT202012.create_resource(CONTRACT))
CHECKER = checker()
OURS = reader(CONTRACT)


def theirs(schema, value):
    """What `jsonschema` finds: path and keyword, in its order."""
    # References in a schema that lies inside the document are to the document.
    absolute = json.loads(json.dumps(schema).replace('"$ref": "#', f'"$ref": "{URI}#'))
    found = WHOLE(absolute, registry=REGISTRY, format_checker=CHECKER).iter_errors(value)
    return [(tuple(failure.absolute_path), failure.validator or "false") for failure in found]


def ours(schema, value):
    return [(path, keyword) for path, keyword, _names in OURS.failures(schema, value)]


def good(schema):
    """Give values that a schema allows, but for `oneOf`."""
    if "$ref" in schema:
        return good(OURS.at(schema["$ref"][1:]))
    kind = schema["type"]
    if isinstance(kind, list):
        return st.one_of([good(schema | {"type": one}) for one in kind])
    if kind == "object":
        fields = {name: good(inner) for name, inner in schema["properties"].items()}
        required = {name: fields.pop(name) for name in schema.get("required", ())}
        return st.fixed_dictionaries(required, optional=fields)
    if kind == "array":
        return st.lists(good(schema["items"]), min_size=schema.get("minItems", 0), max_size=2)
    if kind == "string":
        return good_text(schema)
    if kind == "null":
        return st.none()
    low, high = schema.get("minimum", -5), schema.get("maximum", 5)
    numbers = st.integers(low, high)
    return numbers if kind == "integer" else numbers | st.decimals(low, high, places=2)


def good_text(schema):
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    if "pattern" in schema:
        return st.from_regex(re.compile(schema["pattern"], re.ASCII), fullmatch=True)
    if "format" in schema:
        return BY_FORMAT[schema["format"]]
    return st.text(min_size=schema.get("minLength", 0), max_size=schema.get("maxLength", 20))


def places(value, path=()):
    """Give the path of each value inside another, itself too."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*path, key))


def broken(draw, value):
    """Change one thing of a value, anywhere inside it."""
    path = draw(st.sampled_from(list(places(value))))
    if not path:
        return draw(JUNK)
    value = copy.deepcopy(value)
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    there = holder[path[-1]]
    change = draw(st.sampled_from(["drop", "replace", "add"]))
    if change == "drop":
        del holder[path[-1]]
    elif change == "add" and isinstance(there, dict):
        there[draw(st.sampled_from(["x", "Errors", "code"]))] = draw(JUNK)
    elif change == "add" and isinstance(there, list):
        there += [draw(JUNK), *there] * draw(st.sampled_from([1, 6]))
    elif change == "add" and isinstance(there, str):
        holder[path[-1]] = draw(st.sampled_from([there + "\n", there + "é", there * 20, there[:-1], "-" + there]))
    else:
        holder[path[-1]] = draw(JUNK)
    return value


@pytest.mark.parametrize("where", [where for where, schema in SCHEMAS.items() if "$ref" not in schema])
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_same_verdict_as_jsonschema(where, data):
    schema = SCHEMAS[where]
    value = data.draw(good(schema))
    if "oneOf" not in json.dumps(schema) and not any("oneOf" in json.dumps(found) for found in referred(schema)):
        assert ours(schema, value) == []
    for _ in range(4):
        assert ours(schema, value) == theirs(schema, value), value
        value = broken(data.draw, value)


def referred(schema):
    """The schemas that one refers to, directly or not."""
    for pointer in re.findall(r'"\$ref": "#([^"]+)"', json.dumps(schema)):
        yield OURS.at(pointer)
        yield from referred(OURS.at(pointer))


ITEM = {"idClient": "a", "numFactureTiers": "b"}
ERREUR = {"code": "a", "message": "b", "description": "c"}


@pytest.mark.parametrize(
    "item",
    [
        {"errors": []},
        {"errors": [], "idDemandePaiement": "c", "statut": "10"},
        {"errors": [], "idDemandePaiement": "c"},
        {"errors": [ERREUR]},
        {"errors": [ERREUR], "idDemandePaiement": "c", "statut": "10"},
        {"errors": [ERREUR], "statut": "10"},
        {"errors": None},
        {},
    ],
)
def test_one_of_two_ways(item):
    schema = CONTRACT["components"]["schemas"]["OutputDemandePaiement"]
    assert ours(schema, ITEM | item) == theirs(schema, ITEM | item)


@pytest.mark.parametrize("kind", ["object", "array", "string", "number", "integer", "null", ["string", "integer"]])
def test_types(kind):
    for value in ({}, [], "1", 1, 1.0, 1.5, Decimal(1), Decimal("1.5"), True, False, None):
        assert ours({"type": kind}, value) == theirs({"type": kind}, value), value


def test_false_allows_nothing():
    assert list(OURS.failures({"properties": {"a": False}}, {"a": 1})) == [Failure(("a",), "false")]


@pytest.mark.parametrize(
    "rule",
    [
        {"uniqueItems": True},
        {"patternProperties": {"^x": {"type": "string"}}},
        {"exclusiveMinimum": 0},
        {"nullable": True},
        {"not": {"type": "string"}},
        {"$ref": "#/components/schemas/Unknown"},
        {"$ref": "other.json#/a"},
        {"type": "decimal"},
        {"type": ["string", "decimal"]},
        {"format": "date-time"},
        {"additionalProperties": True},
        {"additionalProperties": {"type": "string"}},
        {"enum": ["1", 1]},
        {"const": 1},
        {"minLength": -1},
        {"maximum": "5"},
        {"required": "idClient"},
        {"items": True},
        {"properties": {"a": True}},
        {"properties": {"a": {"items": {"nullable": True}}}},
        {"oneOf": [{"type": "string"}, {"nullable": True}]},
    ],
    ids=json.dumps,
)
@pytest.mark.parametrize("place", ["components", "answer", "parameter"])
def test_what_would_go_unchecked_is_refused(rule, place):
    document = copy.deepcopy(CONTRACT)
    search = document["paths"]["/atp/v1/tiersPrestations/demandePaiement/rechercher"]["post"]
    status = document["paths"]["/atp/v1/tiersPrestations/particulier"]["get"]
    schema = {
        "components": document["components"]["schemas"]["Statut"],
        "answer": search["responses"]["200"]["content"]["application/json"]["schema"],
        "parameter": status["parameters"][0]["schema"],
    }[place]
    schema.pop("properties", None)
    schema.update(rule)
    with pytest.raises(UnknownRule):
        reader(document)


def test_each_schema_of_the_contract_is_checked():
    assert {where.rpartition("/")[2] for where in SCHEMAS} >= set(CONTRACT["components"]["schemas"])
    # Beside these, those that stand in a message or a parameter.
    assert json.dumps(CONTRACT).count('"schema": ') == len(SCHEMAS) - len(CONTRACT["components"]["schemas"])


def test_errors_come_in_one_order():
    payload = [{"numFactureTiers": "", "x": 1, "mntFactureTTC": Decimal("1e13")}]
    errors = input_errors("InputDemandePaiements", payload)
    assert errors == sorted(errors, key=lambda entry: ([str(part) for part in entry[0]], entry[1]))
    assert {((0, "numFactureTiers"), "minLength"), ((0, "x"), "unknown"), ((0, "mntFactureTTC"), "maximum")} <= set(
        errors
    )


def test_pointer_with_a_slash():
    assert Reader({"a/b": {"c~d": 1}}).at("/a~1b/c~0d") == 1
