"""When Urssaf is asked, against lives that are drawn: what is learnt how late, and by how many questions."""

import random
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import mean

import pytest

from urssaf.rules import schedule
from urssaf.rules.paris import day_of, moment_of
from urssaf.rules.working_days import add_working_days, is_working_day, working_days_between

LIVES = 2000
HALF_A_DAY = timedelta(hours=12)
AN_HOUR = timedelta(hours=1)  # by which the night is longer in which the clocks go back
#: Two such nights, one such day too short, Christmas, and the weeks of May with their holidays.
YEAR = datetime(2026, 10, 1)


def moment_in(chance, day):
    """Draw a moment of this day in Paris."""
    return moment_of(day) + timedelta(minutes=chance.randrange(24 * 60 - 60))


class Life:
    """A request as Urssaf may treat it: moments drawn within all that is known of its delays."""

    def __init__(self, seed):
        chance = random.Random(seed)
        self.sent_at = YEAR + timedelta(minutes=chance.randrange(365 * 24 * 60))
        waited = schedule.SILENCE if chance.random() < 0.6 else timedelta(minutes=chance.randrange(5, 48 * 60))
        validated_at = self.sent_at + waited
        day = day_of(validated_at)
        paid_day = add_working_days(day, chance.randint(schedule.PAYOUT, schedule.PAYOUT_LAST))
        debited_at = moment_in(chance, add_working_days(day, schedule.DEBIT))
        self.news = [(validated_at, "30"), (debited_at, "50"), (moment_in(chance, paid_day), "70")]
        self.learnt = {}
        self.questions = 0

    def status(self, now):
        """Return what Urssaf says at this moment, and what it has said on the way."""
        return [(moment, code) for moment, code in self.news if moment <= now]

    def ask_until_paid(self):
        """Ask by the table; note how late each news is learnt."""
        known, changed_at, validated_at, now = None, self.sent_at, None, self.sent_at
        while known != "70":
            awaited = schedule.MONEY if known else schedule.ANSWER
            now = schedule.next_question(awaited, changed_at, now, validated_at=validated_at)
            self.questions += 1
            said = self.status(now)
            for moment, code in said:
                self.learnt.setdefault(code, now - moment)
            if said and said[-1][1] != known:
                known, changed_at = said[-1][1], now
                validated_at = validated_at or (now if known == "30" else self.sent_at + schedule.SILENCE)


@pytest.fixture(scope="module")
def lives():
    drawn = [Life(seed) for seed in range(LIVES)]
    for life in drawn:
        life.ask_until_paid()
    return drawn


def test_nothing_is_learnt_later_than_half_a_day(lives):
    latest = {code: max(life.learnt[code] for life in lives) for code in ("30", "50", "70")}
    assert max(latest.values()) <= HALF_A_DAY + AN_HOUR
    late = [life for life in lives if max(life.learnt.values()) > HALF_A_DAY]
    assert all(any(_clocks_went_back(moment) for moment, _code in life.news) for life in late)


def _clocks_went_back(moment):
    evening = moment_of(day_of(moment), schedule.EVENING)
    evenings = (evening, evening - timedelta(days=1))
    return any(
        moment_of(day_of(each) + timedelta(days=1), schedule.MORNING) - each == HALF_A_DAY + AN_HOUR
        for each in evenings
    )


def test_few_questions_until_paid(lives):
    assert mean(life.questions for life in lives) < 14.5
    assert max(life.questions for life in lives) <= 24


def test_questions_of_neighbours_fall_together(lives):
    """Whenever they were sent: on two hours of the day, or one."""
    for awaited in schedule.PACES:
        assert {schedule.next_question(awaited, life.sent_at, life.sent_at).minute for life in lives[:200]} == {0}
        moments = {schedule.next_question(awaited, YEAR, YEAR + timedelta(minutes=passed)) for passed in range(720)}
        assert len(moments) <= 2


def questions(awaited, changed_at, **context):
    """Return all moments at which a request is asked about that never changes any more."""
    now, moments = changed_at, []
    while (now := schedule.next_question(awaited, changed_at, now, **context)) and now.year < 2040:
        moments.append(now)
    return moments


@pytest.mark.parametrize("start", [datetime(2026, 6, 22, 4), datetime(2026, 12, 22, 17), datetime(2027, 5, 1)])
def test_after_payment(start):
    moments = questions(schedule.RECOVERY, start)
    assert 38 <= len(moments) <= 47
    days = [day_of(moment) for moment in moments]
    assert all(map(is_working_day, days))
    assert days[:10] == [add_working_days(day_of(start), count) for count in range(1, 11)]
    gaps = [(one, (other - one).days) for one, other in pairwise(days)]
    for day, gap in gaps[10:]:
        age = (day - day_of(start)).days
        assert gap <= (7 + 4 if age < 91 else 28 + 4 if age < 425 else 91 + 4), age
    assert timedelta(days=950) < moments[-1] - start < timedelta(days=1200)
    assert not schedule.next_question(schedule.RECOVERY, start, start + timedelta(days=1100))


def test_a_closed_request_is_asked_about_less_often():
    paid, closed = (questions(each, datetime(2026, 6, 22, 4)) for each in (schedule.RECOVERY, schedule.CLOSED))
    assert len(paid) - len(closed) in range(7, 11)


def test_what_was_refused_is_asked_about_for_three_months():
    assert len(questions(schedule.NOTHING, datetime(2026, 6, 22, 4))) == 13


def test_a_status_that_says_nothing_is_asked_about_each_day():
    moments = questions(schedule.UNKNOWN, datetime(2026, 6, 22, 10))
    assert moments[:2] == [datetime(2026, 6, 23, 4), datetime(2026, 6, 24, 4)]
    assert len([moment for moment in moments if moment < datetime(2026, 9, 20)]) == 89
    assert moments[-1].year == 2039, "never given up"
    assert {(other - one).days for one, other in pairwise(moments[100:])} <= {6, 7, 8}


def test_money_is_not_asked_about_before_it_can_move():
    validated = datetime(2026, 6, 17, 16)  # learnt on a Wednesday evening: it was on that day
    first = schedule.next_question(schedule.MONEY, validated, validated, validated_at=validated)
    assert first == datetime(2026, 6, 19, 4)
    morning = datetime(2026, 6, 17, 4)  # maybe the evening before
    assert schedule.next_question(schedule.MONEY, morning, morning, validated_at=morning) == datetime(2026, 6, 18, 4)
    weekend = questions(schedule.MONEY, validated, validated_at=validated)[:5]
    expected = [(19, 4), (19, 16), (20, 4), (22, 4), (22, 16)]
    assert [(moment.day, moment.hour) for moment in weekend] == expected


def test_each_morning_on_which_a_payout_may_come():
    """The payouts of a transfer wait for one another until all that may be in it were asked since midnight."""
    chance = random.Random(1)
    for _each in range(200):
        validated = YEAR + timedelta(minutes=chance.randrange(365 * 24 * 60))
        moments = set(questions(schedule.MONEY, validated, validated_at=validated)[:40])
        days = (schedule.PAYOUT_FIRST, schedule.PAYOUT_LAST + 1)
        mornings = {moment_of(add_working_days(day_of(validated), count), schedule.MORNING) for count in range(*days)}
        assert mornings <= moments


@pytest.mark.parametrize("awaited", [schedule.MONEY, schedule.RECOVERY, schedule.UNKNOWN, schedule.CLOSED])
def test_the_morning_of_an_announced_transfer(awaited):
    now = datetime(2026, 6, 25, 12)
    day = date(2026, 6, 26)
    asked = schedule.next_question(awaited, now, now, transfer_day=day)
    assert asked <= datetime(2026, 6, 26, 4)
    assert datetime(2026, 6, 26, 4) in questions(awaited, now, transfer_day=day)
    later = datetime(2026, 6, 26, 4)
    assert schedule.next_question(awaited, now, later, transfer_day=day) > later


def test_validations_for_a_day_are_those_from_which_it_may_come():
    days = [date(2026, 4, 25) + timedelta(days=passed) for passed in range(28)]
    for day in days:
        first, last = schedule.validations_for(day)
        for validated in days:
            count = working_days_between(validated, day)
            is_possible = schedule.PAYOUT_FIRST <= count <= schedule.PAYOUT_LAST
            assert (first <= validated <= last) == is_possible, (day, validated)
