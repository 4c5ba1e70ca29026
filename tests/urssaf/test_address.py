"""Reading an address: nothing of it is lost without a word (docs/api.md §2.1)."""

import csv
import re
import time
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urssaf.http.folding import fold_in_place
from urssaf.intake.address import WARNINGS, SplitAddress, split_address
from urssaf.intake.address_words import (
    ABBREVIATIONS,
    FALSE_FRIENDS,
    FIRST_NAMES,
    GROUP_SPELLINGS,
    LINKS,
    STREET_SPELLINGS,
    WHOLE_WORDS,
)
from urssaf.rules import check_person
from urssaf.tiers_prestation.lists import LETTERS, WRITTEN_STREET_TYPES
from urssaf.tiers_prestation.messages import Address

SET = Path(__file__).with_name("addresses.csv")
FIELDS = ("number", "letter", "street_type", "street_name", "complement", "locality")
LIMITS = {"number": 4, "letter": 1, "street_type": 4, "street_name": 28, "complement": 38, "locality": 38, "city": 50}
TYPES = {code: label for code, label in WRITTEN_STREET_TYPES.items() if code != "BAT"}


def rows():
    with SET.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";", restval="", quoting=csv.QUOTE_NONE))


def read(row):
    return split_address(row["street"], row["street2"], row["zip"], row["city"])


def expected(row):
    return SplitAddress(
        **{name: row[name] for name in FIELDS},
        zip=row["sent_zip"] or row["zip"],
        city=row["sent_city"] or row["city"],
        warnings=tuple(code for code in WARNINGS if code.removeprefix("address_") in row["warnings"].split()),
    )


def words(*texts):
    """Give the words and the numbers of a text, folded."""
    found = re.findall(
        r"[0-9]+|[^\W\d_]+", fold_in_place(unicodedata.normalize("NFKC", " ".join(texts))).replace("œ", "oe")
    )
    return [word.lstrip("0") or word for word in found]


def missing_words(row, result):
    """Give the words of an address that are neither in a field nor said by a code, nor shortened with a warning."""
    said = set(words(*(getattr(result, name) for name in FIELDS), result.zip, result.city, result.leftover))
    said |= {word for word, code in (STREET_SPELLINGS | GROUP_SPELLINGS).items() if code == result.street_type}
    said |= {
        LETTERS.get(result.letter, ""),
        "n",
        "no",
        "numero",
        "au",
        "france",
        "lieu",
        "dit",
        "lieudit",
        "ld",
        "l",
        "d",
    }
    if "address_abbreviated" in result.warnings:
        said |= {*ABBREVIATIONS, *LINKS, *FIRST_NAMES, "notre", "dame"}
    if "address_cedex" in result.warnings:
        said |= {"cedex", *words(row["city"])}
    return [word for word in words(row["street"], row["street2"], row["city"]) if word not in said]


def test_the_set_is_large_and_varied():
    everything = rows()
    assert len(everything) >= 300
    assert len({(row["street"], row["street2"], row["zip"], row["city"]) for row in everything}) == len(everything)
    assert {code for row in everything for code in row["warnings"].split()} == {
        code.removeprefix("address_") for code in WARNINGS
    } - {"cut"}


def test_at_least_95_percent_are_right(capsys):
    everything = rows()
    wrong = [row["street"] for row in everything if read(row) != expected(row)]
    with capsys.disabled():
        print(f"\naddresses: {len(everything) - len(wrong)} of {len(everything)} read right", end=" ")
    assert len(wrong) <= len(everything) * 0.05, wrong


def test_none_is_cut_silently():
    for row in rows():
        result = read(row)
        typed = words(row["street"])
        # A misspelt type, behind the number, is said by its code; nothing else may go.
        assert missing_words(row, result) in ([], typed[1:2] if result.street_type else []), row["street"]


def test_every_field_fits_and_urssaf_takes_it(person):
    for row in rows():
        result = read(row)
        for name, limit in LIMITS.items():
            assert len(getattr(result, name)) <= limit, (row["street"], name)
        address = Address(**result.values(), city_code="69381")
        found = check_person(replace(person, address=address), today=date(2026, 11, 2))
        assert {problem.code for problem in found} <= {"address_zip_invalid", "address_city_missing"}, row["street"]


@pytest.mark.parametrize(
    ("street", "fields"),
    [
        # Found after the set was written; kept here so that the set stays what it was.
        ("Villa 12 Résidence Soleil d'Or 45 av. de la Plage", ("45", "", "AV", "de la Plage")),
        ("apt 12 rue du Four", ("", "", "R", "du Four")),
        ("apt 4 12 rue du Four", ("12", "", "R", "du Four")),
        ("Porte 12, 3 rue Neuve", ("3", "", "R", "Neuve")),
        ("rue Victor Hugo 12 bis", ("12", "B", "R", "Victor Hugo")),
        ("Avenue des Champs-Elysées 101", ("101", "", "AV", "des Champs-Elysées")),
        ("Route Nationale 7", ("", "", "RTE", "Nationale 7")),
        ("place du 11 novembre 1918", ("", "", "PL", "du 11 novembre 1918")),
        ("12 rue François 1er", ("12", "", "R", "François 1er")),
        ("35 ter avenue Pierre 1er de Serbie", ("35", "T", "AV", "Pierre 1er de Serbie")),
        ("12 rue du Four 3ème droite", ("12", "", "R", "du Four")),
        ("12 bis rue de l' Église", ("12", "B", "R", "de l'Église")),
        ("１２ rue Neuve", ("12", "", "R", "Neuve")),
        ("nº 12 rue Neuve", ("12", "", "R", "Neuve")),
        ("3 étage 12 rue Neuve", ("12", "", "R", "Neuve")),
        ("premier étage 12 rue Neuve", ("12", "", "R", "Neuve")),
        ("Résidence Bellevue étage 3 rue Neuve", ("", "", "R", "Neuve")),
        ("12 rue Neuve 3º étage", ("12", "", "R", "Neuve")),
        ("12 rue Neuve CIDEX 405", ("12", "", "R", "Neuve")),
        ("12 plcae Neuve", ("12", "", "PL", "Neuve")),
        ("12bd Victor Hugo", ("12", "", "BD", "Victor Hugo")),
        ("N.12 rue Neuve", ("12", "", "R", "Neuve")),
        ("num 12 rue Neuve", ("12", "", "R", "Neuve")),
        ("No12 rue Neuve", ("12", "", "R", "Neuve")),
        ("Bd Victor Hugo n 12", ("12", "", "BD", "Victor Hugo")),
        ("Rue 12 numéro 4", ("4", "", "R", "12")),
        ("1250 N7", ("", "", "", "")),
        ("12 lot. La Pinède", ("12", "", "LOT", "La Pinède")),
        ("12 lot 4", ("", "", "", "")),
        ("12 plage des Sables", ("", "", "", "")),
        ("12 cols du Loup", ("", "", "", "")),
        ("12 vallée du Loup", ("", "", "", "")),
        ("", ("", "", "", "")),
        (" , ; - ", ("", "", "", "")),
        ("12", ("", "", "", "")),
    ],
)
def test_read(street, fields):
    result = split_address(street)
    assert (result.number, result.letter, result.street_type, result.street_name) == fields


@pytest.mark.parametrize(
    ("street", "zip", "city", "expected"),
    [
        ("12 rue Neuve 69003", "", "Lyon", ("69003", "Lyon", "Neuve")),
        ("12 rue Neuve 69003", "69003", "Lyon", ("69003", "Lyon", "Neuve")),
        ("12 rue Neuve 69003", "69001", "Lyon", ("69001", "Lyon", "Neuve 69003")),
        ("12 rue Neuve CS 69003", "", "Lyon", ("", "Lyon", "Neuve")),
        ("12 rue Neuve, Lyon 69003", "", "", ("69003", "Lyon", "Neuve")),
        ("12 rue Neuve 69003 Lyon France", "69003", "Lyon", ("69003", "Lyon", "Neuve")),
        ("12 rue Neuve 95700 Roissy en France", "", "", ("95700", "Roissy en France", "Neuve")),
        ("12 rue Neuve", "95700", "Roissy en France", ("95700", "Roissy en France", "Neuve")),
        ("12 rue Neuve", "69003", "Lyon, France", ("69003", "Lyon", "Neuve")),
        ("12 rue Neuve", "69003", "Lyon (France)", ("69003", "Lyon", "Neuve")),
        ("12 rue Neuve", "F-69003 Lyon", "", ("69003", "Lyon", "Neuve")),
        ("12 rue Neuve", "69003 Lyon", "Bron", ("69003Lyon", "Bron", "Neuve")),
        ("12 rue Neuve", "Lyon", "69003", ("69003", "Lyon", "Neuve")),
        ("12 rue Neuve", "", "Lyon 69003", ("69003", "Lyon", "Neuve")),
        # Two that disagree are both kept: no town has that name, so that a person looks.
        ("12 rue Neuve", "69001", "69003 Lyon", ("69001", "69003 Lyon", "Neuve")),
    ],
)
def test_the_town_is_found_where_it_was_typed(street, zip, city, expected):
    result = split_address(street, "", zip, city)
    assert (result.zip, result.city, result.street_name) == expected


def test_a_line_typed_twice_is_read_once():
    result = split_address("12 rue Neuve", "12 rue Neuve")
    assert (result.number, result.street_name, result.complement) == ("12", "Neuve", "")
    assert split_address("Bât A, A, 12 rue Neuve").complement == "Bât A A"


def test_the_and_of_a_name_goes_last():
    assert split_address("2 place de la Résistance et de la Déportation").street_name == "Résistance et la Déportation"


def test_what_fits_nowhere_is_given_back():
    long = "Résidence des Magnifiques Jardins Suspendus de Babylone et de Sémiramis près du vieux canal des Ormes"
    result = split_address("12 rue Neuve", long)
    assert "address_cut" in result.warnings
    assert result.complement and result.locality and result.leftover
    assert words(f"{result.complement} {result.locality} {result.leftover}")[1:] == [
        ABBREVIATIONS.get(word, word) for word in words(long)[1:]
    ]


def test_a_town_too_long_is_given_back():
    result = split_address("12 rue Neuve", "", "51300", "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson et alentours")
    assert (result.city, result.leftover) == ("Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson et", "alentours")
    assert result.warnings == ("address_cut",)


def test_a_locality_that_bears_the_name_of_the_town_is_kept():
    assert split_address("Ornans", "", "25290", "Ornans").locality == "Ornans"


def test_false_friends_are_no_types():
    assert not FALSE_FRIENDS & {*WHOLE_WORDS, *STREET_SPELLINGS, *GROUP_SPELLINGS}
    for word in FALSE_FRIENDS:
        assert split_address(f"12 {word} du Loup").street_type == "", word


def test_abbreviations_are_shorter():
    assert all(len(short) < len(word) and word == fold_in_place(word) for word, short in ABBREVIATIONS.items())


def test_nothing_personal_is_shown():
    assert "Neuve" not in repr(split_address("12 rue Neuve"))


@given(
    st.integers(1, 9999),
    st.sampled_from(["", *LETTERS.values()]),
    st.sampled_from(sorted(TYPES)),
    st.text(alphabet="cdéû' -", min_size=1, max_size=28)
    .map(lambda name: " ".join(name.split()).strip("- '"))
    .filter(bool),
)
def test_what_was_joined_is_read_again(number, letter, code, name):
    if " - " in name or "' " in name:
        return
    result = split_address(f"{number} {letter} {TYPES[code]} {name}")
    assert (result.number, result.street_type, result.street_name) == (str(number), code, name)
    assert LETTERS.get(result.letter, "") == letter


@given(st.text(alphabet="rue dlap12,-'()bisé\n.°", max_size=90), st.text(alphabet="bat cedx1 ,résid", max_size=90))
def test_whatever_is_typed_fits_and_nothing_goes(street, street2):
    row = {"street": street, "street2": street2, "city": ""}
    result = split_address(street, street2)
    assert all(len(getattr(result, name)) <= limit for name, limit in LIMITS.items())
    if not result.warnings:
        signs = {word for word in missing_words(row, result) if word.isdigit() and word != "0"}
        assert not signs


def test_hostile_lines_are_read_quickly():
    started = time.perf_counter()
    for hostile in (
        "1 " * 400,
        "12 rue " * 120,
        "res. " * 160,
        "1-" * 400 + "a",
        "a" * 800,
        "d' " * 300,
        "(bis)" * 160,
    ):
        split_address(hostile, hostile)
    assert time.perf_counter() - started < 3
