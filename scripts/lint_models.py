"""One model, one place for each thing: no method, field or constraint of a model is defined by two classes of an addon.

Two files of a model that define the same name override each other, and which one runs first is the order of the
imports. What several subjects have to do with ``create`` or ``write`` is a hook, called by name where it is defined.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .console import say

FOLDERS = ("models", "wizards")
#: Says which model a class is of, and from what it inherits.
STRUCTURE = {"_name", "_inherit", "_inherits"}


@dataclass(frozen=True)
class Definition:
    """Where a class of a model defines a name."""

    model: str
    name: str
    place: str


def clashes(addon: Path) -> dict[tuple[str, str], list[str]]:
    """Give what several classes of one model define.

    :param addon: folder of an addon
    :return: ``{(model, name): [file:line]}``
    """
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for folder in FOLDERS:
        for path in sorted((addon / folder).rglob("*.py")):
            for each in definitions(ast.parse(path.read_text(encoding="utf-8")), str(path.relative_to(addon.parent))):
                places[each.model, each.name].append(each.place)
    return {key: found for key, found in sorted(places.items()) if len(found) > 1}


def definitions(tree: ast.Module, file: str) -> Iterator[Definition]:
    """Give what the classes of a file define, each name once a class."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and (model := model_of(node)):
            yield from (Definition(model, name, f"{file}:{line}") for name, line in _names(node).items())


def model_of(node: ast.ClassDef) -> str:
    """Give the model that a class defines or extends; empty for a class of something else.

    :raise ValueError: the name of the model is no literal
    """
    values = {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name) and target.id in STRUCTURE
    }
    value = values.get("_name", values.get("_inherit"))
    if value is None:
        return ""
    if isinstance(value, ast.List | ast.Tuple) and len(value.elts) == 1:
        value = value.elts[0]
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        raise ValueError(f"the model of class {node.name} cannot be read: give _name")
    return value.value


def _names(node: ast.ClassDef) -> dict[str, int]:
    names: dict[str, int] = {}
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found = [statement.name]
        elif isinstance(statement, ast.Assign):
            found = [part.id for target in statement.targets for part in ast.walk(target) if isinstance(part, ast.Name)]
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            found = [statement.target.id]
        else:
            found = []
        for name in found:
            names.setdefault(name, statement.lineno)
    return {name: line for name, line in names.items() if name not in STRUCTURE}


def main() -> bool:
    """As `check`, of all addons of the checkout."""
    return check(paths.addons())


def check(addons: list[Path]) -> bool:
    """Say what two classes define; tell whether there is nothing."""
    found = [(key, places) for addon in addons for key, places in clashes(addon).items()]
    for (model, name), places in found:
        say(f"{model}: {name} is defined by several classes: {', '.join(places)}")
    return not found
