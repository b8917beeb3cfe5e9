"""The table of attacks counts the tests that are marked as such, and nothing else."""

import pytest

from answers.pages import ROOT
from answers.site.attacks import KINDS, Attack, attacks, attacks_of, table

SOURCE = """
NAMED = {"a": 1, "b": 2, "c": 3}

@pytest.mark.parametrize("x", NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("y", [1, 2])
@pytest.mark.attack("disk")
def test_six(x, y): pass

@pytest.mark.attack("forgery", excluded=True)
@pytest.mark.parametrize("x", made())
def test_one(x): pass

def test_no_attack(): pass
"""


def test_the_cases_that_are_written_out_are_counted(tmp_path):
    (tmp_path / "test_it.py").write_text(SOURCE)
    assert list(attacks_of(tmp_path / "test_it.py")) == [
        Attack("disk", "test_six", 6, excluded=False),
        Attack("forgery", "test_one", 1, excluded=True),
    ]


def test_a_kind_that_is_none_is_refused(tmp_path):
    (tmp_path / "test_it.py").write_text(SOURCE.replace("disk", "desk"))
    with pytest.raises(ValueError, match="test_six: an attack is one of endless, judge"):
        list(attacks_of(tmp_path / "test_it.py"))


def test_every_test_that_is_marked_is_in_the_table():
    marked = sum(
        path.read_text("utf-8").count("\n@pytest.mark.attack(")
        for path in (ROOT / "tests").rglob("test_*.py")
    )
    # The one above is text, with two.
    assert len(list(attacks())) == marked - 2
    assert {attack.kind for attack in attacks()} == set(KINDS)


def test_each_row_adds_up():
    *rows, whole = [
        [int(cell) for cell in line.split("|")[2:5]] for line in table().splitlines()[2:]
    ]
    assert all(survived + excluded == tried for tried, survived, excluded in [*rows, whole])
    assert [sum(column) for column in zip(*rows, strict=True)] == whole
