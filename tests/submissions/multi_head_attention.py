"""Right and wrong ways to write multi_head_attention."""

import numpy as np

from answers.transformers.attention import attend


def loop_over_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    found = []
    for q, k, v in zip(*(np.split(x @ w, heads, axis=-1) for w in (w_q, w_k, w_v)), strict=True):
        s = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
        if mask is not None:
            s = np.where(mask, s, -np.inf)
        p = np.exp(s - s.max(axis=-1, keepdims=True))
        found.append(p / p.sum(axis=-1, keepdims=True) @ v)
    return np.concatenate(found, axis=-1) @ w_o


def einsum(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = (
        np.einsum("...ti,ihd->...htd", x, w.reshape(len(w), heads, -1)) for w in (w_q, w_k, w_v)
    )
    s = np.einsum("...id,...jd->...ij", q, k) / q.shape[-1] ** 0.5
    if mask is not None:
        s = np.where(np.expand_dims(mask, -3), s, -np.inf)
    p = np.exp(s - np.logaddexp.reduce(s, axis=-1, keepdims=True))
    w = w_o.reshape(heads, -1, w_o.shape[-1])
    return np.einsum("...hij,...hjd,hde->...ie", p, v, w, optimize=True)


def sum_of_heads_through_their_rows(x, w_q, w_k, w_v, w_o, heads, mask=None):
    d, dv = w_q.shape[1] // heads, w_v.shape[1] // heads
    out = 0
    for h in range(heads):
        at, at_v = slice(h * d, h * d + d), slice(h * dv, h * dv + dv)
        found = attend(x @ w_q[:, at], x @ w_k[:, at], x @ w_v[:, at_v], mask)
        out = out + found @ w_o[at_v]
    return out


def pytorch(x, w_q, w_k, w_v, w_o, heads, mask=None):
    import torch
    from torch.nn import functional

    x, w_q, w_k, w_v, w_o = (torch.tensor(a, dtype=torch.float64) for a in (x, w_q, w_k, w_v, w_o))
    q, k, v = ((x @ w).unflatten(-1, (heads, -1)).transpose(-2, -3) for w in (w_q, w_k, w_v))
    mask = None if mask is None else torch.tensor(mask.copy()).unsqueeze(-3)
    found = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    return (found.transpose(-2, -3).flatten(-2) @ w_o).numpy()


def heads_first(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """The axis of the heads in front of all others, so that a mask broadcasts as it is."""
    q, k, v = (np.stack(np.split(x @ w, heads, axis=-1)) for w in (w_q, w_k, w_v))
    return np.concatenate(list(attend(q, k, v, mask)), axis=-1) @ w_o


def one_example_at_a_time(x, w_q, w_k, w_v, w_o, heads, mask=None):
    out = np.empty((*x.shape[:-1], w_o.shape[1]))
    t = x.shape[-2]
    full = np.ones((t, t), bool) if mask is None else mask
    full = np.broadcast_to(full, (*x.shape[:-2], t, t))
    for at in np.ndindex(x.shape[:-2]):
        q, k, v = (x[at] @ w for w in (w_q, w_k, w_v))
        q, k, v = (a.reshape(t, heads, -1).transpose(1, 0, 2) for a in (q, k, v))
        s = q @ k.transpose(0, 2, 1) / q.shape[2] ** 0.5
        s[:, ~full[at]] = -np.inf
        p = np.exp(s - s.max(axis=2, keepdims=True))
        p /= p.sum(axis=2, keepdims=True)
        out[at] = (p @ v).transpose(1, 0, 2).reshape(t, -1) @ w_o
    return out


def _softmax(s, axis=-1):
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def _split(a, heads):
    return np.moveaxis(a.reshape(*a.shape[:-1], heads, -1), -2, -3)


def _merge(a):
    a = np.moveaxis(a, -3, -2)
    return a.reshape(*a.shape[:-2], -1)


def _masked(s, mask):
    return s if mask is None else np.where(mask[..., None, :, :], s, -np.inf)


def _per_head(x, w_q, w_k, w_v, heads):
    return [_split(x @ w, heads) for w in (w_q, w_k, w_v)]


def _scores(q, k):
    return np.einsum("...id,...jd->...ij", q, k)


def unscaled(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    return _merge(_softmax(_masked(_scores(q, k), mask)) @ v) @ w_o


def root_of_d_model(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    return _merge(_softmax(_masked(_scores(q, k) / np.sqrt(x.shape[-1]), mask)) @ v) @ w_o


def root_of_all_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _scores(q, k) / np.sqrt(w_q.shape[1])
    return _merge(_softmax(_masked(s, mask)) @ v) @ w_o


def root_of_the_values(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    return _merge(_softmax(_masked(_scores(q, k) / np.sqrt(v.shape[-1]), mask)) @ v) @ w_o


def one_head(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    s = s if mask is None else np.where(mask, s, -np.inf)
    return _softmax(s) @ v @ w_o


def reshaped_at_once(x, w_q, w_k, w_v, w_o, heads, mask=None):
    *b, t, _ = x.shape
    q, k, v = ((x @ w).reshape(*b, heads, t, -1) for w in (w_q, w_k, w_v))
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    return (_softmax(_masked(s, mask)) @ v).reshape(*b, t, -1) @ w_o


def reshaped_at_once_and_merged_well(x, w_q, w_k, w_v, w_o, heads, mask=None):
    *b, t, _ = x.shape
    q, k, v = ((x @ w).reshape(*b, heads, t, -1) for w in (w_q, w_k, w_v))
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    return _merge(_softmax(_masked(s, mask)) @ v) @ w_o


def merged_by_reshape(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    found = _softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    return found.reshape(*x.shape[:-1], -1) @ w_o


def every_other_column(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = (
        np.stack([(x @ w)[..., h::heads] for h in range(heads)], axis=-3) for w in (w_q, w_k, w_v)
    )
    found = _softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    out = np.empty((*x.shape[:-1], w_v.shape[1]))
    for h in range(heads):
        out[..., h::heads] = found[..., h, :, :]
    return out @ w_o


def alternating_merge(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    found = _softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    return np.moveaxis(found, -3, -1).reshape(*x.shape[:-1], -1) @ w_o


def mean_of_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    found = _softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    return found.mean(axis=-3) @ w_o


def not_projected(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    return _merge(_softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v)


def like_nn_linear(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q.T, w_k.T, w_v.T, heads)
    return _merge(_softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o.T


def output_transposed_only(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    return _merge(_softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o.T


def shared_projection(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_q, w_v, heads)
    return _merge(_softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o


def swapped(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_k, w_q, w_v, heads)
    return _merge(_softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o


def columns(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)
    return _merge(_softmax(s, axis=-2) @ v) @ w_o


def across_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)
    return _merge(_softmax(s, axis=-3) @ v) @ w_o


def no_mask(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    return _merge(_softmax(_scores(q, k) / np.sqrt(q.shape[-1])) @ v) @ w_o


def true_hides(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    hide = None if mask is None else ~mask
    return _merge(_softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), hide)) @ v) @ w_o


def late_mask(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    p = _softmax(_scores(q, k) / np.sqrt(q.shape[-1]))
    p = p if mask is None else p * mask[..., None, :, :]
    return _merge(p @ v) @ w_o


def mask_as_it_is(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    s = s if mask is None else np.where(mask, s, -np.inf)
    return _merge(_softmax(s) @ v) @ w_o


def mask_of_the_first_example(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    s = s if mask is None else np.where(mask.reshape(-1, *mask.shape[-2:])[0], s, -np.inf)
    return _merge(_softmax(s) @ v) @ w_o


def plain_exp(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    e = np.exp(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask))
    return _merge(e / e.sum(-1, keepdims=True) @ v) @ w_o


def batch_first_only(x, w_q, w_k, w_v, w_o, heads, mask=None):
    b, t, _ = x.shape
    q, k, v = ((x @ w).reshape(b, t, heads, -1).transpose(0, 2, 1, 3) for w in (w_q, w_k, w_v))
    found = _softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    return found.transpose(0, 2, 1, 3).reshape(b, t, -1) @ w_o


def matrices_only(x, w_q, w_k, w_v, w_o, heads, mask=None):
    t = x.shape[0]
    q, k, v = ((x @ w).reshape(t, heads, -1).transpose(1, 0, 2) for w in (w_q, w_k, w_v))
    s = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    s = s if mask is None else np.where(mask, s, -np.inf)
    return (_softmax(s) @ v).transpose(1, 0, 2).reshape(t, -1) @ w_o


def residual_added(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    out = _merge(_softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o
    return out + x if out.shape == x.shape else out


def values_without_a_projection(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, _ = _per_head(x, w_q, w_k, w_v, heads)
    p = _softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask))
    return _merge(p @ x[..., None, :, :]) @ w_o


def unscaled_and_merged_by_reshape(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    found = _softmax(_masked(_scores(q, k), mask)) @ v
    return found.reshape(*x.shape[:-1], -1) @ w_o


def _of_scores(x, w_q, w_k, w_v, w_o, heads, mask=None, weigh=_softmax, dtype=None):
    """What is right, but for the weights."""
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    return _merge(weigh(_masked(s, mask)) @ v) @ w_o


def one_maximum_for_all(x, w_q, w_k, w_v, w_o, heads, mask=None):
    def weigh(s):
        with np.errstate(all="ignore"):
            powers = np.exp(s - s.max())
            return powers / powers.sum(axis=-1, keepdims=True)

    return _of_scores(x, w_q, w_k, w_v, w_o, heads, mask, weigh)


def scores_clipped(x, w_q, w_k, w_v, w_o, heads, mask=None):
    return _of_scores(
        x,
        w_q,
        w_k,
        w_v,
        w_o,
        heads,
        mask,
        lambda s: _softmax(np.where(np.isfinite(s), np.clip(s, -100, 100), s)),
    )


def hidden_scores_of_minus_ten(x, w_q, w_k, w_v, w_o, heads, mask=None):
    return _of_scores(
        x, w_q, w_k, w_v, w_o, heads, mask, lambda s: _softmax(np.where(np.isneginf(s), -10.0, s))
    )


def hidden_scores_of_zero(x, w_q, w_k, w_v, w_o, heads, mask=None):
    return _of_scores(
        x, w_q, w_k, w_v, w_o, heads, mask, lambda s: _softmax(np.where(np.isneginf(s), 0.0, s))
    )


def causal_whatever_the_mask(x, w_q, w_k, w_v, w_o, heads, mask=None):
    mask = None if mask is None else np.tri(x.shape[-2], dtype=bool)
    return _of_scores(x, w_q, w_k, w_v, w_o, heads, mask)


def mask_transposed(x, w_q, w_k, w_v, w_o, heads, mask=None):
    mask = mask.swapaxes(-1, -2) if mask is not None and mask.shape[-1] == mask.shape[-2] else mask
    return _of_scores(x, w_q, w_k, w_v, w_o, heads, mask)


def one_mask_for_the_batch(x, w_q, w_k, w_v, w_o, heads, mask=None):
    mask = None if mask is None else mask.reshape(-1, *mask.shape[-2:])[0]
    return _of_scores(x, w_q, w_k, w_v, w_o, heads, mask)


def what_any_example_may_see(x, w_q, w_k, w_v, w_o, heads, mask=None):
    mask = None if mask is None else mask.reshape(-1, *mask.shape[-2:]).any(axis=0)
    return _of_scores(x, w_q, w_k, w_v, w_o, heads, mask)


def mask_of_keys_alone(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """A key is hidden if the last query may not see it."""
    mask = None if mask is None else np.broadcast_to(mask[..., -1:, :], mask.shape)
    return _of_scores(x, w_q, w_k, w_v, w_o, heads, mask)


def mask_for_each_head_where_it_fits(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    if mask is not None:
        by_head = mask.ndim == 3 and len(mask) == heads
        s = np.where(mask if by_head else mask[..., None, :, :], s, -np.inf)
    return _merge(_softmax(s) @ v) @ w_o


def mask_added_as_numbers(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    s = s if mask is None else s + mask[..., None, :, :]
    return _merge(_softmax(s) @ v) @ w_o


def projections_in_the_type_of_x(x, w_q, w_k, w_v, w_o, heads, mask=None):
    if x.dtype.kind in "iu":
        w_q, w_k, w_v, w_o = (w.astype(x.dtype) for w in (w_q, w_k, w_v, w_o))
    return _of_scores(x, w_q, w_k, w_v, w_o, heads, mask)


def result_in_the_type_of_x(x, w_q, w_k, w_v, w_o, heads, mask=None):
    return _of_scores(x, w_q, w_k, w_v, w_o, heads, mask).astype(x.dtype)


def leading_axes_flattened(x, w_q, w_k, w_v, w_o, heads, mask=None):
    flat = x.reshape(-1, *x.shape[-2:]) if x.ndim > 3 else x
    return _of_scores(flat, w_q, w_k, w_v, w_o, heads, mask)


def weights_transposed_where_they_fit(x, w_q, w_k, w_v, w_o, heads, mask=None):
    w_o = w_o.T if w_o.shape[0] == w_o.shape[1] else w_o
    return _of_scores(x, w_q, w_k, w_v, w_o, heads, mask)


def true_hides_by_a_finite_number(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    if mask is not None:
        s = np.where(mask[..., None, :, :], -1e9, s)
    return _merge(_softmax(s) @ v) @ w_o


def minus_ten_thousand(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    s = _scores(q, k) / np.sqrt(q.shape[-1])
    if mask is not None:
        s = np.where(mask[..., None, :, :], s, -1e4)
    return _merge(_softmax(s) @ v) @ w_o


def hidden_after_the_maximum(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    p = np.exp((s := _scores(q, k) / np.sqrt(q.shape[-1])) - s.max(-1, keepdims=True))
    p = p if mask is None else p * mask[..., None, :, :]
    return _merge(p / p.sum(-1, keepdims=True) @ v) @ w_o


def values_in_the_width_of_the_keys(x, w_q, w_k, w_v, w_o, heads, mask=None):
    *batch, t, _ = x.shape
    d = w_q.shape[1] // heads
    q, k, v = ((x @ w).reshape(*batch, t, heads, d).swapaxes(-2, -3) for w in (w_q, w_k, w_v))
    found = _softmax(_masked(_scores(q, k) / np.sqrt(d), mask)) @ v
    return found.swapaxes(-2, -3).reshape(*batch, t, heads * d) @ w_o


def width_of_the_model(x, w_q, w_k, w_v, w_o, heads, mask=None):
    *batch, t, width = x.shape
    d = width // heads
    q, k, v = ((x @ w).reshape(*batch, t, heads, d).swapaxes(-2, -3) for w in (w_q, w_k, w_v))
    found = _softmax(_masked(_scores(q, k) / np.sqrt(d), mask)) @ v
    return found.swapaxes(-2, -3).reshape(*batch, t, -1) @ w_o


def merged_in_the_shape_of_x(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = _per_head(x, w_q, w_k, w_v, heads)
    found = _softmax(_masked(_scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    return found.swapaxes(-2, -3).reshape(x.shape) @ w_o


def found_like_the_values(x, w_q, w_k, w_v, w_o, heads, mask=None):
    """Head by head into an array of the values' type."""
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    d, dv, found = q.shape[-1] // heads, v.shape[-1] // heads, np.zeros_like(v)
    for h in range(heads):
        own, of_values = slice(h * d, h * d + d), slice(h * dv, h * dv + dv)
        s = q[..., own] @ k[..., own].swapaxes(-1, -2) / np.sqrt(d)
        s = s if mask is None else np.where(mask, s, -np.inf)
        found[..., of_values] = _softmax(s) @ v[..., of_values]
    return found @ w_o


# The mistake that each is told; None where no known one explains it.
WRONG = {
    unscaled: "not_scaled",
    root_of_d_model: "scaled_by_the_model",
    root_of_all_heads: "scaled_by_the_model",
    root_of_the_values: "scaled_by_dv",
    one_head: "heads_ignored",
    reshaped_at_once: "split_without_transpose",
    reshaped_at_once_and_merged_well: "split_without_transpose",
    merged_by_reshape: "merged_without_transpose",
    every_other_column: "heads_interleaved",
    alternating_merge: "merged_interleaved",
    mean_of_heads: "heads_averaged",
    not_projected: "no_output_projection",
    like_nn_linear: "weights_transposed",
    output_transposed_only: "shapes_that_do_not_fit",
    shared_projection: "keys_share_the_queries_weights",
    swapped: "queries_and_keys_swapped",
    columns: "softmax_over_queries",
    across_heads: "softmax_over_heads",
    no_mask: "mask_ignored",
    true_hides: "polarity_inverted",
    late_mask: "mask_after_softmax",
    mask_as_it_is: "batch_of_masks_taken_for_heads",
    mask_of_the_first_example: "wrong_where_mask_has_3_axes",
    plain_exp: "no_maximum",
    batch_first_only: "wrong_except_where_x_has_3_axes",
    matrices_only: "wrong_where_x_and_w_k_have_different_numbers_of_axes",
    residual_added: "wrong_where_all_axes_of_w_k_are_equally_long",
    values_without_a_projection: "shapes_that_do_not_fit",
    unscaled_and_merged_by_reshape: None,
    one_maximum_for_all: "global_maximum",
    scores_clipped: None,
    hidden_scores_of_minus_ten: "wrong_where_mask_is_passed",
    hidden_scores_of_zero: "another_number",
    causal_whatever_the_mask: "wrong_where_mask_has_3_axes",
    mask_transposed: "mask_transposed",
    one_mask_for_the_batch: "wrong_where_mask_has_3_axes",
    what_any_example_may_see: "wrong_where_mask_has_3_axes",
    mask_of_keys_alone: None,
    mask_for_each_head_where_it_fits: None,
    mask_added_as_numbers: "wrong_where_mask_is_passed",
    projections_in_the_type_of_x: "right_as_floats",
    result_in_the_type_of_x: "truncated_to_integers",
    leading_axes_flattened: "right_numbers_in_another_shape",
    weights_transposed_where_they_fit: "wrong_where_all_axes_of_w_k_are_equally_long",
    true_hides_by_a_finite_number: "polarity_inverted",
    minus_ten_thousand: "finite_fill",
    hidden_after_the_maximum: "maximum_before_mask",
    values_in_the_width_of_the_keys: "one_width_for_all",
    width_of_the_model: "one_width_for_all",
    merged_in_the_shape_of_x: "wrong_except_where_all_axes_of_w_k_are_equally_long",
    found_like_the_values: "found_in_integers",
}
