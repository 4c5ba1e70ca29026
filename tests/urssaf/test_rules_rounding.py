from decimal import Decimal as D

from urssaf.rules import share_cents


def always(index, amount):
    return True


def test_what_adds_up_is_left_alone():
    assert share_cents(D("3.00"), [D("1.00"), D("2.00")], always) == [D("1.00"), D("2.00")]


def test_a_cent_goes_to_the_largest_line():
    assert share_cents(D("109.09"), [D("54.54"), D("54.56")], always) == [D("54.54"), D("54.55")]
    assert share_cents(D("3.01"), [D("2.00"), D("1.00")], always) == [D("2.01"), D("1.00")]


def test_a_line_takes_one_cent_at_most():
    assert share_cents(D("3.02"), [D("1.00"), D("2.00")], always) == [D("1.01"), D("2.01")]
    assert share_cents(D("3.03"), [D("1.00"), D("2.00")], always) == [D("1.00"), D("2.00")]


def test_a_line_that_may_not_change_is_passed_over():
    assert share_cents(D("2.99"), [D("1.00"), D("2.00")], lambda index, amount: index == 0) == [D("0.99"), D("2.00")]
    assert share_cents(D("2.99"), [D("1.00"), D("2.00")], lambda index, amount: False) == [D("1.00"), D("2.00")]


def test_parts_of_a_cent_are_not_shared():
    assert share_cents(D("3.005"), [D("1.00"), D("2.00")], always) == [D("1.00"), D("2.00")]
    assert share_cents(D("3.015"), [D("1.00"), D("2.00")], always) == [D("1.00"), D("2.00")]


def test_what_fits_is_asked_about_the_corrected_amount():
    asked = []
    share_cents(D("2.99"), [D("1.00"), D("2.00")], lambda index, amount: asked.append((index, amount)))
    assert asked == [(1, D("1.99")), (0, D("0.99"))]


def test_no_line():
    assert share_cents(D("1.00"), [], always) == []
