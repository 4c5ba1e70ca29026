"""Who may import whom, of what stands beside the addons."""

import ast

import pytest

from scripts import paths

#: Commands that are programs for people, and the modules that these alone are made of.
SHOWS = ("scripts.demo", "scripts.screenshots")


def imported(file):
    """Give the full name of each thing that a file imports."""
    package = file.relative_to(paths.CHECKOUT).parts[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base += tuple((node.module or "").split(".")) if node.module else ()
            yield from (".".join((*base, alias.name)) for alias in node.names)


def files(*folders):
    return sorted(file for folder in folders for file in paths.CHECKOUT.glob(f"{folder}/**/*.py"))


@pytest.mark.parametrize(
    ("folders", "forbidden"),
    [
        # Tests and benchmarks do not hang on what is shown to people.
        (("tests", "avance_immediate*/tests", "benchmarks", "harness"), SHOWS),
        # What others share knows none of them.
        (("harness",), ("scripts", "tests", "benchmarks", "odoo", "avance_immediate", "urssaf", "simulator")),
        (("benchmarks", "scripts"), ("tests",)),
    ],
)
def test_imports(folders, forbidden):
    seen = files(*folders)
    assert seen
    wrong = {
        f"{file.relative_to(paths.CHECKOUT)}: {name}"
        for file in seen
        for name in imported(file)
        if any(name == root or name.startswith((f"{root}.", f"{root}_")) for root in forbidden)
    }
    assert not wrong


def test_a_forbidden_import_is_seen():
    """`demo.py` itself imports its parts: the same reading finds them there."""
    assert any(name.startswith("scripts.demo_story") for name in imported(paths.CHECKOUT / "scripts" / "demo.py"))
