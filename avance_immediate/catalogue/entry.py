"""The form of what the catalogue holds. Every text is lazily translated, and may hold ``%(name)s``."""

from typing import NamedTuple

#: The parts of the registration's form, in their order.
CIVIL_STATUS, BIRTH, CONTACT, ADDRESS, BANK = SECTIONS = ("civil_status", "birth", "contact", "address", "bank")


class Entry(NamedTuple):
    """A rule that is broken, a proposal, or a situation: what is the matter, and what to do.

    :param client: the same in one sentence, said to the client on the portal; the provider's words where there is none
    """

    matter: str
    repair: str
    client: str | None = None


class Error(NamedTuple):
    """An error code of Urssaf: what is the matter, and what to do.

    :param sections: the parts of the registration's form that it concerns, of ``SECTIONS`` and in their order
    :param causes: pairs of what is probably the matter and what to try next, the likeliest first (docs/api.md §5);
        none where matter and repair say all
    :param client: matter and repair, said to the client on the portal; none where nobody tells the client
    :param client_causes: the causes, in the same order, as far as the client can do something about them
    """

    matter: str
    repair: str
    sections: tuple = ()
    causes: tuple = ()
    client: tuple | None = None
    client_causes: tuple = ()


class Told(NamedTuple):
    """What the client reads of a state or a status, and how its alert looks (a colour of Bootstrap's)."""

    title: str
    text: str
    level: str = "info"


class Status(NamedTuple):
    """A status of Urssaf's, or a state of ours: its name, and what happens or what to do next.

    :param client: as the client reads it; where there is none, the state says it, or nothing is known
    """

    name: str
    next_step: str
    client: Told | None = None


class RequestStatus(NamedTuple):
    """A status of a payment request: ``Status``, and what the client reads as the time to answer goes by.

    :param client_early: as long as the time has surely not passed; with its end, ``%(deadline)s``
    :param client_late: once it surely has
    """

    name: str
    next_step: str
    client: Told | None = None
    client_early: Told | None = None
    client_late: Told | None = None


class State(NamedTuple):
    """A state of ours: what comes next, for the provider; none where Urssaf's status says it."""

    next_step: str | None = None
    client: Told | None = None
