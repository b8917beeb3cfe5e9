"""k-means: centres drawn by k-means++, and Lloyd's rounds from them."""

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    as_float,
    first,
    refuse_below,
    refuse_empty,
    refuse_labels_out_of_range,
    refuse_nan,
)
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:kmeans_plus_plus_refuses]
def too_far(points, name):
    """Differences are at most twice as large as a number, and all their squares are added."""
    largest = max(float(points.max()), -float(points.min()))
    with np.errstate(over="ignore"):
        square = as_float(points).dtype.type(largest) ** 2 * (4 * points.size)
    refuse_overflowed(square, f"the sum of squared distances of `{name}`")


POINTS = refuse_empty, refuse_nan, too_far


def no_uniform(uniforms, name):
    wrong = ~((uniforms >= 0) & (uniforms < 1))
    if wrong.any():
        raise ValueError(
            f"`{name}` holds {first(uniforms, wrong)}; draw from 0 to below 1"
        )


def too_few_that_differ(result, points):
    if len(np.unique(points[result], axis=0)) < len(result):
        raise ValueError(
            f"fewer than {len(result)} of the points differ; ask for fewer centres"
        )


@refuses(too_few_that_differ, points=POINTS, uniforms=(refuse_empty, no_uniform))
# --8<-- [end:kmeans_plus_plus_refuses]
# --8<-- [start:kmeans_plus_plus]
def kmeans_plus_plus(
    points: Real[ndarray, "n d"], uniforms: Float[ndarray, " k"]
) -> Integer[ndarray, " k"]:
    """Which k points to start k-means from: far apart, but drawn at random.

    Each number of `uniforms` draws one point, in order. The first time all points are equally
    likely. Then a point's probability is proportional to its squared distance to the nearest
    point that is drawn already. A number u draws the first point at which the running sum of
    these weights, in the order of the points, is above u times the sum of all. Distances are
    computed in float64.

    How:
        The nearest of all centres is the nearer of the last one and of the nearest before, so one
        pass over the points a centre will do: n k distances in all.

    Args:
        points: One point per row; at least k of them differ.
        uniforms: k numbers from 0 to below 1.

    Returns:
        Rows of `points`, in the order in which they were drawn.

    Raises:
        ValueError: There is no point, one is nan, infinite or so large that squares overflow; a
            number is not from 0 to below 1; or fewer than k points differ.

    Source:
        D. Arthur, S. Vassilvitskii (2007), k-means++: The Advantages of Careful Seeding.

    Example:
        After the point at 0 the weights are 0, 1 and 9: 0.05 of 10 is below 1, and 0.5 is not.

        >>> points = np.array([[0], [1], [3]], np.uint8)
        >>> kmeans_plus_plus(points, np.array([0.2, 0.05]))
        array([0, 1])
        >>> kmeans_plus_plus(points, np.array([0.2, 0.5]))
        array([0, 2])
    """
    points, rows = points.astype(np.float64), []
    weights, nearest = np.ones(len(points)), np.inf
    for uniform in uniforms:
        sums = np.cumsum(weights)
        rows.append(np.argmax(sums > uniform * sums[-1]))
        to_last = ((points - points[rows[-1]]) ** 2).sum(axis=1)
        weights = nearest = np.minimum(nearest, to_last)
    return np.array(rows)


# --8<-- [end:kmeans_plus_plus]


# --8<-- [start:nearest_centres]
def nearest_centres(
    points: Real[ndarray, "n d"], centres: Real[ndarray, "k d"]
) -> Integer[ndarray, " n"]:
    """Which centre is nearest to each point by Euclidean distance.

    |x - c|² = |x|² - 2 x · c + |c|², and |x|² is the same for all centres. With x - m and c - m,
    where m is the mean of the centres, far from 0 no large product rounds small differences away.
    One centre far from the others makes products large again, and others that lie near each other
    are mixed up: in float32, beside a centre at a million, centres at 0 and 3. Of equally near
    centres the lower index is meant; rounding may choose the other. Nothing is refused here: it
    is asked each round, of what `lloyd` has looked at.

    Example:
        >>> nearest_centres(np.array([[1.0], [7.0]]), np.array([[0.0], [10.0]]))
        array([0, 1])
    """
    middle = as_float(centres).mean(axis=0)
    around = centres - middle
    added = (around**2).sum(axis=1) / 2
    parts = np.array_split(points, len(points) // 1024 + 1)  # stay in the cache
    return np.concatenate(
        [(added - (x - middle) @ around.T).argmin(axis=1) for x in parts]
    )


# --8<-- [end:nearest_centres]


# --8<-- [start:lloyd_refuses]
def no_rounds(rounds):
    refuse_below(0, rounds=rounds)


@refuses(no_rounds, points=POINTS, centres=POINTS)
# --8<-- [end:lloyd_refuses]
# --8<-- [start:lloyd]
def lloyd(
    points: Real[ndarray, "n d"], centres: Real[ndarray, "k d"], rounds: int = 300
) -> tuple[Float[ndarray, "k d"], Integer[ndarray, " n"]]:
    """k-means from given centres: each round moves every centre to the mean of its points.

    A point belongs to its nearest centre, of equally near ones to the first. A centre to which no
    point belongs stays where it is. Where no point changes its centre nothing moves any more.

    How:
        Rows of `members` are 1 for a centre's points and 0 elsewhere, so one matrix product adds
        up the points of all centres. Sums of many float32 far from 0 lose digits: there subtract
        one number of about their size from points and centres first, or pass float64.

    Args:
        points: One point per row.
        centres: Where to begin.
        rounds: How often the centres move, at most.

    Returns:
        (centres, labels): the centres after the last round, and the one nearest to each point.

    Raises:
        ValueError: There is no point or no centre, a number is nan, infinite or so large that
            squares overflow, or `rounds` is negative.

    Source:
        S. Lloyd (1982), Least squares quantization in PCM.

    Example:
        >>> points = np.array([[0.0], [2.0], [9.0]])
        >>> lloyd(points, np.array([[0.0], [2.0]]), rounds=1)
        (array([[0. ],
               [5.5]]), array([0, 0, 1]))
        >>> lloyd(points, np.array([[0.0], [2.0]]))
        (array([[1.],
               [9.]]), array([0, 0, 1]))
    """
    points, centres = as_float(points), as_float(centres).copy()
    labels = nearest_centres(points, centres)
    for _ in range(rounds):
        counts = np.bincount(labels, minlength=len(centres))[:, None]
        members = (labels == np.arange(len(centres))[:, None]).astype(points.dtype)
        means = members @ points / np.maximum(counts, 1).astype(points.dtype)
        centres = np.where(counts > 0, means, centres)
        before, labels = labels, nearest_centres(points, centres)
        if np.array_equal(before, labels):
            break
    return centres, labels


# --8<-- [end:lloyd]


# --8<-- [start:inertia_refuses]
def no_centre(centres, labels):
    refuse_labels_out_of_range(labels, len(centres), "labels")


@refuses(no_centre, points=POINTS, centres=POINTS)
# --8<-- [end:inertia_refuses]
# --8<-- [start:inertia]
def inertia(
    points: Real[ndarray, "n d"],
    centres: Real[ndarray, "k d"],
    labels: Integer[ndarray, " n"],
) -> float:
    """The sum of squared distances between points and their centres, in float64.

    Raises:
        ValueError: A label is none of the centres, there is no point or no centre, or a number is
            nan, infinite or so large that squares overflow.

    Example:
        >>> inertia(np.array([[0.0], [2.0], [9.0]]), np.array([[1.0], [9.0]]), np.array([0, 0, 1]))
        2.0
    """
    return float(((points.astype(np.float64) - centres[labels]) ** 2).sum())


# --8<-- [end:inertia]
