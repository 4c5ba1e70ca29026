"""Databases of somebody else are never dropped, and templates follow the addon's content."""

import pytest

from scripts import databases
from scripts.console import SetupError


@pytest.mark.parametrize("comment", [None, "", "production"])
def test_database_of_somebody_else_is_left_alone(monkeypatch, comment):
    monkeypatch.setattr(databases, "_databases", lambda: {"books": comment})
    monkeypatch.setattr(databases, "_admin", lambda: pytest.fail("it was going to be dropped"))
    with pytest.raises(SetupError, match="'books' was not made by these scripts"):
        databases.drop("books")


@pytest.fixture
def addon(tmp_path, monkeypatch):
    monkeypatch.setattr(databases.paths, "CHECKOUT", tmp_path)
    for name in ("__manifest__.py", "models/a.py", "tests/test_a.py", "readme/DESCRIPTION.md", "__pycache__/a.pyc"):
        file = tmp_path / "avance_immediate" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("1")
    return tmp_path / "avance_immediate"


@pytest.mark.parametrize("name", ["__manifest__.py", "models/a.py"])
def test_what_is_installed_changes_the_template(addon, name):
    before = databases._addon_files()
    (addon / name).write_text("2")
    assert databases._addon_files() != before


@pytest.mark.parametrize("name", ["tests/test_a.py", "readme/DESCRIPTION.md", "__pycache__/a.pyc"])
def test_what_is_not_installed_does_not(addon, name):
    before = databases._addon_files()
    (addon / name).write_text("2")
    assert databases._addon_files() == before


@pytest.mark.parametrize(
    "line",
    [
        "2026-01-01 08:00:00,000 1 ERROR db odoo.modules.loading: Module x: demo data failed to install",
        "2026-01-01 08:00:00,000 1 CRITICAL db odoo.modules.module: Failed to load module",
    ],
)
def test_errors_that_odoo_only_logs_are_seen(tmp_path, line):
    log = tmp_path / "log"
    log.write_text(f"2026-01-01 08:00:00,000 1 INFO db odoo: fine\n{line}\n")
    with pytest.raises(SetupError, match="logged errors"):
        databases.check_log(log, ("-i", "x"))


def test_log_without_errors_is_fine(tmp_path):
    log = tmp_path / "log"
    log.write_text("2026-01-01 08:00:00,000 1 INFO db odoo: module loading, no ERROR here\n")
    databases.check_log(log, ())
