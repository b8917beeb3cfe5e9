"""Right ways to write attend_blockwise."""

import math

import numpy as np


def keys_in_blocks(q, k, v, block=256, causal=False):
    """All queries at once against a block of keys."""
    behind = k.shape[-2] - q.shape[-2]
    m = np.full((*q.shape[:-1], 1), -np.inf)
    total, out = np.zeros_like(m), np.zeros((*q.shape[:-1], v.shape[-1]))
    for start in range(0, k.shape[-2], block):
        keys = np.arange(start, min(start + block, k.shape[-2]))
        s = q @ np.swapaxes(k[..., keys, :], -1, -2) / math.sqrt(q.shape[-1])
        if causal:
            s = np.where(keys <= np.arange(q.shape[-2])[:, None] + behind, s, -np.inf)
        new = np.maximum(m, s.max(axis=-1, keepdims=True))
        p = np.exp(s - new)
        total = total * np.exp(m - new) + p.sum(axis=-1, keepdims=True)
        out = out * np.exp(m - new) + p @ v[..., keys, :]
        m = new
    return out / total


def queries_in_blocks(q, k, v, block=256, causal=False):
    """A block of queries against all keys: linear in the length, too."""
    behind = k.shape[-2] - q.shape[-2]
    rows = []
    for start in range(0, q.shape[-2], block):
        part = q[..., start : start + block, :]
        s = part @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
        if causal:
            at = np.arange(start, start + part.shape[-2])[:, None] + behind
            s = np.where(np.arange(k.shape[-2]) <= at, s, -np.inf)
        p = np.exp(s - s.max(axis=-1, keepdims=True))
        rows.append(p @ v / p.sum(axis=-1, keepdims=True))
    return np.concatenate(rows, axis=-2)


def one_query_at_a_time(q, k, v, block=256, causal=False):
    out = np.empty((*q.shape[:-1], v.shape[-1]))
    behind = k.shape[-2] - q.shape[-2]
    for i in range(q.shape[-2]):
        seen = i + behind + 1 if causal else k.shape[-2]
        s = np.einsum("...d,...kd->...k", q[..., i, :], k[..., :seen, :])
        s = s / math.sqrt(q.shape[-1])
        p = np.exp(s - np.logaddexp.reduce(s, axis=-1, keepdims=True))
        out[..., i, :] = np.einsum("...k,...kv->...v", p, v[..., :seen, :])
    return out


def merged_by_logsumexp(q, k, v, block=256, causal=False):
    """Each block normalised on its own, and weighted by its share of the sum."""
    behind = k.shape[-2] - q.shape[-2]
    out, log_total = 0.0, np.full((*q.shape[:-1], 1), -np.inf)
    for start in range(0, k.shape[-2], block):
        part = k[..., start : start + block, :]
        s = np.einsum("...id,...jd->...ij", q, part) / q.shape[-1] ** 0.5
        if causal:
            distance = np.arange(q.shape[-2])[:, None] + behind - start
            s = np.where(np.arange(s.shape[-1]) <= distance, s, -np.inf)
        top = s.max(axis=-1, keepdims=True)
        top = np.where(np.isneginf(top), 0.0, top)
        p = np.exp(s - top)
        total = p.sum(axis=-1, keepdims=True)
        found = p @ v[..., start : start + block, :] / np.where(total == 0, 1, total)
        new = np.logaddexp(log_total, np.log(total) + top)
        out = out * np.exp(log_total - new) + found * np.exp(np.log(total) + top - new)
        log_total = new
    return out


def two_passes(q, k, v, block=256, causal=False):
    """First the maximum and the sum, then the values; the scores are computed twice."""
    n, behind = k.shape[-2], k.shape[-2] - q.shape[-2]
    q = q / math.sqrt(q.shape[-1])
    top = np.full((*q.shape[:-1], 1), -np.inf)
    for start in range(0, n, block):
        s = q @ k[..., start : start + block, :].swapaxes(-1, -2)
        if causal:
            hidden = np.arange(start, start + s.shape[-1]) > (
                np.arange(q.shape[-2])[:, None] + behind
            )
            s[..., hidden] = -np.inf
        top = np.maximum(top, s.max(axis=-1, keepdims=True))
    total, out = 0, 0
    for start in range(0, n, block):
        s = q @ k[..., start : start + block, :].swapaxes(-1, -2)
        if causal:
            hidden = np.arange(start, start + s.shape[-1]) > (
                np.arange(q.shape[-2])[:, None] + behind
            )
            s[..., hidden] = -np.inf
        p = np.exp(s - top)
        total, out = (
            total + p.sum(-1, keepdims=True),
            out + p @ v[..., start : start + block, :],
        )
    return out / total


def pytorch(q, k, v, block=256, causal=False):
    import torch
    from torch.nn import functional

    q, k, v = (
        torch.tensor(np.ascontiguousarray(a), dtype=torch.float64) for a in (q, k, v)
    )
    mask = None
    if causal:
        n = k.shape[-2]
        mask = torch.ones(n, n, dtype=torch.bool).tril()[n - q.shape[-2] :]
    return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask).numpy()
