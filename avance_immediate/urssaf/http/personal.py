"""Finding the values of a person, or of our credentials, in what somebody else wrote: however they write them.

Both sides are compared without case, accents, spaces and signs: ``FR76 3000…``, ``Éric-Antoine`` and ``ERIC ANTOINE``
are found as they come; a day also with its month in words.
"""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .folding import fold, fold_char

MASK = "***"
VALUES_MAX = 100  # of those that a message itself gives about somebody
_LONG = 4  # letters of a word from which it is found inside another one
_DIGITS_LONG = 8  # the same of figures: a short run of them is part of many a longer one
_TITLES = frozenset({"mme", "mlle", "monsieur", "madame", "mademoiselle"})
_MONTHS = [
    names.split()
    for names in (
        "janvier janv january jan",
        "fevrier fevr fev february feb",
        "mars march mar",
        "avril avr april apr",
        "mai may",
        "juin june jun",
        "juillet juil july jul",
        "aout august aug",
        "septembre sept september sep",
        "octobre oct october",
        "novembre nov november",
        "decembre dec december",
    )
]
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T.{0,20})?", re.ASCII)
_ACCOUNT = re.compile(r"[a-z]{2}[0-9]{2}[a-z0-9]{10,30}", re.ASCII)
_PHONE = re.compile(r"(?:0|33|0033)([1-9][0-9]{8})", re.ASCII)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Personal:
    """Values to hide, folded. No representation shows them.

    :param anywhere: hidden wherever they stand
    :param alone: hidden in a text, but in a number or a code only where it is nothing else: a town is in many a number
    """

    anywhere: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()

    @classmethod
    def of(cls, values: Iterable[str]) -> "Personal":
        """Make it of values of which each tells somebody: names, a day (``YYYY-MM-DD``), an e-mail address, an account,
        a telephone number. What each is shows by itself."""
        return cls(frozenset(variant for value in values if value for variant in _variants(value) if len(variant) > 2))

    @classmethod
    def of_places(cls, values: Iterable[str]) -> "Personal":
        """Make it of values that tell somebody together only: the parts of an address, a place of birth."""
        return cls(alone=frozenset(value for value in map(fold, values) if len(value) >= _LONG and not _short(value)))

    @classmethod
    def of_secrets(cls, *secrets: str, pair: tuple[str, str] | None = None) -> "Personal":
        """Make it of secrets, and of what HTTP Basic makes of a ``pair`` of id and secret."""
        texts = [*secrets, *(pair or ()), ":".join(pair or ())]
        packed = (b64encode(text.encode()).decode() for text in texts)
        return cls(frozenset(value for value in map(fold, [*texts, *packed]) if len(value) > 2))

    def __or__(self, other: "Personal") -> "Personal":
        return Personal(self.anywhere | other.anywhere, self.alone | other.alone)

    def __repr__(self) -> str:
        return f"Personal({len(self.anywhere)} and {len(self.alone)} values)"

    def is_in(self, text: str) -> bool:
        """Tell whether one of the values stands in a code, a number or an id."""
        folded, places = _folded(text)
        return folded in self.alone or any(True for _span in _spans(folded, places, self.anywhere))

    def hide(self, text: str) -> str:
        """Give the text with a mask in place of each of the values."""
        folded, places = _folded(text)
        kept: list[str | None] = list(text)
        for first, last in _spans(folded, places, self.anywhere | self.alone):
            kept[first : last + 1] = [None] * (last + 1 - first)
        shown = (MASK if char is None and (i == 0 or kept[i - 1] is not None) else char for i, char in enumerate(kept))
        return "".join(char for char in shown if char is not None)


NOBODY = Personal()


def _short(value: str) -> bool:
    """Tell whether it is the number of a house or of a department, which a number of anything else may be as well."""
    return value.isdigit() and len(value) < 5


def _folded(text: str) -> tuple[str, list[int]]:
    """Give the folded text, and for each character of it the place that it comes from."""
    pieces = [(fold_char(char), place) for place, char in enumerate(text)]
    return "".join(piece for piece, _place in pieces), [place for piece, place in pieces for _char in piece]


def _spans(folded: str, places: list[int], values: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Give the first and last place of each value that is found."""
    for value in values:
        start = folded.find(value)
        while start >= 0:
            end = start + len(value)
            if _stands_alone(value, folded, places, start, end):
                yield places[start], places[end - 1]
            start = folded.find(value, start + 1)


def _stands_alone(value: str, folded: str, places: list[int], start: int, end: int) -> bool:
    """Tell whether what was found is the value, and not the middle of something else: of a short one that is likely."""
    if len(value) >= (_DIGITS_LONG if value.isdigit() else _LONG):
        return True

    def goes_on(place: int, neighbour: int) -> bool:
        is_beside = 0 <= neighbour < len(folded) and abs(places[place] - places[neighbour]) <= 1
        return is_beside and (folded[neighbour].isdigit() or not value.isdigit())

    return not goes_on(start, start - 1) and not goes_on(end - 1, end)


def _variants(value: str) -> Iterator[str]:
    """Give the ways of writing a value, folded."""
    folded = fold(value)
    if match := _DAY.fullmatch(value):
        yield from _days(*match.groups())
    elif "@" in value:
        yield folded
        user = value.partition("@")[0]
        yield fold(user)
        yield from (word for word in map(fold, _WORD.findall(user)) if len(word) >= _LONG and word.isalpha())
    elif _ACCOUNT.fullmatch(folded):
        yield folded
        yield folded[4:]  # without the country and its check digits
        yield folded[14:25]  # the number at the bank
    elif match := _PHONE.fullmatch(folded):
        yield match[1]
    else:
        yield folded
        yield from (word for word in map(fold, _WORD.findall(value)) if word.isalpha() and word not in _TITLES)


def _days(year: str, month: str, day: str) -> Iterator[str]:
    short = year[2:]
    yield from (year + month + day, day + month + year, month + day + year)
    yield from (day + month + short, short + month + day)
    yield f"{int(day)}{int(month)}{year}"
    names = _MONTHS[int(month) - 1] if 1 <= int(month) <= 12 else []
    for name in names:
        yield from (f"{day}{name}", f"{int(day)}{name}", f"{int(day)}er{name}", f"{name}{day}", f"{name}{int(day)}")
