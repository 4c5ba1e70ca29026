"""JSON as it travels: numbers are read as `Decimal`, so that no cent is lost in a check; bounds keep a reader alive."""

import json
from decimal import Decimal

MOST_CHARACTERS = 40  # of a number
MOST_POWERS = 40  # of ten: far beyond, `Decimal` fails at the next operation, or at once
DEEPEST = 20  # levels
MOST_VALUES = 50_000
_TOO_DEEP = f"the body is nested deeper than {DEEPEST} levels"


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def _bounded(kind):
    """Return a reader of numbers that refuses what would take long to compute with."""

    def read(text):
        exponent = text.lower().partition("e")[2]
        if len(text) > MOST_CHARACTERS or abs(int(exponent or 0)) > MOST_POWERS:
            raise ValueError(f"a number has at most {MOST_CHARACTERS} characters and {MOST_POWERS} powers of ten")
        return kind(text)

    return read


def loads(data):
    """Decode JSON (text, or bytes in UTF-8), every number with a fraction or exponent as `Decimal`.

    :raise ValueError: when it is no JSON (`NaN` and `Infinity` are none), or beyond the bounds of this module; the text
        holds nothing of the data
    """
    try:
        text = data.decode() if isinstance(data, bytes) else data
        value = json.loads(
            text, parse_float=_bounded(Decimal), parse_int=_bounded(int), parse_constant=_refuse_constant
        )
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ValueError("the body is not JSON") from None
    _check(value)
    return value


def _check(value):
    """Check depth, size and characters, level by level: whoever reads on may recurse."""
    level, depth, count = [value], 0, 0
    while level:
        depth, count = depth + 1, count + len(level)
        if depth > DEEPEST:
            raise ValueError(_TOO_DEEP)
        if count > MOST_VALUES:
            raise ValueError(f"the body has more than {MOST_VALUES} values")
        level = [below for one in level for below in _inside(one)]


def _inside(value):
    """Return what a value of JSON holds, one level down.

    :raise ValueError: a text is no Unicode
    """
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("half a character: a surrogate without its other half") from None
    return ()


def _number(value):
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def dumps(value):
    """Encode to JSON; a `Decimal` becomes a number, accents stay."""
    return json.dumps(value, default=_number, ensure_ascii=False)
