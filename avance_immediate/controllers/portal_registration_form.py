"""The form of the client's page: what is typed becomes a draft, is checked by the rules of every registration, and is
kept where all of it is right."""

import re
from datetime import date

from odoo.tools.misc import format_date

from .. import wording
from ..catalogue import for_client
from ..models.urssaf_commune_address import Gazetteer
from ..urssaf.http.folding import fold
from ..urssaf.intake.address import split_address, write_street
from ..urssaf.intake.banks import bic_of
from ..urssaf.intake.days import read_birth_date, write_day
from ..urssaf.intake.draft import Draft
from ..urssaf.intake.fields import BIRTH, BY_NAME, CIVIL_STATUS, FIELDS, field_at
from ..urssaf.intake.titles import as_holder
from ..urssaf.intake.towns import BirthReading, find_town, read_birth, same_name
from ..urssaf.rules.person import AGE_MAX, is_iban
from ..urssaf.tiers_prestation.lists import TITLES
from .portal_registration_advice import Advice

#: Of the civil status: what tells beside the fields which commune, and which codes of the day of birth, are meant.
HELPERS = ("birth_code", "birth_choice")
CIVIL_STATUS_INPUTS = (
    *dict.fromkeys(field.input for field in FIELDS if field.section in (CIVIL_STATUS, BIRTH)),
    *HELPERS,
)
#: Everything that the client may type: nothing else of a request is read, but which questions were answered.
INPUTS = (*CIVIL_STATUS_INPUTS, *dict.fromkeys(field.input for field in FIELDS if not field.is_of_person))
INPUTS += ("city_code", "consent")
TYPED_MAX = 300
#: Typed values that a field of Odoo would cut, and their problem.
LIMITED = {
    "address_zip": "address_zip_invalid",
    "address_city": "address_city_too_long",
    "birth_commune_name": "birth_commune_name_invalid",
}
ADDRESS = ("street", "street2", "zip", "city")


def clean_text(value):
    """Return a typed text on one line, without what no database takes (NUL, halves of pairs); "" if it is none."""
    value = value if isinstance(value, str) else ""
    return " ".join("".join(char if char.isprintable() else " " for char in value[: TYPED_MAX + 1]).split())


class RegistrationForm:
    """Reads, checks and keeps what a client types about their own registration, and shows what is known of it.

    *Typed* values are texts by the names of ``INPUTS``. What is not right is not kept.

    :param env: with the rights of the system; its user is the client
    :param partner: the client (``urssaf.registration._portal_partner``)
    :param company: by which they register (``_portal_company``)
    """

    def __init__(self, env, partner, company):
        self.env = env
        self.partner = partner
        self.company = company
        self.places = Gazetteer(env)
        self.registration = env["urssaf.registration"]._for(partner, company)
        self.is_locked = partner.urssaf_registration_ids._locks_civil_status()

    # === WHAT IS TYPED === #

    @staticmethod
    def clean(values):
        """Return the typed texts out of the values of a request; nothing else of it is looked at."""
        return {name: clean_text(values.get(name)).replace("’", "'") for name in INPUTS}

    def submit(self, typed, confirmed=()):
        """Check what the client typed, and if all is right keep it and ask for the registration.

        :param typed: from ``clean``
        :param confirmed: marks of the questions that the client answered with yes (``Advice``); others say nothing
        :return: ``{"is_done"}``, and where something is left to do what the form is to show: ``typed``; ``errors`` as
            ``{input: what to do}``; ``choices`` where the codes of the place of birth are not decided, as
            ``{key: choice}``; ``proposed``, the communes to choose from beside an input
            (``urssaf.commune._offered``); ``advice`` and ``is_asking`` (``Advice``)
        """
        if not self.registration._is_askable():
            return {"is_done": True}
        typed = {**typed, **self._locked_values()}
        found = {}
        for name, code in LIMITED.items():
            limit = BY_NAME[name].limit
            if len(typed[BY_NAME[name].input]) > limit:
                found[BY_NAME[name].input] = (code, {"max": limit})
        born = self._birth_date(typed, found)
        civil_status, birth = self._civil_status(typed, born.day, found)
        reading, given = self._given(typed, found)
        person = self._check(civil_status, given, found)
        if not typed["consent"]:
            found["consent"] = ("consent_missing", {})
        draft = self._draft(person, typed, born, reading)
        advice = Advice(self.env, draft, typed, wrong={*found}, confirmed=confirmed, locked=self._locked())
        if not found and not advice.is_asking:
            self.registration._keep_from_portal(self.partner, self.company, civil_status, given)
            return {"is_done": True}
        return {
            "is_done": False,
            "typed": typed,
            "errors": {name: self._say(*problem) for name, problem in found.items()},
            "choices": birth.choices,
            "proposed": self._proposed_communes(typed, found),
            "advice": advice.beside,
            "is_asking": advice.is_asking,
        }

    def _locked(self):
        """Return the inputs that must stay as they are known."""
        return CIVIL_STATUS_INPUTS if self.is_locked else ()

    def _locked_values(self):
        known = self.initial() if self.is_locked else {}
        return {name: known[name] for name in self._locked()}

    def _say(self, code, params):
        """Return what the client can do about a problem; the provider's words where the client has none."""
        if "text" in params:
            return params["text"]
        if text := for_client("rule", code):
            return wording.say(self.env, text) % params
        return " ".join(wording.describe(self.env, {"kind": "rule", "code": code, "params": params}))

    def _birth_date(self, typed, found):
        born = read_birth_date(typed["birth_date"], date.today())
        if born.problem:
            found["birth_date"] = (born.problem, {"max": AGE_MAX})
        return born

    def _civil_status(self, typed, born, found):
        """Return the civil status as values of the partner, and the place of birth as it was read."""
        country = self.env["urssaf.birth.country"]
        if typed["birth_country"].isdecimal():
            country = self.countries().filtered(lambda known: str(known.id) == typed["birth_country"])
        birth = self._birth_place(typed, born, country, found) if country.in_france else BirthReading()
        values = {
            "title": typed["title"] if typed["title"] in TITLES else False,
            **{name: typed[name] for name in ("birth_name", "usage_name", "first_names")},
            "birth_date": born or False,
            "birth_country_id": country.id,
            **{name: value or False for name, value in birth.codes().items()},
        }
        return {f"urssaf_{name}": value for name, value in values.items()}, birth

    def _birth_place(self, typed, born, country, found):
        partner = self.partner
        birth = read_birth(
            self.places,
            *(typed[name] for name in ("birth_commune", "birth_code", "birth_choice")),
            born,
            territory=country._department(),
            known=(
                partner.urssaf_birth_department or "",
                partner.urssaf_birth_commune_code or "",
                partner.urssaf_birth_commune_name or "",
            ),
        )
        params = {
            "birth_commune_elsewhere": {"territory": country.display_name},
            "birth_place_unclear": {"text": birth.question},
        }
        for name, code in birth.problems.items():
            found.setdefault(name, (code, params.get(code, {})))
        return birth

    def _given(self, typed, found):
        """Return the address as it was read, and what this provider is given, as values of the registration."""
        registration = self.registration
        address = split_address(*(typed[name] for name in ADDRESS))
        if address.leftover:
            found.setdefault("street", ("address_too_long", {}))
        code = self._city_code(address, typed, found)
        if not code and (registration.address_zip, registration.address_city) == (address.zip, address.city):
            code = registration.address_city_code
        if not code and "address_cedex" in address.warnings:
            found.setdefault("city", ("address_cedex", {}))
        given = {
            **{f"address_{name}": value for name, value in address.values().items()},
            "address_city_code": code,
            "email": typed["email"].lower(),
            "mobile": typed["mobile"],
            "bank_holder": typed["holder"] or self._holder(typed),
        }
        iban, bic = (re.sub(r"[\s.-]", "", typed[name]).upper() for name in ("iban", "bic"))
        if iban or not registration.iban:
            given.update(iban=iban, bic=bic or (bic_of(iban) if is_iban(iban) else ""))
        elif bic:
            given["bic"] = bic
        return address, given

    def _city_code(self, address, typed, found):
        """Return the INSEE code of the town of an address: the commune of today; of Paris, Lyon and Marseille that of
        the arrondissement."""
        communes = self.env["urssaf.commune"]
        chosen = find_town(self.places, address.city, typed["city_code"], zip_code=address.zip)
        if chosen.problem:
            found.setdefault("city", (chosen.problem, {}))
        code = (chosen.commune or communes)._whole().code or chosen.code
        town = communes._of_address(address.zip, address.city)
        return town.code if town and code in ("", town.parent_code) else code

    def _holder(self, typed):
        """Return the client as the holder of an account."""
        name = typed["usage_name"] or typed["birth_name"]
        return as_holder(typed["title"], name, typed["first_names"]) if name else ""

    def _check(self, civil_status, given, found):
        """Add to ``found`` what the rules of every registration say; the first problem of an input counts.

        :return: the ``Person`` that would be registered
        """
        partner = self.env["res.partner"].new(civil_status, origin=self.partner)
        person = (
            self.env["urssaf.registration"]
            .new({**given, "partner_id": partner}, origin=self.registration or None)
            ._person()
        )
        for problem in Draft(person).problems(date.today()):
            found.setdefault(field_at(problem.field).input, (problem.code, problem.params))
        return person

    def _draft(self, person, typed, born, reading):
        return Draft(
            person,
            mobile=typed["mobile"],
            born=born,
            reading=reading,
            zips=tuple(self.env["urssaf.commune"]._zips_of(person.address.city_code)),
            is_refused=self.registration.state == "refused",
        )

    def _proposed_communes(self, typed, found):
        """Return the communes to choose from beside the inputs where none was, ``{input: [...]}``."""
        texts = {"birth_commune": (typed["birth_commune"],), "city": (typed["city"], typed["zip"])}
        wanted = {name: text for name, text in texts.items() if name in found and text[0]}
        return {name: self.env["urssaf.commune"]._offered(*text) for name, text in wanted.items()}

    # === WHAT IS SHOWN === #

    def initial(self):
        """Return what the form shows at first: what is known. Of the bank account nothing that could be copied."""
        partner, known = self.partner, self.registration
        values = {} if known.address_zip else known._address_values(partner)
        address = (known.new(values, origin=known or None) if values else known)._person().address
        codes = (partner.urssaf_birth_department, partner.urssaf_birth_commune_code)
        birth_commune = self.env["urssaf.commune"]._from_birth_codes(*codes)
        chosen = same_name(birth_commune, partner.urssaf_birth_commune_name)
        return {
            **dict.fromkeys(INPUTS, ""),
            "title": partner.urssaf_title or "",
            "birth_name": partner.urssaf_birth_name or "",
            "usage_name": partner.urssaf_usage_name or "",
            "first_names": partner.urssaf_first_names or "",
            "birth_date": write_day(partner.urssaf_birth_date),
            "birth_country": str((partner.urssaf_birth_country_id or self.env["urssaf.birth.country"]._france()).id),
            "birth_commune": partner.urssaf_birth_commune_name or "",
            "birth_code": chosen[0].code if chosen else "",
            "birth_choice": "".join(filter(None, codes)),
            "mobile": known.mobile or partner.phone or "",
            "email": known.email or partner.email_normalized or "",
            "street": write_street(address),
            "street2": address.complement,
            "zip": address.zip,
            "city": address.city,
            "holder": known.bank_holder or "",
        }

    def advice_after_refusal(self, typed):
        """Return what is worth a try where Urssaf refused, for a form that was not sent again yet."""
        if self.registration.state != "refused":
            return {}
        person = self.registration._person()
        reading = split_address(*(typed[name] for name in ADDRESS))
        draft = self._draft(person, typed, read_birth_date(typed["birth_date"], date.today()), reading)
        return Advice(self.env, draft, typed, locked=self._locked()).worth_a_try()

    def masked_iban(self):
        """Return the end of the account that is kept, ``•••• 189``, or an empty text."""
        return f"•••• {self.registration.iban[-3:]}" if self.registration.iban else ""

    def countries(self):
        """Return the countries of birth by their names: France first, then the overseas, then the others."""
        countries = self.env["urssaf.birth.country"]._all()
        return countries.sorted(lambda country: (country.sequence, fold(country.display_name)))

    def summary(self):
        """Return what was given, for the client to see: label and value, the account masked."""
        registration, partner = self.registration, self.registration.partner_id
        name = partner.urssaf_usage_name or partner.urssaf_birth_name or partner.name
        return [
            (self.env._("Name"), f"{partner.urssaf_first_names or ''} {name}".strip()),
            (self.env._("E-mail"), registration.email),
            (self.env._("Mobile"), registration.mobile),
            (self.env._("Address"), write_street(registration._person().address)),
            (self.env._("Town"), f"{registration.address_zip or ''} {registration.address_city or ''}".strip()),
            (self.env._("Account"), self.masked_iban()),
            (self.env._("Consent given on"), format_date(self.env, registration.consent_date)),
        ]
