"""Practice for question 19: a linear layer, backward, for any leading axes."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import WRAPPED_PRODUCTS
from answers.grader.number_types import add_whole_numbers
from answers.networks.matrix_calculus import linear_vjp

exercise = Exercise(
    linear_vjp,
    page="19-matrix-calculus",
    returns=("dx", "dw"),
    hints=(
        "Write the change of the loss as a sum over all entries of `g` times the change of "
        "`x @ w`. What does one entry of `w` change?",
        "⟨g, x dw⟩ = tr(gᵀ x dw). Read what stands before dw as the transpose of one matrix: "
        "that matrix is the gradient.",
        "Each gradient has the shape of what it is the gradient of. If yours fit only when all "
        "sizes are equal, a transpose is missing.",
        "Every example used the same weights. With more than one leading axis, `reshape(-1, n)` "
        "makes one row for each, so that one product sums over all of them.",
    ),
)

rng = np.random.default_rng(19)
x, w, g = rng.normal(size=(3, 5)), rng.normal(size=(5, 7)), rng.normal(size=(3, 7))
exercise.case("one example", x[:1], w, g[:1])
exercise.case("3 examples, 5 inputs, 7 outputs", x, w, g)
exercise.case("sizes that are all 3", x[:, :3], w[:3, :3], g[:, :3])
exercise.case(
    "two leading axes", rng.normal(size=(2, 3, 5)), w, rng.normal(size=(2, 3, 7))
)
exercise.case(
    "three leading axes",
    rng.normal(size=(4, 2, 3, 5)),
    w,
    rng.normal(size=(4, 2, 3, 7)),
)
four = np.array([1.0, -2.0, 0.5, 3.0])[:, None, None, None]
exercise.case("leading axes of 4, 1 and 3", four * x, w, four * g)
exercise.case("no leading axis", x[0], w, g[0])
exercise.case(
    "pixels from 0 to 255", rng.integers(256, size=(3, 5), dtype=np.uint8), w, g
)
exercise.case("float32", *(a.astype(np.float32) for a in (x, w, g)))
whole = [rng.integers(-200, 200, size=size) for size in ((3, 5), (5, 7), (3, 7))]
add_whole_numbers(exercise, *whole, factor=40_009)
exercise.case(
    "integers of four bytes, of some 1e6",
    *(40_009 * a.astype(np.int32) for a in whole),
    noted=WRAPPED_PRODUCTS,
)
exercise.case("gradients of 1e-4", x, w, 1e-4 * g)


@exercise.check
def follows_weights_that_are_changed(linear_vjp):
    """After a step of gradient descent in `w` itself, dx must be made of the new weights: an
    array keeps its `id` when its entries change, so remember nothing by it."""
    x, g = np.array([[1.0, 2.0, 4.0]]), np.array([[3.0, -1.0]])
    w = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    linear_vjp(x, w, g)
    w -= 0.5
    dx = linear_vjp(x, w, g)[0]
    return np.allclose(dx, g @ w.T)


def rows(a):
    return a.reshape(-1, a.shape[-1])


@exercise.bug
def transposes_for_gradients(x, w, g):
    """Xᵀ and Wᵀ are returned as if they were the gradients; `g` is not in them, and they have
    other shapes than w and x. They must act on it: `x.T @ g` and `g @ w.T`."""
    # "Xᵀ and Wᵀ are returned as if they were the gradients; `g` is not in them, and they have
    #     other shapes than w and x": np.array_equal(got.dx, w.T) and np.array_equal(got.dw, x.T)
    #     and np.array_equal(bug(x, w, g=0 * g)[0], got.dx)
    # "They must act on it: `x.T @ g` and `g @ w.T`": (w.T, x.T) → (g @ w.T, (lambda x, g: x.T @
    #     g)(rows(x), rows(g)))
    return w.T, x.T


@exercise.bug
def upstream_ignored(x, w, g):
    """`g` is not used: these are the gradients of the sum of all outputs. Put `g` where you have
    ones."""
    # "`g` is not used: these are the gradients of the sum of all outputs": np.allclose(got.dx,
    #     right(x, w, np.ones_like(g))[0]) and np.array_equal(bug(x, w, 2 * g)[0], got.dx)
    # "Put `g` where you have ones": np.ones_like(g) → g
    return linear_vjp(x, w, np.ones_like(g))


@exercise.bug
def weights_not_transposed(x, w, g):
    """dx multiplies `g` by w, whose rows belong to the inputs; the sizes fit only if w is
    square. Multiply by the transpose: `g @ w.T`."""
    # "the sizes fit only if w is square": isinstance(got, ValueError) and w.shape[0] !=
    #     w.shape[1]
    # "Multiply by the transpose: `g @ w.T`": g @ w → g @ w.T
    # "dx multiplies `g` by w, whose rows belong to the inputs": isinstance(got, ValueError) and
    #     len(w) == x.shape[-1] != g.shape[-1]
    return g @ w, linear_vjp(x, w, g)[1]


@exercise.bug
def input_not_transposed(x, w, g):
    """dw multiplies x by `g` as they are, which fits only if there are as many examples as
    inputs. The inner sum must run over the examples: `x.T @ g`."""
    # "dw multiplies x by `g` as they are, which fits only if there are as many examples as
    #     inputs": isinstance(got, ValueError) and np.allclose(bug(np.eye(5), w, (lambda g:
    #     np.tile(g, (5, 1)))(g))[1], np.tile(g, (5, 1)))
    # "The inner sum must run over the examples: `x.T @ g`": x @ g → (lambda x, g: x.T @
    #     g)(rows(x), rows(g))
    return linear_vjp(x, w, g)[0], x @ g


@exercise.bug
def product_over_the_outputs(x, w, g):
    """dw is `g @ x.T`: it has a row and a column for each example, and fits only if all sizes
    are equal. The inner sum must run over the examples: `x.T @ g`."""
    # "it has a row and a column for each example": bug(np.ones((2, 5)), np.eye(5), np.ones((2,
    #     5)))[1].shape == (2, 2)
    # "The inner sum must run over the examples: `x.T @ g`": rows(g) @ rows(x).T → (lambda x, g:
    #     x.T @ g)(rows(x), rows(g))
    # "dw is `g @ x.T`": np.allclose(bug(np.ones((2, 5)), np.eye(5), (lambda g: g)(np.ones((2,
    #     5))))[1], (lambda g, x: g @ x.T)(np.ones((2, 5)), np.ones((2, 5))))
    # "and fits only if all sizes are equal": isinstance(got, ValueError) and len({len(x),
    #     *w.shape}) > 1
    return linear_vjp(x, w, g)[0], rows(g) @ rows(x).T


@exercise.bug
def weight_gradient_transposed(x, w, g):
    """dw comes out as (d_out, d_in), which is how `torch.nn.Linear` stores it. Here w is
    (d_in, d_out), and so is its gradient: `x.T @ g`."""
    # "dw comes out as (d_out, d_in)": got.dw.shape == (g.shape[-1], x.shape[-1])
    # "Here w is (d_in, d_out), and so is its gradient: `x.T @ g`": dw.T → (lambda x, g: x.T @
    #     g)(rows(x), rows(g))
    dx, dw = linear_vjp(x, w, g)
    return dx, dw.T


@exercise.bug
def one_gradient_for_each_example(x, w, g):
    """dw keeps the batch: it is one outer product for each example. All of them used the same
    weights, so sum over every leading axis."""
    # "dw keeps the batch: it is one outer product for each example": got.dw.shape == (len(x),
    #     *w.shape)
    # "All of them used the same weights, so sum over every leading axis": x[..., :, None] *
    #     g[..., None, :] → (x[..., :, None] * g[..., None, :]).sum(axis=tuple(range(x.ndim - 1)))
    return linear_vjp(x, w, g)[0], x[..., :, None] * g[..., None, :]


@exercise.bug
def matrices_only(x, w, g):
    """dw is `x.T @ g`, but `.T` reverses every axis, so this is right for matrices only. Reshape
    x and `g` to rows first."""
    # "reverses every axis, so this is right for matrices only": x.ndim > 2 and isinstance(got,
    #     ValueError)
    # "Reshape x and `g` to rows first": x.T @ g → rows(x).T @ rows(g)
    # "dw is `x.T @ g`": np.allclose(bug(x[0], w, g[0])[1], (lambda x, g: x.T @ g)(x[0], g[0]))
    #     and isinstance(got, ValueError)
    return g @ w.T, x.T @ g


@exercise.bug
def only_last_leading_axis_summed(x, w, g):
    """dw is one product for each index of the first axes: `@` sums over one of them only. All
    examples share the weights, so sum over every leading axis: reshape to rows first."""
    # "dw is one product for each index of the first axes: `@` sums over one of them only":
    #     got.dw.shape == (len(x @ w), *w.shape)
    # "sum over every leading axis: reshape to rows first": x.swapaxes(-1, -2) @ g → rows(x).T @
    #     rows(g)
    return linear_vjp(x, w, g)[0], x.swapaxes(-1, -2) @ g


@exercise.bug
def only_first_axis_summed(x, w, g):
    """dw is summed over the first axis only, so with two leading axes one of them is left. Sum
    over every axis but the last."""
    # "dw is summed over the first axis only, so with two leading axes one of them is left":
    #     got.dw.shape == (x.shape[1], *w.shape)
    # "Sum over every axis but the last": axis=0 → axis=tuple(range(x.ndim - 1))
    return linear_vjp(x, w, g)[0], (x[..., :, None] * g[..., None, :]).sum(axis=0)


@exercise.bug(what=("dw", "both"))
def divided_by_the_batch(x, w, g, what="dw"):
    """The gradient is divided by the number of examples, but the 1/N of a mean belongs to the
    loss and is in `g` already. Leave it out of the layer."""
    # "The gradient is divided by the number of examples": np.allclose(len(x) * got.dw, want.dw)
    # "Leave it out of the layer": / len(rows(x)) → / 1
    # "but the 1/N of a mean belongs to the loss and is in `g` already": np.allclose(len(x) *
    #     bug(x, w, g=g / len(x))[1], want.dw / len(x)) and not np.allclose(got.dw, want.dw)
    dx, dw = linear_vjp(x, w, g)
    return (dx / len(rows(x)) if what == "both" else dx), dw / len(rows(x))


@exercise.bug
def leading_axes_lost(x, w, g):
    """dx has its leading axes flattened into one. It must have the shape of x: `g @ w.T` keeps
    them, or reshape the result."""
    # "dx has its leading axes flattened into one": got.dx.shape == (x[..., 0].size,
    #     x.shape[-1])
    # "It must have the shape of x: `g @ w.T` keeps them": rows(dx) → g @ w.T
    # "or reshape the result": rows(dx) → rows(dx).reshape(x.shape)
    dx, dw = linear_vjp(x, w, g)
    return rows(dx), dw
