"""Configuration files for Odoo."""

from __future__ import annotations

import os
import site
from pathlib import Path

from . import paths, postgres


def addons_path() -> list[Path]:
    """The checkout, and OCA's addons among the Python packages; Odoo adds its own."""
    beside = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    oca = [Path(folder) / "odoo" / "addons" for folder in (*beside, *site.getsitepackages())]
    return [folder for folder in (paths.CHECKOUT, *oca) if any(folder.glob("*/__manifest__.py"))]


def data_folder() -> Path:
    """Where Odoo keeps attachments and sessions."""
    return paths.cache_folder("odoo-data")


def write(db: str, http_port: int | None = None, **options: object) -> Path:
    """Write the configuration of an Odoo server for one database.

    :param db: name of the database, the only one that the server knows.
    :param http_port: port to listen on, on 127.0.0.1 only; None for a command that serves nothing.
    :param options: more options of Odoo's configuration file, as Odoo names them; they win over ours.
    :return: path of the file, one per database and port.
    """
    values: dict[str, object] = {
        "addons_path": ",".join(map(str, addons_path())),
        "data_dir": data_folder(),
        "db_name": db,
        "http_enable": http_port is not None,
        "http_interface": "127.0.0.1",
        "http_port": http_port or 0,
        "list_db": False,
        "log_level": "info",
        "max_cron_threads": 0,
        "server_wide_modules": "base,rpc,web",
        "workers": 0,
    }
    if pg := postgres.ensure():
        values |= {"db_host": pg["PGHOST"], "db_user": pg["PGUSER"]}
    values |= options
    target = paths.cache_folder("conf") / f"{db}{f'-{http_port}' if http_port else ''}.conf"
    target.write_text("[options]\n" + "".join(f"{name} = {value}\n" for name, value in values.items()))
    return target
