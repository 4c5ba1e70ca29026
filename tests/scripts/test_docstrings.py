"""What counts as a function that must say why it is there, and what as saying it."""

import pytest

from scripts import docstrings

SIX = "\n".join(f"    a{number} = {number}" for number in range(6))
INSIDE = SIX.replace("    ", "        ")


@pytest.mark.parametrize(
    ("source", "counted"),
    [
        (f"def _large(self):\n{SIX}", [("_large", False)]),
        (f'def _large(self):\n    """Why."""\n{SIX}', [("_large", True)]),
        (f"def _large(\n    self,\n):\n    # EXTENDS account: why\n{SIX}", [("_large", True)]),
        (f"def _large(self):\n    # some remark\n{SIX}", [("_large", False)]),
        ("def _small(self):\n    a = 1\n    return a", []),
        ("def public(self):\n    a = 1\n    return a", [("public", False)]),
        ("def trivial(self):\n    return 1", []),
        (f'class A:\n    """Takes much."""\n    def __init__(self):\n{INSIDE}', [("A.__init__", True)]),
        (f"class A:\n    def __init__(self):\n{INSIDE}", [("A.__init__", False)]),
        ("def outer():\n    def inner():\n        a = 1\n        return a", [("outer", False)]),
    ],
)
def test_what_counts(source, counted):
    found = docstrings.of_source(source, "addon/file.py")
    assert [(each.name, each.is_documented) for each in found] == counted


def test_part():
    [found] = docstrings.of_source("def public():\n    a = 1\n    return a", "addon/urssaf/http/file.py")
    assert (found.addon, found.part, found.place) == ("addon", "addon/urssaf", "addon/urssaf/http/file.py:1")


def test_low_share_fails(tmp_path, monkeypatch):
    (tmp_path / "addon").mkdir()
    (tmp_path / "addon" / "__manifest__.py").write_text("{}")
    (tmp_path / "addon" / "a.py").write_text("def public():\n    a = 1\n    return a\n")
    monkeypatch.setattr(docstrings.paths, "CHECKOUT", tmp_path)
    assert not docstrings.check()
    (tmp_path / "addon" / "a.py").write_text('def public():\n    """Why."""\n    a = 1\n    return a\n')
    assert docstrings.check()
