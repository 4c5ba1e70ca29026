"""What Urssaf's error codes mean, and what to do: for the provider and for the client (docs/api.md §5)."""

from odoo.tools.translate import LazyTranslate

from ..entry import Error
from .account import ACCOUNT_ERRORS
from .contact import CONTACT_ERRORS
from .identity import IDENTITY_ERRORS
from .request import REQUEST_ERRORS

_lt = LazyTranslate(__name__)

REGISTRATION_ERRORS = {**IDENTITY_ERRORS, **CONTACT_ERRORS, **ACCOUNT_ERRORS}
ERRORS = {**REGISTRATION_ERRORS, **REQUEST_ERRORS}
UNKNOWN_ERROR = Error(
    _lt("Urssaf refuses with a reason that we do not know: %(code)s."),
    _lt("The administrator can read Urssaf's answer in the exchanges."),
    client=(
        _lt("Urssaf did not accept a piece of information."),
        _lt("Check all that you entered. If it is right, get in touch with us."),
    ),
)
