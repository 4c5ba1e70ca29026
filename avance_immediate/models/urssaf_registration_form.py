import re
from dataclasses import replace
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from odoo.addons.phone_validation.tools.phone_validation import phone_format

from .. import wording
from ..catalogue import NOTES
from ..urssaf.http.folding import fold
from ..urssaf.intake.address import split_address, write_street
from ..urssaf.intake.banks import bic_of
from ..urssaf.intake.birthplace import ARRONDISSEMENTS
from ..urssaf.intake.draft import ChosenBirth, Draft, person_of
from ..urssaf.intake.fields import ADDRESS, BY_ATTRIBUTE, BY_NAME, FIELDS, OF_PERSON, SECTIONS
from ..urssaf.intake.suggestions_types import QUESTION
from ..urssaf.intake.titles import WRITTEN
from ..urssaf.intake.towns import birth_in, read_birth_row
from ..urssaf.rules.person import is_iban
from ..urssaf.tiers_prestation.person_messages import Address, compact
from .urssaf_commune_address import Gazetteer
from .urssaf_registration import ASSESSED_FIELDS

FRANCE = ("FR", 33)  # ISO code, country calling code
LINES = ("street", "street2", "zip", "city")  # of the address of the contact
#: Suggestions whose words are those of a note.
AS_NOTES = {"zip_other_town": "address_zip_other_town"}
TEMPLATES = "/avance_immediate/static/xls"


class UrssafRegistration(models.Model):
    """What is typed of a client, in the form or in a spreadsheet, and the person that comes of it.

    ``urssaf.intake`` knows how: these are its adapters.
    """

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
        title = WRITTEN.get(partner.urssaf_title)
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
        # Unlike the method of a record, asks nothing of the database: this is read for each client of each call.
        try:
            international = number and phone_format(number, *FRANCE, force_format="E164")
        except UserError:
            international = False
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

    # === BIRTH PLACE === #
    # The birth place, chosen by the name of the commune.
    #
    # Department, code and name at birth, on the partner, are what is sent (docs/api.md §2.1). The commune is a way to
    # fill them in, and is read back from them.

    birth_commune_id = fields.Many2one(
        "urssaf.commune",
        string="Born in",
        compute="_compute_birth_commune_id",
        readonly=False,
        help="The commune of today, by name or postal code. Its codes on the day of birth are found from it.",
    )
    birth_part_id = fields.Many2one(
        "urssaf.commune", string="Namely in", compute="_compute_birth_part_id", readonly=False
    )
    birth_choice_ids = fields.Many2many(
        "urssaf.commune", compute="_compute_birth_choice_ids", export_string_translation=False
    )
    birth_question = fields.Char(compute="_compute_birth_choice_ids", export_string_translation=False)
    birth_codes_shown = fields.Boolean(
        string="Codes sent to Urssaf", compute="_compute_birth_codes_shown", readonly=False
    )

    @api.depends(
        "partner_id.urssaf_birth_department",
        "partner_id.urssaf_birth_commune_code",
        "partner_id.urssaf_birth_commune_name",
    )
    def _compute_birth_commune_id(self):
        communes = self.env["urssaf.commune"]
        for registration in self:
            partner = registration.partner_id
            codes = (partner.urssaf_birth_department, partner.urssaf_birth_commune_code)
            commune = communes._from_birth_codes(*codes)
            if not any(codes) and (name := partner.urssaf_birth_commune_name):
                named = communes.search([("name", "=", name), ("kind", "=", "commune")], limit=2)
                commune = named if len(named) == 1 else communes
            registration.birth_commune_id = commune

    @api.depends("birth_commune_id")
    def _compute_birth_part_id(self):
        self.birth_part_id = False

    @api.depends("birth_commune_id", "birth_date")
    @api.depends_context("lang")
    def _compute_birth_choice_ids(self):
        communes = self.env["urssaf.commune"]
        for registration in self:
            commune = registration.birth_commune_id
            choices, question = commune._birth_choices(registration.birth_date) if commune else ([], "")
            parts = communes
            for choice in choices if question else ():
                parts |= communes._from_birth_codes(choice["department"], choice["commune_code"])
            registration.birth_choice_ids = parts - commune
            registration.birth_question = question

    @api.depends("partner_id.urssaf_birth_commune_code", "partner_id.urssaf_birth_department")
    def _compute_birth_codes_shown(self):
        """Codes that lead to no commune are shown: nobody could see or correct them otherwise."""
        for registration in self:
            partner = registration.partner_id
            typed = partner.urssaf_birth_department or partner.urssaf_birth_commune_code
            registration.birth_codes_shown = bool(typed and not registration.birth_commune_id)

    @api.onchange("birth_part_id")
    def _onchange_birth_part_id(self):
        if part := self.birth_part_id:
            self.birth_commune_id = part
            self._fill_birth_codes()

    @api.onchange("birth_commune_id")
    def _onchange_birth_commune_id(self):
        """Ask again where another commune is chosen than the one of the codes, such as Paris after Paris 18e."""
        former = self.env["urssaf.commune"]._from_birth_codes(self.birth_department, self.birth_commune_code)
        if self.birth_commune_id and former and former != self.birth_commune_id:
            self.birth_department = self.birth_commune_code = False
        self._fill_birth_codes()

    @api.onchange("birth_date")
    def _onchange_birth_date(self):
        self._fill_birth_codes()

    @api.onchange("birth_department", "birth_commune_code")
    def _onchange_birth_codes(self):
        """Write the codes with all their characters: 69 is 069, 2a is 02A. 97 and 98 lack their third figure."""
        department = (self.birth_department or "").strip().upper()
        if department and department not in ("97", "98"):
            self.birth_department = department.zfill(3)
        if code := (self.birth_commune_code or "").strip():
            self.birth_commune_code = code.zfill(3)

    def _fill_birth_codes(self):
        """Fill in the codes at birth; where the rules do not decide, they stay empty for the user to choose.

        Codes that are one of the choices are kept: somebody chose them. Without a commune, what was typed stays.
        """
        if not self.birth_commune_id:
            return
        typed = f"{self.birth_department or ''}{self.birth_commune_code or ''}"
        reading = birth_in(Gazetteer(self.env), self.birth_commune_id, self.birth_date or None, typed)
        if reading.question and reading.commune_code:
            return
        for name, value in reading.codes().items():
            self[name] = value or False
        # What is left to type where no part can be chosen: a commune with another code at that time.
        if reading.question and self.birth_date and not self.birth_choice_ids:
            self.birth_codes_shown = True

    # === ADDRESS === #
    # The address as Urssaf wants it: read from the client's, with the town chosen by its name (docs/api.md §2.1).
    #
    # Street, postal code, name and INSEE code of the town are what is sent. The commune is a way to fill in the town,
    # and is read back from its code.

    address_commune_id = fields.Many2one(
        "urssaf.commune",
        string="Commune",
        compute="_compute_address_commune_id",
        readonly=False,
        domain=[("code", "not in", list(ARRONDISSEMENTS))],
        help="By name or postal code. Its INSEE code is found from it.",
    )

    @api.depends("address_city_code")
    def _compute_address_commune_id(self):
        codes = [code.upper() for code in self.mapped("address_city_code") if code]
        communes = self.env["urssaf.commune"].search(
            [("code", "in", codes), ("kind", "in", ("commune", "arrondissement"))]
        )
        by_code = {commune.code: commune.id for commune in communes}
        for registration in self:
            registration.address_commune_id = by_code.get((registration.address_city_code or "").upper())

    @api.onchange("address_commune_id")
    def _onchange_address_commune_id(self):
        """Fill in the town of the commune; what is typed already and agrees with it stays."""
        commune = self.address_commune_id._whole()
        if not commune or commune.code == self.address_city_code:
            return
        self.address_commune_id = commune
        self.address_city_code = commune.code
        if not commune._is_named(self.address_city):
            self.address_city = commune.name
        zips = commune._zip_list()
        if zips and self.address_zip not in zips:
            self.address_zip = zips[0] if len(zips) == 1 else False

    @api.onchange("address_zip", "address_city")
    def _onchange_address_town(self):
        """Find the code of a town that is typed; that of another town goes, or it would be sent with this one."""
        town = self.env["urssaf.commune"]._of_address(self.address_zip, self.address_city)
        kept = self.address_commune_id
        if town:
            self.address_city_code = town.code
        elif kept and self.address_zip not in kept._zip_list() and not kept._is_named(self.address_city):
            self.address_city_code = False

    @api.model
    def _split_address(self, partner):
        """Read the address of a client into Urssaf's fields.

        :return: ``urssaf.intake.address.SplitAddress``, with what fits in none of them and what a person should look at
        """
        return split_address(*(partner[name] or "" for name in ("street", "street2", "zip", "city")))

    @api.model
    def _address_values(self, partner):
        """Return the address of a client as values of a registration; ``_advise_on_address`` says what to look at."""
        reading = self._split_address(partner)
        return {
            **{f"address_{name}": value for name, value in reading.values().items()},
            "address_city_code": self.env["urssaf.commune"]._of_address(reading.zip, reading.city).code,
        }

    # === ADVICE === #
    # Advice beside the fields of the form: what Urssaf refused, what can be corrected with one click, what is odd.
    #
    # It follows what is typed, before anything is saved; a repair that is taken over is typed too, and can be
    # discarded.

    advice = fields.Json(compute="_compute_advice", exportable=False, export_string_translation=False)

    @api.depends(*ASSESSED_FIELDS, *[f"partner_id.{name}" for name in LINES], "state", "refusal_codes")
    @api.depends_context("lang")
    def _compute_advice(self):
        for registration in self:
            registration.advice = registration._advise() if registration.is_open else {}

    @api.onchange("iban")
    def _onchange_iban(self):
        """Fill in the BIC of the bank, where it is known and none was typed."""
        if not self.bic and is_iban(compact(self.iban or "")):
            self.bic = bic_of(self.iban)

    def _advise(self):
        """Return the advice of each section of the form that has any.

        :return: ``{section: [item]}``; an item has ``kind`` (``refusal``, ``warning``, ``reread``, or the kind of a
            suggestion), ``code``, ``title``, maybe ``text``, the ``part`` of an address that has no room, and what one
            click does: ``values``, by field, with ``changes`` to be read
        """
        advisers = (self._advise_on_refusal, self._advise_on_address, self._advise_repairs)
        draft = self._draft_to_advise()
        items = [item for adviser in advisers for item in adviser(draft)]
        found = {section: [item for where, item in items if where == section] for section in SECTIONS}
        return {section: advice for section, advice in found.items() if advice}

    def _advise_on_refusal(self, _draft):
        for code in self._codes_of_refusal():
            said = wording.explain(self.env, {"kind": "error", "code": code})
            for section in said["sections"]:
                yield section, {"kind": "refusal", "code": code, "title": said["title"]}

    def _advise_repairs(self, draft):
        for suggestion in draft.suggestions(date.today()):
            note = AS_NOTES.get(suggestion.code)
            family, code = ("note", note) if note else ("suggestion", suggestion.code)
            item = self._as_item(family, code, suggestion.kind, suggestion.changes)
            yield BY_ATTRIBUTE[suggestion.field].section, item

    def _as_item(self, family, code, kind, changes=()):
        title, text = wording.describe(self.env, {"kind": family, "code": code})
        proposed = {BY_ATTRIBUTE[change.field].name: change for change in changes}
        return {
            "kind": kind,
            "code": code,
            "title": title,
            "text": text,
            "values": {name: change.proposed for name, change in proposed.items()},
            "changes": [
                [self._as_read(name, change.current), self._as_read(name, change.proposed)]
                for name, change in proposed.items()
            ],
        }

    def _as_read(self, name, value):
        """Return a value of a suggestion as the form shows it."""
        field = self._fields[name]
        if value and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if value and field.type == "date":
            return self.env["ir.qweb.field.date"].value_to_html(fields.Date.to_date(value), {})
        return value

    # === ADVICE: THE ADDRESS === #

    def _draft_to_advise(self):
        """Return what is typed so far (a ``Draft``), with what there is to say of the address."""
        reading = self._split_address(self.partner_id)
        communes = self.env["urssaf.commune"]
        zips = communes._zips_of(self.address_city_code) if self.address_zip else ()
        return replace(
            self._draft(),
            mobile=self.mobile or "",
            reading=reading,
            read_city_code=communes._of_address(reading.zip, reading.city).code or "",
            zips=tuple(zips),
            is_refused=self.state == "refused",
        )

    def _advise_on_address(self, draft):
        """Say what the reader of addresses had to do, as long as that stands; offer to read the address again."""
        if draft.address_differs():
            yield (
                ADDRESS,
                {
                    "kind": "reread",
                    "code": "address_reread",
                    "title": self.env._("Read the client's address again"),
                    "text": self._address_as_read(),
                    "values": {f"address_{name}": value for name, value in draft.reread().items()},
                },
            )
        for code in draft.warnings():
            item = self._as_item("address", code, "warning")
            yield ADDRESS, {**item, "part": draft.reading.leftover} if code == "address_cut" else item

    def _address_as_read(self):
        """Return the client's address on one line, as an envelope has it whatever the country says."""
        street, street2, zip_code, city = (self.partner_id[name] or "" for name in LINES)
        return ", ".join(part for part in (street, street2, f"{zip_code} {city}".strip()) if part)

    def _open_questions(self):
        """Return what only the client can answer, as (what is odd, what to do)."""
        items = [item for section in self._advise().values() for item in section]
        return [(item["title"], item["text"]) for item in items if item["kind"] in (QUESTION, "warning")]

    # === IMPORT === #
    # Clients from a spreadsheet, by Odoo's own import: registrations are prepared, and nothing is sent.
    #
    # Urssaf forbids registering many at once: each is then registered singly, once the client has consented.
    # What an import may not write (state, consent, Urssaf's reference) is refused as it is to any user.

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

    # === IMPORT: THE ADDRESS === #

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

    # === IMPORT: THE CLIENT === #

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
