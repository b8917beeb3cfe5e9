"""Layer normalization, forward and backward."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:standardize_refuses]
def overflow(result):
    for part in result if isinstance(result, tuple) else (result,):
        refuse_overflowed(part, "the result")


@refuses(overflow, x=(refuse_empty, refuse_nan))
# --8<-- [end:standardize_refuses]
# --8<-- [start:standardize]
def standardize(
    x: Real[ndarray, "*batch d"],
    gain: Real[ndarray, " d"],
    bias: Real[ndarray, " d"],
    eps: float = 1e-5,
) -> Float[ndarray, "*batch d"]:
    """Each row with mean 0 and variance 1, then scaled and shifted feature by feature.

    x̂ = (x - mean) / √(variance + eps), y = gain · x̂ + bias. The variance divides by d,
    not by d - 1.

    Raises:
        ValueError: A row is empty, an entry is NaN, or a result overflows.

    Source:
        J. L. Ba, J. R. Kiros, G. E. Hinton (2016), Layer Normalization, equation 4

    Example:
        >>> standardize(np.array([1.0, 3.0]), np.ones(2), np.zeros(2), eps=0.0)
        array([-1.,  1.])
    """
    normalized, _ = normalize(x, eps)
    return gain * normalized + bias


def normalize(x, eps):
    """x̂ and the standard deviation of each row, which the backward pass needs too."""
    centred = as_float(x) - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps)
    return centred / deviation, deviation


# --8<-- [end:standardize]


# --8<-- [start:standardize_backward_refuses]
@refuses(overflow, x=(refuse_empty, refuse_nan))
# --8<-- [end:standardize_backward_refuses]
# --8<-- [start:standardize_backward]
def standardize_backward(
    dout: Real[ndarray, "*batch d"],
    x: Real[ndarray, "*batch d"],
    gain: Real[ndarray, " d"],
    eps: float = 1e-5,
) -> tuple[Float[ndarray, "*batch d"], Float[ndarray, " d"], Float[ndarray, " d"]]:
    """The gradients of the loss by the inputs, the gain and the bias.

    Mean and variance depend on every entry of a row. So two parts are taken from
    g = gain · dout: its mean, and its part along x̂.

    Args:
        dout: The gradient of the loss by the output.
        x: The input of the forward pass.
        gain: The scale of each feature.
        eps: As in the forward pass.

    Returns:
        dx, dgain, dbias.

    Raises:
        ValueError: A row is empty, an entry is NaN, or a result overflows.

    Example:
        A shift of a whole row changes nothing, so the entries of dx sum to 0.

        >>> dout, x = np.array([[1.0, 0.0, 0.0]]), np.array([[1.0, 2.0, 4.0]])
        >>> dx, dgain, dbias = standardize_backward(dout, x, np.ones(3))
        >>> abs(float(dx.sum())) < 1e-15
        True
    """
    normalized, deviation = normalize(x, eps)
    g = as_float(gain) * dout
    along = (g * normalized).mean(axis=-1, keepdims=True) * normalized
    dx = (g - g.mean(axis=-1, keepdims=True) - along) / deviation
    rows = tuple(range(x.ndim - 1))
    return dx, (dout * normalized).sum(axis=rows), as_float(dout).sum(axis=rows)


# --8<-- [end:standardize_backward]
