"""`python3 -m scripts i18n`: export the addon's terms anew and keep `i18n/` in step with them.

The template (`avance_immediate.pot`) is rewritten; in `fr.po` the translations stay, terms that are gone go, new ones
come in empty. Those are listed, and make the command fail: the interface is read in French.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from . import paths, runtime
from .console import SetupError

ADDON = "avance_immediate"
FOLDER = paths.CHECKOUT / ADDON / "i18n"
#: Changes at every export and says nothing.
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")


def main() -> int:
    """Export and merge; return 1 when a term awaits its translation."""
    runtime.ensure()
    with runtime.temporary_database("i18n") as db, tempfile.TemporaryDirectory() as folder:
        template = _export(db, Path(folder) / f"{ADDON}.pot")
    FOLDER.mkdir(exist_ok=True)
    template.save(FOLDER / f"{ADDON}.pot")
    french = _merge(template, FOLDER / "fr.po")
    french.save(FOLDER / "fr.po")
    missing = french.untranslated_entries()
    for entry in missing:
        print(entry.msgid)
    print(f"{len(french)} terms, {len(missing)} without a French translation")
    return 1 if missing else 0


def _export(db: str, target: Path) -> polib.POFile:
    command = ["-c", str(runtime.odoo_conf(db)), "-d", db, "-l", "pot", "-o", str(target), ADDON]
    done = subprocess.run([sys.executable, "-m", "odoo", "i18n", "export", *command], capture_output=True, text=True)
    if done.returncode or not target.exists():
        raise SetupError(f"Odoo did not export the terms:\n{done.stderr[-2000:]}")
    template = polib.pofile(str(target), wrapwidth=78)
    for name in VOLATILE:
        template.metadata.pop(name, None)
    return template


def _merge(template: polib.POFile, file: Path) -> polib.POFile:
    """Return the French file with the terms of ``template``, and the translations that ``file`` had."""
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(file))} if file.exists() else {}
    french = polib.POFile(wrapwidth=78)
    french.header = template.header
    french.metadata = {
        **template.metadata,
        "Language": "fr",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    for entry in template:
        french.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgstr=known.get(entry.msgid, ""),
                comment=entry.comment,
                tcomment=entry.tcomment,
                occurrences=entry.occurrences,
                flags=entry.flags,
            )
        )
    return french


if __name__ == "__main__":
    sys.exit(main())
