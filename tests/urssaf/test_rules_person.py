"""Each rule on a registration has a case that breaks it, and that alone (docs/api.md §2.1)."""

import time
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urssaf.rules import Problem, check_person
from urssaf.rules.person import are_first_names, is_email, is_name
from urssaf.tiers_prestation.messages import BirthPlace

TODAY = date(2026, 11, 2)

# code, wire path, what to change
BREAKS = [
    ("title_invalid", "civilite", {"title": ""}),
    ("title_invalid", "civilite", {"title": "3"}),
    ("birth_name_missing", "nomNaissance", {"birth_name": ""}),
    ("birth_name_too_long", "nomNaissance", {"birth_name": "D" * 81}),
    ("birth_name_invalid", "nomNaissance", {"birth_name": "Durand;"}),
    ("name_digits", "nomNaissance", {"birth_name": "Durand123"}),
    ("name_digits", "prenoms", {"first_names": "Jeanne 2"}),
    ("name_couple", "nomNaissance", {"birth_name": "M. ou Mme Durand"}),
    ("name_couple", "nomUsage", {"usage_name": "Mme/M. Martin"}),
    ("name_couple", "nomNaissance", {"birth_name": "Monsieur et Madame Durand"}),
    ("name_couple", "prenoms", {"first_names": "Jean et Marie"}),
    ("name_couple", "prenoms", {"first_names": "Jean & Marie"}),
    ("name_title", "nomNaissance", {"birth_name": "Mme Durand"}),
    ("name_title", "nomUsage", {"usage_name": "Mlle Martin"}),
    ("name_title", "prenoms", {"first_names": "M.Jean"}),
    ("name_title", "prenoms", {"first_names": "Dr Jean"}),
    ("name_spaces", "nomNaissance", {"birth_name": "De  La Tour"}),
    ("name_spaces", "nomUsage", {"usage_name": " Martin"}),
    ("birth_name_invalid", "nomNaissance", {"birth_name": "D’Hondt"}),
    ("birth_name_invalid", "nomNaissance", {"birth_name": "-Durand"}),
    ("birth_name_invalid", "nomNaissance", {"birth_name": "Durand\n"}),
    ("usage_name_too_long", "nomUsage", {"usage_name": "D" * 81}),
    ("usage_name_invalid", "nomUsage", {"usage_name": "Martin'"}),
    ("first_names_missing", "prenoms", {"first_names": ""}),
    ("first_names_too_long", "prenoms", {"first_names": "Jean " * 16 + "J"}),
    ("first_names_invalid", "prenoms", {"first_names": "Jean, Marie"}),
    ("name_spaces", "prenoms", {"first_names": "Jean  Marie"}),
    ("first_names_invalid", "prenoms", {"first_names": "Jean -Marie"}),
    ("birth_date_missing", "dateNaissance", {"birth_date": None}),
    ("birth_date_future", "dateNaissance", {"birth_date": date(2026, 11, 3)}),
    ("birth_date_too_old", "dateNaissance", {"birth_date": date(1905, 11, 2)}),
    ("birth_country_missing", "lieuNaissance.codePaysNaissance", {"birth_place": {"country_code": ""}}),
    ("birth_country_invalid", "lieuNaissance.codePaysNaissance", {"birth_place": {"country_code": "FR"}}),
    ("birth_country_invalid", "lieuNaissance.codePaysNaissance", {"birth_place": {"country_code": "９９１００"}}),
    ("birth_place_abroad", "lieuNaissance", {"birth_place": {"country_code": "99134"}}),
    (
        "birth_place_missing",
        "lieuNaissance.communeNaissance",
        {"birth_place": {"department": "", "commune_code": "", "commune_name": ""}},
    ),
    ("birth_department_missing", "lieuNaissance.departementNaissance", {"birth_place": {"department": ""}}),
    ("birth_department_invalid", "lieuNaissance.departementNaissance", {"birth_place": {"department": "69"}}),
    ("birth_department_invalid", "lieuNaissance.departementNaissance", {"birth_place": {"department": "169"}}),
    ("birth_commune_missing", "lieuNaissance.communeNaissance.codeCommune", {"birth_place": {"commune_code": ""}}),
    ("birth_commune_invalid", "lieuNaissance.communeNaissance.codeCommune", {"birth_place": {"commune_code": "69123"}}),
    (
        "birth_commune_name_missing",
        "lieuNaissance.communeNaissance.libelleCommune",
        {"birth_place": {"commune_name": ""}},
    ),
    (
        "birth_commune_name_invalid",
        "lieuNaissance.communeNaissance.libelleCommune",
        {"birth_place": {"commune_name": "Lyon;"}},
    ),
    (
        "birth_commune_name_invalid",
        "lieuNaissance.communeNaissance.libelleCommune",
        {"birth_place": {"commune_name": "L" * 51}},
    ),
    ("mobile_missing", "numeroTelephonePortable", {"mobile": ""}),
    ("mobile_invalid", "numeroTelephonePortable", {"mobile": "0405040302"}),
    ("mobile_invalid", "numeroTelephonePortable", {"mobile": "06 05 04 03 02"}),
    ("mobile_invalid", "numeroTelephonePortable", {"mobile": "+32605040302"}),
    ("mobile_invalid", "numeroTelephonePortable", {"mobile": "0605040302\n"}),
    ("email_missing", "adresseMail", {"email": ""}),
    ("email_invalid", "adresseMail", {"email": "jeanne.contact.fr"}),
    ("email_invalid", "adresseMail", {"email": "jeanne@contact"}),
    ("email_invalid", "adresseMail", {"email": "jeanne..d@contact.fr"}),
    ("email_invalid", "adresseMail", {"email": "j@nne@contact.fr"}),
    ("email_invalid", "adresseMail", {"email": "jeanne@-contact.fr"}),
    ("email_invalid", "adresseMail", {"email": "jérôme@contact.fr"}),
    ("email_invalid", "adresseMail", {"email": "jeanne@contact.f2"}),
    ("email_invalid", "adresseMail", {"email": "j" * 250 + "@contact.fr"}),
    ("email_plus", "adresseMail", {"email": "jeanne+urssaf@contact.fr"}),
    ("address_number_invalid", "adressePostale.numeroVoie", {"address": {"number": "0"}}),
    ("address_number_invalid", "adressePostale.numeroVoie", {"address": {"number": "8bis"}}),
    ("address_number_invalid", "adressePostale.numeroVoie", {"address": {"number": "12345"}}),
    ("address_letter_unknown", "adressePostale.lettreVoie", {"address": {"letter": "A"}}),
    ("address_letter_without_number", "adressePostale.lettreVoie", {"address": {"number": ""}}),
    ("address_street_type_unknown", "adressePostale.codeTypeVoie", {"address": {"street_type": "RUE"}}),
    ("address_street_type_missing", "adressePostale.codeTypeVoie", {"address": {"street_type": ""}}),
    ("address_street_name_missing", "adressePostale.libelleVoie", {"address": {"street_name": ""}}),
    ("address_street_name_too_long", "adressePostale.libelleVoie", {"address": {"street_name": "S" * 29}}),
    ("address_complement_too_long", "adressePostale.complement", {"address": {"complement": "C" * 39}}),
    ("address_locality_too_long", "adressePostale.lieuDit", {"address": {"locality": "L" * 39}}),
    (
        "address_incomplete",
        "adressePostale",
        {"address": {"street_type": "", "street_name": "", "complement": "", "locality": ""}},
    ),
    ("address_city_missing", "adressePostale.libelleCommune", {"address": {"city": ""}}),
    ("address_city_too_long", "adressePostale.libelleCommune", {"address": {"city": "L" * 51}}),
    ("address_city_missing", "adressePostale.libelleCommune", {"address": {"city": "", "city_code": ""}}),
    ("address_city_code_missing", "adressePostale.codeCommune", {"address": {"city_code": ""}}),
    ("address_city_code_invalid", "adressePostale.codeCommune", {"address": {"city_code": "6938A"}}),
    ("address_zip_invalid", "adressePostale.codePostal", {"address": {"zip": ""}}),
    ("address_zip_invalid", "adressePostale.codePostal", {"address": {"zip": "6900"}}),
    ("address_not_in_france", "adressePostale.codePays", {"address": {"country_code": "99131"}}),
    ("bic_missing", "coordonneeBancaire.bic", {"bank": {"bic": ""}}),
    ("bic_invalid", "coordonneeBancaire.bic", {"bank": {"bic": "BNPAFR"}}),
    ("bic_not_french", "coordonneeBancaire.bic", {"bank": {"bic": "DEUTDEFF"}}),
    ("iban_missing", "coordonneeBancaire.iban", {"bank": {"iban": " "}}),
    ("iban_invalid", "coordonneeBancaire.iban", {"bank": {"iban": "FR7630006000011234567890188"}}),
    ("iban_invalid", "coordonneeBancaire.iban", {"bank": {"iban": "FR763000600001123456789018"}}),
    ("iban_not_french", "coordonneeBancaire.iban", {"bank": {"iban": "DE89370400440532013000"}}),
    ("holder_missing", "coordonneeBancaire.titulaire", {"bank": {"holder": ""}}),
    ("holder_too_long", "coordonneeBancaire.titulaire", {"bank": {"holder": "M" * 101}}),
    ("holder_invalid", "coordonneeBancaire.titulaire", {"bank": {"holder": "12 34"}}),
    ("holder_invalid", "coordonneeBancaire.titulaire", {"bank": {"holder": "FR76 3000 6000 0112 3456 7890 189"}}),
]

KEPT = [
    {"birth_name": "D"},
    {"birth_name": "L'Hôpital - de La Tour d'Auvergne"},
    {"birth_name": "N'Guessan"},
    {"birth_name": "M'Bala"},
    {"birth_name": "Docteur"},
    {"birth_name": "Mmedy Et"},
    {"first_names": "M"},
    {"birth_date": date(1905, 11, 3)},
    {"usage_name": ""},
    {"usage_name": "D" * 80},
    {"first_names": "Anne-Marie Zoé"},
    {"birth_date": TODAY},
    {"birth_place": BirthPlace("99134")},
    {"birth_place": {"department": "02B"}},
    {"birth_place": {"department": "976"}},
    {"mobile": "+33705040302"},
    {"email": "j-d_1.x@sous-domaine.contact.museum"},
    {"address": {"number": "", "letter": ""}},
    {"address": {"number": "9999"}},
    {"address": {"street_type": "", "street_name": ""}},
    {"address": {"street_type": "C"}},
    {"address": {"city_code": "2a004"}},
    {"bank": {"iban": "FR14 2004 1010 0505 0001 3M02 606"}},
    {"bank": {"iban": "MC5811222000010123456789030", "bic": "CFMOMCMX"}},
    {"bank": {"bic": "bnpagpgx"}},
    {"bank": {"holder": "M" * 100}},
]


def changed(person, changes):
    """Change a person; a dictionary changes the object within."""
    for name, value in changes.items():
        value = replace(getattr(person, name), **value) if isinstance(value, dict) else value
        person = replace(person, **{name: value})
    return person


def test_the_well_formed_person_has_no_problem(person):
    assert check_person(person, today=TODAY) == []


@pytest.mark.parametrize(("code", "path", "changes"), BREAKS)
def test_each_rule_is_broken_alone(person, code, path, changes):
    problems = check_person(changed(person, changes), today=TODAY)
    assert [(problem.code, problem.field) for problem in problems] == [(code, path)]


@pytest.mark.parametrize("changes", KEPT)
def test_what_urssaf_takes_is_no_problem(person, changes):
    assert check_person(changed(person, changes), today=TODAY) == []


def test_all_problems_at_once(person):
    bad = changed(person, {"title": "", "email": "", "bank": {"iban": "", "bic": ""}})
    codes = [problem.code for problem in check_person(bad, today=TODAY)]
    assert codes == ["title_invalid", "email_missing", "bic_missing", "iban_missing"]


def test_problems_name_no_personal_datum(person):
    for _code, _path, changes in BREAKS:
        for problem in check_person(changed(person, changes), today=TODAY):
            assert set(problem.params) <= {"max"}


def test_problems_can_be_told_apart():
    assert len({Problem("a", "x", {"line": "1"}), Problem("a", "x", {"line": "1"}), Problem("b", "x")}) == 2


@pytest.mark.parametrize("check", [is_name, are_first_names, is_email])
def test_checks_are_linear(check):
    """The official patterns take seconds on 24 letters and a digit."""
    started = time.perf_counter()
    for hostile in ("a" * 50_000 + "1", "a-" * 25_000 + "1", "a'" * 25_000 + ";", "a.a@" * 12_000, "é " * 25_000 + "1"):
        assert not check(hostile)
    assert time.perf_counter() - started < 1


@given(st.text(alphabet="aé'- 1", max_size=8))
def test_names_agree_with_the_rule_in_words(value):
    letters_only = not set(value) - set("aé'- ")
    ends = bool(value) and value[0] in "aé" and value[-1] in "aé"
    assert is_name(value) == (letters_only and ends)
