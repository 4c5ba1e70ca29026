"""Working days as banks and Urssaf count them: Monday to Friday, without the public holidays of metropolitan France."""

from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)
#: Code du travail, art. L3133-1: the fixed days (month, day), and those counted from Easter Sunday, that may fall on a
#: working day: Easter Monday, Ascension Day, Whit Monday. Alsace and Moselle have two more, which banks do not keep.
_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_FROM_EASTER = (1, 39, 50)


def is_working_day(day: date) -> bool:
    """Tell whether banks work on this day."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """Give the ``count``-th working day after ``day``, before it where ``count`` is negative.

    ``day`` itself is not counted, whether banks work on it or not, and is the result where ``count`` is 0.
    """
    step = _DAY if count > 0 else -_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """Count the working days after ``start``, up to ``end`` included; negative where ``end`` comes first.

    For any ``count`` above 0, ``working_days_between(day, add_working_days(day, count)) == count``.
    """
    if end < start:
        return -working_days_between(end, start)
    return sum(is_working_day(start + passed * _DAY) for passed in range(1, (end - start).days + 1))


@cache
def _public_holidays(year: int) -> frozenset[date]:
    easter = easter_sunday(year)
    fixed = (date(year, month, day) for month, day in _FIXED)
    return frozenset((*fixed, *(easter + days * _DAY for days in _FROM_EASTER)))


def easter_sunday(year: int) -> date:
    """Give Easter Sunday of a year of the Gregorian calendar.

    The Sunday after the first full moon of spring, both as the Church counts them: the moon by the year's place in the
    cycle of 19 years and the corrections of the centuries, spring from 21 March.
    """
    century = year // 100
    # Leap days that the calendar leaves out, and the eight days in 2500 years by which the cycle of the moon lags.
    solar = century - century // 4
    lunar = (8 * century + 13) // 25
    epact = (19 * (year % 19) + solar - lunar + 15) % 30
    # The full moon of 19 April, and that of 18 April late in the cycle, come a day earlier.
    moon = epact - (epact == 29 or (epact == 28 and year % 19 > 10))
    full_moon = date(year, 3, 21) + moon * _DAY
    return full_moon + (6 - full_moon.weekday() or 7) * _DAY
