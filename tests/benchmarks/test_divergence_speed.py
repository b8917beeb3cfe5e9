"""Divergences of 1000 pairs of distributions over 1000 classes, beside SciPy."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.special import entr, rel_entr

from answers.probability.divergence import entropy, jensen_shannon, kl_divergence
from answers.probability.gaussian_fit import both_fits

RNG = np.random.default_rng(0)
P, Q = (RNG.dirichlet(np.ones(1000), size=1000) for _ in range(2))
SPARSE = np.where(np.median(P) > P, 0, P)
SPARSE /= SPARSE.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("p", [P, SPARSE], ids=["dense", "half of p is 0"])
def test_kl_divergence_beside_scipy(race, p):
    def peer():
        return rel_entr(p, Q).sum(axis=1)

    race(lambda: kl_divergence(p, Q), 100, peer, "SciPy", ratio=1.2)


def test_entropy_beside_scipy(race):
    race(lambda: entropy(P), 100, lambda: entr(P).sum(axis=1), "SciPy", ratio=1.2)


def test_jensen_shannon_beside_scipy(race):
    def peer():
        return jensenshannon(P, Q, axis=1)

    race(lambda: jensen_shannon(P, Q), 50, peer, "SciPy", ratio=1.2)


def test_both_fits_of_two_modes(race):
    race(lambda: both_fits(2.6), rounds=50, below=0.05)
