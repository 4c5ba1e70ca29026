from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .. import rights
from ..urssaf.http.wire import storable


class UrssafGuardedMixin(models.AbstractModel):
    """Keeps what only the code may write out of reach of every other door.

    A field is the system's where it is declared ``readonly=True``, stored or related. A person who passes a value for
    it, in a creation, a write, an import or the command of a list, is refused. Default values are never those that a
    user or an administrator kept (``ir.default``): they are added below any check of the values, also where the code
    creates with more rights in the name of whoever pressed the button. Defaults of the context are for the fields
    that a person gives.
    """

    _name = "urssaf.guarded.mixin"
    _description = "Record with fields that only the system writes"

    @api.model
    def _system_fields(self):
        """Return the names of the fields that nobody writes by hand."""
        return {
            name
            for name, field in self._fields.items()
            if field.readonly and (field.store or field.related) and name not in models.MAGIC_COLUMNS
        }

    @api.model
    def default_get(self, fields):
        # EXTENDS base: values kept by users or administrators are never taken. Odoo answers whoever asks, the portal
        # too: what a company uses is for those who create such records.
        if not self.has_access("create"):
            return {}
        values = super().default_get(fields)
        system = self._system_fields()
        of_the_code = {name for name in self._fields if name in system or f"default_{name}" not in self.env.context}
        rights.keep_own_defaults(self, values, of_the_code)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: the system's fields are nobody's to give
        for vals in vals_list:
            self._refuse_system_fields(vals)
            self._refuse_unstorable(vals)
        return super().create(vals_list)

    def write(self, vals):
        # EXTENDS base: the system's fields are nobody's to write
        self._refuse_system_fields(vals)
        self._refuse_unstorable(vals)
        return super().write(vals)

    @api.model
    def _refuse_system_fields(self, vals):
        """Refuse values of a user for what only the system writes.

        :raise AccessError: with what the fields are
        """
        if not self.env.su and self._system_fields() & vals.keys():
            raise AccessError(self._system_fields_message())

    @api.model
    def _refuse_unstorable(self, vals):
        """Refuse characters that the database cannot keep: its own error is for programmers, and comes half-way.

        :raise UserError: names the fields
        """
        names = [name for name, value in vals.items() if isinstance(value, str) and storable(value) != value]
        if names:
            labels = [self._fields[name]._description_string(self.env) for name in names if name in self._fields]
            raise UserError(
                self.env._("%(fields)s: some characters cannot be read. Type it again.", fields=", ".join(labels))
            )

    @api.model
    def _system_fields_message(self):
        return self.env._("This is written by the system alone: nobody writes it by hand.")
