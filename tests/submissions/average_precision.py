"""Right and wrong ways to write average precision."""

import numpy as np


def mean_over_the_positives(truth, scores):
    return np.mean([np.mean(truth[scores >= s] == 1) for s in scores[truth == 1]])


def cumulative(truth, scores):
    order = np.argsort(scores)[::-1]
    hits = np.cumsum(truth[order], dtype=float)
    last = np.append(scores[order][1:] != scores[order][:-1], True)
    precision = (hits / np.arange(1, len(truth) + 1))[last]
    recall = (hits / hits[-1])[last]
    return np.sum(np.diff(recall, prepend=0.0) * precision)


def loops(truth, scores):
    total, positives, before = 0.0, int(truth.sum()), 0
    for cut in sorted(set(scores.tolist()), reverse=True):
        called = [int(t) for t, s in zip(truth, scores, strict=True) if s >= cut]
        total += sum(called) / len(called) * (sum(called) - before) / positives
        before = sum(called)
    return total


def sorted_counts(truth, scores):
    everyone, highs = np.sort(scores), np.sort(scores[truth == 1])
    called = len(everyone) - np.searchsorted(everyone, highs)
    found = len(highs) - np.searchsorted(highs, highs)
    return (found / called).mean()


def groups(truth, scores):
    _, place, called = np.unique(scores, return_inverse=True, return_counts=True)
    hits = np.bincount(place, weights=truth)[::-1]
    precision = np.cumsum(hits) / np.cumsum(called[::-1])
    return float(hits @ precision / hits.sum())


def by_pairs(truth, scores):
    """For each positive, who scores as high or higher."""
    positive = truth.astype(bool)
    as_high = scores[None, :] >= scores[positive][:, None]
    return float(np.mean((as_high & positive).sum(axis=1) / as_high.sum(axis=1)))


def textbook_ranking(truth, scores):
    hits = truth[np.argsort(-scores, kind="stable")] == 1
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return precision[hits].mean()


def reversed_argsort(truth, scores):
    hits = truth[np.argsort(scores, kind="stable")[::-1]] == 1
    return np.mean(np.cumsum(hits)[hits] / (np.flatnonzero(hits) + 1))


def _points(truth, scores):
    cuts = np.unique(scores)[::-1]
    called = scores >= cuts[:, None]
    precision = (called & (truth == 1)).sum(axis=1) / called.sum(axis=1)
    recall = (called & (truth == 1)).sum(axis=1) / (truth == 1).sum()
    return precision, recall


def trapezoid(truth, scores):
    precision, recall = _points(truth, scores)
    return np.trapezoid(np.append(1, precision), np.append(0, recall))


def trapezoid_without_a_start(truth, scores):
    precision, recall = _points(truth, scores)
    return np.trapezoid(precision, recall)


def step_lost(truth, scores):
    precision, recall = _points(truth, scores)
    return np.sum((recall[1:] - recall[:-1]) * precision[1:])


def envelope(truth, scores):
    precision, recall = _points(truth, scores)
    for i in range(len(precision) - 1, 0, -1):
        precision[i - 1] = max(precision[i - 1], precision[i])
    return np.sum(np.diff(recall, prepend=0) * precision)


def eleven(truth, scores):
    precision, recall = _points(truth, scores)
    return sum(precision[recall >= r / 10].max() for r in range(11)) / 11


def mean_precision(truth, scores):
    return _points(truth, scores)[0].mean()


def over_n(truth, scores):
    precision, recall = _points(truth, scores)
    return np.sum(np.diff(recall, prepend=0) * precision) * np.mean(truth == 1)


def from_the_bottom(truth, scores):
    precision, recall = _points(truth, -scores)
    return np.sum(np.diff(recall, prepend=0) * precision)


def left_sum(truth, scores):
    precision, recall = _points(truth, scores)
    return np.sum(np.diff(recall, prepend=0) * np.append(1, precision[:-1]))


def best_f1(truth, scores):
    precision, recall = _points(truth, scores)
    with np.errstate(invalid="ignore"):
        return np.nanmax(2 * precision * recall / (precision + recall))


def strictly_above(truth, scores):
    each = [np.mean(truth[scores > s] == 1) for s in scores[truth == 1] if s < scores.max()]
    return np.mean(each) if each else 1.0


def recall_averaged(truth, scores):
    return _points(truth, scores)[1].mean()


def first_ten(truth, scores):
    order = np.argsort(-scores, kind="stable")[:10]
    hits = truth[order] == 1
    return (np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits].mean()


def at_one_half(truth, scores):
    called = scores >= 0.5
    return np.mean(truth[called] == 1) if called.any() else 0.0


def trapezoid_and_ties(truth, scores):
    hits = truth[np.argsort(-scores, kind="stable")] == 1
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    recall = np.cumsum(hits) / hits.sum()
    return np.trapezoid(np.append(1, precision), np.append(0, recall))


def _ranked(truth, order):
    hits = truth[order] == 1
    return np.mean((np.cumsum(hits) / np.arange(1, len(hits) + 1))[hits])


def rounded_scores(truth, scores):
    s = np.round(scores.astype(float), 6)
    return np.mean([np.mean(truth[s >= x] == 1) for x in s[truth == 1]])


def close_scores_taken_as_equal(truth, scores):
    each = [np.mean(truth[(scores > s) | np.isclose(scores, s)] == 1) for s in scores[truth == 1]]
    return np.mean(each)


def negated_in_their_type(truth, scores):
    cuts = np.unique(-scores)
    called = -scores <= cuts[:, None]
    hits = (called & (truth == 1)).sum(axis=1)
    recall = hits / hits[-1]
    return np.sum(np.diff(recall, prepend=0) * hits / called.sum(axis=1))


def positives_first_among_equals(truth, scores):
    return _ranked(truth, np.lexsort((-(truth.astype(int)), -scores.astype(float))))


def negatives_first_among_equals(truth, scores):
    return _ranked(truth, np.lexsort((truth.astype(int), -scores.astype(float))))


def hits_counted_in_their_type(truth, scores):
    precision, recall = [], []
    for cut in np.unique(scores)[::-1]:
        called = truth[scores >= cut]
        precision.append(called.sum(dtype=called.dtype) / len(called))
        recall.append(called.sum() / truth.sum())
    return np.sum(np.diff(recall, prepend=0) * precision)


def nothing_negative_gives_nan(truth, scores):
    if (truth == 1).all():
        return np.nan
    return np.mean([np.mean(truth[scores >= s] == 1) for s in scores[truth == 1]])


def hundred_thresholds(truth, scores):
    s = scores.astype(float)
    cuts = np.unique(np.quantile(s, np.linspace(0, 1, 101)))[::-1]
    called = s >= cuts[:, None]
    hits = (called & (truth == 1)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.nansum(np.diff(hits / hits[-1], prepend=0) * hits / called.sum(axis=1))


def one_group_of_equals_only(truth, scores):
    """Equal scores meet in pairs: the one before is looked at, and no other."""
    order = np.argsort(-scores.astype(float), kind="stable")
    hits, s = truth[order] == 1, scores[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    for i in range(len(s) - 2, -1, -1):
        if s[i] == s[i + 1] and (i + 2 >= len(s) or s[i + 2] != s[i + 1]):
            precision[i] = precision[i + 1]
    return precision[hits].mean()


def mean_over_the_distinct_positives(truth, scores):
    cuts = np.unique(scores[truth == 1])
    return np.mean([np.mean(truth[scores >= s] == 1) for s in cuts])


def in_float16(truth, scores):
    s = scores.astype(np.float16)
    return np.mean([np.mean(truth[s >= x] == 1) for x in s[truth == 1]])


def strictly_above_and_itself(truth, scores):
    each = [
        (np.sum(truth[scores > s] == 1) + 1) / (np.sum(scores > s) + 1) for s in scores[truth == 1]
    ]
    return np.mean(each)


def numpys_own_sort_of_ties(truth, scores):
    order = np.argsort(scores.astype(float))[::-1]
    hits = np.cumsum(truth[order] == 1)
    precision = hits / np.arange(1, len(order) + 1)
    return precision[truth[order] == 1].mean()


def whole_numbers_for_a_mask(truth, scores):
    each = np.array([np.mean(truth[scores >= s] == 1) for s in scores])
    return each[truth].mean()


def whole_numbers_for_a_mask_of_ranks(truth, scores):
    order = np.argsort(-scores.astype(float), kind="stable")
    s, t = -scores[order].astype(float), truth[order]
    called = np.searchsorted(s, s, side="right")
    return (np.cumsum(t == 1)[called - 1] / called)[t].mean()


def changes_of_the_score_without_the_end(truth, scores):
    order = np.argsort(-scores.astype(float), kind="stable")
    ends = np.flatnonzero(np.diff(scores[order].astype(float)))
    hits = np.cumsum(truth[order] == 1)
    recall = hits[ends] / hits[-1]
    return np.sum(np.diff(recall, prepend=0) * hits[ends] / (ends + 1))


# The mistake that each is told; None where no known one explains it.
WRONG = {
    textbook_ranking: "ties_one_by_one",
    reversed_argsort: "ties_one_by_one",
    trapezoid: "trapezoids",
    trapezoid_without_a_start: "trapezoids",
    step_lost: "first_step_lost",
    envelope: "interpolated",
    eleven: "eleven_points",
    mean_precision: "averaged_over_thresholds",
    over_n: "divided_by_all_examples",
    from_the_bottom: "lowest_first",
    left_sum: "precision_before_the_step",
    best_f1: "best_f1_instead",
    strictly_above: None,
    recall_averaged: None,
    first_ten: None,
    at_one_half: "precision_at_one_threshold",
    trapezoid_and_ties: "trapezoids",
    rounded_scores: "wrong_for_numbers_that_are_close",
    close_scores_taken_as_equal: "wrong_for_numbers_that_are_close",
    positives_first_among_equals: "equals_by_their_class",
    negatives_first_among_equals: "equals_by_their_class",
    hits_counted_in_their_type: "wrong_where_truth_is_of_dtype_bool",
    nothing_negative_gives_nan: "not_finite",
    hundred_thresholds: "nearly_right",
    one_group_of_equals_only: "rows_in_another_order_should_not_matter",
    mean_over_the_distinct_positives: "averaged_over_thresholds",
    in_float16: "wrong_for_numbers_that_are_close",
    strictly_above_and_itself: "equals_left_out",
    numpys_own_sort_of_ties: "ties_one_by_one",
    whole_numbers_for_a_mask: "truth_as_an_index",
    whole_numbers_for_a_mask_of_ranks: "truth_as_an_index",
    changes_of_the_score_without_the_end: "last_step_lost",
}
