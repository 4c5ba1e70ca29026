from odoo.exceptions import AccessError
from odoo.modules.module import load_script
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import file_path

from .common import UrssafCommon

MODEL = "base_import.import"
CLIENTS = (
    ("Nom du client", "Téléphone", "IBAN"),
    ("Paul Martin", "0611223344", "FR7630006000011234567890189"),
    ("Luc Petit", "0611223345", ""),
    ("Anne Roux", "0611223346", ""),
    ("Marie Blanc", "0611223347", ""),
)
COLUMNS = ("client_name", "mobile", "iban")


class UploadCommon(UrssafCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = new_test_user(
            cls.env, "collegue", "avance_immediate.group_urssaf_user", company_id=cls.company.id
        )
        cls.administrator = new_test_user(cls.env, "admin_reglages", "base.group_system", company_id=cls.company.id)
        for user in (cls.colleague, cls.manager, cls.administrator):
            user.group_ids += cls.env.ref("base.group_allow_export")

    def upload(self, rows=CLIENTS, model="urssaf.registration"):
        """Load a file as the web client does: the record first, the file by its own route."""
        imports = self.env[MODEL].with_user(self.user)
        [window_id] = call_kw(imports, "create", [[{"res_model": model}]], {})
        window = imports.browse(window_id)
        content = "\n".join(",".join(row) for row in rows).encode()
        window.write({"file": content, "file_name": "clients.csv", "file_type": "text/csv"})
        self.env.flush_all()  # a request of its own, which a test of the import does not undo
        return window

    def run_import(self, window, columns=COLUMNS, headings=CLIENTS[0], dryrun=False, user=None, **options):
        """Run one batch; return its result."""
        options = {"has_headers": True, "quoting": '"', "separator": ",", "skip": 0, **options}
        model = self.env[MODEL].with_user(user or self.user)
        headings = [heading.lower() for heading in headings]
        result = call_kw(model, "execute_import", [window.ids, list(columns), headings, options], {"dryrun": dryrun})
        self.env.invalidate_all()
        return result

    def assertKept(self, window):
        self.assertTrue(window.file)
        self.assertEqual(window.file_name, "clients.csv")

    def assertDeleted(self, window):
        self.cr.execute("SELECT file, file_name FROM base_import_import WHERE id = %s", [window.id])
        self.assertEqual(self.cr.fetchone(), (None, None))


@tagged("post_install", "-at_install")
class TestUploadDeleted(UploadCommon):
    """The spreadsheet goes with the last batch that is imported for good, not before."""

    def test_at_once(self):
        window = self.upload()
        result = self.run_import(window)
        self.assertEqual((len(result["ids"]), result["messages"], result["nextrow"]), (4, [], 0))
        self.assertDeleted(window)

    def test_after_a_test(self):
        window = self.upload()
        self.assertEqual(len(self.run_import(window, dryrun=True)["ids"]), 4)
        self.assertKept(window)
        self.assertEqual(len(self.run_import(window)["ids"]), 4)
        self.assertDeleted(window)

    def test_in_batches(self):
        window = self.upload()
        first = self.run_import(window, limit=3)
        self.assertEqual((len(first["ids"]), first["nextrow"]), (3, 3))
        self.assertKept(window)
        self.assertEqual(self.run_import(window, limit=3, skip=3, dryrun=True)["nextrow"], 0)
        self.assertKept(window)
        last = self.run_import(window, limit=3, skip=3)
        self.assertEqual((len(last["ids"]), last["nextrow"]), (1, 0))
        self.assertDeleted(window)

    def test_last_batch_is_full(self):
        """Odoo would ask to resume after the last row, and keep the file."""
        window = self.upload()
        self.assertEqual(self.run_import(window, limit=2, skip=0)["nextrow"], 2)
        self.assertKept(window)
        last = self.run_import(window, limit=2, skip=2)
        self.assertEqual((len(last["ids"]), last["nextrow"]), (2, 0))
        self.assertDeleted(window)

    def test_after_an_error(self):
        window = self.upload([*CLIENTS, ("", "0611223348", "")])
        for options in ({}, {"skip": 4}, {"limit": 2, "skip": 4}):
            result = self.run_import(window, **options)
            self.assertFalse(result["ids"])
            self.assertTrue(result["messages"])
            self.assertKept(window)

    def test_file_that_cannot_be_read(self):
        window = self.upload()
        self.assertTrue(self.run_import(window, columns=[False, False, False])["messages"])
        self.assertTrue(self.run_import(window, columns=[*COLUMNS, False])["messages"])
        self.assertKept(window)

    def test_window_still_open(self):
        """Where the web client stays in the window, it says what happened, and takes another file."""
        window = self.upload()
        self.run_import(window)
        [message] = self.run_import(window)["messages"]
        self.assertIn("deleted", message["message"])
        preview = call_kw(window.browse(), "parse_preview", [window.ids, {"has_headers": True}], {})
        self.assertIn("deleted", preview["error"])
        window.write({"file": b"Nom du client\nJean Noir", "file_name": "suite.csv", "file_type": "text/csv"})
        self.assertEqual(len(self.run_import(window, ["client_name"], ["Nom du client"])["ids"]), 1)
        self.assertDeleted(window)

    def test_contacts_with_our_columns(self):
        rows = [("Nom", "Naissance"), ("Paul Martin", "Martin")]
        for column in ("urssaf_birth_name", "urssaf_registration_ids/iban"):
            window = self.upload(rows, "res.partner")
            result = self.run_import(window, ["name", column], rows[0], dryrun=True)
            self.assertKept(window)
            result = self.run_import(window, ["name", column], rows[0])
            self.assertEqual(result["messages"], [])
            self.assertDeleted(window)

    def test_contacts_without(self):
        rows = [("Nom", "Ville"), ("Paul Martin", "Lyon")]
        window = self.upload(rows, "res.partner")
        self.assertEqual(len(self.run_import(window, ["name", "city"], rows[0])["ids"]), 1)
        self.assertKept(window)

    def test_headings_are_not_remembered(self):
        """In a file without headings, they are the first client; everybody reads what Odoo remembers."""
        self.run_import(self.upload(CLIENTS[1:]), headings=CLIENTS[1])
        rows = [("Jeanne Noir", "Noir"), ("Paul Martin", "Martin")]
        self.run_import(self.upload(rows, "res.partner"), ["name", "urssaf_birth_name"], rows[0])
        mappings = self.env["base_import.mapping"].search([("res_model", "in", ("urssaf.registration", "res.partner"))])
        self.assertFalse(
            mappings.filtered(lambda mapping: "noir" in mapping.column_name or "martin" in mapping.column_name)
        )
        rows = [("Raison", "Ville"), ("Paul Martin", "Lyon")]
        self.run_import(self.upload(rows, "res.partner"), ["name", "city"], rows[0])
        self.assertTrue(self.env["base_import.mapping"].search([("column_name", "=", "raison")]), "as Odoo has it")

    def test_headings_kept_so_far(self):
        ours = [
            ("urssaf.registration", "mobile"),
            ("res.partner", "urssaf_birth_name"),
            ("res.partner", "child_ids/urssaf_x"),
        ]
        others = [("res.partner", "name"), ("account.move", "urssaf_worker"), ("product.template", "name")]
        mappings = self.env["base_import.mapping"].create(
            [{"res_model": model, "column_name": "?", "field_name": field} for model, field in ours + others]
        )
        self.env.flush_all()
        path = file_path("avance_immediate/migrations/19.0.1.2.0/post-merge.py")
        for _time in range(2):
            load_script(path, "migration_merge").migrate(self.cr, "19.0.1.1.0")
        self.env.invalidate_all()
        self.assertEqual(mappings.exists(), mappings[len(ours) :])


@tagged("post_install", "-at_install")
class TestUploadIsPrivate(UploadCommon):
    """A spreadsheet of people is that of who loaded it."""

    def test_others(self):
        for model in ("urssaf.registration", "res.partner", "res.users"):
            window = self.upload(model=model)
            for user in (self.colleague, self.manager, self.administrator):
                with self.subTest(model=model, user=user.login):
                    theirs = window.with_user(user)
                    self.assertFalse(theirs.search([("id", "=", window.id)]))
                    self.assertFalse(theirs.search_count([("file_name", "=", "clients.csv"), ("id", "=", window.id)]))
                    for method, arguments in (
                        ("read", [["file"]]),
                        ("write", [{"file": b"other"}]),
                        ("write", [{"res_model": "res.country"}]),
                        ("copy", []),
                        ("unlink", []),
                        ("export_data", [["file_name"]]),
                        ("execute_import", [[*COLUMNS], CLIENTS[0], {"has_headers": True}, True]),
                        ("parse_preview", [{"has_headers": True}]),
                    ):
                        self.assertRefused(theirs, method, arguments)
            self.assertEqual(window.read(["file_name"])[0]["file_name"], "clients.csv")

    def assertRefused(self, record, method, arguments):
        self.env.invalidate_all()
        with self.assertRaises(AccessError), self.cr.savepoint():
            answer = call_kw(record.browse(), method, [record.ids, *arguments], {})
            self.assertNotIn("Martin", str(answer), method)

    def test_other_imports_as_before(self):
        window = self.upload([("Nom",), ("Ménage",)], "product.template")
        self.assertEqual(window.with_user(self.colleague).file_name, "clients.csv")
