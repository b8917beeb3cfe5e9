"""The exercises on metrics: two mistakes at once are told one after the other."""

import importlib.util

import pytest

from answers.pages import ROOT
from answers.practice import catalog


def wrong_answers(name):
    path = ROOT / "tests/wrong_answers" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"wrong_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "both", "second", "told"),
    [
        (
            "roc_auc",
            "ties_lost_and_upside_down",
            "strictly_higher",
            ["upside_down", "ties_lost"],
        ),
        (
            "average_precision",
            "trapezoid_and_ties",
            "textbook_ranking",
            ["trapezoids", "ties_one_by_one"],
        ),
        (
            "precision_recall_f1",
            "averaged_and_unguarded",
            "unguarded",
            ["arithmetic_mean", "nan_for_nothing"],
        ),
        (
            "matthews_correlation",
            "plus_and_unguarded",
            "unguarded",
            ["errors_added", "no_zero_case"],
        ),
        (
            "mcnemar",
            "tail_of_b_without_a_cap",
            "doubled_without_a_cap",
            ["only_if_a_is_better", "above_one"],
        ),
    ],
)
def test_two_mistakes_are_told_one_after_the_other(name, both, second, told):
    """`second` is what is left of `both` when what was told first has been repaired."""
    exercise, wrong = catalog.load(name), wrong_answers(name)
    answers = getattr(wrong, both), getattr(wrong, second)
    assert [exercise.run(answer).bug for answer in answers] == told


def test_an_answer_that_depends_on_the_order_of_tied_examples_never_passes():
    """Whichever way a sort breaks ties, a case tells."""
    for name in ("roc_auc", "average_precision"):
        exercise = catalog.load(name)
        bug = {
            "roc_auc": "ties_by_position",
            "average_precision": "ties_one_by_one",
        }[name]
        assert len(exercise.bugs[bug].programs) == 2
        for program in exercise.bugs[bug].programs:
            assert exercise.run(program).bug == bug
