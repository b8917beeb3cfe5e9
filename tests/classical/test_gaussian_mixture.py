"""EM beside scikit-learn from the same start and SciPy's densities; k-means as its limit."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import multivariate_normal
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture

from answers.classical.gaussian_mixture import gmm_em_step, responsibilities
from answers.classical.k_means import lloyd

rng = np.random.default_rng(0)
IRIS = load_iris().data
WEIGHTS, MEANS = np.array([0.5, 0.3, 0.2]), IRIS[[0, 60, 130]]
COVARIANCES = np.stack([np.cov(IRIS.T) / size for size in (2, 3, 5)])


def test_shares_are_those_of_scipys_densities():
    densities = np.stack(
        [
            weight * multivariate_normal(mean, covariance).pdf(IRIS)
            for weight, mean, covariance in zip(WEIGHTS, MEANS, COVARIANCES, strict=True)
        ],
        axis=1,
    )
    shares, log_density = responsibilities(IRIS, WEIGHTS, MEANS, COVARIANCES)
    assert_allclose(shares, densities / densities.sum(axis=1, keepdims=True), atol=1e-12)
    assert_allclose(log_density, np.log(densities.sum(axis=1)), rtol=1e-12)


@pytest.mark.parametrize("steps", [1, 25])
def test_agrees_with_scikit_learn_from_the_same_start(steps):
    theirs = GaussianMixture(
        3,
        weights_init=WEIGHTS,
        means_init=MEANS,
        precisions_init=np.linalg.inv(COVARIANCES),
        max_iter=steps,
        tol=0,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged
        theirs.fit(IRIS)
    found = WEIGHTS, MEANS, COVARIANCES
    for _ in range(steps):
        *found, log_likelihood = gmm_em_step(IRIS, *found)
    fitted = theirs.weights_, theirs.means_, theirs.covariances_
    for ours, expected in zip(found, fitted, strict=True):
        assert_allclose(ours, expected, rtol=1e-8)
    assert_allclose(log_likelihood, theirs.lower_bound_)


def test_one_step_by_loops():
    shares, log_density = responsibilities(IRIS, WEIGHTS, MEANS, COVARIANCES)
    weights, means, covariances, log_likelihood = gmm_em_step(
        IRIS, WEIGHTS, MEANS, COVARIANCES, reg_covar=0.5
    )
    for j, part in enumerate(shares.T):
        assert_allclose(weights[j], sum(part) / 150)
        assert_allclose(means[j], np.average(IRIS, axis=0, weights=part))
        expected = np.cov(IRIS.T, aweights=part, bias=True) + 0.5 * np.eye(4)
        assert_allclose(covariances[j], expected)
    assert_allclose(log_likelihood, sum(log_density) / 150)


def test_the_likelihood_never_falls():
    for seed in range(5):
        draw = np.random.default_rng(seed)
        points = draw.normal(size=(300, 3)) * draw.choice([0.2, 1, 3], (300, 1))
        found = np.full(4, 0.25), points[:4], np.stack([np.cov(points.T)] * 4)
        seen = []
        for _ in range(30):
            *found, log_likelihood = gmm_em_step(points, *found, reg_covar=0.0)
            seen.append(log_likelihood)
        assert (np.diff(seen) > -1e-12).all()


def test_narrow_equal_spheres_take_the_steps_of_lloyd():
    """Of equal weights and covariances, which EM keeps here, the limit is k-means."""
    centres = lloyd(IRIS, MEANS, 0)[0]
    for _ in range(6):
        narrow = np.stack([1e-6 * np.eye(4)] * 3)
        _, centres, _, _ = gmm_em_step(IRIS, np.ones(3) / 3, centres, narrow)
    expected, _ = lloyd(IRIS, MEANS, 6)
    assert_allclose(centres, expected, rtol=1e-12)


def test_points_far_from_a_component_do_not_underflow():
    points = np.array([[0.0], [1.0], [500.0]])
    start = np.ones(2) / 2, np.array([[0.0], [1.0]]), np.ones((2, 1, 1))
    shares, log_density = responsibilities(points, *start)
    assert_allclose(shares[2], [0, 1], atol=1e-200)
    assert_allclose(log_density[2], -(499**2) / 2 - np.log(2 * np.pi) / 2 - np.log(2))
    assert np.isfinite(gmm_em_step(points, *start)[3])


@pytest.mark.parametrize("away", [1e3, 1e9])
def test_shares_sum_to_1_however_far_the_point(away):
    points, means = np.array([[away]]), np.array([[0.0], [1e-3]])
    for dtype in (np.float32, np.float64):
        given = [each.astype(dtype) for each in (points, np.ones(2) / 2, means, np.ones((2, 1, 1)))]
        assert_allclose(responsibilities(*given)[0].sum(axis=1), 1, rtol=1e-6)


def test_float32_stays_and_the_arguments_too():
    given = [each.astype(np.float32) for each in (IRIS, WEIGHTS, MEANS, COVARIANCES)]
    kept = [each.copy() for each in given]
    wide = gmm_em_step(IRIS, WEIGHTS, MEANS, COVARIANCES)
    for ours, expected in zip(gmm_em_step(*given), wide, strict=True):
        assert ours.dtype == np.float32
        assert_allclose(ours, expected, rtol=1e-3, atol=1e-3)
    for each, before in zip(given, kept, strict=True):
        assert_array_equal(each, before)


ONE = np.ones(1), np.zeros((1, 2)), np.eye(2)[None]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weights": np.array([0.9])}, "`weights` sum to 0.9"),
        ({"weights": np.array([0.0])}, "`weights` holds 0.0 at index 0"),
        ({"covariances": np.ones((1, 2, 2))}, r"`covariances\[0\]` is not positive definite"),
        ({"covariances": np.array([[[1.0, 0.5], [0, 1]]])}, "not symmetric"),
        ({"points": np.zeros((0, 2))}, "`points` is empty"),
        ({"means": np.full((1, 2), np.nan)}, "`means` holds nan"),
        ({"reg_covar": -1.0}, "`reg_covar` is -1.0"),
        ({"covariances": 1e-300 * np.eye(2)[None], "points": np.full((1, 2), 1e9)}, "log density"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_bad_values_are_refused_in_words(changed, said):
    given = {
        **{"points": rng.normal(size=(5, 2)), "weights": ONE[0], "means": ONE[1]},
        **{"covariances": ONE[2], **changed},
    }
    with pytest.raises(ValueError, match=said):
        gmm_em_step(**given)


def test_a_component_without_points_is_told():
    start = np.ones(2) / 2, np.array([[0.0], [1e3]]), np.ones((2, 1, 1))
    with pytest.raises(ValueError, match="component 1 is responsible for no point"):
        gmm_em_step(rng.normal(size=(5, 1)), *start)
