"""Where values stand: a walk through every column of the database, and the files that go with it, for planted values.

What is planted stands nowhere by chance, so that only rows and files that are younger than the walk are read.
"""

import base64
import binascii
import re
import time
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote_plus
from zipfile import BadZipFile, ZipFile

from odoo.tools import SQL, config

MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "fr short": "janv févr mars avr mai juin juil août sept oct nov déc",
    "en": "January February March April May June July August September October November December",
    "en short": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}
#: Types of columns that hold no text, no date and no bytes. Any other type is walked, also one that Odoo has not.
NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision", "boolean", "oid", "xid")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")


def squash(text: str) -> str:
    """Return letters and figures alone, without case and accents: ``FR76 3000…`` and ``fr76-3000…`` are one."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in folded if char.isalnum())


def spellings(value: str | date) -> set[str]:
    """Return how a planted value may be written, squashed: a date in figures and in words, a number with or without 0.

    :param value: a text; or a date, without a time
    """
    if not isinstance(value, date):
        number = squash(value)
        return {number[1:] if number.isdigit() and number.startswith("0") else number}
    days = {f"{value:%d}", f"{value.day}"}
    found = {f"{value:%Y%m%d}"}
    found |= {text for day in days for text in (f"{day}{value:%m%Y}", f"{value:%m}{day}{value:%Y}")}
    for words in MONTHS.values():
        month = squash(words.split()[value.month - 1])
        found |= {text for day in days for text in (f"{day}{month}{value.year}", f"{month}{day}{value.year}")}
    return found


def readings(value: object) -> Iterator[str]:
    """Return what a value of a column, or the content of a file, says, in every way in which it may be coded.

    :param value: as psycopg2 gives it: a text, bytes, a date, a list, what JSON has
    """
    if isinstance(value, memoryview | bytes | bytearray):
        yield from _readings_of_bytes(bytes(value))
    elif isinstance(value, Mapping):
        yield from readings([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from readings(item)
    elif value is not None:
        text = str(value)
        yield text
        if "\\u" in text:
            yield _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)
        if "&" in text:
            yield unescape(text)
        if "%" in text:
            yield unquote_plus(text)
        if (content := _from_base64(text.encode(errors="replace"))) is not None:
            yield from _readings_of_bytes(content)


def _readings_of_bytes(content: bytes) -> Iterator[str]:
    if content.startswith(b"PK"):
        with suppress(BadZipFile), ZipFile(BytesIO(content)) as book:
            for name in book.namelist():
                yield from _readings_of_bytes(book.read(name))
    for text in _decoded(content):
        yield text
        if "&" in text:
            yield unescape(text)
    if (decoded := _from_base64(content)) is not None:
        yield from _readings_of_bytes(decoded)


def _decoded(content):
    try:
        yield content.decode()
    except UnicodeDecodeError:
        yield content.decode("latin-1")
    if b"\0" in content[:64]:
        yield content.decode("utf-16", errors="replace")


def _from_base64(content: bytes) -> bytes | None:
    content = b"".join(content.split())
    if not _BASE64.fullmatch(content):
        return None
    try:
        return base64.b64decode(content + b"=" * (-len(content) % 4), altchars=b"-_" if b"-" in content else None)
    except (binascii.Error, ValueError):
        return None


class Known:
    """Planted values, by their kinds, and who finds them in a text.

    :param planted: by kind, the values (texts, dates) that are of it
    """

    def __init__(self, planted: Mapping[str, Iterable[str | date]]):
        self._kinds = {kind: {one for value in values for one in spellings(value)} for kind, values in planted.items()}
        if empty := [kind for kind, found in self._kinds.items() if not found or min(map(len, found)) < 8]:
            raise ValueError(f"nothing, or nothing that stands nowhere by chance, is planted of {empty}")

    def kinds_in(self, value: object) -> set[str]:
        """Return the kinds of the planted values that a value, or the content of a file, has in it."""
        found = set()
        for text in map(squash, readings(value)):
            found |= {kind for kind, known in self._kinds.items() if any(one in text for one in known)}
        return found


class ColumnWalk:
    """Goes through what was written since it was made, in the transaction of ``env``."""

    def __init__(self, env):
        self.env = env
        self._started = time.clock_gettime(time.CLOCK_REALTIME)  # the files' clock, which no test freezes
        [[self._since]] = env.execute_query(SQL("SELECT pg_current_xact_id()::xid::text"))

    def places(self, known: Known) -> set[tuple[str, str]]:
        """Return where planted values stand, as pairs of place and kind.

        A place is ``table.column``; the content of an attachment that is kept as a file is ``ir_attachment.(file)``,
        that of a session ``(session)``.
        """
        self.env.flush_all()
        self.env.cr.precommit.run()  # what waits for the bus
        self.env.flush_all()
        found = set()
        for place, value in self._values():
            found |= {(place, kind) for kind in known.kinds_in(value)}
        return found

    def _values(self):
        for table, columns in self._columns().items():
            names = SQL(", ").join(map(SQL.identifier, columns))
            query = SQL("SELECT %s FROM %s WHERE age(xmin) <= age(%s::xid)", names, SQL.identifier(table), self._since)
            for row in self.env.execute_query(query):
                for column, value in zip(columns, row, strict=True):
                    yield f"{table}.{column}", value
        yield from self._files()

    def _columns(self):
        """Return the columns to walk, by table: those of any type that is no number."""
        query = SQL(
            """
            SELECT table_name, array_agg(column_name::text)
              FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
             WHERE table_type <> 'VIEW' AND table_schema NOT IN ('pg_catalog', 'information_schema')
               AND data_type NOT IN %s
          GROUP BY table_name
            """,
            NUMBERS,
        )
        return dict(self.env.execute_query(query))

    def _files(self):
        """Yield the files of attachments that exist, and of sessions. Odoo collects the others from time to time."""
        query = SQL("SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL")
        store = Path(config.filestore(self.env.cr.dbname))
        for (name,) in self.env.execute_query(query):
            if self._is_young(store / name):
                yield "ir_attachment.(file)", (store / name).read_bytes()
        for file in Path(config.session_dir).rglob("*"):
            if file.is_file() and self._is_young(file):
                yield "(session)", file.read_bytes()

    def _is_young(self, file):
        return file.exists() and file.stat().st_mtime >= self._started - 1
