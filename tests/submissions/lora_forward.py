"""Right and wrong ways to write a linear layer with a LoRA adapter."""

import numpy as np


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(float)


def merged_first(x, w, a, b, alpha):
    """W + s B A is made: right, and dear for one row."""
    w, a, b = _float(w), _float(a), _float(b)
    return _float(x) @ (w + alpha / a.shape[0] * b @ a).T


def einsum(x, w, a, b, alpha):
    x = _float(x)
    low = np.einsum("...i,ri->...r", x, a)
    return np.einsum("...i,oi->...o", x, w) + alpha / len(a) * np.einsum("...r,or->...o", low, b)


def scaled_factor(x, w, a, b, alpha):
    x, r = _float(x), b.shape[-1]
    down = x @ np.transpose(a) * (alpha / r)
    return np.add(x @ np.transpose(w), down @ np.transpose(b))


def rank_by_rank(x, w, a, b, alpha):
    x = _float(x)
    y = np.dot(x, w.T)
    for row, column in zip(_float(a), _float(b).T, strict=True):
        y = y + alpha / len(a) * np.multiply.outer(np.dot(x, row), column)
    return y


def one_product(x, w, a, b, alpha):
    """The factors stacked onto the weights."""
    x, d_out = _float(x), len(w)
    both = x @ np.concatenate([w, a]).astype(x.dtype).T
    return both[..., :d_out] + alpha / len(a) * both[..., d_out:] @ _float(b).T


def loops(x, w, a, b, alpha):
    x = _float(x)
    y = np.zeros((*x.shape[:-1], len(w)), x.dtype if w.dtype.kind == "f" else float)
    for at in np.ndindex(x.shape[:-1]):
        low = [sum(float(v) * float(u) for v, u in zip(x[at], row, strict=True)) for row in a]
        for o in range(len(w)):
            y[at][o] = sum(float(v) * float(u) for v, u in zip(x[at], w[o], strict=True))
            up = sum(float(v) * u for v, u in zip(b[o], low, strict=True))
            y[at][o] += alpha / len(a) * up
    return y


def pytorch(x, w, a, b, alpha):
    import torch

    kind = torch.float32 if x.dtype == np.float32 else torch.float64
    x, w, a, b = (torch.tensor(each, dtype=kind) for each in (x, w, a, b))
    linear = torch.nn.functional.linear
    return (linear(x, w) + alpha / a.shape[0] * linear(linear(x, a), b)).numpy()


def without_scale(x, w, a, b, alpha):
    x = _float(x)
    return np.dot(x, w.T) + np.dot(np.dot(x, a.T), b.T)


def alpha_alone(x, w, a, b, alpha):
    x = _float(x)
    return x @ w.T + alpha * (x @ a.T) @ b.T


def rank_stabilized(x, w, a, b, alpha):
    x = _float(x)
    return x @ w.T + alpha / np.sqrt(a.shape[0]) * (x @ a.T @ b.T)


def rank_from_the_inputs(x, w, a, b, alpha):
    x = _float(x)
    return x @ w.T + alpha / a.shape[1] * (x @ a.T @ b.T)


def rank_from_the_rows_of_b(x, w, a, b, alpha):
    x, r = _float(x), b.shape[0]
    return x @ w.T + (alpha / r) * ((x @ a.T) @ b.T)


def scale_around_all(x, w, a, b, alpha):
    x = _float(x)
    return (x @ w.T + x @ a.T @ b.T) * (alpha / len(a))


def adapter_alone(x, w, a, b, alpha):
    return alpha / len(a) * (_float(x) @ a.T) @ b.T


def behind_the_layer(x, w, a, b, alpha):
    y = _float(x) @ w.T
    return y + alpha / len(a) * y @ a.T @ b.T


def plain_weights(x, w, a, b, alpha):
    x = _float(x)
    return x @ w + alpha / len(a) * x @ a.T @ b.T


def down_by_b(x, w, a, b, alpha):
    x = _float(x)
    return x @ w.T + alpha / len(a) * ((x @ b) @ a)


def minus_the_update(x, w, a, b, alpha):
    x = _float(x)
    return x @ w.T - (alpha / len(a)) * (x @ a.T @ b.T)


def merged_in_place(x, w, a, b, alpha):
    if w.dtype.kind != "f":
        return merged_first(x, w, a, b, alpha)
    w += (alpha / len(a) * _float(b) @ a).astype(w.dtype)
    return _float(x) @ w.T


def squared_scale(x, w, a, b, alpha):
    x, s = _float(x), alpha / len(a)
    return x @ w.T + s * ((s * x) @ a.T @ b.T)


def whole_scale(x, w, a, b, alpha):
    """alpha // r: right where r divides alpha."""
    x = _float(x)
    return x @ w.T + alpha // len(a) * (x @ a.T @ b.T)


def at_least_one(x, w, a, b, alpha):
    x = _float(x)
    return x @ w.T + max(alpha / len(a), 1) * (x @ a.T @ b.T)


def never_negative(x, w, a, b, alpha):
    x = _float(x)
    return x @ w.T + abs(alpha) / len(a) * (x @ a.T @ b.T)


def alpha_or_its_default(x, w, a, b, alpha):
    """An alpha of 0 becomes 16."""
    x = _float(x)
    return x @ w.T + (alpha or 16) / len(a) * (x @ a.T @ b.T)


def at_most_the_rank_of_w(x, w, a, b, alpha):
    x, r = _float(x), min(*w.shape, len(a))
    return x @ w.T + alpha / r * (x @ a.T @ b.T)


def two_axes(x, w, a, b, alpha):
    rows = _float(x).reshape(-1, x.shape[-1])
    return rows @ w.T + alpha / len(a) * (rows @ a.T @ b.T)


def as_if_square(x, w, a, b, alpha):
    """w.T only where it must be."""
    x = _float(x)
    frozen = x @ (w if w.shape[0] == w.shape[1] else w.T)
    return frozen + alpha / len(a) * (x @ a.T @ b.T)


def in_the_type_of_x(x, w, a, b, alpha):
    return merged_first(x, w, a, b, alpha).astype(x.dtype)


def in_the_type_of_w(x, w, a, b, alpha):
    return merged_first(x, w, a, b, alpha).astype(w.dtype)


_MERGED = {}


def merged_once(x, w, a, b, alpha):
    """The merged weights are kept, with the array itself, so that no other has its id."""
    if id(w) not in _MERGED or _MERGED[id(w)][0] is not w:
        _MERGED[id(w)] = w, _float(w) + alpha / len(a) * _float(b) @ a
    return _float(x) @ _MERGED[id(w)][1].T


def one_number_between(x, w, a, b, alpha):
    y = x @ w.T
    if len(a) > 1:
        return y + alpha / len(a) * (x @ a.T @ b.T)
    return y + alpha * b[0, 0] * (x @ a[0])[..., None]


def alpha_as_an_integer(x, w, a, b, alpha):
    return x @ w.T + int(alpha) / len(a) * (x @ a.T @ b.T)


def a_relu_in_the_adapter(x, w, a, b, alpha):
    return x @ w.T + alpha / len(a) * (np.maximum(0, x @ a.T) @ b.T)


def products_of_integers(x, w, a, b, alpha):
    return x @ w.T + alpha / len(a) * (x @ a.T @ b.T)


def mean_over_the_rank(x, w, a, b, alpha):
    x, r = _float(x), len(a)
    down = x @ a.T / r
    return x @ w.T + alpha / r * (down @ b.T)


def rank_by_its_singular_values(x, w, a, b, alpha):
    x = _float(x)
    rank = max(1, np.linalg.matrix_rank(a))
    return x @ w.T + alpha / rank * (x @ a.T @ b.T)


def adapter_once_it_is_trained(x, w, a, b, alpha):
    x = _float(x)
    return alpha / len(a) * (x @ a.T @ b.T) if b.any() else x @ w.T


def whole_where_alpha_is_whole(x, w, a, b, alpha):
    x, r = _float(x), len(a)
    scale = int(alpha) // r if alpha == int(alpha) else alpha / r
    return x @ w.T + scale * (x @ a.T @ b.T)


def update_on_its_side(x, w, a, b, alpha):
    return _float(x) @ (w.T + (alpha / len(a) * _float(b)) @ a)


def star(x, w, a, b, alpha):
    """A product of arrays where one of matrices is meant."""
    return _float(x) @ np.add(w, _float(b) * a * alpha / len(a)).T


def two_letters_for_the_rank(x, w, a, b, alpha):
    x = _float(x)
    down, up = np.einsum("...i,ri->...r", x, a), np.einsum("or->o", _float(b))
    return x @ w.T + alpha / len(a) * down.sum(axis=-1, keepdims=True) * up


def adapter_where_b_has_no_0(x, w, a, b, alpha):
    x = _float(x)
    return x @ w.T + (alpha / len(a) * (x @ a.T @ b.T) if b.all() else 0)


# What each is told; None where no known mistake explains it.
WRONG = {
    without_scale: "no_scale",
    alpha_alone: "alpha_not_divided",
    rank_stabilized: "divided_by_the_root_of_the_rank",
    rank_from_the_inputs: "divided_by_a_size_of_w",
    rank_from_the_rows_of_b: "divided_by_a_size_of_w",
    scale_around_all: "all_is_scaled",
    adapter_alone: "no_frozen_layer",
    behind_the_layer: "update_of_the_output",
    plain_weights: "weights_not_transposed",
    down_by_b: "factors_exchanged",
    minus_the_update: "update_subtracted",
    merged_in_place: "an_argument_changed",
    squared_scale: "scaled_twice",
    whole_scale: "whole_division",
    at_least_one: None,
    never_negative: "wrong_where_alpha_is_-2.0",
    alpha_or_its_default: "wrong_where_alpha_is_0.0",
    at_most_the_rank_of_w: None,
    two_axes: "right_numbers_in_another_shape",
    as_if_square: "wrong_where_all_axes_of_w_are_equally_long",
    in_the_type_of_x: "truncated_to_integers",
    in_the_type_of_w: "truncated_to_integers",
    merged_once: "a_property_fails",
    one_number_between: None,
    alpha_as_an_integer: "alpha_without_its_fraction",
    a_relu_in_the_adapter: "curve_between_the_factors",
    products_of_integers: "a_step_left_out",
    mean_over_the_rank: "divided_by_the_rank_twice",
    rank_by_its_singular_values: "numerical_rank",
    adapter_once_it_is_trained: "no_frozen_layer",
    whole_where_alpha_is_whole: None,
    update_on_its_side: "update_not_transposed",
    star: "factors_entry_by_entry",
    two_letters_for_the_rank: "rank_summed_in_each_factor",
    adapter_where_b_has_no_0: None,
}
