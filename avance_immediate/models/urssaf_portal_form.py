import re
from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import api, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from .. import wording
from ..texts.portal import PORTAL_PROBLEMS
from ..urssaf import rules
from ..urssaf.folding import fold
from ..urssaf.intake import birthplace
from ..urssaf.intake.address import split_address
from ..urssaf.intake.banks import bic_of
from ..urssaf.tiers_prestation import lists
from .urssaf_registration_portal import ASKABLE_STATES

#: Everything that the client may type: nothing else of a request is read, but which questions were answered.
FIELDS = (
    "civility",
    "birth_name",
    "usage_name",
    "first_names",
    "birth_date",
    "birth_country",
    "birth_commune",
    "birth_code",
    "birth_choice",
    "mobile",
    "email",
    "street",
    "street2",
    "zip",
    "city",
    "city_code",
    "iban",
    "bic",
    "holder",
    "consent",
)
CIVIL_STATUS_FIELDS = FIELDS[:9]
TYPED_MAX = 300

#: Where a problem of a value on the wire is shown; the longest beginning of its path decides.
FIELD_OF_PATH = {
    "civilite": "civility",
    "nomNaissance": "birth_name",
    "nomUsage": "usage_name",
    "prenoms": "first_names",
    "dateNaissance": "birth_date",
    "lieuNaissance": "birth_country",
    "lieuNaissance.departementNaissance": "birth_commune",
    "lieuNaissance.communeNaissance": "birth_commune",
    "numeroTelephonePortable": "mobile",
    "adresseMail": "email",
    "adressePostale": "street",
    "adressePostale.complement": "street2",
    "adressePostale.codePostal": "zip",
    "adressePostale.libelleCommune": "city",
    "adressePostale.codeCommune": "city",
    "coordonneeBancaire.iban": "iban",
    "coordonneeBancaire.bic": "bic",
    "coordonneeBancaire.titulaire": "holder",
}
#: Typed values that a field of Odoo would cut: (length, problem).
LIMITS = {
    "zip": (5, "address_zip_invalid"),
    "city": (50, "address_city_too_long"),
    "birth_commune": (50, "birth_commune_name_invalid"),
}


class UrssafPortalForm(models.AbstractModel):
    """Reads, checks and keeps what a client types on the portal about their own registration.

    *Typed* values are texts by the names of ``FIELDS``. They become values of the partner and of the registration,
    which are checked by the rules of every registration before anything is written: what is not right is not kept.
    """

    _name = "urssaf.portal.form"
    _description = "Registration form of the portal"

    # === WHOSE IT IS === #

    @api.model
    def _partner(self):
        """Return the client whom the user of the environment is: a person by itself, or nobody."""
        partner = self.env.user.sudo().partner_id
        is_person = not partner.is_company and partner.commercial_partner_id == partner
        return partner if is_person and not self.env.user._is_public() else partner.browse()

    @api.model
    def _company(self, website_company=None):
        """Return the company by which the user may register: the first of theirs that uses the avance immédiate.

        A branch may use it with the credentials of a company above it, with which its clients are registered.

        :param website_company: that of the website, where there is one
        """
        partner = self._partner()
        user = self.env.user.sudo()
        companies = partner.company_id or (website_company or user.company_id) | user.company_id
        return (companies if partner else companies.browse()).filtered("urssaf_holder_id")[:1]

    # === WHAT IS TYPED === #

    @api.model
    def _is_civil_status_locked(self, partner):
        """Tell whether a provider has given the civil status to Urssaf: it must stay what Urssaf knows."""
        return any(
            registration.state not in ASKABLE_STATES and not registration.is_other_environment
            for registration in partner.urssaf_registration_ids
        )

    @api.model
    def _clean(self, values):
        """Return the typed texts of the form out of the values of a request; nothing else of it is looked at."""
        return {name: self._clean_text(values.get(name)).replace("’", "'") for name in FIELDS}

    @api.model
    def _clean_text(self, value):
        """Return a typed text on one line, without what no database takes (NUL, halves of pairs); "" if it is none."""
        value = value if isinstance(value, str) else ""
        return " ".join("".join(char if char.isprintable() else " " for char in value[: TYPED_MAX + 1]).split())

    @api.model
    def _submit(self, partner, company, typed, confirmed=()):
        """Check what the client typed, and if all is right keep it and ask for the registration.

        :param partner: the client, who is the user of the environment
        :param typed: from ``_clean``
        :param confirmed: marks of the questions that the client answered with yes (``_advice``); others say nothing
        :return: ``{"is_done"}``, and where something is left to do what the form is to show: ``typed``; ``errors`` as
            ``{field: what to do}``; ``choices`` where the codes of the place of birth are not decided, as
            ``{key: choice}`` with the choices of ``urssaf.commune``; ``proposed``, the communes to choose from beside a
            field (``_search_communes``); ``advice`` and ``is_asking`` (``_advice``)
        """
        registration = self.env["urssaf.registration"]._for(partner, company)
        if not registration._is_askable():
            return {"is_done": True}
        typed, is_locked = self._with_known_civil_status(partner, registration, typed)
        found = {}
        for name, (limit, code) in LIMITS.items():
            if len(typed[name]) > limit:
                found.setdefault(name, (code, {"max": limit}))
        civil_status, choices = self._civil_status(partner, typed, found)
        given = self._given(registration, typed, found)
        person = self._check(partner, registration, civil_status, given, found)
        if not typed["consent"]:
            found["consent"] = ("consent_missing", {})
        advice = self._advice(registration, person, typed, {*found}, confirmed, is_locked=is_locked)
        is_asking = self._is_asking(advice)
        if not found and not is_asking:
            self._keep(partner, company, registration, civil_status, given)
            return {"is_done": True}
        return {
            "is_done": False,
            "typed": typed,
            "errors": {name: self._say(*problem) for name, problem in found.items()},
            "choices": choices,
            "proposed": self._proposed_communes(typed, found),
            "advice": advice,
            "is_asking": is_asking,
        }

    @api.model
    def _with_known_civil_status(self, partner, registration, typed):
        """Return what was typed, the civil status as it is known where it must stay so, and whether it must."""
        is_locked = self._is_civil_status_locked(partner)
        known = self._initial(partner, registration) if is_locked else {}
        return {**typed, **{name: known[name] for name in CIVIL_STATUS_FIELDS if is_locked}}, is_locked

    @api.model
    def _say(self, code, params):
        """Return what the client can do about a problem; the provider's words where the client has none."""
        if "text" in params:
            return params["text"]
        if code in PORTAL_PROBLEMS:
            return wording.say(self.env, PORTAL_PROBLEMS[code]) % params
        return " ".join(wording.describe(self.env, {"kind": "rule", "code": code, "params": params}))

    @api.model
    def _civil_status(self, partner, typed, found):
        country = self.env["urssaf.birth.country"]
        if typed["birth_country"].isdecimal():
            country = self._countries().filtered(lambda known: str(known.id) == typed["birth_country"])
        born = self._date(typed["birth_date"], found)
        values = {
            "urssaf_civility": typed["civility"] if typed["civility"] in lists.CIVILITIES else False,
            "urssaf_birth_name": typed["birth_name"],
            "urssaf_usage_name": typed["usage_name"],
            "urssaf_first_names": typed["first_names"],
            "urssaf_birth_date": born,
            "urssaf_birth_country_id": country.id,
            "urssaf_birth_department": False,
            "urssaf_birth_commune_code": False,
            "urssaf_birth_commune_name": False,
        }
        choices = {}
        if country.in_france:
            place, choices = self._birth_place(partner, typed, born, country, found)
            values.update(place)
        return values, choices

    @api.model
    def _birth_place(self, partner, typed, born, country, found):
        """Return the place of birth as values of the partner, and the codes to choose between where several are
        possible (docs/api.md §2.1)."""
        name = typed["birth_commune"]
        place = {"urssaf_birth_commune_name": name}
        department = country._department()
        commune, code = self._commune(name, typed["birth_code"], "birth_commune", found, department=department)
        if commune and department not in ("", commune.department):
            found.setdefault("birth_commune", ("birth_commune_elsewhere", {"territory": country.display_name}))
        if commune:
            choices, question = commune._birth_choices(born)
            by_key = {choice["department"] + choice["commune_code"]: choice for choice in choices}
            chosen = by_key.get(typed["birth_choice"]) or choices[0]
            if question and born and typed["birth_choice"] not in by_key:
                found.setdefault("birth_choice", ("birth_place_unclear", {"text": question}))
            place["urssaf_birth_commune_name"] = chosen["commune_name"]
            place["urssaf_birth_department"] = chosen["department"]
            place["urssaf_birth_commune_code"] = chosen["commune_code"]
            return place, by_key if question else {}
        if code:
            place["urssaf_birth_department"], place["urssaf_birth_commune_code"] = birthplace.cut(code)
        elif name and fold(name) == fold(partner.urssaf_birth_commune_name):
            place["urssaf_birth_department"] = partner.urssaf_birth_department
            place["urssaf_birth_commune_code"] = partner.urssaf_birth_commune_code
        return place, {}

    @api.model
    def _given(self, registration, typed, found):
        """Return what this provider is given, as values of the registration."""
        address = split_address(*(typed[name] for name in ("street", "street2", "zip", "city")))
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
            given.update(iban=iban, bic=bic or (bic_of(iban) if rules.person.is_iban(iban) else ""))
        elif bic:
            given["bic"] = bic
        return given

    @api.model
    def _holder(self, typed):
        """Return the client as the holder of an account: title, name, first name."""
        title = {"1": "M", "2": "Mme"}.get(typed["civility"], "")
        name = typed["usage_name"] or typed["birth_name"]
        return f"{title} {name} {typed['first_names'].partition(' ')[0]}".strip() if name else ""

    @api.model
    def _check(self, partner, registration, civil_status, given, found):
        """Add to ``found`` what the rules of every registration say; the first problem of a field counts.

        :return: the ``Person`` that would be registered
        """
        draft = self._draft(registration, given, self.env["res.partner"].new(civil_status, origin=partner))
        person = draft._person()
        for problem in rules.check_person(person, today=date.today()):
            paths = [path for path in FIELD_OF_PATH if f"{problem.field}.".startswith(f"{path}.")]
            found.setdefault(FIELD_OF_PATH[max(paths, key=len)], (problem.code, problem.params))
        return person

    @api.model
    def _draft(self, registration, given, partner=None):
        """Return a registration in memory with the values ``given``."""
        values = {**given, "partner_id": partner} if partner else given
        return self.env["urssaf.registration"].new(values, origin=registration or None)

    @api.model
    def _keep(self, partner, company, registration, civil_status, given):
        self._take_turns(registration, partner)
        if not self._is_civil_status_locked(partner):
            partner.with_context(urssaf_skip_readiness=True).write(civil_status)
        if not registration:
            registration = self._create_registration(partner, company)
        elif registration.state == "erased":
            registration._set_state("to_complete")
        registration._serve(company)
        registration.write(given)
        registration._ask_from_portal()

    @api.model
    def _take_turns(self, *records):
        """Wait for whoever writes these records; Odoo starts the request anew where one was written since it began.

        Meeting is usual here, and no error for the log.
        """
        for record in records:
            table = SQL.identifier(record._table)
            self.env.cr.execute(
                SQL("UPDATE %s SET write_date = write_date WHERE id IN %s", table, tuple(record.ids or [0])),
                log_exceptions=False,
            )

    @api.model
    def _create_registration(self, partner, company):
        """Create the registration, empty; where somebody else has just created it, have Odoo start the request anew."""
        values = {"partner_id": partner.id, "company_id": company.id}
        # The client follows their own registration here, not in the provider's chatter.
        registrations = self.env["urssaf.registration"].with_context(mail_create_nosubscribe=True)
        try:
            return registrations.create(values)
        except UniqueViolation as error:
            raise ConcurrencyError("This client's registration was created at the same time.") from error
