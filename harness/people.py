"""The sample provider's clients and products. Nobody and nothing of it is real."""

from __future__ import annotations

from dataclasses import dataclass

#: Weights of bank, branch and account in the key of a French account number.
_RIB_WEIGHTS = (89, 15, 3)
_BANK, _BRANCH, BIC = 30006, 1, "AGRIFRPP"


@dataclass(frozen=True)
class Client:
    """A client, and what becomes of the registration.

    :ivar birth_name: may hold a test identity of the simulator (its README), which decides what becomes of requests.
    :ivar birth: date (ISO), department, INSEE commune (last three digits) and name of the place.
    :ivar address: number, type of street (code), name, ZIP, city, INSEE code of the city.
    :ivar activates: whether the client answers Urssaf's e-mail.
    """

    name: str
    title: str
    birth_name: str
    first_names: str
    birth: tuple[str, str, str, str]
    address: tuple[str, str, str, str, str, str]
    usage_name: str = ""
    activates: bool = True


LYON_1 = ("69001", "Lyon", "69381")
LYON_3 = ("69003", "Lyon", "69383")
LYON_6 = ("69006", "Lyon", "69386")
VILLEURBANNE = ("69100", "Villeurbanne", "69266")
BRON = ("69500", "Bron", "69029")
CALUIRE = ("69300", "Caluire-et-Cuire", "69034")
BORN_IN_LYON = ("069", "123", "Lyon")
BORN_IN_GRENOBLE = ("038", "185", "Grenoble")
BORN_IN_DIJON = ("021", "231", "Dijon")

CLIENTS = {
    "durand": Client(
        "Jeanne Durand", "2", "Durand", "Jeanne Marie", ("1948-03-29", *BORN_IN_LYON), ("8", "R", "du Soleil", *LYON_1)
    ),
    "martin": Client(
        "Pierre Martin", "1", "Martin", "Pierre", ("1962-07-14", *BORN_IN_GRENOBLE), ("12", "AV", "Lacassagne", *LYON_3)
    ),
    "bernard": Client(
        "Lucie Bernard", "2", "Bernard", "Lucie", ("1979-11-02", *BORN_IN_DIJON), ("3", "PL", "du Lilas", *VILLEURBANNE)
    ),
    "benali": Client(
        "Karim Benali", "1", "Benali", "Karim", ("1985-01-20", *BORN_IN_LYON), ("27", "R", "de la Paix", *BRON)
    ),
    "petit": Client(
        "Françoise Petit",
        "2",
        "Morel",
        "Françoise",
        ("1955-05-09", *BORN_IN_DIJON),
        ("41", "BD", "des Belges", *LYON_6),
        usage_name="Petit",
    ),
    "chevalier": Client(
        "Robert Chevalier",
        "1",
        "Chevalier-Dejaconnu",
        "Robert",
        ("1941-09-30", *BORN_IN_GRENOBLE),
        ("5", "CHE", "des Vignes", *CALUIRE),
    ),
    "faure": Client(
        "Monique Faure",
        "2",
        "Faure-Impayepuispaye",
        "Monique",
        ("1959-02-11", *BORN_IN_LYON),
        ("16", "R", "de Crimée", *LYON_1),
    ),
    "leroy": Client(
        "Hélène Leroy", "2", "Leroy-Refuse", "Hélène", ("1971-06-23", *BORN_IN_LYON), ("2", "R", "Pasteur", *BRON)
    ),
    "simon": Client(
        "Nicolas Simon",
        "1",
        "Simon-Impaye",
        "Nicolas",
        ("1990-12-05", *BORN_IN_GRENOBLE),
        ("60", "CRS", "Lafayette", *LYON_3),
    ),
    "garnier": Client(
        "Odile Garnier",
        "2",
        "Garnier-Recouvre",
        "Odile",
        ("1946-08-17", *BORN_IN_DIJON),
        ("9", "R", "Anatole France", *VILLEURBANNE),
    ),
    "renard": Client(
        "Paul Renard",
        "1",
        "Renard",
        "Paul",
        ("1967-04-04", *BORN_IN_LYON),
        ("33", "R", "Duquesne", *LYON_6),
        activates=False,
    ),
    "marchand": Client(
        "Sylvie Marchand",
        "2",
        "Marchand-Inconnu",
        "Sylvie",
        ("1983-10-28", *BORN_IN_DIJON),
        ("14", "R", "des Jardins", *CALUIRE),
    ),
}


@dataclass(frozen=True)
class Product:
    """A service: its price with VAT in euros, its VAT in percent, its nature (docs/api.md §6) and how it is counted."""

    name: str
    price: float
    vat: int
    nature: str | None
    unit: str = "HEURE"


PRODUCTS = {
    "cleaning": Product("Ménage et repassage", 29.90, 10, "60"),
    "garden": Product("Entretien du jardin", 42.00, 20, "70"),
    "hedge": Product("Taille de haie, forfait", 180.00, 20, "70", "FORFAIT"),
    "lessons": Product("Cours particulier de mathématiques", 38.50, 20, "100"),
    "computer": Product("Assistance informatique à domicile", 55.00, 20, "160"),
    "meals": Product("Préparation de repas", 27.00, 10, "120"),
    "repairs": Product("Petit bricolage, forfait", 65.00, 20, "80", "FORFAIT"),
    "supplies": Product("Produits d'entretien (fourniture)", 14.50, 20, None),
}


def iban(number: int) -> str:
    """Return a well-formed French account number, of an account that nobody has."""
    parts = (_BANK, _BRANCH, number)
    key = 97 - sum(weight * part for weight, part in zip(_RIB_WEIGHTS, parts, strict=True)) % 97
    bban = f"{_BANK:05}{_BRANCH:05}{number:011}{key:02}"
    check = 98 - int(f"{bban}152700") % 97  # FR00, in the figures of ISO 13616
    return f"FR{check:02}{bban}"


def mobile(number: int) -> str:
    """Return a mobile number of the range that is kept for fiction."""
    return f"06 39 98 {number // 100 % 100:02} {number % 100:02}"
