"""What the answer to each operation means: its result, or the error that says what we then know (docs/api.md §2)."""

from collections.abc import Sequence

from ..http.answer import Answer
from ..http.errors import OutcomeUnknown, Refused, RemoteError
from ..http.wire import id_from_wire, is_legible, text_from_wire
from .messages import PersonStatus, RequestInfo, SearchResult, Submission
from .vocabulary import shown_code

NOTHING_FOUND = "ERR_RECHERCHE_VIDE"
_RESULT_KEYS = ("idClient", "infoDemandePaiements")


def read_registration(answer: Answer) -> str:
    """Give Urssaf's id of the person (docs/api.md §2.1).

    :raise OutcomeUnknown: there is none, or none that can be kept and sent again
    """
    payload = answer.payload_of_write()
    id_client = payload.get("idClient") if isinstance(payload, dict) else None
    if not isinstance(id_client, str) or not id_from_wire(id_client):
        raise answer.error(OutcomeUnknown)
    return id_from_wire(id_client)


def read_person_status(answer: Answer, id_client: str | None) -> PersonStatus:
    """Give the status of the person asked for (docs/api.md §2.2); an array of one is one."""
    payload = answer.payload_of_read(_RESULT_KEYS)
    if isinstance(payload, list) and len(payload) == 1:
        payload = payload[0]
    status = PersonStatus.from_wire(payload) if isinstance(payload, dict) else None
    if status is None or not status.id_client or not status.code or not _same(status.id_client, id_client):
        raise answer.error(OutcomeUnknown)
    return status


def _same(id_client: str, asked: str | None) -> bool:
    return not asked or id_client.lower() == asked.strip().lower()


def read_submissions(answer: Answer, numbers: Sequence[str]) -> list[Submission]:
    """Give what became of each number, in the order asked; matched by number, never by order (docs/api.md §2.3).

    :raise OutcomeUnknown: the answer speaks of none of them
    """
    payload = answer.payload_of_write()
    items = payload if isinstance(payload, list) else [payload]
    by_number: dict[str, list[Submission | None]] = {}
    for item in items:
        if isinstance(item, dict):
            number = text_from_wire(item.get("numFactureTiers"))
            if number in numbers:
                by_number.setdefault(number, []).append(_submission(number, item, answer))
    if not by_number:
        raise answer.error(OutcomeUnknown)
    return [_merged(number, by_number.get(number, [])) for number in numbers]


def _submission(number: str, item: dict, answer: Answer) -> Submission | None:
    """Read one item; ``None`` where it settles nothing: what stands for its id or its status is none."""
    id_request = id_from_wire(item.get("idDemandePaiement"))
    if not id_request and not _is_absent(item.get("idDemandePaiement")):
        return None
    is_learnt = not id_request or is_legible(item.get("statut"))
    status = text_from_wire(item.get("statut")) if is_learnt else ""
    errors = answer.errors_of(item)
    if status.startswith("ERR") and not errors:
        errors = (RemoteError(shown_code(status, answer.hide)),)
    code = shown_code(status, answer.hide)
    if not id_request and status.isdigit() and not code.isdigit():
        return None  # those of requests that were accepted are numbers, though none is that long
    return Submission(
        number=number,
        id_client=id_from_wire(item.get("idClient")) or None,
        id_request=id_request or None,
        status=code or None,
        errors=errors,
    )


def _is_absent(value) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _merged(number: str, items: Sequence[Submission | None]) -> Submission:
    """Make one answer of those about one number; two ids settle nothing, and neither does an item that is not read."""
    read = [item for item in items if item]
    ids = {item.id_request for item in read if item.id_request}
    if not read or len(read) < len(items) or len(ids) > 1:
        return Submission(number)
    first = next((item for item in read if item.id_request), read[0])
    errors = tuple(dict.fromkeys(error for item in read for error in item.errors))
    status = first.status or next((item.status for item in read if item.status), None)
    return Submission(number, first.id_client, first.id_request, status, errors)


def read_search(answer: Answer) -> SearchResult:
    """Give what was found (docs/api.md §2.4); "nothing found" is an answer, as HTTP 400 or 200."""
    try:
        payload = answer.payload_of_read(_RESULT_KEYS)
    except Refused as refusal:
        if set(refusal.codes) != {NOTHING_FOUND}:
            raise
        return SearchResult(errors=refusal.errors, nothing_found=True)
    infos = payload.get("infoDemandePaiements") if isinstance(payload, dict) else None
    if not isinstance(infos, list):
        raise answer.error(OutcomeUnknown)
    errors = answer.errors_of(payload)
    # One whose id cannot be kept is left in: whoever looks for a number must see that it is held twice.
    held = (info for info in infos if isinstance(info, dict) and not _is_absent(info.get("idDemandePaiement")))
    nothing_found = not infos and all(error.code == NOTHING_FOUND for error in errors)
    return SearchResult(tuple(map(RequestInfo.from_wire, held)), errors, nothing_found)
