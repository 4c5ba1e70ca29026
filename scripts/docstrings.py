"""`python3 -m scripts docstrings [--missing]`: how many of the addons' functions say why they are there.

Counted is what a reader stops at: a function or method with more than five statements, or a public one with more than
one. It is documented by a docstring, or, where it overrides one of Odoo's, by the comment ``# EXTENDS module: …`` with
which it begins. What a constructor takes, its class says. Tests and migrations are not counted.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .console import say

#: What must be documented of each addon, in percent.
WANTED = 75
LARGE = 5  # statements
NOT_COUNTED = {"tests", "migrations"}
_OVERRIDES = re.compile(r"\s*# (EXTENDS|OVERRIDE)\b")


@dataclass(frozen=True)
class Function:
    """A function that is counted.

    :ivar place: file and line, as editors open them
    :ivar name: with that of its class
    """

    place: str
    name: str
    is_documented: bool

    @property
    def addon(self) -> str:
        """The addon that it is of."""
        return self.place.split("/")[0]

    @property
    def part(self) -> str:
        """Its folder, one level below the addon."""
        return "/".join(self.place.split("/")[:-1][:2])


def main() -> int:
    """Print the shares; return 1 where that of an addon is below what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--missing", action="store_true", help="list what has no docstring")
    return not check(missing=parser.parse_args().missing)


def check(*, missing: bool = False) -> bool:
    """Print the shares, and tell whether that of each addon is high enough.

    :param missing: list what has no docstring, too
    """
    found = list(functions(paths.CHECKOUT))
    if missing:
        for each in found:
            if not each.is_documented:
                say(f"{each.place}: {each.name}")
    for part in sorted({each.part for each in found}):
        _share(part, [each for each in found if each.part == part])
    addons = sorted({each.addon for each in found})
    say("")
    shares = {addon: _share(addon, [each for each in found if each.addon == addon]) for addon in addons}
    low = [addon for addon, share in shares.items() if share < WANTED]
    if low:
        say(f"below {WANTED} %: {', '.join(low)}; see `python3 -m scripts docstrings --missing`")
    return not low


def _share(name: str, found: list[Function]) -> float:
    documented = sum(each.is_documented for each in found)
    share = 100 * documented / len(found)
    say(f"{share:4.0f} %  {documented:4} of {len(found):4}  {name}")
    return share


def functions(checkout: Path) -> Iterator[Function]:
    """Give the functions of the addons that are counted."""
    for addon in paths.addons(checkout):
        for file in sorted(addon.rglob("*.py")):
            inside = file.relative_to(checkout)
            if not NOT_COUNTED.intersection(inside.parts):
                yield from of_source(file.read_text(encoding="utf-8"), str(inside))


def of_source(source: str, place: str) -> Iterator[Function]:
    """Give the functions of one file that are counted.

    :param source: the file's text
    :param place: its path
    """
    lines = source.splitlines()
    for owner, node in _definitions(ast.parse(source), None):
        body = node.body[1:] if ast.get_docstring(node) else node.body
        statements = sum(isinstance(each, ast.stmt) for part in body for each in ast.walk(part))
        if statements > LARGE or (statements > 1 and not node.name.startswith("_")):
            # What stands between the signature and the first statement.
            opening = lines[node.lineno : node.body[0].lineno]
            says = owner if owner and node.name == "__init__" else node
            documented = bool(ast.get_docstring(says)) or any(map(_OVERRIDES.match, opening))
            name = f"{owner.name}.{node.name}" if owner else node.name
            yield Function(f"{place}:{node.lineno}", name, documented)


def _definitions(tree: ast.AST, owner: ast.ClassDef | None) -> Iterator[tuple[ast.ClassDef | None, ast.FunctionDef]]:
    """Give functions and methods; those within a function belong to it, and are not."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield owner, node
        else:
            yield from _definitions(node, node if isinstance(node, ast.ClassDef) else owner)


if __name__ == "__main__":
    sys.exit(main())
