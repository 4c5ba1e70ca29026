from odoo import models

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


def _is_ours(field):
    return field.name.startswith("urssaf_") or field.model.startswith("urssaf.")


class IrModelFields(models.Model):
    _inherit = "ir.model.fields"

    def _prepare_update(self):
        """Uninstalling removes our fields, and not Odoo's that depend on them.

        With a field, base removes those that models take from others (``_inherits``) and that depend on it: the alerts
        of bank statement lines depend on what we add to invoices, and they are Odoo's. Nothing changes for the fields
        of other addons.
        """
        found = super()._prepare_update()
        ours = self.filtered(_is_ours)
        if not ours or not self.env.context.get(MODULE_UNINSTALL_FLAG):
            return found
        rest = self - ours
        expected = super(IrModelFields, rest)._prepare_update() if rest else rest
        return found.filtered(lambda field: field in self | expected or field.state == "manual" or _is_ours(field))
