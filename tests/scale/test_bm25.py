"""Scores beside rank_bm25, a loop over words, and the index beside the table of counts."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from rank_bm25 import BM25Okapi

from answers.scale.bm25 import bm25, inverse_frequency, postings, score_postings


def corpus(documents, terms, seed=0, longest=40):
    """Lists of terms, the frequent ones first."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, longest, documents)
    return [np.minimum(rng.zipf(1.4, n) - 1, terms - 1) for n in lengths]


def table(words, terms):
    return np.array([np.bincount(each, minlength=terms) for each in words])


def by_a_loop(words, query, k1, b):
    mean, scores = sum(map(len, words)) / len(words), []
    for document in map(list, words):
        score = 0.0
        for word in query:
            n = sum(word in other for other in map(list, words))
            f = document.count(word)
            if f:
                full = k1 * (1 - b + b * len(document) / mean)
                idf = math.log(1 + (len(words) - n + 0.5) / (n + 0.5))
                score += idf * f * (k1 + 1) / (f + full)
        scores.append(score)
    return scores


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0, 0), (2.0, 1), (1.2, 0)])
def test_agrees_with_a_loop(k1, b):
    words = [*corpus(12, 9), np.array([], int)]
    query = np.array([3, 1, 3, 8, 0])
    found = bm25(table(words, 9), query, k1, b)
    assert_allclose(found, by_a_loop(words, query.tolist(), k1, b), rtol=1e-12)
    assert found[-1] == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64])
def test_agrees_with_rank_bm25_on_rare_words(dtype):
    words = corpus(60, 30)
    counts = table(words, 30)
    rare = np.flatnonzero((counts > 0).sum(axis=0) < 20)
    theirs = BM25Okapi([each.tolist() for each in words], k1=1.2)
    n = (counts > 0).sum(axis=0)
    for word in rare:  # its IDF is Robertson's there, so only that differs
        expected = theirs.get_scores([word])
        ours = bm25(counts.astype(dtype), np.array([word], dtype))
        if n[word]:
            ours *= np.log((60 - n[word] + 0.5) / (n[word] + 0.5))
            ours /= inverse_frequency(n[[word]], 60)[0]
        assert_allclose(ours, expected, rtol=1e-12)


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0, 1)])
def test_an_index_scores_as_the_table_does(k1, b):
    words = [np.array([], int), *corpus(40, 25), np.array([], int)]
    lengths = np.array([len(each) for each in words])
    index = postings(np.concatenate(words), lengths, 25, k1, b)
    for query in ([4], [0, 0, 7, 24], []):
        query = np.array(query, int)
        expected = bm25(table(words, 25), query, k1, b)
        assert_allclose(score_postings(index, query), expected, rtol=1e-12, atol=0)


def test_a_repeated_word_adds_less_each_time_and_never_k1_plus_1_of_its_weight():
    counts = np.zeros((40, 2), int)
    counts[:, 0] = np.arange(40)
    counts[:, 1] = 60 - counts[:, 0]  # documents of one length
    scores = bm25(counts, np.array([0]))
    steps = np.diff(scores)
    assert (steps > 0).all()
    assert (np.diff(steps) < 0).all()
    assert scores.max() < 2.2 * inverse_frequency(np.array([39]), 40)[0]


def test_a_small_integer_of_numpy_as_k1_does_not_wrap():
    counts, words, lengths = np.array([[1, 2], [0, 3]]), np.array([0, 1, 1, 1, 1, 1]), [3, 3]
    for k1 in (np.int8(127), np.uint8(255)):
        expected = bm25(counts, np.array([0]), float(k1))
        assert expected[0] > 0
        assert_allclose(bm25(counts, np.array([0]), k1), expected, rtol=1e-12)
        index = postings(words, np.array(lengths), 2, k1)
        assert_allclose(score_postings(index, np.array([0])), expected, rtol=1e-12)


def test_a_small_integer_of_numpy_as_the_count_of_terms_does_not_wrap():
    words, lengths = np.arange(127), np.full(1, 127)
    for terms in (np.int8(127), np.uint8(255)):
        index = postings(words, lengths, terms)
        assert index.starts.tolist() == postings(words, lengths, int(terms)).starts.tolist()


def test_bad_values_are_refused_in_words():
    counts, query = np.array([[1, 0], [2, 1]]), np.array([0])
    for wrong, said in (
        ((counts - 1, query), "`counts` holds -1 at index"),
        ((0 * counts, query), "has no word"),
        ((counts[:0], query), "`counts` is empty"),
        ((counts, np.array([2])), "`query` holds 2"),
        ((counts, np.array([-1])), "`query` holds -1"),
        ((counts, query, -1.0), "`k1` is -1"),
        ((counts, query, 1.2, 1.1), "`b` is 1.1"),
        ((counts, query, 1.2, math.nan), "`b` is nan"),
    ):
        with pytest.raises(ValueError, match=said):
            bm25(*wrong)
    with pytest.raises(ValueError, match="of 2 documents"):
        inverse_frequency(np.array([3]), 2)
    with pytest.raises(ValueError, match="add up to 3"):
        postings(np.array([0, 1]), np.array([1, 2]), 2)
    with pytest.raises(ValueError, match="`words` holds 1"):
        postings(np.array([0, 1]), np.array([1, 1]), 1)
    with pytest.raises(ValueError, match="`query` holds 2"):
        score_postings(postings(np.array([0, 1]), np.array([1, 1]), 2), np.array([2]))
