"""The leading eigenvector by repeated products, and leading singular vectors by a random sample."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:power_iteration_refuses]
def no_length(start):
    with np.errstate(over="ignore", under="ignore"):
        length = np.linalg.norm(as_float(start))
    if not 0 < length < np.inf:
        raise ValueError(f"`start` has length {length}; choose one with a direction")


def no_steps(steps, name):
    refuse_below(0, **{name: steps})


def lost(result):
    value, vector = result
    if not np.isfinite(vector).all():
        raise ValueError(
            "a product is 0 or too large for a float; choose another start or scale `a`"
        )
    refuse_overflowed(value, "the eigenvalue")


@refuses(no_length, lost, a=BAD, start=BAD, steps=no_steps)
# --8<-- [end:power_iteration_refuses]
# --8<-- [start:power_iteration]
def power_iteration(
    a: Real[ndarray, "d d"], start: Real[ndarray, " d"], steps: int
) -> tuple[Float[ndarray, ""] | np.floating, Float[ndarray, " d"]]:
    """Eigenvalue and unit eigenvector of a symmetric matrix, after so many multiplications.

    It goes to the eigenvalue of the largest absolute value, with its sign, if that is the only
    one of its size and `start` is not at right angles to its vector. The vector has the sign that
    the multiplications give it.

    How:
        Along each eigenvector, a multiplication by `a` multiplies by its eigenvalue, so the
        largest wins, and the share of the next shrinks by |λ₂ / λ₁| a step. The Rayleigh
        quotient vᵀ A v, for a unit vector v, keeps the sign that |A v| loses, and its error
        shrinks by the square of that ratio.

    Args:
        a: A symmetric matrix.
        start: Where to begin; of any length whose square a float can hold.
        steps: How many multiplications; after 0 the vector is `start` with length 1.

    Returns:
        (value, vector): vᵀ A v of the last vector, and that vector, of length 1.

    Raises:
        ValueError: A number is nan or infinite, an array is empty, `steps` is negative, or the
            squared length of `start` or of a product is 0 or overflows.

    Source:
        Golub and Van Loan, Matrix Computations, chapter 8.

    Example:
        >>> value, vector = power_iteration(np.diag([-3.0, 1.0]), np.array([2.0, 2.0]), 9)
        >>> value.round(3), vector.round(3) + 0.0
        (np.float64(-3.0), array([-1.,  0.]))
    """
    a, start = as_float(a), as_float(start)
    vector = start / np.linalg.norm(start)
    for _ in range(steps):
        vector = a @ vector
        vector = vector / np.linalg.norm(vector)
    return vector @ a @ vector, vector


# --8<-- [end:power_iteration]


# --8<-- [start:randomized_svd_refuses]
def not_so_many(a, k):
    if not 1 <= k <= min(a.shape):
        raise ValueError(f"`k` is {k}; take 1 to {min(a.shape)}")


def no_counts(extra, rounds):
    refuse_below(0, extra=extra, rounds=rounds)


def svd_overflows(result):
    for found, name in zip(result, ("u", "s", "vt"), strict=True):
        refuse_overflowed(found, f"an entry of {name}")


@refuses(not_so_many, no_counts, svd_overflows, a=BAD)
# --8<-- [end:randomized_svd_refuses]
# --8<-- [start:randomized_svd]
def randomized_svd(
    a: Real[ndarray, "n d"],
    k: int,
    rng: np.random.Generator,
    extra: int = 10,
    rounds: int = 2,
) -> tuple[Float[ndarray, "n k"], Float[ndarray, " k"], Float[ndarray, "k d"]]:
    """About the k largest singular values of `a` and their vectors: (u, s, vt).

    A product with k + `extra` random columns holds most of what the leading vectors span. Each
    round multiplies by a aᵀ once more, which makes small singular values smaller still.

    Args:
        a: A matrix; for PCA, centred.
        k: How many, from 1 to the smaller size.
        rng: Draws the columns.
        extra: How many columns more than k are drawn.
        rounds: How often the sample is multiplied by a aᵀ.

    Returns:
        (u, s, vt): left vectors as columns, singular values from the largest down, right vectors
        as rows. Signs are left open.

    Raises:
        ValueError: `a` is empty or holds nan or infinity, there are no k values, a count is
            negative, or a number overflows.

    Source:
        Halko, Martinsson and Tropp (2011), Finding Structure with Randomness, https://arxiv.org/abs/0909.4061

    Example:
        Of a matrix of rank 1 nothing is lost.

        >>> a = np.outer([3.0, 4.0], [1.0, 2.0, 2.0])
        >>> randomized_svd(a, 1, np.random.default_rng(0))[1].round(6)
        array([15.])
    """
    a = as_float(a)
    columns = min(k + extra, *a.shape)
    sample = a @ rng.normal(size=(a.shape[1], columns)).astype(a.dtype)
    for _ in range(rounds):
        q = np.linalg.qr(sample)[0]  # without it, all columns would turn to the first
        sample = a @ (a.T @ q)
    q = np.linalg.qr(sample)[0]
    u, s, vt = np.linalg.svd(q.T @ a, full_matrices=False)
    return q @ u[:, :k], s[:k], vt[:k]


# --8<-- [end:randomized_svd]
