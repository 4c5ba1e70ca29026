"""Each suggestion has a case that makes it, proposes what fixes, and says nothing personal (docs/api.md §2.1, §8)."""

import logging
import re
import sys
import types
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.urssaf.test_codes_and_catalogue import catalogue  # noqa: F401
from tests.urssaf.test_rules_person import changed
from urssaf.intake import banks
from urssaf.intake.address import WARNINGS
from urssaf.intake.suggestions import FIX, OPTION, QUESTION, Change, suggest
from urssaf.rules import check_person
from urssaf.tiers_prestation.messages import Address, BankAccount, BirthPlace, Person

TODAY = date(2026, 11, 2)
BNP = "FR7630004000031234567890143"
MUTUEL = "FR6410278000011234567890109"
USSR = {"country_code": "99123", "country_until": date(1991, 12, 25)}

# code, kind, what is typed, what one click makes of it (field -> value)
CASES = [
    ("name_couple", QUESTION, {"birth_name": "M. ou Mme Dupont"}, {"birth_name": "Dupont"}),
    ("name_couple", QUESTION, {"birth_name": "Mme et M. Dupont"}, {"birth_name": "Dupont"}),
    ("name_couple", QUESTION, {"birth_name": "M. ou Mme"}, {}),
    ("name_couple", QUESTION, {"first_names": "Jean et Marie"}, {}),
    ("name_title", FIX, {"first_names": "Mme Anne"}, {"first_names": "Anne"}),
    ("name_title", FIX, {"first_names": "Mme Anne", "title": ""}, {"first_names": "Anne", "title": "2"}),
    ("name_title", FIX, {"birth_name": "M.Durand", "title": ""}, {"birth_name": "Durand", "title": "1"}),
    ("name_title", QUESTION, {"birth_name": "Monsieur Durand"}, {"birth_name": "Durand"}),
    ("name_title", FIX, {"birth_name": "Dr Durand", "title": ""}, {"birth_name": "Durand"}),
    ("name_title", FIX, {"usage_name": "Martin (Mme)"}, {"usage_name": "Martin"}),
    ("name_married", QUESTION, {"birth_name": "Roy née Petit"}, {"birth_name": "Petit", "usage_name": "Roy"}),
    ("name_married", QUESTION, {"usage_name": "ROY (NEE PETIT)"}, {"birth_name": "PETIT", "usage_name": "ROY"}),
    ("name_married", QUESTION, {"birth_name": "Petit épouse Roy"}, {"birth_name": "Petit", "usage_name": "Roy"}),
    ("name_married", QUESTION, {"birth_name": "Petit ép. Roy"}, {"birth_name": "Petit", "usage_name": "Roy"}),
    ("name_married", QUESTION, {"birth_name": "Petit, veuve Roy"}, {"birth_name": "Petit", "usage_name": "Roy"}),
    ("name_digits", FIX, {"birth_name": "Durand 2"}, {"birth_name": "Durand"}),
    ("name_digits", FIX, {"first_names": "Jeanne1, Marie"}, {"first_names": "Jeanne Marie"}),
    ("name_separators", FIX, {"first_names": "Jeanne, Marie,Zoé"}, {"first_names": "Jeanne Marie Zoé"}),
    ("name_separators", FIX, {"first_names": "Jeanne/Marie"}, {"first_names": "Jeanne Marie"}),
    ("name_signs", FIX, {"birth_name": "D’Hondt"}, {"birth_name": "D'Hondt"}),
    ("name_signs", FIX, {"birth_name": "Durand – Roy."}, {"birth_name": "Durand-Roy"}),
    ("name_signs", FIX, {"first_names": "Jean -Marie"}, {"first_names": "Jean-Marie"}),
    ("name_signs", FIX, {"birth_name": "-Durand-"}, {"birth_name": "Durand"}),
    ("name_spaces", FIX, {"birth_name": " De  La Tour "}, {"birth_name": "De La Tour"}),
    ("name_spaces", FIX, {"first_names": "Jeanne\u00a0Marie"}, {"first_names": "Jeanne Marie"}),
    ("name_capitals", OPTION, {"birth_name": "durand-roy"}, {"birth_name": "Durand-Roy"}),
    ("name_capitals", OPTION, {"birth_name": "dURAND"}, {"birth_name": "Durand"}),
    ("name_accents", OPTION, {"first_names": "Zoé Cœur"}, {"first_names": "Zoe Coeur"}),
    ("names_swapped", OPTION, {}, {"birth_name": "Martin", "usage_name": "Durand"}),
    ("usage_name_same", FIX, {"usage_name": "DURAND"}, {"usage_name": ""}),
    ("first_names_hold_name", QUESTION, {"first_names": "Jeanne DURAND"}, {"first_names": "Jeanne"}),
    ("first_names_hold_name", QUESTION, {"first_names": "Durand Jeanne"}, {"first_names": "Jeanne"}),
    ("birth_date_century", QUESTION, {"birth_date": date(2058, 3, 1)}, {"birth_date": "1958-03-01"}),
    ("birth_date_century", QUESTION, {"birth_date": date(1880, 3, 1)}, {"birth_date": "1980-03-01"}),
    ("birth_date_century", QUESTION, {"birth_date": date(2027, 3, 1)}, {"birth_date": "1927-03-01"}),
    ("birth_date_century", QUESTION, {"birth_date": date(1800, 3, 1)}, {}),
    ("birth_date_century", QUESTION, {"birth_date": date(1896, 2, 29)}, {"birth_date": "1996-02-29"}),
    ("birth_date_century", QUESTION, {"birth_date": date(2000 - 200, 2, 28)}, {}),
    ("birth_date_minor", QUESTION, {"birth_date": date(2008, 11, 3)}, {}),
    ("birth_country_gone", QUESTION, {"birth_date": date(1991, 12, 26), "birth_place": USSR}, {}),
    ("mobile_format", FIX, {"mobile": "+33 (0)6 05 04 03 02"}, {"mobile": "0605040302"}),
    ("mobile_format", FIX, {"mobile": "0033605040302"}, {"mobile": "0605040302"}),
    ("mobile_format", FIX, {"mobile": "06.05.04.03.02"}, {"mobile": "0605040302"}),
    ("mobile_format", FIX, {"mobile": "605040302"}, {"mobile": "0605040302"}),
    ("mobile_format", FIX, {"mobile": "O605O4O3O2"}, {"mobile": "0605040302"}),
    ("email_format", FIX, {"email": " jeanne @contact.fr."}, {"email": "jeanne@contact.fr"}),
    ("email_format", FIX, {"email": "mailto:Jeanne@Contact.FR"}, {"email": "Jeanne@contact.fr"}),
    ("email_format", FIX, {"email": "jérôme@contact,fr"}, {"email": "jerome@contact.fr"}),
    ("email_domain", QUESTION, {"email": "j@gmial.com"}, {"email": "j@gmail.com"}),
    ("email_domain", QUESTION, {"email": "j@gmail.con"}, {"email": "j@gmail.com"}),
    ("email_domain", QUESTION, {"email": "j@gmail"}, {"email": "j@gmail.com"}),
    ("email_domain", QUESTION, {"email": "j@free.ft"}, {"email": "j@free.fr"}),
    ("email_domain", QUESTION, {"email": "j@wanado.fr"}, {"email": "j@wanadoo.fr"}),
    ("email_plus", QUESTION, {"email": "j.d+urssaf@gmail.com"}, {"email": "j.d@gmail.com"}),
    (
        "bank_swapped",
        FIX,
        {"bank": {"iban": "BNPAFRPP", "bic": "FR76 3000 4000 0312 3456 7890 143"}},
        {"bank.iban": BNP, "bank.bic": "BNPAFRPP"},
    ),
    ("iban_format", FIX, {"bank": {"iban": "IBAN : FR76-3000-4000-0312-3456-7890-143"}}, {"bank.iban": BNP}),
    ("iban_format", FIX, {"bank": {"iban": "FR763OOO4OOOO31234567890143"}}, {"bank.iban": BNP}),
    ("bic_format", FIX, {"bank": {"bic": "BNPA-FR-PP"}}, {"bank.bic": "BNPAFRPP"}),
    ("bic_from_iban", FIX, {"bank": {"iban": BNP, "bic": ""}}, {"bank.bic": "BNPAFRPP"}),
    ("bic_from_iban", FIX, {"bank": {"iban": MUTUEL, "bic": "CMC"}}, {"bank.bic": "CMCIFR2AXXX"}),
    ("bic_other_bank", QUESTION, {"bank": {"iban": MUTUEL, "bic": "BNPAFRPP"}}, {"bank.bic": "CMCIFR2AXXX"}),
    ("holder_from_name", FIX, {"bank": {"holder": ""}}, {"bank.holder": "Mme Martin Eric-Antoine"}),
    ("holder_from_name", FIX, {"bank": {"holder": BNP}}, {"bank.holder": "Mme Martin Eric-Antoine"}),
    ("holder_title", OPTION, {"bank": {"holder": "Jeanne MARTIN"}}, {"bank.holder": "Mme Jeanne MARTIN"}),
    ("holder_other", QUESTION, {"bank": {"holder": "M. Paul Petit"}}, {}),
]

# What must not be proposed: code, what is typed
SILENT = [
    ("name_title", {"birth_name": "M'Bala"}),
    ("name_married", {"birth_name": "Née"}),
    ("name_married", {"birth_name": "Bonnée Petit"}),
    ("name_married", {"birth_name": "Né Petit"}),
    ("name_married", {"first_names": "Anne née Petit"}),
    ("name_title", {"birth_name": "Docteur"}),
    ("name_couple", {"birth_name": "Etoumme"}),
    ("name_signs", {"birth_name": "Durand - Martin"}),
    ("name_signs", {"birth_name": "123"}),
    ("name_digits", {"birth_name": "123"}),
    ("name_capitals", {"birth_name": "de La Tour"}),
    ("name_capitals", {"birth_name": "DURAND"}),
    ("name_accents", {"first_names": "Zoe"}),
    ("names_swapped", {"usage_name": ""}),
    ("usage_name_same", {"usage_name": ""}),
    ("first_names_hold_name", {"first_names": "Durand"}),
    ("first_names_hold_name", {"first_names": "Durande Jeanne"}),
    ("birth_date_minor", {"birth_date": date(2008, 11, 2)}),
    ("birth_date_century", {"birth_date": date(1921, 11, 2)}),
    ("birth_date_century", {"birth_date": None}),
    ("birth_country_gone", {"birth_date": date(1991, 12, 25), "birth_place": USSR}),
    ("birth_country_gone", {"birth_date": None, "birth_place": USSR}),
    ("birth_country_gone", {"birth_date": date(1991, 12, 26)}),
    ("mobile_format", {"mobile": "+33605040302"}),
    ("mobile_format", {"mobile": "04 05 04 03 02"}),
    ("mobile_format", {"mobile": "+32 470 12 34 56"}),
    ("mobile_format", {"mobile": "hello"}),
    ("email_format", {"email": "jeanne"}),
    ("email_domain", {"email": "j@mail.com"}),
    ("email_domain", {"email": "j@hotmail.be"}),
    ("email_domain", {"email": "j@mairie-lyon.fr"}),
    ("email_domain", {"email": "j@gmail.com"}),
    ("email_plus", {"email": "j+x@contact.fr"}),
    ("iban_format", {"bank": {"iban": "FR76 3000 6000 0112 3456 7890 189"}}),
    ("iban_format", {"bank": {"iban": "FR7630006000011234567890188"}}),
    ("bic_format", {"bank": {"bic": "bnpa frpp"}}),
    ("bic_from_iban", {"bank": {"iban": "FR1420041010050500013M02606", "bic": ""}}),
    ("bic_from_iban", {"bank": {"iban": "DE89370400440532013000", "bic": ""}}),
    ("bic_other_bank", {"bank": {"iban": BNP, "bic": "BNPAFRPPLYO"}}),
    ("holder_other", {"bank": {"holder": "DURAND Jeanne"}}),
    ("holder_other", {"birth_name": "Müller", "bank": {"holder": "M. et Mme MULLER"}}),
    ("holder_title", {"bank": {"holder": "Mme Martin"}}),
    ("holder_from_name", {"bank": {"holder": ""}, "title": ""}),
]


@pytest.fixture(autouse=True)
def register(monkeypatch):
    """A register of two banks, in place of the library's."""

    class Unknown(ValueError):
        pass

    class Bic:
        @staticmethod
        def candidates_from_bank_code(country, bank):
            if (country, bank) not in known:
                raise Unknown(bank)
            return known[country, bank]

    known = {("FR", "30004"): ["BNPAFRPPXXX", "BNPAFRPPLYO"], ("FR", "10278"): ["CMCIFR2AXXX"]}
    known["FR", "99999"] = ["AAAAFRPP", "BBBBFRPP"]
    library, errors = types.ModuleType("schwifty"), types.ModuleType("schwifty.exceptions")
    library.BIC, errors.SchwiftyException = Bic, Unknown
    monkeypatch.setitem(sys.modules, "schwifty", library)
    monkeypatch.setitem(sys.modules, "schwifty.exceptions", errors)
    return known


def plain(person):
    """A person about whom nothing is to say but that the names could be swapped."""
    return replace(person, first_names="Eric-Antoine Jean", bank=replace(person.bank, iban=BNP))


def apply(person, suggestion):
    """Give the person with a suggestion taken over, as one click does. A day is proposed in ISO form."""
    for each in suggestion.changes:
        value = date.fromisoformat(each.proposed) if each.field == "birth_date" else each.proposed
        outer, _dot, inner = each.field.partition(".")
        person = replace(person, **{outer: replace(getattr(person, outer), **{inner: value}) if inner else value})
    return person


def proposed(person, changes):
    return {each.code: each for each in suggest(changed(plain(person), changes), today=TODAY)}


def test_there_is_nothing_to_say_of_what_is_right(person):
    assert set(proposed(person, {})) == {"names_swapped"}


@pytest.mark.parametrize(("code", "kind", "changes", "result"), CASES)
def test_each_is_proposed(person, code, kind, changes, result):
    suggestion = proposed(person, changes)[code]
    assert suggestion.kind == kind
    assert {each.field: each.proposed for each in suggestion.changes} == result
    assert all(each.current != each.proposed for each in suggestion.changes)


@pytest.mark.parametrize(("code", "changes"), SILENT)
def test_it_is_not_proposed(person, code, changes):
    assert code not in proposed(person, changes)


@pytest.mark.parametrize("case", [case for case in CASES if case[1] == FIX])
def test_a_fix_fixes_what_it_is_about_and_is_not_proposed_again(person, case):
    code, _kind, changes, _result = case
    person = changed(plain(person), changes)
    suggestion = next(each for each in suggest(person, today=TODAY) if each.code == code)
    fixed = apply(person, suggestion)
    assert code not in {each.code for each in suggest(fixed, today=TODAY)}
    before, after = (len(check_person(each, today=TODAY)) for each in (person, fixed))
    assert after <= before


def test_a_day_is_taken_over(person):
    person = replace(person, birth_date=date(2058, 3, 1))
    suggestion = next(each for each in suggest(person, today=TODAY) if each.code == "birth_date_century")
    assert apply(person, suggestion).birth_date == date(1958, 3, 1)


def test_two_names_are_swapped_together(person):
    suggestion = proposed(person, {})["names_swapped"]
    swapped = apply(plain(person), suggestion)
    assert (swapped.birth_name, swapped.usage_name) == ("Martin", "Durand")


def test_what_is_current_is_given(person):
    suggestion = proposed(person, {"first_names": "Mme Anne"})["name_title"]
    assert suggestion.changes == (Change("first_names", "Mme Anne", "Anne"),)


def test_an_empty_form_is_no_matter():
    empty = Person("", "", "", "", None, BirthPlace(""), "", "", Address(), BankAccount("", "", ""))
    assert suggest(empty, today=TODAY) == []


@settings(deadline=None)
@given(st.text(alphabet="aéM. me1,-'’&()  ", max_size=14), st.sampled_from(["birth_name", "usage_name", "first_names"]))
def test_clicking_on_comes_to_an_end_and_leaves_a_name(value, name):
    person = Person("2", "Durand", "Martin", "Anne", None, BirthPlace(""), "", "", Address(), BankAccount("", "", ""))
    person = replace(person, **{name: value})
    for _click in range(8):
        fixing = [
            each for each in suggest(person, today=TODAY) if each.kind == FIX and each.field == name and each.changes
        ]
        if not fixing:
            break
        person = apply(person, fixing[0])
    else:
        pytest.fail("the repairs go round in circles")


# --- banks


def test_the_bic_of_a_bank_with_several_heads_is_unsure():
    assert banks.bics_of("FR7699999000011234567890101") == ["AAAAFRPP", "BBBBFRPP"]
    assert banks.bic_of("FR7699999000011234567890101") == ""


def test_an_unknown_bank_has_no_bic():
    assert banks.bics_of("FR7611111000011234567890101") == [] and banks.bic_of("FR7611111000011234567890101") == ""


def test_without_the_library_no_bic_is_proposed(monkeypatch, person):
    monkeypatch.setitem(sys.modules, "schwifty", None)
    assert banks.bics_of(BNP) == []
    assert "bic_from_iban" not in proposed(person, {"bank": {"bic": ""}})


def test_a_register_that_cannot_be_read_is_logged_without_the_iban(monkeypatch, caplog):
    def unreadable(country, bank):
        raise KeyError(BNP)

    monkeypatch.setattr(sys.modules["schwifty"].BIC, "candidates_from_bank_code", unreadable)
    with caplog.at_level(logging.DEBUG):
        assert banks.bics_of(BNP) == []
    assert [record.getMessage() for record in caplog.records] == ["The register of banks cannot be read: KeyError"]


def test_the_true_register_knows_the_large_banks(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "schwifty"]:
        monkeypatch.delitem(sys.modules, name)
    assert banks.bic_of(BNP)[:8] == "BNPAFRPP"
    assert banks.bic_of("FR1420041010050500013M02606")[:8] == "PSSTFRPP"


# --- words, and what is not said


def test_every_suggestion_and_every_warning_has_words(catalogue):  # noqa: F811
    assert set(catalogue.SUGGESTIONS) == {case[0] for case in CASES}
    assert set(catalogue.ADDRESS_WARNINGS) == set(WARNINGS)
    for kind, table in (("suggestion", catalogue.SUGGESTIONS), ("address", catalogue.ADDRESS_WARNINGS)):
        for code, (*pair, _client) in table.items():
            assert catalogue.lookup(kind, code) == tuple(pair) and all(pair) and not re.search(r"%\(", "".join(pair))
    assert "%(code)s" in catalogue.lookup("suggestion", "new")[0]


def test_nothing_personal_is_shown_or_logged(person, caplog):
    with caplog.at_level(logging.DEBUG):
        for _code, _kind, changes, _result in CASES:
            for suggestion in suggest(changed(plain(person), changes), today=TODAY):
                assert not re.search(r"Durand|Martin|FR76|0605|contact", repr(suggestion))
    assert not caplog.records
