"""Splitting a street: nothing of it is ever lost (docs/api.md §2.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urssaf.address import split_street
from urssaf.lists import LETTERS, STREET_TYPES


@pytest.mark.parametrize(
    ("street", "parts"),
    [
        ("8 rue du Soleil", {"number": "8", "street_type": "R", "street_name": "du Soleil"}),
        ("  12,  Avenue   Foch ", {"number": "12", "street_type": "AV", "street_name": "Foch"}),
        ("8bis allée des Pins", {"number": "8", "letter": "B", "street_type": "ALL", "street_name": "des Pins"}),
        ("8 TER place Carnot", {"number": "8", "letter": "T", "street_type": "PL", "street_name": "Carnot"}),
        ("8 quinquies quai Ney", {"number": "8", "letter": "C", "street_type": "Q", "street_name": "Ney"}),
        ("8 B rue Ney", {"number": "8", "letter": "B", "street_type": "R", "street_name": "Ney"}),
        ("8 bâtiment A", {"number": "8", "street_type": "BAT", "street_name": "A"}),
        ("rue Ney", {"street_type": "R", "street_name": "Ney"}),
        ("Le Beyssat", {"locality": "Le Beyssat"}),
        ("8 cours Gambetta", {"locality": "8 cours Gambetta"}),
        ("8 rue", {"locality": "8 rue"}),
        ("12345 rue Ney", {"locality": "12345 rue Ney"}),
        ("0 rue Ney", {"locality": "0 rue Ney"}),
        ("8 rue " + "N" * 29, {"locality": "8 rue " + "N" * 29}),
        ("8 rue " + "N" * 33, {}),
        ("", {}),
    ],
)
def test_split(street, parts):
    assert split_street(street) == parts


@given(
    st.integers(1, 9999),
    st.sampled_from(["", *LETTERS.values()]),
    st.sampled_from(sorted(STREET_TYPES)),
    st.text(alphabet="abcdé' -", min_size=1, max_size=28).map(lambda name: " ".join(name.split())).filter(bool),
)
def test_what_was_joined_is_split_again(number, letter, code, name):
    parts = split_street(f"{number} {letter} {STREET_TYPES[code]} {name}")
    assert parts["number"] == str(number) and (parts["street_type"], parts["street_name"]) == (code, name)
    assert LETTERS.get(parts.get("letter"), "") == letter
