"""`python3 -m scripts i18n [addon…]`: export our addons' terms anew and keep each `i18n/` in step with them.

The template (`.pot`) is rewritten; in `fr.po` the translations stay, terms that are gone go, new ones come in empty.
Those are listed, and make the command fail: the interface is read in French. Without a name: each addon that has the
folder; naming one that has not makes it.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from . import paths, runtime
from .console import SetupError

#: Changes at every export and says nothing.
VOLATILE = ("POT-Creation-Date", "PO-Revision-Date")


def main() -> int:
    """Export and merge; return 1 when a term awaits its translation."""
    translated = sorted(folder.parent.name for folder in paths.CHECKOUT.glob(f"{paths.ADDON}*/i18n"))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("addons", nargs="*", default=translated, help="by default those that have a folder i18n")
    runtime.ensure()
    missing = [entry for addon in parser.parse_args().addons for entry in _refresh(addon)]
    return 1 if missing else 0


def _refresh(addon: str) -> list[polib.POEntry]:
    """Bring the files of one addon up to date, and return the terms that await their translation."""
    manifest = ast.literal_eval((paths.CHECKOUT / addon / "__manifest__.py").read_text(encoding="utf-8"))
    with runtime.temporary_database("i18n") as db, tempfile.TemporaryDirectory() as folder:
        if addon != paths.ADDON:
            # It installs itself where what it depends on is there.
            runtime.install(db, *manifest["depends"])
        template = _export(db, addon, Path(folder) / f"{addon}.pot")
    target = paths.CHECKOUT / addon / "i18n"
    target.mkdir(exist_ok=True)
    template.save(target / f"{addon}.pot")
    french = _merge(template, target / "fr.po")
    french.save(target / "fr.po")
    missing = french.untranslated_entries()
    for entry in missing:
        print(entry.msgid)
    print(f"{addon}: {len(french)} terms, {len(missing)} without a French translation")
    return missing


def _export(db: str, addon: str, target: Path) -> polib.POFile:
    command = ["-c", str(runtime.odoo_conf(db)), "-d", db, "-l", "pot", "-o", str(target), addon]
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
