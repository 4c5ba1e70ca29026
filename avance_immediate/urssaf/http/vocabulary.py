"""The codes and words of an API: what has the form of a code, and which words of a text may be shown."""

import re
from dataclasses import dataclass

from . import words
from .personal import NOBODY, Personal
from .wire import text_from_wire

#: What stands for a code that has not the form of one. Never empty: "a refusal with a code" stays one.
NO_CODE = "???"
CODE_DIGITS_MAX = 4  # of an unknown code: no date, telephone number or account has as few

_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,79}", re.ASCII)
_STATUS = re.compile(r"[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True)
class Vocabulary:
    """What one API is known to say, beside what all say.

    :param codes: codes that are known, errors and statuses alike
    :param words: words that any text may have, folded (``folding.fold``)
    :param units: words, folded, after which a short number stays: what it counts
    :param labels: texts that are kept whole
    """

    codes: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()

    def is_word(self, folded: str) -> bool:
        """Tell whether this, folded, is a word that any text may have."""
        return folded in words.WORDS or folded in self.words

    def is_unit(self, folded: str) -> bool:
        """Tell whether this, folded, says what the number before it counts."""
        return folded in words.UNITS or folded in self.units

    def is_code(self, text: str) -> bool:
        """Tell whether this is one of the API's codes, or could be a new one of them.

        A new one is capitals with a low line in between (``ERR_NEW_ONE``), up to three figures, a single letter, or a
        word that any message may have (``INCONNU``): a name in capitals is none of these.
        """
        if text in self.codes or _STATUS.fullmatch(text):
            return True
        if not _CODE.fullmatch(text) or sum(char.isdigit() for char in text) > CODE_DIGITS_MAX:
            return False
        return len(text) == 1 or "_" in text.strip("_") or self.is_word(text.lower())

    def code_from_wire(self, value) -> str:
        """Read a code; what has not the form of one becomes ``NO_CODE``, what is absent an empty string.

        A code goes where no text of Urssaf's may: into logs, exceptions, chatters.
        """
        text = text_from_wire(value)
        return text if not text or self.is_code(text) else NO_CODE

    def shown_code(self, value, hide: Personal = NOBODY) -> str:
        """Read a code as it may be shown anywhere: neither a text nor one of the values to hide."""
        code = self.code_from_wire(value)
        return NO_CODE if code not in self.codes and hide.is_in(code) else code
