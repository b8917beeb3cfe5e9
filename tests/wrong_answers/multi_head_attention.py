"""Plausible wrong ways to write multi_head_attention, and the bug that each is told, if known."""

import numpy as np


def softmax(s, axis=-1):
    e = np.exp(s - s.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def split(a, heads):
    return np.moveaxis(a.reshape(*a.shape[:-1], heads, -1), -2, -3)


def merge(a):
    a = np.moveaxis(a, -3, -2)
    return a.reshape(*a.shape[:-2], -1)


def masked(s, mask):
    return s if mask is None else np.where(mask[..., None, :, :], s, -np.inf)


def per_head(x, w_q, w_k, w_v, heads):
    return [split(x @ w, heads) for w in (w_q, w_k, w_v)]


def scores(q, k):
    return np.einsum("...id,...jd->...ij", q, k)


def unscaled(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    return merge(softmax(masked(scores(q, k), mask)) @ v) @ w_o


def root_of_d_model(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    return merge(softmax(masked(scores(q, k) / np.sqrt(x.shape[-1]), mask)) @ v) @ w_o


def root_of_all_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    s = scores(q, k) / np.sqrt(w_q.shape[1])
    return merge(softmax(masked(s, mask)) @ v) @ w_o


def root_of_the_values(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    return merge(softmax(masked(scores(q, k) / np.sqrt(v.shape[-1]), mask)) @ v) @ w_o


def one_head(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    s = scores(q, k) / np.sqrt(q.shape[-1])
    s = s if mask is None else np.where(mask, s, -np.inf)
    return softmax(s) @ v @ w_o


def reshaped_at_once(x, w_q, w_k, w_v, w_o, heads, mask=None):
    *b, t, _ = x.shape
    q, k, v = ((x @ w).reshape(*b, heads, t, -1) for w in (w_q, w_k, w_v))
    s = scores(q, k) / np.sqrt(q.shape[-1])
    return (softmax(masked(s, mask)) @ v).reshape(*b, t, -1) @ w_o


def reshaped_at_once_and_merged_well(x, w_q, w_k, w_v, w_o, heads, mask=None):
    *b, t, _ = x.shape
    q, k, v = ((x @ w).reshape(*b, heads, t, -1) for w in (w_q, w_k, w_v))
    s = scores(q, k) / np.sqrt(q.shape[-1])
    return merge(softmax(masked(s, mask)) @ v) @ w_o


def merged_by_reshape(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    found = softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    return found.reshape(*x.shape[:-1], -1) @ w_o


def every_other_column(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = (
        np.stack([(x @ w)[..., h::heads] for h in range(heads)], axis=-3)
        for w in (w_q, w_k, w_v)
    )
    found = softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    out = np.empty((*x.shape[:-1], w_v.shape[1]))
    for h in range(heads):
        out[..., h::heads] = found[..., h, :, :]
    return out @ w_o


def alternating_merge(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    found = softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    return np.moveaxis(found, -3, -1).reshape(*x.shape[:-1], -1) @ w_o


def mean_of_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    found = softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    return found.mean(axis=-3) @ w_o


def not_projected(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    return merge(softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v)


def like_nn_linear(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q.T, w_k.T, w_v.T, heads)
    return merge(softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o.T


def output_transposed_only(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    return merge(softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o.T


def shared_projection(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_q, w_v, heads)
    return merge(softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o


def swapped(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_k, w_q, w_v, heads)
    return merge(softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o


def columns(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    s = masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)
    return merge(softmax(s, axis=-2) @ v) @ w_o


def across_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    s = masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)
    return merge(softmax(s, axis=-3) @ v) @ w_o


def no_mask(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    return merge(softmax(scores(q, k) / np.sqrt(q.shape[-1])) @ v) @ w_o


def true_hides(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    hide = None if mask is None else ~mask
    return merge(softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), hide)) @ v) @ w_o


def late_mask(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    p = softmax(scores(q, k) / np.sqrt(q.shape[-1]))
    p = p if mask is None else p * mask[..., None, :, :]
    return merge(p @ v) @ w_o


def mask_as_it_is(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    s = scores(q, k) / np.sqrt(q.shape[-1])
    s = s if mask is None else np.where(mask, s, -np.inf)
    return merge(softmax(s) @ v) @ w_o


def mask_of_the_first_example(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    s = scores(q, k) / np.sqrt(q.shape[-1])
    s = (
        s
        if mask is None
        else np.where(mask.reshape(-1, *mask.shape[-2:])[0], s, -np.inf)
    )
    return merge(softmax(s) @ v) @ w_o


def plain_exp(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    e = np.exp(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask))
    return merge(e / e.sum(-1, keepdims=True) @ v) @ w_o


def batch_first_only(x, w_q, w_k, w_v, w_o, heads, mask=None):
    b, t, _ = x.shape
    q, k, v = (
        (x @ w).reshape(b, t, heads, -1).transpose(0, 2, 1, 3) for w in (w_q, w_k, w_v)
    )
    found = softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v
    return found.transpose(0, 2, 1, 3).reshape(b, t, -1) @ w_o


def matrices_only(x, w_q, w_k, w_v, w_o, heads, mask=None):
    t = x.shape[0]
    q, k, v = (
        (x @ w).reshape(t, heads, -1).transpose(1, 0, 2) for w in (w_q, w_k, w_v)
    )
    s = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    s = s if mask is None else np.where(mask, s, -np.inf)
    return (softmax(s) @ v).transpose(1, 0, 2).reshape(t, -1) @ w_o


def residual_added(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    out = merge(softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask)) @ v) @ w_o
    return out + x if out.shape == x.shape else out


def values_without_a_projection(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, _ = per_head(x, w_q, w_k, w_v, heads)
    p = softmax(masked(scores(q, k) / np.sqrt(q.shape[-1]), mask))
    return merge(p @ x[..., None, :, :]) @ w_o


def unscaled_and_merged_by_reshape(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = per_head(x, w_q, w_k, w_v, heads)
    found = softmax(masked(scores(q, k), mask)) @ v
    return found.reshape(*x.shape[:-1], -1) @ w_o


BUGS = {
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
    output_transposed_only: None,
    shared_projection: "keys_share_the_queries_weights",
    swapped: "queries_and_keys_swapped",
    columns: "softmax_over_queries",
    across_heads: "softmax_over_heads",
    no_mask: "mask_ignored",
    true_hides: "polarity_inverted",
    late_mask: "mask_after_softmax",
    mask_as_it_is: "batch_of_masks_taken_for_heads",
    mask_of_the_first_example: None,
    plain_exp: "no_maximum",
    batch_first_only: None,
    matrices_only: None,
    residual_added: None,
    values_without_a_projection: None,
    unscaled_and_merged_by_reshape: "not_scaled",
}
