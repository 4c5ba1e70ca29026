"""The values of a steering order: of their type and within bounds, or refused in words."""

import math

LONGEST_TEXT = 200


def text(order, name, longest=LONGEST_TEXT):
    """Return a text of an order, None when it is not there.

    :param dict order: the decoded JSON
    :param int longest: characters
    :raise ValueError: it is no text, or too long
    """
    value = order.get(name)
    if value is not None and (not isinstance(value, str) or len(value) > longest):
        raise ValueError(f"{name}: a text of at most {longest} characters")
    return value


def number(name, value, above, highest):
    """Return a number (or its text, as a form gives it) as a float.

    :param above: it is greater than this
    :param highest: it is this at most
    :raise ValueError: it is no such number
    """
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not above < found <= highest:
        raise ValueError(f"{name}: a number greater than {above}, {highest} at most")
    return found


def whole(name, value, lowest, highest):
    """Return a whole number between two others.

    :raise ValueError: it is none
    """
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError(f"{name}: a whole number from {lowest} to {highest}")
    return value
