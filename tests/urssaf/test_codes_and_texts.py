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
def texts():
    """The addon's texts, imported without Odoo: their only import of it is stood in for."""
    stand_in = types.ModuleType("odoo.tools.translate")
    stand_in.LazyTranslate = lambda module: lambda source: source
    names = {"odoo": types.ModuleType("odoo"), "odoo.tools": types.ModuleType("odoo.tools")}
    names["odoo.tools.translate"] = stand_in
    with pytest.MonkeyPatch.context() as patch:
        for name, module in names.items():
            patch.setitem(sys.modules, name, module)
        import texts

        yield texts
        for name in [name for name in sys.modules if name.split(".")[0] == "texts"]:
            del sys.modules[name]


def section(title):
    """Give the text of one section of docs/api.md."""
    return API_MD.read_text().split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


def words_of(texts, kind):
    return {
        "rule": texts.PROBLEMS,
        "error": texts.ERRORS,
        "failure": texts.FAILURES,
    }[kind]


# --- codes


def test_every_documented_error_code_is_known():
    documented = set(re.findall(r"\bERR(?:EUR)?_[A-Z0-9_]+[A-Z0-9]\b", section("5")))
    assert len(documented) == 56
    assert set(codes.ERRORS) == documented


def test_every_documented_refusal_is_known():
    documented = set(re.findall(r"\b(?:REGUL|CONTEST|ANNUL)_[A-Z_]+[A-Z]\b", section("4")))
    assert len(documented) == 11
    assert set(codes.REFUSALS) == documented


def test_every_documented_status_is_known():
    rows = dict(re.findall(r"^\| `?(\d{2,3})`? \| ([^|]+?) \|", section("4"), re.MULTILINE))
    assert set(rows) == set(codes.REQUEST_STATUSES) and len(rows) == 18
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
    assert codes.error_code("ERR_2031") == codes.ErrorCode("ERR_2031", "unknown", "mend")
    assert codes.request_status("333") == codes.RequestStatus("333", "", "unknown")
    assert codes.refusal("NEW") == codes.Refusal("NEW", "unknown")
    assert not lists.nature("280").eligible


def test_what_may_already_be_at_urssaf_is_looked_up():
    assert {code for code, error in codes.ERRORS.items() if error.remedy == codes.LOOK_UP} == {
        "ERR_FACTURE_DOUBLON",
        "ERR_LIEN_TIERS_PRESTATION_PARTICULIER_EXISTE",
        "ERREUR_TECHNIQUE",
    }


def test_money_may_move_back_only_after_a_status_that_is_not_waiting():
    stages = {status.code: status.stage for status in codes.REQUEST_STATUSES.values()}
    assert [code for code, stage in stages.items() if stage == "waiting"] == ["10", "15", "20", "30", "50"]
    assert [code for code, stage in stages.items() if stage == "paid"] == ["70"]
    assert [code for code, stage in stages.items() if stage == "unknown"] == ["80", "90", "100"]


# --- words


def test_every_code_has_words(texts):
    assert set(texts.ERRORS) == set(codes.ERRORS)
    assert set(texts.REFUSALS) == set(codes.REFUSALS)
    assert set(texts.REQUEST_STATUSES) == set(codes.REQUEST_STATUSES)
    assert set(texts.CLIENT_STATUSES) == set(codes.CLIENT_STATUSES)


def test_every_rule_has_words_and_a_case_that_breaks_it(texts):
    broken = {case[0] for case in [*test_rules_person.BREAKS, *test_rules_payment.BREAKS]}
    assert broken == set(texts.PROBLEMS)


def test_every_failure_has_words(texts):
    def below(kind):
        return {kind, *(name for child in kind.__subclasses__() for name in below(child))}

    families = {errors.UrssafError, errors.NotTaken}
    assert set(texts.FAILURES) == {kind.__name__ for kind in below(errors.UrssafError) - families}


def test_every_text_is_a_title_and_a_repair(texts):
    tables = (
        texts.ERRORS,
        texts.PROBLEMS,
        texts.FAILURES,
        texts.REFUSALS,
        texts.REQUEST_STATUSES,
        texts.CLIENT_STATUSES,
    )
    for table in tables:
        for code, (title, repair) in table.items():
            assert title.strip() and repair.strip(), code
            assert title == title.strip() and repair == repair.strip() and "  " not in title + repair, code


def test_rules_give_all_that_their_words_name(texts, person, request_of):
    problems = []
    for _code, _path, changes in test_rules_person.BREAKS:
        bad = test_rules_person.changed(person, changes)
        problems += test_rules_person.check_person(bad, today=test_rules_person.TODAY)
    for _code, _path, changes, line in test_rules_payment.BREAKS:
        problems += test_rules_payment.check(test_rules_payment.changed(request_of(), changes, line))
    for problem in problems:
        for text in texts.lookup("rule", problem.code):
            assert "%(" not in text % {"code": problem.code, **problem.params}


@pytest.mark.parametrize(("kind", "params"), [("error", {"code"}), ("failure", {"code"})])
def test_other_words_name_nothing_else(texts, kind, params):
    for pair in [*words_of(texts, kind).values(), texts.lookup(kind, "never heard of")]:
        for text in pair:
            assert set(re.findall(r"%\((\w+)\)s", text)) <= params
            assert text % dict.fromkeys(params, "x")


def test_words_of_the_unknown(texts):
    assert texts.lookup("error", "ERR_2031")[0] % {"code": "ERR_2031"} == (
        "Urssaf refuses with a reason that we do not know: ERR_2031."
    )
    assert "%(code)s" in texts.lookup("rule", "new_rule")[0]
    assert texts.request_status("333") == texts.UNKNOWN_REQUEST_STATUS
    assert texts.client_status("NEW") == texts.UNKNOWN_CLIENT_STATUS
    assert texts.refusal("NEW") == texts.UNKNOWN_REFUSAL
    assert texts.refusal("ANNUL_DBL") is texts.REFUSALS["ANNUL_DBL"]
