"""What newly fails with the addon, and how a run survives the tests that it runs."""

import time

import pytest

from scripts import coexist, coexist_report, coexist_shard, known, pytest_journal


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
    assert getattr(coexist_report.Comparison(*sides), kind) == ["m/t"]


def test_queries_of_what_passed_on_both_sides_are_compared():
    without = {"m/dear": entry("passed"), "m/same": entry("passed"), "m/broken": entry("failed")}
    with_addon = {"m/dear": entry("passed", 15), "m/same": entry("passed", 14), "m/broken": entry("failed", 90)}
    assert coexist_report.dearer(coexist_report.Comparison(without, with_addon)) == ["m/dear"]


def shard(tmp_path):
    return coexist_shard.Shard("m", "template", ("file.py",), tmp_path / "m.jsonl")


def test_line_that_was_cut_is_no_entry(tmp_path):
    found = shard(tmp_path)
    pytest_journal.write(found.journal, test="m/a", **entry("passed"))
    with found.journal.open("a") as file:
        file.write('{"test": "m/b", "outc')
    assert list(found.outcomes()) == ["m/a"]
    assert not found.is_complete
    pytest_journal.write(found.journal, test="m/c", **entry("passed"))
    pytest_journal.write(found.journal, complete=True)
    assert found.is_complete


def test_who_was_under_way_is_to_blame(tmp_path):
    found = shard(tmp_path)
    assert not found._blame("nothing ran")
    pytest_journal.write(found.journal, test="m/a", started=time.time())
    assert found._blame("it hung")
    assert found.outcomes()["m/a"]["outcome"] == "failed"
    assert not found._blame("between two tests nobody is")


def test_once_more_counts_instead(tmp_path):
    found = shard(tmp_path)
    pytest_journal.write(found.journal, test="m/a", **entry("failed"))
    again = coexist_shard.Shard("m", "template", ("file.py",), tmp_path / "again.jsonl")
    pytest_journal.write(again.journal, test="m/a", **entry("passed"))
    assert coexist_report.outcomes([found, again])["m/a"]["outcome"] == "passed"


def test_every_file_is_dealt_once(tmp_path):
    files = [tmp_path / f"test_{number}.py" for number in range(7)]
    for file in files:
        file.write_text("x" * 40)
    shards = coexist_shard.deal(files, 100)
    assert [file for part in shards for file in part] == files
    assert len(shards) == 3


def test_known_reasons_are_of_tests_that_run():
    files = {"/".join(file.parts[-3:]): file.read_text(encoding="utf-8") for file in coexist._files(coexist.TESTED)}
    reasons = known.read(coexist_report.KNOWN)
    assert reasons
    for name in reasons:
        file, *inside = name.split("::")
        assert file in files, name
        for kind, part in zip(("class", "def"), inside, strict=False):
            assert f"{kind} {part}(" in files[file], name
