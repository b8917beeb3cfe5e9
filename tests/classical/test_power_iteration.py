"""Power iteration beside `eigh`, and the randomized SVD beside the exact and scikit-learn's."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.utils.extmath import randomized_svd as of_scikit_learn

from answers.classical.power_iteration import power_iteration, randomized_svd


def symmetric(values, seed=0, dtype=np.float64):
    turned = np.linalg.qr(np.random.default_rng(seed).normal(size=(len(values),) * 2))[0]
    a = turned * values @ turned.T
    return ((a + a.T) / 2).astype(dtype), turned


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("values", [[5.0, 2, -1, 0], [-5.0, 2, 1, 0.5], [3.0]])
def test_finds_the_largest_eigenvalue_by_absolute_value(values, dtype):
    a, _ = symmetric(values, dtype=dtype)
    all_values, vectors = np.linalg.eigh(a)
    top = abs(all_values).argmax()
    value, vector = power_iteration(a, np.arange(1, len(a) + 1).astype(dtype), 60)
    near = {np.float32: 1e-5, np.float64: 1e-12}[dtype]
    assert value.dtype == vector.dtype == dtype
    assert_allclose(value, all_values[top], rtol=near)
    assert_allclose(abs(vector @ vectors[:, top]), 1, rtol=near)


@pytest.mark.parametrize("steps", [0, 1, 2, 7])
def test_is_a_power_of_the_matrix_with_its_sign(steps):
    a, _ = symmetric([-3.0, 2, 1], seed=1)
    start = np.array([0.2, -4.0, 1.0])
    power = np.linalg.matrix_power(a, steps) @ start
    value, vector = power_iteration(a, start, steps)
    assert_allclose(vector, power / np.linalg.norm(power), rtol=1e-12)
    assert_allclose(value, power @ a @ power / (power @ power), rtol=1e-12)


def test_the_error_shrinks_by_the_ratio_of_eigenvalues_and_that_of_the_value_by_its_square():
    a, turned = symmetric([1.0, 0.7])
    start = turned @ [1.0, 1.0]
    found = [power_iteration(a, start, steps) for steps in (10, 11)]
    sines = [abs(vector @ turned[:, 1]) for _, vector in found]
    assert_allclose(sines[1] / sines[0], 0.7, rtol=1e-3)
    errors = [1 - value for value, _ in found]
    assert_allclose(errors[1] / errors[0], 0.49, rtol=2e-3)


def test_of_opposite_eigenvalues_neither_wins():
    vectors = [power_iteration(np.diag([2.0, -2.0]), np.ones(2), n)[1] for n in (40, 41)]
    assert_allclose(vectors, [[0.5**0.5, 0.5**0.5], [0.5**0.5, -(0.5**0.5)]])


def test_power_iteration_refuses_bad_values_in_words():
    a = np.diag([2.0, 0.0])
    with pytest.raises(ValueError, match="`start` has length 0"):
        power_iteration(a, np.zeros(2), 3)
    with pytest.raises(ValueError, match="is 0 or too large"):
        power_iteration(a, np.array([0.0, 1.0]), 3)
    with pytest.raises(ValueError, match="`steps` is -1"):
        power_iteration(a, np.ones(2), -1)
    with pytest.raises(ValueError, match="`a` holds nan"):
        power_iteration(np.full((2, 2), np.nan), np.ones(2), 1)


def decaying(n, d, dtype=np.float64):
    """Singular values 1, 1/2, 1/3 and so on."""
    rng = np.random.default_rng([n, d])
    u, v = (np.linalg.qr(rng.normal(size=(size, min(n, d))))[0] for size in (n, d))
    return (u / np.arange(1, min(n, d) + 1) @ v.T).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(80, 30), (30, 80)])
def test_the_randomized_svd_agrees_with_the_exact_one(shape, dtype):
    a = decaying(*shape, dtype)
    u, s, vt = randomized_svd(a, 4, np.random.default_rng(1), rounds=6)
    exact = np.linalg.svd(a, full_matrices=False)
    assert {u.dtype, s.dtype, vt.dtype} == {np.dtype(dtype)}
    assert_allclose(s, exact[1][:4], rtol=1e-5)
    near = 1e-3
    assert_allclose(u * s @ vt, exact[0][:, :4] * exact[1][:4] @ exact[2][:4], atol=near)
    assert_allclose(vt @ vt.T, np.eye(4), atol=1e-5)


def test_the_randomized_svd_is_as_near_as_scikit_learns():
    a = decaying(200, 100)
    exact = np.linalg.svd(a, compute_uv=False)[:10]
    for rounds in (0, 2):
        ours = [
            randomized_svd(a, 10, np.random.default_rng(i), rounds=rounds)[1] for i in range(20)
        ]
        theirs = [of_scikit_learn(a, 10, n_iter=rounds, random_state=i)[1] for i in range(20)]
        gaps = [np.exp(np.log(exact - found).mean()) for found in (ours, theirs)]
        assert 0.7 < gaps[0] / gaps[1] < 1.4


@pytest.mark.parametrize(("k", "extra"), [(np.int8(120), 10), (10, np.int8(120))])
def test_counts_in_int8_do_not_wrap(k, extra):
    a = decaying(150, 140)
    found = randomized_svd(a, k, np.random.default_rng(0), extra)[1]
    assert_allclose(found, randomized_svd(a, int(k), np.random.default_rng(0), int(extra))[1])


def test_columns_that_are_all_drawn_leave_nothing_out():
    a = decaying(12, 7)
    found = randomized_svd(a, 7, np.random.default_rng(0), rounds=0)[1]
    assert_allclose(found, np.linalg.svd(a, compute_uv=False), rtol=1e-12)


def test_the_randomized_svd_refuses_bad_values_in_words():
    a, rng = decaying(6, 4), np.random.default_rng(0)
    for k in (0, 5):
        with pytest.raises(ValueError, match=f"`k` is {k}"):
            randomized_svd(a, k, rng)
    with pytest.raises(ValueError, match="`extra` is -1"):
        randomized_svd(a, 1, rng, extra=-1)
    with pytest.raises(ValueError, match="`rounds` is -1"):
        randomized_svd(a, 1, rng, rounds=-1)


def test_matrices_stay_as_they_were():
    a, before = decaying(6, 4), decaying(6, 4)
    power_iteration(a.T @ a, np.ones(4), 2)
    randomized_svd(a, 2, np.random.default_rng(0))
    assert_array_equal(a, before)
