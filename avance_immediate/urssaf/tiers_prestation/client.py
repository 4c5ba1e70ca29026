"""The client of the API: four operations, one gateway (docs/api.md §1, §2)."""

import json
import random
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from authlib.integrations.requests_client import OAuth2Auth, OAuth2Session
from requests import Session
from urllib3.exceptions import HTTPError

from ..http.call_log import Observer, account, quiet_transport, report
from ..http.endpoint import SCOPE, Credentials, Endpoint
from ..http.errors import Forbidden, Refused, RemoteError, Unauthorised, UrssafError, WrongCredentials
from ..http.masking import masked_path, personal_values
from ..http.personal import Personal
from ..http.tokens import MemoryTokenStore, Token, TokenStore
from ..http.transport import ANSWER_BYTES, ANSWER_SECONDS, Adapter, Barred, Body, failure_of, read_body
from ..http.wire import moment_to_wire
from . import readers
from .messages import PaymentRequest, Person, PersonStatus, RequestInfo, SearchResult, Submission
from .readers import Answer

__all__ = ["Credentials", "Endpoint", "UrssafClient", "LOT"]

LOT = 10  # requests in one call, and criteria in one search (docs/api.md §2.3, §2.4)
RETRY_AFTER_CAP = 30  # seconds that we are ready to wait within a call
BACK_OFF = 0.5  # seconds before the first retry of a read, doubled each time

_AUTH_METHODS = {"body": "client_secret_post", "basic": "client_secret_basic"}

Result = TypeVar("Result")


class UrssafClient:
    """One provider's access to the API, in one environment. For one thread; a context manager.

    :param token_store: where workers share their token; by default, this client alone
    :param observer: called with an :class:`Exchange` after each HTTP call
    :param timeout: seconds to connect, seconds to wait for the next packet of an answer
    :param answer_limits: seconds for a whole answer, bytes that it may have: beyond either it counts as broken off
    :param read_retries: how many times a read is tried again; a write never is, but once after a 401
    :param hide: values of the persons that the calls are about, hidden wherever Urssaf repeats them: names, days
        (``YYYY-MM-DD``), e-mail addresses, accounts, telephone numbers; what is sent is hidden anyway
    :param barrier: called with the host that is connected to (``endpoint.host_of``), before each HTTP request; what it
        raises goes through, and nothing of that request leaves
    """

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

    def __enter__(self) -> "UrssafClient":
        return self

    def __exit__(self, *exc_info) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    # -----------------------------------------------------------------------------------------------------------------
    # Operations
    # -----------------------------------------------------------------------------------------------------------------

    def register(self, person: Person) -> str:
        """Register a person, a write (docs/api.md §2.1).

        :return: Urssaf's id of the person
        :raise NotSent, NotTaken, OutcomeUnknown: see ``errors``
        """
        return self._call("register", "POST", "/particulier", readers.read_registration, payload=person.to_wire())

    def person_status(self, id_client: str | None = None, email: str | None = None) -> PersonStatus:
        """Read where a person's registration stands, by id or else by e-mail (docs/api.md §2.2).

        With both only the id is sent: an e-mail address in a URL is worth avoiding.

        :raise Refused: ``ERR_RECHERCHE_PARTICULIER`` when Urssaf knows no such person, or the link is broken
        :raise ValueError: neither is given
        """
        if not id_client and not email:
            raise ValueError("an id or an e-mail address is needed")
        query = {"idClient": id_client} if id_client else {"adresseMail": email}

        def read(answer: Answer) -> PersonStatus:
            return readers.read_person_status(answer, id_client)

        return self._read(lambda: self._call("status", "GET", "/particulier", read, query=query))

    def send(self, requests: Sequence[PaymentRequest]) -> list[Submission]:
        """Send payment requests in one call, a write (docs/api.md §2.3).

        :return: one submission for each request, in the order given, matched by number
        :raise ValueError: more than ten, none, or twice the same number
        :raise NotSent, NotTaken, OutcomeUnknown: for all of them; see ``errors``
        """
        numbers = [request.number for request in requests]
        if not 1 <= len(numbers) <= LOT or len(set(numbers)) < len(numbers):
            raise ValueError(f"1 to {LOT} payment requests go in one call, each with its own number")

        def read(answer: Answer) -> list[Submission]:
            return readers.read_submissions(answer, numbers)

        payload = [request.to_wire() for request in requests]
        return self._call("send", "POST", "/demandePaiement", read, payload=payload)

    def search(
        self,
        ids: Sequence[str] = (),
        numbers: Sequence[str] = (),
        period: tuple[date, date] | None = None,
    ) -> SearchResult:
        """Search payment requests (docs/api.md §2.4), in lots of ten.

        :param ids: Urssaf's ids of requests
        :param numbers: our invoice numbers
        :param period: first and last day, on the date of the invoice
        :raise ValueError: not exactly one of the three is given
        :raise UrssafError: nothing learnt; with several lots, of none
        """
        if sum((bool(ids), bool(numbers), period is not None)) != 1:
            raise ValueError("one criterion is needed: ids, numbers or a period")
        if period is not None:
            start, end = period
            return self._search({"dateDebut": moment_to_wire(start), "dateFin": moment_to_wire(end)})
        key, values = ("idDemandePaiements", ids) if ids else ("numFactureTiers", numbers)
        values = list(dict.fromkeys(values))
        found: list[RequestInfo] = []
        errors: list[RemoteError] = []
        nothing_found = True
        for index in range(0, len(values), LOT):
            result = self._search({key: values[index : index + LOT]})
            found += result.found
            errors += result.errors
            nothing_found = nothing_found and result.nothing_found
        return SearchResult(tuple(found), tuple(errors), nothing_found)

    def _search(self, payload: dict) -> SearchResult:
        path = "/demandePaiement/rechercher"
        return self._read(lambda: self._call("search", "POST", path, readers.read_search, payload=payload))

    def check_token(self) -> Token:
        """Ask for a new token with our credentials, whatever is stored, and store it: the test of the connection.

        :raise NotSent: no token to be had; ``WrongCredentials`` where the server refuses us
        """
        token = self._fetch_token()
        return self._tokens.renew(lambda: token, stale=self._tokens.load())

    # -----------------------------------------------------------------------------------------------------------------
    # Token and retries
    # -----------------------------------------------------------------------------------------------------------------

    def _call(self, operation, method, path, read: Callable[[Answer], Result], *, query=None, payload=None) -> Result:
        """Make one call with a token; after a 401, which means not handled, once more with a new one."""
        url = self._endpoint.base_url + path
        token = self._tokens.load()
        if token is None or not token.fresh(self._clock()):
            token = self._tokens.renew(self._fetch_token, stale=token)
        try:
            return self._exchange(operation, method, url, read, query=query, payload=payload, token=token)
        except Unauthorised:
            token = self._tokens.renew(self._fetch_token, stale=token)
        return self._exchange(operation, method, url, read, query=query, payload=payload, token=token)

    def _fetch_token(self) -> Token:
        session = OAuth2Session(self._credentials.client_id, self._credentials.client_secret)
        auth = session.client_auth(_AUTH_METHODS[self._credentials.method])
        form = {"grant_type": "client_credentials", "scope": SCOPE}
        url = self._endpoint.token_url
        data = self._exchange("token", "POST", url, readers.read_token, data=form, auth=auth)
        return Token.from_wire(data, self._clock())

    def _read(self, call: Callable[[], Result]) -> Result:
        """Make a call that changes nothing at Urssaf, again after a failure that may pass."""
        for attempt in range(self._read_retries):
            try:
                return call()
            except (WrongCredentials, Refused, Unauthorised, Forbidden):
                raise
            except UrssafError as error:
                if error.retry_after is not None and error.retry_after > RETRY_AFTER_CAP:
                    raise
                back_off = BACK_OFF * 2**attempt * random.uniform(0.5, 1)  # nosec B311 # no secret
                delay = back_off if error.retry_after is None else error.retry_after
            self._sleep(delay)
        return call()

    # -----------------------------------------------------------------------------------------------------------------
    # The gateway
    # -----------------------------------------------------------------------------------------------------------------

    def _exchange(
        self,
        operation: str,
        method: str,
        url: str,
        read: Callable[[Answer], Result],
        *,
        query: dict[str, str] | None = None,
        payload=None,
        token: Token | None = None,
        **options,
    ) -> Result:
        """Make one HTTP request, every one passes here: time-outs, no redirection, typed failures, account of it.

        One that the barrier holds back is none, and gives no account.

        :param read: turns the answer into the result, or raises what it means
        :param token: with which the call is made, but for the one that gets it
        :param options: more of what ``requests`` takes
        """
        hide = self._hide | personal_values([payload, query])
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
            with (
                quiet_transport(),
                self._session.request(
                    method, url, params=query, timeout=self._timeout, allow_redirects=False, stream=True, **options
                ) as response,
            ):
                answer = Answer.of(operation, response, read_body(response, self._answer_size), self._clock(), hide)
            result = read(answer)
        except Barred as barred:
            raise barred.refusal from None
        except UrssafError as error:
            failure = error
        except (OSError, HTTPError, ValueError) as error:
            failure = failure_of(operation, error, body)
        duration = round((time.perf_counter() - started) * 1000)
        path = masked_path(url, query)
        report(account(operation, method, path, payload, answer, failure, duration, hide), self._observer)
        if failure is not None:
            # Raised here, outside of the handler: the exceptions underneath quote addresses and payloads.
            raise failure
        return result


def _bearer(token: Token) -> OAuth2Auth:
    """Make what sets the token. Being an ``auth``, it also keeps a ``.netrc`` of the machine from setting another."""
    return OAuth2Auth({"access_token": token.access_token, "token_type": "Bearer"})
