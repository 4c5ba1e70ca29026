"""Keeps what clients gave to Urssaf out of the server's log and out of the errors that programs are answered.

Odoo logs a statement that fails with all its values, PostgreSQL quotes the row that it refuses in its error, and that
error stands in the log of whoever catches it and in the ``debug`` of an answer to RPC. Here the *values* go: of
statements that name one of our tables or columns, and of errors about them. What was done, to what, and why it was
refused stays, and so do the class of the error, its ``pgcode`` and its ``diag``: whoever catches it, catches it still.
The statements and errors of other addons are left alone.

Two places meet an error: the log, where every statement that fails comes by (``_HideValues``), and the ORM
(``models/base.py``), for a server that does not log the errors of SQL. Errors of Python, as of a date that is none,
quote values too: they are cleaned where tracebacks are logged or answered.
"""

import contextlib
import logging
import re
import traceback
from pathlib import Path

import psycopg2
from psycopg2 import errorcodes
from werkzeug.exceptions import HTTPException

from odoo import exceptions, fields, models

#: How our tables begin, and our columns of other addons' tables.
OURS = "urssaf_"
#: The tables of other addons that have columns of ours: a row of theirs is not quoted.
CARRIERS = frozenset(
    {
        "account_bank_statement_line",
        "account_move",
        "account_move_line",
        "account_payment",
        "base_partner_merge_automatic_wizard",
        "product_template",
        "res_company",
        "res_config_settings",
        "res_partner",
    }
)
HIDDEN = "***"
NOT_SHOWN = "the values are not shown"
#: Where tracebacks of requests, scheduled actions and imports are logged.
TRACEBACK_LOGGERS = ("odoo.http", "odoo.models", "odoo.addons.base.models.ir_cron")

# Classes of SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_INTEGRITY = "23"
_WITHOUT_VALUES = ("40", "55", "57", "08", "53")  # lost races, locks, cancelled, connection, resources
_QUOTES_THE_ROW = ("23502", "23514")  # not null, check; the others of the class quote the columns of one index
_HOME = str(Path(__file__).parent)
_TOKEN = re.compile(
    r"""
    (?P<name> "[^"]*(?:""[^"]*)*" )
    | (?P<comment> --[^\n]* | /\*.*?\*/ )
    | (?<!\w)[eE]'(?:[^'\\]|\\.|'')*'
    | '[^']*(?:''[^']*)*'
    | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$
    | (?<![\w$])\d[\w.]*
    | '.*
    """,
    re.VERBOSE | re.DOTALL,
)


# === STATEMENTS === #


def hide(query):
    """Return a statement, as PostgreSQL gets it, without its values: no string, no number, no comment."""
    return _TOKEN.sub(lambda token: token["name"] or ("" if token["comment"] else HIDDEN), query)


def _as_text(query):
    return query.decode(errors="replace") if isinstance(query, bytes) else query


# === ERRORS === #


def redact(error, about=""):
    """Take the values out of an error of a statement about our tables or columns, and of those that it came from.

    The error itself is changed: whoever holds it prints nothing more. Other errors are left as they are.

    :param error: the exception, of any class
    :param str about: the statement that failed, or the names of its table and columns, where they are known
    :return: the error
    """
    for link in _chain(error):
        if isinstance(link, psycopg2.Error) and is_ours(link, about):
            words = _words_of(link)
            link.args = (words,)
            link.__setstate__({"pgerror": words, "pgcode": link.pgcode})  # how psycopg2 lets them be written
        elif isinstance(link, UnicodeEncodeError) and OURS in about:
            _redact_unicode(link)
    return error


def redact_traceback(error):
    """Take the values out of an error that came through our records, whatever its class, before it is shown.

    Words for people stay, and so does what this addon says itself; of others, the class and the lines of code stay.

    :return: the error
    """
    links = _chain(redact(error))
    if any(_came_through_us(link) for link in links):
        for link in links:
            if not isinstance(link, (psycopg2.Error, HTTPException)) and not _is_own(link):
                link.args = (NOT_SHOWN,)
                if isinstance(link, UnicodeError):
                    _redact_unicode(link)
    return error


def is_ours(error, about=""):
    """Tell whether a database error may quote values of our tables or of our columns.

    :param error: a ``psycopg2.Error``
    :param str about: as ``redact`` takes it
    """
    code, diag = error.pgcode or "", error.diag
    if code.startswith(_WITHOUT_VALUES):
        return False
    if diag.table_name in CARRIERS and code in _QUOTES_THE_ROW:
        return True
    if code.startswith(_INTEGRITY):
        return any(OURS in (part or "") for part in (diag.table_name, diag.constraint_name, diag.message_detail))
    last_query = error.cursor.query if error.cursor is not None and not error.cursor.closed else None
    return any(OURS in text for text in (about, str(error), _as_text(last_query or "")))


def _chain(error):
    """Return an exception and those that it came from."""
    links, found = [error], []
    while links:
        link = links.pop()
        if link is not None and link not in found:
            found.append(link)
            links += [link.__cause__, link.__context__]
    return found


def _words_of(error):
    """Return what PostgreSQL said, without what it quoted: a constraint has a name, other mistakes a class."""
    words = error.diag.message_primary if (error.pgcode or "").startswith(_INTEGRITY) else None
    with contextlib.suppress(KeyError):
        words = words or errorcodes.lookup(error.pgcode).lower()
    return f"{words or type(error).__name__} ({NOT_SHOWN})"


def _redact_unicode(error):
    error.object = error.object[:0]
    error.args = (error.encoding, error.object, error.start, error.end, error.reason)


def _is_own(error):
    """Tell whether the words of an error are Odoo's for people, or this addon's, which quotes nothing."""
    frames = [frame for frame, _line in traceback.walk_tb(error.__traceback__)]
    raised_here = bool(frames) and frames[-1].f_code.co_filename.startswith(_HOME)
    return raised_here or type(error).__module__ == exceptions.__name__ or isinstance(error, exceptions.UserError)


def _came_through_us(error):
    """Tell whether one of our records or fields, or our code, was at work when this was raised."""
    return any(_is_at_work(frame) for frame, _line in traceback.walk_tb(error.__traceback__))


def _is_at_work(frame):
    """Tell whether a frame of a traceback works on our records or fields, or is of our code."""
    workers = [frame.f_locals.get(name) for name in ("self", "model", "records")]
    records = [worker for worker in workers if isinstance(worker, models.BaseModel)]
    if records:  # those of other addons come through what we extend, too
        return any(record._table.startswith(OURS) for record in records)
    if isinstance(workers[0], fields.Field):
        return workers[0].name.startswith(OURS) or workers[0].model_name.startswith("urssaf.")
    return frame.f_code.co_filename.startswith(_HOME)


# === THE LOG === #


class _Filter(logging.Filter):
    """Changes records, and drops none; what cannot be read is not shown."""

    def filter(self, record):
        """Clean a record of the log in place; it is always logged."""
        try:
            self.clean(record)
        except Exception as error:  # noqa: BLE001  # logging never stops the work
            record.msg, record.args = "%s (%s)", (NOT_SHOWN, type(error).__name__)
            record.exc_info = record.exc_text = None
        return True


class _HideValues(_Filter):
    """Statements about our tables without their values, and the errors about them, which go on without theirs."""

    def clean(self, record):
        if not isinstance(record.args, tuple):
            return
        query = next((_as_text(arg) for arg in record.args if isinstance(arg, (bytes, str))), "")
        record.args = tuple(self._clean(arg, query) for arg in record.args)

    def _clean(self, arg, query):
        if isinstance(arg, BaseException):
            return redact(arg, query)
        if isinstance(arg, (bytes, str)) and OURS in (text := _as_text(arg)):
            return hide(text)
        return arg


class _HideArguments(_Filter):
    """Calls of our models, or about our columns, without what they were given: logged at debug level."""

    def clean(self, record):
        if isinstance(record.args, tuple) and any("urssaf" in str(arg) for arg in record.args):
            record.args = tuple(HIDDEN if type(arg).__name__ == "Params" else arg for arg in record.args)


class _HideTracebacks(_Filter):
    """Errors that came through our records: the class and the lines of code, and neither a value nor a name.

    Odoo logs what people are told, too: that they may not read the registration of such a client.
    """

    def clean(self, record):
        if record.exc_info and record.exc_info[1]:
            redact_traceback(record.exc_info[1])
        if isinstance(record.msg, exceptions.UserError) and _came_through_us(record.msg):
            record.msg, record.args = "%s: shown to the user alone", (type(record.msg).__name__,)


logging.getLogger("odoo.sql_db").addFilter(_HideValues())
logging.getLogger("odoo.service.model").addFilter(_HideArguments())
for _name in TRACEBACK_LOGGERS:
    logging.getLogger(_name).addFilter(_HideTracebacks())
