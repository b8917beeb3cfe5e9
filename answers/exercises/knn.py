"""Practice for question 38: exact nearest neighbours."""

import numpy as np

from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers
from answers.scale.neighbours import knn

exercise = Exercise(
    knn,
    page="38-retrieval",
    bytes_judged=True,  # float64 is promised
    hints=(
        "All distances stand in one table, queries by points. Along which axis is it sorted?",
        "|q - p|² is the sum of three terms: two are sums of squares, one a matrix product. One "
        "of them changes no order.",
        "Bytes wrap around when they are subtracted, and float32 has no room for small differences "
        "of large squares: convert first.",
        "A stable sort keeps equal distances in the order of the points; the whole row may be "
        "sorted here.",
    ),
)

rng = np.random.default_rng(380)


def vectors(queries, points, d):
    return rng.normal(size=(queries, d)), rng.normal(size=(points, d))


def whole(queries, points, d, below=5):
    return rng.integers(0, below, (queries, d)), rng.integers(0, below, (points, d))


some = vectors(5, 9, 3)
exercise.case(
    "one query, two points on a line", np.array([[1.0]]), np.array([[4.0], [2.0]]), 1
)
exercise.case(
    "all of three points on a line",
    np.array([[1.0]]),
    np.array([[4.0], [0.5], [2.5]]),
    3,
)
exercise.case("one neighbour of each", *some, 1)
exercise.case("three neighbours of each", *some, 3)
exercise.case("all points", *some, 9)
exercise.case("as many queries as points", *vectors(4, 4, 3), 2)
exercise.case("as many dimensions as points", *vectors(3, 5, 5), 2)
exercise.case("more queries than points", *vectors(8, 3, 2), 2)
exercise.case(
    "points of unequal length", some[0], some[1] * np.arange(1, 10)[:, None], 4
)
exercise.case("a query that is a point", some[1][[4, 2]], some[1], 3)
exercise.case("each point among all", some[1], some[1], 2)
exercise.case("all numbers negative", *(-np.abs(x) - 1 for x in some), 3)
exercise.case("one dimension far larger", *(x * [1.0, 40.0, 1.0] for x in some), 3)
exercise.case(
    "points of the same distance",
    np.array([[0.0, 0.0]]),
    np.array([[0.0, 2], [1, 0], [2, 0], [0, -1]]),
    3,
)
exercise.case(
    "a point twice",
    np.array([[1.0, 1.0]]),
    np.array([[3.0, 1], [2, 2], [3, 1], [0, 5]]),
    3,
)
exercise.case("many ties", *whole(4, 16, 2, 3), 7)  # of 16 the mean is exact
exercise.case("no query", np.empty((0, 3)), some[1], 2)
add_whole_numbers(exercise, *whole(4, 7, 3, 90), 3)
exercise.case(
    "bytes of all sizes", *(x.astype(np.uint8) for x in whole(4, 9, 5, 256)), 4
)
exercise.case(
    "signed bytes of all sizes",
    *((x - 128).astype(np.int8) for x in whole(4, 9, 5, 256)),
    4,
)
exercise.case("float32", *(x.astype(np.float32) for x in vectors(4, 9, 5)), 4)
exercise.case(
    "float32, far from 0",
    *((x + 3000).astype(np.float32) for x in vectors(4, 30, 5)),
    6,
)
place = rng.normal(size=(6, 3))
exercise.case(
    "points that differ by little",
    rng.normal(size=(4, 3)),
    np.concatenate([place, place + 1e-9 * rng.normal(size=(6, 3))]),
    12,
)
exercise.case("whole numbers of millions", *whole(4, 9, 3, 10**7), 3)
exercise.case("many ties among many points", *whole(4, 64, 2, 3), 5)
# A partition of so many leaves the k nearest unsorted, also where it sorts blocks of 256.
exercise.case("half of many points", *vectors(1, 900, 3), 450)
exercise.case(
    "float32, squared distances that differ by little",
    np.zeros((1, 2), np.float32),
    np.array([[1, 3e-4], [1, 2e-4], [1, 1e-4]], np.float32),
    1,
)
exercise.case(
    "whole queries, points between them",
    np.array([[3, 1], [0, -2]]),
    np.array([[3.75, 1.5], [0.625, -2.5], [3.25, 1.375], [0.5, -2.25], [3.5, 1.0]]),
    4,
)
exercise.case("whole numbers of ten billions", *whole(4, 9, 3, 10**10), 7)


def squared(queries, points):
    """All squared distances, (queries, points), by differences in float64."""
    queries, points = (x.astype(np.float64) for x in (queries, points))
    return ((queries[:, None] - points) ** 2).sum(axis=2)


def nearest(table, k):
    return np.argsort(table, axis=1, kind="stable")[:, :k]


@exercise.bug
def farthest(queries, points, k):
    """The farthest points come first. Sort distances upwards."""
    # "The farthest points come first": np.array_equal(got, nearest(-squared(queries, points), k))
    # "Sort distances upwards": -squared → squared
    return nearest(-squared(queries, points), k)


@exercise.bug
def nearest_last(queries, points, k):
    """The right points stand in the wrong order: the nearest last. The nearest comes first."""
    # "The right points stand in the wrong order: the nearest last": np.array_equal(got[:, ::-1],
    #     want)
    # "The nearest comes first": [:, ::-1] →
    return nearest(squared(queries, points), k)[:, ::-1]


@exercise.bug
def in_the_order_of_the_points(queries, points, k):
    """The right points stand in the order of their indices, as a mask leaves them. Sort the k found
    by distance."""
    # "The right points stand in the order of their indices": np.array_equal(got, np.sort(want))
    # "Sort the k found by distance": np.sort(nearest(squared(queries, points), k), axis=1) →
    #     nearest(squared(queries, points), k)
    return np.sort(nearest(squared(queries, points), k), axis=1)


@exercise.bug
def largest_product(queries, points, k):
    """The largest dot products are taken, so long vectors win. Add |p|² to -2 q · p."""
    # "The largest dot products are taken": np.array_equal(got, nearest(-(queries.astype(float) @
    #     points.astype(float).T), k))
    # "so long vectors win": bug(np.array([[1.0]]), np.array([[1.0], [9.0]]), 1)[0, 0] == 1
    # "Add |p|² to -2 q · p": -(q @ p.T) → (p**2).sum(axis=1) - 2 * q @ p.T
    q, p = (x.astype(np.float64) for x in (queries, points))
    return nearest(-(q @ p.T), k)


@exercise.bug
def smallest_angle(queries, points, k):
    """Points are ordered by cosine, which no length enters. Asked for is Euclidean distance."""
    # "Points are ordered by cosine, which no length enters": np.array_equal(bug(np.ones((1, 2)),
    #     np.array([[9.0, 8], [2, 1]]), 2), [[0, 1]]) and not np.array_equal(got, want)
    # "Asked for is Euclidean distance": -(q @ (p / lengths).T) → (p**2).sum(axis=1) - 2 * q @ p.T
    q, p = (x.astype(np.float64) for x in (queries, points))
    lengths = np.maximum(np.linalg.norm(p, axis=1, keepdims=True), 1e-300)
    return nearest(-(q @ (p / lengths).T), k)


@exercise.bug
def sum_of_differences(queries, points, k):
    """Distances are sums of absolute differences. Sum their squares."""
    # "Distances are sums of absolute differences": np.array_equal(got, nearest(np.abs(
    #     queries[:, None].astype(float) - points).sum(axis=2), k))
    # "Sum their squares": np.abs(queries[:, None].astype(np.float64) - points.astype(np.float64)) →
    #     ((queries[:, None].astype(np.float64) - points.astype(np.float64)) ** 2)
    return nearest(
        np.abs(queries[:, None].astype(np.float64) - points.astype(np.float64)).sum(
            axis=2
        ),
        k,
    )


@exercise.bug
def largest_difference(queries, points, k):
    """The distance is the largest difference of a dimension. Sum the squares of all."""
    # "The distance is the largest difference of a dimension": np.array_equal(got,
    #     nearest(np.abs(queries[:, None].astype(float) - points).max(axis=2), k))
    # "Sum the squares of all": .max(axis=2) → .sum(axis=2)
    q, p = (x.astype(np.float64) for x in (queries, points))
    return nearest(((q[:, None] - p) ** 2).max(axis=2), k)


@exercise.bug
def sign_of_the_product(queries, points, k):
    """The product is added: |q + p|² is sorted. Subtract 2 q · p."""
    # "The product is added: |q + p|² is sorted": np.array_equal(got, nearest(squared(
    #     -queries.astype(float), points), k))
    # "Subtract 2 q · p": + 2 → - 2
    q, p = (x.astype(np.float64) for x in (queries, points))
    return nearest((p**2).sum(axis=1) + 2 * q @ p.T, k)


@exercise.bug
def product_once(queries, points, k):
    """The product is subtracted once. Expanded, |q - p|² holds it twice."""
    # "The product is subtracted once": np.array_equal(got, nearest((points.astype(float)**2).sum(
    #     axis=1) - queries.astype(float) @ points.astype(float).T, k))
    # "Expanded, |q - p|² holds it twice": - q @ p.T → - 2 * q @ p.T
    q, p = (x.astype(np.float64) for x in (queries, points))
    return nearest((p**2).sum(axis=1) - q @ p.T, k)


@exercise.bug
def summed_before_squared(queries, points, k):
    """Differences are summed before they are squared, so that they cancel. Square each first."""
    # "Differences are summed before they are squared": np.array_equal(got, nearest((queries[:,
    #     None].astype(float) - points).sum(axis=2) ** 2, k))
    # "so that they cancel": bug(np.zeros((1, 2)), np.array([[1.0, 0], [9, -9]]), 1)[0, 0] == 1
    # "Square each first": (q[:, None] - p).sum(axis=2) ** 2 → ((q[:, None] - p) ** 2).sum(axis=2)
    q, p = (x.astype(np.float64) for x in (queries, points))
    return nearest((q[:, None] - p).sum(axis=2) ** 2, k)


@exercise.bug
def sorted_along_the_queries(queries, points, k):
    """The table is sorted along the queries. Each query has a row: sort along the points."""
    # "The table is sorted along the queries": np.array_equal(got, np.argsort(squared(queries,
    #     points), axis=0, kind="stable")[:, :k])
    # "sort along the points": axis=0 → axis=1
    table = squared(queries, points)
    return np.argsort(table, axis=0, kind="stable")[:, :k]


@exercise.bug
def neighbours_of_points(queries, points, k):
    """The queries nearest to each point are found. Each query has a row, and its neighbours are
    points."""
    # "The queries nearest to each point are found": len(got) == len(points) and (got <
    #     len(queries)).all()
    # "Each query has a row, and its neighbours are points": squared(points, queries) →
    #     squared(queries, points)
    return nearest(squared(points, queries), k)


@exercise.bug
def a_column_for_each_query(queries, points, k):
    """Each query has a column. Its neighbours are a row."""
    # "Each query has a column": np.array_equal(got.T, want)
    # "Its neighbours are a row": .T →
    return nearest(squared(queries, points), k).T


@exercise.bug
def itself_left_out(queries, points, k):
    """The nearest point is left out, as one does if queries are the points. Here a query may be its
    own neighbour: keep the first."""
    # "The nearest point is left out": not np.isin(want[0, 0], got[0])
    # "keep the first": k + 1)[:, 1:] → k)
    # "Here a query may be its own neighbour": want[0, 0] != got[0, 0]
    return nearest(squared(queries, points), k + 1)[:, 1:]


@exercise.bug
def the_zero_distance_left_out(queries, points, k):
    """A point that is the query is left out. It is its own neighbour here, at distance 0."""
    # "A point that is the query is left out": (squared(queries, points) == 0).any() and not
    #     np.array_equal(got, want)
    # "It is its own neighbour here, at distance 0": np.where(table == 0, np.inf, table) → table
    table = squared(queries, points)
    return nearest(np.where(table == 0, np.inf, table), k)


@exercise.bug
def float32_kept(queries, points, k):
    """Differences of float32 are squared in float32, where squares that differ by little are
    equal. Convert to float64 first."""
    # "Differences of float32 are squared in float32": queries.dtype == np.float32 and not
    #     np.array_equal(got, want)
    # "where squares that differ by little are equal": got[0, 0] == 1 and want[0, 0] == 2
    # "Convert to float64 first": x if x.dtype == np.float32 else x.astype(np.float64) →
    #     x.astype(np.float64)
    q, p = (
        x if x.dtype == np.float32 else x.astype(np.float64) for x in (queries, points)
    )
    return nearest(((q[:, None] - p) ** 2).sum(axis=2), k)


@exercise.bug(squared_so=(False, True))
def bytes_that_wrap(queries, points, k, squared_so=False):
    """Differences are taken in the type that came, where differences of bytes wrap around.
    Convert to float64 first."""
    # "Differences are taken in the type that came, where differences of bytes wrap around":
    #     queries.dtype.itemsize == 1 and not np.array_equal(got, want)
    # "Convert to float64 first": queries[:, None] - points → queries[:, None].astype(np.float64) -
    #     points
    differences = queries[:, None] - points
    differences = differences if squared_so else differences.astype(np.float64)
    return nearest((differences**2).sum(axis=2), k)


@exercise.bug(always=(False, True))
def squares_in_float32(queries, points, k, always=False):
    """The expanded squares are computed in float32. Far from 0 they round small differences away:
    convert to float64 first."""
    # "The expanded squares are computed in float32": queries.dtype == np.float32 and
    #     not np.array_equal(got, want)
    # "convert to float64 first": np.float32 if always or → np.float64 if always or
    # "Far from 0 they round small differences away": not np.array_equal(got, want)
    q, p = (
        x.astype(np.float32 if always or x.dtype == np.float32 else np.float64)
        for x in (queries, points)
    )
    return nearest((p**2).sum(axis=1) - 2 * q @ p.T, k)


@exercise.bug(how=("squares", "sums", "distances", "squares to 6", "distances to 6"))
def little_rounded_away(queries, points, k, how="squares"):
    """Distances are rounded, so points that differ by little look equally far. Keep all digits of
    float64."""
    # "Distances are rounded": np.array_equal(got, nearest(squared(queries, points).round(6), k))
    # "so points that differ by little look equally far": bug(np.array([[0.0]]), np.array([[1 +
    #     1e-12], [1.0]]), 1)[0, 0] == 0
    # "Keep all digits of float64": .astype(np.float32) → ; .round(6) → ; dtype=np.float32 →
    #     dtype=float
    if how == "sums":
        differences = queries[:, None].astype(float) - points
        return nearest((differences**2).sum(axis=2, dtype=np.float32), k)
    table = squared(queries, points)
    table = np.sqrt(table) if "distances" in how else table
    return nearest(table.round(6) if "6" in how else table.astype(np.float32), k)


@exercise.bug
def last_of_equals(queries, points, k):
    """Of points at the same distance the last comes first. Sort stably, the lower index first."""
    # "Of points at the same distance the last comes first": not np.array_equal(got, want) and
    #     np.array_equal(np.take_along_axis(squared(queries, points), got, 1),
    #     np.take_along_axis(squared(queries, points), want, 1))
    # "Sort stably, the lower index first": len(points) - 1 - nearest(table[:, ::-1], k) →
    #     nearest(table, k)
    table = squared(queries, points)
    return len(points) - 1 - nearest(table[:, ::-1], k)


@exercise.bug
def last_of_equals_kept(queries, points, k):
    """Where points at the same distance compete for the last places, the last are kept, as in a
    heap of (-distance, index). Keep the first: a heap of (-distance, -index)."""
    # "Where points at the same distance compete for the last places, the last are kept":
    #     np.array_equal(bug(np.zeros((1, 1)), np.array([[2.0], [1], [2]]), 2), [[1, 2]])
    # "as in a heap of (-distance, index)": min((-2.0, 0), (-2.0, 2)) == (-2.0, 0) and not
    #     np.array_equal(got, want)
    # "Keep the first: a heap of (-distance, -index)": last - places → places
    table, last = squared(queries, points), len(points) - 1
    places = np.arange(last + 1)
    found = [np.lexsort((last - places, row))[:k] for row in table]
    found = np.sort(np.array(found, int).reshape(-1, k), axis=1)
    return np.take_along_axis(found, nearest(np.take_along_axis(table, found, 1), k), 1)


@exercise.bug(how=("sorted", "kept", "found"))
def equals_in_any_order(queries, points, k, how="sorted"):
    """Points at the same distance come in any order, as a plain `argsort` or a partition leaves
    them. Sort all stably: kind="stable"."""
    # "Points at the same distance come in any order": np.array_equal(*(np.take_along_axis(
    #     squared(queries, points), each, 1) for each in (got, want))) and not np.array_equal(got,
    #     want)
    # "as a plain `argsort` or a partition leaves them": np.array_equal(got,
    #     np.argsort(squared(queries, points), axis=1)[:, :k]) and not np.array_equal(got, want)
    # "Sort all stably: kind="stable"": np.argsort(table, axis=1)[:, :k] → nearest(table, k);
    #     np.argpartition(table, k - 1, axis=1) → nearest(table, len(points))
    table = squared(queries, points)
    if how == "sorted":
        return np.argsort(table, axis=1)[:, :k]
    some = np.argpartition(table, k - 1, axis=1)[:, :k]
    some = np.sort(some, axis=1) if how == "kept" else some
    distances = np.take_along_axis(table, some, axis=1)
    order = np.argsort(distances, axis=1, kind="stable")
    return np.take_along_axis(some, order, axis=1)


@exercise.bug
def partition_not_sorted(queries, points, k):
    """The right points stand in the order that a partition leaves. Sort the k found by distance."""
    # "The right points stand in the order that a partition leaves": np.array_equal(got,
    #     np.argpartition(squared(queries, points), k - 1, axis=1)[:, :k]) and not
    #     np.array_equal(got, want)
    # "Sort the k found by distance": np.argpartition(table, k - 1, axis=1)[:, :k] → nearest(table,
    #     k)
    table = squared(queries, points)
    return np.argpartition(table, k - 1, axis=1)[:, :k]


@exercise.bug
def distances_instead(queries, points, k):
    """Returned are the distances. Return which points they belong to."""
    # "Returned are the distances": np.allclose(got, np.sqrt(np.take_along_axis(squared(queries,
    #     points), want, 1)))
    # "Return which points they belong to": np.sqrt(np.sort(squared(queries, points), axis=1))[:,
    #     :k] → nearest(squared(queries, points), k)
    return np.sqrt(np.sort(squared(queries, points), axis=1))[:, :k]
