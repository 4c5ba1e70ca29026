import hashlib
import json
from dataclasses import replace
from datetime import date

from odoo import api, models

from .. import wording
from ..texts import portal_advice as texts
from ..urssaf.intake.address import split_address
from ..urssaf.intake.suggestions import OPTION, QUESTION, Change, Suggestion, suggest
from ..urssaf.rules.person import is_french_mobile
from .urssaf_portal_form import CIVIL_STATUS_FIELDS

#: What a suggestion calls a value, and the field of the form that shows it. What is not here is never proposed.
INPUTS = {
    **{name: name for name in ("civility", "birth_name", "usage_name", "first_names", "birth_date", "mobile", "email")},
    **{f"bank.{name}": name for name in ("iban", "bic", "holder")},
    **{f"address.{name}": name for name in ("street", "zip")},
}
ADDRESS = ("street", "street2", "zip", "city")
#: What else an answer is about, by code: where it changes, the question is asked again.
RELATED = {
    "name_title": ("civility",),
    "usage_name_same": ("birth_name",),
    "first_names_hold_name": ("birth_name", "usage_name"),
    "birth_country_gone": ("birth_country",),
    "bic_other_bank": ("iban",),
    "holder_other": ("birth_name", "usage_name"),
    "address_written": ("street2",),
    "address_cedex": ("city",),
    "zip_other_town": ("city", "city_code"),
}


class UrssafPortalForm(models.AbstractModel):
    """What is proposed and asked on the portal beside what the client typed."""

    _inherit = "urssaf.portal.form"

    @api.model
    def _advice(self, registration, person, typed, wrong, confirmed, *, is_locked):
        """Return what the page proposes and asks, by the field beside which it stands.

        :param person: the ``Person`` that would be registered
        :param typed: from ``_clean``
        :param wrong: names of the fields with a problem; a question beside one of them cannot be answered with yes
        :param confirmed: marks of the questions that the client answered with yes
        :return: ``{field: [...]}`` of dictionaries with ``text``, the words; ``lines``, what is proposed, to be read;
            ``changes``, the same as ``{field: value}`` in JSON, or nothing; ``fields``, that it is about, and
            ``related``, what else it was concluded from; ``mark``, which comes along with a yes; ``is_question`` and
            ``is_confirmed``
        """
        advice = {}
        suggestions = suggest(self._as_typed(person, typed), today=date.today())
        suggestions += [*self._birth_date_repairs(typed), *self._address_questions(person, typed)]
        for suggestion in suggestions:
            field = INPUTS[suggestion.field]
            fields = {field, *(INPUTS[change.field] for change in suggestion.changes)}
            is_option = suggestion.kind == OPTION
            if (
                (is_locked and not fields.isdisjoint(CIVIL_STATUS_FIELDS))
                or (is_option and registration.state != "refused")
                or (field in wrong and not suggestion.changes)  # the problem says it already
            ):
                continue
            mark = self._mark(suggestion.code, fields, typed)
            # Who may be right after all is asked, also about what looks like a slip: the rules do not refuse it.
            is_question = not is_option and field not in wrong
            advice.setdefault(field, []).append(
                {
                    **self._proposal(suggestion, person),
                    "text": self._advice_text(suggestion.code, person),
                    "fields": " ".join(sorted(fields)),
                    "related": " ".join(RELATED.get(suggestion.code, ())),
                    "mark": mark,
                    "is_question": is_question,
                    "is_confirmed": is_question and mark in confirmed,
                }
            )
        return advice

    @api.model
    def _is_asking(self, advice):
        """Tell whether a question awaits its answer."""
        return any(each["is_question"] and not each["is_confirmed"] for beside in advice.values() for each in beside)

    @api.model
    def _advice_after_refusal(self, registration, typed):
        """Return what is worth a try where Urssaf refused, for a form that was not sent again yet."""
        if registration.state != "refused":
            return {}
        is_locked = self._is_civil_status_locked(registration.partner_id)
        advice = self._advice(registration, registration._person(), typed, (), (), is_locked=is_locked)
        tried = {field: [each for each in beside if not each["is_question"]] for field, beside in advice.items()}
        return {field: beside for field, beside in tried.items() if beside}

    @api.model
    def _as_typed(self, person, typed):
        """Return the person with no more of the account than what was typed, since the page tells nothing of a kept
        one, and with the mobile number as it was typed where it is none."""
        account = person.bank
        if not typed["iban"]:
            account = replace(account, iban="", bic=account.bic if typed["bic"] else "")
        mobile = person.mobile if is_french_mobile(person.mobile) else typed["mobile"]
        return replace(person, bank=account, mobile=mobile)

    @api.model
    def _mark(self, code, fields, typed):
        """Return what a yes to a question is known by: its code, and what it was about as long as that stays."""
        about = [typed[name] for name in sorted({*fields, *RELATED.get(code, ())})]
        return f"{code}:{hashlib.sha256(json.dumps(about).encode()).hexdigest()[:16]}"

    # === ADDRESS === #

    @api.model
    def _address_questions(self, person, typed):
        """Return questions about the address: what the reader had to shorten, and a postal code of elsewhere."""
        warnings = split_address(*(typed[name] for name in ADDRESS)).warnings
        found = []
        if not {"address_abbreviated", "address_spread"}.isdisjoint(warnings):
            found.append(Suggestion("address_written", "address.street", QUESTION))
        zips = self.env["urssaf.commune"]._zips_of(person.address.city_code)
        if zips and person.address.zip not in zips:
            code = "address_cedex" if "address_cedex" in warnings else "zip_other_town"
            changes = (Change("address.zip", person.address.zip, zips[0]),) if len(zips) == 1 else ()
            found.append(Suggestion(code, "address.zip", QUESTION, changes))
        return found

    # === WORDS === #

    @api.model
    def _advice_text(self, code, person):
        """Return a suggestion in the client's words; the provider's where the client has none."""
        if code in texts.PORTAL_SUGGESTIONS:
            return wording.say(self.env, texts.PORTAL_SUGGESTIONS[code]) % {"town": person.address.city}
        return wording.describe(self.env, {"kind": "suggestion", "code": code})[0]

    @api.model
    def _proposal(self, suggestion, person):
        """Return what a suggestion puts into which fields, and how that is read: the field is named if it is not the
        only one."""
        changes = {INPUTS[change.field]: change.proposed for change in suggestion.changes}
        if "birth_date" in changes:
            changes["birth_date"] = self._day_text(date.fromisoformat(changes["birth_date"]))
        if suggestion.code == "address_written":
            lines = self._address_lines(person.address)
        elif len(changes) == 1:
            lines = [self._shown(*change) for change in changes.items()]
        else:
            lines = [
                self.env._(
                    "%(field)s: %(value)s",
                    field=wording.say(self.env, texts.PORTAL_LABELS[name]),
                    value=self._shown(name, value),
                )
                for name, value in changes.items()
            ]
        return {"lines": lines, "changes": json.dumps(changes) if changes else ""}

    @api.model
    def _shown(self, name, value):
        if not value:
            return wording.say(self.env, texts.EMPTY)
        if name == "iban":
            return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
        return wording.say(self.env, texts.CIVILITY_LABELS[value]) if name == "civility" else value

    @api.model
    def _address_lines(self, address):
        """Return the lines of an address as they go to Urssaf, without the town."""
        parts = ("number", "letter", "street_type", "street_name")
        values = {f"address_{name}": getattr(address, name) for name in parts}
        street = self._street(self._draft(self.env["urssaf.registration"], values))
        return [line for line in (address.complement, street, address.locality) if line]
