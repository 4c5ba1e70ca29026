"""Repairs that a person can take over with one click, and questions about what is odd (docs/api.md §2.1, §8).

A suggestion is data: which values, from what to what. Nothing is changed here, nothing is logged, and no suggestion
shows what it holds.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from ..http.folding import fold_words, strip_accents
from ..rules.person import age, are_first_names, is_name
from ..tiers_prestation.person_messages import Person
from .days import ADULT
from .suggestions_contact import suggest_bank, suggest_contact
from .suggestions_types import FIX, OPTION, QUESTION, Change, Suggestion, change, value_of
from .titles import are_of_two_people, take_couple, take_title

__all__ = ["FIX", "OPTION", "QUESTION", "Change", "Suggestion", "suggest"]

NAMES = ("birth_name", "usage_name", "first_names")
OLD = 105

_SIGNS = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "_": "-"})
_TITLE_BEHIND = re.compile(r"\s*[(,]\s*(?:m|mr|mme|mlle|monsieur|madame|mademoiselle)\.?\s*\)?\s*$", re.IGNORECASE)
#: Both names in one field, as people give them: ``Durand née Petit``, ``Petit épouse Durand``, ``Petit (vve Durand)``.
_BORN = re.compile(r"(?P<usage>.+?)[\s,(]+n[ée]e\s+(?P<birth>[^()]+?)\s*\)?", re.IGNORECASE)
_MARRIED = re.compile(
    r"(?P<birth>.+?)[\s,(]+(?:[ée]pouse|[ée]p\.?|veuve|vve|mari[ée]e)\s+(?P<usage>[^()]+?)\s*\)?", re.IGNORECASE
)


def suggest(person: Person, *, today: date) -> list[Suggestion]:
    """Give what can be proposed about a registration that is being prepared.

    Each suggestion starts from the values as they are: after one is taken over, ask again.

    :param today: the day in France
    """
    found: list[Suggestion] = []
    for name in NAMES:
        found += _suggest_name(person, name)
    found += _suggest_names_together(person)
    found += _suggest_birth_date(person, today)
    found += suggest_contact(person)
    found += suggest_bank(person)
    return found


# ---------------------------------------------------------------------------------------------------------------------
# Names
# ---------------------------------------------------------------------------------------------------------------------


def _suggest_name(person: Person, name: str) -> Iterator[Suggestion]:
    value = value_of(person, name)
    if not value:
        return
    if (rest := take_couple(value)) is not None:
        yield Suggestion("name_couple", name, QUESTION, change(person, name, rest) if rest else ())
    elif name == "first_names" and are_of_two_people(value):
        yield Suggestion("name_couple", name, QUESTION)
    elif found := _without_title(value):
        title, rest = found
        move = change(person, "title", title) if title and not person.title else ()
        # A title that contradicts the one that was chosen may be the right one of the two.
        kind = QUESTION if title and person.title not in ("", title) else FIX
        yield Suggestion("name_title", name, kind, change(person, name, rest) + move)
    elif name != "first_names" and (both := _BORN.fullmatch(value) or _MARRIED.fullmatch(value)):
        apart = change(person, "birth_name", both["birth"]) + change(person, "usage_name", both["usage"])
        yield Suggestion("name_married", name, QUESTION, apart)
    else:
        yield from _first_repair(person, name, value)
    plain = strip_accents(value)  # two sources advise it: docs/api.md §8
    if plain != value:
        yield Suggestion("name_accents", name, OPTION, change(person, name, plain))


def _without_title(value: str) -> tuple[str, str] | None:
    if behind := _TITLE_BEHIND.search(value):
        front = value[: behind.start()]
        word = take_title(f"{behind[0].strip(' (),')} {front}")
        return (word[0], front) if front and word else None
    return take_title(value)


def _first_repair(person: Person, name: str, value: str) -> Iterator[Suggestion]:
    """Propose the name fixed whole, under the name of what is wrong first; else its capitals."""
    first_names = name == "first_names"
    is_right = are_first_names if first_names else is_name
    fixed = _single_spaces(_separate(_without_digits(value)) if first_names else _without_digits(value))
    if not is_right(fixed):
        fixed = _without_signs(fixed)
    if fixed == value:
        if _capitals(value) != value:
            yield Suggestion("name_capitals", name, OPTION, change(person, name, _capitals(value)))
    elif is_right(fixed):
        if _without_digits(value) != value:
            code = "name_digits"
        elif first_names and _separate(value) != value:
            code = "name_separators"
        else:
            code = "name_spaces" if _single_spaces(value) == fixed else "name_signs"
        yield Suggestion(code, name, FIX, change(person, name, fixed))


def _without_digits(value: str) -> str:
    return "".join(" " if char.isdigit() else char for char in value)


def _separate(value: str) -> str:
    return re.sub(r"[,;/+|]", " ", value)


def _without_signs(value: str) -> str:
    """Write apostrophes and hyphens plainly, without spaces around, one space elsewhere; leave out every other sign."""
    plain = unicodedata.normalize("NFC", value).translate(_SIGNS)
    plain = _single_spaces("".join(char if char.isalpha() or char in "'-" else " " for char in plain))
    return re.sub(r" ?(['-])[ '-]*", r"\1", plain).strip("'- ")


def _single_spaces(value: str) -> str:
    return " ".join(value.split())


def _capitals(value: str) -> str:
    """Write ``durand`` and ``dURAND`` as names; what has capitals of its own, or capitals only, stays."""
    slipped = value[:1].islower() and value[1:].isupper() and len(value) > 2
    return _title_case(value) if value.islower() or slipped else value


def _title_case(value: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda word: word[0][0].upper() + word[0][1:].lower(), value)


def _suggest_names_together(person: Person) -> Iterator[Suggestion]:
    birth, usage, first = (" ".join(fold_words(value_of(person, name))) for name in NAMES)
    if usage and usage == birth:
        yield Suggestion("usage_name_same", "usage_name", FIX, change(person, "usage_name", ""))
    elif usage and birth:
        swapped = change(person, "birth_name", person.usage_name) + change(person, "usage_name", person.birth_name)
        yield Suggestion("names_swapped", "birth_name", OPTION, swapped)
    for name in {birth, usage} - {""}:
        words, ends = _single_spaces(person.first_names).split(), name.split()
        if first.startswith(f"{name} ") and len(words) > len(ends):
            proposed = " ".join(words[len(ends) :])
        elif first.endswith(f" {name}") and len(words) > len(ends):
            proposed = " ".join(words[: -len(ends)])
        else:
            continue
        yield Suggestion("first_names_hold_name", "first_names", QUESTION, change(person, "first_names", proposed))
        return


# ---------------------------------------------------------------------------------------------------------------------
# Birth date
# ---------------------------------------------------------------------------------------------------------------------


def _suggest_birth_date(person: Person, today: date) -> Iterator[Suggestion]:
    born = person.birth_date
    if born is None:
        return
    years = age(born, today)
    if born > today or years > OLD:
        # A year typed with two digits lands in the wrong century; the 29th of February may not exist there.
        other = born.year - 100 if born > today else born.year + 100
        try:
            proposed = born.replace(year=other)
        except ValueError:
            proposed = None
        sane = proposed is not None and ADULT <= age(proposed, today) <= OLD
        changes = change(person, "birth_date", proposed.isoformat()) if sane else ()
        yield Suggestion("birth_date_century", "birth_date", QUESTION, changes)
    elif years < ADULT:
        yield Suggestion("birth_date_minor", "birth_date", QUESTION)
    until = person.birth_place.country_until
    if until and born > until:
        yield Suggestion("birth_country_gone", "birth_date", QUESTION)
