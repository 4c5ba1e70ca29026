"""The table of who may do what (``rights.csv``), and what of the addon it has to name.

A row is about one model and a kind of thing, for the records of one company (``of``):

- ``records``: any of ``r`` read, search, group, count, find by name, export; ``w`` write; ``c`` create, import, copy
  (which takes reading as well); ``d`` delete;
- ``fields`` (their ``names``, or ``*`` for all those of a model of ours that no other row names): any of ``r``, ``w``;
- ``method`` and ``route``: ``x`` may call.

A dash is a refusal. ``of`` is the company whose records they are (``main``, ``other``, ``branch``), ``self`` where the
records are those that the user made, ``all`` where they are nobody's in particular. ``main`` is the company that most
users work in; the client there is the portal user herself.
"""

import csv
import inspect
from functools import cache
from pathlib import Path
from typing import NamedTuple

from odoo.http import Controller

ADDON = "avance_immediate"
USER = "avance_immediate.group_urssaf_user"
MANAGER = "avance_immediate.group_urssaf_manager"
#: Kinds of users: their groups, and the one company that they work in.
KINDS = {
    "employee": ("base.group_user", "main"),
    "invoicing": ("account.group_account_invoice", "main"),
    "readonly": ("account.group_account_readonly", "main"),
    "user": (USER, "main"),
    "manager": (MANAGER, "main"),
    "settings": ("base.group_system", "main"),
    "rights": ("base.group_erp_manager", "main"),
    "portal": ("base.group_portal", "main"),
    "public": ("base.group_public", "main"),
    "other_manager": (MANAGER, "other"),
    "branch_manager": (MANAGER, "branch"),
}
LETTERS = {"records": "rwcd", "fields": "rw", "method": "x", "route": "x"}
EVERYTHING = ("*",)
#: Odoo's own, on every model.
OF_EVERY_MODEL = {"id", "display_name", "create_uid", "create_date", "write_uid", "write_date"}


class Row(NamedTuple):
    model: str
    what: str
    names: tuple
    of: str
    cells: dict

    def __str__(self):
        return " ".join([self.model, self.what, *self.names, "of", self.of])

    def fields_of(self, env):
        """Return the names of the fields that this row is about."""
        if self.names != EVERYTHING:
            return self.names
        others = [row for row in rows("fields") if row.model == self.model]
        return sorted(set(added_fields(env[self.model])).difference(*[row.names for row in others]))


@cache
def table():
    """Return the rows of ``rights.csv``, one for each company that it is about.

    :raise ValueError: a cell that says nothing
    """
    rows = []
    with Path(__file__).with_name("rights.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            cells = {kind: line[kind].strip() for kind in KINDS}
            for kind, cell in cells.items():
                if cell != "-" and (not cell or not set(cell) <= set(LETTERS[line["what"]])):
                    raise ValueError(f"{line['model']} {line['what']} {line['names']}: {kind} has {cell!r}")
            for of in line["of"].split():
                rows.append(Row(line["model"], line["what"], tuple(line["names"].split()), of, cells))
    return rows


def rows(what):
    return [row for row in table() if row.what == what]


# === WHAT THE ADDON HAS === #


def is_ours(model):
    return model._original_module == ADDON


def added_fields(model):
    """Return the names of the fields that the addon gives to a model, but for those of a model that it delegates to."""
    return sorted(
        name
        for name, field in model._fields.items()
        if ADDON in (field._modules or ()) and not field.inherited and name not in OF_EVERY_MODEL
    )


def _is_of_the_addon(cls):
    return cls.__module__.startswith(f"odoo.addons.{ADDON}.") or getattr(cls, "_module", None) == ADDON


def added_methods(model):
    """Return the names of the methods that the addon gives to a model, and that anybody may call from outside.

    One that extends a method of Odoo's is called with the rights that this has.
    """
    classes = type(model).mro()
    ours = {
        name
        for cls in classes
        if _is_of_the_addon(cls)
        for name, member in vars(cls).items()
        if inspect.isroutine(member) and not name.startswith("_")
    }
    odoos = {name for cls in classes if not _is_of_the_addon(cls) and cls is not type(model) for name in vars(cls)}
    public = {name for name in ours if not any(getattr(vars(cls).get(name), "_api_private", False) for cls in classes)}
    return sorted(public - odoos)


def added_routes():
    """Return the paths that the controllers of the addon answer, but for those of the controllers that they extend."""
    found, waiting = set(), [Controller]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if cls.__module__.startswith(f"odoo.addons.{ADDON}."):
            for member in vars(cls).values():
                found.update(getattr(member, "original_routing", {}).get("routes") or ())
    return sorted(found)
