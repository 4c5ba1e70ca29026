"""Where Urssaf's APIs are, and who calls them (docs/api.md §1)."""

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TOKEN_PATH = "/api/oauth/v1/token"

_DOMAIN = "urssaf.fr"
# What every reader of addresses reads alike: nothing to decode, to fold or to skip.
_PLAIN = re.compile(r"[!-\[\]-~]+")
_NETLOC = re.compile(r"(?:\[(?P<ip>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)\.?)(?::[0-9]*)?")
# The last label of a name that the system's resolver would read as an IPv4 address: 2130706433, 0x7f.1, 127.1.
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")


@dataclass(frozen=True)
class Endpoint:
    """One environment: its token server, and all its APIs.

    :param root_url: what goes before the path of the token server and of each API
    :raise ValueError: the address is neither https, nor http on this machine itself, or carries more than a path, or
        its host is neither an IP address nor a name of ASCII letters, digits, dots and hyphens
    """

    root_url: str

    def __post_init__(self):
        _check(self.root_url)

    @property
    def token_url(self) -> str:
        return self.root_url + TOKEN_PATH

    @property
    def host(self) -> str:
        """What is connected to, as :func:`host_of` returns it."""
        return host_of(self.root_url)

    @classmethod
    def sandbox(cls) -> "Endpoint":
        """Urssaf's own sandbox, its *bac à sable*."""
        return cls("https://api-edi.urssaf.fr")

    @classmethod
    def production(cls) -> "Endpoint":
        """The real thing."""
        return cls("https://api.urssaf.fr")

    @classmethod
    def at(cls, root_url: str) -> "Endpoint":
        """A stand-in for Urssaf at another address, such as ``http://127.0.0.1:8080``.

        :raise ValueError: the address is one of Urssaf's own (a stand-in must never reach it), or not allowed at all
        """
        root_url = root_url.strip().rstrip("/")
        if is_urssaf(_check(root_url)):
            raise ValueError("this address is Urssaf's own: choose its environment instead")
        return cls(root_url)


def host_of(url: str) -> str:
    """Return the host that a connection to ``url`` is made to: a name in small letters, or an IP address.

    :raise ValueError: the host is written in a way that another reader of addresses might take for another host
    """
    match = _NETLOC.fullmatch(urlsplit(url).netloc) if _PLAIN.fullmatch(url) else None
    if match is None:
        raise ValueError(
            "a host has letters, digits, dots and hyphens, or is an IP address, and nothing goes before it"
        )
    name = (match["name"] or "").lower()
    if name and not _NUMBER.fullmatch(name.rpartition(".")[2]):
        return name
    try:
        address = ipaddress.IPv4Address(name) if name else ipaddress.IPv6Address(match["ip"])
    except ValueError:
        # Raised anew: the exception underneath quotes what was typed.
        raise ValueError("a host that ends in a number is an IP address, such as 127.0.0.1 or [::1]") from None
    return str(getattr(address, "ipv4_mapped", None) or address)


def is_urssaf(host: str) -> bool:
    """Say whether a host, as `host_of` returns it, is one of Urssaf's."""
    return host == _DOMAIN or host.endswith(f".{_DOMAIN}")


def is_loopback(host: str) -> bool:
    """Say whether a host, as `host_of` returns it, is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check(url: str) -> str:
    """Return the host of an address that may be called."""
    parts = urlsplit(url)
    if not parts.netloc or "@" in parts.netloc or "?" in url or "#" in url:
        raise ValueError("an address is a scheme, a host and possibly a port and a path, nothing more")
    host = host_of(url)
    if parts.port == 0 or parts.hostname.endswith("."):  # reading the port raises ValueError for one out of range
        raise ValueError("a port is a number from 1 to 65535, and a host does not end in a dot")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ValueError("an address is https, or http on this machine itself")
    return host


@dataclass(frozen=True)
class Credentials:
    """What Urssaf gave one provider for one API in one environment.

    :param method: ``body`` (id and secret in the form) or ``basic`` (HTTP Basic); Urssaf accepts both
    """

    client_id: str
    client_secret: str = field(repr=False)
    method: str = "body"

    def __post_init__(self):
        if self.method not in ("body", "basic"):
            raise ValueError("the method is 'body' or 'basic'")
