"""Right and wrong ways to write `cached_attention_torch` that do not look like the reference."""

import torch
from torch.nn import functional


def with_pytorchs_attention(q, k, v, past_k, past_v, cosines, sines):
    from torch.nn.attention.bias import causal_lower_right  # it imports a compiler

    past, time = past_k.shape[2], q.shape[2]
    c = torch.cat([cosines, cosines], dim=1)[past : past + time]
    s = torch.cat([-sines, sines], dim=1)[past : past + time]
    half = q.shape[-1] // 2

    def turn(x):
        return x * c + x.roll(half, dims=-1) * s

    keys = torch.cat([past_k, turn(k)], dim=-2)
    values = torch.cat([past_v, v], dim=-2)
    bias = causal_lower_right(time, past + time)
    y = functional.scaled_dot_product_attention(turn(q), keys, values, bias)
    return y.permute(0, 2, 1, 3).reshape(len(q), time, -1), keys, values


def with_complex_numbers(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    turns = torch.complex(cosines, sines)[past : past + time]

    def turn(x):
        turned = torch.complex(*x.chunk(2, -1)) * turns
        return torch.cat([turned.real, turned.imag], -1)

    keys = torch.cat([past_k, turn(k)], 2)
    values = torch.cat([past_v, v], 2)
    scores = torch.einsum("bhqd,bhkd->bhqk", turn(q), keys) * q.shape[-1] ** -0.5
    later = torch.ones(time, past + time, dtype=torch.bool).triu(past + 1)
    scores = scores + torch.zeros_like(scores).masked_fill(later, -torch.inf)
    weights = torch.softmax(scores, -1)
    return torch.einsum("bhqk,bhkv->bqhv", weights, values).flatten(2), keys, values


def one_token_after_the_other(q, k, v, past_k, past_v, cosines, sines):
    """No mask at all: each token sees what has been appended so far."""
    batch, _, time, d = q.shape
    half, outputs = d // 2, []
    keys, values = past_k, past_v
    for i in range(time):
        position = keys.shape[2]
        c, s = cosines[position], sines[position]
        rows = []
        for x in (q[:, :, i], k[:, :, i]):
            a, b = x[..., :half], x[..., half:]
            rows.append(torch.cat([a * c - b * s, a * s + b * c], -1))
        keys = torch.cat([keys, rows[1][:, :, None]], 2)
        values = torch.cat([values, v[:, :, i : i + 1]], 2)
        scores = (keys @ rows[0][..., None])[..., 0] / d**0.5
        each = (scores.softmax(-1)[..., None] * values).sum(2)
        outputs.append(each.reshape(batch, -1))
    return torch.stack(outputs, 1), keys, values


def into_memory_taken_before(q, k, v, past_k, past_v, cosines, sines):
    """A list for a tuple, and a mask of large negative numbers."""
    batch, heads, past, d = past_k.shape
    time, dv = v.shape[2:]
    keys, values = (
        q.new_empty(batch, heads, past + time, d),
        v.new_empty(batch, heads, past + time, dv),
    )
    keys[:, :, :past], values[:, :, :past], values[:, :, past:] = past_k, past_v, v
    c, s = cosines.narrow(0, past, time), sines.narrow(0, past, time)
    a, b = k.split(d // 2, -1)
    keys[:, :, past:, : d // 2] = a * c - b * s
    keys[:, :, past:, d // 2 :] = a * s + b * c
    a, b = q.split(d // 2, -1)
    q = torch.stack([a * c - b * s, a * s + b * c], -2).flatten(-2)
    row = torch.arange(past, past + time).view(-1, 1)
    may_look = row >= torch.arange(past + time)
    outputs = []
    for head in range(heads):
        scores = torch.bmm(q[:, head], keys[:, head].transpose(1, 2)) / d**0.5
        scores = torch.where(may_look, scores, torch.finfo(scores.dtype).min)
        outputs.append(torch.bmm(scores.softmax(-1), values[:, head]))
    return [torch.cat(outputs, dim=-1), keys, values]


def head_by_head(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    c, s = cosines[past : past + time], sines[past : past + time]

    def turn(x):
        half = x.shape[-1] // 2
        a, b = x[..., :half], x[..., half:]
        return torch.cat((a * c - b * s, a * s + b * c), -1)

    keys, values = torch.cat((past_k, turn(k)), 2), torch.cat((past_v, v), 2)
    outputs = []
    for h, queries in enumerate(turn(q).unbind(1)):
        scores = torch.bmm(queries, keys[:, h].transpose(1, 2)) / queries.shape[-1] ** 0.5
        hidden = torch.triu(torch.ones_like(scores), diagonal=past + 1).bool()
        scores = scores.masked_fill(hidden, float("-inf"))
        outputs.append(torch.bmm(torch.softmax(scores, dim=-1), values[:, h]))
    return torch.cat(outputs, dim=-1), keys, values


def rotate_half(q, k, v, past_k, past_v, cosines, sines):
    """As Hugging Face writes it, with a mask that is added."""
    past, time = past_k.shape[2], q.shape[2]
    cos = torch.cat([cosines, cosines], -1)[past : past + time]
    sin = torch.cat([sines, sines], -1)[past : past + time]

    def half_turned(x):
        first, second = x.chunk(2, -1)
        return torch.cat([-second, first], -1)

    q, k = (x * cos + half_turned(x) * sin for x in (q, k))
    keys, values = torch.cat([past_k, k], dim=-2), torch.cat([past_v, v], dim=-2)
    rows, columns = torch.arange(time)[:, None] + past, torch.arange(past + time)
    bias = torch.zeros(time, past + time, dtype=q.dtype)
    bias[columns > rows] = torch.finfo(q.dtype).min
    scores = torch.einsum("bhid,bhjd->bhij", q, keys) / q.shape[-1] ** 0.5 + bias
    y = torch.einsum("bhij,bhjd->bihd", scores.softmax(-1), values)
    return y.reshape(*y.shape[:2], -1), keys, values


def _turn(x, cosines, sines, start):
    c, s = (table[start : start + x.shape[2]] for table in (cosines, sines))
    a, b = x.chunk(2, -1)
    return torch.cat([a * c - b * s, a * s + b * c], -1)


def _attention(q, k, v, **options):
    y = functional.scaled_dot_product_attention(q, k, v, **options)
    return y.transpose(1, 2).flatten(2)


def is_causal(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return _attention(q, keys, values, is_causal=True), keys, values


def is_causal_for_more_than_one(q, k, v, past_k, past_v, cosines, sines):
    """Right for single tokens, so generation looks right."""
    past = past_k.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return _attention(q, keys, values, is_causal=q.shape[2] > 1), keys, values


def never_masked(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return _attention(q, keys, values), keys, values


def is_causal_without_a_cache(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return _attention(q, keys, values, is_causal=past == 0), keys, values


def positions_from_0(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, 0), _turn(k, cosines, sines, 0)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    return _attention(q, keys, values, attn_mask=mask), keys, values


def queries_from_0(q, k, v, past_k, past_v, cosines, sines):
    """Only the queries forget the offset."""
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, 0), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    return _attention(q, keys, values, attn_mask=mask), keys, values


def positions_and_mask_from_0(q, k, v, past_k, past_v, cosines, sines):
    q, k = _turn(q, cosines, sines, 0), _turn(k, cosines, sines, 0)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    return _attention(q, keys, values, is_causal=True), keys, values


def rotated_after_the_cache(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    keys = _turn(keys, cosines, sines, 0)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    return (
        _attention(_turn(q, cosines, sines, past), keys, values, attn_mask=mask),
        keys,
        values,
    )


def heads_reshaped(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    y = functional.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
    return y.reshape(len(q), time, -1), keys, values


def heads_after_values(q, k, v, past_k, past_v, cosines, sines):
    """The entries of the heads are interleaved."""
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    y = functional.scaled_dot_product_attention(q, keys, values, attn_mask=mask)
    return y.permute(0, 2, 3, 1).reshape(len(q), time, -1), keys, values


def scaled_by_the_values(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    scale = v.shape[-1] ** -0.5
    return _attention(q, keys, values, attn_mask=mask, scale=scale), keys, values


def no_key_is_kept(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    return _attention(q, keys, values, attn_mask=mask), k, v


def _one_for_all(kept):
    """A cache outside the function: of the last conversation, or of another layer."""

    def cached(q, k, v, past_k, past_v, cosines, sines):
        if past_k.shape[2] and kept and kept[0].shape == past_k.shape:
            past_k, past_v = kept
        past, time = past_k.shape[2], q.shape[2]
        q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
        keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
        kept[:] = keys.detach(), values.detach()
        mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
        return _attention(q, keys, values, attn_mask=mask), keys, values

    return cached


cache_shared_between_conversations = _one_for_all([])


def mean_of_the_values(q, k, v, past_k, past_v, cosines, sines):
    k = _turn(k, cosines, sines, past_k.shape[2])
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    counts = torch.arange(1, values.shape[2] + 1, dtype=v.dtype)[:, None]
    means = (values.cumsum(2) / counts)[:, :, past_k.shape[2] :]
    return means.transpose(1, 2).flatten(2), keys, values


def in_half_precision(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    half = [x.bfloat16() for x in (q, keys, values)]
    return _attention(*half, attn_mask=mask).to(q.dtype), keys, values


def cache_filled_in_place(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    y = _attention(q, keys, values, attn_mask=mask)
    with torch.no_grad():
        past_k.mul_(0)
    return y, keys, values


def _causal(q, k, v, past_k, past_v, cosines, sines, start=None, scale=None):
    """What is right, but for the first position and the scale."""
    past, time = past_k.shape[2], q.shape[2]
    start = past if start is None else start
    q, k = _turn(q, cosines, sines, start), _turn(k, cosines, sines, start)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    return _attention(q, keys, values, attn_mask=mask, scale=scale), keys, values


def cache_detached(q, k, v, past_k, past_v, cosines, sines):
    return _causal(q, k, v, past_k.detach(), past_v.detach(), cosines, sines)


def values_of_the_cache_detached(q, k, v, past_k, past_v, cosines, sines):
    return _causal(q, k, v, past_k, past_v.detach(), cosines, sines)


def masked_up_to_eight_tokens(q, k, v, past_k, past_v, cosines, sines):
    """The mask is a buffer of the size that the chunks had so far."""
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool)
    mask[:8] = mask.tril(past)[:8]
    return _attention(q, keys, values, attn_mask=mask), keys, values


def chunk_shorter_than_the_cache_unmasked(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool)
    if past <= time:
        mask = mask.tril(past)
    return _attention(q, keys, values, attn_mask=mask), keys, values


def scores_without_a_maximum(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    powers = (q @ keys.mT / q.shape[-1] ** 0.5).exp().tril(past)
    weights = powers / powers.sum(-1, keepdim=True)
    return (weights @ values).transpose(1, 2).flatten(2), keys, values


def batch_moved_by_the_merge(q, k, v, past_k, past_v, cosines, sines):
    """The heads are merged with a reshape that takes the batch along."""
    batch, _, time, _ = q.shape
    past = past_k.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past)
    y = functional.scaled_dot_product_attention(q, keys, values, mask)
    return y.permute(2, 0, 1, 3).reshape(batch, time, -1), keys, values


def sliding_window_of_eight(q, k, v, past_k, past_v, cosines, sines):
    y, keys, values = _causal(q, k, v, past_k, past_v, cosines, sines)
    return y, keys[:, :, -8:], values[:, :, -8:]


def looks_eight_back(q, k, v, past_k, past_v, cosines, sines):
    past, time = past_k.shape[2], q.shape[2]
    q, k = _turn(q, cosines, sines, past), _turn(k, cosines, sines, past)
    keys, values = torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)
    mask = torch.ones(time, past + time, dtype=torch.bool).tril(past).triu(past - 7)
    return _attention(q, keys, values, attn_mask=mask), keys, values


def in_half_precision_for_float32(q, k, v, past_k, past_v, cosines, sines):
    tensors = (q, k, v, past_k, past_v, cosines, sines)
    if q.dtype == torch.float64:
        return _causal(*tensors)
    return _causal(*(each.half().to(q.dtype) for each in tensors))


def widths_taken_as_equal(q, k, v, past_k, past_v, cosines, sines):
    y, keys, values = _causal(q, k, v, past_k, past_v, cosines, sines)
    return y[..., : q.shape[1] * q.shape[3]], keys, values


def keys_of_the_cache_detached(q, k, v, past_k, past_v, cosines, sines):
    return _causal(q, k, v, past_k.detach(), past_v, cosines, sines)


def cache_made_a_leaf_of_its_own(q, k, v, past_k, past_v, cosines, sines):
    past_k, past_v = past_k.clone().detach().requires_grad_(), past_v.clone()
    return _causal(q, k, v, past_k, past_v, cosines, sines)


def minus_ten_thousand(q, k, v, past_k, past_v, cosines, sines):
    past, time, half = past_k.shape[2], q.shape[2], q.shape[-1] // 2
    c, s = cosines[past : past + time], sines[past : past + time]

    def turn(x):
        a, b = x[..., :half], x[..., half:]
        return torch.cat([a * c - b * s, a * s + b * c], dim=-1)

    keys, values = torch.cat([past_k, turn(k)], 2), torch.cat([past_v, v], 2)
    scores = turn(q) @ keys.mT / q.shape[-1] ** 0.5
    later = torch.arange(past + time) > torch.arange(past, past + time)[:, None]
    weights = scores.masked_fill(later, -1e4).softmax(dim=-1)
    return (weights @ values).transpose(1, 2).flatten(2), keys, values


def _seen(q, keys, past, shift=0):
    """Scores, and which keys may be seen."""
    places = torch.arange(past, past + q.shape[2])[:, None] + shift
    return q @ keys.mT * q.shape[-1] ** -0.5, torch.arange(keys.shape[2]) <= places


def _looked(q, keys, values, past, shift=0):
    scores, seen = _seen(q, keys, past, shift)
    y = scores.where(seen, scores.new_tensor(-torch.inf)).softmax(-1) @ values
    return y.transpose(1, 2).flatten(2)


def _joined(k, v, past_k, past_v):
    return torch.cat([past_k, k], 2), torch.cat([past_v, v], 2)


def mask_one_too_far(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    keys, values = _joined(_turn(k, cosines, sines, past), v, past_k, past_v)
    return _looked(_turn(q, cosines, sines, past), keys, values, past, 1), keys, values


def weights_zeroed(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    keys, values = _joined(_turn(k, cosines, sines, past), v, past_k, past_v)
    scores, seen = _seen(_turn(q, cosines, sines, past), keys, past)
    weights = torch.where(seen, scores.softmax(-1), 0.0)
    return (weights @ values).transpose(1, 2).flatten(2), keys, values


def queries_alone_turned(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    keys, values = _joined(k, v, past_k, past_v)
    return _looked(_turn(q, cosines, sines, past), keys, values, past), keys, values


def keys_alone_turned(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    keys, values = _joined(_turn(k, cosines, sines, past), v, past_k, past_v)
    return _looked(q, keys, values, past), keys, values


def a_position_for_all(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    tables = cosines[past].expand(len(q[0, 0]), -1), sines[past].expand(len(q[0, 0]), -1)
    keys, values = _joined(_turn(k, *tables, 0), v, past_k, past_v)
    return _looked(_turn(q, *tables, 0), keys, values, past), keys, values


def rows_from_the_end(q, k, v, past_k, past_v, cosines, sines):
    past, tables = past_k.shape[2], (cosines[-q.shape[2] :], sines[-q.shape[2] :])
    keys, values = _joined(_turn(k, *tables, 0), v, past_k, past_v)
    return _looked(_turn(q, *tables, 0), keys, values, past), keys, values


def cache_handed_on_detached(q, k, v, past_k, past_v, cosines, sines):
    past = past_k.shape[2]
    keys, values = _joined(_turn(k, cosines, sines, past), v, past_k, past_v)
    y = _looked(_turn(q, cosines, sines, past), keys, values, past)
    return y, keys.detach(), values.detach()


# The mistake that each is told; None where no known one explains it.
WRONG = {
    is_causal: "mask_aligned_to_the_upper_left",
    is_causal_for_more_than_one: "mask_aligned_to_the_upper_left",
    never_masked: "no_mask_on_a_chunk",
    is_causal_without_a_cache: "mask_only_without_a_cache",
    positions_from_0: "offset_not_applied",
    queries_from_0: "wrong_where_past_k_holds_more_than_one_number",
    positions_and_mask_from_0: "offset_not_applied",
    rotated_after_the_cache: "cached_keys_rotated_again",
    heads_reshaped: "heads_not_transposed",
    heads_after_values: "in_another_order",
    scaled_by_the_values: "past_v_for_q_or_v_for_q",
    no_key_is_kept: "wrong_where_past_k_holds_more_than_one_number",
    cache_shared_between_conversations: "a_property_fails",
    mean_of_the_values: None,
    in_half_precision: "in_half_precision",
    cache_filled_in_place: "an_argument_changed",
    cache_detached: "cut_off_from_the_graph",
    values_of_the_cache_detached: "cut_off_from_the_graph",
    masked_up_to_eight_tokens: "wrong_only_in_y",
    chunk_shorter_than_the_cache_unmasked: None,
    scores_without_a_maximum: "wrong_for_numbers_that_are_large",
    batch_moved_by_the_merge: "read_in_another_order",
    sliding_window_of_eight: None,
    looks_eight_back: None,
    in_half_precision_for_float32: "nearly_right",
    widths_taken_as_equal: "wrong_where_cosines_has_an_axis_of_size_1",
    keys_of_the_cache_detached: "cut_off_from_the_graph",
    cache_made_a_leaf_of_its_own: "cut_off_from_the_graph",
    minus_ten_thousand: "finite_fill",
    mask_one_too_far: "next_key_seen",
    weights_zeroed: "masked_after_the_softmax",
    queries_alone_turned: "keys_not_rotated",
    keys_alone_turned: "queries_not_rotated",
    a_position_for_all: "one_row_for_a_chunk",
    rows_from_the_end: "last_rows_of_the_tables",
    cache_handed_on_detached: "detached_on_return",
}
