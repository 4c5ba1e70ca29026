"""Through here passes every call to any API of Urssaf: with a token, bounded, logged, its failures typed."""

import json
import random
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from authlib.integrations.requests_client import OAuth2Auth, OAuth2Session
from requests import Session
from urllib3.exceptions import HTTPError

from .answer import Answer
from .api import Api, Operation
from .call_log import Observer, describe, quiet_transport, report
from .endpoint import TOKEN_PATH, Credentials, Endpoint
from .errors import TOKEN, Forbidden, Refused, Unauthorised, UrssafError, WrongCredentials
from .personal import Personal
from .tokens import MemoryTokenStore, Token, TokenStore, read_token
from .transport import ANSWER_BYTES, ANSWER_SECONDS, Adapter, Barred, Body, failure_of, read_body

RETRY_AFTER_CAP = 30  # seconds that we are ready to wait within a call
BACK_OFF = 0.5  # seconds before the first retry of a read, doubled each time

_GET_TOKEN = Operation(TOKEN, "POST", TOKEN_PATH)
_AUTH_METHODS = {"body": "client_secret_post", "basic": "client_secret_basic"}

Result = TypeVar("Result")


class Gateway:
    """One provider's access to one API, in one environment. For one thread; a context manager.

    The client of an API is a subclass that says which (``api``), and has a method for each operation, which goes by
    ``_write`` or ``_read``.

    :param token_store: where workers share their token; by default, this client alone
    :param observer: called with a :class:`Call` after each HTTP call
    :param timeout: seconds to connect, seconds to wait for the next packet of an answer
    :param answer_limits: seconds for a whole answer, bytes that it may have: beyond either it counts as broken off
    :param read_retries: how many times a read is tried again; a write never is, but once after a 401
    :param hide: values of the persons that the calls are about, hidden wherever Urssaf repeats them: names, days
        (``YYYY-MM-DD``), e-mail addresses, accounts, telephone numbers; what is sent is hidden anyway
    :param barrier: called with the host that is connected to (``endpoint.host_of``), before each HTTP request; what it
        raises goes through, and nothing of that request leaves
    """

    api: Api

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: Credentials,
        *,
        token_store: TokenStore | None = None,
        observer: Observer | None = None,
        timeout: tuple[float, float] = (5, 30),
        answer_limits: tuple[float, int] = (ANSWER_SECONDS, ANSWER_BYTES),
        read_retries: int = 2,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        hide: Iterable[str] = (),
        barrier: Callable[[str], None] | None = None,
    ):
        self._endpoint = endpoint
        self._credentials = credentials
        self._tokens = token_store or MemoryTokenStore(clock)
        self._observer = observer
        self._timeout = timeout
        self._read_retries = read_retries
        self._sleep = sleep
        self._clock = clock
        self._hide = Personal.of(hide) | Personal.of_secrets(pair=(credentials.client_id, credentials.client_secret))
        seconds, self._answer_size = answer_limits
        self._session = Session()
        self._session.headers.update(
            {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "avance_immediate"}
        )
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, Adapter(seconds, self._answer_size, barrier))

    def __enter__(self):
        return self

    def __exit__(self, *exc_info) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def check_token(self) -> Token:
        """Ask for a new token with our credentials, whatever is stored, and store it: the test of the connection.

        :raise NotSent: no token to be had; ``WrongCredentials`` where the server refuses us
        """
        token = self._fetch_token()
        return self._tokens.renew(lambda: token, stale=self._tokens.load())

    # === TOKEN AND RETRIES === #

    def _write(self, operation: Operation, read: Callable[[Answer], Result], *, query=None, payload=None) -> Result:
        """Make one call with a token; after a 401, which means not handled, once more with a new one.

        :param read: turns the answer into the result, or raises what it means
        :param query: of the address
        :param payload: what is sent as JSON
        :raise NotSent, NotAccepted, OutcomeUnknown: see ``errors``
        """
        url = self._endpoint.root_url + self.api.path + operation.path
        token = self._tokens.load()
        if token is None or not token.fresh(self._clock()):
            token = self._tokens.renew(self._fetch_token, stale=token)
        try:
            return self._exchange(operation, url, read, query=query, payload=payload, token=token)
        except Unauthorised:
            token = self._tokens.renew(self._fetch_token, stale=token)
        return self._exchange(operation, url, read, query=query, payload=payload, token=token)

    def _read(self, operation: Operation, read: Callable[[Answer], Result], *, query=None, payload=None) -> Result:
        """Make a call that changes nothing at Urssaf, again after a failure that may pass; see ``_write``."""
        for attempt in range(self._read_retries):
            try:
                return self._write(operation, read, query=query, payload=payload)
            except (WrongCredentials, Refused, Unauthorised, Forbidden):
                raise
            except UrssafError as error:
                if error.retry_after is not None and error.retry_after > RETRY_AFTER_CAP:
                    raise
                back_off = BACK_OFF * 2**attempt * random.uniform(0.5, 1)  # nosec B311 # no secret
                delay = back_off if error.retry_after is None else error.retry_after
            self._sleep(delay)
        return self._write(operation, read, query=query, payload=payload)

    def _fetch_token(self) -> Token:
        session = OAuth2Session(self._credentials.client_id, self._credentials.client_secret)
        auth = session.client_auth(_AUTH_METHODS[self._credentials.method])
        form = {"grant_type": "client_credentials", "scope": self.api.scope}
        data = self._exchange(_GET_TOKEN, self._endpoint.token_url, read_token, data=form, auth=auth)
        return Token.from_wire(data, self._clock())

    # === THE GATEWAY === #

    def _exchange(
        self,
        operation: Operation,
        url: str,
        read: Callable[[Answer], Result],
        *,
        query: dict[str, str] | None = None,
        payload=None,
        token: Token | None = None,
        **options,
    ) -> Result:
        """Make one HTTP request, every one passes here: time-outs, no redirection, typed failures, an entry in the log.

        One that the barrier holds back is none, and gets no entry.

        :param read: turns the answer into the result, or raises what it means
        :param token: with which the call is made, but for the one that gets it
        :param options: more of what ``requests`` takes
        """
        hide = self._hide | self.api.masking.personal_values([payload, query])
        if token is not None:
            hide |= Personal.of_secrets(token.access_token)
            options["auth"] = _bearer(token)
        body = None
        if payload is not None:
            body = Body(json.dumps(payload, ensure_ascii=False, allow_nan=False).encode())
            options.update(data=body, headers={"Content-Type": "application/json"})
        answer, result, failure = None, None, None
        started = time.perf_counter()
        try:
            answer = self._answer(operation, url, hide, params=query, **options)
            result = read(answer)
        except Barred as barred:
            raise barred.refusal from None
        except UrssafError as error:
            failure = error
        except (OSError, HTTPError, ValueError) as error:
            failure = failure_of(operation.name, error, body)
        duration = round((time.perf_counter() - started) * 1000)
        path = self.api.masking.path(url, query)
        call = describe(self.api, operation.name, operation.method, path, payload, answer, failure, duration, hide)
        report(call, self._observer)
        if failure is not None:
            # Raised here, outside of the handler: the exceptions underneath quote addresses and payloads.
            raise failure
        return result

    def _answer(self, operation: Operation, url: str, hide: Personal, **options) -> Answer:
        """Send one request, and receive the answer within its bounds."""
        options |= {"timeout": self._timeout, "allow_redirects": False, "stream": True}
        with (
            quiet_transport(self.api),
            self._session.request(operation.method, url, **options) as response,
        ):
            body = read_body(response, self._answer_size)
            return Answer.of(self.api, operation.name, response, body, self._clock(), hide)


def _bearer(token: Token) -> OAuth2Auth:
    """Make what sets the token. Being an ``auth``, it also keeps a ``.netrc`` of the machine from setting another."""
    return OAuth2Auth({"access_token": token.access_token, "token_type": "Bearer"})
