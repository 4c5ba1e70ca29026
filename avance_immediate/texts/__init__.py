"""What a person reads about Urssaf's codes, statuses and failures, and about the rules: from one source.

Each text is a pair of lazy translations: what is the matter, and what to do or what happens next. Those that
:func:`lookup` gives may hold ``%(name)s``.
"""

from .causes import CAUSES, UNKNOWN_CAUSES
from .errors import ERRORS, FAILURES, REFERENCE, UNKNOWN_ERROR, UNKNOWN_FAILURE
from .notes import NOTES, REGISTRATION_STEPS, UNKNOWN_NOTE
from .problems import PROBLEMS, UNKNOWN_PROBLEM
from .statuses import (
    CLIENT_STATUSES,
    REFUSALS,
    REQUEST_STATUSES,
    REQUEST_STEPS,
    UNKNOWN_CLIENT_STATUS,
    UNKNOWN_REFUSAL,
    UNKNOWN_REQUEST_STATUS,
)
from .suggestions import ADDRESS_WARNINGS, SUGGESTIONS, UNKNOWN_SUGGESTION

_TABLES = {
    "rule": (PROBLEMS, UNKNOWN_PROBLEM),
    "error": (ERRORS, UNKNOWN_ERROR),
    "failure": (FAILURES, UNKNOWN_FAILURE),
    "note": (NOTES, UNKNOWN_NOTE),
    "suggestion": (SUGGESTIONS, UNKNOWN_SUGGESTION),
    "address": (ADDRESS_WARNINGS, UNKNOWN_SUGGESTION),
}


def lookup(kind, code):
    """Give the words for a code.

    :param str kind: ``rule`` (a problem of ``urssaf.rules``), ``error`` (a code of Urssaf), ``failure`` (the class of
        an error), ``note`` (a situation that the addon itself reports), ``suggestion`` (of ``intake.suggestions``) or
        ``address`` (a warning of ``intake.address``)
    :return: pair of lazy texts, to be filled with the problem's parameters and ``code``
    """
    table, unknown = _TABLES[kind]
    return table.get(code, unknown)


def causes(code):
    """Give why Urssaf refuses a registration with ``code``: pairs of lazy texts, what is probably the matter and what
    to try next, the likeliest first; nothing for a code whose title and repair say all, or that is unknown.
    """
    return CAUSES.get(code, UNKNOWN_CAUSES).causes


def concerned(code):
    """Give the parts of the registration's form that ``code`` concerns, of ``SECTIONS`` and in their order."""
    return CAUSES.get(code, UNKNOWN_CAUSES).sections


def reference():
    """Give the sentence with Urssaf's reference of a call, to be filled with ``correlation_id``."""
    return REFERENCE


def refusal(code):
    """Give (reason, what to do) for the reason of a refusal or a cancellation."""
    return REFUSALS.get(code, UNKNOWN_REFUSAL)


def request_status(code):
    """Give (label, what happens next) for the status of a payment request."""
    return REQUEST_STATUSES.get(code, UNKNOWN_REQUEST_STATUS)


def request_step(state, code):
    """Give what comes next for a payment request in ``state``, whose status at Urssaf is ``code``.

    :param state: as `urssaf.payment.request._state_of_words` gives it
    """
    return REQUEST_STEPS.get(state) or request_status(code or "10")[1]


def client_status(code):
    """Give (label, what happens next) for the status of a client."""
    return CLIENT_STATUSES.get(code, UNKNOWN_CLIENT_STATUS)


def registration_step(state):
    """Give what to do next about a registration in ``state`` (one of ``urssaf.registration``)."""
    return REGISTRATION_STEPS[state]
