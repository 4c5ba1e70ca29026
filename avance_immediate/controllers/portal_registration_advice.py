"""What is proposed and asked on the client's page, beside what the client typed."""

import hashlib
import json
from dataclasses import replace
from datetime import date

from .. import wording
from ..catalogue import for_client, portal_pages
from ..urssaf.intake.address import write_street
from ..urssaf.intake.days import write_day
from ..urssaf.intake.fields import BY_ATTRIBUTE
from ..urssaf.intake.suggestions_types import OPTION, QUESTION, Suggestion

#: What else an answer is about, by code: where it changes, the question is asked again.
RELATED = {
    "name_title": ("title",),
    "usage_name_same": ("birth_name",),
    "first_names_hold_name": ("birth_name", "usage_name"),
    "birth_country_gone": ("birth_country",),
    "bic_other_bank": ("iban",),
    "holder_other": ("birth_name", "usage_name"),
    "address_written": ("street2",),
    "address_cedex": ("city",),
    "zip_other_town": ("city", "city_code"),
}
SHORTENED = {"address_abbreviated", "address_spread"}


class Advice:
    """The suggestions of a draft, and its questions, in the client's words.

    ``beside`` has them by the input beside which each stands, ``{input: [...]}``, as dictionaries with ``text``, the
    words; ``lines``, what is proposed, to be read; ``changes``, the same as ``{input: value}`` in JSON, or nothing;
    ``fields``, the inputs that it is about, and ``related``, what else it was concluded from; ``mark``, which comes
    along with a yes; ``is_question`` and ``is_confirmed``.

    :param draft: a ``Draft``
    :param typed: what was typed, by input
    :param wrong: inputs with a problem; a question beside one of them cannot be answered with yes
    :param confirmed: marks of the questions that the client answered with yes
    :param locked: inputs that must stay as they are
    """

    def __init__(self, env, draft, typed, *, wrong=(), confirmed=(), locked=()):
        self.env = env
        self.typed = typed
        self.draft = replace(draft, person=self._as_typed(draft.person))
        self.beside = {}
        for suggestion in self._suggestions():
            name = BY_ATTRIBUTE[suggestion.field].input
            names = {name, *(BY_ATTRIBUTE[change.field].input for change in suggestion.changes)}
            if not names.isdisjoint(locked) or (name in wrong and not suggestion.changes):
                continue  # the problem says it already
            mark = self._mark(suggestion.code, names)
            # Who may be right after all is asked, also about what looks like a slip: the rules do not refuse it.
            is_question = suggestion.kind != OPTION and name not in wrong
            self.beside.setdefault(name, []).append(
                {
                    **self._proposal(suggestion),
                    "text": self._text(suggestion.code),
                    "fields": " ".join(sorted(names)),
                    "related": " ".join(RELATED.get(suggestion.code, ())),
                    "mark": mark,
                    "is_question": is_question,
                    "is_confirmed": is_question and mark in confirmed,
                }
            )

    @property
    def is_asking(self):
        """Whether a question awaits its answer."""
        return any(
            each["is_question"] and not each["is_confirmed"] for beside in self.beside.values() for each in beside
        )

    def worth_a_try(self):
        """Return what is beside the inputs without the questions."""
        tried = {name: [each for each in beside if not each["is_question"]] for name, beside in self.beside.items()}
        return {name: beside for name, beside in tried.items() if beside}

    def _as_typed(self, person):
        """Return the person with no more of the account than what was typed, since the page tells nothing of a kept
        one."""
        if self.typed["iban"]:
            return person
        return replace(person, bank=replace(person.bank, iban="", bic=person.bank.bic if self.typed["bic"] else ""))

    def _suggestions(self):
        """Give the suggestions of the draft; what the reader of the address had to shorten is asked about too."""
        warnings = self.draft.warnings()
        if not SHORTENED.isdisjoint(warnings):
            yield Suggestion("address_written", "address.street_name", QUESTION)
        for suggestion in self.draft.suggestions(date.today()):
            is_cedex = suggestion.code == "zip_other_town" and "address_cedex" in warnings
            yield replace(suggestion, code="address_cedex") if is_cedex else suggestion

    def _mark(self, code, names):
        """Return what a yes to a question is known by: its code, and what it was about as long as that stays."""
        about = [self.typed[name] for name in sorted({*names, *RELATED.get(code, ())})]
        return f"{code}:{hashlib.sha256(json.dumps(about).encode()).hexdigest()[:16]}"

    # === WORDS === #

    def _text(self, code):
        """Return a suggestion in the client's words; the provider's where the client has none."""
        if text := for_client("suggestion", code):
            return wording.say(self.env, text) % {"town": self.draft.person.address.city}
        return wording.describe(self.env, {"kind": "suggestion", "code": code})[0]

    def _proposal(self, suggestion):
        """Return what a suggestion puts into which inputs, and how that is read: the input is named if it is not the
        only one."""
        changes = {BY_ATTRIBUTE[change.field].input: change.proposed for change in suggestion.changes}
        if "birth_date" in changes:
            changes["birth_date"] = write_day(date.fromisoformat(changes["birth_date"]))
        if suggestion.code == "address_written":
            lines = self._address_lines()
        elif len(changes) == 1:
            lines = [self._shown(*change) for change in changes.items()]
        else:
            lines = [
                self.env._(
                    "%(field)s: %(value)s",
                    field=wording.say(self.env, portal_pages.FIELD_LABELS[name]),
                    value=self._shown(name, value),
                )
                for name, value in changes.items()
            ]
        return {"lines": lines, "changes": json.dumps(changes) if changes else ""}

    def _shown(self, name, value):
        if not value:
            return wording.say(self.env, portal_pages.EMPTY)
        if name == "iban":
            return " ".join(value[start : start + 4] for start in range(0, len(value), 4))
        return wording.say(self.env, portal_pages.TITLE_LABELS[value]) if name == "title" else value

    def _address_lines(self):
        """Return the lines of the address as they go to Urssaf, without the town."""
        address = replace(self.draft.person.address, locality="")
        lines = (address.complement, write_street(address), self.draft.person.address.locality)
        return [line for line in lines if line]
