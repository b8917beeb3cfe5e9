"""Right ways to write expected_calibration_error."""

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
    np.add.at(
        total, np.searchsorted(edges, confidence, side="left"), right - confidence
    )
    return np.abs(total).sum() / len(labels)


def digitized(probabilities, labels, bins=15):
    confidence = np.amax(probabilities, 1).astype(np.float64)
    which = np.digitize(confidence, np.linspace(0, 1, bins + 1)[1:-1], right=True)
    right = np.argmax(probabilities, 1) == labels
    groups = [which == b for b in set(which.tolist())]
    return sum(abs(np.sum(right[g]) - np.sum(confidence[g])) for g in groups) / len(
        which
    )


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
