"""Payment requests as they come in (M050): each accepted or rejected on its own, inside a 200 (docs/api.md §2.3)."""

import uuid

from . import life, wire
from .clock import format_instant, parse_instant
from .codes import error, validation_error
from .contract import drop_unknown_fields, field_name, input_errors
from .refusals import next_refusal
from .request_rules import request_errors

MAX_REQUESTS = 10


def send(world, provider, payload):
    """Accept or reject payment requests.

    :param world: the simulator's `World`
    :param provider: row of the provider
    :param payload: the decoded JSON body
    :return: ``(HTTP status, JSON body)``: one item per request, or the errors of the whole call
    """
    errors = shape_errors("InputDemandePaiements", "inputDemandePaiements", payload, world.options["unknown_fields"])
    if errors:
        return 400, errors
    if len(payload) > MAX_REQUESTS:
        return 400, [error("ERR_NBRE_PREST_MAX")]
    if world.options["unknown_fields"] == "ignore":
        payload = drop_unknown_fields("InputDemandePaiements", payload)
    with world.store.transaction() as db:
        return 200, [_send_one(db, world, provider, request, index) for index, request in enumerate(payload)]


def shape_errors(schema, root, payload, unknown_fields):
    """Compare a body with the contract; return `ERREUR_VALIDATION` for each faulty field, named in the message."""
    faulty = input_errors(schema, payload, unknown_fields)
    return [validation_error(field_name(root, path), keyword) for path, keyword in faulty]


def _send_one(db, world, provider, request, index):
    """Accept or reject one request of a call, and return its item of the answer (docs/api.md §2.3)."""
    now = world.clock.now()
    errors = next_refusal(world.store, "request")
    if not errors:
        client = db.execute(
            "SELECT person.*, link.state, link.activated_at FROM person JOIN link ON link.person_id = person.id"
            " WHERE person.id = ? AND link.client_id = ?",
            (request["idClient"], provider["client_id"]),
        ).fetchone()
        errors = request_errors(request, index, provider, client, now, world.options["strict_decimals"])
        if _is_taken(db, provider, request["numFactureTiers"]):
            errors.append(error("ERR_FACTURE_DOUBLON", f"inputDemandePaiements[{index}].numFactureTiers"))
    answer = {"idClient": request["idClient"], "numFactureTiers": request["numFactureTiers"], "errors": errors}
    if errors:
        return answer
    row = {
        "id": str(uuid.uuid4()),
        "client_id": provider["client_id"],
        "person_id": request["idClient"],
        "number": request["numFactureTiers"],
        "invoice_date": format_instant(parse_instant(request["dateFacture"])),
        "amount": str(request["mntFactureTTC"]),
        "deposit": str(request.get("mntAcompte", 0)),
        "payload": wire.dumps(request),
    }
    life.begin(db, row, now)
    return answer | {"idDemandePaiement": row["id"], "statut": "10"}


def _is_taken(db, provider, number):
    query = "SELECT 1 FROM request WHERE client_id = ? AND number = ?"
    return db.execute(query, (provider["client_id"], number)).fetchone() is not None
