"""Whether somebody is in a spreadsheet that was uploaded, without reading it as its import would."""

from html import unescape
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from .urssaf.http.folding import fold

LARGEST = 64 * 1024 * 1024  # unpacked
OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def may_hold(content, words):
    """Tell whether any of ``words`` may be in a file: false where it certainly is not, whatever case and accents.

    :param bytes content: CSV, XLSX or ODS; of anything else, or what cannot be read, nothing is certain
    """
    text = _text(content)
    if text is None:
        return True
    folded = fold(unescape(text))
    return any(word and word in folded for word in map(fold, words))


def _text(content):
    """Return the text of a spreadsheet, whatever its format; None where it cannot be read."""
    if content.startswith(OLD_EXCEL):
        return None
    if content.startswith(b"PK"):
        content = _unpacked(content)
        if content is None:
            return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1", errors="replace")


def _unpacked(content):
    """Return the XML of an Excel or LibreOffice file; None for one that is broken, encrypted or unpacks to too much."""
    try:
        with ZipFile(BytesIO(content)) as book:
            parts = [part for part in book.infolist() if part.filename.endswith(".xml")]
            if sum(part.file_size for part in parts) > LARGEST:
                return None
            return b"\n".join(book.read(part) for part in parts)
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        return None
