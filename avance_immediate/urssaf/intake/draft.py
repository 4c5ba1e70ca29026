"""From what is typed to a person: the form, the client's page and a spreadsheet give values, the rest is here, once.

A draft gives the person that would be registered, the problems, the suggestions and the open questions. It shows none
of what it holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ..rules.person import check_person, is_french_mobile
from ..rules.problem import Problem
from ..tiers_prestation.lists import FRANCE
from ..tiers_prestation.person_messages import Address, BankAccount, BirthPlace, Person
from .address import SplitAddress
from .days import TypedDay
from .fields import BY_ATTRIBUTE, FIELDS
from .suggestions import suggest
from .suggestions_types import FIX, OPTION, QUESTION, Change, Suggestion

_CODES_MISSING = {"birth_department_missing", "birth_commune_missing"}
_TOWN = {"zip", "city", "city_code"}


@dataclass(frozen=True, repr=False)
class ChosenBirth:
    """What stands behind the codes of a birth place where it is chosen by its name.

    :param is_found: the name leads to one commune
    :param is_open: which place is meant there is still a question
    """

    is_found: bool = False
    is_open: bool = False


@dataclass(frozen=True, repr=False)
class Draft:
    """What is known of a registration that is being prepared.

    :param person: who would be registered
    :param mobile: the number as it was typed: it is what a suggestion starts from where it is none
    :param birth: where nobody types codes: how far the name of the place leads
    :param born: the birth date as it was typed
    :param reading: the address as it is read from its lines, and the INSEE code of the town of them
    :param zips: postal codes of the town that was chosen
    :param is_refused: Urssaf has refused it: what is only worth a try is proposed too
    """

    person: Person
    mobile: str = ""
    birth: ChosenBirth | None = None
    born: TypedDay = TypedDay()
    reading: SplitAddress = SplitAddress()
    read_city_code: str = ""
    zips: tuple[str, ...] = ()
    is_refused: bool = False

    def problems(self, today: date) -> list[Problem]:
        """Give all that Urssaf would refuse.

        Nobody has to know codes where a commune is to be chosen, or a question answered, that fills them in.

        :param today: the day in France
        """
        problems = check_person(self.person, today=today)
        missing = [problem for problem in problems if problem.code in _CODES_MISSING]
        if self.birth is None or len(missing) < len(_CODES_MISSING):
            return problems
        rest = [problem for problem in problems if problem not in missing]
        if not self.birth.is_found:  # a name, of a spreadsheet for instance, that leads to none or to several
            return [*rest, replace(missing[0], code="birth_place_missing")]
        if not self.birth.is_open:
            return problems
        return [*rest, replace(missing[0], code="birth_place_open")] if self.person.birth_date else rest

    def suggestions(self, today: date) -> list[Suggestion]:
        """Give the repairs that one click takes over, and the questions about what is odd.

        :param today: the day in France
        """
        person = self.person
        if not is_french_mobile(person.mobile):
            person = replace(person, mobile=self.mobile)
        found = [each for each in suggest(person, today=today) if self.is_refused or each.kind != OPTION]
        if self.born.meant:
            changes = (Change("birth_date", "", self.born.meant.isoformat()),)
            found.append(Suggestion("birth_date_short", "birth_date", FIX, changes))
        if self.zips and person.address.zip not in self.zips:
            changes = (Change("address.zip", person.address.zip, self.zips[0]),) if len(self.zips) == 1 else ()
            found.append(Suggestion("zip_other_town", "address.zip", QUESTION, changes))
        return found

    # === ADDRESS === #

    def reread(self) -> dict[str, str]:
        """Give the address as it is read from its lines, by attributes of ``Address``; nothing where there are none.

        A town that the reader does not know is left as whoever chose it left it.
        """
        values = self.reading.values()
        if not any(values.values()):
            return {}
        return values | ({"city_code": self.read_city_code} if self.read_city_code else {})

    def address_differs(self) -> set[str]:
        """Give the attributes of ``Address`` that are not what the lines of the address say."""
        return {name for name, value in self.reread().items() if getattr(self.person.address, name) != value}

    def warnings(self) -> list[str]:
        """Give what the reader of addresses had to do (``address.WARNINGS``), as long as that stands."""
        differs = self.address_differs()
        return [
            code
            for code in (self.reading.warnings if self.reread() else ())
            if (differs.isdisjoint(_TOWN) if code == "address_cedex" else differs <= _TOWN)
        ]


def person_of(values: Mapping[str, object], *, country_until: date | None = None) -> Person:
    """Give the person of typed values.

    :param values: by the names of ``fields.FIELDS``; the country by INSEE's code; what is empty may be anything false
    :param country_until: the day on which the country of birth ended
    """
    parts: dict[str, dict[str, object]] = {}
    for field in FIELDS:
        outer, _dot, inner = field.attribute.rpartition(".")
        parts.setdefault(outer, {})[inner] = values[field.name] or ""
    person, place = parts.pop(""), parts["birth_place"]
    if place["country_code"] != FRANCE:
        place = {**dict.fromkeys(place, ""), "country_code": place["country_code"]}
    return Person(
        **{**person, "birth_date": person["birth_date"] or None},
        birth_place=BirthPlace(**{**place, "department": place["department"].upper()}, country_until=country_until),
        address=Address(**parts["address"]),
        bank=BankAccount(**parts["bank"]),
    )


def values_of(changes: Iterable[Change]) -> dict[str, str]:
    """Give what a suggestion proposes, under the names of the registration's fields; a day in ISO form."""
    return {BY_ATTRIBUTE[change.field].name: change.proposed for change in changes}
