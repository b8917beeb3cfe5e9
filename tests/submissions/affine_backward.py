"""Right and wrong ways to write the backward pass of the affine layer."""

import numpy as np


def einsum(dout, x, w):
    return (
        np.einsum("...o,io->...i", dout, w),
        np.einsum("ni,no->io", x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])),
        np.einsum("no->o", dout.reshape(-1, w.shape[1])),
    )


def tensordot(dout, x, w):
    batch = tuple(range(dout.ndim - 1))
    return [dout @ w.T, np.tensordot(x, dout, (batch, batch)), np.sum(dout, axis=batch)]


def rows(dout, x, w):
    drows = dout.reshape(-1, w.shape[1])
    dx = np.dot(drows, w.transpose()).reshape(x.shape)
    return dx, np.dot(x.reshape(-1, len(w)).T, drows), np.ones(len(drows)) @ drows


def loops(dout, x, w):
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for index in np.ndindex(x.shape[:-1]):
        for o in range(w.shape[1]):
            db[o] += dout[index][o]
            for i in range(w.shape[0]):
                dx[index][i] += dout[index][o] * w[i, o]
                dw[i, o] += x[index][i] * dout[index][o]
    return dx, dw, db


def pytorch(dout, x, w):
    import torch

    x, w = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, w))
    b = torch.zeros(w.shape[1], dtype=torch.float64, requires_grad=True)
    (x @ w + b).backward(torch.tensor(dout, dtype=torch.float64))
    return tuple(leaf.grad.numpy() for leaf in (x, w, b))


def flattened_once(dout, x, w):
    d_in, d_out = w.shape
    flat_dout = dout.reshape(-1, d_out).astype(float)
    flat_x = x.reshape(-1, d_in).astype(float)
    dx = np.dot(flat_dout, w.T.astype(float)).reshape(x.shape)
    return dx, np.dot(flat_x.T, flat_dout), np.dot(np.ones(len(flat_dout)), flat_dout)


def bias_is_dout(dout, x, w):
    n = x.reshape(-1, len(w))
    return np.dot(dout, w.T), np.dot(n.T, dout.reshape(-1, w.shape[1])), dout.copy()


def divided_by_the_batch(dout, x, w):
    m = x.size // x.shape[-1]
    xr, dr = x.reshape(m, -1), dout.reshape(m, -1)
    return dout @ w.T, xr.T @ dr / m, dr.mean(axis=0)


def dot_without_transpose(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return np.dot(dout, w), xr.T @ dr, dr.sum(axis=0)


def matrices_only(dout, x, w):
    return dout @ w.T, x.T @ dout, dout.sum(axis=0)


def weights_first(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return xr.T @ dr, dout @ w.T, dr.sum(axis=0)


def flattened_input_gradient(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dr @ w.T, xr.T @ dr, dr.sum(axis=0)


def summed_over_the_outputs(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T, xr.T @ dr, dr.sum(axis=1)


def outer_product_of_the_first(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T, np.outer(xr[0], dr[0]), dr.sum(axis=0)


def no_upstream_gradient(dout, x, w):
    xr = x.reshape(-1, len(w))
    ones = np.ones_like(dout)
    return (
        ones @ w.T,
        xr.T @ ones.reshape(-1, w.shape[1]),
        ones.reshape(-1, w.shape[1]).sum(0),
    )


def inputs_for_weights(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return x * (dout @ w.T), xr.T @ dr, dr.sum(axis=0)


def without_the_bias(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T, xr.T @ dr


def scaled_dout_in_place(dout, x, w):
    dout *= 2
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T / 2, xr.T @ dr / 2, dr.sum(axis=0) / 2


def transposed_weights_and_bias_mean(dout, x, w):
    xr, dr = x.reshape(-1, len(w)), dout.reshape(-1, w.shape[1])
    return dout @ w.T, dr.T @ xr, dr.mean(axis=0)


def _rows(a):
    return a.reshape(-1, a.shape[-1])


def in_the_type_of_the_inputs(dout, x, w):
    dw = np.zeros(w.shape, x.dtype)
    for xi, di in zip(_rows(x), _rows(dout), strict=True):
        dw += np.outer(xi, di).astype(x.dtype)
    return dout @ w.T, dw, _rows(dout).sum(axis=0)


def dx_in_the_type_of_x(dout, x, w):
    return (dout @ w.T).astype(x.dtype), _rows(x).T @ _rows(dout), _rows(dout).sum(axis=0)


def bias_over_the_first_axis(dout, x, w):
    return dout @ w.T, _rows(x).T @ _rows(dout), dout.sum(axis=0)


def bias_over_two_axes(dout, x, w):
    axes = (0, 1) if dout.ndim > 2 else 0
    db = dout if dout.ndim == 1 else dout.sum(axis=axes)
    return dout @ w.T, _rows(x).T @ _rows(dout), db


def weights_summed_over_one_axis(dout, x, w):
    dw = np.atleast_2d(x).swapaxes(-1, -2) @ np.atleast_2d(dout)
    dw = dw.sum(axis=0) if dw.ndim > 2 else dw
    return dout @ w.T, dw, _rows(dout).sum(axis=0)


def as_if_square(dout, x, w):
    right = w if w.shape[0] == w.shape[1] else w.T
    return dout @ right, _rows(x).T @ _rows(dout), _rows(dout).sum(axis=0)


def transposed_by_shape(dout, x, w):
    """Whichever product has the shape of w."""
    dw = _rows(dout).T @ _rows(x)
    return dout @ w.T, dw if dw.shape == w.shape else dw.T, _rows(dout).sum(axis=0)


def batch_axis_for_a_vector(dout, x, w):
    x, dout = np.atleast_2d(x), np.atleast_2d(dout)
    return dout @ w.T, _rows(x).T @ _rows(dout), _rows(dout).sum(axis=0)


def mean_over_the_other_leading_axes(dout, x, w):
    xr, dr = _rows(x), _rows(dout)
    n = len(dr) // (dout.shape[0] if dout.ndim > 1 else 1)
    return dout @ w.T, xr.T @ dr / n, dr.sum(axis=0) / n


def pixels_scaled(dout, x, w):
    xr = _rows(x) / 255 if x.dtype == np.uint8 else _rows(x)
    return dout @ w.T, xr.T @ _rows(dout), _rows(dout).sum(axis=0)


def no_vectors(dout, x, w):
    db = dout.reshape(-1, dout.shape[-1]).sum(axis=0)
    return dout @ w.T, np.einsum("...bi,...bo->io", x, dout), db


def dx_flattened_beyond_three_axes(dout, x, w):
    dx = (_rows(dout) @ w.T).reshape(*x.shape[:2], -1) if x.ndim > 2 else dout @ w.T
    return dx, _rows(x).T @ _rows(dout), _rows(dout).sum(axis=0)


_TRANSPOSED = {}


def transpose_kept_by_id(dout, x, w):
    a, o = x.reshape(-1, x.shape[-1]) * 1.0, dout.reshape(-1, dout.shape[-1]) * 1.0
    # With the array itself, so that no other has its id.
    kept = _TRANSPOSED.setdefault(id(w), (w, w.T.copy()))[1]
    return dout @ kept, a.T @ o, o.sum(0)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    bias_is_dout: "bias_not_summed",
    divided_by_the_batch: "averaged_twice",
    dot_without_transpose: "weights_not_transposed",
    matrices_only: "wrong_where_dout_and_w_have_different_numbers_of_axes",
    weights_first: "parts_in_another_order",
    flattened_input_gradient: "right_numbers_in_another_shape",
    summed_over_the_outputs: "another_axis",
    outer_product_of_the_first: "wrong_only_in_dw",
    no_upstream_gradient: "the_same_everywhere",
    inputs_for_weights: "wrong_only_in_dx",
    without_the_bias: "a_result_of_another_kind",
    scaled_dout_in_place: "an_argument_changed",
    transposed_weights_and_bias_mean: "weight_gradient_transposed",
    in_the_type_of_the_inputs: "right_as_floats",
    dx_in_the_type_of_x: "truncated_to_integers",
    bias_over_the_first_axis: "only_first_axis_summed",
    bias_over_two_axes: "sum_missing",
    weights_summed_over_one_axis: "sum_missing",
    as_if_square: "wrong_where_all_axes_of_dout_are_equally_long",
    transposed_by_shape: "transposed",
    batch_axis_for_a_vector: "right_numbers_in_another_shape",
    mean_over_the_other_leading_axes: "wrong_where_dout_has_three_axes_or_more",
    no_vectors: "wrong_where_dout_and_w_have_different_numbers_of_axes",
    dx_flattened_beyond_three_axes: "right_numbers_in_another_shape",
    transpose_kept_by_id: "a_property_fails",
}
