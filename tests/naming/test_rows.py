"""The order of the rows: said where a submission is asked again with the rows reversed."""

import numpy as np
import pytest
from made_up import Exercise

RNG = np.random.default_rng(5)
X = [RNG.normal(size=shape) for shape in ((4, 3), (5, 2), (3, 3), (2, 4))]
Y = [RNG.normal(size=x.shape) for x in X]
SALT = RNG.normal(size=99)
NO_MATTER = "rows_in_another_order_should_not_matter"
NO_EFFECT = "rows_in_another_order_has_another_effect"


def exercise_of(reference, *inputs):
    """An exercise of a function inside another one, which has no file and so no mutants."""
    exercise = Exercise(reference, "a-page", ("Hint.",))
    for number, args in enumerate(zip(*inputs, strict=True)):
        exercise.case(f"input {number}", *args)
    return exercise


def references():
    """References, none of which stands alone in a file."""

    def product(x, y):
        """Σ x y / n."""
        return np.float64((x * y).sum() / len(x))

    def waves(x, y):
        """x sin(y)."""
        return x * np.sin(y)

    def running(x, y):
        """Running sums."""
        return (x + y).cumsum(axis=0)

    return product, waves, running


PRODUCT, WAVES, RUNNING = references()


def without_the_last(x, y):
    return (x * y)[:-1].sum() / 3


def scaled_by_place(x, y):
    return x * np.sin(y) * np.cos(1 + np.arange(len(x)))[:, None]


@pytest.mark.parametrize(
    ("reference", "wrong", "name", "words"),
    [
        (PRODUCT, without_the_last, NO_MATTER, "should stay as it is, and yours does not"),
        (WAVES, scaled_by_place, NO_EFFECT, "should come in reverse order, and yours does not"),
    ],
)
def test_an_order_that_should_not_matter_or_should_is_told(reference, wrong, name, words):
    report = exercise_of(reference, X, Y).run(wrong)
    assert report.bug == name
    assert report.diagnosis.startswith("With `x` and `y` in reverse order, the result should")
    assert f"{words}, in each of 3 inputs tried. The usual cause: " in report.diagnosis


@pytest.mark.parametrize(
    ("end", "row", "cause"), [("first", 0, "a `return` in"), ("last", -1, "overwrites its result")]
)
def test_the_result_of_one_row_alone_is_told(end, row, cause):
    report = exercise_of(PRODUCT, X, Y).run(lambda x, y: np.float64(x[row] @ y[row]))
    assert report.bug == f"{end}_row_alone"
    assert f"of the {end} row alone of `x` and `y`, in each of 3 inputs" in report.diagnosis
    assert cause in report.diagnosis


@pytest.mark.parametrize("reference", [PRODUCT, WAVES])
def test_it_is_not_told_of_a_program_that_goes_wrong_elsewhere(reference):
    """It keeps to the order that the reference keeps to, and its numbers are others."""
    report = exercise_of(reference, X, Y).run(lambda x, y: 0.7 * reference(x, y) ** 3)
    assert not report.passed
    assert report.bug not in (NO_MATTER, NO_EFFECT)


def test_nor_of_a_program_that_answers_the_same_rows_otherwise_when_asked_again():
    calls = []

    def counting(x, y):
        calls.append(x)
        return x * np.sin(y) * np.cos(len(calls))

    assert exercise_of(WAVES, X, Y).run(counting).bug != NO_EFFECT


def test_nor_where_the_order_does_what_it_likes_to_our_own_result():
    report = exercise_of(RUNNING, X, Y).run(lambda x, y: x[::-1].cumsum(axis=0) ** 2 + y)
    assert not report.passed
    assert report.bug not in (NO_MATTER, NO_EFFECT)


def test_one_input_shows_no_law():
    """Of one input it may be chance that the result stays as it is."""
    report = exercise_of(PRODUCT, X[:1], Y[:1]).run(without_the_last)
    assert not report.passed
    assert report.bug != NO_MATTER


def test_a_number_that_was_passed_by_name_still_is():
    """Else a program that takes it by name alone would raise in every input that is reversed."""

    def waves(x, size=2):
        """x sin(x)."""
        return x * np.sin(x)

    exercise = exercise_of(waves, [])
    for number, x in enumerate(X):
        exercise.case(f"by name {number}", x, size=number + 3)
    report = exercise.run(lambda x, *, size=2: scaled_by_place(x, x) * size**-0.5)
    assert report.bug == NO_EFFECT


def test_what_the_submission_does_when_it_is_asked_again_does_no_harm():
    """It may raise, or write to its arguments."""
    before = [x.copy() for x in X]

    def fragile(x, y):
        if not any(np.array_equal(x, each) for each in before):
            raise RuntimeError("not seen before")
        return without_the_last(x, y)

    def greedy(x, y):
        result = without_the_last(x, y)
        if not any(np.array_equal(x, each) for each in before):
            x *= 2
        return result

    for program in (fragile, greedy):
        assert exercise_of(PRODUCT, X, Y).run(program).bug is None
    assert all(map(np.array_equal, X, before))
