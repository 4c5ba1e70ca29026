"""Which commune is meant, of an address or of a birth, and the codes of a place of birth (docs/api.md §2.1)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from ..http.folding import fold
from .birthplace import cut
from .commune_names import search_key

_CODE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}", re.ASCII)
_SHORT_DEPARTMENT = re.compile(r"[0-9]{1,2}|2[AB]", re.ASCII)


class Commune(Protocol):
    """A commune of today or a part of one; ``zips``, the postal codes, with spaces between, ``department`` of today."""

    code: str
    name: str
    label: str
    kind: str
    zips: str | None
    department: str


class Gazetteer(Protocol):
    """Where communes are found."""

    def named(self, text: str) -> Sequence[Commune]:
        """Give the communes that a person would be offered for a name."""

    def coded(self, code: str) -> Sequence[Commune]:
        """Give the communes of an INSEE code, a whole one before its part."""

    def codes_at_birth(self, commune: Commune, born: date | None) -> tuple[list[Mapping[str, str]], str]:
        """Give the places that Urssaf may want for a birth there, the likeliest first, and a question to be asked.

        Each has ``department``, ``commune_code`` and ``commune_name``; without a question the first is right.
        """


@dataclass(frozen=True)
class Town:
    """The commune that is meant, if one certainly is; its code, also one that no list has; and what is wrong."""

    commune: Commune | None = None
    code: str = ""
    problem: str = ""


def find_town(places: Gazetteer, name: str, code: str = "", *, zip_code: str = "", territory: str = "") -> Town:
    """Find the commune that somebody typed, who can be asked: the one of that code, else the only one of that name.

    :param code: that was chosen, maybe empty; one that the list has not is taken as it is
    :param zip_code: of the address; where the name fits it, only there
    :param territory: department of the overseas territory where it is, if one was chosen
    """
    code = code.upper()
    if not code:
        found = same_name(places.named(name), name) if name else []
        if zip_code:
            # A postal code of elsewhere, or of a CEDEX, is asked about beside it, and the right one proposed.
            here = [commune for commune in found if zip_code in _zips(commune)]
            is_certain = len(found) == 1 and len(_zips(found[0])) == 1
            found = here or (found if is_certain else [])
        if territory:
            found = [commune for commune in found if commune.department == territory] or found
        return Town(found[0], found[0].code) if len(found) == 1 else Town()
    if not _CODE.fullmatch(code):
        return Town(problem="commune_code_invalid")
    known = places.coded(code)
    found = same_name(known, name)
    return Town(found[0] if found else None, code, "commune_mismatch" if known and not found else "")


def find_birthplace(places: Gazetteer, name: str, department: str = "") -> Commune | None:
    """Find the commune that a row of a spreadsheet names: nobody can be asked.

    Where several have the name, the one that is written so; then the commune, not the part of one.

    :param department: at birth, 3 characters, if it is known
    """
    found = same_name(places.named(name), name)
    if department:
        found = [commune for commune in found if cut(commune.code)[0] == department]
    found = [commune for commune in found if fold(commune.name) == fold(name)] or found
    found = [commune for commune in found if commune.kind == "commune"] or found
    return found[0] if len(found) == 1 else None


def same_name(communes: Sequence[Commune], name: str | None) -> list[Commune]:
    """Give those of the communes that have this name."""
    key = search_key(name or "")
    return [commune for commune in communes if key in (search_key(commune.name), search_key(commune.label))]


def _zips(commune: Commune) -> list[str]:
    return (commune.zips or "").split()


# ---------------------------------------------------------------------------------------------------------------------
# Place of birth
# ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, repr=False)
class BirthReading:
    """A place of birth, as far as what was typed leads.

    :param department: 3 characters, ``commune_code`` 3 digits and ``commune_name``, as Urssaf wants them; empty where
        nobody knows yet
    :param choices: by department and code, where the rules do not decide; ``question`` says which
    :param problems: what is wrong: by the name of an input of the client's page, a code
    """

    department: str = ""
    commune_code: str = ""
    commune_name: str = ""
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    question: str = ""
    problems: Mapping[str, str] = field(default_factory=dict)

    def codes(self) -> dict[str, str]:
        """Give what Urssaf is sent, under the names of the registration's fields."""
        return {
            "birth_department": self.department,
            "birth_commune_code": self.commune_code,
            "birth_commune_name": self.commune_name,
        }


def birth_in(places: Gazetteer, commune: Commune, born: date | None, choice: str = "") -> BirthReading:
    """Give the codes of a birth in a commune of today; empty where somebody has to choose and has not.

    :param choice: the key of the one that was chosen: department and code
    """
    listed, question = places.codes_at_birth(commune, born)
    if not question:
        return BirthReading(**listed[0])
    choices = {each["department"] + each["commune_code"]: each for each in listed}
    chosen = choices.get(choice, {"commune_name": commune.name})
    return BirthReading(**chosen, choices=choices, question=question)


def read_birth(
    places: Gazetteer,
    name: str,
    code: str,
    choice: str,
    born: date | None,
    *,
    territory: str = "",
    known: tuple[str, str, str] = ("", "", ""),
) -> BirthReading:
    """Read the place of birth that a client typed.

    :param code: INSEE code of the commune that was chosen, and ``choice`` the codes of the day of birth; maybe empty
    :param territory: department of the overseas territory that was chosen as country, if one was
    :param known: department, code and name from before: where the name is the same, its codes are kept
    """
    town = find_town(places, name, code, territory=territory)
    problems = {"birth_commune": town.problem} if town.problem else {}
    if town.commune is None:
        codes = cut(town.code) if town.code else known[:2] if name and fold(name) == fold(known[2]) else ("", "")
        return BirthReading(*codes, name, problems=problems)
    if territory not in ("", town.commune.department):
        problems.setdefault("birth_commune", "birth_commune_elsewhere")
    reading = birth_in(places, town.commune, born, choice)
    if not reading.question:
        return BirthReading(**_sent(reading), problems=problems)
    if born and not reading.commune_code:
        problems["birth_choice"] = "birth_place_unclear"
    # The likeliest is shown until somebody chooses, and the question is asked.
    likeliest = reading if reading.commune_code else BirthReading(**next(iter(reading.choices.values())))
    return BirthReading(**_sent(likeliest), choices=reading.choices, question=reading.question, problems=problems)


def read_birth_row(places: Gazetteer, name: str, department: str, code: str, born: date | None) -> BirthReading:
    """Read the place of birth of a row: codes that are given are completed, else found where there is no doubt.

    :param department: as a spreadsheet has it, maybe without the zeros in front
    """
    department = department.upper()
    if _SHORT_DEPARTMENT.fullmatch(department):
        department = department.zfill(3)
    if code or not name:
        return BirthReading(department, code.zfill(3) if code else "", name)
    commune = find_birthplace(places, name, department)
    reading = birth_in(places, commune, born) if commune else None
    return reading if reading and not reading.question else BirthReading(department, "", name)


def _sent(reading: BirthReading) -> dict[str, str]:
    return {name.removeprefix("birth_"): value for name, value in reading.codes().items()}
