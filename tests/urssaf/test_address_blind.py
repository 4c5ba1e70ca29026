"""Reading addresses that were written without a look at the parser (docs/data.md, "Reading an address")."""

import csv
import re
import unicodedata
from itertools import product
from pathlib import Path

import pytest

from urssaf.intake.address import split_address
from urssaf.intake.address_words import GROUP_SPELLINGS, STREET_SPELLINGS
from urssaf.tiers_prestation.lists import LETTERS

# A row that begins with | is another right result for the row above; | inside a cell parts values equally right.
SETS = {name: Path(__file__).with_name(f"{name}.csv") for name in ("addresses_blind", "addresses_blind_hard")}
TYPED = ("street", "street2", "zip", "city")
FIELDS = ("number", "letter", "street_type", "street_name", "complement", "locality")
# What says nothing of its own, and the links that a long name may do without.
FILLERS = frozenset({"n", "no", "numero", "lieu", "dit", "ld", "france"})
LINKS = frozenset({"de", "du", "des", "la", "le", "les", "et", "l", "d", "en", "a", "au", "aux"})


def plain(text):
    """Give a text without what two careful people write differently: capitals, hyphens, points, commas, spaces."""
    return " ".join(re.sub(r"[-.,'’\"]", " ", unicodedata.normalize("NFC", text).casefold()).split())


def words(*texts):
    folded = unicodedata.normalize("NFKD", " ".join(texts).casefold().replace("œ", "oe"))
    return re.findall(r"[0-9]+|[^\W\d_]+", "".join(sign for sign in folded if not unicodedata.combining(sign)))


def cases(name):
    """Give (typed row, set of right results) for each address of a set."""
    found = []
    with SETS[name].open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter=";", restval="", quoting=csv.QUOTE_NONE):
            if row["street"] != "|":
                found.append((row, set()))
            typed, right = found[-1]
            row = {**row, "sent_zip": row["sent_zip"] or typed["zip"], "sent_city": row["sent_city"] or typed["city"]}
            cells = (row[name].split("|") for name in (*FIELDS, "sent_zip", "sent_city"))
            right.update(tuple(map(plain, values)) for values in product(*cells))
    return found


def read(row):
    return split_address(*(row[name] for name in TYPED))


def fields(result):
    return tuple(plain(getattr(result, name)) for name in (*FIELDS, "zip", "city"))


def shortens(short, word):
    """Say whether a word may stand for a longer one: the same first letter, and its other letters in their order."""
    letters = iter(word)
    return short[0] == word[0] and len(short) < len(word) and all(letter in letters for letter in short)


def silently_lost(row, result):
    """Give the words typed that are in no field, said by no code, shortened without a warning, or not given back."""
    said = [*words(*fields(result)), *(words(result.leftover) if result.warnings else ())]
    known = {*said, *FILLERS, *words(LETTERS.get(result.letter, ""))}
    known |= {word for word, code in (STREET_SPELLINGS | GROUP_SPELLINGS).items() if code == result.street_type}
    if "address_cedex" in result.warnings:
        known |= {"cedex", *words(row["city"])}
    # A postal code may be written with a space, "F-" before it or no zero; what became of it is in ``fields``.
    typed = words(row["street"], row["street2"], row["city"], re.sub(r"^F-|\d", "", row["zip"]))
    lost = [word for word in typed if word not in known]
    if "address_abbreviated" in result.warnings:
        lost = [word for word in lost if word not in LINKS and not any(shortens(short, word) for short in said)]
    return lost


@pytest.mark.parametrize("name", SETS)
def test_at_least_95_percent_are_right(name, capsys):
    everything = cases(name)
    wrong = [row["street"] for row, right in everything if fields(read(row)) not in right]
    with capsys.disabled():
        print(f"\n{name}: {len(everything) - len(wrong)} of {len(everything)} read right", end=" ")
    assert len(everything) >= 80 and len(wrong) <= len(everything) * 0.05, wrong


# The misspelt types of street, which the code of the type says.
MISSPELT = frozenset("aveneu boulevrad chemein imapsse palce reu".split())


@pytest.mark.parametrize("name", SETS)
def test_no_word_is_lost_in_silence(name):
    for row, _right in cases(name):
        result = read(row)
        assert set(silently_lost(row, result)) <= (MISSPELT if result.street_type else set()), row["street"]


def test_a_lost_word_is_seen():
    (row, _right), *_others = cases("addresses_blind")
    assert silently_lost({**row, "street2": "Bât Ibis"}, read(row)) == ["bat", "ibis"]
