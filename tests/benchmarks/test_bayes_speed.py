"""Posteriors and the A/B test beside SciPy and NumPy, at 1000 x 1000 and 100,000."""

import numpy as np
import pytest
import scipy.special

from answers.probability.bayes import log_posterior, natural_frequencies, posterior
from answers.probability.loss_bounds import confidence_loss_bounds
from answers.probability.rate_comparison import probability_larger

# A single row of 100,000 takes some 0.5 ms, of which checking the input is a third.
SHAPES = pytest.mark.parametrize(
    ("shape", "target"),
    [((1000, 1000), {"ratio": 1.2}), ((100_000,), {"beyond": 5e-4})],
    ids=["1000 x 1000", "100 000"],
)


def logarithms(shape):
    rng = np.random.default_rng(0)
    return np.log(rng.dirichlet(np.ones(shape[-1]))), rng.normal(-900, 9, size=shape)


@SHAPES
def test_log_posterior_beside_scipy(race, shape, target):
    log_prior, log_likelihood = logarithms(shape)

    def peer():
        return scipy.special.log_softmax(log_prior + log_likelihood, axis=-1)

    race(lambda: log_posterior(log_prior, log_likelihood), 40, peer, "SciPy", **target)


@SHAPES
def test_posterior_beside_scipy(race, shape, target):
    log_prior, log_likelihood = logarithms(shape)
    prior, likelihood = np.exp(log_prior), np.exp(log_likelihood + 300)

    def peer():
        return scipy.special.softmax(np.log(prior) + np.log(likelihood), axis=-1)

    race(lambda: posterior(prior, likelihood), 40, peer, "SciPy", **target)


def test_an_ab_test_of_a_thousand_successes(race):
    race(lambda: probability_larger((1001, 9001), (951, 9051)), 200, below=2e-3)


def test_one_step_of_the_sliders(race):
    def step():
        posterior(np.array([0.01, 0.99]), np.array([0.9, 0.09]))
        natural_frequencies(0.01, 0.9, 0.09)
        return [confidence_loss_bounds(10, 0.9, right) for right in (True, False)]

    race(step, 200, below=2e-3)
