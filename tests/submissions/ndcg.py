"""Right and wrong ways to write `ndcg`."""

import itertools

import numpy as np


def _gain(grades):
    return np.exp2(grades.astype(float)) - 1


def _weights(items, k):
    return np.where(np.arange(items) < k, 1 / np.log2(np.arange(items) + 2), 0)


def _shared(gains, scores, weights):
    order = np.argsort(-scores.astype(float), kind="stable")
    total, start = 0.0, 0
    while start < len(order):
        end = start
        while end < len(order) and scores[order[end]] == scores[order[start]]:
            end += 1
        total += weights[start:end].mean() * gains[order[start:end]].sum()
        start = end
    return total


def _share(part, whole):
    return part / whole if whole else 0.0


def _in_order(gains, scores, weights):
    return gains[np.argsort(-scores.astype(float), kind="stable")] @ weights


def group_after_group(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    return _share(_shared(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def by_unique_scores(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    _, group, size = np.unique(-scores.astype(float), return_inverse=True, return_counts=True)
    means = np.bincount(np.repeat(np.arange(len(size)), size), weights) / size
    return _share(gains @ means[group], np.sort(gains)[::-1] @ weights)


def mean_gain_of_a_group(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    mean = np.array([gains[scores == score].mean() for score in scores])
    return _share(_in_order(mean, scores, weights), np.sort(gains)[::-1] @ weights)


def by_counting(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    total = np.append(0, np.cumsum(weights))
    above = (scores[:, None] < scores).sum(axis=1)
    equal = (scores[:, None] == scores).sum(axis=1)
    part = gains @ ((total[above + equal] - total[above]) / equal)
    return _share(part, np.sort(gains)[::-1] @ weights)


def of_two_orders(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    table = (scores[:, None] == scores) / (scores[:, None] == scores).sum(axis=1)
    return _share(_in_order(table @ gains, scores, weights), _in_order(gains, gains, weights))


def python_alone(grades, scores, k):
    worth = [2.0 ** float(g) - 1 for g in grades]
    places = [1 / np.log2(i + 2) if i < k else 0.0 for i in range(len(worth))]
    part = 0.0
    for score in {*scores.tolist()}:
        above = sum(s > score for s in scores.tolist())
        same = [w for w, s in zip(worth, scores.tolist(), strict=True) if s == score]
        part += sum(same) / len(same) * sum(places[above : above + len(same)])
    best = sum(w * p for w, p in zip(sorted(worth, reverse=True), places, strict=True))
    return part / best if best > 0 else 0.0


def linear_gain(grades, scores, k):
    gains, weights = grades.astype(float), _weights(len(grades), k)
    return _share(_shared(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def two_to_the_grade(grades, scores, k):
    gains, weights = _gain(grades) + 1, _weights(len(grades), k)
    return _share(_shared(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def the_sum_alone(grades, scores, k):
    return _shared(_gain(grades), scores, _weights(len(grades), k))


def best_without_k(grades, scores, k):
    gains, items = _gain(grades), len(grades)
    best = np.sort(gains)[::-1] @ _weights(items, items)
    return _share(_shared(gains, scores, _weights(items, k)), best)


def best_of_the_first(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    first = gains[np.argsort(-scores.astype(float), kind="stable")][:k]
    best = np.sort(first)[::-1] @ weights[: len(first)]
    return _share(_shared(gains, scores, weights), best)


def without_k(grades, scores, k):
    return group_after_group(grades, scores, len(grades))


def upwards(grades, scores, k):
    return group_after_group(grades, -scores.astype(float), k)


def as_it_came(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    return _share(gains @ weights, np.sort(gains)[::-1] @ weights)


def of_the_first_paper(grades, scores, k):
    gains, items = _gain(grades), len(grades)
    weights = np.where(np.arange(items) < k, 1 / np.log2(np.maximum(np.arange(items) + 1, 2)), 0)
    return _share(_shared(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def divided_by_the_place(grades, scores, k):
    gains, items = _gain(grades), len(grades)
    weights = np.where(np.arange(items) < k, 1 / (np.arange(items) + 1), 0)
    return _share(_shared(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def undiscounted(grades, scores, k):
    gains, weights = _gain(grades), 1.0 * (np.arange(len(grades)) < k)
    return _share(_shared(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def stable_order(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    return _share(_in_order(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def last_of_equals_first(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    order = np.argsort(scores, kind="stable")[::-1]
    return _share(gains[order] @ weights, np.sort(gains)[::-1] @ weights)


def best_of_equals_first(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    order = np.lexsort((gains, scores))[::-1]
    return _share(gains[order] @ weights, np.sort(gains)[::-1] @ weights)


def worst_of_equals_first(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    order = np.lexsort((-gains, scores))[::-1]
    return _share(gains[order] @ weights, np.sort(gains)[::-1] @ weights)


def all_on_the_first_place(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    above = (scores[:, None] < scores).sum(axis=1)
    return _share(gains @ weights[above], np.sort(gains)[::-1] @ weights)


def not_a_number(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    with np.errstate(invalid="ignore"):
        return np.float64(_shared(gains, scores, weights)) / (np.sort(gains)[::-1] @ weights)


def perfect_without_relevant(grades, scores, k):
    return group_after_group(grades, scores, k) if grades.any() else 1.0


def ties_before_the_cut(grades, scores, k):
    gains, items = _gain(grades), len(grades)
    order = np.argsort(-scores.astype(float), kind="stable")[:k]
    weights = _weights(items, items)[: len(order)]
    part = _shared(gains[order], scores[order], weights)
    return _share(part, np.sort(gains)[::-1][:k] @ weights)


def ties_within_a_billionth(grades, scores, k):
    gains, items = _gain(grades), len(grades)
    order = np.argsort(-scores.astype(float), kind="stable")
    falls = -np.diff(scores[order].astype(float)) > 1e-9
    place = np.concatenate([[0], np.cumsum(falls)])
    weights = _weights(items, k)
    means = np.bincount(place, weights) / np.bincount(place)
    return _share(gains[order] @ means[place], np.sort(gains)[::-1] @ weights)


def scores_in_float32(grades, scores, k):
    return group_after_group(grades, scores.astype(np.float32), k)


def grades_in_float32(grades, scores, k):
    gains, weights = _gain(grades.astype(np.float32)), _weights(len(grades), k)
    return _share(_shared(gains, scores, weights), _shared(gains, gains, weights))


def one_more_in_the_logarithm(grades, scores, k):
    gains, items = _gain(grades), len(grades)
    weights = np.where(np.arange(items) < k, 1 / np.log2(np.arange(items) + 3), 0)
    return _share(_shared(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def mean_of_what_is_left_of_a_group(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)[:k]
    best = np.sort(gains)[::-1][:k] @ weights
    total = start = 0
    for score in np.unique(scores)[::-1]:
        group = gains[scores == score]
        if start < k:
            total += group.sum() * weights[start : start + len(group)].mean()
        start += len(group)
    return _share(total, best)


def by_midranks(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    order = np.sort(-scores.astype(float))
    ends = [np.searchsorted(order, -scores.astype(float), side=side) for side in ("left", "right")]
    place = (ends[0] + 1 + ends[1]) / 2
    return _share((gains / np.log2(1 + place))[place <= k].sum(), np.sort(gains)[::-1] @ weights)


def truncated_grades(grades, scores, k):
    return group_after_group(np.trunc(grades), scores, k)


def shifted_ones(grades, scores, k):
    whole = grades.dtype.kind in "iu"
    gains = (np.left_shift(1, grades.astype(int)) - 1 if whole else _gain(grades)).astype(float)
    weights = _weights(len(grades), k)
    return _share(_shared(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def places_before_k(grades, scores, k):
    gains, items = _gain(grades), len(grades)
    weights = _weights(items, max(min(k, items) - 1, 1))
    return _share(_shared(gains, scores, weights), np.sort(gains)[::-1] @ weights)


def up_to_k_less_one(grades, scores, k):
    return group_after_group(grades, scores, k - 1)


def up_to_k_and_one(grades, scores, k):
    return group_after_group(grades, scores, k + 1)


def ranks_by_one_argsort(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    given = weights[np.argsort(-scores.astype(float), kind="stable")]
    given = [given[scores == score].mean() for score in scores]
    return _share(gains @ given, np.sort(gains)[::-1] @ weights)


def ranks_by_one_argsort_without_ties(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    given = weights[np.argsort(-scores.astype(float), kind="stable")]
    return _share(gains @ given, np.sort(gains)[::-1] @ weights)


def nothing_below_a_gain_of_1(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    best = np.sort(gains)[::-1] @ weights
    return 0.0 if best < 1 else _shared(gains, scores, weights) / best


def groups_of_neighbours(grades, scores, k):
    """`itertools.groupby` before the sort."""
    items = zip(scores.tolist(), _gain(grades).tolist(), strict=True)
    groups = [
        (score, [gain for _, gain in group])
        for score, group in itertools.groupby(items, key=lambda item: item[0])
    ]
    groups.sort(key=lambda each: -each[0])
    means = [np.mean(gains) for _, gains in groups for _ in gains]
    weights = _weights(len(grades), k)
    return _share(means @ weights, np.sort(_gain(grades))[::-1] @ weights)


def _groups(grades, scores, discount, gain=lambda grades: _gain(grades).mean()):
    """The mean gain of each group of equal scores times what its places, from 0, discount."""
    total, start = 0.0, 0
    for score in sorted(set(scores.tolist()), reverse=True):
        same = grades[scores == score]
        total += gain(same) * discount(start, start + len(same))
        start += len(same)
    return total


def uncut_where_a_group_begins_before_k(grades, scores, k):
    whole = _weights(len(grades), len(grades))
    gained = _groups(grades, scores, lambda i, j: whole[i:j].sum() * (i < k))
    return _share(gained, np.sort(_gain(grades))[::-1] @ _weights(len(grades), k))


def whole_groups_up_to_k(grades, scores, k):
    weights = _weights(len(grades), k)
    gained = _groups(grades, scores, lambda i, j: weights[i:j].sum() * (j <= k))
    return _share(gained, np.sort(_gain(grades))[::-1] @ weights)


def power_of_the_mean_grade(grades, scores, k):
    weights = _weights(len(grades), k)
    gained = _groups(grades, scores, lambda i, j: weights[i:j].sum(), lambda g: 2.0 ** g.mean() - 1)
    return _share(gained, np.sort(_gain(grades))[::-1] @ weights)


def a_place_for_each_score(grades, scores, k):
    gains, weights = _gain(grades), _weights(len(grades), k)
    _, place = np.unique(-scores.astype(float), return_inverse=True)
    return _share(gains @ weights[place], np.sort(gains)[::-1] @ weights)


# What each is told.
WRONG = {
    linear_gain: "grade_as_gain",
    two_to_the_grade: "one_not_subtracted",
    the_sum_alone: "not_normalised",
    best_without_k: "best_of_all_places",
    best_of_the_first: "best_of_those_retrieved",
    without_k: "not_cut",
    upwards: "lowest_first",
    as_it_came: "in_the_order_given",
    of_the_first_paper: "first_two_places_alike",
    divided_by_the_place: "by_the_place",
    undiscounted: "no_discount",
    stable_order: "ties_as_they_came",
    last_of_equals_first: "rows_in_another_order_should_not_matter",
    best_of_equals_first: "ties_by_grade",
    worst_of_equals_first: "ties_by_grade",
    all_on_the_first_place: "ties_on_one_place",
    not_a_number: "nothing_by_nothing",
    perfect_without_relevant: "one_for_nothing",
    ties_within_a_billionth: "close_scores_tied",
    scores_in_float32: "close_scores_tied",
    ties_before_the_cut: "ties_beyond_k_not_cut",
    grades_in_float32: "nearly_right",
    one_more_in_the_logarithm: "one_place_further",
    mean_of_what_is_left_of_a_group: "places_beyond_k_left_out",
    by_midranks: "discount_of_the_mean_place",
    truncated_grades: "grades_made_whole",
    shifted_ones: "powers_of_integers",
    places_before_k: "one_place_too_few",
    up_to_k_less_one: "one_place_too_few",
    up_to_k_and_one: "one_place_too_many",
    ranks_by_one_argsort: "order_for_places",
    ranks_by_one_argsort_without_ties: "order_for_places",
    nothing_below_a_gain_of_1: None,
    groups_of_neighbours: "rows_in_another_order_should_not_matter",
    uncut_where_a_group_begins_before_k: "ties_beyond_k_not_cut",
    whole_groups_up_to_k: "ties_beyond_k_not_cut",
    power_of_the_mean_grade: "gain_of_the_mean_grade",
    a_place_for_each_score: "ties_on_one_place",
}
