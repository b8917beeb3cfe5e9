"""Right and wrong ways to write expected_calibration_error."""

import math

import numpy as np


def masks(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    error = 0.0
    for lower, upper in zip(
        np.linspace(0, 1, bins + 1)[:-1], np.linspace(0, 1, bins + 1)[1:], strict=True
    ):
        inside = (confidence > lower) & (confidence <= upper)
        if inside.any():
            gap = abs(right[inside].mean() - confidence[inside].mean())
            error += inside.mean() * gap
    return error


def sums_of_differences(probabilities, labels, bins=15):
    confidence = np.max(probabilities, axis=1).astype(float)
    right = np.argmax(probabilities, axis=1) == labels
    edges = np.arange(1, bins) / bins
    total = np.zeros(bins)
    np.add.at(total, np.searchsorted(edges, confidence, side="left"), right - confidence)
    return np.abs(total).sum() / len(labels)


def digitized(probabilities, labels, bins=15):
    confidence = np.amax(probabilities, 1).astype(np.float64)
    which = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    right = np.argmax(probabilities, 1) == labels
    groups = [which == b for b in set(which.tolist())]
    return sum(abs(np.sum(right[g]) - np.sum(confidence[g])) for g in groups) / len(which)


def loops(probabilities, labels, bins=15):
    cells = {}
    for row, label in zip(probabilities.tolist(), labels.tolist(), strict=True):
        top = max(row)
        cell = math.ceil(round(top * bins, 9)) - 1
        cells.setdefault(cell, []).append((top, row.index(top) == label))
    error = 0
    for members in cells.values():
        confidence = sum(top for top, _ in members) / len(members)
        accuracy = sum(right for _, right in members) / len(members)
        error += len(members) / len(labels) * abs(accuracy - confidence)
    return error


def pandas_like_groups(probabilities, labels, bins=15):
    """A dictionary of bins, each with what fell into it."""
    edges = np.linspace(0, 1, bins + 1)
    groups = {}
    for row, label in zip(probabilities, labels, strict=True):
        confidence = row.max()
        # The first edge that is not below.
        place = int(np.searchsorted(edges, confidence, side="left")) - 1
        groups.setdefault(place, []).append((confidence, float(row.argmax() == label)))
    error = 0.0
    for members in groups.values():
        confidence, accuracy = np.mean(members, axis=0)
        error += len(members) / len(labels) * abs(accuracy - confidence)
    return error


def weighted_bincounts(probabilities, labels, bins=15):
    p = np.asarray(probabilities, dtype=float)
    predictions, confidences = p.argmax(1), p.max(1)
    which = np.digitize(confidences, np.linspace(0.0, 1.0, bins + 1)[1:-1], right=True)
    hits = np.bincount(which, weights=predictions == labels, minlength=bins)
    trust = np.bincount(which, weights=confidences, minlength=bins)
    return np.sum(np.abs(hits - trust)) / p.shape[0]


def _binned(probabilities, labels, bins):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            yield inside.mean(), right[inside].mean(), confidence[inside].mean()


def mean_over_filled_bins(probabilities, labels, bins=15):
    return np.mean([abs(a - c) for _, a, c in _binned(probabilities, labels, bins)])


def signed(probabilities, labels, bins=15):
    return sum(w * (a - c) for w, a, c in _binned(probabilities, labels, bins))


def signed_then_absolute(probabilities, labels, bins=15):
    return abs(sum(w * (a - c) for w, a, c in _binned(probabilities, labels, bins)))


def squared(probabilities, labels, bins=15):
    return sum(w * (a - c) ** 2 for w, a, c in _binned(probabilities, labels, bins))


def root_mean_square(probabilities, labels, bins=15):
    return squared(probabilities, labels, bins) ** 0.5


def maximum(probabilities, labels, bins=15):
    return max(abs(a - c) for _, a, c in _binned(probabilities, labels, bins))


def positive_class(probabilities, labels, bins=15):
    p = probabilities[:, 1].astype(float)
    error = 0
    for b in range(bins):
        inside = (p > b / bins) & (p <= (b + 1) / bins)
        if inside.any():
            error += inside.mean() * abs((labels[inside] == 1).mean() - p[inside].mean())
    return error


def histogram_left_closed(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = (probabilities.argmax(axis=1) == labels).astype(float)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return np.abs(np.bincount(which, right - confidence)).sum() / len(labels)


def always_ten(probabilities, labels, bins=15):
    return sum(w * abs(a - c) for w, a, c in _binned(probabilities, labels, 10))


def empty_means(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    which = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    count = np.bincount(which, minlength=bins)
    with np.errstate(all="ignore"):
        accuracy = np.bincount(which, right, bins) / count
        mean = np.bincount(which, confidence, bins) / count
    return (count / count.sum() * abs(accuracy - mean)).sum()


def sum_not_mean(probabilities, labels, bins=15):
    each = _binned(probabilities, labels, bins)
    return sum(w * len(labels) * abs(a - c) for w, a, c in each)


def accuracy_of_all(probabilities, labels, bins=15):
    right = (probabilities.argmax(axis=1) == labels).mean()
    return sum(w * abs(right - c) for w, _, c in _binned(probabilities, labels, bins))


def _error(confidence, right, edges):
    which = np.searchsorted(edges, confidence)
    return np.abs(np.bincount(which, right - confidence)).sum() / len(confidence)


def _edges(bins):
    return np.linspace(0, 1, bins + 1)[1:-1]


def closed_at_the_left(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    which = np.digitize(confidence, _edges(bins))
    return np.abs(np.bincount(which, right - confidence)).sum() / len(labels)


def certain_items_left_out(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    error = 0.0
    for b in range(bins):
        inside = (confidence >= b / bins) & (confidence < (b + 1) / bins)
        if inside.any():
            error += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return error


def bins_of_one_item_skipped(probabilities, labels, bins=15):
    """A mean of one item is no mean."""
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    which = np.searchsorted(_edges(bins), confidence)
    count = np.bincount(which)
    gaps = np.abs(np.bincount(which, right - confidence))
    return gaps[count > 1].sum() / len(labels)


def ties_count_as_right(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    own = probabilities[np.arange(len(labels)), labels.astype(int)]
    return _error(confidence, (own >= confidence - 1e-12) * 1.0, _edges(bins))


def last_bin_lost(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    inside = confidence < 1
    if not inside.any():
        return 0.0
    kept = np.abs(
        np.bincount(np.searchsorted(_edges(bins), confidence[inside]), (right - confidence)[inside])
    )
    return kept.sum() / inside.sum()


def at_least_two_bins(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    return _error(confidence, right, _edges(max(bins, 2)))


def at_most_ten_bins(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    return _error(confidence, right, _edges(min(bins, 10)))


def one_bin_is_the_whole(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    if bins == 1:
        return np.abs(right - confidence).mean()
    return _error(confidence, right, _edges(bins))


def floor_of_the_product(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    which = np.clip(np.floor(confidence * bins).astype(int), 0, bins - 1)
    return np.abs(np.bincount(which, right - confidence)).sum() / len(labels)


def added_once_for_each_bin(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    which = np.searchsorted(_edges(bins), confidence)
    sums = np.zeros(bins)
    sums[which] += right - confidence
    return np.abs(sums).sum() / len(labels)


def ten_unless_told(probabilities, labels, bins=10):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    which = np.searchsorted(_edges(bins), confidence)
    return np.abs(np.bincount(which, right - confidence)).sum() / len(labels)


def certainty_in_a_bin_of_its_own(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    which = np.where(confidence == 1, bins, np.searchsorted(_edges(bins), confidence))
    return np.abs(np.bincount(which, right - confidence)).sum() / len(labels)


def brier_like(probabilities, labels, bins=15):
    right = probabilities.argmax(axis=1) == labels
    return np.mean(np.abs(right - probabilities.max(axis=1).astype(float)))


def confidence_minus_accuracy(probabilities, labels, bins=15):
    p = np.asarray(probabilities, float)
    which = np.clip(np.ceil(p.max(1) * bins).astype(int) - 1, 0, bins - 1)
    return np.bincount(which, p.max(1) - (p.argmax(1) == labels), bins).sum() / len(p)


def from_chance_to_1(probabilities, labels, bins=15):
    p = np.asarray(probabilities, float)
    low = 1 / p.shape[1]
    which = np.ceil((p.max(1) - low) / (1 - low) * bins).astype(int) - 1
    which = np.clip(which, 0, bins - 1)
    return abs(np.bincount(which, p.max(1) - (p.argmax(1) == labels), bins)).sum() / len(p)


def edges_of_the_histogram(probabilities, labels, bins=15):
    p = np.asarray(probabilities, float)
    edges = np.histogram_bin_edges(p.max(1), bins)
    which = np.digitize(p.max(1), edges[1:-1], right=True)
    return abs(np.bincount(which, p.max(1) - (p.argmax(1) == labels))).sum() / len(p)


def mean_over_classes(probabilities, labels, bins=15):
    return one_against_the_rest(probabilities, labels, bins) / probabilities.shape[1]


def one_against_the_rest(probabilities, labels, bins=15):
    p = np.asarray(probabilities, float)
    hit = np.eye(p.shape[1])[np.asarray(labels).astype(int)].ravel()
    which = np.clip(np.ceil(p.ravel() * bins).astype(int) - 1, 0, bins - 1)
    return abs(np.bincount(which, p.ravel() - hit, bins)).sum() / len(p)


NOTED = {histogram_left_closed, closed_at_the_left, floor_of_the_product}

# The mistake that each is told; None where no known one explains it.
WRONG = {
    mean_over_filled_bins: "bins_weighted_equally",
    signed: "gaps_not_absolute",
    signed_then_absolute: "one_gap_for_all",
    squared: "gaps_squared",
    root_mean_square: "root_of_mean_square",
    maximum: "largest_gap",
    positive_class: "one_class_only",
    always_ten: "bins_ignored",
    empty_means: "empty_bins_give_nan",
    sum_not_mean: "factor_of_a_size",
    accuracy_of_all: None,
    certain_items_left_out: "certainty_in_no_bin",
    bins_of_one_item_skipped: "too_small",
    ties_count_as_right: None,
    last_bin_lost: "certainty_in_no_bin",
    at_least_two_bins: "wrong_where_bins_is_1",
    at_most_ten_bins: None,
    one_bin_is_the_whole: "wrong_where_bins_is_1",
    added_once_for_each_bin: "indexed_assignment_adds_once",
    ten_unless_told: "ten_bins_by_default",
    certainty_in_a_bin_of_its_own: "certainty_in_a_bin_of_its_own",
    brier_like: "gap_of_each_item",
    confidence_minus_accuracy: "gaps_not_absolute",
    from_chance_to_1: "bins_of_a_part",
    edges_of_the_histogram: "bins_of_a_part",
    one_against_the_rest: "every_class_binned",
    mean_over_classes: "every_class_binned",
}
