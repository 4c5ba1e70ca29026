"""Splits a French street, as people write it, into what Urssaf wants (docs/api.md §2.1)."""

import re

from .lists import LETTERS, STREET_TYPES

STREET_NAME_LENGTH = 28
LOCALITY_LENGTH = 38

_NUMBER = re.compile(r"([1-9][0-9]{0,3})\s*(bis|ter|quater|quinquies|[BTQC])?(?!\w)[\s,]*", re.IGNORECASE)
_LETTERS = {name: letter for letter, name in LETTERS.items()}
_TYPES = {label.casefold(): code for code, label in STREET_TYPES.items()}


def split_street(street: str) -> dict[str, str]:
    """Give the parts of ``street`` under the names of ``messages.Address``.

    What cannot be split, or would be cut, goes whole into ``locality`` where it fits; otherwise the result is empty,
    and a person has to write the address.
    """
    street = " ".join(street.split())
    parts = {}
    match = _NUMBER.match(street)
    rest = street[match.end() :] if match else street
    if match:
        parts["number"] = match[1]
        if match[2]:
            parts["letter"] = _LETTERS.get(match[2].lower(), match[2].upper())
    kind, _space, name = rest.partition(" ")
    if kind.casefold() in _TYPES and 0 < len(name) <= STREET_NAME_LENGTH:
        return parts | {"street_type": _TYPES[kind.casefold()], "street_name": name}
    return {"locality": street} if 0 < len(street) <= LOCALITY_LENGTH else {}
