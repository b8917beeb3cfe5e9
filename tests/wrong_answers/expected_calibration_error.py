"""Plausible wrong ways to write expected_calibration_error,
and the bug that each is told, if it is a known one."""

import numpy as np


def binned(probabilities, labels, bins):
    confidence = probabilities.max(axis=1).astype(float)
    right = probabilities.argmax(axis=1) == labels
    for b in range(bins):
        inside = (confidence > b / bins) & (confidence <= (b + 1) / bins)
        if inside.any():
            yield inside.mean(), right[inside].mean(), confidence[inside].mean()


def mean_over_filled_bins(probabilities, labels, bins=15):
    return np.mean([abs(a - c) for _, a, c in binned(probabilities, labels, bins)])


def signed(probabilities, labels, bins=15):
    return sum(w * (a - c) for w, a, c in binned(probabilities, labels, bins))


def signed_then_absolute(probabilities, labels, bins=15):
    return abs(sum(w * (a - c) for w, a, c in binned(probabilities, labels, bins)))


def squared(probabilities, labels, bins=15):
    return sum(w * (a - c) ** 2 for w, a, c in binned(probabilities, labels, bins))


def root_mean_square(probabilities, labels, bins=15):
    return squared(probabilities, labels, bins) ** 0.5


def maximum(probabilities, labels, bins=15):
    return max(abs(a - c) for _, a, c in binned(probabilities, labels, bins))


def positive_class(probabilities, labels, bins=15):
    p = probabilities[:, 1].astype(float)
    error = 0
    for b in range(bins):
        inside = (p > b / bins) & (p <= (b + 1) / bins)
        if inside.any():
            error += inside.mean() * abs(
                (labels[inside] == 1).mean() - p[inside].mean()
            )
    return error


def histogram_left_closed(probabilities, labels, bins=15):
    confidence = probabilities.max(axis=1).astype(float)
    right = (probabilities.argmax(axis=1) == labels).astype(float)
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    return np.abs(np.bincount(which, right - confidence)).sum() / len(labels)


def always_ten(probabilities, labels, bins=15):
    return sum(w * abs(a - c) for w, a, c in binned(probabilities, labels, 10))


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
    each = binned(probabilities, labels, bins)
    return sum(w * len(labels) * abs(a - c) for w, a, c in each)


def accuracy_of_all(probabilities, labels, bins=15):
    right = (probabilities.argmax(axis=1) == labels).mean()
    return sum(w * abs(right - c) for w, _, c in binned(probabilities, labels, bins))


BUGS = {
    mean_over_filled_bins: "bins_weighted_equally",
    signed: "gaps_not_absolute",
    signed_then_absolute: "one_gap_for_all",
    squared: "gaps_squared",
    root_mean_square: None,
    maximum: "largest_gap",
    positive_class: "one_class_only",
    histogram_left_closed: "edge_goes_to_the_bin_above",
    always_ten: "bins_ignored",
    empty_means: "empty_bins_give_nan",
    sum_not_mean: None,
    accuracy_of_all: "one_gap_for_all",
}
