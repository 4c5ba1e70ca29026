"""The properties of messages, by what may be kept of their values."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .forms import looks_like_id

_NUMBER = re.compile(r"-?[0-9]{1,7}([.][0-9]{1,15})?")
_DAY = re.compile(r"20[2-9][0-9]-[0-9]{2}-[0-9]{2}(T[0-9:.]{5,15}Z?)?")  # nobody of age was born on it

# Those of the token server and of the array ``Erreur``, which any API has.
_NUMBERS = frozenset({"expires_in"})
_CODES = frozenset({"code"})
_FREE_TEXTS = frozenset({"message", "description", "error_description"})
_MASKED = frozenset({"errors", "Errors", "client_id", "client_secret", "access_token"})
_ONE_OF = {
    "grant_type": {"client_credentials"},
    "token_type": {"Bearer", "bearer"},
    "error": set(
        """
        access_denied invalid_client invalid_grant invalid_request invalid_scope invalid_token insufficient_scope
        server_error temporarily_unavailable unauthorized_client unsupported_grant_type unsupported_response_type
        """.split()
    ),
}


@dataclass(frozen=True)
class Properties:
    """What one API's contract knows, beside what all have; of any other property not even the name is kept.

    A value is kept in its form only, and only where it is none of the values to hide.

    :param numbers: amounts, quantities
    :param days: days and moments that are not long past
    :param codes: what the ``Vocabulary`` takes for a code
    :param ids: what reads like an id of Urssaf's
    :param forms: others, each with what tells whether a text has its form
    :param one_of: others, each with all its values
    :param free_texts: the usual words are kept
    :param excerpts: for an operation and a property of an object that stands under a key (``(operation, key, name)``),
        the part of a free text that is kept as it is
    :param names: the initial is kept; they tell somebody
    :param accounts: IBAN, of which two figures are kept; they tell somebody
    :param telling: others that tell somebody: hidden wherever they stand
    :param places: what tells somebody together only: parts of an address
    :param masked: others, objects and lists among them, whose name alone is kept
    """

    numbers: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    forms: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    one_of: Mapping[str, set[str]] = field(default_factory=dict)
    free_texts: frozenset[str] = frozenset()
    excerpts: Mapping[tuple[str, str, str], re.Pattern] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    telling: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    masked: frozenset[str] = frozenset()

    @cached_property
    def all_free_texts(self) -> frozenset[str]:
        return _FREE_TEXTS | self.free_texts

    @cached_property
    def all_telling(self) -> frozenset[str]:
        return self.names | self.accounts | self.telling

    @cached_property
    def keys(self) -> frozenset[str]:
        """The names of properties that are kept."""
        own = (self.numbers, self.days, self.codes, self.ids, self.forms, self.one_of, self.places, self.masked)
        common = (_NUMBERS, _CODES, _MASKED, _ONE_OF, {"scope"})
        return frozenset().union(*own, *common, self.all_free_texts, self.all_telling)

    def form_of(self, is_code: Callable[[str], bool], scope: str) -> dict[str, Callable[[str], Any]]:
        """Give, for each property that is kept in its form, what tells whether a text has it.

        :param is_code: of the API's ``Vocabulary``
        :param scope: of the API's token
        """
        one_of = {**_ONE_OF, "scope": {scope}, **self.one_of}
        return {
            **dict.fromkeys(_NUMBERS | self.numbers, _NUMBER.fullmatch),
            **dict.fromkeys(self.days, _DAY.fullmatch),
            **dict.fromkeys(_CODES | self.codes, is_code),
            **dict.fromkeys(self.ids, looks_like_id),
            **{key: values.__contains__ for key, values in one_of.items()},
            **self.forms,
        }
