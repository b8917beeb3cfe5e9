"""Ridge and lasso against scikit-learn, exact fractions and what must hold at a minimum."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import Lasso, Ridge

from answers.classical.linear_regression import lasso, ridge, ridge_by_svd, soft_threshold


def table(n, d, dtype=np.float64):
    """Inputs with other means and scales in each column, and targets far from 0."""
    rng = np.random.default_rng([n, d])
    x = rng.normal(size=(n, d)) * np.arange(1, d + 1) + rng.normal(size=d) * 3
    return x.astype(dtype), (7 + x @ rng.normal(size=d) + rng.normal(size=n)).astype(dtype)


# More rows than columns, one column, more columns than rows.
@pytest.mark.parametrize(("n", "d"), [(30, 4), (9, 1), (5, 8)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_ridge_agrees_with_scikit_learn(n, d, dtype):
    x, y = table(n, d, dtype)
    for lamda in (0.3, 20.0):
        there = Ridge(alpha=lamda).fit(x.astype(float), y.astype(float))
        for function in (ridge, ridge_by_svd):
            w, b = function(x, y, lamda)
            assert w.dtype == b.dtype == dtype
            rtol = 1e-9 if dtype == np.float64 else 2e-3
            assert_allclose(w, there.coef_, rtol=rtol, atol=rtol)
            assert_allclose(b, there.intercept_, rtol=rtol)


def test_without_a_penalty_it_is_numpys_least_squares():
    x, y = table(30, 4)
    expected = np.linalg.lstsq(np.column_stack([x, np.ones(30)]), y)[0]
    for w, b in (ridge(x, y, 0.0), ridge_by_svd(x, y)):
        assert_allclose(np.append(w, b), expected, rtol=1e-9)


def exact_slopes(x, y):
    """Of two columns through the origin, the least squares in fractions."""
    a, b, y = ([Fraction(value) for value in column.tolist()] for column in (*x.T, y))
    aa, ab, bb, ay, by = (
        sum(map(Fraction.__mul__, *pair)) for pair in ((a, a), (a, b), (b, b), (a, y), (b, y))
    )
    determinant = aa * bb - ab * ab
    solved = (bb * ay - ab * by) / determinant, (aa * by - ab * ay) / determinant
    return np.array([float(each) for each in solved])


def nearly_equal_columns(apart, seed, noise=1.0):
    """Two columns that differ by a small share, noisy targets; mirrored, for exact means of 0."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(50, 2))
    x[:, 1] = x[:, 0] + apart * x[:, 1]
    y = x @ [1.0, 2.0] + noise * rng.normal(size=50)
    return np.vstack([x, -x]), np.concatenate([y, -y])


def digits_right(function, apart, x, y):
    """Of the weights, in the mean of noisy targets."""
    right = exact_slopes(x, y)
    assert 0.5 < np.linalg.cond(x) * apart / 2 < 2
    return -np.log10(np.abs(function(x, y, 0.0)[0] - right).max() / np.abs(right).max())


def test_for_each_digit_of_the_condition_the_normal_equations_lose_two_and_the_svd_one():
    # By the condition: digits that the normal equations keep, and the SVD.
    expected = {1e3: (10, 13), 1e5: (6, 11), 1e7: (2, 9)}
    for condition, digits in expected.items():
        apart = 2 / condition
        digits_left = [
            np.median(
                [
                    digits_right(function, apart, *nearly_equal_columns(apart, seed))
                    for seed in range(20)
                ]
            )
            for function in (ridge, ridge_by_svd)
        ]
        assert_allclose(digits_left, digits, atol=0.5)
        lost = np.subtract(16, digits)
        assert tuple(lost) == (2 * np.log10(condition), 1 * np.log10(condition))


def test_collinear_columns_share_a_weight_and_the_shortest_is_found():
    x, y = table(30, 2)
    twice = np.column_stack([x, x[:, 1]])
    w, b = ridge_by_svd(twice, y)
    alone, b_alone = ridge_by_svd(x, y)
    assert_allclose(w, [alone[0], alone[1] / 2, alone[1] / 2], rtol=1e-9)
    assert_allclose(b, b_alone, rtol=1e-9)


def test_ridge_ignores_a_shift_of_all_columns_and_of_targets():
    x, y = table(30, 4)
    w, b = ridge(x, y, 5.0)
    moved, b_moved = ridge(x + 11, y - 4, 5.0)
    assert_allclose(moved, w, rtol=1e-9)
    assert_allclose(b_moved, b - 4 - 11 * w.sum(), rtol=1e-9)


def test_soft_threshold_is_the_least_point_of_a_grid():
    grid = np.linspace(-4, 4, 80_001)
    for z in (-3.0, -0.4, 0.0, 0.6, 2.5):
        least = grid[np.argmin((grid - z) ** 2 / 2 + 0.7 * np.abs(grid))]
        assert_allclose(soft_threshold(np.array([z]), 0.7), [least], atol=1e-4)
    assert soft_threshold(np.array(3.0), 1.0) == 2  # an array without axes


def test_lasso_agrees_with_scikit_learn():
    """Which halves the mean of the squares, so that its penalty is ours over n."""
    x, y = table(30, 4)
    there = Lasso(alpha=40.0 / 30, tol=1e-12, max_iter=10_000).fit(x, y)
    w, b = lasso(x, y, 40.0, sweeps=300)
    assert_allclose(w, there.coef_, rtol=1e-6, atol=1e-9)
    assert_allclose(b, there.intercept_, rtol=1e-6)
    assert (w == 0).any()
    assert (w != 0).any()


def test_arguments_stay_as_they_are_and_integers_compute_in_float64():
    x, y = np.arange(12).reshape(4, 3) ** 2 % 7, np.array([3, 1, 4, 1])
    before = x.copy(), y.copy()
    for function in (ridge, ridge_by_svd, lasso):
        w, _ = function(x, y, 1)
        assert w.dtype == np.float64
        assert_allclose(w, function(x.astype(float), y.astype(float), 1.0)[0])
        assert lasso(x.astype(np.float32), y.astype(np.float32), 1)[0].dtype == np.float32
    assert_array_equal(x, before[0])
    assert_array_equal(y, before[1])


def test_bad_values_are_refused_in_words():
    x, y = table(6, 2)
    for function in (ridge, ridge_by_svd, lasso):
        for bad in (-1.0, np.nan, np.inf):
            with pytest.raises(ValueError, match="`lamda` is"):
                function(x, y, bad)
        with pytest.raises(ValueError, match="`y` holds nan"):
            function(x, np.full(6, np.nan), 1.0)
        with pytest.raises(ValueError, match="`x` is empty"):
            function(x[:0], y[:0], 1.0)
    with pytest.raises(ValueError, match="rank of 1: many weights fit alike; choose `lamda`"):
        ridge(np.column_stack([x[:, 0], 1 - x[:, 0]]), y, 0.0)
    for lost in (1e-300, 1e-17, np.float32(1e-30)):  # XᵀX + λ is XᵀX, to rounding
        with pytest.raises(ValueError, match="rank of 1: many weights fit alike; choose `lamda`"):
            ridge(np.column_stack([x[:, 0], x[:, 0]]), y, lost)
    near = np.array([[-1.0, -1], [1, 1], [0, 1e-9], [0, -1e-9]])  # 1e-18 is lost beside 2
    with pytest.raises(ValueError, match="nearly collinear, and their products singular"):
        ridge(near, y[:4], 0.0)
    assert_allclose(ridge_by_svd(near, near @ [1.0, 2])[0], [1, 2], atol=1e-4)
    with pytest.raises(ValueError, match="column 1 of `x` is constant"):
        lasso(np.column_stack([x[:, 0], np.ones(6)]), y, 1.0)
    with pytest.raises(ValueError, match="`sweeps` is 0"):
        lasso(x, y, 1.0, 0)
    with pytest.raises(ValueError, match="`t` is -1"):
        soft_threshold(x, -1.0)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e5 + 0.1])
def test_a_constant_column_is_collinear_though_its_mean_is_rounded(value):
    for n in (3, 7, 10, 49):
        _, y = table(n, 1)
        same = np.full((n, 1), value)
        with pytest.raises(ValueError, match="columns, and centred a rank of"):
            ridge(same, y, 0.0)
        w, b = ridge_by_svd(same, y)
        assert_array_equal(w, [0])
        assert_allclose(b, y.mean(), rtol=1e-9)


def test_a_small_column_counts_beside_one_far_from_0():
    x, y = table(30, 2)
    w, _ = ridge_by_svd(x, y)
    away, units = np.array([2.0**30, 0]), np.array([1, 2.0**-30])
    moved, _ = ridge_by_svd((x + away) * units, y)
    assert_allclose(moved * units, w, rtol=1e-4)


def test_float32_stays_where_the_penalty_is_a_number_of_numpy():
    x, y = table(9, 2, np.float32)
    for function in (ridge, ridge_by_svd, lasso):
        for found in function(x, y, np.float64(0.7)):
            assert found.dtype == np.float32
    assert soft_threshold(x, np.float64(0.7)).dtype == np.float32


def test_where_the_residual_is_large_the_svd_loses_nearly_two_digits_for_one_as_well():
    lost = []
    for apart in (2e-3, 2e-5, 2e-7):
        left = []
        for seed in range(20):
            rng = np.random.default_rng(seed)
            basis = np.linalg.qr(rng.normal(size=(50, 3)))[0]
            x = 8 * np.column_stack([basis[:, 0], basis[:, 0] + apart * basis[:, 1]])
            y = x @ [1.0, 2.0] + 8 * basis[:, 2]  # the residual stands upright on the columns
            x, y = np.vstack([x, -x]), np.concatenate([y, -y])
            right = exact_slopes(x, y)
            found = ridge_by_svd(x, y)[0]
            assert residual_share(x, y, right) > 0.1
            left.append(-np.log10(np.abs(found - right).max() / np.abs(right).max()))
        lost.append(16 - np.median(left))
    assert_allclose(np.diff(lost) / 2, 2, atol=0.3)


def residual_share(x, y, w):
    """The residual's norm beside the largest singular value of `x` times the norm of `w`."""
    return np.linalg.norm(y - x @ w) / (np.linalg.norm(x, 2) * np.linalg.norm(w))


def test_noise_enlarges_the_weights_and_costs_the_svd_no_second_digit():
    lost = []
    for apart in (2e-3, 2e-5, 2e-7):
        left, lengths, shares = [], [], []
        for seed in range(20):
            x, y = nearly_equal_columns(apart, seed, noise=100.0)
            left.append(digits_right(ridge_by_svd, apart, x, y))
            w = ridge_by_svd(x, y)[0]
            lengths.append(np.linalg.norm(w))
            shares.append(residual_share(x, y, w))
        assert np.median(lengths) > 1 / apart  # without noise it is the root of 5
        assert np.median(shares) < 10 * apart
        lost.append(16 - np.median(left))
    assert_allclose(np.diff(lost) / 2, 1, atol=0.2)
