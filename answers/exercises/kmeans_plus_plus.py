"""Practice for question 40: where k-means starts."""

import itertools

import numpy as np

from answers.classical.k_means import kmeans_plus_plus
from answers.grader.exercise import Exercise
from answers.grader.number_types import add_whole_numbers

exercise = Exercise(
    kmeans_plus_plus,
    page="40-k-means-and-mixtures",
    bytes_judged=True,  # float64 is promised
    hints=(
        "A running sum turns a number from 0 to 1 into a point: `np.cumsum`, and the first entry "
        "above u times the last.",
        "Keep one number for each point: the squared distance to the nearest point drawn so far. A "
        "new point can only lower it.",
        "A point that is drawn has weight 0, so it cannot be drawn again; with > and not >= this "
        "holds for u = 0, too.",
    ),
)

rng = np.random.default_rng(401)


def points(n, d, scale=1.0):
    return scale * rng.normal(size=(n, d))


def whole(n, d, below=9):
    return rng.integers(-below, below, (n, d))


line = np.array([[0.0], [1.0], [3.0], [7.0]])
exercise.case("one centre of four points", line, np.array([0.6]))
exercise.case("two centres on a line", line, np.array([0.3, 0.5]))
exercise.case("three centres on a line", line, np.array([0.8, 0.4, 0.7]))
exercise.case("two centres in a plane", points(9, 2), rng.random(2))
exercise.case("four centres in a plane", points(20, 2), rng.random(4))
exercise.case("ten centres of thirty points", points(30, 3), rng.random(10))
exercise.case("as many dimensions as centres", points(12, 4), rng.random(4))
exercise.case("more dimensions than points", points(5, 8), rng.random(3))
exercise.case("every point becomes a centre", points(7, 2), rng.random(7))
exercise.case("one point", np.array([[2.5, -1.0]]), np.array([0.7]))
exercise.case("numbers near 0", points(20, 2), np.full(4, 1e-9))
exercise.case("numbers that are 0", points(8, 2), np.zeros(3))
exercise.case("numbers near 1", points(20, 2), np.full(4, 1 - 1e-9))
exercise.case(
    "one point far away", np.vstack([points(15, 2), [[60.0, 80.0]]]), rng.random(5)
)
exercise.case(
    "two groups far apart",
    np.vstack([points(6, 2), points(6, 2) + 50]),
    np.array([0.2, 0.6, 0.9]),
)
exercise.case(
    "points that stand twice",
    np.repeat(points(6, 2), 2, axis=0),
    np.array([0.35, 0.0, 0.99, 0.5, 0.02]),
)
exercise.case("all numbers negative", -np.abs(points(10, 3)) - 5, rng.random(4))
exercise.case(
    "one dimension far larger", points(14, 3) * [1.0, 40.0, 1.0], rng.random(4)
)
exercise.case("points far from 0", points(14, 2) + 1e9, rng.random(5))
exercise.case("points near each other", points(14, 2, 1e-6), rng.random(5))
exercise.case("large points", points(14, 2, 1e6), rng.random(5))
add_whole_numbers(exercise, whole(9, 2), np.array([0.23, 0.71, 0.48]))
exercise.case(
    "bytes of all sizes", rng.integers(0, 256, (12, 3)).astype(np.uint8), rng.random(4)
)
exercise.case(
    "signed bytes of all sizes",
    rng.integers(-128, 128, (12, 3)).astype(np.int8),
    rng.random(4),
)
exercise.case("numbers in float32", points(9, 2), rng.random(3).astype(np.float32))
exercise.case("float32", points(14, 3).astype(np.float32), rng.random(5))
exercise.case(
    "float32, far from 0", (points(14, 3) + 3000).astype(np.float32), rng.random(5)
)
# In float32 a sum of 2^24 and eight ones stays 2^24.
exercise.case(
    "float32, a large square before small ones",
    np.array([0, 4096, *[1] * 8], np.float32)[:, None],
    np.array([0.0, (2**24 + 3.5) / (2**24 + 8)]),
)
# 4097² is odd and above 2^24: in float32 it is rounded.
exercise.case(
    "float32, and a square that float32 rounds",
    np.array([0, 4097, 4095], np.float32)[:, None],
    np.array([0.0, 4097**2 / (4097**2 + 4095**2) - 7e-9]),
)
exercise.case("integers of some 1e10", whole(14, 3, 10**10), rng.random(5))
exercise.case(
    "the largest number below 1",
    np.array([0.0, *[1, -1] * 5])[:, None],
    np.array([0.0, np.nextafter(1, 0)]),
)


def draw(weights, uniform):
    """The first place at which the running sum is above uniform times the sum of all."""
    sums = np.cumsum(weights)
    return np.argmax(sums > uniform * sums[-1])


def drawn(points, uniforms, weigh, first=None):
    """Rows drawn one by one; `weigh` makes weights of squared distances to all rows drawn."""
    points = points.astype(np.float64)
    rows = [draw(np.ones(len(points)), uniforms[0]) if first is None else first]
    for uniform in uniforms[1:]:
        table = ((points[:, None] - points[rows]) ** 2).sum(axis=2)
        rows.append(draw(weigh(table), uniform))
    return np.array(rows)


def nearest(table):
    return table.min(axis=1)


def expanded(points, row):
    squares = (points**2).sum(axis=1)
    return np.abs(squares - 2 * points @ points[row] + squares[row])


@exercise.bug
def squared_twice(points, uniforms):
    """The squared distances are squared again. They are the weights as they are."""
    # "The squared distances are squared again": np.array_equal(got, drawn(points, uniforms, lambda
    #     table: table.min(axis=1) ** 2))
    # "They are the weights as they are": nearest(table) ** 2 → nearest(table)
    return drawn(points, uniforms, lambda table: nearest(table) ** 2)


@exercise.bug
def distances_not_squared(points, uniforms):
    """Points are drawn by their distance, not by its square. Leave out the root."""
    # "Points are drawn by their distance, not by its square": np.array_equal(got, drawn(points,
    #     uniforms, lambda table: np.sqrt(table.min(axis=1))))
    # "Leave out the root": np.sqrt(nearest(table)) → nearest(table)
    return drawn(points, uniforms, lambda table: np.sqrt(nearest(table)))


@exercise.bug
def farthest_point(points, uniforms):
    """The farthest point is taken each time, and nothing is drawn: an outlier always becomes a
    centre. Draw it, with the squared distances as weights."""
    # "The farthest point is taken each time, and nothing is drawn": np.array_equal(got[1:],
    #     bug(points, np.append(uniforms[0], np.zeros(len(uniforms) - 1)))[1:])
    # "an outlier always becomes a centre": bug(np.append(np.arange(15.0), 90)[:, None],
    #     np.zeros(2)).tolist() == [0, 15]
    # "Draw it, with the squared distances as weights": rows.append(np.argmax(nearest(table))) →
    #     rows.append(draw(nearest(table), uniforms[len(rows)]))
    points = points.astype(np.float64)
    rows = [draw(np.ones(len(points)), uniforms[0])]
    while len(rows) < len(uniforms):
        table = ((points[:, None] - points[rows]) ** 2).sum(axis=2)
        rows.append(np.argmax(nearest(table)))
    return np.array(rows)


@exercise.bug(again=(True, False))
def all_points_alike(points, uniforms, again=True):
    """Points are equally likely each time, as without k-means++. From the second draw on, weigh by
    squared distances."""
    # "Points are equally likely each time, as without k-means++": np.array_equal(got,
    #     (uniforms * len(points)).astype(int))
    # "weigh by squared distances": np.ones(len(table)) if again else 1.0 * (nearest(table) > 0) →
    #     nearest(table)
    return drawn(
        points,
        uniforms,
        lambda table: np.ones(len(table)) if again else 1.0 * (nearest(table) > 0),
    )


@exercise.bug
def distance_to_the_last(points, uniforms):
    """Only the distance to the last point counts, so a point near an earlier one may be drawn. Take
    the nearest of all drawn so far."""
    # "Only the distance to the last point counts": np.array_equal(got, drawn(points, uniforms,
    #     lambda table: table[:, -1]))
    # "so a point near an earlier one may be drawn": bug(np.array([[0.0], [0.1], [9.0]]),
    #     np.array([0, 0.5, 0.5])).tolist() == [0, 2, 0]
    # "Take the nearest of all drawn so far": table[:, -1] → nearest(table)
    return drawn(points, uniforms, lambda table: table[:, -1])


@exercise.bug
def distance_to_the_first(points, uniforms):
    """Distances are those to the first point throughout. Each point that is drawn may be nearer:
    take the minimum."""
    # "Distances are those to the first point throughout": np.array_equal(got, drawn(points,
    #     uniforms, lambda table: table[:, 0]))
    # "take the minimum": table[:, 0] → nearest(table)
    return drawn(points, uniforms, lambda table: table[:, 0])


@exercise.bug(how=("sum", "mean"))
def distances_added(points, uniforms, how="sum"):
    """Distances to all drawn points are added or averaged. The nearest one alone counts: take the
    minimum."""
    # "Distances to all drawn points are added or averaged": np.array_equal(got, drawn(points,
    #     uniforms, lambda table: table.sum(axis=1)))
    # "take the minimum": getattr(table, how)(axis=1) → table.min(axis=1)
    return drawn(points, uniforms, lambda table: getattr(table, how)(axis=1))


@exercise.bug
def largest_distance(points, uniforms):
    """The distance to the farthest drawn point counts. Take the nearest: min, not max."""
    # "The distance to the farthest drawn point counts": np.array_equal(got, drawn(points, uniforms,
    #     lambda table: table.max(axis=1)))
    # "Take the nearest: min, not max": table.max(axis=1) → table.min(axis=1)
    return drawn(points, uniforms, lambda table: table.max(axis=1))


@exercise.bug
def first_point_first(points, uniforms):
    """The first centre is always the first point. Draw it, too: all points are equally likely."""
    # "The first centre is always the first point": got[0] == 0
    # "Draw it, too: all points are equally likely": first=0 → first=None
    return drawn(points, uniforms, nearest, first=0)


@exercise.bug(origin=("0", "mean"))
def first_by_length(points, uniforms, origin="0"):
    """The first centre is drawn by the squared distance to 0 or to the mean. The first time all
    points are equally likely."""
    # "The first centre is drawn by the squared distance to 0 or to the mean": got[0] ==
    #     draw((points.astype(float) ** 2).sum(axis=1), uniforms[0])
    # "The first time all points are equally likely": weights = (from_origin ** 2).sum(axis=1) →
    #     weights = np.ones(len(points))
    from_origin = points - (points.mean(axis=0) if origin == "mean" else 0.0)
    weights = (from_origin**2).sum(axis=1)
    return drawn(points, uniforms, nearest, first=draw(weights, uniforms[0]))


@exercise.bug
def reached_not_passed(points, uniforms):
    """A running sum that equals u times the sum of all counts as above: for u = 0 a point of weight
    0 is drawn, which may be a centre already. Compare with >."""
    # "for u = 0 a point of weight 0 is drawn, which may be a centre already": bug(np.array([[0.0],
    #     [1.0]]), np.zeros(2)).tolist() == [0, 0]
    # "Compare with >": sums >= uniform → sums > uniform
    # "A running sum that equals u times the sum of all counts as above": not np.array_equal(got,
    #     want)
    points, rows = points.astype(np.float64), []
    weights, closest = np.ones(len(points)), np.inf
    for uniform in uniforms:
        sums = np.cumsum(weights)
        rows.append(np.argmax(sums >= uniform * sums[-1]))
        to_last = ((points - points[rows[-1]]) ** 2).sum(axis=1)
        weights = closest = np.minimum(closest, to_last)
    return np.array(rows)


@exercise.bug
def drawn_from_behind(points, uniforms):
    """The running sum goes from the last point to the first. Sum in the order of the points."""
    # "The running sum goes from the last point to the first": np.array_equal(got, len(points) - 1 -
    #     right(points[::-1], uniforms))
    # "Sum in the order of the points": len(points) - 1 - kmeans_plus_plus(points[::-1], uniforms) →
    #     kmeans_plus_plus(points, uniforms)
    return len(points) - 1 - kmeans_plus_plus(points[::-1], uniforms)


@exercise.bug(sign=(-1, 1))
def drawn_in_order_of_weights(points, uniforms, sign=-1):
    """The weights are sorted before they are added up. Sum in the order of the points."""
    # "The weights are sorted before they are added up": bug(np.array([[0.0], [1], [3]]),
    #     np.array([0, 0.05])).tolist() == [0, 2]
    # "Sum in the order of the points": np.argsort(sign * weights, kind='stable') →
    #     np.arange(len(weights))
    points = points.astype(np.float64)
    rows, weights, closest = [], np.ones(len(points)), np.inf
    for uniform in uniforms:
        order = np.argsort(sign * weights, kind="stable")
        rows.append(order[draw(weights[order], uniform)])
        to_last = ((points - points[rows[-1]]) ** 2).sum(axis=1)
        weights = closest = np.minimum(closest, to_last)
    return np.array(rows)


@exercise.bug
def distance_to_all_but_the_last(points, uniforms):
    """The point drawn last does not count yet in the distances, so it may be drawn again. Bring
    them up to date before the next draw."""
    # "The point drawn last does not count yet in the distances, so it may be drawn again":
    #     bug(np.array([[0.0], [1]]), np.array([0, 0.5, 0.5])).tolist() == [0, 1, 1]
    # "Bring them up to date before the next draw": table[:, :max(1, table.shape[1] - 1)] → table
    return drawn(
        points, uniforms, lambda table: nearest(table[:, : max(1, table.shape[1] - 1)])
    )


@exercise.bug
def one_row_too_far(points, uniforms):
    """Each row is one too high, counted from 1. The first row has the number 0."""
    # "Each row is one too high, counted from 1": np.array_equal(got, want + 1)
    # "The first row has the number 0": + 1 →
    return kmeans_plus_plus(points, uniforms) + 1


@exercise.bug
def points_instead_of_rows(points, uniforms):
    """Returned are the points. Return their rows."""
    # "Returned are the points": np.array_equal(got, points[want])
    # "Return their rows": points[kmeans_plus_plus(points, uniforms)] → kmeans_plus_plus(points,
    #     uniforms)
    return points[kmeans_plus_plus(points, uniforms)]


@exercise.bug
def rows_sorted(points, uniforms):
    """The rows are sorted. Return them in the order in which they were drawn."""
    # "The rows are sorted": np.array_equal(got, np.sort(want))
    # "Return them in the order in which they were drawn": np.sort(kmeans_plus_plus(points,
    #     uniforms)) → kmeans_plus_plus(points, uniforms)
    return np.sort(kmeans_plus_plus(points, uniforms))


@exercise.bug
def numbers_in_reverse(points, uniforms):
    """The last number draws the first point. Use the numbers in order."""
    # "The last number draws the first point": got[0] == int(uniforms[-1] * len(points))
    # "Use the numbers in order": uniforms[::-1] → uniforms
    return kmeans_plus_plus(points, uniforms[::-1])


@exercise.bug(squared=(np.float64, np.asarray))
def bytes_wrap(points, uniforms, squared=np.float64):
    """Bytes are subtracted as bytes, and differences below 0 wrap around. Convert to floats before
    you subtract."""
    # "Bytes are subtracted as bytes, and differences below 0 wrap around": points.dtype == np.uint8
    #     and not np.array_equal(got, want)
    # "Convert to floats before you subtract": points - points[rows[-1]] → points.astype(float) -
    #     points[rows[-1]]
    if points.dtype.itemsize > 1:
        points = points.astype(np.float64)
    rows, weights, closest = [], np.ones(len(points)), np.inf
    for uniform in uniforms:
        rows.append(draw(weights, uniform))
        gaps = points - points[rows[-1]]
        to_last = (squared(gaps) ** 2).sum(axis=1)
        weights = closest = np.minimum(closest, to_last)
    return np.array(rows)


@exercise.bug(how=((np.abs, 1), (np.abs, 2), (np.positive, 2)))
def sum_of_differences(points, uniforms, how=(np.abs, 1)):
    """Differences, or their absolute values, are added and not squared before. The distance is
    Euclidean: square them, add, and leave out the root."""
    # "Differences, or their absolute values, are added and not squared before":
    #     np.array_equal(got, right(points, uniforms)) is False
    # "square them, add": size(points[:, None] - points[rows]) → ((points[:, None] -
    #     points[rows]) ** 2); table ** power → table
    size, power = how
    points = points.astype(np.float64)
    rows = [draw(np.ones(len(points)), uniforms[0])]
    for uniform in uniforms[1:]:
        table = size(points[:, None] - points[rows]).sum(axis=2)
        rows.append(draw(nearest(table**power), uniform))
    return np.array(rows)


@exercise.bug(dtype=(np.float64, np.float32))
def expanded_far_from_0(points, uniforms, dtype=np.float64):
    """The expanded squares, |x|² - 2 x · c + |c|², lose small differences far from 0. Subtract
    before you square, in float64."""
    # "The expanded squares, |x|² - 2 x · c + |c|², lose small differences far from 0": not
    #     np.array_equal(got, want)
    # "Subtract before you square, in float64": expanded(points.astype(dtype), rows[-1]) →
    #     ((points.astype(float) - points[rows[-1]]) ** 2).sum(axis=1)
    rows, weights, closest = [], np.ones(len(points)), np.inf
    for uniform in uniforms:
        rows.append(draw(weights, uniform))
        to_last = expanded(points.astype(dtype), rows[-1])
        weights = closest = np.minimum(closest, to_last)
    return np.array(rows)


@exercise.bug(little=(1e-6, 1e-9))
def a_little_added(points, uniforms, little=1e-6):
    """A small number is added to the weights, or they are rounded, so points near each other are
    drawn wrongly. Weigh by the squared distances as they are."""
    # "A small number is added to the weights, or they are rounded, so points near each other are
    #     drawn wrongly": not np.array_equal(got, want)
    # "Weigh by the squared distances as they are": nearest(table) + little → nearest(table)
    return drawn(points, uniforms, lambda table: nearest(table) + little)


@exercise.bug
def probabilities_end_below_1(points, uniforms):
    """Probabilities are weights over their sum, and by rounding their running sum may end below u.
    Compare with u times its last entry."""
    # "Probabilities are weights over their sum, and by rounding their running sum may end below u":
    #     np.cumsum(np.full(10, 1 / 10))[-1] <= np.nextafter(1, 0) and got.max() == len(points)
    # "Compare with u times its last entry": running <= uniform → running <= uniform * running[-1]
    points, rows = points.astype(np.float64), []
    weights, closest = np.ones(len(points)), np.inf
    for uniform in uniforms:
        running = np.cumsum(weights / weights.sum())
        rows.append((running <= uniform).sum())
        last = points[min(rows[-1], len(points) - 1)]
        weights = closest = np.minimum(closest, ((points - last) ** 2).sum(axis=1))
    return np.array(rows)


@exercise.bug(whole=(np.floor, np.round))
def first_row_of_n_minus_1(points, uniforms, whole=np.floor):
    """The first row is u (n - 1), made whole, so not all rows are equally likely. Take the whole
    part of u n."""
    # "The first row is u (n - 1), made whole, so not all rows are equally likely": got[0] ==
    #     int(uniforms[0] * (len(points) - 1))
    # "Take the whole part of u n": whole(uniforms[0] * (len(points) - 1)) → np.floor(uniforms[0] *
    #     len(points))
    first = int(whole(uniforms[0] * (len(points) - 1)))
    return drawn(points, uniforms, nearest, first=first)


@exercise.bug
def rows_of_what_is_left(points, uniforms):
    """Drawn points are taken out, and rows are counted among those left. Return rows of
    `points`: a drawn point has weight 0 and may stay."""
    # "Drawn points are taken out, and rows are counted among those left": not np.array_equal(got,
    #     want) and got[0] == want[0] and got.max() < len(points)
    # "Return rows of `points`: a drawn point has weight 0 and may stay": np.delete(left, rows[-1],
    #     axis=0) → points.astype(np.float64)
    left, weights, closest, rows = (
        points.astype(np.float64),
        np.ones(len(points)),
        [],
        [],
    )
    for uniform in uniforms:
        rows.append(draw(weights, uniform))
        closest.append(left[rows[-1]])
        left = np.delete(left, rows[-1], axis=0)
        table = ((left[:, None] - closest) ** 2).sum(axis=2)
        weights = nearest(table)
    return np.array(rows)


@exercise.bug(dtype=(np.int64, np.int32, np.int16))
def points_made_whole(points, uniforms, dtype=np.int64):
    """The points become integers, which cuts their fractions off. Make them float64."""
    # "The points become integers, which cuts their fractions off": np.array_equal(got, right(
    #     np.trunc(points), uniforms))
    # "Make them float64": points.astype(dtype) → points.astype(np.float64)
    return kmeans_plus_plus(points.astype(dtype), uniforms)


# Their type, that of the product with the sum, the row if no running sum is above it, and infinity,
# which makes the sum float64 if it is.
KINDS = [
    *itertools.product((True, False), (np.float64, float), (0, -1), (np.inf,)),
    *itertools.product((True, False), (float,), (0,), (np.float64(np.inf),)),
]


@exercise.bug(kinds=KINDS)
def distances_in_float32(points, uniforms, kinds=KINDS[0]):
    """Distances, if not their running sum too, are float32, in which small differences beside large
    numbers are lost. Convert to float64 before you subtract."""
    # "Distances, if not their running sum too, are float32, in which small differences beside large
    #     numbers are lost": np.float32(2**24) + np.float32(1) == 2**24 and not np.array_equal(got,
    #     want)
    # "Convert to float64 before you subtract": points.astype(np.float64 if own and points.dtype !=
    #     np.float32 else np.float32) → points.astype(np.float64)
    own, number, otherwise, closest = kinds
    points = points.astype(
        np.float64 if own and points.dtype != np.float32 else np.float32
    )
    rows, weights = [], np.ones(len(points))
    for uniform in uniforms:
        sums = np.cumsum(weights)
        above = np.flatnonzero(sums > number(uniform) * sums[-1])
        rows.append(above[0] if len(above) else otherwise % len(points))
        to_last = ((points - points[rows[-1]]) ** 2).sum(axis=1)
        weights = closest = np.minimum(closest, to_last)
    return np.array(rows)


def search(weights, uniform):
    """The same where no weight is below 0."""
    sums = np.cumsum(weights)
    return np.searchsorted(sums, uniform * sums[-1], side="right")


# The type of integers, whether float32 stays, and infinity, which makes the sum float64 if it is.
OWN = [
    (np.int64, False, np.inf, draw),
    (None, False, np.inf, draw),
    (None, True, np.inf, draw),
    (None, True, np.float64(np.inf), draw),
    (None, True, np.float64(np.inf), search),
]


@exercise.bug(kind=OWN)
def squares_of_integers(points, uniforms, kind=OWN[0]):
    """Integers are squared as integers, and wrap around where squares exceed their type. Convert to
    float64 before you subtract."""
    # "Integers are squared as integers, and wrap around where squares exceed their type":
    #     (np.array([2**32], np.int64) ** 2)[0] == 0 and points.dtype == np.int64 and not
    #     np.array_equal(got, want)
    # "Convert to float64 before you subtract": points.astype(dtype or
    #     points.dtype if points.dtype.kind in 'iu' else own) → points.astype(np.float64)
    dtype, stays, closest, place = kind
    own = points.dtype if stays else np.float64
    points = points.astype(
        (dtype or points.dtype) if points.dtype.kind in "iu" else own
    )
    rows, weights = [], np.ones(len(points))
    for uniform in uniforms:
        rows.append(place(weights, uniform))
        to_last = ((points - points[rows[-1]]) ** 2).sum(axis=1)
        weights = closest = np.minimum(closest, to_last)
    return np.array(rows)
