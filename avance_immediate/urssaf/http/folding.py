"""How names are compared, once: ``Lebœuf``, ``LEBOEUF`` and ``le-bœuf`` are the same."""

import re
import unicodedata
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


def fold(text: str | None) -> str:
    """Give the letters and figures of a text without case, accents, ligatures; nothing else of it.

    :param text: anything false, as Odoo has it for an empty field, is an empty text
    """
    if not text:
        return ""
    if text.isascii():
        return "".join(filter(str.isalnum, text)).lower()
    return "".join(map(fold_char, text))


@lru_cache(maxsize=4096)
def fold_char(char: str) -> str:
    """Fold one character: none, one or several come of it."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold().translate(_LETTERS))
    return "".join(each for each in plain if each.isalnum())


def fold_words(text: str | None) -> list[str]:
    """Give the words of a text, each folded."""
    return [folded for word in _WORD.findall(unicodedata.normalize("NFKC", text or "")) if (folded := fold(word))]


def fold_code(code: str | None) -> str:
    """Give an e-mail address or an account number as one word in small letters: its signs count."""
    return "".join((code or "").split()).casefold()


def fold_in_place(text: str) -> str:
    """Write in small letters without accents, one character for each: what is found there is cut from the text."""
    return "".join((unicodedata.normalize("NFD", char)[:1] or char).lower()[:1] for char in text)


def strip_accents(text: str) -> str:
    """Write a text without accents, ligatures taken apart, in the case that it has."""
    marks = unicodedata.normalize("NFD", text.translate(_LIGATURES))
    return unicodedata.normalize("NFC", "".join(char for char in marks if not unicodedata.combining(char)))
