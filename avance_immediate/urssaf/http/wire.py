"""Values as Urssaf writes them: dates, numbers, and objects without their empty keys (docs/api.md §2 and §8)."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from .forms import is_id

_MOMENT = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2}))?")


def moment_to_wire(value: date | datetime | None) -> str | None:
    """Write a day as ``YYYY-MM-DDT00:00:00Z``, a moment as ``YYYY-MM-DDTHH:MM:SSZ``.

    Urssaf wants the ``Z`` and refuses ``+00:00`` (docs/api.md §8), while it reads the digits as the time in France:
    a moment is a naive wall clock of Europe/Paris.

    :raise ValueError: the moment has a time zone
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError("a moment is a naive wall clock of Europe/Paris")
        return f"{value:%Y-%m-%dT%H:%M:%S}Z"
    return f"{value.isoformat()}T00:00:00Z"


def moment_from_wire(value) -> date | datetime | None:
    """Read what :func:`moment_to_wire` writes: a day at midnight, a naive moment otherwise; ``None`` if unreadable."""
    match = _MOMENT.match(value) if isinstance(value, str) else None
    if not match:
        return None
    parts = [int(part) for part in match.groups(default="0")]
    try:
        return datetime(*parts) if any(parts[3:]) else date(*parts[:3])
    except ValueError:
        return None


def day_from_wire(value) -> date | None:
    """Read a day, whatever time of the day stands behind it; ``None`` if absent or unreadable."""
    moment = moment_from_wire(value)
    return moment.date() if isinstance(moment, datetime) else moment


def number_to_wire(value: Decimal | None) -> int | float | None:
    """Give the JSON number that reads exactly as this decimal.

    :raise ValueError: no JSON number as Python writes them is equal to it
    """
    if value is None:
        return None
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    if Decimal(repr(number)) != value:
        raise ValueError("a number with more digits than JSON carries")
    return number


def number_from_wire(value) -> Decimal | None:
    """Read a JSON number, or a number in a string, without a trace of binary; ``None`` if absent or unreadable."""
    if value is None or isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def text_from_wire(value) -> str:
    """Read a text; a number becomes its digits (some codes come as numbers), what is absent an empty string."""
    return storable(str(value)).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def id_from_wire(value) -> str:
    """Read an id; what is absent, or cannot be an id that is kept and sent again, becomes an empty string."""
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    return text if is_id(text) else ""


def storable(text: str) -> str:
    """Take out what JSON can escape but no database keeps: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_legible(value) -> bool:
    """Tell whether a value that comes as a text has nothing but characters that can be seen, and spaces.

    What else is in a code (NUL, a line feed, a character without width) makes of it another one, once it is left out.
    """
    return not isinstance(value, str) or value.isprintable()


def object_from_wire(value) -> dict:
    """Read an object; what is absent, null or something else becomes an empty one."""
    return value if isinstance(value, dict) else {}


def objects_from_wire(value) -> list[dict]:
    """Read a list of objects; what is no object in it, or no list at all, is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def without_empty(data: dict) -> dict:
    """Drop the keys whose value is ``None``, an empty string or an empty object (docs/api.md §2.1)."""
    return {key: value for key, value in data.items() if value is not None and value != "" and value != {}}
