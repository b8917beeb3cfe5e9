"""Right and wrong ways to write `cached_attention` in NumPy that do not look like the reference."""

import numpy as np

from answers.transformers.rotary import rotate


def with_pytorchs_attention(q, k, v, past_k, past_v):
    import torch
    from torch.nn import functional
    from torch.nn.attention.bias import causal_lower_right

    past, time = past_k.shape[2], q.shape[2]
    keys = np.concatenate([past_k, rotate(k, past)], axis=2)
    values = np.concatenate([past_v, v], axis=2)
    parts = [torch.from_numpy(x) for x in (rotate(q, past), keys, values)]
    y = functional.scaled_dot_product_attention(*parts, causal_lower_right(time, past + time))
    return y.permute(0, 2, 1, 3).reshape(len(q), time, -1).numpy(), keys, values


def with_complex_numbers(q, k, v, past_k, past_v):
    past, time, d = past_k.shape[2], *q.shape[2:]
    angles = np.arange(past, past + time)[:, None] / 10_000 ** (np.arange(0, d, 2) / d)

    def turn(x):
        turned = (x[..., : d // 2] + 1j * x[..., d // 2 :]) * np.exp(1j * angles)
        return np.concatenate([turned.real, turned.imag], axis=-1)

    keys, values = np.append(past_k, turn(k), axis=2), np.append(past_v, v, axis=2)
    scores = np.einsum("bhqd,bhkd->bhqk", turn(q), keys) / np.sqrt(d)
    scores[..., np.arange(past + time) > np.arange(past, past + time)[:, None]] = -np.inf
    weights = np.exp(scores - scores.max(-1, keepdims=True))
    weights /= weights.sum(-1, keepdims=True)
    y = np.einsum("bhqk,bhkv->bqhv", weights, values)
    return y.reshape(*y.shape[:2], -1), keys, values


def one_token_after_the_other(q, k, v, past_k, past_v):
    """No mask at all: each token sees what has been appended so far."""
    keys, values, outputs = past_k, past_v, []
    for i in range(q.shape[2]):
        now = slice(i, i + 1)
        position = keys.shape[2]
        keys = np.concatenate([keys, rotate(k[:, :, now], position)], axis=2)
        values = np.concatenate([values, v[:, :, now]], axis=2)
        scores = (keys * rotate(q[:, :, now], position)).sum(-1) / q.shape[-1] ** 0.5
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        weights /= weights.sum(-1, keepdims=True)
        outputs.append((weights[..., None] * values).sum(2).reshape(len(q), -1))
    return np.stack(outputs, 1), keys, values


def into_memory_taken_before(q, k, v, past_k, past_v):
    """A list for a tuple, and a mask of large negative numbers."""
    batch, heads, past, d = past_k.shape
    time, dv = v.shape[2:]
    keys = np.empty((batch, heads, past + time, d), past_k.dtype)
    values = np.empty((batch, heads, past + time, dv), past_v.dtype)
    keys[:, :, :past], keys[:, :, past:] = past_k, rotate(k, past)
    values[:, :, :past], values[:, :, past:] = past_v, v
    bias = np.where(np.tri(time, past + time, past), 0, -1e30)
    y = np.empty((batch, time, heads * dv))
    for head in range(heads):
        scores = rotate(q[:, head], past) @ keys[:, head].transpose(0, 2, 1) / d**0.5 + bias
        powers = np.exp(scores - scores.max(2, keepdims=True))
        own = powers / powers.sum(2, keepdims=True) @ values[:, head]
        y[:, :, head * dv : (head + 1) * dv] = own
    return [y, keys, values]


def head_by_head(q, k, v, past_k, past_v):
    batch, heads, time, d = q.shape
    past = past_k.shape[2]
    keys = np.concatenate((past_k, rotate(k, offset=past)), axis=-2)
    values = np.concatenate((past_v, v), axis=-2)
    queries = rotate(q, offset=past)
    y = np.zeros((batch, time, heads, v.shape[-1]))
    for b in range(batch):
        for h in range(heads):
            for i in range(time):
                seen = slice(0, past + i + 1)
                scores = keys[b, h, seen] @ queries[b, h, i] / np.sqrt(d)
                weights = np.exp(scores - scores.max())
                y[b, i, h] = weights @ values[b, h, seen] / weights.sum()
    return y.reshape(batch, time, -1), keys, values


def mask_from_positions(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    q, k = rotate(q, past), rotate(k, past)
    keys, values = np.concatenate([past_k, k], 2), np.concatenate([past_v, v], 2)
    mask = np.tril(np.ones((time, past + time), dtype=bool), k=past)
    scores = np.matmul(q, keys.transpose(0, 1, 3, 2)) * q.shape[-1] ** -0.5
    scores = np.where(mask, scores, -np.inf)
    shifted = scores - np.max(scores, axis=-1, keepdims=True)
    weights = np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)
    y = np.swapaxes(weights @ values, 1, 2)
    return y.reshape(y.shape[0], time, -1), keys, values


def _append(k, v, past_k, past_v, turn=rotate):
    keys = np.concatenate([past_k, turn(k, past_k.shape[2])], axis=2)
    return keys, np.concatenate([past_v, v], axis=2)


def _attention(q, keys, values, look=None, scale=None):
    scores = q @ keys.swapaxes(2, 3) * (scale or q.shape[-1] ** -0.5)
    if look is not None:
        scores = np.where(look, scores, -np.inf)
    powers = np.exp(scores - scores.max(3, keepdims=True))
    return powers / powers.sum(3, keepdims=True) @ values


def _merge(y):
    return y.transpose(0, 2, 1, 3).reshape(y.shape[0], y.shape[2], -1)


def _look(time, past):
    return np.tri(time, past + time, past, dtype=bool)


def is_causal(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    look = np.tril(np.ones((time, past + time), bool))
    return _merge(_attention(rotate(q, past), keys, values, look)), keys, values


def is_causal_for_more_than_one(q, k, v, past_k, past_v):
    """Right for single tokens, so generation looks right."""
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    look = np.tri(time, past + time, dtype=bool) if time > 1 else None
    return _merge(_attention(rotate(q, past), keys, values, look)), keys, values


def never_masked(q, k, v, past_k, past_v):
    keys, values = _append(k, v, past_k, past_v)
    return _merge(_attention(rotate(q, past_k.shape[2]), keys, values)), keys, values


def positions_from_0(q, k, v, past_k, past_v):
    keys, values = _append(k, v, past_k, past_v, lambda x, _: rotate(x))
    look = _look(q.shape[2], past_k.shape[2])
    return _merge(_attention(rotate(q), keys, values, look)), keys, values


def queries_from_0(q, k, v, past_k, past_v):
    """Only the queries forget the offset."""
    keys, values = _append(k, v, past_k, past_v)
    look = _look(q.shape[2], past_k.shape[2])
    return _merge(_attention(rotate(q), keys, values, look)), keys, values


def keys_from_0(q, k, v, past_k, past_v):
    """Only the keys forget the offset."""
    past = past_k.shape[2]
    keys, values = _append(k, v, past_k, past_v, lambda x, _: rotate(x))
    look = _look(q.shape[2], past)
    return _merge(_attention(rotate(q, past), keys, values, look)), keys, values


def length_taken_after_appending(q, k, v, past_k, past_v):
    values = np.concatenate([past_v, v], axis=2)
    total, time = values.shape[2], q.shape[2]
    keys = np.concatenate([past_k, rotate(k, total)], axis=2)
    look = _look(time, total - time)
    return _merge(_attention(rotate(q, total), keys, values, look)), keys, values


def token_by_token_at_one_position(q, k, v, past_k, past_v):
    """Right for one new token: the loop forgets to count."""
    past, outputs = past_k.shape[2], []
    keys, values = past_k, past_v
    for i in range(q.shape[2]):
        now = slice(i, i + 1)
        keys = np.concatenate([keys, rotate(k[:, :, now], past)], axis=2)
        values = np.concatenate([values, v[:, :, now]], axis=2)
        outputs.append(_merge(_attention(rotate(q[:, :, now], past), keys, values)))
    return np.concatenate(outputs, axis=1), keys, values


def rotated_after_the_cache(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys = rotate(np.concatenate([past_k, k], axis=2))
    values = np.concatenate([past_v, v], axis=2)
    y = _attention(rotate(q, past), keys, values, _look(time, past))
    return _merge(y), keys, values


def heads_reshaped(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    y = _attention(rotate(q, past), keys, values, _look(time, past))
    return y.reshape(len(q), time, -1), keys, values


def heads_after_values(q, k, v, past_k, past_v):
    """The entries of the heads are interleaved."""
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    y = _attention(rotate(q, past), keys, values, _look(time, past))
    return y.transpose(0, 2, 3, 1).reshape(len(q), time, -1), keys, values


def scaled_by_the_values(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    y = _attention(rotate(q, past), keys, values, _look(time, past), v.shape[-1] ** -0.5)
    return _merge(y), keys, values


def no_key_is_kept(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    return _merge(_attention(rotate(q, past), keys, values, _look(time, past))), rotate(k, past), v


def no_value_is_kept(q, k, v, past_k, past_v):
    y, keys, _ = mask_from_positions(q, k, v, past_k, past_v)
    return y, keys, v


def hidden_after_the_softmax(q, k, v, past_k, past_v):
    """The rows of the weights no longer add up to 1."""
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    scores = rotate(q, past) @ keys.swapaxes(2, 3) / np.sqrt(q.shape[-1])
    powers = np.exp(scores - scores.max(3, keepdims=True))
    weights = powers / powers.sum(3, keepdims=True) * _look(time, past)
    return _merge(weights @ values), keys, values


def softmax_without_a_maximum(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    scores = rotate(q, past) @ keys.swapaxes(2, 3) / q.shape[-1] ** 0.5
    powers = np.exp(np.where(_look(time, past), scores, -np.inf))
    return _merge(powers / powers.sum(3, keepdims=True) @ values), keys, values


def _one_for_all(kept):
    """A cache outside the function: of the last conversation, or of another layer."""

    def cached(q, k, v, past_k, past_v):
        if past_k.shape[2] and kept and kept[0].shape == past_k.shape:
            past_k, past_v = kept
        past, time = past_k.shape[2], q.shape[2]
        kept[:] = keys, values = _append(k, v, past_k, past_v)
        y = _attention(rotate(q, past), keys, values, _look(time, past))
        return _merge(y), keys, values

    return cached


cache_shared_between_conversations = _one_for_all([])


def mean_of_the_values(q, k, v, past_k, past_v):
    keys, values = _append(k, v, past_k, past_v)
    means = values.cumsum(2) / np.arange(1, values.shape[2] + 1)[:, None]
    return _merge(means[:, :, past_k.shape[2] :]), keys, values


def cache_filled_in_place(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    y = _attention(rotate(q, past), keys, values, _look(time, past))
    past_k *= 0
    return _merge(y), keys, values


def _causal(q, k, v, past_k, past_v, look=None, scale=None):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    look = _look(time, past) if look is None else look
    return _merge(_attention(rotate(q, past), keys, values, look, scale)), keys, values


def looks_eight_back(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    look = _look(time, past)
    return _causal(q, k, v, past_k, past_v, look & ~np.tri(time, past + time, past - 8, dtype=bool))


def masked_up_to_eight_tokens(q, k, v, past_k, past_v):
    look = _look(q.shape[2], past_k.shape[2])
    look[8:] = True
    return _causal(q, k, v, past_k, past_v, look)


def no_maximum(q, k, v, past_k, past_v):
    past = past_k.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    scores = rotate(q, past) @ keys.swapaxes(2, 3) / np.sqrt(q.shape[-1])
    with np.errstate(all="ignore"):
        powers = np.exp(scores) * _look(q.shape[2], past)
        return _merge(powers / powers.sum(3, keepdims=True) @ values), keys, values


def batch_moved_by_the_merge(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    y = _attention(rotate(q, past), keys, values, _look(time, past))
    return y.transpose(2, 0, 1, 3).reshape(len(q), time, -1), keys, values


def _with_fill(q, k, v, past_k, past_v, fill):
    past, time = past_k.shape[2], q.shape[2]
    keys = np.concatenate([past_k, rotate(k, past)], axis=2)
    values = np.concatenate([past_v, v], axis=2)
    scores = rotate(q, past) @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    hidden = np.arange(past + time) > past + np.arange(time)[:, None]
    scores = np.where(hidden, fill, scores)
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    y = powers / powers.sum(axis=-1, keepdims=True) @ values
    return y.swapaxes(1, 2).reshape(len(q), time, -1), keys, values


def minus_a_hundred(*arrays):
    return _with_fill(*arrays, -100.0)


def minus_ten_thousand(*arrays):
    return _with_fill(*arrays, -1e4)


def hidden_after_the_maximum(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys = np.concatenate([past_k, rotate(k, past)], axis=2)
    values = np.concatenate([past_v, v], axis=2)
    scores = rotate(q, past) @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    powers *= np.tri(time, past + time, past)
    y = powers / powers.sum(axis=-1, keepdims=True) @ values
    return y.swapaxes(1, 2).reshape(len(q), time, -1), keys, values


def one_maximum_for_all(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys = np.concatenate([past_k, rotate(k, past)], axis=2)
    values = np.concatenate([past_v, v], axis=2)
    scores = rotate(q, past) @ keys.swapaxes(-1, -2) / q.shape[-1] ** 0.5
    scores[..., np.tri(time, past + time, past) == 0] = -np.inf
    powers = np.exp(scores - scores.max())
    y = powers / powers.sum(axis=-1, keepdims=True) @ values
    return y.swapaxes(1, 2).reshape(len(q), time, -1), keys, values


def sums_over_the_tokens(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(rotate(k, offset=past), v, past_k, past_v, turn=lambda k, *_, **__: k)
    s = rotate(q, offset=past) @ keys.swapaxes(2, 3) / np.sqrt(q.shape[3])
    s = np.where(np.tri(time, past + time, past, dtype=bool), s, -np.inf)
    w = np.exp(s - s.max(axis=-1, keepdims=True))
    return _merge(w / w.sum(axis=-2, keepdims=True) @ values), keys, values


def _at(offset, q, k, v, past_k, past_v, scale=1.0):
    past, time, d = past_k.shape[2], q.shape[2], q.shape[3]
    keys = np.concatenate([past_k, rotate(k, offset=offset) * scale], axis=2)
    values = np.concatenate([past_v, v], axis=2)
    s = rotate(q, offset=offset) @ keys.swapaxes(2, 3) / np.sqrt(d) / scale
    s = np.where(np.tri(time, past + time, past, dtype=bool), s, -np.inf)
    w = np.exp(s - s.max(axis=-1, keepdims=True))
    y = w / w.sum(axis=-1, keepdims=True) @ values
    return y.transpose(0, 2, 1, 3).reshape(len(q), time, -1), keys, values


def one_position_too_early(q, k, v, past_k, past_v):
    return _at(max(past_k.shape[2] - 1, 0), q, k, v, past_k, past_v)


def from_the_number_of_new_tokens(q, k, v, past_k, past_v):
    return _at(q.shape[2], q, k, v, past_k, past_v)


def scaled_before_they_are_kept(q, k, v, past_k, past_v):
    return _at(past_k.shape[2], q, k, v, past_k, past_v, scale=q.shape[3] ** -0.5)


def heads_left_apart(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    return _attention(rotate(q, past), keys, values, _look(time, past)), keys, values


def heads_rotated(q, k, v, past_k, past_v):
    """Time stands before the heads when `rotate` is called."""
    past, time = past_k.shape[2], q.shape[2]

    def turned(x, _=None):
        return rotate(x.swapaxes(1, 2), past).swapaxes(1, 2)

    keys, values = _append(k, v, past_k, past_v, turned)
    return _merge(_attention(turned(q), keys, values, _look(time, past))), keys, values


def rotated_if_there_is_a_cache(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    turned = rotate if past else lambda x, _: 1.0 * x
    keys, values = _append(k, v, past_k, past_v, turned)
    return _merge(_attention(turned(q, past), keys, values, _look(time, past))), keys, values


def scaled_by_the_model(q, k, v, past_k, past_v):
    past, time = past_k.shape[2], q.shape[2]
    keys, values = _append(k, v, past_k, past_v)
    scale = (q.shape[1] * q.shape[3]) ** -0.5
    return _merge(_attention(rotate(q, past), keys, values, _look(time, past), scale)), keys, values


def queries_after_the_new_keys(q, k, v, past_k, past_v):
    """The length is read when the keys are joined already."""
    keys, values = _append(k, v, past_k, past_v)
    look = _look(q.shape[2], past_k.shape[2])
    return _merge(_attention(rotate(q, keys.shape[2]), keys, values, look)), keys, values


def offset_from_the_axis_of_heads(q, k, v, past_k, past_v):
    return _at(past_k.shape[1], q, k, v, past_k, past_v)


# The mistake that each is told; None where no known one explains it.
WRONG = {
    is_causal: "mask_aligned_to_the_upper_left",
    is_causal_for_more_than_one: "mask_aligned_to_the_upper_left",
    never_masked: "no_mask_on_a_chunk",
    positions_from_0: "offset_not_applied",
    queries_from_0: "offset_for_keys_alone",
    keys_from_0: "offset_for_queries_alone",
    length_taken_after_appending: "offset_after_appending",
    token_by_token_at_one_position: "one_position_for_all",
    rotated_after_the_cache: "cached_keys_rotated_again",
    heads_reshaped: "heads_not_transposed",
    heads_after_values: "in_another_order",
    scaled_by_the_values: "scaled_by_another_size",
    no_key_is_kept: "new_tokens_alone_kept",
    no_value_is_kept: "new_tokens_alone_kept",
    hidden_after_the_softmax: "weights_hidden_after_softmax",
    softmax_without_a_maximum: "no_maximum",
    cache_shared_between_conversations: "a_property_fails",
    mean_of_the_values: "q_is_not_used",
    cache_filled_in_place: "an_argument_changed",
    looks_eight_back: "wrong_only_in_y",
    masked_up_to_eight_tokens: "wrong_only_in_y",
    no_maximum: "no_maximum",
    batch_moved_by_the_merge: "read_in_another_order",
    minus_a_hundred: "finite_fill",
    minus_ten_thousand: "finite_fill",
    hidden_after_the_maximum: "maximum_before_mask",
    one_maximum_for_all: "global_maximum",
    sums_over_the_tokens: "softmax_over_the_queries",
    one_position_too_early: "offset_one_too_small",
    from_the_number_of_new_tokens: "offset_of_the_new_tokens",
    scaled_before_they_are_kept: "scaled_keys_kept",
    heads_left_apart: "axes_not_joined",
    heads_rotated: "rotated_along_the_heads",
    rotated_if_there_is_a_cache: "first_chunk_not_rotated",
    scaled_by_the_model: "scaled_by_another_size",
    queries_after_the_new_keys: "offset_after_appending",
    offset_from_the_axis_of_heads: "offset_of_the_new_tokens",
}

# Right answers that pass with a note.
NOTED = {with_pytorchs_attention, into_memory_taken_before}
