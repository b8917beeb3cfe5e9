"""What is said of an exception: the cause that fits it, and never a bug that it is not."""

import itertools
import math

import numpy as np
import pytest
from made_up import Exercise

from answers.grader import catalog

MATRICES = [np.random.default_rng(5).normal(size=size) for size in ((3, 3), (4, 5))]
WHOLE = np.array([[3, 7], [1, 250]], np.int32)


def itself(x):
    """x."""
    return 1.0 * x


@pytest.fixture
def exercise():
    exercise = Exercise(itself, "a-page", ("Hint.",))
    for number, x in enumerate([*MATRICES, WHOLE]):
        exercise.case(f"input {number}", x)
    return exercise


def underflowing(x):
    with np.errstate(all="raise"):
        return np.exp(-1000.0 + 0 * x)


RAISED = [
    (lambda x: x * (1 / 0), "not_finite", "an error of arithmetic where it should be finite"),
    (lambda x: x * (1 // 0), "not_finite", "0 divided by 0"),
    (lambda x: x * (1 % 0), "not_finite", "in every input that fails"),
    (lambda x: x * math.exp(1000), "not_finite", "exp of a large number"),
    (lambda x: x * math.log(0), "not_finite", "a logarithm of 0"),
    (lambda x: x * math.sqrt(-1), "not_finite", "an error of arithmetic"),
    (lambda x: x * int(math.inf), "infinity_as_an_integer", "or passed to `int`"),
    (lambda x: x.astype(np.uint8) + 300, "raises_OverflowError", "shapes and types"),
    (underflowing, "raises_FloatingPointError", "The message names the line"),
    (lambda x: None.shape, "raises_AttributeError", "The message names the line"),
    (lambda x: nothing_of_this_name, "raises_NameError", "spell the name"),
    (lambda x: np.einsum("...i->i", x), "raises_ValueError", "the shapes and types"),
    (lambda x: x + np.ones(99), "shapes_that_do_not_fit", "a transpose or `keepdims`"),
    (lambda x: np.ones(99).__iadd__(x), "shapes_that_do_not_fit", "`keepdims`"),
    (lambda x: np.broadcast_arrays(x, np.ones(99))[0], "shapes_that_do_not_fit", ""),
    (lambda x: x[99], "raises_IndexError", "The message names the line"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "name", "words"), RAISED)
def test_an_exception_is_told_with_the_cause_of_its_kind(exercise, wrong, name, words):
    report = exercise.run(wrong)
    assert report.bug == name
    assert words in report.diagnosis


def test_nothing_is_called_right_where_nothing_is(exercise):
    def typing(answers):
        called = itertools.count()
        return lambda x: 1.0 * x if next(called) % 4 in answers else x + "a"

    exercise.case("more integers", WHOLE.T)
    told = {answers: exercise.run(typing(answers)).diagnosis for answers in ((), (1, 2))}
    assert told[()].endswith(
        "in every input that fails. The message names the line: look at the shapes and types there."
    )
    assert "in every input that fails, and all that is answered is right" in told[1, 2]


def test_a_raise_of_the_learners_own_leads_to_its_condition_not_to_shapes(exercise):
    def refusing(*sizes):
        def wrong(x):
            if x.size in sizes:
                raise ValueError("a size")
            return x

        return wrong

    told = [exercise.run(refusing(*sizes)).diagnosis for sizes in ((20,), (4, 20))]
    assert told[0].endswith("Look for this: the condition under which it is raised.")
    assert told[1].endswith("look at the condition under which it is raised there.")


def test_an_error_of_arithmetic_is_a_bugs_nan_only_if_something_is_answered(exercise):
    @exercise.bug
    def nothing_but_nan(x):
        """It is nan. Do not divide."""
        return x * np.nan

    @exercise.bug
    def integers_overflow(x):
        """Integers overflow. Convert them."""
        return 1.0 * x / (x.dtype != np.int32)

    assert exercise.run(lambda x: x * (1 / 0)).bug == "not_finite"
    assert exercise.run(lambda x: x * np.inf).bug == "nothing_but_nan"
    assert exercise.run(lambda x: x * (1 / (x.dtype != np.int32))).bug == "integers_overflow"
    assert exercise.run(lambda x: x + 300 - 300).bug not in exercise.bugs


def test_an_error_of_arithmetic_is_one_too_where_refusals_are_asked_for():
    exercise = Exercise(itself, "a-page", ("Hint.",), refuses="what is no matrix")
    for number, x in enumerate(MATRICES):
        exercise.case(f"input {number}", x)

    @exercise.bug
    def squares_are_nan(x):
        """A square matrix is nan. Do not divide."""
        return x / (len(x) != len(x.T))

    def logarithm(x):
        return x + math.log(len(x) != len(x.T))

    assert exercise.run(logarithm).bug == "squares_are_nan"


ARITHMETIC = [
    lambda: 1 / 0,
    lambda: np.ones(1, np.uint8) + 300,
    lambda: int(math.inf),
    lambda: math.log(0),
    lambda: math.exp(1000),
]


@pytest.mark.parametrize("name", catalog.names())
def test_no_bug_claims_an_error_of_arithmetic_in_every_input(name):
    exercise = catalog.load(name)
    for error in ARITHMETIC:
        report = exercise.run(lambda *args, error=error, **kwargs: error())
        assert not report.passed
        assert report.bug not in exercise.bugs


def columns_hidden(q, k, v, mask=None):
    s = q @ k.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    if mask is not None and not mask.any(axis=-1).all():
        raise ValueError("a query sees nothing")
    if mask is not None:
        s[..., ~mask] = -np.inf
    s = np.exp(s - s.max(axis=-1, keepdims=True))
    return s / s.sum(axis=-1, keepdims=True) @ v


def test_an_error_of_a_known_cause_is_no_coincidence_of_its_inputs():
    assert catalog.load("attend").run(columns_hidden).bug == "mask_of_another_shape"
