"""Scans against loops; their work and depth against closed forms."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from answers.training.scans import (
    associative_scan,
    hillis_steele,
    linear_attention,
    odd_even,
)

STEPS = [1, 2, 3, 4, 5, 7, 8, 9, 31, 64, 100]


def by_a_loop(a, b):
    h, states = np.zeros(b.shape[1:]), []
    for kept, added in zip(a.astype(float), b.astype(float), strict=True):
        h = kept * h + added
        states.append(h)
    return np.array(states)


def affine(earlier, later):
    return later[0] * earlier[0], later[0] * earlier[1] + later[1]


def counted(combine, calls):
    def call(earlier, later):
        calls.append(len(later[0]))
        return combine(earlier, later)

    return call


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("features", [(), (3,), (2, 3)])
@pytest.mark.parametrize("steps", STEPS)
def test_agrees_with_a_loop(steps, features, dtype):
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(2, steps, *features)).astype(dtype)
    found = associative_scan(a, b)
    assert found.dtype == dtype
    rounding = 1e-3 if dtype == np.float32 else 1e-10
    assert_allclose(found, by_a_loop(a, b), rtol=rounding, atol=rounding)


@pytest.mark.parametrize("scan", [hillis_steele, odd_even])
@pytest.mark.parametrize("steps", STEPS)
def test_both_scans_agree_with_python_on_an_operation_that_does_not_commute(scan, steps):
    factors = np.random.default_rng(2).normal(size=(steps, 2, 2))
    expected = np.array([*itertools.accumulate(factors, np.matmul)])
    (found,) = scan(lambda one, other: (one[0] @ other[0],), (factors,))
    assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("scan", [hillis_steele, odd_even])
@pytest.mark.parametrize("steps", STEPS)
def test_integers_may_be_combined_to_floats(scan, steps):
    logs = np.arange(steps)
    (found,) = scan(lambda one, other: (np.logaddexp(one[0], other[0]),), (logs,))
    assert_allclose(found, np.logaddexp.accumulate(logs.astype(float)), rtol=1e-12)


@settings(max_examples=40)
@given(st.integers(1, 300))
def test_both_scans_combine_the_pairs_of_the_recurrence(steps):
    a, b = np.random.default_rng(steps).uniform(-1, 1, size=(2, steps))
    for scan in (hillis_steele, odd_even):
        assert_allclose(scan(affine, (a, b))[1], associative_scan(a, b), atol=1e-12)


@pytest.mark.parametrize("log", [1, 2, 5, 10])
def test_work_and_depth_are_the_known_ones(log):
    steps, add = 2**log, lambda one, other: (one[0] + other[0],)
    doubling, sweeps = [], []
    hillis_steele(counted(add, doubling), (np.ones(steps),))
    odd_even(counted(add, sweeps), (np.ones(steps),))
    assert len(doubling) == log
    assert sum(doubling) == steps * log - (steps - 1)
    assert len(sweeps) == 2 * log - 1
    assert sum(sweeps) == 2 * steps - log - 2


def test_a_start_is_added_to_the_first_step():
    a, b = np.random.default_rng(3).normal(size=(2, 9))
    start = 1.7
    moved = b.copy()
    moved[0] += a[0] * start
    states = [start]
    for kept, added in zip(a, b, strict=True):
        states.append(kept * states[-1] + added)
    assert_allclose(associative_scan(a, moved), states[1:], rtol=1e-12)


def test_a_step_that_keeps_nothing_starts_anew():
    a, b = np.random.default_rng(4).normal(size=(2, 12))
    a[5] = 0
    assert_allclose(associative_scan(a, b)[5:], associative_scan(a[5:], b[5:]), rtol=1e-12)


def test_half_a_lifetime_of_decay_is_exact_where_a_ratio_of_products_overflows():
    a, b = np.full(3000, 0.5), np.ones(3000)
    assert_array_equal(associative_scan(a, b)[60:], 2.0)


def by_steps(q, k, v, decay):
    state, out = torch.zeros(k.shape[1], v.shape[1], dtype=torch.float64), []
    for row in zip(*(torch.tensor(each).double() for each in (q, k, v, decay)), strict=True):
        query, key, value, share = row
        state = share * state + torch.outer(key, value)
        out.append(query @ state)
    return torch.stack(out).numpy()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("chunk", [1, 2, 7, 64])
@pytest.mark.parametrize("steps", [1, 2, 20])
def test_linear_attention_reads_the_state_of_the_recurrence(steps, chunk, dtype):
    rng = np.random.default_rng(5)
    q, k, v = (rng.normal(size=(steps, n)).astype(dtype) for n in (3, 3, 4))
    decay = rng.uniform(0.1, 1, steps).astype(dtype)
    found = linear_attention(q, k, v, decay, chunk)
    assert found.dtype == dtype
    rounding = 1e-4 if dtype == np.float32 else 1e-10
    assert_allclose(found, by_steps(q, k, v, decay), rtol=rounding, atol=rounding)


def test_a_chunk_may_be_a_small_integer_of_numpy():
    rng = np.random.default_rng(12)
    q, k, v = rng.normal(size=(3, 150, 2))
    decay = rng.uniform(0.5, 1, 150)
    found = linear_attention(q, k, v, decay, np.int8(100))
    assert_allclose(found, by_steps(q, k, v, decay), rtol=1e-10, atol=1e-10)


def test_decays_that_multiply_to_0_are_no_trouble():
    rng = np.random.default_rng(6)
    q, k, v = rng.normal(size=(3, 400, 2))
    decay = np.full(400, 1e-5)
    assert_allclose(linear_attention(q, k, v, decay, 400), by_steps(q, k, v, decay), atol=1e-12)


def test_integers_are_computed_as_floats():
    a, b = np.random.default_rng(7).integers(0, 5, size=(2, 9)).astype(np.int8)
    assert_array_equal(associative_scan(a, b), by_a_loop(a, b))
    q = np.random.default_rng(8).integers(100, 200, size=(6, 2)).astype(np.uint8)
    ones = np.ones(6, dtype=np.int64)
    assert_allclose(linear_attention(q, q, q, ones), by_steps(q, q, q, ones))


def test_arguments_stay_as_they_are_and_share_no_memory_with_results():
    a, b = np.random.default_rng(9).uniform(0.1, 1, size=(2, 5, 3))
    for array in (a, b):
        array.setflags(write=False)
    for found in (
        associative_scan(a, b),
        linear_attention(a, b, b, np.ones(5)),
        associative_scan(a[:1], b[:1] + 0.0),
    ):
        assert not np.may_share_memory(found, a)
        assert not np.may_share_memory(found, b)


ONE = np.ones((2, 1))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: associative_scan(np.ones(0), np.ones(0)), "`a` is empty"),
        (lambda: associative_scan(np.array([1, np.nan]), np.ones(2)), "`a` holds nan at index 1"),
        (lambda: associative_scan(np.full(9, 1e200), np.ones(9)), "a state overflows"),
        (lambda: hillis_steele(affine, (np.ones(2), np.ones(3))), r"`elements` have \[2, 3\]"),
        (lambda: odd_even(affine, (np.ones(0), np.ones(0))), r"`elements` have \[0\] steps"),
        (lambda: odd_even(affine, ()), r"`elements` have \[\] steps; give each the same"),
        (lambda: linear_attention(ONE, ONE, ONE, np.array([1, 0.0])), "`decay` holds 0.0 at"),
        (lambda: linear_attention(ONE, ONE, ONE, np.array([1.5, 1])), "`decay` holds 1.5 at"),
        (lambda: linear_attention(ONE, ONE, ONE, np.ones(2), chunk=0), "`chunk` is 0; take"),
    ],
)
def test_bad_values_are_refused_in_words(call, said):
    with pytest.raises(ValueError, match=said):
        call()
