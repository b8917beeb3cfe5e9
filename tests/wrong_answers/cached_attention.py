"""Plausible wrong answers, and the mistake that each is told, if it is a known one."""

import torch
from torch.nn import functional


def turn(x, cosines, sines, start):
    c, s = (table[start : start + x.shape[2]] for table in (cosines, sines))
    a, b = x.chunk(2, -1)
    return torch.cat([a * c - b * s, a * s + b * c], -1)


def attention(q, k, v, **options):
    y = functional.scaled_dot_product_attention(q, k, v, **options)
    return y.transpose(1, 2).flatten(2)


def is_causal(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return attention(q, keys, values, is_causal=True), keys, values


def is_causal_for_more_than_one(q, k, v, past_k, past_v, cosines, sines):
    """Right for single tokens, so generation looks right."""
    past = past_k.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return attention(q, keys, values, is_causal=q.shape[2] > 1), keys, values


def never_masked(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return attention(q, keys, values), keys, values


def is_causal_without_a_cache(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return attention(q, keys, values, is_causal=past == 0), keys, values


def positions_from_0(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = turn(q, cosines, sines, 0), turn(k, cosines, sines, 0)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    return attention(q, keys, values, attn_mask=mask), keys, values


def queries_from_0(q, k, v, past_k, past_v, cosines, sines):
    """Only the queries forget the offset."""
    past, time = past_k.shape[2], q.shape[2]
    q, k = turn(q, cosines, sines, 0), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    return attention(q, keys, values, attn_mask=mask), keys, values


def positions_and_mask_from_0(q, k, v, past_k, past_v, cosines, sines):
    q, k = turn(q, cosines, sines, 0), turn(k, cosines, sines, 0)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return attention(q, keys, values, is_causal=True), keys, values


def rotated_after_the_cache(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    keys = turn(keys, cosines, sines, 0)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    return (
        attention(turn(q, cosines, sines, past), keys, values, attn_mask=mask),
        keys,
        values,
    )


def heads_reshaped(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    y = functional.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
    return y.reshape(len(q), time, -1), keys, values


def heads_after_values(q, k, v, past_k, past_v, cosines, sines):
    """The entries of the heads are interleaved."""
    past, time = past_k.shape[2], q.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    y = functional.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
    return y.permute(0, 2, 3, 1).reshape(len(q), time, -1), keys, values


def scaled_by_the_values(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    scale = v.shape[-1] ** -0.5
    return attention(q, keys, values, attn_mask=mask, scale=scale), keys, values


def no_key_is_kept(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    return attention(q, keys, values, attn_mask=mask), k, v


def one_for_all(kept):
    """A cache outside the function: of the last conversation, or of another layer."""

    def cached(q, k, v, past_k, past_v, cosines, sines):
        if past_k.shape[2] and kept and kept[0].shape == past_k.shape:
            past_k, past_v = kept
        past, time = past_k.shape[2], q.shape[2]
        q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
        keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
        kept[:] = keys.detach(), values.detach()
        mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
        return attention(q, keys, values, attn_mask=mask), keys, values

    return cached


cache_shared_between_conversations = one_for_all([])


def mean_of_the_values(q, k, v, past_k, past_v, cosines, sines):
    k = turn(k, cosines, sines, past_k.shape[2])
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    counts = torch.arange(1, values.shape[2] + 1, dtype=v.dtype)[:, None]
    means = (values.cumsum(2) / counts)[:, :, past_k.shape[2] :]
    return means.transpose(1, 2).flatten(2), keys, values


def in_half_precision(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    half = [x.bfloat16() for x in (q, keys, values)]
    return attention(*half, attn_mask=mask).to(q.dtype), keys, values


def cache_filled_in_place(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = turn(q, cosines, sines, past), turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    y = attention(q, keys, values, attn_mask=mask)
    with torch.no_grad():
        past_k.mul_(0)
    return y, keys, values


BUGS = {
    is_causal: "mask_aligned_to_the_upper_left",
    is_causal_for_more_than_one: "mask_aligned_to_the_upper_left",
    never_masked: "no_mask_on_a_chunk",
    is_causal_without_a_cache: "mask_only_without_a_cache",
    positions_from_0: "offset_not_applied",
    queries_from_0: None,
    positions_and_mask_from_0: "offset_not_applied",
    rotated_after_the_cache: "cached_keys_rotated_again",
    heads_reshaped: "heads_not_transposed",
    heads_after_values: None,
    scaled_by_the_values: None,
    no_key_is_kept: None,
    cache_shared_between_conversations: None,
    mean_of_the_values: None,
    in_half_precision: None,
    cache_filled_in_place: None,
}
