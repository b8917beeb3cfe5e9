"""Right ways to write loss_bounds."""

import math

import numpy as np


def from_probabilities(classes, correct=True):
    least, most = (1 / classes, 1.0) if correct else (0.0, 0.5)
    return -math.log(most), math.inf if least == 0 else -math.log(least)


def with_numpy(classes, correct=True):
    if correct:
        return np.float64(0), np.log(classes)
    return np.log(2), np.inf


def by_ties(classes, correct=True):
    """A tie of all classes, and of two, in logits."""
    tie = np.zeros(classes if correct else 2)
    edge = np.logaddexp.reduce(tie) - tie[0]
    return [0, edge] if correct else [edge, float("inf")]


def returns_integers_where_they_fit(classes, correct=True):
    return (0, math.log2(classes) * math.log(2)) if correct else (math.log(2), math.inf)


def refuses_one_class(classes, correct=True):
    if classes < 2:
        raise ValueError("two classes or more")
    return (0.0, math.log(classes)) if correct else (math.log(2.0), float("inf"))
