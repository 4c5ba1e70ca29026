"""Tests that fail without our addon doing anything wrong, and why: tables `*_known.csv`.

Each row has the name of a test as the journals have it, `module/tests/test_file.py::Class::test`, or the beginning of
one: a file, or a class.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

TITLES = ["test", "why"]


def read(file: Path) -> dict[str, str]:
    """Return the reasons of a table, by name.

    :raise ValueError: a row is not a name and a reason
    """
    with file.open(encoding="utf-8", newline="") as lines:
        titles, *rows = csv.reader(lines)
    if titles != TITLES or not all(len(row) == 2 and all(row) for row in rows):
        raise ValueError(f"{file.name} has other rows than {','.join(TITLES)}")
    return dict(rows)


def why(reasons: Mapping[str, str], test: str) -> str | None:
    """Return why a test fails, where that is known."""
    return next((why for name, why in reasons.items() if test == name or test.startswith(f"{name}::")), None)
