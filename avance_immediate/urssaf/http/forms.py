"""What a value of an answer must look like to be taken for what its key says: ASCII, bounded, without a space.

A key alone proves nothing: where an id is expected, a whole sentence may stand. Each check is linear. Codes have theirs
in ``vocabulary``.
"""

import re

_ID = re.compile(r"[!-~]{1,100}")
_UUID = re.compile(r"[0-9a-fA-F]{1,8}(?:-[0-9a-fA-F]{1,12}){0,4}")
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.#-]{0,39}")
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.:|+=-]{0,99}")
_MEDIA = re.compile(
    r"application/(?:[a-z]{1,10}[+])?(?:json|xml|javascript|octet-stream|pdf|x-www-form-urlencoded)"
    r"|text/(?:html|plain|xml|javascript|css|csv)"
)

_SIGNS = re.compile(r"[^A-Za-z0-9]")
_ACCOUNT = re.compile(r"(?:FR|MC)[0-9]{2}[A-Z0-9]{23}", re.ASCII)
_PHONE = re.compile(r"(?:(?:00)?33|0)[1-9][0-9]{8}", re.ASCII)
_SOCIAL_SECURITY = re.compile(r"[12][0-9]{12}(?:[0-9]{2})?", re.ASCII)
_BANK_OR_CARD = re.compile(r"[0-9]{16,}", re.ASCII)
#: The day of birth of somebody of age, in figures.
_BIRTH = re.compile(
    r"(?:0?[1-9]|[12][0-9]|3[01])[-/.]?(?:0?[1-9]|1[0-2])[-/.]?(?:19[0-9]{2}|20[01][0-9])"
    r"|(?:19[0-9]{2}|20[01][0-9])[-/.]?(?:0?[1-9]|1[0-2])[-/.]?(?:0?[1-9]|[12][0-9]|3[01])",
    re.ASCII,
)


def is_id(text: str) -> bool:
    """Tell whether an id can be kept and sent again: graphic ASCII, at most a hundred characters."""
    return bool(_ID.fullmatch(text))


def looks_like_id(text: str) -> bool:
    """Tell whether this reads like an id of Urssaf's, a uuid or something shorter, and like nothing personal."""
    return bool(_UUID.fullmatch(text)) and _has_number(text) and not (text.isdigit() and len(text) > 5)


def looks_like_number(text: str) -> bool:
    """Tell whether this reads like the number of an invoice, and like nothing personal."""
    return bool(_NUMBER.fullmatch(text)) and _has_number(text)


def looks_like_reference(text: str) -> bool:
    """Tell whether this reads like a gateway's reference of a call, and like nothing personal."""
    return bool(_REFERENCE.fullmatch(text)) and _has_number(text)


def is_media_type(text: str) -> bool:
    """Tell whether this is a media type that a server has reason to give."""
    return bool(_MEDIA.fullmatch(text))


def _has_number(text: str) -> bool:
    """Tell whether there is a figure in it, or a letter alone, and no account, telephone number or day of birth."""
    plain = _SIGNS.sub("", text).upper()
    return (len(text) == 1 or any(char.isdigit() for char in text)) and not (
        _ACCOUNT.search(plain)
        or _PHONE.fullmatch(plain)
        or _SOCIAL_SECURITY.fullmatch(plain)
        or _BANK_OR_CARD.fullmatch(plain)
        or _BIRTH.fullmatch(text)
    )
