"""Validation against `contract.yaml`, of what comes in and of what goes out."""

import copy
import re
from datetime import datetime
from functools import cache
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, FormatChecker, validators
from referencing import Registry
from referencing.jsonschema import DRAFT202012

CONTRACT_FILE = Path(__file__).with_name("contract.yaml")
CONTRACT = yaml.safe_load(CONTRACT_FILE.read_text(encoding="utf-8"))
_URI = "urn:urssaf:contract"
_REGISTRY = Registry().with_resource(_URI, DRAFT202012.create_resource(CONTRACT))

_OPERATIONS = {
    description["operationId"]: (path, method)
    for path, item in CONTRACT["paths"].items()
    for method, description in item.items()
}

_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,3})?Z", re.ASCII)
_MAIL_LOCAL = re.compile(r"[-A-Za-z0-9_+]+(?:\.[-A-Za-z0-9_+]+)*")
_MAIL_LABEL = re.compile(r"[A-Za-z0-9-]+")
_NAME_SIGNS = "'- "

_formats = FormatChecker(formats=("uuid",))


class ContractBroken(Exception):
    """The simulator was about to give an answer that its contract forbids. The message names fields, never values."""


@_formats.checks("urssaf-instant")
def is_instant(value):
    """Tell whether `value` is a UTC date and time with its `Z` (docs/api.md §8, §9)."""
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    return not isinstance(value, str) or bool(match and _is_calendar(match.group(1)))


@_formats.checks("urssaf-instant-or-naive")
def is_instant_or_naive(value):
    """As `is_instant`, but the `Z` may lack: only for a search (docs/api.md §2.4)."""
    return not isinstance(value, str) or is_instant(value) or is_instant(value + "Z")


def _is_calendar(text):
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@_formats.checks("urssaf-name")
def is_name(value):
    """Tell whether `value` is a name: letters, apostrophe, hyphen, space; a letter at both ends (docs/api.md §2.1)."""
    if not isinstance(value, str):
        return True
    return (
        bool(value)
        and value[0].isalpha()
        and value[-1].isalpha()
        and all(char.isalpha() or char in _NAME_SIGNS for char in value)
    )


@_formats.checks("urssaf-name-or-empty")
def is_name_or_empty(value):
    """As `is_name`, or empty: for the optional name in use."""
    return value == "" or is_name(value)


@_formats.checks("urssaf-first-names")
def is_first_names(value):
    """Tell whether `value` is a list of first names separated by one space (docs/api.md §2.1)."""
    return not isinstance(value, str) or all(is_name(part) for part in value.split(" "))


@_formats.checks("urssaf-mail")
def is_mail(value):
    """Tell whether `value` is an e-mail address, `+` allowed (docs/api.md §9)."""
    if not isinstance(value, str):
        return True
    local, at, domain = value.partition("@")
    labels = domain.split(".")
    return bool(
        at
        and _MAIL_LOCAL.fullmatch(local)
        and len(labels) > 1
        and all(
            _MAIL_LABEL.fullmatch(label) and not label.startswith("-") and not label.endswith("-") for label in labels
        )
        and labels[-1].isalpha()
    )


def _full_pattern(validator, pattern, instance, schema):
    """`pattern`, but `$` does not let a final line feed through as Python's does."""
    if validator.is_type(instance, "string"):
        yield from Draft202012Validator.VALIDATORS["pattern"](validator, pattern.replace("$", r"\Z"), instance, schema)


_Validator = validators.extend(Draft202012Validator, {"pattern": _full_pattern})


@cache
def _validator(pointer):
    return _Validator({"$ref": f"{_URI}#{pointer}"}, registry=_REGISTRY, format_checker=_formats)


@cache
def _answer_pointer(operation, status):
    path, method = _OPERATIONS[operation]
    answer = CONTRACT["paths"][path][method]["responses"].get(str(status))
    if answer is None:
        raise ContractBroken(f"status {status} is not declared for {operation}")
    pointer = f"/paths/{path.replace('/', '~1')}/{method}/responses/{status}"
    if "$ref" in answer:
        pointer = answer["$ref"][1:]
        answer = CONTRACT["components"]["responses"][pointer.rsplit("/", 1)[1]]
    return pointer + "/content/application~1json/schema" if "content" in answer else None


def input_errors(schema, payload, unknown_fields="refuse"):
    """Compare a received `payload` with the schema called `schema`.

    :param str unknown_fields: ``"refuse"`` or ``"ignore"`` what the contract does not know (docs/api.md §9)
    :return: list of ``(path, keyword)``: path is a tuple of keys and indexes down to the faulty field, keyword the
        JSON Schema keyword that failed; sorted by path, without any value
    """
    found = []
    for failure in _validator(f"/components/schemas/{schema}").iter_errors(payload):
        path = tuple(failure.absolute_path)
        if failure.validator == "required":
            missing = [name for name in failure.validator_value if name not in failure.instance]
            found += [(path + (name,), "required") for name in missing]
        elif failure.validator == "additionalProperties":
            if unknown_fields == "refuse":
                known = failure.schema["properties"]
                found += [(path + (name,), "unknown") for name in failure.instance if name not in known]
        else:
            found.append((path, failure.validator))
    return sorted(set(found), key=lambda entry: [str(part) for part in entry[0]])


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
    pointer = _answer_pointer(operation, status)
    if pointer is None:
        if payload is not None:
            raise ContractBroken(f"{operation} {status} must have no body")
        return
    for failure in _validator(pointer).iter_errors(payload):
        where = "/".join(str(part) for part in failure.absolute_path)
        raise ContractBroken(f"{operation} {status}: {where or 'body'} fails {failure.validator}")


def field_name(root, path):
    """Return the name of a field as error messages give it: ``inputDemandePaiements[0].dateFacture``."""
    name = root
    for part in path:
        name += f"[{part}]" if isinstance(part, int) else f".{part}"
    return name
