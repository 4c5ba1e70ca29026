from odoo import api, models
from odoo.tools.misc import format_date

from ..urssaf.folding import fold
from ..urssaf.tiers_prestation import lists
from .urssaf_portal_form import FIELDS


class UrssafPortalForm(models.AbstractModel):
    """What the client sees on the portal of what is known of them."""

    _inherit = "urssaf.portal.form"

    @api.model
    def _initial(self, partner, registration):
        """Return what the form shows at first: what is known. Of the bank account nothing that could be copied."""
        known = registration or self.env["urssaf.registration"]
        address = known if known.address_zip else self._draft(known, known._address_values(partner))
        codes = (partner.urssaf_birth_department, partner.urssaf_birth_commune_code)
        birth_commune = self.env["urssaf.commune"]._from_birth_codes(*codes)
        return {
            **dict.fromkeys(FIELDS, ""),
            "civility": partner.urssaf_civility or "",
            "birth_name": partner.urssaf_birth_name or "",
            "usage_name": partner.urssaf_usage_name or "",
            "first_names": partner.urssaf_first_names or "",
            "birth_date": self._day_text(partner.urssaf_birth_date),
            "birth_country": str((partner.urssaf_birth_country_id or self.env["urssaf.birth.country"]._france()).id),
            "birth_commune": partner.urssaf_birth_commune_name or "",
            "birth_code": self._same(birth_commune, partner.urssaf_birth_commune_name).code or "",
            "birth_choice": "".join(filter(None, codes)),
            "mobile": known.mobile or partner.phone or "",
            "email": known.email or partner.email_normalized or "",
            "street": self._street(address),
            "street2": address.address_complement or "",
            "zip": address.address_zip or "",
            "city": address.address_city or "",
            "holder": known.bank_holder or "",
        }

    @api.model
    def _street(self, address):
        """Write the parts of an address as one line, which splits into the same parts again."""
        if not address.address_street_name:
            return address.address_locality or ""
        kind = lists.STREET_TYPES.get(address.address_street_type, address.address_street_type)
        letter = lists.LETTERS.get(address.address_letter)
        return " ".join(filter(None, (address.address_number, letter, kind, address.address_street_name)))

    @api.model
    def _masked_iban(self, registration):
        """Return the end of the account that is kept, ``•••• 189``, or an empty text."""
        return f"•••• {registration.iban[-3:]}" if registration.iban else ""

    @api.model
    def _countries(self):
        """Return the countries of birth by their names: France first, then the overseas, then the others."""
        countries = self.env["urssaf.birth.country"]._all()
        return countries.sorted(lambda country: (country.sequence, fold(country.display_name)))

    @api.model
    def _summary(self, registration):
        """Return what was given, for the client to see: label and value, the account masked."""
        partner = registration.partner_id
        name = partner.urssaf_usage_name or partner.urssaf_birth_name or partner.name
        return [
            (self.env._("Name"), f"{partner.urssaf_first_names or ''} {name}".strip()),
            (self.env._("E-mail"), registration.email),
            (self.env._("Mobile"), registration.mobile),
            (self.env._("Address"), self._street(registration)),
            (self.env._("Town"), f"{registration.address_zip or ''} {registration.address_city or ''}".strip()),
            (self.env._("Account"), self._masked_iban(registration)),
            (self.env._("Consent given on"), format_date(self.env, registration.consent_date)),
        ]
