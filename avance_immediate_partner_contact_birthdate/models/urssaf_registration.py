from odoo import api, models


class UrssafRegistration(models.Model):
    """What ``partner_contact_birthdate`` knows of a client."""

    _inherit = "urssaf.registration"

    @api.model
    def _known_civil_status(self, partner):
        """Propose the birth date."""
        return super()._known_civil_status(partner) | {"urssaf_birth_date": partner.birthdate_date}
