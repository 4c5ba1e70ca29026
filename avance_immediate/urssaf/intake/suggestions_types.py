"""What a suggestion is: data, which never shows the personal values that it holds."""

from dataclasses import dataclass

from ..tiers_prestation.person_messages import Person

FIX = "fix"  # corrects what Urssaf would refuse
QUESTION = "question"  # odd: only the client can say; what is proposed, if anything, is a guess
OPTION = "option"  # not refused, but worth a try, above all when the tax administration does not know the person


@dataclass(frozen=True, repr=False)
class Change:
    """One value, as it is and as it could be. ``field`` names an attribute of ``Person``, such as ``bank.iban``."""

    field: str
    current: str
    proposed: str


@dataclass(frozen=True)
class Suggestion:
    """A repair or a question.

    :param code: what it is about; the words are in ``catalogue.suggestions``
    :param field: where it is shown: an attribute of ``Person``, such as ``first_names`` or ``bank.bic``
    :param kind: ``FIX``, ``QUESTION`` or ``OPTION``
    :param changes: what one click does, all of it together; empty where there is nothing to propose
    """

    code: str
    field: str
    kind: str
    changes: tuple[Change, ...] = ()


def value_of(person: Person, field: str) -> str:
    """Give the value of a field as text; a day in ISO form."""
    value = person
    for name in field.split("."):
        value = getattr(value, name)
    return "" if value is None else str(value)


def change(person: Person, field: str, proposed: str) -> tuple[Change, ...]:
    """Give the change of a field, or none where it has that value already."""
    current = value_of(person, field)
    return (Change(field, current, proposed),) if current != proposed else ()
