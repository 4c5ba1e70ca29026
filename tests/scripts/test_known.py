"""A failure is known where its row names the test, its class or its file, and no other one."""

import pytest

from scripts import known

REASONS = {"m/tests/test_a.py": "file", "m/tests/test_b.py::TestB": "class", "m/tests/test_c.py::TestC::test_c": "test"}


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("m/tests/test_a.py::TestA::test_a", "file"),
        ("m/tests/test_b.py::TestB::test_b", "class"),
        ("m/tests/test_c.py::TestC::test_c", "test"),
        ("m/tests/test_b.py::TestBoth::test_b", None),
        ("m/tests/test_c.py::TestC::test_cc", None),
        ("more_m/tests/test_a.py::TestA::test_a", None),
    ],
)
def test_what_is_known(test, why):
    assert known.why(REASONS, test) == why


def test_rows_are_read(tmp_path):
    file = tmp_path / "known.csv"
    file.write_text('test,why\nm/tests/test_a.py,"here, and there"\n')
    assert known.read(file) == {"m/tests/test_a.py": "here, and there"}


@pytest.mark.parametrize("rows", ["a,b\n", "test,why\na\n", "test,why\na,\n", "test,why\na,b,c\n"])
def test_row_without_a_reason_is_refused(tmp_path, rows):
    file = tmp_path / "known.csv"
    file.write_text(rows)
    with pytest.raises(ValueError, match=r"known\.csv"):
        known.read(file)
