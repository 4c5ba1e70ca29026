"""The server, on a port of its own (README)."""

import argparse
import logging
from contextlib import suppress

from werkzeug.serving import WSGIRequestHandler, make_server

from . import page
from .app import create_app
from .clock import Clock, parse_bounded_instant
from .doors import guard, host_option
from .store import Store
from .world import World

LONGEST_TOKEN_LIFE = 30 * 24 * 3600  # seconds


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, code="-", size="-"):
        """Log nothing: the address of a status call holds an e-mail. The journal of calls keeps what may be kept."""


def _whole(lowest, highest):
    """Return a type of argparse: a whole number between two bounds."""

    def read(text):
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if not lowest <= value <= highest:
            raise argparse.ArgumentTypeError(f"a whole number from {lowest} to {highest}")
        return value

    return read


def _arguments(argv):
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    parser.add_argument(
        "--host", type=host_option, default="127.0.0.1", help="address to listen on (default: %(default)s)"
    )
    parser.add_argument(
        "--allow-host",
        type=host_option,
        action="append",
        default=[],
        metavar="HOST",
        help="another name or address under which it may be called, beside those of this machine; may be repeated",
    )
    parser.add_argument("--port", type=_whole(0, 65535), default=8470, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--state", default="simulator.sqlite", help="SQLite file (default: %(default)s)")
    parser.add_argument(
        "--clock", type=parse_bounded_instant, help="where a new clock stands still: 2026-10-20T08:00:00Z"
    )
    parser.add_argument(
        "--token-life",
        type=_whole(1, LONGEST_TOKEN_LIFE),
        default=3600,
        help="seconds of real time (default: %(default)s)",
    )
    parser.add_argument("--strict-decimals", action="store_true", help="refuse the third decimal of a unit price")
    return parser.parse_args(argv)


def main(argv=None):
    """Serve until interrupted.

    :param argv: arguments, by default those of the command line
    """
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    options = {"strict_decimals": True} if arguments.strict_decimals else None
    store = Store(arguments.state)
    world = World(store, Clock(store, arguments.clock), arguments.token_life, options)
    app = guard(create_app(world, page.routes(world)), [arguments.host, *arguments.allow_host])
    server = make_server(arguments.host, arguments.port, app, threaded=True, request_handler=_QuietHandler)
    host = f"[{arguments.host}]" if ":" in arguments.host else arguments.host
    # Whoever starts this program reads from its output, not from its log, where it listens.
    print(f"simulator listening on http://{host}:{server.port}", flush=True)  # pylint: disable=print-used
    try:
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    finally:
        server.server_close()
        store.close()
