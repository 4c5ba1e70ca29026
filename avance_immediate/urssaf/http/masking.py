"""What may be kept of a message: an allow-list, so that whatever nobody thought of is masked.

Numbers of invoices, ids, amounts, days of service, codes and statuses are kept, each only in its form (``properties``),
and only where it is none of the values to hide (``personal``). Names keep their initial, an IBAN its last two digits.
Of a free text the words are kept that any message has (``vocabulary``). A property that the contract does not know
loses its name as well.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from .folding import fold
from .forms import is_media_type
from .personal import MASK, NOBODY, Personal
from .personal import VALUES_MAX as PERSONAL_MAX
from .properties import Properties
from .vocabulary import Vocabulary
from .wire import storable

TEXT_MAX = 200
PERSONAL_LENGTH = 100  # of a value that is looked for elsewhere; no name that Urssaf takes is longer
VALUES_MAX = 10_000  # of a message; the longest that Urssaf has reason to give has some hundreds
_DEPTH_MAX = 12

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,28}[0-9]{2}")
_WORD = re.compile(r"[^\W_]+(?:_[^\W_]+)*")
_SIGN = re.compile(r"[^\w.,:;!?()\[\]/%€'’\"«»+*=-]")
_COUNT = re.compile(r"(?P<before>[^\s\w]?)(?<!\w)(?P<number>[0-9]+)(?!\w)(?P<after> ?%|[^\s\w]?) ?(?P<unit>[^\W\d_]*)")
_MASKS = re.compile(r"[*]{3}(?:[^\w]{0,3}[*]{3})+")


class Masking:
    """Masks the messages of one API.

    :param scope: of its token
    """

    def __init__(self, vocabulary: Vocabulary, properties: Properties, scope: str):
        self._vocabulary = vocabulary
        self._properties = properties
        self._forms = properties.form_of(vocabulary.is_code, scope)
        names = "|".join(map(re.escape, sorted(properties.all_telling)))
        self._telling = re.compile(rf"(?<=[?&])({names})=[^&\s'\"]+") if names else None

    def mask(self, operation: str, data: Any, hide: Personal = NOBODY) -> Any:
        """Give a copy of a JSON value that holds no secret and no personal datum.

        :param operation: name of the API's operation, or ``token``
        :param hide: values to hide wherever they stand, beside those of :meth:`personal_values`
        """
        return _Message(self, operation, hide).value(data)

    def as_json(self, operation: str, data: Any, hide: Personal = NOBODY) -> str:
        """The same as indented JSON text."""
        return storable(json.dumps(self.mask(operation, data, hide), ensure_ascii=False, indent=2))

    def leaf(self, key: str, value: Any, hide: Personal = NOBODY) -> Any:
        """Give what may be kept of a value that stands under a key: the value itself, a part of it, or the mask."""
        if value is None or value == "":
            return value
        text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
        if text is None:
            return MASK
        if key in self._properties.all_free_texts and isinstance(value, str):
            return self.text(value, hide)
        if key in self._properties.names:
            return (text[0] if text[0].isalpha() else "") + MASK
        if key in self._properties.accounts:
            return MASK + (text[-2:] if _IBAN.fullmatch(text) else "")
        has_form = self._forms.get(key)
        is_kept = has_form and has_form(text) and (text in self._vocabulary.codes or not hide.is_in(text))
        return value if is_kept else MASK

    def is_kept_name(self, name: str) -> bool:
        """Tell whether the contract knows a property of this name."""
        return name in self._properties.keys

    # === FREE TEXT === #

    def text(self, text: str, hide: Personal = NOBODY) -> str:
        """Keep of a free text the words that any message has; at most ``TEXT_MAX`` characters, on one line."""
        if text in self._vocabulary.labels:
            return text
        text = hide.hide(unicodedata.normalize("NFC", text[: 4 * TEXT_MAX]))
        chunks = (MASK if "@" in chunk else self._words(chunk) for chunk in re.split(r"(\s+)", text))
        text = _MASKS.sub(MASK, self._numbers(re.sub(r"\s+", " ", "".join(chunks))))
        return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "…"

    def excerpt(self, operation: str, key: str, name: str, value: Any, hide: Personal) -> Any:
        """Give what may be kept of a property of an object that stands under a key, its excerpt among it."""
        pattern = self._properties.excerpts.get((operation, key, name))
        if pattern is None or not isinstance(value, str):
            return self.leaf(name, value, hide)
        match = pattern.search(value[:TEXT_MAX])
        if not match or hide.is_in(match.group()):
            return self.text(value, hide)
        return self.text(value[: match.start()], hide) + match.group() + self.text(value[match.end() :], hide)

    def has_excerpt(self, operation: str, key: str, name: str) -> bool:
        """Tell whether a part of this free text is kept as it is."""
        return (operation, key, name) in self._properties.excerpts

    def _words(self, chunk: str) -> str:
        return _WORD.sub(lambda match: match[0] if self._is_usual(match[0]) else MASK, _SIGN.sub(" ", chunk))

    def _is_usual(self, word: str) -> bool:
        is_number = word.isdigit() and word.isascii()
        is_known = self.is_kept_name(word) or word in self._vocabulary.codes
        return is_number or is_known or self._vocabulary.is_word(fold(word))

    def _numbers(self, text: str) -> str:
        """Keep the numbers that count something, or the place of a line; a number alone may be part of a date or a
        phone number."""

        def keep(match: re.Match) -> str:
            is_index = match["before"] == "[" and match["after"] == "]"
            is_counting = match["after"].strip() == "%" or self._vocabulary.is_unit(fold(match["unit"]))
            is_count = not match["before"] and is_counting
            is_short = len(match["number"]) <= 3
            return match[0] if is_short and (is_index or is_count) else match[0].replace(match["number"], MASK, 1)

        return _COUNT.sub(keep, text)

    # === WHAT IS NO JSON === #

    def path(self, url: str, query: dict[str, str] | None = None) -> str:
        """Give the path of an address of ours with its query, values masked as in a body."""
        parts = urlsplit(url)
        pairs = [*parse_qsl(parts.query), *(query or {}).items()]
        masked = "&".join(f"{key}={quote(str(self.leaf(key, value)), safe='*')}" for key, value in pairs)
        return f"{parts.path}?{masked}" if masked else parts.path

    def page(self, content_type: str, text: str, hide: Personal = NOBODY) -> str:
        """Give what may be kept of an answer that is no JSON: its type, its length, and its first words without
        tags."""
        words = re.sub(r"<[^<>]*>", " ", re.sub(r"(?is)<(script|style)\b[^<]*</\1>", " ", text[:4000]))
        kept = {
            "contentType": content_type if not content_type or is_media_type(content_type) else MASK,
            "length": len(text),
            "text": self.text(" ".join(words.split()), hide),
        }
        return storable(json.dumps(kept, ensure_ascii=False, indent=2))

    def query(self, text: str) -> str:
        """Mask what tells somebody in the query of an address that a text quotes."""
        return self._telling.sub(rf"\1={MASK}", text) if self._telling else text

    # === WHAT IS TO BE HIDDEN === #

    def personal_values(self, data: Any) -> Personal:
        """Collect the values of a person in a message, ours or Urssaf's, to find them again wherever they stand."""
        telling, places = [], []
        for key, value in _leaves(data):
            if key in self._properties.all_telling and len(telling) < PERSONAL_MAX:
                telling.append(value[:PERSONAL_LENGTH])
            elif key in self._properties.places and len(places) < PERSONAL_MAX:
                places.append(value[:PERSONAL_LENGTH])
        return Personal.of(telling) | Personal.of_places(places)


class _Message:
    """Masks one message, up to so many values of it: what comes after them is masked whole."""

    def __init__(self, masking: Masking, operation: str, hide: Personal):
        self._masking = masking
        self._operation = operation
        self._hide = hide
        self._left = VALUES_MAX

    def value(self, value: Any, key: str = "", depth: int = 0) -> Any:
        self._left -= 1
        if depth > _DEPTH_MAX or self._left < 0:
            return MASK
        if isinstance(value, dict):
            return self._object(value, key, depth)
        if isinstance(value, list):
            masked = [self.value(item, key, depth + 1) for item in value[: self._left]]
            return masked if len(masked) == len(value) else [*masked, MASK]
        return self._masking.leaf(key, value, self._hide)

    def _object(self, data: dict, key: str, depth: int) -> dict:
        masked: dict[str, Any] = {}
        unknown = 0
        for name, item in data.items():
            if self._left <= 0:
                break
            if not self._masking.is_kept_name(name):
                unknown += 1
                masked[MASK if unknown == 1 else f"{MASK}{unknown}"] = self.value(item, "", depth + 1)
            elif self._masking.has_excerpt(self._operation, key, name):
                masked[name] = self._masking.excerpt(self._operation, key, name, item, self._hide)
            else:
                masked[name] = self.value(item, name, depth + 1)
        return masked


def _leaves(data: Any) -> Iterator[tuple[str, str]]:
    """Give the texts of a message with the keys under which they stand: without recursion, however deep it is."""
    stack = [("", data)]
    while stack:
        key, value = stack.pop()
        if isinstance(value, dict):
            stack += value.items()
        elif isinstance(value, list):
            stack += ((key, item) for item in value)
        elif isinstance(value, str):
            yield key, value
