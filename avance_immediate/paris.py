"""Urssaf's days are those of Paris; Odoo keeps moments as naive UTC."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from odoo import fields

PARIS = ZoneInfo("Europe/Paris")
UTC = ZoneInfo("UTC")


def day_of(moment: datetime) -> date:
    """Return the day in Paris of a moment (naive UTC)."""
    return moment.replace(tzinfo=UTC).astimezone(PARIS).date()


def today() -> date:
    """Return the day that it is in Paris."""
    return day_of(fields.Datetime.now())


def moment_of(day: date, hour: int = 0) -> datetime:
    """Return the moment (naive UTC) of this day at this hour in Paris."""
    return datetime.combine(day, time(hour), PARIS).astimezone(UTC).replace(tzinfo=None)
