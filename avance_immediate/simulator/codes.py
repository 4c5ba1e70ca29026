"""The code lists of docs/api.md §4 to §6, read from `data/`, and the `Erreur` object built from them."""

import json
import unicodedata
from pathlib import Path

DATA = Path(__file__).parent / "data"


def _load(name):
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


ERRORS = _load("errors")
_LISTS = _load("lists")
NATURES = _LISTS["natures"]
REQUEST_STATUSES = _LISTS["request_statuses"]
STREET_TYPES = frozenset(_LISTS["street_types"])
REFUSAL_REASONS = frozenset(_LISTS["refusal_reasons"])
IDENTITIES = _load("identities")

# "Divers - non éligible": cannot be advanced (docs/api.md §6).
NATURE_NOT_ELIGIBLE = "270"


def error(code, description=""):
    """Return the `Erreur` of `code` (docs/api.md §2), with its French message.

    :param str code: a code of docs/api.md §5, or any other text (steering may ask for unknown ones)
    :param str description: what it is about; must never hold a personal value
    :return: ``{"code", "message", "description"}``
    """
    return {"code": code, "message": ERRORS.get(code, code), "description": description}


def validation_error(field, keyword):
    """Return the `ERREUR_VALIDATION` of a field, which its message names (docs/api.md §5)."""
    problem = error("ERREUR_VALIDATION", f"{field} : {keyword}")
    problem["message"] += f" : {field}"
    return problem


def fold(text):
    """Return `text` in upper case and without accents, as civil statuses are compared (docs/api.md §9)."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char)).upper()


def identity_for(birth_name):
    """Return the documented test identity whose word is in `birth_name`, or None (README, "Test identities")."""
    words = fold(birth_name).replace("-", " ").replace("'", " ").split()
    return next((identity for identity in IDENTITIES if identity["word"] in words), None)
