"""Beside OCA's addons: each has one version, and only what is known to fail may."""

import ast

import pytest

from scripts import known, paths, pin_sets, together

ACCESS = "avance_immediate.tests.test_access.TestAccountant"


def test_each_addon_has_its_version_once():
    ours = {line.name for line in pin_sets.requirements(paths.CHECKOUT / "requirements-dev.txt")}
    own, named = together.packages(), pin_sets.requirements(together.PACKAGES)
    assert own
    assert not ours & {package.partition("==")[0] for package in own}
    odoo = {"l10n_fr_pos_cert"}  # with Odoo itself
    assert odoo < {line.name for line in named}
    for line in (line for line in named if line.name not in odoo):
        package = f"odoo-addon-{line.name.replace('_', '-')}"
        assert (package in ours) != bool(line.specifier), line


def test_known_reasons_are_of_tests_that_are_there():
    reasons = known.read(together.KNOWN)
    assert reasons
    for name in reasons:
        file, *inside = name.split("::")
        body = ast.parse((paths.CHECKOUT / file).read_text(encoding="utf-8")).body
        for part in inside:
            [found] = [node for node in body if getattr(node, "name", "") == part]
            body = found.body


@pytest.mark.parametrize(
    ("case", "code"),
    [((ACCESS, "test_client_and_product"), 0), ((ACCESS, "test_other"), 1)],
)
def test_only_what_is_known_may_fail(monkeypatch, capsys, case, code):
    monkeypatch.setattr(together, "cases", lambda name: {(ACCESS, "test_one"): True, case: False})
    assert together._report(1) == code
    shown = capsys.readouterr().out
    assert f"| `test_access` |      1 |      {code} |" in shown
    assert ("subscription_oca" in shown) != bool(code)


def test_file_that_cannot_be_loaded_is_a_failure(monkeypatch, capsys):
    monkeypatch.setattr(together, "cases", lambda name: {("", "avance_immediate.tests.test_access"): False})
    assert together._report(1) == 1
    assert "| `test_access` |      0 |      1 |" in capsys.readouterr().out
