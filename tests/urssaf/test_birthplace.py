"""Codes of the place of birth: every rule, with the day on each side of a change (docs/api.md §2.1, §8)."""

import csv
import re
from datetime import date
from pathlib import Path

import pytest

from urssaf.intake import birthplace
from urssaf.intake.birthplace import BirthCodes, at_birth, cut, join, possible_today

COMMUNES = Path(birthplace.__file__).parents[2] / "data" / "urssaf.commune.csv"
#: The published pattern of a department, docs/api.md §2.1.
DEPARTMENT = re.compile(r"[09][0-9][0-9abAB]")


def codes(insee_code, day, **options):
    """Give the department and commune of a birth that the rules decide, with the reason."""
    answer = at_birth(insee_code, day and date.fromisoformat(day), **options)
    assert answer.decided, answer
    (found,) = answer.candidates
    return found.department, found.commune, answer.reason


@pytest.mark.parametrize(
    ("insee_code", "day", "expected"),
    [
        # What never changed.
        ("69123", "1980-05-01", None),
        ("77288", "1950-05-01", ("077", "288", "")),
        ("59350", "1930-01-01", ("059", "350", "")),
        # Seine, whose communes had other numbers, and Seine-et-Oise.
        ("92050", "1967-12-31", ("075", "050", "moved")),
        ("92050", "1968-01-01", ("092", "050", "")),
        ("94002", "1967-12-31", ("075", "001", "moved")),
        ("94002", "1968-01-01", ("094", "002", "")),
        ("93066", "1967-12-31", ("075", "066", "moved")),
        ("93005", "1967-12-31", ("078", "032", "moved")),
        ("92064", "1967-12-31", ("078", "542", "moved")),
        ("91228", "1967-12-31", ("078", "228", "moved")),
        ("95355", "1967-12-31", ("078", "355", "moved")),
        ("78646", "1950-01-01", ("078", "646", "")),
        ("75115", "1950-01-01", ("075", "115", "")),
        # A delegated commune had its own code, not that of the commune that it is part of.
        ("93059", "1967-12-31", ("075", "059", "moved")),
        ("91390", "1967-12-31", ("078", "390", "moved")),
        ("91222", "1967-12-31", ("078", "222", "moved")),
        # Essonne for two years.
        ("78143", "1967-12-31", ("078", "143", "")),
        ("78143", "1968-01-01", ("091", "143", "moved")),
        ("78143", "1969-11-28", ("091", "143", "moved")),
        ("78143", "1969-11-29", ("078", "143", "")),
        # Corsica.
        ("2A004", "1975-12-31", ("020", "004", "moved")),
        ("2A004", "1976-01-01", ("02A", "004", "")),
        ("2B033", "1975-12-31", ("020", "033", "moved")),
        ("2b033", "1976-01-01", ("02B", "033", "")),
        # Around Lyon.
        ("69282", "1967-12-30", ("038", "233", "moved")),
        ("69282", "1967-12-31", ("069", "282", "")),
        ("69286", "1967-12-30", ("001", "326", "moved")),
        ("69299", "1971-03-31", ("038", "119", "moved")),
        ("69299", "1971-04-01", ("069", "299", "")),
        # Communes that moved alone, and one that absorbed a commune of another department.
        ("54602", "1996-12-31", ("055", "227", "moved")),
        ("54602", "1997-01-01", ("054", "602", "")),
        ("44225", "2017-12-31", ("049", "144", "moved")),
        ("49382", "2015-12-31", ("044", "060", "moved")),
        ("51664", "2016-12-30", ("002", "344", "moved")),
        ("62909", "1970-12-31", ("080", "831", "moved")),
        ("91016", "1967-12-31", ("078", "016", "moved")),
        ("91016", "1970-01-01", ("091", "016", "")),
        ("25527", "1950-01-01", ("025", "527", "")),
        # Arrondissements that were made of another one.
        ("69388", "1959-02-07", ("069", "387", "created_later")),
        ("69388", "1959-02-08", ("069", "388", "")),
        ("69389", "1964-08-11", ("069", "385", "created_later")),
        ("69389", "1964-08-12", ("069", "389", "")),
        # Overseas: two digits, and 0 before them.
        ("97411", "1980-01-01", ("974", "011", "")),
        ("97209", "1940-01-01", ("972", "009", "")),
        ("97502", "1980-01-01", ("975", "002", "")),
        ("98735", "1980-01-01", ("987", "035", "")),
        ("98818", "1980-01-01", ("988", "018", "")),
        ("98613", "1980-01-01", ("986", "013", "")),
        ("97701", "2007-07-14", ("971", "023", "moved")),
        ("97701", "2007-07-15", ("977", "001", "")),
        ("97801", "2007-07-14", ("971", "027", "moved")),
        ("97801", "2007-07-15", ("978", "001", "")),
        ("97611", "2011-03-31", ("976", "011", "")),
    ],
)
def test_codes_on_the_day_of_birth(insee_code, day, expected):
    if expected:
        assert codes(insee_code, day) == expected
    else:
        assert not at_birth(insee_code, date.fromisoformat(day)).decided


def test_the_setting_for_overseas_takes_the_usual_cut():
    assert codes("97411", "1980-01-01", overseas=birthplace.OVERSEAS_CUT) == ("974", "411", "")
    assert codes("97701", "2000-01-01", overseas=birthplace.OVERSEAS_CUT) == ("971", "123", "moved")
    assert codes("69282", "1980-01-01", overseas=birthplace.OVERSEAS_CUT) == ("069", "282", "")


@pytest.mark.parametrize(
    ("city", "day", "first", "number"),
    [
        ("75056", "1980-01-01", "75101", 20),
        ("13055", "1980-01-01", "13201", 16),
        ("69123", "1980-01-01", "69381", 9),
        ("69123", "1964-08-11", "69381", 8),
        ("69123", "1959-02-07", "69381", 7),
    ],
)
def test_the_arrondissement_is_asked(city, day, first, number):
    answer = at_birth(city, date.fromisoformat(day))
    assert (answer.reason, answer.decided) == ("arrondissement", False)
    *arrondissements, whole = [candidate.insee_code for candidate in answer.candidates]
    assert (arrondissements[0], len(arrondissements), whole) == (first, number, city)


def test_of_a_commune_made_of_two_the_user_chooses():
    before = at_birth("91692", date(1967, 12, 31))
    assert (before.reason, before.decided) == ("created_later", False)
    assert before.candidates == (BirthCodes("078", "122", "78122", "91122"), BirthCodes("078", "471", "78471", "91471"))
    assert [place.insee_code for place in at_birth("91692", date(1977, 2, 18)).candidates] == ["91122", "91471"]
    assert codes("91692", "1977-02-19") == ("091", "692", "")


def test_mayotte_before_it_was_a_department_is_asked():
    answer = at_birth("97611", date(2011, 3, 30))
    assert answer.reason == "renumbered"
    assert answer.candidates == (
        BirthCodes("985", "011", "98511", "97611"),
        BirthCodes("976", "011", "97611", "97611"),
    )


@pytest.mark.parametrize(
    ("insee_code", "expected"),
    [
        ("92050", ["92050", "75050"]),
        ("2A004", ["2A004", "20004"]),
        ("97611", ["97611", "98511"]),
        ("69388", ["69388", "69387"]),
        ("91692", ["91692", "78122", "78471"]),
        # The code of the two years between has to be among them.
        ("78143", ["78143", "91143"]),
    ],
)
def test_without_a_date_what_depends_on_it_is_not_decided(insee_code, expected):
    answer = at_birth(insee_code, None)
    assert (answer.reason, answer.decided) == ("no_date", False)
    assert [candidate.insee_code for candidate in answer.candidates] == expected


def test_without_a_date_what_never_changed_is_decided():
    assert codes("59350", None) == ("059", "350", "")
    lyon = at_birth("69123", None)
    assert (lyon.reason, len(lyon.candidates), lyon.candidates[-1].insee_code) == ("arrondissement", 10, "69123")


@pytest.mark.parametrize("code", ["", "6912", "691234", "2C004", "A9123", "٦٩١٢٣", "69 23"])
def test_what_is_no_insee_code_is_refused(code):
    with pytest.raises(ValueError, match="INSEE"):
        at_birth(code, date(1980, 1, 1))
    with pytest.raises(ValueError, match="INSEE"):
        cut(code)


@pytest.mark.parametrize(
    ("department", "commune", "expected"),
    [
        ("069", "123", "69123"),
        ("02b", "033", "2B033"),
        ("020", "004", "20004"),
        ("974", "011", "97411"),
        ("974", "411", "97411"),
        ("987", "035", "98735"),
    ],
)
def test_typed_codes_give_the_whole_one(department, commune, expected):
    assert join(department, commune) == expected


@pytest.mark.parametrize(
    ("department", "commune"),
    [("69", "123"), ("0690", "123"), ("960", "123"), ("069", "12"), ("069", "1234"), ("069", "A23"), ("974", "111")]
    + [("02C", "004"), ("٠٦٩", "123"), ("974", "²11"), ("", "")],
)
def test_typed_codes_of_another_form_are_refused(department, commune):
    with pytest.raises(ValueError, match="department"):
        join(department, commune)


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("75050", ["92050", "75050"]),
        ("20004", ["2A004", "2B004"]),
        ("98511", ["97611"]),
        ("91143", ["78143", "91143"]),
        ("69123", ["69123"]),
    ],
)
def test_codes_of_the_time_lead_back_to_today(then, expected):
    assert possible_today(then) == expected


def test_every_commune_gives_codes_that_the_api_takes():
    with COMMUNES.open(encoding="utf-8", newline="") as file:
        all_codes = [row["code"] for row in csv.DictReader(file)]
    assert len(all_codes) == 37590
    for code in all_codes:
        for day in (date(1950, 1, 1), date(1972, 1, 1), date(2000, 1, 1), None):
            for found in at_birth(code, day).candidates:
                assert found.today in possible_today(found.insee_code)
                assert DEPARTMENT.fullmatch(found.department), code
                assert join(found.department, found.commune) == found.insee_code


def test_every_commune_around_paris_has_a_code_before_1968():
    with COMMUNES.open(encoding="utf-8", newline="") as file:
        all_codes = {row["code"] for row in csv.DictReader(file) if row["code"][:2] in ("91", "92", "93", "94", "95")}
    unmoved = {
        code
        for code in all_codes
        for found in at_birth(code, date(1960, 1, 1)).candidates
        if found.department not in ("075", "078")
    }
    assert len(all_codes) > 490
    assert unmoved == set()
