"""The life of a payment request (docs/api.md §4, §9): what moves it, by itself or by hand.

    10 ─► 20 ─► 30 ─► 50 ─► 70 planned ─► 70 paid ─► 110, 112, 113, 120, 260 ─► 270
           │           │       ▲            │
           └► 40       └► 60 ──┴► 111, 120  └► 60

The clock does the upper path, and what the script of a test identity adds; a step by hand may do all of it.
"""

from datetime import timedelta
from decimal import Decimal

from . import bank
from .clock import PARIS, format_instant, office_opening, parse_bounded_instant, parse_instant, working_day_after
from .codes import REFUSAL_REASONS, REQUEST_STATUSES, identity_for
from .persons import StepImpossible

# The life of every request: what happens next from a status, how long after which moment.
LIFE = {
    "10": {"after": "taken", "hours": 1, "action": "notify"},
    "20": {"after": "notified", "hours": 48, "action": "validate"},
    "30": {"after": "validated", "working_days": 2, "action": "debit"},
    "50": {"after": "validated", "working_days": 3, "action": "plan_transfer"},
}
PAYOUT_WORKING_DAYS = 4

# action: (status it leads to, statuses it may leave)
REQUEST_STEPS = {
    "notify": ("20", {"10", "15"}),
    "validate": ("30", {"20"}),
    "refuse": ("40", {"20"}),
    "debit": ("50", {"30"}),
    "refuse_debit": ("60", {"50", "70"}),
    "plan_transfer": ("70", {"50", "60"}),
    "pay": ("70", {"50", "60", "70"}),
    "cancel": ("110", {"10", "15", "20", "30", "50", "70"}),
    "cancel_after_unpaid": ("111", {"60"}),
    "cancel_after_recovery": ("112", {"60", "70", "120"}),
    "cancel_specific": ("113", {"10", "15", "20", "30", "50", "60", "70"}),
    "recover": ("120", {"60", "70"}),
    "provider_unpaid": ("260", {"70", "110", "112", "120"}),
    "provider_settled": ("270", {"260"}),
}
MAIN_PATH = {"10", "20", "30", "50", "70"}
# What these take back of what was paid, unless an amount is given (docs/api.md §9).
TAKEN_BACK = {
    "cancel": "whole",
    "cancel_after_unpaid": "whole",
    "cancel_after_recovery": "whole",
    "cancel_specific": "whole",
    "recover": "share",
    "provider_unpaid": "share",
}
_ENDS_A_PLANNED_TRANSFER = {"cancel", "cancel_after_unpaid", "cancel_specific", "refuse_debit", "recover", "set_status"}


def begin(db, row, now):
    """Write a new request at status 10.

    :param dict row: the columns that its message gives: id, client_id, person_id, number, invoice_date, amount,
        deposit, payload
    :param datetime now: aware
    """
    at = format_instant(now)
    columns = dict(row, status="10", taken_at=at)
    names = ", ".join(columns)
    marks = ", ".join("?" for _ in columns)
    db.execute(f"INSERT INTO request ({names}) VALUES ({marks})", tuple(columns.values()))  # nosec B608 # names of ours
    db.execute("INSERT INTO history (request_id, status, at) VALUES (?, '10', ?)", (row["id"], at))
    _plan_next(db, row["id"])


def catch_up(world):
    """Let everything happen whose time has come, each at its own instant and in order of time."""
    now = format_instant(world.clock.now())
    with world.store.transaction() as db:
        query = "SELECT * FROM request WHERE next_at <= ? ORDER BY next_at, rowid LIMIT 1"
        while (request := db.execute(query, (now,)).fetchone()) is not None:
            script = _script(db, request).get(request["status"], {})
            details = {key: script[key] for key in ("code", "comment") if key in script}
            _apply(db, world.options, request, request["next_action"], parse_instant(request["next_at"]), details)
            _plan_next(db, request["id"])


def step(world, request_id, action, details, force=False):
    """Do one step by hand; off the main path, the request then waits for the next hand.

    :param str request_id: `idDemandePaiement` or `numFactureTiers`
    :param str action: a key of `REQUEST_STEPS`, or ``set_status``
    :param dict details: ``code`` and ``comment`` of a refusal or cancellation, ``amount`` (euros) and ``date`` of a
        transfer or of what is taken back, ``status``
    :param bool force: also where the present status does not lead there
    :raise KeyError: no such request
    :raise StepImpossible: the status does not allow it
    :raise ValueError: a detail makes no sense
    """
    with world.store.transaction() as db:
        request = db.execute(
            "SELECT * FROM request WHERE id = ? OR number = ? ORDER BY id = ? DESC, rowid DESC LIMIT 1",
            (request_id, request_id, request_id),
        ).fetchone()
        if request is None:
            raise KeyError(request_id)
        _check_step(db, request, action, details, force)
        status = _apply(db, world.options, request, action, world.clock.now(), details)
        held = action == "set_status" or status not in MAIN_PATH
        db.execute("UPDATE request SET held = ? WHERE id = ?", (held, request["id"]))
        _plan_next(db, request["id"])


def last_payout(db, request_id):
    """Return the row of the request's last transfer, planned or paid, or None."""
    return db.execute("SELECT * FROM payout WHERE request_id = ? ORDER BY id DESC LIMIT 1", (request_id,)).fetchone()


def transfers(store):
    """Return the bank transfers: payouts of one provider and one day together (docs/api.md §9).

    :return: list of ``{"client_id", "date", "amount", "paid", "requests"}``; the amount is a Decimal in euros, of what
        is paid
    """
    grouped = {}
    query = (
        "SELECT payout.*, request.number FROM payout JOIN request ON request.id = payout.request_id"
        " ORDER BY day, payout.client_id, payout.id"
    )
    for row in store.rows(query):
        key = row["client_id"], row["day"]
        new = {"client_id": key[0], "date": key[1], "amount": Decimal(0), "paid": True, "requests": []}
        transfer = grouped.setdefault(key, new)
        transfer["amount"] += Decimal(row["amount"] or 0)
        transfer["paid"] = transfer["paid"] and row["amount"] is not None
        transfer["requests"].append(row["number"])
    return list(grouped.values())


def _check_step(db, request, action, details, force):
    """Refuse a step that Urssaf could not take.

    :param force: take it from any status
    :raise ValueError: the action or the reason does not exist
    :raise StepImpossible: not at this status (docs/api.md §4)
    """
    if action == "set_status":
        if not str(details.get("status") or ""):
            raise ValueError("set_status needs a status")
        return
    if action not in REQUEST_STEPS:
        raise ValueError(f"unknown action; one of {', '.join([*REQUEST_STEPS, 'set_status'])}")
    code = details.get("code")
    if code and action in ("refuse", "cancel") and code not in REFUSAL_REASONS and not force:
        raise ValueError(f"unknown reason; one of {', '.join(sorted(REFUSAL_REASONS))}")
    if force:
        return
    status = request["status"]
    if status not in REQUEST_STEPS[action][1]:
        raise StepImpossible(f"{action} is not possible at status {status} ({REQUEST_STATUSES.get(status, 'unknown')})")
    payout = last_payout(db, request["id"])
    if action == "pay" and status == "70" and payout is not None and payout["amount"] is not None:
        raise StepImpossible("this request is paid already")


def _apply(db, options, request, action, at, details):
    """Change the request and what hangs on it; return its new status."""
    request_id = request["id"]
    status = str(details["status"]) if action == "set_status" else REQUEST_STEPS[action][0]
    if action in _ENDS_A_PLANNED_TRANSFER:
        db.execute("DELETE FROM payout WHERE request_id = ? AND amount IS NULL", (request_id,))
    if action in ("notify", "validate"):
        column = "notified_at" if action == "notify" else "validated_at"
        db.execute(f"UPDATE request SET {column} = ? WHERE id = ?", (format_instant(at), request_id))  # nosec B608 # a name of ours
    elif action in ("refuse", "cancel"):
        default = "CONTEST_AUTRE" if action == "refuse" else "ANNUL_AUTRE"
        db.execute(
            "UPDATE request SET refusal_code = ?, refusal_comment = ? WHERE id = ?",
            (details.get("code") or default, details.get("comment") or "", request_id),
        )
    elif action == "refuse_debit":
        db.execute("UPDATE person SET blocked = 1 WHERE id = ?", (request["person_id"],))
    elif action == "plan_transfer":
        _plan_transfer(db, request, at, details.get("date"))
    elif action == "pay":
        _pay(db, options, request, at, details)
    if action in TAKEN_BACK:
        _take_back(db, options, request, action, at, details)
    db.execute("UPDATE request SET status = ? WHERE id = ?", (status, request_id))
    if (request["status"], action) != ("70", "pay"):
        db.execute(
            "INSERT INTO history (request_id, status, at) VALUES (?, ?, ?)", (request_id, status, format_instant(at))
        )
    return status


def _plan_transfer(db, request, at, day):
    """Announce the transfer for ``day``, by default some working days after the validation, and never in the past."""
    today = at.astimezone(PARIS).date()
    if day:
        planned = parse_bounded_instant(day).date()
    else:
        validated = parse_instant(request["validated_at"]) if request["validated_at"] else at
        planned = max(working_day_after(validated, PAYOUT_WORKING_DAYS).astimezone(PARIS).date(), today)
    db.execute("DELETE FROM payout WHERE request_id = ? AND amount IS NULL", (request["id"],))
    db.execute(
        "INSERT INTO payout (request_id, client_id, day) VALUES (?, ?, ?)",
        (request["id"], request["client_id"], planned.isoformat()),
    )


def _pay(db, options, request, at, details):
    """Pay what is announced; ``details`` may give another ``date`` and ``amount`` (euros), else all that is due."""
    payout = last_payout(db, request["id"])
    if payout is None or payout["amount"] is not None:
        _plan_transfer(db, request, at, details.get("date") or format_instant(at))
    elif details.get("date"):
        _plan_transfer(db, request, at, details["date"])
    payout = last_payout(db, request["id"])
    amount = details.get("amount")
    if amount is None:
        amount = Decimal(request["amount"]) - Decimal(request["deposit"])
    db.execute("UPDATE payout SET amount = ? WHERE id = ?", (str(amount), payout["id"]))
    bank.pay(db, options, request, payout["day"], amount)


def _take_back(db, options, request, action, at, details):
    """Take back the ``amount`` of ``details``, else what the step says; nothing where nothing was paid.

    The client's share is taken once: 120 and 260 may be news of the same money.

    :raise StepImpossible: more than is left
    """
    paid, left = bank.left_of(db, request["id"])
    amount = details.get("amount")
    if amount is None and TAKEN_BACK[action] == "whole":
        amount = left
    elif amount is None:
        amount = min(_share_of(request), left) if left == paid else 0
    amount = bank.to_the_cent(amount)
    if amount > left:
        raise StepImpossible(f"{left} € at most are left of what was paid")
    if amount:
        day = parse_bounded_instant(details["date"]) if details.get("date") else at
        bank.take_back(db, options, request, day.astimezone(PARIS).date().isoformat(), amount)


def _share_of(request):
    """Return what the client is debited of a request: half of the invoice, less the deposit (a Decimal in euros)."""
    half = bank.to_the_cent(Decimal(request["amount"]) / 2)
    return max(half - Decimal(request["deposit"]), Decimal(0))


def _script(db, request):
    row = db.execute("SELECT birth_name FROM person WHERE id = ?", (request["person_id"],)).fetchone()
    identity = identity_for(row["birth_name"]) if row else None
    return (identity or {}).get("life", {})


def _plan_next(db, request_id):
    """Write when what happens next to a request by itself, or that nothing does."""
    request = db.execute("SELECT * FROM request WHERE id = ?", (request_id,)).fetchone()
    at = action = None
    if not request["held"]:
        at, action = _next_event(db, request)
    db.execute(
        "UPDATE request SET next_at = ?, next_action = ? WHERE id = ?", (at and format_instant(at), action, request_id)
    )


def _next_event(db, request):
    """Return when the next step comes by itself, in UTC, and its name; None twice where nothing does."""
    if request["status"] == "70":
        payout = last_payout(db, request["id"])
        if payout is not None and payout["amount"] is None:
            return office_opening(payout["day"]), "pay"
    event = (LIFE | _script(db, request)).get(request["status"])
    if event is None:
        return None, None
    moment = request[f"{event['after']}_at"]
    if moment is None:
        # A forced step skipped that moment: count from the last one known.
        query = "SELECT at FROM history WHERE request_id = ? ORDER BY id DESC LIMIT 1"
        moment = db.execute(query, (request["id"],)).fetchone()["at"]
    if "hours" in event:
        return parse_instant(moment) + timedelta(hours=event["hours"]), event["action"]
    return working_day_after(parse_instant(moment), event["working_days"]), event["action"]
