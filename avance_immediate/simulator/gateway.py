"""What every call of the API passes through: fault, token, content type, JSON, contract, journal."""

import logging
import uuid

from werkzeug.wrappers import Response

from . import life, wire
from .clock import format_instant
from .codes import error
from .contract import ContractBroken, check_answer
from .faults import cut, next_fault, with_fault
from .oauth import provider_of
from .web import json_response, log_accident

_logger = logging.getLogger(__name__)


def serve(world, request, operation, handler):
    """Serve one call of the API.

    :param world: the simulator's `World`
    :param request: the werkzeug request
    :param str operation: register, status, send, search or token
    :param handler: called without arguments; returns ``(status, JSON value or None)``
    :return: the response
    :raise ConnectionAbortedError: a fault cuts the connection, of which the caller has no socket of its own
    """
    fault = next_fault(world.store, operation)
    response = with_fault(fault, lambda: _handled(world, operation, handler))
    status = response.status_code if response is not None else None
    kind = fault["fault"] if fault else None
    at = format_instant(world.clock.now())
    world.store.record_call(operation, request.method, request.path, status, kind, at)
    if response is None:
        cut(request)
        # What is returned reaches nobody.
        return Response(status=500)
    response.headers["x-correlationid"] = str(uuid.uuid4())
    return response


def with_token(world, request, handler):
    """Make a handler that asks for a live token first and gives the provider's row to `handler`."""

    def handle():
        provider = provider_of(world, request.headers.get("Authorization"))
        return handler(provider) if provider is not None else (401, None)

    return handle


def with_json(world, request, handler):
    """As `with_token`, and decodes the JSON body: `handler` gets the provider and the payload (docs/api.md §9)."""

    def handle(provider):
        if request.mimetype != "application/json":
            return 415, None
        try:
            payload = wire.loads(request.get_data())
        except ValueError as problem:
            return 400, [error("ERREUR_VALIDATION", str(problem))]
        return handler(provider, payload)

    return with_token(world, request, handle)


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
        log_accident(operation, exception)
        status, payload = 500, [error("ERREUR_TECHNIQUE")]
    response = json_response(status, payload)
    if operation == "token":
        response.headers["Cache-Control"] = "no-store"
        if status == 401:
            response.headers["WWW-Authenticate"] = 'Basic realm="simulator"'
    return response
