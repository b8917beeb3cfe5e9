"""PCA and whitening beside scikit-learn, SciPy and what must hold."""

import numpy as np
import pytest
import scipy.linalg
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.decomposition import PCA

from answers.classical.pca import pca, pca_by_covariance, whiten, with_fixed_signs

BOTH = pytest.mark.parametrize("function", [pca, pca_by_covariance])


def rows(n, d, dtype=np.float64, far=0.0):
    """Correlated features whose variances differ."""
    rng = np.random.default_rng([n, d])
    turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
    spread = 2.0 ** -np.arange(d)
    return (far + (rng.normal(size=(n, d)) * spread) @ turned).astype(dtype)


# Tall, square, wide, one feature, two rows; far from 0.
SIZES = [(40, 5, 5), (6, 6, 5), (5, 9, 3), (7, 1, 1), (2, 3, 1)]


@BOTH
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("n", "d", "k"), SIZES)
def test_agrees_with_scikit_learn(function, n, d, k, dtype):
    x = rows(n, d, dtype, far=3)
    theirs = PCA(k, svd_solver="full").fit(x)
    mean, components, variances = function(x, k)
    # The smallest variance is 2^-8 of the largest, and its direction is known less well.
    near = {np.float32: 2e-3, np.float64: 1e-9}[dtype]
    assert {mean.dtype, components.dtype, variances.dtype} == {np.dtype(dtype)}
    assert_allclose(mean, theirs.mean_, rtol=1e-5)
    assert_allclose(components, with_fixed_signs(theirs.components_), atol=near)
    assert_allclose(variances, theirs.explained_variance_, rtol=near)


@BOTH
def test_components_are_orthonormal_and_diagonalize_the_covariance(function):
    x = rows(30, 4)
    _, components, variances = function(x, 4)
    assert_allclose(components @ components.T, np.eye(4), atol=1e-12)
    covariance = np.cov(x, rowvar=False)
    assert_allclose(components @ covariance @ components.T, np.diag(variances), atol=1e-12)
    assert (np.diff(variances) < 0).all()
    assert (components[np.arange(4), abs(components).argmax(axis=1)] > 0).all()


def test_the_first_components_reconstruct_best():
    """No other subspace of two dimensions, of 200 drawn at random, is nearer to the rows."""
    x, rng = rows(30, 4), np.random.default_rng(1)
    mean, components, variances = pca(x, 2)

    def lost(basis):
        centred = x - mean
        return ((centred - centred @ basis.T @ basis) ** 2).sum()

    others = [lost(np.linalg.qr(rng.normal(size=(4, 2)))[0].T) for _ in range(200)]
    assert lost(components) < min(others)
    assert_allclose(
        lost(components), 29 * (x.var(axis=0, ddof=1).sum() - variances.sum()), rtol=1e-10
    )


def test_a_small_spread_survives_the_svd_and_not_the_covariance():
    rng = np.random.default_rng(0)
    x = np.linalg.qr(rng.normal(size=(50, 3)) - 0)[0]
    x = np.linalg.qr(x - x.mean(axis=0))[0] * [1, 1e-4, 1e-10]
    turned = x @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    expected = 1e-20 / 49
    assert_allclose(pca(turned, 3)[2][2], expected, rtol=1e-4)
    assert abs(pca_by_covariance(turned, 3)[2][2]) > 100 * expected


def test_components_too_many_or_none_are_refused_in_words():
    for function in (pca, pca_by_covariance):
        for x, k in ((rows(4, 6), 4), (rows(6, 3), 4), (rows(6, 3), 0), (rows(1, 3), 1)):
            with pytest.raises(ValueError, match=f"`k` is {k}"):
                function(x, k)


def test_squares_that_overflow_are_refused_in_words():
    for function in (pca, pca_by_covariance):
        with pytest.raises(ValueError, match="a sum of squares of `x` overflows"):
            function(1e160 * rows(6, 3), 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("eps", [0.0, 0.3])
def test_whitening_is_the_root_of_the_inverse_covariance(eps, dtype):
    train, x = rows(50, 4, dtype, far=2), rows(6, 4, dtype, far=2)
    covariance = np.cov(train.astype(float), rowvar=False) + eps * np.eye(4)
    root = scipy.linalg.inv(scipy.linalg.sqrtm(covariance))
    white = whiten(x, train, eps)
    assert white.dtype == dtype
    near = {np.float32: 1e-3, np.float64: 1e-10}[dtype]
    assert_allclose(white, (x - train.mean(axis=0)) @ root, rtol=near, atol=near)


def test_whitened_training_rows_are_white_and_move_least():
    """PCA whitening, which is turned, moves the rows further."""
    train = rows(50, 4)
    white = whiten(train, train, 0)
    assert_allclose(np.cov(white, rowvar=False), np.eye(4), atol=1e-10)
    assert_allclose(white.mean(axis=0), 0, atol=1e-12)
    turned = PCA(whiten=True).fit_transform(train)
    assert_allclose(np.cov(turned, rowvar=False), np.eye(4), atol=1e-10)
    centred = train - train.mean(axis=0)
    assert ((white - centred) ** 2).sum() < ((turned - centred) ** 2).sum()


def test_whitening_stretches_directions_without_variance_by_eps_alone():
    """Three rows spread along two of five directions."""
    train = rows(3, 5)
    normal = scipy.linalg.null_space(train - train.mean(axis=0))[:, 0]
    off = whiten((train.mean(axis=0) + normal)[None], train, 0.25)
    assert_allclose(off[0], normal / 0.5, atol=1e-9)
    flat = np.column_stack([rows(9, 2), np.ones(9)])
    for singular in (train, flat, train[:, :3]):
        with pytest.raises(ValueError, match="no variance along a direction"):
            whiten(singular, singular, 0)
        with pytest.raises(ValueError, match="no variance along a direction"):
            whiten(*[singular.astype(np.float32)] * 2, eps=1e-50)


def test_whitening_refuses_bad_values_in_words():
    x = rows(9, 3)
    for eps in (-1e-9, np.nan):
        with pytest.raises(ValueError, match="`eps` is"):
            whiten(x, x, eps)
    with pytest.raises(ValueError, match="`train` has 1 row"):
        whiten(x, x[:1], 1)
    with pytest.raises(ValueError, match="`train` holds nan"):
        whiten(x, np.full((3, 3), np.nan), 1)
    with pytest.raises(ValueError, match="a sum of squares of `train`"):
        whiten(x, 1e160 * x, 1)


def test_nothing_is_changed_and_no_row_is_an_answer():
    x, before = rows(9, 3), rows(9, 3)
    pca(x, 2), pca_by_covariance(x, 2)
    assert whiten(x[:0], x, 0).shape == (0, 3)
    assert_array_equal(x, before)
