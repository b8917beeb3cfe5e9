"""Practice for question 21: RMS normalization."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.training.normalization import rms_norm

exercise = Exercise(
    rms_norm,
    page="21-normalization",
    hints=(
        "It is layer normalization with one thing less. What is the mean of a row of the result, "
        "and what is its mean square?",
        "One number for each row, on an axis that is kept, so that it broadcasts. What must stand "
        "under the root for a row of zeros to give zeros?",
        "The gain belongs to features: it is multiplied after the division.",
    ),
)

rng = np.random.default_rng(23)


def inputs(*shape):
    return 3 * rng.normal(size=shape) + 2, rng.normal(size=shape[-1])


exercise.case("a row", np.array([1.0, 7.0]), np.ones(2))
exercise.case("a gain", np.array([3.0, -1.0, 2.0]), np.array([2.0, 0.5, -1.0]))
exercise.case("seven rows", *inputs(7, 3))
exercise.case("as many rows as features", *inputs(4, 4))
exercise.case("three axes", *inputs(2, 5, 3))
exercise.case("a large eps", *inputs(3, 5), eps=0.5)
small, gain = inputs(3, 5)
exercise.case("inputs of a thousandth", small / 1000, gain)
exercise.case("a row of zeros", small * np.array([[1], [0], [1]]), gain)
exercise.case("three leading axes", *inputs(2, 3, 2, 5))
exercise.case("one feature", *inputs(4, 1))
add_whole_numbers(
    exercise, rng.integers(-9, 9, size=(3, 5)), rng.integers(1, 5, size=5)
)
exercise.case("float32", *(a.astype(np.float32) for a in inputs(2, 3, 5)))
exercise.long_case(*inputs(401, 3))


@exercise.bug
def mean_subtracted(x, gain, eps=1e-6):
    """The mean of the row is subtracted first, as in layer normalization. RMS normalization leaves
    it in: divide x itself."""
    # "The mean of the row is subtracted first": np.allclose(got, bug(x + 5, gain), atol=1e-6) and
    #     np.allclose((got / gain).sum(-1), 0)
    # "divide x itself": gain * centred → gain * x; (centred ** 2) → (x ** 2)
    x = x.astype(float) if x.dtype.kind != "f" else x
    centred = x - x.mean(axis=-1, keepdims=True)
    return gain * centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)


@exercise.bug
def divided_by_the_deviation(x, gain, eps=1e-6):
    """x is divided by its standard deviation, which subtracts the mean. Divide by the root of the
    mean of x², mean and all."""
    # "x is divided by its standard deviation": np.allclose(got, gain * x / x.std(axis=-1,
    #     keepdims=True), rtol=1e-4)
    # "Divide by the root of the mean of x²": x.var(axis=-1, keepdims=True) →
    #     (x**2).mean(axis=-1, keepdims=True)
    x = x.astype(float) if x.dtype.kind != "f" else x
    return gain * x / np.sqrt(x.var(axis=-1, keepdims=True) + eps)


@exercise.bug
def sum_for_mean(x, gain, eps=1e-6):
    """The squares are summed, so that a row gets length 1. Their mean stands under the root: a
    row's mean square becomes 1."""
    # "The squares are summed, so that a row gets length 1": np.allclose(((got / gain)**2).sum(-1),
    #     1, rtol=1e-4)
    # "Their mean stands under the root": .sum(axis=-1, keepdims=True) → .mean(axis=-1,
    #     keepdims=True)
    x = x.astype(float) if x.dtype.kind != "f" else x
    return gain * x / np.sqrt((x**2).sum(axis=-1, keepdims=True) + eps)


@exercise.bug
def eps_outside_the_root(x, gain, eps=1e-6):
    """eps is added to the root. It belongs under the root, beside the mean square: small rows show
    it."""
    # "eps is added to the root": np.allclose(got, gain * x / (eps + np.sqrt((x**2).mean(-1,
    #     keepdims=True))), rtol=1e-12)
    # "It belongs under the root, beside the mean square": keepdims=True)) + eps →
    #     keepdims=True) + eps)
    x = x.astype(float) if x.dtype.kind != "f" else x
    return gain * x / (np.sqrt((x**2).mean(axis=-1, keepdims=True)) + eps)


@exercise.bug
def root_missing(x, gain, eps=1e-6):
    """x is divided by the mean square, not by its root: twice the input gives half the result.
    Take the root."""
    # "x is divided by the mean square, not by its root": np.allclose(got, gain * x /
    #     (x**2).mean(axis=-1, keepdims=True))
    # "twice the input gives half the result": np.allclose(bug(2 * x, gain), got / 2)
    # "Take the root": ((x ** 2).mean(axis=-1, keepdims=True) + eps) → np.sqrt((x **
    #     2).mean(axis=-1, keepdims=True) + eps)
    x = x.astype(float) if x.dtype.kind != "f" else x
    return gain * x / ((x**2).mean(axis=-1, keepdims=True) + eps)


@exercise.bug
def gain_before_the_division(x, gain, eps=1e-6):
    """The gain stands inside the mean square, too, where a larger one cancels itself. Divide by
    the root mean square of x, then multiply."""
    # "The gain stands inside the mean square, too, where a larger one cancels itself":
    #     np.allclose(got, bug(x, 2 * gain), rtol=1e-4)
    # "Divide by the root mean square of x, then multiply": scaled ** 2 → x ** 2
    x = x.astype(float) if x.dtype.kind != "f" else x
    scaled = gain * x
    return scaled / np.sqrt((scaled**2).mean(axis=-1, keepdims=True) + eps)


@exercise.bug
def whole_array(x, gain, eps=1e-6):
    """One root mean square divides the whole array, so rows depend on each other. Take one for
    each row: axis=-1, keepdims=True."""
    # "One root mean square divides the whole array": np.isclose(((got / gain)**2).mean(), 1) and
    #     not np.allclose(((got / gain)**2).mean(-1), 1)
    # "Take one for each row: axis=-1, keepdims=True": .mean() → .mean(axis=-1, keepdims=True)
    x = x.astype(float) if x.dtype.kind != "f" else x
    return gain * x / np.sqrt((x**2).mean() + eps)


@exercise.bug
def first_axis(x, gain, eps=1e-6):
    """The mean square runs over the examples, as in batch normalization. It runs over the features
    of each row: the last axis."""
    # "The mean square runs over the examples": np.allclose(((got / gain)**2).mean(0), 1, rtol=1e-4)
    # "It runs over the features of each row: the last axis": axis=axis → axis=-1
    x = x.astype(float) if x.dtype.kind != "f" else x
    axis = 0 if x.ndim > 1 else -1
    return gain * x / np.sqrt((x**2).mean(axis=axis, keepdims=True) + eps)
