"""The codes and words that this API may say (``http.vocabulary``)."""

from ..http.vocabulary import NO_CODE, Vocabulary
from .codes import CLIENT_STATUSES, ERRORS, REFUSALS, REQUEST_STATUSES
from .message_words import UNITS, WORDS

__all__ = ["NO_CODE", "VOCABULARY", "code_from_wire", "shown_code"]

VOCABULARY = Vocabulary(
    codes=frozenset([*ERRORS, *REFUSALS, *CLIENT_STATUSES, *REQUEST_STATUSES, "PARAM_INVALIDE"]),
    words=WORDS,
    units=UNITS,
    labels=frozenset(status.label for status in REQUEST_STATUSES.values()),
)
code_from_wire = VOCABULARY.code_from_wire
shown_code = VOCABULARY.shown_code
