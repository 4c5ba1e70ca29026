"""Questions and calls by which the requests of a provider are followed, by the schedule, against asking each hour.

Plain Python: lives are drawn within what is known of Urssaf's delays (docs/api.md §4), and asked about by the table
that the scheduled action uses; those that fall due together go ten a call.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "avance_immediate"))

from urssaf.rules import schedule  # noqa: E402
from urssaf.rules.paris import day_of, moment_of  # noqa: E402
from urssaf.rules.working_days import add_working_days  # noqa: E402

START = datetime(2026, 1, 5)
A_YEAR = 365 * 24 * 60
AN_HOUR = timedelta(hours=1)
THREE_YEARS = timedelta(days=3 * 365)
#: Requests a month: a small provider, and one that fills its calls by itself.
SIZES = (30, 1000)
IN_A_CALL = 10


class Life(NamedTuple):
    """When a request was sent, validated, debited and paid (naive UTC)."""

    sent_at: datetime
    validated_at: datetime
    debited_at: datetime
    paid_at: datetime

    def status(self, now: datetime) -> str:
        """Return what the request waits for at Urssaf."""
        if now >= self.paid_at:
            return schedule.RECOVERY
        return schedule.MONEY if now >= self.validated_at else schedule.ANSWER


def draw(chance: random.Random) -> Life:
    """Draw a life: six clients of ten say nothing for 48 hours, a payout comes four to seven working days later."""
    sent_at = START + timedelta(minutes=chance.randrange(A_YEAR))
    silence = chance.random() < 0.6
    validated_at = sent_at + (schedule.SILENCE if silence else timedelta(minutes=chance.randrange(48 * 60)))
    day = day_of(validated_at)
    moments = (
        moment_of(add_working_days(day, count)) + timedelta(minutes=chance.randrange(8 * 60, 18 * 60))
        for count in (schedule.DEBIT, chance.randint(schedule.PAYOUT, schedule.PAYOUT_LAST))
    )
    return Life(sent_at, validated_at, *moments)


def follow(life: Life) -> tuple[list[datetime], list[datetime]]:
    """Return the moments of the questions until a request is paid, the last of which learns it, and of those after."""
    until, after = [], []
    now = changed_at = life.sent_at
    learnt, validated_at, is_debited = schedule.ANSWER, None, False
    while now := schedule.next_question(learnt, changed_at, now, validated_at=validated_at):
        (after if learnt == schedule.RECOVERY else until).append(now)
        if life.status(now) != learnt or (now >= life.debited_at and not is_debited):
            learnt, changed_at, is_debited = life.status(now), now, now >= life.debited_at
            validated_at = validated_at or now
    return until, after


def calls(questions: Counter) -> int:
    """Return how many calls the questions take, by the moment at which they fall due."""
    return sum(-(-count // IN_A_CALL) for count in questions.values())


def measure(monthly: int) -> dict[str, float]:
    """Follow a year of requests of one provider; return questions and calls for each, ours and asked each hour."""
    chance = random.Random(monthly)  # nosec B311 # the same lives in each run, no secret
    lives = [draw(chance) for _number in range(12 * monthly)]
    until, after = Counter(), Counter()
    hours = 0
    for life in lives:
        asked, asked_later = follow(life)
        until.update(asked)
        after.update(asked_later)
        hours += (life.paid_at - life.sent_at) // AN_HOUR + 1
    return {
        "until": until.total() / len(lives),
        "until_calls": calls(until) / len(lives),
        "after": after.total() / len(lives),
        "after_calls": calls(after) / len(lives),
        "hourly_until": hours / len(lives),
        "hourly_after": THREE_YEARS / AN_HOUR,
    }


def main() -> None:
    """Measure each size."""
    json.dump({str(monthly): measure(monthly) for monthly in SIZES}, sys.stdout)


if __name__ == "__main__":
    main()
