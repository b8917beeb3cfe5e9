"""Principal components by the SVD and by the covariance matrix, and whitening.

Each row of `x` is an example, each column a feature.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:with_fixed_signs]
def with_fixed_signs(rows: Float[ndarray, "k d"]) -> Float[ndarray, "k d"]:
    """Each row, or its negative: its largest entry by absolute value is positive.

    Of entries equally large, the first, but rounding may make another larger. A direction has two
    unit vectors, and which of them a library returns depends on its version and its processor.

    Example:
        >>> with_fixed_signs(np.array([[0.6, -0.8]]))
        array([[-0.6,  0.8]])
    """
    largest = np.abs(rows).argmax(axis=1)
    return rows * np.sign(rows[np.arange(len(rows)), largest])[:, None]


# --8<-- [end:with_fixed_signs]


# --8<-- [start:pca_refuses]
def no_such_components(x, k):
    if not 1 <= k <= min(len(x) - 1, x.shape[1]):
        raise ValueError(
            f"`k` is {k}; {len(x)} rows of {x.shape[1]} features spread along "
            f"{min(len(x) - 1, x.shape[1])} directions at most: take 1 to that many"
        )


def components_overflow(result):
    for found, name in zip(result, ("mean", "component", "variance"), strict=True):
        refuse_overflowed(found, f"a {name}")


def too_far_apart(x, name):
    with np.errstate(over="ignore", invalid="ignore"):
        reach = as_float(x.max()) - as_float(x.min())
        refuse_overflowed(reach * reach * x.size, f"a sum of squares of `{name}`")


@refuses(no_such_components, components_overflow, x=(*BAD, too_far_apart))
# --8<-- [end:pca_refuses]
# --8<-- [start:pca]
def pca(
    x: Real[ndarray, "n d"], k: int
) -> tuple[Float[ndarray, " d"], Float[ndarray, "k d"], Float[ndarray, " k"]]:
    """The mean, the k principal components as rows, and the variance along each.

    Components are unit vectors at right angles, sorted by variance, the largest first. The
    variance along a component divides by n - 1, for the mean was estimated from the same rows.
    A component's largest entry by absolute value is positive.

    How:
        The SVD of the centred rows is U S Vᵀ, so their covariance is V (S² / (n - 1)) Vᵀ: the
        rows of Vᵀ are its eigenvectors, and no square of the data is ever formed.

    Args:
        x: One example per row, also far from 0 if more than their last digits differ. Features are
            centred here, and not scaled.
        k: How many components, from 1 to the smaller of n - 1 and d.

    Returns:
        (mean, components, variances). New rows y are projected by (y - mean) @ components.T.

    Raises:
        ValueError: `x` is empty or holds nan or infinity, there are no k components, or a
            square overflows.

    Source:
        Jolliffe and Cadima (2016), Principal component analysis: a review and recent
        developments, https://doi.org/10.1098/rsta.2015.0202

    Example:
        Around their mean (1, 1), three points lie on the diagonal, at -√2, 0 and √2.

        >>> mean, components, variances = pca(np.array([[0, 0], [1, 1], [2, 2]]), 1)
        >>> mean, abs(components).round(3), variances.round(3)
        (array([1., 1.]), array([[0.707, 0.707]]), array([2.]))
    """
    x = as_float(x)
    mean = x.mean(axis=0, dtype=np.float64).astype(x.dtype)
    _, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    return mean, with_fixed_signs(vt[:k]), s[:k] ** 2 / (len(x) - 1)


# --8<-- [end:pca]


# --8<-- [start:pca_by_covariance_refuses]
@refuses(no_such_components, components_overflow, x=(*BAD, too_far_apart))
# --8<-- [end:pca_by_covariance_refuses]
# --8<-- [start:pca_by_covariance]
def pca_by_covariance(
    x: Real[ndarray, "n d"], k: int
) -> tuple[Float[ndarray, " d"], Float[ndarray, "k d"], Float[ndarray, " k"]]:
    """What `pca` returns, from the eigenvectors of the covariance matrix.

    Faster where rows are many and features few. It squares the data, so spreads below the square
    root of the rounding unit of the largest spread are lost, and a variance of 0 may come out
    below 0.

    Args:
        x: One example per row.
        k: How many components, from 1 to the smaller of n - 1 and d.

    Returns:
        (mean, components, variances), as from `pca`.

    Raises:
        ValueError: `x` is empty or holds nan or infinity, there are no k components, or a
            square overflows.

    Example:
        >>> _, components, variances = pca_by_covariance(np.array([[0, 1], [2, 1], [4, 1]]), 1)
        >>> components, variances
        (array([[1., 0.]]), array([4.]))
    """
    x = as_float(x)
    mean = x.mean(axis=0, dtype=np.float64).astype(x.dtype)
    centred = x - mean
    # Values ascend, and vectors are columns.
    values, vectors = np.linalg.eigh(centred.T @ centred / (len(x) - 1))
    return mean, with_fixed_signs(vectors.T[::-1][:k]), values[::-1][:k]


# --8<-- [end:pca_by_covariance]


# --8<-- [start:whiten_refuses]
def too_few_rows(train):
    if len(train) < 2:
        raise ValueError(f"`train` has {len(train)} row; a variance needs 2")


def no_number(eps, name):
    refuse_below(0, **{name: eps})


def no_spread(train, eps):
    train = as_float(train)
    if train.dtype.type(eps) > 0:  # in float32, 1e-50 is 0
        return
    spreads = np.linalg.svd(train - train.mean(axis=0), compute_uv=False)
    # What squares of the data would lose.
    lost = spreads[0] * np.sqrt(train.shape[1] * np.finfo(train.dtype).eps)
    if len(train) <= train.shape[1] or spreads[-1] <= lost:
        raise ValueError(
            "`train` has no variance along a direction, and no factor makes it 1; choose an "
            "`eps` above 0"
        )


def white_overflows(result):
    refuse_overflowed(result, "a whitened number")


@refuses(
    too_few_rows,
    no_spread,
    white_overflows,
    x=refuse_nan,
    train=(*BAD, too_far_apart),
    eps=no_number,
)
# --8<-- [end:whiten_refuses]
# --8<-- [start:whiten]
def whiten(
    x: Real[ndarray, "m d"], train: Real[ndarray, "n d"], eps: float
) -> Float[ndarray, "m d"]:
    """The rows of `x`, moved and stretched so that the rows of `train` would be white.

    (x - mean) (C + eps I)^(-1/2), with mean and covariance C of `train` alone, C divided by
    n - 1. With `eps` 0, the rows of `train` get covariance I. Of all matrices that do so this
    symmetric positive one (ZCA) moves them least, and no sign is left open.

    How:
        C = V Λ Vᵀ, so (C + eps I)^(-1/2) = V (Λ + eps)^(-1/2) Vᵀ: rotate to the components,
        divide each by its standard deviation, rotate back. Without the way back it is PCA
        whitening. Rounding makes tiny eigenvalues negative: lift them to 0 before the root.

    Args:
        x: The rows to whiten: `train` itself, or rows that were held out.
        train: The rows that mean and covariance are taken from, 2 or more.
        eps: Added to each variance, so that directions of almost none are not blown up.

    Raises:
        ValueError: A number is nan or infinite, `train` has fewer than two rows or a square of
            it overflows, `eps` is negative, or it is 0 and `train` does not spread along every
            direction.

    Source:
        Kessy, Lewin and Strimmer (2018), Optimal Whitening and Decorrelation,
        https://arxiv.org/abs/1512.00809

    Example:
        The columns are not correlated; the first has deviation 4, the second 1.

        >>> train = np.array([[4.0, 1.0], [-4.0, 1.0], [4.0, -1.0], [-4.0, -1.0]]) * 0.75**0.5
        >>> whiten(np.array([[8.0, 3.0]]), train, eps=0).round(6)
        array([[2., 3.]])
    """
    x, train = as_float(x), as_float(train)
    mean = train.mean(axis=0, dtype=np.float64).astype(train.dtype)
    centred = train - mean
    values, vectors = np.linalg.eigh(centred.T @ centred / (len(train) - 1))
    scales = 1 / np.sqrt(np.maximum(values, 0) + train.dtype.type(eps))
    return (x - mean) @ (vectors * scales) @ vectors.T


# --8<-- [end:whiten]
