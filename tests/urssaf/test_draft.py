"""From what is typed to a person, without Odoo: days, communes, places of birth, and what follows from all of it."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from urssaf.intake.address import split_address, write_street
from urssaf.intake.birthplace import at_birth
from urssaf.intake.commune_names import search_key
from urssaf.intake.days import read_birth_date, write_day
from urssaf.intake.draft import ChosenBirth, Draft, person_of, values_of
from urssaf.intake.fields import BY_NAME
from urssaf.intake.towns import birth_in, find_birthplace, find_town, read_birth, read_birth_row
from urssaf.tiers_prestation.lists import FRANCE

TODAY = date(2026, 10, 20)
BORN = date(1980, 3, 29)


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    zips: str = ""
    kind: str = "commune"

    @property
    def label(self):
        return f"{self.name} ({self.zips.split()[0] if self.zips else self.department})"

    @property
    def department(self):
        return self.code[:3] if self.code[:2] == "97" else self.code[:2]


PLACES = (
    Place("69123", "Lyon", "69001 69002"),
    Place("69383", "Lyon 3e Arrondissement", "69003", "arrondissement"),
    Place("92050", "Nanterre", "92000"),
    Place("17300", "La Rochelle", "17000"),
    Place("70450", "La Rochelle", "70120"),
    Place("93066", "Saint-Denis", "93200"),
    Place("97411", "Saint-Denis", "97400"),
    Place("70000", "Rochelle", "70999"),
    Place("01001", "Fusion", "01000"),
    Place("01002", "Fusion", "", "delegated"),
)


class Gazetteer:
    """Finds communes in ``PLACES`` as the database does."""

    def named(self, text):
        return [place for place in PLACES if set(search_key(text).split()) <= set(search_key(place.name).split())]

    def coded(self, code):
        return [place for place in PLACES if place.code == code]

    def codes_at_birth(self, commune, born):
        answer = at_birth(commune.code, born)
        names = {place.code: place.name for place in PLACES}
        places = [
            {
                "department": each.department,
                "commune_code": each.commune,
                "commune_name": names.get(each.today, commune.name),
            }
            for each in answer.candidates
        ]
        return places, "" if answer.decided else answer.reason


COMMUNES = Gazetteer()


@pytest.mark.parametrize(
    ("text", "day", "problem", "meant"),
    [
        ("29/03/1980", BORN, "", None),
        ("29 3 1980", BORN, "", None),
        ("29031980", BORN, "", None),
        ("1980-03-29", BORN, "", None),
        ("29/03/80", None, "birth_date_short", BORN),
        ("29/03/10", None, "birth_date_short", date(1910, 3, 29)),
        ("29/03/1880", None, "birth_date_too_old", BORN),
        ("30/02/1980", None, "birth_date_invalid", None),
        ("hier", None, "birth_date_invalid", None),
        ("", None, "", None),
    ],
)
def test_birth_date(text, day, problem, meant):
    read = read_birth_date(text, TODAY)
    assert (read.day, read.problem, read.meant) == (day, problem, meant)
    assert "1980" not in repr(read)


def test_a_day_is_written_as_it_is_typed():
    assert write_day(BORN) == "29/03/1980"
    assert write_day(None) == ""


@pytest.mark.parametrize(
    ("typed", "code", "problem"),
    [
        ({"name": "nanterre"}, "92050", ""),
        ({"name": "St Denis"}, "", ""),
        ({"name": "St Denis", "zip_code": "93200"}, "93066", ""),
        ({"name": "Nanterre", "zip_code": "75001"}, "92050", ""),
        ({"name": "St Denis", "territory": "974"}, "97411", ""),
        ({"name": "La Rochelle"}, "", ""),
        ({"name": "Lyon", "code": "69123"}, "69123", ""),
        ({"name": "Paris", "code": "69123"}, "69123", "commune_mismatch"),
        ({"name": "Neuve", "code": "12345"}, "12345", ""),
        ({"name": "Lyon", "code": "lyon"}, "", "commune_code_invalid"),
        ({"name": ""}, "", ""),
    ],
)
def test_town(typed, code, problem):
    found = find_town(COMMUNES, **typed)
    assert (found.code, found.problem) == (code, problem)


@pytest.mark.parametrize(
    ("name", "department", "code"),
    [
        ("Nanterre", "", "92050"),
        ("SAINT DENIS", "093", "93066"),
        ("Saint-Denis", "", None),
        ("Rochelle", "", "70000"),
        ("Fusion", "", "01001"),
        ("Nulle part", "", None),
    ],
)
def test_birthplace_of_a_row(name, department, code):
    found = find_birthplace(COMMUNES, name, department)
    assert (found and found.code) == code


def test_birth_in_a_commune_that_moved():
    nanterre = COMMUNES.coded("92050")[0]
    assert birth_in(COMMUNES, nanterre, date(1960, 1, 1)).codes() == {
        "birth_department": "075",
        "birth_commune_code": "050",
        "birth_commune_name": "Nanterre",
    }
    undecided = birth_in(COMMUNES, nanterre, None)
    assert (undecided.department, undecided.commune_name, undecided.question) == ("", "Nanterre", "no_date")
    assert birth_in(COMMUNES, nanterre, None, "075050").department == "075"


def test_birth_on_the_page():
    lyon = read_birth(COMMUNES, "Lyon", "69123", "", BORN)
    assert lyon.problems == {"birth_choice": "birth_place_unclear"}
    assert len(lyon.choices) == 10
    chosen = read_birth(COMMUNES, "Lyon", "69123", "069383", BORN)
    assert (chosen.problems, chosen.commune_code, chosen.commune_name) == ({}, "383", "Lyon 3e Arrondissement")
    elsewhere = read_birth(COMMUNES, "Nanterre", "92050", "", BORN, territory="974")
    assert elsewhere.problems == {"birth_commune": "birth_commune_elsewhere"}
    kept = read_birth(COMMUNES, "Oubliée", "", "", BORN, known=("001", "999", "OUBLIEE"))
    assert (kept.department, kept.commune_code) == ("001", "999")
    assert read_birth(COMMUNES, "Oubliée", "", "", BORN).commune_code == ""
    assert read_birth(COMMUNES, "Neuve", "12345", "", BORN).codes()["birth_department"] == "012"


def test_birth_in_a_row():
    assert read_birth_row(COMMUNES, "Nanterre", "", "", BORN).commune_code == "050"
    assert read_birth_row(COMMUNES, "Lyon", "", "", BORN).codes()["birth_commune_code"] == ""
    given = read_birth_row(COMMUNES, "Bourg", "1", "53", BORN)
    assert (given.department, given.commune_code) == ("001", "053")


def draft(**values):
    return Draft(person_of(dict.fromkeys(BY_NAME) | {"birth_country_id": FRANCE, "birth_date": BORN} | values))


def codes(problems):
    return {problem.code for problem in problems if problem.code.startswith(("birth_place", "birth_dep", "birth_com"))}


@pytest.mark.parametrize(
    ("birth", "born", "expected"),
    [
        (None, BORN, {"birth_department_missing", "birth_commune_missing"}),
        (ChosenBirth(), BORN, {"birth_place_missing"}),
        (ChosenBirth(is_found=True, is_open=True), BORN, {"birth_place_open"}),
        (ChosenBirth(is_found=True, is_open=True), None, set()),
        (ChosenBirth(is_found=True), BORN, {"birth_department_missing", "birth_commune_missing"}),
    ],
)
def test_nobody_has_to_know_codes(birth, born, expected):
    open_draft = replace(draft(birth_commune_name="Lyon", birth_date=born), birth=birth)
    assert codes(open_draft.problems(TODAY)) == expected


def test_suggestions():
    person = draft(mobile="", birth_name="durand", address_zip="69001")
    asked = {each.code: each for each in replace(person, mobile="06.12.34.56.78").suggestions(TODAY)}
    assert values_of(asked["mobile_format"].changes) == {"mobile": "0612345678"}
    assert "name_capitals" not in asked
    assert "name_capitals" in {each.code for each in replace(person, is_refused=True).suggestions(TODAY)}
    (zip_code,) = (each for each in replace(person, zips=("69003",)).suggestions(TODAY) if each.field == "address.zip")
    assert values_of(zip_code.changes) == {"address_zip": "69003"}
    short = replace(person, born=read_birth_date("29/03/80", TODAY)).suggestions(TODAY)
    assert [values_of(each.changes) for each in short if each.code == "birth_date_short"] == [
        {"birth_date": "1980-03-29"}
    ]


def test_warnings_stand_as_long_as_the_address_is_as_it_was_read():
    street = "12 rue du Professeur Interminablement Long de la Republique"
    reading = split_address(street, "", "69001", "Lyon CEDEX 01")
    assert "address_cedex" in reading.warnings
    read = replace(draft(**{f"address_{name}": value for name, value in reading.values().items()}), reading=reading)
    assert not read.address_differs()
    assert read.warnings() == [*reading.warnings]
    moved = replace(read, person=replace(read.person, address=replace(read.person.address, zip="69003")))
    assert moved.address_differs() == {"zip"}
    assert "address_cedex" not in moved.warnings()
    other = replace(read, person=replace(read.person, address=replace(read.person.address, street_name="Autre")))
    assert other.warnings() == ["address_cedex"]
    assert Draft(read.person).warnings() == []


@pytest.mark.parametrize("street", ["12 bis Rue de la Paix", "3 Chemin des Vignes", "Le Bourg"])
def test_a_street_is_written_as_it_is_read(street):
    values = {f"address_{name}": value for name, value in split_address(street, "", "69001", "Lyon").values().items()}
    assert write_street(draft(**values).person.address) == street


def test_a_draft_shows_nothing():
    shown = repr(draft(birth_name="Durand", iban="FR7630006000011234567890189"))
    assert "Durand" not in shown
    assert "FR76" not in shown
