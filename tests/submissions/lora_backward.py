"""Right and wrong ways to write the backward pass of a layer with a LoRA adapter."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def _rows(x):
    return _float(x).reshape(-1, x.shape[-1])


def from_the_merged_weights(dout, x, w, a, b, alpha):
    """By way of dW: right, and it makes an array as large as W."""
    s, dw = alpha / len(a), _rows(dout).T @ _rows(x)
    dx = _float(dout) @ (w + s * _float(b) @ a)
    return dx, s * b.T @ dw, s * dw @ a.T


def einsum(dout, x, w, a, b, alpha):
    s, g, v = alpha / a.shape[0], _rows(dout), _rows(x)
    dx = np.einsum("no,oi->ni", g, w) + s * np.einsum("nr,ri->ni", np.einsum("no,or->nr", g, b), a)
    da = s * np.einsum("nr,ni->ri", np.einsum("no,or->nr", g, b), v)
    db = s * np.einsum("no,nr->or", g, np.einsum("ni,ri->nr", v, a))
    return dx.reshape(x.shape), da, db


def layer_by_layer(dout, x, w, a, b, alpha):
    """Two affine layers in a row, beside a third."""

    def back(dout, x, w):
        return dout @ w, dout.T @ x

    g, v = _rows(dout), _rows(x)
    scale = alpha / b.shape[1]
    low = v @ a.T
    dlow, db = back(scale * g, low, b)
    through_adapter, da = back(dlow, v, a)
    through_frozen = g @ w
    return [(through_adapter + through_frozen).reshape(x.shape), da, db]


def tensordot(dout, x, w, a, b, alpha):
    g, v, s = _float(dout), _float(x), alpha / len(a)
    batch = tuple(range(x.ndim - 1))
    low, dlow = np.dot(v, a.T), s * np.dot(g, b)
    dx = np.dot(g, w) + np.dot(dlow, a)
    return dx, np.tensordot(dlow, v, (batch, batch)), s * np.tensordot(g, low, (batch, batch))


def example_by_example(dout, x, w, a, b, alpha):
    s, g, v = alpha / len(a), _rows(dout), _rows(x)
    dx, da, db = [], 0.0, 0.0
    for each, row in zip(g, v, strict=True):
        dx.append(each @ w + s * (each @ b) @ a)
        da = da + s * np.outer(each @ b, row)
        db = db + s * np.outer(each, a @ row)
    return np.reshape(dx, x.shape), da, db


def pytorch(dout, x, w, a, b, alpha):
    import torch

    kind = torch.float32 if x.dtype == np.float32 else torch.float64
    dout, w = torch.tensor(dout, dtype=kind), torch.tensor(w, dtype=kind)
    x, a, b = (torch.tensor(each, dtype=kind, requires_grad=True) for each in (x, a, b))
    y = x @ w.T + alpha / a.shape[0] * (x @ a.T @ b.T)
    y.backward(dout)
    return tuple(each.grad.numpy() for each in (x, a, b))


def scale_in_b(dout, x, w, a, b, alpha):
    s = alpha / len(a)
    scaled = s * _float(b)
    g, v = _rows(dout), _rows(x)
    return (g @ w + g @ scaled @ a).reshape(x.shape), (g @ scaled).T @ v, s * g.T @ (v @ a.T)


def _three(dout, x, w, a, b, s, s_dx=None, s_a=None, s_b=None):
    """The three gradients, each with its own factor."""
    g, v = _rows(dout), _rows(x)
    s_dx, s_a, s_b = (s if each is None else each for each in (s_dx, s_a, s_b))
    dx = (g @ w + s_dx * (g @ b @ a)).reshape(x.shape)
    return dx, s_a * (g @ b).T @ v, s_b * g.T @ (v @ a.T)


def frozen_stops_the_gradient(dout, x, w, a, b, alpha):
    s = alpha / len(a)
    _, da, db = _three(dout, x, w, a, b, s)
    return s * (_float(dout) @ b @ a), da, db


def no_adapter_in_dx(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha / len(a), s_dx=0)


def dx_without_scale(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha / len(a), s_dx=1)


def unscaled(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, 1)


def unscaled_factors(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha / len(a), s_a=1, s_b=1)


def only_da_unscaled(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha / len(a), s_a=1)


def only_db_unscaled(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha / len(a), s_b=1)


def by_alpha(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha)


def rank_stabilized(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha / np.sqrt(len(a)))


def rank_of_the_rows_of_b(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha / len(b))


def whole_scale(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha // len(a))


def da_and_db_ascending(dout, x, w, a, b, alpha):
    dx, da, db = _three(dout, x, w, a, b, alpha / len(a))
    return dx, -da, -db


def da_scaled_twice(dout, x, w, a, b, alpha):
    s = alpha / len(a)
    return _three(dout, x, w, a, b, s, s_a=s * s)


def mean_over_the_batch(dout, x, w, a, b, alpha):
    n = len(_rows(x))
    dx, da, db = _three(dout, x, w, a, b, alpha / len(a))
    return dx, da / n, db / n


def transposed_factors(dout, x, w, a, b, alpha):
    dx, da, db = _three(dout, x, w, a, b, alpha / len(a))
    return dx, da.T, db.T


def with_the_frozen_gradient(dout, x, w, a, b, alpha):
    return *_three(dout, x, w, a, b, alpha / len(a)), _rows(dout).T @ _rows(x)


def factors_first(dout, x, w, a, b, alpha):
    dx, da, db = _three(dout, x, w, a, b, alpha / len(a))
    return da, db, dx


def no_gradient_of_a_at_all(dout, x, w, a, b, alpha):
    """As if the first step's were every step's."""
    return _three(dout, x, w, a, b, alpha / len(a), s_a=0)


def without_adapter_at_zero_b(dout, x, w, a, b, alpha):
    """Where B is 0 nothing is computed, not even dB."""
    if not b.any():
        return _float(dout) @ w, np.zeros(a.shape), np.zeros(b.shape)
    return _three(dout, x, w, a, b, alpha / len(a))


def matrices_only(dout, x, w, a, b, alpha):
    g, v, s = _float(dout), _float(x), alpha / len(a)
    return g @ w + s * (g @ b @ a), s * (g @ b).T @ v, s * g.T @ (v @ a.T)


def one_product_an_index(dout, x, w, a, b, alpha):
    """Summed over the last leading axis only."""
    g, v, s = np.atleast_2d(_float(dout)), np.atleast_2d(_float(x)), alpha / len(a)
    dx = (g @ w + s * (g @ b @ a)).reshape(x.shape)
    return dx, s * (g @ b).swapaxes(-1, -2) @ v, s * g.swapaxes(-1, -2) @ (v @ a.T)


def as_if_square(dout, x, w, a, b, alpha):
    """w.T where the sizes allow it."""
    square = w.T if w.shape[0] == w.shape[1] else w
    return _three(dout, x, square, a, b, alpha / len(a))


def dx_flattened(dout, x, w, a, b, alpha):
    dx, da, db = _three(dout, x, w, a, b, alpha / len(a))
    return dx.reshape(-1, x.shape[-1]), da, db


def never_negative(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, abs(alpha) / len(a))


def alpha_or_its_default(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, (alpha or 16) / len(a))


def in_the_type_of_x(dout, x, w, a, b, alpha):
    return tuple(each.astype(x.dtype) for each in _three(dout, x, w, a, b, alpha / len(a)))


def rank_at_most_the_sizes(dout, x, w, a, b, alpha):
    return _three(dout, x, w, a, b, alpha / min(len(a), *w.shape))


def dout_in_place(dout, x, w, a, b, alpha):
    found = _three(dout, x, w, a, b, alpha / len(a))
    if dout.dtype.kind == "f":
        dout *= alpha / len(a)
    return found


_KEPT = {}


def b_kept_by_id(dout, x, w, a, b, alpha):
    kept = _KEPT.setdefault(id(b), (b, b.copy()))[1]
    return _three(dout, x, w, a, kept, alpha / len(a))


def rank_of_the_smaller_axis(dout, x, w, a, b, alpha):
    scale = alpha / min(b.shape)
    d, rows = dout.reshape(-1, len(b)), x.reshape(-1, a.shape[1])
    between = scale * (d @ b)
    return (d @ w + between @ a).reshape(x.shape), between.T @ rows, scale * d.T @ (rows @ a.T)


def products_of_integers(dout, x, w, a, b, alpha):
    s = alpha / len(a)
    g, v = dout.reshape(-1, dout.shape[-1]), x.reshape(-1, x.shape[-1])
    return dout @ w + s * (dout @ b @ a), s * (b.T @ g.T @ v), s * (g.T @ (v @ a.T))


# What each is told; None where no known mistake explains it.
WRONG = {
    frozen_stops_the_gradient: "nothing_through_the_frozen_weights",
    no_adapter_in_dx: "nothing_through_the_adapter",
    dx_without_scale: "adapter_in_dx_not_scaled",
    unscaled: "nothing_scaled",
    unscaled_factors: "factors_not_scaled",
    only_da_unscaled: "wrong_only_in_da",
    only_db_unscaled: "a_factor_left_out",
    by_alpha: "alpha_not_divided",
    rank_stabilized: "divided_by_the_root_of_the_rank",
    rank_of_the_rows_of_b: "divided_by_a_size_of_w",
    whole_scale: "whole_division",
    da_and_db_ascending: "sign",
    da_scaled_twice: "scaled_twice",
    mean_over_the_batch: "averaged_twice",
    transposed_factors: "factors_transposed",
    with_the_frozen_gradient: "gradient_of_the_frozen_weights_too",
    factors_first: "parts_in_another_order",
    no_gradient_of_a_at_all: "the_same_everywhere",
    without_adapter_at_zero_b: "wrong_where_b_holds_a_0",
    matrices_only: "wrong_where_dout_and_a_have_different_numbers_of_axes",
    one_product_an_index: "sum_missing",
    as_if_square: "wrong_where_all_axes_of_w_are_equally_long",
    dx_flattened: "right_numbers_in_another_shape",
    never_negative: "sign",
    alpha_or_its_default: "wrong_where_alpha_is_0.0",
    in_the_type_of_x: "truncated_to_integers",
    rank_at_most_the_sizes: "rank_at_most_a_size",
    dout_in_place: "an_argument_changed",
    b_kept_by_id: "a_property_fails",
    rank_of_the_smaller_axis: "rank_at_most_a_size",
    products_of_integers: "right_in_int64",
}
