"""What Urssaf refuses in a registration (docs/api.md §2.1).

The official patterns of names are not anchored, or take exponential time on some names (docs/api.md §8): these checks
look at the length first, then at each character once.
"""

import re
from datetime import date

from stdnum import bic as bic_checks
from stdnum.iso7064 import mod_97_10

from ..intake.fields import CITY_MAX, EMAIL_MAX, HOLDER_MAX, LINE_MAX, NAME_MAX, STREET_MAX
from ..intake.titles import are_of_two_people, take_couple, take_title
from ..tiers_prestation.lists import FRANCE, LETTERS, TITLES, is_street_type
from ..tiers_prestation.person_messages import Address, BankAccount, BirthPlace, Person, compact
from .problem import Problem, Problems

AGE_MAX = 120

# Accounts held in France: the overseas territories have a country code of their own in a BIC, not in an IBAN, and the
# banks of Monaco belong to the French payment system.
IBAN_COUNTRIES = frozenset({"FR", "MC"})
BIC_COUNTRIES = IBAN_COUNTRIES | {"BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"}

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_FRENCH_IBAN = re.compile(r"[A-Z]{2}[0-9]{12}[A-Z0-9]{11}[0-9]{2}", re.ASCII)
_MOBILE = re.compile(r"(?:0|\+33)[67][0-9]{8}", re.ASCII)
_LOCAL_PART = re.compile(r"[-A-Za-z0-9_]+", re.ASCII)
_DOMAIN_PART = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_DEPARTMENT = re.compile(r"[09][0-9][0-9abAB]", re.ASCII)
_CITY_CODE = re.compile(r"[0-9][0-9abAB][0-9]{3}", re.ASCII)


def check_person(person: Person, *, today: date) -> list[Problem]:
    """Give all that Urssaf would refuse in this registration.

    :param today: the day in France
    """
    problems = Problems()
    if person.title not in TITLES:
        problems.add("title_invalid", "civilite")
    _check_names(person, problems)
    if person.birth_date is None:
        problems.add("birth_date_missing", "dateNaissance")
    elif person.birth_date > today:
        problems.add("birth_date_future", "dateNaissance")
    elif age(person.birth_date, today) > AGE_MAX:
        problems.add("birth_date_too_old", "dateNaissance", max=AGE_MAX)
    _check_birth_place(person.birth_place, problems)
    _check_contact(person, problems)
    _check_address(person.address, problems)
    _check_bank(person.bank, problems)
    return list(problems)


def _check_names(person: Person, problems: Problems) -> None:
    names = (
        ("birth_name", "nomNaissance", person.birth_name, is_name),
        ("usage_name", "nomUsage", person.usage_name, is_name),
        ("first_names", "prenoms", person.first_names, are_first_names),
    )
    for name, path, value, is_well_formed in names:
        if not value:
            if name != "usage_name":
                problems.add(f"{name}_missing", path)
        elif len(value) > NAME_MAX:
            problems.add(f"{name}_too_long", path, max=NAME_MAX)
        elif code := _what_is_no_name(value, first_names=name == "first_names"):
            problems.add(code, path)
        elif not is_well_formed(value):
            problems.add(f"{name}_invalid", path)


def _what_is_no_name(value: str, *, first_names: bool) -> str:
    """Name what stands in a name and is none of it, or give an empty text."""
    if take_couple(value) is not None or first_names and are_of_two_people(value):
        return "name_couple"
    if take_title(value):
        return "name_title"
    if any(char.isdigit() for char in value):
        return "name_digits"
    if "  " in value or value != value.strip(" "):
        return "name_spaces"
    return ""


def age(birth_date: date, today: date) -> int:
    """Give the age in whole years; negative for somebody who is not born."""
    return today.year - birth_date.year - ((today.month, today.day) < (birth_date.month, birth_date.day))


def is_name(value: str) -> bool:
    """Say whether a name has only letters, apostrophes, hyphens and spaces, and a letter at both ends."""
    return value[:1].isalpha() and value[-1:].isalpha() and all(char.isalpha() or char in "'- " for char in value)


def are_first_names(value: str) -> bool:
    """Say the same of first names; one space between two, and each with a letter at both ends."""
    return all(name and is_name(name) for name in value.split(" "))


def _check_birth_place(place: BirthPlace, problems: Problems) -> None:
    path = "lieuNaissance"
    commune = f"{path}.communeNaissance"
    if not place.country_code:
        problems.add("birth_country_missing", f"{path}.codePaysNaissance")
    elif not _digits(place.country_code, 5):
        problems.add("birth_country_invalid", f"{path}.codePaysNaissance")
    elif place.country_code != FRANCE:
        if place.department or place.commune_code or place.commune_name:
            problems.add("birth_place_abroad", path)
    elif not (place.department or place.commune_code or place.commune_name):
        problems.add("birth_place_missing", commune)
    else:
        if not place.department:
            problems.add("birth_department_missing", f"{path}.departementNaissance")
        elif not _DEPARTMENT.fullmatch(place.department):
            problems.add("birth_department_invalid", f"{path}.departementNaissance")
        if not place.commune_code:
            problems.add("birth_commune_missing", f"{commune}.codeCommune")
        elif not _digits(place.commune_code, 3):
            problems.add("birth_commune_invalid", f"{commune}.codeCommune")
        if not place.commune_name:
            problems.add("birth_commune_name_missing", f"{commune}.libelleCommune")
        elif len(place.commune_name) > CITY_MAX or ";" in place.commune_name or not place.commune_name.isprintable():
            problems.add("birth_commune_name_invalid", f"{commune}.libelleCommune", max=CITY_MAX)


def _check_contact(person: Person, problems: Problems) -> None:
    if not person.mobile:
        problems.add("mobile_missing", "numeroTelephonePortable")
    elif not is_french_mobile(person.mobile):
        problems.add("mobile_invalid", "numeroTelephonePortable")
    if not person.email:
        problems.add("email_missing", "adresseMail")
    elif not is_email(person.email):
        plus = is_email(person.email.replace("+", ""))
        problems.add("email_plus" if plus else "email_invalid", "adresseMail")


def is_french_mobile(value: str) -> bool:
    """Say whether this is a French mobile number as Urssaf writes it: ``0612345678`` or ``+33612345678``."""
    return bool(_MOBILE.fullmatch(value))


def is_email(value: str) -> bool:
    """Say whether Urssaf takes this e-mail address: the stricter reading, without ``+`` (docs/api.md §8)."""
    local, at, domain = value.partition("@")
    labels = domain.split(".")
    return (
        len(value) <= EMAIL_MAX
        and bool(at)
        and all(_LOCAL_PART.fullmatch(part) for part in local.split("."))
        and len(labels) > 1
        and all(_DOMAIN_PART.fullmatch(part) for label in labels for part in label.split("-"))
        and labels[-1].isalpha()
    )


def _check_address(address: Address, problems: Problems) -> None:
    path = "adressePostale"
    if address.number and not (address.number != "0" and any(_digits(address.number, size) for size in range(1, 5))):
        problems.add("address_number_invalid", f"{path}.numeroVoie")
    if address.letter and address.letter not in LETTERS:
        problems.add("address_letter_unknown", f"{path}.lettreVoie")
    if address.letter and not address.number:
        problems.add("address_letter_without_number", f"{path}.lettreVoie")
    if address.street_type and not is_street_type(address.street_type):
        problems.add("address_street_type_unknown", f"{path}.codeTypeVoie")
    if address.street_name and not address.street_type:
        problems.add("address_street_type_missing", f"{path}.codeTypeVoie")
    if address.street_type and not address.street_name:
        problems.add("address_street_name_missing", f"{path}.libelleVoie")
    for name, key, limit in (
        ("street_name", "libelleVoie", STREET_MAX),
        ("complement", "complement", LINE_MAX),
        ("locality", "lieuDit", LINE_MAX),
    ):
        if len(getattr(address, name)) > limit:
            problems.add(f"address_{name}_too_long", f"{path}.{key}", max=limit)
    if not (address.street_type or address.street_name or address.complement or address.locality):
        problems.add("address_incomplete", path)
    if not address.city:
        problems.add("address_city_missing", f"{path}.libelleCommune")
    elif len(address.city) > CITY_MAX:
        problems.add("address_city_too_long", f"{path}.libelleCommune", max=CITY_MAX)
    if not address.city_code and address.city:  # without either, the town is missing: one problem
        problems.add("address_city_code_missing", f"{path}.codeCommune")
    elif address.city_code and not _CITY_CODE.fullmatch(address.city_code):
        problems.add("address_city_code_invalid", f"{path}.codeCommune")
    if not _digits(address.zip, 5):
        problems.add("address_zip_invalid", f"{path}.codePostal")
    if address.country_code != FRANCE:
        problems.add("address_not_in_france", f"{path}.codePays")


def _check_bank(account: BankAccount, problems: Problems) -> None:
    path = "coordonneeBancaire"
    bic, iban = compact(account.bic), compact(account.iban)
    if not bic:
        problems.add("bic_missing", f"{path}.bic")
    elif not is_bic(bic):
        problems.add("bic_invalid", f"{path}.bic")
    elif bic[4:6] not in BIC_COUNTRIES:
        problems.add("bic_not_french", f"{path}.bic")
    if not iban:
        problems.add("iban_missing", f"{path}.iban")
    elif not is_iban(iban):
        problems.add("iban_invalid", f"{path}.iban")
    elif iban[:2] not in IBAN_COUNTRIES:
        problems.add("iban_not_french", f"{path}.iban")
    if not account.holder:
        problems.add("holder_missing", f"{path}.titulaire")
    elif len(account.holder) > HOLDER_MAX:
        problems.add("holder_too_long", f"{path}.titulaire", max=HOLDER_MAX)
    elif is_iban(compact(account.holder)) or not any(char.isalpha() for char in account.holder):
        problems.add("holder_invalid", f"{path}.titulaire")


def is_bic(bic: str) -> bool:
    """Tell whether a compact BIC is well formed."""
    return bic.isascii() and bic_checks.is_valid(bic)


def is_iban(iban: str) -> bool:
    """Tell whether a compact IBAN is well formed and its key is right.

    ``stdnum.iban`` knows the form of each country, but reads it from a file that Odoo's import hooks hide. Only
    accounts held in France can be sent: their form is checked, of the others only the key.
    """
    if not _IBAN.fullmatch(iban) or iban[:2] in IBAN_COUNTRIES and not _FRENCH_IBAN.fullmatch(iban):
        return False
    return mod_97_10.is_valid(iban[4:] + iban[:4])


def _digits(value: str, size: int) -> bool:
    return len(value) == size and value.isascii() and value.isdigit()
