"""Keyed fingerprints of values: whether they are still those that somebody saw or agreed to, without keeping them.

A fingerprint tells nothing without its salt, and nothing at all once the salt is deleted.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping


def new_salt() -> str:
    """Return a random key for the fingerprints of one occasion."""
    return secrets.token_hex(32)


def fingerprints(values: Mapping[str, str], salt: str) -> dict[str, str]:
    """Return the fingerprint of each value, by its name (HMAC-SHA256, in hexadecimal).

    :param values: texts by name; the name is a part of what is hashed
    :param salt: from :func:`new_salt`
    """
    return {
        name: hmac.new(bytes.fromhex(salt), f"{name}\0{value}".encode(), hashlib.sha256).hexdigest()
        for name, value in values.items()
    }


def changed(values: Mapping[str, str], salt: str, kept: Mapping[str, str]) -> list[str]:
    """Return the names whose value is not the one that ``kept`` is the fingerprint of, in the order of ``values``."""
    now = fingerprints(values, salt)
    return [name for name in values if not hmac.compare_digest(now[name], kept.get(name, ""))]
