"""The entropy of softmax(logits) from a stream: three numbers that two readers can merge."""

from functools import reduce

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_no_maximum
from answers.inputs.contracts import refuses


# --8<-- [start:merge]
def moments(logits: ndarray) -> tuple:
    """m = max l, s = Σ e^(l - m) and t = Σ (l - m) e^(l - m), over the last axis."""
    m = logits.max(axis=-1, initial=np.finfo(logits.dtype).min)  # never -inf
    gaps = logits - m[..., None]
    powers = np.exp(gaps)
    return m, powers.sum(-1), (np.where(powers > 0, gaps, 0) * powers).sum(-1)


def merge(one: tuple, other: tuple) -> tuple:
    """The moments of two parts of a stream together."""
    m = np.maximum(one[0], other[0])
    s = t = np.zeros_like(m)
    for top, total, weighted in (one, other):
        gap = np.maximum(top - m, -9999)  # whose exp is 0: -inf times 0 would be nan
        s = s + np.exp(gap) * total
        t = t + np.exp(gap) * (weighted + gap * total)
    return m, s, t


# --8<-- [end:merge]


# --8<-- [start:streaming_entropy_refuses]
def no_chunk(chunk):
    if chunk < 1:
        raise ValueError(f"`chunk` is {chunk}; read at least one logit at a time")


def no_maximum(logits):
    refuse_no_maximum(logits, logits.max(axis=-1, keepdims=True), "logits")


@refuses(no_chunk, no_maximum, logits=refuse_empty)
# --8<-- [end:streaming_entropy_refuses]
# --8<-- [start:streaming_entropy]
def streaming_entropy(
    logits: Real[ndarray, "*batch classes"], chunk: int = 1024
) -> Float[ndarray, "*batch"] | np.floating:
    """The entropy of softmax(logits) in nats, from `chunk` logits at a time, in one pass.

    A few numbers of each row are kept, no array as large as `logits`.

    How:
        Of what was read it keeps the largest logit m, s = Σ e^(l - m), and
        t = Σ (l - m) e^(l - m). When m rises to m', e^(l - m') is e^(m - m') e^(l - m), so that
        s becomes e^(m - m') s, and t becomes e^(m - m') (t + (m - m') s). In the end
        log p = l - m - log s, and -Σ p log p = log s - t / s. Neither term is below 0.

    Args:
        logits: -inf gives probability 0, which adds nothing; a whole chunk may be so.
        chunk: How many logits are read at a time; the result is the same for any, up to
            rounding.

    Returns:
        The entropy along the last axis, in nats, from 0 to log(classes).

    Raises:
        ValueError: `logits` is empty, holds nan or +inf, or has only -inf along the last axis;
            `chunk` is less than 1.

    Source:
        Milakov and Gimelshein (2018), Online normalizer calculation for softmax,
        https://arxiv.org/abs/1805.02867, for m and s; t follows in the same way

    Example:
        Eight equal logits, three at a time: log 8.

        >>> streaming_entropy(np.full(8, 1000.0), chunk=3).round(6)
        np.float64(2.079442)
    """
    starts = range(0, logits.shape[-1], chunk)
    parts = (as_float(logits[..., start : start + chunk]) for start in starts)
    with np.errstate(over="ignore"):  # so far below the maximum that nothing is added
        _, s, t = reduce(merge, map(moments, parts))
    return np.log(s) - t / s


# --8<-- [end:streaming_entropy]
