"""Right ways to write multi_head_attention."""

import numpy as np

from answers.transformers.attention import attend


def loop_over_heads(x, w_q, w_k, w_v, w_o, heads, mask=None):
    found = []
    for q, k, v in zip(
        *(np.split(x @ w, heads, axis=-1) for w in (w_q, w_k, w_v)), strict=True
    ):
        s = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
        if mask is not None:
            s = np.where(mask, s, -np.inf)
        p = np.exp(s - s.max(axis=-1, keepdims=True))
        found.append(p / p.sum(axis=-1, keepdims=True) @ v)
    return np.concatenate(found, axis=-1) @ w_o


def einsum(x, w_q, w_k, w_v, w_o, heads, mask=None):
    q, k, v = (
        np.einsum("...ti,ihd->...htd", x, w.reshape(len(w), heads, -1))
        for w in (w_q, w_k, w_v)
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

    x, w_q, w_k, w_v, w_o = (
        torch.tensor(a, dtype=torch.float64) for a in (x, w_q, w_k, w_v, w_o)
    )
    q, k, v = (
        (x @ w).unflatten(-1, (heads, -1)).transpose(-2, -3) for w in (w_q, w_k, w_v)
    )
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
