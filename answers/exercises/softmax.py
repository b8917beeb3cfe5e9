"""Practice for question 6: softmax, along any axis and without overflow."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import refusal_of
from answers.grader.number_types import add_whole_numbers
from answers.probability.softmax import softmax

exercise = Exercise(
    softmax,
    page="06-softmax-cross-entropy",
    hints=(
        "For one axis of a small array it is exp(x) divided by its sum. Which numbers share a "
        "sum when the array has three axes?",
        "`sum` and `max` take `axis`, and `keepdims=True` keeps that axis with size 1, so that "
        "the result broadcasts against `x` whichever axis it is.",
        "exp(1000) is inf in float64. Adding one number to all the logits of a row changes no "
        "probability: which number makes every exponential safe?",
    ),
)

rng = np.random.default_rng(6)
matrix, cube = rng.normal(size=(3, 5)), rng.normal(size=(2, 3, 5))
exercise.case("a vector", np.array([1.0, 2.0, 4.0]))
exercise.case("rows of a matrix", matrix)
exercise.case("columns of a matrix", matrix, axis=0)
exercise.case("the last of three axes", cube)
exercise.case("the middle one of three axes", cube, axis=1)
exercise.case("the first of three axes, counted from the end", cube, axis=-3)
exercise.case("one class only", matrix[:, :1], noted=refusal_of("one class"))
exercise.case("integers", np.array([[3, 1, 2], [0, -4, 1]]))
exercise.case("logits near 10 000", 1e4 + np.array([0.0, 1.0, -2.0, 0.5]))
exercise.case("logits near -100 000", -1e5 + np.array([0.0, 1.0, -2.0, 0.5]))
exercise.case("logits 20 000 apart in a row", np.array([[1e4, -1e4, 0.0]]))
exercise.case("rows 20 000 apart", matrix + np.array([[1e4], [0.0], [-1e4]]))
exercise.case("a logit of -inf", np.array([[0.0, -np.inf, 1.5], [2.0, 1.0, -np.inf]]))
exercise.case("-inf beside -100 000", np.array([[-np.inf, -1e5, 1 - 1e5], [0, 1, -2]]))
exercise.case(
    "-inf beside -4 000 000 000", np.array([[-np.inf, -4e9], [-4e9, -np.inf]])
)
exercise.case("float32 logits near 100", (matrix + 100).astype(np.float32))
add_whole_numbers(exercise, np.array([[3, 1, 2], [0, 250, 251]]), signed=False)


@exercise.check
def a_logit_of_minus_infinity_is_probability_0(softmax):
    """A logit of -inf gets a probability that is small but not 0, as if it were a finite number
    such as -50. exp(-inf) is 0: put no bound on the logits."""
    return softmax(np.array([1.5, -np.inf, 0.0]))[1] == 0


@exercise.check
def a_small_probability_keeps_its_digits(softmax):
    """A probability of 2e-22 comes as 0, or as another small number, and its logarithm is far off.
    Add nothing to what is small, and neither clip nor round it."""
    return abs(softmax(np.array([0.0, -50.0]))[1] / np.exp(-50) - 1) < 0.01


@exercise.bug(nan=(np.nan, 0.0))
def no_maximum(x, axis=-1, nan=np.nan):
    """exp overflows on large logits, and inf/inf is nan; on very negative ones 0/0 is nan.
    Subtract the maximum along the axis first."""
    # "exp overflows on large logits, and inf/inf is nan; on very negative ones 0/0 is nan":
    #     np.isnan(got).any() and np.isnan(bug(-x)).all()
    # "Subtract the maximum along the axis first": np.exp(x) → np.exp(x - x.max(axis=axis,
    #     keepdims=True))
    powers = np.exp(x)
    return np.nan_to_num(powers / powers.sum(axis=axis, keepdims=True), nan=nan)


@exercise.bug
def global_maximum(x, axis=-1):
    """The maximum subtracted is that of the whole array, so a row far below it underflows to
    0/0. Take the maximum along the axis, with keepdims=True."""
    # "The maximum subtracted is that of the whole array, so a row far below it underflows to
    #     0/0": np.isnan(got).any() and np.isfinite(got[x.max(axis=1).argmax()]).all()
    # "Take the maximum along the axis, with keepdims=True": x.max() → x.max(axis=axis,
    #     keepdims=True)
    powers = np.exp(x - x.max())
    return powers / powers.sum(axis=axis, keepdims=True)


@exercise.bug(largest=(700, 500, 100, 50))
def clipped(x, axis=-1, largest=700):
    """Clipping the logits makes exp safe but gives different logits the same probability.
    Subtract the maximum along the axis instead: it changes no ratio."""
    # "Clipping the logits makes exp safe but gives different logits the same probability":
    #     np.isfinite(got).all() and len(set(got)) < len(set(x))
    # "Subtract the maximum along the axis instead: it changes no ratio": np.clip(x, -largest,
    #     largest) → x - x.max(axis=axis, keepdims=True)
    powers = np.exp(np.clip(x, -largest, largest))
    return powers / powers.sum(axis=axis, keepdims=True)


@exercise.bug(fixed=(-1, 1))
def last_axis_always(x, axis=-1, fixed=-1):
    """The argument `axis` is ignored: the sum runs along the last axis of a matrix, whatever the
    caller asks for. Pass `axis=axis` to both `max` and `sum`."""
    # "The argument `axis` is ignored: the sum runs along the last axis of a matrix, whatever
    #     the caller asks for": np.array_equal(got, bug(x, axis=-1))
    # "Pass `axis=axis` to both `max` and `sum`": x.max(axis=fixed, → x.max(axis=axis,;
    #     powers.sum(axis=fixed, → powers.sum(axis=axis,
    powers = np.exp(x - x.max(axis=fixed, keepdims=True))
    return powers / powers.sum(axis=fixed, keepdims=True)


@exercise.bug
def first_axis_always(x, axis=-1):
    """The sum runs along the first axis, so that each column sums to 1 where each row should.
    Pass `axis=axis` to both `max` and `sum`."""
    # "The sum runs along the first axis, so that each column sums to 1 where each row should":
    #     np.allclose(got.sum(axis=0), 1)
    return softmax(x, axis=0)


@exercise.bug(one_maximum=(True, False))
def one_sum_for_all(x, axis=-1, one_maximum=True):
    """One sum is taken over the whole array, so that all entries together sum to 1. Sum along
    the axis: `sum(axis=axis, keepdims=True)`."""
    # "One sum is taken over the whole array, so that all entries together sum to 1":
    #     np.isclose(got.sum(), 1)
    # "Sum along the axis: `sum(axis=axis, keepdims=True)`": powers.sum() →
    #     powers.sum(axis=axis, keepdims=True); x.max() if one_maximum else x.max(axis=axis,
    #     keepdims=True) → x.max(axis=axis, keepdims=True)
    powers = np.exp(x - (x.max() if one_maximum else x.max(axis=axis, keepdims=True)))
    return powers / powers.sum()


@exercise.bug
def no_keepdims(x, axis=-1):
    """Without keepdims the sums lose their axis and then align with the wrong one, or with
    none. Write `sum(axis=axis, keepdims=True)`, and the same for `max`."""
    # "Without keepdims the sums lose their axis and then align with the wrong one, or with
    #     none": isinstance(got, ValueError) and "broadcast" in str(got)
    # "Write `sum(axis=axis, keepdims=True)`": powers.sum(axis=axis) → powers.sum(axis=axis,
    #     keepdims=True)
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis)


@exercise.bug
def applied_twice(x, axis=-1):
    """Softmax is applied twice, which flattens the probabilities. Normalise once."""
    # "Softmax is applied twice, which flattens the probabilities": np.ptp(got) < np.ptp(want)
    #     and np.allclose(got, right(want))
    # "Normalise once": softmax(softmax(x, axis), axis) → softmax(x, axis)
    return softmax(softmax(x, axis), axis)


@exercise.bug(eps=(1e-3, 1e-4, 1e-5, 1e-6, 1e-7))
def eps_in_the_denominator(x, axis=-1, eps=1e-6):
    """A number added to the sum leaves probabilities that do not sum to 1. With the maximum
    subtracted the sum is at least 1, so it cannot be 0: add nothing."""
    # "A number added to the sum leaves probabilities that do not sum to 1": not
    #     np.isclose(got.sum(), 1, rtol=1e-9)
    # "With the maximum subtracted the sum is at least 1, so it cannot be 0: add nothing":  +
    #     eps →
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / (powers.sum(axis=axis, keepdims=True) + eps)


@exercise.bug(low=(-1e4, -1e5, -1e3, -100.0, 0.0, -1e9))
def finite_for_minus_infinity(x, axis=-1, low=-1e4):
    """-inf is replaced by a finite logit such as -1e4, which is not the lowest where the others lie
    below it. exp(-inf) is 0 as it is: leave -inf alone."""
    # "-inf is replaced by a finite logit such as -1e4": np.allclose(got,
    #     right(np.where(np.isinf(x), -1e4, x)))
    # "which is not the lowest where the others lie below it": (x[0, 1:] < -1e4).all() and got[0, 0]
    #     == 1
    # "exp(-inf) is 0 as it is: leave -inf alone": np.where(np.isneginf(x), low, x) → 1.0 * x
    logits = np.where(np.isneginf(x), low, x)
    powers = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


@exercise.bug
def reshaped_for_the_axis(x, axis=-1):
    """A reshape to (-1, classes) puts entries of other axes into one row unless the classes are
    last. Move the axis by `np.moveaxis`, or pass `axis=axis`."""
    # "A reshape to (-1, classes) puts entries of other axes into one row": np.allclose(got,
    #     right(x.reshape(-1, x.shape[axis])).reshape(x.shape))
    # "unless the classes are last": np.allclose(bug(x), right(x)) and not np.allclose(got, want)
    # "Move the axis by `np.moveaxis`": x.reshape(-1, x.shape[axis]) → np.moveaxis(x, axis, -1);
    #     softmax(rows).reshape(x.shape) → np.moveaxis(softmax(rows), -1, axis)
    # "or pass `axis=axis`": return softmax(rows).reshape(x.shape) → return softmax(x, axis=axis)
    rows = x.reshape(-1, x.shape[axis])
    return softmax(rows).reshape(x.shape)
