"""``python -m urssaf_sandbox``: the server (README)."""

import argparse
import logging

from werkzeug.serving import WSGIRequestHandler, make_server

from .app import create_app
from .clock import parse_instant
from .world import World


class _QuietHandler(WSGIRequestHandler):
    def log_request(self, code="-", size="-"):
        """Log nothing: the address of a status call holds an e-mail. The journal of calls keeps what may be kept."""


def _arguments(argv):
    parser = argparse.ArgumentParser(prog="urssaf_sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8470, help="0 takes a free one (default: %(default)s)")
    parser.add_argument("--state", default="urssaf_sandbox.sqlite", help="SQLite file (default: %(default)s)")
    parser.add_argument("--clock", type=parse_instant, help="where a new clock stands still: 2026-10-20T08:00:00Z")
    parser.add_argument("--token-life", type=int, default=3600, help="seconds of real time (default: %(default)s)")
    parser.add_argument("--strict-decimals", action="store_true", help="refuse the third decimal of a unit price")
    return parser.parse_args(argv)


def main(argv=None):
    """Serve until interrupted.

    :param argv: arguments, by default those of the command line
    """
    arguments = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    options = {"strict_decimals": True} if arguments.strict_decimals else None
    world = World(arguments.state, arguments.clock, arguments.token_life, options)
    app = create_app(world)
    server = make_server(arguments.host, arguments.port, app, threaded=True, request_handler=_QuietHandler)
    print(f"urssaf_sandbox listening on http://{arguments.host}:{server.port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        world.store.close()


if __name__ == "__main__":
    main()
