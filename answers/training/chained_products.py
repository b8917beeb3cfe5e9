"""The gradient of a product of many matrices, for every factor."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:multi_dot_backward_refuses]
def overflow(result):
    refuse_overflowed(result, "a product")


@refuses(overflow, dout=BAD, factors=BAD)
# --8<-- [end:multi_dot_backward_refuses]
# --8<-- [start:multi_dot_backward]
def multi_dot_backward(
    dout: Real[ndarray, "*batch d d"], factors: Real[ndarray, "k *batch d d"]
) -> Float[ndarray, "k *batch d d"]:
    """The gradient of M₁ M₂ … M_k with respect to every factor.

    How:
        With L the product of all factors to the left of M_i and R of all to its right, the
        product is L M_i R, and the gradient Lᵀ dout Rᵀ. Each L is the one before it times a
        factor, and so is each dout Rᵀ from the right: 2 products a factor beside k - 1, not k².

    Args:
        dout: The gradient of the loss with respect to the product.
        factors: M₁ to M_k along the first axis. All are square, so that they fit in one array.
            A batch has factors of its own for each example. None need have an inverse.

    Returns:
        The gradients, in the order of the factors.

    Raises:
        ValueError: An array is empty or holds nan or infinity, or a product overflows.

    Source:
        Giles (2008), Collected Matrix Derivative Results for Forward and Reverse Mode
        Algorithmic Differentiation, for each product of two

    Example:
        Of numbers, each gradient is the product of all others.

        >>> factors = np.array([[[2.0]], [[3.0]], [[5.0]]])
        >>> multi_dot_backward(np.array([[1.0]]), factors).ravel()
        array([15., 10.,  6.])
    """
    g, factors = as_float(dout), as_float(factors)
    lefts = [np.eye(g.shape[-1], dtype=factors.dtype)]
    for factor in factors[:-1]:
        lefts.append(lefts[-1] @ factor)
    gradients = []
    for left, factor in zip(lefts[::-1], factors[::-1], strict=True):
        gradients.append(left.swapaxes(-1, -2) @ g)
        g = g @ factor.swapaxes(-1, -2)
    return np.stack(gradients[::-1])


# --8<-- [end:multi_dot_backward]
