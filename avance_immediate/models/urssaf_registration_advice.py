from dataclasses import replace
from datetime import date

from odoo import api, fields, models

from .. import wording
from ..urssaf.intake.banks import bic_of
from ..urssaf.intake.fields import ADDRESS, BY_ATTRIBUTE, SECTIONS
from ..urssaf.intake.suggestions_types import QUESTION
from ..urssaf.rules.person import is_iban
from ..urssaf.tiers_prestation.person_messages import compact
from .urssaf_registration import ASSESSED_FIELDS

LINES = ("street", "street2", "zip", "city")  # of the address of the contact
#: Suggestions whose words are those of a note.
AS_NOTES = {"zip_other_town": "address_zip_other_town"}


class UrssafRegistration(models.Model):
    """Advice beside the fields of the form: what Urssaf refused, what can be mended with one click, what is odd.

    It follows what is typed, before anything is saved; a repair that is taken over is typed too, and can be discarded.
    """

    _inherit = "urssaf.registration"

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

    # === ADDRESS === #

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
