"""The access token: how long it is good for, and who may renew it (docs/api.md §1)."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from .answer import Answer
from .errors import NotSent, WrongCredentials

EARLY = 60  # seconds before its end from which a token is renewed
LIFE_UNTOLD = 300  # seconds that we give a token whose life the server does not tell
LIFE_MAX = 24 * 3600

_TOKEN = re.compile(r"[!-~]{1,8192}")  # what a header can carry


@dataclass(frozen=True)
class Token:
    """A bearer token and its end, in seconds since the epoch."""

    access_token: str = field(repr=False)
    expires_at: float

    @classmethod
    def from_wire(cls, data: dict, now: float) -> "Token":
        """Read the token server's answer, which holds an ``access_token``, received at ``now`` (epoch seconds)."""
        try:
            life = min(max(int(data.get("expires_in")), 0), LIFE_MAX)
        except (TypeError, ValueError, OverflowError):
            life = LIFE_UNTOLD
        return cls(data["access_token"], now + life)

    def fresh(self, now: float) -> bool:
        """Say whether it can be used at ``now`` (epoch seconds): not in its last minute."""
        return now < self.expires_at - EARLY


def read_token(answer: Answer) -> dict:
    """Give the token server's answer, which holds an ``access_token`` (docs/api.md §1).

    :raise WrongCredentials: it refuses us
    :raise NotSent: it gives no token for another reason
    """
    payload = answer.payload
    if answer.succeeded and isinstance(payload, dict) and "error" not in payload:
        token = payload.get("access_token")
        if isinstance(token, str) and _TOKEN.fullmatch(token):
            return payload
    refused = 400 <= answer.http_status < 500 and answer.http_status not in (408, 429)
    raise answer.error(WrongCredentials if refused else NotSent, errors=())


class TokenStore(Protocol):
    """Where the workers of one provider, environment and API share their token."""

    def load(self) -> Token | None:
        """Give the token stored last, fresh or not."""

    def renew(self, fetch: Callable[[], Token], stale: Token | None) -> Token:
        """Give a token that replaces ``stale``, one renewal at a time.

        Under its own lock the store reads again, and gives the stored token if that is fresh and another than
        ``stale``; else it calls ``fetch`` and stores what that gives. Whatever ``fetch`` raises goes through.
        """


class MemoryTokenStore:
    """A store for the threads of one process."""

    def __init__(self, clock: Callable[[], float] = time.time):
        self._clock = clock
        self._lock = threading.Lock()
        self._token: Token | None = None

    def load(self) -> Token | None:
        return self._token

    def renew(self, fetch: Callable[[], Token], stale: Token | None) -> Token:
        with self._lock:
            if self._token is None or self._token == stale or not self._token.fresh(self._clock()):
                self._token = fetch()
            return self._token
