"""Attention with a key-value cache in NumPy: rotate, append, look, merge.

`cached_attention_torch` is the same for autograd, with tables for the rotation. `gpt.Attention`
does it for a whole model.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed
from answers.probability.softmax import softmax
from answers.transformers.rotary import rotate


# --8<-- [start:cached_attention_refuses]
def average_overflows(result, q):
    if not np.isfinite(result[0]).all():
        # The heads stand side by side; the index tells the head.
        batch, heads, time, _ = q.shape
        averages = result[0].reshape(batch, time, heads, -1).swapaxes(1, 2)
        refuse_overflowed(averages, "an average")


@refuses(average_overflows)
# --8<-- [end:cached_attention_refuses]
# --8<-- [start:cached_attention]
def cached_attention(
    q: Real[ndarray, "batch heads time d"],
    k: Real[ndarray, "batch heads time d"],
    v: Real[ndarray, "batch heads time dv"],
    past_k: Real[ndarray, "batch heads past d"],
    past_v: Real[ndarray, "batch heads past dv"],
) -> tuple[
    Float[ndarray, "batch time heads*dv"],
    Float[ndarray, "batch heads past+time d"],
    Real[ndarray, "batch heads past+time dv"],
]:
    """Causal attention of new tokens to themselves and to the tokens in the cache.

    New token `i` stands at position past + i. There its query and its key are rotated, as
    `rotate` does with offset = past. It looks at keys 0 to past + i, with scores
    q · k / √d.

    Args:
        q: New queries, not yet rotated.
        k: New keys, not yet rotated.
        v: New values.
        past_k: The keys in the cache, rotated when they were new. `past` may be 0.
        past_v: The values in the cache.

    Returns:
        The outputs with the heads side by side, (batch, time, heads · dv), and the cache
        of the next call: all keys, rotated, and all values, oldest first.

    Raises:
        ValueError: `d` is odd, there is no new token, an array holds nan or infinity, or
            something overflows.

    Source:
        Pope et al. (2022), section 2, https://arxiv.org/abs/2211.05102

    Example:
        The second token, alone, sees the first through the cache. With equal keys it
        takes the mean of both values.

        >>> one, zero = np.ones((1, 1, 1, 2)), np.zeros((1, 1, 1, 2))
        >>> v, past_v = np.array([[[[4.0]]]]), np.array([[[[1.0]]]])
        >>> y, keys, values = cached_attention(one, zero, v, zero, past_v)
        >>> y, keys.shape
        (array([[[2.5]]]), (1, 1, 2, 2))
    """
    batch, _, time, d = q.shape
    past = past_k.shape[2]
    q, k = rotate(np.stack([q, k]), past)
    keys = np.concatenate([past_k, k], axis=2)
    values = np.concatenate([past_v, v], axis=2)
    scores = q @ keys.swapaxes(-1, -2) / d**0.5
    # Key j comes later than new token i if j > past + i.
    later = ~np.tri(time, past + time, past, dtype=bool)
    y = softmax(np.where(later, -np.inf, scores)) @ values
    # Heads beside each other: their axis must stand next to that of the values first.
    return y.swapaxes(1, 2).reshape(batch, time, -1), keys, values


# --8<-- [end:cached_attention]
