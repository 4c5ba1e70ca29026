import json

from odoo import fields, models
from odoo.exceptions import UserError

from ..fingerprint import changed, fingerprints, new_salt


class UrssafWindow(models.AbstractModel):
    """A window in which somebody confirms what it shows.

    Odoo gives transient records no owner: a rule keeps each of ours to whoever opened it. What is shown is remembered
    by its keyed fingerprint, so that nothing else goes when the button is pressed.
    """

    _name = "urssaf.window"
    _inherit = "urssaf.guarded.mixin"
    _description = "Window that shows what is confirmed"

    salt = fields.Char(readonly=True, groups=fields.NO_ACCESS, export_string_translation=False)
    shown = fields.Json(readonly=True, groups=fields.NO_ACCESS, export_string_translation=False)

    def _remember(self, messages):
        """Remember what this window shows.

        :param messages: by a key of the caller's, what would be sent, as JSON values
        """
        self.ensure_one()
        window = self.sudo()
        window.salt = new_salt()
        window.shown = fingerprints(_texts(messages), window.salt)

    def _changed_since_shown(self, messages):
        """Return the keys whose message is no longer the one that this window showed."""
        self.ensure_one()
        window = self.sudo()
        return changed(_texts(messages), window.salt, window.shown or {})

    def _refuse_changed(self):
        raise UserError(
            self.env._("This was changed after the window was opened, and nothing was sent: close it and look again.")
        )


def _texts(messages):
    return {key: json.dumps(message, sort_keys=True, default=str) for key, message in messages.items()}
