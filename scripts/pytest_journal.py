"""A pytest plugin that writes down how each test of Odoo went as soon as it has, one JSON object per line.

The journal outlives a process that hangs or dies; the next one leaves out the tests that stand in it. As Odoo's own
runner does, only tests that are `standard` run, and in the module that defines them.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

#: The environment variable with the journal's path.
VARIABLE = "TEST_JOURNAL"
#: From best to worst: a test is what its worst phase or part is.
OUTCOMES = ("passed", "skipped", "failed")
MESSAGE_LINES = 12


def read(journal: Path) -> list[dict]:
    """The entries of a journal; a line that a killed process left unfinished is no entry."""
    if not journal.is_file():
        return []
    lines = journal.read_text(encoding="utf-8", errors="replace").split("\n")
    return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]


def write(journal: Path, **entry: object) -> None:
    """Add an entry to a journal, on a line of its own even after one that was cut."""
    with journal.open("a", encoding="utf-8") as file:
        file.write(f"\n{json.dumps(entry)}\n")


def name_of(item: pytest.Item) -> str:
    """A test's name, the same wherever Odoo lies: `module/tests/test_file.py::Class::test`."""
    module = item.module.__name__.removeprefix("odoo.addons.").replace(".", "/")
    return "::".join([f"{module}.py", *item.nodeid.split("::")[1:]])


class Journal:
    """The plugin.

    :param path: the journal's file.
    """

    def __init__(self, path: Path):
        self.path = path
        self.names: dict[str, str] = {}
        self.queries: dict[str, int] = {}
        self.reports: list[pytest.TestReport] = []

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what Odoo's runner leaves out, and what has an outcome already."""
        done = {entry["test"] for entry in read(self.path) if "outcome" in entry}
        kept = [item for item in items if _is_run(item) and name_of(item) not in done]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
        self.names = {item.nodeid: name_of(item) for item in kept}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Say which test is next: where the process ends now, it is to blame."""
        self.reports = []
        write(self.path, test=self.names[nodeid], started=time.time())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item):
        """Count the queries of the test itself, without those of its class."""
        from odoo import sql_db

        before = sql_db.sql_counter
        try:
            return (yield)
        finally:
            self.queries[item.nodeid] = sql_db.sql_counter - before

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the reports of a test's phases and parts until it is over."""
        self.reports.append(report)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Write the outcome."""
        worst = max(self.reports, key=lambda report: OUTCOMES.index(report.outcome))
        write(
            self.path,
            test=self.names[nodeid],
            outcome=worst.outcome,
            seconds=round(sum(report.duration for report in self.reports), 2),
            queries=self.queries.get(nodeid, 0),
            message="" if worst.outcome == "passed" else _message(worst),
        )

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Say that no test is left."""
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
            write(self.path, complete=True)


def pytest_configure(config: pytest.Config) -> None:
    """Keep a journal."""
    config.pluginmanager.register(Journal(Path(os.environ[VARIABLE])), "journal")


def _is_run(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return cls is not None and cls.__module__ == item.module.__name__ and "standard" in getattr(cls, "test_tags", ())


def _message(report: pytest.TestReport) -> str:
    if report.skipped:
        return str(report.longrepr[-1])
    lines = [line for line in str(report.longrepr).splitlines() if line.startswith("E ") or ".py:" in line]
    return "\n".join(lines[-MESSAGE_LINES:])
