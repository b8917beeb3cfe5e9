"""Right and wrong ways to write `best_split`."""

from itertools import pairwise

import numpy as np


def _error(y):
    return ((y - y.mean(axis=0)) ** 2).sum() if len(y) else 0.0


def _halves(low, high):
    """The middle, or the value on the left where no float is between."""
    if high == np.inf:
        return high
    half = low / 2 + high / 2
    return low if half >= high else half


def _split(x, y, sides=(False, True), error=_error, last=False, start=-1.0):
    """By both sides' errors, cut by cut."""
    x, y = x.astype(float), y.astype(float)
    y = y - y.mean(axis=0)
    best, before = (0, float("nan"), False, start), error(y)
    for missing_left in sides:
        for feature in range(x.shape[1]):
            column = x[:, feature]
            holes = np.isnan(column)
            if missing_left and not holes.any():
                continue
            known = np.unique(column[~holes])
            ends = np.append(known[1:], [] if missing_left or not holes.any() else [np.inf])
            for low, high in zip(known, ends, strict=False):
                left = np.where(holes, missing_left, column <= low)
                gain = before - error(y[left]) - error(y[~left])
                if gain > best[3] + 1e-10 * before or (last and gain >= best[3] - 1e-10 * before):
                    best = feature, _halves(low, high), missing_left, max(gain, 0.0)
    return best


def cut_by_cut(x, y):
    return _split(x, y)


def one_feature_after_another(x, y):
    """Prefix sums in a loop over features and sides."""
    n, best = len(y), (0, 0.0, False, -1.0)
    y = y.reshape(n, -1).astype(np.float64)
    y = y - y.mean(axis=0)
    for side in (np.inf, -np.inf):
        for feature in range(x.shape[1]):
            column = x[:, feature].astype(np.float64)
            if side < 0 and not np.isnan(column).any():
                continue
            column = np.where(np.isnan(column), side, column)
            order = np.argsort(column, kind="mergesort")
            column, sums = column[order], np.cumsum(y[order], axis=0)
            for a in range(1, n):
                if column[a - 1] == column[a] or column[a - 1] == -np.inf:
                    continue
                gain = (sums[a - 1] ** 2).sum() * (1 / a + 1 / (n - a))
                if gain > best[3] * (1 + 1e-12):
                    best = feature, _halves(column[a - 1], column[a]), side < 0, gain
    return best


def transposed(x, y):
    """Features along the first axis."""
    n, d = x.shape
    y = (y - np.mean(y, axis=0, dtype=float)).reshape(n, -1).T
    rows = np.where(np.isnan(x), np.inf, x.astype(float)).T
    rows = np.concatenate([rows, np.where(np.isinf(rows), -np.inf, rows)])
    order = rows.argsort(axis=1)
    rows = np.take_along_axis(rows, order, axis=1)
    left = np.cumsum(y[:, order], axis=2)[:, :, :-1]
    a = np.arange(1, n)
    gain = (left**2).sum(axis=0) / a + (left**2).sum(axis=0) / (n - a)
    gain[~((rows[:, :-1] < rows[:, 1:]) & (rows[:, :-1] > -np.inf))] = -1
    column, cut = np.unravel_index(np.argmax(gain), gain.shape)
    return column % d, _halves(*rows[column, cut : cut + 2]), column >= d, gain[column, cut]


def from_both_ends(x, y):
    """The right side's sums are made, too."""
    n, d = x.shape
    y = y.reshape(n, -1).astype(float)
    y = y - y.mean(axis=0)
    best = 0, 0.0, False, -1.0
    for side in (np.inf, -np.inf):
        for j in range(d):
            v = np.where(np.isnan(x[:, j]), side, x[:, j].astype(float))
            if side < 0 and not np.isinf(v).any():
                continue
            order = np.argsort(v, kind="stable")
            v, t = v[order], y[order]
            left, right = t.cumsum(axis=0)[:-1], t[::-1].cumsum(axis=0)[::-1][1:]
            a = np.arange(1, n)[:, None]
            gain = (left**2 / a + right**2 / (n - a)).sum(axis=1)
            gain[(v[1:] == v[:-1]) | (v[:-1] == -np.inf)] = -1
            at = int(np.argmax(gain > gain.max() * (1 - 1e-12)))
            if gain[at] > best[3] * (1 + 1e-12):
                best = j, _halves(v[at], v[at + 1]), side < 0, gain[at]
    return best


def by_means(x, y):
    """a (n - a) / n times the squared distance of both means."""

    def gained(y, left):
        a, n = left.sum(), len(y)
        return a * (n - a) / n * ((y[left].mean(axis=0) - y[~left].mean(axis=0)) ** 2).sum()

    x, y = x.astype(float), y.astype(float)
    best = 0, 0.0, False, -1.0
    for missing_left in (False, True):
        for j, column in enumerate(x.T):
            holes = np.isnan(column)
            if missing_left and not holes.any():
                continue
            values = [*np.unique(column[~holes])]
            if holes.any() and not missing_left:
                values.append(np.inf)
            for low, high in pairwise(values):
                gain = gained(y, (column <= low) | (holes & missing_left))
                if gain > best[3] * (1 + 1e-10):
                    best = j, _halves(low, high), missing_left, gain
    return best


def scored_in_python(x, y):
    targets = np.reshape(y, (len(y), -1)).astype(float)
    targets = (targets - targets.mean(axis=0)).tolist()
    n, outputs, found = len(y), range(len(targets[0])), []
    for missing_left in (False, True):
        for j in range(x.shape[1]):
            column = [float(v) for v in x[:, j]]
            if missing_left and all(v == v for v in column):
                continue
            fill = -float("inf") if missing_left else float("inf")
            pairs = sorted((v if v == v else fill, t) for v, t in zip(column, targets, strict=True))
            sums = [0.0 for _ in outputs]
            for a in range(1, n):
                sums = [s + t for s, t in zip(sums, pairs[a - 1][1], strict=True)]
                low, high = pairs[a - 1][0], pairs[a][0]
                if low < high and low > -float("inf"):
                    gain = sum(s * s for s in sums) * n / (a * (n - a))
                    found.append((gain, j, _halves(low, high), missing_left))
    most = max(found)[0]
    gain, *asked = next(each for each in found if each[0] >= most * (1 - 1e-12))
    return *asked, gain


def ties_are_not_skipped(x, y):
    n = len(y)
    t = y.reshape(n, -1) - y.mean(axis=0, dtype=float)
    best = 0, 0.0, False, -1.0
    for j in range(x.shape[1]):
        for fill in (np.inf, -np.inf):
            v = np.where(np.isnan(x[:, j]), fill, x[:, j].astype(float))
            order = np.argsort(v, kind="stable")
            v, s = v[order], t[order].cumsum(axis=0)[:-1]
            a = np.arange(1, n)[:, None]
            gain = (s**2 / a + s**2 / (n - a)).sum(axis=1)
            gain[v[:-1] == -np.inf] = -1
            at = int(gain.argmax())
            if gain[at] > best[3]:
                best = j, _halves(v[at], v[at + 1]), fill < 0, gain[at]
    return best


def last_value_on_the_left(x, y):
    feature, threshold, missing_left, gain = _split(x, y)
    column = x[:, feature].astype(float)
    return feature, column[column <= threshold].max(), missing_left, gain


def first_value_on_the_right(x, y):
    feature, threshold, missing_left, gain = _split(x, y)
    column = x[:, feature].astype(float)
    return feature, column[column > threshold].min(initial=np.inf), missing_left, gain


def middle_by_sum_rounds_up(x, y):
    """(low + high) / 2 may be high."""
    feature, threshold, missing_left, gain = _split(x, y)
    column = x[:, feature].astype(float)
    low = column[column <= threshold].max()
    high = column[column > threshold].min(initial=np.inf)
    return feature, (low + high) / 2, missing_left, gain


def middle_rounds_up(x, y):
    """Half and half may add up to high."""
    feature, threshold, missing_left, gain = _split(x, y)
    column = x[:, feature].astype(float)
    low = column[column <= threshold].max()
    high = column[column > threshold].min(initial=np.inf)
    return feature, low / 2 + high / 2, missing_left, gain


def middle_by_sum(x, y):
    """(low + high) / 2, and low where that rounds up."""
    feature, threshold, missing_left, gain = _split(x, y)
    column = x[:, feature].astype(float)
    low = column[column <= threshold].max()
    high = column[column > threshold].min(initial=np.inf)
    half = (low + high) / 2
    return feature, low if half == high < np.inf else half, missing_left, gain


def left_value_or_infinity(x, y):
    feature, threshold, missing_left, gain = _split(x, y)
    column = x[:, feature].astype(float)
    low = column[column <= threshold].max()
    return feature, low if threshold < np.inf else threshold, missing_left, gain


def raw_sums(x, y):
    """Σ² / a + Σ² / (n - a) - Σ² / n of the targets as they are."""
    n, d = x.shape
    t = y.reshape(n, -1).astype(float)
    v = np.concatenate(
        [np.where(np.isnan(x), f, x.astype(float)) for f in (np.inf, -np.inf)], axis=1
    )
    order = np.argsort(v, axis=0, kind="stable")
    v = np.take_along_axis(v, order, axis=0)
    left, total, a = t[order].cumsum(axis=0)[:-1], t.sum(axis=0), np.arange(1, n)[:, None]
    gain = (left**2).sum(axis=2) / a + ((total - left) ** 2).sum(axis=2) / (n - a)
    gain = gain - (total**2).sum() / n
    gain[(v[:-1] == v[1:]) | (v[:-1] == -np.inf)] = -np.inf
    column, cut = divmod(int(gain.T.argmax()), n - 1)
    return column % d, _halves(*v[cut : cut + 2, column]), column >= d, gain[cut, column]


def in_the_type_of_y(x, y):
    """float32 stays float32."""
    if y.dtype != np.float32:
        return cut_by_cut(x, y)
    n, d = x.shape
    t = y.reshape(n, -1)
    order = np.argsort(x, axis=0)
    v = np.take_along_axis(x, order, axis=0)
    left, total = t[order].cumsum(axis=0)[:-1], t.sum(axis=0)
    a = np.arange(1, n, dtype=np.float32)[:, None]
    gain = (left**2).sum(axis=2) / a + ((total - left) ** 2).sum(axis=2) / (n - a)
    gain = gain - (total**2).sum() / np.float32(n)
    gain[v[:-1] == v[1:]] = -np.inf
    column, cut = divmod(int(gain.T.argmax()), n - 1)
    return column % d, _halves(*v[cut : cut + 2, column]), False, gain[cut, column]


def mean_squared(x, y):
    *asked, gain = _split(x, y)
    return *asked, gain / len(y)


def error_after(x, y):
    *asked, gain = _split(x, y)
    return *asked, _error(y.astype(float)) - gain


def unweighted_variances(x, y):
    def variance(y):
        return y.var(axis=0).sum()

    return _split(x, y, error=variance)


def absolute_errors(x, y):
    """Medians, and sums of absolute differences."""

    def absolute(y):
        return np.abs(y - np.median(y, axis=0)).sum() if len(y) else 0.0

    return _split(x, y, error=absolute)


def sides_of_each_feature_in_turn(x, y):
    """Both sides of a feature are tried before the next feature."""
    best = 0, 0.0, False, -1.0
    for j in range(x.shape[1]):
        if len(np.unique(x[:, j])) > 1:
            _, *asked, gain = _split(x[:, [j]], y)
            if gain > best[3] * (1 + 1e-10):
                best = j, *asked, gain
    return best


def the_last_of_equals(x, y):
    return _split(x, y, last=True)


def gains_must_be_positive(x, y):
    """A gain of 0 finds nothing."""
    return _split(x, y, start=0.0)


def always_to_the_right(x, y):
    return _split(x, y, sides=(False,))


def holes_are_zeros(x, y):
    return _split(np.nan_to_num(x.astype(float), nan=0.0), y)


def holes_are_means(x, y):
    x = x.astype(float)
    count = np.maximum((~np.isnan(x)).sum(axis=0), 1)
    return _split(np.where(np.isnan(x), np.nansum(x, axis=0) / count, x), y)


def holes_are_large_numbers(x, y):
    """The middle to a large number is a large number."""
    x = x.astype(float)
    return _split(np.where(np.isnan(x), 1e9, x), y)


def rows_with_holes_left_out(x, y):
    """Each feature is judged by the rows that have it."""
    best = 0, float("nan"), False, -1.0
    for j in range(x.shape[1]):
        known = ~np.isnan(x[:, j])
        if len(set(x[known, j])) > 1:
            _, threshold, _, gain = _split(x[known, j : j + 1], y[known])
            if gain > best[3] * (1 + 1e-10):
                best = j, threshold, False, gain
    return best


def holes_alone_are_not_split_off(x, y):
    feature, threshold, missing_left, gain = _split(x, y)
    if threshold < np.inf:
        return feature, threshold, missing_left, gain
    x = x.astype(float)
    return _split(np.where(np.isnan(x), np.nanmax(x), x), y)


def side_of_the_larger_part(x, y):
    """As scikit-learn and its kin predict for a feature that had no hole."""
    feature, threshold, missing_left, gain = _split(x, y)
    if not np.isnan(x[:, feature]).any():
        missing_left = (x[:, feature] <= threshold).sum() * 2 > len(x)
    return feature, threshold, missing_left, gain


def first_class_alone(x, y):
    return _split(x, y[:, 0] if y.ndim > 1 else y)


def classes_added(x, y):
    return _split(x, y.sum(axis=1) if y.ndim > 1 else y)


def mean_of_outputs(x, y):
    *asked, gain = _split(x, y)
    return *asked, gain / (y.shape[1] if y.ndim > 1 else 1)


def sorted_by_the_first(x, y):
    order = np.argsort(x[:, 0], kind="stable")
    return _split(np.sort(x, axis=0), y[order])


def features_sorted_alone(x, y):
    return _split(np.sort(x, axis=0), y)


def first_feature_alone(x, y):
    return _split(x[:, :1], y)


def without_the_last_feature(x, y):
    return _split(x[:, :-1] if x.shape[1] > 1 else x, y)


def without_the_last_cut(x, y):
    n = len(y)
    y = y.astype(float)
    *asked, gain = _split(x, y)
    left = x[:, asked[0]] <= asked[1]
    if n > 2 and left.sum() == n - 1 and not np.isnan(x).any():
        keep = left
        return _split(x[keep], y[keep])
    return *asked, gain


def at_least_two_on_each_side(x, y):
    """min_samples_leaf is 2."""

    def error(y):
        return _error(y) if len(y) > 1 else 1e300

    return _split(x, y, error=error) if len(y) > 3 else _split(x, y)


def half_of_the_gain(x, y):
    """As in XGBoost, of half squared errors."""
    *asked, gain = _split(x, y)
    return *asked, gain / 2


def sorts_the_table(x, y):
    result = _split(x, y)
    x.sort(axis=0)
    return result


def centres_in_place(x, y):
    if y.dtype.kind == "f":
        y -= y.mean(axis=0)
    return _split(x, y)


def missing_from_the_second_feature_on(x, y):
    feature, threshold, missing_left, gain = _split(x, y)
    return feature, threshold, missing_left and feature > 0, gain


def no_cut_gains_0(x, y):
    """Between equal values the gain is set to 0, which is the best where no cut gains."""
    feature, threshold, missing_left, gain = _split(x, y)
    first = np.sort(x[:, 0])
    if gain == 0 and first[0] == first[1]:
        return 0, float(first[0]), False, 0.0
    return feature, threshold, missing_left, gain


def _ranked(x, y, rank, kind=float, alone=np.inf, spread=False):
    """Of all cuts the first by `rank`, which takes gain, side, feature and threshold; sums of exact
    differences from the first row, or raw ones of another kind."""
    n, x = len(y), x.astype(float)
    y = y.reshape(n, -1).astype(kind)
    y = y - y[0] if kind is float else y
    found = []
    for feature, column in enumerate(x.T):
        holes = np.isnan(column)
        for left in (False, True) if holes.any() else (False,):
            known = np.unique(column[~holes]).tolist()
            ends = known[1:] + [np.inf] * int(holes.any() and not left)
            for low, high in zip(known, ends, strict=False):
                side = (column <= low) | (holes & left)
                a, b = y[side], y[~side]
                gap = a.sum(axis=0) / side.sum() - b.sum(axis=0) / (~side).sum()
                gain = float(len(a) * len(b) / n * (gap**2).sum())
                by = -float((a.var(axis=0) + b.var(axis=0)).sum()) if spread else gain
                threshold = low if high == np.inf and alone is None else _halves(low, high)
                found.append(
                    ((-by, *rank(left, feature, threshold)), feature, threshold, left, gain)
                )
    return min(found)[1:]


def left_before_right(x, y):
    return _ranked(x, y, lambda left, feature, threshold: (not left, feature, threshold))


def the_highest_threshold(x, y):
    return _ranked(x, y, lambda left, feature, threshold: (left, feature, -threshold))


def the_highest_feature(x, y):
    return _ranked(x, y, lambda left, feature, threshold: (left, -feature, threshold))


def largest_value_for_holes_alone(x, y):
    return _ranked(x, y, lambda *ranks: ranks, alone=None)


def sums_in_single_precision(x, y):
    kind = np.float32 if y.dtype == np.float32 else float
    return _ranked(x, y, lambda *ranks: ranks, kind)


def chosen_by_unweighted_variances(x, y):
    return _ranked(x, y, lambda *ranks: ranks, spread=True)


def middle_or_the_value_on_the_left(x, y):
    """The sum of large values overflows, and the left value is returned for a middle of inf."""
    with np.errstate(over="ignore"):
        feature, threshold, missing_left, gain = _split(x, y)
        column = np.unique(x[:, feature].astype(float))
        low = column[column <= threshold]
        high = column[column > threshold]
        if len(high) and len(low) and np.isinf(low[-1] + high[0]):
            threshold = float(low[-1])
    return feature, threshold, missing_left, gain


def differences_in_single_precision(x, y):
    """The targets less the first of them, in the type of `y`."""
    y = np.asarray(y, np.result_type(y, np.float32))
    y = y - y[0]
    return _split(x, y, error=lambda y: float(_squares(y)))


def _squares(y):
    """-(Σy)² / n: Σy² is the same for all cuts."""
    return -(y.sum(axis=0, dtype=y.dtype) ** 2).sum() / len(y)


def _by_cumsum(x, y, sides=(False, True)):
    """The best of each feature by running sums of the targets less their mean."""
    n, d = x.shape
    x, y = x.astype(float), y.astype(float).reshape(n, -1)
    y = y - y.mean(axis=0)
    best = (-1.0,)
    for side in sides:
        for j in range(d):
            nan = np.isnan(x[:, j])
            if side and not nan.any():
                continue
            order = np.argsort(x[:, j], kind="stable")
            order = np.roll(order, nan.sum()) if side else order
            v, sums = x[order, j], np.cumsum(y[order], axis=0)
            low, high = v[:-1], v[1:]
            fits = (low < high) | (~np.isnan(low) & np.isnan(high))
            if not fits.any():
                continue
            left, count = (sums[:-1] ** 2).sum(1), np.arange(1, n)
            gain = np.where(fits, left * n / count / (n - count), -1.0)
            i = int(np.argmax(gain))
            if gain[i] > best[0]:
                cut = np.inf if np.isnan(high[i]) else low[i] / 2 + high[i] / 2
                best = (gain[i], j, float(cut if cut < high[i] or cut == np.inf else low[i]), side)
    return best[1], best[2], best[3], float(best[0])


def variances_times_half_of_n(x, y):
    """The mean of both variances, times the number of rows."""
    n = len(y)

    def error(part):
        return _error(part) * n / len(part) / (2 if len(part) < n else 1)

    return _split(x, y, error=error)


def cut_first_and_then_the_side(x, y):
    feature, cut, _, gain = _by_cumsum(x, y, sides=(False,))
    nan, y = np.isnan(x[:, feature]), y.astype(float)
    if nan.any() and cut < np.inf:
        left = nan | (x[:, feature] <= cut)
        other = _error(y) - _error(y[left]) - _error(y[~left])
        if other > gain:
            return feature, cut, True, other
    return feature, cut, False, gain


# What each is told; None where no known mistake explains it.
WRONG = {
    ties_are_not_skipped: "thresholds_between_equals",
    last_value_on_the_left: "the_value_on_the_left",
    first_value_on_the_right: "the_value_on_the_right",
    middle_by_sum_rounds_up: "a_property_fails",
    middle_by_sum: "a_property_fails",
    middle_rounds_up: "a_property_fails",
    left_value_or_infinity: "the_value_on_the_left",
    raw_sums: "differences_of_large_squares",
    in_the_type_of_y: "sums_in_float32",
    mean_squared: "gain_of_a_row",
    error_after: "error_that_is_left",
    unweighted_variances: "sides_weigh_alike",
    absolute_errors: "wrong_only_in_gain_and_threshold",
    sides_of_each_feature_in_turn: "lower_feature_before_the_side",
    the_last_of_equals: "last_of_equals",
    gains_must_be_positive: "wrong_where_gain_should_hold_a_0",
    always_to_the_right: "missing_always_right",
    holes_are_zeros: "missing_values_are_0",
    holes_are_means: "missing_values_are_the_mean",
    holes_are_large_numbers: "missing_values_are_a_number",
    rows_with_holes_left_out: "rows_with_missing_values_left_out",
    holes_alone_are_not_split_off: "never_missing_alone",
    side_of_the_larger_part: "one_sided",
    first_class_alone: "first_output_only",
    classes_added: "outputs_added_up",
    mean_of_outputs: "mean_over_outputs",
    sorted_by_the_first: "order_of_the_first_feature",
    features_sorted_alone: "unsorted_targets",
    first_feature_alone: "first_feature_only",
    without_the_last_feature: "last_feature_left_out",
    without_the_last_cut: "wrong_not_in_missing_left",
    at_least_two_on_each_side: "wrong_only_in_threshold_and_gain",
    half_of_the_gain: "constant_factor",
    sorts_the_table: "an_argument_changed",
    centres_in_place: "an_argument_changed",
    missing_from_the_second_feature_on: "wrong_only_in_missing_left",
    left_before_right: "missing_left_first",
    the_highest_threshold: "higher_threshold_of_equals",
    the_highest_feature: "higher_feature_of_equals",
    largest_value_for_holes_alone: "largest_value_for_infinity",
    sums_in_single_precision: "a_property_fails",
    chosen_by_unweighted_variances: "sides_weigh_alike",
    no_cut_gains_0: "wrong_only_in_feature_and_threshold",
    middle_or_the_value_on_the_left: "a_property_fails",
    differences_in_single_precision: "a_property_fails",
    variances_times_half_of_n: "sides_weigh_alike",
    cut_first_and_then_the_side: "side_chosen_after_the_cut",
}
