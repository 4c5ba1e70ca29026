"""What may be kept of a message: an allow-list, so that whatever nobody thought of is masked.

Numbers of invoices, ids, amounts, days of service, codes and statuses are kept, each only in its form (``forms``), and
only where it is none of the values to hide (``personal``). Names keep their initial, an IBAN its last two digits. Of a
free text the words are kept that any message has (``message_words``); of a client's comment nothing. A property that
the contract does not know loses its name as well.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from ..folding import fold
from ..tiers_prestation.codes import REQUEST_STATUSES
from ..tiers_prestation.message_words import UNITS, WORDS
from .endpoint import SCOPE
from .forms import KNOWN_CODES, is_code, is_media_type, looks_like_id, looks_like_number
from .personal import MASK, NOBODY, Personal
from .personal import VALUES_MAX as PERSONAL_MAX
from .wire import storable

TEXT_MAX = 200
PERSONAL_LENGTH = 100  # the longest name that Urssaf takes
VALUES_MAX = 10_000  # of a message; the longest that Urssaf has reason to give has some hundreds
_DEPTH_MAX = 12

_NUMBERS = frozenset(
    """
    mntFactureTTC mntFactureHT mntAcompte mntVirement mntUnitaireTTC mntPrestationTTC mntPrestationHT mntPrestationTVA
    quantite expires_in
    """.split()
)
_DAYS = frozenset(
    "dateFacture dateDebutEmploi dateFinEmploi dateDebut dateFin dateVersementAcompte dateVirement".split()
)
_CODES = frozenset({"code", "statut"})
_IDS = frozenset({"idClient", "idDemandePaiement", "idDemandePaiements"})
_ONE_OF = {
    "etat": {"OK", "KO", "INCONNU"},
    "unite": {"HEURE", "FORFAIT"},
    "grant_type": {"client_credentials"},
    "scope": {SCOPE},
    "token_type": {"Bearer", "bearer"},
    "error": set(
        """
        access_denied invalid_client invalid_grant invalid_request invalid_scope invalid_token insufficient_scope
        server_error temporarily_unavailable unauthorized_client unsupported_grant_type unsupported_response_type
        """.split()
    ),
}
_NAMES = frozenset({"nomNaissance", "nomUsage", "prenoms", "titulaire"})
_TELLING = _NAMES | {"adresseMail", "numeroTelephonePortable", "iban", "bic", "dateNaissance", "dateNaissanceClient"}
_PLACES = frozenset(
    """
    codePaysNaissance departementNaissance codeCommune libelleCommune numeroVoie lettreVoie codeTypeVoie libelleVoie
    complement lieuDit codePostal codePays
    """.split()
)
_FREE_TEXT = frozenset({"libelle", "message", "description", "complement1", "error_description"})
_STRUCTURE = frozenset(
    """
    errors Errors lieuNaissance communeNaissance adressePostale coordonneeBancaire inputPrestations
    infoDemandePaiements demandePaiement infoRejet infoVirement idTiersFacturation numFactureTiers codeNature
    codeActivite complement2 commentaire civilite client_id client_secret access_token
    """.split()
)
#: The names of properties that are kept: those of the contract.
KEYS = frozenset().union(_NUMBERS, _DAYS, _CODES, _IDS, _ONE_OF, _NAMES, _TELLING, _PLACES, _FREE_TEXT, _STRUCTURE)
_LABELS = frozenset(status.label for status in REQUEST_STATUSES.values())

_NUMBER = re.compile(r"-?[0-9]{1,7}([.][0-9]{1,15})?")
_DAY = re.compile(r"20[2-9][0-9]-[0-9]{2}-[0-9]{2}(T[0-9:.]{5,15}Z?)?")  # nobody of age was born on it
_NATURE = re.compile(r"[0-9]{1,3}")
_ACTIVITY = re.compile(r"[0-9]{1,3}A[0-9]{3}")
_WORKER = re.compile(r"SAP[0-9]{9}|SIR[0-9]{14}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,28}[0-9]{2}")
_ACTIVATION = re.compile(r"(?<![0-9])[0-9]{2}/[0-9]{2}/20[2-9][0-9](?: {1,3}[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?(?![0-9])")
_WORD = re.compile(r"[^\W_]+(?:_[^\W_]+)*")
_SIGN = re.compile(r"[^\w.,:;!?()\[\]/%€'’\"«»+*=-]")
_COUNT = re.compile(r"(?P<before>[^\s\w]?)(?<!\w)(?P<number>[0-9]+)(?!\w)(?P<after> ?%|[^\s\w]?) ?(?P<unit>[^\W\d_]*)")
_MASKS = re.compile(r"[*]{3}(?:[^\w]{0,3}[*]{3})+")


def mask(operation: str, data: Any, hide: Personal = NOBODY) -> Any:
    """Give a copy of a JSON value that holds no secret and no personal datum.

    :param operation: ``register``, ``status``, ``send``, ``search`` or ``token``
    :param hide: values to hide wherever they stand, beside those of :func:`personal_values`
    """
    return _Mask(operation, hide).value(data)


def masked_json(operation: str, data: Any, hide: Personal = NOBODY) -> str:
    """The same as indented JSON text."""
    return storable(json.dumps(mask(operation, data, hide), ensure_ascii=False, indent=2))


class _Mask:
    """Masks one message, up to so many values of it: what comes after them is masked whole."""

    def __init__(self, operation: str, hide: Personal):
        self._operation = operation
        self._hide = hide
        self._left = VALUES_MAX

    def value(self, value: Any, key: str = "", depth: int = 0) -> Any:
        self._left -= 1
        if depth > _DEPTH_MAX or self._left < 0:
            return MASK
        if isinstance(value, dict):
            return self._object(value, key, depth)
        if isinstance(value, list):
            masked = [self.value(item, key, depth + 1) for item in value[: self._left]]
            return masked if len(masked) == len(value) else [*masked, MASK]
        return mask_leaf(key, value, self._hide)

    def _object(self, data: dict, key: str, depth: int) -> dict:
        masked: dict[str, Any] = {}
        unknown = 0
        for name, item in data.items():
            if self._left <= 0:
                break
            if name not in KEYS:
                unknown += 1
                masked[MASK if unknown == 1 else f"{MASK}{unknown}"] = self.value(item, "", depth + 1)
            elif (self._operation, key, name) == ("status", "statut", "description"):
                masked[name] = _mask_activation(item, self._hide)
            else:
                masked[name] = self.value(item, name, depth + 1)
        return masked


def mask_leaf(key: str, value: Any, hide: Personal = NOBODY) -> Any:
    """Give what may be kept of a value that stands under a key: the value itself, a part of it, or the mask."""
    if value is None or value == "":
        return value
    text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None
    if text is None:
        return MASK
    if key in _FREE_TEXT and isinstance(value, str):
        return mask_text(value, hide)
    if key in _NAMES:
        return (text[0] if text[0].isalpha() else "") + MASK
    if key == "iban":
        return MASK + (text[-2:] if _IBAN.fullmatch(text) else "")
    has_form = _FORMS.get(key)
    is_kept = has_form and has_form(text) and (text in KNOWN_CODES or not hide.is_in(text))
    return value if is_kept else MASK


def _matches(pattern: re.Pattern) -> Callable[[str], Any]:
    return pattern.fullmatch


_FORMS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(_NUMBERS, _matches(_NUMBER)),
    **dict.fromkeys(_DAYS, _matches(_DAY)),
    **dict.fromkeys(_CODES, is_code),
    **dict.fromkeys(_IDS, looks_like_id),
    **{key: values.__contains__ for key, values in _ONE_OF.items()},
    "numFactureTiers": looks_like_number,
    "idTiersFacturation": lambda text: _WORKER.fullmatch(text) or looks_like_id(text),
    "codeNature": _matches(_NATURE),
    "codeActivite": _matches(_ACTIVITY),
    "complement2": _matches(_WORKER),
}


# ---------------------------------------------------------------------------------------------------------------------
# Free text
# ---------------------------------------------------------------------------------------------------------------------


def mask_text(text: str, hide: Personal = NOBODY) -> str:
    """Keep of a free text the words that any message has; at most ``TEXT_MAX`` characters, on one line."""
    if text in _LABELS:
        return text
    text = hide.hide(unicodedata.normalize("NFC", text[: 4 * TEXT_MAX]))
    chunks = (MASK if "@" in chunk else _mask_words(chunk) for chunk in re.split(r"(\s+)", text))
    text = _MASKS.sub(MASK, _mask_numbers(re.sub(r"\s+", " ", "".join(chunks))))
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "…"


def _mask_words(chunk: str) -> str:
    return _WORD.sub(lambda match: match[0] if _is_usual(match[0]) else MASK, _SIGN.sub(" ", chunk))


def _is_usual(word: str) -> bool:
    return (word.isdigit() and word.isascii()) or word in KEYS or word in KNOWN_CODES or fold(word) in WORDS


def _mask_numbers(text: str) -> str:
    """Keep the numbers that count something, or the place of a line; a number alone may be part of a date or a phone
    number."""

    def keep(match: re.Match) -> str:
        is_index = match["before"] == "[" and match["after"] == "]"
        is_count = not match["before"] and (match["after"].strip() == "%" or fold(match["unit"]) in UNITS)
        is_short = len(match["number"]) <= 3
        return match[0] if is_short and (is_index or is_count) else match[0].replace(match["number"], MASK, 1)

    return _COUNT.sub(keep, text)


def _mask_activation(value: Any, hide: Personal) -> Any:
    """The description of an active person's status is where the day of activation stands (docs/api.md §2.2)."""
    if not isinstance(value, str):
        return mask_leaf("description", value, hide)
    moment = _ACTIVATION.search(value[:TEXT_MAX])
    if not moment or hide.is_in(moment.group()):
        return mask_text(value, hide)
    before, after = value[: moment.start()], value[moment.end() :]
    return mask_text(before, hide) + moment.group() + mask_text(after, hide)


# ---------------------------------------------------------------------------------------------------------------------
# What is to be hidden
# ---------------------------------------------------------------------------------------------------------------------


def personal_values(data: Any) -> Personal:
    """Collect the values of a person in a message, ours or Urssaf's, to find them again wherever they stand."""
    telling, places = [], []
    for key, value in _leaves(data):
        if key in _TELLING and len(telling) < PERSONAL_MAX:
            telling.append(value[:PERSONAL_LENGTH])
        elif key in _PLACES and len(places) < PERSONAL_MAX:
            places.append(value[:PERSONAL_LENGTH])
    return Personal.of(telling) | Personal.of_places(places)


def _leaves(data: Any) -> Iterator[tuple[str, str]]:
    """Give the texts of a message with the keys under which they stand: without recursion, however deep it is."""
    stack = [("", data)]
    while stack:
        key, value = stack.pop()
        if isinstance(value, dict):
            stack += value.items()
        elif isinstance(value, list):
            stack += ((key, item) for item in value)
        elif isinstance(value, str):
            yield key, value


# ---------------------------------------------------------------------------------------------------------------------
# What is no JSON
# ---------------------------------------------------------------------------------------------------------------------


def masked_path(url: str, query: dict[str, str] | None = None) -> str:
    """Give the path of an address of ours with its query, values masked as in a body."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query), *(query or {}).items()]
    masked = "&".join(f"{key}={quote(str(mask_leaf(key, value)), safe='*')}" for key, value in pairs)
    return f"{parts.path}?{masked}" if masked else parts.path


def masked_page(content_type: str, text: str, hide: Personal = NOBODY) -> str:
    """Give what may be kept of an answer that is no JSON: its type, its length, and its first words without tags."""
    words = re.sub(r"<[^<>]*>", " ", re.sub(r"(?is)<(script|style)\b[^<]*</\1>", " ", text[:4000]))
    kept = {
        "contentType": content_type if not content_type or is_media_type(content_type) else MASK,
        "length": len(text),
        "text": mask_text(" ".join(words.split()), hide),
    }
    return storable(json.dumps(kept, ensure_ascii=False, indent=2))
