"""Muon's orthogonalization: a matrix with all its singular values brought near 1."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import near_one


# --8<-- [start:newton_schulz_refuses]
def no_round(steps):
    if steps < 1:
        raise ValueError(f"`steps` is {steps}; choose 1 or more")


@refuses(no_round, matrix=(refuse_empty, refuse_nan))
# --8<-- [end:newton_schulz_refuses]
# --8<-- [start:newton_schulz]
def newton_schulz(
    matrix: Real[ndarray, "rows columns"], steps: int = 5
) -> Float[ndarray, "rows columns"]:
    """U S Vᵀ with an S near the identity, where `matrix` is U Σ Vᵀ, by products alone.

    How:
        An odd polynomial of a matrix is that polynomial of its singular values:
        a X + b (X Xᵀ) X + c (X Xᵀ)² X maps each s to a s + b s³ + c s⁵. Divided by the norm
        all are at most 1; a step lifts the smallest by a = 3.4445, and keeps the large ones
        near 1, which is no fixed point: 1 becomes 0.701. Five steps leave each between 0.68
        and 1.21 if it was above 0.002 of the norm.

    Args:
        matrix: A gradient, or its momentum; 0 everywhere stays 0.
        steps: How often the polynomial is applied.

    Raises:
        ValueError: `matrix` is empty or holds nan or infinity; `steps` is below 1.

    Source:
        Jordan et al. (2024), Muon: An optimizer for hidden layers in neural networks;
        torch.optim.Muon

    Example:
        One step from a single number: 3.4445 - 4.775 + 2.0315.

        >>> newton_schulz(np.array([[8.0]]), steps=1).round(4)
        array([[0.701]])
    """
    a, b, c = 3.4445, -4.7750, 2.0315
    # Nothing overflows, nor vanishes; the factor is a power of 2, and is divided out.
    (x,) = near_one(as_float(matrix))
    x = x / (np.linalg.norm(x) or 1)
    tall = len(x) > x.shape[1]
    x = x.T if tall else x  # the smaller of the two products with its transpose
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


# --8<-- [end:newton_schulz]
