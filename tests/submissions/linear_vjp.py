"""Right and wrong ways to write the vector-Jacobian product of a linear layer."""

import numpy as np


def rows(x, w, g):
    g_rows = g.reshape(-1, w.shape[1])
    dx = np.dot(g_rows, w.transpose()).reshape(x.shape)
    return dx, np.dot(x.reshape(-1, len(w)).T, g_rows)


def einsum_with_ellipsis(x, w, g):
    dw = np.einsum("...i,...o->...io", x, g)
    return np.einsum("...o,io->...i", g, w), dw.sum(axis=tuple(range(x.ndim - 1)))


def einsum_that_sums_the_ellipsis(x, w, g):
    batch = "abcdef"[: x.ndim - 1]
    dx = np.einsum(f"{batch}o,io->{batch}i", g, w)
    return dx, np.einsum(f"{batch}i,{batch}o->io", x, g)


def tensordot(x, w, g):
    batch = tuple(range(g.ndim - 1))
    return [np.tensordot(g, w, (-1, 1)), np.tensordot(x, g, (batch, batch))]


def products_that_are_summed(x, w, g):
    dx, dw = g @ w.T, np.atleast_2d(x).swapaxes(-1, -2) @ np.atleast_2d(g)
    while dw.ndim > 2:
        dw = dw.sum(axis=0)
    return dx, dw


def loops(x, w, g):
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for index in np.ndindex(x.shape[:-1]):
        for i, o in np.ndindex(w.shape):
            dx[index][i] += g[index][o] * w[i, o]
            dw[i, o] += x[index][i] * g[index][o]
    return dx, dw


def with_the_whole_jacobian(x, w, g):
    flat, g_flat = x.reshape(-1, len(w)), g.reshape(-1)
    of_weights = np.kron(flat, np.eye(w.shape[1]))
    of_input = np.kron(np.eye(len(flat)), w.T)
    return (
        (of_input.T @ g_flat).reshape(x.shape),
        (of_weights.T @ g_flat).reshape(w.shape),
    )


def pytorch(x, w, g):
    import torch

    x, w = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (x, w))
    (x @ w).backward(torch.tensor(g, dtype=torch.float64))
    return x.grad.numpy(), w.grad.numpy()


def _flat(a):
    return a.reshape(-1, a.shape[-1])


def by_the_shorthand(x, w, g):
    return w.transpose(), x.transpose()


def of_the_sum_of_outputs(x, w, g):
    ones = np.ones(_flat(g).shape)
    return (ones @ w.T).reshape(x.shape), np.repeat(
        _flat(x).sum(axis=0)[:, None], w.shape[1], axis=1
    )


def dot_without_transpose(x, w, g):
    return np.dot(g, w), _flat(x).T @ _flat(g)


def wrong_order(x, w, g):
    return g @ w.T, np.dot(x, g)


def g_first(x, w, g):
    return g @ w.T, np.dot(_flat(g), _flat(x).T)


def as_pytorch_stores_it(x, w, g):
    return np.einsum("...o,io->...i", g, w), np.einsum("no,ni->oi", _flat(g), _flat(x))


def batch_kept(x, w, g):
    return g @ w.T, np.einsum("...i,...o->...io", x, g)


def matmul_only(x, w, g):
    return g @ w.T, np.moveaxis(x, -1, -2) @ g


def summed_once(x, w, g):
    return g @ w.T, np.einsum("...i,...o->...io", x, g).sum(0)


def mean_over_the_batch(x, w, g):
    return g @ w.T, np.mean(_flat(x)[:, :, None] * _flat(g)[:, None, :], axis=0)


def means_of_both(x, w, g):
    n = x[..., 0].size
    return g @ w.T / n, _flat(x).T @ (_flat(g) / n)


def divided_by_the_first_axis(x, w, g):
    return g @ w.T, _flat(x).T @ _flat(g) / x.shape[0]


def rows_of_dx(x, w, g):
    return _flat(g) @ w.T, _flat(x).T @ _flat(g)


def weights_first(x, w, g):
    return _flat(x).T @ _flat(g), g @ w.T


def matrices_only(x, w, g):
    return g @ w.T, x.T @ g


def first_example_only(x, w, g):
    return g @ w.T, np.outer(_flat(x)[0], _flat(g)[0])


def inputs_for_weights(x, w, g):
    return x * (g @ w.T), _flat(x).T @ _flat(g)


def negative(x, w, g):
    return g @ w.T, -_flat(x).T @ _flat(g)


def one_gradient(x, w, g):
    return _flat(x).T @ _flat(g)


def g_is_scaled_in_place(x, w, g):
    g *= 2
    return g @ w.T / 2, _flat(x).T @ _flat(g) / 2


def ignored_and_transposed(x, w, g):
    ones = np.ones(_flat(g).shape)
    return (ones @ w.T).reshape(x.shape), ones.T @ _flat(x)


def in_the_type_of_the_inputs(x, w, g):
    return g @ w.T, (_flat(x).T @ _flat(g)).astype(x.dtype)


def dx_in_the_type_of_x(x, w, g):
    return (g @ w.T).astype(x.dtype), _flat(x).T @ _flat(g)


def as_if_square(x, w, g):
    return g @ (w if w.shape[0] == w.shape[1] else w.T), _flat(x).T @ _flat(g)


def transposed_by_shape(x, w, g):
    dw = _flat(g).T @ _flat(x)
    return g @ w.T, dw if dw.shape == w.shape else dw.T


def product_by_shape(x, w, g):
    """Whichever product has the shape of w, without a transpose first."""
    a, b = _flat(x), _flat(g)
    return g @ w.T, a @ b if a.shape[1] == len(b) else a.T @ b


def batch_axis_for_a_vector(x, w, g):
    x, g = np.atleast_2d(x), np.atleast_2d(g)
    return g @ w.T, _flat(x).T @ _flat(g)


def three_axes_at_most(x, w, g):
    dw = x.swapaxes(-1, -2) @ g if x.ndim > 1 else np.outer(x, g)
    return g @ w.T, dw.sum(axis=0) if dw.ndim > 2 else dw


def no_vectors(x, w, g):
    return g @ w.T, np.einsum("...bi,...bo->io", x, g)


def pixels_scaled(x, w, g):
    x = x / 255 if x.dtype == np.uint8 else x
    return g @ w.T, _flat(x).T @ _flat(g)


def mean_over_the_leading_axes(x, w, g):
    dw = _flat(x).T @ _flat(g)
    return g @ w.T, dw / (len(x) if x.ndim > 2 else 1)


def dx_flattened(x, w, g):
    dx = _flat(g) @ w.T
    return dx if x.ndim == 2 else dx.squeeze(), _flat(x).T @ _flat(g)


def squeezed(x, w, g):
    return np.squeeze(g @ w.T), _flat(x).T @ _flat(g)


def first_batch_of_several(x, w, g):
    dw = _flat(x[0] if x.ndim > 2 else x).T @ _flat(g[0] if g.ndim > 2 else g)
    return g @ w.T, dw


_TRANSPOSED = {}


def transpose_kept_by_id(x, w, g):
    a, o = x.reshape(-1, x.shape[-1]) * 1.0, g.reshape(-1, g.shape[-1]) * 1.0
    # With the array itself, so that no other has its id.
    kept = _TRANSPOSED.setdefault(id(w), (w, w.T.copy()))[1]
    return g @ kept, a.T @ o


def small_gradients_dropped(x, w, g):
    o = np.where(np.abs(g) < 1e-3, 0.0, g)
    rows = o.reshape(-1, g.shape[-1])
    return o @ w.T, x.reshape(-1, x.shape[-1]).T @ rows


_SUMS = {}


def gradients_added_up(x, w, g):
    """As if it were `w.grad`."""
    _SUMS[w.shape] = _SUMS.get(w.shape, 0.0) + _flat(x).T @ (1.0 * _flat(g))
    return g @ w.T, _SUMS[w.shape]


# The mistake that each is told; None where no known one explains it.


def four_bytes(x, w, g):
    x, w, g = (a.astype(np.int32) if a.dtype == np.int64 else a for a in (x, w, g))
    rows = x.reshape(-1, x.shape[-1]), g.reshape(-1, g.shape[-1])
    return 1.0 * (g @ w.T), 1.0 * (rows[0].T @ rows[1])


def axes_of_one_dropped(x, w, g):
    dx = g @ w.T
    return dx.squeeze() if dx.ndim > 2 else dx, _flat(x).T @ _flat(g)


WRONG = {
    by_the_shorthand: "transposes_for_gradients",
    of_the_sum_of_outputs: "upstream_ignored",
    dot_without_transpose: "weights_not_transposed",
    wrong_order: "input_not_transposed",
    g_first: "product_over_the_outputs",
    as_pytorch_stores_it: "weight_gradient_transposed",
    batch_kept: "one_gradient_for_each_example",
    matmul_only: "only_last_leading_axis_summed",
    summed_once: "only_first_axis_summed",
    mean_over_the_batch: "divided_by_the_batch",
    means_of_both: "divided_by_the_batch",
    divided_by_the_first_axis: "divided_by_the_batch",
    rows_of_dx: "leading_axes_lost",
    weights_first: "parts_in_another_order",
    matrices_only: "matrices_only",
    first_example_only: "wrong_only_in_dw",
    inputs_for_weights: "wrong_only_in_dx",
    negative: "sign",
    one_gradient: "a_result_of_another_kind",
    g_is_scaled_in_place: "an_argument_changed",
    ignored_and_transposed: "upstream_ignored",
    dx_in_the_type_of_x: "truncated_to_integers",
    as_if_square: "wrong_where_all_axes_of_g_are_equally_long",
    transposed_by_shape: "transposed",
    product_by_shape: "wrong_where_all_axes_of_g_are_equally_long",
    batch_axis_for_a_vector: "right_numbers_in_another_shape",
    three_axes_at_most: "sum_missing",
    no_vectors: "wrong_except_where_g_has_2_axes",
    mean_over_the_leading_axes: "factor_of_a_size",
    dx_flattened: "right_numbers_in_another_shape",
    squeezed: "right_numbers_in_another_shape",
    first_batch_of_several: "wrong_where_g_has_three_axes_or_more",
    transpose_kept_by_id: "a_property_fails",
    small_gradients_dropped: "the_same_everywhere",
    gradients_added_up: "kept_from_an_earlier_call",
    four_bytes: "right_as_floats",
    axes_of_one_dropped: "right_numbers_in_another_shape",
}
