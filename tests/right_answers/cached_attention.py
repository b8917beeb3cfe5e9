"""Right ways to write `cached_attention` that do not look like the reference."""

import torch
from torch.nn import functional
from torch.nn.attention.bias import causal_lower_right


def with_pytorchs_attention(q, k, v, past_k, past_v, cosines, sines):
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
