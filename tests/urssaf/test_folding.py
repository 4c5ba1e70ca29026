"""One folding of names: whatever compares names takes them for the same, or for different ones, alike."""

import pytest

from urssaf.http.folding import fold, fold_code, fold_in_place, fold_words, strip_accents


@pytest.mark.parametrize("written", ["Lebœuf", "LEBOEUF", "Le-bœuf", "Lebœuf", " lebœuf. "])
def test_the_same_name(written):
    assert fold(written) == "leboeuf"


def test_decomposed_letters_are_whole_ones():
    assert fold("É\u0301ric") == fold("Eric") == "eric"
    assert fold_words("L'Ha\u00ff-les-Roses") == fold_words("l’hay les roses") == ["l", "hay", "les", "roses"]
    assert fold_words("E\u0301ric") == ["eric"]


@pytest.mark.parametrize("nothing", ["", None, False, " .-' "])
def test_nothing(nothing):
    assert fold(nothing) == ""
    assert fold_words(nothing) == []


def test_signs_of_a_code_count():
    assert fold_code(" Jeanne.Durand@Example.com ") == "jeanne.durand@example.com"
    assert fold_code("FR76 3000") == "fr763000" != fold_code("FR76-3000")


def test_places_stay():
    text = "12, Rue de l'Œuvre-Élevée"
    assert len(fold_in_place(text)) == len(text)
    assert strip_accents(text) == "12, Rue de l'OEuvre-Elevee"
