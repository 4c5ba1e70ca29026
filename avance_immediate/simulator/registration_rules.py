"""What refuses a registration: the checks of docs/api.md §2.1 with the codes of §5, as §9 reads them."""

import re

from .clock import parse_instant
from .codes import STREET_TYPES, error, validation_error
from .contract import field_name, input_errors

FRANCE = "99100"
IBAN_COUNTRIES = ("FR", "MC")

# Fields whose shape errors have a code of their own, and objects whose absence has one (docs/api.md §9).
_SHAPE_CODES = {
    ("lieuNaissance", "departementNaissance"): "ERREUR_LIEU_NAISSANCE_DEPT_FORMAT",
    ("lieuNaissance", "communeNaissance", "codeCommune"): "ERR_LIEU_NAISSANCE_COMN",
    ("lieuNaissance", "communeNaissance", "libelleCommune"): "ERR_LIEU_NAISSANCE_OBLIGATOIRE",
    ("numeroTelephonePortable",): "ERR_CONTACT",
    ("adresseMail",): "ERR_CONTACT",
    ("adressePostale", "lettreVoie"): "ERR_CONTACT_ADRESSE_LETTRE_VOIE",
    ("coordonneeBancaire", "bic"): "ERR_COORDONNEES_BANCAIRES",
    ("coordonneeBancaire", "iban"): "ERR_COORDONNEES_BANCAIRES",
}
_MISSING_CODES = {
    ("lieuNaissance",): "ERREUR_LIEU_NAISSANCE_OBLIGATOIRE",
    ("adressePostale",): "ERR_CONTACT",
    ("coordonneeBancaire",): "ERR_COORDONNEES_BANCAIRES",
}
_COMMUNE_LABEL_SIGNS = " '’-./()"
_OVERSEAS = ("971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988", "989")


def shape_errors(payload, unknown_fields):
    """Compare a registration with the contract.

    :param payload: the decoded JSON body
    :param str unknown_fields: see `contract.input_errors`
    :return: list of `Erreur`; their descriptions name fields, never values
    """
    found = []
    for path, keyword in input_errors("InputParticulierDTO", payload, unknown_fields):
        field = field_name("inputParticulier", path)
        code = _SHAPE_CODES.get(path) or (keyword == "required" and _MISSING_CODES.get(path))
        found.append(error(code, f"{field} : {keyword}") if code else validation_error(field, keyword))
    return found


def rule_errors(payload, now):
    """Check what a schema cannot say, on a registration of the right shape.

    :param dict payload: the decoded JSON body
    :param datetime now: aware, the simulator's present
    :return: list of `Erreur`
    """
    found = []
    if parse_instant(payload["dateNaissance"]) > now:
        found.append(error("ERR_DATE_NAISSANCE_FUTUR", "inputParticulier.dateNaissance"))
    found += _birth_place_errors(payload["lieuNaissance"])
    found += _address_errors(payload["adressePostale"])
    if not _is_iban(payload["coordonneeBancaire"]["iban"]):
        found.append(error("ERR_COORDONNEES_BANCAIRES", "inputParticulier.coordonneeBancaire.iban"))
    return found


def _birth_place_errors(place):
    """Errors of ``lieuNaissance``: department and commune in France, and neither abroad (docs/api.md §2.1)."""
    department = place.get("departementNaissance")
    commune = place.get("communeNaissance")
    where = "inputParticulier.lieuNaissance"
    if place["codePaysNaissance"] != FRANCE:
        return [error("ERREUR_LIEU_NAISSANCE_PAYS", where)] if department or commune else []
    found = []
    if not department:
        found.append(error("ERREUR_LIEU_NAISSANCE_DEPT", f"{where}.departementNaissance"))
    if not commune:
        found.append(error("ERR_LIEU_NAISSANCE_COMN", f"{where}.communeNaissance"))
    elif "libelleCommune" not in commune:
        found.append(error("ERR_LIEU_NAISSANCE_OBLIGATOIRE", f"{where}.communeNaissance.libelleCommune"))
    elif not all(char.isalnum() or char in _COMMUNE_LABEL_SIGNS for char in commune["libelleCommune"]):
        found.append(error("ERREUR_LIEU_NAISSANCE_INVALIDE", f"{where}.communeNaissance.libelleCommune"))
    return found


def _address_errors(address):
    """Errors of ``adressePostale``, whose parts depend on each other (docs/api.md §2.1)."""
    where = "inputParticulier.adressePostale"
    street_type, street = address.get("codeTypeVoie"), address.get("libelleVoie")
    found = []
    if address.get("lettreVoie") and not address.get("numeroVoie"):
        found.append(error("ERR_CONTACT", f"{where}.lettreVoie : numeroVoie"))
    if street_type and street_type.upper() not in STREET_TYPES:
        found.append(error("ERR_CONTACT_ADRESSE_TYPE_VOIE", f"{where}.codeTypeVoie"))
    if street and not street_type:
        found.append(error("ERR_CONTACT_ADRESSE_TYPEVOIE", f"{where}.codeTypeVoie"))
    if street_type and not street:
        found.append(error("ERR_CONTACT_ADRESSE_LIBELLEVOIE", f"{where}.libelleVoie"))
    if not (street_type or street or address.get("complement") or address.get("lieuDit")):
        found.append(error("ERR_CONTACT_ADRESSE_INFORMATION_SUPPLEMENTAIRE", where))
    if not _is_commune(address["codeCommune"].upper()):
        found.append(error("ERR_CONTACT_ADRESSE_COMMUNE", f"{where}.codeCommune"))
    return found


def _is_commune(code):
    """Tell whether the department of an INSEE code exists; the commune itself is not looked up (docs/api.md §9)."""
    if code.startswith(("97", "98")):
        return code[:3] in _OVERSEAS
    return bool(re.fullmatch(r"(0[1-9]|1\d|2[1-9AB]|[3-8]\d|9[0-5])\d{3}", code)) and not code.endswith("000")


def _is_iban(text):
    """Tell whether the check digits are right (ISO 13616) and the account is held in France (docs/api.md §2.1)."""
    turned = (text[4:] + text[:4]).upper()
    return text[:2].upper() in IBAN_COUNTRIES and int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
