"""Titles that stand in a name, and names of two people: what the tax administration does not know them by."""

import re

_MISTER, _MISSIS, _DOCTOR = r"m|mr|monsieur", r"mme|madame|mlle|mademoiselle", r"dr|docteur"
_TITLE = re.compile(
    rf"\s*(?:(?P<mister>{_MISTER})|(?P<missis>{_MISSIS})|{_DOCTOR})(?:\.\s*|\s+)(?=[^\W\d_])", re.IGNORECASE
)
_COUPLE = re.compile(
    rf"\b(?:(?:{_MISTER})\b\.?\s{{0,3}}(?:ou|et|&|/|-|\+)?\s{{0,3}}(?:{_MISSIS})"
    rf"|(?:{_MISSIS})\b\.?\s{{0,3}}(?:ou|et|&|/|-|\+)?\s{{0,3}}(?:{_MISTER}))\b\.?\s*",
    re.IGNORECASE,
)
_AND = re.compile(r"\s(?:ou|et|&|\+)\s", re.IGNORECASE)
#: How a title stands before a name, by Urssaf's code.
WRITTEN = {"1": "M", "2": "Mme"}


def as_holder(title: str, name: str, first_names: str) -> str:
    """Write a person as the holder of an account: title, name, first name.

    :param title: Urssaf's code, maybe empty
    """
    return f"{WRITTEN.get(title, '')} {name} {first_names.partition(' ')[0]}".strip()


def take_title(name: str) -> tuple[str, str] | None:
    """Take the title from the front of a name.

    :return: the title for Urssaf (``1``, ``2``, empty for Dr) and the rest; ``None`` where there is no title
    """
    match = _TITLE.match(name)
    if not match:
        return None
    return "1" if match["mister"] else "2" if match["missis"] else "", name[match.end() :]


def take_couple(name: str) -> str | None:
    """Give what is left of ``M. ou Mme Durand`` without the titles; ``None`` where they are not those of two people."""
    return _COUPLE.sub("", name, count=1).strip() if _COUPLE.search(name) else None


def are_of_two_people(first_names: str) -> bool:
    """Say whether these are first names of two people: ``Jean et Marie``."""
    return bool(_AND.search(first_names)) or take_couple(first_names) is not None
