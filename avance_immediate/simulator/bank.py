"""The provider's bank account, as Urssaf moves it (docs/api.md §9).

Each payout and each amount taken back is a *movement*. The bank shows *lines*: of one movement, or of many. Once a
statement was asked for, the lines that it shows do not change any more.
"""

import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .clock import PARIS, is_working_day

CENT = Decimal("0.01")
#: Days by which a random transfer reaches the bank later than announced, and those that may still join it.
LATEST_DAYS = 3
_LABELS = {1: "VIR SEPA URSSAF AVANCE IMMEDIATE", 0: "PRLV SEPA URSSAF AVANCE IMMEDIATE"}
_LINES = """
    SELECT line.id, line.client_id, line.day, line.is_credit, line.shown, request.number, movement.amount
    FROM bank_line AS line JOIN movement ON movement.line_id = line.id JOIN request ON request.id = movement.request_id
    WHERE line.day <= ? ORDER BY line.day, line.id, movement.id
"""


def pay(db, options, request, day, amount):
    """Transfer an amount for a request.

    :param dict options: the switches in force: `transfers` says how payouts become lines
    :param str day: ISO date, as announced
    :param Decimal amount: euros; a bank knows no fraction of a cent
    """
    amount = to_the_cent(amount)
    if not amount:
        return
    chance = random.Random(f"{options['seed']} pay {_count(db)}")  # nosec B311 # a game that can be played again
    line_id = _line_for(db, options["transfers"], chance, request["client_id"], day, is_credit=True)
    _add(db, request, day, amount, line_id)
    _deduct_waiting(db, request["client_id"], line_id)


def take_back(db, options, request, day, amount):
    """Take an amount back: by a debit, or out of the next transfer that is greater (the switch `taken_back`).

    :param Decimal amount: euros, greater than zero
    """
    chance = random.Random(f"{options['seed']} take {_count(db)}")  # nosec B311
    how = options["taken_back"]
    if how == "random":
        how = chance.choice(("debit", "deduct"))
    line_id = None
    if how == "debit":
        line_id = _line_for(db, options["transfers"], chance, request["client_id"], day, is_credit=False)
    _add(db, request, day, -amount, line_id)


def left_of(db, request_id):
    """Return what was paid for a request and what of it is not taken back, two Decimals in euros."""
    amounts = [
        Decimal(row["amount"]) for row in db.execute("SELECT amount FROM movement WHERE request_id = ?", (request_id,))
    ]
    return sum((amount for amount in amounts if amount > 0), Decimal(0)), sum(amounts, Decimal(0))


def statement(world, show=False, client_id=None):
    """Return the lines of all accounts up to today, the oldest first; or those of one.

    :param client_id: the provider whose account it is; all where none is given
    :param bool show: they are shown to somebody, and stay as they are
    :return: list of ``{"client_id", "date", "amount", "label", "reference", "requests"}``: a Decimal in euros, negative
        for a debit; and, which no bank shows, the invoices with their amounts
    """
    today = world.clock.now().astimezone(PARIS).date().isoformat()
    with world.store.transaction() as db:
        rows = [row for row in db.execute(_LINES, (today,)) if client_id in (None, row["client_id"])]
        if show:
            db.executemany("UPDATE bank_line SET shown = 1 WHERE id = ?", {(row["id"],) for row in rows})
    lines = {}
    for row in rows:
        reference = f"AICI{row['day'].replace('-', '')}{row['id']:06}"
        new = {
            "client_id": row["client_id"],
            "date": row["day"],
            "amount": Decimal(0),
            "label": f"{_LABELS[row['is_credit']]} {reference}",
            "reference": reference,
            "requests": [],
        }
        line = lines.setdefault(row["id"], new)
        line["amount"] += Decimal(row["amount"])
        line["requests"].append({"numFactureTiers": row["number"], "amount": Decimal(row["amount"])})
    return list(lines.values())


def balances(world):
    """Return what Urssaf has paid to each provider and taken back so far, and what the bank has shown of it.

    :return: list of ``{"client_id", "paid", "taken_back", "on_bank"}``, Decimals in euros
    """
    today = world.clock.now().astimezone(PARIS).date().isoformat()
    found = {}
    for row in world.store.rows("SELECT * FROM movement WHERE day <= ? ORDER BY id", (today,)):
        amount = Decimal(row["amount"])
        balance = _balance_of(found, row["client_id"])
        balance["paid" if amount > 0 else "taken_back"] += abs(amount)
    for line in statement(world):
        _balance_of(found, line["client_id"])["on_bank"] += line["amount"]
    return list(found.values())


def _balance_of(found, client_id):
    new = {"client_id": client_id, "paid": Decimal(0), "taken_back": Decimal(0), "on_bank": Decimal(0)}
    return found.setdefault(client_id, new)


def to_the_cent(amount):
    """Round euros half up, to a Decimal that a bank can transfer."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def _count(db):
    """Return how many movements there are: each has a chance of its own."""
    return db.execute("SELECT COUNT(*) FROM movement").fetchone()[0]


def _add(db, request, day, amount, line_id):
    db.execute(
        "INSERT INTO movement (request_id, client_id, day, amount, line_id) VALUES (?, ?, ?, ?, ?)",
        (request["id"], request["client_id"], day, str(amount), line_id),
    )


def _line_for(db, how, chance, client_id, day, is_credit):
    """Return the line that a movement of ``day`` joins, or a new one."""
    latest = (date.fromisoformat(day) + timedelta(days=LATEST_DAYS if how == "random" else 0)).isoformat()
    query = (
        "SELECT id FROM bank_line"
        " WHERE client_id = ? AND is_credit = ? AND NOT shown AND day BETWEEN ? AND ? ORDER BY id"
    )
    joinable = [row["id"] for row in db.execute(query, (client_id, is_credit, day, latest))]
    if how == "random":
        joined = chance.choice([*joinable, None])
        day = _some_days_later(day, chance)
    else:
        joined = joinable[-1] if joinable and how == "by_date" else None
    if joined:
        return joined
    new = db.execute("INSERT INTO bank_line (client_id, day, is_credit) VALUES (?, ?, ?)", (client_id, day, is_credit))
    return new.lastrowid


def _some_days_later(day, chance):
    found = date.fromisoformat(day) + timedelta(days=chance.choice((0, 0, 1, 2)))
    while not is_working_day(found):
        found += timedelta(days=1)
    return found.isoformat()


def _deduct_waiting(db, client_id, line_id):
    """Deduct from a transfer what waits to be taken back, the oldest first, as long as something is left of it."""
    line = db.execute("SELECT day FROM bank_line WHERE id = ?", (line_id,)).fetchone()
    amounts = db.execute("SELECT amount FROM movement WHERE line_id = ?", (line_id,))
    left = sum((Decimal(row["amount"]) for row in amounts), Decimal(0))
    query = "SELECT id, amount FROM movement WHERE client_id = ? AND line_id IS NULL AND day <= ? ORDER BY id"
    for row in db.execute(query, (client_id, line["day"])).fetchall():
        if left + Decimal(row["amount"]) > 0:
            left += Decimal(row["amount"])
            db.execute("UPDATE movement SET line_id = ? WHERE id = ?", (line_id, row["id"]))
