from odoo import api, fields, models

from .. import rights, wording
from .res_company import ADMINISTRATOR


class ResConfigSettings(models.TransientModel):
    """What an administrator says of this database: that it was restored, or that it is the one that goes on."""

    _inherit = "res.config.settings"

    urssaf_place_problem = fields.Html(string="Another database", compute="_compute_urssaf_place")
    urssaf_bound_name = fields.Char(string="Database of the credentials", compute="_compute_urssaf_place")
    urssaf_bound_at = fields.Datetime(string="Database of the credentials since", compute="_compute_urssaf_place")
    urssaf_restored_at = fields.Datetime(string="Restored on", compute="_compute_urssaf_place")

    @api.depends("company_id", "urssaf_environment")
    @api.depends_context("lang")
    def _compute_urssaf_place(self):
        all_credentials = self.env["urssaf.credentials"].sudo()
        elsewhere = all_credentials._all_bound()._elsewhere()
        problems = [elsewhere.with_env(self.env)._place_problem()] if elsewhere else []
        for settings in self:
            credentials = settings._urssaf_credentials()
            settings.urssaf_place_problem = wording.as_html(self.env, problems, brief=True)
            settings.urssaf_bound_name = credentials.bound_name
            settings.urssaf_bound_at = credentials.bound_at
            settings.urssaf_restored_at = all_credentials._restored_at()

    def action_urssaf_confirm_place(self):
        """Say that this database takes the place of the one it was copied from, or was before it was moved.

        :raise AccessError: not an administrator of the settings
        """
        return self._urssaf_say_of_database("_confirm_place")

    def action_urssaf_restored(self):
        """Say that this database was restored from a backup.

        :raise AccessError: not an administrator of the settings
        """
        return self._urssaf_say_of_database("_was_restored")

    def action_urssaf_restored_over(self):
        """Say that what was forgotten when this database was restored has been entered again.

        :raise AccessError: not an administrator of the settings
        """
        return self._urssaf_say_of_database("_restoration_is_over")

    def _urssaf_say_of_database(self, method):
        self.ensure_one()
        rights.check_user(self.env, ADMINISTRATOR)
        getattr(self.env["urssaf.credentials"].sudo(), method)()
        return {"type": "ir.actions.client", "tag": "reload"}
