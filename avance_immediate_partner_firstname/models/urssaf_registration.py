from odoo import api, models


class UrssafRegistration(models.Model):
    """What ``partner_firstname`` knows of a client."""

    _inherit = "urssaf.registration"

    @api.model
    def _known_civil_status(self, partner):
        """Propose the last name as birth name, and the first names."""
        values = super()._known_civil_status(partner)
        return values | {"urssaf_birth_name": partner.lastname, "urssaf_first_names": partner.firstname}
