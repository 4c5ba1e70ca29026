"""What the simulator holds, as JSON values: for `/_simulator/` and for the page. Account numbers stay masked."""

from decimal import Decimal

from . import bank
from .clock import format_instant
from .codes import REQUEST_STATUSES
from .life import REQUEST_STEPS, last_payout, transfers
from .persons import BROKEN, possible_steps, statut


def clock(world):
    """Return ``{"now", "frozen"}``."""
    return {"now": format_instant(world.clock.now()), "frozen": world.clock.frozen}


def persons(world):
    """Return one value per link of a person to a provider, in order of registration."""
    rows = world.store.rows(
        "SELECT person.*, link.client_id, link.kind, link.state, link.sent_at, link.activated_at"
        " FROM link JOIN person ON person.id = link.person_id ORDER BY link.id"
    )
    return [
        {
            "idClient": row["id"],
            "client_id": row["client_id"],
            "nomNaissance": row["birth_name"],
            "nomUsage": row["usage_name"],
            "prenoms": row["first_names"],
            "adresseMail": row["mail"],
            "iban": row["account"],
            "kind": row["kind"],
            "sent_at": row["sent_at"],
            "activated_at": row["activated_at"],
            "broken": row["state"] == BROKEN,
            "blocked": bool(row["blocked"]),
            "mandate_expired": bool(row["mandate_expired"]),
            "statut": statut(row),
            "steps": possible_steps(row),
        }
        for row in rows
    ]


def requests(world, key=None):
    """Return one value per payment request accepted, in order of arrival.

    :param key: only those of this `idDemandePaiement` or `numFactureTiers`
    """
    query = (
        "SELECT request.*, person.birth_name, person.first_names FROM request"
        " LEFT JOIN person ON person.id = request.person_id"
        " WHERE ? IS NULL OR request.id = ? OR request.number = ? ORDER BY request.rowid"
    )
    with world.store.transaction() as db:
        return [_request(db, row) for row in db.execute(query, (key, key, key)).fetchall()]


def _request(db, row):
    history = db.execute("SELECT status, at FROM history WHERE request_id = ? ORDER BY id", (row["id"],)).fetchall()
    payout = last_payout(db, row["id"])
    paid, left = bank.left_of(db, row["id"])
    refusal = {"code": row["refusal_code"], "commentaire": row["refusal_comment"]} if row["refusal_code"] else None
    transfer = None
    if payout is not None:
        amount = Decimal(payout["amount"]) if payout["amount"] is not None else None
        transfer = {"dateVirement": payout["day"], "mntVirement": amount}
    following = {"at": row["next_at"], "action": row["next_action"]} if row["next_at"] else None
    return {
        "idDemandePaiement": row["id"],
        "client_id": row["client_id"],
        "idClient": row["person_id"],
        "client": f"{row['first_names']} {row['birth_name']}",
        "numFactureTiers": row["number"],
        "mntFactureTTC": Decimal(row["amount"]),
        "mntAcompte": Decimal(row["deposit"]),
        "statut": {"code": row["status"], "libelle": REQUEST_STATUSES.get(row["status"], "")},
        "history": [dict(past) for past in history],
        "infoRejet": refusal,
        "infoVirement": transfer,
        "paid": paid,
        "taken_back": paid - left,
        "next": following,
        "steps": [name for name, (_, leaves) in REQUEST_STEPS.items() if row["status"] in leaves],
    }


def calls(world):
    """Return the journal of calls, the oldest first."""
    rows = world.store.rows("SELECT operation, method, path, status, fault, at FROM call ORDER BY id")
    return [dict(row) for row in rows]


def providers(world):
    """Return the providers, without their secrets."""
    rows = world.store.rows("SELECT * FROM provider ORDER BY rowid")
    return [
        {"client_id": row["client_id"], "name": row["name"]}
        | {name: bool(row[name]) for name in ("known", "deposits", "guarantee")}
        for row in rows
    ]


def state(world):
    """Return everything, for `/_simulator/state`."""
    return {
        "clock": clock(world),
        "options": world.options,
        "providers": providers(world),
        "persons": persons(world),
        "requests": requests(world),
        "transfers": transfers(world.store),
        "bank": bank.statement(world),
        "balances": bank.balances(world),
        "calls": calls(world),
        "contract_breaches": world.contract_breaches,
    }
