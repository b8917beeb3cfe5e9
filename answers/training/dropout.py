"""Dropout that scales in training, so that evaluation is the identity."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:dropout_refuses]
def no_chance(p):
    if not 0 <= p < 1:
        raise ValueError(f"`p` is {p}; choose a number from 0 to below 1")


def no_draw(uniform):
    wrong = ~((uniform >= 0) & (uniform < 1))
    if wrong.any():
        raise ValueError(
            f"`uniform` holds {first(uniform, wrong)}; draw from 0 to below 1: rng.random"
        )


def overflow(result, x):
    refuse_overflowed(result[0], "an entry divided by 1 - p", x)


@refuses(no_chance, no_draw, overflow, x=BAD)
# --8<-- [end:dropout_refuses]
# --8<-- [start:dropout]
def dropout(
    x: Real[ndarray, "*batch d"],
    p: float,
    uniform: Float[ndarray, "*batch d"],
    training: bool = True,
) -> tuple[Float[ndarray, "*batch d"], Float[ndarray, "*batch d"]]:
    """Each entry becomes 0 with probability p, and the others are divided by 1 - p.

    How:
        mask = 1 / (1 - p) where uniform >= p, else 0, and y = x mask: the mean over the
        draws is x. So evaluation, where y = x and the mask is 1, needs no factor. Backward
        multiplies by the same mask.

    Args:
        x: Activations; any leading axes.
        p: The share that is dropped, from 0 to below 1.
        uniform: One number from 0 to below 1 for each entry, `rng.random(x.shape)`; an
            entry is dropped where its number is below p.
        training: False in evaluation, where nothing is dropped or scaled.

    Returns:
        (y, mask): y = x mask, and what backward multiplies by; both in the float type of
        `x`.

    Raises:
        ValueError: `x` is empty or holds nan or infinity, `p` or a number of `uniform` is
            not from 0 to below 1, or an entry divided by 1 - p overflows.

    Source:
        Srivastava et al. (2014), Dropout, section 10: scaled in training instead,
        https://jmlr.org/papers/v15/srivastava14a.html

    Example:
        >>> y, mask = dropout(np.array([1.0, 2.0, 3.0]), 0.5, np.array([0.7, 0.2, 0.9]))
        >>> y, mask
        (array([2., 0., 6.]), array([2., 0., 2.]))
    """
    x = as_float(x)
    p = p if training else 0.0
    mask = np.where(uniform >= p, 1 / (1 - p), 0).astype(x.dtype)
    return x * mask, mask


# --8<-- [end:dropout]


# --8<-- [start:dropout_backward_refuses]
def gradient_overflows(result):
    refuse_overflowed(result, "the gradient")


@refuses(gradient_overflows, dout=BAD, mask=BAD)
# --8<-- [end:dropout_backward_refuses]
# --8<-- [start:dropout_backward]
def dropout_backward(
    dout: Real[ndarray, "*batch d"], mask: Real[ndarray, "*batch d"]
) -> Float[ndarray, "*batch d"]:
    """The gradient of the loss with respect to the input of dropout: `dout` times the mask.

    Args:
        dout: Gradient of the loss with respect to the output.
        mask: The mask of the same forward pass, with its factor 1 / (1 - p).

    Raises:
        ValueError: An argument is empty or holds nan or infinity, or the result overflows.

    Example:
        >>> dropout_backward(np.array([5.0, 6.0, 7.0]), np.array([2.0, 0.0, 2.0]))
        array([10.,  0., 14.])
    """
    return as_float(dout) * mask


# --8<-- [end:dropout_backward]
