"""A batch in parts: gradients of unequal micro-batches, put together without a bias."""

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import as_float, first, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses


# --8<-- [start:accumulate_gradients_refuses]
def no_example(sizes):
    if (sizes < 1).any():
        at = first(sizes, sizes < 1)
        raise ValueError(f"`sizes` holds {at}; leave out a part without examples")


@refuses(no_example, gradients=(refuse_empty, refuse_nan))
# --8<-- [end:accumulate_gradients_refuses]
# --8<-- [start:accumulate_gradients]
def accumulate_gradients(
    gradients: Real[ndarray, "parts *shape"], sizes: Integer[ndarray, " parts"]
) -> Float[ndarray, "*shape"]:
    """The gradient of the mean loss of a batch, from those of its parts.

    How:
        Σ nᵢ gᵢ / Σ nᵢ. Each gᵢ is that of a part's own mean loss, so nᵢ gᵢ is that of its
        sum; the sums add up, and one division by all examples makes the mean.

    Args:
        gradients: The gradient of each part's mean loss; parts along the first axis.
        sizes: The number of examples of each part (of tokens, if the loss is per token).

    Returns:
        The gradient, of the shape of one part's.

    Raises:
        ValueError: There is no part, a size is below 1, or a gradient holds nan or
            infinity.

    Example:
        >>> accumulate_gradients(np.array([[2.0, 0.0], [6.0, 4.0]]), np.array([3, 1]))
        array([3., 1.])
    """
    gradients = as_float(gradients)
    weights = (sizes / sizes.sum(dtype=np.float64)).astype(gradients.dtype)
    return np.tensordot(weights, gradients, axes=1)


# --8<-- [end:accumulate_gradients]
