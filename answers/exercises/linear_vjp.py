"""Practice for question 19: a linear layer, backward, for any leading axes."""

import numpy as np

from answers.grader.exercise import Exercise
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
exercise.case("no leading axis", x[0], w, g[0])
exercise.case(
    "pixels from 0 to 255", rng.integers(256, size=(3, 5), dtype=np.uint8), w, g
)
exercise.case("float32", *(a.astype(np.float32) for a in (x, w, g)))
whole = [rng.integers(-200, 200, size=size) for size in ((3, 5), (5, 7), (3, 7))]
add_whole_numbers(exercise, *whole)
exercise.long_case(
    np.sin(np.arange(1203.0)).reshape(401, 3), w[:3, :2], np.ones((401, 2))
)


def rows(a):
    return a.reshape(-1, a.shape[-1])


@exercise.bug
def transposes_for_gradients(x, w, g):
    """Xᵀ and Wᵀ are returned as if they were the gradients; `g` is not in them, and they have
    other shapes than w and x. They must act on it: `x.T @ g` and `g @ w.T`."""
    return w.T, x.T


@exercise.bug
def upstream_ignored(x, w, g):
    """`g` is not used: these are the gradients of the sum of all outputs. Put `g` where you have
    ones."""
    return linear_vjp(x, w, np.ones_like(g))


@exercise.bug
def weights_not_transposed(x, w, g):
    """dx multiplies `g` by w, whose rows belong to the inputs; the sizes fit only if w is
    square. Multiply by the transpose: `g @ w.T`."""
    return g @ w, linear_vjp(x, w, g)[1]


@exercise.bug
def input_not_transposed(x, w, g):
    """dw multiplies x by `g` as they are, which fits only if there are as many examples as
    inputs. The inner sum must run over the examples: `x.T @ g`."""
    return linear_vjp(x, w, g)[0], x @ g


@exercise.bug
def product_over_the_outputs(x, w, g):
    """dw is `g @ x.T`: it has a row and a column for each example, and fits only if all sizes
    are equal. The inner sum must run over the examples: `x.T @ g`."""
    return linear_vjp(x, w, g)[0], rows(g) @ rows(x).T


@exercise.bug
def weight_gradient_transposed(x, w, g):
    """dw comes out as (d_out, d_in), which is how `torch.nn.Linear` stores it. Here w is
    (d_in, d_out), and so is its gradient: `x.T @ g`."""
    dx, dw = linear_vjp(x, w, g)
    return dx, dw.T


@exercise.bug
def one_gradient_for_each_example(x, w, g):
    """dw keeps the batch: it is one outer product for each example. All of them used the same
    weights, so sum over every leading axis."""
    return linear_vjp(x, w, g)[0], x[..., :, None] * g[..., None, :]


@exercise.bug
def matrices_only(x, w, g):
    """dw is `x.T @ g`, but `.T` reverses every axis, so this is right for matrices only. Reshape
    x and `g` to rows first."""
    return g @ w.T, x.T @ g


@exercise.bug
def only_last_leading_axis_summed(x, w, g):
    """dw is one product for each index of the first axes: `@` sums over one of them only. All
    examples share the weights, so sum over every leading axis: reshape to rows first."""
    return linear_vjp(x, w, g)[0], x.swapaxes(-1, -2) @ g


@exercise.bug
def only_first_axis_summed(x, w, g):
    """dw is summed over the first axis only, so with two leading axes one of them is left. Sum
    over every axis but the last."""
    return linear_vjp(x, w, g)[0], (x[..., :, None] * g[..., None, :]).sum(axis=0)


@exercise.bug(what=("dw", "both"))
def divided_by_the_batch(x, w, g, what="dw"):
    """The gradient is divided by the number of examples, but the 1/N of a mean belongs to the
    loss and is in `g` already. Leave it out of the layer."""
    dx, dw = linear_vjp(x, w, g)
    return (dx / len(rows(x)) if what == "both" else dx), dw / len(rows(x))


@exercise.bug
def leading_axes_lost(x, w, g):
    """dx has its leading axes flattened into one. It must have the shape of x: `g @ w.T` keeps
    them, or reshape the result."""
    dx, dw = linear_vjp(x, w, g)
    return rows(dx), dw
