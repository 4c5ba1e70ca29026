"""What calls that failed (``urssaf.http.errors``) mean, and what to do."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# By the name of the class.
FAILURES = {
    "NotSent": (
        _lt("Urssaf could not be reached: nothing was sent."),
        _lt(
            "It will go again by itself. If this lasts, check the internet connection of the server and the address "
            "in the settings."
        ),
    ),
    "WrongCredentials": (
        _lt("Urssaf refuses the credentials: nothing was sent."),
        _lt(
            "An administrator must check the client id, the secret and the environment (test or production) in the "
            "settings."
        ),
    ),
    "Unauthorised": (
        _lt("Urssaf does not accept our access, although it was renewed: nothing was accepted."),
        _lt("An administrator should test the connection in the settings, and ask Urssaf if it fails."),
    ),
    "Forbidden": (
        _lt("Urssaf has not opened this service to your company: nothing was accepted."),
        _lt("Ask Urssaf (habilitation-api@urssaf.fr) whether your authorisation is in force."),
    ),
    "TryLater": (
        _lt("Urssaf receives too many calls: nothing was accepted."),
        _lt("There is nothing to do: it will go again a little later."),
    ),
    "Refused": (
        _lt("Urssaf refuses what was sent: nothing was accepted."),
        _lt("The administrator can read the answer in the exchanges."),
    ),
    "OutcomeUnknown": (
        _lt("Urssaf did not answer clearly: we do not know whether it received the request."),
        _lt("Do not send it again by other means: it will be checked at Urssaf first."),
    ),
}

# After what to do about a failure, where Urssaf's gateway gave a reference to quote (docs/api.md §1).
REFERENCE = _lt("Reference: %(correlation_id)s.")

UNKNOWN_FAILURE = (
    _lt("The exchange with Urssaf failed."),
    _lt("The administrator can see it in the exchanges."),
)
