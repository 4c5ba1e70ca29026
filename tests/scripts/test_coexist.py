"""What newly fails with the addon, and how a run survives the tests that it runs."""

import time
from pathlib import Path

import pytest

from scripts import coexist, coexist_share, pytest_journal


def entry(outcome, queries=10):
    return {"outcome": outcome, "queries": queries, "seconds": 1, "message": ""}


@pytest.mark.parametrize(
    ("without", "with_addon", "kind"),
    [
        ("passed", "failed", "new"),
        ("skipped", "failed", "new"),
        ("failed", "failed", "both"),
        ("failed", "passed", "cured"),
        ("passed", "skipped", "skipped"),
        (None, "passed", "one_sided"),
        ("passed", None, "one_sided"),
        (None, "failed", "new"),
    ],
)
def test_each_kind(without, with_addon, kind):
    sides = ({"m/t": entry(outcome)} if outcome else {} for outcome in (without, with_addon))
    assert getattr(coexist._Comparison(*sides), kind) == ["m/t"]


def test_queries_of_what_passed_on_both_sides_are_compared():
    without = {"m/dear": entry("passed"), "m/same": entry("passed"), "m/broken": entry("failed")}
    with_addon = {"m/dear": entry("passed", 15), "m/same": entry("passed", 14), "m/broken": entry("failed", 90)}
    assert coexist._dearer(coexist._Comparison(without, with_addon)) == ["m/dear"]


def share(tmp_path):
    return coexist_share.Share("m", "template", ("file.py",), tmp_path / "m.jsonl")


def test_line_that_was_cut_is_no_entry(tmp_path):
    found = share(tmp_path)
    pytest_journal.write(found.journal, test="m/a", **entry("passed"))
    with found.journal.open("a") as file:
        file.write('{"test": "m/b", "outc')
    assert list(found.outcomes()) == ["m/a"]
    assert not found.is_complete
    pytest_journal.write(found.journal, test="m/c", **entry("passed"))
    pytest_journal.write(found.journal, complete=True)
    assert found.is_complete


def test_who_was_under_way_is_to_blame(tmp_path):
    found = share(tmp_path)
    assert not found._blame("nothing ran")
    pytest_journal.write(found.journal, test="m/a", started=time.time())
    assert found._blame("it hung")
    assert found.outcomes()["m/a"]["outcome"] == "failed"
    assert not found._blame("between two tests nobody is")


def test_once_more_counts_instead(tmp_path):
    found = share(tmp_path)
    pytest_journal.write(found.journal, test="m/a", **entry("failed"))
    again = coexist_share.Share("m", "template", ("file.py",), tmp_path / "again.jsonl")
    pytest_journal.write(again.journal, test="m/a", **entry("passed"))
    assert coexist._outcomes([found, again])["m/a"]["outcome"] == "passed"


def test_every_file_is_dealt_once(tmp_path):
    files = [tmp_path / f"test_{number}.py" for number in range(7)]
    for file in files:
        file.write_text("x" * 40)
    shares = coexist_share.deal(files, 100)
    assert [file for part in shares for file in part] == files
    assert len(shares) == 3


def test_known_reasons_are_of_files_that_run():
    for name in coexist.csv.reader(coexist.KNOWN.open(encoding="utf-8", newline="")):
        assert name[1], name
        assert Path(name[0]).parts[0] in coexist.TESTED
