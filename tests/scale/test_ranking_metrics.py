"""Gains beside scikit-learn and the mean over all orders; ranks fused by a loop."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.metrics import ndcg_score

from answers.scale.ranking_metrics import discounted_gain, fuse_ranks, ndcg, recall_at_k


@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(1, 40))
def test_agrees_with_scikit_learn_ties_included(seed, items, k):
    rng = np.random.default_rng(seed)
    grades, scores = rng.integers(0, 4, items), rng.integers(0, 6, items)
    expected = ndcg_score([2.0**grades - 1], [scores], k=k)
    assert_allclose(ndcg(grades, scores, k), expected, rtol=1e-12)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_ties_are_the_mean_over_all_orders(k):
    gains, scores = np.array([3.0, 0, 1, 7, 0.5]), np.array([2, 1, 2, 1, 1])
    found = []
    for order in map(list, permutations(range(5))):
        if (np.diff(scores[order]) <= 0).all():
            found.append(sum(gains[i] / np.log2(p + 2) for p, i in enumerate(order[:k])))
    assert len(found) == 12
    assert_allclose(discounted_gain(gains, scores, k), np.mean(found), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.int64])
def test_types_change_nothing(dtype):
    grades, scores = np.array([0, 3, 20, 1]), np.array([1, 9, 3, 2])
    expected = ndcg(grades.astype(float), scores.astype(float), 3)
    assert ndcg(grades.astype(dtype), scores.astype(dtype), 3) == expected


def test_the_best_order_is_worth_1_and_nothing_relevant_0():
    grades = np.array([0, 3, 1])
    assert ndcg(grades, grades, 2) == ndcg(grades, 5 * grades + 1, 9) == 1
    assert ndcg(0 * grades, grades, 2) == 0


def test_recall_counts_relevant_items_once():
    retrieved = np.array([[5, 5, 2], [-1, 1, 3]])
    relevant = np.array([[2, 5, 8], [3, 1, 0]])
    assert [recall_at_k(retrieved, relevant, k) for k in (1, 2, 3, 9)] == [
        1 / 6,
        2 / 6,
        4 / 6,
        4 / 6,
    ]


def test_ranks_are_fused_as_a_loop_does():
    rankings = np.array([[3, 0, -1], [2, 3, 1], [3, 2, 0]])
    expected = [0.0] * 5
    for row in rankings.tolist():
        for place, item in enumerate(row, start=1):
            if item >= 0:
                expected[item] += 1 / (60 + place)
    assert_allclose(fuse_ranks(rankings, 5), expected, rtol=1e-12)


def test_rankings_without_an_item_fuse_to_zeros():
    for rankings in (np.full((2, 3), -1), np.empty((0, 3), int), np.empty((2, 0), int)):
        fused = fuse_ranks(rankings, 4)
        assert (fused.dtype, fused.tolist()) == (np.float64, [0.0] * 4)


def test_a_small_integer_of_numpy_as_constant_does_not_wrap():
    assert fuse_ranks(np.array([[0]]), 1, np.int8(127)) == fuse_ranks(np.array([[0]]), 1, 127)


def test_bad_values_are_refused_in_words():
    two = np.array([1.0, 2.0])
    for call, said in (
        (lambda: ndcg(two, two, 0), "`k` is 0"),
        (lambda: ndcg(-two, two, 1), "`grades` holds -1"),
        (lambda: ndcg(1e4 * two, two, 1), "overflows"),
        (lambda: ndcg(two, two * np.nan, 1), "`scores` holds nan"),
        (lambda: ndcg(two[:0], two[:0], 1), "`grades` is empty"),
        (lambda: recall_at_k(np.ones((1, 2), int), np.ones((1, 2), int), 1), "twice"),
        (lambda: recall_at_k(np.ones((1, 2), int), np.ones((1, 0), int), 1), "empty"),
        (lambda: recall_at_k(np.array([[4, -1]]), np.array([[4, -1]]), 2), "no item"),
        (lambda: fuse_ranks(np.array([[2]]), 2), "`rankings` holds 2"),
        (lambda: fuse_ranks(np.array([[0]]), 2, -1.0), "`constant` is -1"),
    ):
        with pytest.raises(ValueError, match=said):
            call()
