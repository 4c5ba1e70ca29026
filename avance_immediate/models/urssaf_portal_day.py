import re
from datetime import date

from odoo import api, models

from ..urssaf.intake.suggestions import ADULT, FIX, Change, Suggestion
from ..urssaf.rules.person import AGE_MAX, age

DAY_FORMAT = "%d/%m/%Y"
FIRST_YEAR = 1900
#: 29/03/1980, 29 3 80, 29.03.1980; 29031980, since the keyboard of digits of a telephone may have nothing else; and
#: 1980-03-29, which a browser fills in by itself.
_APART = re.compile(r"(?P<day>\d{1,2})[ /.-]+(?P<month>\d{1,2})[ /.-]+(?P<year>\d{4}|\d{2})", re.ASCII)
_TOGETHER = re.compile(r"(?P<day>\d{2})(?P<month>\d{2})(?P<year>\d{4}|\d{2})", re.ASCII)
_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})", re.ASCII)


class UrssafPortalForm(models.AbstractModel):
    """How the client's words for a day become a date: typed, since a calendar is far from 1955 on a telephone."""

    _inherit = "urssaf.portal.form"

    @api.model
    def _date(self, text, found):
        """Return the birth date that was typed; false where it is none, and then ``found`` says why."""
        year, month, day = _parts(text)
        born = _day(year, month, day)
        if len(year) == 2 and _day(self._whole_year(year), month, day):
            found["birth_date"] = ("birth_date_short", {})
        elif born and born.year < FIRST_YEAR:
            found["birth_date"] = ("birth_date_too_old", {"max": AGE_MAX})
        elif born:
            return born
        elif text:
            found["birth_date"] = ("birth_date_invalid", {})
        return False

    @api.model
    def _day_text(self, day):
        """Write a day as it is typed; false is empty."""
        return day.strftime(DAY_FORMAT) if day else ""

    @api.model
    def _birth_date_repairs(self, typed):
        """Return a day with a year of two digits, or of a century long ago, as it was surely meant."""
        year, month, day = _parts(typed["birth_date"])
        born = _day(year, month, day)
        if len(year) == 2:
            meant = _day(self._whole_year(year), month, day)
        elif born and born.year < FIRST_YEAR:
            meant = _day(str(int(year) + 100), month, day)
        else:
            meant = None
        if not meant or not 0 <= age(meant, date.today()) <= AGE_MAX:
            return []
        return [Suggestion("birth_date_short", "birth_date", FIX, (Change("birth_date", "", meant.isoformat()),))]

    @api.model
    def _whole_year(self, year):
        """Return the last year of these two digits in which an adult may have been born."""
        last = date.today().year - ADULT
        return str(last - (last - int(year)) % 100)


def _parts(text):
    """Give year, month and day as they were typed; empty where this is no day."""
    found = next(filter(None, (form.fullmatch(text) for form in (_ISO, _APART, _TOGETHER))), None)
    return (found["year"], found["month"], found["day"]) if found else ("", "", "")


def _day(year, month, day):
    """Give the day, or ``None`` where the calendar has no such day, or the year has not four digits."""
    try:
        return date(int(year), int(month), int(day)) if len(year) == 4 else None
    except ValueError:
        return None
