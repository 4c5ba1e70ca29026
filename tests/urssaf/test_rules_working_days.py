"""Working days, beside what calendars print (Journal officiel, service-public.fr; Easter: tables of the Church)."""

from datetime import date, timedelta

import pytest

from urssaf.rules.working_days import (
    add_working_days,
    easter_sunday,
    is_working_day,
    working_days_between,
)

HOLIDAYS = {
    2026: "01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
    2027: "01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25",
    2028: "01-01 04-17 05-01 05-08 05-25 06-05 07-14 08-15 11-01 11-11 12-25",
}
#: The earliest and the latest that Easter can be, both exceptions of the full moon, leap years, ends of centuries.
EASTERS = """
    1583-04-10 1598-03-22 1609-04-19 1700-04-11 1761-03-22 1799-03-24 1800-04-13 1818-03-22 1886-04-25 1900-04-15
    1913-03-23 1943-04-25 1954-04-18 1961-04-02 1970-03-29 1981-04-19 1999-04-04 2000-04-23 2001-04-15 2008-03-23
    2011-04-24 2016-03-27 2019-04-21 2020-04-12 2021-04-04 2022-04-17 2023-04-09 2024-03-31 2025-04-20 2026-04-05
    2027-03-28 2028-04-16 2029-04-01 2030-04-21 2031-04-13 2032-03-28 2033-04-17 2034-04-09 2035-03-25 2038-04-25
    2049-04-18 2076-04-19 2100-03-28 2285-03-22
""".split()


@pytest.mark.parametrize("year", HOLIDAYS)
def test_every_day_of_the_year(year):
    holidays = {date.fromisoformat(f"{year}-{day}") for day in HOLIDAYS[year].split()}
    days = [date(year, 1, 1) + timedelta(days=passed) for passed in range(366 if year == 2028 else 365)]
    expected = [day for day in days if f"{day:%a}" not in ("Sat", "Sun") and day not in holidays]
    assert [day for day in days if is_working_day(day)] == expected


@pytest.mark.parametrize("day", EASTERS)
def test_easter(day):
    assert easter_sunday(int(day[:4])).isoformat() == day


def test_easter_of_every_year_is_a_sunday_of_spring():
    for year in range(1583, 4100):
        easter = easter_sunday(year)
        assert easter.weekday() == 6 and (3, 22) <= (easter.month, easter.day) <= (4, 25)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-06-17", 0, "2026-06-17"),
        ("2026-06-20", 0, "2026-06-20"),  # a Saturday: left where it is
        ("2026-06-17", 2, "2026-06-19"),
        ("2026-06-17", 4, "2026-06-23"),  # over a weekend
        ("2026-06-20", 1, "2026-06-22"),
        ("2026-04-02", 2, "2026-04-07"),  # over Easter Monday
        ("2026-04-30", 4, "2026-05-07"),  # over 1 May
        ("2026-05-07", 4, "2026-05-15"),  # over 8 May and Ascension Day
        ("2026-12-24", 1, "2026-12-28"),
        ("2027-12-31", 1, "2028-01-03"),
        ("2026-06-23", -4, "2026-06-17"),
        ("2026-06-21", -1, "2026-06-19"),
        ("2026-06-22", -1, "2026-06-19"),
    ],
)
def test_add(day, count, expected):
    assert add_working_days(date.fromisoformat(day), count).isoformat() == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-06-17", "2026-06-17", 0),
        ("2026-06-17", "2026-06-23", 4),
        ("2026-06-20", "2026-06-21", 0),
        ("2026-06-19", "2026-06-22", 1),
        ("2026-04-30", "2026-05-07", 4),
        ("2026-06-23", "2026-06-17", -4),
        ("2026-01-01", "2026-12-31", 252),
        ("2028-01-01", "2028-12-31", 251),
    ],
)
def test_between(start, end, expected):
    assert working_days_between(date.fromisoformat(start), date.fromisoformat(end)) == expected


def test_adding_and_counting_agree():
    for passed in range(400):
        day = date(2026, 1, 1) + timedelta(days=passed)
        for count in (1, 2, 4, 7):
            later = add_working_days(day, count)
            assert is_working_day(later) and working_days_between(day, later) == count
            assert is_working_day(add_working_days(day, -count))
