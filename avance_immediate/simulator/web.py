"""A plain WSGI application on werkzeug, which Odoo has: routes, bounded bodies, and answers for what goes wrong."""

import logging
import traceback
from io import BytesIO
from typing import NamedTuple

from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import get_input_stream

from . import wire

MAX_BODY = 2 * 1024 * 1024  # bytes

_logger = logging.getLogger(__name__)


class Route(NamedTuple):
    """What answers at an address.

    :ivar method: GET answers HEAD too
    :ivar path: as in a werkzeug `Rule`
    :ivar view: called with the request and the variable parts of the path; returns a `Response`
    """

    method: str
    path: str
    view: object


class Application:
    """The WSGI application of some routes. It may be mounted anywhere (`SCRIPT_NAME`).

    It raises nothing but ConnectionAbortedError (`faults.cut`).

    :param routes: what it serves
    """

    def __init__(self, routes):
        self._map = Map([Rule(path, methods=[method], endpoint=view) for method, path, view in routes])

    def __call__(self, environ, start_response):
        return self._answer(environ)(environ, start_response)

    def _answer(self, environ):
        try:
            view, values = self._map.bind_to_environ(environ).match()
            return view(Request(_with_body(environ)), **values)
        except HTTPException as problem:
            return problem
        except ConnectionAbortedError:
            raise
        except Exception as exception:
            log_accident(environ["PATH_INFO"], exception)
            return InternalServerError()


def log_accident(where, exception):
    """Log where an exception came from; neither its text nor a value, which may hold personal data."""
    trace = "".join(traceback.format_tb(exception.__traceback__))
    _logger.error("%s failed with %s\n%s", where, type(exception).__name__, trace)


def json_response(status, payload):
    """Return a response with a JSON body; without a body when `payload` is None."""
    if payload is None:
        return Response(status=status)
    return Response(wire.dumps(payload), status, mimetype="application/json")


def _with_body(environ):
    """Return the environment with the body read: closing a socket with an unread request would lose the answer.

    :raise RequestEntityTooLarge: it is larger than `MAX_BODY`, whatever its header says
    """
    if (Request(environ).content_length or 0) > MAX_BODY:
        raise RequestEntityTooLarge
    stream, parts, left = get_input_stream(environ), [], MAX_BODY + 1
    while left and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    if not left:
        raise RequestEntityTooLarge
    body = b"".join(parts)
    return environ | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body)), "wsgi.input_terminated": True}
