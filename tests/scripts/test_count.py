"""What counts as passed and as failed."""

import contextlib

import pytest

from scripts import test as command

PROPERTIES = '<properties><property name="browser_tests" value="3"/></properties>'
REPORT = f"<testsuites><testsuite>{PROPERTIES}{{}}</testsuite></testsuites>"


def counted(tmp_path, cases):
    report = tmp_path / "report.xml"
    report.write_text(REPORT.format(cases))
    outcome = command.count(report)
    return outcome.passed, outcome.failed


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ('<testcase classname="a" name="x"/>', (1, 0)),
        ('<testcase classname="a" name="x"><failure/></testcase>', (0, 1)),
        ('<testcase classname="a" name="x"><error/></testcase>', (0, 1)),
        ('<testcase classname="a" name="x"><skipped/></testcase>', (0, 1)),
        # A test that fails, and whose tear-down fails too, is one test.
        (2 * '<testcase classname="a" name="x"><failure/></testcase>', (0, 1)),
        ('<testcase classname="a" name="x"/><testcase classname="b" name="x"><skipped/></testcase>', (1, 1)),
        ("", (0, 0)),
    ],
)
def test_each_test_counts_once(tmp_path, cases, expected):
    assert counted(tmp_path, cases) == expected


def test_without_a_report_nothing_has_passed(tmp_path):
    assert command.count(tmp_path / "none.xml") == command.Outcome(0, 0)


@pytest.mark.parametrize(
    ("code", "cases", "partial", "failed"),
    [
        (0, '<testcase classname="a" name="x"/>', False, 0),
        (1, '<testcase classname="a" name="x"><failure/></testcase>', False, 1),
        # pytest says that something failed, and its report does not: a failed subtest, say.
        (1, '<testcase classname="a" name="x"/>', False, 1),
        (2, '<testcase classname="a" name="x"/>', False, 1),
        (-9, '<testcase classname="a" name="x"/>', False, 1),
        (5, "", False, 1),
        (5, "", True, 0),
    ],
)
def test_code_that_the_report_does_not_explain(tmp_path, monkeypatch, code, cases, partial, failed):
    report = tmp_path / "plain.xml"
    monkeypatch.setattr(command, "_report", lambda name: report)

    class Run:
        returncode = code

        def __init__(self, *args, **kwargs):
            report.write_text(REPORT.format(cases))

    monkeypatch.setattr(command.subprocess, "run", Run)
    assert command.run_pytest("plain", [], partial).failed == failed


def test_suite_without_a_test_is_a_failure(tmp_path, monkeypatch):
    monkeypatch.setattr(command.paths, "CHECKOUT", tmp_path)
    assert command._suite("e2e", [], partial=False).failed == 1
    assert command._suite("e2e", [], partial=True) == command.Outcome(0, 0)


def test_browser_tests_are_read_from_the_report(tmp_path, monkeypatch):
    report = tmp_path / "odoo.xml"
    monkeypatch.setattr(command, "_report", lambda name: report)
    assert command._browser_tests("odoo") == 0
    report.write_text(REPORT.format(""))
    assert command._browser_tests("odoo") == 3


def test_addons_without_a_test_are_told(tmp_path, monkeypatch):
    report = tmp_path / "oca.xml"
    monkeypatch.setattr(command, "_report", lambda name: report)
    addons = [tmp_path / "one", tmp_path / "one_more"]
    assert command._unseen("oca", addons) == ["one", "one_more"]
    report.write_text(REPORT.format('<testcase classname="one_more.tests.test_x.TestX" name="x"/>'))
    assert command._unseen("oca", addons) == ["one"]


def test_every_addon_for_those_of_oca_is_tested():
    assert len(command.OCA_ADDONS) == 9
    assert command.FOLDERS["oca"] == tuple(f"{addon.name}/tests" for addon in command.OCA_ADDONS)


@pytest.mark.parametrize("names", [command.SUITES, ("odoo",), ("plain", "e2e"), ("oca",)])
def test_each_suite_runs_once_beside_another_or_alone(monkeypatch, names):
    runs = []

    def suite(name, extra, partial, quiet=False):
        runs.append((name, quiet))
        return command.Outcome(passed=1)

    monkeypatch.setattr(command, "_suite", suite)
    assert list(command._run(names, [], False)) == list(names)
    assert sorted(name for name, _quiet in runs) == sorted(names)
    assert {name for name, quiet in runs if quiet} == {
        other for name, beside in command.BESIDE.items() for other in beside if {name, other} <= set(names)
    }


@pytest.mark.parametrize(("extra", "spread"), [([], True), (["-k", "flow"], False)])
def test_the_whole_suite_runs_in_two_processes(monkeypatch, extra, spread):
    runs = []

    @contextlib.contextmanager
    def arguments(name, ready=False):
        runs.append(ready)
        yield ["--odoo"]

    def run(name, given, partial):
        runs.append(given)
        return command.Outcome(passed=1)

    monkeypatch.setattr(command, "odoo_arguments", arguments)
    monkeypatch.setattr(command, "run_pytest", run)
    command._odoo_suite(["tests"], extra, partial=True)
    ready, given = runs
    assert ready is spread
    assert ("-n" in given) is spread
    assert given[-len(extra) - 1 :] == ["tests", *extra]
