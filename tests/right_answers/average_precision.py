"""Right ways to write average precision."""

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
