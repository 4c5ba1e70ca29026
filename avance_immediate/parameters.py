"""Whole numbers that an administrator sets: refused when a bad one is set, read as the default when one is there.

A value that came in beside the form (SQL, an import, a former version) must neither stop a scheduled action nor,
as zero days would, delete everything: it counts as the default, and the log says so once.
"""

import logging
from dataclasses import dataclass

from odoo.exceptions import ValidationError

_logger = logging.getLogger(__name__)

VACUUM_LIMIT = 10_000  # records that go at a time: Odoo's vacuum comes back for the rest

_told = set()  # what this process has logged already


@dataclass(frozen=True)
class WholeNumber:
    """One setting.

    :param name: key of ``ir.config_parameter``, or field of ``res.company``
    :param default: what counts where nothing, or nothing of use, is set
    :param minimum: smallest value of use
    :param maximum: largest value of use
    """

    name: str
    default: int
    minimum: int
    maximum: int

    def of_database(self, env):
        """Return the value that holds for the database, from ``ir.config_parameter``."""
        return self._usable(env, env["ir.config_parameter"].sudo().get_param(self.name, self.default), None)

    def of_company(self, company):
        """Return the value that holds for ``company``, from its field."""
        return self._usable(company.env, company.sudo()[self.name], company.id)

    def check(self, env, value, label):
        """Refuse a value that is of no use.

        :param value: a whole number
        :param label: what the setting is called on the screen
        :raise ValidationError: names the setting, says what it may be, and what to enter in doubt
        """
        if not self.minimum <= value <= self.maximum:
            raise ValidationError(
                env._(
                    "“%(setting)s” is a whole number from %(minimum)s to %(maximum)s, not %(value)s. In doubt, enter "
                    "%(default)s.",
                    setting=label,
                    minimum=self.minimum,
                    maximum=self.maximum,
                    value=value,
                    default=self.default,
                )
            )

    def check_field(self, records, name):
        """Refuse values of a field that are of no use; errors as ``check``."""
        label = records._fields[name]._description_string(records.env)
        for record in records:
            self.check(records.env, record[name], label)

    def _usable(self, env, value, company_id):
        """Return the number that a stored value stands for: the default where it is none, which is logged once."""
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = None
        if number is not None and self.minimum <= number <= self.maximum:
            return number
        place = (env.cr.dbname, self.name, company_id)
        if place not in _told:
            _told.add(place)
            _logger.warning(
                "The setting %s%s is no whole number from %s to %s: it counts as %s",
                self.name,
                f" of the company {company_id}" if company_id else "",
                self.minimum,
                self.maximum,
                self.default,
            )
        return self.default


ABSENCE_MINUTES = WholeNumber("urssaf_absence_minutes", default=10, minimum=5, maximum=24 * 60)
MAX_SENDS = WholeNumber("urssaf_max_sends", default=30, minimum=3, maximum=100)
EXCHANGE_DAYS = WholeNumber("avance_immediate.exchange_days", default=90, minimum=1, maximum=3650)
QUIET_DAYS = WholeNumber("avance_immediate.quiet_exchange_days", default=7, minimum=1, maximum=3650)
PORTAL_LIMIT = WholeNumber("urssaf_portal_limit", default=20, minimum=1, maximum=1000)
ERASE_YEARS = WholeNumber("avance_immediate.erase_years", default=3, minimum=1, maximum=50)
ATTEMPT_DAYS = WholeNumber("avance_immediate.attempt_days", default=365, minimum=1, maximum=3650)
