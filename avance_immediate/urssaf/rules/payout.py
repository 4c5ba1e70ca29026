"""Whether a payout that Urssaf announces can be one at all (docs/money.md, rule 6)."""

from decimal import Decimal

TIMES_THE_INVOICE = 2  # Urssaf pays what was invoiced, or less: more than that is a mistake or a forgery
NOISE = Decimal("0.000001")  # what a sum of binary numbers leaves behind the cents


def payout_fault(amount: Decimal | None, invoiced: Decimal, decimals: int = 2) -> str | None:
    """Give the code of what keeps this payout from ever being booked, or ``None``.

    :param amount: as Urssaf announces it, in euros; ``None`` where it is no number
    :param invoiced: of the invoice as it was sent, taxes included, in euros
    :param decimals: of the currency
    """
    if amount is None:
        return "payout_unreadable"
    if amount <= 0:
        return "payout_not_positive"
    if amount > TIMES_THE_INVOICE * invoiced:
        return "payout_too_much"
    rounded = amount.quantize(Decimal(1).scaleb(-decimals))
    if not rounded:
        return "payout_not_positive"
    return "payout_fraction" if abs(amount - rounded) > NOISE else None
