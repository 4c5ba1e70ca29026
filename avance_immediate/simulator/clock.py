"""The business clock: frozen and moved by hand, or the real one with what it was advanced by. Kept in the store."""

import re
from datetime import date, datetime, time, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from dateutil.easter import easter

PARIS = ZoneInfo("Europe/Paris")
# Between which the clock may stand, and a transfer take place. Easter is known to 4099, and days are counted from here.
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=timezone.utc) for year in (1900, 3000))
OFFICE_OPENS = time(8, 0)


class ClockGoesBack(ValueError):
    """The clock was asked to go back: what has happened would have to be undone."""


def parse_instant(text):
    """Return the aware UTC datetime of an ISO text; without a zone it is taken as UTC, a bare date as its
    midnight; fractions of a second are dropped.

    :raise ValueError: when `text` is no ISO date
    """
    value = datetime.fromisoformat(re.sub(r"\.\d+", "", text).replace("Z", "+00:00"))
    if value.tzinfo is None:
        value = value.replace(tzinfo=timezone.utc)
    return value.astimezone(timezone.utc)


def parse_bounded_instant(text):
    """As `parse_instant`, from `EARLIEST` to `LATEST`: what others are then counted from.

    :raise ValueError: when `text` is no such date
    """
    try:
        value = parse_instant(text)
    except (TypeError, ValueError, OverflowError):
        value = None
    return within_bounds(value)


def within_bounds(instant):
    """Return an aware datetime, or raise ValueError when it is None or beyond the bounds."""
    if instant is None or not EARLIEST <= instant <= LATEST:
        raise ValueError(f"a date is ISO 8601, like 2026-10-20T08:00:00Z, from {EARLIEST:%Y} to {LATEST:%Y-%m-%d}")
    return instant


def format_instant(value):
    """Return an aware datetime as ``YYYY-MM-DDTHH:MM:SSZ``: these texts sort as their instants do."""
    return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


# Code du travail L.3133-1: the fixed days (month, day), and those counted from Easter Sunday.
_FIXED_HOLIDAYS = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_DAYS_FROM_EASTER = (1, 39, 50)


@cache
def _public_holidays(year):
    fixed = {date(year, month, day) for month, day in _FIXED_HOLIDAYS}
    return frozenset(fixed | {easter(year) + timedelta(days=days) for days in _DAYS_FROM_EASTER})


def is_working_day(day):
    """Tell whether `day` is a weekday and no public holiday of metropolitan France (docs/api.md §9)."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def working_day_after(instant, count):
    """Return the instant, 08:00 in Paris, of the `count`-th working day after the day of `instant`."""
    day = instant.astimezone(PARIS).date()
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return datetime.combine(day, OFFICE_OPENS, PARIS).astimezone(timezone.utc)


def office_opening(day):
    """Return the instant of 08:00 in Paris on `day` (a date, or its ISO text)."""
    if isinstance(day, str):
        day = date.fromisoformat(day[:10])
    return datetime.combine(day, OFFICE_OPENS, PARIS).astimezone(timezone.utc)


class Clock:
    """The time of the simulator's world, to the second.

    :param store: where it is kept
    :param start: aware datetime at which a new clock stands still; None for the real time. A clock already in the
        store goes on.
    """

    def __init__(self, store, start=None):
        self._store = store
        self._start = start
        if store.get_meta("clock") is None:
            self.restart()

    def restart(self):
        """Set the clock as it was at the very start."""
        frozen = format_instant(self._start) if self._start else None
        self._store.set_meta("clock", {"frozen": frozen, "offset": 0})

    @property
    def frozen(self):
        """Whether the clock moves only when told."""
        return self._store.get_meta("clock")["frozen"] is not None

    def now(self):
        """Return the present as an aware UTC datetime, to the second."""
        state = self._store.get_meta("clock")
        if state["frozen"]:
            return parse_instant(state["frozen"])
        return datetime.now(timezone.utc).replace(microsecond=0) + timedelta(seconds=state["offset"])

    def move(self, instant, force=False):
        """Set the clock to `instant`, an aware datetime.

        :param bool force: also backwards
        :raise ClockGoesBack: when `instant` is before now
        :raise ValueError: when it is beyond `EARLIEST` or `LATEST`
        """
        within_bounds(instant)
        now = self.now()
        if instant < now and not force:
            raise ClockGoesBack(f"the clock stands at {format_instant(now)} and does not go back")
        state = self._store.get_meta("clock")
        if state["frozen"]:
            state["frozen"] = format_instant(instant)
        else:
            state["offset"] += round((instant - now).total_seconds())
        self._store.set_meta("clock", state)
