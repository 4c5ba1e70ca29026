"""Urssaf's days are those of Paris; moments are kept as naive UTC."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

_PARIS = ZoneInfo("Europe/Paris")
_UTC = ZoneInfo("UTC")


def day_of(moment: datetime) -> date:
    """Return the day in Paris of a moment (naive UTC)."""
    return moment.replace(tzinfo=_UTC).astimezone(_PARIS).date()


def moment_of(day: date, hour: int = 0) -> datetime:
    """Return the moment (naive UTC) of this day at this hour in Paris."""
    return datetime.combine(day, time(hour), _PARIS).astimezone(_UTC).replace(tzinfo=None)
