"""What may be kept of a message: an allow-list, so that a field nobody thought of is masked.

Numbers of invoices, ids, amounts, days of service, codes and statuses are kept. Names keep their initial, an IBAN its
last two digits. Free text keeps its words without what may quote a person: e-mail addresses, runs of digits, quoted
values.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from .wire import storable

MASK = "***"
TEXT_MAX = 200

_NUMBERS = frozenset(
    """
    mntFactureTTC mntFactureHT mntAcompte mntVirement mntUnitaireTTC mntPrestationTTC mntPrestationHT mntPrestationTVA
    quantite expires_in length
    """.split()
)
_DAYS = frozenset(
    "dateFacture dateDebutEmploi dateFinEmploi dateDebut dateFin dateVersementAcompte dateVirement".split()
)
_KEPT = frozenset(
    """
    code etat idClient idDemandePaiement idDemandePaiements idTiersFacturation numFactureTiers statut libelle
    codeNature codeActivite unite complement2
    grant_type scope token_type error
    contentType
    """.split()
)
_NAMES = frozenset({"nomNaissance", "nomUsage", "prenoms", "titulaire"})
_FREE_TEXT = frozenset({"message", "description", "commentaire", "complement1", "error_description", "text"})

_NUMBER = re.compile(r"-?[0-9]{1,15}([.][0-9]{1,15})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]{5,15}Z?)?")
_EMAIL = re.compile(r"[^\s@]{1,100}@[^\s@]{1,100}")
_DIGITS = re.compile(r"\d(?:[ ./:-]{0,2}\d){5,}")
_QUOTED = re.compile(r"\"[^\"]*\"|«[^»]*»|“[^”]*”|(?<!\w)['‘’][^'‘’]*['‘’](?!\w)")
_ACTIVATION = re.compile(r"(?<!\d)\d{2}/\d{2}/\d{4}(?: +\d{2}:\d{2}(?::\d{2})?)?(?!\d)")
_DEPTH_MAX = 12


def mask(operation: str, data: Any, hide: frozenset[str] = frozenset()) -> Any:
    """Give a copy of a JSON value that holds no secret and no personal datum.

    :param operation: ``register``, ``status``, ``send``, ``search`` or ``token``
    :param hide: values of the request, from :func:`personal_values`, to hide where Urssaf's texts repeat them
    """
    return _mask(operation, data, hide, key="", depth=0)


def masked_json(operation: str, data: Any, hide: frozenset[str] = frozenset()) -> str:
    """The same as indented JSON text."""
    return storable(json.dumps(mask(operation, data, hide), ensure_ascii=False, indent=2))


def _mask(operation: str, value: Any, hide: frozenset[str], key: str, depth: int) -> Any:
    if depth > _DEPTH_MAX:
        return MASK
    if isinstance(value, dict):
        return {
            _mask_key(name): _mask_activation(operation, item, hide)
            if (operation, key, name) == ("status", "statut", "description")
            else _mask(operation, item, hide, name, depth + 1)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_mask(operation, item, hide, key, depth + 1) for item in value]
    return _mask_leaf(key, value, hide)


def _mask_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]{1,40}", name) else MASK


def _mask_leaf(key: str, value: Any, hide: frozenset[str]) -> Any:
    if value is None or value == "":
        return value
    if key in _NUMBERS | _DAYS:
        pattern = _NUMBER if key in _NUMBERS else _DAY
        return value if pattern.fullmatch(str(value)) else MASK
    if key in _KEPT:
        return mask_kept(value, hide) if isinstance(value, str) else value
    if not isinstance(value, str):
        return MASK
    if key in _FREE_TEXT:
        return mask_text(value, hide)
    if key in _NAMES:
        return value[0] + MASK
    if key == "iban":
        return MASK + value[-2:]
    return MASK


def mask_kept(value: str, hide: frozenset[str] = frozenset()) -> str:
    """Keep a code, a number or a day as it is, unless a personal value stands in its place."""
    value = value[:TEXT_MAX]
    return MASK if "@" in value or value.casefold() in hide else value


def mask_text(text: str, hide: frozenset[str] = frozenset()) -> str:
    """Keep the words of a free text, not what may quote a person; at most ``TEXT_MAX`` characters."""
    text = _hide(text[: 4 * TEXT_MAX], hide)
    for pattern in (_EMAIL, _QUOTED, _DIGITS):
        text = pattern.sub(MASK, text)
    return text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + "…"


def _mask_activation(operation: str, value: Any, hide: frozenset[str]) -> Any:
    """The description of an active person's status is where the day of activation stands (docs/api.md §2.2)."""
    if not isinstance(value, str):
        return MASK if value is not None else None
    moment = _ACTIVATION.search(value[:TEXT_MAX])
    if not moment or moment.group()[:10] in hide:
        return mask_text(value, hide)
    before, after = value[: moment.start()], value[moment.end() :]
    return mask_text(before, hide) + moment.group() + mask_text(after, hide)


def _hide(text: str, hide: frozenset[str]) -> str:
    if not hide:
        return text
    longest_first = sorted(hide, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), MASK, text, flags=re.IGNORECASE)


def personal_values(data: Any) -> frozenset[str]:
    """Collect, in lower case, the texts of a message that the mask hides, to find them again in Urssaf's own texts."""
    values = set()
    for key, value in _leaves(data):
        if isinstance(value, str) and key not in _KEPT | _NUMBERS | _DAYS | _FREE_TEXT:
            values.add(value.casefold())
            values.update(word.casefold() for word in value.split() if key in _NAMES)
            if key.startswith("dateNaissance"):
                year, month, day = (value[:10].split("-") + ["", ""])[:3]
                values.update({value[:10], f"{day}/{month}/{year}"})
    return frozenset(value for value in values if len(value) >= 3)


def _leaves(data: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _leaves(value, name)
    elif isinstance(data, list):
        for item in data:
            yield from _leaves(item, key)
    else:
        yield key, data


def masked_path(url: str, query: dict[str, str] | None = None) -> str:
    """Give the path of an address with its query, values masked as in a body."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query), *(query or {}).items()]
    masked = "&".join(
        f"{_mask_key(key)}={quote(str(_mask_leaf(key, value, frozenset())), safe='*')}" for key, value in pairs
    )
    return f"{parts.path}?{masked}" if masked else parts.path


def masked_page(content_type: str, text: str, hide: frozenset[str] = frozenset()) -> str:
    """Give what may be kept of an answer that is no JSON: its type, its length, and its first words without tags."""
    words = re.sub(r"<[^<>]*>", " ", re.sub(r"(?is)<(script|style)\b[^<]*</\1>", " ", text[:4000]))
    kept = {"contentType": content_type, "length": len(text), "text": " ".join(words.split())}
    return masked_json("page", kept, hide)
