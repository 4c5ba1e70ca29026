"""Department and commune of birth as Urssaf wants them: as they were on the day of birth (docs/api.md §2.1, §8).

Where the rules do not decide, the answer has several candidates, and a person chooses; the social security number helps
(characters 6 to 10). The rules, the confidence of each and where the data come from: docs/data.md.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

#: How the last three characters of an overseas code are made: the advice of Urssaf's support, or the usual cut.
OVERSEAS_PADDED = "padded"
OVERSEAS_CUT = "cut"

# Why an answer is not simply today's code.
MOVED = "moved"  # the commune was of another department, or had another code
ARRONDISSEMENT = "arrondissement"  # of Paris, Lyon and Marseille the arrondissement is asked
CREATED_LATER = "created_later"  # the commune did not exist: it was made of others
RENUMBERED = "renumbered"  # a whole department was: which of the two codes the tax administration keeps is not known
NO_DATE = "no_date"  # it depends on the birth date, which is not known

CORSICA_SPLIT = date(1976, 1, 1)
MAYOTTE_DEPARTMENT = date(2011, 3, 31)

#: The arrondissements of the cities that have any, by the code of the city.
ARRONDISSEMENTS = {
    "13055": tuple(f"132{number:02}" for number in range(1, 17)),
    "69123": tuple(f"6938{number}" for number in range(1, 10)),
    "75056": tuple(f"751{number:02}" for number in range(1, 21)),
}
#: Made of others: the day, and the codes just before. Of communes of today that had never existed before 1943.
CREATED = {
    "69388": (date(1959, 2, 8), ("69387",)),
    "69389": (date(1964, 8, 12), ("69385",)),
    "91692": (date(1977, 2, 19), ("91122", "91471")),
}

_INSEE = re.compile(r"(?:[0-9]{2}|2[ABab])[0-9]{3}", re.ASCII)
_DEPARTMENT = re.compile(r"0[0-9][0-9]|02[ABab]|9[78][0-9]", re.ASCII)
_COMMUNE = re.compile(r"[0-9]{3}", re.ASCII)


@dataclass(frozen=True)
class BirthCodes:
    """What the API takes (docs/api.md §2.1): ``department`` of 3 characters (``069``, ``02B``, ``974``), ``commune`` of
    3 digits; ``insee_code`` is the whole code at birth, ``today`` that of the same place today, to find a name by.
    """

    department: str
    commune: str
    insee_code: str
    today: str


@dataclass(frozen=True)
class AtBirth:
    """Codes at birth, the likeliest first. ``reason`` is empty where they are simply today's."""

    candidates: tuple[BirthCodes, ...]
    reason: str = ""

    @property
    def decided(self) -> bool:
        return len(self.candidates) == 1


def at_birth(insee_code: str, birth_date: date | None, *, overseas: str = OVERSEAS_PADDED) -> AtBirth:
    """Give the codes of a commune of today on the day of a birth (docs/api.md §2.1, §8).

    :param insee_code: the commune's code of today, 5 characters: a commune, a delegated or associated one, or an
        arrondissement
    :param birth_date: ``None`` where it is not known yet: decided only where the date does not matter
    :param overseas: ``OVERSEAS_PADDED`` or ``OVERSEAS_CUT``
    :raise ValueError: the code has not the form of one
    """
    insee_code = _checked(insee_code)
    places, reason = _then(insee_code, birth_date) if birth_date else _ever(insee_code)
    return AtBirth(
        tuple(BirthCodes(*cut(code, overseas=overseas), insee_code=code, today=today) for code, today in places), reason
    )


def cut(insee_code: str, *, overseas: str = OVERSEAS_PADDED) -> tuple[str, str]:
    """Cut a whole INSEE code in two, as the API wants it: ``69123`` into ``069`` and ``123`` (docs/api.md §2.1).

    Overseas the department has three digits and the commune two, and the API wants three of each: ``97411`` gives
    ``974`` and ``011`` (the advice of Urssaf's support, docs/api.md §8), or ``411`` with ``OVERSEAS_CUT``.

    :raise ValueError: the code has not the form of one
    """
    insee_code = _checked(insee_code)
    if insee_code[:2] in ("97", "98"):
        commune = insee_code[2:] if overseas == OVERSEAS_CUT else f"0{insee_code[3:]}"
        return insee_code[:3], commune
    return f"0{insee_code[:2]}", insee_code[2:]


def join(department: str, commune: str) -> str:
    """Give the whole INSEE code of what somebody typed; only the form is checked (docs/api.md §2.1).

    :param department: 3 characters
    :param commune: 3 digits; overseas in either writing
    :raise ValueError: a part has not its form
    """
    if not _DEPARTMENT.fullmatch(department) or not _COMMUNE.fullmatch(commune):
        raise ValueError("not a department of 3 characters and a commune of 3 digits")
    if department[0] == "9":
        if commune[0] not in ("0", department[2]):
            raise ValueError("an overseas commune begins with 0, or with the last digit of its department")
        return f"{department}{commune[1:]}"
    return f"{department[1:].upper()}{commune}"


def possible_today(insee_code: str) -> list[str]:
    """Give the codes that a place may have today, by its code at some birth: the way back of ``at_birth``.

    :param insee_code: 5 characters; ``20004``, ``75050`` or ``98511`` too
    :raise ValueError: the code has not the form of one
    """
    code = _checked(insee_code)
    if code[:2] == "20":
        return [f"2A{code[2:]}", f"2B{code[2:]}"]
    if code[:3] == "985":
        return [f"976{code[3:]}"]
    return [*(today for today, (former, _until) in _former_codes().items() if former == code), code]


def _checked(insee_code: str) -> str:
    if not _INSEE.fullmatch(insee_code):
        raise ValueError("not an INSEE code of 5 characters")
    return insee_code.upper()


def _then(code: str, day: date) -> tuple[list[tuple[str, str]], str]:
    """Give what ``code`` of today may have been on a day, each as its code then and its code today, and why."""
    if code in ARRONDISSEMENTS:
        there = [number for number in ARRONDISSEMENTS[code] if number not in CREATED or CREATED[number][0] <= day]
        # The city itself comes last: the code of who cannot find out.
        return [(number, number) for number in (*there, code)], ARRONDISSEMENT
    if code in CREATED and day < CREATED[code][0]:
        return [(_moved(origin, day), origin) for origin in CREATED[code][1]], CREATED_LATER
    if code[:3] == "976" and day < MAYOTTE_DEPARTMENT:
        return [(f"985{code[3:]}", code), (code, code)], RENUMBERED
    then = _moved(code, day)
    return [(then, code)], MOVED if then != code else ""


def _ever(code: str) -> tuple[list[tuple[str, str]], str]:
    """Give what ``code`` of today may have been on any day, today's first."""
    today, reason = _then(code, date.max)
    long_ago, _reason = _then(code, date.min)
    others = {*long_ago, *((former, code) for former, _since in _history(code))} - set(today)
    return [*today, *sorted(others)], NO_DATE if others else reason


def _moved(code: str, day: date) -> str:
    """Give the code that a commune had on a day, through every change of department."""
    return next(former for former, since in _history(code) if since <= day)


def _history(code: str) -> list[tuple[str, date]]:
    """Give the codes that a commune has had, today's first, each with its first day."""
    if code[:2] in ("2A", "2B"):
        return [(code, CORSICA_SPLIT), (f"20{code[2:]}", date.min)]
    codes = []
    before = date.max
    # Two communes came back to the code that they had at first: each step goes further back.
    while (change := _former_codes().get(code)) and change[1] < before:
        codes.append((code, change[1]))
        code, before = change
    return [*codes, (code, date.min)]


@cache
def _former_codes() -> dict[str, tuple[str, date]]:
    """Read what code each commune that moved had, and until the day before which date."""
    with Path(__file__).with_name("former_codes.csv").open(encoding="ascii", newline="") as file:
        return {row["code"]: (row["former"], date.fromisoformat(row["until"])) for row in csv.DictReader(file)}
