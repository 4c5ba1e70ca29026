"""What goes over the wire about a person: registration and its status (docs/api.md §2.1, §2.2).

None of these shows personal data in its representation.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from ..http.wire import (
    day_from_wire,
    id_from_wire,
    moment_to_wire,
    object_from_wire,
    text_from_wire,
    without_empty,
)
from .vocabulary import code_from_wire

_ACTIVATION = re.compile(r"(\d{2})/(\d{2})/(\d{4})(?: +(\d{2}):(\d{2})(?::(\d{2}))?)?")


@dataclass(frozen=True, repr=False)
class BirthPlace:
    """Where a person was born, ``lieuNaissance`` (docs/api.md §2.1).

    ``country_code`` has 5 digits (France ``99100``); for France ``department`` has 3 characters (``069``, ``02B``) and
    ``commune_code`` is the last three digits of the commune's INSEE code. For other countries all three are empty.
    ``country_until``, which is not sent, is the day on which a country that is gone ended.
    """

    country_code: str
    department: str = ""
    commune_code: str = ""
    commune_name: str = ""
    country_until: date | None = None

    def to_wire(self) -> dict:
        commune = without_empty({"codeCommune": self.commune_code, "libelleCommune": self.commune_name})
        return without_empty(
            {
                "codePaysNaissance": self.country_code,
                "departementNaissance": self.department,
                "communeNaissance": commune,
            }
        )

    @classmethod
    def from_wire(cls, data: dict) -> "BirthPlace":
        commune = object_from_wire(data.get("communeNaissance"))
        return cls(
            country_code=text_from_wire(data.get("codePaysNaissance")),
            department=text_from_wire(data.get("departementNaissance")),
            commune_code=text_from_wire(commune.get("codeCommune")),
            commune_name=text_from_wire(commune.get("libelleCommune")),
        )


@dataclass(frozen=True, repr=False)
class Address:
    """A postal address, ``adressePostale`` (docs/api.md §2.1). ``city_code`` is the whole INSEE code, 5 characters."""

    number: str = ""
    letter: str = ""
    street_type: str = ""
    street_name: str = ""
    complement: str = ""
    locality: str = ""
    city: str = ""
    city_code: str = ""
    zip: str = ""
    country_code: str = "99100"

    def to_wire(self) -> dict:
        return without_empty({key: getattr(self, name) for name, key in _ADDRESS_KEYS.items()})

    @classmethod
    def from_wire(cls, data: dict) -> "Address":
        return cls(**{name: text_from_wire(data.get(key)) for name, key in _ADDRESS_KEYS.items()})


_ADDRESS_KEYS = {
    "number": "numeroVoie",
    "letter": "lettreVoie",
    "street_type": "codeTypeVoie",
    "street_name": "libelleVoie",
    "complement": "complement",
    "locality": "lieuDit",
    "city": "libelleCommune",
    "city_code": "codeCommune",
    "zip": "codePostal",
    "country_code": "codePays",
}


@dataclass(frozen=True, repr=False)
class BankAccount:
    """The account that Urssaf debits, ``coordonneeBancaire`` (docs/api.md §2.1).

    ``holder`` gives title, name and first name. BIC and IBAN go without spaces, in capitals.
    """

    bic: str
    iban: str
    holder: str

    def to_wire(self) -> dict:
        return without_empty({"bic": compact(self.bic), "iban": compact(self.iban), "titulaire": self.holder})

    @classmethod
    def from_wire(cls, data: dict) -> "BankAccount":
        return cls(*(text_from_wire(data.get(key)) for key in ("bic", "iban", "titulaire")))


def compact(code: str) -> str:
    """Write a BIC or an IBAN without spaces, in capitals."""
    return "".join(code.split()).upper()


@dataclass(frozen=True, repr=False)
class Person:
    """A client to register, ``InputParticulierDTO`` (docs/api.md §2.1). ``title`` is ``1`` (Mr) or ``2`` (Mrs)."""

    title: str
    birth_name: str
    usage_name: str
    first_names: str
    birth_date: date | None
    birth_place: BirthPlace
    mobile: str
    email: str
    address: Address
    bank: BankAccount

    def to_wire(self) -> dict:
        return without_empty(
            {
                "civilite": self.title,
                "nomNaissance": self.birth_name,
                "nomUsage": self.usage_name,
                "prenoms": self.first_names,
                "dateNaissance": moment_to_wire(self.birth_date),
                "lieuNaissance": self.birth_place.to_wire(),
                "numeroTelephonePortable": self.mobile,
                "adresseMail": self.email,
                "adressePostale": self.address.to_wire(),
                "coordonneeBancaire": self.bank.to_wire(),
            }
        )

    @classmethod
    def from_wire(cls, data: dict) -> "Person":
        return cls(
            title=text_from_wire(data.get("civilite")),
            birth_name=text_from_wire(data.get("nomNaissance")),
            usage_name=text_from_wire(data.get("nomUsage")),
            first_names=text_from_wire(data.get("prenoms")),
            birth_date=day_from_wire(data.get("dateNaissance")),
            birth_place=BirthPlace.from_wire(object_from_wire(data.get("lieuNaissance"))),
            mobile=text_from_wire(data.get("numeroTelephonePortable")),
            email=text_from_wire(data.get("adresseMail")),
            address=Address.from_wire(object_from_wire(data.get("adressePostale"))),
            bank=BankAccount.from_wire(object_from_wire(data.get("coordonneeBancaire"))),
        )


@dataclass(frozen=True)
class PersonStatus:
    """Where a registration stands (docs/api.md §2.2 and §3).

    ``code`` and ``etat`` are kept as received where they have the form of a code (``forms``). Only ``active`` opens the
    sending of payment requests; ``active_since`` is then the naive moment, Europe/Paris, from which services may be
    sent, where Urssaf gave one.
    """

    id_client: str
    birth_name: str = field(repr=False)
    usage_name: str = field(repr=False)
    first_names: str = field(repr=False)
    code: str
    description: str = field(repr=False)
    etat: str

    @property
    def active(self) -> bool:
        return self.etat == "OK"

    @property
    def active_since(self) -> datetime | None:
        match = _ACTIVATION.search(self.description[:300]) if self.active else None
        if not match:
            return None
        day, month, year, hour, minute, second = (int(part) for part in match.groups(default="0"))
        try:
            return datetime(year, month, day, hour, minute, second)
        except ValueError:
            return None

    @classmethod
    def from_wire(cls, data: dict) -> "PersonStatus":
        status = object_from_wire(data.get("statut"))
        return cls(
            id_client=id_from_wire(data.get("idClient")),
            birth_name=text_from_wire(data.get("nomNaissance")),
            usage_name=text_from_wire(data.get("nomUsage")),
            first_names=text_from_wire(data.get("prenoms")),
            code=code_from_wire(status.get("code")),
            description=text_from_wire(status.get("description")),
            etat=code_from_wire(text_from_wire(status.get("etat")).upper()),
        )

    def to_wire(self) -> dict:
        status = without_empty({"code": self.code, "description": self.description, "etat": self.etat})
        return without_empty(
            {
                "idClient": self.id_client,
                "nomNaissance": self.birth_name,
                "nomUsage": self.usage_name,
                "prenoms": self.first_names,
                "statut": status,
            }
        )
