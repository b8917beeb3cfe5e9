"""Right and wrong ways to write `gmm_em_step`."""

import contextlib
import warnings

import numpy as np


def _joint(points, weights, means, covariances):
    table = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        apart = points - mean
        solved = np.linalg.solve(covariance.astype(float), apart.T).T
        _, log_det = np.linalg.slogdet(covariance.astype(float))
        size = len(mean) * np.log(2 * np.pi) + log_det + (apart * solved).sum(axis=1)
        table.append(np.log(weight) - size / 2)
    return np.stack(table, axis=1)


def _shares(joint):
    largest = joint.max(axis=1)
    log_density = largest + np.log(np.exp(joint - largest[:, None]).sum(axis=1))
    return np.exp(joint - log_density[:, None]), log_density


def _fit(points, shares, reg_covar):
    counts = shares.sum(axis=0)
    means = (shares.T @ points) / counts[:, None]
    covariances = []
    for j, mean in enumerate(means):
        apart = points - mean
        covariances.append((shares[:, j] * apart.T) @ apart / counts[j])
    added = reg_covar * np.eye(points.shape[1])
    return counts / len(points), means, np.stack(covariances) + added


def with_slogdet(points, weights, means, covariances, reg_covar=1e-6):
    shares, log_density = _shares(_joint(points, weights, means, covariances))
    return (*_fit(points, shares, reg_covar), log_density.mean())


def with_cholesky(points, weights, means, covariances, reg_covar=1e-6):
    d, joint = points.shape[1], []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        factor = np.linalg.cholesky(covariance)
        white = np.linalg.inv(factor) @ (points - mean).T
        size = d * np.log(2 * np.pi) + (white**2).sum(axis=0)
        joint.append(np.log(weight) - np.log(np.diag(factor)).sum() - size / 2)
    shares, log_density = _shares(np.array(joint).T)
    return (*_fit(points, shares, reg_covar), log_density.mean())


def with_einsum(points, weights, means, covariances, reg_covar=1e-6):
    apart = points[:, None] - means
    inverses = np.linalg.inv(covariances)
    squares = np.einsum("nki,kij,nkj->nk", apart, inverses, apart)
    logs = np.log(weights) - (squares + np.linalg.slogdet(2 * np.pi * covariances)[1]) / 2
    shares, log_density = _shares(logs)
    counts = shares.sum(axis=0)
    new = np.einsum("nk,nd->kd", shares, points) / counts[:, None]
    apart = points[:, None] - new
    around = np.einsum("nk,nki,nkj->kij", shares, apart, apart) / counts[:, None, None]
    return counts / len(points), new, around + reg_covar * np.eye(len(new[0])), log_density.mean()


def with_logaddexp(points, weights, means, covariances, reg_covar=1e-6):
    joint = _joint(points, weights, means, covariances)
    log_density = np.logaddexp.reduce(joint, axis=1)
    shares = np.exp(joint - log_density[:, None])
    return (*_fit(points, shares, reg_covar), log_density.mean())


def with_averages(points, weights, means, covariances, reg_covar=1e-6):
    shares, log_density = _shares(_joint(points, weights, means, covariances))
    new, around = [], []
    for share in shares.T:
        mean = np.average(points, axis=0, weights=share)
        apart = points - mean
        outer = apart[:, :, None] * apart[:, None, :]
        new.append(mean)
        around.append(np.average(outer, axis=0, weights=share) + reg_covar * np.eye(len(mean)))
    return shares.mean(axis=0), np.array(new), np.array(around), np.mean(log_density)


def point_after_point(points, weights, means, covariances, reg_covar=1e-6):
    joint = _joint(points, weights, means, covariances)
    shares = np.array([np.exp(row - row.max()) / np.exp(row - row.max()).sum() for row in joint])
    total = sum(row.max() + np.log(np.exp(row - row.max()).sum()) for row in joint)
    return (*_fit(points, shares, reg_covar), total / len(points))


def with_scipy(points, weights, means, covariances, reg_covar=1e-6):
    from scipy.special import logsumexp
    from scipy.stats import multivariate_normal

    rows = zip(weights, means, covariances, strict=True)
    table = [np.log(pi) + multivariate_normal.logpdf(points, mu, s) for pi, mu, s in rows]
    joint = np.reshape(table, (len(weights), len(points))).T
    log_density = logsumexp(joint, axis=1)
    shares = np.exp(joint - log_density[:, None])
    return (*_fit(points, shares, reg_covar), log_density.mean())


def without_the_weights(points, weights, means, covariances, reg_covar=1e-6):
    joint = _joint(points, np.ones(len(weights)), means, covariances)
    shares, log_density = _shares(joint)
    return (*_fit(points, shares, reg_covar), log_density.mean())


def without_the_determinant(points, weights, means, covariances, reg_covar=1e-6):
    joint = _joint(points, weights, means, covariances)
    joint = joint + np.linalg.slogdet(covariances.astype(float))[1] / 2
    shares, log_density = _shares(joint)
    return (*_fit(points, shares, reg_covar), log_density.mean())


def determinant_not_halved(points, weights, means, covariances, reg_covar=1e-6):
    joint = _joint(points, weights, means, covariances)
    joint = joint - np.linalg.slogdet(covariances.astype(float))[1] / 2
    shares, log_density = _shares(joint)
    return (*_fit(points, shares, reg_covar), log_density.mean())


def without_two_pi(points, weights, means, covariances, reg_covar=1e-6):
    *new, likelihood = with_slogdet(points, weights, means, covariances, reg_covar)
    return (*new, likelihood + points.shape[1] * np.log(2 * np.pi) / 2)


def square_not_halved(points, weights, means, covariances, reg_covar=1e-6):
    apart = points[:, None] - means
    squares = np.einsum("nki,kij,nkj->nk", apart, np.linalg.inv(covariances), apart)
    joint = _joint(points, weights, means, covariances) - squares / 2
    shares, log_density = _shares(joint)
    return (*_fit(points, shares, reg_covar), log_density.mean())


def densities_multiplied(points, weights, means, covariances, reg_covar=1e-6):
    with np.errstate(all="ignore"):
        densities = np.exp(_joint(points, weights, means, covariances))
        shares = densities / densities.sum(axis=1, keepdims=True)
        return (*_fit(points, shares, reg_covar), np.log(densities.sum(axis=1)).mean())


def densities_plus_a_little(points, weights, means, covariances, reg_covar=1e-6):
    densities = np.exp(_joint(points, weights, means, covariances)) + 1e-300
    shares = densities / densities.sum(axis=1, keepdims=True)
    return (*_fit(points, shares, reg_covar), np.log(densities.sum(axis=1)).mean())


def one_maximum_for_all(points, weights, means, covariances, reg_covar=1e-6):
    with np.errstate(all="ignore"):
        joint = _joint(points, weights, means, covariances)
        powers = np.exp(joint - joint.max())
        log_density = joint.max() + np.log(powers.sum(axis=1))
        shares = powers / powers.sum(axis=1, keepdims=True)
        return (*_fit(points, shares, reg_covar), log_density.mean())


def whole_points(points, weights, means, covariances, reg_covar=1e-6):
    joint = _joint(points, weights, means, covariances)
    labels = np.eye(joint.shape[1])[joint.argmax(axis=1)]
    with np.errstate(all="ignore"):
        return (*_fit(points, labels, reg_covar), _shares(joint)[1].mean())


def over_the_points(points, weights, means, covariances, reg_covar=1e-6):
    joint = _joint(points, weights, means, covariances)
    shares = np.exp(joint - np.logaddexp.reduce(joint, axis=0))
    return (*_fit(points, shares, reg_covar), _shares(joint)[1].mean())


def counts_for_weights(points, weights, means, covariances, reg_covar=1e-6):
    pi, *others = with_slogdet(points, weights, means, covariances, reg_covar)
    return (pi * len(points), *others)


def old_weights(points, weights, means, covariances, reg_covar=1e-6):
    _, *others = with_slogdet(points, weights, means, covariances, reg_covar)
    return (weights.astype(float), *others)


def means_by_n(points, weights, means, covariances, reg_covar=1e-6):
    shares, _ = _shares(_joint(points, weights, means, covariances))
    pi, _, around, likelihood = with_slogdet(points, weights, means, covariances, reg_covar)
    return pi, shares.T @ points / len(points), around, likelihood


def covariances_by_n(points, weights, means, covariances, reg_covar=1e-6):
    pi, new, around, likelihood = with_slogdet(points, weights, means, covariances, 0.0)
    around = around * pi[:, None, None] + reg_covar * np.eye(points.shape[1])
    return pi, new, around, likelihood


def products_unweighted(points, weights, means, covariances, reg_covar=1e-6):
    pi, new, _, likelihood = with_slogdet(points, weights, means, covariances, 0.0)
    around = [
        np.cov((points - mu).T, bias=True) + np.outer(d, d)
        for mu, d in zip(new, points.mean(axis=0) - new, strict=True)
    ]
    return pi, new, np.stack(around) + reg_covar * np.eye(points.shape[1]), likelihood


def around_old_means(points, weights, means, covariances, reg_covar=1e-6):
    pi, new, around, likelihood = with_slogdet(points, weights, means, covariances, reg_covar)
    apart = new - means
    return pi, new, around + apart[:, :, None] * apart[:, None], likelihood


def around_the_mean_of_all(points, weights, means, covariances, reg_covar=1e-6):
    pi, new, around, likelihood = with_slogdet(points, weights, means, covariances, reg_covar)
    apart = new - points.mean(axis=0)
    return pi, new, around + apart[:, :, None] * apart[:, None], likelihood


def unbiased(points, weights, means, covariances, reg_covar=1e-6):
    pi, new, around, likelihood = with_slogdet(points, weights, means, covariances, 0.0)
    counts = (pi * len(points))[:, None, None]
    around = around * counts / (counts - 1) + reg_covar * np.eye(points.shape[1])
    return pi, new, around, likelihood


def diagonals(points, weights, means, covariances, reg_covar=1e-6):
    pi, new, around, likelihood = with_slogdet(points, weights, means, covariances, reg_covar)
    return pi, new, around * np.eye(points.shape[1]), likelihood


def squares_minus_square(points, weights, means, covariances, reg_covar=1e-6):
    shares, log_density = _shares(_joint(points, weights, means, covariances))
    pi, new, _ = _fit(points, shares, 0.0)
    counts = shares.sum(axis=0)[:, None, None]
    around = np.einsum("nk,ni,nj->kij", shares, points, points) / counts
    around = around - new[:, :, None] * new[:, None] + reg_covar * np.eye(points.shape[1])
    return pi, new, around, log_density.mean()


def without_the_constant(points, weights, means, covariances, reg_covar=1e-6):
    return with_slogdet(points, weights, means, covariances, 0.0)


def always_a_millionth(points, weights, means, covariances, reg_covar=1e-6):
    return with_slogdet(points, weights, means, covariances, 1e-6)


def constant_everywhere(points, weights, means, covariances, reg_covar=1e-6):
    pi, new, around, likelihood = with_slogdet(points, weights, means, covariances, 0.0)
    return pi, new, around + reg_covar, likelihood


def constant_before_the_density(points, weights, means, covariances, reg_covar=1e-6):
    wider = covariances + reg_covar * np.eye(points.shape[1])
    return with_slogdet(points, weights, means, wider, 0.0)


def summed_over_points(points, weights, means, covariances, reg_covar=1e-6):
    *new, likelihood = with_slogdet(points, weights, means, covariances, reg_covar)
    return (*new, likelihood * len(points))


def of_the_new_parameters(points, weights, means, covariances, reg_covar=1e-6):
    *new, likelihood = with_slogdet(points, weights, means, covariances, reg_covar)
    with contextlib.suppress(np.linalg.LinAlgError):
        likelihood = _shares(_joint(points, *new))[1].mean()
    return (*new, likelihood)


def of_the_likeliest(points, weights, means, covariances, reg_covar=1e-6):
    *new, _ = with_slogdet(points, weights, means, covariances, reg_covar)
    return (*new, _joint(points, weights, means, covariances).max(axis=1).mean())


def independent_axes(points, weights, means, covariances, reg_covar=1e-6):
    alone = covariances * np.eye(points.shape[1])
    return with_slogdet(points, weights, means, alone, reg_covar)


def upper_factor(points, weights, means, covariances, reg_covar=1e-6):
    factors = np.linalg.cholesky(covariances.astype(float))
    joint = []
    for weight, mean, factor in zip(weights, means, factors, strict=True):
        white = (points - mean) @ np.linalg.inv(factor)
        size = len(mean) * np.log(2 * np.pi) + (white**2).sum(axis=1)
        joint.append(np.log(weight) - np.log(np.diag(factor)).sum() - size / 2)
    shares, log_density = _shares(np.stack(joint, axis=1))
    return (*_fit(points, shares, reg_covar), log_density.mean())


def covariances_written_over(points, weights, means, covariances, reg_covar=1e-6):
    new = with_slogdet(points, weights, means, covariances, reg_covar)
    covariances[:] = new[2].astype(covariances.dtype)
    return new


def log_of_the_determinant(points, weights, means, covariances, reg_covar=1e-6):
    with np.errstate(all="ignore"):
        apart = points[:, None] - means
        squares = np.einsum("nki,kij,nkj->nk", apart, np.linalg.inv(covariances), apart)
        roots = np.sqrt(np.linalg.det(2 * np.pi * covariances))
        shares, log_density = _shares(np.log(weights / roots) - squares / 2)
        return (*_fit(points, shares, reg_covar), log_density.mean())


def covariance_for_its_inverse(points, weights, means, covariances, reg_covar=1e-6):
    joint = []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        apart = points - mean
        squares = ((apart @ covariance) * apart).sum(axis=1)
        log_det = np.linalg.slogdet(2 * np.pi * covariance.astype(float))[1]
        joint.append(np.log(weight) - (squares + log_det) / 2)
    shares, log_density = _shares(np.stack(joint, axis=1))
    return (*_fit(points, shares, reg_covar), log_density.mean())


def of_points_and_shares(points, weights, means, covariances, reg_covar=1e-6):
    joint = _joint(points, weights, means, covariances)
    shares, _ = _shares(joint)
    return (*_fit(points, shares, reg_covar), (shares * joint).sum(axis=1).mean())


def pooled(points, weights, means, covariances, reg_covar=1e-6):
    shares, log_density = _shares(_joint(points, weights, means, covariances))
    new, means, around = _fit(points, shares, reg_covar)
    around[:] = np.average(around, axis=0, weights=new)
    return new, means, around, log_density.mean()


def counts_plus_a_little(points, weights, means, covariances, reg_covar=1e-6):
    shares, log_density = _shares(_joint(points, weights, means, covariances))
    counts = shares.sum(axis=0) + 1e-8
    means = shares.T @ points / counts[:, None]
    apart = points[:, None] - means
    around = np.einsum("nk,nki,nkj->kij", shares, apart, apart) / counts[:, None, None]
    around += reg_covar * np.eye(points.shape[1])
    return counts / len(points), means, around, log_density.mean()


# What each is told.


def constant_before_and_after(points, weights, means, covariances, reg_covar=1e-6):
    wider = covariances + reg_covar * np.eye(points.shape[1])
    return with_slogdet(points, weights, means, wider, reg_covar)


def by_np_cov(points, weights, means, covariances, reg_covar=1e-6):
    shares, log_density = _shares(_joint(points, weights, means, covariances))
    new, means, _ = _fit(points, shares, reg_covar)
    d = points.shape[1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one point has no unbiased covariance
        around = [np.cov(points.T, aweights=share).reshape(d, d) for share in shares.T]
    around = [each + reg_covar * np.eye(d) for each in around]
    return new, means, np.stack(around), log_density.mean()


def both_factors_weighted(points, weights, means, covariances, reg_covar=1e-6):
    shares, log_density = _shares(_joint(points, weights, means, covariances))
    new, means, _ = _fit(points, shares, reg_covar)
    around = []
    for share, mean in zip(shares.T, means, strict=True):
        apart = share[:, None] * (points - mean)
        around.append(apart.T @ apart / share.sum() + reg_covar * np.eye(points.shape[1]))
    return new, means, np.stack(around), log_density.mean()


def shares_of_bare_densities(points, weights, means, covariances, reg_covar=1e-6):
    """The weights are in the likelihood alone."""
    shares, _ = _shares(_joint(points, np.ones(len(weights)), means, covariances))
    log_density = _shares(_joint(points, weights, means, covariances))[1]
    return (*_fit(points, shares, reg_covar), log_density.mean())


def bare_likelihood(points, weights, means, covariances, reg_covar=1e-6):
    """The weights are in the shares alone."""
    *new, _ = with_slogdet(points, weights, means, covariances, reg_covar)
    joint = _joint(points, weights, means, covariances) - np.log(weights)
    return (*new, np.logaddexp.reduce(joint, axis=1).mean())


def half_of_the_diagonal(points, weights, means, covariances, reg_covar=1e-6):
    """The sum of the factor's logarithms is halved, as the determinant's logarithm would be."""
    factors = np.linalg.cholesky(covariances.astype(float))
    sums = np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    joint = _joint(points, weights, means, covariances) + sums - 0.5 * sums
    shares, log_density = _shares(joint)
    return (*_fit(points, shares, reg_covar), log_density.mean())


def sums_plus_a_little(points, weights, means, covariances, reg_covar=1e-6):
    """Against 0 / 0."""
    densities = np.exp(_joint(points, weights, means, covariances))
    totals = densities.sum(axis=1, keepdims=True) + 1e-12
    return (*_fit(points, densities / totals, reg_covar), np.log(totals).mean())


def stabilised(points, weights, means, covariances, reg_covar=1e-6):
    """A jitter for the Cholesky factor, which needs none."""
    jitter = 1e-8 * np.eye(points.shape[1])
    shares, log_density = _shares(_joint(points, weights, means, covariances + jitter))
    return (*_fit(points, shares, reg_covar), log_density.mean())


def constant_divided_too(points, weights, means, covariances, reg_covar=1e-6):
    pi, new, around, likelihood = with_slogdet(points, weights, means, covariances, 0.0)
    added = reg_covar * np.eye(points.shape[1]) / (pi * len(points))[:, None, None]
    return pi, new, around + added, likelihood


def quotients_plus_a_little(points, weights, means, covariances, reg_covar=1e-6):
    """Weights are means of the shares; the two quotients have a little below."""
    shares, log_density = _shares(_joint(points, weights, means, covariances))
    counts = shares.sum(axis=0) + 1e-6
    means = shares.T @ points / counts[:, None]
    apart = points[:, None] - means
    around = np.einsum("nk,nki,nkj->kij", shares, apart, apart) / counts[:, None, None]
    around += reg_covar * np.eye(points.shape[1])
    return shares.mean(axis=0), means, around, log_density.mean()


def singular_allowed(points, weights, means, covariances, reg_covar=1e-6):
    """SciPy's densities leave out axes whose variances are small beside the largest."""
    from scipy.stats import multivariate_normal

    joint = np.empty((len(points), len(weights)))
    for j, weight in enumerate(weights):
        component = multivariate_normal(means[j], covariances[j], allow_singular=True)
        joint[:, j] = np.log(weight) + component.logpdf(points)
    shares, log_density = _shares(joint)
    return (*_fit(points, shares, reg_covar), log_density.mean())


def one_point_becomes_a_number(points, weights, means, covariances, reg_covar=1e-6):
    """SciPy gives a number for one point, and the table has one axis."""
    from scipy.stats import multivariate_normal

    rows = zip(weights, means, covariances, strict=True)
    table = [np.log(pi) + multivariate_normal.logpdf(points, mu, s) for pi, mu, s in rows]
    joint = np.stack(table, axis=-1)
    log_density = np.logaddexp.reduce(joint, axis=-1, keepdims=True)
    return (*_fit(points, np.exp(joint - log_density), reg_covar), log_density.mean())


WRONG = {
    without_the_weights: "weights_left_out",
    without_the_determinant: "determinant_left_out",
    determinant_not_halved: "whole_log_determinant",
    without_two_pi: "constant_left_out",
    square_not_halved: "distance_not_halved",
    densities_multiplied: "densities_underflow",
    densities_plus_a_little: None,
    one_maximum_for_all: "densities_underflow",
    whole_points: "hard_labels",
    over_the_points: "shares_over_points",
    counts_for_weights: "weights_not_divided",
    old_weights: "weights_kept",
    means_by_n: "means_over_all_points",
    covariances_by_n: "covariance_over_all_points",
    products_unweighted: "covariance_over_all_points",
    around_old_means: "around_the_old_means",
    around_the_mean_of_all: "wrong_only_in_covariances",
    unbiased: "one_less_than_the_count",
    diagonals: "variances_alone",
    squares_minus_square: "a_property_fails",
    covariance_for_its_inverse: "covariance_not_inverted",
    of_points_and_shares: "joint_densities_averaged",
    pooled: "one_covariance_for_all",
    counts_plus_a_little: "eps_in_the_counts",
    without_the_constant: "nothing_added",
    always_a_millionth: "reg_covar_ignored",
    constant_everywhere: "added_everywhere",
    constant_before_the_density: "added_before_the_shares",
    summed_over_points: "likelihood_summed",
    of_the_new_parameters: "likelihood_of_the_new",
    of_the_likeliest: "likelihood_of_the_likeliest",
    independent_axes: "inverse_of_the_variances",
    upper_factor: "factor_transposed",
    log_of_the_determinant: "determinant_underflows",
    covariances_written_over: "an_argument_changed",
    constant_before_and_after: "added_before_the_shares",
    by_np_cov: "counts_of_np_cov",
    both_factors_weighted: "shares_squared",
    shares_of_bare_densities: "weights_left_out",
    bare_likelihood: "likelihood_without_the_weights",
    half_of_the_diagonal: "quarter_of_the_log_determinant",
    sums_plus_a_little: "eps_in_the_shares",
    stabilised: "eps_before_the_shares",
    constant_divided_too: "added_before_the_division",
    quotients_plus_a_little: "eps_in_the_counts",
    singular_allowed: "a_property_fails",
    one_point_becomes_a_number: "shapes_that_do_not_fit",
}
