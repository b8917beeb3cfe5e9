"""Practice for question 7: the whole Jacobian from backward passes."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.networks.vector_jacobian import jacobian_from_vjp

exercise = Exercise(
    jacobian_from_vjp,
    page="07-autograd",
    hints=(
        "What is gᵀJ if g is 1 at one entry and 0 at all others?",
        "`np.ndindex(shape)` gives the index of every entry of the output, and one empty index "
        "for the shape (): the loop needs no case of its own for one number.",
        "Each call needs its own g. In the end you have a list of arrays in the shape of the "
        "input: stack them, then give the stack the axes of the output in front.",
    ),
)

rng = np.random.default_rng(7)
a, tall = (
    rng.uniform(1, 2, size=(2, 3)).round(2),
    rng.uniform(1, 2, size=(5, 2)).round(2),
)
square = rng.uniform(1, 2, size=(3, 3)).round(2)
slopes = rng.uniform(1, 2, size=(2, 3)).round(2)
w = rng.normal(size=(3, 5))
mixing = rng.normal(size=(2, 3, 1, 2))


def wide_matrix(g):
    """the backward pass of y = a @ x, with a of shape (2, 3)"""
    return g @ a


def tall_matrix(g):
    """the backward pass of y = a @ x, with a of shape (5, 2)"""
    return g @ tall


def square_matrix(g):
    """the backward pass of y = a @ x, with a of shape (3, 3)"""
    return g @ square


def weighted_sum(g):
    """the backward pass of y = (w * x).sum(), with w and x of shape (2, 3)"""
    return g[..., None, None] * slopes


def linear_layer(g):
    """the backward pass of y = x @ w by x, with x of shape (2, 3) and w of shape (3, 5)"""
    return g @ w.T


def any_linear(g):
    """the backward pass of a linear function from shape (1, 2) to shape (2, 3)"""
    return np.tensordot(g, mixing, axes=2)


def in_place(g):
    """the backward pass of y = 0.3 * a @ x, which writes g *= 0.3 into a copy of g"""
    g = g.copy()
    g *= 0.3
    return g @ a


def batched_layer(g):
    """the backward pass of y = x @ w by x, with x of shape (2, 1, 3) and w of shape (3, 5)"""
    return g @ w.T


exercise.case("two outputs, three inputs", wide_matrix, (2,))
exercise.case("as many outputs as inputs", square_matrix, (3,))
exercise.case("more outputs than inputs", tall_matrix, (5,))
exercise.case("one number from a matrix", weighted_sum, ())
exercise.case("a matrix from a matrix", any_linear, (2, 3))
exercise.case("a linear layer", linear_layer, (2, 5))
exercise.case("an output of three axes", batched_layer, (2, 1, 5))
exercise.case("a backward pass that writes into floats", in_place, (2,))


@exercise.check
def calls_vjp_once_for_each_output(jacobian_from_vjp):
    """`vjp` must be called once for each entry of the output: it is a whole backward pass."""
    calls = []

    def counted(g):
        calls.append(g)
        return any_linear(g)

    jacobian_from_vjp(counted, (2, 3))
    return len(calls) == 6


@exercise.check
def copies_what_vjp_returns(jacobian_from_vjp):
    """`vjp` returned the same memory at every call, as a `.grad` that is overwritten does, and
    all rows became the last one. Copy what it returns."""
    buffer = np.empty(3)

    def reused(g):
        return np.matmul(g, a, out=buffer)

    return np.allclose(jacobian_from_vjp(reused, (2,)), a)


@exercise.check
def copies_the_gradient_of_one_number(jacobian_from_vjp):
    """`vjp` was called again after your function had ended, and the Jacobian of one number changed:
    it is the memory that `vjp` writes to. Copy what it returns."""
    buffer = np.empty(slopes.shape)

    def reused(g):
        return np.multiply(g, slopes, out=buffer)

    jacobian = jacobian_from_vjp(reused, ())
    reused(np.zeros(()))
    return np.allclose(jacobian, slopes)


@exercise.bug
def ones_passed(vjp, shape):
    """One call with g = 1 everywhere gives the gradient of the sum of the outputs, and the rows
    cannot be told apart. Call `vjp` once for each output, with a single 1."""
    # "One call with g = 1 everywhere gives the gradient of the sum of the outputs":
    #     np.allclose(got, want.sum(axis=0))
    # "Call `vjp` once for each output, with a single 1": np.asarray(vjp(np.ones(shape))) →
    #     (lambda rows: np.stack(rows).reshape(*shape,
    #     *rows[0].shape))([np.copy(vjp(e.reshape(shape))) for e in np.eye(int(np.prod(shape)))])
    return np.asarray(vjp(np.ones(shape)))


@exercise.bug(dtype=(np.int64, bool))
def ones_of_integers(vjp, shape, dtype=np.int64):
    """g holds integers, and a backward pass that writes a fraction into it raises, or loses it.
    Gradients are floats: `np.zeros(shape)` makes some, `dtype=int` does not."""
    # "g holds integers, and a backward pass that writes a fraction into it raises":
    #     isinstance(got, TypeError)
    # "Gradients are floats: `np.zeros(shape)` makes some": np.eye(size, dtype=dtype) →
    #     np.eye(size) + np.zeros(shape).reshape(-1)
    size = int(np.prod(shape))
    rows = [np.copy(vjp(e.reshape(shape))) for e in np.eye(size, dtype=dtype)]
    return np.stack(rows).reshape(*shape, *rows[0].shape)


@exercise.bug
def rows_added_up(vjp, shape):
    """Each row holds those before it as well: the 1 of the last call was not set back to 0, or
    the gradients were added up. Start each row from zeros."""
    # "Each row holds those before it as well": np.allclose(got, want.cumsum(axis=0))
    # "Start each row from zeros": .cumsum(axis=0) →
    # "the 1 of the last call was not set back to 0, or the gradients were added up":
    #     np.allclose(got[1], vjp(np.ones(shape))) and np.allclose(got[1], want[0] + want[1])
    size, jacobian = int(np.prod(shape)), jacobian_from_vjp(vjp, shape)
    return jacobian.reshape(size, -1).cumsum(axis=0).reshape(jacobian.shape)


@exercise.bug
def inputs_first(vjp, shape):
    """The axes of the input come first: this is the transpose. The derivative of output i by
    input j belongs at [i, j]."""
    # "The axes of the input come first: this is the transpose": np.array_equal(got, want.T)
    # "The derivative of output i by input j belongs at [i, j]": axes[len(shape):] +
    #     axes[:len(shape)] → axes[:len(shape)] + axes[len(shape):]
    jacobian = jacobian_from_vjp(vjp, shape)
    axes = list(range(jacobian.ndim))
    return jacobian.transpose(axes[len(shape) :] + axes[: len(shape)])


@exercise.bug
def stacked_last_and_reshaped(vjp, shape):
    """The rows are stacked along the last axis and then reshaped as if they lay along the first, so
    that numbers change places. Stack them along axis 0."""
    # "The rows are stacked along the last axis and then reshaped as if they lay along the first":
    #     np.array_equal(got, want.T.reshape(want.shape))
    # "Stack them along axis 0": axis=-1 → axis=0
    rows = [np.copy(vjp(e.reshape(shape))) for e in np.eye(int(np.prod(shape)))]
    return np.stack(rows, axis=-1).reshape(tuple(shape) + rows[0].shape)


@exercise.bug
def flattened(vjp, shape):
    """The result has two axes, whatever the shapes. Give it the axes of the output, then those
    of the input."""
    # "The result has two axes, whatever the shapes": got.ndim == 2 and bug(any_linear, (2,
    #     3)).ndim == 2
    # "Give it the axes of the output, then those of the input":
    #     jacobian.reshape(int(np.prod(shape)), -1) → jacobian.reshape(int(np.prod(shape)),
    #     -1).reshape(*shape, *jacobian.shape[len(shape):])
    jacobian = jacobian_from_vjp(vjp, shape)
    return jacobian.reshape(int(np.prod(shape)), -1)


@exercise.bug
def outputs_flattened(vjp, shape):
    """The axes of the output are rolled into one. Give the stacked rows the shape of the output,
    followed by that of the input; one number has no axis."""
    # "The axes of the output are rolled into one": bug(any_linear, (2, 3)).shape[0] == 6 and
    #     got.shape[0] == 1
    # "Give the stacked rows the shape of the output, followed by that of the input; one number
    #     has no axis": -1, *jacobian.shape[len(shape):] → *shape, *jacobian.shape[len(shape):]
    jacobian = jacobian_from_vjp(vjp, shape)
    return jacobian.reshape(-1, *jacobian.shape[len(shape) :])


@exercise.bug
def first_axis_only(vjp, shape):
    """The loop runs over the first axis of the output only, so in a matrix a whole row is 1 at
    once. Loop over `np.ndindex(shape)`."""
    # "The loop runs over the first axis of the output only, so in a matrix a whole row is 1 at
    #     once": np.allclose(got, want.sum(axis=1))
    rows = []
    for i in range(shape[0] if shape else 1):
        g = np.zeros(shape)
        g[i if shape else ()] = 1
        rows.append(vjp(g))
    return np.stack(rows) if shape else rows[0]


@exercise.bug(spread=(True, False))
def last_axis_only(vjp, shape, spread=True):
    """g is 1 along all other axes of the output at once, as if its rows were examples that do not
    touch each other: their gradients are added up. Loop over `np.ndindex(shape)`."""
    # "g is 1 along all other axes of the output at once": np.allclose(got, want.sum(axis=0))
    # "Loop over `np.ndindex(shape)`": np.ndindex(shape[-1:]) → np.ndindex(shape); (..., *at) →
    #     at; shape[-1:] + rows → tuple(shape) + rows; if spread → if 0
    rows = []
    for at in np.ndindex(shape[-1:]):
        g = np.zeros(shape)
        spot = (..., *at)
        g[spot] = 1
        rows.append(np.copy(vjp(g)))
    jacobian = np.stack(rows).reshape(shape[-1:] + rows[0].shape)
    if spread:
        jacobian = np.broadcast_to(jacobian, shape[:-1] + jacobian.shape).copy()
    return jacobian


@exercise.bug
def ones_in_fortran_order(vjp, shape):
    """The 1 of g goes down the first axis, and the rows are put in their places along the last:
    they change places. Count both in one order."""
    # "The 1 of g goes down the first axis, and the rows are put in their places along the last":
    #     np.allclose(got.reshape(shape[::-1] + got.shape[2:]).swapaxes(0, 1), want)
    # "Count both in one order": order='F' → order='C'
    seeds = np.eye(int(np.prod(shape)))
    rows = [np.copy(vjp(e.reshape(shape, order="F"))) for e in seeds]
    return np.stack(rows).reshape(tuple(shape) + rows[0].shape)
