"""k-means beside scikit-learn: the same start, and 20 rounds of both.

Of few dimensions `argmin` takes most of the time, which NumPy calls row by row: 50,000 points of 8
with 20 centres take some 3 times as long as there.
"""

import warnings

import numpy as np
import pytest
from sklearn.cluster import KMeans

from answers.classical.k_means import lloyd

ROUNDS = 20


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("n", "d", "k"), [(1_797, 64, 10), (20_000, 64, 50)])
def test_rounds_beside_scikit_learn(race, n, d, k, dtype):
    points = np.random.default_rng(0).normal(size=(n, d)).astype(dtype)
    start = points[:k]
    theirs = KMeans(k, init=start, n_init=1, max_iter=ROUNDS, tol=0, algorithm="lloyd")

    def peer():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it has not converged
            return theirs.fit(points)

    assert peer().n_iter_ == ROUNDS
    centres, _ = lloyd(points, start, ROUNDS)
    np.testing.assert_allclose(centres, theirs.cluster_centers_, atol=1e-3)
    race(lambda: lloyd(points, start, ROUNDS), 5, peer, "scikit-learn", ratio=2.5)
