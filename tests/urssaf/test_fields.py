"""A field of the registration is declared once: the message, the rules and the suggestions know no other."""

from dataclasses import fields, is_dataclass, replace
from datetime import date

import pytest

from urssaf.intake.draft import person_of
from urssaf.intake.fields import BY_ATTRIBUTE, BY_NAME, FIELDS, SECTIONS, field_at
from urssaf.rules import check_person
from urssaf.tiers_prestation.lists import FRANCE
from urssaf.tiers_prestation.person_messages import Address

TODAY = date(2026, 10, 20)
#: Attributes of ``Person`` that nobody types.
NOT_TYPED = {"birth_place.country_until", "address.country_code"}
MARKED = {name: f"<{name}>" for name in BY_NAME} | {
    "birth_country_id": FRANCE,
    "birth_date": date(1980, 3, 29),
    "birth_department": "<BIRTH_DEPARTMENT>",
    "iban": "<IBAN>",
    "bic": "<BIC>",
}


def leaves(value, prefix=""):
    for field in fields(value):
        inner = getattr(value, field.name)
        if is_dataclass(inner):
            yield from leaves(inner, f"{prefix}{field.name}.")
        else:
            yield f"{prefix}{field.name}", inner


def at(message, path):
    for key in path.split("."):
        message = message[key]
    return message


def test_each_attribute_is_declared():
    assert {name for name, _value in leaves(person_of(dict.fromkeys(BY_NAME)))} - NOT_TYPED == set(BY_ATTRIBUTE)
    assert len(BY_NAME) == len(BY_ATTRIBUTE) == len(FIELDS) == len({field.path for field in FIELDS})
    assert {field.section for field in FIELDS} == set(SECTIONS)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_it_goes_where_it_is_declared_to_go(field):
    person = person_of(MARKED)
    assert dict(leaves(person))[field.attribute] == MARKED[field.name]
    sent = at(person.to_wire(), field.path)
    assert sent == ("1980-03-29T00:00:00Z" if field.name == "birth_date" else MARKED[field.name])
    assert field_at(field.path) == field


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("lieuNaissance", "birth_country_id"),
        ("lieuNaissance.communeNaissance", "birth_commune_code"),
        ("adressePostale", "address_street_name"),
        ("adressePostale.codePays", "address_street_name"),
    ],
)
def test_a_part_of_the_message_is_its_first_field(path, name):
    assert field_at(path).name == name


def test_a_strange_path():
    with pytest.raises(ValueError, match="no field"):
        field_at("inputPrestations")


def test_every_problem_is_of_a_field():
    empty = person_of(dict.fromkeys(BY_NAME))
    long = person_of(
        {name: "1" * 300 for name in BY_NAME} | {"birth_country_id": FRANCE, "birth_date": date(1800, 1, 1)}
    )
    abroad = replace(
        empty, birth_place=replace(long.birth_place, country_code="99109"), address=Address(country_code="")
    )
    found = [problem for person in (empty, long, abroad) for problem in check_person(person, today=TODAY)]
    assert len(found) > 25
    assert {field_at(problem.field).input for problem in found} == {field.input for field in FIELDS}


def test_a_birth_abroad_has_no_commune():
    place = person_of(MARKED | {"birth_country_id": "99109"}).birth_place
    assert (place.country_code, place.department, place.commune_code, place.commune_name) == ("99109", "", "", "")
