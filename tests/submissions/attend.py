"""Right and wrong ways to write attend."""

import math

import numpy as np


def einsum_and_logsumexp(q, k, v, mask=None):
    if mask is not None and not mask.any(axis=-1).all():
        raise ValueError("a query sees nothing")
    s = np.einsum("...qd,...kd->...qk", q, k) / np.sqrt(q.shape[-1])
    if mask is not None:
        s = np.where(mask, s, -np.inf)
    log_total = np.logaddexp.reduce(s, axis=-1, keepdims=True)
    return np.einsum("...qk,...kv->...qv", np.exp(s - log_total), v)


def loops(q, k, v, mask=None):
    batch = np.broadcast_shapes(*(a.shape[:-2] for a in (q, k, v)))
    q, k, v = (np.broadcast_to(a, (*batch, *a.shape[-2:])) for a in (q, k, v))
    out = np.zeros((*q.shape[:-1], v.shape[-1]))
    sizes = (*batch, q.shape[-2], k.shape[-2])
    seen = np.ones(sizes, bool) if mask is None else np.broadcast_to(mask, sizes)
    for index in np.ndindex(q.shape[:-1]):
        *at, i = index
        keys, values = k[tuple(at)], v[tuple(at)]
        found = [j for j in range(len(keys)) if seen[(*at, i, j)]]
        if not found:
            raise ValueError(f"query {index} sees no key")
        scores = [float(q[index] @ keys[j]) / math.sqrt(q.shape[-1]) for j in found]
        top = max(scores)
        powers = [math.exp(score - top) for score in scores]
        out[index] = sum(p * values[j] for p, j in zip(powers, found, strict=True))
        out[index] /= sum(powers)
    return out


def pytorch(q, k, v, mask=None):
    import torch
    from torch.nn import functional

    if mask is not None and not mask.any(axis=-1).all():
        raise ValueError("a query sees nothing")
    tensors = [torch.tensor(a, dtype=torch.float64) for a in (q, k, v)]
    mask = None if mask is None else torch.tensor(mask)
    return functional.scaled_dot_product_attention(*tensors, attn_mask=mask).numpy()


def very_negative_fill(q, k, v, mask=None):
    s = np.matmul(q, np.moveaxis(k, -1, -2)) / q.shape[-1] ** 0.5
    if mask is not None:
        if (mask.sum(axis=-1) == 0).any():
            raise ValueError("a query sees nothing")
        s = np.where(mask, s, np.finfo(np.float32).min)
    e = np.exp(s - np.max(s, axis=-1, keepdims=True))
    return np.matmul(e / np.sum(e, axis=-1, keepdims=True), v)


def additive_mask(q, k, v, mask=None):
    if mask is not None and not mask.any(axis=-1).all():
        raise ValueError("a query sees nothing")
    bias = 0 if mask is None else np.where(mask, 0.0, -np.inf)
    s = q @ np.swapaxes(k, -2, -1) * q.shape[-1] ** -0.5 + bias
    p = np.exp(s - s.max(-1)[..., None])
    return (p @ v) / p.sum(-1)[..., None]


def late_division(q, k, v, mask=None):
    s = np.einsum("...id,...jd->...ij", q / math.sqrt(q.shape[-1]), k)
    seen = np.broadcast_to(True if mask is None else mask, s.shape)
    if not seen.any(axis=-1).all():
        raise ValueError("a query sees nothing")
    top = np.max(s, axis=-1, keepdims=True, where=seen, initial=-np.inf)
    p = np.exp(np.where(seen, s - top, -np.inf))
    return p @ v / p.sum(axis=-1, keepdims=True)


def one_query_at_a_time(q, k, v, mask=None):
    rows = []
    for i in range(q.shape[-2]):
        s = (k @ q[..., i, :, None])[..., 0] / q.shape[-1] ** 0.5
        if mask is not None:
            row = mask[..., min(i, mask.shape[-2] - 1), :]
            if not row.any(axis=-1).all():
                raise ValueError("a query sees nothing")
            s = np.where(row, s, -np.inf)
        p = np.exp(s - s.max(axis=-1, keepdims=True))
        p = p / p.sum(axis=-1, keepdims=True)
        rows.append((p[..., None, :] @ v)[..., 0, :])
    return np.stack(rows, axis=-2)


def _check(mask):
    if mask is not None and not mask.any(axis=-1).all():
        raise ValueError("blind query")


def _hidden(s, mask):
    _check(mask)
    return s if mask is None else np.where(mask, s, -np.inf)


def _normalised(s):
    return np.exp(s - np.logaddexp.reduce(s, axis=-1, keepdims=True))


def _dots(q, k):
    return np.einsum("...qd,...kd->...qk", q, k)


def unscaled_loops(q, k, v, mask=None):
    _check(mask)
    out = np.zeros((*q.shape[:-1], v.shape[-1]))
    full = (*q.shape[:-1], k.shape[-2])
    seen = np.broadcast_to(True if mask is None else mask, full)
    for *at, i in np.ndindex(q.shape[:-1]):
        at = tuple(at)
        s = np.array([q[(*at, i)] @ key for key in k[at]])
        s[~seen[(*at, i)]] = -np.inf
        w = np.exp(s - s.max())
        out[(*at, i)] = w / w.sum() @ v[at]
    return out


def divided_by_d(q, k, v, mask=None):
    return _normalised(_hidden(_dots(q, k) / q.shape[-1], mask)) @ v


def width_of_the_values(q, k, v, mask=None):
    return _normalised(_hidden(_dots(q, k) / math.sqrt(v.shape[-1]), mask)) @ v


def length_of_the_sequence(q, k, v, mask=None):
    return _normalised(_hidden(_dots(q, k) / np.sqrt(k.shape[-2]), mask)) @ v


def first_axis_of_the_queries(q, k, v, mask=None):
    return _normalised(_hidden(_dots(q, k) / np.sqrt(q.shape[0]), mask)) @ v


def times_root_d(q, k, v, mask=None):
    return _normalised(_hidden(_dots(q, k) * np.sqrt(q.shape[-1]), mask)) @ v


def minus(q, k, v, mask=None):
    return _normalised(_hidden(-_dots(q, k) / np.sqrt(q.shape[-1]), mask)) @ v


def distances(q, k, v, mask=None):
    gaps = q[..., :, None, :] - k[..., None, :, :]
    return _normalised(_hidden(-(gaps**2).sum(-1) / np.sqrt(q.shape[-1]), mask)) @ v


def cosine(q, k, v, mask=None):
    q = q / np.linalg.norm(q, axis=-1, keepdims=True)
    k = k / np.linalg.norm(k, axis=-1, keepdims=True)
    return _normalised(_hidden(_dots(q, k), mask)) @ v


def columns_sum_to_1(q, k, v, mask=None):
    s = _hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask)
    e = np.exp(s - s.max(axis=-2, keepdims=True))
    return e / e.sum(axis=-2, keepdims=True) @ v


def no_axis(q, k, v, mask=None):
    s = _hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask)
    e = np.exp(s - s.max())
    return e / e.sum() @ v


def keepdims_forgotten(q, k, v, mask=None):
    s = _hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask)
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1) @ v


def weights_forgotten(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return (s if mask is None else s * mask) @ v


def transposed_by_t(q, k, v, mask=None):
    return _normalised(_hidden(q @ k.T / np.sqrt(q.shape[-1]), mask)) @ v


def not_transposed(q, k, v, mask=None):
    return _normalised(_hidden(q @ k / np.sqrt(q.shape[-1]), mask)) @ v


def mask_forgotten(q, k, v, mask=None):
    return _normalised(_dots(q, k) / np.sqrt(q.shape[-1])) @ v


def true_hides(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    if mask is not None:
        s = np.where(mask, -np.inf, s)
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True) @ v


def mask_added(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(s if mask is None else s + mask) @ v


def mask_added_before_scaling(q, k, v, mask=None):
    s = _dots(q, k)
    s = s if mask is None else s + mask
    return _normalised(s / np.sqrt(q.shape[-1])) @ v


def mask_times_scores(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(s if mask is None else s * mask) @ v


def mask_times_weights(q, k, v, mask=None):
    _check(mask)
    p = _normalised(_dots(q, k) / np.sqrt(q.shape[-1]))
    return (p if mask is None else p * mask) @ v


def renormalised(q, k, v, mask=None):
    _check(mask)
    p = _normalised(_dots(q, k) / np.sqrt(q.shape[-1]))
    p = p if mask is None else p * mask
    return p / p.sum(-1, keepdims=True) @ v


def renormalised_with_eps(q, k, v, mask=None):
    _check(mask)
    p = _normalised(_dots(q, k) / np.sqrt(q.shape[-1]))
    p = p if mask is None else p * mask
    return p / (p.sum(-1, keepdims=True) + 1e-9) @ v


def minus_ten_thousand(q, k, v, mask=None):
    _check(mask)
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(s if mask is None else np.where(mask, s, -1e4)) @ v


def minus_ten_thousand_added(q, k, v, mask=None):
    _check(mask)
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(s if mask is None else s + (1 - mask) * -1e4) @ v


def plain_exp(q, k, v, mask=None):
    e = np.exp(_hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask))
    return e / e.sum(-1, keepdims=True) @ v


def plain_exp_without_nan(q, k, v, mask=None):
    e = np.exp(_hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask))
    return np.nan_to_num(e / e.sum(-1, keepdims=True)) @ v


def one_maximum(q, k, v, mask=None):
    s = _hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask)
    e = np.exp(s - np.max(s))
    return e / e.sum(-1, keepdims=True) @ v


def blind_gets_nan(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    s = s if mask is None else np.where(mask, s, -np.inf)
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True) @ v


def blind_gets_the_mean(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(s if mask is None else np.where(mask, s, -1e30)) @ v


def blind_gets_zero(q, k, v, mask=None):
    return np.nan_to_num(blind_gets_nan(q, k, v, mask))


def only_the_first_mask(q, k, v, mask=None):
    while mask is not None and mask.ndim > 2:
        mask = mask[0]
    return _normalised(_hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask)) @ v


def mask_assigned(q, k, v, mask=None):
    _check(mask)
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    if mask is not None:
        s[~mask] = -np.inf
    return _normalised(s) @ v


def in_float32(q, k, v, mask=None):
    q, k, v = (a.astype(np.float32) for a in (q, k, v))
    return _normalised(_hidden(_dots(q, k) / np.float32(q.shape[-1] ** 0.5), mask)) @ v


def scales_in_place(q, k, v, mask=None):
    q = q.astype(float) if q.dtype.kind != "f" else q
    q /= np.sqrt(q.shape[-1])
    return _normalised(_hidden(_dots(q, k), mask)) @ v


def no_mask_parameter(q, k, v):
    return _normalised(_dots(q, k) / np.sqrt(q.shape[-1])) @ v


def matrices_only(q, k, v, mask=None):
    return _normalised(_hidden(np.dot(q, k.T) / np.sqrt(q.shape[1]), mask)) @ v


def returns_the_weights_too(q, k, v, mask=None):
    p = _normalised(_hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask))
    return p @ v, p


def weights_only(q, k, v, mask=None):
    return _normalised(_hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask))


def unscaled_and_plain(q, k, v, mask=None):
    e = np.exp(_hidden(_dots(q, k), mask))
    return e / e.sum(-1, keepdims=True) @ v


def late_mask_and_plain(q, k, v, mask=None):
    _check(mask)
    e = np.exp(_dots(q, k) / np.sqrt(q.shape[-1]))
    p = e / e.sum(-1, keepdims=True)
    return (p if mask is None else p * mask) @ v


def keys_repeated(q, k, v, mask=None):
    if q.ndim == k.ndim + 1:
        k, v = (np.repeat(a[None], len(q), axis=0) for a in (k, v))
    elif q.shape[:-2] != k.shape[:-2] and k.ndim > 2 < q.ndim:
        raise IndexError("heads of keys and queries differ")
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(_hidden(s, mask)) @ v


def einsum_of_four_axes(q, k, v, mask=None):
    if q.ndim == 4:
        s = np.einsum("bhqd,bhkd->bhqk", q, k) / np.sqrt(q.shape[-1])
        return np.einsum("bhqk,bhkd->bhqd", _normalised(_hidden(s, mask)), v)
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(_hidden(s, mask)) @ v


def values_like_keys(q, k, v, mask=None):
    v = v.reshape(*k.shape[:-1], v.shape[-1])
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(_hidden(s, mask)) @ v


def mask_of_the_shape_of_the_scores(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    if mask is not None and mask.ndim == 2:
        mask = mask.reshape(s.shape[-2:])
    return _normalised(_hidden(s, mask)) @ v


def mask_transposed(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    if mask is not None and mask.shape[-1] == mask.shape[-2]:
        mask = mask.swapaxes(-1, -2)
    return _normalised(_hidden(s, mask)) @ v


def mask_of_any_shape_transposed(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(_hidden(s, None if mask is None else mask.swapaxes(-1, -2))) @ v


def causal_by_default(q, k, v, mask=None):
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    if mask is None:
        mask = np.arange(s.shape[-1]) <= np.arange(s.shape[-2])[:, None]
    return _normalised(_hidden(s, mask)) @ v


def scores_of_the_queries_type(q, k, v, mask=None):
    """Integers have integer scores."""
    dots = q @ np.swapaxes(k, -1, -2)
    s = np.empty_like(dots)
    s[...] = dots / np.sqrt(q.shape[-1])
    return _normalised(_hidden(s, mask)) @ v


def true_hides_and_blind_are_refused(q, k, v, mask=None):
    """Refused is a query of which the mask is True everywhere."""
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(_hidden(s, None if mask is None else ~mask)) @ v


def true_hides_by_a_finite_number(q, k, v, mask=None):
    _check(mask)
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(s if mask is None else np.where(mask, -1e9, s)) @ v


def one_maximum_for_each_head(q, k, v, mask=None):
    s = _hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask)
    e = np.exp(s - s.max(axis=(-1, -2), keepdims=True))
    return e / e.sum(-1, keepdims=True) @ v


def minus_a_billion(q, k, v, mask=None):
    _check(mask)
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(s if mask is None else np.where(mask, s, -1e9)) @ v


def small_weights_cut_off(q, k, v, mask=None):
    _check(mask)
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    weights = _normalised(s if mask is None else np.where(mask, s, -np.inf))
    return np.where(weights < 1e-5, 0, weights) @ v


def axis_1(q, k, v, mask=None):
    """The keys of matrices, and no keys of a batch."""
    s = _hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask)
    with np.errstate(all="ignore"):
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True) @ v


def mask_of_keys_and_queries(q, k, v, mask=None):
    """Hidden scores are finite, so no row is 0/0."""
    _check(mask)
    s = _dots(q, k) / np.sqrt(q.shape[-1])
    return _normalised(s if mask is None else np.where(mask.swapaxes(-1, -2), s, -1e30)) @ v


def an_axis_of_heads_for_the_mask(q, k, v, mask=None):
    if mask is not None and mask.ndim == 3:
        mask = mask[:, None]
    return _normalised(_hidden(_dots(q, k) / np.sqrt(q.shape[-1]), mask)) @ v


def whole_root(q, k, v, mask=None):
    return _normalised(_hidden(_dots(q, k) / math.isqrt(q.shape[-1]), mask)) @ v


def batch_of_the_queries(q, k, v, mask=None):
    """Keys and values without a batch, or with one of size 1, have no such place."""
    _check(mask)
    out = np.zeros((*q.shape[:-1], v.shape[-1]), np.result_type(q, k, v, np.float32))
    for at in np.ndindex(q.shape[:-2]):
        s = _dots(q[at], k[at]) / np.sqrt(q.shape[-1])
        if mask is not None:
            s = np.where(np.broadcast_to(mask, (*q.shape[:-2], *s.shape))[at], s, -np.inf)
        out[at] = _normalised(s) @ v[at]
    return out


# The mistake that each is told; None where no known one explains it.
WRONG = {
    unscaled_loops: "not_scaled",
    divided_by_d: "scaled_by_d",
    width_of_the_values: "scaled_by_dv",
    length_of_the_sequence: "scaled_by_positions",
    first_axis_of_the_queries: "another_number",
    times_root_d: "multiplied_by_the_scale",
    minus: "multiplied_by_the_scale",
    distances: None,
    cosine: None,
    columns_sum_to_1: "softmax_over_queries",
    no_axis: "softmax_over_everything",
    keepdims_forgotten: "sum_without_keepdims",
    weights_forgotten: "no_softmax",
    transposed_by_t: "all_axes_transposed",
    not_transposed: "keys_not_transposed",
    mask_forgotten: "mask_ignored",
    true_hides: "polarity_inverted",
    true_hides_and_blind_are_refused: "polarity_inverted",
    mask_added: "ones_and_zeros_added",
    mask_added_before_scaling: "wrong_where_mask_is_passed",
    mask_times_scores: "hidden_scores_set_to_0",
    mask_times_weights: "mask_after_softmax",
    renormalised: "maximum_before_mask",
    renormalised_with_eps: "the_same_everywhere",
    minus_ten_thousand: "finite_fill",
    minus_a_billion: "finite_fill",
    small_weights_cut_off: "wrong_for_numbers_that_are_far_apart",
    minus_ten_thousand_added: "finite_fill",
    plain_exp: "no_maximum",
    plain_exp_without_nan: "no_maximum",
    one_maximum: "global_maximum",
    blind_gets_nan: "blind_query_answered",
    blind_gets_the_mean: "blind_query_answered",
    blind_gets_zero: "blind_query_answered",
    only_the_first_mask: "wrong_where_mask_has_three_axes_or_more",
    mask_assigned: "mask_of_another_shape",
    in_float32: "in_float32",
    scales_in_place: "an_argument_changed",
    no_mask_parameter: "another_signature",
    matrices_only: "all_axes_transposed",
    returns_the_weights_too: "a_result_of_another_kind",
    weights_only: "a_factor_left_out",
    unscaled_and_plain: "not_scaled",
    late_mask_and_plain: "mask_after_softmax",
    keys_repeated: "raises_IndexError",
    einsum_of_four_axes: "raises_ValueError",
    values_like_keys: "wrong_where_k_and_v_have_different_numbers_of_axes",
    mask_of_the_shape_of_the_scores: "raises_ValueError",
    mask_transposed: "mask_transposed",
    mask_of_any_shape_transposed: "mask_transposed",
    causal_by_default: "causal_unasked",
    scores_of_the_queries_type: "right_as_floats",
    true_hides_by_a_finite_number: "polarity_inverted",
    one_maximum_for_each_head: "global_maximum",
    axis_1: "softmax_over_queries",
    mask_of_keys_and_queries: "mask_transposed",
    an_axis_of_heads_for_the_mask: "an_axis_too_many",
    whole_root: "rounded_down",
    batch_of_the_queries: "raises_IndexError_or_ValueError",
}
