"""Descents reach a minimum that SciPy finds too, from near, from far and from too wide."""

import math

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
import scipy.stats
from hypothesis import given, settings
from numpy.testing import assert_allclose

from answers.probability.gaussian_fit import Gaussian, fit_gaussian, reverse_fits, two_modes
from tests.random_mixtures import LOPSIDED, mixtures, scipy_log_density


def reverse_by_scipy(mixture, start):
    """A minimum of KL(q‖p) by Nelder-Mead on SciPy's integrals, near `start`."""
    z = np.linspace(-9, 9, 20_001)

    def objective(theta):
        mean, log_deviation = theta
        log_p = scipy_log_density(mixture, mean + math.exp(log_deviation) * z)
        terms = scipy.stats.norm.pdf(z) * log_p
        return -log_deviation - scipy.integrate.simpson(terms, x=z)

    found = scipy.optimize.minimize(
        objective,
        (start[0], math.log(start[1])),
        method="Nelder-Mead",
        options={
            "xatol": 1e-9,
            "fatol": 1e-13,
            "initial_simplex": [
                (start[0], math.log(start[1])),
                (start[0] + 0.05, math.log(start[1])),
                (start[0], math.log(start[1]) + 0.05),
            ],
        },
    )
    return found.x[0], math.exp(found.x[1])


@pytest.mark.parametrize(
    ("target", "start"),
    [
        (two_modes(2), (0.0, 1.0)),
        (two_modes(2), (2.0, 1.0)),
        (two_modes(3), (3.0, 1.0)),
        (two_modes(3), (0.0, 2.5)),
        (two_modes(5), (0.0, 4.0)),
        (LOPSIDED, (1.0, 1.5)),
        (LOPSIDED, (-4.0, 0.5)),
    ],
)
def test_the_reverse_fit_is_a_minimum_that_scipy_finds_too(target, start):
    fit = fit_gaussian(target, "reverse", start)
    assert_allclose(fit, reverse_by_scipy(target, fit), atol=2e-4)


@settings(max_examples=25)
@given(mixtures)
def test_at_a_reverse_fit_log_p_has_mean_slope_0_and_mean_curvature_of_q(mixture):
    """E[(log p)'] = 0 and E[(log p)''] = -1/deviation², the means taken over q."""
    h = 1e-4
    z = np.linspace(-8, 8, 4001)
    weights = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    for fit in reverse_fits(mixture):
        x = fit.mean + fit.deviation * z
        low, mid, high = (mixture.log_density(x + step) for step in (-h, 0, h))
        assert weights @ ((high - low) / (2 * h)) == pytest.approx(0, abs=1e-6)
        curvature = weights @ ((high - 2 * mid + low) / h**2)
        assert -curvature * fit.deviation**2 == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize("constant", [0, -5e4, 1e8])
def test_a_narrow_target_with_a_constant_is_reached(constant):
    fit = fit_gaussian(lambda x: constant - 1e5 * (x - 0.3) ** 2 / 2, "reverse")
    assert fit == pytest.approx((0.3, 1e5**-0.5), rel=1e-6)


@pytest.mark.parametrize("deviation", [1e-7, 1e-8])
def test_a_very_narrow_target_is_reached_from_far(deviation):
    target = Gaussian(0.3, deviation)
    assert fit_gaussian(target.log_density, "reverse") == pytest.approx(target, rel=1e-6)


def test_a_start_far_too_wide_is_left():
    fit = fit_gaussian(two_modes(2).log_density, "reverse", (3.3e6, 1e7))
    assert fit == pytest.approx(fit_gaussian(two_modes(2), "reverse", (0, 2)), abs=1e-4)


@pytest.mark.parametrize(("start", "mean"), [(1, 5), (-1, -5), ((0.0, 1.0), 0), ((0.5, 4.0), 0)])
def test_the_start_decides_which_minimum_is_found(start, mean):
    fit = fit_gaussian(two_modes(5), "reverse", start)
    assert fit.mean == pytest.approx(mean, abs=1e-4)
