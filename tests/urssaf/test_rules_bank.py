"""Which open lines a line of the bank may be: sums to the cent, bounded, and certain only where nothing else is."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from urssaf.rules import bank
from urssaf.rules.bank import Open, Shown

DAY = date(2026, 6, 17)


def day(offset):
    return DAY + timedelta(days=offset)


def kinds(shown, lines):
    return [(proposal.kind, set(proposal.ids)) for proposal in bank.exact(shown, lines)]


@pytest.mark.parametrize(
    "label",
    [
        "VIR URSSAF IDF",
        "Virement Urssaf Île-de-France",
        "VIRURSSAF/AICI",
        "U.R.S.S.A.F. RHONE",
        "vir u r s s a f",
        "ÜRSSAF",
    ],
)
def test_named(label):
    assert bank.names_urssaf(None, label)


@pytest.mark.parametrize("label", ["", None, "VIR TOURS SAFARI", "URSS AFRIQUE", "VIR DURAND", "UR SS AF"])
def test_not_named(label):
    assert not bank.names_urssaf(label)


def test_one_line():
    assert kinds(Shown(1, 6000, DAY), [Open(1, 6000, DAY), Open(2, 6001, DAY)]) == [("line", {1})]


def test_zero_is_nothing():
    assert bank.exact(Shown(1, 0, DAY), [Open(1, 100, DAY), Open(2, -100, DAY)]) == []
    assert bank.part(Shown(1, 0, DAY), [Open(1, 100, DAY)]) is None


def test_a_cent_is_a_cent():
    assert kinds(Shown(1, 5999, DAY), [Open(1, 6000, DAY)]) == []


def test_whole_transfer():
    lines = [Open(number, 1000, DAY, "t") for number in range(50)]
    assert kinds(Shown(1, 50000, DAY), lines) == [("transfer", set(range(50)))]


def test_two_dates_in_one_line():
    lines = [Open(1, 6000, day(-1)), Open(2, 2500, DAY), Open(3, 9900, day(-40))]
    assert kinds(Shown(1, 8500, DAY), lines) == [("dates", {1, 2})]


def test_dates_that_are_not_consecutive_are_loose():
    lines = [Open(1, 6000, day(-3)), Open(2, 700, day(-2)), Open(3, 2500, DAY)]
    assert kinds(Shown(1, 8500, DAY), lines) == [("some", {1, 3})]


def test_less_what_is_taken_back():
    lines = [Open(1, 6000, DAY), Open(2, -1000, day(-20)), Open(3, 2500, day(-1))]
    assert kinds(Shown(1, 5000, DAY), lines) == [("less", {1, 2})]
    assert kinds(Shown(1, 7500, DAY), lines) == [("less", {1, 2, 3})]


def test_all_that_is_taken_back():
    lines = [Open(1, 6000, DAY)] + [Open(number, -700, day(-number)) for number in range(2, 8)]
    assert ("less", set(range(1, 8))) in kinds(Shown(1, 1800, DAY), lines)


def test_debit_of_urssaf():
    lines = [Open(1, 6000, DAY), Open(2, -6000, DAY), Open(3, -100, DAY)]
    assert kinds(Shown(1, -6000, DAY), lines) == [("line", {2})]
    assert kinds(Shown(1, -6100, DAY), lines)[0] == ("dates", {2, 3})


def test_out_of_the_window():
    lines = [Open(1, 6000, day(-bank.DAYS_BEFORE - 1)), Open(2, 6000, day(bank.DAYS_AFTER + 1))]
    assert not bank.exact(Shown(1, 6000, DAY), lines)


def test_nearest_first():
    lines = [Open(1, 6000, day(-2)), Open(2, 6000, day(-1))]
    assert kinds(Shown(1, 6000, DAY), lines) == [("line", {2}), ("line", {1})]


def test_part():
    lines = [Open(1, 6000, day(-1)), Open(2, 9000, DAY), Open(3, 1000, DAY), Open(4, -9000, DAY)]
    assert bank.part(Shown(1, 4000, DAY), lines).ids == {2}
    others = [Shown(1, 4000, DAY), Shown(2, 2000, day(1))]
    assert bank.part(others[0], lines, others).ids == {1}, "the other part is there"
    assert bank.part(Shown(1, 9000, DAY), lines) is None, "the whole is no part"
    assert bank.part(Shown(1, 3000, DAY), [Open(1, 6000, DAY)], [Shown(1, 3000, DAY)]).ids == {1}


# === CERTAIN === #


def sure(shown, lines):
    return {key: set(proposal.ids) for key, proposal in bank.certain(shown, lines).items()}


def test_certain():
    assert sure([Shown(7, 6000, day(1))], [Open(1, 6000, DAY), Open(2, 2500, DAY)]) == {7: {1}}
    transfer = [Open(1, 6000, DAY, "t"), Open(2, 2500, DAY, "t")]
    assert sure([Shown(7, 8500, DAY)], transfer) == {7: {1, 2}}


@pytest.mark.parametrize(
    ("shown", "lines"),
    [
        pytest.param([Shown(1, 6000, DAY)], [Open(1, 6000, DAY), Open(2, 6000, day(1))], id="two transfers"),
        pytest.param([Shown(1, 6000, DAY), Shown(2, 6000, day(1))], [Open(1, 6000, DAY)], id="two lines of the bank"),
        pytest.param(
            [Shown(1, 6000, DAY)], [Open(1, 6000, DAY), Open(2, 4000, day(-1)), Open(3, 2000, day(-1))], id="or a sum"
        ),
        pytest.param([Shown(1, 8500, DAY)], [Open(1, 6000, day(-1)), Open(2, 2500, DAY)], id="two dates"),
        pytest.param([Shown(1, 5000, DAY)], [Open(1, 6000, DAY), Open(2, -1000, DAY)], id="taken back"),
        pytest.param([Shown(1, 4000, DAY)], [Open(1, 6000, DAY)], id="a part"),
        pytest.param(
            [Shown(1, 6000, DAY), Shown(2, 4000, DAY), Shown(3, 2000, DAY)], [Open(1, 6000, DAY)], id="or split"
        ),
        pytest.param(
            [Shown(1, 6000, DAY), Shown(2, 3000, DAY), Shown(3, 3000, DAY)], [Open(1, 6000, DAY)], id="or halves"
        ),
        pytest.param([Shown(1, 6000, DAY)], [Open(1, 6000, day(-bank.SURE_BEFORE - 1))], id="long ago"),
        pytest.param([Shown(1, 6000, DAY)], [Open(1, 6000, day(bank.SURE_AFTER + 1))], id="to come"),
        pytest.param(
            [Shown(1, 6000, DAY), Shown(2, 8500, DAY)], [Open(1, 6000, DAY), Open(2, 2500, DAY)], id="in another's sum"
        ),
    ],
)
def test_not_certain(shown, lines):
    assert not sure(shown, lines)


AMOUNTS = st.integers(-9, 9).filter(bool).map(lambda tens: tens * 1000)
LINES = st.lists(st.tuples(AMOUNTS, st.integers(-12, 3), st.sampled_from([None, "a", "b"])), max_size=9)


@settings(max_examples=200, deadline=None)
@given(LINES, st.lists(st.tuples(AMOUNTS, st.integers(-3, 5)), max_size=5), st.randoms())
def test_sums_agree_in_any_order(rows, shown_rows, random):
    lines = [Open(number, cents, day(at), key) for number, (cents, at, key) in enumerate(rows)]
    shown = [Shown(number, cents, day(at)) for number, (cents, at) in enumerate(shown_rows)]
    cents = {line.id: line.cents for line in lines}
    mixed = random.sample(lines, len(lines))
    for each in shown:
        found = bank.exact(each, lines)
        assert found == bank.exact(each, mixed)
        assert all(sum(cents[line_id] for line_id in proposal.ids) == each.cents for proposal in found)
    matched = bank.certain(shown, lines)
    assert matched == bank.certain(random.sample(shown, len(shown)), mixed)
    used = [line_id for proposal in matched.values() for line_id in proposal.ids]
    assert len(used) == len(set(used)), "no line is matched twice"


def test_bounded():
    lines = [Open(number, 1000 + number, day(-number % 60), number % 7) for number in range(3000)]
    lines += [Open(number, -number, day(-number % 60)) for number in range(3000, 4000)]
    before = time.process_time()
    bank.exact(Shown(1, 123457, DAY), lines)
    assert time.process_time() - before < 2
