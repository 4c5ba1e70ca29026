"""What Odoo's environment holds here and there: the sets of pins of `tests/matrix`, and whether ours fit beside them.

A set is a requirements file whose lines end with their source, `# …`. Its first lines are comments of the form
`# key: value`: `title`; `python`, the versions that it is tried on; `source`, what the sources of the lines mean;
`keep`, what of ours it has in another version, on purpose; `left out` and `instead`, what differs from the source, and
why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from . import paths

FOLDER = paths.CHECKOUT / "tests" / "matrix"
OURS = paths.CHECKOUT / "requirements.txt"


@dataclass(frozen=True)
class PinSet:
    """One set.

    :ivar file: its requirements file.
    :ivar keys: the values of its comments `# key: value`, by key.
    """

    file: Path
    keys: Mapping[str, tuple[str, ...]]

    @property
    def name(self) -> str:
        return self.file.stem

    @property
    def title(self) -> str:
        return self.keys["title"][0]

    @property
    def pythons(self) -> list[str]:
        return self.keys["python"][0].split()

    @property
    def kept(self) -> set[str]:
        """Names of ours that are not installed over what the set has, in their canonical form."""
        return {canonicalize_name(name) for line in self.keys.get("keep", ()) for name in line.split()}

    def pins(self, python: str) -> dict[str, str]:
        """Return the versions of the packages that are pinned for a Python, by canonical name."""
        return _pins(self.file, {"python_version": python, "python_full_version": f"{python}.0"})

    def ours(self) -> list[Requirement]:
        """Return the requirements of `requirements.txt` that are to be installed beside the set."""
        return [line for line in requirements(OURS) if canonicalize_name(line.name) not in self.kept]


def read(folder: Path = FOLDER) -> list[PinSet]:
    """Return all sets, by name."""
    return [PinSet(file, _keys(file)) for file in sorted(folder.glob("*.txt"))]


def sourceless(file: Path) -> list[str]:
    """Return the lines of a set that do not say where they come from."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#") and not re.search(r"\s#\s\S", line)]


def requirements(file: Path) -> list[Requirement]:
    """Return the requirements of a file, those of files that it includes first."""
    return list(_requirements(file))


def conflicts(pins: Mapping[str, str], ours: Iterable[Requirement], needs: Mapping[str, Iterable[str]], python: str):
    """Say what pip would replace in an environment with these pins to install ours.

    :param pins: versions by canonical name.
    :param ours: what we ask for.
    :param needs: what those of ours that pip would bring ask for (`Requires-Dist`), by canonical name.
    :param python: version of Python, such as `3.12`.
    :return: one line for each package that would not stay.
    """
    environment = {"python_version": python, "python_full_version": f"{python}.0", "extra": ""}
    found = []
    for wanted in ours:
        name = canonicalize_name(wanted.name)
        asked = [("requirements.txt", wanted)]
        if name not in pins:
            asked = [(wanted.name, Requirement(need)) for need in needs.get(name, ())]
        for asker, need in asked:
            pinned = pins.get(canonicalize_name(need.name))
            if pinned is None or (need.marker and not need.marker.evaluate(environment)):
                continue
            if not need.specifier.contains(pinned, prereleases=True):
                found.append(f"{asker} asks for {need.name}{need.specifier}, and {pinned} is there")
    return found


def _keys(file: Path) -> dict[str, tuple[str, ...]]:
    keys: dict[str, tuple[str, ...]] = {}
    for key, value in re.findall(r"^# ([a-z ]+): (.+)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE):
        keys[key] = (*keys.get(key, ()), value)
    return keys


def _requirements(file: Path) -> Iterator[Requirement]:
    for line in file.read_text(encoding="utf-8").splitlines():
        line = line.partition(" #")[0].strip()
        if line.startswith("-r "):
            yield from _requirements(file.parent / line.removeprefix("-r ").strip())
        elif line and not line.startswith("#"):
            yield Requirement(line)


def _pins(file: Path, environment: dict[str, str]) -> dict[str, str]:
    pins = {}
    for line in _requirements(file):
        versions = [part.version for part in line.specifier if part.operator == "=="]
        if versions and (line.marker is None or line.marker.evaluate(environment)):
            pins[canonicalize_name(line.name)] = versions[0]
    return pins
