from odoo import api, models
from odoo.exceptions import ValidationError

SECRETS = {
    ("res.config.settings", "urssaf_client_secret"),
    ("urssaf.credentials", "client_secret"),
    ("urssaf.credentials", "access_token"),
    ("urssaf.secret.draft", "secret"),
}


class IrDefault(models.Model):
    _inherit = "ir.default"

    @api.constrains("field_id", "json_value")
    def _check_urssaf_secret(self):
        """Every employee reads the default values of everybody: a secret is none."""
        for default in self.sudo():
            if (default.field_id.model, default.field_id.name) in SECRETS:
                raise ValidationError(
                    self.env._("A secret has no default value: enter it in the settings of the invoicing.")
                )
