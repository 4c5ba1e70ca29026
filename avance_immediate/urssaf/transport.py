"""Whether a request that got no answer may have reached Urssaf."""

import io

from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .errors import NotSent, OutcomeUnknown, UrssafError


class Body(io.BytesIO):
    """A request's body that knows whether any of it was handed to the connection.

    As long as none of it was, the server cannot have handled the request: that is how "not sent" is told from "outcome
    unknown", whatever went wrong on the way (proxy, TLS, name, refusal).
    """

    has_left = False

    def read(self, *size) -> bytes:
        self.has_left = True
        return super().read(*size)


def failure_of(operation: str, error: Exception, body: Body | None) -> UrssafError:
    """Say what a call that got no answer leaves us with."""
    chain = _chain(error)
    if operation == "token":
        sent = False
    elif body is not None:
        sent = body.has_left
    else:
        sent = not any(isinstance(link, (ConnectTimeoutError, NewConnectionError)) for link in chain)
    kind = OutcomeUnknown if sent else NotSent
    return kind(operation, cause=" < ".join(dict.fromkeys(type(link).__name__ for link in chain)))


def _chain(error: BaseException) -> list[BaseException]:
    """List an exception with those underneath: what `requests` and urllib3 wrap, and how, differs by version."""
    links: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue:
        link = queue.pop(0)
        if isinstance(link, BaseException) and link not in links:
            links.append(link)
            queue += [*link.args[:2], getattr(link, "reason", None), link.__cause__, link.__context__]
    return links
