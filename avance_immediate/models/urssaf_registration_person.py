import re
from datetime import date

from odoo import api, models

from .. import wording
from ..catalogue import NOTES
from ..urssaf.intake.draft import ChosenBirth, Draft, person_of
from ..urssaf.intake.fields import BY_NAME, FIELDS


class UrssafRegistration(models.Model):
    """The person of a registration: filled in with what Odoo knows, checked, and written as what is sent."""

    _inherit = "urssaf.registration"

    # === PREPARING === #

    @api.model
    def _prepare(self, partner, company):
        """Create the registration of ``partner`` for ``company``, filled with what Odoo knows of the person already."""
        self._complete_civil_status(partner)
        return self.create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "environment": company.sudo().urssaf_holder_id.urssaf_environment,
                **self._known_values(partner),
            }
        )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Fill in what Odoo knows of the client, where nothing was typed yet; what it knew of another one goes."""
        if not self.partner_id or self._origin:
            return
        for name, value in self._known_values(self.filled_from_id).items() if self.filled_from_id else ():
            if self[name] == value:
                self[name] = False
        self.filled_from_id = self.partner_id
        known = {
            name.removeprefix("urssaf_"): value for name, value in self._known_civil_status(self.partner_id).items()
        }
        for name, value in (known | self._known_values(self.partner_id)).items():
            self[name] = self[name] or value

    @api.model
    def _complete_civil_status(self, partner):
        """Fill in what Odoo knows of a partner's civil status, where nothing was entered yet."""
        known = self._known_civil_status(partner)
        values = {name: value for name, value in known.items() if value and not partner[name]}
        if values:
            partner.write(values)

    @api.model
    def _known_civil_status(self, partner):
        """Return what other addons know of the civil status of a partner, as values of the partner (``urssaf_…``)."""
        return {"urssaf_birth_country_id": self.env["urssaf.birth.country"]._france()}

    @api.model
    def _known_values(self, partner):
        """Return what Odoo knows of a partner, as values of a registration."""
        title = {"1": "M", "2": "Mme"}.get(partner.urssaf_civility)
        return {
            "email": partner.email_normalized,
            "mobile": partner.phone,
            "bank_holder": f"{title} {partner.name}" if title and partner.name else partner.name,
            **self._address_values(partner),
        }

    # === WHAT IS SENT === #

    def _person(self):
        """Return the message that registers this client (a ``Person``), also of a form that is not saved yet."""
        self.ensure_one()
        country = self.birth_country_id
        values = {name: self[name] for name in BY_NAME}
        values |= {"birth_country_id": country.code, "mobile": self._mobile()}
        return person_of(values, country_until=country.until or None)

    def _draft(self):
        """Return what is typed so far (a ``Draft``), for what the rules say of it."""
        by_name = self.birth_country_id.in_france and not (
            self.birth_department or self.birth_commune_code or self.birth_codes_shown
        )
        birth = ChosenBirth(bool(self.birth_commune_id), bool(self.birth_question)) if by_name else None
        return Draft(self._person(), birth=birth)

    def _personal_values(self):
        # EXTENDS urssaf.remote.mixin: what was sent, and what Odoo knows beside it
        values = super()._personal_values()
        for registration in self.sudo():
            partner = registration.partner_id
            values |= {str(registration[field.name] or "") for field in FIELDS if field.tells}
            values |= {registration._mobile(), partner.name, partner.email, partner.phone}
        return {value for value in values if value}

    def _mobile(self):
        """Return the mobile number as Urssaf writes it, 0612345678, or as typed where it is not a number."""
        number = self.mobile or ""
        # Unlike ref(), asks nothing of the database: this is read for each client of each call.
        france = self.env["res.country"].browse(self.env["ir.model.data"]._xmlid_to_res_id("base.fr"))
        international = self._phone_format(number=number, country=france, force_format="E164")
        # A range that the library does not know may be new: Urssaf decides, the signs between the figures go.
        return re.sub(r"^\+33", "0", international or re.sub(r"[\s.()-]", "", number))

    def _problems_before(self):
        """Return everything that Urssaf would refuse of this registration, as problems; none of one that is new."""
        self.ensure_one()
        if not self._origin:
            return []
        problems = self._draft().problems(date.today())
        return [self._as_problem(problem) for problem in problems]

    @api.model
    def _as_problem(self, problem):
        """Return a problem of a draft as it is put into words; a question that is left open is a note."""
        return wording.note(problem.code) if problem.code in NOTES else wording.from_rules([problem])[0]

    def _update_readiness(self):
        """Move between "to complete" and "to register" as the form is filled."""
        for registration in self.sudo().filtered(lambda r: r.state in ("to_complete", "to_register")):
            state = "to_complete" if registration._problems_before() else "to_register"
            if state != registration.state:
                registration._set_state(state)
