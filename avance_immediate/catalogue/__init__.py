"""What people read about Urssaf's codes, statuses and failures, about the rules and what is proposed.

The words of a code are in one place, for the provider and for the client. What a code means for the code of this addon
is not here but in ``tiers_prestation.codes``; tests see that both know the same codes.
"""

from .client_statuses import CLIENT_STATUSES, PORTAL_REQUESTS, REGISTRATION_STATES, UNKNOWN_CLIENT_STATUS
from .disagreements import DISAGREEMENTS, UNKNOWN_DISAGREEMENT
from .entry import SECTIONS
from .errors import ERRORS, REGISTRATION_ERRORS, UNKNOWN_ERROR
from .failures import FAILURES, REFERENCE, UNKNOWN_FAILURE
from .notes import NOTES, UNKNOWN_NOTE
from .portal_pages import FORM_PROBLEMS, FORM_SUGGESTIONS
from .request_statuses import (
    REFUSALS,
    REQUEST_STATES,
    REQUEST_STATUSES,
    UNKNOWN_REFUSAL,
    UNKNOWN_REQUEST_STATUS,
)
from .rules import RULES, UNKNOWN_RULE
from .suggestions import ADDRESS_WARNINGS, SUGGESTIONS, UNKNOWN_SUGGESTION

_TABLES = {
    "rule": (RULES, UNKNOWN_RULE),
    "error": (ERRORS, UNKNOWN_ERROR),
    "failure": (FAILURES, UNKNOWN_FAILURE),
    "note": (NOTES, UNKNOWN_NOTE),
    "disagreement": (DISAGREEMENTS, UNKNOWN_DISAGREEMENT),
    "suggestion": (SUGGESTIONS, UNKNOWN_SUGGESTION),
    "address": (ADDRESS_WARNINGS, UNKNOWN_SUGGESTION),
}
_OF_THE_FORM = {"rule": FORM_PROBLEMS, "suggestion": FORM_SUGGESTIONS}


def lookup(kind, code):
    """Give the words for a code, said to the provider.

    :param str kind: ``rule`` (a problem of ``urssaf.rules``), ``error`` (a code of Urssaf), ``failure`` (the class of
        an error), ``note`` (a situation that the addon itself reports), ``disagreement`` (of the books with Urssaf),
        ``suggestion`` (of ``intake.suggestions``) or ``address`` (a warning of ``intake.address``)
    :return: pair of lazy texts, what is the matter and what to do, to be filled with the problem's parameters and
        ``code``
    """
    table, unknown = _TABLES[kind]
    return table.get(code, unknown)[:2]


def for_client(kind, code):
    """Give what the client can do about a code, or is asked, as one lazy text; nothing where there are no such words.

    :param str kind: ``rule`` or ``suggestion``, as for :func:`lookup`; of the portal's form as well
    """
    if code in _OF_THE_FORM[kind]:
        return _OF_THE_FORM[kind][code]
    table, unknown = _TABLES[kind]
    return table.get(code, unknown).client


def causes(code):
    """Give why Urssaf refuses a registration with ``code``: pairs of lazy texts, what is probably the matter and what
    to try next, the likeliest first; nothing for a code whose title and repair say all, or that is unknown.
    """
    return ERRORS.get(code, UNKNOWN_ERROR).causes


def concerned(code):
    """Give the parts of the registration's form that ``code`` concerns, of ``SECTIONS`` and in their order."""
    return ERRORS.get(code, UNKNOWN_ERROR).sections


def refusal_for_client(code):
    """Give what to say to the client of a code with which Urssaf refused the registration.

    :return: what is the matter; what to do; pairs of what may be the cause and what to try, the likeliest first,
        instead of the second where there are any
    """
    error = ERRORS.get(code, UNKNOWN_ERROR)
    return (*(error.client or UNKNOWN_ERROR.client), error.client_causes)


def reference():
    """Give the sentence with Urssaf's reference of a call, to be filled with ``correlation_id``."""
    return REFERENCE


def refusal(code):
    """Give (reason, what to do) for the reason of a refusal or a cancellation."""
    return REFUSALS.get(code, UNKNOWN_REFUSAL)


def request_status(code):
    """Give the words (``RequestStatus``) for the status of a payment request."""
    return REQUEST_STATUSES.get(code, UNKNOWN_REQUEST_STATUS)


def request_step(state, code):
    """Give what comes next for a payment request in ``state``, whose status at Urssaf is ``code``.

    :param state: as ``urssaf.payment.request._state_of_words`` gives it
    """
    return REQUEST_STATES[state].next_step or request_status(code or "10").next_step


def client_status(code):
    """Give the words (``Status``) for the status of a client."""
    return CLIENT_STATUSES.get(code, UNKNOWN_CLIENT_STATUS)


def registration_step(state):
    """Give what to do next about a registration in ``state`` (one of ``urssaf.registration``)."""
    return REGISTRATION_STATES[state].next_step
