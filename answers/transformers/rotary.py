"""Rotary positions: queries and keys are turned by their position, and nothing is added."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:rotate_refuses]
def no_pairs(x, name):
    if x.shape[-1] % 2:
        raise ValueError(
            f"`{name}` has {x.shape[-1]} features; pairs need an even number"
        )


def no_angles(offset, base):
    if offset < 0 or not base > 0:
        raise ValueError(
            f"`offset` is {offset} and `base` {base}; no position is negative, and no "
            "power of a base that is not positive is a speed"
        )


def not_finite(result, x):
    if not np.isfinite(result).all():
        refuse_nan(x, "x")
        refuse_overflowed(result, "a turned feature")


@refuses(no_angles, not_finite, x=no_pairs)
# --8<-- [end:rotate_refuses]
# --8<-- [start:rotate]
def rotate(
    x: Real[ndarray, "*batch time d"], offset: int = 0, base: float = 10_000.0
) -> Float[ndarray, "*batch time d"]:
    """`x` with each pair of features turned by its position times its own speed.

    Row t stands at position p = offset + t. There the pair (x[j], x[j + d/2]) becomes
    (x[j] cos - x[j + d/2] sin, x[j] sin + x[j + d/2] cos), of the angle
    p · base^(-2j/d). The product of a query and a key, both turned, depends on the
    difference of their positions only.

    Args:
        x: Queries or keys. Values are not turned.
        offset: The position of the first row: how many tokens are in the cache.
        base: Of the speeds, which fall from 1 for the first pair nearly to 1 / base.

    Returns:
        An array of the same shape. The angles are computed in float64 whatever the dtype
        of `x`: far positions need it.

    Raises:
        ValueError: `d` is odd, `offset` is negative, or `base` is not positive; `x` holds
            nan or infinity, or a sum overflows.

    Source:
        Su et al. (2021), section 3.4.2, https://arxiv.org/abs/2104.09864. There
        neighbours are paired; Hugging Face's Llama pairs as here.

    Example:
        The pair (1, 0) at positions 0, 1 and 2.

        >>> rotate(np.array([[1.0, 0.0]] * 3)).round(3)
        array([[ 1.   ,  0.   ],
               [ 0.54 ,  0.841],
               [-0.416,  0.909]])
        >>> rotate(np.array([[1.0, 0.0]]), offset=2).round(3)
        array([[-0.416,  0.909]])
    """
    time, d = x.shape[-2:]
    x = as_float(x)
    speeds = base ** (-np.arange(0, d, 2) / d)
    angles = np.arange(offset, offset + time)[:, None] * speeds
    cosine, sine = np.cos(angles).astype(x.dtype), np.sin(angles).astype(x.dtype)
    first, second = np.split(x, 2, axis=-1)
    return np.concatenate(
        [first * cosine - second * sine, first * sine + second * cosine], axis=-1
    )


# --8<-- [end:rotate]
