from datetime import timedelta

from odoo import api, fields, models

from .. import sealing
from ..models.urssaf_credentials import ENVIRONMENTS, UnusableKey, typed_secret

LIFE_HOURS = 1


class UrssafSecretDraft(models.TransientModel):
    """A secret that was typed into the settings, until they are saved.

    The web client stores the settings in one transaction and saves them in another, or presses another button in
    between, or never saves them. What was typed waits here, sealed like the credentials' own secret, for these very
    settings, and for the company and the environment that were chosen when it was typed. Nobody has a right to it.
    """

    _name = "urssaf.secret.draft"
    _description = "Urssaf secret, typed and not yet saved"

    settings_id = fields.Many2one("res.config.settings", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", ondelete="cascade")
    environment = fields.Selection(ENVIRONMENTS)
    typed_at = fields.Datetime(default=fields.Datetime.now)
    secret = fields.Char(groups=fields.NO_ACCESS, copy=False, exportable=False)

    @api.model
    def _keep(self, settings, typed):
        """Keep what was typed into ``settings``, or forget what was when nothing is there now."""
        drafts = self.sudo()
        drafts._forget(settings)
        secret = typed_secret(typed)
        if not secret:
            return
        try:
            sealed = sealing.seal(secret)
        except sealing.KeyProblem as problem:
            raise UnusableKey(self.env, problem.code) from None
        drafts.create(
            {
                "settings_id": settings.id,
                "company_id": settings.company_id.id,
                "environment": settings.urssaf_environment,
                "secret": sealed,
            }
        )

    @api.model
    def _take(self, settings):
        """Return the secret that was typed into ``settings`` as they stand, or False; nothing is kept of it."""
        drafts = self.sudo()
        found = drafts.search(
            [
                ("settings_id", "=", settings.id),
                ("company_id", "=", settings.company_id.id),
                ("environment", "=", settings.urssaf_environment),
            ],
            limit=1,
        )
        try:
            return sealing.unseal(found.secret) if found else False
        except sealing.KeyProblem as problem:
            raise UnusableKey(self.env, problem.code) from None
        finally:
            drafts._forget(settings)

    def _forget(self, settings):
        """Delete the drafts of ``settings``, and those that nobody saved in time."""
        too_old = fields.Datetime.now() - timedelta(hours=LIFE_HOURS)
        self.search(["|", ("settings_id", "=", settings.id), ("typed_at", "<", too_old)]).unlink()
