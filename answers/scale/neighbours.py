"""Nearest neighbours: all vectors compared, or the vectors of the nearest cells alone."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Integer, Real
from numpy import ndarray

from answers.inputs import (
    refuse_below,
    refuse_empty,
    refuse_nan,
)
from answers.inputs.contracts import refuses
from answers.inputs.overflow import refuse_overflowed


# --8<-- [start:k_smallest_refuses]
def not_so_many(values, k):
    if not 1 <= k <= values.shape[1]:
        raise ValueError(f"`k` is {k}; of {values.shape[1]} entries take 1 to all")


def no_order(values, name):
    if values.size and np.isnan(values.min()):
        refuse_nan(values, name)


@refuses(not_so_many, values=no_order)
# --8<-- [end:k_smallest_refuses]
# --8<-- [start:k_smallest]
def k_smallest(values: Real[ndarray, "rows n"], k: int) -> Integer[ndarray, "rows k"]:
    """Where the k smallest entries of each row stand, the smallest first, of equals the first.

    The k-th smallest of the minima of groups bounds the k-th smallest of all, so few entries
    are left to sort unless many are equal. `argpartition` alone may keep any of several equal
    entries at its edge.

    Raises:
        ValueError: There are not so many entries, or one is nan.

    Example:
        >>> k_smallest(np.array([[3, 1, 2, 1]]), 3)
        array([[1, 3, 2]])
    """
    rows, n = values.shape
    groups = n // 32 if n >= 32 * k else n
    parts = values[:, : n // groups * groups].reshape(rows, n // groups, groups)
    bound = np.partition(parts.min(axis=1), k - 1, axis=1)[:, k - 1 : k]
    row, column = np.divmod(np.flatnonzero(values <= bound), n)  # columns rise
    order = np.lexsort((values[row, column], row))  # stable
    starts = np.searchsorted(row, np.arange(rows))
    return column[order[starts[:, None] + np.arange(k)]]


# --8<-- [end:k_smallest]


# --8<-- [start:knn_refuses]
def too_few(points, k):
    if not 1 <= k <= len(points):
        raise ValueError(f"`k` is {k}; of {len(points)} points take 1 to all")


def too_far(array, name):
    largest = max(float(array.max(initial=0)), -float(array.min(initial=0)))
    with np.errstate(over="ignore"):
        square = (
            4 * array.shape[1] * np.float64(largest) ** 2
        )  # and that of no distance is larger
    refuse_overflowed(square, f"a squared distance of `{name}`")


VECTORS = refuse_empty, refuse_nan, too_far


@refuses(too_few, queries=(refuse_nan, too_far), points=VECTORS)
# --8<-- [end:knn_refuses]
# --8<-- [start:knn]
def knn(
    queries: Real[ndarray, "queries d"], points: Real[ndarray, "points d"], k: int
) -> Integer[ndarray, "queries k"]:
    """Which k points are nearest to each query by Euclidean distance, the nearest first.

    Of points at the same distance the one with the lower index comes first. A query that is
    itself among the points is its own neighbour. Both hold for small whole numbers; of others,
    rounding may exchange points whose distances are equal or nearly so. Distances are computed in
    float64: bytes and float32 are converted before anything is subtracted or squared.

    How:
        Expand |q - p|² = |q|² - 2 q · p + |p|²; |q|² is the same for all points. Large |p|² round
        small differences away, so move the points to 0 first: subtract their mean, rounded, so
        that whole numbers stay whole.

    Args:
        queries: One vector per row.
        points: What is searched, one vector per row.
        k: How many, from 1 to all.

    Returns:
        Rows of `points`.

    Raises:
        ValueError: There is no point, a number is nan, infinite or so large that its square
            overflows, or there are no k points.

    Example:
        >>> points = np.array([[10], [100], [240]], np.uint8)
        >>> knn(np.array([[0], [250]], np.uint8), points, 2)
        array([[0, 1],
               [2, 1]])
    """
    middle = points.mean(axis=0, dtype=np.float64).round()
    queries, points = queries - middle, points - middle
    squares = np.einsum("pd,pd->p", points, points)
    table, found = np.empty((128, len(points))), [np.empty((0, k), np.intp)]
    for start in range(0, len(queries), 128):  # all distances need too much memory
        some = -2 * queries[start : start + 128]
        distances = np.matmul(some, points.T, out=table[: len(some)])
        distances += squares
        found.append(k_smallest(distances, k))
    return np.concatenate(found)


# --8<-- [end:knn]


# --8<-- [start:Cells]
class Cells(NamedTuple):
    """An inverted file: a centre for each cell, and the points of each cell side by side.

    Cell c holds the points `members[starts[c] : starts[c + 1]]`.
    """

    centres: Float[ndarray, "cells d"]
    starts: Integer[ndarray, " ends"]
    members: Integer[ndarray, " points"]


# --8<-- [end:Cells]


# --8<-- [start:cell_centres_refuses]
def too_few_points(points, cells):
    if not 1 <= cells <= len(points):
        raise ValueError(
            f"`cells` is {cells}; {len(points)} points make 1 to that many"
        )


def no_rounds(rounds):
    refuse_below(0, rounds=rounds)


@refuses(too_few_points, no_rounds, points=VECTORS)
# --8<-- [end:cell_centres_refuses]
# --8<-- [start:cell_centres]
def cell_centres(
    points: Real[ndarray, "points d"],
    cells: int,
    rng: np.random.Generator,
    rounds: int = 10,
) -> Float[ndarray, "cells d"]:
    """Centres by k-means from random points: a round moves each to the mean of its nearest points.

    A cell that loses its last point keeps its centre.

    Args:
        points: What is searched, or a sample of it.
        cells: How many centres.
        rng: Chooses the first centres among the points.
        rounds: How often points are given out anew.

    Raises:
        ValueError: There are fewer points than cells, none, or a number is nan, infinite or too
            large; or `rounds` is negative.

    Example:
        >>> points = np.array([[0.0], [2.0], [8.0], [10.0]])
        >>> np.sort(cell_centres(points, 2, np.random.default_rng(0)), axis=0).ravel()
        array([1., 9.])
    """
    points = points.astype(np.float64)
    centres = points[rng.choice(len(points), cells, replace=False)]
    for _ in range(rounds):
        of = knn(points, centres, 1)[:, 0]
        full, place, count = np.unique(of, return_inverse=True, return_counts=True)
        sums = np.stack([np.bincount(place, column) for column in points.T], axis=1)
        centres[full] = sums / count[:, None]
    return centres


# --8<-- [end:cell_centres]


# --8<-- [start:fill_cells_refuses]
@refuses(points=VECTORS, centres=VECTORS)
# --8<-- [end:fill_cells_refuses]
# --8<-- [start:fill_cells]
def fill_cells(
    points: Real[ndarray, "points d"], centres: Real[ndarray, "cells d"]
) -> Cells:
    """Each point in the cell of its nearest centre.

    Raises:
        ValueError: There is no point or centre, or a number is nan, infinite or too large.

    Example:
        >>> fill_cells(np.array([[1.0], [9.0], [2.0]]), np.array([[0.0], [8.0]])).members
        array([0, 2, 1])
    """
    of = knn(points, centres, 1)[:, 0]
    members = np.argsort(of, kind="stable")
    starts = np.searchsorted(of[members], np.arange(len(centres) + 1))
    return Cells(centres.astype(np.float64), starts, members)


# --8<-- [end:fill_cells]


# --8<-- [start:search_cells_refuses]
def no_probes(cells, probes):
    if not 1 <= probes <= len(cells.centres):
        raise ValueError(f"`probes` is {probes}; there are {len(cells.centres)} cells")


def other_points(points, cells):
    if len(points) != len(cells.members):
        raise ValueError(
            f"{len(points)} points, and the cells hold {len(cells.members)}"
        )


@refuses(
    no_probes, other_points, too_few, queries=(refuse_nan, too_far), points=VECTORS
)
# --8<-- [end:search_cells_refuses]
# --8<-- [start:search_cells]
def search_cells(
    queries: Real[ndarray, "queries d"],
    points: Real[ndarray, "points d"],
    cells: Cells,
    k: int,
    probes: int,
) -> Integer[ndarray, "queries k"]:
    """The nearest k points of the `probes` cells whose centres are nearest: about `knn`.

    With all cells it is `knn`, up to rounding. Where the cells hold fewer than k points, -1 stands
    in the places that are left, as in FAISS.

    Args:
        queries: One vector per row.
        points: The points that the cells were filled with.
        cells: From `fill_cells`.
        k: How many, from 1 to all.
        probes: How many cells are searched for each query.

    Raises:
        ValueError: There are not so many cells or points, others were filled in, or a number is
            nan, infinite or too large.

    Source:
        H. Jégou, M. Douze, C. Schmid (2011), Product Quantization for Nearest Neighbor Search.

    Example:
        >>> points = np.array([[1.0], [9.0], [2.0]])
        >>> cells = fill_cells(points, np.array([[0.0], [8.0]]))
        >>> search_cells(np.array([[3.0]]), points, cells, k=3, probes=1)
        array([[ 2,  0, -1]])
    """
    found = np.full((len(queries), k), -1)
    nearest = knn(queries, cells.centres, probes)
    for query, some, row in zip(queries, nearest, found, strict=True):
        spans = [cells.members[cells.starts[c] : cells.starts[c + 1]] for c in some]
        candidates = np.sort(np.concatenate(spans))
        count = min(k, len(candidates))
        if count:
            row[:count] = candidates[knn(query[None], points[candidates], count)[0]]
    return found


# --8<-- [end:search_cells]
