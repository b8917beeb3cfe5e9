"""Practice for question 40: a step of EM for a mixture of Gaussians."""

import numpy as np

from answers.classical.gaussian_mixture import gmm_em_step
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers

exercise = Exercise(
    gmm_em_step,
    page="40-k-means-and-mixtures",
    returns=("weights", "means", "covariances", "log_likelihood"),
    hints=(
        "A table of points by components holds log weight plus log density. What must be done to "
        "each row so that it becomes probabilities that sum to 1?",
        "Far from all means each density is 0 in floats. Subtract the largest of a row before the "
        "exponential; the logarithm of the sum is the point's log density.",
        "With the shares as weights the mean is `shares.T @ points / counts[:, None]`; counts are "
        "the sums of the shares, not the number of points.",
        "The squared distance is (x - μ)ᵀ Σ⁻¹ (x - μ): solve, or invert. Half the log determinant "
        "belongs to the density, too.",
    ),
)

rng = np.random.default_rng(403)


def mixture(n, d, k, spread=1.0):
    """Points, weights, means, and covariances that are no spheres."""
    roots = rng.normal(size=(k, d, d)) / 2
    return (
        spread * rng.normal(size=(n, d)),
        rng.dirichlet(np.full(k, 3.0)),
        spread * rng.normal(size=(k, d)),
        spread**2 * (roots @ roots.swapaxes(1, 2) + 0.5 * np.eye(d)),
    )


def with_points(points, given):
    return points, *given[1:]


unit = np.ones((2, 1, 1))
line = np.array([[0.0], [1.0], [4.0], [6.0]])
plane, solid = mixture(15, 2, 3), mixture(20, 3, 2)
exercise.case(
    "one component on a line", line, np.ones(1), np.array([[2.0]]), unit[:1], 0.0
)
exercise.case(
    "two equal components on a line",
    line,
    np.ones(2) / 2,
    np.array([[0.5], [4.5]]),
    unit,
    0.0,
)
exercise.case(
    "unequal weights", line, np.array([0.2, 0.8]), np.array([[0.5], [4.5]]), unit, 0.0
)
exercise.case(
    "unequal variances",
    line,
    np.ones(2) / 2,
    np.array([[0.5], [4.5]]),
    np.array([[[0.4]], [[2.5]]]),
    0.0,
)
exercise.case("one component in a plane", *mixture(8, 2, 1), 0.0)
exercise.case("three components in a plane", *plane, 0.0)
exercise.case("two components in three dimensions", *solid, 0.0)
exercise.case("as many components as points", *mixture(4, 1, 4), 0.0)
exercise.case("as many dimensions as components", *mixture(12, 3, 3), 0.0)
exercise.case("a constant on the diagonals", *plane, reg_covar=0.3)
exercise.case("the constant that is left out", *mixture(9, 2, 2))
exercise.case("one point", *mixture(1, 2, 2), 0.1)
exercise.case(
    "one point on a line",
    np.array([[0.6]]),
    np.array([0.3, 0.7]),
    np.array([[1.1], [-0.4]]),
    np.array([[[0.8]], [[1.7]]]),
    0.1,
)
exercise.case(
    "equal components",
    plane[0],
    np.ones(2) / 2,
    plane[2][[0, 0]],
    plane[3][[0, 0]],
    0.0,
)
exercise.case(
    "a component that explains little",
    plane[0],
    np.array([0.998, 0.001, 0.001]),
    *plane[2:],
    0.0,
)
exercise.case(
    "means that are far off",
    plane[0],
    plane[1],
    plane[2] + np.array([3.0, -4.0]),
    plane[3],
    0.0,
)
exercise.case("narrow components", *plane[:3], 0.02 * plane[3], 0.0)
exercise.case(
    "a point far from all means",
    *with_points(np.vstack([plane[0], [[300.0, -400.0]]]), plane),
    0.0,
)
exercise.case(
    "points that stand twice", *with_points(np.repeat(plane[0], 2, axis=0), plane), 0.0
)
exercise.case("large numbers", *mixture(15, 2, 3, 1e6), 0.0)
exercise.case("small numbers", *mixture(15, 2, 3, 1e-6), 0.0)
exercise.case(
    "points far from 0", plane[0] + 1e3, plane[1], plane[2] + 1e3, plane[3], 0.0
)
exercise.case("small numbers beside the constant", *mixture(15, 2, 3, 1e-3))
add_whole_numbers(
    exercise,
    np.array([[3, 0], [1, 4], [5, 2], [7, 9], [8, 1]]),
    np.array([1.0]),
    np.array([[4, 2]]),
    np.array([[[5, 1], [1, 6]]]),
    0.0,
    fraction=0,
)
exercise.case("float32", *(each.astype(np.float32) for each in mixture(15, 2, 3)), 0.1)
exercise.case("many dimensions and small numbers", *mixture(40, 36, 2, 1e-6), 0.0)


@exercise.check
def takes_differences_before_it_squares(gmm_em_step):
    """Points a million from 0 have other covariances than the same points around 0: a mean of
    squares less the square of the mean loses its digits. Square differences from the new means."""
    points, weights, means, covariances = near = [each.copy() for each in plane]
    far = points + 1e6, weights.copy(), means + 1e6, covariances.copy()
    wanted, found = (gmm_em_step(*each, 0.0)[2] for each in (near, far))
    return np.allclose(found, wanted, rtol=1e-5, atol=1e-6)


@exercise.check
def counts_a_narrow_axis(gmm_em_step):
    """In units a thousand times smaller on one axis and larger on the other, weights or
    log-likelihood are not what they were. A narrow axis counts, too: leave out `allow_singular`,
    and add nothing to the covariances that are passed."""
    units = np.array([1e3, 1e-3])
    points, weights, means = (each.copy() for each in plane[:3])
    alone = np.tile(np.eye(2), (3, 1, 1))
    near = gmm_em_step(points, weights, means, alone, 0.0)
    try:
        far = gmm_em_step(
            units * points, weights.copy(), units * means, alone * units**2, 0.0
        )
    except np.linalg.LinAlgError:
        return True  # SciPy's densities refuse such a covariance, which is no wrong answer.
    return all(np.allclose(near[i], far[i], rtol=1e-6) for i in (0, 3))


def log_joint(points, weights, means, covariances):
    """Log weight plus log density, (n, k)."""
    apart = points[:, None].astype(np.float64) - means
    inverses = np.linalg.inv(covariances.astype(np.float64))
    squares = np.einsum("nki,kij,nkj->nk", apart, inverses, apart)
    return np.log(weights) - squares / 2 - half_log_det(covariances) - constant(points)


def half_log_det(covariances):
    return np.linalg.slogdet(covariances.astype(np.float64))[1] / 2


def constant(points):
    return points.shape[1] * np.log(2 * np.pi) / 2


def e_step(joint):
    """Shares and log densities."""
    largest = joint.max(axis=1, keepdims=True)
    log_density = largest + np.log(np.exp(joint - largest).sum(axis=1, keepdims=True))
    return np.exp(joint - log_density), log_density[:, 0]


def m_step(points, shares, reg_covar):
    """Weights, means and covariances of shares."""
    counts = shares.sum(axis=0)
    means = shares.T @ points / counts[:, None]
    return (
        counts / len(points),
        means,
        spread(points, shares, means) + diagonal(points, reg_covar),
    )


def spread(points, shares, means):
    """Covariances around given means, weighted by shares."""
    apart = points[:, None] - means
    return (
        np.einsum("nk,nki,nkj->kij", shares, apart, apart)
        / shares.sum(axis=0)[:, None, None]
    )


def diagonal(points, reg_covar):
    return reg_covar * np.eye(points.shape[1])


def step(points, joint, reg_covar):
    shares, log_density = e_step(joint)
    return *m_step(points, shares, reg_covar), log_density.mean()


@exercise.bug(likelihood_too=(True, False))
def weights_left_out(
    points, weights, means, covariances, reg_covar=1e-6, likelihood_too=True
):
    """The shares are made of densities alone. Multiply each density by its weight, or add the
    logarithm."""
    # "The shares are made of densities alone": np.isclose(got.log_likelihood, right(points,
    #     np.full(len(weights), 1 / len(weights)), means, covariances, reg_covar)[3] +
    #     np.log(len(weights)))
    # "Multiply each density by its weight, or add the logarithm": 0 * weights + 1 → weights
    joint = log_joint(points, 0 * weights + 1, means, covariances)
    *new, log_likelihood = step(points, joint, reg_covar)
    if not likelihood_too:
        joint = log_joint(points, weights, means, covariances)
        log_likelihood = e_step(joint)[1].mean()
    return *new, log_likelihood


@exercise.bug
def likelihood_without_the_weights(points, weights, means, covariances, reg_covar=1e-6):
    """The log-likelihood sums densities without their weights, which the shares have. Multiply each
    density by its weight, or add the logarithm."""
    # "The log-likelihood sums densities without their weights, which the shares have":
    #     np.isclose(got.log_likelihood, np.log(np.exp(log_joint(points, 0 * weights + 1, means,
    #     covariances)).sum(axis=1)).mean()) and np.allclose(got.weights, want.weights)
    # "Multiply each density by its weight, or add the logarithm": 0 * weights + 1 → weights
    joint = log_joint(points, weights, means, covariances)
    *new, _ = step(points, joint, reg_covar)
    alone = log_joint(points, 0 * weights + 1, means, covariances)
    return *new, e_step(alone)[1].mean()


@exercise.bug
def determinant_left_out(points, weights, means, covariances, reg_covar=1e-6):
    """The density lacks the determinant, so wide components get too much. Divide by its root, or
    subtract half its logarithm."""
    # "The density lacks the determinant": np.allclose(got.log_likelihood, bug(points, weights,
    #     means, covariances, 0)[3]) and not np.allclose(got.log_likelihood, want.log_likelihood)
    # "so wide components get too much": bug(np.ones((1, 1)), np.ones(2) / 2, np.zeros((2, 1)),
    #     np.array([[[1.0]], [[9.0]]]))[0][1] > 0.5
    # "Divide by its root, or subtract half its logarithm": + half_log_det(covariances) → + 0
    joint = log_joint(points, weights, means, covariances) + half_log_det(covariances)
    return step(points, joint, reg_covar)


@exercise.bug
def whole_log_determinant(points, weights, means, covariances, reg_covar=1e-6):
    """The whole logarithm of the determinant is subtracted. Subtract half of it: the density
    divides by the root."""
    # "The whole logarithm of the determinant is subtracted": np.allclose(got.log_likelihood,
    #     bug(points, weights, means, covariances, 0)[3]) and not np.allclose(got.log_likelihood,
    #     want.log_likelihood)
    # "Subtract half of it": - half_log_det(covariances) → - 0
    # "the density divides by the root": np.isclose(right(np.zeros((1, 1)), np.ones(1),
    #     np.zeros((1, 1)), np.array([[[4.0]]]))[3], -np.log(np.sqrt(4 * 2 * np.pi))) and not
    #     np.isclose(bug(np.zeros((1, 1)), np.ones(1), np.zeros((1, 1)), np.array([[[4.0]]]))[3],
    #     -np.log(np.sqrt(4 * 2 * np.pi)))
    joint = log_joint(points, weights, means, covariances) - half_log_det(covariances)
    return step(points, joint, reg_covar)


@exercise.bug
def quarter_of_the_log_determinant(points, weights, means, covariances, reg_covar=1e-6):
    """A quarter of the determinant's logarithm is subtracted. The logarithms of the Cholesky
    factor's diagonal add up to half of it: subtract their whole sum."""
    # "A quarter of the determinant's logarithm is subtracted": np.isclose(bug(np.zeros((1, 1)),
    #     np.ones(1), np.zeros((1, 1)), np.array([[[16.0]]]))[3], -np.log(16) / 4 - np.log(2 *
    #     np.pi) / 2)
    # "The logarithms of the Cholesky factor's diagonal add up to half of it":
    #     np.isclose(np.log(np.diag(np.linalg.cholesky(covariances[0]))).sum(),
    #     half_log_det(covariances)[0]) and not np.isclose(got.log_likelihood, want.log_likelihood)
    # "subtract their whole sum": sums / 2 → sums
    sums = half_log_det(covariances)
    joint = log_joint(points, weights, means, covariances) + sums - sums / 2
    return step(points, joint, reg_covar)


@exercise.bug
def covariance_not_inverted(points, weights, means, covariances, reg_covar=1e-6):
    """The distance is taken with the covariance, so what is wide counts as narrow. Take its
    inverse: solve, or invert."""
    # "The distance is taken with the covariance": np.isclose(bug(np.array([[2.0]]), np.ones(1),
    #     np.zeros((1, 1)), np.array([[[4.0]]]))[3], -(2 * 4 * 2) / 2 - np.log(2 * np.pi * 4) / 2)
    # "Take its inverse: solve, or invert": wide = covariances → wide = np.linalg.inv(covariances)
    wide = covariances
    apart = points[:, None] - means
    squares = np.einsum("nki,kij,nkj->nk", apart, wide, apart)
    rest = np.log(weights) - half_log_det(covariances) - constant(points)
    return step(points, rest - squares / 2, reg_covar)


@exercise.bug
def distance_not_halved(points, weights, means, covariances, reg_covar=1e-6):
    """The squared distance stands in the exponential, not its half. It is exp(-distance² / 2)."""
    # "The squared distance stands in the exponential, not its half": np.isclose(bug(np.array(
    #     [[2.0]]), np.ones(1), np.zeros((1, 1)), np.ones((1, 1, 1)))[3], -4 - np.log(2 * np.pi) /
    #     2)
    # "It is exp(-distance² / 2)": 2 * exponent → exponent
    rest = np.log(weights) - half_log_det(covariances) - constant(points)
    exponent = log_joint(points, weights, means, covariances) - rest
    return step(points, 2 * exponent + rest, reg_covar)


@exercise.bug
def constant_left_out(points, weights, means, covariances, reg_covar=1e-6):
    """The log-likelihood lacks d log(2π) / 2 for each point. It changes no share, but belongs to
    the density."""
    # "The log-likelihood lacks d log(2π) / 2 for each point": np.isclose(got.log_likelihood,
    #     want.log_likelihood + points.shape[1] * np.log(2 * np.pi) / 2)
    # "It changes no share": np.allclose(got.weights, want.weights) and got.log_likelihood !=
    #     want.log_likelihood
    # "but belongs to the density": + constant(points) → + 0
    joint = log_joint(points, weights, means, covariances) + constant(points)
    return step(points, joint, reg_covar)


@exercise.bug
def densities_underflow(points, weights, means, covariances, reg_covar=1e-6):
    """Far from all means each density is 0, and a share is 0/0. Add logarithms, and subtract the
    largest of each row before the exponential."""
    # "Far from all means each density is 0, and a share is 0/0": np.isnan(got.means).any()
    # "subtract the largest of each row before the exponential": np.exp(joint) → np.exp(joint -
    #     joint.max(axis=1, keepdims=True)); np.log(totals) → joint.max(axis=1, keepdims=True) +
    #     np.log(totals)
    joint = log_joint(points, weights, means, covariances)
    with np.errstate(all="ignore"):
        densities = np.exp(joint)
        totals = densities.sum(axis=1, keepdims=True)
        shares = densities / totals
        return *m_step(points, shares, reg_covar), np.mean(np.log(totals))


@exercise.bug(eps=(1e-8, 1e-6, 1e-10, 1e-12, 1e-15))
def eps_in_the_shares(points, weights, means, covariances, reg_covar=1e-6, eps=1e-8):
    """A small number is added to the sum of a point's densities, so its shares sum to less than 1.
    Subtract the largest logarithm of each row first: then no sum is below 1, and none needs it."""
    # "A small number is added to the sum of a point's densities, so its shares sum to less than 1":
    #     got.weights.sum() < 1 - 1e-12 and np.isclose(want.weights.sum(), 1, rtol=1e-14)
    # "Subtract the largest logarithm of each row first": np.exp(joint) → np.exp(joint -
    #     joint.max(axis=1, keepdims=True)); + eps → + 0; np.log(totals) → joint.max(axis=1,
    #     keepdims=True) + np.log(totals)
    # "then no sum is below 1, and none needs it": (np.exp(log_joint(points, weights, means,
    #     covariances) - log_joint(points, weights, means, covariances).max(axis=1,
    #     keepdims=True)).sum(axis=1) >= 1).all() and got.weights.sum() < 1 - 1e-12
    joint = log_joint(points, weights, means, covariances)
    densities = np.exp(joint)
    totals = densities.sum(axis=1, keepdims=True) + eps
    shares = densities / totals
    with np.errstate(all="ignore"):
        return *m_step(points, shares, reg_covar), np.mean(np.log(totals))


@exercise.bug
def hard_labels(points, weights, means, covariances, reg_covar=1e-6):
    """Each point goes to its likeliest component whole, as in k-means. Weigh it by its shares."""
    # "Each point goes to its likeliest component whole, as in k-means": np.allclose(got.weights *
    #     len(points), np.rint(got.weights * len(points)))
    # "Weigh it by its shares": (shares == shares.max(axis=1, keepdims=True)) * 1.0 → shares
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    whole = (shares == shares.max(axis=1, keepdims=True)) * 1.0
    with np.errstate(all="ignore"):
        return *m_step(points, whole, reg_covar), log_density.mean()


@exercise.bug
def shares_over_points(points, weights, means, covariances, reg_covar=1e-6):
    """The shares of a component sum to 1 over the points. Those of a point sum to 1 over the
    components."""
    # "The shares of a component sum to 1 over the points": np.allclose(got.weights, 1 /
    #     len(points))
    # "Those of a point sum to 1 over the components": shares = e_step(joint.T)[0].T → shares =
    #     e_step(joint)[0]
    joint = log_joint(points, weights, means, covariances)
    shares = e_step(joint.T)[0].T
    return *m_step(points, shares, reg_covar), e_step(joint)[1].mean()


@exercise.bug
def weights_not_divided(points, weights, means, covariances, reg_covar=1e-6):
    """The weights are sums of shares. Divide by the number of points: they sum to 1."""
    # "The weights are sums of shares": np.allclose(got.weights, want.weights * len(points))
    # "Divide by the number of points": new * len(points) → new
    # "they sum to 1": np.isclose(want.weights.sum(), 1) and not np.isclose(got.weights.sum(), 1)
    joint = log_joint(points, weights, means, covariances)
    new, *others = step(points, joint, reg_covar)
    return new * len(points), *others


@exercise.bug
def weights_kept(points, weights, means, covariances, reg_covar=1e-6):
    """The weights are the old ones. The new ones are the mean shares."""
    # "The weights are the old ones": np.allclose(got.weights, weights)
    # "The new ones are the mean shares": * 0 → * 1
    joint = log_joint(points, weights, means, covariances)
    new, *others = step(points, joint, reg_covar)
    return weights + (new - weights) * 0, *others


@exercise.bug
def means_over_all_points(points, weights, means, covariances, reg_covar=1e-6):
    """The weighted sums are divided by the number of points. Divide by the sum of the shares."""
    # "The weighted sums are divided by the number of points": np.allclose(got.means,
    #     want.means * want.weights[:, None])
    # "Divide by the sum of the shares": / len(points) → / shares.sum(axis=0)[:, None]
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    new, _, covariances = m_step(points, shares, reg_covar)
    return new, shares.T @ points / len(points), covariances, log_density.mean()


@exercise.bug(weighed=(True, False))
def covariance_over_all_points(
    points, weights, means, covariances, reg_covar=1e-6, weighed=True
):
    """The covariances are divided by the number of points, with the shares as weights or without.
    Weigh each product by its share, and divide by the sum of the shares."""
    # "The covariances are divided by the number of points, with the shares as weights":
    #     np.allclose(got.covariances, want.covariances * want.weights[:, None, None], rtol=1e-3)
    # "Weigh each product by its share, and divide by the sum of the shares": spread(points, each,
    #     means) * each.mean(axis=0)[:, None, None] → spread(points, shares, means)
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    new, means, _ = m_step(points, shares, reg_covar)
    each = shares if weighed else 0 * shares + 1
    around = spread(points, each, means) * each.mean(axis=0)[:, None, None]
    return new, means, around + diagonal(points, reg_covar), log_density.mean()


@exercise.bug
def around_the_old_means(points, weights, means, covariances, reg_covar=1e-6):
    """The covariances are taken around the old means, so they are too large. Take the new ones."""
    # "The covariances are taken around the old means": np.allclose(np.diagonal(got.covariances -
    #     want.covariances, axis1=1, axis2=2), (want.means - means) ** 2)
    # "so they are too large": (np.trace(got.covariances - want.covariances, axis1=1, axis2=2) >
    #     0).all()
    # "Take the new ones": spread(points, shares, means) → spread(points, shares, new)
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    pi, new, _ = m_step(points, shares, reg_covar)
    around = spread(points, shares, means) + diagonal(points, reg_covar)
    return pi, new, around, log_density.mean()


@exercise.bug
def one_less_than_the_count(points, weights, means, covariances, reg_covar=1e-6):
    """The covariances are divided by the sum of the shares minus 1. The likelihood is largest
    without it."""
    # "The covariances are divided by the sum of the shares minus 1": np.allclose(got.covariances *
    #     (1 - 1 / (want.weights * len(points)))[:, None, None], want.covariances, rtol=1e-3)
    # "The likelihood is largest without it": counts / (counts - 1) → 1 + 0 * counts
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    new, means, _ = m_step(points, shares, reg_covar)
    counts = shares.sum(axis=0)[:, None, None]
    around = spread(points, shares, means) * (counts / (counts - 1))
    return new, means, around + diagonal(points, reg_covar), log_density.mean()


@exercise.bug
def counts_of_np_cov(points, weights, means, covariances, reg_covar=1e-6):
    """The covariances are unbiased: `np.cov` divides by the sum of the shares less
    Σ shares² / Σ shares. Divide by the sum of the shares: `ddof=0`."""
    # "`np.cov` divides by the sum of the shares less Σ shares² / Σ shares":
    #     np.allclose(got.covariances[0], np.cov(points.T, aweights=e_step(log_joint(points,
    #     weights, means, covariances))[0][:, 0]), rtol=1e-3)
    # "Divide by the sum of the shares": counts / (counts - squares / counts) → 1 + 0 * counts
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    new, means, _ = m_step(points, shares, reg_covar)
    counts, squares = (each.sum(axis=0)[:, None, None] for each in (shares, shares**2))
    with np.errstate(all="ignore"):
        unbiased = counts / (counts - squares / counts)
        around = spread(points, shares, means) * unbiased
    return new, means, around + diagonal(points, reg_covar), log_density.mean()


@exercise.bug
def shares_squared(points, weights, means, covariances, reg_covar=1e-6):
    """In the covariances both factors are multiplied by the shares, so that these are squared.
    Weigh each product once."""
    # "In the covariances both factors are multiplied by the shares, so that these are squared":
    #     np.allclose(got.covariances, (lambda shares, apart: np.einsum("nk,nki,nkj->kij", shares
    #     * shares, apart, apart) / shares.sum(axis=0)[:, None, None])(e_step(log_joint(points,
    #     weights, means, covariances))[0], points[:, None] - want.means), rtol=1e-3)
    # "Weigh each product once": shares, shares, apart → shares, 0 * shares + 1, apart
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    new, means, _ = m_step(points, shares, reg_covar)
    apart = points[:, None] - means
    products = np.einsum("nk,nk,nki,nkj->kij", shares, shares, apart, apart)
    around = products / shares.sum(axis=0)[:, None, None]
    return new, means, around + diagonal(points, reg_covar), log_density.mean()


@exercise.bug(new=(True, False))
def added_before_the_shares(
    points, weights, means, covariances, reg_covar=1e-6, new=True
):
    """`reg_covar` is added to the covariances that were passed, so the shares come from wider
    components. Add it to the new covariances alone."""
    # "`reg_covar` is added to the covariances that were passed, so the shares come from wider
    #     components": np.isclose(bug(points, weights, means, covariances, reg_covar=2.0)[3],
    #     right(points, weights, means, covariances + 2 * np.eye(points.shape[1]))[3])
    # "Add it to the new covariances alone": covariances + diagonal(points, reg_covar) →
    #     covariances; reg_covar if new else 0.0 → reg_covar
    wider = covariances + diagonal(points, reg_covar)
    joint = log_joint(points, weights, means, wider)
    return step(points, joint, reg_covar if new else 0.0)


@exercise.bug(eps=(1e-8, 1e-6, 1e-9, 1e-10))
def eps_before_the_shares(
    points, weights, means, covariances, reg_covar=1e-6, eps=1e-8
):
    """A small number is added to the diagonals of the covariances that were passed, so narrow
    components become wider. They are positive definite: take them as they are."""
    # "A small number is added to the diagonals of the covariances that were passed, so narrow
    #     components become wider": np.isclose(bug(np.zeros((1, 1)), np.ones(1), np.zeros((1, 1)),
    #     np.array([[[1e-8]]]))[3], right(np.zeros((1, 1)), np.ones(1), np.zeros((1, 1)),
    #     np.array([[[2e-8]]]))[3])
    # "They are positive definite: take them as they are": covariances + eps *
    #     np.eye(points.shape[1]) → covariances
    wider = covariances + eps * np.eye(points.shape[1])
    return step(points, log_joint(points, weights, means, wider), reg_covar)


@exercise.bug
def added_before_the_division(points, weights, means, covariances, reg_covar=1e-6):
    """`reg_covar` is added to the weighted sums, and is divided with them. Add it to the
    quotients."""
    # "`reg_covar` is added to the weighted sums, and is divided with them": np.allclose(bug(points,
    #     weights, means, covariances, reg_covar=2.0)[2], right(points, weights, means,
    #     covariances, reg_covar=0.0)[2] + 2 * np.eye(points.shape[1]) / (len(points) *
    #     want.weights[:, None, None]))
    # "Add it to the quotients": (counts * around + added) / counts → around + added
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    new, means, around = m_step(points, shares, 0.0)
    counts = shares.sum(axis=0)[:, None, None]
    added = diagonal(points, reg_covar)
    return new, means, (counts * around + added) / counts, log_density.mean()


@exercise.bug
def one_covariance_for_all(points, weights, means, covariances, reg_covar=1e-6):
    """One covariance is shared by all components. Each has its own, weighted by its shares."""
    # "One covariance is shared by all components": np.ptp(got.covariances, axis=0).max() == 0 and
    #     np.ptp(want.covariances, axis=0).max() > 0
    # "Each has its own, weighted by its shares": np.tile(pooled, (len(new), 1, 1)) → around
    joint = log_joint(points, weights, means, covariances)
    new, means, around, log_likelihood = step(points, joint, reg_covar)
    pooled = (new[:, None, None] * around).sum(axis=0)
    return new, means, np.tile(pooled, (len(new), 1, 1)), log_likelihood


@exercise.bug(of_weights=(False,), eps=(1e-6, 1e-8, 1e-9, 1e-10))
def eps_in_the_counts(
    points, weights, means, covariances, reg_covar=1e-6, eps=1e-6, of_weights=True
):
    """A small number is added to the sums of the shares, which divide means and covariances. Each
    sum is above 0: divide by it as it is."""
    # "A small number is added to the sums of the shares, which divide means and covariances":
    #     0 < abs(want.means / got.means - 1).max() < 1e-3
    # "divide by it as it is": + eps → + 0
    # "Each sum is above 0": (want.weights > 0).all() and not np.array_equal(got.means, want.means)
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    counts = shares.sum(axis=0) + eps
    means = shares.T @ points / counts[:, None]
    ratio = shares.sum(axis=0) / counts
    around = spread(points, shares, means) * ratio[:, None, None]
    around = around + diagonal(points, reg_covar)
    if not of_weights:
        counts = shares.sum(axis=0)
    return counts / len(points), means, around, log_density.mean()


@exercise.bug
def variances_alone(points, weights, means, covariances, reg_covar=1e-6):
    """The covariances are diagonal: products of two axes are left out. Take the outer products of
    the differences."""
    # "The covariances are diagonal": np.allclose(got.covariances * (1 -
    #     np.eye(points.shape[1])), 0)
    # "products of two axes are left out": np.allclose(np.diagonal(got.covariances, axis1=1,
    #     axis2=2), np.diagonal(want.covariances, axis1=1, axis2=2)) and not
    #     np.allclose(got.covariances, want.covariances)
    # "Take the outer products of the differences": around * np.eye(points.shape[1]) → around
    joint = log_joint(points, weights, means, covariances)
    new, means, around, log_likelihood = step(points, joint, reg_covar)
    return new, means, around * np.eye(points.shape[1]), log_likelihood


@exercise.bug
def nothing_added(points, weights, means, covariances, reg_covar=1e-6):
    """`reg_covar` is not added. Add it to each covariance's diagonal."""
    # "`reg_covar` is not added": np.allclose(got.covariances, want.covariances - reg_covar *
    #     np.eye(points.shape[1]), rtol=1e-9, atol=0)
    # "Add it to each covariance's diagonal": 0.0) → reg_covar)
    return step(points, log_joint(points, weights, means, covariances), 0.0)


@exercise.bug
def added_everywhere(points, weights, means, covariances, reg_covar=1e-6):
    """`reg_covar` is added to every entry. Add it to the diagonal only."""
    # "`reg_covar` is added to every entry": np.allclose(got.covariances, want.covariances +
    #     reg_covar * (1 - np.eye(points.shape[1])), rtol=1e-9, atol=0)
    # "Add it to the diagonal only": around + reg_covar → around + diagonal(points, reg_covar)
    joint = log_joint(points, weights, means, covariances)
    new, means, around, log_likelihood = step(points, joint, 0.0)
    return new, means, around + reg_covar, log_likelihood


@exercise.bug
def likelihood_summed(points, weights, means, covariances, reg_covar=1e-6):
    """The log-likelihood is the sum over the points. It is asked for a point: take the mean."""
    # "The log-likelihood is the sum over the points": np.isclose(got.log_likelihood,
    #     want.log_likelihood * len(points))
    # "take the mean": log_density.sum() → log_density.mean()
    shares, log_density = e_step(log_joint(points, weights, means, covariances))
    return *m_step(points, shares, reg_covar), log_density.sum()


@exercise.bug
def likelihood_of_the_new(points, weights, means, covariances, reg_covar=1e-6):
    """The log-likelihood is that of the new parameters. Return that of the parameters that were
    passed, which the E-step has."""
    # "The log-likelihood is that of the new parameters": np.isclose(got.log_likelihood,
    #     right(points, *[want.weights, want.means, want.covariances], 0)[3])
    # "Return that of the parameters that were passed": e_step(log_joint(points, *new))[1].mean() →
    #     e_step(log_joint(points, weights, means, covariances))[1].mean()
    *new, _ = step(points, log_joint(points, weights, means, covariances), reg_covar)
    try:
        log_likelihood = e_step(log_joint(points, *new))[1].mean()
    except np.linalg.LinAlgError:
        log_likelihood = np.nan
    return *new, log_likelihood


@exercise.bug
def likelihood_of_the_likeliest(points, weights, means, covariances, reg_covar=1e-6):
    """The log-likelihood counts each point's likeliest component alone. Sum the densities of all
    components before the logarithm."""
    # "The log-likelihood counts each point's likeliest component alone": np.isclose(
    #     got.log_likelihood, log_joint(points, weights, means, covariances).max(axis=1).mean())
    # "Sum the densities of all components before the logarithm": joint.max(axis=1) →
    #     e_step(joint)[1]
    joint = log_joint(points, weights, means, covariances)
    return *m_step(points, e_step(joint)[0], reg_covar), joint.max(axis=1).mean()


@exercise.bug
def joint_densities_averaged(points, weights, means, covariances, reg_covar=1e-6):
    """The log joint densities of a point are averaged with its shares, which gives too little. The
    log-likelihood is the logarithm of the sum of the densities."""
    # "The log joint densities of a point are averaged with its shares, which gives too little":
    #     np.isclose(got.log_likelihood, (lambda joint: (e_step(joint)[0] *
    #     joint).sum(axis=1).mean())(log_joint(points, weights, means, covariances))) and
    #     got.log_likelihood < want.log_likelihood
    # "The log-likelihood is the logarithm of the sum of the densities":
    #     (shares * joint).sum(axis=1) → log_density
    joint = log_joint(points, weights, means, covariances)
    shares, log_density = e_step(joint)
    new, means, covariances = m_step(points, shares, reg_covar)
    log_density = (shares * joint).sum(axis=1)
    return new, means, covariances, log_density.mean()


@exercise.bug
def inverse_of_the_variances(points, weights, means, covariances, reg_covar=1e-6):
    """The density takes the variances of each covariance alone, as if axes were independent. Take
    the whole matrix."""
    # "The density takes the variances of each covariance alone, as if axes were independent":
    #     np.isclose(got.log_likelihood, right(points, weights, means, covariances *
    #     np.eye(points.shape[1]), reg_covar)[3])
    # "Take the whole matrix": covariances * np.eye(points.shape[1]) → covariances
    alone = covariances * np.eye(points.shape[1])
    return step(points, log_joint(points, weights, means, alone), reg_covar)


@exercise.bug
def factor_transposed(points, weights, means, covariances, reg_covar=1e-6):
    """The Cholesky factor is solved transposed. NumPy's L is lower, with Σ = L Lᵀ: the distance is
    |L⁻¹ (x - μ)|²."""
    # "NumPy's L is lower, with Σ = L Lᵀ: the distance is |L⁻¹ (x - μ)|²": factors.swapaxes(1, 2) →
    #     factors
    # "The Cholesky factor is solved transposed": not np.isclose(got.log_likelihood,
    #     want.log_likelihood)
    factors = np.linalg.cholesky(covariances.astype(np.float64))
    apart = (points[:, None] - means).transpose(1, 2, 0)
    squares = (np.linalg.solve(factors.swapaxes(1, 2), apart) ** 2).sum(axis=1).T
    rest = np.log(weights) - half_log_det(covariances) - constant(points)
    return step(points, rest - squares / 2, reg_covar)


@exercise.bug
def determinant_underflows(points, weights, means, covariances, reg_covar=1e-6):
    """In many dimensions the determinant underflows to 0, and its logarithm is -inf. Add the
    logarithms of the Cholesky factor's diagonal, or call `slogdet`."""
    # "In many dimensions the determinant underflows to 0, and its logarithm is -inf":
    #     not np.linalg.det(covariances).all() and not np.isfinite(got.log_likelihood)
    # "Add the logarithms of the Cholesky factor's diagonal": np.log(np.linalg.det(wide)) / 2 →
    #     np.log(np.diagonal(np.linalg.cholesky(wide), axis1=1, axis2=2)).sum(axis=1)
    # "or call `slogdet`": np.log(np.linalg.det(wide)) → np.linalg.slogdet(wide)[1]
    wide = covariances.astype(np.float64)
    with np.errstate(all="ignore"):
        halves = np.log(np.linalg.det(wide)) / 2
        joint = log_joint(points, weights, means, covariances)
        joint = joint + half_log_det(covariances) - halves
        return step(points, joint, reg_covar)
