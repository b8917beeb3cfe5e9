"""What a result should depend on, and how: said where inputs are changed and asked again."""

import numpy as np
import pytest
from made_up import Exercise

RNG = np.random.default_rng(5)
X = [RNG.normal(size=shape) for shape in ((4, 3), (5, 2), (3, 3), (2, 4))]
Y = [RNG.normal(size=x.shape) for x in X]
SALT = RNG.normal(size=99)


def exercise_of(reference, *inputs, **options):
    """An exercise of a function inside another one, which has no file and so no slips."""
    exercise = Exercise(reference, "a-page", ("Hint.",))
    for number, args in enumerate(zip(*inputs, strict=True)):
        exercise.case(f"input {number}", *args, **options)
    return exercise


def references():
    """References, none of which stands alone in a file."""

    def direction(x):
        """x / |x|."""
        return x / np.sqrt((x**2).sum())

    def centred(x):
        """x - its mean."""
        return x - x.mean()

    def product(x, y):
        """Σ x y / n."""
        return np.float64((x * y).sum() / len(x))

    def gated(x, y):
        """y where x is above 0."""
        return y * (x > 0)

    def running(x):
        """Running sums."""
        return x.cumsum(axis=0)

    def squares(x):
        """xᵀ x."""
        return x.T @ x

    def ranks(x):
        """How many are smaller, in halves."""
        return (x.ravel() < x.ravel()[:, None]).sum(axis=1) / 2

    def in_blocks(x, size=2):
        """x sin(x)."""
        return x * np.sin(x)

    return {each.__name__: each for each in list(locals().values())}


OURS = references()
DOUBLED, CUBED = "x_doubled_should_not_matter", "x_replaced_by_its_cube_should_not_matter"
SIZE = "size_one_larger_should_not_matter"
WRONG = [
    (
        "direction",
        lambda x: x / (np.sqrt((x**2).sum()) + 0.8 * np.cos(x)),
        "x_doubled_should_not_matter",
    ),
    (
        "centred",
        lambda x: x - 0.9 * x.mean(),
        "x_with_a_constant_added_should_not_matter",
    ),
    ("product", lambda x, y: (x * y)[:-1].sum() / 3, "rows_in_another_order_should_not_matter"),
    ("gated", lambda x, y: y * (x * y > 0), "y_with_another_sign_has_another_effect"),
    ("gated", lambda x, y: np.cos(x) + 0.1, "y_has_no_effect"),
    (
        "running",
        lambda x: x.cumsum(axis=0) + 0.1 * x[-1:],
        "last_entry_of_x_reaches_too_far",
    ),
    ("squares", lambda x: x[1:-1].T @ x[1:-1], "last_entry_of_x_has_no_effect"),
    (
        "ranks",
        lambda x: np.sin(x.ravel() / abs(x).max()),
        "x_replaced_by_its_cube_should_not_matter",
    ),
    (
        "in_blocks",
        lambda x, size=2: x * np.sin(x) * (1 + 1 / size),
        "size_one_larger_should_not_matter",
    ),
    ("in_blocks", lambda x, size=2: x * RNG.normal(size=x.shape), "changes_from_call_to_call"),
]


def judged(name, program):
    arguments = {"product": (X, Y), "gated": (X, Y), "in_blocks": (X, [2, 3, 4, 5])}
    return exercise_of(OURS[name], *arguments.get(name, (X,))).run(program)


@pytest.mark.parametrize(("name", "wrong", "told"), WRONG)
def test_what_should_not_matter_or_should_is_told(name, wrong, told):
    report = judged(name, wrong)
    assert not report.passed
    assert report.bug == told
    assert "The usual cause: " in report.diagnosis


@pytest.mark.parametrize(("name", "wrong", "told"), WRONG[:-1])
def test_it_is_not_told_of_a_program_that_goes_wrong_elsewhere(name, wrong, told):
    """It keeps to what the reference keeps to, and its numbers are others."""

    def another(*args):
        return 0.7 * OURS[name](*args) ** 3

    report = judged(name, another)
    assert not report.passed
    assert report.bug != told


def test_what_was_passed_by_name_still_is():
    """Else a program that takes it by name alone would raise at every changed input."""
    exercise = exercise_of(OURS["in_blocks"], [])
    for number, x in enumerate(X):
        exercise.case(f"by name {number}", x, size=number + 3)
    report = exercise.run(lambda x, *, size=2: x * np.sin(x) * (1 + size**-2.5))
    assert report.bug == SIZE


def test_one_input_shows_no_law():
    """Of one input it may be chance that the result stays as it is."""
    exercise = exercise_of(OURS["direction"], X[:1])
    report = exercise.run(lambda x: x / (np.sqrt((x**2).sum()) + 0.8 * np.cos(x)))
    assert not report.passed
    assert "should_not_matter" not in (report.bug or "")


def test_what_the_submission_does_with_other_inputs_does_no_harm():
    """It may raise, answer nothing, or write to what it is given."""
    before = [x.copy() for x in X]

    def fragile(x):
        if not any(np.array_equal(x, each) for each in before):
            raise RuntimeError("not seen before")
        return x + SALT[: x.size].reshape(x.shape)

    def greedy(x):
        x *= 2
        return x + SALT[: x.size].reshape(x.shape)

    for program in (fragile, greedy):
        assert not judged("direction", program).passed
    assert all(map(np.array_equal, X, before))
