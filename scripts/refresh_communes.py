"""The yearly refresh of the communes: one command, which needs `npm`; docs/data.md says what the data are.

It takes the present edition of the package `@etalab/decoupage-administratif` from the npm registry and writes
`data/urssaf.commune.csv` (what a user can choose) and `intake/former_codes.csv` (codes that were others at birth).
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from . import paths
from .console import SetupError, say

PACKAGE = "@etalab/decoupage-administratif"
COMMUNES = paths.CHECKOUT / paths.ADDON / "data" / "urssaf.commune.csv"
FORMER_CODES = paths.CHECKOUT / paths.ADDON / "urssaf" / "intake" / "former_codes.csv"
#: Kinds in the package, and how the files write them.
KINDS = {
    "commune-actuelle": "commune",
    "arrondissement-municipal": "arrondissement",
    "commune-deleguee": "delegated",
    "commune-associee": "associated",
}
#: The day on which all communes that went from one department to another did; the package gives no dates.
MOVES = {
    ("75", "92"): "1968-01-01",
    ("75", "93"): "1968-01-01",
    ("75", "94"): "1968-01-01",
    ("78", "91"): "1968-01-01",
    ("78", "92"): "1968-01-01",
    ("78", "93"): "1968-01-01",
    ("78", "94"): "1968-01-01",
    ("78", "95"): "1968-01-01",
    ("01", "69"): "1967-12-31",
    ("38", "69"): "1967-12-31",
}
#: Communes that moved alone, or that the package's former codes do not tell: (code, code before, day of the change).
MOVED_ALONE = (
    ("44225", "49144", "2018-01-01"),  # Freigné
    ("49382", "44060", "2016-01-01"),  # Le Fresne-sur-Loire
    ("51664", "02344", "2016-12-31"),  # Gernicourt
    ("54602", "55227", "1997-01-01"),  # Han-devant-Pierrepont
    ("62909", "80831", "1971-01-01"),  # Ytres
    ("69286", "01326", "1967-12-31"),  # Rillieux, with another former code of the same Ain
    ("69299", "38119", "1971-04-01"),  # Colombier-Saugnieu, three years after its neighbours
    # Two communes that were of Essonne for less than two years.
    ("78143", "91143", "1969-11-29"),
    ("78620", "91620", "1969-11-29"),
    ("91143", "78143", "1968-01-01"),
    ("91620", "78620", "1968-01-01"),
    # Two communes of Guadeloupe until they became collectivities of their own; the package does not say.
    ("97701", "97123", "2007-07-15"),
    ("97801", "97127", "2007-07-15"),
)
#: Former codes of another department that belonged to a commune absorbed since: not those of the one that absorbed it.
ABSORBED = frozenset({"01132", "02285", "14507", "14513", "28131", "39012", "51494", "52210", "79224", "80072"})


def main() -> int:
    """Fetch, check, write, and say what there is now."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edition", default="latest", help="version of the package (default: %(default)s)")
    options = parser.parse_args()
    edition, communes = fetch(options.edition)
    rows = commune_rows(communes)
    former = former_code_rows(communes)
    write(COMMUNES, ("code", "name", "kind", "parent", "zips", "population"), rows)
    write(FORMER_CODES, ("code", "former", "until"), former)
    say(f"{PACKAGE} {edition}")
    for kind in KINDS.values():
        say(f"  {sum(row[2] == kind for row in rows):>6} {kind}")
    say(f"  {len(rows):>6} in all, {len(former)} former codes")
    say("Write the edition and these counts into docs/data.md, and commit the two files.")
    return 0


def fetch(edition: str) -> tuple[str, list[dict]]:
    """Download an edition of the package.

    :param edition: a version, or ``latest``.
    :return: the version, and its communes as the package writes them.
    :raise SetupError: npm is missing or fails, or the package is not what it was.
    """
    if not shutil.which("npm"):
        raise SetupError("npm is needed to download the communes: install Node.js.")
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--json", "--pack-destination", folder, f"{PACKAGE}@{edition}"]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        archives = list(Path(folder).glob("*.tgz"))
        if result.returncode or len(archives) != 1:
            raise SetupError(f"npm pack failed:\n{result.stderr.strip()[-1000:]}")
        with tarfile.open(archives[0]) as archive:
            version = json.load(archive.extractfile("package/package.json"))["version"]
            return version, json.load(archive.extractfile("package/data/communes.json"))


def commune_rows(communes: list[dict]) -> list[tuple]:
    """Give the lines of `urssaf.commune.csv`: code, name, kind, code of the parent, postal codes, population.

    :raise SetupError: the package has a kind that we do not know, or the same code twice in one kind.
    """
    rows = []
    seen = set()
    for commune in communes:
        kind = KINDS.get(commune["type"])
        if kind is None or (commune["code"], kind) in seen:
            raise SetupError(f"The package has changed: {commune['type']} {commune['code']}")
        seen.add((commune["code"], kind))
        zips = " ".join(sorted(commune.get("codesPostaux", ())))
        parent = commune.get("chefLieu") or commune.get("commune") or ""
        rows.append((commune["code"], commune["nom"], kind, parent, zips, commune.get("population", 0)))
    return sorted(rows)


def former_code_rows(communes: list[dict]) -> list[tuple[str, str, str]]:
    """Give the lines of `former_codes.csv`: code, code of another department before, and the day of the change.

    Corsica is a rule of `urssaf.birthplace` instead of 360 lines.

    :raise SetupError: a commune changed its department and nobody has said when: write it in this file.
    """
    rows = set(MOVED_ALONE)
    known = {former for _code, former, _until in MOVED_ALONE} | ABSORBED
    unknown = []
    parts: dict[str, list[str]] = {}
    for commune in communes:
        if commune.get("chefLieu"):
            parts.setdefault(commune["chefLieu"], []).append(commune["code"])
    for commune in communes:
        code = commune["code"]
        formers = [former for former in commune.get("anciensCodes", ()) if _elsewhere(code, former)]
        for former in formers:
            if former in known:
                continue
            until = MOVES.get((former[:2], code[:2]))
            if not until:
                unknown.append(f"{commune['nom']}: {former} before {code}")
            elif owner := _owner(code, former, formers, parts.get(code, ())):
                rows.add((owner, former, until))
    if unknown:
        raise SetupError("Since when? Add to MOVED_ALONE or to ABSORBED:\n" + "\n".join(unknown))
    return sorted(rows)


def _elsewhere(code: str, former: str) -> bool:
    return code[:2] not in ("2A", "2B") and code[:2] != former[:2]


def _owner(code: str, former: str, formers: list[str], parts: tuple | list[str]) -> str | None:
    """Give the commune that had the former code: this one, one of its delegated communes, or none of today."""
    same_digits = [part for part in (code, *parts) if part[2:] == former[2:]]
    if same_digits:
        return same_digits[0]
    return code if len(formers) == 1 else None


def write(path: Path, header: tuple[str, ...], rows: list[tuple]) -> None:
    """Write a table as CSV, with ends of lines that Git keeps."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([header, *rows])
    path.write_text(text.getvalue(), encoding="utf-8")
