"""Refusals ordered in advance over `/_simulator/…/next`, consumed one by one."""

import json

from .codes import error
from .orders import LONGEST_TEXT

MOST_CODES = 50
MOST_WAITING = 100


def add_refusal(store, kind, codes):
    """Order that the next item of `kind` (``registration`` or ``request``) be refused with `codes`.

    :raise ValueError: `codes` is no list of codes, or too many orders wait already
    """
    is_list = isinstance(codes, list) and 0 < len(codes) <= MOST_CODES
    if not is_list or not all(isinstance(code, str) and 0 < len(code) <= LONGEST_TEXT for code in codes):
        raise ValueError(f"codes: a list of error codes, {MOST_CODES} at most")
    with store.transaction() as db:
        if db.execute("SELECT COUNT(*) FROM refusal").fetchone()[0] >= MOST_WAITING:
            raise ValueError(f"{MOST_WAITING} refusals wait already: POST /_simulator/reset forgets them")
        db.execute("INSERT INTO refusal (kind, codes) VALUES (?, ?)", (kind, json.dumps(codes)))


def next_refusal(store, kind):
    """Consume the oldest refusal ordered for `kind`; return its list of `Erreur`, empty when none waits."""
    with store.transaction() as db:
        row = db.execute("SELECT * FROM refusal WHERE kind = ? ORDER BY id LIMIT 1", (kind,)).fetchone()
        if row is None:
            return []
        db.execute("DELETE FROM refusal WHERE id = ?", (row["id"],))
    return [error(code) for code in json.loads(row["codes"])]
