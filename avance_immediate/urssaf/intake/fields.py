"""The fields of a registration, each declared once: what a form, a page or a spreadsheet gives, and where it goes."""

from collections.abc import Callable
from dataclasses import dataclass

from ..http.folding import fold, fold_code

#: The parts of the form.
CIVIL_STATUS, BIRTH, CONTACT, ADDRESS, BANK = SECTIONS = ("civil_status", "birth", "contact", "address", "bank")

NAME_MAX = 80
CITY_MAX = 50
STREET_MAX = 28
LINE_MAX = 38
HOLDER_MAX = 100
EMAIL_MAX = 254


@dataclass(frozen=True)
class Field:
    """One field of the registration (docs/api.md §2.1).

    :param name: in ``urssaf.registration``; of what is true of the person everywhere, ``urssaf_…`` in ``res.partner``
    :param attribute: in ``Person``, such as ``bank.iban``
    :param path: of its value on the wire
    :param section: the part of the form that shows it, of ``SECTIONS``
    :param input: the input of the client's page where it is typed
    :param limit: characters that Urssaf takes at most; 0 where the form of the value says it
    :param agreed: how it is compared with what the client consented to; nothing where the consent is not about it
    :param tells: by itself it tells somebody, and is hidden wherever Urssaf repeats it
    """

    name: str
    attribute: str
    path: str
    section: str
    input: str
    limit: int = 0
    agreed: Callable[[str | None], str] | None = None
    tells: bool = False

    @property
    def is_of_person(self) -> bool:
        """Whether it is true of the person everywhere; else one provider was given it."""
        return self.section in (CIVIL_STATUS, BIRTH)


_PLACE = "lieuNaissance"
_COMMUNE = f"{_PLACE}.communeNaissance"
_ADDRESS = "adressePostale"
_ACCOUNT = "coordonneeBancaire"
#: The first one of a part of the message stands for the whole part: see ``field_at``.
FIELDS = (
    Field("title", "title", "civilite", CIVIL_STATUS, "title"),
    Field("birth_name", "birth_name", "nomNaissance", CIVIL_STATUS, "birth_name", NAME_MAX, fold, tells=True),
    Field("usage_name", "usage_name", "nomUsage", CIVIL_STATUS, "usage_name", NAME_MAX, fold, tells=True),
    Field("first_names", "first_names", "prenoms", CIVIL_STATUS, "first_names", NAME_MAX, fold, tells=True),
    Field("birth_date", "birth_date", "dateNaissance", BIRTH, "birth_date", tells=True),
    Field("birth_country_id", "birth_place.country_code", f"{_PLACE}.codePaysNaissance", BIRTH, "birth_country"),
    Field("birth_department", "birth_place.department", f"{_PLACE}.departementNaissance", BIRTH, "birth_commune", 3),
    Field("birth_commune_code", "birth_place.commune_code", f"{_COMMUNE}.codeCommune", BIRTH, "birth_commune", 3),
    Field(
        "birth_commune_name", "birth_place.commune_name", f"{_COMMUNE}.libelleCommune", BIRTH, "birth_commune", CITY_MAX
    ),
    Field("mobile", "mobile", "numeroTelephonePortable", CONTACT, "mobile", tells=True),
    Field("email", "email", "adresseMail", CONTACT, "email", EMAIL_MAX, fold_code, tells=True),
    Field("address_street_name", "address.street_name", f"{_ADDRESS}.libelleVoie", ADDRESS, "street", STREET_MAX),
    Field("address_number", "address.number", f"{_ADDRESS}.numeroVoie", ADDRESS, "street", 4),
    Field("address_letter", "address.letter", f"{_ADDRESS}.lettreVoie", ADDRESS, "street"),
    Field("address_street_type", "address.street_type", f"{_ADDRESS}.codeTypeVoie", ADDRESS, "street"),
    Field("address_complement", "address.complement", f"{_ADDRESS}.complement", ADDRESS, "street2", LINE_MAX),
    Field("address_locality", "address.locality", f"{_ADDRESS}.lieuDit", ADDRESS, "street", LINE_MAX),
    Field("address_zip", "address.zip", f"{_ADDRESS}.codePostal", ADDRESS, "zip", 5),
    Field("address_city", "address.city", f"{_ADDRESS}.libelleCommune", ADDRESS, "city", CITY_MAX),
    Field("address_city_code", "address.city_code", f"{_ADDRESS}.codeCommune", ADDRESS, "city", 5),
    Field("iban", "bank.iban", f"{_ACCOUNT}.iban", BANK, "iban", agreed=fold_code, tells=True),
    Field("bic", "bank.bic", f"{_ACCOUNT}.bic", BANK, "bic", agreed=fold_code, tells=True),
    Field("bank_holder", "bank.holder", f"{_ACCOUNT}.titulaire", BANK, "holder", HOLDER_MAX, fold, tells=True),
)
BY_NAME = {field.name: field for field in FIELDS}
BY_ATTRIBUTE = {field.attribute: field for field in FIELDS}
#: Names of what is true of the person everywhere, and of what one provider was given.
OF_PERSON = frozenset(field.name for field in FIELDS if field.is_of_person)
GIVEN = frozenset(BY_NAME) - OF_PERSON


def field_at(path: str) -> Field:
    """Give the field of a value on the wire; of a part of the message, or of a value without a field, the first beside.

    :param path: as the problems of ``rules`` have it, such as ``adressePostale.codePays``
    :raise ValueError: no field is anywhere near
    """
    part = path
    while part:
        for field in FIELDS:
            if f"{field.path}.".startswith(f"{part}."):
                return field
        part = part.rpartition(".")[0]
    raise ValueError(f"no field of the registration is at {path}")
