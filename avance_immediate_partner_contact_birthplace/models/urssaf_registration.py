import re

from odoo import api, models

PLACE = ("urssaf_birth_department", "urssaf_birth_commune_code", "urssaf_birth_commune_name")


class UrssafRegistration(models.Model):
    """What ``partner_contact_birthplace`` knows of a client."""

    _inherit = "urssaf.registration"

    @api.model
    def _known_civil_status(self, partner):
        """Propose the birth place, with its codes where there is no doubt about them (docs/api.md §2.1)."""
        values = super()._known_civil_status(partner)
        countries = self.env["urssaf.birth.country"]
        country = countries._of(partner.birth_country_id) if partner.birth_country_id else countries._france()
        if not country:
            return values | {"urssaf_birth_country_id": country}  # one that Urssaf has no code for: not France
        if any(partner[name] for name in PLACE) or partner.urssaf_birth_country_id not in (country, countries):
            return values
        place = {"urssaf_birth_country_id": country.id}
        if country.in_france and partner.birth_city:
            place |= {
                "urssaf_birth_commune_name": partner.birth_city,
                "urssaf_birth_department": self._department_of(partner.birth_zip or ""),
                "urssaf_birth_date": partner.urssaf_birth_date or self._birth_date_of(partner, values),
            }
            self._read_birth_place(place)
            place.pop("urssaf_birth_date")
        return values | place | {"urssaf_birth_country_id": country}

    @api.model
    def _department_of(self, zip_code):
        """Return the department of a postal code, or nothing where the code does not tell it (Corsica)."""
        if not re.fullmatch(r"\d{5}", zip_code) or zip_code.startswith("20"):
            return ""
        return zip_code[:3] if zip_code.startswith(("97", "98")) else f"0{zip_code[:2]}"

    @api.model
    def _birth_date_of(self, partner, values):
        """Return the birth date that another addon knows: the codes of a birth place depend on it."""
        known = partner.birthdate_date if "birthdate_date" in partner._fields else False
        return values.get("urssaf_birth_date") or known
