"""Amounts of lines that add up to the total of their invoice (docs/api.md §7)."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from .payment import CENT


def share_cents(total: Decimal, amounts: Sequence[Decimal], fits: Callable[[int, Decimal], bool]) -> list[Decimal]:
    """Give the amounts of the lines, corrected by a cent here and there so that they add up to ``total``.

    Where taxes are rounded on the whole invoice, its total and the sum of its rounded lines differ by some cents.

    :param total: of the invoice, euros
    :param amounts: of the lines, rounded to the cent
    :param fits: whether the line of this index may have this amount
    :return: amounts in the same order, each at most one cent away, the largest corrected first; unchanged where that
        does not reach the total
    """
    cents = (total - sum(amounts, Decimal())) / CENT
    step = CENT.copy_sign(cents)
    left = abs(cents)
    shared = list(amounts)
    for index in sorted(range(len(shared)), key=lambda index: -shared[index]):
        if left >= 1 and fits(index, shared[index] + step):
            shared[index] += step
            left -= 1
    return shared if not left else list(amounts)
