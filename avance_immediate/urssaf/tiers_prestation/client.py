"""The client of the API *Tiers de prestation*: its four operations (docs/api.md §2)."""

from collections.abc import Sequence
from datetime import date

from ..http.answer import Answer
from ..http.endpoint import Credentials, Endpoint
from ..http.errors import RemoteError
from ..http.gateway import Gateway
from ..http.wire import moment_to_wire
from . import readers
from .api import REGISTER, SEARCH, SEND, STATUS, TIERS_PRESTATION
from .messages import PaymentRequest, Person, PersonStatus, RequestInfo, SearchResult, Submission

__all__ = ["Credentials", "Endpoint", "UrssafClient", "BATCH_SIZE"]

BATCH_SIZE = 10  # requests in one call, and criteria in one search (docs/api.md §2.3, §2.4)


class UrssafClient(Gateway):
    """One provider's access to this API, in one environment; made as any ``Gateway`` is."""

    api = TIERS_PRESTATION

    def register(self, person: Person) -> str:
        """Register a person, a write (docs/api.md §2.1).

        :return: Urssaf's id of the person
        :raise NotSent, NotAccepted, OutcomeUnknown: see ``errors``
        """
        return self._write(REGISTER, readers.read_registration, payload=person.to_wire())

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

        return self._read(STATUS, read, query=query)

    def send(self, requests: Sequence[PaymentRequest]) -> list[Submission]:
        """Send payment requests in one call, a write (docs/api.md §2.3).

        :return: one submission for each request, in the order given, matched by number
        :raise ValueError: more than ten, none, or twice the same number
        :raise NotSent, NotAccepted, OutcomeUnknown: for all of them; see ``errors``
        """
        numbers = [request.number for request in requests]
        if not 1 <= len(numbers) <= BATCH_SIZE or len(set(numbers)) < len(numbers):
            raise ValueError(f"1 to {BATCH_SIZE} payment requests go in one call, each with its own number")

        def read(answer: Answer) -> list[Submission]:
            return readers.read_submissions(answer, numbers)

        payload = [request.to_wire() for request in requests]
        return self._write(SEND, read, payload=payload)

    def search(
        self,
        ids: Sequence[str] = (),
        numbers: Sequence[str] = (),
        period: tuple[date, date] | None = None,
    ) -> SearchResult:
        """Search payment requests (docs/api.md §2.4), in batches of ten.

        :param ids: Urssaf's ids of requests
        :param numbers: our invoice numbers
        :param period: first and last day, on the date of the invoice
        :raise ValueError: not exactly one of the three is given
        :raise UrssafError: nothing learnt; with several batches, of none
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
        for index in range(0, len(values), BATCH_SIZE):
            result = self._search({key: values[index : index + BATCH_SIZE]})
            found += result.found
            errors += result.errors
            nothing_found = nothing_found and result.nothing_found
        return SearchResult(tuple(found), tuple(errors), nothing_found)

    def _search(self, payload: dict) -> SearchResult:
        return self._read(SEARCH, readers.read_search, payload=payload)
