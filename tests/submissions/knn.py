"""Right and wrong ways to write `knn`."""

import numpy as np


def _table(queries, points):
    q, p = queries.astype(float), points.astype(float)
    return ((q[:, None, :] - p[None]) ** 2).sum(axis=-1)


def _first(table, k):
    return np.argsort(table, axis=1, kind="stable")[:, :k]


def by_differences(queries, points, k):
    return _first(_table(queries, points), k)


def with_roots(queries, points, k):
    q, p = queries.astype(float), points.astype(float)
    return _first(np.linalg.norm(q[:, None] - p, axis=2).round(12), k)


def expanded(queries, points, k):
    q, p = queries.astype(float), points.astype(float)
    return _first((q**2).sum(axis=1)[:, None] - 2 * q @ p.T + (p**2).sum(axis=1), k)


def without_the_query(queries, points, k):
    q, p = queries.astype(float), points.astype(float)
    return _first(np.einsum("pd,pd->p", p, p) / 2 - q @ p.T, k)


def query_after_query(queries, points, k):
    p = points.astype(float)
    found = np.empty((len(queries), k), int)
    for row, query in zip(found, queries.astype(float), strict=True):
        row[:] = np.argsort(((p - query) ** 2).sum(axis=1), kind="stable")[:k]
    return found


def minimum_after_minimum(queries, points, k):
    table = _table(queries, points)
    found = np.empty((len(queries), k), int)
    for place in range(k):
        found[:, place] = table.argmin(axis=1)
        table[np.arange(len(table)), found[:, place]] = np.inf
    return found


def partitioned_with_ties(queries, points, k):
    table = _table(queries, points)
    found = []
    for row in table:
        bound = np.partition(row, k - 1)[k - 1]
        some = np.flatnonzero(row <= bound)
        found.append(some[np.argsort(row[some], kind="stable")][:k])
    return np.array(found, int).reshape(-1, k)


def python_sorted(queries, points, k):
    table = _table(queries, points).tolist()
    found = [sorted(range(len(points)), key=row.__getitem__)[:k] for row in table]
    return np.array(found, int).reshape(-1, k)


def around_the_mean(queries, points, k):
    centre = points.mean(axis=0, dtype=float)
    return expanded(queries - centre, points - centre, k)


def downwards(queries, points, k):
    return _first(-_table(queries, points), k)


def reversed_rows(queries, points, k):
    return _first(_table(queries, points), k)[:, ::-1]


def by_index(queries, points, k):
    return np.sort(_first(_table(queries, points), k), axis=1)


def by_product(queries, points, k):
    return _first(-(queries.astype(float) @ points.astype(float).T), k)


def by_cosine(queries, points, k):
    q, p = queries.astype(float), points.astype(float)
    lengths = np.linalg.norm(p, axis=1)
    return _first(-(q @ p.T) / np.where(lengths > 0, lengths, 1), k)


def of_manhattan(queries, points, k):
    return _first(np.abs(queries[:, None].astype(float) - points.astype(float)).sum(axis=2), k)


def of_chebyshev(queries, points, k):
    return _first(np.abs(queries[:, None].astype(float) - points.astype(float)).max(axis=2), k)


def plus_the_product(queries, points, k):
    q, p = queries.astype(float), points.astype(float)
    return _first((p**2).sum(axis=1) + 2 * q @ p.T, k)


def half_the_product(queries, points, k):
    q, p = queries.astype(float), points.astype(float)
    return _first((p**2).sum(axis=1) - q @ p.T, k)


def nearest_queries(queries, points, k):
    return _first(_table(points, queries), k)


def in_columns(queries, points, k):
    return np.argsort(_table(queries, points).T, axis=0, kind="stable")[:k]


def second_to_next(queries, points, k):
    return _first(_table(queries, points), k + 1)[:, 1:]


def never_itself(queries, points, k):
    table = _table(queries, points)
    table[table == 0] = np.inf
    return _first(table, k)


def in_the_type_that_came(queries, points, k):
    with np.errstate(all="ignore"):
        return _first(((queries[:, None] - points) ** 2).sum(axis=2), k)


def differences_in_their_type(queries, points, k):
    with np.errstate(all="ignore"):
        return _first(((queries[:, None] - points).astype(float) ** 2).sum(axis=2), k)


def expanded_in_float32(queries, points, k):
    q, p = (x if x.dtype == np.float32 else x.astype(float) for x in (queries, points))
    return _first((p**2).sum(axis=1) - 2 * q @ p.T, k)


def always_float32(queries, points, k):
    q, p = queries.astype(np.float32), points.astype(np.float32)
    return _first((p**2).sum(axis=1) - 2 * q @ p.T, k)


def differences_in_float32(queries, points, k):
    q, p = queries.astype(np.float32), points.astype(np.float32)
    return _first(((q[:, None] - p) ** 2).sum(axis=2), k)


def table_in_float32(queries, points, k):
    return _first(_table(queries, points).astype(np.float32), k)


def roots_in_float32(queries, points, k):
    return _first(np.sqrt(_table(queries, points)).astype("f4"), k)


def rounded_to_six_digits(queries, points, k):
    return _first(_table(queries, points).round(6), k)


def integers_in_four_bytes(queries, points, k):
    if queries.dtype.kind == points.dtype.kind == "i":
        queries, points = queries.astype(np.int32), points.astype(np.int32)
        return _first(((queries[:, None] - points) ** 2).sum(axis=2, dtype=np.int32), k)
    return by_differences(queries, points, k)


def highest_index_of_equals(queries, points, k):
    table = _table(queries, points)
    return np.array([np.lexsort((-np.arange(len(points)), row))[:k] for row in table], int).reshape(
        -1, k
    )


def capped_at_five(queries, points, k):
    found = _first(_table(queries, points), k)
    found[:, 5:] = -1
    return found


def never_more_than_all_but_one(queries, points, k):
    return _first(_table(queries, points), min(k, max(len(points) - 1, 1)))


def how_far(queries, points, k):
    return np.sort(np.sqrt(_table(queries, points)), axis=1)[:, :k]


def only_the_nearest(queries, points, k):
    return np.repeat(_table(queries, points).argmin(axis=1)[:, None], k, axis=1)


def each_point_once(queries, points, k):
    table = _table(queries, points)
    _, first = np.unique(points, axis=0, return_index=True)
    table[:, np.setdiff1d(np.arange(len(points)), first)] = np.inf
    return _first(table, k)


def points_sorted_in_place(queries, points, k):
    found = _first(_table(queries, points), k)
    points.sort(axis=0)
    return found


def float32_as_it_came(queries, points, k):
    q, p = (x.astype(float) if x.dtype.kind in "iu" else x for x in (queries, points))
    return _first(((q[:, None] - p) ** 2).sum(axis=2), k)


def summed_in_float32(queries, points, k):
    q, p = queries.astype(float), points.astype(float)
    return _first(((q[:, None] - p) ** 2).sum(axis=2, dtype=np.float32), k)


def integers_in_eight_bytes(queries, points, k):
    if queries.dtype.kind in "iu" and points.dtype.kind in "iu":
        q, p = queries.astype(np.int64), points.astype(np.int64)
        with np.errstate(all="ignore"):
            return _first(((q[:, None] - p) ** 2).sum(axis=2), k)
    return by_differences(queries, points, k)


def points_in_the_type_of_the_queries(queries, points, k):
    return by_differences(queries, points.astype(queries.dtype), k)


def marked_with_a_billion(queries, points, k):
    table = np.sqrt(_table(queries, points))
    found = np.empty((len(queries), k), int)
    for place in range(k):
        found[:, place] = table.argmin(axis=1)
        table[np.arange(len(table)), found[:, place]] = 1e9
    return found


def partitioned_alone(queries, points, k):
    return np.argpartition(_table(queries, points), k - 1, axis=1)[:, :k]


def sorted_by_default(queries, points, k):
    return np.argsort(_table(queries, points), axis=1)[:, :k]


def partitioned_then_sorted(queries, points, k):
    table = _table(queries, points)
    kept = np.sort(np.argpartition(table, k - 1, axis=1)[:, :k], axis=1)
    order = np.argsort(np.take_along_axis(table, kept, axis=1), axis=1, kind="stable")
    return np.take_along_axis(kept, order, axis=1)


def heap_of_negatives(queries, points, k):
    import heapq

    found = []
    for row in _table(queries, points).tolist():
        heap = []
        for index, distance in enumerate(row):
            heapq.heappush(heap, (-distance, index))
            if len(heap) > k:
                heapq.heappop(heap)
        found.append([index for _, index in sorted(heap, key=lambda e: (-e[0], e[1]))])
    return np.array(found, int).reshape(-1, k)


def sorted_over_the_queries(queries, points, k):
    return np.argsort(_table(queries, points), axis=0, kind="stable")[:, :k]


def square_of_the_sum(queries, points, k):
    q, p = queries.astype(float), points.astype(float)
    return _first((q[:, None] - p).sum(axis=2) ** 2, k)


# What each is told.
WRONG = {
    downwards: "farthest",
    reversed_rows: "nearest_last",
    by_index: "in_the_order_of_the_points",
    by_product: "largest_product",
    by_cosine: "smallest_angle",
    of_manhattan: "sum_of_differences",
    of_chebyshev: "largest_difference",
    plus_the_product: "sign_of_the_product",
    half_the_product: "product_once",
    nearest_queries: "neighbours_of_points",
    in_columns: "a_column_for_each_query",
    second_to_next: "itself_left_out",
    never_itself: "the_zero_distance_left_out",
    in_the_type_that_came: "bytes_that_wrap",
    differences_in_their_type: "bytes_that_wrap",
    expanded_in_float32: "squares_in_float32",
    always_float32: "squares_in_float32",
    differences_in_float32: "little_rounded_away",
    table_in_float32: "little_rounded_away",
    roots_in_float32: "little_rounded_away",
    rounded_to_six_digits: "little_rounded_away",
    integers_in_four_bytes: "right_as_floats",
    highest_index_of_equals: "last_of_equals",
    how_far: "distances_instead",
    only_the_nearest: "right_only_in_the_first_column",
    each_point_once: None,
    capped_at_five: "wrong_where_k_is_6_or_more",
    never_more_than_all_but_one: None,
    points_sorted_in_place: "an_argument_changed",
    float32_as_it_came: "float32_kept",
    summed_in_float32: "little_rounded_away",
    integers_in_eight_bytes: "right_as_floats",
    points_in_the_type_of_the_queries: "right_as_floats",
    marked_with_a_billion: "wrong_for_numbers_that_are_large",
    partitioned_alone: "partition_not_sorted",
    sorted_by_default: "equals_in_any_order",
    partitioned_then_sorted: "equals_in_any_order",
    heap_of_negatives: "last_of_equals_kept",
    sorted_over_the_queries: "sorted_along_the_queries",
    square_of_the_sum: "summed_before_squared",
}
