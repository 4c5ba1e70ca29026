from odoo import api, models

TITLES = {"male": "1", "female": "2"}


class UrssafRegistration(models.Model):
    """What ``partner_contact_gender`` knows of a client."""

    _inherit = "urssaf.registration"

    @api.model
    def _known_civil_status(self, partner):
        """Propose the title, ``1`` (Mr) or ``2`` (Mrs): docs/api.md §2.1."""
        return super()._known_civil_status(partner) | {"urssaf_title": TITLES.get(partner.gender)}
