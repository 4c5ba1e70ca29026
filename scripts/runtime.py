"""What a command that needs Odoo, PostgreSQL or the simulator builds on.

A command is a module of this package, run as `python3 -m scripts NAME`, and starts like this::

    from . import runtime

    def main() -> int:
        runtime.ensure()
        with runtime.temporary_database("demo", with_demo=True) as db, runtime.start_odoo(db) as odoo:
            print(odoo.url)
        return 0
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import databases, odoo_config, odoo_tree, paths, postgres, processes

#: `database(name, with_addon=True, with_demo=False)`: a fresh database of that name, which stays.
database = databases.create
drop_database = databases.drop
#: Context manager, same arguments: a fresh database, dropped at the end.
temporary_database = databases.temporary
#: `install(name, *modules)`: more modules in a database.
install = databases.install
#: `odoo_conf(db, http_port=None, **options)`: path of a configuration file.
odoo_conf = odoo_config.write
#: Context managers that give a `Server` (`url`, `port`, `log`, `kill()`).
start_odoo = processes.odoo
start_simulator = processes.simulator
free_port = processes.free_port
stop_on_signals = processes.stop_on_signals
#: `embedded()`: whether PostgreSQL is our embedded one, and not the user's own.
embedded = postgres.embedded


@dataclass(frozen=True)
class Runtime:
    """Where things are.

    :ivar odoo_tree: the folder that holds the package `odoo`.
    :ivar cache: the project's cache.
    :ivar logs: the folder of the logs.
    :ivar checkout: the root of the project.
    """

    odoo_tree: Path
    cache: Path
    logs: Path
    checkout: Path


def ensure() -> Runtime:
    """Have a PostgreSQL server; what else is needed was installed before the command's module was imported.

    Afterwards `PG*` and `PATH` in `os.environ` lead psycopg2, `createdb` and child processes to the server.

    :raise SetupError: something has to be done by hand; the message says what.
    """
    postgres.ensure()
    return Runtime(odoo_tree.ensure(), paths.cache(), paths.cache_folder("logs"), paths.CHECKOUT)
