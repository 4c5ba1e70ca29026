"""Where the API is, and who calls it (docs/api.md §1)."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

API_PATH = "/atp/v1/tiersPrestations"
TOKEN_PATH = "/api/oauth/v1/token"
SCOPE = "homeplus.tiersprestations"


@dataclass(frozen=True)
class Endpoint:
    """The two addresses of one environment.

    :raise ValueError: an address is neither https, nor http on this machine itself, or carries more than a path
    """

    base_url: str
    token_url: str

    def __post_init__(self):
        for url in (self.base_url, self.token_url):
            _check(url)

    @classmethod
    def test(cls) -> "Endpoint":
        """Urssaf's *bac à sable*."""
        return cls._of("https://api-edi.urssaf.fr")

    @classmethod
    def production(cls) -> "Endpoint":
        """The real thing."""
        return cls._of("https://api.urssaf.fr")

    @classmethod
    def at(cls, root_url: str) -> "Endpoint":
        """A stand-in for Urssaf at another address, such as ``http://127.0.0.1:8080``.

        :raise ValueError: the address is one of Urssaf's own (a stand-in must never reach it), or not allowed at all
        """
        root_url = root_url.strip().rstrip("/")
        host = (_check(root_url).hostname or "").rstrip(".")
        if host == "urssaf.fr" or host.endswith(".urssaf.fr"):
            raise ValueError("this address is Urssaf's own: choose its environment instead")
        return cls._of(root_url)

    @classmethod
    def _of(cls, root_url: str) -> "Endpoint":
        return cls(root_url + API_PATH, root_url + TOKEN_PATH)

    @property
    def local(self) -> bool:
        """True for an address of this machine."""
        return _is_loopback(urlsplit(self.base_url).hostname or "")


def _check(url: str):
    parts = urlsplit(url)
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("an address is a scheme, a host and possibly a port and a path, nothing more")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("an address is https, or http on this machine itself")
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Credentials:
    """What Urssaf gave one provider for one environment.

    :param method: ``body`` (id and secret in the form) or ``basic`` (HTTP Basic); Urssaf accepts both
    """

    client_id: str
    client_secret: str = field(repr=False)
    method: str = "body"

    def __post_init__(self):
        if self.method not in ("body", "basic"):
            raise ValueError("the method is 'body' or 'basic'")
