"""Right and wrong ways to write `kmeans_plus_plus`."""

import numpy as np


def _first(weights, uniform):
    sums = np.cumsum(weights)
    return int(np.argmax(sums > uniform * sums[-1]))


def _table(points, rows):
    x = points.astype(float)
    return ((x[:, None] - x[rows]) ** 2).sum(axis=-1)


def _drawn(points, uniforms, weigh):
    rows = [_first(np.ones(len(points)), uniforms[0])]
    for uniform in uniforms[1:]:
        rows.append(_first(weigh(_table(points, rows)), uniform))
    return np.array(rows)


def whole_table_each_time(points, uniforms):
    return _drawn(points, uniforms, lambda table: table.min(axis=1))


def nearest_kept(points, uniforms):
    x = points.astype(float)
    rows = np.zeros(len(uniforms), dtype=int)
    rows[0] = int(uniforms[0] * len(x))
    nearest = np.sum((x - x[rows[0]]) ** 2, axis=1)
    for j in range(1, len(uniforms)):
        rows[j] = _first(nearest, uniforms[j])
        nearest = np.minimum(nearest, np.sum((x - x[rows[j]]) ** 2, axis=1))
    return rows


def searched(points, uniforms):
    x, rows, nearest = points.astype(float), [], None
    for uniform in uniforms:
        sums = np.cumsum(np.ones(len(x)) if nearest is None else nearest)
        rows.append(int(np.searchsorted(sums, uniform * sums[-1], side="right")))
        gap = x - x[rows[-1]]
        to_last = np.einsum("nd,nd->n", gap, gap)
        nearest = to_last if nearest is None else np.minimum(nearest, to_last)
    return np.array(rows)


def loops(points, uniforms):
    x, rows = points.astype(float).tolist(), []
    for uniform in uniforms.tolist():
        weights = [
            min(sum((a - b) ** 2 for a, b in zip(p, x[r], strict=True)) for r in rows)
            if rows
            else 1.0
            for p in x
        ]
        sums = np.cumsum(weights).tolist()
        rows.append(next(i for i, s in enumerate(sums) if s > uniform * sums[-1]))
    return np.array(rows)


def all_pairs_first(points, uniforms):
    x = points.astype(float)
    pairs = ((x[:, None] - x) ** 2).sum(axis=2)
    rows = [_first(np.ones(len(x)), uniforms[0])]
    for uniform in uniforms[1:]:
        rows.append(_first(pairs[rows].min(axis=0), uniform))
    return np.array(rows)


def by_probabilities(points, uniforms):
    rows = [int(uniforms[0] * len(points))]
    for uniform in uniforms[1:]:
        nearest = _table(points, rows).min(axis=1)
        running = np.cumsum(nearest / nearest.sum())
        rows.append(int(np.flatnonzero(running > uniform * running[-1])[0]))
    return np.array(rows)


def around_the_mean(points, uniforms):
    return whole_table_each_time(points - points.mean(axis=0), uniforms)


def by_the_distance(points, uniforms):
    return _drawn(points, uniforms, lambda table: np.sqrt(table.min(axis=1)))


def by_the_fourth_power(points, uniforms):
    return _drawn(points, uniforms, lambda table: table.min(axis=1) ** 2)


def the_farthest(points, uniforms):
    rows = [int(uniforms[0] * len(points))]
    while len(rows) < len(uniforms):
        rows.append(int(_table(points, rows).min(axis=1).argmax()))
    return np.array(rows)


def uniformly(points, uniforms):
    return (uniforms * len(points)).astype(int)


def from_the_last(points, uniforms):
    return _drawn(points, uniforms, lambda table: table[:, -1])


def from_the_first(points, uniforms):
    return _drawn(points, uniforms, lambda table: table[:, 0])


def from_the_last_two(points, uniforms):
    return _drawn(points, uniforms, lambda table: table[:, -2:].min(axis=1))


def added(points, uniforms):
    return _drawn(points, uniforms, lambda table: table.sum(axis=1))


def averaged(points, uniforms):
    return _drawn(points, uniforms, lambda table: table.mean(axis=1))


def from_the_farthest(points, uniforms):
    return _drawn(points, uniforms, lambda table: table.max(axis=1))


def begins_with_row_0(points, uniforms):
    rows = [0]
    for uniform in uniforms[1:]:
        rows.append(_first(_table(points, rows).min(axis=1), uniform))
    return np.array(rows)


def first_by_its_length(points, uniforms):
    rows = [_first((points.astype(float) ** 2).sum(axis=1), uniforms[0])]
    for uniform in uniforms[1:]:
        rows.append(_first(_table(points, rows).min(axis=1), uniform))
    return np.array(rows)


def searched_from_the_left(points, uniforms):
    rows = [int(uniforms[0] * len(points))]
    for uniform in uniforms[1:]:
        sums = np.cumsum(_table(points, rows).min(axis=1))
        rows.append(int(np.searchsorted(sums, uniform * sums[-1])))
    return np.array(rows)


def from_behind(points, uniforms):
    return len(points) - 1 - whole_table_each_time(points[::-1], uniforms)


def counted_from_1(points, uniforms):
    return whole_table_each_time(points, uniforms) + 1


def the_points(points, uniforms):
    return points[whole_table_each_time(points, uniforms)]


def sorted_rows(points, uniforms):
    return np.sort(whole_table_each_time(points, uniforms))


def last_number_first(points, uniforms):
    return whole_table_each_time(points, uniforms[::-1])


def bytes_as_bytes(points, uniforms):
    rows, nearest = [int(uniforms[0] * len(points))], None
    for uniform in uniforms[1:]:
        gap = (points - points[rows[-1]]).astype(float)
        to_last = (gap**2).sum(axis=1)
        nearest = to_last if nearest is None else np.minimum(nearest, to_last)
        rows.append(_first(nearest, uniform))
    return np.array(rows)


def of_manhattan(points, uniforms):
    x, rows = points.astype(float), [int(uniforms[0] * len(points))]
    for uniform in uniforms[1:]:
        rows.append(_first(np.abs(x[:, None] - x[rows]).sum(axis=2).min(axis=1), uniform))
    return np.array(rows)


def expanded(points, uniforms):
    x, rows = points.astype(float), [int(uniforms[0] * len(points))]
    squares = (x**2).sum(axis=1)
    for uniform in uniforms[1:]:
        table = squares[:, None] - 2 * x @ x[rows].T + squares[rows]
        rows.append(_first(np.maximum(table, 0).min(axis=1), uniform))
    return np.array(rows)


def squares_in_float32(points, uniforms):
    x, rows = points.astype(np.float32), [int(uniforms[0] * len(points))]
    squares = (x**2).sum(axis=1)
    for uniform in uniforms[1:]:
        table = squares[:, None] - 2 * x @ x[rows].T + squares[rows]
        rows.append(_first(np.maximum(table, 0).min(axis=1), uniform))
    return np.array(rows)


def rounded_to_six_digits(points, uniforms):
    return _drawn(points, uniforms, lambda table: table.min(axis=1).round(6))


def plus_a_little(points, uniforms):
    return _drawn(points, uniforms, lambda table: table.min(axis=1) + 1e-6)


def its_own_generator(points, uniforms):
    return whole_table_each_time(points, np.random.default_rng(0).random(len(uniforms)))


def one_number_for_all(points, uniforms):
    return whole_table_each_time(points, np.full(len(uniforms), uniforms[0]))


def centred_in_place(points, uniforms):
    rows = whole_table_each_time(points, uniforms)
    points -= points.mean(axis=0).astype(points.dtype)
    return rows


def by_probabilities_alone(points, uniforms):
    rows = [int(uniforms[0] * len(points))]
    for uniform in uniforms[1:]:
        nearest = _table(points, rows).min(axis=1)
        rows.append(int((np.cumsum(nearest / nearest.sum()) <= uniform).sum()))
    return np.array(rows)


def first_below_the_last(points, uniforms):
    rows = [int(uniforms[0] * (len(points) - 1))]
    for uniform in uniforms[1:]:
        rows.append(_first(_table(points, rows).min(axis=1), uniform))
    return np.array(rows)


def first_to_the_nearest(points, uniforms):
    rows = [round(float(uniforms[0] * (len(points) - 1)))]
    for uniform in uniforms[1:]:
        rows.append(_first(_table(points, rows).min(axis=1), uniform))
    return np.array(rows)


def first_by_the_mean(points, uniforms):
    rows = [_first(((points - points.mean(axis=0)) ** 2).sum(axis=1), uniforms[0])]
    for uniform in uniforms[1:]:
        rows.append(_first(_table(points, rows).min(axis=1), uniform))
    return np.array(rows)


def drawn_ones_removed(points, uniforms):
    left = points.astype(float)
    rows, centres = [int(uniforms[0] * len(left))], []
    for uniform in uniforms[1:]:
        centres.append(left[rows[-1]])
        left = np.delete(left, rows[-1], axis=0)
        nearest = np.min([((left - each) ** 2).sum(axis=1) for each in centres], axis=0)
        rows.append(_first(nearest, uniform))
    return np.array(rows)


def whole_points(points, uniforms):
    return whole_table_each_time(points.astype(int), uniforms)


def uniformly_among_the_rest(points, uniforms):
    return _drawn(points, uniforms, lambda table: (table.min(axis=1) > 0).astype(float))


def manhattan_squared(points, uniforms):
    x, rows = points.astype(float), [int(uniforms[0] * len(points))]
    for uniform in uniforms[1:]:
        table = np.abs(x[:, None] - x[rows]).sum(axis=2) ** 2
        rows.append(_first(table.min(axis=1), uniform))
    return np.array(rows)


def _in(x, uniforms):
    rows, nearest = [int(uniforms[0] * len(x))], np.inf
    for uniform in uniforms[1:]:
        with np.errstate(all="ignore"):
            nearest = np.minimum(nearest, ((x - x[rows[-1]]) ** 2).sum(axis=1))
            rows.append(_first(nearest, uniform))
    return np.array(rows)


def in_their_own_type(points, uniforms):
    return _in(points, uniforms)


def in_the_type_of_floats(points, uniforms):
    return _in(points if points.dtype.kind == "f" else points.astype(float), uniforms)


def in_float32(points, uniforms):
    return _in(points.astype(np.float32), uniforms)


def in_int64(points, uniforms):
    return _in(points.astype(float if points.dtype.kind == "f" else int), uniforms)


def integers_in_their_own_type(points, uniforms):
    return _in(points.astype(float) if points.dtype.kind == "f" else points, uniforms)


# What each is told.
def _searched(x, uniforms):
    rows, nearest = [int(uniforms[0] * len(x))], np.full(len(x), np.inf)
    for uniform in uniforms[1:]:
        nearest = np.minimum(nearest, ((x - x[rows[-1]]) ** 2).sum(axis=1))
        sums = np.cumsum(nearest)
        rows.append(int(np.searchsorted(sums, uniform * sums[-1], side="right")))
    return np.array(rows)


def as_they_come_and_searched(points, uniforms):
    return _searched(points, uniforms)


def times_a_float(points, uniforms):
    return _searched(points * 1.0, uniforms)


def largest_weights_first(points, uniforms):
    rows = [int(uniforms[0] * len(points))]
    for uniform in uniforms[1:]:
        weights = _table(points, rows).min(axis=1)
        order = np.argsort(weights)[::-1]
        rows.append(order[_first(weights[order], uniform)])
    return np.array(rows)


def updated_one_draw_late(points, uniforms):
    return _drawn(points, uniforms, lambda table: table[:, : len(table[0]) - 1 or 1].min(axis=1))


def square_of_the_sum(points, uniforms):
    x, rows = points.astype(float), [int(uniforms[0] * len(points))]
    for uniform in uniforms[1:]:
        gaps = (x[:, None] - x[rows]).sum(axis=2) ** 2
        rows.append(_first(gaps.min(axis=1), uniform))
    return np.array(rows)


WRONG = {
    by_the_distance: "distances_not_squared",
    by_the_fourth_power: "squared_twice",
    the_farthest: "farthest_point",
    uniformly: "all_points_alike",
    from_the_last: "distance_to_the_last",
    from_the_first: "distance_to_the_first",
    from_the_last_two: None,
    added: "distances_added",
    averaged: "distances_added",
    from_the_farthest: "largest_distance",
    begins_with_row_0: "first_point_first",
    first_by_its_length: "first_by_length",
    searched_from_the_left: "reached_not_passed",
    from_behind: "drawn_from_behind",
    counted_from_1: "one_row_too_far",
    the_points: "points_instead_of_rows",
    sorted_rows: "rows_sorted",
    last_number_first: "numbers_in_reverse",
    bytes_as_bytes: "bytes_wrap",
    of_manhattan: "sum_of_differences",
    expanded: "wrong_for_numbers_that_are_close",
    squares_in_float32: "expanded_far_from_0",
    rounded_to_six_digits: None,
    plus_a_little: "a_little_added",
    its_own_generator: "wrong_where_uniforms_holds_more_than_one_number",
    one_number_for_all: "uniforms_read_at_its_first_entry_alone",
    by_probabilities_alone: "probabilities_end_below_1",
    centred_in_place: "an_argument_changed",
    first_below_the_last: "first_row_of_n_minus_1",
    first_to_the_nearest: "first_row_of_n_minus_1",
    first_by_the_mean: "first_by_length",
    drawn_ones_removed: "rows_of_what_is_left",
    whole_points: "points_made_whole",
    uniformly_among_the_rest: "all_points_alike",
    manhattan_squared: "sum_of_differences",
    in_their_own_type: "squares_of_integers",
    in_the_type_of_floats: "distances_in_float32",
    in_float32: "distances_in_float32",
    in_int64: "squares_of_integers",
    integers_in_their_own_type: "squares_of_integers",
    as_they_come_and_searched: "squares_of_integers",
    times_a_float: "distances_in_float32",
    largest_weights_first: "drawn_in_order_of_weights",
    updated_one_draw_late: "distance_to_all_but_the_last",
    square_of_the_sum: "sum_of_differences",
}
