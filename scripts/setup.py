"""Everything that the other commands need, made beforehand."""

from __future__ import annotations

import os

from . import databases, paths, runtime
from .console import say


def main() -> int:
    """Prepare the template database and say where things are; the rest was installed before this command began."""
    there = runtime.ensure()
    databases.template(with_addon=False, with_demo=False)
    server = f"your own ({os.environ.get('PGHOST', 'PG* variables')})" if not runtime.embedded() else "embedded"
    say(f"Odoo:       {there.odoo_tree}")
    say(f"PostgreSQL: {server}")
    say(f"cache:      {paths.cache()}")
    say("ready")
    return 0
