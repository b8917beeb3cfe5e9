"""Practice for question 21: the backward pass of layer normalization."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.networks.standardize import normalize, standardize_backward

exercise = Exercise(
    standardize_backward,
    page="21-standardized-rows",
    returns=("dx", "dgain", "dbias"),
    hints=(
        "Gain and bias are shared by all rows: over which axes are their gradients summed?",
        "How does the output change if a whole row of x is shifted, or scaled about its mean? "
        "Which two directions must dx therefore not contain?",
    ),
)

rng = np.random.default_rng(21)


def inputs(*shape):
    return (
        rng.normal(size=shape),
        3 * rng.normal(size=shape) + 1,
        rng.normal(size=shape[-1]),
    )


exercise.case(
    "one row", np.array([1.0, 0.0, -2.0]), np.array([1.0, 2.0, 4.0]), np.ones(3)
)
exercise.case("a gain", *inputs(1, 5))
exercise.case("seven rows", *inputs(7, 3))
exercise.case("three axes", *inputs(2, 5, 3))
exercise.case("a large eps", *inputs(3, 5), eps=0.5)
exercise.case(
    "inputs about 10 000",
    *(a + s for a, s in zip(inputs(3, 5), (0, 1e4, 0), strict=True)),
)
exercise.case(
    "integer inputs", np.ones((2, 3)), np.array([[1, 2, 4], [0, 5, 1]]), np.ones(3)
)
exercise.case("three leading axes", *inputs(2, 3, 2, 5))
whole = [rng.integers(-9, 9, size=size) for size in ((3, 5), (3, 5), 5)]
add_whole_numbers(exercise, *whole)
exercise.case("float32", *(a.astype(np.float32) for a in inputs(2, 3, 5)))
exercise.long_case(*inputs(401, 3))


@exercise.bug
def statistics_held_constant(dout, x, gain, eps=1e-5):
    """Mean and deviation are taken for constants, but every entry of the row moves them. Take
    from gain · dout its mean and its part along x̂."""
    # "Mean and deviation are taken for constants": np.allclose(got.dx, gain * dout /
    #     normalize(x, 1e-5)[1])
    # "Take from gain · dout its mean and its part along x̂": _, deviation = → along, deviation
    #     =; gain * dout / deviation → ((g := (gain * dout)) - g.mean(axis=-1, keepdims=True) -
    #     along * (g * along).mean(axis=-1, keepdims=True)) / deviation
    _, deviation = normalize(x, eps)
    _, dgain, dbias = standardize_backward(dout, x, gain, eps)
    return gain * dout / deviation, dgain, dbias


@exercise.bug
def gain_left_out(dout, x, gain, eps=1e-5):
    """The gain is left out of dx. The gradient passes through it before it reaches x̂."""
    # "The gain is left out of dx": np.array_equal(got.dx, bug(dout, x, 2 * gain)[0])
    # "The gradient passes through it": np.ones_like(gain) → np.ones_like(gain) * gain
    dx, _, _ = standardize_backward(dout, x, np.ones_like(gain), eps)
    return dx, *standardize_backward(dout, x, gain, eps)[1:]


@exercise.bug
def last_row_only(dout, x, gain, eps=1e-5):
    """The gradients of gain and bias come from one row. All rows share them: sum over all axes
    but the last."""
    # "The gradients of gain and bias come from one row": np.allclose(got.dbias, dout[-1])
    # "All rows share them: sum over all axes but the last": [-1:] for →  for
    dx, _, _ = standardize_backward(dout, x, gain, eps)
    last = (a.reshape(-1, a.shape[-1])[-1:] for a in (dout, x))
    return dx, *standardize_backward(*last, gain, eps)[1:]


@exercise.bug
def deviation_forgotten(dout, x, gain, eps=1e-5):
    """dx is not divided by the deviation. A row that is twice as wide has half the gradient."""
    # "dx is not divided by the deviation": np.allclose(got.dx, want.dx * normalize(x, 1e-5)[1])
    dx, dgain, dbias = standardize_backward(dout, x, gain, eps)
    return dx * normalize(x, eps)[1], dgain, dbias
