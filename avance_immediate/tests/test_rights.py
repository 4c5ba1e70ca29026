"""Who may do what: every cell of ``rights.csv``, through the ORM and through RPC."""

from odoo.tests import tagged

from . import rights
from .rights_common import Orm, RightsCommon, Rpc
from .rights_tries import WRITTEN, Refused


@tagged("post_install", "-at_install")
class TestRightsTable(RightsCommon):
    """Nothing of the addon is left out of the table, and nothing in the table is gone."""

    def assertTabled(self, found, what):
        tabled = {(row.model, name) for row in rights.rows(what) for name in row.names}
        self.assertFalse(found - tabled, "add to rights.csv who may do what with it")
        self.assertFalse(tabled - found, "in rights.csv, and gone from the addon")

    def models(self):
        return {name: model for name, model in self.env.items() if not model._abstract}

    def test_models(self):
        ours = {name for name, model in self.models().items() if rights.is_ours(model)}
        for what in ("records", "fields"):
            tabled = {row.model for row in rights.rows(what)}
            self.assertFalse(ours - tabled, f"add its {what} to rights.csv")

    def test_fields(self):
        """By name those on other addons' models, and those of ours that not every reader of the record reads."""
        found = set()
        bulk = {row.model for row in rights.rows("fields") if row.names == rights.EVERYTHING}
        named = {(row.model, name) for row in rights.rows("fields") for name in row.names}
        for name, model in self.models().items():
            for field in rights.added_fields(model):
                is_readers = rights.is_ours(model) and not model._fields[field].groups and name in bulk
                if not is_readers or (name, field) in named:
                    found.add((name, field))
        self.assertTabled(found | {(name, "*") for name in bulk}, "fields")

    def test_delegated_fields(self):
        """Those that users take from contacts, and variants from products, are hidden as these are."""
        count = 0
        for model in self.models().values():
            for field in model._fields.values():
                if field.inherited and rights.ADDON in (field._modules or ()):
                    count += 1
                    self.assertEqual(field.groups, field.related_field.groups, str(field))
        self.assertGreater(count, 10)

    def test_methods(self):
        found = {(name, method) for name, model in self.models().items() for method in rights.added_methods(model)}
        known = {method for _model, method in found}
        for name, model in self.env.items():
            if model._abstract:
                found |= {(name, method) for method in rights.added_methods(model) if method not in known}
        self.assertTabled(found, "method")

    def test_routes(self):
        self.assertTabled({("http", path) for path in rights.added_routes()}, "route")

    def test_values_are_valid(self):
        """What is refused is refused for a right: the system may."""
        for row in rights.rows("records"):
            if row.of in ("self", "all", *self.companies) and (row.model, row.of) in self.creations:
                with self.subTest(row=str(row)), self.undone():
                    self.assertTrue(self.env[row.model].create(self.creations[row.model, row.of]))
                    if row.model != "urssaf.send.line":
                        self.records[row.model, row.of].write(WRITTEN[row.model])


@tagged("post_install", "-at_install")
class TestRightsOrm(RightsCommon):
    def test_records(self):
        self.try_all("records", Orm(self))

    def test_fields(self):
        self.try_all("fields", Orm(self))

    def test_methods(self):
        self.try_all("method", Orm(self))

    def test_descriptions(self):
        """A field that is hidden by a group is not described either."""
        for row in rights.rows("fields"):
            for kind, user in self.users.items():
                described = self.env[row.model].with_user(user).fields_get(row.names, ["type"])
                for name in row.names if row.names != rights.EVERYTHING else ():
                    groups = self.env[row.model]._fields[name].groups
                    if groups and row.cells[kind] == "-" and not user.has_groups(groups):
                        self.assertNotIn(name, described, f"{row} {kind}")


@tagged("post_install", "-at_install")
class TestRightsRpc(RightsCommon):
    def test_records(self):
        self.try_all("records", Rpc(self))

    def test_fields(self):
        self.try_all("fields", Rpc(self))

    def test_methods(self):
        self.try_all("method", Rpc(self))

    def test_routes(self):
        self.try_all("route", Rpc(self))

    def test_private(self):
        """What begins with an underscore is not called from outside, by nobody."""
        door = Rpc(self)
        for kind in ("portal", "manager", "settings"):
            door.enter(kind)
            for model, method in (
                ("urssaf.registration", "_register_client"),
                ("urssaf.consent", "_erase"),
                ("urssaf.credentials", "_open_secret"),
                ("urssaf.payout", "_record"),
                ("urssaf.registration", "_keep_from_portal"),
                ("res.company", "_urssaf_client"),
            ):
                with self.subTest(kind=kind, method=method), self.assertRaises(Refused):
                    door.call(model, [1], method)
