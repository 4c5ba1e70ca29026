"""Refusals ordered in advance over `/_sandbox/…/next`, consumed one by one."""

import json

from .codes import error


def add_refusal(store, kind, codes):
    """Order that the next item of `kind` (``registration`` or ``request``) be refused with `codes`."""
    with store.transaction() as db:
        db.execute("INSERT INTO refusal (kind, codes) VALUES (?, ?)", (kind, json.dumps(codes)))


def next_refusal(store, kind):
    """Consume the oldest refusal ordered for `kind`; return its list of `Erreur`, empty when none waits."""
    with store.transaction() as db:
        row = db.execute("SELECT * FROM refusal WHERE kind = ? ORDER BY id LIMIT 1", (kind,)).fetchone()
        if row is None:
            return []
        db.execute("DELETE FROM refusal WHERE id = ?", (row["id"],))
    return [error(code) for code in json.loads(row["codes"])]
