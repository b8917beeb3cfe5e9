"""Mutants: the solution with one thing changed, which explains what nobody planted."""

import ast

import numpy as np
import pytest
from made_up import Exercise

from answers.grader import catalog
from answers.naming import mutants

NAMES = catalog.names()
CODE = '''
import numpy as np


def ratio(p, q, eps=0.5):
    """A ratio. It has a `sum(axis=0)` in its text."""
    if len(p) > 99:
        raise ValueError("long")
    p = np.abs(p)
    total = p.sum(axis=-1, keepdims=True) - q[1:]
    total += eps
    return half(p / total, q)


def half(p, q):
    return p if q is None else np.where(p < 3, p, -p.T[0])
'''


def ratio(p, q):
    """Shares of the sizes, and squares."""
    return np.abs(p) / np.sum(np.abs(p)) + q[0] * p**2


P, Q = np.array([0.5, -1.25, 2.75, 0.1]), np.array([0.3, 1.7])


@pytest.fixture
def exercise():
    exercise = Exercise(ratio, "a-page", ("Hint.",))
    exercise.case("four", P, Q)
    exercise.case("three", P[:3] - 1, Q + 1)
    return exercise


def made(name):
    found = [each for each in mutants.mutants_of(CODE, "ratio") if each.name == name]
    return [(ast.unparse(each.right), ast.unparse(each.wrong)) for each in found]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("without_abs", "np.abs(p)", "p"),
        ("mean_for_sum", "p.sum(axis=-1, keepdims=True)", "p.mean(axis=-1, keepdims=True)"),
        ("another_axis", "p.sum(axis=-1, keepdims=True)", "p.sum(axis=0, keepdims=True)"),
        ("without_keepdims", "p.sum(axis=-1, keepdims=True)", "p.sum(axis=-1)"),
        ("an_index_left_out", "q[1:]", "q"),
        ("a_division_left_out", "p / total", "p"),
        ("the_wrong_way_round", "p / total", "total / p"),
        ("rounded_down", "p / total", "p // total"),
        ("a_step_left_out", "total += eps", "pass"),
        ("overwritten", "total += eps", "total = eps"),
        ("a_sign_left_out", "-p.T[0]", "p.T[0]"),
        ("without_transpose", "p.T", "p"),
        ("another_comparison", "p < 3", "p <= 3"),
        ("another_number", "3", "4"),
        ("q_for_p", "p", "q"),
    ],
)
def test_a_mutant_changes_one_thing(name, right, wrong):
    assert (right, wrong) in made(name)


def test_signature_docstring_and_whatever_may_not_end_are_left_alone():
    for each in mutants.mutants_of(CODE, "ratio"):
        assert each.wrong is not each.right
        assert "0.5" not in ast.unparse(each.right)
    endless = "def f(n):\n    while n > 1:\n        n = n - 1\n    return n + f(n - 1)\n"
    assert mutants.mutants_of(endless, "f") == []


def test_what_a_mutant_changes_is_right_again_after_the_call():
    program = next(m for m in mutants.mutants_of(CODE, "ratio") if m.name == "a_sign_left_out")
    p, q = np.full((4, 1), 0.6), np.array([0.0, 1.0])
    wrong = program(p, q)
    right = program.namespace["ratio"](p, q)
    assert np.array_equal(wrong, -right)
    assert np.array_equal(program(p, q), wrong)


@pytest.mark.parametrize(
    ("wrong", "name", "words"),
    [
        (lambda p, q: p / abs(p).sum() + q[0] * p * p, "without_abs", "`p` for `np.abs(p)`"),
        (lambda p, q: q[0] * p**2 + abs(p) / abs(p).max(), "max_for_sum", "`np.max(np.abs(p))`"),
        (lambda p, q: abs(p) / sum(abs(p)) + q[0] * p**3, "another_number", "`3` for `2`"),
        (lambda p, q: abs(p) / sum(abs(p)) + q[0] * p, "a_power_left_out", "`p` for `p ** 2`"),
        (lambda p, q: abs(p) / sum(abs(p)), "a_term_left_out", "Our solution with `np.abs(p) /"),
    ],
)
def test_a_mutant_that_explains_everything_is_told_however_it_is_written(
    exercise, wrong, name, words
):
    report = exercise.run(wrong)
    assert report.bug == name
    assert words in report.diagnosis
    assert "goes wrong as yours does, in every input" in report.diagnosis


def test_a_mutant_yields_to_a_bug_and_to_how_the_numbers_arise(exercise):
    @exercise.bug
    def cubes(p, q):
        """The power is another. Take squares."""
        return np.abs(p) / np.sum(np.abs(p)) + q[0] * p**3

    assert exercise.run(lambda p, q: abs(p) / sum(abs(p)) + q[0] * p**3).bug == "cubes"
    half = exercise.run(lambda p, q: ratio(p, q) / 2)
    assert half.bug == "constant_factor"


def test_a_mutant_that_one_number_contradicts_is_not_told(exercise):
    def bent(p, q):
        y = p / abs(p).sum() + q[0] * p**2
        return y + 0.1 * (len(p) == 3)

    def right_in_one(p, q):
        return ratio(p, q) if len(p) == 4 else np.abs(p) + q[0] * p**2

    for program in (bent, right_in_one):
        report = exercise.run(program)
        assert not report.passed
        assert report.bug not in {each.name for each in mutants.of(exercise)}


def test_what_comes_to_nan_where_a_mutant_does_need_not_be_that_mutant():
    """So do others. `x.sum` for `x.max` is nan in the same inputs as this, which has neither."""

    def softmax(x, axis=-1):
        return np.exp(x) / np.exp(x).sum(axis, keepdims=True) + 0 * x.mean()

    with np.errstate(all="ignore"):
        assert catalog.load("softmax").run(softmax).bug == "no_maximum"


@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_ends_soon_and_does_no_harm(name):
    """In the first case, which all are asked: they answer, or raise what a function may."""
    exercise = catalog.load(name)
    case = exercise.cases[0]
    found = mutants.of(exercise)
    some = found[::6]
    wrong = [each for each in some if case.ask(each).wrong]
    assert len(found) >= 7
    assert len(wrong) >= len(some) // 4
    assert exercise.run(exercise.reference).passed
    for each in some:
        diagnosis = mutants.name_of(each).diagnosis
        assert diagnosis.endswith(".")
        assert "\n" not in diagnosis


def test_of_mutants_of_one_expression_that_answer_alike_none_is_taken_for_the_cause():
    exercise = catalog.load("fix_the_layers")
    code = exercise.solution()
    right, wrong = ("x.max(axis=1, keepdims=True)", "x.mean(axis=1, keepdims=True)")
    namespace = {}
    exec(compile(code.replace(right, wrong), "<mean>", "exec"), namespace)
    report = exercise.run(namespace["fix_the_layers"])
    assert report.bug == "something_else_there"
    assert f"with something else for `{right}` goes wrong as yours does" in report.diagnosis
    some = [each for each in mutants.of(exercise) if ast.unparse(each.right) == right]
    found = {each.name: each for each in some}
    told = mutants.name_of(found["min_for_max"], found["mean_for_max"])
    assert told.name == "min_for_max_or_mean_for_max"
    assert f"` or `{wrong}` for `{right}` goes wrong as yours does" in told.diagnosis


def test_two_changes_that_write_the_same_code_are_told_as_one():
    exercise = catalog.load("fix_the_layers")
    change = next(each for each in mutants.of(exercise) if each.name == "min_for_max")
    told = mutants.name_of(change, change, change)
    assert told == mutants.name_of(change)
    assert " or " not in told.diagnosis


def test_a_single_0_is_no_mutants(monkeypatch):
    """A maximum with 0 hides what stands in it, here a 1 put for the term of a class with p = 0."""

    def replaced_after_the_sum(p, base=np.e, axis=-1):
        with np.errstate(all="ignore"):
            return np.nan_to_num(-(p * np.log(p)).sum(axis=axis)) / np.log(base)

    exercise = catalog.load("entropy")
    monkeypatch.setattr(exercise, "bugs", {})
    report = exercise.run(replaced_after_the_sum)
    assert not report.passed
    assert report.bug not in {each.name for each in mutants.of(exercise)}
