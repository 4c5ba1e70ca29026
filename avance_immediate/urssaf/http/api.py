"""What tells one API of Urssaf from another: data that the API hands in, and all that this package knows of it."""

from dataclasses import dataclass, field
from functools import cached_property

from .masking import Masking
from .properties import Properties
from .vocabulary import Vocabulary


@dataclass(frozen=True)
class Api:
    """One API of Urssaf.

    :param name: as the credentials are told apart
    :param path: of the API below the host, the same in each environment (docs/api.md §1)
    :param scope: asked for with the token, which serves for this API alone
    :param vocabulary: its codes, and the words of its texts that may be shown
    :param properties: what may be shown of its messages
    :param item_keys: properties that make an object the answer for one item, and no error about the whole call
    """

    name: str
    path: str
    scope: str
    vocabulary: Vocabulary = field(default_factory=Vocabulary, repr=False)
    properties: Properties = field(default_factory=Properties, repr=False)
    item_keys: frozenset[str] = frozenset()

    @cached_property
    def masking(self) -> Masking:
        return Masking(self.vocabulary, self.properties, self.scope)


@dataclass(frozen=True)
class Operation:
    """One operation of an API.

    :param name: as errors and the call log name it
    :param path: below the API's
    """

    name: str
    method: str
    path: str
