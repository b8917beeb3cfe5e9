"""PCA beside scikit-learn, each way beside the solver that computes the same."""

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.utils.extmath import randomized_svd as of_scikit_learn

from answers.classical.pca import pca, pca_by_covariance
from answers.classical.power_iteration import randomized_svd

# Digits, and a wide table.
SHAPES = pytest.mark.parametrize(("n", "d"), [(1797, 64), (5000, 200), (300, 1000)])


def rows(n, d):
    return np.random.default_rng(0).normal(size=(n, d)) * np.linspace(1, 3, d)


@SHAPES
def test_pca_beside_scikit_learn(race, n, d):
    x = rows(n, d)
    theirs = PCA(10, svd_solver="full")
    race(lambda: pca(x, 10), 9, lambda: theirs.fit(x), "scikit-learn", ratio=1.5)


@pytest.mark.parametrize(("n", "d"), [(1797, 64), (5000, 200), (20_000, 50)])
def test_pca_of_many_rows_beside_scikit_learns_own_choice(race, n, d):
    """It chooses the covariance for ten times more rows than features."""
    x = rows(n, d)
    theirs = PCA(10)
    race(lambda: pca_by_covariance(x, 10), 15, lambda: theirs.fit(x), "scikit-learn", ratio=1.5)
    assert theirs._fit_svd_solver == "covariance_eigh"


def test_randomized_svd_beside_scikit_learn(race):
    a = rows(3000, 1000)
    race(
        lambda: randomized_svd(a, 10, np.random.default_rng(0)),
        9,
        lambda: of_scikit_learn(a, 10, n_iter=2, random_state=0),
        "scikit-learn",
        ratio=1.5,
    )
