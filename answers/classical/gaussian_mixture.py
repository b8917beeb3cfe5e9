"""EM for a mixture of Gaussians with full covariances."""

import numpy as np
from jaxtyping import Float, Real
from numpy import ndarray

from answers.classical.k_means import POINTS
from answers.inputs import as_float, first, refuse_below, refuse_empty, refuse_nan
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:responsibilities_refuses]
def no_weights(weights, name):
    if (weights <= 0).any():
        raise ValueError(
            f"`{name}` holds {first(weights, weights <= 0)}; leave that component out"
        )
    if abs(float(weights.sum()) - 1) > 1e-4:
        raise ValueError(f"`{name}` sum to {weights.sum():.6g}; they must sum to 1")


def no_covariance(covariances, name):
    scale = np.abs(covariances).max()
    if not np.allclose(covariances, covariances.swapaxes(1, 2), 0, 1e-5 * scale):
        raise ValueError(f"`{name}` holds a matrix that is not symmetric")
    for j, each in enumerate(as_float(covariances)):
        try:
            np.linalg.cholesky(each)
        except np.linalg.LinAlgError:
            raise ValueError(
                f"`{name}[{j}]` is not positive definite; add to its diagonal, or take "
                "fewer components"
            ) from None


def far_in_deviations(result):
    refuse_overflowed(result[1], "a log density")


MIXTURE = {
    "points": POINTS,
    "weights": (refuse_empty, refuse_nan, no_weights),
    "means": POINTS,
    "covariances": (*POINTS, no_covariance),
}


@refuses(far_in_deviations, **MIXTURE)
# --8<-- [end:responsibilities_refuses]
# --8<-- [start:responsibilities]
def responsibilities(
    points: Real[ndarray, "n d"],
    weights: Real[ndarray, " k"],
    means: Real[ndarray, "k d"],
    covariances: Real[ndarray, "k d d"],
) -> tuple[Float[ndarray, "n k"], Float[ndarray, " n"]]:
    """The E-step: the probability that each component made a point, and the point's log density.

    r_k = π_k N(x | μ_k, Σ_k) / Σ_j π_j N(x | μ_j, Σ_j). With Σ = L Lᵀ, the distance is
    |L⁻¹ (x - μ)|² and log det Σ is 2 Σ log L_ii. Densities underflow, so their logarithms are
    added.

    Returns:
        (shares, log_density): each row of shares sums to 1; the log density, in nats, is that of
        the whole mixture.

    Raises:
        ValueError: An array is empty, holds nan or infinity, or is too large; weights are not above
            0 or do not sum to 1; a covariance is not symmetric or not positive definite; or a
            point is so far from a component that its log density overflows.

    Source:
        C. Bishop (2006), Pattern Recognition and Machine Learning, equation 9.23.

    Example:
        A point at 1, and components at 0 and 3:

        >>> one = np.ones((2, 1, 1))
        >>> shares, log_density = responsibilities(
        ...     np.array([[1.0]]), np.array([0.5, 0.5]), np.array([[0.0], [3.0]]), one
        ... )
        >>> shares.round(3), log_density.round(2)
        (array([[0.818, 0.182]]), array([-1.91]))
    """
    factors = np.linalg.cholesky(as_float(covariances))  # (k, d, d)
    apart = (as_float(points)[:, None] - means).transpose(1, 2, 0)  # (k, d, n)
    distances = (np.linalg.solve(factors, apart) ** 2).sum(axis=1).T  # (n, k)
    halves = np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    constant = factors.dtype.type(len(factors[0]) * np.log(2 * np.pi) / 2)
    log_joint = np.log(as_float(weights)) - halves - constant - distances / 2
    largest = log_joint.max(axis=1)
    shares = np.exp(log_joint - largest[:, None])
    total = shares.sum(axis=1)
    return shares / total[:, None], largest + np.log(total)


# --8<-- [end:responsibilities]


# --8<-- [start:gmm_em_step_refuses]
def no_addition(reg_covar):
    refuse_below(0, reg_covar=reg_covar)


def without_points(result):
    weights, means, covariances, _ = result
    if not weights.all():
        raise ValueError(
            f"component {np.argmin(weights)} is responsible for no point; place it "
            "elsewhere, or leave it out"
        )
    refuse_overflowed(means, "a mean")
    refuse_overflowed(covariances, "a covariance")


@refuses(no_addition, without_points, **MIXTURE)
# --8<-- [end:gmm_em_step_refuses]
# --8<-- [start:gmm_em_step]
def gmm_em_step(
    points: Real[ndarray, "n d"],
    weights: Real[ndarray, " k"],
    means: Real[ndarray, "k d"],
    covariances: Real[ndarray, "k d d"],
    reg_covar: float = 1e-6,
) -> tuple[ndarray, ndarray, ndarray, float | np.floating]:
    """One step of EM for a mixture of Gaussians: better parameters, and how good the old ones were.

    The E-step gives each point's shares: the probability that each component made it. The M-step
    takes as weights the mean shares, and as means and covariances those of the points weighted by
    their shares, divided by the sum of the shares; covariances are around the new means. Then
    `reg_covar` is added to each covariance's diagonal.

    How:
        Subtract the new mean before squaring. For the E-step, see `responsibilities`.

    Args:
        points: One point per row.
        weights: Above 0; they sum to 1.
        means: One row for each component.
        covariances: One matrix for each component, symmetric and positive definite.
        reg_covar: What is added to the diagonals, in squared units of the points.

    Returns:
        (weights, means, covariances, log_likelihood): shapes as passed. The log-likelihood, in nats
        a point, is that of the parameters that were passed.

    Raises:
        ValueError: An array is empty, or holds nan, infinity or numbers whose squares overflow;
            weights are not above 0 or do not sum to 1; a covariance is not symmetric or not
            positive definite; `reg_covar` is negative; a component is responsible for no point.

    Source:
        C. Bishop (2006), Pattern Recognition and Machine Learning, equations 9.24 to 9.27.

    Example:
        Far from each other, components take their own points:

        >>> points = np.array([[-1.0], [1.0], [99.0], [101.0]])
        >>> start = np.array([0.5, 0.5]), np.array([[3.0], [90.0]]), np.ones((2, 1, 1))
        >>> weights, means, covariances, _ = gmm_em_step(points, *start, reg_covar=0.0)
        >>> weights, means.ravel(), covariances.ravel()
        (array([0.5, 0.5]), array([  0., 100.]), array([1., 1.]))
    """
    points = as_float(points)
    shares, log_density = responsibilities(points, weights, means, covariances)
    counts = shares.sum(axis=0)  # (k,): how many points each component has
    means = shares.T @ points / counts[:, None]
    apart = points - means[:, None]  # (k, n, d)
    weighted = apart * shares.T[:, :, None]
    covariances = weighted.swapaxes(1, 2) @ apart / counts[:, None, None]
    added = points.dtype.type(reg_covar) * np.eye(points.shape[1], dtype=points.dtype)
    return counts / len(points), means, covariances + added, log_density.mean()


# --8<-- [end:gmm_em_step]


# --8<-- [start:gmm_em_refuses]
def no_steps(steps):
    refuse_below(1, steps=steps)


@refuses(no_addition, no_steps, **MIXTURE)
# --8<-- [end:gmm_em_refuses]
# --8<-- [start:gmm_em]
def gmm_em(
    points: Real[ndarray, "n d"],
    weights: Real[ndarray, " k"],
    means: Real[ndarray, "k d"],
    covariances: Real[ndarray, "k d d"],
    steps: int,
    reg_covar: float = 1e-6,
) -> tuple[tuple[ndarray, ndarray, ndarray], Float[ndarray, " steps"]]:
    """The mixture after some steps of EM, and the log-likelihood before each of them.

    Returns:
        ((weights, means, covariances), log_likelihoods), the latter in nats a point.

    Raises:
        ValueError: As for `gmm_em_step`, or `steps` is below 1.

    Example:
        >>> points = np.array([[-1.0], [1.0], [4.0], [5.0]])
        >>> start = np.ones(2) / 2, np.array([[0.0], [4.0]]), np.ones((2, 1, 1))
        >>> (_, means, _), log_likelihoods = gmm_em(points, *start, steps=9)
        >>> means.ravel().round(1), log_likelihoods[[0, 8]].round(2)
        (array([0. , 4.5]), array([-1.98, -1.77]))
    """
    mixture, seen = (weights, means, covariances), []
    for _ in range(steps):
        *mixture, log_likelihood = gmm_em_step(points, *mixture, reg_covar)
        seen.append(log_likelihood)
    return tuple(mixture), np.array(seen)


# --8<-- [end:gmm_em]
