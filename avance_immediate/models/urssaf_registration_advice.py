from dataclasses import replace
from datetime import date

from odoo import api, fields, models

from .. import wording
from ..urssaf.intake import suggestions
from ..urssaf.intake.banks import bic_of
from ..urssaf.rules.person import is_french_mobile, is_iban
from ..urssaf.tiers_prestation.person_messages import compact
from .urssaf_registration import ASSESSED_FIELDS

ADDRESS = ("street", "street2", "zip", "city")
TOWN = {"address_zip", "address_city", "address_city_code"}
SECTIONS = ("civil_status", "birth", "contact", "address", "bank")
#: Attributes of ``Person`` that a suggestion may change: the section of the form, and the field there.
FIELD_OF_ATTRIBUTE = {
    "civility": ("civil_status", "civility"),
    "birth_name": ("civil_status", "birth_name"),
    "usage_name": ("civil_status", "usage_name"),
    "first_names": ("civil_status", "first_names"),
    "birth_date": ("birth", "birth_date"),
    "mobile": ("contact", "mobile"),
    "email": ("contact", "email"),
    "address.zip": ("address", "address_zip"),
    "bank.iban": ("bank", "iban"),
    "bank.bic": ("bank", "bic"),
    "bank.holder": ("bank", "bank_holder"),
}


class UrssafRegistration(models.Model):
    """Advice beside the fields of the form: what Urssaf refused, what can be mended with one click, what is odd.

    It follows what is typed, before anything is saved; a repair that is taken over is typed too, and can be discarded.
    """

    _inherit = "urssaf.registration"

    advice = fields.Json(compute="_compute_advice", exportable=False, export_string_translation=False)

    @api.depends(*ASSESSED_FIELDS, *[f"partner_id.{name}" for name in ADDRESS], "state", "refusal_codes")
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
        advisers = (self._advise_on_refusal, self._advise_repairs, self._advise_on_address, self._advise_on_zip)
        items = [item for adviser in advisers for item in adviser()]
        found = {section: [item for where, item in items if where == section] for section in SECTIONS}
        return {section: advice for section, advice in found.items() if advice}

    def _advise_on_refusal(self):
        for code in self._codes_of_refusal():
            said = wording.explain(self.env, {"kind": "error", "code": code})
            for section in said["sections"]:
                yield section, {"kind": "refusal", "code": code, "title": said["title"]}

    def _advise_repairs(self):
        person = self._person()
        if not is_french_mobile(person.mobile):
            person = replace(person, mobile=self.mobile or "")
        for suggestion in suggestions.suggest(person, today=date.today()):
            if suggestion.kind == suggestions.OPTION and self.state != "refused":
                continue  # nothing is wrong, and nobody has refused it
            section, _name = FIELD_OF_ATTRIBUTE[suggestion.field]
            yield section, self._as_item("suggestion", suggestion.code, suggestion.kind, suggestion.changes)

    def _as_item(self, family, code, kind, changes=()):
        title, text = wording.describe(self.env, {"kind": family, "code": code})
        proposed = {FIELD_OF_ATTRIBUTE[change.field][1]: change for change in changes}
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

    # === ADDRESS === #

    def _advise_on_address(self):
        """Say what the reader of addresses had to do, as long as that stands; offer to read the address again."""
        reading = self._split_address(self.partner_id)
        if not any(reading.values().values()):
            return
        values = self._address_values(self.partner_id)
        if not values["address_city_code"]:
            del values["address_city_code"]  # the reader does not know the town: whoever chose it does
        others = {name for name, value in values.items() if (self[name] or "") != (value or "")}
        if others:
            yield (
                "address",
                {
                    "kind": "reread",
                    "code": "address_reread",
                    "title": self.env._("Read the client's address again"),
                    "text": self._address_as_read(),
                    "values": values,
                },
            )
        for code in reading.warnings:
            if others.isdisjoint(TOWN) if code == "address_cedex" else others <= TOWN:
                item = self._as_item("address", code, "warning")
                yield "address", {**item, "part": reading.leftover} if code == "address_cut" else item

    def _advise_on_zip(self):
        zips = self.env["urssaf.commune"]._zips_of(self.address_city_code)
        if zips and self.address_zip and self.address_zip not in zips:
            changes = (suggestions.Change("address.zip", self.address_zip, zips[0]),) if len(zips) == 1 else ()
            yield "address", self._as_item("note", "address_zip_other_town", suggestions.QUESTION, changes)

    def _address_as_read(self):
        """Return the client's address on one line, as an envelope has it whatever the country says."""
        street, street2, zip_code, city = (self.partner_id[name] or "" for name in ADDRESS)
        return ", ".join(part for part in (street, street2, f"{zip_code} {city}".strip()) if part)

    def _open_questions(self):
        """Return what only the client can answer, as (what is odd, what to do)."""
        items = [item for section in self._advise().values() for item in section]
        return [(item["title"], item["text"]) for item in items if item["kind"] in (suggestions.QUESTION, "warning")]
