"""Makes the parts of an address fit: short words first, then another field, never a silent cut (docs/api.md §2.1)."""

import re
from collections.abc import Iterator, Sequence

from ..http.folding import fold_in_place
from .address_words import ABBREVIATIONS, FIRST_NAMES, LINKS
from .fields import LINE_MAX

_OUR_LADY = re.compile(r"\bnotre[- ]dame(?=[- ]\w)", re.IGNORECASE)
_ELISION = re.compile(r"[dl]'(?=\w)", re.IGNORECASE)


def abbreviate(text: str, limit: int, *, titles_only: bool = False) -> str | None:
    """Shorten words from the left, as little as needed, the last never; ``None`` where that is not enough.

    Titles and common words come first, then the linking words are left out, then first names become initials.
    """
    if len(text) <= limit:
        return text
    words = re.split(r"([ -])", _OUR_LADY.sub(lambda match: _in_the_case_of(match[0], "ND"), text))
    for step in (_shorten_words,) if titles_only else (_shorten_words, _drop_links, _shorten_first_names):
        for _changed in step(words):
            if len("".join(words)) <= limit:
                return "".join(words)
    return None


def _shorten_words(words: list[str]) -> Iterator[None]:
    yield
    for place in range(0, len(words) - 1, 2):
        if short := ABBREVIATIONS.get(fold_in_place(words[place])):
            words[place] = _in_the_case_of(words[place], short)
            yield


def _drop_links(words: list[str]) -> Iterator[None]:
    # "et" goes last: without it two names look like one.
    for wanted in (LINKS - {"et"}, {"et"}):
        for place in range(0, len(words) - 1, 2):
            word = words[place]
            if fold_in_place(word) in wanted:
                words[place] = words[place + 1] = ""
                yield
            elif _ELISION.match(word):
                words[place] = word[2:]
                yield


def _shorten_first_names(words: list[str]) -> Iterator[None]:
    before = ""
    for place in range(0, len(words) - 1, 2):
        word = fold_in_place(words[place])
        if word in FIRST_NAMES and before not in ("saint", "sainte", "st", "ste"):
            words[place] = words[place][0]
            yield
        before = word or before


def _in_the_case_of(word: str, short: str) -> str:
    if word.isupper():
        return short.upper()
    return short[0].upper() + short[1:] if word[0].isupper() else short


def take_words(text: str, limit: int) -> tuple[str, str]:
    """Cut between two words: what fits, and the rest."""
    if len(text) <= limit:
        return text, ""
    end = text.rfind(" ", 0, limit + 1)
    return (text[:end].rstrip(), text[end:].strip()) if end > 0 else ("", text)


def share_lines(complement: Sequence[str], locality: Sequence[str]) -> tuple[str, str, str, set[str]]:
    """Write pieces of an address into the two free lines of 38 characters.

    :return: complement, locality, what fits in neither, and the warnings: ``abbreviated``, ``spread``, ``cut``
    """
    for shorten in (False, True):
        lines = [_line(pieces, shorten) for pieces in (complement, locality)]
        if None not in lines:
            warnings = {"abbreviated"} if lines != [" ".join(complement), " ".join(locality)] else set()
            return lines[0], lines[1], "", warnings
    for shorten in (False, True):
        pieces = [_short(piece) if shorten else piece for piece in (*complement, *locality)]
        warnings = {"abbreviated"} if pieces != [*complement, *locality] else set()
        for place in _splits(len(complement), len(pieces)):
            lines = " ".join(pieces[:place]), " ".join(pieces[place:])
            if max(map(len, lines)) <= LINE_MAX:
                return *lines, "", warnings
    first, rest = take_words(" ".join(pieces), LINE_MAX)
    second, leftover = take_words(rest, LINE_MAX)
    return first, second, leftover, warnings | {"cut" if leftover else "spread"}


def _line(pieces: Sequence[str], shorten: bool) -> str | None:
    text = " ".join(pieces)
    return abbreviate(text, LINE_MAX, titles_only=True) if shorten else text if len(text) <= LINE_MAX else None


def _short(piece: str) -> str:
    return abbreviate(piece, LINE_MAX, titles_only=True) or _shortest(piece)


def _shortest(text: str) -> str:
    words = re.split(r"([ -])", text)
    for _changed in _shorten_words(words):
        continue
    return "".join(words)


def _splits(usual: int, count: int) -> list[int]:
    """Give the places to split the pieces at, the nearest to the usual one first."""
    return sorted(range(count + 1), key=lambda place: abs(place - usual))
