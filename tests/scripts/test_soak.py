from datetime import date

from scripts import soak_results

NOTES = [
    {"kind": "kills", "operation": "send ten", "count": 14},
    {"kind": "kills", "operation": "record", "count": 8},
    {"kind": "faults", "fault": "503", "long": "once", "operations": ["send one", "refresh"], "asked": 0},
    {"kind": "faults", "fault": "amount zero", "long": "a day", "operations": ["refresh"], "asked": 3},
    {"kind": "progress", "steps": 300, "kills": 2},
    {"kind": "walk", "steps": 612, "seed": 7, "spoilt": 41, "kill": 5, "cut": 2},
]


def test_figures_are_those_of_the_run():
    found = soak_results.Found.of(NOTES, {"plain": 480})
    assert (found.steps, found.kills, found.cells) == (612, 27, 3)
    text = soak_results.page(found, "make soak ARGS='--steps 600'", date(2026, 11, 22))
    assert "make soak ARGS='--steps 600'" in text and "2026-11-22" in text
    assert "612 steps, 27 kills" in text and "480 cases" in text
    rows = [tuple(part.strip() for part in line.split("|")[1:-1]) for line in text.splitlines() if line[:1] == "|"]
    assert ("HTTP codes", "503", "–", "not run", "not run") in rows
    assert ("amounts", "amount zero", "not run", "not run", "3") in rows
    assert ("send ten", "14") in rows


def test_what_was_not_run_is_not_told():
    text = soak_results.page(soak_results.Found({}), "make soak", date(2026, 11, 22))
    assert "0 steps, 0 kills" in text
    assert "|" not in text
