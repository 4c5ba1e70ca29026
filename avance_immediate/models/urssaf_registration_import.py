from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .. import wording
from ..urssaf.http.folding import fold
from ..urssaf.intake.address import split_address, write_street
from ..urssaf.intake.fields import OF_PERSON
from ..urssaf.intake.towns import read_birth_row
from ..urssaf.tiers_prestation.person_messages import Address
from .urssaf_commune_address import Gazetteer

TEMPLATES = "/avance_immediate/static/xls"


class UrssafRegistration(models.Model):
    """Clients from a spreadsheet, by Odoo's own import: registrations are prepared, and nothing is sent.

    Urssaf forbids registering many at once: each is then registered singly, once the client has consented.
    What an import may not write (state, consent, Urssaf's reference) is refused as it is to any user.
    """

    _inherit = "urssaf.registration"

    client_name = fields.Char(
        string="Client's name",
        store=False,
        exportable=False,
        help="Import: the contact of this name and e-mail address is taken, or created.",
    )
    address_text = fields.Char(
        string="Street and number",
        store=False,
        exportable=False,
        help="Import: the address as on a letter, which is read into number, street type and name.",
    )

    @api.model
    def get_import_templates(self):
        """Offer a spreadsheet with examples, with its headings in the user's language."""
        name = "clients_urssaf_fr" if (self.env.lang or "").startswith("fr") else "clients_urssaf_en"
        return [{"label": self.env._("Import template for clients"), "template": f"{TEMPLATES}/{name}.xlsx"}]

    @api.model
    def _load_records_create(self, vals_list):
        # EXTENDS base: rows of an import
        registrations = self.browse()
        for row in vals_list:
            # An empty cell says nothing.
            vals = {name: value for name, value in row.items() if value}
            address_fits = self._read_address(vals)
            self._read_partner(vals)
            registration = super()._load_records_create([vals])
            if not address_fits:
                registration.sudo()._add_problem(wording.note("address_cut"))
            registrations += registration
        return registrations

    def _load_records_write(self, values):
        # EXTENDS base: a row of an import, for a registration that it names
        values = dict(values)
        values.pop("client_name", None)
        address_fits = self._read_address(values)
        result = super()._load_records_write(values)
        if {"address_zip", "address_city"} & values.keys() and not values.get("address_city_code"):
            self._onchange_address_town()
        if not address_fits:
            self.sudo()._add_problem(wording.note("address_cut"))
        return result

    # === ADDRESS === #

    @api.model
    def _read_address(self, vals):
        """Read the address of a row into Urssaf's fields, where it has no value for them.

        :return: false where a part of it fits nowhere
        """
        text = vals.pop("address_text", None) or ""
        if not (text or vals.get("address_zip") or vals.get("address_city")):
            return True
        address = split_address(text, "", vals.get("address_zip") or "", vals.get("address_city") or "")
        found = {f"address_{name}": value for name, value in address.values().items() if value}
        tidied = {name: found.pop(name) for name in ("address_zip", "address_city") if name in found}
        vals.update({name: value for name, value in found.items() if not vals.get(name)} | tidied)
        if not vals.get("address_city_code"):
            town = self.env["urssaf.commune"]._of_address(vals.get("address_zip"), vals.get("address_city"))
            vals.update({"address_city_code": town.code} if town else {})
        return not address.leftover

    # === CLIENT === #

    @api.model
    def _read_partner(self, vals):
        """Find or create the contact of a row, with its civil status; complete the row with what Odoo knows of it.

        :raise UserError: the row names nobody, or several contacts have the name
        """
        civil_status = {f"urssaf_{name}": vals.pop(name) for name in list(vals) if name in OF_PERSON}
        self._read_birth_place(civil_status)
        name = " ".join((vals.pop("client_name", None) or self._civil_name(civil_status)).split())
        partner = self.env["res.partner"].browse(vals.get("partner_id") or self._partner_named(name, vals.get("email")))
        if partner:
            partner.write(civil_status)
        else:
            partner = partner.create({**self._partner_values(name, vals), **civil_status})
        vals["partner_id"] = partner.id
        self._complete_civil_status(partner)
        has_address = any(key.startswith("address_") for key in vals)
        for key, value in self._known_values(partner).items():
            if value and not (has_address and key.startswith("address_")):
                vals.setdefault(key, value)

    @api.model
    def _civil_name(self, civil_status):
        first_name = (civil_status.get("urssaf_first_names") or "").split(" ")[0]
        last_name = civil_status.get("urssaf_usage_name") or civil_status.get("urssaf_birth_name") or ""
        return f"{first_name} {last_name}"

    @api.model
    def _partner_named(self, name, email):
        """Return the id of the person of that name and e-mail address, whatever the case and accents; or False."""
        if not name:
            raise UserError(self.env._("This row names no client: give a name, or a contact."))
        domain = [
            ("is_company", "=", False),
            ("parent_id", "=", False),
            ("company_id", "in", [False, self.env.company.id]),
        ]
        if email:
            domain.append(("email_normalized", "=", email_normalize(email) or email))
        else:
            domain.append(("name", "=ilike", name.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")))
        people = self.env["res.partner"].search(domain)
        people = people.filtered(lambda partner: fold(partner.name) == fold(name))
        if len(people) > 1:
            raise UserError(
                self.env._("Several contacts are called %(name)s: merge them, or give the contact's ID.", name=name)
            )
        return people.id

    @api.model
    def _partner_values(self, name, vals):
        parts = ("number", "letter", "street_type", "street_name", "locality")
        address = Address(**{part: vals.get(f"address_{part}") or "" for part in parts})
        return {
            "name": name,
            "email": vals.get("email"),
            "phone": vals.get("mobile"),
            "street": write_street(address),
            "street2": vals.get("address_complement"),
            "zip": vals.get("address_zip"),
            "city": vals.get("address_city"),
            "country_id": self.env.ref("base.fr").id,
        }

    @api.model
    def _read_birth_place(self, civil_status):
        """Find the codes of a birth place that was given by its name, where there is no doubt."""
        country = self.env["urssaf.birth.country"].browse(civil_status.get("urssaf_birth_country_id"))
        if country and not country.in_france:
            return
        place = ("commune_name", "department", "commune_code")
        name, department, code = (civil_status.get(f"urssaf_birth_{part}") or "" for part in place)
        born = fields.Date.to_date(civil_status.get("urssaf_birth_date"))
        reading = read_birth_row(Gazetteer(self.env), name, department, code, born or None)
        civil_status.update({f"urssaf_{part}": value for part, value in reading.codes().items() if value})
