"""What the demonstration shows: each invoice, how it goes, and the end that it must reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

#: The simulator's clock begins so many days ago: enough for the longest life, that of a recovery.
DAYS_BACK = 50
#: Last month's services end so many days ago at the latest, for the same reason.
LIFE_DAYS = 26


@dataclass(frozen=True)
class End:
    """Where an invoice must be when the demonstration has run.

    :ivar state: our state of the payment request; None where nothing was sent.
    :ivar status: Urssaf's code.
    :ivar payment_state: the invoice's.
    :ivar is_paid_out: whether exactly one payment of the whole amount was recorded; otherwise none.
    :ivar correct: model of the record to correct, where something keeps the invoice from going.
    """

    state: str | None
    status: str | None = None
    payment_state: str = "not_paid"
    is_paid_out: bool = False
    correct: str | None = None


PAID = End("paid", "70", "paid", True)
REFUSED = End("refused", "40")
DEBIT_REFUSED = End("sent", "60")
RECOVERED = End("to_settle", "120", "paid", True)
NOTIFIED = End("sent", "20")
ACCEPTED = End("sent", "10")
NOT_REGISTERED = End(None, correct="urssaf.registration")
NOT_ACTIVE = End(None, correct="urssaf.registration")
NO_NATURE = End(None, correct="product.template")


@dataclass(frozen=True)
class Invoice:
    """One invoice of the scenario.

    :ivar lines: (key of `harness.people.PRODUCTS`, quantity).
    :ivar alone: sent by itself from the form, at once; otherwise selected in the list, and queued.
    """

    client: str
    end: End
    lines: tuple[tuple[str, float], ...] = field(default=(("cleaning", 6),))
    alone: bool = False


LAST_MONTH = (
    Invoice("durand", PAID, (("cleaning", 8), ("meals", 4)), alone=True),
    Invoice("martin", PAID, (("garden", 3), ("hedge", 1))),
    Invoice("bernard", PAID, (("lessons", 6.5),)),
    Invoice("benali", PAID, (("computer", 1.5),)),
    Invoice("petit", PAID, (("cleaning", 10),)),
    Invoice("chevalier", PAID, (("cleaning", 4), ("repairs", 1))),
    Invoice("faure", PAID, (("meals", 12.25),)),
    Invoice("leroy", REFUSED, (("lessons", 3),)),
    Invoice("simon", DEBIT_REFUSED, (("garden", 2.5),)),
    Invoice("garnier", RECOVERED, (("cleaning", 6),)),
    Invoice("renard", NOT_ACTIVE, (("computer", 2),)),
    Invoice("marchand", NOT_REGISTERED, (("cleaning", 3),)),
)
THIS_MONTH = (
    Invoice("durand", NOTIFIED, (("cleaning", 6),)),
    Invoice("bernard", NOTIFIED, (("lessons", 4),)),
    Invoice("benali", NOTIFIED, (("repairs", 1),)),
    Invoice("petit", NO_NATURE, (("cleaning", 5), ("supplies", 2))),
    Invoice("simon", NOT_ACTIVE, (("garden", 2),)),
    Invoice("martin", ACCEPTED, (("garden", 4),), alone=True),
)


@dataclass(frozen=True)
class Calendar:
    """The days of the scenario, from the moment at which its story ends; all moments are in UTC.

    Whatever the day of the month: the clients are active before last month's services begin, and what was sent then
    has had its whole life before the end.
    """

    end: datetime

    @property
    def start(self) -> datetime:
        """When the clients are registered."""
        return self.end - timedelta(days=DAYS_BACK)

    @property
    def bulk_this_month(self) -> datetime:
        """When this month's invoices are queued: long enough before the end for the clients to be notified."""
        return self.end - timedelta(hours=3)

    @property
    def last_month(self) -> tuple[date, date]:
        """First and last day of last month's services."""
        month_end = self.this_month[0].replace(day=1) - timedelta(days=1)
        first = max(month_end.replace(day=1), self.start.date() + timedelta(days=2))
        return first, min(month_end, self.end.date() - timedelta(days=LIFE_DAYS))

    @property
    def send_last_month(self) -> datetime:
        """When last month's invoices are sent: the morning after the last service."""
        last = self.last_month[1] + timedelta(days=1)
        return datetime(last.year, last.month, last.day, 7, tzinfo=self.end.tzinfo)

    @property
    def this_month(self) -> tuple[date, date]:
        """First and last day of this month's services."""
        last = self.bulk_this_month.date()
        return last.replace(day=1), last
