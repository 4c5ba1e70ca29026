"""Races that are expected: whoever loses one tries again, and the log does not call it an error.

Odoo logs every statement that PostgreSQL refuses as an error, also where two processes met on one record (*could not
serialize access*) and the loser goes on with something else.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from psycopg2.extensions import TransactionRollbackError

_expected: ContextVar[bool] = ContextVar("expected", default=False)


@contextmanager
def expected() -> Iterator[None]:
    """Log races that are lost meanwhile as information. The caller goes on after ``TransactionRollbackError``."""
    mark = _expected.set(True)
    try:
        yield
    finally:
        _expected.reset(mark)


class _LostRaces(logging.Filter):
    """Lowers the level of a record about a lost race, and drops none."""

    def filter(self, record):
        if _expected.get() and isinstance(record.args, tuple):
            if any(isinstance(arg, TransactionRollbackError) for arg in record.args):
                record.levelno, record.levelname = logging.INFO, logging.getLevelName(logging.INFO)
        return True


logging.getLogger("odoo.sql_db").addFilter(_LostRaces())
