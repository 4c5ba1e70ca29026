"""What a call to Urssaf can fail with: one class for each thing that we then know.

For a write (what changes something at Urssaf) the classes say whether Urssaf accepted the request:

* ``NotSent``: nothing reached the API, so the same request may go again;
* ``NotAccepted``: Urssaf answered, and surely did not accept the request;
* ``OutcomeUnknown``: it may have been accepted or not; look it up before sending it again.

For a read they are raised once the retries are used up, and all mean "nothing learnt".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .personal import NOBODY, Personal
from .vocabulary import Vocabulary
from .wire import text_from_wire

TOKEN = "token"  # the operation that gets the token; the others are each API's own
CODES_MAX = 20  # that are shown of one answer


@dataclass(frozen=True)
class RemoteError:
    """One entry of Urssaf's ``Erreur`` array (docs/api.md §2).

    ``code`` is kept as received where it has the form of a code, known to us or not; else it is
    ``vocabulary.NO_CODE``.
    ``message`` and ``description`` are Urssaf's own texts; they may quote what was sent, so they stay out of the
    representation.
    """

    code: str
    message: str = field(default="", repr=False)
    description: str = field(default="", repr=False)

    @classmethod
    def from_wire(cls, data: dict, vocabulary: Vocabulary, hide: Personal = NOBODY) -> "RemoteError":
        """Read one ``Erreur`` object; what is absent or null becomes an empty string.

        :param vocabulary: the codes of the API
        :param hide: values that no unknown code may hold
        """
        texts = (text_from_wire(data.get(key)) for key in ("message", "description"))
        return cls(vocabulary.shown_code(data.get("code"), hide), *texts)


class UrssafError(Exception):
    """A call to Urssaf that did not succeed.

    :param operation: name of the API's operation, or ``token``
    :param http_status: status code of the answer, ``None`` when there was none
    :param errors: Urssaf's own errors, in its order, possibly none
    :param correlation_id: the gateway's reference of the call, to quote to Urssaf's support
    :param retry_after: seconds to wait, where Urssaf said so
    :param cause: names of the classes of the exceptions underneath, for the administrator

    ``str()`` gives the class, the codes, the HTTP status and the correlation id: never a payload, a secret or a
    personal datum.
    """

    def __init__(
        self,
        operation: str,
        http_status: int | None = None,
        errors: Iterable[RemoteError] = (),
        correlation_id: str | None = None,
        retry_after: float | None = None,
        cause: str = "",
    ):
        self.operation = operation
        self.http_status = http_status
        self.errors = tuple(errors)
        self.correlation_id = correlation_id
        self.retry_after = retry_after
        self.cause = cause
        super().__init__(operation, http_status, self.errors, correlation_id, retry_after, cause)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of ``errors``, in Urssaf's order, without the empty ones."""
        return tuple(error.code for error in self.errors if error.code)

    def __str__(self) -> str:
        facts = [f"{type(self).__name__} ({self.operation})"]
        if self.http_status is not None:
            facts.append(f"HTTP {self.http_status}")
        if self.codes:
            facts.append(", ".join(self.codes[:CODES_MAX]))
        if self.cause:
            facts.append(self.cause)
        if self.retry_after is not None:
            facts.append(f"retry after {self.retry_after:g} s")
        if self.correlation_id:
            facts.append(f"correlation id {self.correlation_id}")
        return ": ".join((facts[0], "; ".join(facts[1:]))) if facts[1:] else facts[0]


class NotSent(UrssafError):
    """Nothing reached the API: name not resolved, connection refused, TLS failure, no token to be had."""


class WrongCredentials(NotSent):
    """The token server refuses our credentials: nothing will pass until an administrator has fixed them."""


class NotAccepted(UrssafError):
    """Urssaf answered, and surely did not accept the request."""


class Refused(NotAccepted):
    """HTTP 400 with codes: ``errors`` says why, and is never empty."""


class Unauthorised(NotAccepted):
    """HTTP 401, again after the token had been renewed once."""


class Forbidden(NotAccepted):
    """HTTP 403: the service is not open to this account."""


class TryLater(NotAccepted):
    """HTTP 429: too many calls; ``retry_after`` says when, where Urssaf does."""


class OutcomeUnknown(UrssafError):
    """No answer that settles the matter.

    Time-out, connection cut, redirection, 5xx, an empty or unreadable answer, a 400 without codes, an answer that does
    not speak of what was asked.
    """
