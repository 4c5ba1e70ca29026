"""Databases made in a second or two, from templates that hold an installed Odoo.

There are two templates for each kind (with or without demo data): one with the modules that the addon builds on, keyed
by Odoo's version and these modules; one with the addon too, keyed also by the addon's content.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from importlib import metadata
from pathlib import Path

import psycopg2
from psycopg2 import sql

from . import odoo_config, odoo_tree, paths, postgres
from .console import SetupError, run_logged, step
from .locks import exclusive

MODULES = (
    "account",
    "account_payment",
    "portal",
    "phone_validation",
    "base_iban",
    "base_import",
    "l10n_fr_account",
    "l10n_fr_cog",
)
LANGUAGE = "fr_FR"
#: Written on every database that we make, so that no other one is ever dropped.
MARK = "made by avance_immediate's scripts"
PREFIX = "avance_immediate"
#: Raise it when the way templates are made changes.
RECIPE = "1"
#: Parts of an addon that change nothing in a database.
NOT_INSTALLED = {"__pycache__", "tests", "readme", "simulator"}

#: Run in the database before anything but `base` is there, so that `account` loads the French chart of accounts.
FRENCH_COMPANY = """
env.company.write({"country_id": env.ref("base.fr").id, "currency_id": env.ref("base.EUR").id})
env.ref("base.EUR").active = True
env.cr.commit()
"""
#: Building the style sheets and scripts of a page takes seconds, at the first page of each copy. Those of the unit
#: tests of Odoo are left out: they are large, and not ours to run.
ASSETS = """
qweb = env["ir.qweb"]
scripts, styles = qweb._get_bundles_to_pregenarate()
unwanted = ("unit_tests", "qunit", "tests_assets", "public_test", "api_doc", "public_spreadsheet")
for name in sorted(scripts | styles):
    if not any(part in name for part in unwanted):
        bundle = qweb._get_asset_bundle(name, js=name in scripts, css=name in styles)
        if name in scripts:
            bundle.js()
        if name in styles:
            bundle.css()
env.cr.commit()
"""
#: Templates of a kind that are kept: another checkout, or another command at this moment, may be using an older one.
KEPT = 4


def create(name: str, *, with_addon: bool = True, with_demo: bool = False) -> str:
    """Make a fresh database; one of ours with the same name is replaced.

    :param name: the database's name.
    :param with_addon: whether the addon is installed in it, as the checkout has it now.
    :param with_demo: whether demo data are loaded, Odoo's and the addon's.
    :return: the name.
    :raise SetupError: the database exists and is not ours, or a module cannot be installed.
    """
    source = template(with_addon=with_addon, with_demo=with_demo)
    drop(name)
    _copy(source, name)
    return name


def temporary(prefix: str, *, with_addon: bool = True, with_demo: bool = False) -> AbstractContextManager[str]:
    """A fresh database of this process, dropped at the end."""
    return _passing(prefix, lambda name: create(name, with_addon=with_addon, with_demo=with_demo))


def empty(prefix: str) -> AbstractContextManager[str]:
    """A database of this process with nothing in it, not even Odoo's tables; dropped at the end."""
    return _passing(prefix, lambda name: _create(name, "template0"))


@contextmanager
def _passing(prefix: str, make: Callable[[str], object]) -> Iterator[str]:
    name = f"{PREFIX}_{prefix}_{os.getpid()}"
    drop(name)
    make(name)
    try:
        yield name
    finally:
        drop(name)


def install(name: str, *modules: str) -> None:
    """Install modules in a database.

    :raise SetupError: one cannot be installed.
    """
    with step(f"installing {', '.join(modules)}"):
        _odoo(name, "-i", ",".join(modules))


def exists(name: str) -> bool:
    """Whether the server has a database of that name."""
    return name in _databases()


def drop(name: str) -> None:
    """Drop a database of ours and its files; nothing happens when there is none.

    :raise SetupError: the database is not ours.
    """
    comment = _databases().get(name, MARK)
    if comment != MARK:
        raise SetupError(f"The database {name!r} was not made by these scripts; it is left alone.")
    with _admin() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    shutil.rmtree(_files(name), ignore_errors=True)


def template(*, with_addon: bool, with_demo: bool) -> str:
    """The name of the template with what is wanted; it is made when it is not there yet."""
    kind = "demo" if with_demo else "plain"
    base = f"{PREFIX}_t_{kind}_{_digest(_base_key(with_demo))}"
    if not with_addon:
        return _ensure_template(base, lambda name: _install_base(name, with_demo), f"{PREFIX}_t_{kind}_")
    if not (paths.CHECKOUT / paths.ADDON / "__manifest__.py").is_file():
        raise SetupError(f"There is no addon {paths.ADDON} in the checkout yet.")
    wanted = f"{PREFIX}_ta_{kind}_{_digest(base, *_addon_files())}"
    if wanted not in _databases():
        template(with_addon=False, with_demo=with_demo)

    def install(name: str) -> None:
        _copy(base, name)
        with step(f"installing {paths.ADDON} in a template database{' and its demo data' if with_demo else ''}"):
            _odoo(name, "-i", paths.ADDON, *(["--with-demo"] if with_demo else []))
            shell(name, ASSETS)

    return _ensure_template(wanted, install, f"{PREFIX}_ta_{kind}_")


def bare_template(*modules: str, with_addon: bool) -> str:
    """The name of a template for Odoo's own tests: `modules` as they come, without country, French or demo data.

    :raise SetupError: one cannot be installed.
    """
    tree = odoo_tree.ensure()
    base = f"{PREFIX}_c_{_digest(RECIPE, odoo_tree.version(tree), *modules)}"
    if not with_addon:
        return _ensure_template(base, lambda name: _install_bare(name, modules), f"{PREFIX}_c_")
    bare_template(*modules, with_addon=False)

    def install(name: str) -> None:
        _copy(base, name)
        with step(f"installing {paths.ADDON} beside {len(modules)} modules of Odoo in a template database"):
            _odoo(name, "-i", paths.ADDON)
            shell(name, ASSETS)

    return _ensure_template(f"{PREFIX}_ca_{_digest(base, *_addon_files())}", install, f"{PREFIX}_ca_")


def copied(source: str, prefix: str) -> AbstractContextManager[str]:
    """A copy of a template, of this process, dropped at the end."""
    return _passing(prefix, lambda name: _copy(source, name))


def _ensure_template(name: str, install, family: str) -> str:
    """Make a template aside and rename it: an interrupted set-up leaves none half made."""
    if name in _databases():
        return name
    with exclusive("template databases"):
        if name in _databases():
            return name
        building = f"{family}building"
        drop(building)
        install(building)
        if _files(building).is_dir():
            shutil.rmtree(_files(name), ignore_errors=True)
            _files(building).rename(_files(name))
        with _admin() as cursor:
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(building), sql.Identifier(name))
            )
        _forget_old(family)
    return name


def _forget_old(family: str) -> None:
    with _admin() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", (family,))
        names = [name for (name,) in cursor.fetchall()]
    for name in names[KEPT:]:
        drop(name)


def _install_base(name: str, with_demo: bool) -> None:
    demo = ["--with-demo"] if with_demo else []
    with step(f"installing Odoo{' and its demo data' if with_demo else ''} in a template database (a minute)"):
        _create(name, "template0")
        _odoo(name, "-i", "base", f"--load-language={LANGUAGE}", *demo)
        shell(name, FRENCH_COMPANY)
        _odoo(name, "-i", ",".join(MODULES), *demo)
        shell(name, ASSETS)


def _install_bare(name: str, modules: tuple[str, ...]) -> None:
    with step(f"installing {len(modules)} modules of Odoo in a template database (two minutes)"):
        _create(name, "template0")
        _odoo(name, "-i", ",".join(modules))
        shell(name, ASSETS)


def _odoo(name: str, *arguments: str) -> None:
    config = odoo_config.write(name)
    log = run_logged([sys.executable, "-m", "odoo", "-c", config, "--stop-after-init", *arguments], f"install-{name}")
    check_log(log, arguments)


def check_log(log: Path, arguments: tuple[str, ...]) -> None:
    """Odoo ends with 0 even where data files or demo data failed to load: its log tells."""
    text = log.read_text(encoding="utf-8", errors="replace")
    bad = re.findall(r"^.* (?:CRITICAL|ERROR) .*(?:module|demo|Failed).*$", text, flags=re.MULTILINE)
    if bad:
        raise SetupError(f"`odoo {' '.join(arguments)}` logged errors; log: {log}\n" + "\n".join(bad[:10]))


def shell(name: str, code: str) -> None:
    """Run Python code in Odoo's shell, at a database.

    :raise SetupError: it fails.
    """
    config = odoo_config.write(name)
    run_logged([sys.executable, "-m", "odoo", "shell", "-c", config, "--no-http"], f"shell-{name}", text=code)


def _base_key(with_demo: bool) -> list[str]:
    tree = odoo_tree.ensure()
    return [RECIPE, odoo_tree.version(tree), *MODULES, metadata.version("odoo-addon-l10n-fr-cog"), str(with_demo)]


def _addon_files() -> list[str]:
    """Name and content of all that matters in the checkout's addons."""
    parts = []
    for addon in paths.addons():
        for file in sorted(addon.rglob("*")):
            inside = file.relative_to(addon)
            if file.is_file() and not NOT_INSTALLED.intersection(inside.parts) and file.name != "pyproject.toml":
                content = hashlib.sha256(file.read_bytes()).hexdigest()
                parts.append(f"{file.relative_to(paths.CHECKOUT)}:{content}")
    return parts


def _digest(*parts: str | list[str]) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _files(name: str) -> Path:
    """Odoo's folder of attachments for a database."""
    return odoo_config.data_folder() / "filestore" / name


def _copy(source: str, name: str) -> None:
    _create(name, source)
    if _files(source).is_dir():
        shutil.rmtree(_files(name), ignore_errors=True)
        # Odoo never changes a stored file, it writes another one or deletes it: a link is as good as a copy.
        shutil.copytree(_files(source), _files(name), copy_function=os.link)
    with closing(psycopg2.connect(dbname=name)) as connection, connection, connection.cursor() as cursor:
        # Copies must not share the identity of the database they come from.
        cursor.execute("UPDATE ir_config_parameter SET value = gen_random_uuid() WHERE key = 'database.uuid'")


def _create(name: str, source: str) -> None:
    with _admin() as cursor:
        identifiers = {"name": sql.Identifier(name), "source": sql.Identifier(source)}
        cursor.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {source} ENCODING 'UTF8'").format(**identifiers))
        cursor.execute(sql.SQL("COMMENT ON DATABASE {name} IS {mark}").format(mark=sql.Literal(MARK), **identifiers))


def _databases() -> dict[str, str | None]:
    """The databases of the server, each with its comment."""
    with _admin() as cursor:
        cursor.execute("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database")
        return dict(cursor.fetchall())


@contextmanager
def _admin() -> Iterator:
    postgres.ensure()
    with closing(psycopg2.connect(dbname=postgres.maintenance_database())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
