"""Validation against `contract.json`, of what comes in and of what goes out."""

import copy
import json
from functools import cache
from pathlib import Path

from .schema import Reader

CONTRACT_FILE = Path(__file__).with_name("contract.json")
CONTRACT = json.loads(CONTRACT_FILE.read_text(encoding="utf-8"))

_OPERATIONS = {
    description["operationId"]: (path, method)
    for path, item in CONTRACT["paths"].items()
    for method, description in item.items()
}


class ContractBroken(Exception):
    """The simulator was about to give an answer that its contract forbids. The message names fields, never values."""


def schemas(document, where="contract"):
    """Give each schema of an OpenAPI document with its name: those of its components, and those inside messages."""
    for key, value in document.items():
        if key == "schemas":
            yield from ((f"{where}/{name}", schema) for name, schema in value.items())
        elif key == "schema":
            yield where, value
        elif isinstance(value, dict):
            yield from schemas(value, f"{where}/{key}")
        elif key == "parameters":
            for parameter in value:
                yield from schemas(parameter, f"{where}/{parameter['name']}")


def reader(document):
    """Return the reader of an OpenAPI document.

    :raise simulator.schema.UnknownRule: it has a rule that would go unchecked
    """
    made = Reader(document)
    for where, schema in schemas(document):
        made.check(schema, where)
    return made


_READER = reader(CONTRACT)


@cache
def _answer_schema(operation, status):
    path, method = _OPERATIONS[operation]
    answer = CONTRACT["paths"][path][method]["responses"].get(str(status))
    if answer is None:
        raise ContractBroken(f"status {status} is not declared for {operation}")
    if "$ref" in answer:
        answer = _READER.at(answer["$ref"][1:])
    return answer["content"]["application/json"]["schema"] if "content" in answer else None


def input_errors(schema, payload, unknown_fields="refuse"):
    """Compare a received `payload` with the schema called `schema`.

    :param str unknown_fields: ``"refuse"`` or ``"ignore"`` what the contract does not know (docs/api.md §9)
    :return: list of ``(path, keyword)``: path is a tuple of keys and indexes down to the faulty field, keyword the
        JSON Schema keyword that failed; sorted by path, without any value
    """
    found = []
    for path, keyword, names in _READER.failures(CONTRACT["components"]["schemas"][schema], payload):
        if keyword == "additionalProperties":
            if unknown_fields == "refuse":
                found += [((*path, name), "unknown") for name in names]
        else:
            found.append(((*path, *names), keyword))
    return sorted(set(found), key=lambda entry: ([str(part) for part in entry[0]], entry[1]))


def drop_unknown_fields(schema, payload):
    """Return a copy of `payload` without the fields that the schema called `schema` does not know."""
    payload = copy.deepcopy(payload)
    for path, keyword in input_errors(schema, payload):
        if keyword == "unknown":
            *parents, name = path
            holder = payload
            for part in parents:
                holder = holder[part]
            del holder[name]
    return payload


def check_answer(operation, status, payload):
    """Check what is about to be answered against the contract.

    :param payload: the JSON value, or None for an answer without a body
    :raise ContractBroken: when the contract does not allow it
    """
    schema = _answer_schema(operation, status)
    if schema is None:
        if payload is not None:
            raise ContractBroken(f"{operation} {status} must have no body")
        return
    for path, keyword, _names in _READER.failures(schema, payload):
        where = "/".join(str(part) for part in path)
        raise ContractBroken(f"{operation} {status}: {where or 'body'} fails {keyword}")


def field_name(root, path):
    """Return the name of a field as error messages give it: ``inputDemandePaiements[0].dateFacture``."""
    name = root
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}"
    return name
