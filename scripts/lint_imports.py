"""The simulator is a reading of its own of Urssaf's document: it and the rest of the addon do not import each other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from . import paths
from .console import say

#: The stand-in for Urssaf, in the addon.
SIMULATOR = "simulator"
#: The one file of the addon that may import it, to run it inside Odoo and hand in what Odoo gives.
ADAPTER = "simulator_adapter.py"
#: How a program names what is in the addon's folder: by Odoo's path, by the folder's name, or as beside itself.
ROOTS = (("odoo", "addons", paths.ADDON), (paths.ADDON,), ())


def problems(addon: Path) -> list[str]:
    """Return each import between the simulator and the rest of the addon, but those of the adapter: file, line, what.

    :param addon: the addon's folder
    """
    own = {path.stem for path in addon.iterdir() if path.suffix == ".py" or path.is_dir()} - {SIMULATOR}
    found = []
    for file in sorted(addon.rglob("*.py")):
        inside = file.relative_to(addon)
        for line, target in _imports(file, inside):
            within = inside.parts[0] == SIMULATOR
            crosses = _is_ours(target, own) if within else _is_simulator(target)
            if crosses and (within or inside != Path(ADAPTER)):
                found.append(f"{PurePosixPath(addon.name, *inside.parts)}:{line}: imports {'.'.join(target)}")
    return found


def main() -> bool:
    """Print what is wrong; return whether all is well."""
    found = problems(paths.CHECKOUT / paths.ADDON)
    for problem in found:
        say(problem)
    return not found


def _is_simulator(target: tuple[str, ...]) -> bool:
    return any(target[: len(root) + 1] == (*root, SIMULATOR) for root in ROOTS)


def _is_ours(target: tuple[str, ...], own: set[str]) -> bool:
    """Say whether a file of the simulator names something of the addon that is not the simulator, or Odoo."""
    if target[:1] == ("odoo",) or target == (paths.ADDON,):
        return not _is_simulator(target)
    return any(target[: len(root)] == root and target[len(root) :][:1] and target[len(root)] in own for root in ROOTS)


def _imports(file: Path, inside: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Give the line and the full name of each thing imported; those relative to a file begin with the addon."""
    package = (paths.ADDON, *inside.parts[:-1])
    for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, tuple(alias.name.split("."))) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            base += tuple((node.module or "").split(".")) if node.module else ()
            yield from ((node.lineno, (*base, alias.name)) for alias in node.names)
