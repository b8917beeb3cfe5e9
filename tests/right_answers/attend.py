"""Right ways to write attend."""

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
    batch = q.shape[:-2]
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
