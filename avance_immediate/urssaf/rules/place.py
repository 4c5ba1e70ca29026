"""Whether a database is still the one in which credentials were first used, and what it may send unseen.

A dump, a clone or a move makes a second database with the same credentials and the same queue (docs/money.md).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

#: Environments whose credentials speak for the provider. The simulator is anybody's.
BOUND_ENVIRONMENTS = frozenset({"production", "sandbox"})

# The scheduled action sends every ten minutes, and waits a quarter of an hour after a failure: a number that is older
# has been through an outage, or through a restoration that nobody told of, after which Urssaf may hold it.
FRESH = timedelta(hours=1)


def is_bound(environment: str) -> bool:
    """Tell whether credentials of ``environment`` belong to one database."""
    return environment in BOUND_ENVIRONMENTS


def has_moved(kept: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Tell whether this is another place than the one that was kept.

    A part that could not be read then, or cannot be read now, says nothing.

    :param kept: fingerprint of each part that could be read when the credentials were bound
    :param now: fingerprint of each part that can be read now
    """
    return any(kept[part] != now[part] for part in kept.keys() & now.keys())


def must_be_looked_up(
    queued_at: datetime, asked_at: datetime | None, restored_at: datetime | None, now: datetime
) -> bool:
    """Tell whether Urssaf is to be asked about a number before it is sent under it.

    :param queued_at: when the request was queued under this number
    :param asked_at: when Urssaf last said for certain that it does not know the request, if it did
    :param restored_at: when the database was restored or taken elsewhere, if it was: Urssaf may hold numbers that this
        database has yet to give, however long that takes
    """
    is_known_absent = (
        asked_at is not None
        and asked_at > queued_at  # in the same second, it was about a former number
        and timedelta() <= now - asked_at <= FRESH  # a clock that was put back tells no age
        and (restored_at is None or asked_at >= restored_at)
    )
    return not is_known_absent and (restored_at is not None or abs(now - queued_at) > FRESH)


def are_same_days(ours: Mapping[str, date | None], theirs: Mapping[str, date | None]) -> bool:
    """Tell whether the days of two messages agree; one that either leaves out says nothing."""
    return all(day == theirs.get(name) for name, day in ours.items() if day and theirs.get(name))
