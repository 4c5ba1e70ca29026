"""The search of payment requests (M070, docs/api.md §2.4): only the provider's own."""

from decimal import Decimal

from . import wire
from .clock import format_instant, parse_instant
from .codes import REQUEST_STATUSES, error
from .life import last_payout
from .payment_requests import shape_errors

MAX_RESULTS = 10


def search(world, provider, payload):
    """Find requests by ids, else by numbers, else by the period of the invoice's date.

    :param world: the simulator's `World`
    :param provider: row of the provider
    :param payload: the decoded JSON body
    :return: ``(HTTP status, JSON body)``
    """
    options = world.options
    errors = shape_errors(
        "InputRechercheDemandePaiement", "inputRechercheDemandePaiement", payload, options["unknown_fields"]
    )
    if errors:
        return 400, errors
    with world.store.transaction() as db:
        client_id = provider["client_id"]
        for name, column in (("idDemandePaiements", "id"), ("numFactureTiers", "number")):
            if payload.get(name):
                return _by_keys(db, client_id, column, payload[name], options)
        if payload.get("dateDebut") or payload.get("dateFin"):
            return _by_period(db, client_id, payload.get("dateDebut"), payload.get("dateFin"), options)
    return 400, [error("ERR_CRITERE_RECHERCHE_VIDE")]


def _by_keys(db, client_id, column, keys, options):
    """Answer a search by ids or numbers: what is found, and an error for each key that is not."""
    if len(keys) > MAX_RESULTS:
        return 400, [error("ERR_NBRE_MAX_RESULTAT")]
    found, errors = [], []
    for key in dict.fromkeys(keys):
        row = db.execute(f"SELECT * FROM request WHERE client_id = ? AND {column} = ?", (client_id, key)).fetchone()  # nosec B608
        if row is None:
            errors.append(error("ERR_RECHERCHE_VIDE", key))
        else:
            found.append(row)
    return _answer(db, found, errors, options)


def _by_period(db, client_id, start, end, options):
    """Answer a search by dates of invoices, both included; either may be left out."""
    start = format_instant(parse_instant(start)) if start else "0000"
    end = format_instant(parse_instant(end)) if end else "9999"
    found = db.execute(
        "SELECT * FROM request WHERE client_id = ? AND invoice_date BETWEEN ? AND ?"
        " ORDER BY invoice_date, rowid LIMIT ?",
        (client_id, start, end, MAX_RESULTS + 1),
    ).fetchall()
    if len(found) > MAX_RESULTS:
        return 400, [error("ERR_NBRE_MAX_RESULTAT")]
    return _answer(db, found, [], options)


def _answer(db, found, errors, options):
    if found or options["empty_search"] == "200":
        infos = [request_info(db, row) for row in found]
        return 200, {options["errors_key"]: errors if found else [], "infoDemandePaiements": infos}
    return 400, [error("ERR_RECHERCHE_VIDE")]


def request_info(db, row):
    """Return the `InfoDemandePaiement` of a request's row."""
    info = {
        "idDemandePaiement": row["id"],
        "demandePaiement": wire.loads(row["payload"]),
        "statut": {"code": row["status"], "libelle": REQUEST_STATUSES.get(row["status"], "")},
    }
    if row["refusal_code"]:
        info["infoRejet"] = {"code": row["refusal_code"], "commentaire": row["refusal_comment"]}
    payout = last_payout(db, row["id"])
    if payout is not None:
        info["infoVirement"] = {"dateVirement": f"{payout['day']}T00:00:00Z"}
        if payout["amount"] is not None:
            info["infoVirement"]["mntVirement"] = Decimal(payout["amount"])
    return info
