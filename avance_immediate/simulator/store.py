"""The simulator's state, in one SQLite file: a restart loses nothing."""

import json
import sqlite3
import threading
from contextlib import contextmanager

DEFAULT_CLIENT_ID = "simulator-client"
DEFAULT_CLIENT_SECRET = "simulator-secret"
CALLS_KEPT = 1000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS provider (
    client_id TEXT PRIMARY KEY, client_secret TEXT NOT NULL, name TEXT NOT NULL,
    known INTEGER NOT NULL DEFAULT 1, deposits INTEGER NOT NULL DEFAULT 1, guarantee INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS token (
    access_token TEXT PRIMARY KEY, client_id TEXT NOT NULL, expires REAL NOT NULL);
CREATE TABLE IF NOT EXISTS person (
    id TEXT PRIMARY KEY, civil_status TEXT NOT NULL UNIQUE, birth_name TEXT NOT NULL, usage_name TEXT,
    first_names TEXT NOT NULL, birth_date TEXT NOT NULL, mail TEXT NOT NULL, phone TEXT NOT NULL, account TEXT NOT NULL,
    known INTEGER NOT NULL DEFAULT 0, blocked INTEGER NOT NULL DEFAULT 0, mandate_expired INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS person_mail ON person (mail);
CREATE TABLE IF NOT EXISTS link (
    id INTEGER PRIMARY KEY, client_id TEXT NOT NULL, person_id TEXT NOT NULL REFERENCES person,
    kind TEXT NOT NULL, state TEXT NOT NULL, sent_at TEXT NOT NULL, activated_at TEXT, UNIQUE (client_id, person_id));
CREATE TABLE IF NOT EXISTS request (
    id TEXT PRIMARY KEY, client_id TEXT NOT NULL, person_id TEXT NOT NULL, number TEXT NOT NULL,
    invoice_date TEXT NOT NULL, amount TEXT NOT NULL, deposit TEXT NOT NULL, payload TEXT NOT NULL,
    status TEXT NOT NULL, held INTEGER NOT NULL DEFAULT 0,
    taken_at TEXT NOT NULL, notified_at TEXT, validated_at TEXT, refusal_code TEXT, refusal_comment TEXT,
    next_at TEXT, next_action TEXT, UNIQUE (client_id, number));
CREATE INDEX IF NOT EXISTS request_next ON request (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS request_period ON request (client_id, invoice_date);
CREATE TABLE IF NOT EXISTS history (
    id INTEGER PRIMARY KEY, request_id TEXT NOT NULL REFERENCES request, status TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS history_request ON history (request_id);
CREATE TABLE IF NOT EXISTS payout (
    id INTEGER PRIMARY KEY, request_id TEXT NOT NULL REFERENCES request, client_id TEXT NOT NULL, day TEXT NOT NULL,
    amount TEXT);
CREATE INDEX IF NOT EXISTS payout_request ON payout (request_id);
CREATE TABLE IF NOT EXISTS bank_line (
    id INTEGER PRIMARY KEY, client_id TEXT NOT NULL, day TEXT NOT NULL, is_credit INTEGER NOT NULL,
    shown INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS movement (
    id INTEGER PRIMARY KEY, request_id TEXT NOT NULL REFERENCES request, client_id TEXT NOT NULL, day TEXT NOT NULL,
    amount TEXT NOT NULL, line_id INTEGER REFERENCES bank_line);
CREATE INDEX IF NOT EXISTS movement_request ON movement (request_id);
CREATE INDEX IF NOT EXISTS movement_line ON movement (line_id);
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY, operation TEXT NOT NULL, fault TEXT NOT NULL, times INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0, settings TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS refusal (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, codes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS call (
    id INTEGER PRIMARY KEY AUTOINCREMENT, operation TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    status INTEGER, fault TEXT, at TEXT NOT NULL);
"""
_TABLES = (
    *("meta", "provider", "token", "history", "payout", "movement", "bank_line", "request", "link", "person"),
    *("fault", "refusal", "call"),
)


class Store:
    """One connection behind one lock: every transaction is alone, whatever the thread.

    :param str path: the SQLite file, created when missing; ``":memory:"`` keeps nothing
    """

    def __init__(self, path):
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        with self.transaction() as db:
            self._add_default_provider(db)

    @contextmanager
    def transaction(self):
        """Give the connection inside a transaction, committed at the end or rolled back by an exception.

        Nested use joins the outer transaction.
        """
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def reset(self):
        """Empty everything; the default provider comes back."""
        with self.transaction() as db:
            for table in _TABLES:
                db.execute(f"DELETE FROM {table}")  # nosec B608 # names of ours
            self._add_default_provider(db)

    @staticmethod
    def _add_default_provider(db):
        db.execute(
            "INSERT OR IGNORE INTO provider (client_id, client_secret, name) VALUES (?, ?, ?)",
            (DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, "Prestataire du simulateur"),
        )

    def get_meta(self, key, default=None):
        """Return the JSON value kept under `key`, or `default`."""
        with self.transaction() as db:
            row = db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return json.loads(row["value"]) if row else default

    def set_meta(self, key, value):
        """Keep a JSON `value` under `key`."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def rows(self, query, parameters=()):
        """Return all rows of a query, as a list of `sqlite3.Row`."""
        with self.transaction() as db:
            return db.execute(query, parameters).fetchall()

    def record_call(self, operation, method, path, status, fault, at):
        """Write one line in the journal of calls, of which the last `CALLS_KEPT` stay. Never a body nor a query."""
        with self.transaction() as db:
            cursor = db.execute(
                "INSERT INTO call (operation, method, path, status, fault, at) VALUES (?, ?, ?, ?, ?, ?)",
                (operation, method, path, status, fault, at),
            )
            db.execute("DELETE FROM call WHERE id <= ?", (cursor.lastrowid - CALLS_KEPT,))

    def close(self):
        """Close the file; the store is of no use afterwards."""
        with self._lock:
            self._db.close()
