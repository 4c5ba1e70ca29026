"""Who may call: programs, and the simulator's own page; no other page that a browser shows (README, "Who may call it").

A browser carries what any web page asks to any address, this machine's own included. Two things tell such a request:
the name it was sent to (`Host`), which a site cannot choose even where its name leads here (DNS rebinding), and where
it comes from (`Origin`, `Sec-Fetch-Site`), which only browsers send.
"""

import ipaddress
import re

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Request

from .web import json_response

_HOST = re.compile(r"(?:\[(?P<ip>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\.?)(?::[0-9]{0,5})?")
_OWN = ("same-origin", "none")

# Without scripts and pictures there is nothing else to load. "same-origin" and not "no-referrer": with the latter, the
# page's own forms would come with the origin "null".
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def host_name(text):
    """Return the host that a `Host` header names, in small letters, without port, brackets or final dot.

    :param str text: a name, an IPv4 address, or an IPv6 address in brackets; perhaps a port
    :raise ValueError: it is none of these
    """
    match = _HOST.fullmatch(text)
    if match is None:
        raise ValueError("a host is a name or an IP address")
    try:
        return str(ipaddress.ip_address(match["ip"] or match["name"]))
    except ValueError:
        if match["ip"]:
            raise ValueError("what stands in brackets is an IPv6 address") from None
    return match["name"].lower()


def host_option(text):
    """As `host_name`, for a person who types it: an IPv6 address needs no brackets."""
    return host_name(f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text)


def guard(app, allowed_hosts=()):
    """Return a WSGI application that refuses what does not come from where it may, before anything of it is done.

    It sets the headers of every answer.

    :param app: the WSGI application that does the rest
    :param allowed_hosts: names and addresses under which it may be called, beside those of the machine itself
    """
    allowed = {"localhost"} | {host_option(host) for host in allowed_hosts}

    def guarded(environ, start_response):
        def protected(status, headers, exc_info=None):
            headers = Headers(headers)
            for name, value in _HEADERS.items():
                headers[name] = value
            return start_response(status, headers.to_wsgi_list(), exc_info)

        return (_refusal(Request(environ), allowed) or app)(environ, protected)

    return guarded


def _refusal(request, allowed):
    """Return the answer to what may not come in, or None."""
    # Nothing but this header: those that a proxy adds may come from anybody.
    header = request.environ.get("HTTP_HOST", "")
    problem = _host_problem(header, allowed)
    if problem:
        return json_response(421, {"error": problem})
    if _comes_from_elsewhere(request, header) and not _is_a_link_to_the_page(request):
        return json_response(403, {"error": "a page of another site may neither read nor steer the simulator"})
    return None


def _host_problem(header, allowed):
    """Say why a ``Host`` header is not let in; return None for one that is."""
    try:
        host = host_name(header)
    except ValueError:
        return "the Host header names no host; the option --allow-host says which ones may be used"
    if host in allowed or _is_loopback(host):
        return None
    return f"this simulator is not called {host}: if it is to be, start it with --allow-host {host}"


def _is_loopback(host):
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _comes_from_elsewhere(request, host_header):
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    # Whether a proxy in front speaks TLS is not known here. A page of another port has another Host.
    own = {f"{scheme}://{host_header}".lower() for scheme in ("http", "https")}
    return (origin is not None and origin.lower() not in own) or (site is not None and site not in _OWN)


def _is_a_link_to_the_page(request):
    """Tell whether somebody followed a link of another site to the page: that site sees nothing of it."""
    headers = request.headers
    return (
        request.path == "/"
        and request.method == "GET"
        and not request.query_string  # what the page says is not put in its mouth
        and "Origin" not in headers
        and (headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")) == ("navigate", "document")
    )
