"""Estimators of KL, against the sums that they estimate and 50-digit arithmetic."""

import math

import mpmath
import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from numpy.testing import assert_allclose

from answers.gradient_check import numerical_gradient
from answers.probability.divergence import kl_divergence
from answers.probability.kl_estimators import k1, k2, k3
from answers.probability.softmax import softmax
from tests.random_distributions import P, Q, distributions, logs


@given(distributions())
def test_the_mean_of_k1_is_kl_and_that_of_k3_is_too_where_p_misses_nothing_of_q(pair):
    p, q = pair
    drawn = p > 0
    log_p, log_q = (each[drawn] for each in logs(p, q))
    mean_k1, mean_k3 = (p[drawn] @ k(log_p, log_q) for k in (k1, k3))
    assert_allclose(mean_k1, kl_divergence(p, q), rtol=1e-12, atol=1e-14)
    missed = q[~drawn].sum()
    assert_allclose(mean_k3, kl_divergence(p, q) - missed, rtol=1e-12, atol=1e-14)


def test_k2_has_a_bias():
    mean = P @ k2(*logs(P, Q))
    assert mean - kl_divergence(P, Q) == pytest.approx(0.042, abs=1e-3)


def test_k3_agrees_with_50_digit_arithmetic_near_equality():
    gaps = np.array([1e-9, -1e-6, 1e-3, -2.0, 0.0])
    with mpmath.workdps(50):
        expected = [float(mpmath.expm1(gap) - mpmath.mpf(gap)) for gap in gaps]
    assert_allclose(k3(np.zeros(5), gaps), expected, rtol=1e-3, atol=1e-25)


@pytest.mark.parametrize(
    ("shift", "closer"), [(0.1, k3), (1.0, k3), (1.12, k3), (1.122, k1), (2, k1)]
)
def test_the_spread_of_k3_exceeds_that_of_k1_when_gaussians_are_1_121_deviations_apart(
    shift, closer
):
    """Means and variances by the trapezoidal rule, against the formulas of the page."""
    d, x = shift, np.linspace(-12, 20, 40_001)
    log_p, log_q = scipy.stats.norm.logpdf(x), scipy.stats.norm.logpdf(x, d)
    weights = np.exp(log_p) * (x[1] - x[0])
    moments = {}
    for k in (k1, k2, k3):
        values = k(log_p, log_q)
        mean = weights @ values
        moments[k] = mean, weights @ (values - mean) ** 2
    assert_allclose(moments[k1], (d**2 / 2, d**2), rtol=1e-8)
    assert_allclose(moments[k2], (d**2 / 2 + d**4 / 8, d**6 / 4 + d**4 / 2), rtol=1e-8)
    assert_allclose(moments[k3], (d**2 / 2, math.expm1(d**2) - d**2), rtol=1e-8)
    assert min((k1, k3), key=lambda k: moments[k][1]) == closer


def gradient_of_mean(k, logits, reference):
    """What a loss of k's mean over samples of the policy has as its mean gradient.

    The samples, and so the weights p, are held fixed, as they are in a training step.
    """
    p, log_reference = softmax(logits), np.log(reference)
    return numerical_gradient(lambda z: p @ k(np.log(softmax(z)), log_reference), logits)


def test_differentiating_an_estimator_differentiates_not_what_it_estimates():
    """k1 gives 0, k2 the gradient of KL(p‖q), k3 that of KL(q‖p)."""
    rng = np.random.default_rng(9)
    logits, q = rng.normal(size=5), rng.dirichlet(np.ones(5))
    of_kl = numerical_gradient(lambda z: kl_divergence(softmax(z), q), logits)
    backwards = numerical_gradient(lambda z: kl_divergence(q, softmax(z)), logits)
    assert_allclose(gradient_of_mean(k1, logits, q), 0, atol=1e-9)
    assert_allclose(gradient_of_mean(k2, logits, q), of_kl, atol=1e-8)
    assert_allclose(gradient_of_mean(k3, logits, q), backwards, atol=1e-8)
    assert np.abs(of_kl - backwards).max() > 0.1


def test_estimators_keep_float32_and_their_arguments():
    log_p, log_q = (each.astype(np.float32) for each in logs(P, Q))
    log_p.flags.writeable = log_q.flags.writeable = False
    for k in (k1, k2, k3):
        assert k(log_p, log_q).dtype == np.float32


@pytest.mark.parametrize("k", [k1, k2, k3])
def test_samples_that_p_cannot_draw_are_refused(k):
    zeros = np.zeros(2)
    with pytest.raises(ValueError, match="`log_p` holds -inf at index 1: p never draws"):
        k(np.array([0, -np.inf]), zeros)
    with pytest.raises(ValueError, match="`log_q` holds nan at index 0"):
        k(zeros, np.array([np.nan, 0]))
    with pytest.raises(ValueError, match="`log_p` holds inf at index 1"):
        k(np.array([0, np.inf]), zeros)
    with pytest.raises(ValueError, match="`log_p` is empty"):
        k(np.zeros(0), np.zeros(0))
    assert k(zeros, np.array([0, -np.inf]))[1] == np.inf


@pytest.mark.parametrize(
    ("k", "far", "what"),
    [
        (k1, 1.7e308, "log r"),
        (k2, 1e200, r"\(log r\)²/2"),
        (k3, 800.0, "r - 1 - log r"),
    ],
)
def test_an_estimate_that_overflows_is_refused_by_its_formula(k, far, what):
    with (
        np.errstate(over="ignore"),
        pytest.raises(ValueError, match=f"^{what} overflows: inf at index 1, where float64 ends"),
    ):
        k(np.array([0.0, -far]), np.array([0.0, far]))
