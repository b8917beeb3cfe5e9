"""Attention with a key-value cache, written out: rotate, append, look, merge.

`gpt.Attention` does the same for a whole model, with PyTorch's own attention.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from answers.inputs import refuse_below
from answers.inputs.contracts import refuses


# --8<-- [start:rotation_refuses]
def negative(number, name):
    refuse_below(0, **{name: number})


def no_pairs(d, name):
    if d < 2 or d % 2:
        raise ValueError(
            f"`{name}` is {d}; pairs are turned, so make it even, 2 or more"
        )


@refuses(context=negative, d=no_pairs)
# --8<-- [end:rotation_refuses]
# --8<-- [start:rotation]
def rotation(
    context: int, d: int, dtype: torch.dtype = torch.float32
) -> tuple[Float[Tensor, "context half"], Float[Tensor, "context half"]]:
    """Cosine and sine of the angle p · 10000^(-2i/d) of pair `i` at position `p`.

    Args:
        context: Number of positions.
        d: Width of a head, an even number.
        dtype: Of the result. The angles are computed in float64.

    Returns:
        Two tables, (context, d / 2).

    Raises:
        ValueError: `context` is negative, or `d` is odd or below 2.

    Example:
        >>> cosines, sines = rotation(3, 2)
        >>> sines[:, 0]  # of 0, 1 and 2 radians
        tensor([0.0000, 0.8415, 0.9093])
    """
    pairs = torch.arange(0, d, 2, dtype=torch.float64)
    angles = torch.arange(context)[:, None] * 10_000.0 ** (-pairs / d)
    return angles.cos().to(dtype), angles.sin().to(dtype)


# --8<-- [end:rotation]


# --8<-- [start:rotate_pairs]
def rotate_pairs(
    x: Float[Tensor, "batch heads time d"],
    cosines: Float[Tensor, "time half"],
    sines: Float[Tensor, "time half"],
) -> Float[Tensor, "batch heads time d"]:
    """`x` with each pair (x[i], x[i + d/2]) turned by its angle."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat(
        [first * cosines - second * sines, first * sines + second * cosines], dim=-1
    )


# --8<-- [end:rotate_pairs]


# --8<-- [start:cached_attention_torch_refuses]
def other_width(q, cosines):
    d = q.shape[-1]
    if 2 * cosines.shape[1] != d:
        raise ValueError(
            f"the tables turn {cosines.shape[1]} pairs, and heads are {d} wide; make them "
            f"with rotation(context, {d})"
        )


def short_tables(k, past_k, cosines):
    length = past_k.shape[2] + k.shape[2]
    if length > len(cosines):
        raise ValueError(
            f"the last token stands at position {length - 1}; the tables have "
            f"{len(cosines)} rows: make them longer"
        )


@refuses(other_width, short_tables)
# --8<-- [end:cached_attention_torch_refuses]
# --8<-- [start:cached_attention_torch]
def cached_attention_torch(
    q: Float[Tensor, "batch heads time d"],
    k: Float[Tensor, "batch heads time d"],
    v: Float[Tensor, "batch heads time dv"],
    past_k: Float[Tensor, "batch heads past d"],
    past_v: Float[Tensor, "batch heads past dv"],
    cosines: Float[Tensor, "context half"],
    sines: Float[Tensor, "context half"],
) -> tuple[
    Float[Tensor, "batch time heads*dv"],
    Float[Tensor, "batch heads past+time d"],
    Float[Tensor, "batch heads past+time dv"],
]:
    """Causal attention of new tokens to themselves and to the tokens in the cache.

    New token `i` stands at position past + i. There its query and its key are rotated,
    by row past + i of the tables: the pair (x[j], x[j + d/2]) becomes
    (x[j] cos - x[j + d/2] sin, x[j] sin + x[j + d/2] cos). It looks at keys 0 to
    past + i, with scores q · k / √d.

    Args:
        q: New queries, not yet rotated.
        k: New keys, not yet rotated.
        v: New values.
        past_k: The keys in the cache, rotated when they were new. `past` may be 0.
        past_v: The values in the cache.
        cosines: Cosine of the angle of each position and pair.
        sines: Sine of the same.

    Returns:
        The outputs with the heads side by side, (batch, time, heads · dv), and the cache
        of the next call: all keys, rotated, and all values, oldest first.

    Raises:
        ValueError: The tables end before the last new token, or are not d / 2 wide.

    Source:
        Pope et al. (2022), section 2, https://arxiv.org/abs/2211.05102

    Example:
        The second token, alone, sees the first through the cache. With equal keys it
        takes the mean of both values.

        >>> one, tables = torch.ones(1, 1, 1, 2), rotation(8, 2)
        >>> k, v = torch.zeros(1, 1, 1, 2), torch.zeros(1, 1, 1, 1)
        >>> y, keys, values = cached_attention_torch(one, k, v + 4, k, v, *tables)
        >>> y.item(), tuple(keys.shape)
        (2.0, (1, 1, 2, 2))
    """
    past, time, d = past_k.shape[2], k.shape[2], q.shape[-1]
    new = slice(past, past + time)
    turn = cosines[new], sines[new]
    q, k = rotate_pairs(q, *turn), rotate_pairs(k, *turn)
    keys, values = torch.cat([past_k, k], dim=2), torch.cat([past_v, v], dim=2)
    scores = q @ keys.mT / d**0.5
    # A single new token comes last, and sees everything.
    if time > 1:
        at = torch.arange(past + time, device=q.device)
        scores = scores.masked_fill(at > at[new, None], -torch.inf)
    y = scores.softmax(dim=-1) @ values
    return y.transpose(1, 2).flatten(2), keys, values


# --8<-- [end:cached_attention_torch]
