"""Access tokens, by client credentials (docs/api.md §1). Their life is real time, whatever the business clock says."""

import base64
import binascii
import hmac
import secrets
from time import time
from urllib.parse import unquote_plus

SCOPE = "homeplus.tiersprestations"
FORM = "application/x-www-form-urlencoded"


def issue(world, request):
    """Answer a token request.

    :param world: the simulator's `World`
    :param request: the werkzeug request: a form, and perhaps an HTTP Basic header
    :return: ``(HTTP status, JSON body)``
    """
    if request.mimetype != FORM:
        return _refused(400, "invalid_request", f"the body must be {FORM}")
    form = request.form
    if "grant_type" not in form:
        return _refused(400, "invalid_request", "grant_type is missing")
    if form["grant_type"] != "client_credentials":
        return _refused(400, "unsupported_grant_type", "only client_credentials")
    client_id, secret = _credentials(request)
    with world.store.transaction() as db:
        provider = db.execute("SELECT * FROM provider WHERE client_id = ?", (client_id,)).fetchone()
        known = provider["client_secret"] if provider else ""
        if not hmac.compare_digest(known.encode(), secret.encode()) or provider is None:
            return _refused(401, "invalid_client", "unknown client or wrong secret")
        if form.get("scope") != SCOPE:
            return _refused(400, "invalid_scope", f"the scope must be {SCOPE}")
        token, now = secrets.token_urlsafe(32), time()
        db.execute("DELETE FROM token WHERE expires <= ?", (now,))
        db.execute("INSERT INTO token VALUES (?, ?, ?)", (token, client_id, now + world.token_life))
    return 200, {"access_token": token, "token_type": "Bearer", "expires_in": world.token_life, "scope": SCOPE}


def provider_of(world, header):
    """Return the row of the provider whose live token is in an `Authorization` header, or None."""
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    with world.store.transaction() as db:
        return db.execute(
            "SELECT provider.* FROM token JOIN provider USING (client_id) WHERE access_token = ? AND expires > ?",
            (token.strip(), time()),
        ).fetchone()


def _credentials(request):
    """Return client id and secret as RFC 6749 §2.3.1 lets them be sent: in the header, or in the form."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.form.get("client_id", ""), request.form.get("client_secret", "")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(client_id), unquote_plus(secret)


def _refused(status, code, description):
    return status, {"error": code, "error_description": description}
