"""`python3 -m scripts import_template`: make anew the spreadsheets that the import of clients offers.

One in French, one in English: the headings are the labels of the fields, so that Odoo's import knows each column. The
French ones come from `i18n/fr.po`, which has to be in step (`python3 -m scripts i18n`).
"""

from __future__ import annotations

import sys
from datetime import date, datetime

import polib
import xlsxwriter

from . import paths

ADDON = paths.CHECKOUT / paths.ADDON
FOLDER = ADDON / "static" / "xls"
#: Field's label in English, width of the column, and the examples: all that is known; a foreign birth; taken over.
COLUMNS = (
    ("Client's name", 22, ("Louise Bernard", "Samuel Costa", "Marie Petit")),
    ("Email", 30, ("louise.bernard@example.com", "samuel.costa@example.com", "marie.petit@example.com")),
    ("Mobile", 16, ("06 05 04 03 02", "07 55 44 33 22", "")),
    ("Title", 12, ("Mrs", "Mr", "Mrs")),
    ("Birth name", 16, ("Bernard", "Costa", "Petit")),
    ("Name in use", 16, ("", "", "Leroy")),
    ("First names", 20, ("Louise Anne", "Samuel", "Marie")),
    ("Birth date", 14, (date(1980, 3, 29), date(1975, 11, 2), date(1950, 7, 14))),
    ("Country of birth", 18, ("France", "Portugal", "")),
    ("Department of birth", 20, ("069", "", "")),
    ("INSEE code of the commune of birth", 32, ("123", "", "")),
    ("Commune of birth", 20, ("Lyon", "", "")),
    ("Street and number", 40, ("12 bis, rue du Général-de-Gaulle", "Résidence du Parc, 8 av. Foch", "")),
    ("ZIP", 12, ("69003", "75116", "")),
    ("City", 16, ("Lyon", "Paris", "")),
    ("IBAN", 34, ("FR76 3000 6000 0112 3456 7890 189", "", "")),
    ("BIC", 14, ("AGRIFRPP", "", "")),
    ("Account holder", 24, ("Mme Louise Bernard", "", "")),
    ("Urssaf's reference in another software", 40, ("", "", "4f0c1c2e-7d0e-4f0b-9a57-2d3b6c8e1a90")),
)
#: Words among the examples that are read in the user's language.
TRANSLATED = ("Mr", "Mrs")


def main() -> int:
    """Write both files; the same at each run."""
    french = {entry.msgid: entry.msgstr for entry in polib.pofile(str(ADDON / "i18n" / "fr.po"))}
    FOLDER.mkdir(parents=True, exist_ok=True)
    _write("en", {})
    _write("fr", french)
    return 0


def _write(language: str, words: dict[str, str]) -> None:
    book = xlsxwriter.Workbook(FOLDER / f"clients_urssaf_{language}.xlsx")
    book.set_properties({"created": datetime(2026, 1, 1)})
    sheet = book.add_worksheet("Clients")
    heading, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd" if language == "en" else "dd/mm/yyyy"})
    sheet.freeze_panes(1, 0)
    for column, (label, width, examples) in enumerate(COLUMNS):
        sheet.write_string(0, column, words.get(label) or label, heading)
        is_day = isinstance(examples[0], date)
        # Text, so that no zero in front is lost.
        sheet.set_column(column, column, width, day if is_day else text)
        for row, example in enumerate(examples, start=1):
            if is_day:
                sheet.write_datetime(row, column, example, day)
            elif example:
                sheet.write_string(row, column, words.get(example, example) if example in TRANSLATED else example, text)
    book.close()


if __name__ == "__main__":
    sys.exit(main())
