"""The formats that the contract names: linear checks, in place of the patterns that Urssaf publishes (docs/api.md §8).

Each takes a text and tells whether it is one.
"""

import re
from datetime import datetime

_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,3})?Z", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_MAIL_LOCAL = re.compile(r"[-A-Za-z0-9_+]+(?:\.[-A-Za-z0-9_+]+)*")
_MAIL_LABEL = re.compile(r"[A-Za-z0-9-]+")
_NAME_SIGNS = "'- "


def is_uuid(text):
    """Tell whether `text` is a UUID, written with its hyphens."""
    return _UUID.fullmatch(text) is not None


def is_instant(text):
    """Tell whether `text` is a UTC date and time with its `Z` (docs/api.md §8, §9)."""
    match = _INSTANT.fullmatch(text)
    return bool(match and _is_calendar(match.group(1)))


def is_instant_or_naive(text):
    """As `is_instant`, but the `Z` may lack: only for a search (docs/api.md §2.4)."""
    return is_instant(text) or is_instant(text + "Z")


def _is_calendar(text):
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_name(text):
    """Tell whether `text` is a name: letters, apostrophe, hyphen, space; a letter at both ends (docs/api.md §2.1)."""
    return (
        bool(text)
        and text[0].isalpha()
        and text[-1].isalpha()
        and all(char.isalpha() or char in _NAME_SIGNS for char in text)
    )


def is_name_or_empty(text):
    """As `is_name`, or empty: for the optional name in use."""
    return not text or is_name(text)


def is_first_names(text):
    """Tell whether `text` is a list of first names separated by one space (docs/api.md §2.1)."""
    return all(is_name(part) for part in text.split(" "))


def is_mail(text):
    """Tell whether `text` is an e-mail address, `+` allowed (docs/api.md §9)."""
    local, at, domain = text.partition("@")
    labels = domain.split(".")
    return bool(
        at
        and _MAIL_LOCAL.fullmatch(local)
        and len(labels) > 1
        and all(
            _MAIL_LABEL.fullmatch(label) and not label.startswith("-") and not label.endswith("-") for label in labels
        )
        and labels[-1].isalpha()
    )


FORMATS = {
    "uuid": is_uuid,
    "urssaf-instant": is_instant,
    "urssaf-instant-or-naive": is_instant_or_naive,
    "urssaf-name": is_name,
    "urssaf-name-or-empty": is_name_or_empty,
    "urssaf-first-names": is_first_names,
    "urssaf-mail": is_mail,
}
