from odoo import models

from odoo.addons.base_import.models.base_import import ImportValidationError

REGISTRATIONS = "urssaf.registration"
#: The models that have our columns of a person: contacts, and users, who are contacts as well.
PEOPLE = ("res.partner", "res.users")


class BaseImport(models.TransientModel):
    """A spreadsheet with civil status and accounts: its uploader's alone (by a rule), and gone once it is imported."""

    _inherit = "base_import.import"

    def execute_import(self, fields, columns, options, dryrun=False):
        # EXTENDS base_import
        if not self._urssaf_is_personal(fields):
            return super().execute_import(fields, columns, options, dryrun=dryrun)
        # Odoo remembers the headings, for everybody: in a file without any, they are the first client.
        result = super().execute_import(fields, [False] * len(columns), options, dryrun=dryrun)
        if not dryrun and self._urssaf_is_over(fields, options, result):
            self.sudo().write({"file": False, "file_name": False})
        return result

    def _urssaf_is_personal(self, fields):
        """Tell whether this file has what Urssaf is given, from the ``fields`` (paths) that its columns go to."""
        if self.res_model == REGISTRATIONS:
            return True
        paths = [path.split("/") for path in fields if path]
        return self.res_model in PEOPLE and any(name.startswith("urssaf_") for path in paths for name in path)

    def _urssaf_is_over(self, fields, options, result):
        """Tell whether a batch that was imported for good was the last one; if so, its result says so."""
        if not isinstance(result.get("ids"), list):  # refused
            return False
        # Where the last batch is full, Odoo proposes to resume after the last row.
        if result["nextrow"] and not self._convert_import_data(fields, {**options, "skip": result["nextrow"]})[0]:
            result["nextrow"] = 0
        return not result["nextrow"]

    def _read_file(self, options):
        # EXTENDS base_import
        if self.file_type and not (self.file or self.file_name):
            raise ImportValidationError(
                self.env._("This file was imported, and deleted since: load it again if you need it.")
            )
        return super()._read_file(options)
