"""Practice for question 21: the backward pass of layer normalization."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.inputs import as_float
from answers.training.normalization import layer_norm_backward, normalize

exercise = Exercise(
    layer_norm_backward,
    page="21-normalization",
    returns=("dx", "dgain", "dbias"),
    hints=(
        "All rows share gain and bias. Over which axes are their gradients summed?",
        "The gradient reaches x̂ through the gain. From there an entry of x acts by itself, through "
        "the mean of its row, and through the deviation: three terms, one division.",
        "A shift of a whole row changes no output, and a stretch about its mean almost none. Which "
        "two parts must dx lose?",
    ),
)

rng = np.random.default_rng(21)


def inputs(*shape):
    dout, x = rng.normal(size=(2, *shape))
    return dout, 3 * x + 1, rng.normal(size=shape[-1])


exercise.case(
    "one row", np.array([1.0, 0.5, -1.0]), np.array([1.0, 2.0, 4.0]), np.ones(3)
)
exercise.case("a gain", *inputs(1, 5))
exercise.case("seven rows", *inputs(7, 3))
exercise.case("as many rows as features", *inputs(4, 4))
exercise.case("no leading axis", *inputs(5))
exercise.case("three axes", *inputs(2, 5, 3))
exercise.case("a large eps", *inputs(3, 5), eps=0.5)
exercise.case(
    "a row of equal entries",
    *(np.array(a) for a in ([[1.0, 0.5]], [[3.0, 3.0]], [2.0, 1.0])),
)
dout, x, gain = inputs(3, 5)
exercise.case("inputs about 100 000", dout, x + 1e5, gain)
exercise.case(
    "integer inputs, gradients that cancel",
    np.array([[1.0, -1, 1], [-1, 1, 1]]),
    np.array([[1, 2, 4], [0, 5, 1]]),
    np.ones(3),
)
whole = [rng.integers(-9, 9, size=size) for size in ((3, 5), (3, 5), 5)]
add_whole_numbers(exercise, *whole, factor=40_009)
exercise.case("float32", *(a.astype(np.float32) for a in inputs(2, 3, 5)))
exercise.case("three leading axes", *inputs(2, 3, 2, 5))
dout, x, gain = inputs(3, 5)
exercise.case("gradients of a millionth", dout / 1e6, x, gain)
exercise.case("an eps of 0", dout, x / 1000, gain, 0.0)
exercise.case(
    "int32 whose products need more than four bytes",
    *(a.astype(np.int32) for a in (50_000 * whole[0], whole[1], 60_000 * whole[2])),
)


@exercise.bug
def statistics_held_constant(dout, x, gain, eps=1e-5):
    """Mean and deviation are taken for constants, but every entry of the row moves them. Take
    from gain · dout its mean and its part along x̂."""
    # "Mean and deviation are taken for constants": np.allclose(got.dx, gain * dout /
    #     normalize(x, -1, 1e-5)[1])
    # "Take from gain · dout its mean and its part along x̂": _, deviation = → along, deviation
    #     =; as_float(gain) * dout / deviation → ((g := (as_float(gain) * dout)) -
    #     g.mean(axis=-1, keepdims=True) - along * (g * along).mean(axis=-1, keepdims=True)) /
    #     deviation
    _, deviation = normalize(x, -1, eps)
    _, dgain, dbias = layer_norm_backward(dout, x, gain, eps)
    return as_float(gain) * dout / deviation, dgain, dbias


@exercise.bug
def mean_held_constant(dout, x, gain, eps=1e-5):
    """The term of the mean is missing: the entries of a row of dx must sum to 0, for a shift of
    the row changes nothing. Take the mean of gain · dout away, too."""
    # "the entries of a row of dx must sum to 0": abs(got.dx.sum(-1)).max() > 0.1
    # "Take the mean of gain · dout away, too": g - along → g - g.mean(axis=-1, keepdims=True) -
    #     along
    # "The term of the mean is missing": np.allclose(np.ptp(got.dx - want.dx, axis=-1), 0) and
    #     not np.allclose(got.dx, want.dx)
    hat, deviation = normalize(x, -1, eps)
    g = as_float(gain) * dout
    along = (g * hat).mean(axis=-1, keepdims=True) * hat
    return (g - along) / deviation, *layer_norm_backward(dout, x, gain, eps)[1:]


@exercise.bug
def deviation_held_constant(dout, x, gain, eps=1e-5):
    """The term of the deviation is missing: a stretch of the row about its mean changes nothing,
    so dx has no part along x̂. Take that part of gain · dout away, too."""
    # "The term of the deviation is missing": np.allclose(got.dx.sum(-1), 0) and abs((got.dx *
    #     normalize(x, -1, 1e-5)[0]).sum(-1)).max() > 0.1
    # "Take that part of gain · dout away, too": _, deviation → hat, deviation; centred /
    #     deviation → (centred - (g * hat).mean(axis=-1, keepdims=True) * hat) / deviation
    _, deviation = normalize(x, -1, eps)
    g = as_float(gain) * dout
    centred = g - g.mean(axis=-1, keepdims=True)
    return centred / deviation, *layer_norm_backward(dout, x, gain, eps)[1:]


@exercise.bug
def gain_left_out(dout, x, gain, eps=1e-5):
    """The gain is left out of dx. The gradient passes through it before it reaches x̂."""
    # "The gain is left out of dx": np.array_equal(got.dx, bug(dout, x, 2 * gain)[0])
    # "The gradient passes through it": np.ones_like(gain) → np.ones_like(gain) * gain
    dx, _, _ = layer_norm_backward(dout, x, np.ones_like(gain), eps)
    return dx, *layer_norm_backward(dout, x, gain, eps)[1:]


@exercise.bug
def deviation_forgotten(dout, x, gain, eps=1e-5):
    """dx is not divided by the deviation. A row that is twice as wide has half the gradient."""
    # "dx is not divided by the deviation": np.allclose(got.dx, want.dx * normalize(x, -1,
    #     1e-5)[1])
    dx, dgain, dbias = layer_norm_backward(dout, x, gain, eps)
    return dx * normalize(x, -1, eps)[1], dgain, dbias


@exercise.bug
def gain_by_the_inputs(dout, x, gain, eps=1e-5):
    """dgain multiplies dout by x. The gain multiplies the normalized x̂: sum dout · x̂."""
    # "dgain multiplies dout by x": np.allclose(got.dgain, (dout * x).reshape(-1,
    #     len(gain)).sum(axis=0))
    # "sum dout · x̂": dout * x → dout * normalize(x, -1, eps)[0]
    dx, _, dbias = layer_norm_backward(dout, x, gain, eps)
    return dx, (dout * x).sum(axis=tuple(range(x.ndim - 1))), dbias


@exercise.bug
def last_row_only(dout, x, gain, eps=1e-5):
    """The gradients of gain and bias come from one row. All rows share them: sum over all axes
    but the last."""
    # "The gradients of gain and bias come from one row": np.allclose(got.dbias, dout[-1])
    # "All rows share them: sum over all axes but the last": [-1:] for →  for
    dx, _, _ = layer_norm_backward(dout, x, gain, eps)
    last = (a.reshape(-1, a.shape[-1])[-1:] for a in (dout, x))
    return dx, *layer_norm_backward(*last, gain, eps)[1:]


@exercise.bug
def averaged_over_the_rows(dout, x, gain, eps=1e-5):
    """dgain and dbias are means over the rows, but the 1/n belongs to the loss and is in `dout`
    already. Sum instead."""
    # "dgain and dbias are means over the rows": np.allclose(got.dbias, dout.reshape(-1,
    #     len(gain)).mean(axis=0)) and np.allclose(got.dgain * len(dout), want.dgain)
    # "Sum instead":  / n →
    dx, dgain, dbias = layer_norm_backward(dout, x, gain, eps)
    n = x.size // x.shape[-1]
    return dx, dgain / n, dbias / n


@exercise.bug
def first_axis_only(dout, x, gain, eps=1e-5):
    """dgain and dbias are summed over the first axis only, so with three axes one of them is left.
    Sum over every axis but the last."""
    # "so with three axes one of them is left": dout.ndim == 3 and got.dbias.ndim == 2
    # "Sum over every axis but the last": axis=0 → axis=tuple(range(dout.ndim - 1))
    dx, _, _ = layer_norm_backward(dout, x, gain, eps)
    hat, _ = normalize(x, -1, eps)
    if dout.ndim == 1:
        return dx, dout * hat, dout
    return dx, (dout * hat).sum(axis=0), dout.sum(axis=0)


@exercise.bug(throughout=(False, True))
def unbiased_variance(dout, x, gain, eps=1e-5, throughout=False):
    """The variance divides by d - 1. Layer normalization divides by d: leave `ddof` at 0."""
    # "The variance divides by d - 1": np.allclose(got.dgain, want.dgain * np.sqrt(1 -
    #     1 / x.shape[-1]), rtol=1e-4)
    # "leave `ddof` at 0": ddof=1 → ddof=0; d - throughout → d
    x = x.astype(float) if x.dtype.kind != "f" else x
    axes, d = tuple(range(x.ndim - 1)), x.shape[-1]
    deviation = np.sqrt(x.var(axis=-1, ddof=1, keepdims=True) + eps)
    hat, g = (x - x.mean(axis=-1, keepdims=True)) / deviation, as_float(gain) * dout
    # The term of the deviation may have that divisor, too: the derivative of such a variance.
    along = hat * (g * hat).sum(axis=-1, keepdims=True) / (d - throughout)
    dx = g - g.mean(axis=-1, keepdims=True) - along
    dbias = dout.astype(x.dtype).sum(axis=axes)
    return dx / deviation, (dout * hat).sum(axis=axes), dbias


@exercise.bug
def eps_outside_the_root(dout, x, gain, eps=1e-5):
    """eps is added to the deviation. It belongs to the variance, inside the root: else a row of
    equal entries is divided by 1e-5 where 0.003 is right."""
    # "eps is added to the deviation": np.allclose(got.dbias, want.dbias) and not
    #     np.allclose(got.dgain, want.dgain, rtol=1e-8)
    # "It belongs to the variance, inside the root": np.sqrt(x.var(axis=-1, keepdims=True)) + eps
    #     → np.sqrt(x.var(axis=-1, keepdims=True) + eps)
    # "else a row of equal entries is divided by 1e-5 where 0.003 is right":
    #     np.isclose(bug(np.eye(2), np.eye(2) * 0, np.ones(2))[0].max(), 0.5 / 1e-5) and
    #     round(np.sqrt(1e-5), 3) == 0.003
    x = x.astype(float) if x.dtype.kind != "f" else x
    axes = tuple(range(x.ndim - 1))
    deviation = np.sqrt(x.var(axis=-1, keepdims=True)) + eps
    hat, g = (x - x.mean(axis=-1, keepdims=True)) / deviation, as_float(gain) * dout
    dx = (
        g
        - g.mean(axis=-1, keepdims=True)
        - hat * (g * hat).mean(axis=-1, keepdims=True)
    )
    dbias = dout.astype(x.dtype).sum(axis=axes)
    return dx / deviation, (dout * hat).sum(axis=axes), dbias


@exercise.bug
def gain_after_the_means(dout, x, gain, eps=1e-5):
    """The gain multiplies dx at the end, after the two terms were taken from dout. They belong to
    the gradient that has passed through the gain: start from gain · dout."""
    # "The gain multiplies dx at the end, after the two terms were taken from dout":
    #     np.allclose(got.dx, gain * right(dout, x, np.ones_like(gain))[0])
    # "start from gain · dout": gain * layer_norm_backward(dout, x, np.ones_like(gain), eps)[0] →
    #     layer_norm_backward(as_float(gain) * dout, x, np.ones_like(gain), eps)[0]
    dx = gain * layer_norm_backward(dout, x, np.ones_like(gain), eps)[0]
    return dx, *layer_norm_backward(dout, x, gain, eps)[1:]


@exercise.bug
def squares_before_centring(dout, x, gain, eps=1e-5):
    """The variance is the mean of squares less the square of the mean, which cancels where the mean
    is far from 0. Subtract the mean from x first."""
    # "The variance is the mean of squares less the square of the mean, which cancels where the mean
    #     is far from 0": np.allclose(got.dx, want.dx, rtol=1e-3) and not np.allclose(got.dx,
    #     want.dx, rtol=1e-8)
    # "Subtract the mean from x first": (x ** 2).mean(axis=-1, keepdims=True) - mean ** 2 → ((x -
    #     mean) ** 2).mean(axis=-1, keepdims=True)
    x, axes = as_float(x), tuple(range(x.ndim - 1))
    mean = x.mean(axis=-1, keepdims=True)
    variance = (x**2).mean(axis=-1, keepdims=True) - mean**2
    deviation = np.sqrt(np.maximum(variance, 0) + eps)
    hat, g = (x - mean) / deviation, as_float(gain) * dout
    dx = (
        g
        - g.mean(axis=-1, keepdims=True)
        - hat * (g * hat).mean(axis=-1, keepdims=True)
    )
    dbias = dout.astype(x.dtype).sum(axis=axes)
    return dx / deviation, (dout * hat).sum(axis=axes), dbias


@exercise.bug
def sums_for_means(dout, x, gain, eps=1e-5):
    """Two sums over the row stand in dx where its means belong. Divide both by d, or take the
    mean."""
    # "Two sums over the row stand in dx where its means belong": np.allclose(got.dx * (n :=
    #     normalize(x, -1, 1e-5))[1], (g := gain * dout) - g.sum(axis=-1, keepdims=True) - n[0] *
    #     (g * n[0]).sum(axis=-1, keepdims=True))
    # "Divide both by d, or take the mean": .sum( → .mean(
    hat, deviation = normalize(x, -1, eps)
    g = as_float(gain) * dout
    along = (g * hat).sum(axis=-1, keepdims=True) * hat
    dx = (g - g.sum(axis=-1, keepdims=True) - along) / deviation
    return dx, *layer_norm_backward(dout, x, gain, eps)[1:]


@exercise.bug
def statistics_of_the_batch(dout, x, gain, eps=1e-5):
    """Mean and deviation are of each feature over all rows, as in batch normalization. Take them
    over the last axis: each row has its own."""
    # "Mean and deviation are of each feature over all rows": np.allclose(got.dgain,
    #     (dout.reshape(-1, len(gain)) * normalize(x.reshape(-1, len(gain)), 0,
    #     1e-5)[0]).sum(axis=0))
    # "Take them over the last axis": normalize(rows, 0, → normalize(rows, -1,; .mean(axis=0) →
    #     .mean(axis=-1, keepdims=True)
    rows, upstream = (as_float(a).reshape(-1, a.shape[-1]) for a in (x, dout))
    hat, deviation = normalize(rows, 0, eps)
    g = as_float(gain) * upstream
    dx = (g - g.mean(axis=0) - hat * (g * hat).mean(axis=0)) / deviation
    return dx.reshape(x.shape), (upstream * hat).sum(axis=0), upstream.sum(axis=0)


@exercise.bug
def gain_in_its_own_gradient(dout, x, gain, eps=1e-5):
    """dgain sums gain · dout · x̂. A gradient passes through the gain on its way to x, and not on
    its way to the gain: sum dout · x̂."""
    # "dgain sums gain · dout · x̂": np.allclose(got.dgain, want.dgain * gain)
    # "sum dout · x̂": gain * dgain → dgain
    dx, dgain, dbias = layer_norm_backward(dout, x, gain, eps)
    return dx, gain * dgain, dbias


@exercise.bug
def deviation_counts_twice(dout, x, gain, eps=1e-5):
    """The term of the deviation counts twice, as if the derivative of 1/√v were -1/v^1.5. It is
    half of that."""
    # "The term of the deviation counts twice": np.allclose((want.dx - got.dx) * (n := normalize(x,
    #     -1, 1e-5))[1], (gain * dout * n[0]).mean(axis=-1, keepdims=True) * n[0])
    # "as if the derivative of 1/√v were -1/v^1.5": np.isclose((2.001**-0.5 - 1.999**-0.5) / 0.002,
    #     -0.5 / 2**1.5) and not np.allclose(got.dx, want.dx)
    # "It is half of that": 2 * along → along
    hat, deviation = normalize(x, -1, eps)
    g = as_float(gain) * dout
    along = (g * hat).mean(axis=-1, keepdims=True) * hat
    dx = (g - g.mean(axis=-1, keepdims=True) - 2 * along) / deviation
    return dx, *layer_norm_backward(dout, x, gain, eps)[1:]
