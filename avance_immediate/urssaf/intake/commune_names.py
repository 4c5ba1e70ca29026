"""How people write the name of a commune, and how a search compares it: ``St Denis`` and ``SAINT-DENIS`` are the same.

What is stored and what is typed go through the same words, so neither an index nor the database has to know accents.
"""

import re
from dataclasses import dataclass

from ..http.folding import fold_words

_ORDINAL = re.compile(r"0*([1-9][0-9]?)(?:er|re|ere|e|eme|nd|nde)")
_ZIP = re.compile(r"[0-9]{4,5}")
_SHORT = {"saint": "st", "sainte": "ste"}
_ARTICLES = frozenset({"le", "la", "les", "l"})
_ARRONDISSEMENT = frozenset({"arrondissement", "arrondt", "ardt", "arr"})


def search_key(name: str) -> str:
    """Give the words of a name as they are compared: ``L'Haÿ-les-Roses`` gives ``hay roses``."""
    return " ".join(_significant([_SHORT.get(word, word) for word in _words(name)]))


@dataclass(frozen=True)
class Search:
    """What somebody typed, made ready for the database.

    ``key``: the ``search_key`` of a name that was typed whole; ``beginnings``: patterns of LIKE for one that was begun;
    ``tsquery`` matches names, postal codes and INSEE codes that have a word beginning with each of the words typed;
    ``by_zip``: a postal code was typed.
    """

    key: str
    beginnings: tuple[str, ...]
    tsquery: str
    by_zip: bool

    @classmethod
    def of(cls, text: str) -> "Search | None":
        """Read what was typed, perhaps not to its end; ``None`` where there is no word in it."""
        typed = _significant(_words(text))
        if not typed:
            return None
        *first, last = typed
        stored = [_SHORT.get(word, word) for word in first]
        terms = [_begun(word, alone=False) for word in stored]
        # `sai` is the beginning of `saint`, which is stored as `st`.
        shorts = [short for long, short in _SHORT.items() if len(last) > 1 and long.startswith(last)]
        endings = [] if last in _SHORT else [_begun(last, alone=not first)]
        terms.append(" | ".join([*endings, *shorts]))
        return cls(
            key=search_key(" ".join(typed)),
            beginnings=(
                *(" ".join([*stored, f"{last}%"]) for _term in endings),
                *(" ".join([*stored, f"{short} %"]) for short in shorts),
            ),
            tsquery=" & ".join(f"({term})" for term in terms),
            by_zip=any(_ZIP.fullmatch(word) for word in typed),
        )


def _words(text: str) -> list[str]:
    return [match[1] if (match := _ORDINAL.fullmatch(word)) else word for word in fold_words(text)]


def _significant(words: list[str]) -> list[str]:
    """Leave out articles and the word arrondissement, unless there is nothing else."""
    return [word for word in words if word not in _ARTICLES and word not in _ARRONDISSEMENT] or words


def _begun(word: str, *, alone: bool) -> str:
    # An arrondissement is written 8 or 08; alone, 08 begins a postal code.
    if not alone and len(word) == 2 and word[0] == "0":
        return f"{word}:* | {word[1]}"
    return f"{word}:*"
