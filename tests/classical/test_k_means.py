"""k-means beside scikit-learn from the same start and beside loops; k-means++ by its chances."""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris

from answers.classical.k_means import inertia, kmeans_plus_plus, lloyd, nearest_centres

rng = np.random.default_rng(0)
POINTS = rng.normal(size=(2500, 6))  # more than two parts of `nearest_centres`


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("rounds", [1, 40])
def test_agrees_with_scikit_learn_from_the_same_start(rounds, dtype):
    points = POINTS.astype(dtype)
    theirs = KMeans(9, init=points[:9], n_init=1, max_iter=rounds, tol=0, algorithm="lloyd")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one round is too few, it says
        theirs.fit(points)
    centres, labels = lloyd(points, points[:9], rounds)
    assert centres.dtype == dtype
    assert_allclose(centres, theirs.cluster_centers_, atol=1e-5 if dtype == np.float32 else 1e-12)
    assert (labels == theirs.labels_).mean() > 0.999  # float32 exchanges a few
    assert_allclose(inertia(points, centres, labels), theirs.inertia_, rtol=1e-5)


def test_agrees_with_loops_and_never_increases():
    points, centres = POINTS[:200], POINTS[200:205]
    before = np.inf
    for rounds in range(12):
        found, labels = lloyd(points, centres, rounds)
        expected = [min(range(5), key=lambda j: sum((x - found[j]) ** 2)) for x in points]
        assert labels.tolist() == expected
        now = inertia(points, found, labels)
        assert now <= before
        assert now == pytest.approx(
            sum(sum((x - found[j]) ** 2) for x, j in zip(points, expected, strict=True))
        )
        before = now
        means = [points[np.array(expected) == j].mean(axis=0) for j in range(5)]
        assert_allclose(lloyd(points, centres, rounds + 1)[0], means, rtol=1e-12)


def test_a_centre_without_points_stays_and_of_equals_the_first_is_taken():
    points = np.array([[0.0], [2.0], [4.0]])
    centres, labels = lloyd(points, np.array([[1.0], [3.0], [90.0], [1.0]]), rounds=1)
    assert centres.ravel().tolist() == [1, 4, 90, 1]
    assert labels.tolist() == [0, 0, 1]


def test_points_far_from_0_keep_their_digits():
    near, labels = lloyd(POINTS, POINTS[:5], 20)
    far, moved = lloyd(POINTS + 1e8, POINTS[:5] + 1e8, 20)
    assert_array_equal(moved, labels)
    assert_allclose(far - 1e8, near, atol=1e-6)
    centres, start = POINTS[:5] + 3e4, (POINTS + 3e4).astype(np.float32)
    expected = ((start[:, None].astype(float) - centres) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest_centres(start, centres.astype(np.float32)) == expected).mean() > 0.99


@pytest.mark.parametrize(("dtype", "away"), [(np.float32, 1e6), (np.float64, 1e14)])
def test_points_far_from_0_and_their_centres_lose_no_digit_to_the_distance(dtype, away):
    """The numbers are multiples of what the float still has there, so differences are exact."""
    points = (np.random.default_rng(0).normal(size=(2000, 2)) + away).astype(dtype)
    centres = points[:5]
    squares = ((points[:, None].astype(np.longdouble) - centres) ** 2).sum(axis=2)
    chosen = squares[np.arange(2000), nearest_centres(points, centres)]
    assert_allclose(chosen.astype(float), squares.min(axis=1).astype(float), atol=1e-2)


def test_means_of_many_float32_far_from_0_need_a_subtraction_first():
    points = np.random.default_rng(0).normal(size=(60_000, 2)) + 1e5
    points[:30_000] += 5
    points = points.astype(np.float32)
    start = points[[0, -1]]
    exact, labels = lloyd(points.astype(float), start.astype(float))
    centres, same = lloyd(points - np.float32(1e5), start - np.float32(1e5))
    assert_allclose(centres, exact - 1e5, atol=1e-4)
    assert_array_equal(same, labels)


def test_draws_are_the_first_at_which_the_running_sum_is_above():
    points = POINTS[:30]
    for seed in range(20):
        uniforms = np.random.default_rng(seed).random(6)
        rows = []
        for uniform in uniforms:
            weights = [
                min(sum((x - points[row]) ** 2) for row in rows) if rows else 1 for x in points
            ]
            sums = [sum(weights[: row + 1]) for row in range(30)]
            rows.append(next(row for row in range(30) if sums[row] > uniform * sums[-1]))
        assert kmeans_plus_plus(points, uniforms).tolist() == rows


def test_the_second_point_is_drawn_by_squared_distance():
    points = np.array([[0.0], [1.0], [3.0], [-4.0]])
    steps = (np.arange(520) + 0.5) / 520  # 26 shares of 20
    drawn = [kmeans_plus_plus(points, np.array([0.1, u]))[1] for u in steps]
    assert np.bincount(drawn).tolist() == [0, 20, 180, 320]


def test_the_largest_number_below_1_draws_the_last_point():
    just_below = np.nextafter(1, 0)
    for count in range(2, 60):
        last = kmeans_plus_plus(np.arange(count)[:, None] / 7, np.array([0.0, just_below]))
        assert last.tolist() == [0, count - 1]


def test_starts_are_nearer_to_the_best_than_random_ones():
    iris, found = load_iris().data, {}
    for name in ("random", "++"):
        draws = [np.random.default_rng(seed) for seed in range(40)]
        starts = [
            kmeans_plus_plus(iris, each.random(3)) if name == "++" else each.choice(150, 3, False)
            for each in draws
        ]
        found[name] = np.mean([inertia(iris, *lloyd(iris, iris[rows], 0)) for rows in starts])
    assert found["++"] < found["random"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kmeans_plus_plus(POINTS[:0], np.ones(1) / 2), "`points` is empty"),
        (lambda: kmeans_plus_plus(POINTS * np.nan, np.ones(1) / 2), "`points` holds nan"),
        (lambda: kmeans_plus_plus(POINTS, np.ones(2)), "`uniforms` holds 1.0 at index 0"),
        (lambda: kmeans_plus_plus(np.ones((4, 2)), np.ones(2) / 2), "fewer than 2 of the points"),
        (lambda: kmeans_plus_plus(POINTS[:2], np.ones(3) / 2), "fewer than 3 of the points"),
        (lambda: lloyd(POINTS + 1e160, POINTS[:2]), "distances of `points` overflows"),
        (lambda: lloyd(POINTS.astype(np.float32), POINTS[:2].astype("f4") + 1e20), "overflows"),
        (lambda: lloyd(POINTS, POINTS[:2], -1), "`rounds` is -1"),
        (lambda: lloyd(POINTS, POINTS[:0]), "`centres` is empty"),
        (lambda: inertia(POINTS[:2], POINTS[:2], np.array([0, 2])), "`labels` holds 2"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")
def test_bad_values_are_refused_in_words(call, said):
    with pytest.raises(ValueError, match=said):
        call()
