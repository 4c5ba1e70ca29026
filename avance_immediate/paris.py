"""Urssaf's days are those of Paris; Odoo keeps moments as naive UTC."""

from datetime import date

from odoo import fields

from .urssaf.rules.paris import day_of, moment_of

__all__ = ["day_of", "moment_of", "today"]


def today() -> date:
    """Return the day that it is in Paris."""
    return day_of(fields.Datetime.now())
