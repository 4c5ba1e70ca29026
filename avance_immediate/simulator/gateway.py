"""What every call of the API passes through: fault, token, content type, JSON, contract, journal."""

import logging
import traceback
import uuid

from flask import Response, request

from . import life, wire
from .clock import format_instant
from .codes import error
from .contract import ContractBroken, check_answer
from .faults import next_fault, with_fault
from .oauth import provider_of

_logger = logging.getLogger(__name__)


def json_response(status, payload):
    """Return a Flask response with a JSON body; without a body when `payload` is None."""
    if payload is None:
        return Response(status=status)
    return Response(wire.dumps(payload), status, mimetype="application/json")


def serve(world, operation, handler):
    """Serve one call of the API.

    :param world: the simulator's `World`
    :param str operation: register, status, send, search or token
    :param handler: called without arguments inside the request; returns ``(status, JSON value or None)``
    :return: the Flask response
    """
    # Read first: closing a socket whose request is unread would reset the connection and lose the answer.
    request.get_data()
    fault = next_fault(world.store, operation)
    response = with_fault(fault, lambda: _handled(world, operation, handler))
    status = response.status_code if response is not None else None
    kind = fault["fault"] if fault else None
    at = format_instant(world.clock.now())
    world.store.record_call(operation, request.method, request.path, status, kind, at)
    if response is None:
        # The socket is shut: what is returned reaches nobody.
        return Response(status=500)
    response.headers["x-correlationid"] = str(uuid.uuid4())
    return response


def with_token(world, handler):
    """Make a handler that asks for a live token first and gives the provider's row to `handler`."""

    def handle():
        provider = provider_of(world, request.headers.get("Authorization"))
        return handler(provider) if provider is not None else (401, None)

    return handle


def with_json(world, handler):
    """As `with_token`, and decodes the JSON body: `handler` gets the provider and the payload (docs/api.md §9)."""

    def handle(provider):
        if request.mimetype != "application/json":
            return 415, None
        try:
            payload = wire.loads(request.get_data())
        except ValueError as problem:
            return 400, [error("ERREUR_VALIDATION", str(problem))]
        return handler(provider, payload)

    return with_token(world, handle)


def _handled(world, operation, handler):
    """Run an operation and check its answer against the contract; whatever fails is a 500, and no value is logged."""
    try:
        life.catch_up(world)
        status, payload = handler()
        check_answer(operation, status, payload)
    except ContractBroken as breach:
        _logger.error("The simulator broke its own contract: %s", breach)
        world.contract_breaches.append(str(breach))
        status, payload = 500, [error("ERREUR_TECHNIQUE", "contract")]
    except Exception as exception:
        # Neither the exception's text nor a value: they may hold personal data.
        trace = "".join(traceback.format_tb(exception.__traceback__))
        _logger.error("%s failed with %s\n%s", operation, type(exception).__name__, trace)
        status, payload = 500, [error("ERREUR_TECHNIQUE")]
    response = json_response(status, payload)
    if operation == "token":
        response.headers["Cache-Control"] = "no-store"
        if status == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="simulator"'
    return response
