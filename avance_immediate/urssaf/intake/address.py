"""Reads a French address, as people write it, into the fields that Urssaf wants (docs/api.md §2.1).

Nothing is cut silently: what has no field of its own goes to the complement or to the *lieu-dit*, what is too long is
shortened by the postal rules, and what still does not fit is given back with a warning.
"""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from ..http.folding import fold_in_place
from ..tiers_prestation.lists import LETTERS, WRITTEN_STREET_TYPES
from ..tiers_prestation.person_messages import Address
from .address_fit import abbreviate, share_lines, take_words
from .address_marks import (
    BEHIND,
    FLOOR_END,
    LOCALITY_START,
    LOCALITY_WORD,
    LOT_NUMBER,
    MARK,
    NUMBER,
    REPETITION,
    SIGNS,
    TYPE,
    TYPE_NAMES,
    UNIT,
    UNIT_START,
    UNIT_WORD_END,
    WITHOUT_CODE,
)
from .address_town import take_town
from .address_words import (
    AMBIGUOUS_SPELLINGS,
    FALSE_FRIENDS,
    GROUP_SPELLINGS,
    STREET_SPELLINGS,
    TYPES_WITHOUT_CODE,
    WHOLE_WORDS,
)
from .fields import CITY_MAX, STREET_MAX

FIELDS = ("number", "letter", "street_type", "street_name", "complement", "locality", "zip", "city")

# What a person should look at; the words are in ``catalogue.suggestions``.
WARNINGS = (
    "address_number_moved",  # more than a number and bis, ter…: the whole is in the complement
    "address_abbreviated",  # words were shortened
    "address_street_whole",  # the street is in the lieu-dit: no type, or one without a code
    "address_spread",  # a line goes on in another field
    "address_cut",  # ``leftover`` fits nowhere
    "address_cedex",  # taken off the town; the postal code may be that of a CEDEX
)


@dataclass(frozen=True, repr=False)
class SplitAddress:
    """An address in Urssaf's fields, what fits in none of them, and what a person should look at (``WARNINGS``)."""

    number: str = ""
    letter: str = ""
    street_type: str = ""
    street_name: str = ""
    complement: str = ""
    locality: str = ""
    zip: str = ""
    city: str = ""
    leftover: str = ""
    warnings: tuple[str, ...] = ()

    def values(self) -> dict[str, str]:
        """Give the fields under the names of ``messages.Address``, the empty ones too."""
        return {name: getattr(self, name) for name in FIELDS}


def split_address(street: str, street2: str = "", zip_code: str = "", city: str = "") -> SplitAddress:
    """Read the lines of a postal address.

    :param street: first line, as on a letter: ``12 bis, rue du Général-de-Gaulle``
    :param street2: further lines, if any
    :param zip_code: postal code, and ``city`` the town, as they are known; both may stand at the end of the street
    """
    segments = [segment for line in (street, street2) for segment in _segments(line)]
    segments, zip_code, city, cedex = take_town(_without_repeats(segments), zip_code, city)
    parts = _Parts.sort(segments)
    fields, pieces, warnings = parts.street_fields()
    complement, locality, leftover, more = share_lines(*pieces)
    city, city_rest = take_words(city, CITY_MAX)
    leftover = " ".join(filter(None, (leftover, city_rest)))
    found = warnings | more | ({"cut"} if city_rest else set()) | ({"cedex"} if cedex else set())
    return SplitAddress(
        **fields,
        complement=complement,
        locality=locality,
        zip=zip_code,
        city=city,
        leftover=leftover,
        warnings=tuple(code for code in WARNINGS if code.removeprefix("address_") in found),
    )


def write_street(address: Address) -> str:
    """Write the parts of an address as one line, which splits into the same parts again."""
    if not address.street_name:
        return address.locality
    kind = WRITTEN_STREET_TYPES.get(address.street_type, address.street_type)
    letter = LETTERS.get(address.letter)
    return " ".join(filter(None, (address.number, letter, kind, address.street_name)))


# ---------------------------------------------------------------------------------------------------------------------
# Lines
# ---------------------------------------------------------------------------------------------------------------------

_BREAK = re.compile(r"[;\n\r|()\[\]]|(?<!\d),|,(?!\d)| - ")


def _segments(line: str) -> list[str]:
    """Cut a line at its commas, dashes and brackets; a number stays with what follows it."""
    line = unicodedata.normalize("NFKC", (line or "").translate(SIGNS))
    line = re.sub(rf"\(\s*({REPETITION})\s*\)", r"\1", line, flags=re.IGNORECASE)
    line = re.sub(r"\b([dl])'\s+", r"\1'", line, flags=re.IGNORECASE)
    segments, separator = [], ""
    for part in re.split(f"({_BREAK.pattern})", line):
        if _BREAK.fullmatch(part):
            separator = part
            continue
        part = " ".join(part.split()).strip(" .:-,")
        if segments and part and NUMBER.fullmatch(fold_in_place(segments[-1])) and not _is_unit(part):
            between = separator if part[0].isdigit() else " "
            segments[-1] = f"{segments[-1]}{between}{part}"
        elif part:
            segments.append(part)
    return segments


def _without_repeats(segments: list[str]) -> list[str]:
    """Leave out what was typed twice, as in both lines; a lone word or number may be meant twice."""
    return [text for place, text in enumerate(segments) if " " not in text or text not in segments[:place]]


# ---------------------------------------------------------------------------------------------------------------------
# Words
# ---------------------------------------------------------------------------------------------------------------------


def _is_unit(text: str) -> bool:
    return bool(UNIT_START.match(fold_in_place(text)))


def _type_code(word: str, *, stop: bool, number: bool) -> tuple[str, bool]:
    """Give the code of a type of street, and whether it names a group of dwellings; empty where it is none."""
    if word in GROUP_SPELLINGS:
        return GROUP_SPELLINGS[word], True
    if word in STREET_SPELLINGS:
        known = number or stop or word not in AMBIGUOUS_SPELLINGS
        return (STREET_SPELLINGS[word], False) if known else ("", False)
    if number and len(word) > 2 and word not in FALSE_FRIENDS and not re.match("|".join(TYPES_WITHOUT_CODE), word):
        if guess := _misspelt_type(word):
            return (STREET_SPELLINGS.get(guess) or GROUP_SPELLINGS[guess]), guess in GROUP_SPELLINGS
    return "", False


def _misspelt_type(word: str) -> str:
    """Give the type that has the same letters after the same first one, or nearly the same; empty if there is none."""
    for guess in WHOLE_WORDS:
        if word[0] == guess[0] and sorted(word) == sorted(guess):
            return guess
    guesses = difflib.get_close_matches(word, WHOLE_WORDS, n=1, cutoff=0.83) if len(word) > 3 else []
    return guesses[0] if guesses else ""


# ---------------------------------------------------------------------------------------------------------------------
# Street
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class _Street:
    """One reading of a segment as a street; of several the one with the lowest ``rank`` is the best."""

    rank: int
    before: str = ""  # what stands before it in the segment
    number: str = ""  # as typed: "n° 12 bis"
    type_word: str = ""
    type_code: str = ""
    name: str = ""
    after: tuple[str, ...] = ()


def _read_street(segment: str) -> _Street | None:
    """Read a segment as a street, whether it looks like one or not; ``None`` where it cannot be one."""
    folded = fold_in_place(segment)
    number = NUMBER.match(folded)
    start = number.end() if number else 0
    street = _typed_street(segment, start, segment[: number.end()] if number else "", "")
    if street and street.rank < 5:
        return street
    if inner := _inner_street(segment) or street:
        return inner
    first, *after = _pieces(segment)
    if number and not re.match(UNIT, folded[start:]) and fold_in_place(first) != number[0].strip():
        return _Street(3, name=first, after=tuple(after))
    if WITHOUT_CODE.match(folded):
        return _Street(4, name=first, after=tuple(after))
    return None


def _typed_street(segment: str, start: int, number: str, before: str) -> _Street | None:
    match = TYPE.match(fold_in_place(segment), start)
    if not match:
        return None
    code, group = _type_code(match["word"], stop=bool(match["stop"]), number=bool(number))
    if not code or LOT_NUMBER.match(fold_in_place(segment), start):
        return None
    name, *after = _pieces(segment[match.end() :])
    if behind := None if number else BEHIND.search(fold_in_place(name)):
        number, name = name[behind.start() :].strip(), name[: behind.start()]
    rank = 0 if number and not group else 1 if not group else 2 if number else 5
    word = segment[match.start() : match.end()].strip()
    return _Street(rank, before, number.strip(" ,.:"), word, code, name, tuple(after))


def _inner_street(segment: str) -> _Street | None:
    """Find a street behind something else: ``Résidence du Parc 12 rue des Lilas``."""
    folded = fold_in_place(segment)
    for match in re.finditer(rf"\s(?=\d|(?:{TYPE_NAMES})\.?\s)", folded):
        before, place = folded[: match.start()], match.end()
        number = NUMBER.match(folded, place)
        word = TYPE.match(folded, number.end() if number else place)
        if not word or word["word"] not in STREET_SPELLINGS or len(word["word"]) < 2:
            continue
        if number and UNIT_WORD_END.search(before) and not FLOOR_END.search(before):
            return _typed_street(segment, number.end(), "", segment[: number.end()].strip(" ,"))
        if number or _is_unit(segment) and not re.search(r"\b(?:de|du|des|la|le|les|a|aux|et|sur)$", before):
            start = number.end() if number else place
            return _typed_street(segment, start, segment[place:start], segment[: match.start()])
    return None


def _pieces(text: str) -> list[str]:
    """Cut before each word that begins a unit or a locality."""
    folded = fold_in_place(text)
    places = [match.start() for match in MARK.finditer(folded) if not NUMBER.fullmatch(folded[: match.start()])]
    return [text[start:end].strip() for start, end in zip([0, *places], [*places, len(text)], strict=True)]


@dataclass(frozen=True, repr=False)
class _Parts:
    """The segments of an address, sorted."""

    street: _Street | None
    complement: Sequence[str]
    locality: Sequence[str]

    @classmethod
    def sort(cls, segments: list[str]) -> "_Parts":
        readings = [(index, street) for index, segment in enumerate(segments) if (street := _read_street(segment))]
        index, street = min(readings, key=lambda reading: reading[1].rank, default=(None, None))
        pieces = []
        for place, segment in enumerate(segments):
            if place != index:
                number = street and street.type_code and not street.number and NUMBER.fullmatch(fold_in_place(segment))
                if number:
                    street = _Street(**{**vars(street), "number": segment})
                else:
                    pieces += _pieces(segment)
            elif street:
                pieces += [*(_pieces(street.before) if street.before else ()), *street.after]
        return cls(street, *_sort_pieces(pieces, has_street=street is not None))

    def street_fields(self) -> tuple[dict[str, str], tuple[Sequence[str], Sequence[str]], set[str]]:
        """Give the four fields of the street, the pieces of both free lines, and the warnings."""
        street = self.street
        if not street:
            return {}, (self.complement, self.locality), set()
        lone = " ".join(filter(None, (street.number, street.type_word, street.name)))
        if not street.type_code:
            return {}, ([*self.complement, *self.locality], [lone]), {"street_whole"}
        fields, moved = _read_number(street.number)
        complement = [*moved, *self.complement]
        warnings = {"number_moved"} if moved else set()
        name = abbreviate(street.name, STREET_MAX)
        if name is None and len(lone) <= 38:
            return {}, ([*self.complement, *self.locality], [lone]), {"street_whole"}
        if name is None:
            name, rest = take_words(street.name, STREET_MAX)
            complement, warnings = [rest, *complement], warnings | {"spread"}
        elif name != street.name:
            warnings.add("abbreviated")
        fields |= {"street_type": street.type_code, "street_name": name}
        return fields, (complement, self.locality), warnings


def _read_number(text: str) -> tuple[dict[str, str], list[str]]:
    """Read ``12 bis``: number and letter, and the whole again where they do not say all of it."""
    match = NUMBER.match(fold_in_place(text))
    if not match:
        return {}, []
    letters = {label: letter for letter, label in LETTERS.items()}
    extra = (match["extra"] or "").strip(" -")
    letter = letters.get(match["repetition"] or "", "")
    # A lone C is the third door far more often than "quinquies".
    if not letter and extra in ("b", "t", "q"):
        letter, extra = extra.upper(), ""
    number = match["first"].lstrip("0")
    fields = {"number": number, "letter": letter}
    if not extra and 0 < len(number) < 5:
        return fields, []
    whole = f"n° {text[match.start('first') :].strip(' ,.:')}"
    return (fields if 0 < len(number) < 5 else {}), [whole]


def _sort_pieces(pieces: list[str], *, has_street: bool) -> tuple[list[str], list[str]]:
    complement, locality = [], []
    for piece in pieces:
        folded = fold_in_place(piece)
        if LOCALITY_START.match(folded):
            word = LOCALITY_WORD.match(folded)
            locality.append(piece[word.end() :] if word else piece)
        elif has_street or locality or _is_unit(piece) or (NUMBER.match(folded) and not folded.isdigit()):
            complement.append(piece)
        else:
            locality.append(piece)
    return complement, locality
