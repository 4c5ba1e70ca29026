"""JSON Schema (2020-12), as much of it as the contract uses; where that is less than it says, it is refused as a whole.

Odoo has no library for it. The tests compare each verdict with one that has it all.
"""

import re
from numbers import Number
from typing import NamedTuple

from .formats import FORMATS


class UnknownRule(ValueError):
    """A schema says something that is not read here: the messages would go unchecked in it. The text names where."""


class Failure(NamedTuple):
    """What is wrong with a value.

    :ivar path: keys and indexes down to the faulty value
    :ivar keyword: that of the rule that it breaks, ``"false"`` for the schema `false`
    :ivar names: the one field that lacks (``"required"``), those that are unknown (``"additionalProperties"``)
    """

    path: tuple
    keyword: str
    names: tuple = ()


def _is_number(value):
    return isinstance(value, Number) and not isinstance(value, bool)


def _is_integer(value):
    return _is_number(value) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def _is_count(value):
    return _is_integer(value) and value >= 0


def _is_text(value):
    return isinstance(value, str)


def _are_texts(value):
    return isinstance(value, list) and all(map(_is_text, value))


_TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": _is_text,
    "number": _is_number,
    "integer": _is_integer,
    "null": lambda value: value is None,
}

# Of a text, a number or a list: what a value is that the rule speaks of, how it is broken, what the rule may be.
_BOUNDS = {
    "minLength": (_is_text, lambda value, rule: len(value) < rule, _is_count),
    "maxLength": (_is_text, lambda value, rule: len(value) > rule, _is_count),
    "pattern": (_is_text, lambda value, rule: not _matches(value, rule), _is_text),
    "format": (_is_text, lambda value, rule: not FORMATS[rule](value), FORMATS.__contains__),
    "minimum": (_is_number, lambda value, rule: value < rule, _is_number),
    "maximum": (_is_number, lambda value, rule: value > rule, _is_number),
    "minItems": (_TYPES["array"], lambda value, rule: len(value) < rule, _is_count),
    "maxItems": (_TYPES["array"], lambda value, rule: len(value) > rule, _is_count),
    # Of any value; texts alone, as 1 and 1.0 and true would be another matter.
    "enum": (lambda value: True, lambda value, rule: value not in rule, _are_texts),
    "const": (lambda value: True, lambda value, rule: value != rule, _is_text),
}
_ANNOTATIONS = {"description"}


def _matches(text, pattern):
    # `$` does not let a final line feed through as Python's does.
    return re.search(pattern.replace("$", r"\Z"), text) is not None


class Reader:
    """Compares values with the schemas of a document.

    :param dict document: decoded JSON; each reference in it is to itself
    """

    def __init__(self, document):
        self._document = document
        self._structure = {
            "$ref": self._ref,
            "type": self._type,
            "required": self._required,
            "properties": self._properties,
            "additionalProperties": self._additional_properties,
            "items": self._items,
            "oneOf": self._one_of,
        }

    def at(self, pointer):
        """Return what a JSON pointer of the document leads to, without its `#`.

        :raise LookupError: it leads nowhere
        """
        found = self._document
        for part in pointer.split("/")[1:]:
            found = found[part.replace("~1", "/").replace("~0", "~")]
        return found

    def failures(self, schema, value, path=()):
        """Give the `Failure` of each rule that `value` breaks, in the order of the schema.

        :param schema: one that `check` was content with
        """
        if schema is False:
            yield Failure(path, "false")
            return
        for keyword, rule in schema.items():
            if keyword in self._structure:
                yield from self._structure[keyword](rule, value, path, schema)
            elif keyword in _BOUNDS:
                concerns, is_broken, _rule_is = _BOUNDS[keyword]
                if concerns(value) and is_broken(value, rule):
                    yield Failure(path, keyword)

    def _ref(self, rule, value, path, _schema):
        yield from self.failures(self.at(rule[1:]), value, path)

    @staticmethod
    def _type(rule, value, path, _schema):
        if not any(_TYPES[name](value) for name in ([rule] if _is_text(rule) else rule)):
            yield Failure(path, "type")

    @staticmethod
    def _required(rule, value, path, _schema):
        if isinstance(value, dict):
            yield from (Failure(path, "required", (name,)) for name in rule if name not in value)

    def _properties(self, rule, value, path, _schema):
        if isinstance(value, dict):
            for name, schema in rule.items():
                if name in value:
                    yield from self.failures(schema, value[name], (*path, name))

    @staticmethod
    def _additional_properties(_rule, value, path, schema):
        if isinstance(value, dict):
            unknown = tuple(name for name in value if name not in schema.get("properties", {}))
            if unknown:
                yield Failure(path, "additionalProperties", unknown)

    def _items(self, rule, value, path, _schema):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.failures(rule, item, (*path, index))

    def _one_of(self, rule, value, path, _schema):
        if sum(not any(self.failures(schema, value)) for schema in rule) != 1:
            yield Failure(path, "oneOf")

    def check(self, schema, where):
        """Refuse a schema that says anything which is not read here.

        :param where: how the error calls it
        :raise UnknownRule: a keyword, or what it says, is not known
        """
        if schema is False:
            return
        if not isinstance(schema, dict):
            raise UnknownRule(f"{where}: an object or false")
        for keyword, rule in schema.items():
            if not self._is_known(keyword, rule):
                raise UnknownRule(f"{where}: {keyword} {rule!r}")
        for name, inner in _inner_schemas(schema):
            self.check(inner, f"{where}/{name}")

    def _is_known(self, keyword, rule):
        if keyword in _BOUNDS:
            _concerns, _is_broken, rule_is = _BOUNDS[keyword]
            return rule_is(rule)
        if keyword == "$ref":
            return _is_text(rule) and rule.startswith("#/") and self._leads_somewhere(rule[1:])
        if keyword == "type":
            return (_is_text(rule) or _are_texts(rule)) and set([rule] if _is_text(rule) else rule) <= _TYPES.keys()
        if keyword == "additionalProperties":
            return rule is False
        if keyword == "required":
            return _are_texts(rule)
        kinds = {"properties": dict, "items": dict, "oneOf": list}
        return keyword in _ANNOTATIONS or isinstance(rule, kinds.get(keyword, ()))

    def _leads_somewhere(self, pointer):
        try:
            return isinstance(self.at(pointer), dict)
        except LookupError:
            return False


def _inner_schemas(schema):
    yield from schema.get("properties", {}).items()
    yield from ((f"oneOf {index}", inner) for index, inner in enumerate(schema.get("oneOf", ())))
    if "items" in schema:
        yield "items", schema["items"]
