"""Secrets at rest: sealed with keys that the server has and the database, its dumps and its copies have not.

The keys are those of Fernet (``cryptography``): 32 bytes in url-safe base64, separated by commas or spaces, in the
environment variable ``AVANCE_IMMEDIATE_KEYS`` or else in the option ``avance_immediate_keys`` of Odoo's configuration
file. The first one seals, all of them open: a new key is put in front, and a former one goes at the start after next.
Without keys, values are kept as they are.
"""

import os

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo.tools import config

VARIABLE = "AVANCE_IMMEDIATE_KEYS"
OPTION = "avance_immediate_keys"
PREFIX = "fernet:"  # tells what is sealed from what was stored before there was a key


class KeyProblem(Exception):
    """The server's keys do not serve.

    :param code: code of the note that says it (``catalogue.notes``): ``key_malformed``, ``key_missing``, ``key_wrong``
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def keys():
    """Return the server's keys, the one that seals first; an empty list when it has none.

    :raise KeyProblem: one of them is none. All count as one matter: what was meant to be sealed must not stay in
        clear because of a slip in the configuration.
    """
    given = os.environ.get(VARIABLE) or config.get(OPTION) or ""
    try:
        return [Fernet(key) for key in given.replace(",", " ").encode().split()]
    except (ValueError, TypeError):
        # Not chained: nothing of a key may reach a log.
        raise KeyProblem("key_malformed") from None


def seal(value):
    """Return ``value`` as it is to be stored.

    :raise KeyProblem: see ``keys``
    """
    ciphers = keys()
    return PREFIX + ciphers[0].encrypt(value.encode()).decode() if ciphers else value


def unseal(stored):
    """Return the value that was stored as ``stored``: sealed, or in clear.

    :raise KeyProblem: none of the server's keys opens it
    """
    ciphers = keys()
    if not stored.startswith(PREFIX):
        return stored
    if not ciphers:
        raise KeyProblem("key_missing")
    try:
        return MultiFernet(ciphers).decrypt(stored.removeprefix(PREFIX).encode()).decode()
    except InvalidToken:
        raise KeyProblem("key_wrong") from None


def sealed_anew(stored):
    """Return ``stored`` sealed with the first key, or None where it is so already, or cannot be.

    :raise KeyProblem: see ``unseal``
    """
    ciphers = keys()
    if not stored or not ciphers:
        return None
    if stored.startswith(PREFIX) and _opens(ciphers[0], stored):
        return None
    return seal(unseal(stored))


def _opens(cipher, stored):
    try:
        cipher.decrypt(stored.removeprefix(PREFIX).encode())
    except InvalidToken:
        return False
    return True
