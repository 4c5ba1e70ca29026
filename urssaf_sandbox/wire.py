"""JSON as it travels: numbers are read as `Decimal`, so that no cent is lost in a check."""

import json
from decimal import Decimal


def _refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def loads(text):
    """Decode JSON, every number with a fraction or exponent as `Decimal`.

    :raise ValueError: when it is no JSON (`NaN` and `Infinity` are none)
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)


def _number(value):
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


def dumps(value):
    """Encode to JSON; a `Decimal` becomes a number, accents stay."""
    return json.dumps(value, default=_number, ensure_ascii=False)
