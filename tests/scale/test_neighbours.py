"""Exact search beside scikit-learn and differences, cells beside FAISS."""

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.neighbors import NearestNeighbors

from answers.scale.neighbours import (
    cell_centres,
    fill_cells,
    k_smallest,
    knn,
    search_cells,
)

rng = np.random.default_rng(0)
POINTS, QUERIES = rng.normal(size=(2000, 8)), rng.normal(size=(300, 8))


@pytest.mark.parametrize("k", [1, 7, 100, 2000])  # 100 is where groups are no longer made
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_agrees_with_scikit_learn(k, dtype):
    queries, points = QUERIES[:40].astype(dtype), POINTS.astype(dtype)
    exact = NearestNeighbors(n_neighbors=k, algorithm="kd_tree").fit(points)
    assert_array_equal(knn(queries, points, k), exact.kneighbors(queries)[1])


@given(st.integers(0, 10**6), st.integers(1, 400))
def test_of_equals_the_first_stands_first(seed, n):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, 5, (3, n))
    k = int(rng.integers(1, n + 1))
    assert_array_equal(k_smallest(values, k), np.argsort(values, axis=1, kind="stable")[:, :k])


@pytest.mark.parametrize("n", [20, 200])
@pytest.mark.parametrize("k", [np.int8(4), np.uint8(8), np.int16(8)])
def test_a_small_integer_of_numpy_as_k_does_not_wrap(n, k):
    assert_array_equal(knn(QUERIES, POINTS[:n], k), knn(QUERIES, POINTS[:n], int(k)))
    cells = fill_cells(POINTS[:n], POINTS[:20])
    found = search_cells(QUERIES, POINTS[:n], cells, k, np.int8(4))
    assert_array_equal(found, search_cells(QUERIES, POINTS[:n], cells, int(k), 4))


def test_bytes_are_not_subtracted_as_bytes():
    points = rng.integers(0, 256, (90, 5)).astype(np.uint8)
    whole = points.astype(int)
    distances = ((whole[:20, None] - whole) ** 2).sum(axis=2)
    expected = np.argsort(distances, axis=1, kind="stable")[:, :4]
    assert_array_equal(knn(points[:20], points, 4), expected)


@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 40))
def test_whole_points_at_one_distance_come_by_index(seed, n, d):
    rng = np.random.default_rng(seed)
    points = rng.integers(-50, 50, (n, d))
    points[rng.random(n) < 0.5] = points[0]
    queries = rng.integers(-50, 50, (3, d)) + 0.5
    distances = ((queries[:, None] - points) ** 2).sum(axis=2)  # exact
    expected = np.argsort(distances, axis=1, kind="stable")
    assert_array_equal(knn(queries, points, n), expected)
    cells = fill_cells(points, points[:1])
    assert_array_equal(search_cells(queries, points, cells, n, 1), expected)


def test_a_round_moves_centres_to_the_means_of_their_points():
    some = POINTS[:400]
    two, three = (cell_centres(some, 12, np.random.default_rng(1), rounds=r) for r in (2, 3))
    of = ((some[:, None] - two) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_allclose(three, [some[of == c].mean(axis=0) for c in range(12)])
    # They are no means of the points that are nearest to them now.
    of = ((some[:, None] - three) ** 2).sum(axis=2).argmin(axis=1)
    assert not np.allclose(three, [some[of == c].mean(axis=0) for c in range(12)], atol=1e-3)


def test_an_offset_changes_nothing():
    near = knn(QUERIES, POINTS, 5)
    assert (knn(QUERIES + 1e9, POINTS + 1e9, 5) == near).mean() > 0.99
    squares = ((POINTS + 1e9) ** 2).sum(axis=1)  # expanded where they are, they say little
    expanded = squares - 2 * (QUERIES + 1e9) @ (POINTS + 1e9).T
    assert (np.argsort(expanded, axis=1)[:, :5] != near).mean() > 0.5


def test_centres_are_the_means_of_their_cells():
    some = POINTS[:400]
    centres = cell_centres(some, 12, np.random.default_rng(1), rounds=200)
    cells = fill_cells(some, centres)
    assert sorted(cells.members) == list(range(400))
    for c, centre in enumerate(centres):
        inside = some[cells.members[cells.starts[c] : cells.starts[c + 1]]]
        np.testing.assert_allclose(centre, inside.mean(axis=0))
    before = cell_centres(some, 12, np.random.default_rng(1), rounds=0)
    assert {*map(tuple, before)} <= {*map(tuple, some)}


@pytest.mark.parametrize("probes", [1, 3, 25])
def test_cells_find_what_faiss_finds_in_them(probes):
    centres = cell_centres(POINTS, 25, np.random.default_rng(0))
    coarse = faiss.IndexFlatL2(8)
    coarse.add(centres.astype(np.float32))
    theirs = faiss.IndexIVFFlat(coarse, 8, 25)
    theirs.add(POINTS.astype(np.float32))
    theirs.nprobe = probes
    _, expected = theirs.search(QUERIES.astype(np.float32), 10)
    found = search_cells(QUERIES, POINTS, fill_cells(POINTS, centres), 10, probes)
    assert (found == expected).mean() > 0.999  # float32 exchanges a few
    if probes == 25:
        assert_array_equal(found, knn(QUERIES, POINTS, 10))


def test_a_cell_without_enough_points_leaves_places():
    points = np.array([[1.0], [9.0], [2.0]])
    cells = fill_cells(points, np.array([[0.0], [8.0], [50.0]]))
    found = search_cells(np.array([[60.0], [9.0]]), points, cells, 2, 1)
    assert found.tolist() == [[-1, -1], [1, -1]]


@pytest.mark.parametrize("n", [3, 100])
def test_no_row_has_no_smallest(n):
    assert k_smallest(np.zeros((0, n)), 2).shape == (0, 2)


def test_bad_values_are_refused_in_words():
    cells = fill_cells(POINTS, POINTS[:5])
    for call, said in (
        (lambda: knn(QUERIES, POINTS, 0), "`k` is 0"),
        (lambda: knn(QUERIES, POINTS[:3], 4), "of 3 points"),
        (lambda: knn(QUERIES * np.nan, POINTS, 4), "`queries` holds nan"),
        (lambda: knn(QUERIES, POINTS + 1e200, 4), "of `points` overflows"),
        (lambda: knn(QUERIES, POINTS[:0], 1), "`points` is empty"),
        (lambda: k_smallest(np.ones((2, 2)), 3), "of 2 entries"),
        (lambda: k_smallest(np.full((2, 2), np.nan), 1), "`values` holds nan"),
        (lambda: cell_centres(POINTS, 0, np.random.default_rng(0)), "`cells` is 0"),
        (lambda: cell_centres(POINTS, 3, np.random.default_rng(0), -1), "`rounds` is -1"),
        (lambda: search_cells(QUERIES, POINTS, cells, 3, 6), "there are 5 cells"),
        (lambda: search_cells(QUERIES, POINTS[1:], cells, 3, 1), "the cells hold 2000"),
    ):
        with pytest.raises(ValueError, match=said):
            call()
