"""Right and wrong ways to write attend_blockwise."""

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

    q, k, v = (torch.tensor(np.ascontiguousarray(a), dtype=torch.float64) for a in (q, k, v))
    mask = None
    if causal:
        n = k.shape[-2]
        mask = torch.ones(n, n, dtype=torch.bool).tril()[n - q.shape[-2] :]
    return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask).numpy()


def _seen(q, k, start, stop, causal, behind=None):
    """Where a query may look at the keys from start to stop."""
    if not causal:
        return np.ones((q.shape[-2], stop - start), bool)
    behind = k.shape[-2] - q.shape[-2] if behind is None else behind
    return np.arange(start, stop) <= np.arange(q.shape[-2])[:, None] + behind


def _blocks(q, k, v, block, causal, scale=None, behind=None, keys=None):
    keys = k.shape[-2] if keys is None else keys
    for start in range(0, keys, block):
        stop = min(start + block, k.shape[-2])
        s = np.einsum("...id,...jd->...ij", q, k[..., start:stop, :])
        s = s / (scale or math.sqrt(q.shape[-1]))
        s = np.where(_seen(q, k, start, stop, causal, behind), s, -np.inf)
        yield s, v[..., start:stop, :]


def _online(parts):
    m, total, out = -np.inf, 0.0, 0.0
    for s, values in parts:
        new = np.maximum(m, s.max(-1, keepdims=True))
        p = np.exp(s - new)
        total = total * np.exp(m - new) + p.sum(-1, keepdims=True)
        out = out * np.exp(m - new) + p @ values
        m = new
    return out / total


def naive(q, k, v, block=256, causal=False):
    return _online(_blocks(q, k, v, k.shape[-2], causal))


def all_scores_then_blocks(q, k, v, block=256, causal=False):
    s = q @ k.swapaxes(-1, -2) / math.sqrt(q.shape[-1])
    s = np.where(_seen(q, k, 0, k.shape[-2], causal), s, -np.inf)
    cuts = [slice(a, a + block) for a in range(0, k.shape[-2], block)]
    return _online((s[..., cut], v[..., cut, :]) for cut in cuts)


def no_maximum(q, k, v, block=256, causal=False):
    total = out = 0.0
    for s, values in _blocks(q, k, v, block, causal):
        total = total + np.exp(s).sum(-1, keepdims=True)
        out = out + np.exp(s) @ values
    return out / total


def first_maximum(q, k, v, block=256, causal=False):
    m, total, out = None, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        m = s.max(-1, keepdims=True) if m is None else m
        p = np.exp(s - m)
        total, out = total + p.sum(-1, keepdims=True), out + p @ values
    return out / total


def forgets_to_rescale(q, k, v, block=256, causal=False):
    m, total, out = -np.inf, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        m = np.maximum(m, s.max(-1, keepdims=True))
        p = np.exp(s - m)
        total, out = total + p.sum(-1, keepdims=True), out + p @ values
    return out / total


def rescales_the_sum_only(q, k, v, block=256, causal=False):
    m, total, out = -np.inf, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        new = np.maximum(m, s.max(-1, keepdims=True))
        p = np.exp(s - new)
        total = total * np.exp(m - new) + p.sum(-1, keepdims=True)
        out, m = out + p @ values, new
    return out / total


def rescales_the_values_only(q, k, v, block=256, causal=False):
    m, total, out = -np.inf, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        new = np.maximum(m, s.max(-1, keepdims=True))
        p = np.exp(s - new)
        total = total + p.sum(-1, keepdims=True)
        out, m = out * np.exp(m - new) + p @ values, new
    return out / total


def rescales_upwards(q, k, v, block=256, causal=False):
    m, total, out = None, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        top = s.max(-1, keepdims=True)
        new = top if m is None else np.maximum(m, top)
        factor = 1 if m is None else np.exp(new - m)
        p = np.exp(s - new)
        total = total * factor + p.sum(-1, keepdims=True)
        out, m = out * factor + p @ values, new
    return out / total


def each_block_its_own_maximum(q, k, v, block=256, causal=False):
    total = out = 0.0
    for s, values in _blocks(q, k, v, block, causal):
        p = np.exp(s - s.max(-1, keepdims=True))
        total, out = total + p.sum(-1, keepdims=True), out + p @ values
    return out / total


def softmax_of_each_block(q, k, v, block=256, causal=False):
    found = []
    for s, values in _blocks(q, k, v, block, causal):
        p = np.exp(s - s.max(-1, keepdims=True))
        found.append(p / p.sum(-1, keepdims=True) @ values)
    return sum(found) / len(found)


def softmax_of_each_block_summed(q, k, v, block=256, causal=False):
    found = 0
    for s, values in _blocks(q, k, v, block, causal):
        p = np.exp(s - s.max(-1, keepdims=True))
        found = found + p / p.sum(-1, keepdims=True) @ values
    return found


def whole_blocks_only(q, k, v, block=256, causal=False):
    keys = max(k.shape[-2] // block, 1) * block
    return _online(_blocks(q, k, v, block, causal, keys=keys))


def last_block_only(q, k, v, block=256, causal=False):
    *_, (s, values) = _blocks(q, k, v, block, causal)
    p = np.exp(s - s.max(-1, keepdims=True))
    return p / p.sum(-1, keepdims=True) @ values


def never_divided(q, k, v, block=256, causal=False):
    m, out = -np.inf, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        new = np.maximum(m, s.max(-1, keepdims=True))
        out = out * np.exp(m - new) + np.exp(s - new) @ values
        m = new
    return out


def divided_in_every_block(q, k, v, block=256, causal=False):
    m, total, out = -np.inf, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        new = np.maximum(m, s.max(-1, keepdims=True))
        p = np.exp(s - new)
        total = total * np.exp(m - new) + p.sum(-1, keepdims=True)
        out = (out * np.exp(m - new) + p @ values) / total
        m = new
    return out


def unscaled(q, k, v, block=256, causal=False):
    return _online(_blocks(q, k, v, block, causal, scale=1))


def scaled_by_the_block(q, k, v, block=256, causal=False):
    return _online(_blocks(q, k, v, block, causal, scale=math.sqrt(block)))


def never_causal(q, k, v, block=256, causal=False):
    return _online(_blocks(q, k, v, block, causal=False))


def always_causal(q, k, v, block=256, causal=False):
    return _online(_blocks(q, k, v, block, causal=True))


def upper_left(q, k, v, block=256, causal=False):
    return _online(_blocks(q, k, v, block, causal, behind=0))


def strictly_before(q, k, v, block=256, causal=False):
    behind = k.shape[-2] - q.shape[-2] - 1
    return _online(_blocks(q, k, v, block, causal, behind=behind))


def one_step_ahead(q, k, v, block=256, causal=False):
    behind = k.shape[-2] - q.shape[-2] + 1
    return _online(_blocks(q, k, v, block, causal, behind=behind))


def zero_for_the_first_maximum(q, k, v, block=256, causal=False):
    m, total, out = 0.0, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        new = np.maximum(m, s.max(-1, keepdims=True))
        p = np.exp(s - new)
        total = total * np.exp(m - new) + p.sum(-1, keepdims=True)
        out = out * np.exp(m - new) + p @ values
        m = new
    return out / total


def maximum_of_all_queries(q, k, v, block=256, causal=False):
    m, total, out = -np.inf, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        new = max(m, s.max())
        p = np.exp(s - new)
        total = total * np.exp(m - new) + p.sum(-1, keepdims=True)
        out = out * np.exp(m - new) + p @ values
        m = new
    return out / total


def matrices_only(q, k, v, block=256, causal=False):
    n = len(q)
    return _online(_blocks(q[:n], k, v, block, causal)) if q.ndim == 2 else q @ k @ v


def in_place(q, k, v, block=256, causal=False):
    if q.dtype.kind == "f":
        q /= math.sqrt(q.shape[-1])
        return _online(_blocks(q, k, v, block, causal, scale=1.0))
    return _online(_blocks(q, k, v, block, causal))


def unscaled_and_not_rescaled(q, k, v, block=256, causal=False):
    return forgets_to_rescale(q * math.sqrt(q.shape[-1]), k, v, block, causal)


def started_at_zero(q, k, v, block=256, causal=False):
    m, total, out = 0.0, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        new = np.maximum(m, s.max(-1, keepdims=True))
        p = np.exp(s - new)
        total = total * np.exp(m - new) + p.sum(-1, keepdims=True)
        out = out * np.exp(m - new) + p @ values
        m = new
    return out / total


def causal_from_the_first_key(q, k, v, block=256, causal=False):
    return _online(_blocks(q, k, v, block, causal, behind=0))


def causal_inside_a_block_only(q, k, v, block=256, causal=False):
    """Later blocks are skipped as a whole, and none is masked inside."""
    m, total, out = -np.inf, 0.0, 0.0
    behind = k.shape[-2] - q.shape[-2]
    last = np.arange(q.shape[-2])[:, None] + behind
    for start in range(0, k.shape[-2], block):
        s = q @ k[..., start : start + block, :].swapaxes(-1, -2) / math.sqrt(q.shape[-1])
        s = np.where(last >= start, s, -np.inf) if causal else s
        new = np.maximum(m, s.max(-1, keepdims=True))
        p = np.exp(s - new)
        total = total * np.exp(m - new) + p.sum(-1, keepdims=True)
        out = out * np.exp(m - new) + p @ v[..., start : start + block, :]
        m = new
    return out / total


def blocks_of_256_always(q, k, v, block=256, causal=False):
    return _online(_blocks(q, k, v, 256, causal))


def values_in_half_precision_for_single(q, k, v, block=256, causal=False):
    if v.dtype == np.float32:
        v = v.astype(np.float16)
    return _online(_blocks(q, k, v, block, causal))


def leading_axes_flattened(q, k, v, block=256, causal=False):
    flat = [a.reshape(-1, *a.shape[-2:]) if a.ndim > 4 else a for a in (q, k, v)]
    return _online(_blocks(*flat, block, causal))


def one_maximum_for_all_queries(q, k, v, block=256, causal=False):
    m, total, out = -np.inf, 0.0, 0.0
    for s, values in _blocks(q, k, v, block, causal):
        new = np.maximum(m, s.max())
        with np.errstate(all="ignore"):
            p, shrink = np.exp(s - new), np.exp(m - new)
        total, out = total * shrink + p.sum(-1, keepdims=True), out * shrink + p @ values
        m = new
    return out / total


def _tiles(q, k, v, block, causal, change):
    """Blocks of queries against blocks of keys; `change` names what is done otherwise."""
    queries, keys = q.shape[-2], k.shape[-2]
    behind = queries - keys if change == "behind" else keys - queries
    whole = queries // block * block or queries
    out, state = np.zeros((*q.shape[:-1], v.shape[-1])), None
    for i in range(0, whole if change == "whole" else queries, block):
        rows = q[..., i : i + block, :] / math.sqrt(q.shape[-1])
        n = rows.shape[-2]
        if state is None or change != "state":
            state = np.full((*rows.shape[:-1], 1), -np.inf), 0.0, 0.0
        m, total, got = (x[..., :n, :] if np.ndim(x) else x for x in state)
        for j in range(0, keys, block):
            end = {"first": i, "last": i + n - 2}.get(change, i + n - 1)
            if causal and j > 0 and j > end + behind:
                continue
            s = rows @ np.swapaxes(k[..., j : j + block, :], -1, -2)
            if causal and change != "blocks":
                at = 0 if change == "local" else i
                of = 0 if change == "local" else j
                seen = np.arange(of, of + s.shape[-1]) <= np.arange(at, at + n)[:, None] + behind
                s = np.where(seen, s, {"zero": 0.0, "weak": -1e4}.get(change, -np.inf))
            top = s.max(axis=-1, keepdims=True)
            top = top.max() if change == "shared" else top
            new = np.where(np.isinf(top), m, top) if change == "newest" else np.maximum(m, top)
            with np.errstate(all="ignore"):
                p, shrink = np.exp(s - new), np.exp(m - new)
                total = total * shrink + p.sum(-1, keepdims=True)
                got = got * shrink + p @ v[..., j : j + block, :]
            m = new
        state = m, total, got
        with np.errstate(all="ignore"):
            out[..., i : i + block, :] = got / total
    return out


def tiles_from_the_first_key(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "")


def whole_blocks_of_queries(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "whole")


def state_before_the_loop(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "state")


def skipped_by_the_first_query(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "first")


def skipped_one_early(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "last")


def hidden_at_zero(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "zero")


def hidden_at_minus_ten_thousand(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "weak")


def queries_minus_keys(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "behind")


def positions_in_the_tile(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "local")


def only_skipped(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "blocks")


def one_maximum_for_a_tile(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "shared")


def newest_maximum(q, k, v, block=256, causal=False):
    return _tiles(q, k, v, block, causal, "newest")


def _rows_and_columns(q, k, v, block, causal, hidden, enough):
    n, m, d = q.shape[-2], k.shape[-2], q.shape[-1]
    out = np.empty(q.shape[:-1] + v.shape[-1:])
    for i in range(0, n, block):
        qi = q[..., i : i + block, :] / math.sqrt(d)
        top = np.full((*qi.shape[:-1], 1), -np.inf)
        total, acc = np.zeros_like(top), 0.0
        for j in range(0, m, block):
            if causal and enough(i, j, block):
                break
            s = qi @ k[..., j : j + block, :].swapaxes(-1, -2)
            if causal:
                s = np.where(hidden(i, j, s.shape[-2:], m - n), -np.inf, s)
            new = np.maximum(top, s.max(-1, keepdims=True))
            w, old = np.exp(s - new), np.exp(top - new)
            total = total * old + w.sum(-1, keepdims=True)
            acc = acc * old + w @ v[..., j : j + block, :]
            top = new
        out[..., i : i + block, :] = acc / total
    return out


def rows_from_0_in_each_block(q, k, v, block=256, causal=False):
    def hidden(i, j, shape, behind):
        return j + np.arange(shape[1]) > np.arange(shape[0])[:, None] + behind

    return _rows_and_columns(q, k, v, block, causal, hidden, lambda i, j, block: False)


def stops_at_the_diagonal_of_a_square(q, k, v, block=256, causal=False):
    def hidden(i, j, shape, behind):
        return j + np.arange(shape[1]) > i + np.arange(shape[0])[:, None] + behind

    return _rows_and_columns(q, k, v, block, causal, hidden, lambda i, j, block: j >= i + block)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    naive: "all_scores_at_once",
    all_scores_then_blocks: "all_scores_at_once",
    no_maximum: "no_running_maximum",
    first_maximum: "first_maximum_kept",
    forgets_to_rescale: "nothing_rescaled",
    rescales_the_sum_only: "values_not_rescaled",
    rescales_the_values_only: "sum_not_rescaled",
    rescales_upwards: "rescaled_the_wrong_way",
    each_block_its_own_maximum: "maximum_of_the_block",
    softmax_of_each_block: "blocks_averaged",
    softmax_of_each_block_summed: "blocks_averaged",
    whole_blocks_only: "last_keys_dropped",
    last_block_only: None,
    never_divided: "not_divided",
    divided_in_every_block: None,
    unscaled: "not_scaled",
    scaled_by_the_block: None,
    never_causal: "causal_ignored",
    always_causal: "one_case_for_both",
    upper_left: "aligned_upper_left",
    strictly_before: "diagonal_hidden",
    one_step_ahead: "wrong_where_causal_is_True",
    zero_for_the_first_maximum: "not_finite",
    maximum_of_all_queries: "global_maximum",
    matrices_only: "wrong_except_where_k_has_2_axes",
    in_place: "an_argument_changed",
    unscaled_and_not_rescaled: None,
    started_at_zero: "not_finite",
    causal_from_the_first_key: "aligned_upper_left",
    causal_inside_a_block_only: "masked_by_whole_blocks",
    whole_blocks_of_queries: "last_queries_dropped",
    state_before_the_loop: "sums_go_on",
    skipped_by_the_first_query: "seen_blocks_skipped",
    skipped_one_early: "seen_blocks_skipped",
    hidden_at_zero: "hidden_scores_of_0",
    hidden_at_minus_ten_thousand: "another_number",
    queries_minus_keys: "offset_of_the_wrong_sign",
    positions_in_the_tile: "mask_counts_from_the_block",
    only_skipped: "masked_by_whole_blocks",
    one_maximum_for_a_tile: "global_maximum",
    newest_maximum: "maximum_falls",
    blocks_of_256_always: "all_scores_at_once",
    values_in_half_precision_for_single: "nearly_right",
    leading_axes_flattened: "right_numbers_in_another_shape",
    one_maximum_for_all_queries: "global_maximum",
    rows_from_0_in_each_block: "queries_count_from_their_block",
    stops_at_the_diagonal_of_a_square: "skipped_as_in_a_square",
}
