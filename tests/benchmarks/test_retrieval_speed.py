"""Nearest neighbours beside scikit-learn, BM25 beside rank_bm25, which loops over documents."""

import numpy as np
import pytest
from rank_bm25 import BM25Okapi
from sklearn.neighbors import NearestNeighbors

from answers.scale.bm25 import postings, score_postings
from answers.scale.neighbours import knn


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("points", "d"), [(20_000, 64), (100_000, 128)])
def test_neighbours_beside_scikit_learn(race, points, d, dtype):
    rng = np.random.default_rng(0)
    base, queries = (rng.normal(size=(n, d)).astype(dtype) for n in (points, 256))
    exact = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(base)

    def peer():
        return exact.kneighbors(queries, return_distance=False)

    assert np.mean(peer() == knn(queries, base, 10)) > 0.999
    race(lambda: knn(queries, base, 10), 7, peer, "scikit-learn", ratio=1.5)


def test_an_index_of_20_000_documents_beside_rank_bm25(race):
    rng = np.random.default_rng(0)
    lengths = rng.integers(20, 200, 20_000)
    words = np.minimum(rng.zipf(1.3, lengths.sum()), 50_000) - 1
    index = postings(words, lengths, 50_000)
    documents = [each.tolist() for each in np.split(words, np.cumsum(lengths)[:-1])]
    theirs = BM25Okapi(documents, k1=1.2)
    # Four words of a document each, frequent and rare, as a query has them.
    queries = [rng.choice(documents[i], 4) for i in rng.integers(20_000, size=10)]
    race(
        lambda: [score_postings(index, query) for query in queries],
        5,
        lambda: [theirs.get_scores(query.tolist()) for query in queries],
        "rank_bm25",
        ratio=1 / 50,
    )
