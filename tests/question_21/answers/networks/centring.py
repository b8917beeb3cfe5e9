"""Rows without their means."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:centre_rows_refuses]
def overflow(result):
    refuse_overflowed(result, "the result")


@refuses(overflow, x=(refuse_empty, refuse_nan))
# --8<-- [end:centre_rows_refuses]
# --8<-- [start:centre_rows]
def centre_rows(x: Real[ndarray, "*batch d"]) -> Float[ndarray, "*batch d"]:
    """Each row minus its mean, so that its entries sum to 0.

    Raises:
        ValueError: A row is empty, an entry is nan, or the result overflows.

    Example:
        >>> centre_rows(np.array([1.0, 2.0, 6.0]))
        array([-2., -1.,  3.])
    """
    x = as_float(x)
    return x - np.mean(x, axis=-1, keepdims=True)


# --8<-- [end:centre_rows]
