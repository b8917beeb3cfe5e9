"""Right ways to write the correlation of Matthews."""

import math

import numpy as np


def pearson(truth, predicted):
    x, y = truth.astype(float), predicted.astype(float)
    x, y = x - x.mean(), y - y.mean()
    if not x.any() or not y.any():
        return 0.0
    return (x * y).mean() / np.sqrt((x**2).mean() * (y**2).mean())


def roots_first(truth, predicted):
    t, p = truth == 1, predicted == 1
    tp, tn = np.sum(t & p), np.sum(~t & ~p)
    fp, fn = np.sum(~t & p), np.sum(t & ~p)
    roots = np.sqrt([tp + fp, tp + fn, tn + fp, tn + fn]).prod()
    return (float(tp) * float(tn) - float(fp) * float(fn)) / roots if roots else 0.0


def pythons_integers(truth, predicted):
    pairs = list(zip(truth.tolist(), predicted.tolist(), strict=True))
    tp, fp = pairs.count((1, 1)), pairs.count((0, 1))
    fn, tn = pairs.count((1, 0)), pairs.count((0, 0))
    square = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    return (tp * tn - fp * fn) / math.sqrt(square) if square else 0


def corrcoef(truth, predicted):
    if truth.min() == truth.max() or predicted.min() == predicted.max():
        return 0.0
    return np.corrcoef(truth, predicted)[0, 1]


def by_means(truth, predicted):
    a, b = np.mean(truth == 1), np.mean(predicted == 1)
    both = np.mean((truth == 1) & (predicted == 1))
    spread = np.sqrt(a * (1 - a) * b * (1 - b))
    return (both - a * b) / spread if spread > 0 else 0.0
