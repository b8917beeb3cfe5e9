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
x, gain = inputs(4, 4)
exercise.case("as many rows as features", x, gain * [1, 1, 0, 1])
exercise.case("three axes", *inputs(2, 5, 3))
exercise.case("a large eps", *inputs(3, 5), eps=0.5)
small, gain = inputs(3, 5)
exercise.case("mean squares below eps", small / 10, gain, eps=0.5)
small, gain = inputs(3, 5)
exercise.case("inputs of a thousandth", small / 1000, gain)
exercise.case("a row of zeros", small * np.array([[1], [0], [1]]), gain)
exercise.case("three leading axes", *inputs(2, 3, 2, 5))
exercise.case("one feature", *inputs(4, 1))
exercise.case("an eps of 0", *inputs(3, 5), eps=0.0)
outlier = np.where(np.arange(64) == 7, 500.0, inputs(64)[0])
exercise.case("one large entry in a long row", outlier, np.linspace(0, 1.5, 64))
add_whole_numbers(
    exercise,
    rng.integers(-9, 9, size=(3, 5)),
    rng.integers(1, 5, size=5),
    factor=40_009,
)
exercise.case(
    "int32 of some 3e5",
    np.array([[250_000, -300_000, 350_000], [3, 400_000, -1]], dtype=np.int32),
    np.array([2.0, 0.5, 1.5]),
)
exercise.case("float32", *(a.astype(np.float32) for a in inputs(2, 3, 5)))


@exercise.bug(of=("both", "above"))
def mean_subtracted(x, gain, eps=1e-6, of="both"):
    """The mean of the row is subtracted first, as in layer normalization. RMS normalization leaves
    it in: divide x itself."""
    # "The mean of the row is subtracted first": np.allclose(got, bug(x + 5, gain), atol=1e-6) and
    #     np.allclose((got / gain).sum(-1), 0)
    # "divide x itself": gain * centred → gain * x; (below ** 2) → (x ** 2)
    x = x.astype(float) if x.dtype.kind != "f" else x
    centred = x - x.mean(axis=-1, keepdims=True)
    below = centred if of == "both" else x
    return gain * centred / np.sqrt((below**2).mean(axis=-1, keepdims=True) + eps)


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


@exercise.bug
def gain_counted_from_one(x, gain, eps=1e-6):
    """The result is multiplied by 1 + gain, as in models whose stored gain starts at 0. Here it is
    the scale itself: multiply by `gain`."""
    # "The result is multiplied by 1 + gain": np.allclose(got, right(x, 1 + gain))
    # "multiply by `gain`": 1 + gain → gain
    return rms_norm(x, 1 + gain, eps)


@exercise.bug
def eps_added_to_the_sum(x, gain, eps=1e-6):
    """eps is added to the sum of squares, before it is divided by d, so that it counts d times
    less. Add it to the mean."""
    # "eps is added to the sum of squares, before it is divided by d, so that it counts d times
    #     less": np.allclose(got, right(x, gain, 1e-6 / x.shape[-1]), rtol=1e-12)
    # "Add it to the mean": eps / x.shape[-1] → eps
    return rms_norm(x, gain, eps / x.shape[-1])


@exercise.bug
def another_default_of_eps(x, gain, eps=None):
    """The default of `eps` is another one, as that of layer normalization. Leave the default
    as it is, 1e-6."""
    # "as that of layer normalization": np.allclose(got, right(x, gain, 1e-5),
    #     rtol=1e-12)
    # "Leave the default as it is, 1e-6": 1e-05 → 1e-6
    return rms_norm(x, gain, 1e-5 if eps is None else eps)


@exercise.bug
def eps_squared(x, gain, eps=1e-6):
    """eps is squared under the root, where 1e-6 becomes 1e-12. Add eps itself: it belongs to the
    mean square, not to its root."""
    # "eps is squared under the root, where 1e-6 becomes 1e-12": np.allclose(got, right(x, gain,
    #     1e-12), rtol=1e-14)
    # "Add eps itself": eps ** 2 → eps
    return rms_norm(x, gain, eps**2)


@exercise.bug(of=("rows", "entries", "d - 1", "d - 1 or 1"))
def divided_by_another_number(x, gain, eps=1e-6, of="rows"):
    """The sum of a row's squares is divided by the number of rows, `len(x)`, by that of all
    entries, or by d - 1. Divide by the number of features, d, or take
    `.mean(axis=-1, keepdims=True)`."""
    # "The sum of a row's squares is divided by the number of rows, `len(x)`": np.allclose(got,
    #     gain * x / np.sqrt((x**2).sum(axis=-1, keepdims=True) / len(x) + 1e-6), rtol=1e-12)
    # "by that of all entries, or by d - 1": np.allclose(bug(x[None], gain, of="d - 1"), gain *
    #     x[None] / np.sqrt((x[None]**2).sum(axis=-1, keepdims=True) / (len(gain) - 1) + 1e-6))
    # "Divide by the number of features, d": / number → / x.shape[-1]
    # "or take `.mean(axis=-1, keepdims=True)`": .sum(axis=-1, keepdims=True) / number →
    #     .mean(axis=-1, keepdims=True)
    x = x.astype(float) if x.dtype.kind != "f" else x
    less = x.shape[-1] - 1
    sizes = {"rows": len(x), "entries": x.size, "d - 1": less, "d - 1 or 1": less or 1}
    number = np.float64(sizes[of])
    return gain * x / np.sqrt((x**2).sum(axis=-1, keepdims=True) / number + eps)


@exercise.bug(
    instead=(
        np.maximum,
        lambda squares, eps: np.where(squares > 0, squares, 1),
        lambda squares, eps: squares + 2**-52,
    )
)
def eps_not_added(x, gain, eps=1e-6, instead=np.maximum):
    """eps is not added to the mean square: something else steps in where that is 0 or small, and
    other rows do without. Add it in every row."""
    # "eps is not added to the mean square: something else steps in where that is 0 or small, and
    #     other rows do without": np.allclose(got, right(x, gain, 0.0), rtol=1e-14) and not
    #     bug(0 * x, gain).any()
    # "Add it in every row": instead((x ** 2).mean(axis=-1, keepdims=True),
    #     eps) → (x ** 2).mean(axis=-1, keepdims=True) + eps
    x = x.astype(float) if x.dtype.kind != "f" else x
    return gain * x / np.sqrt(instead((x**2).mean(axis=-1, keepdims=True), eps))
