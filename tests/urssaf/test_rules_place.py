"""Whether a database is another one than before, and which numbers are looked up before they are sent."""

from datetime import date, datetime, timedelta

import pytest

from urssaf.rules import place

NOW = datetime(2026, 6, 17, 8)
HERE = {"uuid": "a", "name": "b", "cluster": "c"}


def ago(**delay):
    return NOW - timedelta(**delay)


@pytest.mark.parametrize("part", HERE)
def test_each_part_tells_a_copy(part):
    assert place.has_moved(HERE, HERE | {part: "other"})


@pytest.mark.parametrize("part", HERE)
def test_what_cannot_be_read_says_nothing(part):
    less = {name: value for name, value in HERE.items() if name != part}
    assert not place.has_moved(HERE, less)
    assert not place.has_moved(less, HERE)
    assert not place.has_moved(HERE, HERE)


def test_simulator_belongs_to_nobody():
    assert not place.is_bound("simulator")
    assert place.is_bound("production")
    assert place.is_bound("sandbox")


@pytest.mark.parametrize(
    ("queued", "asked", "restored", "expected"),
    [
        (ago(minutes=60), None, None, False),
        (ago(minutes=61), None, None, True),
        (ago(hours=30), ago(minutes=60), None, False),
        (ago(hours=30), ago(minutes=61), None, True),
        (ago(hours=2), ago(hours=3), None, True),  # of a former number
        (NOW, None, ago(days=400), True),
        (NOW, NOW, ago(days=400), True),  # of a former number, in the same second
        (NOW, ago(minutes=1), ago(days=400), True),  # of a former number
        (ago(minutes=11), ago(minutes=1), ago(days=400), False),
        (ago(minutes=30), ago(minutes=20), ago(minutes=10), True),  # restored since
        (ago(minutes=30), None, ago(minutes=10), True),
        (ago(minutes=30), ago(minutes=-10), None, False),
        (ago(minutes=30), ago(minutes=-10), ago(days=400), True),  # the clock was put back: of what age is it?
        (ago(days=3), ago(days=-1), None, True),
        (ago(days=-1), None, None, True),
    ],
)
def test_looked_up_first(queued, asked, restored, expected):
    assert place.must_be_looked_up(queued, asked, restored, NOW) is expected


def test_same_days():
    ours = {"start": date(2026, 6, 1), "end": date(2026, 6, 15), "invoice": None}
    assert place.are_same_days(ours, dict(ours))
    assert place.are_same_days(ours, ours | {"end": None})
    assert place.are_same_days(ours, ours | {"invoice": date(2026, 1, 1)})
    assert place.are_same_days(ours, {})
    assert not place.are_same_days(ours, ours | {"end": date(2026, 6, 16)})
