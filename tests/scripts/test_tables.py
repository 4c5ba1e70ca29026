"""Tables of Markdown: columns below each other, and nothing in a cell that would break it."""

import pytest

from scripts import tables


def test_columns_stand_below_each_other():
    assert tables.markdown(("Way", "ms"), [("ours", 4), ("Odoo's", 110.5)]).splitlines() == [
        "| Way    | ms    |",
        "| ------ | ----- |",
        "| ours   | 4     |",
        "| Odoo's | 110.5 |",
    ]


def test_figures_are_to_the_right():
    assert tables.markdown(("Way", "ms"), [("ours", 4), ("Odoo's", 110.5)], figures=True).splitlines() == [
        "| Way    |    ms |",
        "| ------ | ----: |",
        "| ours   |     4 |",
        "| Odoo's | 110.5 |",
    ]


def test_cell_is_one_line_and_one_cell():
    assert tables.markdown(("a", "b"), [("one\ntwo", "x | y")]).splitlines()[-1] == "| one two | x \\| y |"


def test_row_that_lacks_a_cell_is_refused():
    with pytest.raises(ValueError):
        tables.markdown(("a", "b"), [("one",)])
