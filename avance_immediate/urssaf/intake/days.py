"""How people type a day: typed, since a calendar is far from 1955 on a telephone."""

import re
from dataclasses import dataclass
from datetime import date

from ..rules.person import AGE_MAX, age

ADULT = 18
FIRST_YEAR = 1900
DAY_FORMAT = "%d/%m/%Y"
#: 29/03/1980, 29 3 80, 29.03.1980; 29031980, since the keyboard of digits of a telephone may have nothing else; and
#: 1980-03-29, which a browser fills in by itself.
_APART = re.compile(r"(?P<day>\d{1,2})[ /.-]+(?P<month>\d{1,2})[ /.-]+(?P<year>\d{4}|\d{2})", re.ASCII)
_TOGETHER = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})", re.ASCII)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)


@dataclass(frozen=True, repr=False)
class TypedDay:
    """A birth date that was typed.

    :param day: ``None`` where it is none
    :param problem: why it is none; empty where nothing was typed
    :param meant: the day that was surely meant instead
    """

    day: date | None = None
    problem: str = ""
    meant: date | None = None


def read_birth_date(text: str, today: date) -> TypedDay:
    """Read a birth date: a year of two digits, or of a century long ago, is proposed anew.

    :param today: the day in France
    """
    year, month, day = _parts(text)
    born = _day(year, month, day)
    if len(year) == 2 and (meant := _day(_whole_year(year, today), month, day)):
        return TypedDay(None, "birth_date_short", _plausible(meant, today))
    if born and born.year < FIRST_YEAR:
        return TypedDay(None, "birth_date_too_old", _plausible(_day(str(born.year + 100), month, day), today))
    return TypedDay(born, "" if born or not text else "birth_date_invalid")


def write_day(day: date | None) -> str:
    """Write a day as it is typed; none is empty."""
    return day.strftime(DAY_FORMAT) if day else ""


def _parts(text: str) -> tuple[str, str, str]:
    """Give year, month and day as they were typed; empty where this is no day."""
    found = next(filter(None, (form.fullmatch(text) for form in (_ISO, _APART, _TOGETHER))), None)
    return (found["year"], found["month"], found["day"]) if found else ("", "", "")


def _day(year: str, month: str, day: str) -> date | None:
    """Give the day, or ``None`` where the calendar has no such day, or the year has not four digits."""
    try:
        return date(int(year), int(month), int(day)) if len(year) == 4 else None
    except ValueError:
        return None


def _whole_year(year: str, today: date) -> str:
    """Give the last year of these two digits in which an adult may have been born."""
    last = today.year - ADULT
    return str(last - (last - int(year)) % 100)


def _plausible(meant: date | None, today: date) -> date | None:
    return meant if meant and 0 <= age(meant, today) <= AGE_MAX else None
