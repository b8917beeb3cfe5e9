"""Practice for question 1: the affine layer, backward."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.notes import WRAPPED_PRODUCTS
from answers.grader.number_types import add_whole_numbers
from answers.networks.layers import affine_backward

exercise = Exercise(
    affine_backward,
    page="01-backpropagation",
    returns=("dx", "dw", "db"),
    hints=(
        "Each gradient has the shape of what it is the gradient of. Write the three shapes down "
        "before any product.",
        "With unequal sizes, only one product of `dout` and `w` has the shape of `x`, and only "
        "one of `x` and `dout` has the shape of `w`.",
        "The bias is used once per example, so its gradient is a sum. Over which axes?",
        "With more than one leading axis, `reshape(-1, n)` makes one row per example of `x` and "
        "of `dout`; then the sums run over all of them.",
    ),
)

rng = np.random.default_rng(31)
x, w, dout = rng.normal(size=(3, 5)), rng.normal(size=(5, 7)), rng.normal(size=(3, 7))
exercise.case("one example", dout[:1], x[:1], w)
exercise.case("3 examples, 5 inputs, 7 outputs", dout, x, w)
exercise.case("sizes that are all 3", dout[:, :3], x[:, :3], w[:3, :3])
exercise.case(
    "two leading axes", rng.normal(size=(4, 3, 7)), rng.normal(size=(4, 3, 5)), w
)
exercise.case(
    "pixels from 0 to 255", dout, rng.integers(256, size=(3, 5), dtype=np.uint8), w
)
exercise.case("float32", *(a.astype(np.float32) for a in (dout, x, w)))
whole = [rng.integers(-200, 200, size=size) for size in ((3, 7), (3, 5), (5, 7))]
add_whole_numbers(exercise, *whole, factor=40_009)
exercise.case("no leading axis", dout[0], x[0], w)
exercise.case(
    "three leading axes",
    *(rng.normal(size=(2, 4, 3, 7)), rng.normal(size=(2, 4, 3, 5)), w),
)
exercise.case("gradients of 1e-4", 1e-4 * dout, x, w)
exercise.case(
    "integers of four bytes, of some 1e6",
    *(40_009 * a.astype(np.int32) for a in whole),
    noted=WRAPPED_PRODUCTS,
)


@exercise.check
def follows_weights_that_are_changed(affine_backward):
    """After a step of gradient descent in `w` itself, dx must be made of the new weights: an
    array keeps its `id` when its entries change, so remember nothing by it."""
    x, dout = np.array([[1.0, 2.0, 4.0]]), np.array([[3.0, -1.0]])
    w = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    affine_backward(dout, x, w)
    w -= 0.5
    dx = affine_backward(dout, x, w)[0]
    return np.allclose(dx, dout @ w.T)


def rows(a):
    return a.reshape(-1, a.shape[-1])


@exercise.bug
def bias_not_summed(dout, x, w):
    """db is still one row per example. The bias is used once per example, so its gradient is
    the sum of `dout` over the batch."""
    # "db is still one row per example": np.array_equal(got.db, dout)
    # "its gradient is the sum of `dout` over the batch": dx, dw, dout → dx, dw,
    #     rows(dout).sum(axis=0)
    dx, dw, _ = affine_backward(dout, x, w)
    return dx, dw, dout


@exercise.bug
def bias_keeps_the_batch_axis(dout, x, w):
    """db keeps the batch as an axis of size 1. It must have the shape of the bias: sum without
    keepdims."""
    # "db keeps the batch as an axis of size 1": got.db.shape == (1, *want.db.shape)
    # "It must have the shape of the bias: sum without keepdims": db[None] →
    #     rows(dout).sum(axis=0)
    dx, dw, db = affine_backward(dout, x, w)
    return dx, dw, db[None]


@exercise.bug
def bias_averaged(dout, x, w):
    """db is the mean over the batch, but the 1/N belongs to the loss and is in `dout` already.
    Sum instead."""
    # "db is the mean over the batch": np.allclose(got.db, rows(dout).mean(axis=0))
    # "Sum instead": db / len(rows(dout)) → rows(dout).sum(axis=0)
    # "but the 1/N belongs to the loss and is in `dout` already": np.allclose(bug(dout=dout /
    #     len(dout), x=x, w=w)[2] * len(dout), want.db / len(dout)) and not np.allclose(got.db,
    #     want.db)
    dx, dw, db = affine_backward(dout, x, w)
    return dx, dw, db / len(rows(dout))


@exercise.bug
def averaged_twice(dout, x, w):
    """dw and db are divided by the batch size, but the 1/N belongs to the loss and is in `dout`
    already. Leave it out of the layer."""
    # "dw and db are divided by the batch size": np.allclose(len(dout) * got.dw, want.dw) and
    #     np.allclose(len(dout) * got.db, want.db)
    # "Leave it out of the layer":  / len(rows(dout)) →
    # "but the 1/N belongs to the loss and is in `dout` already": np.allclose(bug(dout=dout /
    #     len(dout), x=x, w=w)[2] * len(dout), want.db / len(dout)) and not np.allclose(got.db,
    #     want.db)
    dx, dw, db = affine_backward(dout, x, w)
    return dx, dw / len(rows(dout)), db / len(rows(dout))


@exercise.bug
def weights_not_transposed(dout, x, w):
    """dx multiplies `dout` by w, whose rows belong to the inputs; the sizes fit only if w is
    square. Multiply by the transpose: `dout @ w.T`."""
    # "dx multiplies `dout` by w, whose rows belong to the inputs; the sizes fit only if w is
    #     square": isinstance(got, ValueError) and w.shape[0] != w.shape[1] == dout.shape[-1]
    # "Multiply by the transpose: `dout @ w.T`": dout @ w → dout @ w.T
    _, dw, db = affine_backward(dout, x, w)
    return dout @ w, dw, db


@exercise.bug
def weight_gradient_transposed(dout, x, w):
    """dw comes out transposed: as `dout.T @ x` it has the outputs along its rows. It must have the
    shape of w: `x.T @ dout`, if the examples are rows."""
    # "dw comes out transposed: as `dout.T @ x` it has the outputs along its rows":
    #     np.allclose(got.dw, dout.T @ x) and len(got.dw) == dout.shape[-1]
    # "It must have the shape of w: `x.T @ dout`, if the examples are rows": dw.T → (lambda x,
    #     dout: x.T @ dout)(rows(x), rows(dout))
    dx, dw, db = affine_backward(dout, x, w)
    return dx, dw.T, db


@exercise.bug
def one_product_per_leading_index(dout, x, w):
    """dw keeps a leading axis: it is one product per index of that axis. All examples share the
    weights, so sum over every leading axis: reshape to rows first."""
    # "dw keeps a leading axis: it is one product per index of that axis": got.dw.shape ==
    #     (len(x), *w.shape)
    # "sum over every leading axis: reshape to rows first": x.swapaxes(-1, -2) @ dout →
    #     rows(x).T @ rows(dout)
    dx, _, db = affine_backward(dout, x, w)
    return dx, x.swapaxes(-1, -2) @ dout, db


@exercise.bug
def only_first_axis_summed(dout, x, w):
    """db is summed over the first axis only, so with two leading axes one of them is left. Sum
    over every axis but the last."""
    # "db is summed over the first axis only, so with two leading axes one of them is left":
    #     dout.ndim == 3 and got.db.ndim == 2
    # "Sum over every axis but the last": axis=0 → axis=tuple(range(dout.ndim - 1))
    dx, dw, _ = affine_backward(dout, x, w)
    return dx, dw, dout.sum(axis=0)
