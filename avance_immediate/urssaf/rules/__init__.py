"""What Urssaf would refuse, found before anything is sent: every problem at once (docs/api.md §2.1, §2.3, §7)."""

from .payment import check_payment_request, price, service_period
from .payout import payout_fault
from .person import check_person
from .problem import Problem
from .rounding import share_cents

__all__ = [
    "Problem",
    "check_payment_request",
    "check_person",
    "payout_fault",
    "price",
    "service_period",
    "share_cents",
]
