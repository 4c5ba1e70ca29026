"""Every code has its entry and its words; an unknown one has neutral ones (docs/api.md §3 to §6)."""

import re
import sys
import types
from pathlib import Path

import pytest

from tests.urssaf import test_rules_payment, test_rules_person
from urssaf.http import errors
from urssaf.tiers_prestation import codes, lists

API_MD = Path(__file__).parents[2] / "docs" / "api.md"


@pytest.fixture(scope="module")
def catalogue():
    """The addon's words, imported without Odoo: their only import of it is stood in for."""
    stand_in = types.ModuleType("odoo.tools.translate")
    stand_in.LazyTranslate = lambda module: lambda source: source
    names = {"odoo": types.ModuleType("odoo"), "odoo.tools": types.ModuleType("odoo.tools")}
    names["odoo.tools.translate"] = stand_in
    with pytest.MonkeyPatch.context() as patch:
        for name, module in names.items():
            patch.setitem(sys.modules, name, module)
        import catalogue

        yield catalogue
        for name in [name for name in sys.modules if name.split(".")[0] == "catalogue"]:
            del sys.modules[name]


def section(title):
    """Give the text of one section of docs/api.md."""
    return API_MD.read_text().split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


# --- codes


def test_every_documented_error_code_is_known():
    documented = set(re.findall(r"\bERR(?:EUR)?_[A-Z0-9_]+[A-Z0-9]\b", section("5")))
    assert len(documented) == 56
    assert documented == codes.ERRORS


def test_every_documented_refusal_is_known():
    documented = set(re.findall(r"\b(?:REGUL|CONTEST|ANNUL)_[A-Z_]+[A-Z]\b", section("4")))
    assert len(documented) == 11
    assert documented == codes.REFUSALS


def test_every_documented_status_is_known():
    rows = dict(re.findall(r"^\| `?(\d{2,3})`? \| ([^|]+?) \|", section("4"), re.MULTILINE))
    assert rows == {code: status.label for code, status in codes.REQUEST_STATUSES.items()} and len(rows) == 18
    assert set(re.findall(r"\b(?:APPAREILLAGE_\w+|PARTICULIER_BLOQUE|MANDAT_ECHU)\b", section("3"))) == set(
        codes.CLIENT_STATUSES
    )


def test_natures():
    assert list(lists.NATURES) == [str(code) for code in range(10, 271, 10)]
    assert [nature.code for nature in lists.NATURES.values() if not nature.eligible] == ["270"]


def test_street_types():
    both = {**lists.STREET_TYPES, **lists.DISPUTED_STREET_TYPES}
    assert len(lists.STREET_TYPES) == 21 and len(both) == 21 + len(lists.DISPUTED_STREET_TYPES)
    assert len(set(both.values())) == len(both)
    assert (both["CHE"], both["CRS"]) == ("Chemin", "Cours") and not set(both) & lists.FOREIGN_STREET_TYPES
    assert all(re.fullmatch(r"[A-Z]{1,4}", code) for code in both)
    assert lists.WRITTEN_STREET_TYPES == {**lists.STREET_TYPES, "CHE": "Chemin"}


def test_unknown_codes_are_neutral():
    for code in ("333", "", None, False):
        assert codes.request_status(code) == codes.RequestStatus("", codes.AWAITED, "sent", is_usual=False)
        assert codes.client_status(code) == codes.ClientStatus(blocks=False)
    assert not codes.may_be_held(["ERR_2031", ""]) and not codes.may_be_held([])


def test_what_may_already_be_at_urssaf_is_looked_up():
    found = {code for code in codes.ERRORS if codes.may_be_held(["ERR_CONTACT", code])}
    assert found == {"ERR_FACTURE_DOUBLON", "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE", "ERREUR_TECHNIQUE"}


@pytest.mark.parametrize(
    ("codes_of", "money", "state", "is_usual"),
    [
        ("10 15 20 30 50", "awaited", "sent", True),
        ("60", "unpaid", "sent", True),
        ("70", "paid", "sent", True),
        ("80 90 100", "awaited", "sent", False),
        ("40", "not_collected", "refused", False),
        ("110 111 113", "not_collected", "cancelled", False),
        ("112 120 260 270", "not_collected", "to_settle", False),
    ],
)
def test_what_a_status_means(codes_of, money, state, is_usual):
    found = [
        code
        for code, status in codes.REQUEST_STATUSES.items()
        if (status.money, status.state, status.is_usual) == (money, state, is_usual)
    ]
    assert found == codes_of.split()


def test_what_blocks_a_client():
    assert {code for code in codes.CLIENT_STATUSES if codes.client_status(code).blocks} == {
        "PARTICULIER_BLOQUE",
        "MANDAT_ECHU",
    }


# --- words


def test_every_code_has_words(catalogue):
    assert set(catalogue.ERRORS) == codes.ERRORS
    assert set(catalogue.REFUSALS) == codes.REFUSALS
    assert list(catalogue.REQUEST_STATUSES) == list(codes.REQUEST_STATUSES)
    assert list(catalogue.CLIENT_STATUSES) == list(codes.CLIENT_STATUSES)


def test_no_code_is_said_twice(catalogue):
    parts = [catalogue.errors.account.ACCOUNT_ERRORS, catalogue.errors.contact.CONTACT_ERRORS]
    parts += [catalogue.errors.identity.IDENTITY_ERRORS, catalogue.errors.request.REQUEST_ERRORS]
    assert sum(map(len, parts)) == len(catalogue.ERRORS)
    assert not set(catalogue.rules.PERSON_RULES) & set(catalogue.rules.PAYMENT_RULES)


def test_every_usual_status_has_words_for_the_client(catalogue):
    """Once Urssaf has paid, the client reads our state, and what is not usual is told by the provider."""
    told = {code for code, words in catalogue.REQUEST_STATUSES.items() if words.client}
    usual = {code for code, status in codes.REQUEST_STATUSES.items() if status.is_usual}
    assert told == usual - {"70"}


def test_every_rule_has_words_and_a_case_that_breaks_it(catalogue):
    broken = {case[0] for case in [*test_rules_person.BREAKS, *test_rules_payment.BREAKS]}
    assert broken == set(catalogue.RULES)


def test_every_failure_has_words(catalogue):
    def below(kind):
        return {kind, *(name for child in kind.__subclasses__() for name in below(child))}

    families = {errors.UrssafError, errors.NotAccepted}
    assert set(catalogue.FAILURES) == {kind.__name__ for kind in below(errors.UrssafError) - families}


def test_every_text_is_a_title_and_a_repair(catalogue):
    tables = (
        catalogue.ERRORS,
        catalogue.RULES,
        catalogue.FAILURES,
        catalogue.REFUSALS,
        catalogue.REQUEST_STATUSES,
        catalogue.CLIENT_STATUSES,
    )
    for table in tables:
        for code, (title, repair, *_more) in table.items():
            assert title.strip() and repair.strip(), code
            assert title == title.strip() and repair == repair.strip() and "  " not in title + repair, code


def test_rules_give_all_that_their_words_name(catalogue, person, request_of):
    problems = []
    for _code, _path, changes in test_rules_person.BREAKS:
        bad = test_rules_person.changed(person, changes)
        problems += test_rules_person.check_person(bad, today=test_rules_person.TODAY)
    for _code, _path, changes, line in test_rules_payment.BREAKS:
        problems += test_rules_payment.check(test_rules_payment.changed(request_of(), changes, line))
    for problem in problems:
        for text in catalogue.lookup("rule", problem.code):
            assert "%(" not in text % {"code": problem.code, **problem.params}


@pytest.mark.parametrize(("kind", "params"), [("error", {"code"}), ("failure", {"code"})])
def test_other_words_name_nothing_else(catalogue, kind, params):
    table = {"error": catalogue.ERRORS, "failure": catalogue.FAILURES}[kind]
    for pair in [*(catalogue.lookup(kind, code) for code in table), catalogue.lookup(kind, "never heard of")]:
        for text in pair:
            assert set(re.findall(r"%\((\w+)\)s", text)) <= params
            assert text % dict.fromkeys(params, "x")


def test_words_of_the_unknown(catalogue):
    assert catalogue.lookup("error", "ERR_2031")[0] % {"code": "ERR_2031"} == (
        "Urssaf refuses with a reason that we do not know: ERR_2031."
    )
    assert "%(code)s" in catalogue.lookup("rule", "new_rule")[0]
    assert catalogue.request_status("333") == catalogue.UNKNOWN_REQUEST_STATUS
    assert catalogue.client_status("NEW") == catalogue.UNKNOWN_CLIENT_STATUS
    assert catalogue.refusal("NEW") == catalogue.UNKNOWN_REFUSAL
    assert catalogue.refusal("ANNUL_DBL") is catalogue.REFUSALS["ANNUL_DBL"]
