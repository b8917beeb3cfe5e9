"""Signatures against a loop of Python's own integers, and what they estimate: exact Jaccard."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from answers.language_models.minhash import (
    PRIME,
    candidate_pairs,
    candidate_probability,
    minhash,
    shingles,
)


def functions(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(1, PRIME, count), rng.integers(0, PRIME, count)


numbers = st.lists(st.integers(0, PRIME - 1), min_size=1, max_size=20)


@given(numbers)
def test_agrees_with_a_loop_of_whole_numbers(some):
    a, b = functions(9)
    expected = [
        min((x * i + j) % PRIME for x in some) for i, j in zip(a.tolist(), b.tolist(), strict=True)
    ]
    assert minhash(np.array(some), a, b).tolist() == expected


@given(numbers)
def test_order_and_copies_change_nothing(some):
    a, b = functions(9)
    expected = minhash(np.array(some), a, b)
    assert_array_equal(minhash(np.array(some[::-1] + some), a, b), expected)


def jaccard(one, other):
    return len({*one} & {*other}) / len({*one} | {*other})


@pytest.mark.parametrize("shared", [10, 50, 90])
def test_agreeing_entries_estimate_the_jaccard_similarity(shared):
    rng = np.random.default_rng(shared)
    all_numbers = rng.choice(PRIME, 200 - shared, replace=False)
    one, other = all_numbers[:100], all_numbers[-100:]
    a, b = functions(4000, shared)
    exact = jaccard(one.tolist(), other.tolist())
    found = np.mean(minhash(one, a, b) == minhash(other, a, b))
    assert abs(found - exact) < 4 * np.sqrt(exact * (1 - exact) / 4000)


def test_numbers_that_are_counted_and_not_hashed_are_estimated_too_low():
    a, b = functions(4000)
    one, other = np.arange(80), np.arange(20, 100)
    assert np.mean(minhash(one, a, b) == minhash(other, a, b)) < 0.55 < jaccard(one, other)


@pytest.mark.parametrize("dtype", [np.uint32, np.int32, np.uint64])
def test_types_of_hashes_do_not_overflow(dtype):
    a, b = functions(5)
    some = np.array([PRIME - 1, PRIME - 2, 12345], dtype)
    found = minhash(some, a.astype(dtype), b.astype(dtype))
    assert found.dtype == np.int64
    assert_array_equal(found, minhash(some.astype(np.int64), a, b))


def test_shingles_are_sets_of_runs_of_words():
    one = shingles("a b c d a b c", 3)
    assert len(one) == 4
    assert_array_equal(one, np.unique(one))
    assert_array_equal(shingles("d  a b\nc", 3), shingles("d a b c", 3))
    assert len(shingles("a b", 3)) == 0


@pytest.mark.parametrize("bands", [1, 2, 4, 8])
def test_candidates_are_all_pairs_that_agree_in_a_band(bands):
    signatures = np.random.default_rng(0).integers(0, 3, size=(40, 8))
    cut = signatures.reshape(40, bands, -1)
    expected = {
        (i, j) for i, j in combinations(range(40), 2) if (cut[i] == cut[j]).all(axis=1).any()
    }
    assert candidate_pairs(signatures, bands) == expected


@pytest.mark.parametrize(("bands", "hashes"), [(1, 1), (4, 3), (14, 8)])
def test_pairs_become_candidates_as_often_as_the_curve_says(bands, hashes):
    rng = np.random.default_rng(0)
    agree = rng.random((2000, bands * hashes)) < 0.7
    found = np.mean(
        [
            candidate_pairs(np.stack([each, np.ones_like(each)]).astype(int), bands) == set()
            for each in agree
        ]
    )
    expected = 1 - candidate_probability(0.7, bands, hashes)
    assert abs(found - expected) < 4 * np.sqrt(0.25 / 2000)


def test_bad_values_are_refused_in_words():
    a, b = functions(4)
    for some, said in (([], "is empty"), ([-1], "holds -1"), ([PRIME], "holds 2147483647")):
        with pytest.raises(ValueError, match=said):
            minhash(np.array(some, int), a, b)
    with pytest.raises(ValueError, match="`a` holds 0"):
        minhash(np.array([1]), 0 * a, b)
    for bands in (0, 3):
        with pytest.raises(ValueError, match="equal bands"):
            candidate_pairs(np.ones((2, 4), int), bands)
    for similarity in (-0.1, 1.1, np.nan):
        with pytest.raises(ValueError, match="runs from 0 to 1"):
            candidate_probability(similarity, 2, 2)
    with pytest.raises(ValueError, match="bands"):
        candidate_probability(0.5, 0, 2)
