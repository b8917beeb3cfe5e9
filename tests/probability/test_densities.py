"""Densities of mixtures against SciPy, and KL between two against quadrature."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from answers.probability.densities import Gaussian, Mixture, kl_of_densities, two_modes
from tests.random_mixtures import LOPSIDED, mixtures, scipy_log_density


def kl_by_quadrature(log_p, log_q, points):
    """∫ p log(p / q) by SciPy's adaptive quadrature, over where p has mass."""

    def integrand(x):
        return math.exp(log_p(x)) * (log_p(x) - log_q(x))

    return scipy.integrate.quad(integrand, -40, 40, points=points, limit=500)[0]


@given(mixtures, st.floats(-50, 50))
def test_log_density_agrees_with_scipy(mixture, x):
    got = mixture.log_density(np.array([x]))
    assert_allclose(got, scipy_log_density(mixture, x), rtol=1e-12, atol=1e-12)


@given(mixtures)
def test_mean_and_deviation_are_those_of_the_density(mixture):
    x = np.linspace(-40, 40, 20_001)
    weights = np.exp(mixture.log_density(x)) * (x[1] - x[0])
    assert_allclose(weights.sum(), 1, rtol=1e-10)
    assert_allclose(mixture.mean, weights @ x, atol=1e-9)
    assert_allclose(mixture.deviation, np.sqrt(weights @ (x - mixture.mean) ** 2), rtol=1e-9)


def test_the_density_keeps_its_axes_and_a_part_of_weight_0_adds_nothing():
    p = Mixture(np.array([1.0, 0.0]), np.array([2.0, 0.0]), np.array([1.5, 1.0]))
    x = np.linspace(-2, 3, 6).reshape(2, 3)
    with np.errstate(divide="raise"):
        assert_allclose(p.log_density(x), scipy.stats.norm.logpdf(x, 2, 1.5), rtol=1e-13)
    assert_allclose(Gaussian(2, 1.5).log_density(x), p.log_density(x), rtol=1e-13)


@given(st.floats(-5, 5), st.floats(0.2, 5), st.floats(-5, 5), st.floats(0.2, 5))
def test_kl_of_two_gaussians_is_the_closed_form(m, s, mu, sigma):
    expected = math.log(sigma / s) + (s**2 + (m - mu) ** 2) / (2 * sigma**2) - 0.5
    got = kl_of_densities(Gaussian(m, s), Gaussian(mu, sigma))
    assert_allclose(got, expected, rtol=1e-9, atol=1e-11)


def test_a_narrow_density_has_points_enough():
    got = kl_of_densities(Gaussian(0.3, 0.005), Gaussian(0.3, 1))
    assert got == pytest.approx(math.log(200) + (0.005**2 - 1) / 2, rel=1e-9)


def test_kl_of_mixtures_agrees_with_adaptive_quadrature():
    q = Gaussian(1.0, 2.0)
    expected = kl_by_quadrature(
        lambda x: scipy_log_density(LOPSIDED, x),
        lambda x: scipy.stats.norm.logpdf(x, 1, 2),
        LOPSIDED.means,
    )
    assert_allclose(kl_of_densities(LOPSIDED, q), expected, rtol=1e-8)
    expected = kl_by_quadrature(
        lambda x: scipy.stats.norm.logpdf(x, 1, 2),
        lambda x: scipy_log_density(LOPSIDED, x),
        LOPSIDED.means,
    )
    assert_allclose(kl_of_densities(q, LOPSIDED), expected, rtol=1e-8)


def test_small_integers_and_half_floats_are_computed_in_wider_ones():
    whole = Mixture(np.array([1]), np.array([100], np.int8), np.array([100], np.int8))
    assert whole.deviation == 100
    got = Gaussian(2, 1).log_density(np.array([1], np.uint8))
    assert_allclose(got, Gaussian(2, 1).log_density(np.array([1.0])))
    assert np.isfinite(Gaussian(2, 1).log_density(np.array([300], np.float16))).all()


@pytest.mark.parametrize(
    ("weights", "means", "deviations", "message"),
    [
        ([0.5, 0.6], [0, 1], [1, 1], "must be at least 0 and sum to 1"),
        ([1.5, -0.5], [0, 1], [1, 1], "must be at least 0 and sum to 1"),
        ([0.5, 0.5], [0, np.nan], [1, 1], "`means` holds nan at index 1"),
        ([0.5, 0.5], [0, 1], [1, 0], "`deviations` holds 0 at index 1"),
        ([0.5, 0.5], [0, 1], [-2, 1], "`deviations` holds -2 at index 0"),
        ([], [], [], "`weights` is empty"),
    ],
)
def test_what_is_no_mixture_is_refused(weights, means, deviations, message):
    with pytest.raises(ValueError, match=message):
        Mixture(np.array(weights), np.array(means), np.array(deviations))


@pytest.mark.parametrize("pair", [(np.nan, 1.0), (0.0, np.nan), (0.0, 0.0), (0.0, -1.0)])
def test_what_is_no_gaussian_is_refused(pair):
    for call in (
        lambda: Gaussian(*pair).log_density(np.zeros(2)),
        lambda: kl_of_densities(Gaussian(0, 1), Gaussian(*pair)),
        lambda: kl_of_densities(Gaussian(*pair), two_modes(2)),
    ):
        with pytest.raises(ValueError, match="pass a finite mean and a deviation above 0"):
            call()


def test_densities_too_wide_for_a_sum_are_refused():
    assert kl_of_densities(Gaussian(0, 1), Gaussian(0, 4000)) > 7
    with pytest.raises(ValueError, match=r"^the densities reach over 1.2e\+05 of the smallest"):
        kl_of_densities(Gaussian(0, 1), Gaussian(0, 5000))
