"""What our own rules find before anything is sent (``urssaf.rules``): for the provider and for the client."""

from odoo.tools.translate import LazyTranslate

from ..entry import Entry
from .payment import PAYMENT_RULES
from .person import PERSON_RULES

_lt = LazyTranslate(__name__)

RULES = {**PERSON_RULES, **PAYMENT_RULES}
UNKNOWN_RULE = Entry(
    _lt("Urssaf would refuse this: %(code)s."),
    _lt("The administrator can say more."),
)
