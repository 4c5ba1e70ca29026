from odoo import api, models
from odoo.exceptions import AccessError


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
        # EXTENDS base: values kept by users or administrators are never taken
        values = super().default_get(fields)
        system = self._system_fields()
        for name in values.keys() & self._fields.keys():
            if name in system or f"default_{name}" not in self.env.context:
                _own_default(self, name, values)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_system_fields(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_system_fields(vals)
        return super().write(vals)

    @api.model
    def _refuse_system_fields(self, vals):
        """Refuse values of a user for what only the system writes.

        :raise AccessError: with what the fields are
        """
        if not self.env.su and self._system_fields() & vals.keys():
            raise AccessError(self._system_fields_message())

    @api.model
    def _system_fields_message(self):
        return self.env._("This is written by the system alone: nobody writes it by hand.")


def keep_own_defaults(model, values, names):
    """Replace, in ``values`` of ``default_get``, those of ``names`` by the default of the field itself, or drop them.

    :param model: an empty recordset
    :param values: changed in place
    :param names: fields whose value never comes from ``ir.default`` or from the context
    """
    for name in values.keys() & set(names):
        _own_default(model, name, values)


def _own_default(model, name, values):
    field = model._fields[name]
    if field.default:
        value = field.convert_to_cache(field.default(model), model, validate=False)
        values[name] = field.convert_to_write(value, model)
    else:
        del values[name]
