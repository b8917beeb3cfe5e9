"""Practice for a question that only a test asks: rows without their means."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.networks.centring import centre_rows

exercise = Exercise(
    centre_rows,
    page="98-centred-rows",
    hints=(
        "How many means are there, and along which axis?",
        "What must the shape of the means be for x minus them?",
    ),
)

rng = np.random.default_rng(98)
for shape in ((3,), (7, 3), (2, 5, 3), (2, 3, 2, 5)):
    exercise.case(f"shape {shape}", rng.normal(size=shape))
exercise.case("float32", rng.normal(size=(4, 3)).astype(np.float32))
add_whole_numbers(exercise, np.array([[1, -2, 4], [0, 5, 2]]))


@exercise.bug
def one_mean(x):
    """One mean is taken of all rows: give each its own."""
    # "One mean is taken of all rows: give each its own": (x) → (x, axis=-1, keepdims=True)
    return x - np.mean(x)


@exercise.bug
def mean_added(x):
    """The mean is added: subtract it."""
    # "The mean is added: subtract it": x + → x -
    return x + np.mean(x, axis=-1, keepdims=True)


@exercise.bug
def median(x):
    """The median is subtracted: take the mean."""
    # "The median is subtracted: take the mean": np.median → np.mean
    return x - np.median(x, axis=-1, keepdims=True)
