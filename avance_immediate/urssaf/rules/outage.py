"""What follows from calls whose outcome nobody knows: how long to wait, who is to blame, when a person decides.

docs/money.md, rule 4. Whether a request may go again at all is not decided here: it was looked up first, and is
certainly not at Urssaf. Moments are naive UTC.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=10)
LONGEST_WAIT = timedelta(hours=1)
TOLD_AFTER = timedelta(hours=2)
STOPPED_AFTER = timedelta(hours=72)
#: How often one request, or one lot, fails before it is blamed.
FAILURES = 3
#: A request that is alone is not blamed before it has failed for so long.
LONE_SPAN = timedelta(hours=24)
NOBODY = 0
#: One request waits no longer than this for its next sending: without others, it is what finds Urssaf back.
LONGEST_GAP = timedelta(hours=6)
#: Clocks of several servers differ by less.
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True)
class Calls:
    """How the calls of one operation went lately, with the credentials of one company.

    :param failing_since: when the first failed after the last that passed; ``None``: they pass
    :param failures: how many failed in a row
    :param suspect: the one record that each of these was about, alone; ``NOBODY`` where they were about several
    :param next_at: when the next may be made
    :param failed_at: when the last failed, or a question about them stayed without an answer
    """

    failing_since: datetime | None = None
    failures: int = 0
    suspect: int = NOBODY
    next_at: datetime | None = None
    failed_at: datetime | None = None

    def at(self, now: datetime) -> "Calls":
        """Give how they stand at ``now``: as if none had failed where the clock was put back since the last did."""
        last = self.failed_at or self.failing_since
        return Calls() if last and last > now + CLOCKS_DIFFER else self

    def may_go(self, now: datetime) -> bool:
        return self.next_at is None or self.next_at <= now

    def failed(self, asked: Collection[int], now: datetime, retry_after: float | None = None) -> "Calls":
        """Give how they stand once a call about the records ``asked`` has failed.

        :param retry_after: seconds to wait, where Urssaf said so
        """
        alone = next(iter(asked)) if len(asked) == 1 else NOBODY
        wait = min(FIRST_WAIT * 2 ** min(self.failures, 10), LONGEST_WAIT)
        return Calls(
            failing_since=self.failing_since or now,
            failures=self.failures + 1,
            suspect=alone if not self.failures or alone == self.suspect else NOBODY,
            next_at=now + max(wait, timedelta(seconds=retry_after or 0)),
            failed_at=now,
        )

    def unanswered(self, now: datetime) -> "Calls":
        """Give how they stand once a question about what was sent got no answer either.

        No call has failed that counts, and yet an outage goes on: while nothing can be looked up, nothing is sent.
        """
        return replace(self, failed_at=max(self.failed_at or now, now))

    def culprit(self, passed: Collection[int]) -> int:
        """Give who is to blame for what failed, now that a call about the records ``passed`` has passed.

        Two that failed one after the other have met an outage, which is nobody's fault.
        """
        return self.suspect if self.suspect not in passed else NOBODY

    def _lasted(self) -> timedelta:
        """Give for how long they have failed: of the time after the last call nothing is known."""
        if self.failing_since is None or self.failed_at is None:
            return timedelta()
        return self.failed_at - self.failing_since

    def must_be_told(self, *, others_pass: bool = False) -> bool:
        """Tell whether this is an outage that somebody should know of.

        :param others_pass: since the suspect failed first, others have passed: it is told of by itself
        """
        return not (self.suspect and others_pass) and self._lasted() >= TOLD_AFTER

    def must_stop(self) -> bool:
        """Tell whether nothing is to be sent any more: two calls, days apart, are no outage of days."""
        return self.failures >= FAILURES and self._lasted() >= STOPPED_AFTER


def must_halve(failures: int, since: datetime, now: datetime, *, others_pass: bool, is_first: bool) -> bool:
    """Tell whether a lot whose search has failed ``failures`` times is asked about by halves from now on.

    :param others_pass: other searches have passed since it failed first; while none does, it takes a day
    :param is_first: no other is asked about in smaller lots: while no search passes, one lot finds out for all
    """
    return failures >= FAILURES and (others_pass or (is_first and now - since >= LONE_SPAN))


@dataclass(frozen=True)
class Attempts:
    """How one request fared that was sent, and never got an answer.

    :param sent: how often it was sent
    :param limit: how often it may be
    :param since: when the first answer was missing
    :param last_at: when it was sent last
    :param blamed: how often it failed while others passed
    """

    sent: int
    limit: int
    since: datetime
    last_at: datetime
    blamed: int = 0

    def reason_to_stop(self, now: datetime, *, is_alone: bool, others_passed_at: datetime | None) -> str | None:
        """Give the code of why a person decides, or ``None`` where it goes again.

        :param is_alone: no other request was there to be tried
        :param others_passed_at: when the operation last passed, for this company or another
        """
        if self.sent >= self.limit:
            return "sent_too_often"
        if self.blamed >= FAILURES:
            return "fails_alone"
        if is_alone and self.sent >= FAILURES and now - self.since >= LONE_SPAN:
            # While all calls fail, it is an outage.
            return "fails_alone" if others_passed_at and others_passed_at > self.since else None
        return None

    def next_at(self) -> datetime:
        """Give when it may go again at the earliest: half of its sendings last until everything stops."""
        if 2 * self.sent < self.limit:
            return self.last_at
        left = max(self.since + STOPPED_AFTER - self.last_at, timedelta())
        return self.last_at + min(left / max(self.limit - self.sent, 1), LONGEST_GAP)
