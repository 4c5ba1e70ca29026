"""Outages of hours and days, and requests that spoil a call, against a clock that the test turns."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from urssaf.rules.outage import Attempts, Calls, must_halve

START = datetime(2026, 6, 17, 8)
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)
LOT = 10
LIMIT = 30


@dataclass
class Provider:
    """One company that sends by the rules, a run every ten minutes; a lot whose outcome is unknown goes one by one."""

    count: int
    down: timedelta = timedelta()
    poison: frozenset = frozenset()
    others_pass: bool = False
    now: datetime = START
    calls: Calls = Calls()
    sent: Counter = field(default_factory=Counter)
    blamed: Counter = field(default_factory=Counter)
    since: dict = field(default_factory=dict)
    last: dict = field(default_factory=dict)
    arrived: list = field(default_factory=list)
    asked: dict = field(default_factory=dict)
    passed_at: datetime | None = None
    told: bool = False
    stopped: bool = False

    def __post_init__(self):
        self.waiting = list(range(1, self.count + 1))

    def attempts(self, one):
        return Attempts(self.sent[one], LIMIT, self.since[one], self.last[one], self.blamed[one])

    def send(self, lot):
        for one in lot:
            self.sent[one] += 1
            self.last[one] = self.now
        if self.now - START < self.down or self.poison & set(lot):
            for one in lot:
                self.since.setdefault(one, self.now)
            self.calls = self.calls.failed(lot, self.now)
            return
        self.blamed[self.calls.culprit(lot)] += 1
        self.calls, self.passed_at = Calls(), self.now
        self.arrived += lot
        self.waiting = [one for one in self.waiting if one not in lot]

    def due(self):
        """Return what may go now: looked up, absent for ten minutes, and not a person's to decide."""
        due = []
        for one in self.waiting:
            if one in self.asked:
                continue
            if one in self.since:
                if self.now < self.last[one] + 11 * MINUTES:
                    continue
                others = self.now if self.others_pass else self.passed_at
                reason = self.attempts(one).reason_to_stop(
                    self.now, is_alone=self.calls.suspect == one, others_passed_at=others
                )
                if reason:
                    self.asked[one] = reason
                    continue
                if self.attempts(one).next_at() > self.now:
                    continue
            due.append(one)
        return sorted(due, key=lambda one: (one in self.since, self.last.get(one, START), one))

    def run(self):
        since = self.since.get(self.calls.suspect)
        others_pass = self.others_pass or bool(since and self.passed_at and self.passed_at > since)
        self.told = self.told or self.calls.must_be_told(others_pass=others_pass)
        self.stopped = self.stopped or self.calls.must_stop()
        due = self.due()
        while due and not self.stopped and self.calls.may_go(self.now):
            alone = self.calls.failing_since or due[0] in self.since
            lot = due[:1] if alone else [one for one in due if one not in self.since][:LOT]
            due = [one for one in due if one not in lot]
            self.send(lot)

    def live(self, hours):
        for _run in range(hours * 6):
            self.run()
            self.now += 10 * MINUTES


@pytest.mark.parametrize("hours", [1, 24, 60])
@pytest.mark.parametrize("count", [500, 12, 2, 1])
def test_an_outage_costs_nobody_a_click(count, hours):
    provider = Provider(count, down=hours * HOURS)
    provider.live(hours + 12)
    assert sorted(provider.arrived) == list(range(1, count + 1)), "each once"
    assert not provider.asked and not provider.stopped
    assert max(provider.sent.values()) <= LIMIT
    assert provider.told == (hours > 2)


@pytest.mark.parametrize("hours", [24, 60])
def test_an_outage_of_one_company_is_nobodys_fault_either(hours):
    """While others pass elsewhere, what is tried in turn is blamed no more than what is not."""
    provider = Provider(500, down=hours * HOURS, others_pass=True)
    provider.live(hours + 12)
    assert len(provider.arrived) == 500 and not provider.asked


def test_one_that_spoils_each_call():
    provider = Provider(500, poison=frozenset({7}))
    provider.live(12)
    assert sorted(provider.arrived) == [one for one in range(1, 501) if one != 7]
    assert not provider.asked
    provider.live(24)
    assert provider.asked == {7: "fails_alone"}
    assert not provider.told, "nothing but one request failed"


def test_one_that_spoils_each_call_is_a_persons_once_it_failed_while_others_passed():
    provider = Provider(20, poison=frozenset({7}))
    for day in range(4):
        provider.waiting += [100 + 10 * day + number for number in range(3)]
        provider.live(6)
    assert provider.asked == {7: "fails_alone"}
    assert provider.sent[7] <= 20
    assert len(provider.arrived) == 31


def test_one_alone_for_ten_days():
    provider = Provider(1, poison=frozenset({1}))
    provider.live(24 * 10)
    assert provider.stopped and provider.told
    assert provider.sent[1] <= LIMIT


def test_one_alone_while_others_pass_elsewhere():
    provider = Provider(1, poison=frozenset({1}), others_pass=True)
    provider.live(23)
    assert not provider.asked
    provider.live(24 * 9)
    assert provider.asked == {1: "fails_alone"}


def test_waits():
    calls, waits = Calls(), []
    for _time in range(6):
        calls = calls.failed([1], START)
        waits.append((calls.next_at - START) / MINUTES)
    assert waits == [10, 20, 40, 60, 60, 60]
    assert calls.failed([1], START, retry_after=7200).next_at == START + 2 * HOURS


def test_time_without_calls_is_no_outage():
    """The server was off, or the scheduled action, for days: one failure before and one after tell nothing of it."""
    calls = Calls().failed([1, 2], START)
    later = START + 73 * HOURS
    assert not calls.must_stop() and not calls.must_be_told()
    assert not calls.failed([3], later).must_stop()


@pytest.mark.parametrize(("hours", "told", "stopped"), [(1, False, False), (2, True, False), (72, True, True)])
def test_outage_lasts_from_the_first_to_the_last_failure(hours, told, stopped):
    calls = Calls().failed([1, 2], START).failed([1], START + HOURS / 2).failed([2], START + hours * HOURS)
    assert (calls.must_be_told(), calls.must_stop()) == (told, stopped)
    assert not Calls().failed([1], START).failed([1], START + 3 * HOURS).must_be_told(others_pass=True)


def test_questions_without_an_answer_are_no_sendings():
    calls = Calls().failed([1, 2], START).unanswered(START + 73 * HOURS)
    assert (calls.failures, calls.must_be_told(), calls.must_stop()) == (1, True, False)
    assert calls.unanswered(START) == calls, "never backwards"
    assert not Calls().unanswered(START).must_be_told()


def test_clock_that_was_put_back():
    calls = Calls().failed([1], START, retry_after=86400)
    assert calls.at(START - 1 * HOURS) == Calls()
    assert calls.at(START - MINUTES) == calls, "clocks of two servers differ"
    assert calls.at(START + HOURS) == calls
    assert Calls(failing_since=START).at(START - 1 * HOURS) == Calls(), "kept by a former version"


@pytest.mark.parametrize("limit", [2, 3, 4, 10])
def test_few_sendings_do_not_make_anybody_wait_for_days(limit):
    for sent in range(1, limit):
        assert Attempts(sent, limit, START, START + HOURS).next_at() <= START + 7 * HOURS


def test_who_is_blamed():
    calls = Calls().failed([1], START)
    assert calls.culprit([2, 3]) == 1
    assert not calls.culprit([1])
    assert calls.failed([1], START).culprit([2]) == 1
    assert not calls.failed([2], START).culprit([3])
    assert not calls.failed([2], START).failed([1], START).culprit([3])
    assert not Calls().failed([1, 2], START).culprit([3])
    assert not Calls().failed([1, 2], START).failed([1], START).culprit([3])


@pytest.mark.parametrize("limit", [3, 10, 30, 100])
def test_sendings_last_until_everything_stops(limit):
    sent, now = 1, START
    while sent < limit:
        now = max(now + 60 * MINUTES, Attempts(sent, limit, START, now).next_at())
        sent += 1
    assert now - START >= min(limit - 1, 71) * HOURS
    assert Attempts(limit, limit, START, now).reason_to_stop(now, is_alone=True, others_passed_at=None)


@pytest.mark.parametrize(
    ("failures", "hours", "others_pass", "is_first", "halved"),
    [
        (2, 30, True, True, False),
        (3, 1, True, False, True),
        (3, 23, False, True, False),
        (3, 24, False, True, True),
        (3, 24, False, False, False),
    ],
)
def test_a_lot_is_halved(failures, hours, others_pass, is_first, halved):
    now = START + hours * HOURS
    assert must_halve(failures, START, now, others_pass=others_pass, is_first=is_first) == halved
