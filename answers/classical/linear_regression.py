"""Least squares with a penalty: ridge by the normal equations and by the SVD, and the lasso.

Each example is a row of x. The intercept is free of the penalty: centred columns and targets need
none, and it is put back at the end.
"""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.inputs import as_float, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed

BAD = refuse_empty, refuse_nan


# --8<-- [start:ridge_refuses]
def negative_penalty(lamda):
    refuse_below(0, lamda=lamda)


@np.errstate(over="ignore", invalid="ignore")
def collinear(x, lamda):
    d, centred = x.shape[1], as_float(x) - x.mean(axis=0)
    lost = np.finfo(centred.dtype).eps * (centred**2).sum()  # beside the squares
    if not np.isfinite(centred).all() or (lamda > 0 and not lamda <= lost < np.inf):
        return
    centred[:, (x == x[0]).all(axis=0)] = 0  # its mean is rounded
    above = f"choose `lamda` above {lost if lamda else 0:.1g}"
    rank = np.linalg.matrix_rank(centred)
    if rank < d:
        raise ValueError(
            f"`x` has {d} columns, and centred a rank of {rank}: many weights fit alike; "
            f"{above}"
        )
    try:
        np.linalg.inv(centred.T @ centred)
    except np.linalg.LinAlgError:
        raise ValueError(
            "the columns of `x` are nearly collinear, and their products singular in "
            f"{centred.dtype}; {above}, or take `ridge_by_svd`"
        ) from None


def weights_overflow(result):
    weights, intercept = result
    refuse_overflowed(weights, "a weight")
    refuse_overflowed(intercept, "the intercept")


@refuses(negative_penalty, collinear, weights_overflow, x=BAD, y=BAD)
# --8<-- [end:ridge_refuses]
# --8<-- [start:ridge]
def ridge(
    x: Real[ndarray, "n d"], y: Real[ndarray, " n"], lamda: float
) -> tuple[Float[ndarray, " d"], np.floating]:
    """Ridge regression: the w and b of least Σ (y - x w - b)² + λ |w|².

    How:
        At the minimum over b the residuals sum to 0, so b = mean(y) - mean(x) w. With that b,
        columns and targets are centred, and (Xᵀ X + λ I) w = Xᵀ y is left to solve.

    Args:
        x: Examples as rows.
        y: Targets.
        lamda: λ, the penalty of the squared weights; the intercept has none.

    Returns:
        (w, b), the weights and the intercept.

    Raises:
        ValueError: An array is empty or holds nan or infinity, λ is negative or not finite, λ
            is 0 (or lost beside the squares of x) and the columns are collinear, or a result
            overflows.

    Source:
        Hastie, Tibshirani and Friedman (2009), The Elements of Statistical Learning,
        equation 3.44

    Example:
        Centred, x is -1 and 1 and y is -3 and 3: w = 6 / (2 + λ).

        >>> ridge(np.array([[0.0], [2.0]]), np.array([1.0, 7.0]), lamda=1.0)
        (array([2.]), np.float64(2.0))
    """
    x, y = as_float(x), as_float(y)
    x_mean, y_mean = x.mean(axis=0), y.mean()
    x, y = x - x_mean, y - y_mean
    gram = x.T @ x + lamda * np.eye(x.shape[1], dtype=x.dtype)
    w = np.linalg.solve(gram, x.T @ y)
    return w, y_mean - x_mean @ w


# --8<-- [end:ridge]


# --8<-- [start:ridge_by_svd_refuses]
@refuses(negative_penalty, weights_overflow, x=BAD, y=BAD)
# --8<-- [end:ridge_by_svd_refuses]
# --8<-- [start:ridge_by_svd]
def ridge_by_svd(
    x: Real[ndarray, "n d"], y: Real[ndarray, " n"], lamda: float = 0.0
) -> tuple[Float[ndarray, " d"], np.floating]:
    """The minimum of `ridge` from x = U S Vᵀ; at λ = 0 the shortest w of all that fit best.

    How:
        Along the direction of each singular value s the weight is uᵀy · s / (s² + λ). Xᵀ X,
        whose condition is that of X squared, is never formed. A direction is left out whose s
        is below the rounding of the largest one.

    Args:
        x: Examples as rows.
        y: Targets.
        lamda: λ, the penalty of the squared weights; the intercept has none.

    Returns:
        (w, b), the weights and the intercept.

    Raises:
        ValueError: An array is empty or holds nan or infinity, λ is negative or not finite, or
            a result overflows.

    Source:
        Hastie, Tibshirani and Friedman (2009), The Elements of Statistical Learning,
        equation 3.47

    Example:
        Two equal columns share the slope of 3.

        >>> x = np.array([[0.0, 0.0], [2.0, 2.0]])
        >>> w, b = ridge_by_svd(x, np.array([1.0, 7.0]))
        >>> w.round(6), b.round(6)
        (array([1.5, 1.5]), np.float64(1.0))
    """
    x, y = as_float(x), as_float(y)
    x_mean, y_mean = x.mean(axis=0), y.mean()
    # The mean of a constant column is rounded, and must not leave a direction.
    centred = np.where((x == x[0]).all(axis=0), 0, x - x_mean)
    u, s, vt = np.linalg.svd(centred, full_matrices=False)
    kept = s > max(x.shape) * np.finfo(s.dtype).eps * s.max()
    factors = np.divide(s, s**2 + lamda, out=np.zeros_like(s), where=kept)
    w = vt.T @ (factors * (u.T @ (y - y_mean)))
    return w, y_mean - x_mean @ w


# --8<-- [end:ridge_by_svd]


# --8<-- [start:soft_threshold_refuses]
def negative_threshold(t):
    refuse_below(0, t=t)


@refuses(negative_threshold, z=BAD)
# --8<-- [end:soft_threshold_refuses]
# --8<-- [start:soft_threshold]
def soft_threshold(
    z: Real[ndarray, "*shape"], t: float
) -> Float[ndarray, "*shape"] | np.floating:
    """The w of least ½ (w - z)² + t |w|, entry by entry: z, moved by t towards 0, which it
    does not pass.

    Args:
        z: The minimum without a penalty.
        t: The penalty of |w|.

    Raises:
        ValueError: `z` is empty or holds nan or infinity; t is negative or not finite.

    Source:
        Tibshirani (1996), Regression Shrinkage and Selection via the Lasso, equation 3

    Example:
        >>> soft_threshold(np.array([3.0, -0.5, -3.0]), 1.0)
        array([ 2., -0., -2.])
    """
    z = as_float(z)
    return np.sign(z) * np.maximum(np.abs(z) - t, 0)


# --8<-- [end:soft_threshold]


# --8<-- [start:lasso_refuses]
def no_sweep(sweeps):
    if sweeps < 1:
        raise ValueError(f"`sweeps` is {sweeps}; make one at least")


def constant_column(x):
    constant = (x == x[0]).all(axis=0)
    if constant.any():
        at = int(np.argmax(constant))
        raise ValueError(f"column {at} of `x` is constant; leave it to the intercept")


@refuses(negative_penalty, no_sweep, constant_column, weights_overflow, x=BAD, y=BAD)
# --8<-- [end:lasso_refuses]
# --8<-- [start:lasso]
def lasso(
    x: Real[ndarray, "n d"], y: Real[ndarray, " n"], lamda: float, sweeps: int = 100
) -> tuple[Float[ndarray, " d"], np.floating]:
    """Towards the w and b of least ½ Σ (y - x w - b)² + λ Σ |w|, along one weight at a time.

    Nothing tells whether the sweeps were enough: the nearer columns are to collinear, the more
    it takes.

    How:
        With the other weights held, w_j is the soft threshold of its own least squares.

    Args:
        x: Inputs, one example per row; no column is constant.
        y: Targets.
        lamda: λ, the penalty of the absolute weights; the intercept has none.
        sweeps: How often each weight is set.

    Returns:
        (w, b), the weights and the intercept.

    Raises:
        ValueError: An array is empty or holds nan or infinity, λ is negative or not finite,
            there is no sweep, a column is constant, or a result overflows.

    Source:
        Friedman, Hastie and Tibshirani (2010), Regularization Paths for Generalized Linear
        Models via Coordinate Descent, equation 5

    Example:
        Centred, x is -1 and 1 and y is -3 and 3: w = (6 - λ) / 2.

        >>> lasso(np.array([[0.0], [2.0]]), np.array([1.0, 7.0]), lamda=1.0)
        (array([2.5]), np.float64(1.5))
    """
    x, y = as_float(x), as_float(y)
    x_mean, y_mean = x.mean(axis=0), y.mean()
    x, residual = x - x_mean, y - y_mean
    w, squares = np.zeros(x.shape[1], x.dtype), (x**2).sum(axis=0)
    for _ in range(sweeps):
        for j in range(len(w)):
            alone = x[:, j] @ residual + squares[j] * w[j]
            new = np.sign(alone) * max(abs(alone) - lamda, 0) / squares[j]
            residual = residual - (new - w[j]) * x[:, j]
            w[j] = new
    return w, y_mean - x_mean @ w


# --8<-- [end:lasso]
