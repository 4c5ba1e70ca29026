"""Odoo for developers, on a database of one's own.

Examples: `odoo --fresh serve` makes a database with the addon and serves it, `odoo update` updates the addon in it,
`odoo shell` opens Odoo's shell (or runs the script that a pipe brings), `odoo run -- -i sale --stop-after-init`
passes anything else to Odoo.
"""

from __future__ import annotations

import argparse
import os
import sys

from . import databases, paths, runtime
from .console import say


def main() -> int:
    """Replace this process by the Odoo command that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=("serve", "update", "shell", "run", "create"))
    parser.add_argument("--db", default="avance_immediate_dev", help="name of the database (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8069, help="port of the server (default: %(default)s)")
    parser.add_argument("--fresh", action="store_true", help="make the database anew")
    parser.add_argument("--demo", action="store_true", help="with demo data, when the database is made")
    parser.add_argument("--base", action="store_true", help="without the addon, when the database is made")
    parser.add_argument("--crons", type=int, default=0, help="threads of scheduled actions (default: %(default)s)")
    parser.add_argument("arguments", nargs="*", help="further arguments for Odoo, after --")
    options = parser.parse_args()
    runtime.ensure()
    if options.fresh or options.action == "create" or not databases.exists(options.db):
        runtime.database(options.db, with_addon=not options.base, with_demo=options.demo)
        say(f"- database {options.db} is ready")
    if options.action == "create":
        return 0
    serving = options.action == "serve"
    config = runtime.odoo_conf(options.db, options.port if serving else None, max_cron_threads=options.crons)
    command = [sys.executable, "-m", "odoo"]
    if options.action == "shell":
        command += ["shell", "-c", str(config), "--no-http"]
    else:
        command += ["-c", str(config)]
    if options.action == "update":
        command += ["-u", paths.ADDON, "--stop-after-init"]
    if serving:
        say(f"- http://127.0.0.1:{options.port}, login admin, password admin")
    sys.stdout.flush()
    os.execv(sys.executable, [*command, *options.arguments])
