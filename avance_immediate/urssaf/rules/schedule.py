"""When something happens at Urssaf, and so when it is worth asking: one table for both (docs/api.md §4).

What belongs to the usual way is learnt within half a day until a request is paid, money on the days on which banks
work; what is unknown, or has been silent for weeks, within a day. Questions fall on instants that all requests
have in common, so that those of neighbours go in one call. Moments are naive UTC, days and hours those of Paris.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .paris import day_of, moment_of
from .working_days import add_working_days, is_working_day

# ---------------------------------------------------------------------------------------------------------------------
# What happens when
# ---------------------------------------------------------------------------------------------------------------------

#: From the sending to the validation, where the client says nothing.
SILENCE = timedelta(hours=48)
#: Working days from the validation to the debit, and to the payout.
DEBIT = 2
PAYOUT = 4
#: In how many working days from the validation a payout may come that was not announced: one source says 4 to 7.
PAYOUT_FIRST = 2
PAYOUT_LAST = 7


def validations_for(day: date) -> tuple[date, date]:
    """Give the first and the last day of validation from which a payout of ``day`` may come."""
    following = day + timedelta(days=1)
    last = add_working_days(following, -PAYOUT_FIRST) - timedelta(days=1)
    return add_working_days(following, -PAYOUT_LAST - 1), last


# ---------------------------------------------------------------------------------------------------------------------
# When Urssaf is asked
# ---------------------------------------------------------------------------------------------------------------------

#: Hours of the questions about money that is awaited: the night's news before work begins, the day's after it.
MORNING, EVENING = 6, 18
_LONGEST_GAP = timedelta(hours=13)  # the night in which the clocks go back
#: Hour of all others: by then the morning's are done.
NOON = 12

# What a request waits for.
#: The client's word, or 48 hours of silence.
ANSWER = "answer"
#: Debit and payout.
MONEY = "money"
#: Nobody knows what, nor when: statuses that say nothing of it.
UNKNOWN = "unknown"
#: It is paid, or a person settles it: Urssaf may take something back.
RECOVERY = "recovery"
#: A person has closed it.
CLOSED = "closed"
#: Nothing: it was refused or cancelled.
NOTHING = "nothing"


def _half_day(now: datetime) -> datetime:
    today = day_of(now)
    moments = (moment_of(today, MORNING), moment_of(today, EVENING), moment_of(today + timedelta(days=1), MORNING))
    return next(moment for moment in moments if moment > now)


def _half_day_of_banks(now: datetime) -> datetime:
    """Give the next half-day after which banks have worked: none on Saturday evening, nor on Sunday."""
    moment = _half_day(now)
    while not is_working_day(day_of(moment - timedelta(hours=EVENING - MORNING))) and not (
        is_working_day(day_of(moment))
    ):
        moment = _half_day(moment)
    return moment


def _morning(now: datetime) -> datetime:
    today = moment_of(day_of(now), MORNING)
    return today if today > now else moment_of(day_of(now) + timedelta(days=1), MORNING)


def _working_day(now: datetime) -> datetime:
    return moment_of(add_working_days(day_of(now), 1), NOON)


def _weeks(count: int) -> Callable[[datetime], datetime]:
    """Give what asks once in so many weeks, on the first working day: all requests of a company together."""

    def following(now: datetime) -> datetime:
        today = day_of(now)
        sunday = today + timedelta(days=7 * count - 1 - today.weekday())
        return moment_of(add_working_days(sunday, 1), NOON)

    return following


def _days(count: int) -> Callable[[date], date]:
    return lambda day: day + timedelta(days=count)


class Pace(NamedTuple):
    """How often Urssaf is asked, for some time.

    :ivar until: given the day of the last change, the day from which the next pace holds
    :ivar following: given now, the next question
    """

    until: Callable[[date], date]
    following: Callable[[datetime], datetime]


#: SEPA lets a client take back a debit for 8 weeks, 13 months where it was not authorised.
_LATER = (Pace(_days(13 * 7), _weeks(1)), Pace(_days(425), _weeks(4)), Pace(_days(3 * 365), _weeks(13)))
_STALLED = (Pace(_days(91), _morning), Pace(lambda _day: date.max, _weeks(1)))
#: After the last pace Urssaf is never asked again by itself.
PACES: Mapping[str, Sequence[Pace]] = {
    ANSWER: (Pace(_days(15), _half_day), *_STALLED),
    MONEY: (Pace(_days(15), _half_day_of_banks), *_STALLED),
    UNKNOWN: _STALLED,
    RECOVERY: (Pace(lambda day: add_working_days(day, 10), _working_day), *_LATER),
    CLOSED: _LATER,
    NOTHING: (Pace(_days(91), _weeks(1)),),
}


def next_question(
    awaited: str,
    changed_at: datetime,
    now: datetime,
    *,
    validated_at: datetime | None = None,
    transfer_day: date | None = None,
) -> datetime | None:
    """Give when to ask next about a request, or ``None``: never again.

    :param awaited: what it waits for, a key of ``PACES``
    :param changed_at: when its last change was learnt
    :param validated_at: when its validation was learnt; nothing happens before the first working day on which it may be
        debited or paid
    :param transfer_day: of a payout that is announced, and in no books: its morning is asked, other payouts wait for it
    """
    changed = day_of(changed_at)
    pace = next((pace for pace in PACES[awaited] if day_of(now) < pace.until(changed)), None)
    moment = pace and pace.following(now)
    if moment and awaited == MONEY and validated_at:
        # It was validated since the question before, maybe on the day before.
        first = add_working_days(day_of(validated_at - _LONGEST_GAP), min(DEBIT, PAYOUT_FIRST))
        moment = max(moment, moment_of(first, MORNING))
    if moment and transfer_day and now < moment_of(transfer_day, MORNING):
        moment = min(moment, moment_of(transfer_day, MORNING))
    return moment
